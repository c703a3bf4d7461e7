import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { createEngine } from '../src/engine/session.ts'
import { PrismaFile } from '../src/formats/prisma.ts'
import { defineChange, fix, replace } from '../src/kit.ts'
import { readCases } from '../src/testing/index.ts'
import prisma from '../transforms/prisma/provider.ts'
import { schemasOf } from '../transforms/prisma/schema/facts.ts'
import { parser } from '../transforms/prisma/schema/parser.ts'
import { project, removeProjects, status } from './data/command-line.ts'

afterEach(removeProjects)

const load = createRequire(import.meta.url)
interface Diagnostic {
  readonly text: string
  readonly is_warning: boolean
}
/** The parsers of 4.16.2 and of 6.19.3, each with errors and warnings apart. */
const lint = {
  4: (files: ReadonlyMap<string, string>) => judged([...files.values()].join('\n'), 'prisma-fmt-wasm-4'),
  6: (files: ReadonlyMap<string, string>) => judged(JSON.stringify([...files]), '@prisma/prisma-schema-wasm'),
}
function judged(input: string, module: string) {
  const all = JSON.parse((load(module) as { lint(input: string): string }).lint(input)) as Diagnostic[]
  const said = (isWarning: boolean) => all.filter((one) => one.is_warning === isWarning).map(({ text }) => text)
  return { errors: said(false), warnings: said(true) }
}

const cases = readCases(join(fileURLToPath(new URL('..', import.meta.url)), 'fixtures')).filter(({ change }) =>
  change.startsWith('prisma/'),
)
const schemasIn = (files: ReadonlyMap<string, string>) =>
  new Map([...files].filter(([file]) => file.endsWith('.prisma')))
/** The files of each schema of a case, before and after. */
const schemas = cases.flatMap((one) => {
  const before = schemasIn(one.before)
  return schemasOf([...before].map(([path, text]) => new PrismaFile(path, text))).map(({ root, files }) => ({
    name: `${one.change} ${one.situation} ${root}`,
    isRewritten: files.some((file) => one.after.has(file)),
    change: one.change,
    before: new Map(files.map((file) => [file, before.get(file)!])),
    after: new Map(files.map((file) => [file, one.after.get(file) ?? before.get(file)!])),
  }))
})
const rewritten = schemas.filter(({ isRewritten }) => isRewritten)

test.each(rewritten)('$name: what is written is accepted by 6.19.3 as far as what was there', ({ before, after }) => {
  const known = lint[6](before).errors
  expect(lint[6](after).errors.filter((error) => !known.includes(error))).toEqual([])
})

describe('the break is real:', () => {
  const of = (change: string) => rewritten.filter((one) => one.change === `prisma/${change}`)

  test.each(of('schema-view-keys'))('$name: accepted by 4.16.2, refused by 6.19.3 as it was', ({ before, after }) => {
    expect(lint[4](before).errors).toEqual([])
    expect(lint[6](before).errors.join()).toMatch(/Views cannot have|view/i)
    expect(lint[6](after).errors).toEqual([])
  })

  test.each(of('schema-reserved-names'))('$name', ({ before, after }) => {
    expect(lint[4](before).errors).toEqual([])
    expect(lint[6](before).errors.join()).toContain('It is a reserved name')
    expect(lint[6](after).errors).toEqual([])
  })

  test.each(of('schema-preview-feature-ga'))('$name: 6.19.3 warns of each flag, and no more', ({ before, after }) => {
    const deprecated = (files: ReadonlyMap<string, string>) =>
      lint[6](files).warnings.filter((text) => /^Preview feature/.test(text) && !/"metrics"/.test(text))
    expect(deprecated(before)).not.toEqual([])
    expect(deprecated(after)).toEqual([])
  })

  test.each(of('schema-fulltext-search-postgres'))('$name: 6.19.3 warns of the old name', ({ before, after }) => {
    expect(lint[6](before).warnings.join()).toContain('"fullTextSearch"')
    expect(lint[6](after).warnings.join()).not.toContain('"fullTextSearch"')
  })

  test('the old names of settings: 4.16.2 reads `experimentalFeatures`, 6.19.3 takes it for anything', () => {
    const schema = (key: string) =>
      new Map([['a.prisma', `generator client {\n  provider = "prisma-client-js"\n  ${key} = ["noSuchFeature"]\n}\n`]])
    expect(lint[4](schema('experimentalFeatures')).errors).not.toEqual([])
    expect(lint[6](schema('experimentalFeatures')).errors).toEqual([])
    expect(lint[6](schema('previewFeatures')).errors).not.toEqual([])
  })

  test.each(of('schema-shadow-url-equals-url'))('$name', ({ before, after }) => {
    expect(lint[4](before).errors).toEqual([])
    expect(lint[6](after).errors).toEqual([])
  })
})

