import {
  describe,
  type Given,
  type Kind,
  keyName,
  kind,
  literalText,
  method,
  type Node,
  type ObjectLiteral,
  unwrap,
} from '#kit'
import type { Field, Model, SchemaFacts } from '../schema/facts.ts'
import { booleanOf, hasSpread, isUndefined, propertyOf } from './literals.ts'

/** What a field of type `Bytes` holds. */
export const Bytes = kind('value of a Bytes field')
/** What a field of type `Bytes?` holds. */
export const OptionalBytes = kind('value of a Bytes field that may be null', Bytes)
/** What such a field holds as long as no extension of the client computes another value under its name. */
export const ExtendedBytes = kind('value of a Bytes field of an extended client', Bytes)
/** All of them, the special cases first. */
export const ANY_BYTES: readonly Kind[] = [ExtendedBytes, OptionalBytes, Bytes]
// what these give back is of the same class as what they are called on
for (const [bytes, same] of [
  [Bytes, Bytes],
  [OptionalBytes, Bytes],
  [ExtendedBytes, ExtendedBytes],
] as const)
  describe(bytes, {
    members: Object.fromEntries(
      ['slice', 'subarray', 'reverse', 'sort', 'fill', 'copyWithin', 'map', 'filter'].map((name) => [
        name,
        method('a method of a Bytes field', { call: same }),
      ]),
    ),
  })
/** What a field of type `Bytes[]` holds. */
export const ListOfBytes = kind('list of a Bytes field')
const PlainList = listOf(kind('list of a Bytes field', ListOfBytes), Bytes)
const OptionalList = listOf(kind('list of a Bytes field that may be null', ListOfBytes), OptionalBytes)
const ExtendedList = listOf(kind('list of a Bytes field of an extended client', ListOfBytes), ExtendedBytes)
// what a function gives that is called for each element of a list: `ids.map(async (id) => (await load(id)).data)`
describe(Bytes, { list: PlainList })
describe(OptionalBytes, { list: OptionalList })
describe(ExtendedBytes, { list: ExtendedList })
/** A record, or a list of records, that has a `Bytes` field. */
export const RowWithBytes = kind('record with a Bytes field')

/** A method of a model: what is called with `data`, `where` and the like. */
export const Query = kind('a query')

/** What the queries of one model give back. */
export interface Rows {
  readonly one: Kind
  readonly many: Kind
  /** The same for a query that is made with these arguments: which fields and relations they ask for. */
  selected(given: Given): Pick<Rows, 'one' | 'many'>
  /** The same for the groups of `groupBy`. */
  grouped(given: Given): Pick<Rows, 'one' | 'many'>
}

/** What of a model a query asks for: whether any of its `Bytes` fields is in it, and the relations that are. */
interface Selection {
  readonly hasBytes: boolean
  readonly relations: ReadonlyMap<string, Selection>
}

/**
 * Records of every model, by its name: their `Bytes` fields, and what relations lead to. Where schemas have a model of the
 * same name, a field is one of bytes only if it is that in each of them.
 */
