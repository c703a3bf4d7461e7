import { describe, type Kind, kind, method } from '#kit'
import type { Field, Model, SchemaFacts } from '../schema/facts.ts'

/** What a field of type `Bytes` holds. */
export const Bytes = kind('value of a Bytes field')
/** What a field of type `Bytes?` holds. */
export const OptionalBytes = kind('value of a Bytes field that may be null', Bytes)
/** What such a field holds as long as no extension of the client computes another value under its name. */
export const ExtendedBytes = kind('value of a Bytes field of an extended client', Bytes)
/** All of them, the special cases first. */
export const ANY_BYTES: readonly Kind[] = [ExtendedBytes, OptionalBytes, Bytes]
/** What a field of type `Bytes[]` holds. */
export const ListOfBytes = kind('list of a Bytes field')
const PlainList = listOf(kind('list of a Bytes field', ListOfBytes), Bytes)
const ExtendedList = listOf(kind('list of a Bytes field of an extended client', ListOfBytes), ExtendedBytes)
/** A record, or a list of records, that has a `Bytes` field. */
export const RowWithBytes = kind('record with a Bytes field')

/** A method of a model: what is called with `data`, `where` and the like. */
export const Query = kind('a query')

/** What the queries of one model give back. */
export interface Rows {
  readonly one: Kind
  readonly many: Kind
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
  for (const [name, same] of models) {
    const base = same.every(hasBytes) ? RowWithBytes : undefined
    const one = kind(`record of ${name}`, base)
    rows.set(name, { one, many: listOf(kind(`list of records of ${name}`, base), one) })
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
    const { one, many } = rows.get(name)!
    describe(one, { members, list: many })
  }
  return rows
}

/** A list: what it holds, what its methods hand to functions, and what they give back of it. */
function listOf(list: Kind, one: Kind): Kind {
  const each = (call?: 'this' | Kind): Kind =>
    method('a method of a list', { callback: () => [one], ...(call && { call }) })
  const same = method('a method of a list', { call: 'this' })
  const reduce = method('a method of a list', { callback: () => [undefined, one] })
  const members = {
    ...Object.fromEntries(['forEach', 'map', 'flatMap', 'some', 'every', 'findIndex'].map((name) => [name, each()])),
    ...Object.fromEntries(['find', 'findLast'].map((name) => [name, each(one)])),
    ...Object.fromEntries(['slice', 'reverse', 'sort', 'toSorted', 'toReversed', 'concat'].map((name) => [name, same])),
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
const MANY = 'findMany createManyAndReturn updateManyAndReturn groupBy'.split(' ')

const OTHERS = 'createMany updateMany deleteMany count aggregate'.split(' ')

/** The methods of a model, and which of them give records back. */
export function methodsOf({ one, many }: Rows): Readonly<Record<string, Kind>> {
  const gives = (call?: Kind): Kind => describe(kind('a query', Query), call ? { call } : {})
  return Object.fromEntries([
    ...ONE.map((name): [string, Kind] => [name, gives(one)]),
    ...MANY.map((name): [string, Kind] => [name, gives(many)]),
    ...OTHERS.map((name): [string, Kind] => [name, gives()]),
  ])
}
