import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { EXIT, type Report } from '../src/model/report.ts'
import {
  APP,
  APP_AFTER,
  bytes,
  commit,
  MANIFEST,
  project,
  type Ran,
  type RunOptions,
  removeProjects,
  status,
  text,
  upgradeKit,
} from './data/command-line.ts'

vi.setConfig({ testTimeout: 120_000 })
afterEach(removeProjects)

/** The main job without what needs a network. */
const write = (folder: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ran> =>
  upgradeKit(folder, ['express5', '--no-install', ...args], options)

const isRoot = process.getuid?.() === 0
const isWindows = process.platform === 'win32'

const shop = (files: Readonly<Record<string, string | Uint8Array>> = {}, options: { git?: boolean } = {}): string =>
  project({ 'package.json': MANIFEST, 'app.js': APP, ...files }, options)

function reportOf({ out }: Ran): Report {
  return JSON.parse(out) as Report
}

/** The files with a fix that was to be written and was not. */
function notWritten(ran: Ran): string[] {
  const kept = reportOf(ran).findings.filter(({ outcome }) => outcome === 'not-written')
  return [...new Set(kept.map(({ file }) => file))].sort()
}

/** A refusal: exit code 2, the message and the advice on standard error, no stack, and every byte as before. */
async function refused(
  folder: string,
  args: readonly string[],
  message: string | RegExp,
  advice: string | RegExp,
  options: RunOptions = {},
) {
  const before = bytes(folder)
  const { code, out, err } = await upgradeKit(folder, args, options)
  expect(err).toMatch(message)
  expect(err).toMatch(advice)
  expect(err).not.toMatch(/^ {4}at /m)
  expect([code, out]).toEqual([EXIT.inTheWay, ''])
  expect(bytes(folder)).toEqual(before)
}

describe('a project that is in the way', () => {
  test('an unknown recipe: the nearest one is suggested', async () => {
    const message = 'there is no recipe or command `expres5`'
    await refused(shop(), ['expres5'], message, 'Did you mean `express5`?', { alone: true })
  })

  test('no package.json', async () => {
    const folder = project({ 'app.js': APP }, { git: false })
    await refused(folder, ['express5'], 'there is no package.json', '--cwd')
  })

  test('a package.json that cannot be read', async () => {
    const folder = shop({ 'package.json': '{ "name": ' })
    await refused(folder, ['express5'], 'not a readable package.json', 'Repair package.json')
  })

  test('a folder that does not exist', async () => {
    await refused(shop(), ['express5', '--cwd', 'nowhere'], 'there is no such folder', 'Give the folder')
  })

  test('a path that does not exist', async () => {
    await refused(shop(), ['express5', 'nowhere.js'], 'nowhere.js does not exist', 'files or folders of the project')
  })

  test('a pattern where a path is wanted', async () => {
    await refused(
      shop(),
      ['express5', 'src/*.js'],
      'src/*.js does not exist',
      "give the pattern as --include 'src/*.js'",
    )
  })

  test('a path outside of the project', async () => {
    const folder = shop()
    writeFileSync(join(folder, '../other.js'), APP)
    await refused(folder, ['express5', '../other.js'], 'is outside the project', 'name that project with --cwd')
    expect(readFileSync(join(folder, '../other.js'), 'utf8')).toBe(APP)
  })

  test.skipIf(isWindows)('a path that a link leads out of the project', async () => {
    const folder = shop()
    writeFileSync(join(folder, '../other.js'), APP)
    symlinkSync('../other.js', join(folder, 'link.js'))
    commit(folder)
    const ran = await write(folder, ['--format', 'json'])
    expect(reportOf(ran).notLookedAt).toMatchObject([{ file: 'link.js', kind: 'symlink' }])
    expect(status(folder)).toEqual([' M app.js', ' M package.json'])
    expect(readFileSync(join(folder, '../other.js'), 'utf8')).toBe(APP)
  })

  test.each([
    ['changed', 'app.js', `${APP}// not committed\n`],
    ['new', 'notes.txt', 'not committed\n'],
  ])('git with a %s file: refused, and nothing is run', async (_, path, content) => {
    const folder = shop({ 'tests.js': "require('fs').writeFileSync('tests-ran', '')\n" })
    writeFileSync(join(folder, path), content)
    const args = ['express5', '--no-install', '--test-command', 'node tests.js']
    await refused(folder, args, `git has uncommitted changes: ${path}`, '--force')
    expect(existsSync(join(folder, 'tests-ran'))).toBe(false)

    expect((await write(folder, ['--force'])).code).toBe(EXIT.clean)
    expect(text(folder, 'app.js')).toContain('app.delete(')
    expect(text(folder, path)).toContain('not committed')
  })

  test('git with a changed file does not keep a dry run from looking', async () => {
    const folder = shop()
    writeFileSync(join(folder, 'notes.txt'), 'not committed\n')
    const before = bytes(folder)
    const { code, out } = await upgradeKit(folder, ['express5', '--dry-run'])
    expect(code).toBe(EXIT.findingsLeft)
    expect(out).toContain("+app.delete('/items/:id'")
    expect(bytes(folder)).toEqual(before)
  })
})

describe('a project with nothing to do', () => {
  test.each([
    ['Express is absent', '{ "name": "shop" }\n', 'shop: does not use express'],
    [
      'Express is 5 already',
      '{ "name": "shop", "dependencies": { "express": "^5.0.0" } }\n',
      'shop: already uses express ^5.0.0',
    ],
  ])('%s: said, and left alone', async (_, manifest, reason) => {
    const folder = shop({ 'package.json': manifest })
    const { code, out } = await write(folder)
    expect(code).toBe(EXIT.clean)
    expect(out).toContain(reason)
    expect(out).toContain('no package is in scope')
    expect(status(folder)).toEqual([])
  })

  test('an empty folder', async () => {
    await refused(project({}, { git: false }), ['express5'], 'there is no package.json', '--cwd')
  })

  test('a project without a single source file: only the manifest is written', async () => {
    const folder = project({ 'package.json': MANIFEST })
    expect((await write(folder)).code).toBe(EXIT.clean)
    expect(status(folder)).toEqual([' M package.json'])
  })
})

describe('files that cannot be read', () => {
  test('a syntax error: said with its place, and the files beside it are written', async () => {
    const broken = "const app = require('express')()\napp.del('/x', (req, res => {})\n"
    const folder = shop({ 'src/broken.js': broken })
    const { code, out } = await write(folder)
    expect(code).toBe(EXIT.findingsLeft)
    expect(out).toMatch(/does not parse \(1\)\n {2}src\/broken\.js\n.*\(line 3, column 1\)/)
    expect(out).toMatch(/unread +`src\/broken\.js` could not be read, and it may be affected/)
    expect(text(folder, 'src/broken.js')).toBe(broken)
    expect(text(folder, 'app.js')).toBe(APP_AFTER)
    expect(status(folder)).toEqual([' M app.js', ' M package.json'])
  })

  test('where that is all there is, the run does not say that nothing was found and all is well', async () => {
    const folder = project({ 'package.json': MANIFEST, 'broken.js': `${APP}app.del(` })
    const { code, out } = await upgradeKit(folder, ['scan', 'express5', '--except', 'package-version'])
    expect(code).toBe(EXIT.findingsLeft)
    expect(out).toMatch(/Nothing found:.*but 1\s+file could not be read\./)
    const without = ['scan', 'express5', '--except', 'package-version', '--exclude', 'broken.js']
    expect((await upgradeKit(folder, without)).code).toBe(EXIT.clean)
  })

  test('a repaired syntax error keeps a file from being written, but it was looked at', async () => {
    const folder = project({ 'package.json': MANIFEST, 'twice.mjs': "import express from 'express'\nlet a\nlet a\n" })
    const ran = await upgradeKit(folder, ['scan', 'express5', '--except', 'package-version', '--format', 'json'])
    expect(reportOf(ran).notLookedAt).toMatchObject([{ file: 'twice.mjs', kind: 'repaired' }])
    expect(ran.code).toBe(EXIT.clean)
  })

  test('binary, invalid UTF-8, and a bundle of 5 MB: named, and not touched', async () => {
    const bundle = `${APP}${"app.del('/y', (req, res) => res.json({}))\n".repeat(125_000)}`
    expect(bundle.length).toBeGreaterThan(5_000_000)
    const files = {
      'binary.js': Buffer.concat([Buffer.from([0x7f, 0x45, 0, 0, 1]), Buffer.from(APP)]),
      'latin1.js': Buffer.from(`// caf\u00e9\n${APP}`, 'latin1'),
      'bundle.js': bundle,
    }
    const folder = shop(files)
    const ran = await write(folder, ['--format', 'json'])
    const { notLookedAt } = reportOf(ran)
    expect(Object.fromEntries(notLookedAt.map(({ file, kind }) => [file, kind]))).toEqual({
      'binary.js': 'binary',
      'latin1.js': 'encoding',
      'bundle.js': 'too-big',
    })
    for (const { reason } of notLookedAt) expect(reason).not.toBe('')
    const { entries } = reportOf(ran).ledger
    const statusOf = (file: string) => entries.find(({ at, word }) => at.file === file && word === 'del')?.status
    expect(Object.keys(files).map(statusOf)).toEqual(['ignored', 'unparsable', 'generated'])
    expect(text(folder, 'app.js')).toBe(APP_AFTER)
    expect(status(folder)).toEqual([' M app.js', ' M package.json'])
  })

  test.skipIf(isWindows)('links that lead nowhere or in circles', async () => {
    const folder = shop()
    symlinkSync('nowhere.js', join(folder, 'dangling.js'))
    symlinkSync('loop.js', join(folder, 'loop.js'))
    symlinkSync('.', join(folder, 'self'))
    mkdirSync(join(folder, 'folder.js'))
    for (const inGit of [false, true]) {
      if (inGit) commit(folder)
      const ran = await upgradeKit(folder, ['scan', 'express5', '--format', 'json'])
      expect(ran.code).toBe(EXIT.findingsLeft)
      const { notLookedAt, findings } = reportOf(ran)
      expect(notLookedAt.map(({ file, kind }) => [file, kind]).sort()).toEqual([
        ['dangling.js', 'symlink'],
        ['loop.js', 'symlink'],
      ])
      expect([...new Set(findings.map(({ file }) => file))].sort()).toEqual(['app.js', 'package.json'])
    }
  })

  test.skipIf(isWindows)('a pipe that stands where a file was', async () => {
    const folder = shop({ 'pipe.js': APP })
    unlinkSync(join(folder, 'pipe.js'))
    execFileSync('mkfifo', [join(folder, 'pipe.js')])
    const ran = await upgradeKit(folder, ['express5', '--dry-run', '--format', 'json'], { alone: true })
    const [one] = reportOf(ran).notLookedAt
    expect(one).toEqual({ file: 'pipe.js', kind: 'unreadable', reason: 'it is a pipe, and no file' })
    expect(ran.code).toBe(EXIT.findingsLeft)
  })

  test.skipIf(isRoot || isWindows)('a file that may not be read', async () => {
    const folder = shop({ 'secret.js': APP })
    chmodSync(join(folder, 'secret.js'), 0o000)
    const ran = await write(folder, ['--force', '--format', 'json'])
    expect(reportOf(ran).notLookedAt).toMatchObject([{ file: 'secret.js', kind: 'unreadable' }])
    expect(text(folder, 'app.js')).toBe(APP_AFTER)
  })

  test('a file that is gone between the listing and the reading', async () => {
    const folder = shop({ 'gone.js': APP })
    const ran = await write(folder, ['--format', 'json'], {
      meanwhile: onLine('Scanning', `unlinkSync(${JSON.stringify(join(folder, 'gone.js'))})`),
    })
    expect(reportOf(ran).notLookedAt).toMatchObject([{ file: 'gone.js', kind: 'unreadable' }])
    expect(text(folder, 'app.js')).toBe(APP_AFTER)
  })

  test('a file that is gone, or another one, between the reading and the planning', async () => {
    for (const statement of ['unlinkSync(file)', "writeFileSync(file, '// short\\n')"]) {
      const folder = shop({ 'other.js': APP })
      const ran = await write(folder, ['--format', 'json'], {
        meanwhile: onLine('Planning', statement.replace('file', JSON.stringify(join(folder, 'other.js')))),
      })
      expect(ran.code, ran.err).toBe(EXIT.findingsLeft)
      expect(notWritten(ran)).toEqual(['other.js'])
      expect(text(folder, 'app.js')).toBe(APP_AFTER)
      expect(status(folder)).toContain(statement.startsWith('unlink') ? ' D other.js' : ' M other.js')
    }
  })
})

/** Source that does something at the moment when the program says on standard error that it begins a phase. */
function onLine(phase: string, statement: string): string {
  return `import { unlinkSync, writeFileSync, appendFileSync } from 'node:fs'
const write = process.stderr.write.bind(process.stderr)
process.stderr.write = (text, ...rest) => {
  if (String(text).startsWith(${JSON.stringify(phase)})) ${statement}
  return write(text, ...rest)
}
`
}

describe('files that cannot be written', () => {
  test('a read-only file is left as it is, and said', async () => {
    const folder = shop({ 'other.js': APP })
    chmodSync(join(folder, 'app.js'), 0o444)
    const ran = await write(folder, ['--format', 'json'])
    chmodSync(join(folder, 'app.js'), 0o644)
    expect(ran.code).toBe(EXIT.findingsLeft)
    expect(notWritten(ran)).toEqual(['app.js'])
    const { findings, ledger, notLookedAt } = reportOf(ran)
    expect(findings.find(({ file }) => file === 'app.js')?.notWritten).toBe('app.js: it is read-only')
    expect(ledger.entries.filter(({ word }) => word === 'del')).toMatchObject([
      { at: { file: 'app.js' }, status: 'not-written' },
      { at: { file: 'other.js' }, status: 'rewritten' },
    ])
    expect(ledger.counts['not-written']).toBe(1)
    expect(notLookedAt).toEqual([])
    expect(text(folder, 'app.js')).toBe(APP)
    expect(text(folder, 'other.js')).toBe(APP_AFTER)
  })

  test('the report says which file was not written, why, and what to type then', async () => {
    const folder = shop()
    chmodSync(join(folder, 'app.js'), 0o444)
    const { out } = await write(folder)
    chmodSync(join(folder, 'app.js'), 0o644)
    expect(out).toMatch(/Not written \(2\)\nThese fixes were to be written[^\n]+Put it right, then run again\./)
    expect(out).toContain('    app.js: it is read-only\n')
    expect(out).toMatch(/^ {2}not written +2/m)
    expect(out).toMatch(/mentions +\d[^\n]* not written/)
    expect(out).toContain('npx upgrade-kit express5 --from 4 ')
    commit(folder)
    const again = await write(folder, ['--from', '4', '--format', 'json'])
    expect(reportOf(again).findings.map(({ file, outcome }) => [file, outcome])).toEqual([
      ['app.js', 'written'],
      ['app.js', 'written'],
    ])
    expect(text(folder, 'app.js')).toBe(APP_AFTER)
  })

  test('with a read-only manifest nothing is written: its code would run on the old version', async () => {
    const folder = shop({ 'test.js': '' })
    chmodSync(join(folder, 'package.json'), 0o444)
    const before = bytes(folder)
    const ran = await write(folder, ['--format', 'json', '--test-command', 'node test.js'])
    chmodSync(join(folder, 'package.json'), 0o644)
    expect(ran.code).toBe(EXIT.findingsLeft)
    expect(notWritten(ran)).toEqual(['app.js', 'package.json'])
    const inCode = reportOf(ran).findings.find(({ file }) => file === 'app.js')
    expect(inCode?.notWritten).toMatch(
      /^app.js: it goes together with package.json, which cannot be written: it is read-/,
    )
    expect(reportOf(ran)).not.toHaveProperty('run')
    expect(ran.err).not.toContain('Running the tests again')
    expect(bytes(folder)).toEqual(before)
  })

  test('a file that changes between the reading and the writing keeps what somebody else wrote', async () => {
    const folder = shop({ 'other.js': APP })
    const ran = await write(folder, ['--format', 'json'], {
      meanwhile: onLine('Writing', `appendFileSync(${JSON.stringify(join(folder, 'app.js'))}, '// mine\\n')`),
    })
    expect(ran.code).toBe(EXIT.findingsLeft)
    const report = reportOf(ran)
    expect(notWritten(ran)).toEqual(['app.js'])
    expect(report.findings.find(({ file }) => file === 'app.js')?.notWritten).toContain('changed since')
    expect(report.patches.map(({ file }) => file).sort()).toEqual(['other.js', 'package.json'])
    expect(text(folder, 'app.js')).toBe(`${APP}// mine\n`)
    expect(text(folder, 'other.js')).toBe(APP_AFTER)
  })

  test('a file that is removed between the reading and the writing stays away', async () => {
    const folder = shop({ 'other.js': APP })
    const ran = await write(folder, ['--format', 'json'], {
      meanwhile: onLine('Writing', `unlinkSync(${JSON.stringify(join(folder, 'app.js'))})`),
    })
    expect(ran.code, ran.err).toBe(EXIT.findingsLeft)
    expect(notWritten(ran)).toEqual(['app.js'])
    expect(reportOf(ran).findings.find(({ file }) => file === 'app.js')?.notWritten).toContain('removed')
    expect(existsSync(join(folder, 'app.js'))).toBe(false)
    expect(text(folder, 'other.js')).toBe(APP_AFTER)
  })

  test('a file that the tests write before anything is scanned is read as it is then', async () => {
    const folder = shop({ 'tests.js': "require('fs').appendFileSync('app.js', '// made by the tests\\n')\n" })
    const { code } = await write(folder, ['--test-command', 'node tests.js'])
    expect(code).toBe(EXIT.clean)
    // once before, once after the writing
    expect(text(folder, 'app.js')).toBe(`${APP_AFTER}// made by the tests\n// made by the tests\n`)
  })
})

describe('names of files', () => {
  const names = ['with space.js', 'ünïcödé-日本.js', '-dash.js', "quote's.js", '[id].js', '$HOME.js', '#hash.js']

  test('with anything in them are read, written, shown, and taken back', async () => {
    const folder = shop(Object.fromEntries(names.map((name) => [name, APP])))
    const before = bytes(folder)
    const ran = await write(folder, ['--format', 'json'])
    expect(ran.code).toBe(EXIT.clean)
    expect(reportOf(ran).patches.map(({ file }) => file)).toEqual([...names, 'app.js', 'package.json'].sort())
    for (const name of names) expect(text(folder, name)).toBe(APP_AFTER)

    const undone = await upgradeKit(folder, ['undo'])
    expect(undone.code, undone.err).toBe(EXIT.clean)
    expect(bytes(folder)).toEqual(before)
    expect(status(folder)).toEqual([])
  })

  test('given one by one restrict the run, and naming one twice counts once', async () => {
    const folder = shop(Object.fromEntries(names.map((name) => [name, APP])))
    const ran = await write(folder, ['--format', 'json', '--', '-dash.js', 'with space.js', './with space.js'])
    const { findings } = reportOf(ran)
    expect(findings.map(({ file, change }) => `${file} ${change}`).sort()).toEqual(
      ['-dash.js', 'with space.js'].flatMap((file) => [
        `${file} express/app-del`,
        `${file} express/query-parser-default`,
      ]),
    )
    expect(text(folder, '-dash.js')).toBe(APP_AFTER)
    expect(text(folder, 'with space.js')).toBe(APP_AFTER)
    expect(text(folder, 'app.js')).toBe(APP)
  })
})

describe('being stopped', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`src/file-${i}.js`, APP]))

  /** Sends the signal to the program itself when it has put so many files into their places. */
  const stopAfter = (files: number): string => `import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
const { rename } = promises
let done = 0
promises.rename = async (from, to) => {
  await rename(from, to)
  if (/\\.js$/.test(to) && ++done === ${files}) ${isWindows ? "process.emit('SIGINT')" : "process.kill(process.pid, 'SIGINT')"}
}
syncBuiltinESMExports()
`

  test('in the middle of writing: said, nothing half-written, and undo brings every byte back', async () => {
    const folder = shop(many)
    const before = bytes(folder)
    const { code, out, err } = await write(folder, [], { meanwhile: stopAfter(3) })
    expect([code, out]).toEqual([EXIT.interrupted, ''])
    const run = /(\d+) files? had been written\. `upgrade-kit undo (\S+)` takes everything back/.exec(err)
    expect(run, err).not.toBeNull()

    const now = bytes(folder)
    const changed = Object.keys(before).filter((path) => now[path] !== before[path])
    expect(changed).toHaveLength(Number(run![1]))
    expect(changed.length).toBeGreaterThan(0)
    expect(changed).not.toContain('package.json')
    expect(Object.keys(now).sort()).toEqual(Object.keys(before).sort())
    for (const path of changed.filter((name) => name.endsWith('.js'))) expect(now[path]).toBe(APP_AFTER)

    const again = await write(folder, ['--force'])
    expect(again.code).toBe(EXIT.inTheWay)
    expect(again.err).toContain('Take it back first: upgrade-kit undo')

    const undone = await upgradeKit(folder, ['undo', run![2]!])
    expect(undone.code, undone.err).toBe(EXIT.clean)
    expect(bytes(folder)).toEqual(before)
    expect(status(folder)).toEqual([])
    expect((await write(folder)).code).toBe(EXIT.clean)
  })

  test('after the writing: no further run until that one is taken back, although package.json says 5 by now', async () => {
    const folder = shop({ 'tests.js': '' })
    const before = bytes(folder)
    const stop = isWindows ? "process.emit('SIGINT')" : "process.kill(process.pid, 'SIGINT')"
    const ran = await write(folder, ['--test-command', 'node tests.js'], {
      meanwhile: onLine('Running the tests again', stop),
    })
    expect([ran.code, ran.out]).toEqual([EXIT.interrupted, ''])
    expect(ran.err).toContain('2 files had been written')

    const again = await write(folder, ['--force'])
    expect(again.err).toContain('Take it back first: upgrade-kit undo')
    expect(again.code).toBe(EXIT.inTheWay)

    expect((await upgradeKit(folder, ['undo'])).code).toBe(EXIT.clean)
    expect(bytes(folder)).toEqual(before)
  })

  test('while the tests run: they are ended with their children, and nothing was written', async () => {
    const folder = shop({ 'tests.js': HANGING })
    const { code, err } = await write(folder, ['--test-command', 'node tests.js'], {
      onStart: (child) => void poll(() => existsSync(join(folder, 'grandchild'))).then(() => child.kill('SIGINT')),
    })
    if (!isWindows) expect([code, err]).toEqual([EXIT.interrupted, expect.stringContaining('Nothing was written')])
    await poll(() => !isAlive(Number(text(folder, 'grandchild'))))
    unlinkSync(join(folder, 'grandchild'))
    expect(status(folder)).toEqual([])
  })

  test('a pipe that nobody reads is no error, and the files are written whole', async () => {
    const folder = shop(many)
    const ran = await write(folder, ['--verbose'], { onStart: (child) => child.stdout?.destroy() })
    expect(ran.err).not.toMatch(/EPIPE|^ {4}at /m)
    expect(ran.code).toBe(EXIT.clean)
    for (const path of Object.keys(many)) expect(text(folder, path)).toBe(APP_AFTER)
  })
})

