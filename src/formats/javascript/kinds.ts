import type { FunctionNode, Node } from './syntax.ts'

/**
 * A kind of value that a package hands out: the application, a router, a response. A provider describes its package as a
 * graph of kinds, like a very small declaration file: what the module exports, what calling a thing returns, what its
 * members are, and which kinds the callbacks given to it receive.
 */
export interface Kind {
  /** For people: "Express application". */
  readonly name: string
  /**
   * What it is a special case of: whoever asks for that finds this one, too, and what is not said of this one is as it is
   * there.
   */
  readonly base?: Kind
  /** Filled by `describe`; a kind may mention kinds that are declared after it. */
  readonly shape: KindShape
}

/**
 * `this`: the call returns the object it was called on; `argument`: its first argument, or what that returns if it is a
 * function; `typed`: what its type argument says. A function: what the arguments ask for.
 */
export type Returns = Kind | 'this' | 'argument' | 'typed' | ((given: Given) => Kind | undefined)

/** What a call is made with. */
export interface Given {
  readonly arguments: readonly Node[]
  /** The object literal that an expression is, in whichever file it stands; undefined where it may be another one, too. */
  objectOf(expression: Node): ObjectLiteral | undefined
}

/** An object literal that the program makes. */
export interface ObjectLiteral {
  readonly node: Node & { readonly type: 'ObjectExpression' }
  /** As `Given.objectOf`, for an expression within it. */
  objectOf(expression: Node): ObjectLiteral | undefined
}

export interface KindShape {
  /** What calling the value returns. */
  call?: Returns
  /** What `new` on the value makes. */
  construct?: Kind
  /** Members by name. A name that is not here is unknown, unless `otherMembers` says what it is. */
  members?: Readonly<Record<string, Kind>>
  /** What every other member is, or what it is by its name: of an open list, such as the tables of a database. */
  otherMembers?: Kind | ((name: string) => Kind | undefined)
  /** What a member by a name is that is found out while the program runs: `prisma[model]`. */
  computed?: Kind
  /** Of a namespace: the kind of a value of each of its types. */
  types?: Readonly<Record<string, Kind>>
  /**
   * Of a module or a namespace: what types are that nobody writes and the type checker finds, by their name and by those of
   * their arguments that are literals.
   */
  inferredTypes?: (name: string, literals: readonly (string | undefined)[]) => Kind | undefined
  /** What a value that is a list holds: its elements by index, and in `for … of`. */
  elements?: Kind
  /** What a list of such values is: `User[]`, in types. */
  list?: Kind
  /** Which kinds the parameters of a function receive when it is given to a call of this value. */
  callback?: CallbackRule
  /** The same, for a function somewhere within an object that is given to a call, by the names that lead to it. */
  options?: (fn: FunctionNode, path: readonly string[]) => readonly (Kind | undefined)[] | undefined
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
  for (const { shape, base } of found) {
    const { call, construct, elements, otherMembers, members = {} } = shape
    const others = typeof otherMembers === 'function' ? undefined : otherMembers
    for (const next of [base, call, construct, elements, others, ...Object.values(members)])
      if (typeof next === 'object') found.add(next)
  }
  reachable.set(model, found)
  return found
}

/** The members of what a generated package hands out by which other values of it are made: `findFirst`, `$transaction`. */
export function leadingMembers({ generated, module, folders, modules }: PackageModel): string[] {
  if (!generated) return []
  const own = [module, ...Object.values({ ...folders, ...modules })].flatMap((one) => [
    one,
    ...Object.values(one.shape.members ?? {}),
  ])
  // a row can be called, for the queries of its relations
  const kinds = new Set(own.flatMap(({ shape }) => Object.values(shape.types ?? {})))
  return [...kinds]
    .filter((one) => shapeOf(one, 'call') === undefined)
    .flatMap(({ shape: { members = {} } }) =>
      Object.entries(members).flatMap(([name, member]) => (shapeOf(member, 'call') === undefined ? [] : [name])),
    )
}

/** A new kind, to be filled by `describe`; `base` where it is a special case of another one. */
export function kind(name: string, base?: Kind): Kind {
  return { name, shape: {}, ...(base ? { base } : {}) }
}

/** True for a kind itself and for what it is a special case of. */
export function isKind(one: Kind, asked: Kind): boolean {
  for (let at: Kind | undefined = one; at; at = at.base) if (at === asked) return true
  return false
}

/** The first of these kinds that a kind is, or is a special case of. */
export function kindAmong(one: Kind, asked: readonly Kind[]): Kind | undefined {
  return asked.find((each) => isKind(one, each))
}

