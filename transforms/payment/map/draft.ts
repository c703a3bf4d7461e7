/**
 * A draft of a map from two OpenAPI documents. What fields and operations are called says a lot and never enough: every row
 * is `proposed`, with the next best candidates beside it, and nothing that is about money is generated from it.
 */
import { createRequire } from 'node:module'
import type { DocumentedOperation, OpenApi, SchemaNode } from './openapi.ts'
import type { Path } from './types.ts'

const load = createRequire(import.meta.url)

/** What a person knows already: this part of v1 is that part of v2. */
export interface Anchor {
  readonly from: Path
  readonly to: Path
}

export interface DraftOptions {
  readonly provider: string
  /** `createPayment=POST /v2/checkout/orders`, by the operation's name in the draft. */
  readonly pairs?: Readonly<Record<string, string>>
  readonly anchors?: readonly Anchor[]
}

export interface Candidate {
  readonly to: Path
  /** From 0 to 1. */
  readonly score: number
}

/** What a field of the old version may be called in the new one, best first. */
export interface FieldProposal {
  readonly from: Path
  /** At most three. */
  readonly candidates: readonly Candidate[]
  /** The one that no other field fits better, if it fits at all. */
  readonly chosen: Candidate | undefined
}

export interface OperationProposal {
  readonly name: string
  readonly old: DocumentedOperation
  /** Best first, at most three. */
  readonly candidates: readonly { readonly operation: DocumentedOperation; readonly score: number }[]
  readonly chosen: DocumentedOperation | undefined
  readonly request: readonly FieldProposal[]
  readonly response: readonly FieldProposal[]
}

const ENOUGH = 0.42

/** Proposes operations and, for each pair, fields. */
export function proposeMap(v1: readonly OpenApi[], v2: readonly OpenApi[], options: DraftOptions): OperationProposal[] {
  const news = v2.flatMap((one) => one.operations())
  return v1
    .flatMap((one) => one.operations())
    .map((old) => {
      const name = nameOf(old)
      const candidates = news
        .map((operation) => ({ operation, score: operationScore(old, operation) }))
        .sort((a, b) => b.score - a.score)
        .slice(0, 3)
      const wanted = options.pairs?.[name]
      const given = news.find(({ method, path }) => `${method} ${path}` === wanted)
      const best = candidates[0] && candidates[0].score >= 0.4 ? candidates[0].operation : undefined
      const chosen = wanted === undefined ? best : given
      const { anchors = [] } = options
      const back = anchors.map(({ from, to }) => ({ from: to, to: from }))
      return {
        name,
        old,
        candidates,
        chosen,
        request: chosen ? proposeFields(fieldsOf(old, 'request'), fieldsOf(chosen, 'request'), anchors) : [],
        response: chosen ? proposeFields(fieldsOf(chosen, 'response'), fieldsOf(old, 'response'), back) : [],
      }
    })
}

function fieldsOf(operation: DocumentedOperation, side: 'request' | 'response'): Map<Path, SchemaNode> {
  return operation.document.leaves(operation[side])
}

// ---- fields -------------------------------------------------------------------------------------

interface Field {
  readonly path: Path
  readonly leaf: readonly string[]
  readonly parents: readonly string[]
  readonly words: ReadonlyMap<string, number>
  readonly schema: SchemaNode
}

