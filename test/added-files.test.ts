import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Draft, DraftRequest } from '../src/catalogue/change.ts'
import type { RunRequest } from '../src/engine/api.ts'
import { createEngine } from '../src/engine/session.ts'
import { undo } from '../src/engine/write.ts'
import type { Report } from '../src/index.ts'
import { type Change, defineChange, fix, replace } from '../src/kit.ts'
import { markdownReport } from '../src/report/markdown.ts'
import { textReport } from '../src/report/text.ts'
import { unifiedDiff } from '../src/text/patch.ts'
import express, { App } from '../transforms/express/provider.ts'
import { bytes, commit, MANIFEST, project, removeProjects, status, text } from './data/command-line.ts'

vi.setConfig({ testTimeout: 300_000 })
afterEach(removeProjects)

const FILE = 'lib/deep/methods.js'
const HELPER = "exports.remove = 'delete'\nexports.all = 'all'\n"
const ask = (added = HELPER, file = FILE): DraftRequest => ({ add: 'file', file, text: added })

/** Renames `app.del('/path')`, and asks for what `wish` says of the path; with `renames: false` it only asks. */
function change(wish: (path: string) => DraftRequest[] = () => [ask()], renames = true): Change {
  return defineChange({
    title: '`app.del()` was removed',
    why: 'The call throws.',
    since: '5.0.0',
    breakage: 'throws',
    source: 'https://expressjs.com/',
    fixable: 'always',
    format: 'javascript',
    mentions: ['del'],
    *find(file): Iterable<Draft> {
      for (const use of file.members([App], 'del')) {
        const path = /'(.*?)'/.exec(file.text.slice(use.property.end))![1]!
        const rename = renames ? [replace(use.property, 'delete')] : []
        yield {
          at: use.property,
          message: 'the method is `delete`',
          evidence: use,
          fix: { ...fix('safe', 'Rename to `delete`', ...rename), requests: wish(path) },
        }
      }
    },
  })
}

const app = (...paths: string[]): string =>
  `const app = require('express')()\n${paths.map((path) => `app.del('/${path}', (req, res) => res.end())\n`).join('')}`
const FILES = { 'package.json': MANIFEST, 'a.js': app('a', 'b'), 'c.js': app('c') }

async function run(root: string, one: Change, request: Partial<RunRequest> = {}): Promise<Report> {
  const engine = createEngine({ providers: [express], changes: { 'express/app-del': one } }, '0.0.0')
  return engine.run({
    root,
    recipe: 'express5',
    level: 'safe',
    types: 'off',
    mode: 'apply',
    install: false,
    verify: false,
    ...request,
  })
}

const git = (cwd: string, ...args: string[]): string => execFileSync('git', args, { cwd, encoding: 'utf8' }).trimEnd()
const outcomes = (report: Report) => report.findings.map(({ outcome }) => outcome)