/** What a kind says of itself, or else what it is a special case of says. */
export function shapeOf<K extends Exclude<keyof KindShape, 'members' | 'types' | 'inferredTypes'>>(
  one: Kind,
  field: K,
): KindShape[K] | undefined {
  for (let at: Kind | undefined = one; at; at = at.base) if (at.shape[field] !== undefined) return at.shape[field]
  return undefined
}

/** True if something is known of the members of a kind. */
export function hasMembers(one: Kind): boolean {
  for (let at: Kind | undefined = one; at; at = at.base)
    if (at.shape.otherMembers !== undefined || Object.keys(at.shape.members ?? {}).length > 0) return true
  return false
}

/** The member of a kind that is listed under a name. */
export function listedMember(one: Kind, name: string): Kind | undefined {
  for (let at: Kind | undefined = one; at; at = at.base) {
    const { members } = at.shape
    if (members && Object.hasOwn(members, name)) return members[name]
  }
  return undefined
}

/** What a member is that is not listed. */
export function otherMember(one: Kind, name: string): Kind | undefined {
  const other = shapeOf(one, 'otherMembers')
  return typeof other === 'function' ? other(name) : other
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
  /** The chains of names that start at the parameter, as long as they are: `['user', 'findFirst']` of `db.user.findFirst(…)`. */
  pathsOn(parameter: number): readonly (readonly string[])[]
}

/** What is written of an expression of which nothing is known. See `PackageModel.expressions`. */
export interface ExpressionFacts {
  /** The chain of names, the last ones: `['this', 'ctx', 'db', 'user']`. `this` and what is called stand in it, too. */
  readonly names: readonly string[]
  /** Path of its file, relative to the project root. */
  readonly path: string
  readonly imports: ReadonlySet<string>
  readonly dependencies: ReadonlySet<string>
  /** The type that is written for the chain without its last `fewer` names, where it is declared with one. */
  typeWithout(fewer: number): string | undefined
}

/** Everything the JavaScript side knows about one package: the door through which values come into a program. */
export interface PackageModel {
  /** Package names (and sub-paths) whose module value is `module`. */
  readonly specifiers: readonly string[]
  /**
   * Folders of the project that a generator writes the package into, each with its module: importing one of them is
   * importing the package, whether or not it is there (most are not in git).
   */
  readonly folders?: Readonly<Record<string, Kind>>
  /**
   * Other modules with values of the package: by their own name, or with a slash in front by a path below a specifier or
   * a folder (`/runtime` of `@prisma/client/runtime`).
   */
  readonly modules?: Readonly<Record<string, Kind>>
  /** The value of `require('package')`, of `import x from`, and of the namespace. */
  readonly module: Kind
  /** Exported type names → the kind a value of that type has. */
  readonly types: Readonly<Record<string, Kind>>
  /** Other packages that re-export the same types, e.g. `express-serve-static-core`. */
  readonly typePackages: readonly string[]
  /**
   * For a package that is generated for a project: the names that every file of declarations has which was generated, so that
   * it is known wherever it lies, and the module that one is of which nothing else is known. Its types take parameters that
   * decide about what fits, so only a member that no value of the package has proves that something else is meant.
   */
  readonly generated?: { readonly declares: readonly string[]; readonly module: Kind }
  /** Packages known to hand out other things under the same names (`koa`, `ioredis`, `axios`): proof that a value is not ours. */
  readonly notOurs: ReadonlySet<string>
  /**
   * Words by which something is known to be the provider's without its package, in any spelling: in the host of an address,
   * in the name of a variable. In a file that has one in its text, values can come into being.
   */
  readonly words?: readonly string[]
  /** What else a file has in its text in which values can come into being: the path of an address. */
  readonly traces?: RegExp
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
   * Strong shapes of expressions: what a chain of names is when nothing is known of what it starts with, and the type
   * checker cannot tell: `ctx.prisma.user`. The match is `inferred`. Undefined when the names do not fit.
   */
  readonly expressions?: (facts: ExpressionFacts) => Kind | undefined
  /**
   * What the text of every file has in which `shapes` recognises a function. A file that has none of it, does not name the
   * package, and is connected by imports with no file that does, is not parsed.
   */
  readonly shapeText: RegExp
  /** Names by which people call a kind (`res`, `response`): enough to be shown as `guessed`, never to be written. */
  readonly names: ReadonlyMap<Kind, readonly string[]>
  /**
   * By kind with such a name, every member that transforms ask about. Where no value of the package comes to, a file is
   * parsed only if one of these follows a usual name of its kind; to ask for another one is an error.
   */
  readonly members: ReadonlyMap<Kind, ReadonlySet<string>>
}
