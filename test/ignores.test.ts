import { afterAll, describe, expect, test } from 'vitest'
import { ignoresIn } from '../src/engine/ignores.ts'
import { createEngine } from '../src/engine/session.ts'
import { exitCode, type Report } from '../src/model/report.ts'
import { textReport } from '../src/report/text.ts'
import { catalogue } from '../transforms/index.ts'
import { project, removeProjects } from './data/command-line.ts'

afterAll(removeProjects)

const engine = createEngine(catalogue, '0.0.0')
const MANIFEST = JSON.stringify({ name: 'shop', dependencies: { express: '^4.18.2' } })
const APP = "const express = require('express')\nconst app = express()\n"

/** The report on one file of an Express 4 project, without the finding about its manifest. */
async function scanned(code: string, more: { only?: string[]; mode?: 'scan' | 'dry-run' } = {}): Promise<Report> {
  const root = project({ 'package.json': MANIFEST, 'app.js': APP + code }, { git: false })
  const report = await engine.run({
    root,
    recipe: 'express5',
    level: 'safe',
    types: 'off',
    mode: 'scan',
    install: false,
    verify: false,
    except: ['package-version', 'query-parser-default'],
    ...more,
  })
  return report
}

const outcomes = (report: Report) => report.findings.map(({ at, outcome }) => `${at.line} ${outcome}`)
const problems = (report: Report) => report.ignores.map(({ change, hides, problem }) => [change, hides, problem ?? ''])

describe('a comment hides', () => {
  test.each([
    ['on the line before', '// upgrade-kit-ignore express/app-del: patched\napp.del("/", f)\n'],
    ['on the line itself', 'app.del("/", f) // upgrade-kit-ignore express/app-del: patched\n'],
    ['in a block comment', '/* upgrade-kit-ignore express/app-del: patched */\napp.del("/", f)\n'],
    ['in a block comment before the code', '/* upgrade-kit-ignore express/app-del: patched */ app.del("/", f)\n'],
    ['among several changes', '// upgrade-kit-ignore express/req-param, express/app-del: patched\napp.del("/", f)\n'],
    ['above other comments', '// upgrade-kit-ignore express/app-del: patched\n\n// removes\napp.del("/", f)\n'],
    [
      'above a private field',
      'class A {\n  // upgrade-kit-ignore express/app-del: patched\n  #x = app.del("/", f)\n}\n',
    ],
    ['with Windows line endings', '// upgrade-kit-ignore express/app-del: patched\r\napp.del("/", f)\r\n'],
  ])('%s', async (_, code) => {
    const report = await scanned(code)
    expect(report.findings.map(({ outcome, ignoredBecause }) => [outcome, ignoredBecause])).toEqual([
      ['ignored', 'patched'],
    ])
    expect(report.ledger.counts).toMatchObject({ ignored: 1, rewritten: 0 })
    expect(exitCode(report)).toBe(0)
  })

  test('one line and no more', async () => {
    const report = await scanned('// upgrade-kit-ignore express/app-del: x\napp.del("/", f)\napp.del("/b", f)\n')
    expect(outcomes(report)).toEqual(['4 ignored', '5 written'])
    expect(exitCode(report)).toBe(1)
  })

  test('on the line itself, not the next one', async () => {
    const report = await scanned('const x = 1 // upgrade-kit-ignore express/app-del: x\napp.del("/", f)\n')
    expect(outcomes(report)).toEqual(['4 written'])
    expect(problems(report)).toEqual([['express/app-del', 0, 'hides-nothing']])
  })

  test('what is written', async () => {
    const report = await scanned('// upgrade-kit-ignore express/app-del: x\napp.del("/", f)\napp.del("/b", f)\n', {
      mode: 'dry-run',
    })
    expect(report.patches[0]?.after).toContain('app.del("/", f)\napp.delete("/b", f)')
  })

  test('nothing from within a string', async () => {
    const report = await scanned('app.del("// upgrade-kit-ignore express/app-del: x", f)\n')
    expect([outcomes(report), report.ignores]).toEqual([['3 written'], []])
  })
})

