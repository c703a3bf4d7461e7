/** What the rows of the map are made of. Amounts are whole units of the last digit; nothing is ever rounded. */
import { NotSent } from './errors.ts'

/** Digits behind the point, where they are not two. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
}

/** A field that v2 cannot do. Nothing was sent. */
export function unmapped(path: string, reason: string): NotSent {
  return new NotSent('mapping', 'NOT_MAPPED', `${path} ${reason}`)
}

/** Without the members that are not there; nothing at all if none is. */
export function compact<T extends object>(value: T): T | undefined {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T)
}

/** Without the elements that are not there; nothing at all if none is. */
export function listOf<T>(...lists: readonly (readonly (T | undefined)[] | undefined)[]): T[] | undefined {
  const there = lists.flatMap((list) => list ?? []).filter((value) => value !== undefined) as T[]
  return there.length === 0 ? undefined : there
}

export function unitsOf(
  amount: unknown,
  currency: string,
  path: string,
  own: Readonly<Record<string, number>>,
): bigint {
  const text = typeof amount === 'number' && Number.isFinite(amount) ? String(amount) : amount
  const match = typeof text === 'string' ? /^(-?)(\d+)(?:\.(\d*))?$/.exec(text.trim()) : null
  if (!match) throw unmapped(path, 'is no amount')
  const [, sign, whole, fraction = ''] = match
  const exponent = exponentOf(currency, own)
  if (/[1-9]/.test(fraction.slice(exponent))) throw unmapped(path, `has more digits than ${currency} has`)
  const units = BigInt(`${whole}${fraction.slice(0, exponent).padEnd(exponent, '0')}`)
  return sign === '-' ? -units : units
}

export function decimalOf(units: bigint, currency: string, own: Readonly<Record<string, number>>): string {
  const exponent = exponentOf(currency, own)
  const digits = String(units < 0n ? -units : units).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  return `${units < 0n ? '-' : ''}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`
}

function exponentOf(currency: string, own: Readonly<Record<string, number>>): number {
  const name = currency.toUpperCase()
  return own[name] ?? EXPONENTS[name] ?? 2
}

/** Throws for a member that is there and holds nothing: a refund without its amount is one of everything. */
export function notNothing(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return
  const member = (value as Readonly<Record<string, unknown>>)[name]
  if (member === undefined || member === null) throw unmapped(name, 'has no amount')
}

/** The amount within an object. One without would be left out, and a refund of nothing is one of everything. */
export function amountIn(value: unknown, name: string, path: string): unknown {
  if (value === undefined || value === null) return undefined
  const amount = (value as Readonly<Record<string, unknown>>)[name]
  if (amount === undefined || amount === null) throw unmapped(path, 'has no amount')
  return amount
}

/** The currency of an amount, which must be known. */
export function currencyOf(currency: unknown, path: string): string {
  if (typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency)) return currency
  throw unmapped(path, 'has no currency')
}

/** What a value is called in the other version; what is not in the table is an error, or stays as it is. */
export function translate(
  table: Readonly<Record<string, string>>,
  value: unknown,
  path: string,
  otherwise: 'refuse' | 'keep',
): string | undefined {
  if (value === undefined || value === null) return undefined
  const name = String(value)
  if (Object.hasOwn(table, name)) return table[name]
  if (otherwise === 'keep') return value as string
  throw unmapped(path, 'has a value that v2 does not know')
}

/** A value that may be sent only if it looks like this. */
export function matching<T>(value: T, pattern: RegExp, path: string): T {
  if (value === undefined || value === null || pattern.test(String(value))) return value
  throw unmapped(path, `is not of the form ${pattern.source}`)
}

/** A text that must not be longer. */
export function atMost<T>(value: T, length: number, path: string): T {
  if (value === undefined || value === null || String(value).length <= length) return value
  throw unmapped(path, `is longer than ${length} characters`)
}

/** A list that must not have more elements. */
export function atMostItems<T>(list: T, count: number, path: string): T {
  if (!Array.isArray(list) || list.length <= count) return list
  throw unmapped(path, `has more than ${count} elements`)
}

/** A value that must be there. */
export function required<T>(value: T, path: string, reason: string): T {
  if (value !== undefined && value !== null) return value
  throw unmapped(path, `must be there: ${reason}`)
}

export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

export function numberOf(value: unknown, path: string, isWhole: boolean): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = Number(value)
  if (Number.isFinite(number) && (!isWhole || Number.isInteger(number))) return number
  throw unmapped(path, isWhole ? 'is no whole number' : 'is no number')
}

