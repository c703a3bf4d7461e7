import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../src/cli/main.ts'
import { gatesOf, type Metrics } from '../src/cli/payment-run.ts'
import { createEngine } from '../src/engine/session.ts'
import { catalogue } from '../transforms/index.ts'
import * as paymentMaps from '../transforms/payment/map/tools.ts'
import { settings } from '../transforms/settings.ts'

const payment = fileURLToPath(new URL('../transforms/payment', import.meta.url))
const tutorial = await readFile(join(payment, 'TUTORIAL.md'), 'utf8')
const blocks = [...tutorial.matchAll(/^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm)]
const commands = blocks.flatMap(([, language, file, text]) =>
  language === 'sh' && !file ? text!.trim().split('\n') : [],
)

let shop: string

beforeAll(async () => {
  shop = await mkdtemp(join(tmpdir(), 'upgrade-kit-tutorial-'))
  for (const [, , file, text] of blocks) {
    if (!file) continue
    await mkdir(dirname(join(shop, file)), { recursive: true })
    await writeFile(join(shop, file), text!)
  }
  await cp(join(payment, 'maps/acme.yaml'), join(shop, 'acme.payment-map.yaml'))
})

afterAll(() => rm(shop, { recursive: true, force: true }), 60_000)

/** What a person sees, and the exit code. */
async function run(command: string): Promise<{ readonly code: number; readonly out: string }> {
  let out = ''
  const stream = { write: (text: string) => (out += text), columns: 120 }
  const code = await main(
    [
      ...command.split(' ').slice(1),
      ...(/payment-v2|--stage/.test(command) ? ['--no-verify', '--no-install', '--no-types'] : []),
    ],
    {
      engine: async () => createEngine(catalogue, '0.0.0'),
      settings,
      paymentMaps: async () => paymentMaps,
      stdout: stream,
      stderr: stream,
      env: {},
      cwd: shop,
      version: '0.0.0',
      signal: new AbortController().signal,
    },
  )
  return { code, out }
}

const read = (file: string) => readFile(join(shop, file), 'utf8')

/** All code and configuration of the shop that is not its map. */
async function everything(): Promise<string> {
  const entries = await readdir(shop, { recursive: true, withFileTypes: true })
  const files = entries.filter(
    (entry) => entry.isFile() && entry.name !== 'acme.payment-map.yaml' && !entry.parentPath.includes('.upgrade-kit'),
  )
  const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))
  return texts.join('\n')
}

test('has the commands of every step', () => {
  expect(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
    'upgrade-kit payment-v2 --map',
    'upgrade-kit payment-v2 --map',
    'upgrade-kit payment status',
    'upgrade-kit payment cutover',
    'upgrade-kit payment cutover',
    'upgrade-kit payment cutover',
  ])
})

test('leads from the old version to the new one', { timeout: 300_000 }, async () => {
  const before = await read('src/charge.js')

  const dry = await run(commands[0]!)
  expect(dry.out).toContain('POST /v1/charges')
  expect(dry.out).not.toContain('GET /v1/reports')
  expect(await read('src/charge.js')).toBe(before)

  const written = await run(commands[1]!)
  expect(written.code, written.out).toBeLessThan(2)
  const after = await read('src/charge.js')
  expect(after).toContain('acmeHttp.createCharge({')
  expect(after).toContain('v1: ({ body }) => fetch(`${ACME}/v1/charges`')
  expect(await read('.env.example')).toContain('PAYMENT_API_V2=false')
  execFileSync(process.execPath, [
    '--input-type=module',
    '-e',
    `await import(${JSON.stringify(`file://${join(shop, 'src/charge.js')}`)})`,
  ])

  const again = await run(commands[1]!)
  expect(await read('src/charge.js'), again.out).toBe(after)

  const status = await run(commands[2]!)
  expect(status.out).toContain('Map acme.payment-map.yaml, stage dual.')
  expect(status.out).toMatch(
    /Behind the façade: 1\n {2}src\/charge\.js:\d+ {2}createCharge: HTTP as fetch; rows .*its key is `reference`; reads `ok`, `message`, `id`; can speak v2 at the end\n/,
  )

  const tooEarly = await run('upgrade-kit payment cutover --stage writes')
  expect(tooEarly.code).toBe(2)
  expect(tooEarly.out).toContain('nobody said since when')

  const writes = await run(commands[3]!)
  expect(writes.code, writes.out).toBeLessThan(2)
  expect(await everything()).not.toMatch(/PAYMENT_API_V2/)

  const inBetween = await everything()
  await run(commands[4]!)
  const back = await run('upgrade-kit undo')
  expect(await everything(), back.out).toBe(inBetween)

  const full = await run(commands[4]!)
  expect(full.code, full.out).toBeLessThan(2)
  const end = await everything()
  expect(end).not.toMatch(/\/v1\/charges|PAYMENT_API_V2/)
  expect(end).toContain('/v1/reports')
  execFileSync(process.execPath, [
    '--input-type=module',
    '-e',
    `await import(${JSON.stringify(`file://${join(shop, 'src/charge.js')}`)})`,
  ])

  const once = await run(commands[4]!)
  expect(await everything(), once.out).toBe(end)

  const inline = await run(commands[5]!)
  expect(inline.code, inline.out).toBe(0)
  const own = await read('src/charge.js')
  expect(own).toContain("price: acmeAmount(order.total, 'EUR')")
  expect(own).toContain('order: order.id')
  execFileSync(process.execPath, [
    '--input-type=module',
    '-e',
    `await import(${JSON.stringify(`file://${join(shop, 'src/charge.js')}`)})`,
  ])
})

describe('the conditions for a higher percentage', () => {
  const good: Metrics = {
    v1: { orders: 10_000, definiteFailures: 200, unknown: 3, p95Milliseconds: 800 },
    v2: { orders: 500, definiteFailures: 11, unknown: 0, p95Milliseconds: 900 },
    mappingErrors: 0,
    webhooks: { expected: 489, received: 489 },
    reconciliation: { ordersChecked: 500, capturedTwice: 0, capturedTooMuch: 0 },
  }
  const notMet = (metrics: Metrics) => gatesOf(metrics).filter(({ state }) => state !== 'met')

  test('are met by a good day, and by nothing that was not measured', () => {
    expect(notMet(good)).toEqual([])
    expect(gatesOf(undefined).every(({ state }) => state === 'not measured')).toBe(true)
  })

  test.each<[string, Partial<Metrics>]>([
    ['too few orders', { v2: { ...good.v2, orders: 99, definiteFailures: 0 } }],
    ['more failures', { v2: { ...good.v2, definiteFailures: 13 } }],
    ['unknown outcomes', { v2: { ...good.v2, unknown: 1 } }],
    ['slow answers', { v2: { ...good.v2, p95Milliseconds: 1201 } }],
    ['a request that could not be mapped', { mappingErrors: 1 }],
    ['a webhook that did not come', { webhooks: { expected: 489, received: 488 } }],
    ['an order that was captured twice', { reconciliation: { ...good.reconciliation, capturedTwice: 1 } }],
    ['no reconciliation', { reconciliation: { ...good.reconciliation, ordersChecked: 0 } }],
  ])('%s is one that is not met', (_what, change) => {
    expect(notMet({ ...good, ...change })).toHaveLength(1)
  })
})
