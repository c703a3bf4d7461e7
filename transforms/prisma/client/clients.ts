import {
  argumentsOf,
  type Certainty,
  contains,
  type Evidence,
  enclosingStatement,
  isClass,
  isMember,
  type JavaScriptFile,
  keyName,
  type Node,
  parentOf,
  type Range,
  type Survey,
  unwrap,
} from '#kit'
import { ClientClass } from './kinds.ts'
import {
  booleanOf,
  hasSpread,
  isObject,
  isUndefined,
  type ObjectNode,
  type PropertyNode,
  propertyOf,
} from './literals.ts'
import { isFluent, literalBehind, type QueryCall, queryCalls, renamed } from './queries.ts'
import { isWrittenBeside, NAME, rejecting } from './reject.ts'

/** Whose queries throw where nothing is found: those of all models, of some, of none; `unclear` with errors of one's own. */
type Rule = 'all' | 'none' | 'unclear' | readonly string[]

/** One client that the project makes. Plain data. */
interface MadeClient {
  readonly file: string
  /** Where it is made: the statement, by lines, or the class that extends `PrismaClient`. */
  readonly lines: { readonly from: number; readonly to: number }
  /** Where `new PrismaClient` or `super` stands. */
  readonly at: number
  readonly isClass: boolean
  /** What its option `rejectOnNotFound` says; undefined without one. */
  readonly rejects: Readonly<Record<'findUnique' | 'findFirst', Rule>> | undefined
}

/** One query of a kind that may reject. Plain data. */
interface Asked {
  readonly file: string
  readonly line: number
  readonly name: 'findUnique' | 'findFirst'
  readonly model: string | undefined
  readonly certainty: Certainty
  /** Where the name of the method stands, and how it is written as another one; undefined behind a name of its own. */
  readonly rename: (Range & { readonly text: string }) | undefined
  readonly isFluent: boolean
  /** True for an element of a list of `$transaction` beside which something is written. */
  readonly isWrittenBeside: boolean
  /** What the query says for itself. */
  readonly says: 'true' | 'false' | 'function' | 'unclear' | undefined
  /** The files and lines that its client comes over; undefined where it may be another one, too. */
  readonly over: readonly { readonly file: string; readonly line: number }[] | undefined
  /** The class that its client is an object of, by file and place. */
  readonly owner: string | undefined
}

interface Asking {
  readonly clients: readonly MadeClient[]
  readonly queries: readonly Asked[]
}

/** Every client that a project makes, and every query that may reject. */
export const ASKING: Survey<Asking> = {
  of: 'project',
  mentions: [/\bfindUnique\b|\bfindFirst\b|\bPrismaClient\b/],
  reach: 'package',
  look(files) {
    const clients: MadeClient[] = []
    const queries: Asked[] = []
    for (const file of files) {
      clients.push(...clientsOf(file))
      queries.push(...queriesOf(file))
    }
    return { clients, queries }
  },
}

/** What a client is made with: `new PrismaClient(options)`, and `super(options)` in a class that extends it. */
export interface Construction {
  readonly call: Node
  readonly first: Node | undefined
  readonly owner: Node | undefined
  readonly evidence: Evidence
}

export function constructions(file: JavaScriptFile): Construction[] {
  const made = file.callsOf(ClientClass).map(({ call, arguments: given, evidence }) => ({
    call: call as Node,
    first: given[0],
    owner: undefined,
    evidence,
  }))
  const inherited = file.module.calls.flatMap((call): Construction[] => {
    if (call.callee.type !== 'Super') return []
    let owner = parentOf(call)
    while (owner && !isClass(owner)) owner = parentOf(owner)
    const evidence = owner?.superClass ? file.evidence(owner.superClass, [ClientClass]) : undefined
    return evidence ? [{ call, first: argumentsOf(call)[0], owner, evidence }] : []
  })
  return [...made, ...inherited]
}

/** The option of a construction and the object that has it. */
export function optionOf(
  file: JavaScriptFile,
  { first }: Construction,
): { readonly options: ObjectNode; readonly property: PropertyNode } | undefined {
  const options = first && literalBehind(file, first)
  const property = options && propertyOf(options, NAME)
  return options && property && { options, property }
}

