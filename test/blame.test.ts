import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Change, defineChange } from '../src/catalogue/change.ts'
import { fix, replace } from '../src/catalogue/edits.ts'
import type { Catalogue } from '../src/catalogue/select.ts'
import { Interrupted, type Progress, type RunRequest } from '../src/engine/api.ts'
import { copyProject } from '../src/engine/copy.ts'
import { createEngine } from '../src/engine/session.ts'
import type { JavaScriptFile } from '../src/formats/javascript/file.ts'
import { EXIT, exitCode, type Report } from '../src/model/report.ts'
import { testTitle } from '../src/model/verification.ts'
import { textReport } from '../src/report/text.ts'
import { bytes, commit, project, removeProjects, status, text } from './data/command-line.ts'

vi.setConfig({ testTimeout: 300_000 })
afterEach(removeProjects)

// ---- a package that breaks, and a catalogue that is wrong in one place -----------------------------------------------

const FACTS = {
  why: 'The method has another name. The call throws.',
  since: '2.0.0',
  breakage: 'throws',
  source: 'https://example.org/kart#2',
  fixable: 'sometimes',
} as const
const PROVEN = { certainty: 'proven', steps: [] } as const

/** Renames one method wherever its name stands; without a new name it is left to a person. */
function renamed(from: string, to?: string): Change {
  return defineChange({
    title: `\`${from}\` was renamed`,
    ...FACTS,
    format: 'javascript',
    mentions: [from],
    *find(file: JavaScriptFile) {
      for (const { index } of file.text.matchAll(new RegExp(`\\b${from}\\b`, 'g'))) {
        const at = { start: index, end: index + from.length }
        const draft = { at, message: `\`${from}\` is gone`, evidence: PROVEN }
        yield to === undefined ? draft : { ...draft, fix: fix('safe', `Rename to \`${to}\``, replace(at, to)) }
      }
    },
  })
}

const catalogue: Catalogue = {
  providers: [
    { id: 'kart', packages: ['kart'], recipes: { kart2: { from: '1', to: '2', guide: 'https://example.org/kart' } } },
  ],
  changes: {
    'kart/sum-of': renamed('sumOf', 'sum'),
    'kart/first-of': renamed('firstOf', 'first'),
    // wrong: `size` counts the cart itself too
    'kart/count-of': renamed('countOf', 'size'),
    'kart/name-of': renamed('nameOf'),
    'kart/version': defineChange({
      title: 'package.json asks for version 1',
      ...FACTS,
      format: 'json',
      mentions: ['kart'],
      *find(file) {
        for (const { value } of file.entries('dependencies'))
          if (value.value === '^1.0.0')
            yield {
              at: value,
              message: 'goes to 2',
              evidence: PROVEN,
              fix: fix('safe', 'Raise to `^2.0.0`', replace(value.inner, '^2.0.0')),
            }
      },
    }),
  },
}

const KART = `const version = JSON.parse(require('fs').readFileSync(process.cwd() + '/package.json')).dependencies.kart
exports.make = (items) => ({
  sumOf: () => items.reduce((a, b) => a + b, 0),
  sum: () => items.reduce((a, b) => a + b, 0),
  firstOf: () => items[0],
  first: () => items[0],
  countOf: () => items.length,
  size: () => items.length + 1,
  nameOf: () => {
    if (version !== '^1.0.0') throw new Error('nameOf is gone')
    return 'cart'
  },
})
`
const LIB = `const kart = require('kart')
exports.total = (items) => kart.make(items).sumOf()
exports.first = (items) => kart.make(items).firstOf()
exports.many = (items) => kart.make(items).countOf()
exports.name = (items) => kart.make(items).nameOf()
`
const OTHER = `const kart = require('kart')
exports.total = (items) => kart.make(items).sumOf()
exports.first = (items) => kart.make(items).firstOf()
`

interface Suite {
  readonly [name: string]: string
}
const HEAD = `const { test } = require('node:test')
const assert = require('node:assert')
const orders = require('../lib/orders.js')
const other = require('../lib/other.js')
`
const suite = (tests: Suite): string =>
  `${HEAD}${Object.entries(tests)
    .map(([name, body]) => `test(${JSON.stringify(name)}, () => { ${body} })`)
    .join('\n')}\n`

const GREEN = {
  'sums up': 'assert.equal(orders.total([1, 2]), 3)',
  'finds the first': 'assert.equal(orders.first([1, 2]), 1)',
  'works elsewhere': 'assert.equal(other.total([other.first([1])]), 1)',
}
const COUNTS = { 'counts the lines': 'assert.equal(orders.many([1, 2]), 2)' }
const NAMES = { 'says its name': "assert.equal(orders.name([]), 'cart')" }

