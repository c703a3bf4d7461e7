import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { install, installPlans, packageManager } from '../src/engine/install.ts'

const made: string[] = []
let searchPath: string | undefined
beforeEach(() => {
  searchPath = process.env.PATH
})
afterEach(() => {
  process.env.PATH = searchPath
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A temporary repository with these files; an object is written as JSON. */
function tree(files: Readonly<Record<string, string | object>>): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'upgrade-kit-install-')))
  made.push(root)
  mkdirSync(path.join(root, '.git'))
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}

/** Puts a program of this name first on the PATH, and nothing else: it is a Node script. */
function program(name: string, script: string): void {
  const bin = tree({ [`${name}.js`]: script })
  writeFileSync(path.join(bin, `${name}.cmd`), `@"${process.execPath}" "%~dp0${name}.js" %*\r\n`)
  writeFileSync(path.join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${path.join(bin, name)}.js" "$@"\n`)
  chmodSync(path.join(bin, name), 0o755)
  process.env.PATH = bin
}

const empty = { name: 'app', version: '1.0.0' }

describe('which package manager', () => {
  it.each([
    [{ 'package-lock.json': '{}' }, 'npm', ['npm', 'install', '--no-audit', '--no-fund']],
    [{ 'npm-shrinkwrap.json': '{}' }, 'npm', ['npm', 'install', '--no-audit', '--no-fund']],
    [{ 'pnpm-lock.yaml': '' }, 'pnpm', ['pnpm', 'install', '--no-frozen-lockfile']],
    [{ 'yarn.lock': '# yarn lockfile v1\n' }, 'yarn', ['yarn', 'install']],
    [{ 'yarn.lock': '__metadata:\n  version: 8\n' }, 'yarn', ['yarn', 'install']],
    [{ 'bun.lock': '{}' }, 'bun', ['bun', 'install']],
    [{ 'bun.lockb': '' }, 'bun', ['bun', 'install']],
    [{}, 'npm', ['npm', 'install', '--no-audit', '--no-fund']],
  ])('%j', async (files, name, command) => {
    const root = tree({ 'package.json': empty, ...files })
    expect(await installPlans([root])).toMatchObject([{ name, command, folder: root }])
  })

  it('tells yarn 1 from later ones by the lock file', async () => {
    const agent = async (lock: string) =>
      (await packageManager(tree({ 'package.json': empty, 'yarn.lock': lock }))).agent
    expect(await agent('# yarn lockfile v1\n')).toBe('yarn')
    expect(await agent('__metadata:\n  version: 8\n')).toBe('yarn@berry')
  })

  it('goes by packageManager when there is no lock file', async () => {
    const root = tree({ 'package.json': { ...empty, packageManager: 'pnpm@9.1.0+sha512.abc' } })
    expect(await packageManager(root)).toMatchObject({ name: 'pnpm', folder: root })
  })

  it.each([
    [
      'package.json of npm',
      { 'package.json': { ...empty, workspaces: ['packages/*'] }, 'package-lock.json': '{}' },
      'npm',
    ],
    [
      'package.json of yarn',
      { 'package.json': { workspaces: { packages: ['./packages/*/'] } }, 'yarn.lock': '' },
      'yarn',
    ],
    [
      'pnpm-workspace.yaml',
      {
        'package.json': empty,
        'pnpm-workspace.yaml': "# here\npackages:\n  # all\n  - 'packages/*' # yes\n\n  - x\n",
        'pnpm-lock.yaml': '',
      },
      'pnpm',
    ],
  ])('installs in the root of the workspace: %s', async (_, files, name) => {
    const root = tree({ ...files, 'packages/api/package.json': empty, 'packages/web/package.json': empty })
    const folders = [path.join(root, 'packages/api'), path.join(root, 'packages/web')]
    expect(await installPlans(folders)).toMatchObject([{ name, folder: root }])
  })

  it('installs in the folder itself when no workspace contains it, with the manager of the repository', async () => {
    const root = tree({
      'package.json': { ...empty, workspaces: ['packages/*', '!packages/old'] },
      'yarn.lock': '',
      'examples/hello/package.json': empty,
      'packages/old/package.json': empty,
    })
    for (const folder of ['examples/hello', 'packages/old'].map((name) => path.join(root, name))) {
      expect(await packageManager(folder)).toMatchObject({ name: 'yarn', folder })
    }
  })

  it('names the files that it may change', async () => {
    const root = tree({ 'package.json': empty, 'yarn.lock': '' })
    const [plan] = await installPlans([root])
    expect(plan?.mayChange).toEqual(['yarn.lock', '.pnp.cjs', '.pnp.loader.mjs'].map((name) => path.join(root, name)))
  })
})

describe('installing', () => {
  it('runs the package manager in the root of the workspace, where it may change the lock file although CI is set', async () => {
    const root = tree({ 'package.json': { workspaces: ['a'] }, 'yarn.lock': '', 'a/package.json': empty })
    program(
      'yarn',
      `
      console.log(JSON.stringify([process.cwd(), process.argv.slice(2), process.env.CI, process.env.YARN_ENABLE_IMMUTABLE_INSTALLS,
        process.env.COREPACK_ENABLE_DOWNLOAD_PROMPT]))
    `,
    )
    const lines: string[] = []
    const result = await install(path.join(root, 'a'), { onLine: (line) => lines.push(line) })
    expect(result).toMatchObject({ manager: 'yarn', command: ['yarn', 'install'], exit: 0, tail: lines })
    const [cwd, args, ci, immutable, prompt] = JSON.parse(lines.join(''))
    expect([realpathSync(cwd), args, immutable, prompt]).toEqual([root, ['install'], 'false', '0'])
    expect(ci).toBeTruthy()
  })

  it('says what the package manager said when it fails, and does not go on', async () => {
    const root = tree({ 'a/package.json': empty, 'a/bun.lock': '{}', 'b/package.json': empty, 'b/bun.lock': '{}' })
    program('bun', "require('fs').writeFileSync('ran', ''); console.error('no such version'); process.exitCode = 3")
    expect(await install([path.join(root, 'a'), path.join(root, 'b')])).toMatchObject({
      exit: 3,
      tail: ['no such version'],
    })
    expect([existsSync(path.join(root, 'a/ran')), existsSync(path.join(root, 'b/ran'))]).toEqual([true, false])
  })

  it('is a result, not an exception, when the package manager is missing', async () => {
    const root = tree({ 'package.json': empty, 'pnpm-lock.yaml': '' })
    process.env.PATH = path.join(root, 'nothing-here')
    const result = await install(root)
    expect(result).toMatchObject({ manager: 'pnpm', exit: 'not-started' })
    expect(result.tail).toEqual([
      'could not start pnpm: it is not installed, or not on the PATH',
      expect.stringMatching(/^install pnpm \(https:.*\) and run `pnpm install --no-frozen-lockfile` in /),
    ])
  })

  it('ends a package manager that hangs', async () => {
    const root = tree({ 'package.json': empty, 'bun.lock': '{}' })
    program('bun', 'setInterval(() => {}, 1000)')
    expect(await install(root, { timeoutSeconds: 1 })).toMatchObject({ exit: 'timeout' })
  })

  it('installs for real with npm', async () => {
    const root = tree({
      'package.json': { ...empty, dependencies: { local: 'file:./local' } },
      'local/package.json': { name: 'local', version: '1.2.3' },
    })
    expect(await install(root)).toMatchObject({ manager: 'npm', exit: 0 })
    expect(JSON.parse(readFileSync(path.join(root, 'node_modules/local/package.json'), 'utf8'))).toMatchObject({
      version: '1.2.3',
    })
    expect(existsSync(path.join(root, 'package-lock.json'))).toBe(true)
  })
})