/** The fields of one payload for those of another. With anchors, a field is looked for within its own part only. */
export function proposeFields(
  old: ReadonlyMap<Path, SchemaNode>,
  news: ReadonlyMap<Path, SchemaNode>,
  anchors: readonly Anchor[],
): FieldProposal[] {
  const weights = weightsOf([...old.values(), ...news.values()])
  const fields = (map: ReadonlyMap<Path, SchemaNode>) =>
    [...map].map(([path, schema]): Field => {
      const names = path.replaceAll('[]', '').split('.')
      return {
        path,
        leaf: wordsOf(names.at(-1)!),
        parents: names.slice(0, -1).flatMap(wordsOf),
        words: new Map([...new Set(wordsOf(schema.description ?? ''))].map((word) => [word, weights.get(word) ?? 0])),
        schema,
      }
    })
  const targets = fields(news)
  const scored = fields(old).map((field) => {
    const anchor = anchorOf(field.path, anchors)
    const allowed = targets.filter(({ path }) => !anchor || isWithin(path, anchor.to))
    const candidates = allowed
      .map((target) => ({ to: target.path, score: fieldScore(field, target, anchor) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 3)
    return { from: field.path, candidates }
  })
  // one to one, the surest first
  const taken = new Set<Path>()
  const chosen = new Map<Path, Candidate>()
  const all = scored.flatMap(({ from, candidates }) => candidates.map((candidate) => ({ from, candidate })))
  for (const { from, candidate } of all.sort((a, b) => b.candidate.score - a.candidate.score)) {
    if (candidate.score < ENOUGH || taken.has(candidate.to) || chosen.has(from)) continue
    taken.add(candidate.to)
    chosen.set(from, candidate)
  }
  return scored.map(({ from, candidates }) => ({ from, candidates, chosen: chosen.get(from) }))
}

function fieldScore(a: Field, b: Field, anchor: Anchor | undefined): number {
  const inner = (path: Path, base: Path) => wordsOf(path.slice(base.length).split('.').slice(0, -1).join(' '))
  const [parentsA, parentsB] = anchor ? [inner(a.path, anchor.from), inner(b.path, anchor.to)] : [a.parents, b.parents]
  const parents = parentsA.length + parentsB.length === 0 ? 1 : overlap(parentsA, parentsB)
  const parts: [number, number][] = [
    [overlap(a.leaf, b.leaf), 0.45],
    [parents, 0.2],
    [cosine(a.words, b.words), 0.25],
    [sameType(a.schema, b.schema), 0.1],
  ]
  const values = enumOverlap(a.schema, b.schema)
  if (values !== undefined) parts.push([values, 0.3])
  const weight = parts.reduce((sum, [, one]) => sum + one, 0)
  return parts.reduce((sum, [score, one]) => sum + score * one, 0) / weight
}

function anchorOf(path: Path, anchors: readonly Anchor[]): Anchor | undefined {
  return [...anchors].filter(({ from }) => isWithin(path, from)).sort((a, b) => b.from.length - a.from.length)[0]
}

function isWithin(path: Path, base: Path): boolean {
  return base === '' || path === base || path.startsWith(`${base}.`) || path.startsWith(`${base}[`)
}

/** Words that mean the same in names of payments. */
const SAME: Readonly<Record<string, string>> = {
  total: 'value',
  price: 'amount',
  state: 'status',
  number: 'id',
  fee: 'fee',
  line1: 'line1',
  line2: 'line2',
  currencycode: 'currency',
}

function wordsOf(text: string): string[] {
  const plain = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/_(\d)/g, '$1')
    .toLowerCase()
  return (plain.match(/[a-z]+\d*/g) ?? [])
    .filter((word) => word.length > 1 && !STOP.has(word))
    .map((word) => word.replace(/(?<=\w{3})s$/, ''))
    .map((word) => (Object.hasOwn(SAME, word) ? SAME[word]! : word))
}

const STOP = new Set([
  'the',
  'of',
  'and',
  'to',
  'for',
  'is',
  'an',
  'in',
  'or',
  'that',
  'with',
  'by',
  'be',
  'this',
  'on',
  'as',
  'are',
  'code',
])

function overlap(a: readonly string[], b: readonly string[]): number {
  const [first, second] = [new Set(a), new Set(b)]
  const both = [...first].filter((word) => second.has(word)).length
  const any = new Set([...first, ...second]).size
  return any === 0 ? 0 : both / any
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const length = (words: ReadonlyMap<string, number>) =>
    Math.sqrt([...words.values()].reduce((sum, one) => sum + one * one, 0))
  const product = [...a].reduce((sum, [word, weight]) => sum + (b.has(word) ? weight * weight : 0), 0)
  const scale = length(a) * length(b)
  return scale === 0 ? 0 : product / scale
}

/** How telling a word is: what stands in every description says nothing. */
function weightsOf(schemas: readonly SchemaNode[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { description = '' } of schemas)
    for (const word of new Set(wordsOf(description))) counts.set(word, (counts.get(word) ?? 0) + 1)
  return new Map([...counts].map(([word, count]) => [word, Math.log((1 + schemas.length) / (1 + count))]))
}

function sameType(a: SchemaNode, b: SchemaNode): number {
  if (a.type === undefined || b.type === undefined) return 0.5
  return a.type === b.type ? 1 : 0
}

function enumOverlap(a: SchemaNode, b: SchemaNode): number | undefined {
  if (!a.enum || !b.enum) return undefined
  const values = (schema: SchemaNode) =>
    (schema.enum ?? []).map((value) => String(value).toLowerCase().replace(/[-\s]/g, '_'))
  return overlap(values(a), values(b))
}

// ---- operations ---------------------------------------------------------------------------------

function operationScore(a: DocumentedOperation, b: DocumentedOperation): number {
  const words = ({ path, id = '' }: DocumentedOperation) => [
    ...path
      .replace(/\{[^}]*\}/g, '')
      .split('/')
      .filter((part) => !/^v\d+$/.test(part))
      .flatMap(wordsOf),
    ...wordsOf(id.replaceAll('.', ' ')),
  ]
  const holes = ({ path }: DocumentedOperation) => (path.match(/\{/g) ?? []).length
  const last = ({ path }: DocumentedOperation) => path.replace(/\/$/, '').split('/').at(-1)!
  const isSameEnd = last(a) === last(b) && !last(a).startsWith('{')
  const verb = a.method === b.method ? 0.3 : 0
  return verb + 0.4 * overlap(words(a), words(b)) + (holes(a) === holes(b) ? 0.15 : 0) + (isSameEnd ? 0.15 : 0)
}

/** `payment.create` and `POST /v1/payments/payment` as `createPayment`. */
function nameOf({ id, method, path }: DocumentedOperation): string {
  const parts = id?.split(/[.\-_/]/).filter(Boolean) ?? []
  const words =
    parts.length > 1
      ? [parts.at(-1)!, ...parts.slice(0, -1)]
      : parts.length === 1
        ? parts
        : [
            method.toLowerCase(),
            ...path
              .replace(/\{[^}]*\}/g, '')
              .split('/')
              .filter((part) => part !== '' && !/^v\d+$/.test(part)),
          ]
  const camel = words.map((word, index) =>
    index === 0 ? word.charAt(0).toLowerCase() + word.slice(1) : word.charAt(0).toUpperCase() + word.slice(1),
  )
  return camel.join('').replace(/\W/g, '')
}

