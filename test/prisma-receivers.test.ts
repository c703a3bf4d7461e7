import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Catalogue, selectRecipe } from '../src/catalogue/select.ts'
import { discover } from '../src/engine/discover.ts'
import { readPackages } from '../src/engine/packages.ts'
import { openProject } from '../src/engine/upgrade.ts'
import { typeOracle } from '../src/formats/javascript/types.ts'
import { defineChange } from '../src/kit.ts'
import { Client, ClientClass, Delegate, modelOf } from '../transforms/prisma/client/kinds.ts'
import { ANY_BYTES, ListOfBytes } from '../transforms/prisma/client/rows.ts'
import provider from '../transforms/prisma/provider.ts'

/** Reports every `.findFirst` of a delegate, with its model, every `$use` of a client, and every `.toString` of bytes. */
const probe = defineChange({
  title: 'Probe',
  why: 'It shows what the engine knows of receivers.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://www.prisma.io/docs',
  fixable: 'never',
  format: 'javascript',
  mentions: ['findFirst', '$use', 'toString', 'new Maker'],
  *find(file) {
    for (const use of file.members([Delegate], 'findFirst'))
      yield { at: use.property, message: modelOf(use.kind) ?? 'of some model', evidence: use }
    for (const use of file.members([Client], '$use')) yield { at: use.property, message: use.kind.name, evidence: use }
    for (const use of file.destructured([Delegate], 'findFirst'))
      if (file.source(use.property) !== use.name)
        yield { at: use.property, message: `taken out of ${modelOf(use.kind)}`, evidence: use }
    for (const use of file.callsOf(ClientClass))
      if (file.source(use.call).startsWith('new Maker')) yield { at: use.call, message: use.call.type, evidence: use }
    for (const use of file.members([...ANY_BYTES, ListOfBytes], 'toString', 'at'))
      yield { at: use.property, message: 'bytes', evidence: use }
  },
})

const catalogue: Catalogue = { providers: [provider], changes: { 'prisma/probe': probe } }
const recipe = selectRecipe(catalogue, 'prisma6')

const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const SCHEMA = `
datasource db { provider = "postgresql" url = env("DATABASE_URL") }
generator client {
  provider = "prisma-client-js"
}
model User {
  id    Int    @id
  photo Bytes?
  keys  Bytes[]
  posts Post[]
}
model Post {
  id       Int   @id
  blob     Bytes
  author   User  @relation(fields: [authorId], references: [id])
  authorId Int
}
`.replace('{ provider = "postgresql" url = env("DATABASE_URL") }', '{\n  provider = "postgresql"\n  url = env("X")\n}')

async function found(program: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-prisma-')))
  temporary.push(root)
  const manifest = '{ "name": "app", "dependencies": { "@prisma/client": "^4.16.0" } }'
  const files = { 'package.json': manifest, 'prisma/schema.prisma': SCHEMA, 'src/app.ts': program, ...more }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const discovery = discover(root, { cwd: root })
  const { findings, notLookedAt } = await openProject({
    catalogue,
    recipe,
    discovery,
    packages: readPackages(root, discovery),
    ...('tsconfig.json' in files && {
      types: (_sources, models, asked) => typeOracle(root, models, false, asked),
    }),
    level: 'review',
    mode: 'scan',
    toolVersion: '0.0.0',
  }).scan.run()
  expect(notLookedAt).toEqual([])
  return findings.map(
    ({ file, message, evidence: { certainty } }) =>
      `${file === 'src/app.ts' ? '' : `${file}: `}${message}${certainty === 'proven' ? '' : `, ${certainty}`}`,
  )
}

const MADE = "import { PrismaClient, Prisma } from '@prisma/client'\nexport const prisma = new PrismaClient()\n"