function shop(tests: Suite, files: Readonly<Record<string, string>> = {}, script = 'node --test'): string {
  const manifest = { name: 'shop', scripts: { test: script }, dependencies: { kart: '^1.0.0' } }
  const folder = project(
    {
      'package.json': JSON.stringify(manifest),
      '.gitignore': 'node_modules\n',
      'lib/orders.js': LIB,
      'lib/other.js': OTHER,
      'test/orders.test.js': suite(tests),
      'node_modules/kart/package.json': '{ "name": "kart", "version": "1.0.0" }',
      'node_modules/kart/index.js': KART,
      ...files,
    },
    { git: false },
  )
  commit(folder)
  return folder
}

/** Runs the recipe; the tests without a package manager, which takes as long as they do. */
async function upgraded(root: string, more: Partial<RunRequest> = {}): Promise<Report> {
  const { scripts } = JSON.parse(text(root, 'package.json')) as { scripts: { test: string } }
  return upgradedByScript(root, { testCommand: scripts.test, ...more })
}

/** Runs the recipe; the tests as the package manager runs them. */
async function upgradedByScript(root: string, more: Partial<RunRequest> = {}): Promise<Report> {
  const request = {
    root,
    recipe: 'kart2',
    level: 'safe',
    types: 'off',
    mode: 'apply',
    install: false,
    verify: true,
  } as const
  return createEngine(catalogue, '0.0.0').run({ ...request, ...more })
}

const search = (report: Report) => report.verification!.search!
const places = (report: Report) => search(report).culprits.map(({ change, at }) => `${change} ${at.file}:${at.line}`)
const WRONG = ['kart/count-of lib/orders.js:4']
const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith('upgrade-kit-copy-'))

describe('the fix that broke a test', () => {
  test('is found among right ones, with its place, the test and the message; the project is left as it was written', async () => {
    const before = copies()
    const root = shop({ ...GREEN, ...COUNTS })
    const heard: Progress[] = []
    const report = await upgradedByScript(root, { onProgress: (progress) => heard.push(progress) })
    expect(report.verification).toMatchObject({ verdict: 'broke-it', blame: ['kart/count-of'] })
    expect(report.verification!.reason).toContain('counts the lines')
    expect(places(report)).toEqual(WRONG)
    expect(search(report)).toMatchObject({
      on: 'fixes',
      culprits: [
        {
          title: 'Rename to `size`',
          tests: [{ name: ['counts the lines'], message: expect.stringContaining('3 == 2') }],
        },
      ],
      unexplained: [],
      reason: 'without this fix the tests pass: kart/count-of at lib/orders.js:4',
    })
    expect(exitCode(report)).toBe(EXIT.testsBroke)
    const said = textReport(report, { width: 100, colour: false, verbose: false }).replace(/\s+/g, ' ')
    for (const words of [
      'newly failing: counts the lines',
      'AssertionError: 3 == 2',
      '`kart/count-of` at `lib/orders.js:4` (Rename to `size`) breaks "counts the lines"',
      'green, 4 passed',
    ])
      expect(said).toContain(words)
    expect(text(root, 'lib/orders.js')).toBe(
      LIB.replace('sumOf', 'sum').replace('firstOf', 'first').replace('countOf', 'size'),
    )
    expect(status(root)).toEqual([' M lib/orders.js', ' M lib/other.js', ' M package.json'])
    expect(heard.some(({ phase, line }) => phase === 'blame' && line?.startsWith('without'))).toBe(true)
    expect(copies()).toEqual(before)
  })

  test('is no longer looked for when somebody stops the run, who is told what had been written', async () => {
    const before = copies()
    const root = shop({ ...GREEN, ...COUNTS })
    const stop = new AbortController()
    const onProgress = ({ phase }: Progress) => void (phase === 'blame' && stop.abort())
    const stopped = await upgraded(root, { onProgress, signal: stop.signal }).catch((error) => error)
    expect(stopped).toBeInstanceOf(Interrupted)
    expect(stopped.written).toContain('lib/orders.js')
    await createEngine(catalogue, '0.0.0').undo(root, stopped.run)
    expect(text(root, 'lib/orders.js')).toBe(LIB)
    expect(copies()).toEqual(before)
  })

  test('is found when only the exit code is known', async () => {
    const lines = Object.values({ ...GREEN, ...COUNTS }).join('\n')
    const root = shop({}, { 'check.js': `${HEAD.replaceAll('../lib', './lib')}${lines}\n` }, 'node check.js')
    const report = await upgraded(root)
    expect(report.verification!.tests).toBeUndefined()
    expect(places(report)).toEqual(WRONG)
    expect(search(report)).toMatchObject({ on: 'fixes', culprits: [{ tests: [] }] })
  })

  test('is found where other tests were red before', async () => {
    const report = await upgraded(shop({ ...GREEN, ...COUNTS, 'never worked': 'assert.equal(1, 2)' }))
    expect(report.verification).toMatchObject({ verdict: 'broke-it', before: { exit: 1 } })
    expect(places(report)).toEqual(WRONG)
  })

  test('is looked for first among what ran with the failing test', async () => {
    const alone = { 'test/count.test.js': suite(COUNTS) }
    const report = await upgraded(shop(GREEN, alone))
    expect(places(report)).toEqual(WRONG)
    // with every fix, without the one that ran, and both once more
    expect(search(report).runs).toBe(4)
  })

  test('two of them are told apart by what they break', async () => {
    const files = { 'lib/other.js': `${OTHER}exports.many = (items) => kart.make(items).countOf()\n` }
    const twice = { 'counts elsewhere': 'assert.equal(other.many([1]), 1)' }
    const report = await upgraded(shop({ ...GREEN, ...COUNTS, ...twice }, files))
    expect(search(report).culprits.map(({ at, tests }) => [at.file, tests.map(testTitle)])).toEqual([
      ['lib/orders.js', ['counts the lines']],
      ['lib/other.js', ['counts elsewhere']],
    ])
  })

  test('--hold-back-breaking takes it back, keeps all others, and tests that', async () => {
    const root = shop({ ...GREEN, ...COUNTS })
    const untouched = bytes(root)
    const report = await upgraded(root, { holdBackBreaking: true })
    expect(report.verification).toMatchObject({
      verdict: 'still-green',
      blame: ['kart/count-of'],
      search: { heldBack: true },
    })
    expect(text(root, 'lib/orders.js')).toBe(LIB.replace('sumOf', 'sum').replace('firstOf', 'first'))
    expect(text(root, 'package.json')).toContain('^2.0.0')
    const held = report.findings.filter(({ change }) => change === 'kart/count-of')
    expect(held).toMatchObject([{ outcome: 'held-back', notes: ['taken back: with it "counts the lines" failed'] }])
    expect(report.findings.filter(({ outcome }) => outcome === 'written')).toHaveLength(5)
    expect(report.patches.find(({ file }) => file === 'lib/orders.js')!.after).toBe(text(root, 'lib/orders.js'))
    expect(exitCode(report)).toBe(EXIT.findingsLeft)
    await createEngine(catalogue, '0.0.0').undo(root, report.run)
    expect(bytes(root)).toEqual(untouched)
  })
})

