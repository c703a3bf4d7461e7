import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { isOfDeclarations } from '../src/catalogue/change.ts'
import { createEngine } from '../src/engine/session.ts'
import { Sources } from '../src/engine/sources.ts'
import { TypeChecker, type TypeCheckLimits, USUAL_LIMITS } from '../src/engine/type-check.ts'
import { compilerFor } from '../src/formats/javascript/type-program.ts'
import { discover, exitCode, propose, type Report, readPackages, recipesOf, type TypeCheck } from '../src/index.ts'
import { linkPackage } from '../src/testing/installed.ts'
import { catalogue } from '../transforms/index.ts'

const here = fileURLToPath(import.meta.url)
const resolver = createRequire(here)
const isCompilerLoaded = () => Object.keys(resolver.cache).some((path) => path.includes('@ts-morph'))

const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

interface Setup {
  readonly manifest?: object
  /** The text of tsconfig.json; false for none. */
  readonly config?: string | false
  readonly installed?: readonly string[]
}

const CONFIG = JSON.stringify({
  compilerOptions: { strict: true, target: 'es2022', lib: ['es2022'], module: 'commonjs', moduleResolution: 'bundler' },
})

function project(files: Readonly<Record<string, string>>, setup: Setup = {}): string {
  const { installed = ['types-express4'], config = CONFIG } = setup
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-type-check-')))
  temporary.push(root)
  const manifest = { name: 'shop', dependencies: { express: '^4.18.0' }, ...setup.manifest }
  const all = {
    'package.json': JSON.stringify(manifest),
    ...(config === false ? {} : { 'tsconfig.json': config }),
    ...files,
  }
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  for (const name of installed) linkPackage(name, here, root)
  return root
}

interface Asked {
  readonly runsProject?: boolean
  readonly limits?: TypeCheckLimits
  readonly only?: readonly string[]
}

async function reportOf(root: string, { runsProject = false, limits, only }: Asked = {}): Promise<Report> {
  const discovery = discover(root, { cwd: root })
  const { report } = await propose({
    catalogue,
    recipe: recipesOf(catalogue).find(({ id }) => id === 'express5')!,
    discovery,
    packages: readPackages(root, discovery),
    level: 'safe',
    mode: 'dry-run',
    toolVersion: '0.0.0',
    typeCheck: { runsProject, limits },
    only,
  })
  return report
}

async function checked(root: string, asked: Asked = {}): Promise<TypeCheck> {
  const { typeCheck } = await reportOf(root, asked)
  return typeCheck!
}

/** `src/a.ts:3:14 2345 express/ts-params-string-array rewritten`. */
function said({ errors }: TypeCheck): string[] {
  return errors.map(({ at, code, cause, rewritten }) =>
    [`${at.file}:${at.line}:${at.column}`, code, cause ?? 'unexplained', ...(rewritten ? ['rewritten'] : [])].join(' '),
  )
}

const HANDLER = `import type { Request, Response } from 'express'
declare function find(id: string): object
export const show = (req: Request, res: Response) => {
  res.json(find(req.params.id))
}
`
const AT_ID = 'src/a.ts:4:17 2345 express/ts-params-string-array'

describe('without TypeScript', () => {
  test('nothing is said and no compiler is loaded', async () => {
    const root = project(
      { 'src/a.js': "require('express')().get('/*', (req, res) => res.json(req.params[0]))\n" },
      { config: false },
    )
    const report = await reportOf(root)
    expect(report.findings.length).toBeGreaterThan(0)
    expect(report.typeCheck).toBeUndefined()
    expect(isCompilerLoaded()).toBe(false)
  })

  test.each<[string, Setup, string]>([
    ['no tsconfig.json', { config: false }, 'there is no tsconfig.json at or above it'],
    ['no node_modules', { installed: [] }, 'its packages are not installed: there is no node_modules'],
  ])('%s: it is said, and no compiler is loaded', async (_, setup, reason) => {
    const { errors, programs, skipped } = await checked(project({ 'src/a.ts': HANDLER }, setup))
    expect({ errors, programs }).toEqual({ errors: [], programs: [] })
    expect(skipped.map((one) => one.reason)).toEqual([reason])
    expect(isCompilerLoaded()).toBe(false)
  })
})

