import type * as t from '@babel/types'
import type { Range } from '../../model/finding.ts'
import { type Evidence, type Hop, weaker } from '../../model/trust.ts'
import { isKind, type Kind, kindAmong, type PackageModel, shapeOf, valuesOf } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
import type { Origins } from './origins.ts'
import { excerpt } from './origins.ts'
import { isTypeScript } from './parse.ts'
import { chainOf, whereLoaded } from './shapes.ts'
import {
  argumentsOf,
  type CallNode,
  type FunctionNode,
  isCall,
  isMember,
  keyName,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from './syntax.ts'
import { hops, type Primitive, type TypeOracle, type Value } from './values.ts'

/** How a place was judged: found, or looked at and left alone, with the reason. */
export interface Look {
  readonly range: Range
  readonly verdict: 'finding' | 'not-ours' | 'unknown' | 'unaffected'
  readonly message: string
  readonly steps: readonly Hop[]
}

/** What is known of an expression without running it. */
export interface Known {
  /** The one type it has, when all alternatives agree. */
  readonly type?: Primitive | 'function' | 'object' | 'kind' | 'other'
  /** The one value it has, when it is constant. */
  readonly value?: string | number | boolean
  /** True if some alternative is not known at all. */
  readonly open: boolean
  readonly alternatives: readonly Value[]
}

/** A member of something that a provider describes: `app.del`, `res['sendfile']`. */
export interface MemberUse {
  readonly kind: Kind
  readonly node: MemberNode
  readonly object: Node
  /** The property token: an identifier, or the literal between brackets. */
  readonly property: Node
  readonly name: string
  /** The call, when the member is called directly. */
  readonly call?: CallNode
  readonly arguments: readonly Node[]
  readonly evidence: Evidence
}

/** A member that is called directly: `app.del('/x', fn)`. */
export interface MemberCall extends MemberUse {
  readonly call: CallNode
}

/** `const { name } = receiver`. */
export interface DestructuredUse {
  readonly kind: Kind
  readonly property: t.ObjectProperty & Node
  readonly name: string
  readonly evidence: Evidence
}

/** A call of something that a provider describes: `express()`. */
export interface CallUse {
  readonly call: CallNode
  readonly arguments: readonly Node[]
  readonly evidence: Evidence
}

/** A function that an expression is, with the file it stands in. */
export interface FunctionPlace {
  readonly module: JavaScriptModule
  readonly node: FunctionNode
}

/**
 * What a transform asks of a JavaScript or TypeScript file. Every question about a receiver is answered with evidence,
 * and every place that was looked at is noted with its verdict, so that `explain` and the ledger can tell.
 */
export class JavaScriptFile {
  readonly format = 'javascript'
  readonly module: JavaScriptModule
  readonly origins: Origins
  readonly looks: Look[] = []
  readonly #types: TypeOracle | undefined

  constructor(module: JavaScriptModule, origins: Origins, types?: TypeOracle) {
    this.module = module
    this.origins = origins
    this.#types = types
  }

  /** Relative to the project root. */
  get path(): string {
    return this.module.path
  }

  get text(): string {
    return this.module.text
  }

  /** True for files that a TypeScript compiler reads. */
  get isTypeScript(): boolean {
    return isTypeScript(this.path)
  }

  /** True if the compiler of the file refuses `(?<name>…)` in the literal of a regular expression: it came with ES2018. */
  get refusesNamedGroups(): boolean {
    return this.isTypeScript && /^es(?:3|5|6|201[5-7])$/.test(this.origins.neighbours.target(this.module) ?? '')
  }

  /** The source of a node. */
  source(node: t.Node): string {
    return this.module.source(node)
  }

  /** Every `x.name` and `x['name']` whose receiver is one of the kinds, in the order of the text. */
  members(kinds: readonly Kind[], ...names: readonly string[]): MemberUse[] {
    return this.#members(kinds, names, () => true)
  }

  #members(kinds: readonly Kind[], names: readonly string[], asks: (node: MemberNode, name: string) => boolean) {
    const found: MemberUse[] = []
    this.#expect(kinds, names)
    for (const name of names)
      for (const node of this.module.membersNamed(name)) {
        if (!asks(node, name)) continue
        const object = unwrap(node.object)
        const judged = this.#judge(node.object as Node, kinds, node)
        if (!judged) continue
        this.#cap(judged, name)
        const parent = parentOf(node)
        const call = isCall(parent, false) && parent.callee === node ? parent : undefined
        found.push({
          ...judged,
          node,
          object,
          property: node.property as Node,
          name,
          ...(call ? { call } : {}),
          arguments: call ? argumentsOf(call) : [],
        })
      }
    return found.sort((a, b) => a.property.start - b.property.start)
  }

  /** Like `members`, only those that are called. */
  calls(kinds: readonly Kind[], ...names: readonly string[]): MemberCall[] {
    return this.members(kinds, ...names).filter((use) => use.call !== undefined) as MemberCall[]
  }

  /**
   * Like `members`, only those that `asks` is true for. Nothing is found out about the receiver of any other, and nothing
   * is noted: for names that every other object has too, where the text around tells enough.
   */
  membersWhere(
    kinds: readonly Kind[],
    asks: (node: MemberNode, name: string) => boolean,
    ...names: readonly string[]
  ): MemberUse[] {
    return this.#members(kinds, names, asks)
  }

  /** Like `membersWhere`, for those that are called. */
  callsWhere(
    kinds: readonly Kind[],
    asks: (call: CallNode, name: string) => boolean,
    ...names: readonly string[]
  ): MemberCall[] {
    return this.#members(kinds, names, (node, name) => {
      const parent = parentOf(node)
      return isCall(parent, false) && parent.callee === node && asks(parent, name)
    }) as MemberCall[]
  }

  /** Every call of a member whose name only running it tells, that `asks` is true for: `prisma.user[method](…)`. */
  computedCalls(kinds: readonly Kind[], asks: (call: CallNode) => boolean): CallUse[] {
    return this.module.calls.flatMap((call): CallUse[] => {
      const callee = call.callee as Node
      if (!isMember(callee) || memberName(callee) !== undefined || !asks(call)) return []
      const judged = this.#judge(callee.object as Node, kinds, callee)
      return judged ? [{ call, arguments: argumentsOf(call), evidence: judged.evidence }] : []
    })
  }

  /** Every `{ name }` taken out of one of the kinds. */
  destructured(kinds: readonly Kind[], ...names: readonly string[]): DestructuredUse[] {
    const found: DestructuredUse[] = []
    this.#expect(kinds, names)
    for (const name of names)
      for (const property of this.module.patternKeysNamed(name)) {
        const values = this.#patternSource(property)
        const judged = values && this.#judgeValues(values, kinds, property, parentOf(property))
        if (judged) found.push({ ...judged, property, name })
      }
    return found.sort((a, b) => a.property.start - b.property.start)
  }

  /** Every call of a value of this kind, called directly by name or through a member of the package. */
  callsOf(callee: Kind): CallUse[] {
    const found: CallUse[] = []
    if (!this.#canHold(callee)) return found
    const isTyped = this.#types !== undefined && this.#namesOf(callee).some((name) => this.text.includes(name))
    for (const call of this.module.calls) {
      if (call.type === 'NewExpression' && !shapeOf(callee, 'construct')) continue
      const node: Node = unwrap(call.callee as Node)
      if (isMember(node) && !this.#couldBe(node)) continue
      const values = this.origins.valueOf(this.module, node)
      const isMade = call.type === 'NewExpression' && isTyped && values.every((v) => v.is === 'unknown')
      if (!isMade && !values.some((v) => v.is === 'kind' && isKind(v.kind, callee))) continue
      const judged = this.#judgeValues(values, [callee], node, isMade ? node : undefined)
      if (judged) found.push({ call, arguments: argumentsOf(call), evidence: judged.evidence })
    }
    return found
  }

  /** Throws when a transform asks for a member that the model does not say it would. */
  #expect(kinds: readonly Kind[], names: readonly string[]): void {
    for (const { members } of this.origins.models)
      for (const kind of kinds)
        for (const name of names)
          if (members.get(kind)?.has(name) === false)
            throw new Error(
              `\`${name}\` of the ${kind.name} is asked for, and is not among the \`members\` of the model in provider.ts; add it there`,
            )
  }

  /** By which names the modules of a generated package export something. */
  #namesOf(kind: Kind): string[] {
    return this.origins.models.flatMap(({ generated, module }) =>
      Object.entries(generated ? (module.shape.members ?? {}) : {}).flatMap(([name, one]) =>
        isKind(one, kind) ? [name] : [],
      ),
    )
  }

  /** False for what only the package itself hands out, in a file that nothing comes to from where the package is loaded. */
  #canHold(kind: Kind): boolean {
    if (this.origins.neighbours.reach(this.module) === 'package') return true
    return !this.origins.models.some((model) => isOfModule(model, kind))
  }

  /** Members worth following when only the callee is asked for: `x.default()`, `x['default']()`, `module.exports()`. */
  #couldBe(node: MemberNode): boolean {
    const name = memberName(node)
    return (
      name === 'default' ||
      this.origins.models.some(({ module, modules, folders }) =>
        [module, ...Object.values({ ...folders, ...modules })].some(
          (own) => name !== undefined && hasMember(own, name),
        ),
      )
    )
  }

  /** Evidence that an expression is one of the kinds, or undefined. Nothing is noted. */
  evidence(
    expression: t.Node,
    kinds: readonly Kind[],
    module: JavaScriptModule = this.module,
  ): (Evidence & { kind: Kind }) | undefined {
    if (this.origins.neighbours.reach(module) === 'nothing') return undefined
    const values = this.origins.settled(this.origins.valueOf(module, expression))
    const found = judge(values, kinds)
    return found.is === 'match' ? { kind: found.kind, certainty: found.certainty, steps: found.steps } : undefined
  }

  /** What is known of an expression. */
  known(expression: t.Node, module: JavaScriptModule = this.module): Known {
    const alternatives = this.origins.settled(this.origins.valueOf(module, expression))
    const types = new Set(alternatives.map(typeName))
    const values = new Set(alternatives.map((v) => (v.is === 'primitive' ? v.value : undefined)))
    const type = types.size === 1 ? [...types][0] : undefined
    const only = values.size === 1 ? [...values][0] : undefined
    return {
      alternatives,
      open: alternatives.some((v) => v.is === 'unknown'),
      ...(type === undefined ? {} : { type }),
      ...(only === undefined ? {} : { value: only }),
    }
  }

  /** The functions that an expression may be; `complete` is false when it may also be something else. */
  functions(
    expression: t.Node,
    module: JavaScriptModule = this.module,
  ): { readonly found: FunctionPlace[]; readonly complete: boolean } {
    return this.#functions(expression, module, new Set())
  }

  /** `seen` are the lists that were taken apart: `list = [...list, fn]` holds itself. */
  #functions(
    expression: t.Node,
    module: JavaScriptModule,
    seen: Set<Node>,
  ): { readonly found: FunctionPlace[]; readonly complete: boolean } {
    const values = this.origins.settled(this.origins.valueOf(module, expression))
    const found: FunctionPlace[] = []
    let complete = true
    for (const v of values) {
      if (v.is === 'function') found.push({ module: v.module, node: v.node })
      else if (v.is === 'array' && v.node.type === 'ArrayExpression') {
        if (seen.has(v.node)) continue
        seen.add(v.node)
        for (const element of v.node.elements) {
          if (!element) continue
          const inner = element.type === 'SpreadElement' ? element.argument : element
          const part = this.#functions(inner, v.module, seen)
          found.push(...part.found)
          complete &&= part.complete
        }
      } else complete = false
    }
    return { found, complete }
  }

  /** Notes that a place is ours, and that only running it could tell whether it is affected. */
  undecided(use: MemberUse, message: string): void {
    const index = this.looks.findIndex((look) => look.range.start === use.node.start && look.range.end === use.node.end)
    if (index >= 0) this.looks.splice(index, 1)
    this.#note(use.node, 'unknown', message, use.evidence.steps)
  }

  #patternSource(property: Node): readonly Value[] | undefined {
    const pattern = parentOf(property)
    const holder = pattern && parentOf(pattern)
    if (holder?.type === 'VariableDeclarator' && holder.id === pattern && holder.init)
      return this.origins.valueOf(this.module, holder.init)
    if (holder?.type === 'AssignmentExpression' && holder.left === pattern)
      return this.origins.valueOf(this.module, holder.right)
    // `const { user: { findMany } } = prisma`
    if (holder?.type === 'ObjectProperty' && holder.value === pattern) {
      const name = keyName(holder)
      const outer = this.#patternSource(holder)
      return name === undefined ? undefined : outer?.flatMap((v) => this.origins.memberValue(v, name, property))
    }
    if (holder && 'params' in holder && pattern) {
      const fn = holder as FunctionNode
      return this.origins.parameter(this.module, fn, fn.params.indexOf(pattern as t.ObjectPattern))
    }
    return undefined
  }

  #judge(object: Node, kinds: readonly Kind[], at: Node): { kind: Kind; evidence: Evidence } | undefined {
    if (
      this.origins.neighbours.reach(this.module) === 'nothing' &&
      !this.#named(unwrap(object), kinds) &&
      !this.#shaped(unwrap(object), kinds)
    ) {
      this.#note(at, 'not-ours', 'no file that this one is connected with by imports mentions the package', [])
      return undefined
    }
    return this.#judgeValues(this.origins.valueOf(this.module, object), kinds, at, unwrap(object))
  }

  #judgeValues(
    values: readonly Value[],
    kinds: readonly Kind[],
    at: Node,
    object?: Node,
  ): { kind: Kind; evidence: Evidence } | undefined {
    const found = judge(this.origins.settled(values), kinds)
    const isDerived = found.is === 'not-ours' && values.some((v) => this.origins.extendsUnknown(v))
    const isOpen = found.is === 'unknown' || (found.is === 'match' && found.certainty !== 'proven' && !found.isMixed)
    const typed = object && (isOpen || isDerived) ? this.#types?.kindAt(this.module, object, kinds) : undefined
    if (typed === 'not-ours') {
      const what = excerpt(this.module, object!)
      this.#note(at, 'not-ours', `the type checker says that \`${what}\` is something else`, found.steps)
      return undefined
    }
    if (typeof typed === 'object') {
      if (kindAmong(typed.kind, kinds))
        return { kind: typed.kind, evidence: { certainty: 'proven', steps: typed.steps } }
      this.#note(at, 'not-ours', `it is the ${typed.kind.name}`, typed.steps)
      return undefined
    }
    if (found.is === 'match') {
      const steps = object ? [this.#receiver(object, found.kind), ...found.steps] : [...found.steps]
      this.#note(at, 'unaffected', `it is the ${found.kind.name}, in a form that this change does not touch`, steps)
      return { kind: found.kind, evidence: this.#unlessTyped(typed, { certainty: found.certainty, steps }) }
    }
    if (found.is === 'unknown' && object && object.type !== 'ObjectPattern') {
      const shaped = this.#shaped(object, kinds)
      if (shaped) {
        const what = `\`${excerpt(this.module, object)}\` has the names of the ${shaped.kind.name}`
        const steps: Hop[] = [{ what, at: this.module.locate(object.start) }, ...found.steps]
        return { kind: shaped.kind, evidence: this.#unlessTyped(typed, { certainty: shaped.certainty, steps }) }
      }
      const named = this.#named(object, kinds)
      if (named) {
        const steps: Hop[] = [
          {
            what: `only the name says that \`${excerpt(this.module, object)}\` is a ${named.name}`,
            at: this.module.locate(object.start),
          },
          ...found.steps,
        ]
        return { kind: named, evidence: { certainty: 'guessed', steps } }
      }
    }
    this.#note(at, found.is, found.message, found.steps)
    return undefined
  }

  /** What names and shapes say is no more than a guess where a type is written that is not the one of the package. */
  #unlessTyped(typed: 'fits' | undefined, evidence: Evidence): Evidence {
    if (typed === undefined) return evidence
    const what = 'the type checker knows its type, which is none of the package, but which a value of the package fits'
    return { certainty: 'guessed', steps: [...evidence.steps, { what }] }
  }

  #receiver(object: Node, kind: Kind): Hop {
    return { what: `\`${excerpt(this.module, object)}\` is the ${kind.name}`, at: this.module.locate(object.start) }
  }

  /** Where the project gives the receiver a member of this name itself, nothing is known about what that one does. */
  #cap(judged: { kind: Kind; evidence: Evidence }, name: string): void {
    const owners = this.origins.models.flatMap(({ names }) =>
      [...names].flatMap(([kind, usual]) => (isKind(judged.kind, kind) ? usual : [])),
    )
    const own = this.origins.neighbours.definitionOf(owners, name)
    if (!own) return
    const what = `the project defines \`.${name}\` itself, so this may be another function`
    judged.evidence = { certainty: 'guessed', steps: [{ what, at: { ...own, column: 1 } }, ...judged.evidence.steps] }
  }

  /**
   * The kind that people call by this name. A name is a hint only where the package is at home: if no file around loads
   * it, `res` is the response of something else, whatever package.json declares.
   */
  #named(object: Node, kinds: readonly Kind[]): Kind | undefined {
    const name = object.type === 'Identifier' ? object.name : isMember(object) ? memberName(object) : undefined
    if (name === undefined) return undefined
    for (const model of this.origins.models)
      for (const kind of kinds)
        if (model.names.get(kind)?.includes(name) && whereLoaded(this.origins, this.module, model) === 'here')
          return kind
    return undefined
  }

  /** The kind that an expression has by its chain of names alone: a guess in a package that never loads what it belongs to. */
  #shaped(object: Node, kinds: readonly Kind[]): { kind: Kind; certainty: 'inferred' | 'guessed' } | undefined {
    for (const model of this.origins.models) {
      const found = model.expressions?.({
        names: chainOf(object),
        path: this.path,
        imports: new Set(this.module.mentions.map((mention) => mention.specifier)),
        dependencies: this.origins.neighbours.dependencies(this.module),
        typeWithout: (fewer) => this.#writtenType(object, fewer),
      })
      if (!found || !kindAmong(found, kinds)) continue
      const where = whereLoaded(this.origins, this.module, model)
      if (where === 'here') return { kind: found, certainty: 'inferred' }
      if (where === 'elsewhere') return { kind: found, certainty: 'guessed' }
    }
    return undefined
  }

  /** The type with which a name, or a field of `this`, is declared, once the last names of a chain are taken off. */
  #writtenType(chain: Node, fewer: number): string | undefined {
    let at = unwrap(chain)
    for (let i = 0; i < fewer && isMember(at); i++) at = unwrap(at.object as Node)
    const declared =
      at.type === 'Identifier'
        ? this.module.binding(at)?.identifiers[0]
        : isMember(at) && at.object.type === 'ThisExpression'
          ? this.origins.fieldOf(this.module, at)
          : undefined
    const annotation = declared && 'typeAnnotation' in declared ? (declared.typeAnnotation as Node | null) : undefined
    return annotation ? this.source(annotation) : undefined
  }

  #note(node: Node, verdict: Look['verdict'], message: string, steps: readonly Hop[]): void {
    this.looks.push({ range: { start: node.start, end: node.end }, verdict, message, steps })
  }
}