test('a report shows of a file of variables what a finding is about, and no other value', async () => {
  const variables = 'API_KEY=sk_live_4711\nDEBUG=express:*\nPASSWORD="hunter2"\n'
  const report = await engine.run({
    root: project({ 'package.json': MANIFEST, 'app.js': APP, '.env': variables }, { git: false }),
    recipe: 'express5',
    level: 'safe',
    types: 'off',
    mode: 'scan',
    install: false,
    verify: false,
  })
  const [found] = report.findings.filter(({ file }) => file === '.env')
  expect(found).toMatchObject({ at: { line: 2 }, excerpt: 'DEBUG=express:*', context: { firstLine: 1 } })
  expect(found!.context!.lines).toEqual(['API_KEY=************', 'DEBUG=express:*', 'PASSWORD="*******"'])
  expect(JSON.stringify(report)).not.toMatch(/4711|hunter2/)
})

test('a comment hides a line of a Dockerfile', async () => {
  const dockerfile = (comment: string) => ({ 'package.json': MANIFEST, Dockerfile: `${comment}\nFROM node:14\n` })
  const run = (files: Record<string, string>) =>
    engine.run({
      root: project(files, { git: false }),
      recipe: 'express5',
      level: 'safe',
      types: 'off',
      mode: 'scan',
      install: false,
      verify: false,
    })
  const [found] = (await run(dockerfile('# nothing'))).findings.filter(({ file }) => file === 'Dockerfile')
  const hidden = await run(dockerfile(`# upgrade-kit-ignore ${found!.change}: the image is replaced elsewhere`))
  expect(hidden.findings.filter(({ file }) => file === 'Dockerfile').map(({ outcome }) => outcome)).toEqual(['ignored'])
  expect(hidden.ignores).toMatchObject([{ hides: 1, reason: 'the image is replaced elsewhere' }])
})

describe('a comment is worth a word', () => {
  test.each([
    [
      'that hides nothing',
      '// upgrade-kit-ignore express/app-del: x\napp.get("/", f)\n',
      ['express/app-del', 0, 'hides-nothing'],
    ],
    [
      'without a reason',
      'app.del("/", f) // upgrade-kit-ignore express/app-del\n',
      ['express/app-del', 1, 'no-reason'],
    ],
    [
      'with a typo',
      'app.del("/", f) // upgrade-kit-ignore express/app-dell: x\n',
      ['express/app-dell', 0, 'unknown-change'],
    ],
    ['that names no change', 'app.del("/", f) // upgrade-kit-ignore: x\n', ['', 0, 'no-change']],
    [
      'in a file without any changed name',
      '/* upgrade-kit-ignore express/app-del: x */\n',
      ['express/app-del', 0, 'hides-nothing'],
    ],
  ])('%s', async (_, code, expected) => {
    const report = await scanned(code)
    expect(problems(report)).toEqual([expected])
    expect(textReport(report)).toContain('Comments to look at (1)')
  })

  test('only where its change was looked for', async () => {
    const code = '// upgrade-kit-ignore express/app-del: x\napp.get("/", f)\n'
    expect((await scanned(code, { only: ['req-param'] })).ignores).toEqual([])
  })
})

test.each([
  ['.env', 'A=1\n# upgrade-kit-ignore p/x: why\nB=2', 3],
  ['a.sql', 'select 1 -- upgrade-kit-ignore p/x: why', 1],
  ['a.yaml', 'a: 1 # upgrade-kit-ignore p/x: why', 1],
  ['Dockerfile', '# upgrade-kit-ignore p/x: why\nFROM node:14', 2],
  ['a.tsx', '<a>\n  {/* upgrade-kit-ignore p/x: why */}\n  <b/></a>', 3],
  ['a.html', '<!-- upgrade-kit-ignore p/x: why -->\n<b>', 2],
])('comments of %s', (file, text, line) => {
  expect(ignoresIn(file, text)).toMatchObject([{ line, changes: ['p/x'], reason: 'why' }])
})

test('what only looks like the word is no comment', () => {
  expect(ignoresIn('a', '# upgrade-kit-ignored p/x: y\n"upgrade-kit-ignore p/x: y"\n# see upgrade-kit-ignore')).toEqual(
    [],
  )
})
