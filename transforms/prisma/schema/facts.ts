import type {
  PrismaArgument,
  PrismaAttribute,
  PrismaBlock,
  PrismaField,
  PrismaFile,
  PrismaSetting,
  PrismaValue,
  Range,
} from '#kit'

/** What is known of one schema: a file, or the files of a folder. Plain data. */
export interface SchemaFacts {
  /** The file with the datasource, else the only one. */
  readonly root: string
  /** All files, sorted. */
  readonly files: readonly string[]
  /** The provider of the datasource: `postgresql`; `postgres` is told as that. Undefined where it is not a plain string. */
  readonly provider: string | undefined
  readonly relationMode: string | undefined
  readonly generators: readonly Generator[]
  readonly models: readonly Model[]
  readonly enums: readonly Named[]
  readonly manyToMany: readonly ManyToMany[]
}

/** A generator of a client or of something else. */
export interface Generator extends Named {
  /** `prisma-client-js`. */
  readonly provider: string | undefined
  /** As written, relative to the folder of the file; undefined where there is none. */
  readonly output: string | undefined
  readonly engineType: string | undefined
  readonly previewFeatures: readonly string[]
}

/** Something with a name in a file. */
export interface Named {
  readonly name: string
  readonly file: string
}

/** A model, view or composite type. */
export interface Model extends Named {
  readonly is: 'model' | 'view' | 'type'
  /** The name in the database, where `@@map` says it. */
  readonly table: string | undefined
  /** The schema of the database that `@@schema` names. */
  readonly schema: string | undefined
  readonly fields: readonly Field[]
}

/** A field of a model. */
export interface Field {
  readonly name: string
  /** A scalar, an enum or a model, by name. */
  readonly type: string
  readonly isList: boolean
  readonly isOptional: boolean
  /** The name of its relation, where `@relation` gives one. */
  readonly relation?: string
  /** True if the relation's key is here: `@relation(fields: …)`. */
  readonly hasKey: boolean
  /** True if it identifies a record by itself: `@id`, `@unique`. */
  readonly isUnique: boolean
  /** Where its type stands. */
  readonly typeAt: Range
}

/** A relation of two lists, for which Prisma makes a table of its own. */
export interface ManyToMany {
  /** The models in the order of the columns A and B. */
  readonly a: string
  readonly b: string
  /** The name of the table: `_PostToTag`, or `_` and the name of the relation. */
  readonly table: string
  /** The schemas of the database that the models are in, each once. */
  readonly schemas: readonly string[]
  /** The file and place of the list on the side of A. */
  readonly file: string
  readonly start: number
  readonly end: number
}

/** The text of a value that is a plain string. */
export function stringOf(value: PrismaValue | undefined): string | undefined {
  return value?.is === 'string' ? value.value : undefined
}

/** The value of a setting of a generator or datasource, the last one where there are more. */
export function settingOf(block: PrismaBlock, key: string): PrismaSetting | undefined {
  return block.entries.findLast((entry): entry is PrismaSetting => entry.is === 'setting' && entry.key.text === key)
}

/** Strings of a list, or of a single string, which Prisma takes for a list of one. */
export function listOf(value: PrismaValue | undefined): readonly (PrismaValue & { readonly is: 'string' })[] {
  if (value?.is === 'string') return [value as PrismaValue & { is: 'string' }]
  if (value?.is !== 'array') return []
  return value.items.filter((item): item is PrismaValue & { is: 'string' } => item.is === 'string')
}

/** An argument by name, or the one without a name. */
export function argumentOf(attribute: PrismaAttribute, name: string, isDefault = false): PrismaArgument | undefined {
  return attribute.args.find((arg) => (arg.name ? arg.name.text === name : isDefault))
}

/** The fields of a model, view or composite type. */
export function fieldsOf(block: PrismaBlock): PrismaField[] {
  return block.entries.filter((entry): entry is PrismaField => entry.is === 'field')
}

/** The attributes of a block itself, such as `@@map`. */
export function blockAttributes(block: PrismaBlock, name: string): PrismaAttribute[] {
  return block.entries.flatMap((entry) =>
    entry.is === 'attribute' && entry.attribute.name.text === name ? [entry.attribute] : [],
  )
}

/**
 * The schemas that files make up: each file with a datasource, and with it the files below its folder that have none and
 * are nearer to no other one; a file that belongs to none is a schema of its own.
 */
export function schemasOf(files: readonly PrismaFile[]): SchemaFacts[] {
  const sorted = [...files].sort((x, y) => (x.path < y.path ? -1 : 1))
  const roots = sorted.filter((file) => file.blocksOf('datasource').length > 0)
  const members = new Map<PrismaFile, PrismaFile[]>(roots.map((root) => [root, [root]]))
  for (const file of sorted.filter((one) => !roots.includes(one))) {
    const above = roots.filter((root) => isBelow(file.path, folderOf(root.path)))
    const nearest = Math.max(...above.map((root) => folderOf(root.path).length))
    const [root, ...others] = above.filter((one) => folderOf(one.path).length === nearest)
    // two schemas in one folder are two files, and nothing else in it belongs to one of them
    if (root && others.length === 0) members.get(root)!.push(file)
    else members.set(file, [file])
  }
  return [...members].map(([root, own]) => factsOf(root, own))
}

