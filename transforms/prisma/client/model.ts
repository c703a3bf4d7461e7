import {
  describe,
  type ExpressionFacts,
  type FunctionFacts,
  type Kind,
  kind,
  type ModelFacts,
  method,
  type PackageModel,
} from '#kit'
import { folderOf, type SchemaFacts } from '../schema/facts.ts'
import { SCHEMAS } from '../schema/project.ts'
import {
  CLIENT_METHODS,
  Client,
  ClientClass,
  DELEGATE_METHODS,
  Delegate,
  ExtendedClient,
  KnownRequestError,
  Namespace,
  NamespaceValue,
  NotFoundError,
  ofModel,
  PrismaModule,
  Runtime,
  TransactionClient,
  ValidationError,
  WhereInput,
} from './kinds.ts'
import { methodsOf, type Rows, rowsOf } from './rows.ts'

/** The name under which a client has a model: `BlogPost` is `prisma.blogPost`. */
export function accessorOf(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
}

/** Generators whose output is a client. */
const CLIENT_GENERATORS = new Set(['prisma-client-js', 'prisma-client'])
/** Where a client goes that has no output: what `@prisma/client` gives on. */
const USUAL = ['@prisma/client', '.prisma/client']

/** Where the clients of a schema are imported from: packages by name, and folders of the project. */
export function outputsOf(schema: SchemaFacts): {
  readonly packages: readonly string[]
  readonly folders: readonly string[]
} {
  const packages: string[] = []
  const folders: string[] = []
  for (const { provider, output, file } of schema.generators) {
    if (provider === undefined || !CLIENT_GENERATORS.has(provider)) continue
    if (output === undefined) {
      packages.push(...USUAL)
      continue
    }
    const path = normalized(`${folderOf(file)}${output}`)
    const installed = /(?:^|\/)node_modules\/(.+)$/.exec(path ?? output)?.[1]
    if (installed !== undefined) packages.push(...(USUAL.includes(installed) ? USUAL : [installed]))
    else if (path !== undefined) folders.push(path)
  }
  return { packages, folders }
}

