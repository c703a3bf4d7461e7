import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ProjectFacts } from '../src/kit.ts'
import { goldenRequest, goldenResponse } from '../transforms/payment/facade/golden.ts'
import type { ProjectStyle } from '../transforms/payment/facade/types.ts'
import { BUNDLED, bundledMap } from '../transforms/payment/map/bundled.ts'
import { testFiles } from '../transforms/payment/sites/test-files.ts'
import { COMMONJS, projectFolder, writeFacade } from './data/payment/facade.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A project with a façade and its tests. `change` breaks the façade. */
function project(
  id: string,
  style: Partial<ProjectStyle>,
  change?: (file: string, text: string) => string,
  stage?: 'writes' | 'full',
): string {
  const { map } = bundledMap(id)!
  const folder = projectFolder()
  folders.push(folder)
  const isEsm = style.modules === 'esm'
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: isEsm ? 'module' : 'commonjs' }))
  writeFacade(
    folder,
    {
      map,
      operations: Object.keys(map.operations),
      http: map.to.transport === 'sdk' ? [] : ['json'],
      ...(map.sdk ? { sdk: { package: map.sdk[0]!.package } } : {}),
      style: { ...COMMONJS, ...style },
      ...(stage ? { stage } : {}),
    },
    change,
  )
  return folder
}

/** Runs the tests of a folder as its runner does. */
function run(
  folder: string,
  runner: ProjectStyle['tests'],
  pattern = 'map',
  file = `payments/__tests__/${pattern}.test.js`,
): { code: number | null; out: string } {
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs')
  // what Jest and Mocha have as globals
  const globals = `data:text/javascript,import { test, it, beforeEach } from 'node:test'; Object.assign(globalThis, ${runner === 'jest' ? '{ test, beforeEach }' : '{ it, beforeEach }'})`
  const args =
    runner === 'vitest'
      ? [vitest, 'run', '--root', folder, file]
      : runner === 'node'
        ? ['--test', file]
        : ['--import', globals, '--test', file]
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env })
  return { code: status, out: stdout + stderr }
}

describe.each([...BUNDLED])('of the map %s', (id) => {
  const { map } = bundledMap(id)!
  const operations = Object.entries(map.operations).filter(([, { v2 }]) => v2)

  test('every operation has a request and an answer that show what its rows do', () => {
    const missing = operations.flatMap(([name, { request, response }]) => [
      ...(request && !goldenRequest(map, name) ? [`${name}: request`] : []),
      ...(response && !goldenResponse(map, name) ? [`${name}: response`] : []),
    ])
    expect(missing).toEqual([])
  })

  test('the generated tests are green, and see each row that is lost', () => {
    const folder = project(id, { tests: 'node' })
    const green = run(folder, 'node')
    expect(green.code, green.out).toBe(0)
    let lost = ''
    const broken = project(id, { tests: 'node' }, (file, text) => {
      if (file !== 'payments/map.js') return text
      // one member of what is made, somewhere in the middle
      const lines = text.split('\n')
      const members = lines.flatMap((line, at) => (/^ {4,}\w+: \w+(?:\?\.|\.)\w+,$/.test(line) ? [at] : []))
      const at = members[Math.floor(members.length / 2)]!
      lost = lines[at]!
      return lines.filter((_line, index) => index !== at).join('\n')
    })
    const red = run(broken, 'node')
    expect([lost, red.code]).toEqual([lost, 1])
  })
})

test('PayPal: a payment has nearly all of what a payment can have', () => {
  const golden = goldenRequest(bundledMap('paypal')!.map, 'createPayment')!
  const paths = JSON.stringify(golden)
  for (const name of [
    'intent',
    'invoice_number',
    'item_list',
    'redirect_urls',
    'payer_info',
    'subtotal',
    'landing_page',
  ])
    expect(paths).toContain(`"${name}"`)
  expect(golden.output).toMatchObject({ intent: 'CAPTURE', purchase_units: [{ amount: { value: '10.00' } }] })
})

