import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { APP, bytes, commit, project, removeProjects, upgradeKit } from './data/command-line.ts'

vi.setConfig({ testTimeout: 120_000 })
afterEach(removeProjects)

const top = fileURLToPath(new URL('..', import.meta.url))
const js = (mark: string) => `require('node:fs').appendFileSync(${JSON.stringify(mark)}, __filename + '\\n')\n`
const esm = (mark: string) =>
  `import fs from 'node:fs'\nfs.appendFileSync(${JSON.stringify(mark)}, import.meta.url + '\\n')\nexport default {}\n`

/** A project in which whatever is run leaves a mark. */
function trap(): { readonly folder: string; readonly mark: string } {
  const folder = project({ 'app.js': APP })
  const mark = join(folder, '../mark')
  const script = `node -e "require('fs').appendFileSync('${mark}', 'script')"`
  const lifecycle = [
    'preinstall',
    'install',
    'postinstall',
    'prepare',
    'prepublish',
    'pretest',
    'test',
    'posttest',
    'build',
  ]
  const manifest = {
    name: 'trap',
    scripts: Object.fromEntries(lifecycle.map((name) => [name, script])),
    dependencies: { express: '^4.18.2' },
    devDependencies: { typescript: '^5.0.0', '@types/express': '^4.17.0' },
    prettier: './trap.cjs',
    eslintConfig: { extends: './trap.cjs' },
    babel: { presets: ['./trap.cjs'] },
    mocha: { require: './trap.cjs' },
    ava: { require: ['./trap.cjs'] },
  }
  const required = [
    'trap.cjs',
    '.eslintrc.cjs',
    '.mocharc.cjs',
    '.prettierrc.cjs',
    'babel.config.js',
    '.babelrc.js',
    'jest.config.js',
    '.pnpmfile.cjs',
    'transform.js',
    'jscodeshift.config.js',
    'index.js',
    'webpack.config.js',
    '.lintstagedrc.cjs',
    'commitlint.config.js',
    'upgrade-kit.config.js',
    '.upgrade-kit.js',
    'node_modules/express/index.js',
    'node_modules/@types/express/index.js',
    'node_modules/typescript/lib/typescript.js',
    'node_modules/typescript/lib/tsc.js',
    'node_modules/plugin/index.js',
    '.yarn/releases/yarn.cjs',
  ]
  const imported = [
    'vitest.config.mjs',
    'eslint.config.mjs',
    'vite.config.mjs',
    'ava.config.mjs',
    'playwright.config.mjs',
    'rollup.config.mjs',
  ]
  const files: Record<string, string> = {
    'package.json': JSON.stringify(manifest),
    '.npmrc': `script-shell=${mark}.sh\nignore-scripts=false\nonload-script=./trap.cjs\nnode-options=--require ./trap.cjs\ngit=${mark}.sh\n`,
    '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn.cjs\n',
    'tsconfig.json': JSON.stringify({
      compilerOptions: { allowJs: true, plugins: [{ name: 'plugin' }, { transform: './trap.cjs' }] },
    }),
    'typed.ts': `import express from 'express'\nconst app = express()\nfunction f(a: express.Application) { a.del('/x', () => {}) }\n`,
    '.env': `NODE_OPTIONS=--require ./trap.cjs\n`,
    'node_modules/express/package.json': '{ "name": "express", "version": "4.18.2", "main": "index.js" }',
    'node_modules/@types/express/package.json':
      '{ "name": "@types/express", "version": "4.17.21", "types": "index.d.ts" }',
    'node_modules/@types/express/index.d.ts':
      'declare function e(): e.Application\ndeclare namespace e { interface Application { del(p: string, h: () => void): void } }\nexport = e\n',
    'node_modules/typescript/package.json': '{ "name": "typescript", "version": "5.9.2", "main": "lib/typescript.js" }',
    'node_modules/plugin/package.json': '{ "name": "plugin", "version": "1.0.0" }',
    ...Object.fromEntries(required.map((name) => [name, js(mark)])),
    ...Object.fromEntries(imported.map((name) => [name, esm(mark)])),
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  writeFileSync(`${mark}.sh`, `#!/bin/sh\necho shell >> "${mark}"\n`)
  chmodSync(`${mark}.sh`, 0o755)
  const bin = join(folder, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  for (const name of ['tsc', 'git', 'npm', 'node', 'jscodeshift']) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >> "${mark}"\n`)
    chmodSync(join(bin, name), 0o755)
  }
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n')
  commit(folder)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder })
  for (const name of [
    'post-index-change',
    'post-checkout',
    'pre-commit',
    'fsmonitor-watchman',
    'reference-transaction',
  ]) {
    mkdirSync(join(folder, '.git/hooks'), { recursive: true })
    writeFileSync(join(folder, '.git/hooks', name), `#!/bin/sh\necho ${name} >> "${mark}"\n`)
    chmodSync(join(folder, '.git/hooks', name), 0o755)
  }
  git('config', 'core.fsmonitor', `${mark}.sh`)
  git('config', 'core.pager', `${mark}.sh`)
  git('config', 'diff.external', `${mark}.sh`)
  return { folder, mark }
}

describe.skipIf(process.platform === 'win32')('a project in which everything is a trap', () => {
  test.each([
    [['scan', 'express5']],
    [['scan', 'express5', '--types', 'on']],
    [['express5', '--dry-run', '--types', 'on']],
    [['explain', 'app.js:3']],
    [['brief', 'express5']],
    [['list', 'express5']],
    [['runs']],
    [['express5', '--no-install', '--no-verify']],
  ])('%j runs nothing of it', async (args) => {
    const { folder, mark } = trap()
    // what looks for a configuration where the process stands has to find the trap
    const ran = await upgradeKit(folder, args, { alone: true })
    expect([0, 1], ran.err).toContain(ran.code)
    expect(existsSync(mark) ? readFileSync(mark, 'utf8') : '').toBe('')
  })

  test('the traps work', () => {
    const { folder, mark } = trap()
    execFileSync(process.execPath, ['transform.js'], { cwd: folder })
    execFileSync('npm', ['test'], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, npm_config_script_shell: '/bin/sh', NODE_OPTIONS: '' },
    })
    expect(readFileSync(mark, 'utf8')).toContain('transform.js')
  })
})