function clientsOf(file: JavaScriptFile): MadeClient[] {
  const line = (offset: number) => file.module.locate(offset).line
  const found = constructions(file).map((one): MadeClient => {
    const around = one.owner ?? enclosingStatement(one.call)
    const option = optionOf(file, one)
    return {
      file: file.path,
      lines: { from: line(around.start), to: line(around.end) },
      at: one.owner?.start ?? one.call.start,
      isClass: one.owner !== undefined,
      rejects: option && rulesOf(unwrap(option.property.value as Node)),
    }
  })
  // a class without a constructor of its own, or one that hands nothing on
  for (const id of file.module.identifiersNamed('PrismaClient')) {
    const owner = parentOf(id)
    if (!isClass(owner) || owner.superClass !== id || found.some(({ at }) => at === owner.start)) continue
    if (!file.evidence(id, [ClientClass])) continue
    const lines = { from: line(owner.start), to: line(owner.end) }
    found.push({ file: file.path, lines, at: owner.start, isClass: true, rejects: undefined })
  }
  return found
}

function rulesOf(value: Node): NonNullable<MadeClient['rejects']> {
  const whole = ruleOf(value)
  if (!isObject(value)) return { findUnique: whole, findFirst: whole }
  const of = (name: string): Rule => {
    if (hasSpread(value)) return 'unclear'
    const own = propertyOf(value, name)
    return own ? ruleOf(unwrap(own.value as Node)) : 'none'
  }
  return { findUnique: of('findUnique'), findFirst: of('findFirst') }
}

function ruleOf(value: Node): Rule {
  const boolean = booleanOf(value)
  if (boolean !== undefined) return boolean ? 'all' : 'none'
  if (isUndefined(value)) return 'none'
  if (!isObject(value) || hasSpread(value)) return 'unclear'
  const models: string[] = []
  for (const property of value.properties) {
    const name = property.type === 'ObjectProperty' ? keyName(property) : undefined
    const says = property.type === 'ObjectProperty' ? booleanOf(unwrap(property.value as Node)) : undefined
    if (name === undefined || says === undefined) return 'unclear'
    if (says) models.push(name)
  }
  return models
}

function queriesOf(file: JavaScriptFile): Asked[] {
  const said = new Map(rejecting(file).map((one) => [one.call.call, one.says]))
  return queryCalls(file, 'findUnique', 'findFirst').map((query): Asked => {
    const { call, name, model, evidence, member } = query
    const property = member?.property
    const text = member && renamed(file, member, `${name}OrThrow`)
    return {
      file: file.path,
      line: file.module.locate((property ?? call).start).line,
      name: name as Asked['name'],
      model,
      certainty: evidence.certainty,
      rename: property && text !== undefined ? { start: property.start, end: property.end, text } : undefined,
      isFluent: isFluent(call),
      isWrittenBeside: isWrittenBeside(file, call),
      says: said.get(call) ?? (mentionsOption(file, query) ? 'unclear' : undefined),
      over: wayOf(query),
      owner: ownerOf(file, query),
    }
  })
}

/** True where the option stands in what the query is given, in a form that is not taken apart. */
function mentionsOption(file: JavaScriptFile, { arguments: given }: QueryCall): boolean {
  return file.module.identifiersNamed(NAME).some((id) => given.some((argument) => contains(argument, id)))
}