describe('a client', () => {
  test.each<[string, string]>([
    ['made here', `${MADE}prisma.user.findFirst()`],
    ['with brackets', `${MADE}prisma['user']['findFirst']({})`],
    ['taken apart', `${MADE}const { user: { findFirst }, user: u } = prisma\nu.findFirst()`],
    ['under another name', `${MADE}const db = prisma\nconst users = db.user\nconst f = users.findFirst`],
    ['with an optional chain', `${MADE}prisma?.user?.findFirst()`],
    ['required', "const { PrismaClient } = require('@prisma/client')\nnew PrismaClient({}).user.findFirst()"],
    ['imported as a whole', "import * as P from '@prisma/client'\nnew P.PrismaClient().user.findFirst()"],
    [
      'of default import',
      "import P from '@prisma/client'\nconst { PrismaClient } = P\nnew PrismaClient().user.findFirst()",
    ],
    [
      'kept in globalThis',
      "import { PrismaClient } from '@prisma/client'\nconst g = globalThis as unknown as { prisma: PrismaClient }\nexport const prisma = g.prisma ?? new PrismaClient()\nif (x) g.prisma = prisma\nprisma.user.findFirst()",
    ],
    [
      'kept in a global that is declared',
      "import { PrismaClient } from '@prisma/client'\ndeclare global { var prisma: PrismaClient | undefined }\nconst p = global.prisma ?? new PrismaClient()\nif (dev) global.prisma = p\np.user.findFirst()",
    ],
    [
      'in a global that is declared and set elsewhere',
      "import type { PrismaClient } from '@prisma/client'\ndeclare global { var db: PrismaClient }\nglobalThis.db.user.findFirst()",
    ],
    [
      'kept in global, with a function',
      "import { PrismaClient } from '@prisma/client'\nconst make = () => new PrismaClient()\nconst prisma = global.prisma || make()\nif (dev) global.prisma = prisma\nprisma.user.findFirst()",
    ],
    ['of a transaction', `${MADE}prisma.$transaction(async (tx) => { await tx.user.findFirst() }, { timeout: 1 })`],
    ['of a transaction, declared', `${MADE}const f = (tx: Prisma.TransactionClient) => tx.user.findFirst()`],
    ['of a transaction, handed on', `${MADE}const f = (tx) => tx.user.findFirst()\nprisma.$transaction((tx) => f(tx))`],
    ['without some members', `${MADE}const f = (tx: Omit<PrismaClient, '$on'>) => tx.user.findFirst()`],
    ['extended', `${MADE}const x = prisma.$extends({ model: {} }).$extends({})\nx.user.findFirst()`],
    ['extended, in a transaction', `${MADE}prisma.$extends({}).$transaction((tx) => tx.user.findFirst())`],
    ['declared', "import type { PrismaClient } from '@prisma/client'\nlet p!: PrismaClient\np.user.findFirst()"],
    ['of a delegate type', `${MADE}const f = (users: Prisma.UserDelegate<false>) => users.findFirst()`],
    [
      'mocked',
      `import { mockDeep } from 'jest-mock-extended'\n${MADE}const m = mockDeep<PrismaClient>()\nm.user.findFirst.mockResolvedValue(1)`,
    ],
    [
      'mocked, declared',
      `import { DeepMockProxy } from 'jest-mock-extended'\n${MADE}const f = (m: DeepMockProxy<PrismaClient>) => m.user.findFirst`,
    ],
    ['mocked by Jest', `${MADE}const m = prisma as jest.Mocked<typeof prisma>\nm.user.findFirst.mockReturnValue(1)`],
    ['in a class', `${MADE}class A { #db = new PrismaClient(); f() { return this.#db.user.findFirst() } }`],
    [
      'in a field',
      `${MADE}class A { db: PrismaClient; constructor() { this.db = prisma } f() { return this.db.user.findFirst() } }`,
    ],
    [
      'in a parameter property',
      `${MADE}class A { constructor(private readonly db: PrismaClient) {} f() { return this.db.user.findFirst() } }`,
    ],
  ])('%s', async (_name, program) => {
    expect(await found(program)).toEqual(['User'])
  })

  test('of a model by a computed name, of a model that there is not', async () => {
    expect(await found(`${MADE}prisma[model].findFirst()\nprisma.cart.findFirst()`)).toEqual(['of some model'])
  })

  test('in files that import it, injected, on the context', async () => {
    const more = {
      'src/db.ts': MADE,
      'src/index.ts': "export * from './db'\nexport { prisma as default } from './db'",
      'src/service.ts':
        "import { PrismaClient } from '@prisma/client'\nexport class PrismaService extends PrismaClient {\n  async onModuleInit() { this.$use(x); await this.user.findFirst() }\n}",
      'src/nest.ts':
        "import { PrismaService } from './service'\nclass Users {\n  constructor(private prisma: PrismaService) {}\n  all() { return this.prisma.user.findFirst() }\n}",
      'src/context.ts':
        "import { prisma } from './index'\nexport const context = () => ({ prisma, user: 1 })\nexport type Context = ReturnType<typeof context>",
      'src/library.ts':
        "import { PrismaService } from 'nestjs-prisma'\nconst f = (p: PrismaService) => p.post.findFirst()",
    }
    expect(
      await found("import db, { prisma } from './index'\nprisma.user.findFirst()\ndb.post.findFirst()", more),
    ).toEqual([
      'User',
      'Post',
      'src/library.ts: Post',
      'src/nest.ts: User',
      'src/service.ts: Prisma client',
      'src/service.ts: User',
    ])
  })
})

