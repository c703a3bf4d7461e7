import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { compareTests, symptomsOf } from '../src/engine/compare.ts'
import { differencesIn, pairOf, type Roots, stackIn } from '../src/engine/runners/failures.ts'
import { reachOf } from '../src/engine/runners/reach.ts'
import { parsed, printedResults } from '../src/engine/runners/results.ts'
import { commandsOf } from '../src/engine/runners/script.ts'
import { isDoubtful, type MeasuredRun, runTests, verdict } from '../src/engine/verify.ts'
import { type Difference, type TestResult, testTitle } from '../src/model/verification.ts'
import { catalogue } from '../transforms/index.ts'

vi.setConfig({ testTimeout: 120_000 })

const here = fileURLToPath(new URL('.', import.meta.url))
const recorded = join(here, 'data/test-results')
const roots: Roots = { project: resolve('/project'), cwd: resolve('/project'), has: () => true }

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** A project with these files and the packages of this repository. */
function project(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-results-test-')))
  folders.push(root)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  symlinkSync(join(here, '../node_modules'), join(root, 'node_modules'), 'junction')
  return root
}

describe('what runners write', () => {
  it.each(readdirSync(recorded).filter((name) => name !== 'README.md'))('%s', (name) => {
    const { tests } = parsed(name, readFileSync(join(recorded, name), 'utf8'), roots)
    const called = (words: string) => tests.find((test) => testTitle(test).includes(words))
    const isTape = name.startsWith('tape')
    expect(called('adds')).toMatchObject({ outcome: 'passed' })
    expect(called('says')).toMatchObject({ outcome: 'failed', message: expect.stringMatching(/1 (?:EUR|USD)/) })
    const [difference] = called('says')!.differences!
    expect([difference!.expected, difference!.actual].map((text) => text.replaceAll("'", ''))).toEqual([
      '1 USD',
      '1 EUR',
    ])
    expect(called('says')!.message).not.toMatch(/^\s+at .*:\d+:\d+/m)
    if (isTape) return
    expect(called('throws')).toMatchObject({ outcome: 'failed' })
    if (name.startsWith('ava')) return
    expect(called('throws')!.frames![0]).toMatchObject({ file: 'lib/cart.js', line: 1 })
    if (name.startsWith('tap')) return
    expect(called('later')).toMatchObject({ outcome: 'skipped' })
    expect(called('later')!.name.slice(-3)).toEqual(['cart', 'empty', 'is later'])
    if (!name.endsWith('.tap'))
      expect(called('adds')!.file).toMatch(/^(?:jest|mocha|node|t)\/cart(?:\.test|\.spec)?\.js$/)
  })

  it.each(['jest-30.5.2.json', 'jest-26.6.3.json', 'vitest-4.1.12.jsonl', 'vitest-1.6.1.jsonl', 'node-20.20.2.jsonl'])(
    'a file that cannot be loaded is a failure of its own: %s',
    (name) => {
      const { tests } = parsed(name, readFileSync(join(recorded, name), 'utf8'), roots)
      const broken = tests.filter((test) => test.name.length === 0)
      expect(broken).toMatchObject([{ outcome: 'failed', message: expect.stringContaining('no-such-module') }])
      expect(broken[0]!.file).toMatch(/\/broken\.test\.js$/)
    },
  )

  it('a hook of Mocha that fails is named after the suite that it fails', () => {
    const { tests } = parsed('lines-1.jsonl', readFileSync(join(recorded, 'mocha-5.2.0.jsonl'), 'utf8'), roots)
    expect(tests.filter(({ outcome }) => outcome === 'failed').map(testTitle)).toContainEqual(
      expect.stringMatching(/^store › "before all" hook/),
    )
  })

  it('what a killed runner leaves is read up to where it ends', () => {
    const text = readFileSync(join(recorded, 'mocha-12.0.3.jsonl'), 'utf8')
    for (let end = 0; end <= text.length; end += 7) {
      const { tests } = parsed('lines-1.jsonl', text.slice(0, end), roots)
      expect(tests.length).toBe(text.slice(0, end).split('\n').length - 1)
    }
  })

  it('no TAP is cut so that reading it fails, and what is no TAP is none', () => {
    const tap = readFileSync(join(recorded, 'tap-16.3.10.tap'), 'utf8')
    for (let end = 0; end <= tap.length; end += 13) printedResults(tap.slice(0, end), roots)
    expect(printedResults('ok 1 is what it says\n1 passing\n', roots).tests).toEqual([])
    expect(printedResults(`> lint\n> test\n\n${tap}\nnpm ERR!`, roots).tests).toHaveLength(3)
  })

  it('what a program prints between subtests is no name of one', () => {
    const tap = (printed: string) =>
      `TAP version 13\n# ${printed}\n# Subtest: cart\nok 1 - cart\n  ---\n  duration_ms: 1\n  ...\n1..1\n`
    for (const printed of ['listening on 3000', 'listening on 41877'])
      expect(printedResults(tap(printed), roots).tests.map(testTitle)).toEqual(['cart'])
  })

  it('names and paths do not say where the project stands', () => {
    const line = {
      runner: 'mocha',
      name: [`loads ${resolve('/project')}/a.js`],
      file: resolve('/project/a.js'),
      outcome: 'passed',
    }
    expect(parsed('lines-1.jsonl', `${JSON.stringify(line)}\n`, roots).tests).toMatchObject([
      { name: ['loads a.js'], file: 'a.js' },
    ])
  })
})

