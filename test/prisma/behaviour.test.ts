import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Change } from '../../src/index.ts'
import { behaviourFolders } from '../../src/testing/behaviour.ts'
import { catalogue } from '../../transforms/index.ts'
import { type Database, startDatabase } from './database.ts'
import type { Major } from './packages.ts'
import { runRecipe } from './recipe.ts'
import { type Observation, PrismaHost, readTwin, SHARED_SCHEMA } from './twins.ts'

const changes: Readonly<Record<string, Change>> = catalogue.changes
const fixtures = fileURLToPath(new URL('../../fixtures/prisma', import.meta.url))
const folders = existsSync(fixtures) ? await behaviourFolders(fixtures) : []

/** A program takes a fraction of a second, the first of a major three; a machine that does ten things at once gets the rest. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let database: Database
const hosts: Partial<Record<Major, PrismaHost>> = {}
/** All programs of a major run in one process, and on one database, which is what makes them cheap. */
const on = (major: Major): PrismaHost => {
  hosts[major] ??= new PrismaHost(major, database)
  return hosts[major]
}

beforeAll(async () => {
  database = await startDatabase()
})
afterAll(async () => {
  for (const host of Object.values(hosts)) await host.close()
  await database?.close()
})

describe.each(folders.map((folder) => ({ change: basename(dirname(folder)), folder })))(
  'prisma/$change',
  ({ change, folder }) => {
    const { breakage, fixable, stage } = changes[`prisma/${change}`] as Change
    let old: Observation

    beforeAll(async () => {
      const { before } = await readTwin(folder)
      old = await on(4).observe(before.folder, before.program)
    })

    test('has a rewritten program exactly if it is ever rewritten', async () => {
      expect((await readTwin(folder)).after !== undefined).toBe(fixable !== 'never')
    })

    test('unchanged, every scenario does on Prisma 6 something else than on Prisma 4', async () => {
      const { before, same } = await readTwin(folder)
      const unchanged = await on(6).observe(before.folder, before.program)

      expect(old.startup).toBeUndefined()
      expect(same.filter((name) => !(name in old.scenarios))).toEqual([])
      for (const name of Object.keys(old.scenarios)) {
        const now = unchanged.scenarios[name] ?? unchanged.startup
        if (same.includes(name) || breakage === 'deprecated') expect(now, name).toEqual(old.scenarios[name])
        else expect(now, name).not.toEqual(old.scenarios[name])
      }
    })

    test.runIf(fixable !== 'never' && stage === 'before-bump')(
      'rewritten before the new version, it does on Prisma 4 what it did',
      async () => {
        const { after } = await readTwin(folder)
        expect(await on(4).observe(after!.folder, after!.program, after!.over)).toEqual(old)
      },
    )

    test.runIf(fixable !== 'never')('rewritten, it does on Prisma 6 what it did on Prisma 4', async () => {
      const { after } = await readTwin(folder)
      expect(await on(6).observe(after!.folder, after!.program, after!.over)).toEqual(old)
    })
  },
)

describe('two hundred calls', () => {
  const data = fileURLToPath(new URL('../data/prisma', import.meta.url))

  /** What every call does on a major, without the time at which it was made. */
  const checks = async (major: Major): Promise<Record<string, unknown>> => {
    const { scenarios, startup } = await on(major).observe(data, 'checks.js')
    expect(startup).toBeUndefined()
    const { returned } = scenarios.checks as { returned: Record<string, unknown> }
    return JSON.parse(
      JSON.stringify(returned).replace(/20\d\d-[\d-]+T[\d:.]+Z/g, (time) => (isRecent(time) ? '<now>' : time)),
    )
  }
  const isRecent = (time: string): boolean => Math.abs(Date.now() - Date.parse(time)) < 3_600_000

  // A server gives rows that nobody ordered in another order.
  const isEmbedded = process.env.UPGRADE_KIT_POSTGRES === undefined
  test.runIf(isEmbedded).each([4, 6] as const)('do on %i what was measured', async (major) => {
    const file = join(data, `checks-${major}.json`)
    const seen = await checks(major)
    if (process.env.UPDATE_FIXTURES === '1') await writeFile(file, `${JSON.stringify(seen, null, 1)}\n`)
    expect(seen).toEqual(JSON.parse(await readFile(file, 'utf8')))
  })
})

