/** One request and one answer of every operation, and what the map makes of them: tests that stay with the customer. */
import { mapPatch, mapRequest, mapResponse, pathOfPointer } from '../map/execute.ts'
import { put, segmentsOf, valueAt } from '../map/path.ts'
import { type Direction, type FlatRow, rowsOf } from '../map/rows.ts'
import type { OperationId, PatchFacts, Path, PaymentMap } from '../map/types.ts'
import { key, literal, text } from './code.ts'

/** What goes into a function of the map, and what has to come out of it. */
export interface Golden {
  readonly input: unknown
  readonly ref?: string
  readonly output: unknown
}

const REF = 'order-1'

/** A request of v1 with as many fields as the rows take at once, and what it is in v2; nothing where none can be made. */
export function goldenRequest(map: PaymentMap, id: OperationId): Golden | undefined {
  const operation = map.operations[id]!
  if (operation.patch) return goldenPatch(map, operation.patch)
  const rows = rowsOf(map, id, 'request')
  const run = (body: unknown) => mapRequest(map, operation, rows, body, { ref: REF })
  // what must be there comes first, or nothing is right
  const ordered = [...rows].sort((a, b) => Number(b.row.required ?? false) - Number(a.row.required ?? false))
  const input = grown(map, ordered, 'request', (body) => run(body).problems.length)
  const { value, problems } = run(input)
  if (problems.length > 0 || Object.keys(input).length === 0) return undefined
  const usesRef = rows.some(({ from }) => from?.startsWith('$ctx.'))
  return { input, ...(usesRef ? { ref: REF } : {}), output: value }
}

/** A change of all that can be changed, with the values that the object may be made with. */
function goldenPatch(map: PaymentMap, patch: PatchFacts): Golden | undefined {
  const made = goldenRequest(map, patch.of)?.input
  const input = Object.keys(patch.pointers).flatMap((path) => {
    const value = valueAt(made, pathOfPointer(path))
    return value === undefined ? [] : [{ op: 'replace', path, value }]
  })
  const { value, problems } = mapPatch(map, patch, input)
  return problems.length > 0 || input.length === 0 ? undefined : { input, output: value }
}

/** An answer of v2 and what it is in v1. */
export function goldenResponse(map: PaymentMap, id: OperationId): Golden | undefined {
  const rows = rowsOf(map, id, 'response')
  const run = (body: unknown) => mapResponse(map, rows, body)
  const input = grown(map, rows, 'response', (body) => run(body).problems.length)
  const { value, problems } = run(input)
  return problems.length > 0 || Object.keys(input).length === 0 ? undefined : { input, output: value }
}

/** A payload that gets one field after the other, as long as it stays right. */
function grown(
  map: PaymentMap,
  rows: readonly FlatRow[],
  direction: Direction,
  problems: (body: unknown) => number,
): Record<string, unknown> {
  let body: Record<string, unknown> = {}
  let worst = problems(body)
  for (const row of rows) {
    for (const fields of samplesOf(map, row, rows, direction)) {
      const next = structuredClone(body)
      for (const [path, value] of fields) put(next, path, [], value)
      const count = problems(next)
      if (count > worst) continue
      body = next
      worst = count
      break
    }
  }
  return body
}

type Fields = readonly (readonly [Path, unknown])[]

/** What a row may be given, best first. */
function samplesOf(map: PaymentMap, flat: FlatRow, rows: readonly FlatRow[], direction: Direction): Fields[] {
  const { from, to, row, money } = flat
  if (typeof from !== 'string' || from === '' || from.startsWith('$ctx.') || flat.isContainer) return []
  if (to === null && row.severity !== 'drop') return []
  if (money) return [amountOf(map, flat, direction)]
  const isWithin = (path: Path | null | undefined, base: Path | null) =>
    base !== null && path?.startsWith(`${base}.`) === true
  // a part that other rows read more exactly, and one that others write into
  if (rows.some((row) => isWithin(row.from, from))) return []
  if (rows.some((row) => isWithin(row.to, to))) return [[[`${from}.note`, 'a note']]]
  return valuesOf(flat).map((value) => [[from, value]])
}