describe('what a failure says', () => {
  it.each([
    ['expect(received).toMatchInlineSnapshot(snapshot)\n\nSnapshot: "a"\nReceived: "b"', 'a', 'b'],
    ['Snapshot name: `x 1`\n\nSnapshot: "a"\nReceived: "b"', 'a', 'b'],
    ['expected "Content-Type" of "text/html; charset=utf-8", got "text/html"', 'text/html; charset=utf-8', 'text/html'],
    ["expected 'Found. Redirecting to /x' response body, got 'moved'", 'Found. Redirecting to /x', 'moved'],
    ['expected 200 "OK", got 302 "Found"', '200 "OK"', '302 "Found"'],
    ["AssertionError: expected 'GET, HEAD' to deeply equal 'HEAD, GET'", 'HEAD, GET', 'GET, HEAD'],
    ['expect(received).toBe(expected)\n\nExpected: "a"\nReceived: "b"', 'a', 'b'],
    [
      '- Snapshot  - 1\n+ Received  + 1\n\n  Object {\n-   "allow": "GET",\n+   "allow": "HEAD",',
      '"allow": "GET",',
      '"allow": "HEAD",',
    ],
    ['+ actual - expected\n\n+ [ 1 ]\n- [ 2 ]', '[ 2 ]', '[ 1 ]'],
    ["Difference (- actual, + expected):\n- 'b'\n+ 'a'", "'a'", "'b'"],
  ])('%j', (message, expected, actual) => {
    expect(differencesIn(message)).toEqual([{ expected, actual }])
  })

  it('a list of lines that begin with a dash is no difference', () => {
    expect(differencesIn('Cannot find module\nRequire stack:\n- /a/b.js\n- /a/c.js')).toEqual([])
  })

  it('of two texts of several lines, only the lines that differ', () => {
    expect(pairOf('a\nb\nc', 'a\nB\nc\nd')).toEqual([
      { expected: 'b', actual: 'B' },
      { expected: '', actual: 'd' },
    ])
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.array(fc.constantFrom('a', 'b', 'c')), (left, right) => {
        const pairs = pairOf(left.join('\n'), right.join('\n'))
        return left.join('\n') === right.join('\n')
          ? pairs.length === 0
          : pairs.every((one) => one.expected !== one.actual)
      }),
    )
  })

  it('the stack names files of the project alone', () => {
    const stack = [
      '    at total (/project/lib/cart.js:3:7)',
      '    at file:///project/lib/other.mjs:4:1',
      '    at Context.<anonymous> (test/cart.js:9:1)',
      '    at next (/project/node_modules/express/lib/router.js:1:1)',
      '    at Module._compile (node:internal/modules/cjs/loader:1:2)',
      '    at /elsewhere/a.js:1:1',
      '    at total (/project/lib/cart.js:3:7)',
    ]
    expect(stackIn(stack.join('\n'), roots).map(({ file, line }) => `${file}:${line}`)).toEqual([
      'lib/cart.js:3',
      'lib/other.mjs:4',
      'test/cart.js:9',
    ])
    const places = (text: string) => stackIn(text, roots).map(({ file, line }) => `${file}:${line}`)
    expect(places('    at async file:///project/lib/top.mjs:4:1')).toEqual(['lib/top.mjs:4'])
    expect(places('    at async load (/project/app/(shop)/page.js:2:3)')).toEqual(['app/(shop)/page.js:2'])
    expect(places('AssertionError: 1:2:3 is no place\nhttp://a.example/x.js:1:2')).toEqual([])
  })

  it.each([
    ['a long line of parts of paths', 'a./'.repeat(100_000)],
    ['a long line of white space', ' '.repeat(200_000)],
    ['brackets', 'at (a.'.repeat(50_000)],
    ['what never comes to an end', `${'Expected: '}${' '.repeat(100_000)}\n`.repeat(3)],
    ['quotes', "expected 'x' to ".repeat(20_000)],
    ['half of a heading', 'actual '.repeat(50_000)],
  ])('takes no time whatever a test prints: %s', (_, text) => {
    const start = process.cpuUsage()
    stackIn(text, roots)
    differencesIn(text)
    pairOf(text, text.toUpperCase())
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1e6).toBeLessThan(1)
  })

  it('a part of the differences is not taken for all of them', () => {
    const lines = (word: string) => Array.from({ length: 60 }, (_, index) => `${word} ${index}`).join('\n')
    expect(pairOf(lines('a'), lines('b'))).toEqual([])
    const diff = lines('a').replace(/^/gm, '- ') + lines('b').replace(/^/gm, '\n+ ')
    expect(differencesIn(`- Expected\n+ Received\n${diff}`)).toEqual([])
    expect(differencesIn(`- Expected\n+ Received\n- a\n+ b\n${'x'.repeat(20_000)}`)).toEqual([])
    expect(differencesIn('- Expected\n+ Received\n- a\n+ b')).toEqual([{ expected: 'a', actual: 'b' }])
  })
})