describe('a program on the rig', () => {
  /** Runs the text of a program on a major version. */
  const run = async (major: Major, text: string): Promise<Observation> => {
    const folder = await mkdtemp(join(tmpdir(), 'upgrade-kit-rig-'))
    try {
      await writeFile(join(folder, 'program.ts'), text)
      return await on(major).observe(folder, 'program.ts')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const CLIENT = "import { Prisma, PrismaClient } from '@prisma/client'\nconst prisma = new PrismaClient()\n"

  test('writes and reads a real database, in transactions too, on 4, 5 and 6', async () => {
    const text = `${CLIENT}
      export async function orders() {
        const posts = { create: [{ title: 'one', tags: { create: { name: 'new' } } }, { title: 'two' }] }
        const user = await prisma.user.create({ data: { email: 'a@b.c', blob: Buffer.from([1]), big: 9007199254740993n, posts } })
        await prisma.$transaction(async (tx) => {
          await tx.user.update({ where: { id: user.id }, data: { balance: '12.50' } })
          throw new Error('no')
        }).catch(() => {})
        const [count, raw] = await prisma.$transaction([prisma.post.count(), prisma.$queryRaw\`SELECT name FROM "Tag"\`])
        return { count, raw, ...(await prisma.user.findUniqueOrThrow({ where: { id: user.id }, select: { big: true, balance: true } })) }
      }`
    const returned = {
      count: 2,
      raw: [{ name: 'new' }],
      big: { BigInt: '9007199254740993' },
      balance: { Decimal: '0' },
    }
    for (const major of [4, 5, 6] as const) {
      expect(await run(major, text)).toEqual({ scenarios: { orders: { returned } } })
    }
  })

  test('gets Buffers from 4 and 5, and Uint8Arrays from 6', async () => {
    const text = `${CLIENT}
      export const bytes = async () => (await prisma.user.create({ data: { email: 'a', blob: Buffer.from('hi') } })).blob`
    expect((await run(4, text)).scenarios).toEqual({ bytes: { returned: { Buffer: 'aGk=' } } })
    expect((await run(5, text)).scenarios).toEqual({ bytes: { returned: { Buffer: 'aGk=' } } })
    expect((await run(6, text)).scenarios).toEqual({ bytes: { returned: { Uint8Array: 'aGk=' } } })
  })

  test('may reject on not found on 4 only, and finds the class of that error up to 5', async () => {
    const text = `${CLIENT}
      const where = { id: -1 }
      export const option = () => prisma.user.findFirst({ where, rejectOnNotFound: true })
      export const method = () => prisma.user.findFirstOrThrow({ where })
      export const byClass = async () => method().catch((error) => error instanceof Prisma.NotFoundError)`
    const missing = { threw: { prisma: 'P2025' } }
    const invalid = { threw: { prisma: 'PrismaClientValidationError' } }
    expect((await run(4, text)).scenarios).toEqual({ option: missing, method: missing, byClass: { returned: true } })
    expect((await run(5, text)).scenarios).toEqual({ option: invalid, method: missing, byClass: { returned: true } })
    expect((await run(6, text)).scenarios).toEqual({
      option: invalid,
      method: missing,
      byClass: { threw: { error: 'TypeError', message: expect.any(String) } },
    })
  })

  test('has committed a transaction on 4 when an option rejects what it found, and takes it back where `…OrThrow` does', async () => {
    const text = `${CLIENT}
      const rejecting = new PrismaClient({ rejectOnNotFound: { findFirst: true } } as Prisma.PrismaClientOptions)
      const tag = (name: string, client = rejecting) => client.tag.create({ data: { name } })
      const where = { id: -1 }
      export const ofQuery = () =>
        prisma.$transaction([tag('query', prisma), prisma.user.findFirst({ where, rejectOnNotFound: true })])
      export const ofClient = () => rejecting.$transaction([tag('client'), rejecting.user.findFirst({ where })])
      export const orThrow = () => rejecting.$transaction([tag('method'), rejecting.user.findFirstOrThrow({ where })])
      export const committed = async () => (await prisma.tag.findMany()).map(({ name }) => name)`
    const { scenarios } = await run(4, text)
    const threw = { threw: { prisma: 'P2025' } }
    expect(scenarios).toEqual({
      ofQuery: threw,
      ofClient: threw,
      orThrow: threw,
      committed: { returned: ['query', 'client'] },
    })
  })

  test('takes single values for lists on 4 only', async () => {
    const text = `${CLIENT}
      export const or = () => prisma.user.count({ where: { OR: { id: 1 } } })
      export const list = async () => (await prisma.user.create({ data: { email: 'a', blob: Buffer.from(''), tags: 'x' } })).tags`
    expect((await run(4, text)).scenarios).toEqual({ or: { returned: 0 }, list: { returned: ['x'] } })
    expect((await run(6, text)).scenarios).toEqual({
      or: { threw: { prisma: 'PrismaClientValidationError' } },
      list: { threw: { prisma: 'PrismaClientValidationError' } },
    })
  })

  test('hands a middleware of 4 the method that is called, so that `…OrThrow` is another action', async () => {
    const text = `${CLIENT}
      const seen: string[] = []
      prisma.$use(async (params, next) => { seen.push(params.action); return next(params) })
      const where = { id: -1 }
      export async function actions() {
        await prisma.user.findFirst({ where, rejectOnNotFound: true }).catch(() => {})
        await prisma.user.findFirstOrThrow({ where }).catch(() => {})
        return seen
      }`
    expect((await run(4, text)).scenarios).toEqual({ actions: { returned: ['findFirst', 'findFirstOrThrow'] } })
  })

  test('starts without $use on 6 no more, and leaves nothing behind for the next one', async () => {
    const text = `${CLIENT}
      const seen: string[] = []
      prisma.$use(async (params, next) => { seen.push(params.action); return next(params) })
      export const middleware = async () => { await prisma.user.create({ data: { email: 'a', blob: Buffer.from('') } }); return seen }`
    const returned = { scenarios: { middleware: { returned: ['create'] } } }
    expect(await run(5, text)).toEqual(returned)
    expect(await run(5, text)).toEqual(returned)
    expect((await run(6, text)).startup).toEqual({ error: 'TypeError', message: 'prisma.$use is not a function' })
  })

  test('goes on after what the database refuses, on two clients at once', async () => {
    const text = `${CLIENT}
      const other = new PrismaClient()
      const create = (client: PrismaClient) => client.user.create({ data: { email: 'a', blob: Buffer.from('') }, select: { email: true } })
      export async function refused() {
        await create(prisma)
        const codes = [await create(prisma).catch((error) => error.code), await prisma.$queryRaw\`SELECT 1 / 0\`.catch((error) => error.code)]
        return [...codes, await other.user.count(), await prisma.user.count(), await create(other).catch((error) => error.code), await prisma.user.count()]
      }`
    const returned = ['P2002', 'P2010', 1, 1, 'P2002', 1]
    for (const major of [4, 6] as const) {
      expect(await run(major, text)).toEqual({ scenarios: { refused: { returned } } })
    }
  })

  test('that ends its process is told, and the next one runs', async () => {
    expect(await run(6, 'export const leave = () => process.exit(3)')).toEqual({ startup: { ended: 3 }, scenarios: {} })
    expect((await run(6, 'export const stay = () => 1')).scenarios).toEqual({ stay: { returned: 1 } })
  })
})

describe('a person is told', () => {
  const notesOf = async (change: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const { findings } = await runRecipe({ 'prisma/schema.prisma': await readFile(SHARED_SCHEMA, 'utf8'), ...files })
    return findings.filter((finding) => finding.change === `prisma/${change}`).flatMap(({ notes }) => notes ?? [])
  }
  const USERS = `import { prisma } from './db'
export const user = (id: number) => prisma.user.findUnique({ where: { id } })
export const both = (name: string) => prisma.$transaction([prisma.tag.create({ data: { name } }), prisma.user.findFirst()])
`

  test('what an option of the client committed, and `…OrThrow` takes back', async () => {
    const db = (option: string) =>
      `import { PrismaClient } from '@prisma/client'\nexport const prisma = new PrismaClient({ rejectOnNotFound: ${option} })\n`
    const told = async (option: string) =>
      (await notesOf('reject-on-not-found-client-option', { 'src/db.ts': db(option), 'src/users.ts': USERS })).join(
        '\n',
      )
    expect(await told('true')).toContain('src/users.ts: `findFirst` in a list of `$transaction`: 4 had committed')
    expect(await told('{ findUnique: true }')).not.toContain('$transaction')
  })

  test('which queries may get an error of one’s own', async () => {
    const db = `import { PrismaClient } from '@prisma/client'
export const prisma = new PrismaClient({ rejectOnNotFound: { findUnique: () => new Error('no') } })
`
    const told = await notesOf('reject-on-not-found-client-option', { 'src/db.ts': db, 'src/users.ts': USERS })
    expect(told.join('\n')).toContain('these queries may get that error: src/users.ts:2 (`findUnique`); call')
    expect(told.join('\n')).toContain('async findUnique({ args, query })')
  })

  test('that classes of the old runtime were others', async () => {
    const text = (use: string) => `import { PrismaClient } from '@prisma/client'
import { Decimal } from '@prisma/client/runtime'
export const prisma = new PrismaClient()
export const price = (value: unknown) => ${use}
`
    const told = (use: string) => notesOf('client-runtime-import', { 'src/price.ts': text(use) })
    expect((await told('value instanceof Decimal')).join()).toContain('nothing that the client gives or throws was')
    expect(await told('new Decimal(String(value))')).toEqual([])
  })
})
