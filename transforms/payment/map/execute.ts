/** Runs the rows of a map on a payload, in both directions: what the generated code does, in one place, for proofs. */
import { AmountError, decimalOf, unitsOf } from './money.ts'
import { depthOf, EACH, leavesOf, type Match, matchesOf, pathOf, put, segmentsOf, valueAt } from './path.ts'
import { conditionOf, holds } from './predicate.ts'
import { type FlatRow, rowsOf } from './rows.ts'
import type { MoneyFormat, MoneyRow, Operation, PatchFacts, Path, PaymentMap, SumCheck } from './types.ts'

/** Why a payload cannot be carried over as it is. */
export interface MappingProblem {
  readonly reason: 'unmapped' | 'reported' | 'unknown-value' | 'amount' | 'precondition'
  readonly path: Path
  readonly message: string
}

export interface Mapped {
  readonly value: Record<string, unknown>
  /** Empty, or nothing must be sent. In a response: what could only be kept as it was. */
  readonly problems: readonly MappingProblem[]
}

/** What the caller of an operation hands over beside the body; `$ctx.ref` in paths. */
export interface MappingContext {
  readonly ref?: string
}

/** A request of v1 as v2 has it. Every field that is there is carried over or is a problem; none is lost in silence. */
export function mapRequest(
  map: PaymentMap,
  operation: Pick<Operation, 'sums' | 'effect'>,
  rows: readonly FlatRow[],
  body: unknown,
  context: MappingContext = {},
): Mapped {
  const run = new Run(map, { ...(body ?? {}), $ctx: context }, operation.effect === 'moves-money')
  for (const row of rows) run.apply(row)
  for (const check of operation.sums ?? []) run.addUp(check)
  for (const leaf of leavesOf(body ?? {})) {
    // an object or a list without anything in it says nothing, as null does
    const isThere = leaf.value !== null && typeof leaf.value !== 'object' && leaf.path !== ''
    if (isThere && !run.isConsumed(leaf.path))
      run.problem('unmapped', leaf.path, `${leaf.path} has no counterpart in the map`)
  }
  return run
}

/** A JSON Patch of v1 as v2 has it: each value by the rows of the operation that made the object. */
export function mapPatch(
  map: PaymentMap,
  { of, pointers }: PatchFacts,
  patch: readonly { readonly op?: unknown; readonly path?: unknown; readonly value?: unknown }[],
): { readonly value: readonly object[]; readonly problems: readonly MappingProblem[] } {
  const rows = rowsOf(map, of, 'request')
  const problems: MappingProblem[] = []
  const value = patch.flatMap(({ op, path, value: old }): object[] => {
    const to = Object.hasOwn(pointers, String(path)) ? pointers[String(path)] : undefined
    if (to === undefined || !['add', 'replace', 'remove'].includes(String(op))) {
      problems.push({ reason: 'unmapped', path: String(path), message: `${op} ${path} has no counterpart in the map` })
      return []
    }
    if (op === 'remove') return to.map((pointer) => ({ op, path: pointer }))
    const body: Record<string, unknown> = {}
    put(body, pathOfPointer(String(path)), [], old)
    const made = mapRequest(map, map.operations[of]!, rows, body)
    problems.push(...made.problems)
    const paths = to.map(pathOfPointer)
    const beside = leavesOf(made.value).filter(
      (leaf) => !paths.some((one) => leaf.path.replaceAll('[]', '[0]').startsWith(one)),
    )
    for (const leaf of beside)
      problems.push({ reason: 'unmapped', path: String(path), message: `${path} also becomes ${leaf.path}` })
    return to.flatMap((pointer, index) => {
      const found = valueAt(made.value, paths[index]!)
      return found === undefined ? [] : [{ op, path: pointer, value: found }]
    })
  })
  return { value, problems }
}

/** `transactions[0].amount` of `/transactions/0/amount`. */
export function pathOfPointer(pointer: string): Path {
  return pathOf(
    pointer
      .split('/')
      .slice(1)
      .map((part) => (part.startsWith('@') ? 0 : /^\d+$/.test(part) ? Number(part) : part)),
  )
}

/** A response of v2 as v1 had it. What v1 did not know is left out. */
export function mapResponse(map: PaymentMap, rows: readonly FlatRow[], body: unknown): Mapped {
  const run = new Run(map, body ?? {})
  for (const row of rows) run.apply(row)
  return run
}

class Run implements Mapped {
  readonly value: Record<string, unknown> = {}
  readonly problems: MappingProblem[] = []
  readonly #map: PaymentMap
  readonly #source: unknown
  readonly #consumed: Path[] = []
  /** Where an appended row begins in the list that it is added to, by that list. */
  readonly #offsets = new Map<string, number>()

  readonly #movesMoney: boolean