describe('how a runner is reached', () => {
  const at = { folder: '/results', node: '20.20.2', nodeOptions: undefined }
  const reach = (script: string, scripts: Readonly<Record<string, string>> = {}) => {
    const { through, runners } = reachOf(script, { test: script, ...scripts }, at)
    return `${through}: ${runners.join(', ')}`
  }

  it.each([
    ['jest', 'arguments: jest'],
    ['vitest run', 'arguments: vitest'],
    ['cross-env NODE_ENV=test jest --ci', 'arguments: jest'],
    ['NODE_ENV=test mocha "test/**/*.js"', 'arguments: mocha'],
    ['nyc mocha', 'arguments: mocha'],
    ['c8 --reporter=text vitest run', 'arguments: vitest'],
    ['npm run lint && mocha', 'arguments: mocha'],
    ['tsc && node --test', 'arguments: node:test'],
    ['npx ava', 'arguments: ava'],
    ['playwright test', 'arguments: playwright'],
    ['node ./node_modules/mocha/bin/mocha.js', 'arguments: mocha'],
    ['NODE_OPTIONS=--experimental-vm-modules jest', 'arguments: jest'],
    // node reads options in front of file names only
    ['node --test test/', 'environment: node:test'],
    ['node --import tsx --test', 'environment: node:test'],
    // what is appended would go elsewhere, or mean something else
    ['mocha && npm run lint', 'environment: mocha'],
    ['mocha unit && mocha http', 'environment: mocha'],
    ['jest -- src', 'environment: jest'],
    ['jest --json', 'environment: jest'],
    ['tape test.js | tap-spec', 'environment: tape'],
    ['vitest run > log.txt', 'environment: vitest'],
    ['(cd api && mocha)', 'environment: '],
    ['make test', 'environment: '],
    ['playwright install', 'environment: '],
    ['NODE_OPTIONS=--expose-gc mocha && echo done', 'nothing: mocha'],
    ['NODE_OPTIONS="$NODE_OPTIONS --expose-gc" mocha && echo done', 'environment: mocha'],
  ])('%s → %s', (script, expected) => {
    expect(reach(script)).toBe(expected)
  })

  it('a runner in another script that is run as well makes arguments unsure', () => {
    expect(reach('npm run unit && jest', { unit: 'jest src' })).toBe('environment: jest')
    expect(reach('run-s unit http', { unit: 'mocha', http: 'playwright test' })).toBe('environment: mocha, playwright')
    expect(reach('npm test', { test: 'npm test' })).toBe('environment: ')
  })

  it('node:test is not asked twice, and never by an old Node', () => {
    const options = (script: string, node: string, nodeOptions?: string) =>
      reachOf(script, {}, { ...at, node, nodeOptions }).env.NODE_OPTIONS
    expect(options('make test', '20.0.0', '--expose-gc')).toMatch(
      /^--expose-gc --require ".*preload\.cjs" --test-reporter=spec /,
    )
    expect(options('node --test --test-reporter=dot a', '20.0.0')).not.toContain('--test-reporter')
    expect(options('make test', '16.20.0')).not.toContain('--test-reporter')
    expect(reachOf('make test', {}, { ...at, node: undefined })).toMatchObject({
      through: 'nothing',
      reason: expect.any(String),
    })
  })

  it('reads simple commands, and leaves to a shell what only a shell can read', () => {
    expect(commandsOf(`A=1 "my app" 'x y' a\\ b 2>&1 | tee log; c`)).toEqual([
      { env: { A: '1' }, words: ['my app', 'x y', 'a b'], redirected: true },
      { env: {}, words: ['tee', 'log'], redirected: true },
      { env: {}, words: ['c'], redirected: false },
    ])
    for (const script of ['a $(b)', 'a `b`', 'a & b', '(a)', 'a < b', 'a "$(b)"', "a 'b", '# a'])
      expect(commandsOf(script), script).toBeUndefined()
    fc.assert(
      fc.property(fc.string(), (script) => commandsOf(script) === undefined || Array.isArray(commandsOf(script))),
    )
  })
})