/** True if a module, or a namespace that it exports, has a member of this name. */
function hasMember({ shape: { members = {} } }: Kind, name: string): boolean {
  if (Object.hasOwn(members, name)) return true
  return Object.values(members).some(
    ({ shape }) => shape.types !== undefined && Object.hasOwn(shape.members ?? {}, name),
  )
}

/** True for the module of a package and for what only its members are: no value that a function is handed leads there. */
function isOfModule(model: PackageModel, kind: Kind): boolean {
  const own = [model.module, ...Object.values(model.module.shape.members ?? {})]
  return own.includes(kind) && !valuesOf(model).has(kind)
}

type Judgement =
  | {
      readonly is: 'match'
      readonly kind: Kind
      readonly certainty: Evidence['certainty']
      readonly steps: readonly Hop[]
      /** It may also be something that is known to be none of ours. */
      readonly isMixed?: true
    }
  | { readonly is: 'not-ours' | 'unknown'; readonly message: string; readonly steps: readonly Hop[] }

/**
 * Weighs the alternatives of a receiver: all ours, ours or unknown, ours or provably not, none ours. One that may also be
 * something unknown is a guess, unless only callers outside give it and a value of ours stands in for it: then it is meant
 * to be one.
 */
function judge(values: readonly Value[], kinds: readonly Kind[]): Judgement {
  const isAmong = (kind: Kind) => kindAmong(kind, kinds) !== undefined
  const ours = values.filter((v): v is Value & { is: 'kind' } => v.is === 'kind' && isAmong(v.kind))
  const others = values.filter((v) => !(v.is === 'kind' && isAmong(v.kind)))
  const [first] = ours
  if (first) {
    const kind = inCommon(ours.map((v) => v.kind))
    const certainty = ours.map((v) => v.certainty).reduce((a, b) => (weaker(a, b) === a ? b : a))
    const steps = hops(ours.find((v) => v.certainty === certainty)?.trail)
    const foreign = others.find((v) => v.is !== 'unknown')
    if (foreign)
      return {
        is: 'match',
        kind,
        certainty: 'guessed',
        steps: [{ what: `it may also be ${describe(foreign)}` }, ...steps],
        isMixed: true,
      }
    const hasDefault = (v: Value) => v.is === 'unknown' && v.byCallers === 'or default'
    const unknown = others.find((v) => !hasDefault(v)) ?? others[0]
    return unknown
      ? {
          is: 'match',
          kind,
          certainty: hasDefault(unknown) ? weaker(certainty, 'inferred') : 'guessed',
          steps: [...steps, { what: `it may also be something unknown: ${describe(unknown)}` }],
        }
      : { is: 'match', kind, certainty, steps }
  }
  const open = others.find((v) => v.is === 'unknown')
  const telling = open ?? others[0]
  if (!telling) return { is: 'unknown', message: 'nothing is known about it', steps: [] }
  return { is: open ? 'unknown' : 'not-ours', message: describe(telling), steps: hops(telling.trail) }
}