  constructor(map: PaymentMap, source: unknown, movesMoney = false) {
    this.#map = map
    this.#source = source
    this.#movesMoney = movesMoney
  }

  problem(reason: MappingProblem['reason'], path: Path, message: string): void {
    this.problems.push({ reason, path, message })
  }

  /** Whether some row has read what is at a path, or all that it is a part of. */
  isConsumed(path: Path): boolean {
    return this.#consumed.some(
      (known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`),
    )
  }

  apply(flat: FlatRow): void {
    if (flat.from === null) return
    if (flat.row.required && flat.from !== undefined && matchesOf(this.#source, flat.from).length === 0)
      this.problem('precondition', flat.from, `${flat.from} must be there: ${flat.row.why ?? 'see the guide'}`)
    if (flat.derive) return this.#derive(flat)
    if (flat.from === undefined) return this.#constant(flat)
    if (flat.isContainer) return this.#container(flat)
    for (const match of this.#places(flat)) {
      if (!flat.when.every((condition) => holds(condition, this.#source, match.indexes))) continue
      this.#consume(flat)
      if (match.value === undefined || match.value === null) {
        if (flat.row.default !== undefined && flat.to !== null) this.#write(flat, match.indexes, flat.row.default)
      } else if (flat.to === null) {
        const { severity, pattern } = flat.row
        if (severity === 'drop' && pattern !== undefined && !new RegExp(pattern).test(String(match.value)))
          this.problem('precondition', flat.from, `${flat.from} is left out only where it matches ${pattern}`)
        if (severity !== 'drop')
          this.problem('reported', flat.from, `${flat.from} has no counterpart: ${flat.row.why ?? 'see the guide'}`)
      } else this.#convert(flat, match)
    }
  }

  /** The values of a row, and with a default also the places where one is missing. */
  #places(flat: FlatRow): Match[] {
    const from = flat.from as Path
    if (flat.row.default === undefined) return matchesOf(this.#source, from)
    const segments = segmentsOf(from)
    const last = segments.lastIndexOf(EACH)
    const container = pathOf(segments.slice(0, last + 1))
    return matchesOf(this.#source, container).map(({ indexes }) => ({
      value: valueAt(this.#source, from, indexes),
      indexes,
    }))
  }

  #consume({ from, money }: FlatRow): void {
    if (typeof from !== 'string') return
    const format = this.#map.money.v1
    const own =
      !money || money.scalar
        ? [from]
        : [`${from}.${money.value ?? format.value}`, `${from}.${money.currencyName ?? format.currency}`]
    const read = money?.currencyFrom ? [...own, money.currencyFrom] : own
    this.#consumed.push(...read.map((path) => path.replace(/\[\d+\]/g, '[]')))
  }

  /** Looks whether an amount of the new request is the sum that it must be. */
  addUp(check: SumCheck): void {
    const { v2, exponents } = this.#map.money
    for (const { value, indexes } of matchesOf(this.value, check.total)) {
      if (check.when !== undefined && !holds(conditionOf(check.when), this.value, indexes)) continue
      const units = (part: unknown) => {
        const { amount, currency } = readAmount(v2, part, () => undefined)
        return amount === undefined ? 0n : unitsIn(v2, amount, String(currency), exponents)
      }
      const sum = (paths: readonly Path[] = []) =>
        paths.reduce((all, path) => all + units(valueAt(this.value, path, indexes) ?? {}), 0n)
      const expected = sum(check.plus) - sum(check.minus)
      if (expected !== units(value))
        this.problem('amount', check.total, `${check.total} is not the sum of its parts, and v2 would refuse it`)
    }
  }

  #container(flat: FlatRow): void {
    const { from, to, row } = flat as FlatRow & { from: Path; to: Path }
    const matches = matchesOf(this.#source, from)
    if (row.maxItems !== undefined && from.endsWith('[]')) {
      const lists = matchesOf(this.#source, from.slice(0, -2))
      if (lists.some(({ value }) => Array.isArray(value) && value.length > row.maxItems!))
        this.problem('precondition', from, `${from} has more than ${row.maxItems} elements`)
    }
    if (flat.append) {
      for (const { indexes } of matches) {
        const list = listAround(to)
        const key = `${from}→${to}@${indexes.slice(0, -1).join()}`
        if (this.#offsets.has(key)) continue
        const current = valueAt(this.value, list, indexes)
        this.#offsets.set(key, Array.isArray(current) ? current.length : 0)
      }
    }
  }

  /** The elements that a value of a row is written to: those it was read from, behind what stands there already. */
  #targets(flat: FlatRow, indexes: readonly number[]): number[] {
    for (const [key, offset] of this.#offsets) {
      const [route, outer] = key.split('@') as [string, string]
      const [from, to] = route.split('→') as [Path, Path]
      const depth = depthOf(to)
      const isWithin = (flat.from ?? '').startsWith(from) && (flat.to ?? '').startsWith(to)
      if (!isWithin || indexes.slice(0, depth - 1).join() !== outer) continue
      return indexes.map((index, at) => (at === depth - 1 ? index + offset : index))
    }
    return [...indexes]
  }

  #write(flat: FlatRow, indexes: readonly number[], value: unknown): void {
    put(this.value, flat.to as Path, this.#targets(flat, indexes), value)
  }

  #constant(flat: FlatRow): void {
    if (flat.row.const === undefined || flat.to === null) return
    if (flat.when.every((condition) => holds(condition, this.#source))) this.#write(flat, [], flat.row.const)
  }

  #convert(flat: FlatRow, { value, indexes }: Match): void {
    try {
      const converted = flat.money
        ? this.#amount(flat, flat.money, value, indexes)
        : convertedValue(flat, value, (message) => this.problem('unknown-value', flat.from as Path, message))
      if (converted === undefined) return
      const wrong = brokenPrecondition(flat, converted)
      if (wrong) this.problem('precondition', flat.from as Path, `${flat.from} ${wrong}`)
      const current = valueAt(this.value, flat.to as Path, this.#targets(flat, indexes))
      // an amount may hold more than its value: what other rows wrote into it stays
      const both = isObject(converted) && isObject(current) ? { ...current, ...converted } : converted
      this.#write(flat, indexes, both)
    } catch (error) {
      if (!(error instanceof AmountError)) throw error
      this.problem('amount', flat.from as Path, `${flat.from}: ${error.message}`)
    }
  }

  #amount(flat: FlatRow, money: MoneyRow, value: unknown, indexes: readonly number[]): unknown {
    const old = oldFormat(this.#map.money.v1, money)
    const [reads, writes] =
      flat.direction === 'request' ? [old, this.#map.money.v2] : ([this.#map.money.v2, old] as const)
    const { amount, currency } = readAmount(reads, value, () =>
      money.currencyFrom ? valueAt(this.#source, money.currencyFrom, indexes) : money.currency,
    )
    if (amount === undefined || amount === null) {
      // one that moves money would move all of it
      if (this.#movesMoney && reads.shape === 'object') throw new AmountError(`${JSON.stringify(value)} has no amount`)
      return undefined
    }
    if (typeof currency !== 'string' || !/^[A-Za-z]{3}$/.test(currency))
      throw new AmountError(`the currency of ${JSON.stringify(amount)} is not known`)
    const units = unitsIn(reads, amount, currency, this.#map.money.exponents)
    return writtenAmount(writes, money.abs && units < 0n ? -units : units, currency, this.#map.money.exponents)
  }

  #derive(flat: FlatRow): void {
    const derive = flat.derive!
    if (flat.to === null) return
    if ('copy' in derive) {
      for (const { value, indexes } of matchesOf(this.#source, derive.copy))
        if (flat.when.every((condition) => holds(condition, this.#source, indexes))) this.#write(flat, indexes, value)
      return
    }
    const depth = depthOf(flat.to)
    const groups = new Map<string, Match[]>()
    for (const match of matchesOf(this.#source, derive.sumOf)) {
      const key = match.indexes.slice(0, depth).join()
      groups.set(key, [...(groups.get(key) ?? []), match])
    }
    for (const matches of groups.values()) {
      const indexes = matches[0]!.indexes.slice(0, depth)
      if (!flat.when.every((condition) => holds(condition, this.#source, indexes))) continue
      this.#sum(flat, derive, matches, indexes)
    }
  }

  #sum(
    flat: FlatRow,
    derive: { readonly times?: Path; readonly currencyFrom: Path },
    matches: readonly Match[],
    indexes: readonly number[],
  ): void {
    const { exponents } = this.#map.money
    const currency = valueAt(this.#source, derive.currencyFrom, indexes)
    try {
      if (typeof currency !== 'string') throw new AmountError('the currency is not known')
      const units = matches.reduce((sum, match) => {
        const times = derive.times === undefined ? 1 : valueAt(this.#source, derive.times, match.indexes)
        if (!/^\d+$/.test(String(times))) throw new AmountError(`${JSON.stringify(times)} is no number of pieces`)
        return sum + unitsOf(match.value, currency, exponents) * BigInt(String(times))
      }, 0n)
      this.#write(flat, indexes, writtenAmount(this.#map.money.v2, units, currency, exponents))
    } catch (error) {
      if (!(error instanceof AmountError)) throw error
      this.problem('amount', flat.to as Path, `${flat.to}: ${error.message}`)
    }
  }
}

// ---- amounts ------------------------------------------------------------------------------------

/** How an amount of one row is written on the old side. */
export function oldFormat(format: MoneyFormat, money: MoneyRow): MoneyFormat {
  return {
    shape: money.scalar ? 'scalar' : format.shape,
    format: format.format,
    value: money.value ?? format.value ?? 'value',
    currency: money.currencyName ?? format.currency ?? 'currency',
  }
}

function readAmount(
  format: MoneyFormat,
  value: unknown,
  elsewhere: () => unknown,
): { readonly amount: unknown; readonly currency: unknown } {
  if (format.shape === 'scalar') return { amount: value, currency: elsewhere() }
  return {
    amount: valueAt(value, format.value ?? 'value'),
    currency: valueAt(value, format.currency ?? 'currency') ?? elsewhere(),
  }
}

function unitsIn(format: MoneyFormat, amount: unknown, currency: string, exponents?: Readonly<Record<string, number>>) {
  if (format.format === 'decimal-string') return unitsOf(amount, currency, exponents)
  if (!/^-?\d+$/.test(String(amount))) throw new AmountError(`${JSON.stringify(amount)} is no whole number of units`)
  return BigInt(String(amount))
}

function writtenAmount(
  format: MoneyFormat,
  units: bigint,
  currency: string,
  exponents?: Readonly<Record<string, number>>,
): unknown {
  if (format.negative === 'refused' && units < 0n)
    throw new AmountError(
      `${decimalOf(units, currency, exponents)} is negative, and the new version takes no such amount`,
    )
  const amount = format.format === 'decimal-string' ? decimalOf(units, currency, exponents) : Number(units)
  if (format.shape === 'scalar') return amount
  return { [format.value ?? 'value']: amount, [format.currency ?? 'currency']: currency }
}

// ---- values -------------------------------------------------------------------------------------

/** What the transforms of a row, but for amounts, make of a value. `undefined`: nothing is written. */
function convertedValue(flat: FlatRow, value: unknown, unknown: (message: string) => void): unknown {
  const { row, table } = flat
  let result = value
  if (row.unwrap === 'first') result = Array.isArray(result) ? result[0] : result
  if (row.split !== undefined && typeof result === 'string')
    result = result
      .split(row.split)
      .map((part) => part.trim())
      .filter(Boolean)
  if (table) {
    const translated = Array.isArray(result) ? result.map((one) => lookUp(flat, one)) : lookUp(flat, result)
    const lost = (Array.isArray(translated) ? translated : [translated]).includes(undefined)
    if (lost) {
      unknown(`${flat.from} has the value ${JSON.stringify(result)}, which the map does not know`)
      return undefined
    }
    result = translated
  }
  if (row.join !== undefined && Array.isArray(result)) result = result.join(row.join)
  if (row.cast) result = castValue(row.cast, result)
  if (row.not) result = !result
  if (row.abs) result = typeof result === 'number' ? Math.abs(result) : String(result).replace(/^-/, '')
  if (row.replace && typeof result === 'string') result = result.replaceAll(row.replace[0], row.replace[1])
  if (row.date) result = dateValue(row.date, result)
  if (row.const !== undefined) result = row.const
  if (row.wrap === 'array') result = [result]
  return result
}

function lookUp(flat: FlatRow, value: unknown): unknown {
  const known = Object.hasOwn(flat.table!, String(value)) ? flat.table![String(value)] : undefined
  if (known !== undefined && known !== null) return known
  return known === undefined && flat.otherwise === 'keep' ? value : undefined
}

function castValue(to: NonNullable<FlatRow['row']['cast']>, value: unknown): unknown {
  if (to === 'string') return String(value)
  if (to === 'boolean') return value === true || value === 'true' || value === 1
  const number = Number(value)
  if (!Number.isFinite(number) || (to === 'integer' && !Number.isInteger(number)))
    throw new AmountError(`${JSON.stringify(value)} is no ${to}`)
  return number
}

function dateValue(to: NonNullable<FlatRow['row']['date']>, value: unknown): unknown {
  if (to === 'date') return String(value).slice(0, 10)
  const date = new Date(typeof value === 'number' ? value * 1000 : String(value))
  if (Number.isNaN(date.getTime())) throw new AmountError(`${JSON.stringify(value)} is no point in time`)
  return to === 'epoch-seconds' ? Math.floor(date.getTime() / 1000) : date.toISOString()
}

function brokenPrecondition({ row }: FlatRow, value: unknown): string | undefined {
  const text = String(value)
  if (row.maxLength !== undefined && text.length > row.maxLength) return `is longer than ${row.maxLength} characters`
  if (row.pattern !== undefined && !new RegExp(row.pattern).test(text)) return `is not of the form ${row.pattern}`
  if (row.maxItems !== undefined && Array.isArray(value) && value.length > row.maxItems)
    return `has more than ${row.maxItems} elements`
  return undefined
}

/** The path of the list that the last `[]` of a path is an element of. */
function listAround(path: Path): Path {
  const segments = segmentsOf(path)
  return pathOf(segments.slice(0, segments.lastIndexOf(EACH)))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