describe('real runners', () => {
  const scripts = (test: string) => ({ agent: 'npm' as const, scripts: { test } })
  const runScript = async (files: Readonly<Record<string, string>>, test: string, options = {}) => {
    const cwd = project({ 'package.json': JSON.stringify({ scripts: { test } }), ...files })
    return runTests([{ command: ['npm', 'run', 'test'], cwd, folder: '.', script: scripts(test) }], {
      root: cwd,
      ...options,
    })
  }
  const NODE = {
    'lib/cart.cjs': 'exports.total = (items) => items.length\n',
    'test/cart.test.cjs': `const { describe, it } = require('node:test')
const assert = require('node:assert')
const { total } = require('../lib/cart.cjs')
describe('cart', () => {
  it('adds', () => assert.equal(total([1]), 1))
  it('fails', () => total())
  it('sees the environment as it was', () => assert.equal(process.env.NODE_OPTIONS, undefined))
})
`,
  }
  const VITEST = {
    'cart.test.js': `import { expect, it } from 'vitest'
it('adds', () => expect(1).toBe(1))
it('fails', () => expect('a').toBe('b'))
it('sees the environment as it was', () => expect(process.env.NODE_OPTIONS ?? '').not.toContain('preload'))
`,
  }

  it.each([
    ['node --test', NODE, 'node:test', 'arguments'],
    ['node --test test/cart.test.cjs && node -e 0', NODE, 'node:test', 'environment'],
    ['vitest run', VITEST, 'vitest', 'arguments'],
    ['vitest run && node -e 0', VITEST, 'vitest', 'environment'],
  ] as const)('%s', async (test, files, runner, through) => {
    const result = await runScript(files, test)
    expect(result).toMatchObject({ exit: 1, counts: { runners: [runner], through, passed: 2, failed: 1, skipped: 0 } })
    expect(result.failed).toEqual([expect.stringMatching(/fails$/)])
    expect(result.tail.join('\n')).toContain('fails')
  })

  it('a runner that says nothing leaves the exit code, and the reason is said', async () => {
    expect(await runScript({ 'test.cjs': 'process.exitCode = 3' }, 'node test.cjs')).toMatchObject({
      exit: 3,
      onlyExitCode: 'the test script runs no test runner whose results can be read',
    })
  })

  it('TAP that a program prints by itself is read', async () => {
    const printed = "console.log('TAP version 13\\n# cart\\nok 1 adds\\nnot ok 2 says\\n1..2'); process.exitCode = 1"
    const result = await runScript({ 'test.cjs': printed }, 'node test.cjs')
    expect(result).toMatchObject({ failed: ['cart › says'], counts: { through: 'output', passed: 1, failed: 1 } })
  })

  it('one package that cannot be asked leaves the exit code for all', async () => {
    const asked = project({ 'package.json': '{}', ...NODE })
    const silent = project({ 'package.json': '{}' })
    const result = await runTests([
      { command: 'node --test', cwd: asked, folder: 'a' },
      { command: 'node -e 0', cwd: silent, folder: 'b' },
    ])
    expect(result.counts).toBeUndefined()
    expect(result.onlyExitCode).toMatch(/^b: /)
  })
})