/** The folder of a path, with a slash at its end; empty for the root of the project. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder)
}

function factsOf(root: PrismaFile, files: readonly PrismaFile[]): SchemaFacts {
  const datasource = root.blocksOf('datasource')[0]
  const provider = stringOf(datasource && settingOf(datasource, 'provider')?.value)
  const models = files.flatMap((file) =>
    file.blocksOf('model', 'view', 'type').map((block): Model => modelOf(file, block)),
  )
  const mode = datasource && (settingOf(datasource, 'relationMode') ?? settingOf(datasource, 'referentialIntegrity'))
  return {
    root: root.path,
    files: files.map(({ path }) => path).sort(),
    provider: provider === 'postgres' ? 'postgresql' : provider,
    relationMode: stringOf(mode?.value),
    generators: files.flatMap((file) => file.blocksOf('generator').map((block) => generatorOf(file, block))),
    models,
    enums: files.flatMap((file) => file.blocksOf('enum').map(({ name }) => ({ name: name.text, file: file.path }))),
    manyToMany: manyToMany(files, models),
  }
}

function generatorOf(file: PrismaFile, block: PrismaBlock): Generator {
  const string = (key: string) => stringOf(settingOf(block, key)?.value)
  return {
    name: block.name.text,
    file: file.path,
    provider: string('provider'),
    output: string('output'),
    engineType: string('engineType'),
    previewFeatures: listOf(settingOf(block, 'previewFeatures')?.value).map(({ value }) => value),
  }
}

function modelOf(file: PrismaFile, block: PrismaBlock): Model {
  const text = (name: string) =>
    stringOf(blockAttributes(block, name).map((one) => argumentOf(one, 'name', true)?.value)[0])
  return {
    is: block.keyword.text as Model['is'],
    name: block.name.text,
    file: file.path,
    table: text('map'),
    schema: text('schema'),
    fields: fieldsOf(block).map((field) => {
      const relation = relationOf(field)
      const name = stringOf(relation && argumentOf(relation, 'name', true)?.value)
      return {
        name: field.name.text,
        type: field.type.text,
        isList: field.isList,
        isOptional: field.isOptional,
        ...(name === undefined ? {} : { relation: name }),
        hasKey: relation !== undefined && argumentOf(relation, 'fields') !== undefined,
        isUnique: field.attributes.some((one) => one.name.text === 'id' || one.name.text === 'unique'),
        typeAt: { start: field.type.start, end: field.type.end },
      }
    }),
  }
}

function relationOf({ attributes }: PrismaField): PrismaAttribute | undefined {
  return attributes.find(({ name }) => name.text === 'relation')
}

/** One list of a relation, with where it stands. */
interface Side extends Field {
  readonly model: Model
}

/** Pairs of lists that are each other's opposite; a list that could have several opposites makes no pair. */
function manyToMany(files: readonly PrismaFile[], models: readonly Model[]): ManyToMany[] {
  const tables = new Map(models.filter(({ is }) => is === 'model').map((model) => [model.name, model]))
  const sides = [...tables.values()].flatMap((model) =>
    model.fields
      .filter((field) => field.isList && !field.hasKey && tables.has(field.type))
      .map((field): Side => ({ ...field, model })),
  )
  const opposites = (side: Side) =>
    sides.filter(
      (other) =>
        other.model.name === side.type &&
        other.type === side.model.name &&
        other.relation === side.relation &&
        !(other.model === side.model && other.name === side.name),
    )
  return sides.flatMap((side): ManyToMany[] => {
    const [other, ...more] = opposites(side)
    if (!other || more.length > 0 || opposites(other).length !== 1) return []
    const isFirst =
      side.model.name < other.model.name || (side.model === other.model && sides.indexOf(side) < sides.indexOf(other))
    if (!isFirst) return []
    const [a, b] = [side.model, other.model]
    const at = placeOf(files, a, side.name)
    const schemas = [...new Set([a, b].flatMap(({ schema }) => (schema === undefined ? [] : [schema])))]
    return [
      { a: a.name, b: b.name, table: `_${side.relation ?? `${a.name}To${b.name}`}`, schemas, file: a.file, ...at },
    ]
  })
}

function placeOf(files: readonly PrismaFile[], { name, file }: Model, field: string): { start: number; end: number } {
  const block = files
    .find(({ path }) => path === file)!
    .blocksOf('model')
    .find((one) => one.name.text === name)!
  const { start, end } = fieldsOf(block).find((one) => one.name.text === field)!
  return { start, end }
}
