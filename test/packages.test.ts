import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { discover } from '../src/engine/discover.ts'
import { declarations, type Packages, projectRoot, readPackages, standing, standings } from '../src/engine/packages.ts'
import { UserError } from '../src/model/user-error.ts'

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

type Tree = Readonly<Record<string, string | object>>

/** A temporary folder with these files; an object is written as JSON. */
function tree(files: Tree): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'upgrade-kit-packages-')))
  made.push(root)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  // The search for lock files above ends here, and not in somebody's home folder.
  mkdirSync(path.join(root, '.git'), { recursive: true })
  return root
}

const read = (root: string): Packages => readPackages(root, discover(root))

/** Where the package in `folder` stands between Express 4 and 5. */
function stand(files: Tree, folder = '.', below = '.') {
  const { folders } = read(path.join(tree(files), below))
  return standing(folders.find((pkg) => pkg.folder === folder)!, ['express'], '4.0.0', '5.0.0')
}

const uses = (range: string, section = 'dependencies') => ({ name: 'app', [section]: { express: range } })

// The relevant lines of what each package manager wrote for one and the same workspace: the root asks for ^5.0.0,
// packages/api for ^4.18.2 and, as e3, for npm:express@~4.17.1; packages/web has only a peer range, ^4 || ^5.
const WORKSPACE: Tree = {
  'package.json': { name: 'root', workspaces: ['packages/*'], devDependencies: { express: '^5.0.0' } },
  'packages/api/package.json': { name: 'api', dependencies: { e3: 'npm:express@~4.17.1', express: '^4.18.2' } },
  'packages/web/package.json': { name: '@x/web', peerDependencies: { express: '^4 || ^5' } },
}
const API = { dependencies: { e3: 'npm:express@~4.17.1', express: '^4.18.2' } }
const LOCKS: Readonly<Record<string, Tree>> = {
  'npm 7 and later': {
    'package-lock.json': {
      lockfileVersion: 3,
      packages: {
        '': { name: 'root', devDependencies: { express: '^5.0.0' } },
        'node_modules/api': { resolved: 'packages/api', link: true },
        'node_modules/e3': { name: 'express', version: '4.17.3' },
        'node_modules/express': { version: '5.3.0' },
        'packages/api': { name: 'api', ...API },
        'packages/api/node_modules/express': { version: '4.22.3' },
        'packages/web': { name: '@x/web', peerDependencies: { express: '^4 || ^5' } },
      },
    },
  },
  'pnpm 7': {
    'pnpm-lock.yaml': `lockfileVersion: 5.4

importers:

  .:
    specifiers:
      express: ^5.0.0
    devDependencies:
      express: 5.3.0

  packages/api:
    specifiers:
      e3: npm:express@~4.17.1
      express: ^4.18.2
    dependencies:
      e3: /express/4.17.3
      express: 4.22.3_supports-color@9.0.0

packages:

  /express/4.22.3_supports-color@9.0.0:
    resolution: {integrity: sha512-x}
    dev: false
`,
  },
  'pnpm 8': {
    'pnpm-lock.yaml': `lockfileVersion: '6.0'

settings:
  autoInstallPeers: true

importers:

  .:
    devDependencies:
      express:
        specifier: ^5.0.0
        version: 5.3.0

  packages/api:
    dependencies:
      e3:
        specifier: npm:express@~4.17.1
        version: /express@4.17.3
      express:
        specifier: ^4.18.2
        version: 4.22.3(supports-color@9.0.0)

packages:

  /express@4.22.3(supports-color@9.0.0):
    resolution: {integrity: sha512-x}
`,
  },
  'pnpm 9 and later': {
    'pnpm-lock.yaml': `---
lockfileVersion: '9.0'

importers:

  .:
    configDependencies: {}

---
lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      express:
        specifier: ^5.0.0
        version: 5.3.0

  packages/api:
    dependencies:
      e3:
        specifier: npm:express@~4.17.1
        version: express@4.17.3
      express:
        specifier: ^4.18.2
        version: 4.22.3

packages:

  express@4.22.3:
    resolution: {integrity: sha512-x}
`,
  },
  'yarn 1': {
    'yarn.lock': `# yarn lockfile v1


"e3@npm:express@~4.17.1":
  version "4.17.3"
  resolved "https://example.com/express-4.17.3.tgz#f6"
  dependencies:
    accepts "~1.3.8"

not-express@^4.18.2:
  version "4.0.1"

express@^4.18.2, express@^4.19.0:
  version "4.22.3"

express@^5.0.0:
  version "5.3.0"
`,
  },
  'yarn berry': {
    'yarn.lock': `__metadata:
  version: 8
  cacheKey: 10c0

"api@npm:1.0.0, api@workspace:packages/api":
  version: 0.0.0-use.local
  resolution: "api@workspace:packages/api"
  dependencies:
    e3: "npm:express@~4.17.1"
    express: "npm:^4.18.2"
  languageName: unknown
  linkType: soft

"e3@npm:express@~4.17.1":
  version: 4.17.3
  resolution: "express@npm:4.17.3"

"express@npm:^4.18.2, express@npm:^4.19.0":
  version: 4.22.3
  resolution: "express@npm:4.22.3"

"express@npm:^5.0.0":
  version: 5.3.0
  resolution: "express@npm:5.3.0"
`,
  },
  bun: {
    'bun.lock': `{
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "root", "devDependencies": { "express": "^5.0.0", }, },
    "packages/api": { "name": "api", "dependencies": { "e3": "npm:express@~4.17.1", "express": "^4.18.2", }, },
    "packages/web": { "name": "@x/web", "peerDependencies": { "express": "^4 || ^5", }, },
  },
  "packages": {
    "express": ["express@5.3.0", "", { "dependencies": { "accepts": "^2.0.0" } }, "sha512-x,]=="],

    "e3": ["express@4.17.3", "", {}, "sha512-x=="],

    "api/express": ["express@4.22.3", "", {}, "sha512-x=="],
  }
}
`,
  },
}