describe('what cannot be checked is said', () => {
  test.each<[string, Setup, RegExp]>([
    ['no types of express', { installed: ['@types/node'] }, /^no types of express are installed for it$/],
    ['a base that is not there', { config: '{ "extends": "./base.json" }' }, /^it cannot be read: .*base\.json/],
    ['a tsconfig.json that is none', { config: '{ "compilerOptions": ' }, /^it cannot be read: Expression expected\.$/],
  ])('%s', async (_, setup, reason) => {
    const { errors, skipped } = await checked(project({ 'src/a.ts': HANDLER }, setup))
    expect(errors).toEqual([])
    expect(skipped.map((one) => one.reason)).toEqual([expect.stringMatching(reason)])
  })

  test.each<[string, Partial<TypeCheckLimits>, RegExp]>([
    ['time', { seconds: 0 }, /longer than 0 seconds; --types=on/],
    ['files', { files: 10 }, /more than 10 files/],
    ['memory', { heap: 0 }, /memory did not suffice/],
  ])('a limit of %s', async (_, limits, reason) => {
    const root = project({ 'src/a.ts': HANDLER })
    const { errors, programs, skipped } = await checked(root, { limits: { ...USUAL_LIMITS, ...limits } })
    expect({ errors, programs }).toEqual({ errors: [], programs: [] })
    expect(skipped).toEqual([{ at: 'tsconfig.json', reason: expect.stringMatching(reason) }])
  })
})

describe('new errors', () => {
  test('are those that the installed types do not give, with their cause and what becomes of them', async () => {
    const old = "export const wrong: number = 'as ever'\nexport const none = (r: Request) => r.nothing\n"
    const check = await checked(project({ 'src/a.ts': HANDLER + old }))
    expect(said(check)).toEqual([`${AT_ID} rewritten`])
    expect(isCompilerLoaded()).toBe(true)
    expect(check.errors[0]!.message).toBe(
      "Argument of type 'string | string[]' is not assignable to parameter of type 'string'. Type 'string[]' is not assignable to type 'string'.",
    )
    expect(check.programs).toMatchObject([{ config: 'tsconfig.json', files: 1 }])
    expect(check.programs[0]!.against).toEqual(
      expect.arrayContaining([expect.stringMatching(/^@types\/express 5\./), expect.stringMatching(/-core 5\./)]),
    )
  })

  test('nothing is written, and a fix that the compiler was asked about says so', async () => {
    const root = project({ 'src/a.ts': HANDLER })
    const report = await reportOf(root)
    const found = report.findings.find(({ change }) => change === 'express/ts-params-string-array')!
    expect(found.outcome).toBe('written')
    expect(found.fix?.proof).toBe('the compiler no longer reports the error, and no other one')
    expect(report.patches.find(({ file }) => file === 'src/a.ts')?.after).toContain('(req: Request<{ id: string }>,')
    expect(readFileSync(join(root, 'src/a.ts'), 'utf8')).toBe(HANDLER)
  })

  test('stand where the file had them when it was read, whatever is written above', async () => {
    const text = `import express, { type Request } from 'express'
import { idOf } from './id'
const app = express()
app.del('/a', (req: Request, res) => {
  const value: unknown = req.query.a
  res.redirect('/x', 301)
  const name: string = idOf(req)
  res.json([name, value])
})
`
    const other = "import type { Request } from 'express'\nexport const idOf = (req: Request) => req.params.id\n"
    const report = await reportOf(project({ 'src/a.ts': text, 'src/id.ts': other }))
    const after = report.patches.find(({ file }) => file === 'src/a.ts')!.after
    expect(after.split('\n').length).toBeGreaterThan(text.split('\n').length)
    expect(said(report.typeCheck!)).toEqual(['src/a.ts:7:9 2322 express/ts-params-string-array'])
    const found = report.findings.find(({ change }) => change === 'express/ts-params-string-array')!
    expect(found).toMatchObject({
      outcome: 'by-hand',
      at: { line: 7, column: 9 },
      excerpt: '  const name: string = idOf(req)',
    })
    expect(text.slice(found.range.start, found.range.end)).toBe('name')
  })

  test('are none where an old one says something else on a line that is rewritten', async () => {
    const text =
      "import express from 'express'\nexpress().get('/list/*', (req, res) => void res.json(req.params.tag))\n"
    const report = await reportOf(project({ 'src/a.ts': text }))
    expect(report.patches.find(({ file }) => file === 'src/a.ts')?.after).toContain('/list/{*splat}')
    expect(said(report.typeCheck!)).toEqual([])
  })

  test('without a known cause are told first, and keep the run from being clean', async () => {
    const text =
      "import { type Application } from 'express'\nexport const listen: Application['router'] = 'a' as string\n"
    const report = await reportOf(project({ 'src/a.ts': text }), { only: ['express/ts-params-string-array'] })
    expect(said(report.typeCheck!)).toEqual(['src/a.ts:2:14 2322 unexplained'])
    expect(exitCode({ ...report, findings: [] })).toBe(1)
    expect(exitCode({ ...report, findings: [], typeCheck: { ...report.typeCheck!, errors: [] } })).toBe(0)
  })

  test('at a place that another change is about and leaves to a person are that change', async () => {
    const text = `import express, { type Request, type Response } from 'express'
const app = express()
app.get('/a', (req: Request, res: Response) => {
  const key = String(req.query.key)
  res.json(req.param(key))
})
`
    const { findings, typeCheck } = await reportOf(project({ 'src/a.ts': text }))
    const param = findings.find(({ change }) => change === 'express/req-param')!
    const expected = param.outcome === 'written' ? [] : ['src/a.ts:5:16 2551 express/req-param']
    expect(said(typeCheck!)).toEqual(expected)
    expect(findings.some(({ change }) => change === 'express/ts-removed-members')).toBe(false)
  })

  test('that a comment hides stay as they are', async () => {
    const ignored = HANDLER.replace('  res', '  // upgrade-kit-ignore express/ts-params-string-array: later\n  res')
    const report = await reportOf(project({ 'src/a.ts': ignored }))
    const found = report.findings.find(({ change }) => change === 'express/ts-params-string-array')!
    expect(found).toMatchObject({ outcome: 'ignored', ignoredBecause: 'later' })
    expect(report.ignores).toMatchObject([{ hides: 1, reason: 'later' }])
    expect(said(report.typeCheck!)).toEqual(['src/a.ts:5:17 2345 express/ts-params-string-array'])
  })

  test('are found through augmentations, in other files, and in a file with a byte order mark and CRLF', async () => {
    const user = `declare module 'express-serve-static-core' { interface Request { user: string } }
declare global { namespace Express { interface Request { tenant: string } } }
export const idOf = (req: import('express').Request) => req.user + req.tenant + req.params.id.trim()
`
    const bytes = `\uFEFF${HANDLER.replaceAll('\n', '\r\n')}`
    const check = await checked(project({ 'src/a.ts': bytes, 'src/user.ts': user }))
    expect(said(check)).toEqual([
      `${AT_ID} rewritten`,
      'src/user.ts:3:95 2339 express/ts-params-string-array rewritten',
    ])
  })
})

