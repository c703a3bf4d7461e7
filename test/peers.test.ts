import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createEngine } from '../src/engine/session.ts'
import type { Report } from '../src/model/report.ts'
import type { UserError } from '../src/model/user-error.ts'
import { catalogue } from '../transforms/index.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

type Json = Readonly<Record<string, unknown>>
const MANIFEST = { name: 'app', dependencies: { express: '^4.18.2', 'acme-router': '^1.0.0' } }
const ROUTER = { name: 'acme-router', version: '1.2.0', peerDependencies: { express: '^4.16.0' } }
const INSTALLED = 'node_modules/acme-router/package.json'

function project(files: Readonly<Record<string, Json | string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-peers-')))
  folders.push(root)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(
      join(root, file),
      typeof content === 'string' ? content : `${JSON.stringify(content, undefined, 2)}\n`,
    )
  }
  return root
}

function run(root: string, options: { mode?: 'dry-run' | 'apply'; force?: boolean; except?: string[] } = {}) {
  const { mode = 'apply', force = false, except } = options
  const engine = createEngine(catalogue, '0.0.0')
  const request = { root, recipe: 'express5', level: 'safe', types: 'off', install: false, verify: false } as const
  return engine.run({ ...request, mode, force, ...(except ? { except } : {}) })
}

const expressOf = (root: string, file = 'package.json'): string =>
  JSON.parse(readFileSync(join(root, file), 'utf8')).dependencies.express
const refusal = async (root: string): Promise<UserError> => {
  const result = await run(root).catch((error: UserError) => error)
  expect(result).toMatchObject({ name: 'UserError' })
  return result as UserError
}
const remarksOf = (report: Report) => report.remarks.filter((remark) => remark.includes('acme-router'))

describe('a dependency that does not accept the new version', () => {
  test('stops the run before anything is written', async () => {
    const root = project({
      'package.json': MANIFEST,
      [INSTALLED]: ROUTER,
      'app.js': "require('express')().del('/', f)\n",
    })
    const error = await refusal(root)
    expect(error.message).toContain('acme-router 1.2.0 accepts express ^4.16.0')
    expect(error.advice).toContain('--force')
    expect(expressOf(root)).toBe('^4.18.2')
    expect(readFileSync(join(root, 'app.js'), 'utf8')).toContain('.del(')
  })

  test('is named by a dry run, in a remark and as a finding', async () => {
    const report = await run(project({ 'package.json': MANIFEST, [INSTALLED]: ROUTER }), { mode: 'dry-run' })
    expect(remarksOf(report)).toHaveLength(1)
    expect(remarksOf(report)[0]).toContain('npm ci')
    expect(report.findings.find(({ change }) => change === 'express/dep-companions')).toMatchObject({
      outcome: 'by-hand',
      at: { file: 'package.json', line: 5 },
    })
  })

  test('is let through by --force, and stays in the report', async () => {
    const root = project({ 'package.json': MANIFEST, [INSTALLED]: ROUTER })
    expect(remarksOf(await run(root, { force: true }))).toHaveLength(1)
    expect(expressOf(root)).toBe('^5.3.0')
  })

  test('is given the advice of the catalogue', async () => {
    const dependencies = { express: '^4.18.2', 'express-promise-router': '^4.1.1' }
    const installed = { name: 'express-promise-router', version: '4.1.1', peerDependencies: { express: '^4.0.0' } }
    const root = project({
      'package.json': { name: 'app', dependencies },
      'node_modules/express-promise-router/package.json': installed,
    })
    expect((await refusal(root)).advice).toContain('express.Router()')
  })

  test('counts when it is optional, because npm refuses that as well', async () => {
    const optional = { ...ROUTER, peerDependenciesMeta: { express: { optional: true } } }
    await refusal(project({ 'package.json': MANIFEST, [INSTALLED]: optional }))
  })

  test('is found in a workspace, with what is installed at its root', async () => {
    const root = project({
      'package.json': { name: 'shop', private: true, workspaces: ['packages/*'] },
      'packages/api/package.json': MANIFEST,
      [INSTALLED]: ROUTER,
    })
    expect((await refusal(root)).message).toContain('packages/api/package.json')
    expect(expressOf(root, 'packages/api/package.json')).toBe('^4.18.2')
  })
})