describe('before and after', () => {
  const test = (name: string, outcome: TestResult['outcome'] = 'passed'): TestResult => ({
    name: [name],
    file: 'a.js',
    outcome,
  })
  const ran = (exit: number, ...tests: TestResult[]): MeasuredRun => ({
    command: ['npm', 'run', 'test'],
    exit,
    seconds: 1,
    tail: [],
    tests,
  })
  const names = (tests: readonly TestResult[]) => tests.map(({ name }) => name[0])

  it('tells newly failing, newly passing, still failing, flaky and disappeared tests apart', () => {
    const before = [test('a'), test('b', 'failed'), test('c', 'failed'), test('d'), test('e'), test('f', 'skipped')]
    const after = [test('a', 'failed'), test('b'), test('c', 'failed'), test('d', 'failed'), test('g')]
    const found = compareTests(before, after, [[test('a', 'failed'), test('d')]])
    expect(names(found.newlyFailing)).toEqual(['a'])
    expect(names(found.newlyPassing)).toEqual(['b'])
    expect(names(found.stillFailing)).toEqual(['c'])
    expect(names(found.flaky)).toEqual(['d'])
    expect(names(found.disappeared)).toEqual(['e'])
    expect(found.appeared).toBe(1)
    const skipped = compareTests([test('a'), test('b')], [test('a', 'skipped'), test('b', 'skipped')], [[test('b')]])
    expect(names(skipped.disappeared)).toEqual(['a'])
  })

  it('of several tests with one name, the first is the first', () => {
    const found = compareTests([test('a'), test('a', 'failed')], [test('a'), test('a', 'failed'), test('a', 'failed')])
    expect([found.newlyFailing.length, found.stillFailing.length]).toEqual([1, 1])
  })

  it('every test is in one place at most, and a run is like itself', () => {
    const outcomes = fc.constantFrom<TestResult['outcome']>('passed', 'failed', 'skipped')
    const runs = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), outcomes).map(([name, outcome]) => test(name, outcome)),
    )
    fc.assert(
      fc.property(runs, runs, fc.array(runs, { maxLength: 2 }), (before, after, again) => {
        const found = compareTests(before, after, again)
        const failing = after.filter(({ outcome }) => outcome === 'failed').length
        expect(found.newlyFailing.length + found.stillFailing.length + found.flaky.length).toBe(failing)
        const same = compareTests(after, after)
        expect(same.newlyFailing.length + same.newlyPassing.length + same.disappeared.length + same.appeared).toBe(0)
      }),
    )
  })

  it.each([
    ['broke-it', 'fails after the upgrade: a; read', ran(0, test('a')), ran(1, test('a', 'failed'))],
    [
      'broke-it',
      'failed before too, but not in these: a; 1 other test failed before too',
      ran(1, test('a'), test('b', 'failed')),
      ran(1, test('a', 'failed'), test('b', 'failed')),
    ],
    [
      'was-red',
      'the same 1 test and no other after the upgrade',
      ran(1, test('b', 'failed')),
      ran(1, test('b', 'failed')),
    ],
    [
      'was-red',
      '1 test passed only since',
      ran(1, test('b', 'failed'), test('c', 'failed')),
      ran(1, test('b', 'failed'), test('c')),
    ],
    [
      'still-green',
      '(1 test passed)',
      ran(0, test('a')),
      { ...ran(0, test('a')), counts: { runners: [], through: 'output', passed: 1, failed: 0, skipped: 0 } },
    ],
    ['not-finished', '1 test that ran before did not run after (b)', ran(0, test('a'), test('b')), ran(0, test('a'))],
    ['not-finished', 'nothing is known of them', ran(0, test('a')), ran(0, test('a', 'skipped'))],
    ['still-green', 'after the upgrade; 1 test that', ran(0, test('at port 1234')), ran(0, test('at port 4321'))],
    ['broke-it', 'though no test that passed before fails', ran(0, test('a')), ran(1, test('a'))],
  ] as const)('%s: %s', (expected, words, before, after) => {
    expect(verdict({ before, after })).toMatchObject({ verdict: expected, reason: expect.stringContaining(words) })
  })

  it('a failure that does not come back is flaky, and breaks nothing', () => {
    const before = ran(0, test('a'), test('b'))
    const once = ran(1, test('a', 'failed'), test('b'))
    expect(isDoubtful({ before, after: once })).toBe(true)
    const green = [ran(0, test('a'), test('b'))]
    expect(isDoubtful({ before, after: once, again: green })).toBe(false)
    expect(verdict({ before, after: once, again: green })).toMatchObject({
      verdict: 'still-green',
      reason: expect.stringContaining('a flaky test'),
      tests: { flaky: [{ name: ['a'] }], newlyFailing: [], reruns: 1 },
    })
  })

  it('a failure that comes back is run again once, and others each time twice', () => {
    const before = ran(0, test('a'), test('b'))
    const a = ran(1, test('a', 'failed'), test('b'))
    const b = ran(1, test('a'), test('b', 'failed'))
    expect(isDoubtful({ before, after: a, again: [a] })).toBe(false)
    expect(isDoubtful({ before, after: a, again: [b] })).toBe(true)
    expect(isDoubtful({ before, after: a, again: [b, a] })).toBe(false)
    expect(verdict({ before, after: a, again: [b, b] })).toMatchObject({ verdict: 'not-finished' })
  })

  it('exit codes alone are run again once', () => {
    const plain = (exit: number) => ({ command: ['x'], exit, seconds: 1, tail: [] })
    expect(isDoubtful({ before: plain(0), after: plain(1) })).toBe(true)
    expect(isDoubtful({ before: plain(0), after: plain(1), again: [plain(1)] })).toBe(false)
    expect(isDoubtful({ before: plain(1), after: plain(1) })).toBe(false)
    expect(verdict({ before: plain(0), after: plain(1), again: [plain(0)] }).verdict).toBe('still-green')
    expect(verdict({ before: plain(0), after: plain(1), again: [plain(1)] }).verdict).toBe('broke-it')
  })
})