describe('a name', () => {
  const program = `
    export const list = (_parent, args, ctx) => ctx.prisma.user.findFirst(args)
    export const one = async (req) => req.db.user.findFirst({})
    export function other({ db, prisma }) { return [db.user.findFirst(), prisma.post.findFirst(), prisma.$use(x)] }
    export const many = (tx) => tx.post.findFirst()
    export const wrong = (ctx) => [ctx.orm.user.findFirst(), ctx.db.cart.findFirst(), ctx.user.findFirst()]`

  test('counts together with a model and a method of Prisma', async () => {
    expect(await found(program, { 'src/db.ts': MADE })).toEqual([
      'User, inferred',
      'User, inferred',
      'User, inferred',
      'Post, inferred',
      'Prisma client, inferred',
      'Post, inferred',
    ])
  })

  test('counts on what frameworks hand out, too: people hang their client on it', async () => {
    const routes = `
      import type { FastifyInstance } from 'fastify'
      import type { Request } from 'express'
      export default async (fastify: FastifyInstance) => fastify.prisma.user.findFirst()
      export const get = (req: Request) => req.db.post.findFirst()`
    expect(await found(routes, { 'src/db.ts': MADE })).toEqual(['User, inferred', 'Post, inferred'])
  })

  test('is a guess where the package does not load Prisma, and nothing beside another library of that kind', async () => {
    expect(await found(program)).toEqual([])
    const manifest = '{ "name": "app", "dependencies": { "@prisma/client": "^4.16.0", "typeorm": "^0.3.0" } }'
    expect(
      await found(program.replace('prisma.$use(x)', '1'), { 'src/db.ts': MADE, 'package.json': manifest }),
    ).toEqual([])
  })

  test('is nothing against what is known', async () => {
    const other = `
      import { Users } from './users'
      import { createClient } from 'redis'
      const prisma = { user: { findFirst() {} }, $use() {} }
      prisma.user.findFirst(); prisma.$use(1)
      class PrismaClient { user = { findFirst() {} }; $use() {} }
      new PrismaClient().user.findFirst()
      const f = (db: Users) => db.user.findFirst()
      const tx = createClient()
      tx.user.findFirst()`
    const more = { 'src/db.ts': MADE, 'src/users.ts': 'export interface Users { user: { findFirst(): void } }' }
    expect(await found(other, more)).toEqual([])
  })
})

describe('clients of several schemas', () => {
  const other = SCHEMA.replace(/model User [\s\S]*/, 'model Cart {\n  id Int @id\n  post Bytes\n}\n')
  const withOutput = (output: string) =>
    other.replace('"prisma-client-js"', `"prisma-client-js"\n  output = "${output}"`)

  test('each has its own models, whether or not it is generated', async () => {
    const more = { 'prisma/cart/schema.prisma': withOutput('../../src/generated/cart') }
    const program = `${MADE}
      import { PrismaClient as Carts } from './generated/cart'
      import { PrismaClient as Edge } from './generated/cart/edge'
      const carts = new Carts()
      new Edge().cart.findFirst(); new Edge().user.findFirst()
      carts.cart.findFirst(); carts.user.findFirst()
      prisma.cart.findFirst(); prisma.user.findFirst()`
    expect(await found(program, more)).toEqual(['Cart', 'Cart', 'User'])
  })

  test('also where one goes to node_modules', async () => {
    const more = { 'prisma/cart/schema.prisma': withOutput('../../node_modules/@app/carts') }
    const program = "import { PrismaClient } from '@app/carts'\nnew PrismaClient().cart.findFirst()"
    expect(await found(program, more)).toEqual(['Cart'])
  })

  test('and without a schema any name may be a model', async () => {
    expect(
      await found(`${MADE}prisma.cart.findFirst()\nprisma.toString().findFirst()`, { 'prisma/schema.prisma': '' }),
    ).toEqual(['of some model'])
  })
})