/** Steps by which a value is one and the same: a declaration, an import, the client of a transaction. */
const STRAIGHT =
  /^`[\w.$]+` is (?:imported from|taken out of|parameter 1 of the function handed to `[\w.$]+\.\$transaction`)|^the (?:file|module) |^exported |`[^`]*` is the Prisma |^`[\w.$]+` is `(?:[^?|&`]*|[^`]*\bnew \w*Client\b[^`]*)`$/

/**
 * Over which lines the client of a query comes, if it cannot be another one: where several values are of one kind, only
 * one of them is told, so that a condition or a parameter on the way leaves it open.
 */
function wayOf({ member, evidence }: QueryCall): Asked['over'] {
  const delegate = member && unwrap(member.object)
  const client = isMember(delegate) ? unwrap(delegate.object) : delegate
  if (!client || /^(?:Conditional|Logical|Assignment)Expression$|Call/.test(client.type)) return undefined
  if (!evidence.steps.every(({ what }) => STRAIGHT.test(what))) return undefined
  return evidence.steps.flatMap(({ at }) => (at ? [{ file: at.file, line: at.line }] : []))
}

/** The class of the project that the client of a query is an object of. */
function ownerOf(file: JavaScriptFile, { member }: QueryCall): string | undefined {
  const delegate = member && unwrap(member.object)
  if (!isMember(delegate)) return undefined
  for (const v of file.origins.valueOf(file.module, delegate.object))
    if (v.is === 'kind' && v.own) return `${v.own.module.path}:${v.own.node.start}`
  return undefined
}

/** What has to be renamed with the option of a client; a reason where that cannot be told. */
export function affectedBy(
  client: MadeClient,
  { clients, queries }: Asking,
): readonly (Asked & { readonly rename: NonNullable<Asked['rename']> })[] | { readonly why: string } {
  const { rejects } = client
  if (!rejects || rejects.findUnique === 'unclear' || rejects.findFirst === 'unclear')
    return { why: 'an error of one’s own has to be made of the one that `…OrThrow` throws' }
  const found: (Asked & { readonly rename: NonNullable<Asked['rename']> })[] = []
  for (const query of queries) {
    if (query.says === 'true' || query.says === 'false' || query.says === 'function') continue
    const rule = rejects[query.name] as Exclude<Rule, 'unclear'>
    if (rule === 'none' || (Array.isArray(rule) && query.model !== undefined && !rule.includes(query.model))) continue
    const from = clientsOfQuery(query, clients)
    if (!from.includes(client)) continue
    const place = `${query.file}: \`${query.name}\``
    if (from.length > 1) return { why: `${place} is called on this client or on another one` }
    if (query.certainty === 'guessed') return { why: `${place} is called on what only has the name of a client` }
    if (query.says === 'unclear') return { why: `${place} decides for itself while the program runs` }
    if (Array.isArray(rule) && query.model === undefined)
      return { why: `${place} is called on a model that is not known` }
    if (query.isFluent) return { why: `${place} goes on to a related record, which threw as well where it was missing` }
    if (!query.rename) return { why: `${place} is called by a name of its own` }
    found.push({ ...query, rename: query.rename })
  }
  return found
}

/** The queries that may get an error of one’s own from the option of a client: what a person has to look at. */
export function ownErrorsOf(client: MadeClient, { clients, queries }: Asking): readonly Asked[] {
  return queries.filter(
    (query) =>
      client.rejects?.[query.name] === 'unclear' &&
      query.says === undefined &&
      clientsOfQuery(query, clients).includes(client),
  )
}

/** The clients that a query may be called on: the one that it comes from, else all of them. */
function clientsOfQuery(query: Asked, clients: readonly MadeClient[]): readonly MadeClient[] {
  const own = clients.filter(({ file, at, isClass: isOwn }) => isOwn && query.owner === `${file}:${at}`)
  if (own.length > 0) return own
  const passed = clients.filter(
    (one) =>
      !one.isClass &&
      query.over?.some(({ file, line }) => file === one.file && one.lines.from <= line && line <= one.lines.to),
  )
  return passed.length > 0 ? passed : clients
}

/** What becomes of the queries of one method of one model: all of them throw by another name, some do, or none. */
export function fateOf(
  asking: Asking,
  model: string,
  name: string,
  isTest: (file: string) => boolean,
): 'renamed' | 'some' | 'kept' {
  const own = asking.queries.filter((query) => query.name === name && query.model === model && !isTest(query.file))
  const renamedBy = new Set(
    asking.clients.flatMap((client) => {
      const affected = client.rejects ? affectedBy(client, asking) : []
      return 'why' in affected ? [] : affected.map(({ file, rename }) => `${file}:${rename.start}`)
    }),
  )
  const becomes = own.map(
    ({ says, isFluent: goesOn, rename, file }) =>
      rename !== undefined &&
      !goesOn &&
      (says === 'true' || says === 'function' || renamedBy.has(`${file}:${rename.start}`)),
  )
  if (!becomes.includes(true)) return 'kept'
  return becomes.includes(false) ? 'some' : 'renamed'
}