describe('what is locked counts where nothing is installed', () => {
  const entry = { version: '1.2.0', peerDependencies: { express: '^4.16.0' } }
  test('npm', async () => {
    const packages = { '': MANIFEST, 'node_modules/acme-router': entry, 'node_modules/express': { version: '4.18.2' } }
    await refusal(project({ 'package.json': MANIFEST, 'package-lock.json': { lockfileVersion: 3, packages } }))
  })

  test.each([
    [
      'pnpm 9',
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      acme-router: {specifier: ^1.0.0, version: 1.2.0(express@4.18.2)}
      express: {specifier: ^4.18.2, version: 4.18.2}
packages:
  acme-router@1.2.0:
    peerDependencies:
      express: ^4.16.0
  express@4.18.2:
    engines: {node: '>= 0.10.0'}
`,
    ],
    [
      'pnpm 5',
      'pnpm-lock.yaml',
      `lockfileVersion: 5.4
specifiers:
  acme-router: ^1.0.0
  express: ^4.18.2
dependencies:
  acme-router: 1.2.0_express@4.18.2
  express: 4.18.2
packages:
  /acme-router/1.2.0_express@4.18.2:
    peerDependencies:
      express: ^4.16.0
`,
    ],
    [
      'yarn berry',
      'yarn.lock',
      `__metadata:
  version: 8

"acme-router@npm:^1.0.0":
  version: 1.2.0
  resolution: "acme-router@npm:1.2.0"
  peerDependencies:
    express: ^4.16.0
  languageName: node

"express@npm:^4.18.2":
  version: 4.18.2
`,
    ],
    [
      'bun',
      'bun.lock',
      `{
  "lockfileVersion": 1,
  "workspaces": { "": { "name": "app", "dependencies": { "acme-router": "^1.0.0", "express": "^4.18.2" } } },
  "packages": {
    "acme-router": ["acme-router@1.2.0", "", { "peerDependencies": { "express": "^4.16.0" } }, "sha512-x"],
    "express": ["express@4.18.2", "", {}, "sha512-y"],
  }
}
`,
    ],
  ])('%s, which warns and goes on', async (_name, file, text) => {
    const root = project({ 'package.json': MANIFEST, [file]: text })
    const [remark] = remarksOf(await run(root))
    expect(remark).toContain('acme-router 1.2.0 accepts express ^4.16.0')
    expect(remark).toContain('warns')
    expect(expressOf(root)).toBe('^5.3.0')
  })

  test('pnpm that is told to be strict stops the run', async () => {
    const root = project({
      'package.json': MANIFEST,
      [INSTALLED]: ROUTER,
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      '.npmrc': 'strict-peer-dependencies=true\n',
    })
    await refusal(root)
  })
})

describe('nothing stands in the way', () => {
  const accepted = { name: 'acme-router', version: '1.2.0', peerDependencies: { express: '^4.0.0 || ^5.0.0-beta.1' } }
  const resolved = { ...MANIFEST, overrides: { 'acme-router': { express: '$express' } } }
  const moved = { ...MANIFEST, dependencies: { ...MANIFEST.dependencies, 'acme-router': '^2.0.0' } }
  const above = { ...MANIFEST, dependencies: { express: '^4.18.2' } }
  test.each<[string, Json, Readonly<Record<string, Json | string>>]>([
    ['when it accepts both', MANIFEST, { [INSTALLED]: accepted }],
    ['when overrides settle it', resolved, { [INSTALLED]: ROUTER }],
    ['when it is about to be replaced', moved, { [INSTALLED]: ROUTER }],
    ['when only a dependency of a dependency asks for it', above, { [INSTALLED]: ROUTER }],
    ['when peers are not looked at', MANIFEST, { [INSTALLED]: ROUTER, '.npmrc': 'legacy-peer-deps = true\n' }],
    ['when it cannot be told what is installed', MANIFEST, {}],
  ])('%s', async (_name, manifest, files) => {
    const root = project({ 'package.json': manifest, ...files })
    await run(root)
    expect(expressOf(root)).toBe('^5.3.0')
  })

  test('when the version stays as it is', async () => {
    const root = project({
      'package.json': MANIFEST,
      [INSTALLED]: ROUTER,
      'app.js': "require('express')().del('/', f)\n",
    })
    const report = await run(root, { except: ['package-version'] })
    expect(remarksOf(report)).toEqual([])
    expect(readFileSync(join(root, 'app.js'), 'utf8')).toContain('.delete(')
  })
})

test('a package that is not declared counts as brought by Express only if it is the version that Express brought', async () => {
  const found = async (version: string) => {
    const files = {
      'package.json': { name: 'app', dependencies: { express: '^4.18.2' } },
      'app.js': "require('debug')\n",
    }
    const root = project({ ...files, 'node_modules/debug/package.json': { name: 'debug', version } })
    return (await run(root, { mode: 'dry-run' })).findings.filter(({ change }) => change === 'express/dep-phantom')
  }
  expect(await found('2.6.9')).toHaveLength(1)
  expect(await found('4.3.4')).toEqual([])
})