describe('what queries give', () => {
  test('has the fields of the schema, over relations and lists', async () => {
    const program = `${MADE}
      const a = await prisma.user.findFirst({})
      a.photo.toString(); a.keys[0].toString(); a.keys.at(-1).toString(); a.id.toString(); a.posts[0].blob.toString()
      for (const post of await prisma.post.findMany()) post.blob.toString()
      const { blob, author: { photo } } = await prisma.post.create({ data })
      blob.toString(); photo?.toString()
      prisma.user.findMany().then((rows) => rows.map((row) => row.photo.toString()))
      const posts = await prisma.user.findUnique({ where }).posts()
      posts.map(({ blob }) => blob.toString())`
    expect(await found(program)).toEqual([
      'User',
      'bytes',
      'bytes',
      'bytes',
      'bytes',
      'bytes',
      'bytes',
      'bytes',
      'bytes',
      'bytes',
      'bytes',
    ])
  })
})

/** What is generated for models, as small as it can be and still have the forms of 4.16. */
function generated(runtime: string, ...models: readonly string[]): string {
  const each = (text: string) =>
    models.map((name) => text.replaceAll('User', name).replaceAll('user', name.toLowerCase()))
  return `import * as runtime from '${runtime}'
    export class PrismaClient<T = {}, Reject = false, ExtArgs = {}> {
      constructor(options?: T)
      $use(middleware: (params: any, next: any) => any): void
      $transaction<R>(run: (prisma: Omit<PrismaClient, '$use' | '$transaction'>) => R): R
      $extends(extension: object): runtime.DynamicClientExtensionThis<'${models.join("' | '")}', ExtArgs>
      ${each('get user(): Prisma.UserDelegate<Reject, ExtArgs>').join('\n')}
    }
    export namespace Prisma {
      type TransactionClient = Omit<PrismaClient, '$use' | '$transaction'>
      ${each(`interface UserDelegate<Reject, ExtArgs = {}> {
        fields: 'User'
        findFirst(args?: object): { photo: Buffer; blob: Buffer; id: number }
        findMany(args?: object): { photo: Buffer; blob: Buffer; id: number }[]
        create(args: object): object
        update(args: object): object
      }`).join('\n')}
    }
    interface Buffer { toString(encoding?: string): string }`
}

const RUNTIME = `
  export type DynamicModelExtensionThis<Types, Model, ExtArgs> = { findFirst(args?: object): object } & { types?: [Types, Model, ExtArgs] }
  export type DynamicClientExtensionThis<Models extends string, ExtArgs> = {
    [Name in Uncapitalize<Models>]: DynamicModelExtensionThis<{}, Capitalize<Name>, ExtArgs>
  } & { $transaction<R>(run: (tx: Omit<DynamicClientExtensionThis<Models, ExtArgs>, '$transaction'>) => R): R }`

const INSTALLED: Readonly<Record<string, string>> = {
  'tsconfig.json':
    '{ "compilerOptions": { "strict": true, "lib": ["es5"], "module": "commonjs", "moduleResolution": "bundler", "types": [] } }',
  'node_modules/@prisma/client/package.json':
    '{ "name": "@prisma/client", "version": "4.16.2", "types": "index.d.ts" }',
  'node_modules/@prisma/client/index.d.ts': "export * from '.prisma/client'",
  'node_modules/@prisma/client/runtime/library.d.ts': RUNTIME,
  'node_modules/.prisma/client/index.d.ts': generated('@prisma/client/runtime/library', 'User', 'Post'),
}
const packageOf = (name: string, types: string, more: object = {}): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', types: 'index.d.ts', ...more }),
  [`node_modules/${name}/index.d.ts`]: types,
})
const manifestWith = (...names: readonly string[]): Record<string, string> => ({
  'package.json': JSON.stringify({
    name: 'app',
    dependencies: Object.fromEntries(['@prisma/client', ...names].map((name) => [name, '*'])),
  }),
})
/** A context whose type is inferred, as with tRPC and GraphQL servers; what is found of it without types is a guess. */
const CONTEXT = `import { PrismaClient } from '@prisma/client'
  const prisma = new PrismaClient()
  const extended = prisma.$extends({})
  type Part = Omit<PrismaClient, '$transaction'>
  declare const part: Part, cut: Omit<typeof extended, 'post'>
  // what Vitest and Sinon make of types
  type MockedObject<T> = { [Name in Extract<keyof T, string>]: { mock: object } } & object
  type Stubbed<T> = { [Name in keyof T]: { stub: object } }
  declare const mocked: () => MockedObject<typeof prisma.user>, stubbed: Stubbed<PrismaClient>
  const either = Math.random() > 1 ? prisma.user : prisma.post
  export const create = () => ({ db: prisma, users: prisma.user, extended, stores: [prisma], part, cut, either, mocked, stubbed })
  export type Context = ReturnType<typeof create>
  export declare function query<R>(resolve: (options: { ctx: ReturnType<typeof create> }) => R): R`

