import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { JavaScriptModule } from '../src/formats/javascript/module.ts'
import { parseJavaScript } from '../src/formats/javascript/parse.ts'
import { literalText } from '../src/formats/javascript/syntax.ts'
import { catalogue } from '../transforms/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  readonly from: string
  /** A path of the repository, `#kit`, `node:…` or the name of a package. */
  readonly to: string
  /** `import type`: nothing is loaded, and types may come from a package that only building needs. */
  readonly typeOnly: boolean
}

/** A layer imports from itself and from what stands before it. */
const LAYERS = ['model', 'text', 'formats', 'catalogue', 'engine', 'report', 'cli']
/** What stands beside the layers, and the highest layer it may import from. */
const BESIDE: Readonly<Record<string, string>> = {
  'kit.ts': 'catalogue',
  'index.ts': 'engine',
  testing: 'engine',
  dev: 'cli',
}
/** Where the catalogue as a whole may be named: the composition root and the scripts. */
const KNOWS_ALL_CHANGES = /^src\/(?:cli\/program\.ts|dev\/)/
/** The disk, other programs and the network. */
const WORLD = /^node:(?:fs|fs\/promises|child_process|http|https|net|worker_threads)$/
const TOUCHES_THE_WORLD =
  /^src\/(?:engine|testing|dev|cli)\/|^src\/formats\/javascript\/(?:declarations|types|type-program)\.ts$/

/** Every third-party package has one door: to replace it is to change what stands here. */
const DOORS: Readonly<Record<string, RegExp>> = {
  '@babel/parser': /^src\/formats\/(?:javascript\/parse|json)\.ts$/,
  '@babel/types': /^src\/formats\//,
  '@inquirer/prompts': /^src\/cli\/interactive\.ts$/,
  '@prisma/prisma-schema-wasm': /^transforms\/prisma\/schema\/parser\.ts$/,
  '@ts-morph/common': /^src\/formats\/javascript\/type-program\.ts$/,
  ajv: /^src\/cli\/saved\.ts$|^transforms\/payment\/map\/(?:load|lint)\.ts$/,
  commander: /^src\/cli\//,
  diff: /^src\/text\/(?:alignment|patch)\.ts$|^src\/formats\/javascript\/churn\.ts$/,
  esbuild: /^src\/dev\/bundle\.ts$/,
  execa: /^src\/engine\/processes\.ts$/,
  'fast-glob': /^src\/engine\/(?:discover|packages)\.ts$/,
  'fastest-levenshtein': /^src\/(?:catalogue\/select|cli\/suggest)\.ts$/,
  'fast-xml-parser': /^src\/report\/junit\.ts$/,
  'get-tsconfig': /^src\/engine\/link\.ts$/,
  'html-escaper': /^src\/report\/html\/markup\.ts$/,
  ignore: /^src\/engine\/discover\.ts$/,
  jscodeshift: /^src\/formats\/javascript\/jscodeshift\.ts$/,
  'package-manager-detector': /^src\/engine\/(?:install|verify|runners\/step)\.ts$/,
  'path-to-regexp': /^transforms\/express\/paths\//,
  'path-to-regexp-v0': /^transforms\/express\/paths\//,
  picocolors: /^src\/report\/style\.ts$/,
  sarif: /^src\/report\/sarif\.ts$/,
  semver: /^src\/(?:catalogue|engine)\//,
  'simple-git': /^src\/engine\/git\.ts$/,
  'tap-parser': /^src\/engine\/runners\/tap\.ts$/,
  'ts-morph': /^src\/(?:formats\/javascript\/(?:declarations|types)|dev\/schema)\.ts$/,
  'write-file-atomic': /^src\/engine\/write\.ts$/,
  yaml: /^src\/(?:formats\/yaml|engine\/lockfiles)\.ts$|^transforms\/payment\/map\/(?:load|draft)\.ts$/,
  'yocto-spinner': /^src\/cli\/progress\.ts$/,
}