/** What all of these are: one kind, or the nearest that they are special cases of; the first one where that is none. */
function inCommon(kinds: readonly Kind[]): Kind {
  for (let at = kinds[0]; at; at = at.base) {
    const common = at
    if (kinds.every((kind) => isKind(kind, common))) return common
  }
  return kinds[0]!
}

/** A value in words. */
export function describe(v: Value): string {
  switch (v.is) {
    case 'kind':
      return `the ${v.kind.name}`
    case 'function':
      return `a function of ${v.module.path}`
    case 'class':
    case 'instance':
      return `${v.is === 'class' ? 'the class' : 'an object of'} \`${('id' in v.node && v.node.id?.name) || 'without a name'}\` in ${v.module.path}`
    case 'object':
      return `an object written in ${v.module.path}`
    case 'array':
      return 'a list'
    case 'exports':
      return `the exports of ${v.module.path}`
    case 'primitive':
      return `a ${v.type}`
    case 'foreign':
      return v.what
    case 'unknown':
      return v.why
  }
}

function typeName(v: Value): NonNullable<Known['type']> | undefined {
  switch (v.is) {
    case 'primitive':
      return v.type
    case 'function':
    case 'class':
      return 'function'
    case 'object':
    case 'array':
    case 'instance':
      return 'object'
    case 'kind':
      return 'kind'
    case 'unknown':
      return undefined
    default:
      return 'other'
  }
}