function amountOf(map: PaymentMap, { from, money }: FlatRow, direction: Direction): Fields {
  const path = from as Path
  const { v1, v2 } = map.money
  const format = direction === 'request' ? v1 : v2
  const amount = format.format === 'decimal-string' ? '10.00' : 1000
  const currency = money?.currency ?? 'EUR'
  if (format.shape === 'scalar' || (direction === 'request' && money?.scalar))
    return [[path, amount], ...(money?.currencyFrom === undefined ? [] : [[money.currencyFrom, currency] as const])]
  const [value, name] =
    direction === 'request'
      ? [money?.value ?? v1.value ?? 'value', money?.currencyName ?? v1.currency ?? 'currency']
      : [v2.value ?? 'value', v2.currency ?? 'currency']
  return [
    [`${path}.${value}`, amount],
    [`${path}.${name}`, currency],
  ]
}

function valuesOf({ row, table, from }: FlatRow): unknown[] {
  if (table) {
    const known = Object.entries(table).flatMap(([name, other]) => (other === null ? [] : [name]))
    return known.map((name) => (row.join === undefined ? name : [name]))
  }
  if (row.pattern !== undefined)
    return ['1', 'tok_1', 'paypal', 'INSTANT', 'EUR', 'DE'].filter((value) => new RegExp(row.pattern!).test(value))
  if (row.date !== undefined) return ['2026-01-02T03:04:05.000Z']
  if (row.replace !== undefined) return [`en${row.replace[0]}US`]
  if (row.split !== undefined) return [`a${row.split}b`]
  if (row.join !== undefined) return [['a', 'b']]
  if (row.cast === 'boolean' || row.not) return [true]
  if (row.cast === 'integer' || row.cast === 'number') return ['2', 2]
  if (row.unwrap !== undefined) return [['a']]
  if (typeof row.default === 'boolean') return [true]
  const last = [...segmentsOf(from as Path)].reverse().find((segment) => typeof segment === 'string')
  return [looksLike(String(last)), 'EUR', '1'].map((value) =>
    typeof value === 'string' && row.maxLength !== undefined ? value.slice(0, row.maxLength) : value,
  )
}

/** What a field of this name usually holds, so that a test can be read. */
function looksLike(name: string): string | boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase()
  if (/^(?:is|has|final|paid|captured)\b/.test(words)) return true
  if (/\b(?:time|at|datetime)$/.test(words)) return '2026-01-02T03:04:05Z'
  if (/\b(?:url|href)$/.test(words)) return `https://shop.example/${words.replace(/ /g, '-')}`
  if (/\bemail\b/.test(words)) return 'buyer@example.com'
  if (words === 'country code') return 'DE'
  return `some ${words}`
}

/** A test of the generated code, in its own words. */
export interface GoldenTest {
  readonly title: string
  readonly call: string
  readonly golden: Golden
}

/** The text of the tests, without what they import. */
export function goldenTests(tests: readonly GoldenTest[]): string {
  return tests
    .map(({ title, call, golden }) => {
      const args = [pretty(golden.input, 1), ...(golden.ref === undefined ? [] : [text(golden.ref)])]
      return `test(${text(title)}, () => {
  const made = ${call}(${args.join(', ')});
  assert.deepEqual(JSON.parse(JSON.stringify(made)), ${pretty(golden.output, 1)});
});`
    })
    .join('\n\n')
}

/** A value as code, on one line where it is short. */
function pretty(value: unknown, depth: number): string {
  const flat = literal(value)
  if (typeof value !== 'object' || value === null || flat.length <= 60) return flat
  const indent = '  '.repeat(depth)
  const parts = Array.isArray(value)
    ? value.map((one) => pretty(one, depth + 1))
    : Object.entries(value).map(([name, one]) => `${key(name)}: ${pretty(one, depth + 1)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close}`
}
