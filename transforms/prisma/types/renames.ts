import type { Model, SchemaFacts } from '../schema/facts.ts'

/** What a generated type is called after the upgrade; a reason where that cannot be told. */
export type Renamed = { readonly to: string } | { readonly why: string }

const models = (schemas: readonly SchemaFacts[]): Model[] => schemas.flatMap((schema) => schema.models)

/** Which versions an upgrade goes from and to. */
export interface Hop {
  readonly isFrom5: boolean
  readonly isTo6: boolean
}

/** The way a model is called in the names of input types: `user_account` is `User_account`. */
export function capital(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1)
}

/** True if a name is that of a model, view or composite type itself, and so means the type of its rows. */
export function isModel(name: string, schemas: readonly SchemaFacts[]): boolean {
  return models(schemas).some((model) => model.name === name)
}

const OPERATIONS =
  /^(.+)(FindUnique|FindUniqueOrThrow|FindFirst|FindFirstOrThrow|FindMany|Create|CreateMany|Delete|Update|DeleteMany|UpdateMany|Upsert|Aggregate|GroupBy|Count|FindRaw|AggregateRaw)$/

/** `UserArgs` is `UserDefaultArgs`. Undefined for names of anything else. */
export function renamedArgs(name: string, schemas: readonly SchemaFacts[]): Renamed | undefined {
  const subject = /^(.+)Args$/.exec(name)?.[1]
  if (subject === undefined) return undefined
  const counted = /^(.+)CountOutputType$/.exec(subject)?.[1]
  const isCounted = counted !== undefined && models(schemas).some((model) => capital(model.name) === counted)
  if (!isCounted && !isModel(subject, schemas)) return undefined
  const operation = OPERATIONS.exec(subject)
  if (operation && isModel(operation[1]!, schemas)) {
    return {
      why: `it is either the arguments of the model \`${subject}\`, or those of an operation of \`${operation[1]}\``,
    }
  }
  return { to: `${subject}DefaultArgs` }
}

/** `UserPayload` of the package itself is `$UserPayload` of the namespace. */
export function renamedPayload(name: string, schemas: readonly SchemaFacts[]): string | undefined {
  const subject = /^(.+)Payload$/.exec(name)?.[1]
  if (subject === undefined || isModel(name, schemas) || !isModel(subject, schemas)) return undefined
  return `$${name}`
}

/** `BlogPostGroupByArgs` of a model called `blogPost` is `blogPostGroupByArgs`. */
export function renamedGroupBy(name: string, schemas: readonly SchemaFacts[]): Renamed | undefined {
  const subject = /^(.+)GroupByArgs$/.exec(name)?.[1]
  if (subject === undefined || isModel(subject, schemas)) return undefined
  const model = models(schemas).find((one) => capital(one.name) === subject && one.name !== subject)
  return model && { to: `${model.name}GroupByArgs` }
}

/**
 * The filters of relations to one record: 4 has `XRelationFilter` for all of them, 5 tells the optional ones apart
 * (`XNullableRelationFilter`), 6 calls them `XScalarRelationFilter` and `XNullableScalarRelationFilter`.
 */
export function renamedFilter(name: string, schemas: readonly SchemaFacts[], hop: Hop): Renamed | undefined {
  const [, subject = '', nullable] = /^(.+?)(Nullable)?RelationFilter$/.exec(name) ?? []
  const target = models(schemas).find((model) => capital(model.name) === subject)
  if (!target) return undefined
  const list = /^(.+)List$/.exec(subject)?.[1]
  if (list !== undefined && models(schemas).some((model) => capital(model.name) === list))
    return { why: `it is either about \`${subject}\`, or about lists of \`${list}\`` }
  const required = `${subject}${hop.isTo6 ? 'Scalar' : ''}RelationFilter`
  const optional = `${subject}Nullable${hop.isTo6 ? 'Scalar' : ''}RelationFilter`
  const isTo = (to: string) => (to === name ? undefined : { to })
  if (nullable) return isTo(optional)
  // in 5 the name without `Nullable` is that of a relation that must be there
  if (hop.isFrom5) return isTo(required)
  const relations = models(schemas).flatMap(({ fields }) =>
    fields.filter(({ type, isList }) => type === target.name && !isList),
  )
  if (relations.length === 0) return { why: `no relation of the schema leads to one \`${target.name}\`` }
  if (relations.every(({ isOptional }) => isOptional)) return isTo(optional)
  if (!relations.some(({ isOptional }) => isOptional)) return isTo(required)
  return {
    why: `some relations to \`${target.name}\` may be missing and some may not: \`${optional}\` or \`${required}\``,
  }
}

/**
 * The nested input of `updateMany`: 4 calls it after the list of the parent, 5 after the field of the child that leads
 * back, as it does everything else.
 */
export function renamedUpdateMany(name: string, schemas: readonly SchemaFacts[]): Renamed | undefined {
  const [, child = '', list = ''] = /^(.+)UncheckedUpdateManyWithout(.+)Input$/.exec(name) ?? []
  const target = models(schemas).find((model) => model.name === child)
  if (!target) return undefined
  const back = models(schemas).flatMap((parent) =>
    parent.fields
      .filter((field) => field.isList && field.type === child && capital(field.name) === list)
      .flatMap((field) =>
        target.fields.filter((one) => one.type === parent.name && one.relation === field.relation && !(one === field)),
      ),
  )
  const names = [...new Set(back.map((field) => capital(field.name)))]
  if (names.length === 1 && names[0] === list) return undefined
  if (names.length === 1) return { to: `${child}UncheckedUpdateManyWithout${names[0]}Input` }
  if (names.length > 1)
    return {
      why: `several models have a list of that name: ${names.map((one) => `\`${child}UncheckedUpdateManyWithout${one}Input\``).join(' or ')}`,
    }
  return undefined
}