describe('lock files', () => {
  for (const [writer, lock] of Object.entries(LOCKS)) {
    const file = Object.keys(lock)[0]!

    it(`reads the version of each workspace package (${writer})`, () => {
      const files = { ...WORKSPACE, ...lock }
      expect(stand(files, 'packages/api')).toEqual({
        folder: 'packages/api',
        name: 'api',
        version: '4.22.3',
        versionFrom: file,
        inScope: true,
        reason: `uses express 4.22.3 (${file})`,
      })
      expect(stand(files)).toMatchObject({
        version: '5.3.0',
        inScope: false,
        reason: `already uses express 5.3.0 (${file})`,
      })
    })

    it(`reads an alias (${writer})`, () => {
      const api = { name: 'api', dependencies: { e3: 'npm:express@~4.17.1' } }
      expect(stand({ ...WORKSPACE, ...lock, 'packages/api/package.json': api }, 'packages/api')).toMatchObject({
        version: '4.17.3',
        reason: `uses express 4.17.3 as e3 (${file})`,
      })
    })

    it(`finds the lock file above the root (${writer})`, () => {
      expect(stand({ ...WORKSPACE, ...lock }, '.', 'packages/api')).toMatchObject({
        folder: '.',
        version: '4.22.3',
        versionFrom: `../../${file}`,
      })
    })

    it(`does not ask about a package that is no part of the workspace, or was changed since (${writer})`, () => {
      const files = { ...WORKSPACE, ...lock, 'examples/hello/package.json': uses('^4.16.0') }
      expect(stand(files, 'examples/hello')).toMatchObject({
        version: '4.16.0',
        versionFrom: 'examples/hello/package.json',
      })
      const newer = { ...files, 'examples/hello/package.json': uses('^5.1.0') }
      expect(stand(newer, 'examples/hello')).toMatchObject({ versionFrom: 'examples/hello/package.json' })
      const bumped = { ...WORKSPACE, ...lock, 'packages/api/package.json': { ...uses('^5.1.0'), name: 'api' } }
      expect(stand(bumped, 'packages/api')).toMatchObject({ inScope: false, version: '5.1.0' })
    })
  }

  it('reads version 1 of npm, and npm-shrinkwrap.json first', () => {
    const v1 = (version: string) => ({ lockfileVersion: 1, dependencies: { express: { version } } })
    expect(stand({ 'package.json': uses('^4.0.0'), 'package-lock.json': v1('4.17.1') })).toMatchObject({
      version: '4.17.1',
    })
    const both = { 'package-lock.json': v1('4.17.1'), 'npm-shrinkwrap.json': v1('4.16.4') }
    expect(stand({ 'package.json': uses('^4.0.0'), ...both })).toMatchObject({ versionFrom: 'npm-shrinkwrap.json' })
  })

  it('reads a pnpm lock file of one package', () => {
    const old =
      'lockfileVersion: 5.3\n\nspecifiers:\n  express: ^4.17.1\n\ndependencies:\n  express: 4.17.3\n\npackages:\n'
    const files = { 'package.json': uses('^4.17.1'), 'pnpm-lock.yaml': old }
    expect(stand(files)).toMatchObject({ version: '4.17.3', versionFrom: 'pnpm-lock.yaml' })
    expect(stand({ ...files, 'pnpm-lock.yaml': old.replaceAll('\n', '\r\n') })).toMatchObject({ version: '4.17.3' })
  })

  it('believes an override that forbids what the range allows', () => {
    const lock = `"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    express: "npm:^5.0.0"

"express@npm:4.18.2":
  version: 4.18.2

"not-express@npm:^1.0.0":
  version: 1.0.0
`
    expect(stand({ 'package.json': uses('^5.0.0'), 'yarn.lock': lock })).toMatchObject({
      version: '4.18.2',
      inScope: true,
    })
  })

  it('asks the lock file of the package manager that package.json names', () => {
    const files = {
      'package.json': { ...uses('^4.0.0'), packageManager: 'npm@10.0.0' },
      'package-lock.json': { lockfileVersion: 1, dependencies: { express: { version: '4.17.1' } } },
      'yarn.lock': 'express@^4.0.0:\n  version "4.19.0"\n',
    }
    expect(stand(files).version).toBe('4.17.1')
    expect(stand({ ...files, 'package.json': uses('^4.0.0') }).version).toBe('4.19.0')
  })

  it.each([
    ['package-lock.json', '{"lockfileVersion": 3, "packages": {', ''],
    ['package-lock.json', '{\n<<<<<<< HEAD\n"a": 1\n=======\n', 'it holds the marks of a merge conflict'],
    ['bun.lockb', '#!/usr/bin/env bun\n', 'it is binary'],
  ])('goes by the range and says so when %s cannot be read', (file, content, why) => {
    const found = stand({ 'package.json': uses('^4.17.1'), [file]: content })
    expect(found).toMatchObject({ version: '4.17.1', versionFrom: 'package.json', inScope: true })
    expect(found.reason).toContain(`${file} could not be read: ${why}`)
  })
})

