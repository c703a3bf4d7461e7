/** Reads a payment map from YAML or JSON, and says of everything that is wrong with it where it stands and what to do. */
import { createRequire } from 'node:module'
import type { ErrorObject } from 'ajv'
import type { Document } from 'yaml'
import type { PaymentMap } from './types.ts'

// loaded when there is a map to read
const load = createRequire(import.meta.url)
const yaml = () => load('yaml') as typeof import('yaml')
const ajv = () => load('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')

const SCHEMA = 'upgrade-kit/schema/payment-map-1.json'

/** The names of members and the numbers of elements from the root of the map. */
export type MapPath = readonly (string | number)[]

export interface MapProblem {
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** What to do. */
  readonly advice: string
  readonly path: MapPath
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** A map that was read, and where its parts stand. */
export interface LoadedMap {
  readonly map: PaymentMap
  /** The place of a part, or of what it would stand in. From 1. */
  readonly placeOf: (path: MapPath) => { readonly line: number; readonly column: number }
}

export type LoadResult =
  | ({ readonly is: 'loaded' } & LoadedMap)
  | { readonly is: 'failed'; readonly problems: readonly MapProblem[] }

/** What a text in YAML or JSON holds, or what is wrong with its syntax, and where. */
export type Read =
  | { readonly is: 'read'; readonly value: unknown }
  | { readonly is: 'failed'; readonly message: string; readonly line: number; readonly column: number }

/** Reads YAML, and JSON, which is YAML, too. */
export function readDocument(text: string): Read {
  const plain = text.replace(/^\ufeff/, '')
  try {
    return { is: 'read', value: JSON.parse(plain) }
  } catch {
    // it is YAML, or the other parser knows the place
  }
  const { LineCounter, parseDocument } = yaml()
  const lines = new LineCounter()
  const document = parseDocument(plain, { lineCounter: lines, prettyErrors: false, merge: true })
  const [error] = document.errors
  if (!error) return { is: 'read', value: document.toJS({ maxAliasCount: 10_000 }) }
  const { line, col } = lines.linePos(error.pos[0])
  return { is: 'failed', message: error.message, line: Math.max(1, line), column: Math.max(1, col) }
}

/** Reads a map. Syntax and the schema are looked at here; what the map says is for `lint.ts`. JSON is YAML, too. */
export function loadMap(text: string): LoadResult {
  const { LineCounter, parseDocument } = yaml()
  const lines = new LineCounter()
  const document = parseDocument(text.replace(/^\ufeff/, ''), { lineCounter: lines, prettyErrors: false, merge: true })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  // what follows the first error of syntax is mostly its echo
  const [error] = document.errors
  if (error) {
    const advice = 'Correct the YAML (or JSON) at this place; nothing was read.'
    const problem: MapProblem = { severity: 'error', message: error.message, advice, path: [], ...at(error.pos[0]) }
    return { is: 'failed', problems: [problem] }
  }
  const placeOf = (path: MapPath) => at(offsetOf(document, path))
  const value: unknown = document.toJS({ maxAliasCount: 1000 })
  const problems = schemaProblems(value)
    .map((problem): MapProblem => ({ ...problem, ...placeOf(problem.path) }))
    .sort((a, b) => a.line - b.line)
  if (problems.length > 0) return { is: 'failed', problems }
  return { is: 'loaded', map: value as PaymentMap, placeOf }
}

/** The offset of the key of a part, or, where there is no such part, of the nearest one around it. */
function offsetOf(document: Document.Parsed, path: MapPath): number {
  const { isMap, isSeq, isScalar } = yaml()
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? 0
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (!pair) return offset
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      offset = (node as { range?: readonly number[] } | undefined)?.range?.[0] ?? offset
    } else return offset
  }
  return offset
}

type Validate = ((value: unknown) => boolean) & { errors?: ErrorObject[] | null }
let compiled: Validate | undefined

function schemaProblems(value: unknown): Omit<MapProblem, 'line' | 'column'>[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return [
      {
        severity: 'error',
        message: 'this is no payment map: there must be members such as "provider" and "operations"',
        advice: 'Begin with `upgradeKit: payment-map/1`; `upgrade-kit payment map init` writes a draft.',
        path: [],
      },
    ]
  if (!compiled) {
    const { Ajv2020 } = ajv()
    compiled = new Ajv2020({ strict: false, allErrors: true }).compile(createRequire(import.meta.url)(SCHEMA))
  }
  if (compiled(value)) return []
  return mostTelling(compiled.errors ?? []).map((error) => ({ severity: 'error', ...inWords(error, value) }))
}

/** Of a value that fits none of several forms, ajv tells what is wrong with each; the deepest place is what was meant. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject[] {
  const real = errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf' && keyword !== 'if')
  const alternatives = errors.filter(({ keyword }) => keyword === 'anyOf')
  const kept = real.filter((error) => {
    const union = alternatives.find((one) => error.schemaPath.startsWith(`${one.schemaPath}/`))
    if (!union) return true
    const within = real.filter((one) => one.schemaPath.startsWith(`${union.schemaPath}/`))
    const deepest = Math.max(...within.map(({ instancePath }) => instancePath.length))
    return error.instancePath.length === deepest && deepest > union.instancePath.length
  })
  const silent = alternatives.filter(
    (union) => !kept.some(({ instancePath }) => instancePath.startsWith(union.instancePath)),
  )
  const all = [...kept, ...silent]
  const seen = new Set<string>()
  return all.filter((error) => {
    const key = `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`
    return !seen.has(key) && seen.add(key)
  })
}

function inWords(error: ErrorObject, root: unknown): Pick<MapProblem, 'message' | 'advice' | 'path'> {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const where = path.length === 0 ? 'the map' : path.join('.')
  const { params } = error
  switch (error.keyword) {
    case 'required':
      return {
        message: `${where} has no "${params.missingProperty}"`,
        advice: `Add \`${params.missingProperty}:\`; the schema (schema/payment-map-1.json) says what it means.`,
        path,
      }
    case 'additionalProperties':
      return {
        message: `${where} has "${params.additionalProperty}", which is no word of a map`,
        advice: 'Correct the name or take it out: what is not understood would have no effect.',
        path: [...path, params.additionalProperty],
      }
    case 'enum':
    case 'const': {
      const allowed: unknown[] = params.allowedValues ?? [params.allowedValue]
      return {
        message: `${where} is ${JSON.stringify(partAt(root, path))}`,
        advice: `Write one of: ${allowed.map((one) => JSON.stringify(one)).join(', ')}.`,
        path,
      }
    }
    default:
      return {
        message: `${where} ${error.message ?? 'has another form'}`,
        advice: 'Compare it with the schema (schema/payment-map-1.json) or with a bundled map.',
        path,
      }
  }
}

function partAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], root)
}
