import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import semver from 'semver'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Change } from '../src/index.ts'
import { type Observation, observe } from '../src/testing/behaviour.ts'
import { type Case, readCases } from '../src/testing/index.ts'
import { linkPackage } from '../src/testing/installed.ts'
import { BROUGHT } from '../transforms/express/packages/family.ts'
import { catalogue } from '../transforms/index.ts'

/*
 * Twins of what shows nowhere else than in a compiler or a package manager. Those of what shows in a running program are in
 * behaviour.test.ts; `test/catalogue.test.ts` wants one of every change.
 */

const here = fileURLToPath(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))
const changes: Readonly<Record<string, Change>> = catalogue.changes
const twins = readCases(join(root, 'fixtures')).filter(
  ({ change, situation }) => change.startsWith('express/') && situation === 'behaviour',
)
const compiled = twins.filter(({ before }) => before.has('before.ts'))
const installed = twins.filter(({ layout }) => layout === 'project')

test('there is one of each sort, and of every sort that is not run', () => {
  expect(compiled.map(({ change }) => change)).toEqual(
    Object.keys(changes).filter((id) => id.startsWith('express/') && changes[id]!.breakage === 'compile'),
  )
  const others = twins.filter(({ before }) => !before.has('before.js'))
  expect(others.map(({ change }) => change)).toEqual([...compiled, ...installed].map(({ change }) => change).sort())
})

// ---- compiled --------------------------------------------------------------------------------------

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
}

type Errors = ReadonlyMap<string, readonly string[]>