describe('declared ranges', () => {
  it.each([
    ['^4.17.1', '4.17.1', true, 'uses express ^4.17.1 (package.json)'],
    ['4.x', '4.0.0', true, 'uses express 4.x (package.json)'],
    ['npm:express@^4.16.0', '4.16.0', true, 'uses express ^4.16.0 (package.json)'],
    ['git+https://example.com/express.git#semver:^4.1.0', '4.1.0', true, 'uses express ^4.1.0 (package.json)'],
    ['patch:express@npm%3A4.18.2#~/.yarn/patches/x.patch', '4.18.2', true, 'uses express 4.18.2 (package.json)'],
    ['^5.0.0', '5.0.0', false, 'already uses express ^5.0.0 (package.json)'],
    ['^5.0.0-beta.1', '5.0.0-beta.1', false, 'uses express ^5.0.0-beta.1 (package.json)'],
    ['^3.4.0', '3.4.0', false, 'uses express ^3.4.0 (package.json), older than 4.0.0, where this recipe starts'],
    ['^4 || ^5', '4.0.0', true, 'uses express ^4 || ^5 (package.json), which allows 5.0.0 and later as well'],
    ['>=4', '4.0.0', true, 'uses express >=4 (package.json), which allows 5.0.0 and later as well'],
  ])('%s', (range, version, inScope, reason) => {
    expect(stand({ 'package.json': uses(range) })).toMatchObject({
      version,
      inScope,
      reason: expect.stringContaining(reason),
    })
  })

  it.each(['*', '', 'latest', 'github:expressjs/express', '>=3'])(
    'cannot tell from %j, unless it is installed',
    (range) => {
      const files = { 'package.json': uses(range) }
      const found = stand(files)
      expect(found).toMatchObject({ inScope: true, reason: expect.stringContaining('cannot be told') })
      expect(found.version).toBeUndefined()
      const installed = (version: string) => ({
        ...files,
        'node_modules/express/package.json': { name: 'express', version },
      })
      expect(stand(installed('4.18.0'))).toMatchObject({
        version: '4.18.0',
        versionFrom: 'node_modules/express',
        inScope: true,
        reason: 'uses express 4.18.0 (node_modules/express)',
      })
      expect(stand(installed('5.1.0'))).toMatchObject({ inScope: false })
    },
  )

  it.each(['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'])('counts %s', (section) => {
    expect(stand({ 'package.json': uses('^4.1.0', section) })).toMatchObject({ inScope: true, version: '4.1.0' })
  })

  it('lets a dev dependency decide what a wide peer range leaves open', () => {
    const both = (dev: string) => ({ peerDependencies: { express: '^4 || ^5' }, devDependencies: { express: dev } })
    expect(stand({ 'package.json': both('^4.18.0') })).toMatchObject({ inScope: true, version: '4.18.0' })
    expect(stand({ 'package.json': both('^5.0.0') })).toMatchObject({ inScope: false, version: '5.0.0' })
  })

  it('is in scope if one of two versions in use is', () => {
    const manifest = { devDependencies: { express4: 'npm:express@^4.0.0', express: '^5.0.0' } }
    expect(stand({ 'package.json': manifest })).toMatchObject({
      inScope: true,
      reason: expect.stringContaining('as express4'),
    })
  })

  it('follows file: and workspace: to the package itself', () => {
    const own = { name: 'express', version: '4.20.0' }
    expect(stand({ 'package.json': uses('file:./fork'), 'fork/package.json': own })).toMatchObject({
      version: '4.20.0',
      versionFrom: 'fork/package.json',
    })
    expect(stand({ 'package.json': uses('workspace:*'), 'packages/express/package.json': own })).toMatchObject({
      version: '4.20.0',
    })
  })

  it.each([
    ['pnpm-workspace.yaml', 'catalog:\n  express: ^4.1.0\ncatalogs:\n  old:\n    express: ^4.2.0\n'],
    ['.yarnrc.yml', 'catalog:\n  express: ^4.1.0\ncatalogs:\n  old:\n    express: ^4.2.0\n'],
    ['package.json', { workspaces: { catalog: { express: '^4.1.0' }, catalogs: { old: { express: '^4.2.0' } } } }],
    ['package.json', { catalog: { express: '^4.1.0' }, catalogs: { old: { express: '^4.2.0' } } }],
  ])('follows catalog: to %s', (file, content) => {
    const files = {
      'package.json': {},
      [file]: content,
      'a/package.json': uses('catalog:'),
      'b/package.json': uses('catalog:old'),
    }
    expect(stand(files, 'a')).toMatchObject({ version: '4.1.0', versionFrom: file, inScope: true })
    expect(stand(files, 'b')).toMatchObject({ version: '4.2.0', versionFrom: file })
    const { folders } = read(tree(files))
    const [declaration] = declarations(folders.find((pkg) => pkg.folder === 'b')!, ['express'])
    expect(declaration).toMatchObject({
      section: 'dependencies',
      spec: 'catalog:old',
      range: '^4.2.0',
      catalog: { name: 'old' },
    })
  })

  it('takes the versions of a recipe as 4 or 4.0.0', () => {
    const [pkg] = read(tree({ 'package.json': uses('^4.17.1') })).folders
    expect(standing(pkg!, ['express'], '4', '5').inScope).toBe(true)
    expect(standing(pkg!, ['express'], '4.18', '5').inScope).toBe(true)
    expect(standing(pkg!, ['express'], '3', '4').inScope).toBe(false)
  })
})