// ---- text -----------------------------------------------------------------------------------------

/** The draft as YAML. It can be read, and `lint` says what is left to do. */
export function draftText(proposals: readonly OperationProposal[], { provider }: DraftOptions): string {
  const { Document } = load('yaml') as typeof import('yaml')
  const names = new Map<string, number>()
  const operations = proposals.map((proposal) => {
    const count = (names.get(proposal.name) ?? 0) + 1
    names.set(proposal.name, count)
    return [count === 1 ? proposal.name : `${proposal.name}${count}`, operationOf(proposal)] as const
  })
  const document = new Document({
    upgradeKit: 'payment-map/1',
    provider: { id: provider, title: provider, guide: 'https://example.com/the-guide' },
    from: { id: 'v1', hosts: ['api.example.com'] },
    to: { id: 'v2', hosts: { 'api.example.com': 'api.example.com' }, timeout: '30s' },
    mode: 'dual',
    flag: { env: 'PAYMENT_API_V2', percentEnv: 'PAYMENT_API_V2_PERCENT', saltEnv: 'PAYMENT_API_V2_SALT' },
    auth: { kind: 'bearer' },
    money: {
      v1: { shape: 'object', format: 'decimal-string', value: 'value', currency: 'currency' },
      v2: { shape: 'object', format: 'decimal-string', value: 'value', currency: 'currency' },
    },
    idempotency: { header: 'Idempotency-Key', v2: { max: 64, retention: '24h' } },
    neverTouch: [],
    ids: {},
    operations: Object.fromEntries(operations),
    errors: {
      v1: { code: ['code'], message: ['message'] },
      v2: { code: ['code'], message: ['message'] },
      kinds: Object.fromEntries(KINDS.map((kind) => [kind, {}])),
      notExecuted: { http: [400, 401, 403, 404, 422, 429], net: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'] },
    },
  })
  document.commentBefore = ` A draft: what two OpenAPI documents can tell, and no more. Everything is \`proposed\`.
 Compare every row with the provider's guide, which also says what no document does: defaults that changed, states that
 mean something else, how long a key is kept, answers without a body. Then write \`review: confirmed\`.
 \`upgrade-kit payment map lint <this file> --v1 … --v2 …\` says what is left to do.`
  return document.toString({ lineWidth: 0 })
}

const KINDS = [
  'validation',
  'authentication',
  'not_found',
  'approval_required',
  'declined',
  'already_done',
  'expired',
  'duplicate',
  'rate_limited',
  'in_progress',
  'provider',
]

function operationOf({ old, chosen, candidates, request, response }: OperationProposal): object {
  const others = candidates
    .filter(({ operation }) => operation !== chosen)
    .map(({ operation }) => `${operation.method} ${operation.path}`)
  return {
    title: old.id ?? `${old.method} ${old.path}`,
    v1: { method: old.method, path: old.path },
    v2: chosen ? { method: chosen.method, path: chosen.path } : null,
    effect: old.method === 'GET' ? 'none' : 'moves-money',
    binding: 'none',
    ...(chosen && request.length > 0 ? { request: rowsFor(request, true) } : {}),
    ...(chosen && response.length > 0 ? { response: rowsFor(response, false) } : {}),
    why: `Other candidates: ${others.join(', ') || 'none'}.`,
    source: 'https://example.com/the-guide',
    review: 'proposed',
  }
}

/** A field of v1 that nothing fits stays in the draft, to be decided; what v2 gives and v1 did not know is left out. */
function rowsFor(fields: readonly FieldProposal[], keepsAll: boolean): object[] {
  return fields.flatMap(({ from, candidates, chosen }): object[] => {
    const others = candidates
      .filter((one) => one !== chosen && one.score > 0.2)
      .map(({ to, score }) => `${to} (${Math.round(score * 100)} %)`)
    const why = others.length === 0 ? {} : { why: `Other candidates: ${others.join(', ')}.` }
    if (chosen) return [{ from, to: chosen.to, review: 'proposed', ...why }]
    return others.length === 0 || !keepsAll ? [] : [{ from, to: null, severity: 'report', review: 'proposed', ...why }]
  })
}