describe('the installation', () => {
  test('of pnpm: packages behind links, which see only what they declare', async () => {
    const root = project({ 'src/a.ts': HANDLER })
    const store = join(root, 'node_modules/.pnpm/@types+express@4/node_modules')
    mkdirSync(dirname(store), { recursive: true })
    renameSync(join(root, 'node_modules/@types'), join(root, 'types'))
    mkdirSync(store, { recursive: true })
    renameSync(join(root, 'types'), join(store, '@types'))
    mkdirSync(join(root, 'node_modules/@types'))
    for (const name of ['express', 'node'])
      symlinkSync(join(store, '@types', name), join(root, 'node_modules/@types', name), 'junction')
    expect(said(await checked(root))).toEqual([`${AT_ID} rewritten`])
  })

  test('with the new types already: they are what is asked', async () => {
    const root = project({ 'src/a.ts': HANDLER }, { installed: ['types-express5'] })
    const check = await checked(root)
    expect(check).toMatchObject({ errors: [], programs: [{ against: [] }] })
  })

  test('in a workspace whose root has references only', async () => {
    const root = project(
      {
        'packages/api/package.json': '{ "name": "api", "dependencies": { "express": "^4.18.0" } }',
        'packages/api/tsconfig.json': CONFIG,
        'packages/api/src/a.ts': HANDLER,
        'tools/b.ts': 'export const b = 1\n',
      },
      {
        config: '{ "files": [], "references": [{ "path": "./packages/api" }] }',
        manifest: { workspaces: ['packages/*'] },
      },
    )
    const check = await checked(root)
    expect(said(check)).toEqual([`packages/${AT_ID.replace('src', 'api/src')} rewritten`])
    expect(check.programs.map(({ config }) => config)).toEqual(['packages/api/tsconfig.json'])
  })
})