describe('packages', () => {
  it('says which package a file belongs to', () => {
    const packages = read(tree({ ...WORKSPACE, 'packages/api/src/a.js': '', 'scripts/b.js': '' }))
    expect(packages.folders.map(({ folder }) => folder)).toEqual(['.', 'packages/api', 'packages/web'])
    expect(packages.owner('packages/api/src/a.js')?.name).toBe('api')
    expect(packages.owner('packages/apix/a.js')?.name).toBe('root')
    expect(packages.owner('scripts/b.js')?.name).toBe('root')
  })

  it('leaves a package alone that does not use the provider', () => {
    const files = { 'package.json': {}, 'a/package.json': { name: 'a', dependencies: { koa: '^2.0.0' } } }
    expect(stand(files, 'a')).toEqual({ folder: 'a', name: 'a', inScope: false, reason: 'does not use express' })
  })

  it('takes what is not declared from the package above, as Node does', () => {
    const files = { 'package.json': uses('^4.17.1'), 'src/esm/package.json': { type: 'module' } }
    expect(stand(files, 'src/esm')).toMatchObject({
      version: '4.17.1',
      inScope: true,
      reason: 'uses express ^4.17.1 (package.json); declared above, in package.json',
    })
  })

  describe('that use another one of the project', () => {
    const web = (dependencies: object): Tree => ({
      'package.json': { name: 'root', workspaces: ['packages/*'] },
      'packages/api/package.json': { ...uses('4.18.2'), name: 'api', version: '1.2.0' },
      'packages/site/package.json': { name: 'site', dependencies },
      'packages/tool/package.json': { name: 'tool', devDependencies: { site: '*' } },
    })
    const all = (files: Tree) => standings(read(tree(files)), ['express'], '4', '5')
    const scope = (files: Tree) => all(files).flatMap(({ name, inScope }) => (inScope ? [name] : []))

    it.each(['workspace:*', '*', '^1.0.0', 'file:../api'])('are in scope with it: %s', (spec) => {
      expect(all(web({ api: spec }))).toMatchObject([
        { name: 'root', inScope: false },
        { name: 'api', inScope: true },
        {
          name: 'site',
          inScope: true,
          version: '4.18.2',
          reason: 'uses api, which uses express 4.18.2 (packages/api/package.json)',
        },
        { name: 'tool', inScope: true, reason: expect.stringContaining('uses site, which uses api') },
      ])
    })

    it('are not where they get another version of it from a registry, or have a version of their own', () => {
      expect(scope(web({ api: '^0.9.0' }))).toEqual(['api'])
      expect(scope(web({ api: 'workspace:*', express: '5.0.0' }))).toEqual(['api'])
    })

    it('are not where it needs the provider for itself only', () => {
      const files = web({ api: 'workspace:*' })
      const api = { name: 'api', devDependencies: { express: '4.18.2' } }
      expect(scope({ ...files, 'packages/api/package.json': api })).toEqual(['api'])
    })
  })

  it('looks at the files of a root without a package.json', () => {
    const files = { 'app.js': '', 'web/package.json': { name: 'web' } }
    expect(stand(files)).toMatchObject({
      folder: '.',
      inScope: true,
      reason: expect.stringContaining('no package.json'),
    })
    expect(read(tree({ 'web/app.js': '', 'web/package.json': {} })).folders.map(({ folder }) => folder)).toEqual([
      'web',
    ])
  })

  it('reports a broken package.json and goes on', () => {
    const packages = read(
      tree({ 'package.json': uses('^4.0.0'), 'a/package.json': '{"name": ', 'b/package.json': '[]' }),
    )
    expect(packages.notLookedAt.map(({ file, kind }) => [file, kind])).toEqual([
      ['a/package.json', 'unparsable'],
      ['b/package.json', 'unparsable'],
    ])
    expect(packages.owner('a/x.js')?.folder).toBe('.')
  })

  it('reads a byte order mark, and forgives sections that are no objects', () => {
    const manifest = `\uFEFF${JSON.stringify({ name: 'x', dependencies: { express: '^4.0.0', y: 1 }, devDependencies: null })}`
    expect(stand({ 'package.json': manifest })).toMatchObject({ name: 'x', version: '4.0.0' })
  })

  it('needs a package.json', () => {
    expect(() => read(tree({ 'app.js': '' }))).toThrow(UserError)
    expect(() => read(tree({ 'app.js': '' }))).toThrow(/no package\.json/)
    expect(() => read(tree({ 'package.json': '{' }))).toThrow(/package\.json in .*not a readable package\.json/)
  })

  it('finds the root of the project from a folder inside it, and does not leave the repository', () => {
    const root = tree({ 'package.json': {}, 'a/b/c.js': '', 'nested/x.js': '' })
    expect(projectRoot(path.join(root, 'a/b'))).toBe(root)
    execFileSync('git', ['init', '-q'], { cwd: path.join(root, 'nested') })
    expect(projectRoot(path.join(root, 'nested'))).toBe(path.join(root, 'nested'))
  })
})