describe('nobody is accused wrongly', () => {
  test('the new version itself, when the test fails without any fix; what was left to a person is listed', async () => {
    const report = await upgraded(shop({ ...GREEN, ...NAMES }), { holdBackBreaking: true })
    expect(report.verification).toMatchObject({ verdict: 'broke-it', blame: [] })
    expect(search(report)).toMatchObject({
      on: 'version',
      culprits: [],
      unexplained: [{ name: ['says its name'] }],
      suspects: [{ change: 'kart/name-of', at: { file: 'lib/orders.js', line: 5 } }],
    })
    expect(search(report).heldBack).toBeUndefined()
  })

  test('a fix and the version, each for its test', async () => {
    const report = await upgraded(shop({ ...GREEN, ...COUNTS, ...NAMES }))
    expect(search(report)).toMatchObject({ on: 'both', unexplained: [{ name: ['says its name'] }] })
    expect(places(report)).toEqual(WRONG)
    expect(search(report).culprits[0]!.tests.map(testTitle)).toEqual(['counts the lines'])
  })

  test('a test that fails in the project alone', async () => {
    const root = shop(GREEN)
    const here = "assert.ok(process.cwd() !== process.env.HERE || !orders.many.toString().includes('size'))"
    writeFileSync(join(root, 'test/here.test.js'), suite({ 'is right here': here }))
    commit(root)
    vi.stubEnv('HERE', root)
    try {
      const report = await upgraded(root)
      expect(search(report)).toMatchObject({ on: 'nobody', culprits: [], runs: 1 })
      expect(search(report).reason).toContain('in a copy of the project the tests do not fail')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('a flaky test', async () => {
    const once =
      "const fs = require('fs'); const flag = process.env.FLAG; if (orders.many.toString().includes('size') && !fs.existsSync(flag)) { fs.writeFileSync(flag, ''); assert.fail('unlucky') }"
    const root = shop({ ...GREEN, 'is unlucky': once })
    vi.stubEnv('FLAG', join(root, '../flag'))
    try {
      const report = await upgraded(root)
      expect(report.verification).toMatchObject({
        verdict: 'still-green',
        tests: { flaky: [{ name: ['is unlucky'] }] },
      })
      expect(report.verification!.search).toBeUndefined()
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('a test that fails now and then: what is tried twice must come out twice', async () => {
    // counts its runs: passes before, fails three times, passes without the fixes, and then fails without them
    const lucky = `const fs = require('fs'); const flag = process.env.FLAG; const run = fs.existsSync(flag) ? fs.readFileSync(flag, 'utf8').length : 0; fs.appendFileSync(flag, '.'); assert.ok([0, 4, 5].includes(run))`
    const root = shop({ ...GREEN, 'is lucky': lucky })
    vi.stubEnv('FLAG', join(root, '../runs'))
    try {
      const report = await upgraded(root, { only: ['kart/sum-of', 'kart/version'], holdBackBreaking: true })
      expect(report.verification).toMatchObject({ verdict: 'broke-it', blame: [] })
      expect(search(report)).toMatchObject({ on: 'nobody', culprits: [], unexplained: [{ name: ['is lucky'] }] })
      expect(search(report).reason).toContain('"is lucky" pass and fail by chance')
      expect(text(root, 'lib/orders.js')).toContain('.sum()')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('without time, or when nobody asks', async () => {
    const hurried = await upgraded(shop({ ...GREEN, ...COUNTS }), { blameSeconds: 0.001 })
    expect(search(hurried)).toMatchObject({ on: 'nobody', runs: 0, reason: expect.stringContaining('--blame-seconds') })
    const unasked = await upgraded(shop({ ...GREEN, ...COUNTS }), { blameSeconds: 0 })
    expect(unasked.verification).toMatchObject({ verdict: 'broke-it', blame: [] })
    expect(unasked.verification!.search).toBeUndefined()
  })
})

describe('a copy of a project', () => {
  const made: string[] = []
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  const workspace = () => {
    const top = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-copied-')))
    made.push(top)
    const write = (path: string, content: string) => {
      mkdirSync(join(top, path, '..'), { recursive: true })
      writeFileSync(join(top, path), content)
    }
    mkdirSync(join(top, '.git'))
    write('tsconfig.base.json', '{}')
    write('node_modules/above/index.js', '')
    write('app/package.json', '{}')
    write('app/.upgrade-kit/runs/x', '')
    write('app/src/a.js', 'a')
    write('app/node_modules/dep/index.js', 'dep')
    write('app/node_modules/@own/dep/index.js', 'dep')
    write('app/node_modules/.cache/x', 'cache')
    write('app/packages/lib/index.js', 'lib')
    symlinkSync(join(top, 'app/packages/lib'), join(top, 'app/node_modules/@own/lib'), 'junction')
    return top
  }

  test('has its own files and leads to installed packages; its workspace leads to the copy', async () => {
    const top = workspace()
    const copy = await copyProject(join(top, 'app'))
    made.push(copy.root)
    expect(readFileSync(join(copy.root, 'src/a.js'), 'utf8')).toBe('a')
    expect(lstatSync(join(copy.root, 'src/a.js')).isSymbolicLink()).toBe(false)
    expect(realpathSync(join(copy.root, 'node_modules/dep'))).toBe(join(top, 'app/node_modules/dep'))
    expect(realpathSync(join(copy.root, 'node_modules/@own/dep'))).toBe(join(top, 'app/node_modules/@own/dep'))
    expect(realpathSync(join(copy.root, 'node_modules/@own/lib'))).toBe(join(copy.root, 'packages/lib'))
    expect(existsSync(join(copy.root, '../node_modules/above/index.js'))).toBe(true)
    expect(existsSync(join(copy.root, '../tsconfig.base.json'))).toBe(true)
    for (const left of ['.upgrade-kit', 'node_modules/.cache', '../.git'])
      expect(existsSync(join(copy.root, left))).toBe(false)
    await copy.remove()
    expect(existsSync(copy.root)).toBe(false)
    expect(readFileSync(join(top, 'app/node_modules/dep/index.js'), 'utf8')).toBe('dep')
  })

  test('what is written into it stays in it', async () => {
    const top = workspace()
    const before = bytes(top)
    const copy = await copyProject(join(top, 'app'))
    for (const path of ['src/a.js', 'packages/lib/index.js', 'node_modules/@own/lib/index.js', 'node_modules/.x'])
      writeFileSync(join(copy.root, path), 'changed')
    await copy.remove()
    expect(bytes(top)).toEqual(before)
  })
})