describe('the compiler', () => {
  const loud = (version: string, main: string) => ({
    'node_modules/typescript/package.json': JSON.stringify({ name: 'typescript', version, main: './main.js' }),
    'node_modules/typescript/main.js': main,
  })

  test('of the project is not loaded where code of the project must not run', async () => {
    const root = project({ 'src/a.ts': HANDLER, ...loud('5.4.5', "throw new Error('code of the project was run')\n") })
    const { programs } = await checked(root)
    expect(programs[0]!.compiler).toMatch(
      /^TypeScript \d\S+ that comes with upgrade-kit, because TypeScript 5\.4\.5 of the project is only used where/,
    )
  })

  test('of the project is used where its tests are run', async () => {
    const root = project({ 'src/a.ts': HANDLER })
    symlinkSync(dirname(resolver.resolve('typescript/package.json')), join(root, 'node_modules/typescript'), 'junction')
    const check = await checked(root, { runsProject: true })
    expect(check.programs[0]!.compiler).toMatch(/^TypeScript \d\S+ of the project$/)
    expect(said(check)).toEqual([`${AT_ID} rewritten`])
  })

  test.each([
    ['without a JavaScript API', '7.0.1', "module.exports = { version: '7.0.1' }\n"],
    ['too old', '4.9.5', "module.exports = { version: '4.9.5', createProgram() {} }\n"],
    ['that fails', '5.9.2', "throw new Error('broken')\n"],
  ])('of the project %s is replaced by ours, and that is said', (_, version, main) => {
    const root = project(loud(version, main))
    expect(compilerFor(root, true).name).toMatch(
      new RegExp(
        `^TypeScript 6\\S+ that comes with upgrade-kit, because TypeScript ${version} of the project cannot be used`,
      ),
    )
  })

  test('runs no plugin of a tsconfig.json', async () => {
    const config = { ...JSON.parse(CONFIG) }
    config.compilerOptions.plugins = [{ name: 'loud-plugin' }]
    const plugin = {
      'node_modules/loud-plugin/package.json': '{ "name": "loud-plugin", "main": "main.js" }',
      'node_modules/loud-plugin/main.js': "throw new Error('a plugin was run')\n",
    }
    const root = project({ 'src/a.ts': HANDLER, ...plugin }, { config: JSON.stringify(config) })
    expect(said(await checked(root))).toEqual([`${AT_ID} rewritten`])
  })

  test('takes the defaults of the version that the project was written for', async () => {
    // before TypeScript 6, nothing was strict, and all of @types was there, unless a project said otherwise
    const config = '{ "compilerOptions": { "target": "es2022", "module": "commonjs", "moduleResolution": "node10" } }'
    const text = `${HANDLER}export const loose = (a) => process.cwd() + a\n`
    const check = await checked(project({ 'src/a.ts': text }, { config }))
    expect(said(check)).toEqual([`${AT_ID} rewritten`])
  })
})

test('every declaration that a change would take back is there', () => {
  const [first, ...others] = catalogue.providers.find(({ id }) => id === 'express')!.declarations!.packages
  const main = (name: string, from: string) =>
    join(dirname(createRequire(from).resolve(`${name}/package.json`)), 'index.d.ts')
  const start = main('types-express5', here)
  const texts = new Map([[first, readFileSync(start, 'utf8')]])
  for (const name of others.slice(0, 2)) texts.set(name, readFileSync(main(name, start), 'utf8'))
  const redeclared = Object.entries(catalogue.changes).flatMap(([id, change]) =>
    isOfDeclarations(change) ? change.redeclared.map((one) => ({ id, ...one })) : [],
  )
  expect(redeclared.length).toBeGreaterThan(10)
  expect(redeclared.filter((one) => !texts.get(one.package)?.includes(one.now))).toEqual([])
})

test('--no-types asks nothing', async () => {
  const root = project({ 'src/a.ts': HANDLER })
  const run = (types: 'auto' | 'off') =>
    createEngine(catalogue, '0.0.0').run({
      recipe: 'express5',
      root,
      level: 'safe',
      types,
      mode: 'scan',
      install: false,
      verify: false,
    })
  expect((await run('off')).typeCheck).toBeUndefined()
  expect(said((await run('auto')).typeCheck!)).toEqual([`${AT_ID} rewritten`])
})

test('a file that is only planned is part of the program', async () => {
  const root = project({ 'src/a.ts': "import { app } from 'express'\nexport const a = app\n" })
  const sources = new Sources(root)
  const { declarations } = catalogue.providers.find(({ id }) => id === 'express')!
  const checker = new TypeChecker({
    root,
    sources,
    declarations: declarations!,
    files: ['src/a.ts'],
    runsProject: false,
  })
  sources.plan('src/a.ts', "import { b } from './new/b'\nexport const a: number = b\n")
  expect(await checker.newErrors()).toMatchObject([{ file: 'src/a.ts', code: 2307 }])
  sources.plan('src/new/b.ts', "export const b = 'text'\n", true)
  sources.plan('src/a.ts', "import { b } from './new/b'\nexport const a: number = b // once more\n")
  expect(await checker.newErrors()).toMatchObject([{ file: 'src/a.ts', code: 2322 }])
})