describe('a type', () => {
  test('tells what names cannot', async () => {
    const program = `import { query } from './context'
      query(({ ctx }) => ctx.db.user.findFirst())
      query(({ ctx }) => ctx.users.findFirst())
      query(({ ctx }) => ctx.stores[0]!.$use(1))
      query(({ ctx: { db } }) => db.$transaction((part) => part.post.findFirst()))
      query(({ ctx }) => ctx.extended.user.findFirst())
      query(({ ctx }) => ctx.extended.$transaction((part) => part.post.findFirst()))
      query(({ ctx }) => { const { findFirst: taken } = ctx.db.user })
      query(({ ctx }) => [ctx.db.user.findFirst().photo.toString('hex'), ctx.db.user.findFirst().id.toString()])
      query(({ ctx }) => { for (const { blob } of ctx.db.post.findMany()) blob.toString('hex') })
      query(({ ctx }) => ctx.db[Math.random() > 1 ? 'user' : 'post'].findFirst())
      query(({ ctx }) => ctx.either.findFirst())
      query(({ ctx }) => ctx.part.$use(1))
      query(({ ctx }) => ctx.cut.$use(1))
      query(({ ctx }) => ctx.mocked().findFirst)
      query(({ ctx }) => ctx.stubbed.$use)
      import type { Context } from './context'
      export const late = (context: Context | undefined) => context!.users.findFirst()`
    expect(await found(program, { ...INSTALLED, 'src/context.ts': CONTEXT })).toEqual([
      'User',
      'User',
      'Prisma client',
      'Post',
      'User',
      'Post',
      'taken out of User',
      'User',
      'bytes',
      'User',
      'bytes',
      'of some model',
      'of some model',
      'Prisma client',
      'extended Prisma client',
      'User',
      'Prisma client',
      'User',
    ])
  })

  test('is known wherever it was generated, and under which name it was installed', async () => {
    const program = `import type { Carts } from './carts'
      export const a = (carts: Carts[]) => carts.forEach((one) => one.db.user.findFirst())
      import type { DynamicClientExtensionThis as Extended } from 'prisma-four/runtime/library'
      export const b = (all: Record<string, { store: Extended<'Post', {}> }>) => all.x!.store.post.findFirst()
      import type { Shop } from '@acme/shop'
      export const c = (shop: Shop) => shop.client.order.findFirst()`
    const other = SCHEMA.replace('"prisma-client-js"', '"prisma-client-js"\n  output = "../../src/own"')
    const more = {
      ...INSTALLED,
      ...manifestWith('prisma-four', '@acme/shop'),
      'prisma/carts/schema.prisma': other,
      'src/own/index.d.ts': generated('./runtime/library', 'User'),
      'src/own/runtime/library.d.ts': RUNTIME,
      'src/carts.ts': "import { PrismaClient } from './own'\nexport interface Carts { db: PrismaClient }",
      ...packageOf('prisma-four', "export * from '.prisma/client'", { name: '@prisma/client' }),
      'node_modules/prisma-four/runtime/library.d.ts': RUNTIME,
      ...packageOf(
        '@acme/shop',
        "import { PrismaClient } from './made'\nexport interface Shop { client: PrismaClient }",
        {
          dependencies: { '@prisma/client': '4' },
        },
      ),
      'node_modules/@acme/shop/made/index.d.ts': generated('./library', 'Order'),
      'node_modules/@acme/shop/made/library.d.ts': RUNTIME,
    }
    expect(await found(program, more)).toEqual(['User', 'Post', 'of some model'])
  })

  test('of what a package that is built on Prisma hands out, of its classes and of what is added to others', async () => {
    const program = `import { PrismaClient as Maker, database } from '@acme/db'
      const made = new Maker({}); made.user.findFirst()
      database.post.findFirst()
      class Own extends Maker { all() { return this.user.findFirst() } }
      new Own().$use(1)`
    const more = {
      ...INSTALLED,
      ...manifestWith('@acme/db', 'server'),
      ...packageOf(
        '@acme/db',
        "import { PrismaClient } from '@prisma/client'\nexport { PrismaClient }\nexport declare const database: PrismaClient",
        { peerDependencies: { '@prisma/client': '4' } },
      ),
      ...packageOf('server', 'export interface Server { listen(): void }'),
      'src/routes.ts':
        "import type { Server } from 'server'\nexport const routes = (server: Server) => server.warehouse.user.findFirst()",
      'src/plugin.ts':
        "import type { PrismaClient } from '@prisma/client'\ndeclare module 'server' { interface Server { warehouse: PrismaClient } }",
    }
    expect(await found(program, more)).toEqual([
      'NewExpression',
      'User',
      'Post',
      'User',
      'Prisma client',
      'src/routes.ts: User',
    ])
  })
})

