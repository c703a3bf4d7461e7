import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine } from '../src/engine/session.ts'
import { catalogue } from '../transforms/index.ts'
import { QUICK, ShopFolder } from './data/payment/shop.ts'

const folders: ShopFolder[] = []
function shop(files: Readonly<Record<string, string>>): ShopFolder {
  const made = new ShopFolder(files)
  folders.push(made)
  return made
}
afterAll(() => {
  for (const folder of folders) folder.remove()
})

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

// ---- what must be true before --------------------------------------------------------------------

const PAYPAL = {
  'package.json': '{ "name": "shop", "dependencies": { "paypal-rest-sdk": "^1.8.1", "axios": "^1.0.0" } }\n',
  'pay.js': `const paypal = require('paypal-rest-sdk')
exports.pay = (ref, done) =>
  paypal.payment.create(
    { intent: 'sale', payer: { payment_method: 'paypal' }, transactions: [{ amount: { total: '1.00', currency: 'USD' }, invoice_number: ref }] },
    done,
  )
`,
}

/** Code that is still open: each must keep the rollout from being ended. */
const OPEN: Readonly<Record<string, string>> = {
  'http-call': `const axios = require('axios')
const { ask } = require('./ask')
exports.pay = (options) => axios.post('https://api.paypal.com/v1/payments/payment', ask(), options)
`,
  'sdk-import': `exports.paypal = () => import('paypal-rest-sdk')
`,
  'no-counterpart': `const { paypal } = require('./payments/paypal')
const sdk = require('paypal-rest-sdk')
exports.list = (done) => sdk.payment.list({ count: 10 }, done)
`,
  'unknown-sender': `const { post } = require('./ask')
exports.pay = (body) => post('https://api.paypal.com/v1/payments/payment', body)
`,
  'webhook-event': `// what PayPal sends
exports.hook = (event) => {
  if (event.event_type === 'PAYMENT.SALE.COMPLETED') return 'paid'
}
`,
  'return-parameter': `const sdk = require('paypal-rest-sdk')
exports.success = ({ query: { paymentId } }, res) => {
  const id = req.query.paymentId
  sdk.payment.execute(id, { payer_id: req.query.PayerID }, () => res.end())
}
`,
  'request-field': `const sdk = require('paypal-rest-sdk')
exports.pay = (ref, done) =>
  sdk.payment.create({ intent: 'order', transactions: [{ invoice_number: ref, notify_url: 'https://shop' }] }, done)
`,
}