describe('a schema that its own parser refuses after a fix', () => {
  /** Breaks whatever it is let at. */
  const bad = defineChange({
    title: 'Something was changed',
    why: 'It does harm.',
    since: '5.0.0',
    breakage: 'compile',
    source: 'https://www.prisma.io/',
    fixable: 'always',
    format: 'prisma',
    mentions: ['model'],
    *find(file) {
      for (const { name } of file.blocksOf('model').slice(0, 1))
        yield {
          at: name,
          message: 'is renamed where it is declared, and nowhere else',
          evidence: { certainty: 'proven', steps: [] },
          fix: fix('safe', 'Rename', replace(name, `${name.text}2`)),
        }
    },
  })
  const run = (root: string) =>
    createEngine({ providers: [prisma], changes: { 'prisma/bad': bad } }, '0.0.0').run({
      root,
      recipe: 'prisma6',
      level: 'safe',
      types: 'off',
      mode: 'apply',
      install: false,
      verify: false,
    })
  const manifest = '{ "name": "shop", "dependencies": { "@prisma/client": "^4.16.0" } }\n'
  const BASE = 'datasource db {\n  provider = "postgresql"\n  url = env("X")\n}\n'
  const USER = 'model User {\n  id Int @id\n  posts Post[]\n}\n'
  const POST =
    'model Post {\n  id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n}\n'

  test('keeps the text that it had, and says that it is our bug', async () => {
    const root = project({ 'package.json': manifest, 'schema.prisma': BASE + USER + POST })
    const report = await run(root)
    expect(report.findings.map(({ outcome }) => outcome)).toEqual(['withdrawn'])
    expect(status(root)).toEqual([])
  })

  test('also where the fault shows in another file of the folder', async () => {
    const root = project({ 'package.json': manifest, 's/a.prisma': BASE, 's/b.prisma': USER, 's/c.prisma': POST })
    const report = await run(root)
    expect(report.findings.map(({ outcome }) => outcome)).toContain('withdrawn')
    const files = new Map(['a', 'b', 'c'].map((name) => [`s/${name}.prisma`, '']))
    expect(status(root).filter((line) => files.has(line.slice(3)))).toEqual([])
  })

  test('but what it refused before is written as well', async () => {
    const root = project({
      'package.json': manifest,
      'schema.prisma': `${BASE}model A {\n  id Int @id\n  b Nowhere\n}\n`,
    })
    const report = await run(root)
    expect(report.findings.map(({ outcome }) => outcome)).toEqual(['written'])
    expect(status(root)).toEqual([' M schema.prisma'])
  })
})

test('the parser is that of the version to reach', () => {
  const problems = (text: string) => parser.problems(new Map([['a.prisma', text]])).map(({ message }) => message)
  expect(problems('model A {\n  id Int @id\n}\n/* since 6.1 */\n')).toEqual([])
  expect(problems('model using {\n  id Int @id\n}\n').join()).toContain('reserved name')
})