const ESM = { modules: 'esm', importExtension: '.js' } as const
test.each<[string, Partial<ProjectStyle>]>([
  ['Vitest with modules', { ...ESM, tests: 'vitest' }],
  ['Vitest with CommonJS', { tests: 'vitest' }],
  ['Node with modules', { ...ESM, tests: 'node' }],
  ['Node with CommonJS', { tests: 'node' }],
  ['what Jest has', { tests: 'jest' }],
  ['what Mocha has', { tests: 'mocha', testFiles: { folder: 'test', prefix: 'payments-acme-', ending: '.spec' } }],
])(
  '%s runs all tests of the façade',
  (_name, style) => {
    const folder = project('acme', style)
    for (const pattern of ['map', 'router']) {
      const file = style.testFiles && `test/payments-acme-${pattern}.spec.js`
      const { code, out } = run(folder, style.tests!, pattern, file)
      expect(code, out).toBe(0)
    }
  },
  60_000,
)

describe('tests stand where the runner of the project looks', () => {
  const BESIDE = { folder: 'src/payments/paypal/__tests__', prefix: '', ending: '.spec' }
  const at = (folder: string, ending = '.test') => ({ folder, prefix: 'payments-paypal-', ending })

  test.each<[string, 'mocha' | 'jest', Readonly<Record<string, string>>, unknown]>([
    ['Mocha by itself', 'mocha', { 'package.json': '{}' }, at('test')],
    [
      'Mocha with a pattern',
      'mocha',
      { 'package.json': '{"scripts":{"test":"nyc mocha -r tsx \'spec/**/*.spec.ts\'"}}' },
      at('spec', '.spec'),
    ],
    ['Mocha that looks everywhere', 'mocha', { 'package.json': '{"mocha":{"spec":"src/**/*.test.ts"}}' }, undefined],
    [
      'Mocha in a file of its own',
      'mocha',
      { 'package.json': '{}', '.mocharc.yml': 'require: tsx\nspec:\n  - "tests/unit/*.ts"\n' },
      at('tests/unit'),
    ],
    [
      'Mocha in a folder',
      'mocha',
      { 'package.json': '{}', '.mocharc.json': '{"spec":"./checks","recursive":true}' },
      at('checks'),
    ],
    ['Jest by itself', 'jest', { 'package.json': '{"scripts":{"test":"jest"}}' }, undefined],
    [
      'Jest as Nest has it',
      'jest',
      { 'package.json': '{"jest":{"rootDir":"src","testRegex":".*\\\\.spec\\\\.ts$"}}' },
      BESIDE,
    ],
    [
      'Jest with a file of its own',
      'jest',
      { 'package.json': '{}', 'jest.config.json': '{"testMatch":["<rootDir>/spec/**/*.spec.ts"]}' },
      at('spec', '.spec'),
    ],
    ['of which nothing is known', 'jest', { 'package.json': '{"jest":{"testRegex":"["}}' }, undefined],
  ])('%s', (_name, runner, files, expected) => {
    const survey = ({ format = 'javascript', look }: { format?: string; look: (files: unknown[]) => unknown }) =>
      look(
        Object.entries(files)
          .map(([path, text]) => ({ path, text }))
          .filter(({ path }) => (/ya?ml$/.test(path) ? 'yaml' : 'json') === format),
      )
    const project = { folder: '.', survey } as unknown as ProjectFacts
    const facade = { facade: 'src/payments/paypal', provider: 'paypal', extension: '.ts' }
    expect(testFiles(project, runner, facade)).toEqual(expected)
  })
})

test('they stay as long as there are rows, and only they', () => {
  for (const stage of ['writes', 'full'] as const) {
    const folder = project('acme', { tests: 'node' }, undefined, stage)
    expect(run(folder, 'node').code).toBe(0)
    expect(execFileSync('ls', [join(folder, 'payments/__tests__')], { encoding: 'utf8' }).trim()).toBe('map.test.js')
  }
})