describe('before a rollout is ended', () => {
  let paypal: ShopFolder
  beforeAll(async () => {
    paypal = shop(PAYPAL)
    const done = await paypal.run('payment-v2', '--include', 'review', ...QUICK)
    expect(paypal.has('payment-migration.lock.json'), done.out).toBe(true)
  })

  /** The two ways to ask for it, and what both say. */
  async function refusal(project: ShopFolder, ...options: readonly string[]): Promise<string> {
    const before = project.files()
    const [command, recipe] = [
      await project.run('payment', 'cutover', ...options, ...QUICK),
      await project.run('payment-cutover', '--include', 'review', ...options, ...QUICK),
    ]
    expect([command.code, recipe.code], command.out).toEqual([2, 2])
    expect(recipe.out).toBe(command.out)
    expect(project.files()).toEqual(before)
    return command.out
  }

  test.each<[string, readonly string[], RegExp]>([
    ['since when is said', ['--stage', 'writes'], /nobody said since when all new orders .*--at-100-since.* 14 days/],
    ['it is long enough', ['--stage', 'writes', '--at-100-since', daysAgo(13)], /is 13 days ago, and it must be 14/],
    ['it is not to come', ['--stage', 'writes', '--at-100-since', daysAgo(-2)], /has not come yet/],
    ['it is a day', ['--stage', 'writes', '--at-100-since', '2026-02-31'], /--at-100-since '2026-02-31' is not a day/],
    ['the last old payment is said', ['--stage', 'full'], /nobody said when the old version made its last payment/],
    ['it is long ago', ['--stage', 'full', '--last-old-payment', daysAgo(179)], /is 179 days ago, and it must be 180/],
  ])('%s', async (_what, options, said) => {
    expect(await refusal(paypal, ...options)).toMatch(said)
  })

  test.each(Object.entries(OPEN))('%s is put right', async (change, text) => {
    const own = shop(paypal.files())
    own.write({
      'open.js': text,
      'ask.js': 'exports.ask = () => ({})\nexports.post = (url, body) => fetch(url, body)\n',
    })
    const out = await refusal(own, '--stage', 'writes', '--at-100-since', daysAgo(14))
    const scanned = JSON.parse((await own.run('scan', 'payment-v2', '--format', 'json', '--no-types')).stdout)
    const lines = scanned.findings
      .filter(
        (one: { change: string; at: { file: string } }) =>
          one.change === `payment/${change}` && one.at.file === 'open.js',
      )
      .map((one: { at: { line: number }; message: string }) => `open.js:${one.at.line} is open: ${one.message}`)
    expect(lines.length, out).toBeGreaterThan(0)
    for (const line of lines) expect(out).toContain(line)
  })

  test('and then it is, either way, also when a person types that it may', async () => {
    for (const words of [
      ['payment', 'cutover'],
      ['payment-cutover', '--include', 'review'],
    ]) {
      const own = shop(paypal.files())
      const done = await own.run(...words, '--stage', 'writes', '--at-100-since', daysAgo(14), ...QUICK)
      expect(done.code, done.out).toBeLessThan(2)
      expect(JSON.parse(own.read('payment-migration.lock.json')).facade.stage).toBe('writes')
      const forced = shop(paypal.files())
      const wrong = await forced.run(...words, '--stage', 'full', '--accept-risk', 'yes', ...QUICK)
      expect(wrong.out).toContain("--accept-risk 'I know that payments of the old version can no longer be followed'")
      const phrase = 'I know that payments of the old version can no longer be followed'
      const accepted = await forced.run(...words, '--stage', 'full', '--accept-risk', phrase, ...QUICK)
      expect(accepted.code, accepted.out).toBeLessThan(2)
      expect(accepted.out).toContain('not met: nobody said when')
      // where it has been done there is nothing to be careful about
      const again = await forced.run(...words, '--stage', 'full', ...QUICK)
      expect(again.code, again.out).toBeLessThan(2)
    }
  })

  test('a dry run says what is not met, and shows what would be done', async () => {
    const dry = await paypal.run('payment-cutover', '--stage', 'writes', '--include', 'review', '--dry-run')
    expect(dry.out).toContain('not met: nobody said since when')
    expect(dry.out).toContain('payment-migration.lock.json')
    expect(dry.code).toBe(1)
  })

  test('nothing is asked of a map that says that the new version serves what the old one made', async () => {
    const own = shop(paypal.files())
    const { readFileSync } = await import('node:fs')
    const text = readFileSync(new URL('../transforms/payment/maps/paypal.yaml', import.meta.url), 'utf8')
    own.write({
      'own.payment-map.yaml': text.replace(
        /pin: (?:required|preferred)(?:, probe: read-only, read: \w+)?/g,
        'pin: none',
      ),
      'payment-migration.lock.json': own
        .read('payment-migration.lock.json')
        .replace('"map": "paypal"', '"map": "own.payment-map.yaml"'),
    })
    const dry = await own.run('payment-cutover', '--stage', 'full', '--include', 'review', '--dry-run')
    expect(dry.out).toContain('let')
    expect(dry.out).not.toContain('not met')
  })

  test('no library can go past it, nor a run that is about a part of the project', async () => {
    const engine = createEngine(catalogue, '0.0.0')
    const request = {
      root: paypal.folder,
      recipe: 'payment-cutover',
      mode: 'apply',
      level: 'review',
      types: 'off',
      install: false,
      verify: false,
      settings: { stage: 'full' },
    } as const
    await expect(engine.run(request)).rejects.toThrow(/must not write yet/)
    await expect(engine.run({ ...request, paths: ['pay.js'], only: ['payment/old-call'] })).rejects.toThrow(/must not/)
  })

  test('the map is the one that the façade was made with, and another one is another matter', async () => {
    const own = shop({
      'package.json': '{ "name": "shop", "type": "module" }\n',
      'acme.payment-map.yaml': (await import('../transforms/payment/map/bundled.ts')).bundledText('acme')!,
      'pay.js': `export const pay = (ref, key) => fetch('https://pay.acme.example/v1/charges', { method: 'POST', headers: { Authorization: \`Bearer \${key}\` }, body: JSON.stringify({ amount: '1.00', currency: 'EUR', reference: ref, card_token: 'tok_1' }) })\n`,
    })
    await own.run('payment-v2', '--map', 'acme.payment-map.yaml', '--include', 'review', ...QUICK)
    const other = await own.run('payment-cutover', '--stage', 'writes', '--provider', 'paypal', ...QUICK)
    expect(other.out).toContain('the run is about paypal')
    const same = await own.run('payment-cutover', '--at-100-since', daysAgo(20), '--include', 'review', ...QUICK)
    expect(same.code, same.out).toBeLessThan(2)
    expect(own.read('payments/acme/index.js')).toContain('createCharge')
    expect(JSON.parse(own.read('payment-migration.lock.json')).facade.stage).toBe('writes')
  })
})