/** What the compiler says of each file with the declarations of a version. */
function errorsWith(declarations: string, files: ReadonlyMap<string, string>): Errors {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-compiled-')))
  try {
    linkPackage(declarations, here, folder)
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const paths = [...files.keys()].map((name) => join(folder, name))
    const program = ts.createProgram(paths, OPTIONS)
    const said = (path: string) =>
      ts
        .getPreEmitDiagnostics(program, program.getSourceFile(path))
        .map(({ code, messageText }) => `TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
    return new Map([...files.keys()].map((name, index) => [name, said(paths[index]!)]))
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

describe('what only the compiler sees', () => {
  const fileBefore = (one: Case) => `${one.change}/before.ts`
  const fileAfter = (one: Case) => `${one.change}/after.ts`
  let seen: { readonly on4: Errors; readonly on5: Errors } | undefined
  /** All of them in one program for each version: most of the time goes into the declarations. */
  const errors = () => {
    if (seen) return seen
    const old = compiled.map((one) => [fileBefore(one), one.before.get('before.ts')!] as const)
    const rewritten = compiled.flatMap((one) => [...one.after.values()].map((text) => [fileAfter(one), text] as const))
    seen = {
      on4: errorsWith('types-express4', new Map(old)),
      on5: errorsWith('types-express5', new Map([...old, ...rewritten])),
    }
    return seen
  }

  test.each(compiled.map((one) => [one.change, one] as const))('%s', (change, one) => {
    const { on4, on5 } = errors()
    expect(on4.get(fileBefore(one))).toEqual([])
    expect(on5.get(fileBefore(one))).not.toEqual([])
    expect(on5.get(fileAfter(one))).toEqual(changes[change]!.fixable === 'never' ? undefined : [])
  })
})

// ---- installed -------------------------------------------------------------------------------------

/*
 * What of the manifest breaks is decided by the package manager: these programs are run among the packages that it would
 * install for a manifest before and after the upgrade, each version of Express with its own dependencies beside it.
 */

type Folders = ReadonlyMap<string, string>

interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly overrides?: Readonly<Record<string, unknown>>
  readonly engines?: { readonly node: string }
}
const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** Where a dependency of a package is found, as Node looks for it. */
function folderOf(name: string, from: string): string {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  throw new Error(`${name}, which ${from} needs, is not installed`)
}

/** Express with everything that it brings, by name. */
function broughtBy(major: 4 | 5): Folders {
  const found = new Map([['express', join(root, `node_modules/express${major}`)]])
  for (const folder of found.values())
    for (const name of Object.keys(manifestIn(folder).dependencies ?? {}))
      if (!found.has(name)) found.set(name, folderOf(name, folder))
  return found
}
const brought = { 4: broughtBy(4), 5: broughtBy(5) }

/** What is installed for a manifest: a package that it overrides, or asks for itself, is the one that Express 4 brings. */
function installedFor(major: 4 | 5, { dependencies = {}, overrides = {} }: Manifest): Folders {
  const installed = new Map(brought[major])
  const isWhole = (override: unknown) => typeof override === 'string' || '.' in (override as object)
  const overridden = Object.keys(overrides).filter((name) => isWhole(overrides[name]))
  for (const name of [...Object.keys(dependencies), ...overridden])
    if (name !== 'express' && brought[4].has(name)) installed.set(name, brought[4].get(name)!)
  // and what those need in their turn
  for (const folder of installed.values())
    for (const name of Object.keys(manifestIn(folder).dependencies ?? {}))
      if (!installed.has(name)) installed.set(name, brought[4].get(name)!)
  return installed
}

/** Makes a process find these packages, wherever they are asked for, and no others: as if they lay side by side. */
const beside = (packages: Folders): string => `const Module = require('node:module')
const folders = new Map(${JSON.stringify([...packages])})
const resolve = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  const [name] = /^(?:@[^/]+\\/)?[^./][^/]*/.exec(request) || []
  if (name === undefined || Module.isBuiltin(request)) return resolve.call(this, request, ...rest)
  if (!folders.has(name)) throw new Error("Cannot find module '" + request + "'")
  return resolve.call(this, folders.get(name) + request.slice(name.length), ...rest)
}
`

/** Runs a program that finds these packages. */
async function run(program: string, packages: Folders): Promise<Observation> {
  const folder = await mkdtemp(join(tmpdir(), 'upgrade-kit-packages-'))
  try {
    await writeFile(join(folder, 'before.js'), beside(packages) + program)
    return await observe({ folder, program: 'before.js', packages: {}, requests: [{ method: 'GET', path: '/a/1' }] })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The files of a twin before the upgrade, and after it. */
function treesOf({ before, after }: Case) {
  return { before, after: new Map([...before, ...after]) }
}
type Tree = ReadonlyMap<string, string>
const manifestOf = (tree: Tree): Manifest => JSON.parse(tree.get('package.json')!)
const runTree = (tree: Tree, major: 4 | 5) => run(tree.get('app.js')!, installedFor(major, manifestOf(tree)))

/** The version of Express that is installed for a manifest, or for the catalog that it points at. */
function expressFor(tree: Tree): 4 | 5 {
  const declared = manifestOf(tree).dependencies!.express!
  const workspace = () => parse(tree.get('pnpm-workspace.yaml')!) as { catalog: Readonly<Record<string, string>> }
  const range = declared === 'catalog:' ? workspace().catalog.express! : declared
  const versions = ([4, 5] as const).map((major) => manifestIn(brought[major].get('express')!).version!)
  return semver.major(semver.maxSatisfying(versions, range)!) as 4 | 5
}

/** What is installed is decided by ranges, by the Node that is asked for, or by what else stands in the manifest. */
function sortOf({ change, before }: Case): 'range' | 'engines' | 'packages' {
  if (manifestOf(before).engines) return 'engines'
  return changes[change]!.breakage === 'deprecated' ? 'range' : 'packages'
}

describe.each(installed.map((one) => [one.change, one] as const))('%s', (_change, twin) => {
  const { before, after } = treesOf(twin)

  test.runIf(sortOf(twin) === 'range')(
    'the range keeps the project on Express 4, and leads to Express 5 afterwards',
    async () => {
      expect([expressFor(before), expressFor(after)]).toEqual([4, 5])
      const old = await runTree(before, 4)
      expect(old.answers).toEqual([expect.objectContaining({ status: 200, body: '{"id":"1"}' })])
      expect(await runTree(after, 5)).toEqual(old)
    },
  )

  test.runIf(sortOf(twin) === 'engines')('it allows a Node that Express 5 refuses, and none afterwards', () => {
    const needed = manifestIn(brought[5].get('express')!).engines!.node
    const allowed = (tree: Tree) => manifestOf(tree).engines!.node
    expect(semver.subset(allowed(before), needed)).toBe(false)
    expect(semver.subset(allowed(after), needed)).toBe(true)
    // and all that it still allows, it allowed before
    expect(semver.subset(allowed(after), allowed(before))).toBe(true)
  })

  test.runIf(sortOf(twin) === 'packages')(
    'it does not start, or does something else, with what Express 5 brings, until the manifest is rewritten',
    async () => {
      const old = await runTree(before, 4)
      const unchanged = await runTree(before, 5)
      const rewritten = await runTree(after, 5)

      expect(old.answers).toEqual([expect.objectContaining({ status: 200 })])
      expect(unchanged.startup).toMatch(/is not a function|Cannot find module/)
      expect(rewritten).toEqual(old)
    },
  )
})

describe('what Express brings', () => {
  const isCompatible = (old: string, now: string | undefined) =>
    now !== undefined && semver.satisfies(manifestIn(now).version!, `^${manifestIn(old).version}`)

  test('everything that is gone, or has another major version, is warned of', () => {
    const differing = [...brought[4]].filter(([name, folder]) => !isCompatible(folder, brought[5].get(name)))
    expect(differing.map(([name]) => name).sort()).toEqual(['express', ...Object.keys(BROUGHT)].sort())
  })
})
