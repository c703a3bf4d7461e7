import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Change, isTransform } from '../../src/index.ts'
import { catalogue } from '../../transforms/index.ts'
import { generatedClient } from './client.ts'
import { compile, type Errors, type Programs, type TypeScriptVersion } from './compile.ts'
import type { Major } from './packages.ts'
import { type Outcome, runRecipe } from './recipe.ts'
import { SHARED_SCHEMA } from './twins.ts'

vi.setConfig({ testTimeout: 300_000 })

/** Name → statement. Most start with the usual imports; those that do not bring their own. */
const snippets: Readonly<Record<string, string>> = await readData('snippets.json')

/** Everything a statement may use. */
const HEAD = `import { PrismaClient, Prisma, User, Role } from '@prisma/client'
const prisma = new PrismaClient()
`
const programs = Object.fromEntries(
  Object.entries(snippets).map(([name, text]) => [
    name,
    `${/^import [^;]*'?"?@prisma\/client\/runtime|^import \{ (UserPayload|NotFoundError) \}/.test(text) ? '' : HEAD}${text}\nexport {}\n`,
  ]),
)

/** The oldest TypeScript and ours; `UPGRADE_KIT_TYPES=all` adds the one between, and the clients of 5. */
const isThorough = process.env.UPGRADE_KIT_TYPES === 'all'
const VERSIONS: readonly TypeScriptVersion[] = isThorough ? ['5.1', '5.9', '6.0'] : ['5.1', '6.0']
const MAJORS: readonly Major[] = isThorough ? [4, 5, 6] : [4, 6]

describe.each(VERSIONS)('with TypeScript %s', (version) => {
  test('every snippet compiles, or does not, as it was measured', async () => {
    const asked: Programs = Object.fromEntries(MAJORS.map((major) => [major, programs]))
    const errors = await compile(version, asked)
    for (const major of MAJORS) await expectMeasured(version, major, errors[major] ?? {})
  })
})

describe('the recipe', () => {
  /** Snippet → the change that is about it, for every snippet that breaks and for some that break silently. */
  let changes: Readonly<Record<string, string>>
  let outcome: Outcome

  beforeAll(async () => {
    changes = await readData('changes.json')
    const schema = await readFile(SHARED_SCHEMA, 'utf8')
    const files = Object.fromEntries(Object.entries(programs).map(([name, text]) => [`src/${name}.ts`, text]))
    outcome = await runRecipe({ 'prisma/schema.prisma': schema, ...files })
  })

  test('has a change for every snippet that compiles on 4 and not on 6', async () => {
    const measured: Measured = await readData('compiles.json')
    const broken = Object.values(measured).flatMap(({ 4: old = {}, 6: next = {} }) =>
      Object.keys(next).filter((name) => !(name in old)),
    )
    const always = [...new Set(broken)].filter((name) =>
      Object.values(measured).every(({ 4: old = {} }) => !(name in old)),
    )
    expect(always.filter((name) => !(name in changes))).toEqual([])
  })

  test('finds every snippet that breaks, by the change that is about it', () => {
    const found = new Set(outcome.findings.map(({ change, file }) => `${file} ${change}`))
    const known: Readonly<Record<string, Change>> = catalogue.changes
    const missed = Object.entries(changes)
      .filter(([, change]) => known[`prisma/${change}`] !== undefined && isTransform(known[`prisma/${change}`]!))
      .filter(([name, change]) => !found.has(`src/${name}.ts prisma/${change}`))
    expect(missed).toEqual([])
  })

  test.each(VERSIONS)('writes before the new version only what compiles on 4 with TypeScript %s', async (version) => {
    const schema = await readFile(SHARED_SCHEMA, 'utf8')
    const files = Object.fromEntries(Object.entries(programs).map(([name, text]) => [`src/${name}.ts`, text]))
    const early = await runRecipe({ 'prisma/schema.prisma': schema, ...files }, 4, 6, 'before-bump')
    const written = [...early.written].flatMap(([file, text]) => {
      const name = /^src\/(.+)\.ts$/.exec(file)?.[1]
      return name === undefined ? [] : [[name, text] as const]
    })
    expect(written.length).toBeGreaterThan(10)
    const measured: Measured = await readData('compiles.json')
    const { 4: errors = {} } = await compile(version, { 4: Object.fromEntries(written) })
    const before = measured[version]?.[4] ?? {}
    expect(Object.entries(errors).filter(([name]) => !(name in before))).toEqual([])
  })

  test.each(VERSIONS)('writes nothing that does not compile on 6 with TypeScript %s', async (version) => {
    const written = [...outcome.written].flatMap(([file, text]) => {
      const name = /^src\/(.+)\.ts$/.exec(file)?.[1]
      return name === undefined ? [] : [[name, text] as const]
    })
    expect(written.length).toBeGreaterThan(10)
    const { 6: errors = {} } = await compile(version, { 6: Object.fromEntries(written) })
    // what is left to a person does not compile yet, and what did not compile on 4 is no work of the recipe
    const left = new Set(outcome.findings.filter(({ fix }) => fix === undefined).map(({ file }) => file))
    expect(Object.entries(errors).filter(([name]) => !left.has(`src/${name}.ts`))).toEqual([])
  })
})