/** A path without `.` and `..`; undefined for one that leads out of the project. */
function normalized(path: string): string | undefined {
  const parts: string[] = []
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

const ERRORS: Readonly<Record<string, Kind>> = {
  NotFoundError,
  PrismaClientKnownRequestError: KnownRequestError,
  PrismaClientValidationError: ValidationError,
}
const OTHER_CLASSES = [
  'PrismaClientInitializationError',
  'PrismaClientRustPanicError',
  'PrismaClientUnknownRequestError',
  'Decimal',
  'Sql',
]
for (const error of Object.values(ERRORS)) describe(error, { construct: kind('an error of Prisma') })
const CLASSES = {
  ...ERRORS,
  ...Object.fromEntries(
    OTHER_CLASSES.map((name) => [name, method(name, { construct: kind(`an object of ${name}`) })] as const),
  ),
}

/** The kinds of one client: of the schemas that are generated into it, or of every model there may be. */
interface ClientKinds {
  readonly module: Kind
  readonly types: Readonly<Record<string, Kind>>
}

function clientKinds(known: readonly SchemaFacts[]): ClientKinds {
  const models = new Map(known.flatMap((schema) => schema.models.map((model) => [model.name, model] as const)))
  const queried = [...models.values()].filter(({ is }) => is !== 'type')
  const rows = rowsOf(known)
  // what an extension computes may stand under the name of a field
  const extendedRows = rowsOf(known, true)
  const delegatesOf = (gives: ReadonlyMap<string, Rows>) =>
    new Map(
      queried.map(({ name }) => [
        name,
        describe(ofModel(Delegate, name), {
          members: { ...OTHER_METHODS, ...methodsOf(gives.get(name)!) },
        }),
      ]),
    )
  const delegates = delegatesOf(rows)
  const extendedDelegates = delegatesOf(extendedRows)
  const byAccessor = new Map(queried.map(({ name }) => [accessorOf(name), name]))
  const isOpen = byAccessor.size === 0
  const membersOf =
    (own: ReadonlyMap<string, Kind>) =>
    (name: string): Kind | undefined => {
      const model = byAccessor.get(name)
      if (model !== undefined) return own.get(model)
      return isOpen && /^[a-z]\w*$/i.test(name) && !OBJECT_MEMBERS.has(name) ? Delegate : undefined
    }
  const client = kind(Client.name, Client)
  const transaction = kind(TransactionClient.name, TransactionClient)
  const extended = kind(ExtendedClient.name, ExtendedClient)
  const ofExtended = kind(TransactionClient.name, TransactionClient)
  for (const one of [client, transaction, extended, ofExtended])
    describe(one, {
      otherMembers: membersOf(one === client || one === transaction ? delegates : extendedDelegates),
      computed: Delegate,
      members: {
        $extends: method('.$extends', {
          call: extended,
          options: extensionOf(one === client || one === transaction ? rows : extendedRows, byAccessor),
        }),
        $queryRaw: method('.$queryRaw', { call: 'typed' }),
        $queryRawUnsafe: method('.$queryRawUnsafe', { call: 'typed' }),
        $transaction: method('.$transaction', {
          call: 'argument',
          callback: (_fn, { argument }) =>
            argument === 0 ? [one === client || one === transaction ? transaction : ofExtended] : undefined,
        }),
        ...Object.fromEntries(
          CLIENT_METHODS.filter((name) => !/^\$(?:extends|transaction|queryRaw(?:Unsafe)?)$/.test(name)).map((name) => [
            name,
            method(`.${name}`),
          ]),
        ),
      },
    })
  const makes = describe(kind(ClientClass.name, ClientClass), { construct: client })
  const namespaceTypes: Record<string, Kind> = {
    TransactionClient: transaction,
    DefaultPrismaClient: client,
    ...ERRORS_AS_TYPES,
  }
  for (const { name } of queried)
    Object.assign(namespaceTypes, {
      [`${capital(name)}Delegate`]: delegates.get(name)!,
      [`${capital(name)}WhereInput`]: ofModel(WhereInput, name),
      [`Prisma__${name}Client`]: rows.get(name)!.one,
      [`${name}GetPayload`]: rows.get(name)!.one,
    })
  const namespace = describe(kind(Namespace.name, Namespace), {
    members: {
      ...CLASSES,
      // `Prisma.validator<Prisma.UserArgs>()({ … })` gives the object back
      validator: method('.validator', { call: method('what `.validator` gives', { call: 'argument' }) }),
      defineExtension: method('.defineExtension', {
        options: extensionOf(rows, byAccessor),
        callback: (_fn, { argument }) => (argument === 0 ? [client] : undefined),
      }),
    },
    otherMembers: NamespaceValue,
    types: namespaceTypes,
    // of a client of which no schema is known
    inferredTypes: (name) => (isOpen && name.endsWith('Delegate') ? Delegate : undefined),
  })
  const module = describe(kind(PrismaModule.name, PrismaModule), {
    members: { PrismaClient: makes, Prisma: namespace },
    types: {
      PrismaClient: client,
      ...Object.fromEntries(queried.map(({ name }) => [name, rows.get(name)!.one])),
    },
    // what `$extends` gives back, by the names that the runtime has for it
    inferredTypes(name, [, model]) {
      if (name === 'DynamicClientExtensionThis') return extended
      if (name !== 'DynamicModelExtensionThis') return undefined
      return extendedDelegates.get(model ?? '') ?? (isOpen ? Delegate : undefined)
    },
  })
  return { module, types: module.shape.types! }
}

/** What the functions of an extension are handed: `result.user.name.compute(user)`, `query.user.findFirst({ args, query })`. */
function extensionOf(
  rows: ReadonlyMap<string, Rows>,
  models: ReadonlyMap<string, string>,
): (fn: unknown, path: readonly string[]) => readonly (Kind | undefined)[] | undefined {
  return (_fn, [component, accessor = '', name = '', last]) => {
    const row = rows.get(models.get(accessor) ?? '')
    if (!row) return undefined
    if (component === 'result' && last === 'compute') return [row.one]
    if (component !== 'query' || last !== undefined) return undefined
    const query = methodsOf(row)[name]
    return query && [describe(kind('parameters of the query of an extension'), { members: { query } })]
  }
}

const ERRORS_AS_TYPES = Object.fromEntries(
  Object.entries(ERRORS).map(([name, error]) => [name, error.shape.construct!]),
)

/** What the model of a delegate has beyond the queries that give records. */
const OTHER_METHODS = Object.fromEntries(Object.keys(DELEGATE_METHODS).map((name) => [name, method(`.${name}`)]))

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** What every object has: no model, whatever the schema. */
const OBJECT_MEMBERS = new Set(
  'constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf then catch finally'.split(
    ' ',
  ),
)

describe(Runtime, { members: CLASSES, otherMembers: NamespaceValue, types: ERRORS_AS_TYPES })

/** What Prisma's own parts of the package are called below it; those before 5 had more names. */
export const RUNTIME_PATHS = [
  '/runtime',
  '/runtime/index',
  '/runtime/index.js',
  '/runtime/library',
  '/runtime/library.js',
]

const SERVICE = kind('class PrismaService of nestjs-prisma')

/** By which names people call a client. A short one counts only together with a model and a method of Prisma. */
const CLIENT_NAMES = [
  'prisma',
  'prismaClient',
  'prismaService',
  'prismaMock',
  'mockPrisma',
  'db',
  'tx',
  'trx',
  'client',
]
const SURE_NAME = /^_?(?:prisma|prismaClient|prismaService|prismaMock|mockPrisma|prisma(?:Read|Write|Primary|Replica))$/

/** Packages whose queries look the same, or that have clients of these names: with one of them around, a name proves little. */
const LOOK_ALIKES = [
  'typeorm',
  'sequelize',
  'mongoose',
  'drizzle-orm',
  'kysely',
  'knex',
  'objection',
  '@mikro-orm/core',
  'mongodb',
  'waterline',
  'bookshelf',
]

const DELEGATE_CALL = Object.keys(DELEGATE_METHODS).join('|')

export function javascript({ survey }: ModelFacts): PackageModel {
  const found = survey(SCHEMAS)
  const outputs = found.map((schema) => ({ schema, ...outputsOf(schema) }))
  const usual = outputs.filter(({ packages }) => packages.includes('@prisma/client'))
  const main = clientKinds((usual.length > 0 ? usual : outputs).map(({ schema }) => schema))
  const folders: Record<string, Kind> = {}
  const modules: Record<string, Kind> = {
    ...Object.fromEntries(['/edge', '/default', '/wasm', '/index'].map((path) => [path, main.module])),
    ...Object.fromEntries(RUNTIME_PATHS.map((path) => [path, Runtime])),
    'nestjs-prisma': describe(kind('package nestjs-prisma'), {
      members: { PrismaService: describe(SERVICE, { construct: main.types.PrismaClient! }) },
      types: { PrismaService: main.types.PrismaClient! },
    }),
  }
  for (const { schema, packages, folders: own } of outputs) {
    const names = packages.filter((name) => !USUAL.includes(name))
    if (names.length + own.length === 0) continue
    const { module } = clientKinds([schema])
    for (const name of names) modules[name] = module
    for (const folder of own) folders[folder] = module
  }
  const accessors = new Set(
    found.flatMap(({ models }) => models.filter(({ is }) => is !== 'type').map(({ name }) => accessorOf(name))),
  )
  const client = main.types.PrismaClient!
  const isModel = (name: string) => accessors.has(name)

  const shapes = ({ parameters, dependencies, imports, pathsOn }: FunctionFacts) => {
    if (LOOK_ALIKES.some((name) => dependencies.has(name) || imports.has(name))) return undefined
    const kinds = parameters.map((name, index) => {
      if (name === undefined || !CLIENT_NAMES.includes(name)) return undefined
      return pathsOn(index).some(
        ([model, called]) =>
          model !== undefined && isModel(model) && called !== undefined && called in DELEGATE_METHODS,
      )
        ? client
        : undefined
    })
    return kinds.some(Boolean) ? kinds : undefined
  }

  const expressions = ({ names, dependencies, imports, typeWithout }: ExpressionFacts): Kind | undefined => {
    if (LOOK_ALIKES.some((name) => dependencies.has(name) || imports.has(name))) return undefined
    const [last, before] = [names.at(-1), names.at(-2)]
    if (last === undefined) return undefined
    // declared as something else, which only the type checker could follow
    const isOther = (fewer: number) => /prisma/i.test(typeWithout(fewer) ?? 'prisma') === false
    if (before !== undefined && isModel(last) && CLIENT_NAMES.includes(before))
      return isOther(1) || isOther(0) ? undefined : listedDelegate(client, last)
    return SURE_NAME.test(last) && !isOther(0) ? client : undefined
  }

  return {
    specifiers: USUAL,
    folders,
    modules,
    module: main.module,
    types: main.types,
    typePackages: [],
    generated: { declares: ['PrismaClient', 'Prisma'], module: clientKinds([]).module },
    satellites: ['nestjs-prisma'],
    notOurs: new Set([...LOOK_ALIKES, 'http-errors', 'lodash', 'ramda', 'ioredis', 'redis', 'pg', 'mysql2', 'axios']),
    wrappers: [],
    shapes,
    expressions,
    shapeText: new RegExp(
      `\\b(?:${CLIENT_NAMES.join('|')})\\s*[?!]*\\.\\s*\\w+\\s*[?!]*\\.\\s*(?:${DELEGATE_CALL})\\b`,
    ),
    names: new Map([[Client, ['prisma', 'prismaClient', 'prismaService']]]),
    members: new Map([[Client, new Set([...CLIENT_METHODS, ...accessors])]]),
  }
}

function listedDelegate(client: Kind, accessor: string): Kind | undefined {
  const other = client.shape.otherMembers
  return typeof other === 'function' ? other(accessor) : other
}