const imports: readonly Import[] = [...sourceFiles('src'), ...sourceFiles('transforms')].flatMap(importsOf)
const packages = imports.filter(({ to }) => !/^(?:src|transforms)\/|^#|^node:/.test(to))

test('there is something to look at', () => {
  expect(imports.length).toBeGreaterThan(100)
  for (const layer of LAYERS) expect(imports.some(({ from }) => from.startsWith(`src/${layer}/`))).toBe(true)
})

test('layers import downwards', () => {
  expect(
    violations(({ from, to }) => to.startsWith('src/') && from.startsWith('src/') && rank(to) > rank(from)),
  ).toEqual([])
})

test('nothing imports what stands beside the layers, but its neighbours', () => {
  const beside = (path: string) => (path.split('/')[1]! in BESIDE ? path.split('/')[1]! : undefined)
  const isForeign = ({ from, to }: Import) => {
    const target = to.startsWith('src/') ? beside(to) : undefined
    return target !== undefined && target !== beside(from) && !(beside(from) === 'dev' && target === 'testing')
  }
  expect(violations(isForeign)).toEqual([])
})

test('a transform imports #kit and files of its own provider', () => {
  const isOutside = ({ from, to }: Import) =>
    /^transforms\/[^/]+\//.test(from) &&
    (to.startsWith('src/') ||
      (to.startsWith('transforms/') && to.split('/')[1] !== from.split('/')[1]) ||
      WORLD.test(to))
  expect(violations(isOutside)).toEqual([])
  expect(violations(({ from, to }) => to === '#kit' && !from.startsWith('transforms/'))).toEqual([])
})

test('only the composition root and the scripts know all changes', () => {
  const isWide = ({ from, to }: Import) =>
    from.startsWith('src/') &&
    to.startsWith('transforms/') &&
    !(/^transforms\/(?:index|recipes|settings|payment\/map\/tools)\.ts$/.test(to) && KNOWS_ALL_CHANGES.test(from))
  expect(violations(isWide)).toEqual([])
})

test('only the engine and what runs it touches the disk, programs and the network', () => {
  expect(violations(({ from, to }) => WORLD.test(to) && !TOUCHES_THE_WORLD.test(from))).toEqual([])
})

test('every third-party package has one door', () => {
  expect(violations(({ from, to }) => packages.some((one) => one.to === to) && !DOORS[to]?.test(from))).toEqual([])
})

test('package.json declares what is imported and nothing else', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }
  const declared = Object.keys(dependencies)
  // the scripts are not published
  const loaded = packages.filter(
    ({ from, to, typeOnly }) => !from.startsWith('src/dev/') && (!typeOnly || declared.includes(to)),
  )
  // what the compiler reads is named by a provider, and never loaded
  const read = catalogue.providers.flatMap(({ declarations }) => declarations?.installedAs ?? [])
  expect([...new Set([...loaded.map(({ to }) => to), ...read])].sort()).toEqual(declared.sort())
})

function violations(isWrong: (one: Import) => boolean): string[] {
  return imports.filter(isWrong).map(({ from, to }) => `${from} imports ${to}`)
}

/** The place of a file of src/ among the layers. */
function rank(path: string): number {
  const part = path.split('/')[1]!
  const layer = LAYERS.indexOf(part)
  return layer >= 0 ? layer : LAYERS.indexOf(BESIDE[part] ?? '')
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/\/_/.test(path))
}

/** Everything a file imports, also with `load('x')`, our name for a `require` that waits until it is needed. */
function importsOf(path: string): Import[] {
  const text = readFileSync(join(root, path), 'utf8')
  const parsed = parseJavaScript(text, path)
  if (parsed.is === 'failed') throw new Error(`${path} does not parse`)
  const module = new JavaScriptModule(path, text, parsed.ast)
  const loaded = module.calls.flatMap(({ callee, arguments: args }) => {
    const specifier = callee.type === 'Identifier' && callee.name === 'load' ? literalText(args[0]) : undefined
    return specifier === undefined ? [] : [{ specifier, typeOnly: false }]
  })
  const mentioned = module.mentions.map(({ specifier, node }) => ({
    specifier,
    typeOnly: node.type === 'ImportDeclaration' && node.importKind === 'type',
  }))
  return [...mentioned, ...loaded].map(({ specifier, typeOnly }) => ({
    from: path,
    to: target(path, specifier),
    typeOnly,
  }))
}

function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  if (/^[#]|^node:/.test(specifier)) return specifier
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)![0]
}
