import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { compile, type Errors, type Programs, type TypeScriptVersion } from './compile.ts'
import type { Major } from './packages.ts'

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

/** Compares with the names and codes in `compiles.json`; `UPDATE_FIXTURES=1` writes what there is. */
async function expectMeasured(version: TypeScriptVersion, major: Major, errors: Errors): Promise<void> {
  const file = 'compiles.json'
  const measured: Record<string, Record<string, Record<string, string[]>>> = await readData(file)
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