export function rowsOf(schemas: readonly SchemaFacts[], isExtended = false): ReadonlyMap<string, Rows> {
  const models = new Map<string, Model[]>()
  for (const model of schemas.flatMap((schema) => schema.models))
    models.set(model.name, [...(models.get(model.name) ?? []), model])
  const rows = new Map<string, Rows>()
  const selectedRows = new Map<string, (selection: Selection) => Pick<Rows, 'one' | 'many'>>()
  for (const [name, same] of models) {
    const [model] = same as [Model, ...Model[]]
    const made = new Map<string, Pick<Rows, 'one' | 'many'>>()
    const whole = { hasBytes: same.every(hasBytes), relations: new Map() }
    const rowsWith = (selection: Selection): Pick<Rows, 'one' | 'many'> => {
      const key = keyOf(selection)
      const known = made.get(key)
      if (known) return known
      const base = holdsBytes(selection) ? RowWithBytes : undefined
      const one = kind(`record of ${name}`, base)
      const pair = { one, many: listOf(kind(`list of records of ${name}`, base), one) }
      made.set(key, pair)
      describe(one, { members: selection === whole ? {} : (plain.one.shape.members ?? {}), list: pair.many })
      for (const [field, related] of selection.relations) {
        const { type, isList } = model.fields.find((one) => one.name === field)!
        const { one: single, many } = selectedRows.get(type)!(related)
        describe(one, { members: { [field]: isList ? many : single } })
      }
      // `prisma.user.findUnique(…).posts()`: the promise of a row has its relations as methods
      describe(one, { call: (given) => selected(given).one })
      describe(pair.many, { call: (given) => selected(given).many })
      return pair
    }
    const plain = rowsWith(whole)
    const asked = (selection: Selection | undefined) => (same.length > 1 || !selection ? plain : rowsWith(selection))
    const selected = ({ arguments: [first], objectOf }: Given) => {
      const literal = first && objectOf(first)
      return asked(literal && selectionOf(model, literal, models))
    }
    const grouped = ({ arguments: [first], objectOf }: Given) => {
      const literal = first && objectOf(first)
      return asked(literal && groupOf(model, literal))
    }
    selectedRows.set(name, rowsWith)
    rows.set(name, { ...plain, selected, grouped })
  }
  for (const [name, same] of models) {
    const members: Record<string, Kind> = {}
    for (const field of same[0]!.fields) {
      const others = same.map((model) => model.fields.find((one) => one.name === field.name))
      if (!others.every((other) => other?.type === field.type && other.isList === field.isList)) continue
      const related = rows.get(field.type)
      if (field.type === 'Bytes') members[field.name] = bytesOf(field, isExtended)
      else if (related) members[field.name] = field.isList ? related.many : related.one
    }
    describe(rows.get(name)!.one, { members })
  }
  return rows
}

/** True where a record that is selected so has bytes in it, in its own fields or in those of records that are related. */
function holdsBytes({ hasBytes: own, relations }: Selection): boolean {
  return own || [...relations.values()].some(holdsBytes)
}

function keyOf({ hasBytes: own, relations }: Selection): string {
  return `${own}{${[...relations].map(([name, related]) => `${name}:${keyOf(related)}`).sort()}}`
}

/** One property of an object literal, or of one that is spread in it; undefined where something unknown may bring any. */
type Entry = { readonly name: string; readonly value: Node; readonly within: ObjectLiteral } | undefined

/** Deeper than anybody writes them. */
const MAX_SPREADS = 6

function entriesOf(literal: ObjectLiteral, depth = 0): Entry[] {
  return literal.node.properties.flatMap((property): Entry[] => {
    if (property.type === 'SpreadElement') {
      const spread = depth < MAX_SPREADS ? literal.objectOf(property.argument as Node) : undefined
      return spread ? entriesOf(spread, depth + 1) : [undefined]
    }
    const name = property.type === 'ObjectProperty' ? keyName(property) : undefined
    return property.type === 'ObjectProperty' && name !== undefined
      ? [{ name, value: property.value as Node, within: literal }]
      : [undefined]
  })
}

/** What is on in `select`, `include` or `omit`, by the name of the field; unknown where that cannot be told. */
function chosenIn(
  all: readonly Entry[],
  name: string,
): ReadonlyMap<string, NonNullable<Entry>> | 'unknown' | undefined {
  const last = all.findLastIndex((entry) => entry === undefined || entry.name === name)
  const entry = all[last]
  if (last < 0) return undefined
  const literal = entry?.within.objectOf(entry.value)
  const fields = literal && entriesOf(literal)
  if (!fields || fields.includes(undefined)) return 'unknown'
  const on = new Map<string, NonNullable<Entry>>()
  for (const field of fields as NonNullable<Entry>[])
    if (isOff(field.value)) on.delete(field.name)
    else on.set(field.name, field)
  return on
}