describe.skipIf(process.platform === 'win32')('nothing is written outside of the project', () => {
  const MANIFEST = {
    name: 'shop',
    workspaces: ['packages/*', '../outside', 'linked'],
    dependencies: { express: '^4.18.2' },
  }

  test('through links, `..` and names that differ in case', async () => {
    const folder = project({
      'package.json': JSON.stringify(MANIFEST),
      'app.js': `require('../outside/routes')\nrequire('./linked/routes')\nrequire('./link')\n${APP}`,
      'APP.js': APP,
      'Lib/a.js': APP,
      'lib/A.js': APP,
      'tsconfig.json': '{ "extends": "../outside/tsconfig.json", "include": ["../outside/**/*", "."] }',
    })
    const outside = join(folder, '../outside')
    mkdirSync(outside)
    const files = {
      'package.json': JSON.stringify({ ...MANIFEST, name: 'other' }),
      'routes.js': APP,
      'lone.js': APP,
      'tsconfig.json': '{}',
      'package-lock.json': '{}',
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(outside, name), content)
    symlinkSync(outside, join(folder, 'linked'))
    symlinkSync(join(outside, 'lone.js'), join(folder, 'link.js'))
    commit(folder)
    const before = bytes(outside)
    const runs = [
      [],
      ['..'],
      ['../outside'],
      ['linked'],
      ['link.js'],
      ['--include', '../**'],
      [join(outside, 'routes.js')],
    ]
    for (const paths of runs) {
      const ran = await upgradeKit(folder, [
        'express5',
        ...paths,
        '--no-install',
        '--no-verify',
        '--force',
        '--include',
        'review',
      ])
      expect([0, 1, 2], ran.err).toContain(ran.code)
      expect(bytes(outside), `${paths}`).toEqual(before)
    }
    for (const name of ['app.js', 'APP.js', 'Lib/a.js', 'lib/A.js'])
      expect(readFileSync(join(folder, name), 'utf8')).toContain('app.delete(')
    await upgradeKit(folder, ['undo'])
    expect(bytes(outside)).toEqual(before)
  })

  test.each(['.upgrade-kit', '.upgrade-kit/runs', '.upgrade-kit/.gitignore'])(
    'through %s, which a repository can bring as a link',
    async (link) => {
      const folder = project({ 'package.json': JSON.stringify(MANIFEST), 'app.js': APP })
      const outside = join(folder, '../outside')
      mkdirSync(join(outside, 'runs'), { recursive: true })
      writeFileSync(join(outside, 'profile'), 'mine')
      if (link.includes('/')) mkdirSync(join(folder, '.upgrade-kit'))
      symlinkSync(join(outside, link.endsWith('.gitignore') ? 'profile' : ''), join(folder, link))
      commit(folder)
      const before = bytes(outside)
      const ran = await upgradeKit(folder, ['express5', '--no-install', '--no-verify', '--force'])
      expect(bytes(outside)).toEqual(before)
      expect([ran.code, ran.err]).toEqual(
        link.endsWith('.gitignore') ? [0, expect.anything()] : [2, expect.stringContaining('is not a folder')],
      )
    },
  )

  test('through a journal that a repository brings', async () => {
    const folder = project({ 'package.json': JSON.stringify(MANIFEST), 'app.js': APP })
    const outside = join(folder, '../outside')
    mkdirSync(outside)
    const id = '20260101T000000000Z-00000000'
    writeFileSync(join(outside, '.upgrade-kit-00000000-1.tmp'), 'mine')
    const run = join(folder, '.upgrade-kit/runs', id)
    mkdirSync(join(run, 'originals'), { recursive: true })
    const record = { number: 1, path: '../outside/x', after: '0'.repeat(64), folders: ['../empty'], changes: [] }
    const lines = [
      { record: 'start', format: 1, startedAt: '2026-01-01T00:00:00Z', recipe: 'express5', toolVersion: '0' },
      { record: 'write', writes: [record] },
      { record: 'end', at: '2026-01-01T00:00:01Z' },
    ]
    writeFileSync(join(run, 'journal.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    mkdirSync(join(folder, '../empty'))
    for (const args of [['undo'], ['undo', '--force']]) await upgradeKit(folder, args)
    expect(existsSync(join(outside, '.upgrade-kit-00000000-1.tmp'))).toBe(true)
    expect(existsSync(join(folder, '../empty'))).toBe(true)
  })
})

test('no package that is installed with upgrade-kit runs a script when it is installed', () => {
  const lock: { packages: Record<string, { dev?: boolean; devOptional?: boolean; hasInstallScript?: boolean }> } =
    JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8'))
  const ours = Object.entries(lock.packages).filter(([, { dev, devOptional }]) => !dev && !devOptional)
  expect(ours.length).toBeGreaterThan(50)
  expect(ours.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name)).toEqual([])
  const manifest: { scripts: object } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))
  expect(Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([])
})