describe('a file that fixes ask for', () => {
  test('is written once, and undo takes it back with its folders', async () => {
    const root = project(FILES)
    const before = bytes(root)
    const report = await run(root, change())
    expect(outcomes(report)).toEqual(['written', 'written', 'written'])
    expect(text(root, FILE)).toBe(HELPER)
    expect(report.patches.find(({ file }) => file === FILE)).toEqual({
      file: FILE,
      after: HELPER,
      changes: ['express/app-del'],
    })
    expect(await undo(root)).toMatchObject({ removed: [FILE], restored: ['a.js', 'c.js'], kept: [] })
    expect(bytes(root)).toEqual(before)
    expect(existsSync(join(root, 'lib'))).toBe(false)
  })

  test('is a new file in the diff of a dry run, and every report says that the fix adds it', async () => {
    const root = project(FILES)
    const report = await run(root, change(), { mode: 'dry-run' })
    expect(status(root)).toEqual([])
    const diff = unifiedDiff(report.patches)
    expect(diff).toContain(`new file mode 100644\n--- /dev/null\n+++ b/${FILE}\n`)
    execFileSync('git', ['apply'], { cwd: root, input: diff })
    expect(text(root, FILE)).toBe(HELPER)
    expect(textReport(report)).toContain(`the fix adds the file \`${FILE}\``)
    expect(markdownReport(report)).toContain(`New: \`${FILE}\`.`)
  })

  test('is told with its folder where there are many, and by its name where there are few', async () => {
    const files = ['lib/pay/a.js', 'lib/pay/b.js', 'lib/pay/deep/c.js', 'lib/pay/d.js', 'lock.json', 'etc/one.js']
    const root = project({ 'package.json': MANIFEST, 'a.js': app('a') })
    const wish = () => files.map((file) => ask(HELPER, file))
    const { findings } = await run(root, change(wish), { mode: 'dry-run' })
    expect(findings[0]!.notes).toEqual([
      'the fix adds 4 files in `lib/pay/`',
      'the fix adds the file `lock.json`',
      'the fix adds the file `etc/one.js`',
    ])
  })

  test('has the line endings of the file that asks for it, and no byte order mark', async () => {
    const crlf = (lines: string) => lines.replaceAll('\n', '\r\n')
    const root = project({ 'package.json': MANIFEST, 'a.js': `\uFEFF${crlf(app('a'))}` })
    await run(root, change())
    expect(text(root, FILE)).toBe(crlf(HELPER))
  })

  test.each([HELPER, HELPER.replaceAll('\n', '\r\n')])('that is there already stays as it is: %j', async (there) => {
    const root = project({ ...FILES, [FILE]: there })
    const report = await run(root, change())
    expect(outcomes(report)).toEqual(['written', 'written', 'written'])
    expect(status(root)).toEqual([' M a.js', ' M c.js'])
    expect(text(root, FILE)).toBe(there)
  })

  test('with another text is never overwritten: the fix is not written, and why is said', async () => {
    const root = project({ ...FILES, [FILE]: 'mine\n' })
    const wish = (path: string) => (path === '/c' ? [] : [ask()])
    const report = await run(root, change(wish))
    expect(outcomes(report)).toEqual(['not-written', 'not-written', 'written'])
    expect(report.findings[0]!.notWritten).toBe(
      `${FILE}: it is there already, with another text, and is not overwritten; compare the two and decide`,
    )
    expect(status(root)).toEqual([' M c.js'])
    expect(text(root, FILE)).toBe('mine\n')
  })

  test('another text of the same run loses', async () => {
    const root = project(FILES)
    const report = await run(
      root,
      change((path) => [ask(path === '/b' ? 'other\n' : HELPER)]),
    )
    expect(outcomes(report)).toEqual(['written', 'not-written', 'written'])
    expect(report.findings[1]!.notWritten).toContain('another fix of this run wants it with another text')
    expect(text(root, FILE)).toBe(HELPER)
    expect(text(root, 'a.js')).toBe(app('a', 'b').replace("del('/a", "delete('/a"))
  })

  test.each([
    ['../methods.js', 'it lies outside of the project'],
    ['/tmp/methods.js', 'it lies outside of the project'],
    ['lib', 'it is there already, and is not overwritten: it is a folder'],
    ['a.js/methods.js', 'a file stands where a folder on its way would be'],
  ])('cannot be made at %s', async (file, reason) => {
    const root = project(FILES)
    mkdirSync(join(root, 'lib'))
    const report = await run(
      root,
      change(() => [ask(HELPER, file)]),
      { mode: 'dry-run' },
    )
    expect(outcomes(report)).toEqual(['not-written', 'not-written', 'not-written'])
    expect(report.findings[0]!.notWritten).toBe(`${file}: ${reason}`)
  })

  test('that does not parse takes its fixes back', async () => {
    const root = project(FILES)
    const report = await run(
      root,
      change(() => [ask('exports.')]),
    )
    expect(outcomes(report)).toEqual(['withdrawn', 'withdrawn', 'withdrawn'])
    expect(status(root)).toEqual([])
  })

  test('that appears in the meantime is kept, and what needs it is not written', async () => {
    const root = project(FILES)
    const onProgress: RunRequest['onProgress'] = ({ phase }) => {
      if (phase !== 'write') return
      mkdirSync(join(root, 'lib/deep'), { recursive: true })
      writeFileSync(join(root, FILE), 'mine\n')
    }
    const report = await run(root, change(), { onProgress })
    expect(outcomes(report)).toEqual(['not-written', 'not-written', 'not-written'])
    expect(status(root)).toEqual([`?? ${FILE}`])
  })

  test('is not made where the one file that wants it cannot be written', async () => {
    const root = project(FILES)
    const onProgress: RunRequest['onProgress'] = ({ phase }) => {
      if (phase === 'write') writeFileSync(join(root, 'c.js'), 'mine\n')
    }
    const report = await run(
      root,
      change((path) => (path === '/c' ? [ask()] : [])),
      { onProgress },
    )
    expect(outcomes(report)).toEqual(['written', 'written', 'not-written'])
    expect(existsSync(join(root, 'lib'))).toBe(false)
  })

  test('where it is all that a fix does: found until it is there', async () => {
    const root = project(FILES)
    const adds = change(undefined, false)
    expect(outcomes(await run(root, adds))).toEqual(['written', 'written', 'written'])
    commit(root)
    expect(outcomes(await run(root, adds))).toEqual([])
    writeFileSync(join(root, FILE), 'mine\n')
    commit(root)
    expect(outcomes(await run(root, adds))).toEqual(['not-written', 'not-written', 'not-written'])
  })

  test('is committed with its change, unless git ignores it', async () => {
    const root = project({ ...FILES, '.gitignore': 'ignored.js\n' })
    git(root, 'config', 'user.name', 'Ada')
    git(root, 'config', 'user.email', 'ada@example.com')
    const both = change(() => [ask(), ask(HELPER, 'ignored.js')])
    const { commits } = await run(root, both, { commit: { hooks: true } })
    expect(commits).toMatchObject({ made: [{ change: 'express/app-del' }], untracked: ['ignored.js'] })
    expect(git(root, 'show', '--format=', '--name-status').split('\n')).toEqual(['M\ta.js', 'M\tc.js', `A\t${FILE}`])
    expect(status(root)).toEqual([])
    expect(text(root, 'ignored.js')).toBe(HELPER)
  })

  test('is gone, with its folders, when the fixes that want it are held back', async () => {
    const suite = `const { existsSync } = require('node:fs')\nprocess.exitCode = existsSync('${FILE}') ? 1 : 0\n`
    const root = project({ ...FILES, 'tests.js': suite })
    const report = await run(
      root,
      change((path) => (path === '/b' ? [ask()] : [])),
      { verify: true, testCommand: 'node tests.js', holdBackBreaking: true },
    )
    expect(report.verification).toMatchObject({ verdict: 'still-green', search: { heldBack: true } })
    expect(outcomes(report)).toEqual(['written', 'held-back', 'written'])
    expect(status(root)).toEqual([' M a.js', ' M c.js'])
    expect(existsSync(join(root, 'lib'))).toBe(false)
    await undo(root)
    expect(status(root)).toEqual([])
  })
})