describe('another library of that kind, by its types', () => {
  test.each<[string, string]>([
    [
      'typeorm',
      `export declare class Repository<Entity> { readonly metadata: object; findFirst(options?: object): Entity; update(criteria: object, part: object): object }
       export declare class Db { readonly user: Repository<{ name: string }>; $use(plugin: object): void; transaction<R>(run: (tx: Db) => R): R }`,
    ],
    [
      'mongoose',
      `export interface Model<Raw> { new (raw: Raw): Raw; findFirst(filter?: object): Raw; create(raw: Raw): Raw }
       export interface Db { user: Model<{ name: string }>; $use(plugin: object): void; readyState: number; transaction<R>(run: (tx: Db) => R): R }`,
    ],
    [
      'sequelize',
      `export declare abstract class Model { static findFirst(options?: object): Model; static update(values: object): object; save(): this }
       export interface Db { user: typeof Model; $use(plugin: object): void; define(name: string): typeof Model; transaction<R>(run: (tx: Db) => R): R }`,
    ],
    [
      'drizzle-orm',
      `export declare class RelationalQueryBuilder<Table> { private fullSchema; private table: Table; findFirst(config?: object): Table; findMany(config?: object): Table[] }
       export declare class Db { user: RelationalQueryBuilder<{ name: string }>; private session; $use(plugin: object): void; transaction<R>(run: (tx: Db) => R): R }`,
    ],
    [
      'objection',
      `export interface QueryBuilder<M> { findFirst(id?: object): M; patch(part: object): QueryBuilder<M> }
       export type Db = { readonly user: QueryBuilder<{ name: string }> } & { $use(plugin: object): void; knex: object; transaction<R>(run: (tx: Db) => R): R }`,
    ],
  ])('%s', async (name, types) => {
    const program = `import { query } from './context'
      query(({ ctx }) => ctx.prisma.user.findFirst())
      query(({ ctx: { prisma } }) => prisma.user.findFirst())
      query(({ ctx }) => ctx.prisma.$use(() => {}))
      query(({ ctx }) => ctx.prisma.transaction((tx) => tx.user.findFirst()))`
    const more = {
      ...packageOf(name, types),
      'src/db.ts': MADE,
      'src/context.ts': `import './db'\nimport type { Db } from '${name}'\nexport declare function query<R>(resolve: (options: { ctx: { prisma: Db } }) => R): R`,
    }
    expect(await found(program, more)).toEqual([
      'User, inferred',
      'User, inferred',
      'Prisma client, inferred',
      'User, inferred',
    ])
    expect(await found(program, { ...INSTALLED, ...more })).toEqual([])
  })

  test('is a guess where a value of Prisma fits its type', async () => {
    const program = `import { query } from './context'
      query(({ ctx }) => ctx.db.user.findFirst())`
    const more = {
      'src/context.ts': `${MADE}
        interface Users { findFirst(options?: object): string }
        export declare function query<R>(resolve: (options: { ctx: { db: { user: Users } } }) => R): R`,
    }
    expect(await found(program, more)).toEqual(['User, inferred'])
    expect(await found(program, { ...INSTALLED, ...more })).toEqual(['User, guessed'])
  })
})