const redirectPage = (status: string, url: string) =>
  `<!DOCTYPE html><head><title>${status}</title></head><body><p>${status}. Redirecting to ${url}</p></body>`

const symptomsOfExpress = () =>
  symptomsOf(Object.entries(catalogue.changes).map(([id, change]) => ({ id: id as `express/${string}`, change })))

/** What both versions of Express answer, where it differs by one change alone. */
async function answersOfBoth(): Promise<[path: string, difference: Difference, change: string][]> {
  const load = createRequire(import.meta.url)
  const request: typeof import('supertest') = load('supertest')
  const answer = async (version: string, path: string) => {
    const app = load(version)()
    app.get('/old', (_: unknown, res: Answer) => res.redirect('/new?a=<b>&c=1'))
    app.get('/file', (_: unknown, res: Answer) => res.attachment('user.html').send('x'))
    app.get('/script', (_: unknown, res: Answer) => res.type('js').send('x'))
    app.get('/list', (_: unknown, res: Answer) => res.set('Content-Type', 'text/xml; charset=utf-8; a=b').send('x'))
    return request(app).get(path).redirects(0).set('Accept', 'text/html')
  }
  const both = async (path: string, part: (answer: import('supertest').Response) => string) =>
    ({ expected: part(await answer('express4', path)), actual: part(await answer('express5', path)) }) as const
  return [
    ['/old', await both('/old', ({ text }) => text), 'express/redirect-html-body'],
    [
      '/file',
      await both('/file', ({ headers }) => headers['content-disposition']!),
      'express/content-disposition-format',
    ],
    ['/script', await both('/script', ({ headers }) => headers['content-type']!), 'express/mime-type-changes'],
    ['/list', await both('/list', ({ headers }) => headers['content-type']!), 'express/content-type-normalisation'],
  ]
}