/** What arguments with `select`, `include` and `omit` ask for; undefined where that cannot be told. */
function selectionOf(
  model: Model,
  literal: ObjectLiteral,
  models: ReadonlyMap<string, readonly Model[]>,
): Selection | undefined {
  const all = entriesOf(literal)
  const select = chosenIn(all, 'select')
  // the two do not go together
  const include = select ? undefined : chosenIn(all, 'include')
  const omit = select ? undefined : chosenIn(all, 'omit')
  if (select === 'unknown' || include === 'unknown' || omit === 'unknown') return undefined
  const isBytes = ({ name, type }: Field): boolean => {
    if (type !== 'Bytes') return false
    if (select) return select.has(name)
    const omitted = omit?.get(name)
    return omitted === undefined || booleanOf(unwrap(omitted.value)) !== true
  }
  const relations = new Map<string, Selection>()
  for (const [name, { value, within }] of select ?? include ?? []) {
    const field = model.fields.find((one) => one.name === name)
    const [related, ...others] = (field && models.get(field.type)) ?? []
    if (!related) continue
    const inner = booleanOf(unwrap(value)) === undefined ? within.objectOf(value) : undefined
    const whole = { hasBytes: hasBytes(related), relations: new Map() }
    relations.set(name, (others.length === 0 && inner && selectionOf(related, inner, models)) || whole)
  }
  return { hasBytes: model.fields.some(isBytes), relations }
}

/** What the groups of `groupBy` have of a record: the fields that they are made by. */
function groupOf(model: Model, { node }: ObjectLiteral): Selection | undefined {
  const by = propertyOf(node, 'by')
  const value = by && unwrap(by.value as Node)
  const names =
    value?.type === 'ArrayExpression' ? value.elements.map((one) => one && literalText(one)) : [literalText(value)]
  if (names.some((name) => typeof name !== 'string') || hasSpread(node)) return undefined
  return {
    hasBytes: model.fields.some(({ name, type }) => type === 'Bytes' && names.includes(name)),
    relations: new Map(),
  }
}

/** `false` and `undefined`: as if it were not there. */
function isOff(value: Node): boolean {
  const plain = unwrap(value)
  return isUndefined(plain) || booleanOf(plain) === false
}

/** A list: what it holds, what its methods hand to functions, and what they give back of it. */
function listOf(list: Kind, one: Kind): Kind {
  const each = (call?: 'this' | Kind): Kind =>
    method('a method of a list', { callback: () => [one], ...(call && { call }) })
  const same = method('a method of a list', { call: 'this' })
  const sorted = method('a method of a list', { callback: () => [one, one], call: 'this' })
  const reduce = method('a method of a list', { callback: () => [undefined, one] })
  const members = {
    ...Object.fromEntries(['forEach', 'map', 'flatMap', 'some', 'every', 'findIndex'].map((name) => [name, each()])),
    ...Object.fromEntries(['find', 'findLast'].map((name) => [name, each(one)])),
    ...Object.fromEntries(['slice', 'reverse', 'toReversed', 'concat'].map((name) => [name, same])),
    ...Object.fromEntries(['sort', 'toSorted'].map((name) => [name, sorted])),
    ...Object.fromEntries(['at', 'pop', 'shift'].map((name) => [name, method('a method of a list', { call: one })])),
    filter: each('this'),
    reduce,
    reduceRight: reduce,
  }
  return describe(list, { elements: one, members })
}

function bytesOf({ isList, isOptional }: Field, isExtended: boolean): Kind {
  if (isList) return isExtended ? ExtendedList : PlainList
  if (isExtended) return ExtendedBytes
  return isOptional ? OptionalBytes : Bytes
}

function hasBytes(model: Model): boolean {
  return model.fields.some(({ type }) => type === 'Bytes')
}

const ONE = 'findUnique findUniqueOrThrow findFirst findFirstOrThrow create update upsert delete'.split(' ')
const MANY = 'findMany createManyAndReturn updateManyAndReturn'.split(' ')

const OTHERS = 'createMany updateMany deleteMany count aggregate'.split(' ')

/** The methods of a model, and which of them give records back. */
export function methodsOf({ selected, grouped }: Rows): Readonly<Record<string, Kind>> {
  const gives = (call?: (given: Given) => Kind): Kind => describe(kind('a query', Query), call ? { call } : {})
  return Object.fromEntries([
    ...ONE.map((name): [string, Kind] => [name, gives((given) => selected(given).one)]),
    ...MANY.map((name): [string, Kind] => [name, gives((given) => selected(given).many)]),
    ['groupBy', gives((given) => grouped(given).many)],
    ...OTHERS.map((name): [string, Kind] => [name, gives()]),
  ])
}
