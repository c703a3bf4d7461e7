import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Catalogue, selectRecipe } from '../src/catalogue/select.ts'
import { discover } from '../src/engine/discover.ts'
import { readPackages } from '../src/engine/packages.ts'
import { openProject } from '../src/engine/upgrade.ts'
import { defineChange } from '../src/kit.ts'
import { Client, Delegate, modelOf } from '../transforms/prisma/client/kinds.ts'
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
  mentions: ['findFirst', '$use', 'toString'],
  *find(file) {
    for (const use of file.members([Delegate], 'findFirst'))
      yield { at: use.property, message: modelOf(use.kind) ?? 'of some model', evidence: use }
    for (const use of file.members([Client], '$use')) yield { at: use.property, message: use.kind.name, evidence: use }
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
      const carts = new Carts()
      carts.cart.findFirst(); carts.user.findFirst()
      prisma.cart.findFirst(); prisma.user.findFirst()`
    expect(await found(program, more)).toEqual(['Cart', 'User'])
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
