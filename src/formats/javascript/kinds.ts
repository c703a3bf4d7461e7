import type { FunctionNode } from './syntax.ts'

/**
 * A kind of value that a package hands out: the application, a router, a response. A provider describes its package as a
 * graph of kinds, like a very small declaration file: what the module exports, what calling a thing returns, what its
 * members are, and which kinds the callbacks given to it receive.
 */
export interface Kind {
  /** For people: "Express application". */
  readonly name: string
  /** Filled by `describe`; a kind may mention kinds that are declared after it. */
  readonly shape: KindShape
}

/** `this`: the call returns the object it was called on. */
export type Returns = Kind | 'this'

export interface KindShape {
  /** What calling the value returns. */
  call?: Returns
  /** What `new` on the value makes. */
  construct?: Kind
  /** Members by name. A name that is not here is unknown, unless `otherMembers` says what it is. */
  members?: Readonly<Record<string, Kind>>
  otherMembers?: Kind
  /** What a value that is a list holds: its elements by index, and in `for … of`. */
  elements?: Kind
  /** Which kinds the parameters of a function receive when it is given to a call of this value. */
  callback?: CallbackRule
  /** This value is itself a function that somebody writes (a declared type such as `RequestHandler`): its parameters. */
  parameters?: (fn: FunctionNode) => readonly (Kind | undefined)[]
}

/**
 * The kinds of the parameters of a function handed to a call. `argument` is the position among the call's arguments (the
 * position of the array for a function inside one).
 */
export type CallbackRule = (
  fn: FunctionNode,
  call: { readonly argument: number; readonly count: number },
) => readonly (Kind | undefined)[] | undefined

/** By model: everything that the values which have a usual name lead to. */
const reachable = new WeakMap<PackageModel, ReadonlySet<Kind>>()

/**
 * The kinds that people have a name for, and all that calls and members lead to from them: what can be made of the
 * parameters of a function. What only the package itself hands out is not among them.
 */
export function valuesOf(model: PackageModel): ReadonlySet<Kind> {
  const known = reachable.get(model)
  if (known) return known
  const found = new Set(model.names.keys())
  // a set that grows is walked to its end
  for (const { shape } of found) {
    const { call, construct, elements, otherMembers, members = {} } = shape
    for (const next of [call, construct, elements, otherMembers, ...Object.values(members)])
      if (next !== undefined && next !== 'this') found.add(next)
  }
  reachable.set(model, found)
  return found
}

/** A new kind, to be filled by `describe`. */
export function kind(name: string): Kind {
  return { name, shape: {} }
}

/** Says what a kind can do. May be called several times for one kind; later fields win, members add up. */
export function describe(target: Kind, shape: KindShape): Kind {
  const members = { ...target.shape.members, ...shape.members }
  Object.assign(target.shape, shape, { members })
  return target
}

/** A kind that is a function, such as a method: what it returns, and what it gives to functions handed to it. */
export function method(name: string, shape: KindShape = {}): Kind {
  return { name, shape }
}

/** What a function looks like when nothing is known about where it is used. See `Provider.shapes`. */
export interface FunctionFacts {
  readonly fn: FunctionNode
  /** Path of its file, relative to the project root. */
  readonly path: string
  /** Plain names of the parameters; undefined for patterns. */
  readonly parameters: readonly (string | undefined)[]
  /** Specifiers of everything that its file imports or requires. */
  readonly imports: ReadonlySet<string>
  /** Names that the package.json around the file declares in any section. */
  readonly dependencies: ReadonlySet<string>
  /** True if the function leaves its file (exported, or a member of something exported). */
  readonly exported: boolean
  /** Names that are called as methods on the parameter, with the number of arguments, e.g. `use/1`, `get/2`. */
  methodsCalledOn(
    parameter: number,
  ): readonly { readonly name: string; readonly arguments: number; readonly first?: string }[]
}

/** Everything the JavaScript side knows about one package: the door through which values come into a program. */
export interface PackageModel {
  /** Package names (and sub-paths) whose module value is `module`. */
  readonly specifiers: readonly string[]
  /** The value of `require('package')`, of `import x from`, and of the namespace. */
  readonly module: Kind
  /** Exported type names → the kind a value of that type has. */
  readonly types: Readonly<Record<string, Kind>>
  /** Other packages that re-export the same types, e.g. `express-serve-static-core`. */
  readonly typePackages: readonly string[]
  /** Packages known to hand out other things under the same names (`koa`, `ioredis`, `axios`): proof that a value is not ours. */
  readonly notOurs: ReadonlySet<string>
  /** Packages that reach into this one, and can be named in code without it: `express-async-errors`. */
  readonly satellites?: readonly string[]
  /** A global TypeScript namespace with the same types, e.g. `Express` of `Express.Request`. */
  readonly globalNamespace?: string
  /** Packages whose default export hands its only function argument through unchanged, e.g. `express-async-handler`. */
  readonly wrappers: readonly string[]
  /**
   * Strong shapes: the kinds of a function's parameters when nothing is known about where it is used, judged by names
   * and by what is done with them. The match is `inferred`. Undefined when the shape does not fit.
   */
  readonly shapes: (facts: FunctionFacts) => readonly (Kind | undefined)[] | undefined
  /**
   * What the text of every file has in which `shapes` recognises a function. A file that has none of it, does not name the
   * package, and is connected by imports with no file that does, is not parsed.
   */
  readonly shapeText: RegExp
  /** Names by which people call a kind (`res`, `response`): enough to be shown as `guessed`, never to be written. */
  readonly names: ReadonlyMap<Kind, readonly string[]>
  /**
   * Every member that transforms ask about of a kind with such a name. Where no value of the package comes to, a file is
   * parsed only if one of these follows a usual name; to ask for another one is an error.
   */
  readonly members: ReadonlySet<string>
}
