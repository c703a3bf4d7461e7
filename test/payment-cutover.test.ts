import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createEngine } from '../src/engine/session.ts'
import { catalogue } from '../transforms/index.ts'
import { bundledText } from '../transforms/payment/map/bundled.ts'
import { FakePayPal, fakeFetch } from './data/payment/paypal.ts'
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
  '.env.example': 'PORT=3000\n',
  'pay.js': `const paypal = require('paypal-rest-sdk')
exports.pay = (ref, done) =>
  paypal.payment.create(
    { intent: 'sale', payer: { payment_method: 'paypal' }, transactions: [{ amount: { total: '1.00', currency: 'USD' }, invoice_number: ref }] },
    done,
  )
`,
}

/** What a service says at start-up, in the middle of a rollout and after it. */
const SET_UP = `const { configurePayments, filePins, openFeatureRollout } = require('./payments/paypal')
const { client } = require('./flags')

configurePayments({
  pins: filePins('pins.txt'),
  rollout: openFeatureRollout(client),
  allowlist: ['staff'],
  retries: 1,
})
configurePayments({ retries: 0, denylist: [], rollout: openFeatureRollout(client) })
`
const SET_UP_AFTER = `const { configurePayments, filePins } = require('./payments/paypal')

configurePayments({
  pins: filePins('pins.txt'),
  retries: 1,
})
configurePayments({ retries: 0 })
`

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
      own.write({ 'setup.js': SET_UP })
      const done = await own.run(...words, '--stage', 'writes', '--at-100-since', daysAgo(14), ...QUICK)
      expect(done.code, done.out).toBeLessThan(2)
      expect(JSON.parse(own.read('payment-migration.lock.json')).facade.stage).toBe('writes')
      // nobody can turn it back at start-up
      expect(own.read('setup.js')).toBe(SET_UP_AFTER)
      expect(own.read('payments/paypal/router.js')).not.toMatch(/allowlist|openFeature/)
      // the rollout is over for the recipe that began it, too
      const over = own.files()
      const begun = await own.run('payment-v2', '--include', 'review', ...QUICK)
      expect(own.files(), begun.out).toEqual(over)
      expect(own.read('.env.example')).toBe('PORT=3000\n')
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
    const own = shop(paypal.files())
    own.write({
      'share.js': `exports.share = require('./payments/paypal').bucketOf\nconst { bucketOf } = require('./payments/paypal')\nexports.bucket = (ref) => bucketOf('salt', ref)\n`,
    })
    const used = await own.run('payment-cutover', '--stage', 'writes', '--include', 'review', '--dry-run')
    expect(used.out).toContain('share.js uses `bucketOf`, which goes with the flag')
  })

  test('nothing is asked of a map that says that the new version serves what the old one made', async () => {
    const own = shop(paypal.files())
    const text = bundledText('paypal')!
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
      'acme.payment-map.yaml': bundledText('acme')!,
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

// ---- calls that speak the new version themselves ---------------------------------------------------

const SDK_SHOP = {
  'package.json': '{\n  "name": "shop",\n  "dependencies": {\n    "paypal-rest-sdk": "^1.8.1"\n  }\n}\n',
  '.env.example': 'PORT=3000\n',
  'pay.js': `const paypal = require('paypal-rest-sdk');
paypal.configure({ mode: 'sandbox', client_id: 'id', client_secret: 'secret' });

exports.start = (order, done) => {
  const create_payment_json = {
    intent: 'sale',
    payer: { payment_method: 'paypal' },
    redirect_urls: { return_url: 'https://shop.example/ok', cancel_url: 'https://shop.example/no' },
    transactions: [
      {
        amount: { total: order.total, currency: 'USD' },
        description: 'Shoes',
        invoice_number: order.id,
      },
    ],
  };
  paypal.payment.create(create_payment_json, (error, payment) => {
    if (error) return done(error);
    for (let i = 0; i < payment.links.length; i++) {
      if (payment.links[i].rel === 'approval_url') return done(null, payment.id, payment.links[i].href);
    }
    done(new Error('nobody can agree to it'));
  });
};

exports.finish = (id, payer, done) => {
  paypal.payment.execute(id, { payer_id: payer }, (error, payment) => {
    if (error) return done(error);
    if (payment.state !== 'approved') return done(new Error('it is not paid'));
    done(null, payment.transactions[0].related_resources[0].sale.id);
  });
};

exports.refund = (sale, total, done) =>
  paypal.sale.refund(sale, { amount: { total, currency: 'USD' } }, (error, refund) => done(error, refund && refund.id));

exports.state = (id, done) =>
  paypal.payment.get(id, (error, payment) => {
    const link = payment.links.find(({ rel }) => rel === 'self');
    const { state } = payment;
    done(error, [state === 'created', state !== 'approved', link && link.href]);
  });
`,
  'show.js': `const paypal = require('paypal-rest-sdk');

exports.show = (id, res) => paypal.payment.get(id, (error, payment) => res.json(error || payment));
`,
}

/** The same, by an object that other files hand over, and by functions that are made of its members. */
const HANDED_ON = {
  'client.js': `const paypal = require('paypal-rest-sdk');

module.exports = paypal;
`,
  'gateway.js': `const { promisify } = require('util');
const paypal = require('./client');

class Gateway {
  constructor(client) {
    this.client = client;
  }

  refund(sale, total, done) {
    const body = { amount: { total, currency: 'USD' }, description: 'sorry' };
    return this.client.sale.refund(sale, body, (error, refund) => done(error, refund && [refund.id.length, refund.amount.total]));
  }
}

const read = promisify(paypal.payment.get.bind(paypal.payment));

exports.isPaid = async (id) => {
  const payment = await read(id);
  return payment.state === 'approved';
};
exports.isOpen = (id) => read(id).then(({ state }) => state === 'created', () => 'unknown');
exports.gateway = new Gateway(paypal);
`,
}

const FULL = ['--stage', 'full', '--last-old-payment', daysAgo(200)] as const

/** A shop whose old version is gone. */
async function atTheEnd(
  files: Readonly<Record<string, string>>,
  map: readonly string[] = [],
  folder = '',
): Promise<ShopFolder> {
  const made = shop(files)
  made.install()
  await made.run('payment-v2', ...map, '--include', 'review', ...QUICK)
  const full = await made.run('payment-cutover', '--include', 'review', ...FULL, ...QUICK)
  expect(JSON.parse(made.read(`${folder}payment-migration.lock.json`)).facade.stage, full.out).toBe('full')
  return made
}

type Done = (...results: unknown[]) => void
const called = (run: (done: Done) => void): Promise<unknown[]> =>
  new Promise((resolve, reject) => run((error, ...values) => (error ? reject(error) : resolve(values))))

describe('a call speaks the new version', () => {
  afterEach(() => vi.unstubAllGlobals())

  /** What the shop does, and what PayPal was asked. */
  async function bought(made: ShopFolder) {
    const paypal = new FakePayPal()
    vi.stubGlobal('fetch', fakeFetch(paypal))
    const load = createRequire(join(made.folder, 'index.js'))
    for (const path of Object.keys(load.cache)) if (path.startsWith(made.folder)) delete load.cache[path]
    const pay = load('./pay.js')
    const results: unknown[] = []
    const [id, href] = (await called((done) => pay.start({ id: 'o-1', total: 12.5 }, done))) as [string, string]
    results.push(id, href, await called((done) => pay.state(id, done)))
    results.push(await called((done) => pay.finish(id, 'P', done)).catch((error) => [error.kind, error.httpStatusCode]))
    paypal.approve(id)
    const [sale] = await called((done) => pay.finish(id, 'P', done))
    results.push(sale, (await called((done) => pay.refund(sale, '4.00', done))).length)
    // an amount that is missing is not that of everything
    const nothing = called((done) => pay.refund(sale, undefined, done))
    results.push(await nothing.catch((error) => [error.kind, error.outcome]))
    const { gateway, isPaid, isOpen } = load('./gateway.js')
    results.push(await called((done) => gateway.refund(sale, '1.50', done)), await isPaid(id), await isOpen(id))
    results.push(await isOpen('0'))
    results.push(await called((done) => pay.state(id, done)))
    results.push(await called((done) => pay.start({ id: 'o-2', total: 1.005 }, done)).catch((error) => error.kind))
    const requests = paypal.requests.map(({ method, path, body, headers }) => {
      const keyed = method === 'POST' && !path.includes('refund')
      return [method, path, body && JSON.parse(JSON.stringify(body)), keyed ? headers['paypal-request-id'] : undefined]
    })
    return { results, requests, taken: paypal.takenFor('o-1') }
  }

  test('where all that it sends and reads is seen, and does what it did before', async () => {
    const made = await atTheEnd({ ...SDK_SHOP, ...HANDED_ON })
    const before = await bought(made)
    expect(before.taken).toEqual({ captures: 1, taken: 1250, refunded: 550 })
    expect(before.results).toContainEqual(['mapping', 'not_executed'])
    const was = made.files()

    const dry = await made.run('payment', 'cutover', '--stage', 'full', '--inline', '--dry-run')
    expect(dry.out).toContain('paypalV2.createPayment(')
    expect(made.files()).toEqual(was)

    const done = await made.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
    expect(done.code, done.out).toBe(1)
    expect(done.out).toContain('`getPayment` keeps the words of v1: its answer goes on as a whole')
    expect(made.read('pay.js')).toContain("const { paypalV2, paypalAmount } = require('./payments/paypal');")
    expect(made.read('pay.js')).not.toMatch(/\bpaypal\.|approval_url|transactions|sale\.id/)
    expect(made.read('gateway.js')).toContain('return this.client.refundSale(sale, body, (error, refund) =>')
    expect(made.read('gateway.js')).toContain('\nconst read = paypal.getPayment;\n')
    expect(made.read('gateway.js')).not.toContain('promisify')
    expect(made.read('show.js')).toContain('paypal.payment.get(')
    expect(made.read('payments/paypal/operations.js')).not.toContain('executePaymentToV2')
    expect(await bought(made)).toEqual(before)

    const inlined = made.files()
    const again = await made.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
    expect(made.files(), again.out).toEqual(inlined)
    const back = await made.run('undo')
    expect(made.files(), back.out).toEqual(was)
  })

  test('over HTTP, and with the last one the words of the old version are gone', async () => {
    const made = await atTheEnd(
      {
        'package.json': '{\n  "name": "shop",\n  "dependencies": {\n    "axios": "^1.0.0"\n  }\n}\n',
        'acme.payment-map.yaml': bundledText('acme')!,
        'charge.js': `const axios = require('axios');
const ACME = 'https://pay.acme.example';

exports.charge = async (order, card, key) => {
  const answer = await fetch(\`\${ACME}/v1/charges\`, {
    method: 'POST',
    headers: { Authorization: \`Bearer \${key}\` },
    body: JSON.stringify({ amount: order.total, currency: 'EUR', reference: order.id, card_token: card, tags: 'a, b' }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return [body.id, body.status === 'paid', body.reference, body.currency];
};

exports.read = async (id, key) => {
  const { data } = await axios.get(\`\${ACME}/v1/charges/\${id}\`, { headers: { Authorization: \`Bearer \${key}\` } });
  return data.text;
};

exports.refund = (id, key) =>
  axios
    .post(\`\${ACME}/v1/charges/\${id}/refund\`, { amount: '3.50', currency: 'EUR', reason: 'broken' }, { headers: { Authorization: \`Bearer \${key}\` } })
    .then((answer) => answer.data.status === 'refunded');
`,
      },
      ['--map', 'acme.payment-map.yaml'],
    )
    const used = async () => {
      const asked: unknown[] = []
      const payment = {
        id: 'pay_1',
        state: 'captured',
        price: { minor: 1250, currency: 'EUR' },
        order: 'o-1',
        description: 'shoes',
      }
      vi.stubGlobal(
        'fetch',
        async (url: string, init: { method: string; body?: string; headers: Record<string, string> }) => {
          const body = init.body === undefined ? undefined : JSON.parse(init.body)
          asked.push([init.method, url, body, init.headers['Idempotency-Key']?.length])
          if (body?.order === 'bad')
            return new Response(JSON.stringify({ problem: { code: 'declined', detail: 'no money' } }), { status: 402 })
          if (url.endsWith('/refunds'))
            return new Response(JSON.stringify({ id: 'rfd_1', state: 'done' }), { status: 201 })
          return new Response(JSON.stringify(payment), { status: init.method === 'GET' ? 200 : 201 })
        },
      )
      const load = createRequire(join(made.folder, 'index.js'))
      for (const path of Object.keys(load.cache)) if (path.startsWith(made.folder)) delete load.cache[path]
      const { charge, read, refund } = load('./charge.js')
      load('./payments/acme').configurePayments({ retries: 0 })
      const told = (error: Error) => error.message
      const results = [
        await charge({ id: 'o-1', total: 12.5 }, 'tok_1', 'k'),
        await charge({ id: 'bad', total: '1.00' }, 'tok_1', 'k').catch(told),
        // what the map says of a form still holds before anything is sent
        await charge({ id: 'o-3', total: '1.00' }, 'card', 'k').catch((error: { kind: string }) => error.kind),
        await charge({ id: 'x'.repeat(65), total: '1.00' }, 'tok_1', 'k').catch(
          (error: { kind: string }) => error.kind,
        ),
        await charge({ id: 'o-4', total: '1.001' }, 'tok_1', 'k').catch((error: { kind: string }) => error.kind),
        await read('pay_1', 'k'),
        await refund('pay_1', 'k'),
      ]
      return { asked, results }
    }
    const before = await used()
    expect(before.results.slice(0, 5)).toEqual([
      ['pay_1', true, 'o-1', 'EUR'],
      'no money',
      'mapping',
      'mapping',
      'mapping',
    ])
    const done = await made.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
    expect(done.code, done.out).toBe(0)
    expect(await used()).toEqual(before)
    // its client has nothing to do any more, though a word of the façade is called like it
    expect([made.read('package.json'), made.read('charge.js')].join('')).not.toMatch(/"axios"|require\('axios'\)/)
    const text = made.read('charge.js')
    expect(text).toContain("price: acmeAmount(order.total, 'EUR')")
    expect(text).toContain("labels: ['a', 'b']")
    expect(text).toContain("price: { minor: 350, currency: 'EUR' }")
    expect(text).toContain("body.state === 'captured'")
    const facade = Object.entries(made.files())
      .filter(([path]) => path.startsWith('payments/'))
      .map(([, one]) => one)
      .join('')
    expect(facade).not.toMatch(/createChargeToV2|chargeToV1|acmeHttp =|PAYMENT_API_V2|\/v1\//)
    const inlined = made.files()
    const again = await made.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
    expect(again.code, again.out).toBe(0)
    expect(made.files()).toEqual(inlined)
  })

  test('but nothing is taken from an object that another package asks', async () => {
    const made = await atTheEnd(
      {
        'package.json': '{ "name": "shop", "private": true, "workspaces": ["packages/*"] }\n',
        'packages/pay/package.json':
          '{ "name": "@shop/pay", "main": "index.js", "dependencies": { "paypal-rest-sdk": "^1.8.1" } }\n',
        'packages/pay/index.js': `const paypal = require('paypal-rest-sdk');

paypal.sale.get('1', (error, sale) => console.log(error, sale && sale.id));
module.exports = paypal;
`,
        'packages/web/package.json': '{ "name": "@shop/web", "dependencies": { "@shop/pay": "*" } }\n',
        'packages/web/index.js': `const paypal = require('@shop/pay');

exports.isPaid = (id, done) => paypal.payment.get(id, (error, payment) => done(error, payment && payment.state === 'approved'));
`,
      },
      [],
      'packages/pay/',
    )
    const done = await made.run('payment-cutover', '--stage', 'inline', '--include', 'review', ...QUICK)
    const index = made.read('packages/pay/payments/paypal/index.js')
    expect(index, done.out).toMatch(/paypal = \{\s*\.\.\.paypalV2,\s*payment: \{\s*get: [^}]*\},\s*\}/)
  })

  /** Ways for an answer to come, and what is read of it: `run(id, log)`. */
  const WAYS: Readonly<Record<string, readonly [code: string, written: string]>> = {
    'a stream of undici': [
      `(async () => { const { body, statusCode } = await paypalHttp.getPayment({ as: 'undici', id, token: 't' }); const p = await body.json(); log(statusCode, p.name, p.state === 'approved') })()`,
      `p.status === 'COMPLETED'`,
    ],
    'an answer of undici as a whole': [
      `(async () => { const answer = await paypalHttp.getPayment({ as: 'undici', id, token: 't' }); log((await answer.body.json()).transactions[0].amount.total) })()`,
      `(await answer.body.json()).purchase_units[0].amount.value`,
    ],
    'a body, whatever the status': [
      `paypalHttp.getPayment({ as: 'body', id, token: 't' }).then(({ name, state }) => log(name, state !== 'approved'))`,
      `({ name, status: state }) => log(name, state !== 'COMPLETED')`,
    ],
    'an answer of axios that is taken apart': [
      `paypalHttp.getPayment({ as: 'axios', id, token: 't' }).then(({ data, status }) => log(status, data.state === 'approved'), (error) => log(error.response.data.name))`,
      `data.status === 'COMPLETED'`,
    ],
    'a promise that ends either way': [
      `paypal.payment.get(id).then((p) => log(p.state === 'approved'), (error) => log(error.response.name)).finally(() => log('end'))`,
      `paypalV2.getPayment(id).then((p) => log(p.status === 'COMPLETED')`,
    ],
    'one of two objects, with a try around': [
      `(async () => { try { const p = await (id ? paypal : paypal).payment.get(id); log(p.state) } finally { log('end') } })()`,
      `(id ? paypal : paypal).payment.get(id)`,
    ],
    'a callback that is used twice': [
      `{ const done = (error, p) => log(p && p.state === 'approved'); paypal.payment.get(id, done); paypal.payment.get(id, done) }`,
      `paypal.payment.get(id, done); paypal.payment.get(id, done)`,
    ],
    'a promise of bluebird that is waited for': [
      `(async () => { const get = require('bluebird').promisify; const { promisify } = require('bluebird'); const read = promisify(paypal.payment.get); const p = await read(id); log(p.state === 'approved', typeof get) })()`,
      `const read = paypalV2.getPayment;`,
    ],
    'a promise of bluebird that goes on': [
      `{ const { promisify } = require('bluebird'); const read = promisify(paypal.payment.get); return read(id).then((p) => log(p.state === 'approved')) }`,
      `promisify(paypal.payment.get)`,
    ],
    'names that are taken': [
      `{ const paypalV2 = 'taken'; paypal.payment.get(id, (e, p) => log(paypalV2, p && p.state === 'approved')) }`,
      `paypal.payment.get(id, (e, p) => log(paypalV2`,
    ],
    'a class with a field': [
      `{ class Shop { last = paypal.payment.get(id).then((p) => log(p.state === 'approved')) }; return new Shop().last.catch((error) => log(error.name)) }`,
      `paypalV2.getPayment(id).then((p) => log(p.status`,
    ],
  }

  test('whatever way its answer comes, and stays behind the façade where a test puts something in its place', async () => {
    const made = await atTheEnd({
      ...SDK_SHOP,
      'raw.js': `const axios = require('axios');

exports.pay = (id, token) =>
  axios.get(\`https://api.paypal.com/v1/payments/payment/\${id}\`, { headers: { Authorization: \`Bearer \${token}\` } }).then(({ data }) => data.id);
`,
    })
    const fileOf = (what: string) => `ways/${what.replace(/\W+/g, '-')}.js`
    const head = "const { paypal, paypalHttp } = require('../payments/paypal');\n"
    made.write(
      Object.fromEntries(
        Object.entries(WAYS).map(([what, [code]]) => [fileOf(what), `${head}exports.run = (id, log) => ${code};\n`]),
      ),
    )
    const told = async () => {
      const logs: Record<string, unknown[]> = {}
      for (const what of Object.keys(WAYS)) {
        const fake = new FakePayPal()
        vi.stubGlobal('fetch', fakeFetch(fake))
        const load = createRequire(join(made.folder, 'index.js'))
        for (const path of Object.keys(load.cache)) if (path.startsWith(made.folder)) delete load.cache[path]
        const pay = load('./pay.js')
        load('./payments/paypal').configurePayments({ retries: 0 })
        const [id] = (await called((done) => pay.start({ id: 'o-1', total: 12.5 }, done))) as [string]
        fake.approve(id)
        await called((done) => pay.finish(id, 'P', done))
        logs[what] = []
        for (const one of [id, 'NOTHING'])
          await Promise.resolve(
            load(`./${fileOf(what)}`).run(one, (...words: unknown[]) => logs[what]!.push(words)),
          ).catch((error: Error) => logs[what]!.push(error.message))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return logs
    }
    const before = await told()
    expect(Object.values(before).every((log) => log.length > 1)).toBe(true)
    const watched = shop(made.files())
    const done = await made.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
    for (const [what, [, written]] of Object.entries(WAYS))
      expect([what, made.read(fileOf(what))], done.out).toEqual([what, expect.stringContaining(written)])
    expect(await told()).toEqual(before)

    watched.write({
      'spy.test.js': `const { mock } = require('node:test');
const { paypal } = require('./payments/paypal');
mock.method(paypal.sale, 'refund', () => undefined);
new (require('./shop').Shop)({ payment: { execute: (id, body, done) => done(null, {}) } });
`,
    })
    const held = await watched.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
    expect(watched.read('pay.js')).toMatch(/paypal\.sale\.refund\([\s\S]*paypalV2\.getPayment\(/)
    expect(watched.read('pay.js')).toContain('paypal.payment.execute(')
    expect(held.out.replace(/\s+/g, ' ')).toContain(
      '`refundSale` keeps the words of v1: spy.test.js:3 puts something else in its place',
    )
    const replaced = shop(watched.files())
    replaced.write({ 'all.test.js': `jest.mock('./payments/paypal');\n` })
    const none = replaced.files()
    await replaced.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
    expect(replaced.files()).toEqual(none)
  })

  /** A call of the façade as the stage before left it, and why it keeps its words. */
  const KEPT: Readonly<Record<string, readonly [code: string, why: RegExp]>> = {
    'an answer that is returned': [`exports.f = (id) => paypal.payment.get(id)`, /its answer is handed on/],
    'an answer that goes on': [`paypal.payment.get(1, (e, p) => save(p))`, /its answer goes on as a whole/],
    'a part of it that does': [
      `paypal.payment.get(1, (e, p) => save(p.transactions))`,
      /`transactions` goes on as a whole/,
    ],
    'a callback from elsewhere': [`paypal.payment.get(1, done)`, /its callback stands elsewhere/],
    'a state that is shown': [`paypal.payment.get(1, (e, p) => log(p.state))`, /has other values in v2/],
    'a state that is switched on': [
      `paypal.payment.get(1, (e, p) => { switch (p.state) { case 'approved': log() } })`,
      /has other values/,
    ],
    'what v2 does not tell': [`paypal.sale.get(1, (e, s) => log(s.receipt_id))`, /`receipt_id` is not plainly told/],
    'what nobody tells': [`paypal.sale.get(1, (e, s) => log(s.nonsense))`, /`nonsense` is not told as one value/],
    'a method of a value': [`paypal.payment.get(1, (e, p) => log(p.links.reverse()))`, /goes on as a whole/],
    'a change of the answer': [`paypal.payment.get(1, (e, p) => { p.id = 1 })`, /its answer is changed/],
    'an alias that goes on': [
      `paypal.payment.get(1, (e, p) => { const q = p; save(q) })`,
      /its answer goes on as a whole/,
    ],
    'another element of several lists': [
      `paypal.payment.get(1, (e, p) => log(p.transactions[0].related_resources[1].sale.id))`,
      /is one of several lists/,
    ],
    'a second list': [
      `paypal.payment.get(1, (e, p) => log(p.transactions[0].related_resources[0].authorization.id))`,
      /is one of several lists/,
    ],
    'a computed name': [`paypal.payment.get(1, (e, p) => log(p[name]))`, /`\[\]`|computed|not told/],
    'a body from elsewhere': [`paypal.payment.create(body(), (e, p) => log(p.id))`, /put together elsewhere/],
    'a body that is changed': [
      `const b = { intent: 'sale' }; b.note_to_payer = 'x'; paypal.payment.create(b, (e, p) => log(p.id))`,
      /put together elsewhere/,
    ],
    'a spread': [`paypal.payment.create({ ...base, intent: 'sale' }, (e, p) => log(p.id))`, /put together elsewhere/],
    'an intent that is not written': [
      `paypal.payment.create({ intent }, (e, p) => log(p.id))`,
      /its value is not written here/,
    ],
    'an intent that v2 has not': [
      `paypal.payment.create({ intent: 'order' }, (e, p) => log(p.id))`,
      /cannot be `order`/,
    ],
    'a card': [
      `paypal.payment.create({ payer: { payment_method: method } }, (e, p) => log(p.id))`,
      /left out only where it is known/,
    ],
    'a field without a counterpart': [
      `paypal.payment.create({ note_to_payer: 'x' }, (e, p) => log(p.id))`,
      /has no counterpart: v2 has no such field/,
    ],
    'a field that nobody knows': [
      `paypal.payment.create({ surprise: 'x' }, (e, p) => log(p.id))`,
      /`surprise` has no counterpart/,
    ],
    'a sum of items': [
      `paypal.payment.create({ transactions: [{ amount: { total: '1.00', currency: 'USD' }, item_list: { items: [{ price: '1.00', quantity: 1 }] } }] }, (e, p) => log(p.id))`,
      /made of other values/,
    ],
    'two transactions': [
      `paypal.payment.create({ transactions: [{ description: 'a' }, { description: 'b' }] }, (e, p) => log(p.id))`,
      /more than 1 elements/,
    ],
    'an amount to compare': [
      `paypal.payment.execute(1, { payer_id: 'p', transactions: [{ amount: { total: '1.00', currency: 'USD' } }] }, (e, p) => log(p.id))`,
      /compared with that of the order/,
    ],
    'an amount that would be rounded': [
      `paypal.sale.refund(1, { amount: { total: '1.005', currency: 'USD' } }, (e, r) => log(r.id))`,
      /an amount is none/,
    ],
    'an amount without a currency': [
      `paypal.sale.refund(1, { amount: { total: '1.00' } }, (e, r) => log(r.id))`,
      /has no currency/,
    ],
    'a text that is too long': [
      `paypal.sale.refund(1, { description: '${'x'.repeat(256)}' }, (e, r) => log(r.id))`,
      /is too long/,
    ],
    'a comment': [`paypal.sale.refund(1, { /* all of it */ }, (e, r) => log(r.id))`, /comments in what it sends/],
    'nothing, where v2 wants something': [
      `paypal.authorization.capture(1, undefined, (e, c) => log(c.id))`,
      /put together elsewhere|wants something/,
    ],
    'an answer with a type': [
      `(async () => { const p = (await paypal.payment.get(1)) as Payment; log(p.state === 'approved') })()`,
      /given a type/,
    ],
    'an answer in a name with a type': [
      `(async () => { const p: Payment = await paypal.payment.get(1); log(p.state === 'approved') })()`,
      /a type with the old words/,
    ],
    'a member that is taken out': [
      `const { promisify } = require('util'); exports.create = promisify(paypal.payment.create)`,
      /goes elsewhere/,
    ],
    'the object itself': [`module.exports = new Shop(paypal)`, /the object of the façade goes elsewhere/],
    'a member by name': [`paypal.payment[method](1, (e, p) => log(p.id))`, /computed name/],
  }

  test('and where it is not seen, it keeps its words, with the reason', async () => {
    const made = await atTheEnd(SDK_SHOP)
    const files = Object.entries(KEPT).map(([what, [code]]) => [
      `kept/${what.replace(/\W+/g, '-')}.${/\btype\b/.test(what) ? 'ts' : 'js'}`,
      `const { paypal } = require('../payments/paypal');\n${code};\n`,
    ])
    made.write(Object.fromEntries(files))
    const before = made.files()
    const done = await made.run(
      'payment-cutover',
      '--stage',
      'inline',
      '--include',
      'review',
      '--format',
      'json',
      ...QUICK,
    )
    const { findings } = JSON.parse(done.stdout)
    for (const [what, [, why]] of Object.entries(KEPT)) {
      const file = `kept/${what.replace(/\W+/g, '-')}.${/\btype\b/.test(what) ? 'ts' : 'js'}`
      const said = findings.filter((one: { at: { file: string } }) => one.at.file === file)
      expect([what, said.map((one: { message: string }) => one.message).join()]).toEqual([
        what,
        expect.stringMatching(why),
      ])
      expect(made.read(file)).toBe(before[file])
    }
  })
})

// ---- how far it is ---------------------------------------------------------------------------------

test('status shows every call, the rows it is about, what is open, and the conditions, at every stage', async () => {
  const made = shop({
    ...SDK_SHOP,
    'raw.js': `const axios = require('axios');

exports.pay = (ref, token) =>
  axios.post(
    'https://api.paypal.com/v1/payments/payment',
    { intent: 'sale', transactions: [{ invoice_number: ref, amount: { total: '1.00', currency: 'USD' }, notify_url: 'https://shop' }] },
    { headers: { Authorization: \`Bearer \${token}\` } },
  );
`,
  })
  made.install()
  const status = async () => {
    const { code, stdout } = await made.run('payment', 'status', '--format', 'json')
    return { code, ...JSON.parse(stdout) }
  }
  const before = await status()
  expect(before).toMatchObject({ code: 1, stage: 'not begun', behind: [] })
  // what is known of a call, before anything is written
  const told = ({ file, operation, how, rows, key, reads, verdict }: Record<string, unknown>) => ({
    file,
    operation,
    how,
    rows,
    key,
    reads,
    verdict,
  })
  expect(before.past.map(told)).toEqual([
    {
      file: 'pay.js',
      operation: 'createPayment',
      how: 'SDK with a callback',
      rows: { A: expect.arrayContaining(['transactions[].amount']), C: expect.arrayContaining(['intent']), R: [] },
      key: 'transactions[].invoice_number',
      reads: expect.arrayContaining(['links[].href', 'id']),
      verdict: 'goes through the façade',
    },
    expect.objectContaining({ file: 'pay.js', operation: 'executePayment' }),
    expect.objectContaining({ file: 'pay.js', operation: 'refundSale', how: 'SDK with a callback' }),
    expect.objectContaining({ file: 'pay.js', operation: 'getPayment' }),
    expect.objectContaining({
      file: 'raw.js',
      how: 'HTTP as axios',
      rows: expect.objectContaining({ R: ['transactions[].notify_url'] }),
      verdict: 'let the façade decide the version',
    }),
    expect.objectContaining({ file: 'show.js', operation: 'getPayment' }),
  ])
  expect(before.open.filter((one: { blocking: boolean }) => one.blocking).length).toBeGreaterThan(2)

  await made.run('payment-v2', '--include', 'review', ...QUICK)
  const dual = await status()
  expect(dual).toMatchObject({ code: 1, map: 'paypal', stage: 'dual' })
  expect(dual.behind.map(({ file, operation }: Record<string, string>) => `${file} ${operation}`)).toEqual([
    'pay.js createPayment',
    'pay.js executePayment',
    'pay.js refundSale',
    'pay.js getPayment',
    'raw.js createPayment',
    'show.js getPayment',
  ])
  expect(dual.behind[0].about).toMatch(
    /^SDK with a callback; rows \d+ A.*; its key is `transactions\[\]\.invoice_number`; reads `/,
  )
  expect(dual.behind[4].about).toContain('HTTP as axios; rows 1 A, 2 C (intent, transactions[].invoice_number), 1 R')
  expect(dual.behind[4].about).toContain('1 R (transactions[].notify_url)')
  expect(dual.behind[5].about).toContain('keeps the old words: its answer goes on as a whole')
  expect(dual.rows).toContainEqual({ operation: 'refundSale', A: 13, C: 3, R: 3 })
  // an order with this field goes to v1 only, so the rollout must not end
  expect(dual.open).toContainEqual(
    expect.objectContaining({ file: 'raw.js', change: 'payment/request-field', blocking: true }),
  )
  expect(dual.gates).toHaveLength(7)
  expect(dual.gates.every(({ state }: { state: string }) => state === 'not measured')).toBe(true)

  const text = await made.run('payment', 'status', '--no-color')
  expect(text.stdout).toMatch(
    /^Map paypal, stage dual\.\n\nBehind the façade: 6\n {2}pay\.js:\d+ {2}createPayment: SDK/,
  )
  expect(text.stdout).toContain('  refundSale: 13 A, 3 C, 3 R\n')
  expect(text.stdout).toContain('Has to be done before the cutover: 1\n  raw.js:')

  const phrase = 'I know that payments of the old version can no longer be followed'
  await made.run('payment', 'cutover', '--stage', 'full', '--accept-risk', phrase, ...QUICK)
  const full = await status()
  expect(full.stage).toBe('full')
  expect(full.behind).toHaveLength(6)
  await made.run('payment', 'cutover', '--stage', 'full', '--inline', ...QUICK)
  const inlined = await status()
  expect(inlined.behind.map(({ file }: Record<string, string>) => file)).toEqual(['raw.js', 'show.js'])
})

test('what was open before the façade is open behind it, too', async () => {
  const made = shop({
    'package.json': SDK_SHOP['package.json'],
    'pay.js': `const paypal = require('paypal-rest-sdk');

exports.pay = (done) => paypal.payment.create({ intent: 'sale', transactions: [{ notify_url: 'https://shop' }] }, done);
exports.all = (done) => paypal.payment.list({ count: 10 }, done);
exports.later = require('util').promisify(paypal.payment.list);
exports.back = (req, done) => paypal.payment.execute(req.query.paymentId, { payer_id: 'P' }, (error, payment) => {
  if (error && error.response.name === 'NOBODY_KNOWS') return done('strange');
  done(payment.payer.status);
});
`,
  })
  const open = async () => {
    const { stdout } = await made.run('scan', 'payment-v2', '--format', 'json', '--no-types')
    const found = JSON.parse(stdout).findings as {
      change: string
      at: { line: number }
      evidence: { certainty: string }
    }[]
    return found
      .filter(({ change }) => change !== 'payment/sdk-import')
      .map(({ change, at, evidence }) => `${at.line} ${change} ${evidence.certainty}`)
      .sort()
  }
  const before = await open()
  expect(before).toEqual([
    '3 payment/business-key proven',
    '3 payment/request-field proven',
    '4 payment/no-counterpart proven',
    '5 payment/no-counterpart proven',
    '6 payment/return-parameter inferred',
    '7 payment/error-code proven',
    '8 payment/response-field proven',
  ])
  // without what wants reading
  await made.run('payment-v2', ...QUICK)
  expect(made.read('pay.js')).toContain("const { paypal } = require('./payments/paypal')")
  expect(await open()).toEqual(before)
  // and what wanted reading can still be had: the façade is there, though no file loads the SDK any more
  await made.run('payment-v2', '--include', 'review', ...QUICK)
  expect(made.read('pay.js')).toContain('execute(paypalReturnId(req.query), ')
})