describe('names of the generated client', () => {
  const names = async (major: Major, schema: string): Promise<string[]> => {
    const folder = await generatedClient(major, schema)
    const text = await readFile(join(folder, 'node_modules/.prisma/client/index.d.ts'), 'utf8')
    const exported = /^\s*export (?:declare )?(?:type|interface|const|class|import) ([\w$]+)/gm
    return [...text.matchAll(exported)].map(([, name]) => name!)
  }

  test.each([
    [4, 6],
    [4, 5],
    [5, 6],
  ] as const)('of %i that %i no longer has are found, and the new ones are there', async (from, to) => {
    const schema = await readFile(fileURLToPath(new URL('names.prisma', import.meta.url)), 'utf8')
    const [old, next] = await Promise.all([names(from, schema), names(to, schema)])
    const gone = [...new Set(old)].filter((name) => !next.includes(name))
    const text = (name: string) => `import { Prisma } from '@prisma/client'\nexport type T = Prisma.${name}\n`
    const files = Object.fromEntries(gone.map((name) => [`src/${name}.ts`, text(name)]))
    const { findings, written } = await runRecipe({ 'prisma/schema.prisma': schema, ...files }, from, to)

    expect(gone.length).toBeGreaterThan(5)
    const found = new Set(findings.map(({ file }) => file))
    const missed = gone.filter((name) => !found.has(`src/${name}.ts`))
    expect(missed.filter((name) => !OF_OTHER_CHANGES.test(name))).toEqual([])
    for (const [file, after] of written) {
      const name = /Prisma\.([\w$]+)/.exec(after)?.[1]
      if (file.startsWith('src/')) expect(next, file).toContain(name)
    }
  })
})

/** Names that are no types of models, and that changes of code are about. */
const OF_OTHER_CHANGES = /^(?:NotFoundError|Middleware|MiddlewareParams|\w+Payload)$/

type Measured = Record<string, Record<string, Record<string, string[]>>>

/** Compares with the names and codes in `compiles.json`; `UPDATE_FIXTURES=1` writes what there is. */
async function expectMeasured(version: TypeScriptVersion, major: Major, errors: Errors): Promise<void> {
  const file = 'compiles.json'
  const measured: Measured = await readData(file)
  const codes = Object.fromEntries(
    Object.entries(errors).map(([name, said]) => [name, [...new Set(said.map((text) => text.split(' ')[0]!))].sort()]),
  )
  if (process.env.UPDATE_FIXTURES === '1') {
    measured[version] = { ...measured[version], [major]: codes }
    const lines = JSON.stringify(measured, null, 1).replace(
      /\[\s+([^\]]*?)\s+\]/g,
      (_, items: string) => `[${items.replace(/\s+/g, ' ')}]`,
    )
    await writeFile(dataPath(file), `${lines}\n`)
  }
  expect(codes, `Prisma ${major}`).toEqual(measured[version]?.[major])
}

function dataPath(name: string): string {
  return fileURLToPath(new URL(`../data/prisma/${name}`, import.meta.url))
}

async function readData<T>(name: string): Promise<T> {
  return existsSync(dataPath(name)) ? JSON.parse(await readFile(dataPath(name), 'utf8')) : ({} as T)
}
