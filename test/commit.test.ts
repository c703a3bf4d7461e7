import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { formatOf, readData } from '../src/formats/index.ts'
import { parseJavaScript } from '../src/formats/javascript/parse.ts'
import { EXIT, type Report } from '../src/model/report.ts'
import { bytes, commit, MANIFEST, project, removeProjects, status, text, upgradeKit } from './data/command-line.ts'

vi.setConfig({ testTimeout: 120_000 })
afterEach(removeProjects)

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd()

/** Three changes in two files, and the manifest. */
const APP = `const express = require('express')
const app = express()
app.del('/items/:id', (req, res) => res.json({}))
app.get('/old', (req, res) => res.redirect('/items', 301))
module.exports = app
`
const FILES = { 'package.json': MANIFEST, 'app.js': APP }

/** A committed project whose git knows who commits. */
function shop(files: Readonly<Record<string, string>> = FILES): string {
  const folder = project(files)
  git(folder, 'config', 'user.name', 'Ada')
  git(folder, 'config', 'user.email', 'ada@example.com')
  git(folder, 'branch', '-M', 'main')
  return folder
}

async function upgraded(folder: string, args: readonly string[] = []) {
  const ran = await upgradeKit(folder, ['express5', '--format', 'json', '--no-install', '--no-verify', ...args])
  expect(ran.out, ran.err).toMatch(/^\{/)
  return { ...ran, report: JSON.parse(ran.out) as Report }
}

function hook(folder: string, name: string, script: string): void {
  const file = join(git(folder, 'rev-parse', '--absolute-git-dir'), 'hooks', name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}

const subjects = (folder: string): string[] => git(folder, 'log', '--format=%s', '--reverse').split('\n').slice(1)
const filesOf = (folder: string, id: string): string[] =>
  git(folder, 'show', '--format=', '--name-only', id).split('\n').filter(Boolean)

describe('--commit', () => {
  test('makes a commit for each change, and one for the manifest', async () => {
    const folder = shop()
    const { report, code } = await upgraded(folder, ['--commit'])
    expect(code).toBe(EXIT.clean)
    expect(status(folder)).toEqual([])
    const made = report.commits!.made
    expect(report.commits!.branch).toBe('main')
    expect(made.map(({ subject }) => subject)).toEqual(subjects(folder))
    expect(made.map(({ change }) => change)).toEqual([
      'express/app-del',
      'express/query-parser-default',
      'express/res-redirect-arg-order',
      undefined,
    ])
    const [first, , , last] = made
    expect(git(folder, 'log', '-1', '--format=%an', first!.id)).toBe('Ada')
    const paragraphs = git(folder, 'log', '-1', '--format=%B', first!.id).split('\n\n')
    expect(paragraphs.map((text) => text.replaceAll('\n', ' '))).toEqual([
      'Rewrite 1 place for express/app-del',
      '`app.del()` was removed, since express 5.0.0.',
      expect.stringContaining('is not a function'),
      '1 place rewritten in 1 file.',
      'Source: https://expressjs.com/en/guide/migrating-5.html#appdel',
      `Written by upgrade-kit ${report.tool.version}, recipe express5.`,
    ])
    expect(git(folder, 'show', `${first!.id}:app.js`)).toBe(APP.replace('app.del(', 'app.delete(').trimEnd())
    expect(filesOf(folder, last!.id)).toEqual(['package.json'])
    expect(last!.subject).toBe('Upgrade express from 4 to 5')
    for (const line of git(folder, 'log', '--format=%B').split('\n'))
      if (!line.includes('http')) expect(line.length).toBeLessThanOrEqual(72)
  })

  test('each commit of a whole shop leaves files that parse, and the last one is what was written', async () => {
    const before = fileURLToPath(new URL('../fixtures/projects/express-4-shop/before', import.meta.url))
    const folder = shop()
    rmSync(join(folder, 'app.js'))
    cpSync(before, folder, { recursive: true })
    commit(folder)
    const { report } = await upgraded(folder, ['--commit', '--include', 'review'])
    expect(status(folder)).toEqual([])
    const made = report.commits!.made
    expect(made.length).toBeGreaterThan(10)
    expect(new Set(made.map(({ subject }) => subject)).size).toBe(made.length)
    for (const { id, change } of made) {
      const files = filesOf(folder, id)
      for (const file of files) expect(parses(file, git(folder, 'show', `${id}:${file}`)), `${id} ${file}`).toBe(true)
      expect(files.every((file) => (change ? !file.endsWith('package.json') : true))).toBe(true)
    }
    const written = new Set(report.findings.flatMap((one) => (one.outcome === 'written' ? [one.change] : [])))
    const inCode = [...written].filter((id) =>
      report.patches.some(({ file, changes }) => !/package\.json$/.test(file) && changes.includes(id)),
    )
    expect(made.flatMap(({ change }) => change ?? []).sort()).toEqual(inCode.sort())
    const again = shop()
    rmSync(join(again, 'app.js'))
    cpSync(before, again, { recursive: true })
    commit(again)
    await upgraded(again, ['--include', 'review'])
    expect(bytes(folder)).toEqual(bytes(again))
  })

  test('--branch: on a new branch; the old one stays where it was', async () => {
    const folder = shop()
    const start = git(folder, 'rev-parse', 'HEAD')
    const { report } = await upgraded(folder, ['--branch', 'upgrade/express5'])
    expect(report.commits).toMatchObject({ branch: 'upgrade/express5' })
    expect(git(folder, 'symbolic-ref', '--short', 'HEAD')).toBe('upgrade/express5')
    expect([git(folder, 'rev-parse', 'main'), status(folder)]).toEqual([start, []])
    expect(subjects(folder)).toHaveLength(4)
  })

  test('what else is staged in the repository stays staged, and is in no commit', async () => {
    const top = shop({ 'notes.txt': 'a\n', 'api/package.json': MANIFEST, 'api/app.js': APP })
    writeFileSync(join(top, 'notes.txt'), 'b\n')
    git(top, 'add', 'notes.txt')
    const { report } = await upgraded(join(top, 'api'), ['--commit'])
    expect(status(top)).toEqual(['M  notes.txt'])
    expect(report.commits!.made.flatMap(({ id }) => filesOf(top, id))).not.toContain('notes.txt')
    expect(git(top, 'show', 'HEAD:notes.txt')).toBe('a')
  })

  test('line endings are converted as the repository wants it', async () => {
    const folder = shop()
    git(folder, 'config', 'core.autocrlf', 'true')
    writeFileSync(join(folder, 'app.js'), APP.replaceAll('\n', '\r\n'))
    git(folder, 'add', 'app.js')
    await upgraded(folder, ['--commit'])
    expect(text(folder, 'app.js')).toContain("app.delete('/items/:id', (req, res) => res.json({}))\r\n")
    expect([status(folder), git(folder, 'ls-files', '--eol', 'app.js')]).toEqual([
      [],
      expect.stringMatching(/^i\/lf\s+w\/crlf/),
    ])
  })

  test('red tests: what was written stays, and nothing is committed', async () => {
    const folder = shop({
      ...FILES,
      'test.js': `process.exitCode = require('fs').readFileSync('app.js', 'utf8').includes('app.delete') ? 1 : 0\n`,
    })
    const start = git(folder, 'rev-parse', 'HEAD')
    const ran = await upgradeKit(folder, [
      'express5',
      '--no-install',
      '--commit',
      '--test-command',
      'node test.js',
      '--blame-seconds',
      '0',
    ])
    expect(ran.code).toBe(EXIT.testsBroke)
    expect(ran.out).toMatch(/commits\s+none: tests that were green before are red/)
    expect([git(folder, 'rev-parse', 'HEAD'), status(folder)]).toEqual([start, [' M app.js', ' M package.json']])
  })
})

describe.skipIf(process.platform === 'win32')('hooks and signatures', () => {
  test('are those of the repository, for every commit', async () => {
    const folder = shop()
    hook(folder, 'pre-commit', 'git diff --cached --name-only >> ../staged; grep -c delete app.js >> ../seen')
    hook(folder, 'commit-msg', 'echo "Signed-off-by: Ada" >> "$1"')
    const { report } = await upgraded(folder, ['--commit'])
    expect(text(folder, '../staged')).toBe('app.js\napp.js\napp.js\npackage.json\n')
    // the tree that a hook sees is the whole upgrade, so that it may run the tests
    expect(text(folder, '../seen')).toBe('1\n1\n1\n1\n')
    for (const { id } of report.commits!.made)
      expect(git(folder, 'log', '-1', '--format=%B', id)).toContain('Signed-off-by: Ada')
    expect(status(folder)).toEqual([])
  })

  test.each([[[]], [['--branch', 'up']]])('a hook that refuses one commit refuses all (%j)', async (args) => {
    const folder = shop()
    const start = git(folder, 'rev-parse', 'HEAD')
    hook(folder, 'commit-msg', 'if grep -q redirect "$1"; then echo "no such scope: redirect" >&2; exit 1; fi')
    const { report, code } = await upgraded(folder, ['--commit', ...args])
    expect(code).toBe(EXIT.inTheWay)
    expect(report.commits).toMatchObject({ made: [], refused: expect.stringContaining('no such scope: redirect') })
    expect([git(folder, 'rev-parse', 'HEAD'), git(folder, 'symbolic-ref', '--short', 'HEAD')]).toEqual([start, 'main'])
    expect(git(folder, 'branch', '--format=%(refname:short)')).toBe('main')
    expect(status(folder)).toEqual([' M app.js', ' M package.json'])
    git(folder, 'checkout', '--', '.')
    const again = await upgraded(folder, ['--commit', '--no-hooks', ...args])
    expect([again.report.commits!.made.length, status(folder)]).toEqual([4, []])
  })

  test('a hook that formats and stages has its say', async () => {
    const folder = shop()
    hook(folder, 'pre-commit', 'echo "// formatted" >> app.js; git add app.js')
    const { report } = await upgraded(folder, ['--commit'])
    expect(git(folder, 'show', 'HEAD:app.js')).toContain('// formatted')
    expect(report.commits!.made.length).toBeGreaterThanOrEqual(4)
    expect(status(folder)).toEqual([])
  })

  test('a commit that cannot be signed is not made', async () => {
    const folder = shop()
    git(folder, 'config', 'commit.gpgSign', 'true')
    git(folder, 'config', 'gpg.program', '/bin/false')
    const { report, code } = await upgraded(folder, ['--commit'])
    expect([code, report.commits!.refused]).toEqual([EXIT.inTheWay, expect.stringMatching(/gpg|sign/i)])
    expect(subjects(folder)).toEqual([])
  })
})

describe('before anything is written, --commit refuses', () => {
  const refused = async (folder: string, args: readonly string[] = ['--commit'], env: Record<string, string> = {}) => {
    const before = bytes(folder)
    const ran = await upgradeKit(folder, ['express5', '--no-install', '--no-verify', ...args], { env })
    expect([ran.code, bytes(folder)]).toEqual([EXIT.inTheWay, before])
    return ran.err
  }

  test('a folder that is no repository', async () => {
    expect(await refused(project(FILES, { git: false }))).toContain('there is no git repository')
  })
  test('uncommitted changes, also with --force', async () => {
    const folder = shop()
    writeFileSync(join(folder, 'mine.txt'), 'mine')
    expect(await refused(folder, ['--commit', '--force'])).toContain('uncommitted changes: mine.txt')
  })
  test('a detached HEAD without --branch', async () => {
    const folder = shop()
    git(folder, 'checkout', '--quiet', '--detach')
    expect(await refused(folder)).toContain('HEAD is on no branch')
    expect((await upgraded(folder, ['--branch', 'up'])).report.commits!.made).toHaveLength(4)
  })
  test('a branch that there is, and a name that is none', async () => {
    const folder = shop()
    expect(await refused(folder, ['--branch', 'main'])).toContain('there is such a branch')
    expect(await refused(folder, ['--branch', 'a..b'])).toContain('takes no such name')
    expect(await refused(folder, ['--branch', '-x'])).toMatch(/--branch/)
  })
  test('a merge in progress', async () => {
    const folder = shop()
    writeFileSync(join(folder, '.git/MERGE_HEAD'), `${git(folder, 'rev-parse', 'HEAD')}\n`)
    expect(await refused(folder)).toContain('a merge is in progress')
  })
  test('nobody to be the author', async () => {
    const folder = project(FILES)
    const env = {
      HOME: join(folder, '..'),
      XDG_CONFIG_HOME: join(folder, '..'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.useConfigOnly',
      GIT_CONFIG_VALUE_0: 'true',
      GIT_AUTHOR_NAME: '',
      GIT_COMMITTER_NAME: '',
      EMAIL: '',
    }
    expect(await refused(folder, ['--commit'], env)).toContain('does not know who you are')
  })
  test('a dry run', async () => {
    expect(await refused(shop(), ['--commit', '--dry-run'])).toContain('a dry run writes nothing')
    expect(await refused(shop(), ['--branch', 'x', '--dry-run'])).toContain('a dry run writes nothing')
  })
})

function parses(file: string, content: string): boolean {
  const format = formatOf(file)
  if (format === 'javascript') return parseJavaScript(content, file).is === 'parsed'
  if (format) readData(format, file, content)
  return true
}

test('the folder of the index is gone afterwards', async () => {
  const folder = shop()
  const own = join(folder, '../tmp')
  mkdirSync(own)
  await upgradeKit(folder, ['express5', '--no-install', '--no-verify', '--commit'], {
    env: { TMPDIR: own, TEMP: own, TMP: own },
  })
  expect(existsSync(own) && readdirSync(own)).toEqual([])
})
