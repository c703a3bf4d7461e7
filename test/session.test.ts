import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { EXIT, type Report } from '../src/model/report.ts'
import {
  APP,
  APP_AFTER,
  bytes,
  commit,
  MANIFEST,
  project,
  removeProjects,
  status,
  text,
  upgradeKit,
} from './data/command-line.ts'

vi.setConfig({ testTimeout: 120_000 })
afterEach(removeProjects)

const MANIFEST_AFTER = MANIFEST.replace('^4.18.2', '^5.3.0')
const shop = (files: Readonly<Record<string, string>> = {}): string =>
  project({ 'package.json': MANIFEST, 'app.js': APP, ...files })

/** The main job with its report. Nothing but the report may be on standard output. */
async function upgraded(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const ran = await upgradeKit(folder, ['express5', '--format', 'json', ...args], { env })
  expect(ran.out, ran.err).toMatch(/^\{/)
  return { ...ran, report: JSON.parse(ran.out) as Report }
}

/** A test suite that is red exactly where the condition, over the text of app.js, holds; it counts its runs. */
const suite = (redIf: string): string => `const { appendFileSync, readFileSync } = require('node:fs')
appendFileSync('../runs', 'x')
const app = readFileSync('app.js', 'utf8')
process.exitCode = ${redIf} ? 1 : 0
`
const runsOfSuite = (folder: string): number =>
  existsSync(join(folder, '../runs')) ? readFileSync(join(folder, '../runs'), 'utf8').length : 0

const RUN_SUITE = ['--no-install', '--test-command', 'node tests.js']

describe('the verdict', () => {
  test.each([
    ['still-green', 'false', EXIT.clean, 2],
    ['broke-it', "app.includes('app.delete(')", EXIT.testsBroke, 3],
    ['was-red', 'true', EXIT.clean, 2],
  ] as const)('%s', async (verdict, redIf, code, runs) => {
    const folder = shop({ 'tests.js': suite(redIf) })
    const ran = await upgraded(folder, RUN_SUITE)
    expect(ran.report.verification?.verdict, ran.report.verification?.reason).toBe(verdict)
    expect(ran.code).toBe(code)
    expect(runsOfSuite(folder)).toBe(runs)
    expect(text(folder, 'app.js')).toBe(APP_AFTER)
    expect(text(folder, 'package.json')).toBe(MANIFEST_AFTER)
    expect(status(folder)).toEqual([' M app.js', ' M package.json'])
  })

  test("the project's own test script is what is run", async () => {
    const manifest = `{ "scripts": { "test": "node tests.js" }, "dependencies": { "express": "^4.18.2" } }\n`
    const folder = shop({ 'package.json': manifest, 'tests.js': suite('false') })
    const { report } = await upgraded(folder, ['--no-install'])
    expect(report.verification).toMatchObject({ verdict: 'still-green', before: { command: ['npm', 'run', 'test'] } })
    expect(runsOfSuite(folder)).toBe(2)
  })

  test("no-tests: npm's placeholder is none, and is not run", async () => {
    const placeholder = 'echo \\"Error: no test specified\\" && exit 1'
    const manifest = `{ "scripts": { "test": "${placeholder}" }, "dependencies": { "express": "^4.18.2" } }\n`
    const { report, code } = await upgraded(shop({ 'package.json': manifest }), ['--no-install'])
    expect(report.verification).toMatchObject({ verdict: 'no-tests', reason: expect.stringContaining('placeholder') })
    expect(report.verification?.before).toBeUndefined()
    expect(code).toBe(EXIT.clean)
  })

  test('not-finished: a test command that there is not', async () => {
    const folder = shop()
    const { report } = await upgraded(folder, ['--no-install', '--test-command', 'no-such-program-anywhere'])
    expect(report.verification).toMatchObject({ verdict: 'not-finished', before: { exit: 'not-started' } })
  })

  test('where nothing is in scope, no test is run', async () => {
    const manifest = '{ "name": "shop", "dependencies": { "express": "^5.1.0" } }\n'
    const folder = shop({ 'package.json': manifest, 'tests.js': suite('false') })
    const { report, code, err } = await upgraded(folder, RUN_SUITE)
    expect([code, runsOfSuite(folder)]).toEqual([EXIT.clean, 0])
    expect(report.verification).toBeUndefined()
    expect(err).not.toContain('Running the tests')
  })

  test('--no-verify: nothing is run, and nothing is claimed', async () => {
    const folder = shop({ 'tests.js': suite('true') })
    const { report, code } = await upgraded(folder, [...RUN_SUITE, '--no-verify'])
    expect(report.verification).toBeUndefined()
    expect([code, runsOfSuite(folder)]).toEqual([EXIT.clean, 0])
    expect(text(folder, 'app.js')).toBe(APP_AFTER)
  })
})

describe.skipIf(process.platform === 'win32')('the installation', () => {
  /** A package manager that does what it is told here, and nothing else; it stands first on the PATH. */
  function withNpm(folder: string, script: string): Record<string, string> {
    const bin = join(folder, '../bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "$@" >> ../npm-calls\n${script}\n`)
    chmodSync(join(bin, 'npm'), 0o755)
    return { PATH: `${bin}${delimiter}${process.env.PATH}` }
  }
  const calls = (folder: string): string => readFileSync(join(folder, '../npm-calls'), 'utf8')

  test('comes between the writing and the tests, and undo takes its lock file back too', async () => {
    const lock = '{ "name": "shop", "lockfileVersion": 3, "packages": {} }\n'
    const folder = shop({ 'package-lock.json': lock, 'tests.js': suite("app.includes('app.delete(') && !installed()") })
    writeFileSync(
      join(folder, 'tests.js'),
      `${text(folder, 'tests.js')}function installed() { return require('node:fs').existsSync('node_modules/express') }\n`,
    )
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n')
    commit(folder)
    const before = bytes(folder)
    const env = withNpm(
      folder,
      `grep -q '"\\^5' package.json && mkdir -p node_modules/express && echo '{}' > package-lock.json`,
    )
    const { report, code } = await upgraded(folder, ['--test-command', 'node tests.js'], env)
    expect(report.installation).toMatchObject({ manager: 'npm', exit: 0 })
    expect(report.verification?.verdict, report.verification?.reason).toBe('still-green')
    expect(code).toBe(EXIT.clean)
    expect(calls(folder)).toBe('install --no-audit --no-fund\n')
    expect(status(folder)).toEqual([' M app.js', ' M package-lock.json', ' M package.json'])

    expect((await upgradeKit(folder, ['undo'])).code).toBe(EXIT.clean)
    expect(bytes(folder)).toEqual(before)
  })

  test('that fails: the tests are not run again, and the reason is said', async () => {
    const folder = shop({ 'tests.js': suite('false') })
    const env = withNpm(folder, 'echo "E404 not in the registry" >&2; exit 1')
    const { report, code } = await upgraded(folder, ['--test-command', 'node tests.js'], env)
    expect(code).toBe(EXIT.inTheWay)
    expect(report.installation).toMatchObject({ exit: 1, tail: ['E404 not in the registry'] })
    expect(report.verification?.verdict).toBe('not-finished')
    expect(runsOfSuite(folder)).toBe(1)
  })

  test('is not needed where no manifest was written', async () => {
    const folder = shop()
    const env = withNpm(folder, 'exit 1')
    const { report } = await upgraded(folder, ['--only', 'app-del'], env)
    expect(report.installation).toBeUndefined()
    expect(existsSync(join(folder, '../npm-calls'))).toBe(false)
  })
})

describe('what is written', () => {
  test('nothing, in a dry run and in a scan: not even a journal', async () => {
    const folder = shop({ 'tests.js': suite('false') })
    const before = bytes(folder)
    for (const args of [
      ['express5', '--dry-run'],
      ['scan', 'express5'],
    ]) {
      const { code, out } = await upgradeKit(folder, args, { alone: true })
      expect(code).toBe(EXIT.findingsLeft)
      expect(out).toContain('express/app-del')
      expect(out.includes("+app.delete('/items/:id'")).toBe(args.includes('--dry-run'))
    }
    expect(bytes(folder)).toEqual(before)
    expect(existsSync(join(folder, '.upgrade-kit'))).toBe(false)
    expect(runsOfSuite(folder)).toBe(0)
  })

  test('nothing, the second time', async () => {
    const folder = shop()
    await upgraded(folder, ['--no-install'])
    commit(folder)
    const { report, code } = await upgraded(folder, ['--no-install'])
    expect(report.patches).toEqual([])
    expect(code).toBe(EXIT.clean)
    expect(status(folder)).toEqual([])
    // the manifest says 5 by now; the sources themselves hold nothing to do either
    const again = await upgraded(folder, ['--no-install', '--from', '4.0.0', '--except', 'package-version'])
    expect(again.report.patches).toEqual([])
    expect(status(folder)).toEqual([])
  })

  test('is taken back by undo, byte for byte: line endings, byte order mark, mode', async () => {
    const folder = shop({ 'crlf.js': `\uFEFF${APP.replaceAll('\n', '\r\n')}` })
    const before = bytes(folder)
    const { report } = await upgraded(folder, ['--no-install'])
    expect(text(folder, 'crlf.js')).toBe(`\uFEFF${APP_AFTER.replaceAll('\n', '\r\n')}`)
    const listed = await upgradeKit(folder, ['runs', '--format', 'json'], { alone: true })
    expect(JSON.parse(listed.out)).toMatchObject([{ run: report.run, recipe: 'express5', files: 3, state: 'complete' }])

    const undone = await upgradeKit(folder, ['undo', '--format', 'json'], { alone: true })
    expect(JSON.parse(undone.out)).toMatchObject({
      restored: ['app.js', 'crlf.js', 'package.json'],
      removed: [],
      kept: [],
    })
    expect(bytes(folder)).toEqual(before)
    expect(status(folder)).toEqual([])
    expect((await upgradeKit(folder, ['undo'])).code).toBe(EXIT.inTheWay)
  })

  test('undo keeps what a person changed after the run, unless forced', async () => {
    const folder = shop()
    const before = bytes(folder)
    await upgraded(folder, ['--no-install'])
    const mine = `${APP_AFTER}// mine\n`
    writeFileSync(join(folder, 'app.js'), mine)
    const kept = await upgradeKit(folder, ['undo'])
    expect(kept.code).toBe(EXIT.findingsLeft)
    expect(kept.out).toMatch(/app\.js: changed after the run\nNothing was taken back: .*1 file that is no longer/)
    expect(bytes(folder)).toMatchObject({ 'app.js': mine, 'package.json': MANIFEST_AFTER })
    const forced = await upgradeKit(folder, ['undo', '--force'])
    expect(forced.code).toBe(EXIT.clean)
    expect(forced.out).toMatch(/run your package manager's install again, so that it fits the restored package\.json/)
    expect(bytes(folder)).toEqual(before)
  })

  test('--only and --except', async () => {
    const only = shop()
    await upgraded(only, ['--no-install', '--only', 'app-del'])
    expect(status(only)).toEqual([' M app.js'])
    expect(text(only, 'app.js')).toBe(APP.replace('app.del(', 'app.delete('))

    const except = shop()
    await upgraded(except, ['--no-install', '--except', 'query-parser-default,express/package-version'])
    expect(bytes(except)).toEqual(bytes(only))
  })

  test('--include review: also the fixes that want reading', async () => {
    const source = `const app = require('express')()
app.get('/a', (req, res) => res.send(req.job.summary, req.job.code))
app.get('/b', (req, res) => {
  res.type('html')
  res.send(404)
})
`
    const args = ['--no-install', '--no-verify']
    const held = await upgraded(shop({ 'app.js': source }), args)
    const review = held.report.findings.filter(({ outcome }) => outcome === 'held-back')
    expect(review.length).toBeGreaterThan(0)
    expect(review.every(({ fix }) => fix?.applicability === 'review')).toBe(true)
    expect(held.code).toBe(EXIT.findingsLeft)

    const folder = shop({ 'app.js': source })
    const all = await upgraded(folder, [...args, '--include', 'review'])
    const places = review.map(({ change, range }) => ({ change, range, outcome: 'written' }))
    expect(all.report.findings).toEqual(expect.arrayContaining(places.map((place) => expect.objectContaining(place))))
    expect(all.report.findings.filter(({ outcome }) => outcome === 'held-back')).toEqual([])
  })

  test('in a workspace, only the package on Express 4; the others are listed with their reasons', async () => {
    const manifest = (name: string, express?: string) =>
      `${JSON.stringify({ name, version: '1.0.0', ...(express ? { dependencies: { express } } : {}) })}\n`
    const folder = project({
      'package.json': '{ "name": "root", "private": true, "workspaces": ["packages/*"] }\n',
      'packages/old/package.json': manifest('old', '^4.17.1'),
      'packages/old/app.js': APP,
      'packages/new/package.json': manifest('new', '^5.0.1'),
      'packages/new/app.js': APP,
      'packages/none/package.json': manifest('none'),
      'packages/none/app.js': APP.replace('express', './express'),
    })
    const { report } = await upgraded(folder, ['--no-install'])
    expect(status(folder)).toEqual([' M packages/old/app.js', ' M packages/old/package.json'])
    expect(text(folder, 'packages/old/app.js')).toBe(APP_AFTER)
    expect(Object.fromEntries(report.packages.map(({ folder: at, inScope }) => [at, inScope]))).toEqual({
      '.': false,
      'packages/new': false,
      'packages/none': false,
      'packages/old': true,
    })
    for (const { reason } of report.packages) expect(reason).not.toBe('')
  })
})

describe('the report', () => {
  test('as JSON is alone on standard output, and its parts add up', async () => {
    const { report, err } = await upgraded(shop({ 'tests.js': suite('false') }), RUN_SUITE, { FORCE_COLOR: '1' })
    expect(err).toContain('Running the tests again…')
    const { hits, counts } = report.ledger
    expect(hits).toBeGreaterThan(0)
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(hits)
  })

  test('passes on no value of a file of variables but those that change', async () => {
    const folder = shop({ '.env': 'API_KEY=sk_live_81\nDEBUG=express:router\nDATABASE="postgres://u:pw@db"\n' })
    const { report, out } = await upgraded(folder, ['--dry-run'])
    expect(report.patches.find(({ file }) => file === '.env')).toMatchObject({
      before: 'API_KEY=**********\nDEBUG=express:router\nDATABASE="******************"\n',
      after: 'API_KEY=**********\nDEBUG=router\nDATABASE="******************"\n',
    })
    expect(out).not.toMatch(/sk_live|postgres/)
  })

  test('says where git is not there to take something back', async () => {
    const folder = project({ 'package.json': MANIFEST, 'app.js': APP }, { git: false })
    const { report, code } = await upgraded(folder, ['--no-install'])
    expect(report.remarks.join('\n')).toContain('not a git repository')
    expect(code).toBe(EXIT.clean)
  })

  test('explains what an upgrade left over, although the manifest says 5 by then', async () => {
    const folder = shop({ 'left.js': APP.replace('app.del', 'app.use(cache.del); unknown.del') })
    await upgraded(folder, ['--no-install'])
    const { code, out, err } = await upgradeKit(folder, ['explain', 'left.js:4'])
    expect([code, err]).toEqual([EXIT.clean, ''])
    expect(out).toContain('express/app-del')
  })

  test('of a project that is on 5 already: nothing is in scope, unless --from says where to start', async () => {
    const folder = shop({ 'package.json': '{ "name": "shop", "dependencies": { "express": "^5.1.0" } }\n' })
    expect((await upgradeKit(folder, ['scan', 'express5'])).out).toContain('Nothing was looked at')
    const { out, code } = await upgradeKit(folder, ['scan', 'express5', '--from', '4'])
    expect(code).toBe(EXIT.findingsLeft)
    expect(out).toMatch(/already uses express \^5\.1\.0 \(package\.json\); looked at as if it were on 4/)
    expect(out).toContain('app.js:3:5')
  })

  test.each([
    ['notes.txt:1', 'notes.txt is of a kind that no change looks at', 'Give a file of code or configuration'],
    ['bad.json:1', 'bad.json cannot be read as JSON', 'Mend the file'],
    ['app.js:5', 'app.js has 4 lines, and no line 5', 'Give a line from 1 to 4'],
    ['gone.js:1', 'error: gone.js does not exist', 'Give files or folders of the project'],
  ])('explains no %s, and says why', async (place, message, advice) => {
    const { code, err } = await upgradeKit(shop({ 'notes.txt': 'x', 'bad.json': '{' }), ['explain', place])
    expect(code).toBe(EXIT.inTheWay)
    expect(err).toContain(message)
    expect(err).toContain(advice)
  })

  test('explains a line of what is no code', async () => {
    const { code, out } = await upgradeKit(shop(), ['explain', 'package.json:1'])
    expect([code, out]).toEqual([EXIT.clean, expect.stringContaining('express/package-version')])
  })

  test('explains a line: what looked at it, and why it is Express', async () => {
    const { code, out } = await upgradeKit(shop(), ['explain', 'app.js:3'], { alone: true })
    expect(code).toBe(EXIT.clean)
    expect(out).toContain('express/app-del')
    expect(out).toContain("the module 'express' (line 1)")
  })
})
