/** The rows of an operation as its readers want them: shapes written out, every row with a name and a tag. */
import { joined } from './path.ts'
import { type Condition, conditionOf, movedCondition } from './predicate.ts'
import type { Derivation, EnumTable, MoneyRow, Operation, OperationId, Path, PaymentMap, Row, Tag } from './types.ts'

export type Direction = 'request' | 'response'

/** A row whose paths begin at the root of the payload. */
export interface FlatRow {
  /** `createPayment.request: transactions[].amount → purchase_units[].amount`, for messages and comments. */
  readonly name: string
  readonly direction: Direction
  readonly from: Path | null | undefined
  readonly to: Path | null
  readonly money: MoneyRow | undefined
  readonly derive: Derivation | undefined
  readonly table: EnumTable | undefined
  readonly otherwise: 'report' | 'keep' | 'error'
  /** All of these must hold. */
  readonly when: readonly Condition[]
  /** It only says that one list becomes another (`transactions[]` → `purchase_units[]`), or that a shape begins here. */
  readonly isContainer: boolean
  readonly append: boolean
  readonly row: Row
  readonly tag: Tag
  /** Where the row stands in the map. */
  readonly origin: readonly (string | number)[]
}

interface Base {
  readonly from: Path
  readonly to: Path
  readonly when: readonly Condition[]
  readonly shapes: readonly string[]
  readonly origin: readonly (string | number)[]
}

const flattened = new WeakMap<Operation, Partial<Record<Direction, readonly FlatRow[]>>>()

/** All rows of an operation, in the order of the map. Throws for a shape or an enum that there is not, and for a circle. */
export function rowsOf(map: PaymentMap, id: OperationId, direction: Direction): readonly FlatRow[] {
  const operation = map.operations[id]
  if (!operation) throw new Error(`there is no operation ${id}`)
  const known = flattened.get(operation) ?? {}
  known[direction] ??= flat(map, id, operation[direction] ?? [], direction, {
    from: '',
    to: '',
    when: [],
    shapes: [],
    origin: ['operations', id, direction],
  })
  flattened.set(operation, known)
  return known[direction]
}

/** The rows of a shape, for a payload that is one (the resource of a webhook). */
export function rowsOfShape(map: PaymentMap, shape: string, direction: Direction): readonly FlatRow[] {
  const rows = map.shapes?.[shape]?.[direction] ?? []
  return flat(map, shape, rows, direction, {
    from: '',
    to: '',
    when: [],
    shapes: [shape],
    origin: ['shapes', shape, direction],
  })
}

function flat(map: PaymentMap, owner: string, rows: readonly Row[], direction: Direction, base: Base): FlatRow[] {
  return rows.flatMap((row, index) => {
    const own = flatRow(map, owner, row, direction, { ...base, origin: [...base.origin, index] })
    if (row.shape === undefined) return [own]
    if (base.shapes.includes(row.shape)) throw new Error(`the shape ${row.shape} contains itself`)
    const shape = map.shapes?.[row.shape]
    if (!shape) throw new Error(`there is no shape ${row.shape}`)
    return [
      own,
      ...flat(map, owner, shape[direction] ?? [], direction, {
        from: own.from ?? base.from,
        to: own.to ?? base.to,
        when: own.when,
        shapes: [...base.shapes, row.shape],
        origin: ['shapes', row.shape, direction],
      }),
    ]
  })
}

function flatRow(map: PaymentMap, owner: string, row: Row, direction: Direction, base: Base): FlatRow {
  const move = (path: Path) => (path.startsWith('$ctx.') ? path : joined(base.from, path))
  const from = typeof row.from === 'string' ? move(row.from) : row.from
  const to = row.to === null ? null : joined(base.to, row.to)
  const own = row.when === undefined ? [] : [movedCondition(conditionOf(row.when), move)]
  const money = row.money === true ? {} : row.money
  return {
    name: `${owner}.${direction}: ${from ?? '(nothing)'} → ${to ?? '(nothing)'}`,
    direction,
    from,
    to,
    money: money && {
      ...money,
      ...(money.currencyFrom === undefined ? {} : { currencyFrom: move(money.currencyFrom) }),
    },
    derive: row.derive && moved(row.derive, move),
    table: tableOf(map, row),
    otherwise: row.otherwise ?? (direction === 'request' ? 'report' : 'keep'),
    when: [...base.when, ...own],
    isContainer: row.shape !== undefined || (row.from?.endsWith('[]') === true && row.to?.endsWith('[]') === true),
    append: row.append === true,
    row,
    tag: tagOf(row, tableOf(map, row), direction),
    origin: base.origin,
  }
}

function moved(derive: Derivation, move: (path: Path) => Path): Derivation {
  if ('copy' in derive) return { copy: move(derive.copy) }
  return {
    sumOf: move(derive.sumOf),
    ...(derive.times === undefined ? {} : { times: move(derive.times) }),
    currencyFrom: move(derive.currencyFrom),
  }
}

function tableOf(map: PaymentMap, row: Row): EnumTable | undefined {
  if (typeof row.enum !== 'string') return row.enum
  const table = map.enums?.[row.enum]
  if (!table) throw new Error(`there is no enum ${row.enum}`)
  return table
}

/**
 * What a row can be trusted with. Nothing is left of it, or code of the customer's: R. Something has to be proven first (a
 * condition, a length, a sign, a value that is not in the table): C. A rename, a whole table, a cast, an amount: A.
 */
export function tagOf(row: Row, table: EnumTable | undefined, direction: Direction): Tag {
  if (row.to === null) return row.severity === 'drop' ? 'A' : 'R'
  if (row.fn !== undefined || row.from === null) return 'R'
  const isPartial = table !== undefined && Object.values(table).includes(null)
  const isConditional =
    row.when !== undefined ||
    row.required !== undefined ||
    row.maxItems !== undefined ||
    row.maxLength !== undefined ||
    row.pattern !== undefined ||
    row.derive !== undefined ||
    row.why !== undefined ||
    (direction === 'request' && row.otherwise !== undefined && row.otherwise !== 'keep') ||
    isPartial
  return isConditional ? 'C' : 'A'
}

/** True for a row that makes another value of what it reads, otherwise than by a table. */
export function isConverting(row: Row): boolean {
  const { cast, not, abs, replace, date, split, join, wrap, unwrap, fn } = row
  return [cast, not, abs, replace, date, split, join, wrap, unwrap, fn].some((one) => one !== undefined)
}

/** True for a number that what is checked before a request of the new version makes of a text, so that a call site need not. */
export function isCastByCheck({ row, to }: Pick<FlatRow, 'row' | 'to'>): boolean {
  return (row.cast === 'integer' || row.cast === 'number') && typeof to === 'string' && /^\w+$/.test(to)
}