/** Tests that never end, and neither does a process that they start; its number is in the file `grandchild`. */
const HANGING = `const { spawn } = require('node:child_process')
const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'inherit' })
require('node:fs').writeFileSync('grandchild', String(child.pid))
setInterval(() => {}, 1000)
`

describe('tests that hang', () => {
  test('are ended at the time limit together with their children; nothing is claimed', async () => {
    const folder = shop({ 'tests.js': HANGING, '.gitignore': 'grandchild\n' })
    const ran = await write(folder, ['--test-command', 'node tests.js', '--test-timeout', '3', '--format', 'json'])
    const { verification } = reportOf(ran)
    expect(verification).toMatchObject({ verdict: 'not-finished', before: { exit: 'timeout' } })
    expect(verification?.reason).toMatch(/--test-timeout|time limit|not done/)
    await poll(() => !isAlive(Number(text(folder, 'grandchild'))))
    expect(existsSync(join(folder, 'package.json'))).toBe(true)
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch {
    return false
  }
}

/** Ended, but nobody has asked for its exit code: so it is in containers without an init process. */
function isZombie(pid: number): boolean {
  const file = `/proc/${pid}/stat`
  return statSync(file, { throwIfNoEntry: false }) !== undefined && / Z /.test(readFileSync(file, 'utf8'))
}

async function poll(done: () => boolean): Promise<void> {
  for (let waited = 0; !done(); waited += 50) {
    if (waited > 60_000) throw new Error('waited for a minute')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