type Answer = Record<'redirect' | 'json' | 'send', (value: unknown) => void> &
  Record<'attachment' | 'type', (value: string) => Answer> & { set(name: string, value: string): Answer }

describe('old expectations', () => {
  const failed = (...differences: { expected: string; actual: string }[]): TestResult => ({
    name: ['answers'],
    outcome: 'failed',
    differences,
  })
  const symptom = (id: `express/${string}`) => catalogue.changes[id]!.symptom!

  it.each([
    ['express/params-null-prototype', '{', '[Object: null prototype] {', true],
    ['express/params-null-prototype', "{ id: '1' }", "[Object: null prototype] { id: '1' }", true],
    ['express/params-null-prototype', "{ id: '1' }", "[Object: null prototype] { id: '2' }", false],
    ['express/params-null-prototype', '{', '{', false],
    ['express/params-wildcard-array', 'a/b', '["a","b"]', true],
    ['express/params-wildcard-array', 'a/b', '["a","c"]', false],
    ['express/params-wildcard-array', 'a/b', 'a,b', false],
    ['express/params-wildcard-array', '', '[]', false],
    ['express/options-auto-response', 'POST,GET,HEAD', 'GET, HEAD, POST', true],
    ['express/options-auto-response', '"allow": "POST,GET",', '"allow": "GET, POST",', true],
    ['express/options-auto-response', 'POST,GET', 'GET, HEAD, POST', false],
    ['express/options-auto-response', 'GET', 'GET', false],
    ['express/params-wildcard-array', '{"path":"a/b","n":1}', '{"path":["a","b"],"n":1}', true],
    ['express/params-wildcard-array', '{"path":"a/b","n":1}', '{"path":["a","b"],"n":2}', false],
    ['express/params-wildcard-array', '{"n":1}', '{"n":1}', false],
    ['express/redirect-html-body', '<p>Found. Redirecting to /a</p>', redirectPage('Found', '/a'), true],
    [
      'express/redirect-html-body',
      '<p>Found. Redirecting to <a href="/a">/a</a></p>',
      redirectPage('Found', '/a'),
      true,
    ],
    [
      'express/redirect-html-body',
      '"text": "<p>Found. Redirecting to /a</p>",',
      `"text": "${redirectPage('Found', '/a')}",`,
      true,
    ],
    ['express/redirect-html-body', '<p>Found. Redirecting to /a</p>', redirectPage('Found', '/b'), false],
    ['express/redirect-html-body', '<p>Found. Redirecting to /a</p>', redirectPage('See Other', '/a'), false],
    ['express/redirect-html-body', '', '', false],
    ['express/mime-type-changes', 'application/javascript; charset=utf-8', 'text/javascript; charset=utf-8', true],
    [
      'express/mime-type-changes',
      '"content-type": "application/javascript; charset=UTF-8",',
      '"content-type": "text/javascript; charset=utf-8",',
      true,
    ],
    ['express/mime-type-changes', 'text/html; charset=UTF-8', 'text/html; charset=utf-8', true],
    ['express/mime-type-changes', 'application/javascript', 'text/html', false],
    ['express/mime-type-changes', 'image/x-icon', 'audio/aac', false],
    ['express/mime-type-changes', 'text/html', 'text/html', false],
    ['express/content-type-normalisation', 'text/xml; a=b; charset=utf-8', 'text/xml; charset=utf-8; a=b', true],
    ['express/content-type-normalisation', 'text/xml; a=b; charset=utf-8', 'text/xml; charset=utf-8; a=c', false],
    [
      'express/content-type-normalisation',
      'application/manifest+json',
      'application/manifest+json; charset=utf-8',
      true,
    ],
    [
      'express/content-type-normalisation',
      'application/manifest+json; charset=utf-8',
      'application/manifest+json',
      false,
    ],
    ['express/content-disposition-format', 'attachment; filename="user.html"', 'attachment; filename=user.html', true],
    [
      'express/content-disposition-format',
      '"attachment; filename=\\"user.html\\"",',
      '"attachment; filename=user.html",',
      true,
    ],
    [
      'express/content-disposition-format',
      'attachment; filename="user.html"',
      'attachment; filename=users.html',
      false,
    ],
    ['express/content-disposition-format', 'attachment; filename=user.html', 'attachment; filename="user.html"', false],
    ['express/content-disposition-format', 'attachment; filename="a b.html"', 'attachment; filename=a b.html', false],
  ] as const)('%s: %j → %j is %s', (id, expected, actual, isSymptom) => {
    expect(symptom(id)({ expected, actual })).toBe(isSymptom)
  })

  it('a real runner prints them so that they are known', async () => {
    const cwd = project({
      'package.json': '{}',
      'a.test.cjs': `const { it } = require('node:test')
const assert = require('node:assert')
it('params', () => assert.deepStrictEqual(Object.assign(Object.create(null), { id: '1' }), { id: '1' }))
it('wildcard', () => assert.equal(['a', 'b'], 'a/b'))
`,
    })
    const { tests = [] } = await runTests([{ command: 'node --test', cwd, folder: '.' }], { root: cwd })
    expect(tests).toHaveLength(2)
    expect(tests[0]!.differences!.length).toBeGreaterThan(0)
    expect(tests[0]!.differences!.every(symptom('express/params-null-prototype'))).toBe(true)
    expect(tests[1]!.differences!.every(symptom('express/params-wildcard-array'))).toBe(true)
  })

  it('the length and the tag of a body that changed go with it, and prove nothing alone', () => {
    const body = {
      expected: '"text": "<p>Found. Redirecting to /a</p>",',
      actual: `"text": "${redirectPage('Found', '/a')}",`,
    }
    const length = { expected: '"content-length": "31",', actual: '"content-length": "92",' }
    const tag = {
      expected: String.raw`"etag": "W/\"7-n4nHQM60bXQYySSnisV5QdXpZSA\"",`,
      actual: String.raw`"etag": "W/\"9-vyGp6PvFo4RvsFtPoIWeCReyIC8\"",`,
    }
    const other = { expected: '"x-count": "31",', actual: '"x-count": "92",' }
    const options = [
      { expected: '"allow": "POST,GET",', actual: '"allow": "GET, POST",' },
      {
        expected: '"content-type": "text/html; charset=utf-8",',
        actual: '"content-type": "text/plain; charset=utf-8",',
      },
      { expected: tag.expected, actual: '' },
      { expected: '', actual: '"x-content-type-options": "nosniff",' },
    ]
    const symptoms = symptomsOfExpress()
    expect(symptoms(failed(body, length, tag))).toEqual(['express/redirect-html-body'])
    expect(symptoms(failed(body, length, other))).toEqual([])
    expect(symptoms(failed(length, tag))).toEqual([])
    expect(symptoms(failed(...options))).toEqual(['express/options-auto-response'])
    expect(symptoms(failed(...options.slice(1)))).toEqual([])
    expect(symptoms(failed())).toEqual([])
  })

  it('what is claimed of Express is so', async () => {
    const differences = await answersOfBoth()
    const symptoms = symptomsOfExpress()
    for (const [path, difference, change] of differences)
      expect({ path, changes: symptoms(failed(difference)) }).toEqual({ path, changes: [change] })
  })

  it('are said, and only where every difference is explained', () => {
    const ran = (exit: number, test: TestResult): MeasuredRun => ({
      command: ['t'],
      exit,
      seconds: 1,
      tail: [],
      tests: [test],
    })
    const symptoms = ({ differences = [] }: TestResult) =>
      differences.length > 0 && differences.every(({ actual }) => actual === 'new') ? (['express/x'] as const) : []
    const before = ran(0, { name: ['answers'], outcome: 'passed' })
    const known = verdict({ before, after: ran(1, failed({ expected: 'old', actual: 'new' })), symptoms })
    expect(known).toMatchObject({ verdict: 'broke-it', tests: { outdated: [{ changes: ['express/x'] }] } })
    expect(known.reason).toContain('differs by nothing but express/x')
    const other = failed({ expected: 'old', actual: 'new' }, { expected: '1', actual: '2' })
    expect(verdict({ before, after: ran(1, other), symptoms }).tests!.outdated).toEqual([])
    expect(verdict({ before, after: ran(1, failed()), symptoms }).tests!.outdated).toEqual([])
  })
})