export function booleanOf(value: unknown): boolean | undefined {
  return value === undefined || value === null ? undefined : value === true || value === 'true' || value === 1
}

/** The day of a point in time. */
export function dayOf(value: unknown): string | undefined {
  return textOf(value)?.slice(0, 10)
}

/** A point in time as a text, or in seconds. */
export function timeOf(value: unknown, path: string, form: 'text' | 'seconds'): string | number | undefined {
  if (value === undefined || value === null) return undefined
  const date = new Date(typeof value === 'number' ? value * 1000 : String(value))
  if (Number.isNaN(date.getTime())) throw unmapped(path, 'is no point in time')
  return form === 'seconds' ? Math.floor(date.getTime() / 1000) : date.toISOString()
}

/** A text as the list of its parts. */
export function partsOf(value: unknown, separator: string): unknown {
  if (typeof value !== 'string') return value
  const parts = value.split(separator).map((part) => part.trim())
  return parts.filter((part) => part !== '')
}

/** Throws for a field of the body that no row of the map is about: nothing is lost in silence. */
export function allMapped(body: unknown, known: readonly string[], path = ''): void {
  if (path !== '' && known.includes(path)) return
  if (body === undefined || body === null) return
  if (Array.isArray(body)) for (const one of body) allMapped(one, known, `${path}[]`)
  else if (typeof body === 'object')
    for (const [name, value] of Object.entries(body)) allMapped(value, known, path === '' ? name : `${path}.${name}`)
  else throw unmapped(path, 'has no counterpart in v2')
}

/** Throws for a field that v2 has no counterpart for, if it is there. */
export function without(value: unknown, path: string, reason: string): undefined {
  if (value === undefined || value === null) return undefined
  throw unmapped(path, `has no counterpart in v2: ${reason}`)
}

/**
 * A JSON Patch of an old object as one of a new object: each value as `convert` has it, at the pointers of the table. What is not
 * in the table, and what would become more than can be changed, is refused.
 */
export function patchOf(
  patch: unknown,
  convert: (body: unknown) => unknown,
  table: Readonly<Record<string, readonly string[]>>,
): object[] {
  if (!Array.isArray(patch)) throw unmapped('the patch', 'is no list')
  return patch.flatMap(({ op, path, value }: { op?: unknown; path?: unknown; value?: unknown }): object[] => {
    const pointers = Object.hasOwn(table, String(path)) ? table[String(path)] : undefined
    if (pointers === undefined || !['add', 'replace', 'remove'].includes(String(op)))
      throw unmapped(`${op} ${path}`, 'has no counterpart in v2')
    if (op === 'remove') return pointers.map((pointer) => ({ op, path: pointer }))
    const made = convert(placed(stepsOf(String(path)), value))
    const changed = pointers.map((pointer) => ({ op, path: pointer, value: taken(made, stepsOf(pointer)) }))
    const there = changed.filter((step) => step.value !== undefined)
    if (there.length === 0 || !isEmpty(made)) throw unmapped(String(path), 'is more than can be changed in v2')
    return there
  })
}

/** The steps of a JSON Pointer. A condition such as `@reference_id=='default'` stands for the first element. */
function stepsOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => (part.startsWith('@') ? '0' : part.replaceAll('~1', '/').replaceAll('~0', '~')))
}

/** A value with what it would stand in around it. */
function placed([first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value
  const inner = placed(rest, value)
  return /^\d+$/.test(first) ? [inner] : { [first]: inner }
}

/** Takes a value out of what it stands in. */
function taken(root: unknown, steps: readonly string[]): unknown {
  const last = steps.at(-1) as string
  const holder = steps
    .slice(0, -1)
    .reduce<unknown>((at, step) => (at as Readonly<Record<string, unknown>> | undefined)?.[step], root)
  if (typeof holder !== 'object' || holder === null) return undefined
  const found = (holder as Record<string, unknown>)[last]
  delete (holder as Record<string, unknown>)[last]
  return found
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}

/** Everything that stands at a path such as `items[].price`; `undefined` where only what it would stand in is there. */
export function valuesAt(value: unknown, path: string): unknown[] {
  let found = [value]
  for (const step of path.match(/\[\]|[^.[\]]+/g) ?? []) {
    const there = found.filter((one) => one !== undefined && one !== null)
    found =
      step === '[]'
        ? there.flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : []))
        : there.map((one) => (one as Readonly<Record<string, unknown>>)[step])
  }
  return found
}

/** Without members that are null, at any depth. */
export function present<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(present) as T
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
  return Object.fromEntries(entries.map(([name, member]) => [name, present(member)])) as T
}
