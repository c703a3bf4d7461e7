import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fc from 'fast-check'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { generateFacade } from '../transforms/payment/facade/generate.ts'
import type { FacadeRequest, ProjectStyle } from '../transforms/payment/facade/types.ts'
import { BUNDLED, bundledMap } from '../transforms/payment/map/bundled.ts'
import { mapPatch, mapRequest, mapResponse, pathOfPointer } from '../transforms/payment/map/execute.ts'
import { valueAt } from '../transforms/payment/map/path.ts'
import { rowsOf } from '../transforms/payment/map/rows.ts'
import type { PaymentMap } from '../transforms/payment/map/types.ts'
import { COMMONJS, type Loaded, loadFacade, projectFolder, writeFacade } from './data/payment/facade.ts'
import { order, payment } from './data/payment/payloads.ts'
import { FakePayPal } from './data/payment/paypal.ts'

const paypalMap = bundledMap('paypal')!.map
const RUNS = process.env.UPGRADE_KIT_FUZZ ? 5_000 : 200
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function generated(map: PaymentMap, more: Partial<FacadeRequest> = {}): string {
  const folder = projectFolder()
  folders.push(folder)
  const sdk = map.sdk?.[0]
  writeFacade(folder, {
    map,
    operations: Object.keys(map.operations),
    http: [],
    ...(sdk ? { sdk: { package: sdk.package } } : {}),
    ...more,
  })
  return folder
}

// ---- the code is the map --------------------------------------------------------------------------

describe('the functions that are written do what the rows of the map say', () => {
  const folder = generated(paypalMap)
  const code = loadFacade(folder, 'payments/map.js')
  /** A body with something in it that may or may not be carried over. */
  const disturbed = fc
    .tuple(
      payment,
      fc.constantFrom(
        '',
        'unknown field',
        'notify',
        'amount',
        'order',
        'long',
        'two',
        'quantity',
        'card',
        'sum',
        'method',
      ),
    )
    .map(([{ body }, what]) => {
      const copy = structuredClone(body) as Loaded
      const [transaction] = copy.transactions
      if (what === 'unknown field') transaction.surprise = 'x'
      if (what === 'notify') transaction.notify_url = 'https://shop.example'
      if (what === 'amount') transaction.amount.total = '1.23456'
      if (what === 'order') copy.intent = 'order'
      if (what === 'long') transaction.description = 'x'.repeat(200)
      if (what === 'two') copy.transactions.push(transaction)
      if (what === 'quantity' && transaction.item_list?.items?.[0]) transaction.item_list.items[0].quantity = '0'
      if (what === 'card') copy.payer.payment_method = 'credit_card'
      if (what === 'method') transaction.payment_options = { allowed_payment_method: 'IMMEDIATE_PAY' }
      if (what === 'sum') transaction.amount.details = { subtotal: '0.01' }
      return copy
    })

  test('of a request, and refuse what the rows refuse', () => {
    const operation = paypalMap.operations.createPayment!
    const rows = rowsOf(paypalMap, 'createPayment', 'request')
    let refused = 0
    fc.assert(
      fc.property(disturbed, fc.constantFrom(undefined, 'ref-1'), (body, ref) => {
        const { value, problems } = mapRequest(paypalMap, operation, rows, body, ref === undefined ? {} : { ref })
        if (problems.length > 0) {
          refused++
          expect(() => code.createPaymentToV2(body, ref), JSON.stringify(problems)).toThrow(/has|is/)
        } else expect(JSON.parse(JSON.stringify(code.createPaymentToV2(body, ref)))).toEqual(value)
      }),
      { numRuns: RUNS },
    )
    expect(refused).toBeGreaterThan(20)
  })

  test('of a patch', () => {
    const { patch } = paypalMap.operations.updatePayment!
    const pointers = Object.keys(patch!.pointers)
    let refused = 0
    fc.assert(
      fc.property(
        payment,
        fc.constantFrom(...pointers, '/transactions/0/payee', '/intent'),
        fc.constantFrom('add', 'replace', 'remove', 'test'),
        ({ body }, path, op) => {
          const steps = [{ op, path, value: valueAt(body, pathOfPointer(path)) ?? 'x' }]
          const { value, problems } = mapPatch(paypalMap, patch!, steps)
          if (problems.length > 0) {
            refused++
            expect(() => code.updatePaymentToV2(steps), JSON.stringify(problems)).toThrow(/has|is/)
          } else expect(JSON.parse(JSON.stringify(code.updatePaymentToV2(steps)))).toEqual(value)
        },
      ),
      { numRuns: RUNS },
    )
    expect(refused).toBeGreaterThan(20)
  })

  test('of a response', () => {
    fc.assert(
      fc.property(order, (body) => {
        const { value } = mapResponse(paypalMap, rowsOf(paypalMap, 'getPayment', 'response'), body)
        expect(JSON.parse(JSON.stringify(code.paymentToV1(body)))).toEqual(value)
      }),
      { numRuns: RUNS },
    )
  })

  test.each<[string, string, Loaded]>([
    [
      'acme',
      'createCharge',
      { amount: '12.5', currency: 'EUR', reference: 'r', text: 't', card_token: 'tok_1', tags: 'a,b' },
    ],
    ['acme', 'refundCharge', { amount: 3, currency: 'JPY', reason: 'broken' }],
    [
      'stripe-charges',
      'createCharge',
      { amount: 1000, currency: 'usd', source: 'tok_visa', description: 'x', metadata: { a: '1' }, capture: false },
    ],
    ['stripe-charges', 'captureCharge', { amount: 500 }],
    [
      'mollie',
      'createPayment',
      { amount: 10, description: 'x', redirectUrl: 'https://x', method: 'mistercash', billingCity: 'Ede' },
    ],
    ['mollie', 'createRefund', { amount: '5.00' }],
    ['paypal', 'refundSale', { amount: { total: '1', currency: 'USD' }, description: 'sorry' }],
    ['paypal', 'captureAuthorization', { amount: { total: '1', currency: 'USD' } }],
    [
      'paypal',
      'createCheckoutOrder',
      {
        purchase_units: [
          {
            amount: { total: '2.00', currency: 'USD' },
            items: [{ name: 'a', price: '1.00', currency: 'USD', quantity: 2 }],
          },
        ],
      },
    ],
  ])('%s: %s', (id, operation, body) => {
    const { map } = bundledMap(id)!
    const written = loadFacade(generated(map), 'payments/map.js')
    const { value, problems } = mapRequest(map, map.operations[operation]!, rowsOf(map, operation, 'request'), body, {
      ref: 'r-1',
    })
    expect(problems).toEqual([])
    expect(JSON.parse(JSON.stringify(written[`${operation}ToV2`](body, 'r-1')))).toEqual(value)
  })
})

// ---- what is written --------------------------------------------------------------------------------

describe('the files', () => {
  const request = (map: PaymentMap, style: Partial<ProjectStyle> = {}): FacadeRequest => ({
    map,
    style: { ...COMMONJS, ...style },
    folder: 'src/payments',
    mapName: map.provider.id,
    operations: Object.keys(map.operations),
    ...(map.sdk ? { sdk: { package: map.sdk[0]!.package } } : {}),
    http: ['fetch', 'axios'],
  })

  test('are the same for the same request', () => {
    expect(generateFacade(request(paypalMap))).toEqual(generateFacade(request(paypalMap)))
  })

  test('are written as the project writes', () => {
    const format = {
      indent: '\t',
      quotes: 'double',
      semicolons: false,
      lineWidth: 80,
      trailingCommas: 'none',
      newline: '\r\n',
    } as const
    const folder = projectFolder()
    folders.push(folder)
    const facade = writeFacade(folder, { ...request(paypalMap, { format }), folder: 'payments' })
    for (const text of facade.files.values()) {
      expect(text).not.toMatch(/[^\r]\n/)
      expect(text).not.toMatch(/^ {2,}\S/m)
      expect(text).not.toMatch(/;\r?$/m)
      expect(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|`[^`]*`/g, '')).not.toMatch(/require\('/)
      expect(text).not.toMatch(/,\r\n\s*[}\]]/)
    }
    expect(Object.keys(loadFacade(folder))).toContain('paypal')
  })

  test('have nothing of v1 and no flag after the last stage', () => {
    const facade = generateFacade({
      ...request(paypalMap),
      stage: 'full',
      sdk: { package: 'paypal-rest-sdk', passThrough: false },
    })
    expect([...facade.files.keys()]).not.toContain('src/payments/rollout.js')
    const all = [...facade.files.values()].join('\n')
    expect(all).not.toMatch(
      /PAYMENT_API_V2|\/v1\/payments\/(?!payouts)[a-z]*'|require\('paypal-rest-sdk'\)|\bv1:? \(|sendV1|#dual|#end/,
    )
    expect(all).toContain('/v2/checkout/orders')
  })

  test('of the stage between read no flag, and still follow v1', () => {
    const facade = generateFacade({ ...request(paypalMap), stage: 'writes' })
    const all = [...facade.files.values()].join('\n')
    expect(all).not.toMatch(/PAYMENT_API_V2/)
    expect(all).toContain("require('paypal-rest-sdk')")
  })

  test.each([...BUNDLED])('of %s are never written for what nobody has confirmed, if it is about money', (id) => {
    const { map } = bundledMap(id)!
    const name = Object.keys(map.operations).find(
      (one) => map.operations[one]!.effect !== 'none' && map.operations[one]!.v2,
    )!
    const operation = map.operations[name]!
    const proposed = {
      ...map,
      operations: { ...map.operations, [name]: { ...operation, review: 'proposed' as const } },
    }
    const { refused, files } = generateFacade({ ...request(proposed), operations: [name] })
    expect(refused).toEqual([expect.objectContaining({ operation: name, reason: 'proposed' })])
    expect(files.get('src/payments/operations.js')).not.toContain(`${name} =`)
    const row = {
      ...map,
      operations: {
        ...map.operations,
        [name]: {
          ...operation,
          request: [...(operation.request ?? []), { from: 'q', to: 'q', review: 'proposed' as const }],
        },
      },
    }
    expect(generateFacade({ ...request(row), operations: [name] }).refused).toHaveLength(1)
    expect(generateFacade({ ...request(map), operations: [name] }).refused).toEqual([])
  })

  test('type-check under the strictest settings, in either kind of modules', async () => {
    const { default: ts } = await import('typescript')
    for (const [modules, importExtension] of [
      ['esm', '.js'],
      ['commonjs', ''],
    ] as const) {
      const folder = projectFolder()
      folders.push(folder)
      for (const id of BUNDLED) {
        const { map } = bundledMap(id)!
        writeFacade(folder, {
          ...request(map, { language: 'typescript', modules, importExtension, tests: 'node', esModuleInterop: true }),
          folder: `payments/${id}`,
          ...(id === 'stripe-charges' ? { http: [] } : {}),
        })
        const own = Object.keys(map.operations).filter((one) => map.operations[one]!.v2)
        const ofSdk = own.filter((one) => JSON.stringify(map.sdk ?? []).includes(`"${one}"`))
        const { sdk: _sdk, ...plain } = request(map, {
          language: 'typescript',
          modules,
          importExtension,
          tests: 'node',
          esModuleInterop: true,
        })
        writeFacade(folder, {
          ...plain,
          folder: `native/${id}`,
          stage: 'full',
          operations: [],
          ...(map.sdk?.[0] ? { sdk: { package: map.sdk[0].package, passThrough: false } } : {}),
          native: {
            sdk: ofSdk,
            http: own,
            keeps: { sdk: false, http: false, webhook: true, returnId: true },
            amount: id !== 'stripe-charges',
            isHandedOn: true,
          },
        })
      }
      // the last stage, and a part of its calls in the words of v2
      writeFacade(folder, {
        ...request(paypalMap, {
          language: 'typescript',
          modules,
          importExtension,
          tests: 'none',
          esModuleInterop: true,
        }),
        folder: 'full/paypal',
        stage: 'full',
        operations: ['createPayment'],
        sdk: { package: 'paypal-rest-sdk', passThrough: false },
        http: [],
        native: {
          sdk: ['getPayment'],
          http: [],
          keeps: { sdk: true, http: false, webhook: false, returnId: false },
          amount: false,
          isHandedOn: true,
        },
      })
      writeFileSync(join(folder, 'sdk.d.ts'), TYPES_OF_SDK)
      writeFileSync(join(folder, 'use.ts'), useOf(importExtension === '' ? '' : '/index.js'))
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: modules === 'esm' ? 'module' : 'commonjs' }))
      const program = ts.createProgram(
        [
          join(folder, 'sdk.d.ts'),
          join(folder, 'use.ts'),
          ...BUNDLED.map((id) => join(folder, `payments/${id}/index.ts`)),
          ...BUNDLED.map((id) => join(folder, `native/${id}/index.ts`)),
          join(folder, 'payments/paypal/__tests__/router.test.ts'),
        ],
        {
          strict: true,
          noUncheckedIndexedAccess: true,
          exactOptionalPropertyTypes: true,
          noPropertyAccessFromIndexSignature: true,
          noImplicitOverride: true,
          noUnusedLocals: true,
          noUnusedParameters: true,
          noEmit: true,
          target: ts.ScriptTarget.ES2022,
          lib: ['lib.es2023.d.ts'],
          module: modules === 'esm' ? ts.ModuleKind.NodeNext : ts.ModuleKind.CommonJS,
          moduleResolution: modules === 'esm' ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Node10,
          ignoreDeprecations: '6.0',
          esModuleInterop: true,
          types: ['node'],
          skipLibCheck: true,
        },
      )
      const errors = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
        const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
        return `${file?.fileName.slice(folder.length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      })
      expect(errors).toEqual([])
    }
  })
})

/** As much of the declarations of an SDK as call sites need. */
const TYPES_OF_SDK = `declare module 'paypal-rest-sdk' {
  const sdk: {
    configure(options: object): void;
    payment: {
      create(body: object, done: (error: Error | null, payment: { id: string; links?: { rel: string; href: string }[] }) => void): void;
    };
  };
  export = sdk;
}
`

/** Call sites that are told what the SDK told them, and others that speak the new version. */
const useOf = (end: string) => `import { paypal } from './full/paypal${end}';
import { paypal as handedOn, paypalV2 } from './native/paypal${end}';
import { mollie } from './native/mollie${end}';
import { wrapStripe } from './native/stripe-charges${end}';

export function old(done: (href?: string) => void): void {
  paypal.payment.create({}, (error, payment) => {
    const link = payment.links?.find((one) => one.rel === 'approval_url');
    done(error ? error.message : link?.href);
  });
  paypal.getPayment('PAY-1', (error, payment) => done(error ? undefined : payment.status));
}

export async function native(): Promise<string> {
  handedOn.createPayment({ intent: 'CAPTURE' }, (error, payment) => void [error, payment.id]);
  const donation = new mollie.API.Client();
  donation.createPayment({ description: 'x' }, (payment) => payment.status);
  const charge = await wrapStripe({ customers: 1 }).createCharge({ amount: 1 });
  const order = await paypalV2.getPayment('1');
  return charge.id + order.id;
}
`

// ---- the official SDKs --------------------------------------------------------------------------------

interface Seen {
  readonly line: string
  readonly headers: Record<string, string>
  readonly body: string
}

const fake: { paypal: FakePayPal } = { paypal: new FakePayPal() }
const seen: Seen[] = []
const server = setupServer(
  http.all(/^https:\/\/api(?:-m)?\.(?:sandbox\.)?paypal\.com\/.*/, async ({ request }) => {
    const url = new URL(request.url)
    const headers = Object.fromEntries([...request.headers])
    const body = await request.text()
    seen.push({ line: `${request.method} ${request.url}`, headers, body })
    const answer = await fake.paypal.handle({
      method: request.method,
      host: url.host,
      path: url.pathname,
      headers,
      body,
    })
    if (answer === 'lost' || answer === 'never') return HttpResponse.error()
    return answer.body === undefined
      ? new HttpResponse(null, { status: answer.status })
      : HttpResponse.json(answer.body as object, { status: answer.status })
  }),
)

const CONFIG = { mode: 'sandbox', client_id: 'id', client_secret: 'secret' }
const BODY = {
  intent: 'sale',
  payer: { payment_method: 'paypal' },
  redirect_urls: { return_url: 'https://shop.example/ok', cancel_url: 'https://shop.example/no' },
  transactions: [{ amount: { total: '10.00', currency: 'USD' }, invoice_number: 'o-1' }],
}
type Callback = (error: Loaded, value?: Loaded) => void
const called = (run: (done: Callback) => void): Promise<Loaded> =>
  new Promise((resolve, reject) => {
    run((error, value) => (error ? reject(error) : resolve(value)))
  })

describe('with the official SDKs, unmodified', () => {
  const folder = generated(paypalMap)
  const load = createRequire(join(folder, 'index.js'))

  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  afterEach(() => {
    fake.paypal = new FakePayPal()
    seen.length = 0
    vi.unstubAllEnvs()
  })
  afterAll(() => server.close())

  /** The SDK without the token that it keeps. */
  function freshSdk(): Loaded {
    for (const path of Object.keys(load.cache)) if (path.includes('paypal-rest-sdk')) delete load.cache[path]
    const sdk = load('paypal-rest-sdk')
    sdk.configure(CONFIG)
    return sdk
  }

  function freshFacade(options: Record<string, unknown> = {}): Loaded {
    freshSdk()
    const facade = loadFacade(folder)
    facade.configurePayments({ retryDelayMs: 0, ...options })
    facade.paypal.configure(CONFIG)
    return facade
  }

  /** What a shop does, in callbacks, against anything that is shaped as the SDK. */
  async function shop(sdk: Loaded, context?: object): Promise<unknown[]> {
    const outcomes: unknown[] = []
    const config = context === undefined ? [] : [{ upgradeKit: context }]
    const created = await called((done) => sdk.payment.create(structuredClone(BODY), ...config, done))
    outcomes.push(created)
    outcomes.push(
      await called((done) => sdk.payment.execute(created.id, { payer_id: 'P' }, done)).catch((error) => [
        error.message,
        error.httpStatusCode,
        error.response,
      ]),
    )
    fake.paypal.approve(created.id)
    const executed = await called((done) => sdk.payment.execute(created.id, { payer_id: 'P' }, done))
    outcomes.push(executed)
    const sale = executed.transactions[0].related_resources[0].sale.id
    outcomes.push(await called((done) => sdk.payment.get(created.id, done)))
    outcomes.push(await called((done) => sdk.sale.refund(sale, { amount: { total: '4.00', currency: 'USD' } }, done)))
    outcomes.push(await called((done) => sdk.sale.get(sale, done)))
    outcomes.push(
      await called((done) => sdk.sale.get('NOTHING', done)).catch((error) => [
        error.message,
        error.httpStatusCode,
        error.response,
      ]),
    )
    return outcomes
  }

  test.each([
    ['without the flag', undefined, undefined],
    ['with the flag off', 'false', undefined],
    ['with a reference at the call sites', 'false', { ref: 'o-1' }],
  ])('%s, every byte that is sent and everything that comes back is as it was', async (_name, flag, context) => {
    const before = await shop(freshSdk())
    const original = seen.splice(0)
    fake.paypal = new FakePayPal()
    if (flag !== undefined) vi.stubEnv('PAYMENT_API_V2', flag)
    const after = await shop(freshFacade().paypal, context)
    expect(original.length).toBeGreaterThan(7)
    expect(seen).toEqual(original)
    expect(JSON.parse(JSON.stringify(after))).toEqual(JSON.parse(JSON.stringify(before)))
  })

  test('with the flag on, an order is made, agreed to, paid and paid back on v2, in the words of v1', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const outcomes = (await shop(freshFacade().paypal, { ref: 'o-1' })) as Loaded[]
    const lines = seen.map(({ line }) => line.replace(/0{3,}\w+/g, 'ID'))
    expect(lines.filter((line) => /\/v1\/(?!oauth2)/.test(line))).toEqual([
      'GET https://api-m.sandbox.paypal.com/v1/payments/sale/NOTHING',
      'GET https://api-m.sandbox.paypal.com/v1/payments/capture/NOTHING',
    ])
    expect(outcomes[0]).toMatchObject({ state: 'created', intent: 'sale', httpStatusCode: 201 })
    expect(outcomes[0].links.find(({ rel }: Loaded) => rel === 'approval_url').href).toContain('checkoutnow')
    // the error of v2, as v1 told it
    expect(outcomes[1]).toEqual([
      expect.any(String),
      400,
      expect.objectContaining({ name: 'PAYMENT_NOT_APPROVED_FOR_EXECUTION' }),
    ])
    expect(outcomes[2]).toMatchObject({
      state: 'approved',
      transactions: [{ amount: { total: '10.00', currency: 'USD' } }],
    })
    expect(outcomes[4]).toMatchObject({ state: 'completed', amount: { total: '4.00', currency: 'USD' } })
    expect(outcomes[5]).toMatchObject({ state: 'partially_refunded' })
    expect(fake.paypal.takenFor('o-1')).toEqual({ captures: 1, taken: 1000, refunded: 400 })
  })

  test('promises work beside callbacks, without `this`, and what a callback throws is thrown', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const { create, execute } = freshFacade().paypal.payment
    const { id } = await create(BODY, { upgradeKit: { ref: 'o-9' } })
    fake.paypal.approve(id)
    expect((await execute(id, { payer_id: 'P' })).state).toBe('approved')
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))
    create(BODY, { upgradeKit: { ref: 'o-9' } }, () => {
      throw new Error('from the callback')
    })
    expect(await thrown).toMatchObject({ message: 'from the callback' })
    for (const listener of listeners) process.on('uncaughtException', listener)
  })

  test('errors of both versions are of the same kind', async () => {
    const kinds: unknown[] = []
    for (const flag of ['false', 'true']) {
      vi.stubEnv('PAYMENT_API_V2', flag)
      fake.paypal = new FakePayPal()
      const facade = freshFacade()
      const { id } = await facade.paypal.payment.create(BODY, { upgradeKit: { ref: 'o-1' } })
      const early = await facade.paypal.payment.execute(id, { payer_id: 'P' }).catch((error: unknown) => error)
      fake.paypal.approve(id)
      fake.paypal.decline = () => true
      const declined = await facade.paypal.payment.execute(id, { payer_id: 'P' }).catch((error: unknown) => error)
      kinds.push(
        [early, declined].map((error) => [
          facade.toPaymentError(error).kind,
          error.response.name,
          error.httpStatusCode,
        ]),
      )
      expect(facade.isPaymentError(declined, 'declined')).toBe(true)
      expect(facade.isPaymentError(declined, 'validation')).toBe(false)
      expect(facade.isPaymentError(new Error('something else'))).toBe(false)
    }
    expect(kinds[0]).toEqual([
      ['approval_required', 'PAYMENT_NOT_APPROVED_FOR_EXECUTION', 400],
      ['declined', 'INSTRUMENT_DECLINED', 400],
    ])
    expect(kinds[1]).toEqual(kinds[0])
  })

  test('what is changed of an order is changed where it is, and only what can be', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const { paypal, isPaymentError } = freshFacade()
    const { id } = await paypal.payment.create(BODY, { upgradeKit: { ref: 'o-5' } })
    seen.length = 0
    const changed = await called((done) =>
      paypal.payment.update(
        id,
        [
          { op: 'replace', path: '/transactions/0/amount', value: { total: '12.50', currency: 'USD' } },
          {
            op: 'add',
            path: '/transactions/0/item_list/shipping_address',
            value: { recipient_name: 'Ada', line1: 'Road 1', country_code: 'GB' },
          },
        ],
        done,
      ),
    )
    expect(changed).toMatchObject({
      id,
      transactions: [
        { amount: { total: '12.50' }, item_list: { shipping_address: { recipient_name: 'Ada', line1: 'Road 1' } } },
      ],
    })
    const unit = "/purchase_units/@reference_id=='default'"
    expect(seen.filter(({ line }) => line.startsWith('PATCH')).map(({ body }) => JSON.parse(body))).toEqual([
      [
        { op: 'replace', path: `${unit}/amount`, value: { value: '12.50', currency_code: 'USD' } },
        { op: 'add', path: `${unit}/shipping/name`, value: { full_name: 'Ada' } },
        { op: 'add', path: `${unit}/shipping/address`, value: { address_line_1: 'Road 1', country_code: 'GB' } },
      ],
    ])
    seen.length = 0
    for (const step of [
      { op: 'replace', path: '/transactions/0/payee', value: { email: 'a@b.example' } },
      { op: 'move', path: '/transactions/0/custom', value: 'x' },
      {
        op: 'replace',
        path: '/transactions/0/amount',
        value: { total: '1.00', currency: 'USD', details: { gift_wrap: '1.00' } },
      },
    ]) {
      const refused = await paypal.payment.update(id, [step]).catch((error: unknown) => error)
      expect(isPaymentError(refused, 'mapping'), JSON.stringify(step)).toBe(true)
    }
    expect(seen).toEqual([])
  })

  test('who brought the shop is said to v2 as well, where the SDK was told', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const { paypal } = freshFacade()
    paypal.configure({ headers: { custom: 'header', 'PayPal-Partner-Attribution-Id': 'Shop_1' } })
    await paypal.payment.create(BODY, { upgradeKit: { ref: 'o-3' } })
    const { custom, 'paypal-partner-attribution-id': partner } = seen.at(-1)!.headers
    expect([custom, partner]).toEqual([undefined, 'Shop_1'])
  })

  test('members that are not mapped pass through, and the SDK of v2 reads what was made', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const facade = freshFacade()
    const sdk = load('paypal-rest-sdk')
    expect(facade.paypal.payout).toBe(sdk.payout)
    expect(facade.paypal.payment.list).toBe(sdk.payment.list)
    const { id } = await facade.paypal.payment.create(BODY, { upgradeKit: { ref: 'o-1' } })
    const { Client, Environment, OrdersController } = await import('@paypal/paypal-server-sdk')
    const client = new Client({
      environment: Environment.Sandbox,
      clientCredentialsAuthCredentials: { oAuthClientId: 'id', oAuthClientSecret: 'secret' },
    })
    const { result } = await new OrdersController(client).getOrder({ id })
    expect(result).toMatchObject({
      id,
      intent: 'CAPTURE',
      purchaseUnits: [{ invoiceId: 'o-1', amount: { value: '10.00', currencyCode: 'USD' } }],
    })
  })

  test('an answer that is lost on the way is found, and nobody pays twice', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const facade = freshFacade()
    const { id } = await facade.paypal.payment.create(BODY, { upgradeKit: { ref: 'o-1' } })
    fake.paypal.approve(id)
    let left = 1
    fake.paypal.fault = ({ path }) => (path.endsWith('/capture') && left-- > 0 ? 'drop after' : undefined)
    expect((await facade.paypal.payment.execute(id, { payer_id: 'P' })).state).toBe('approved')
    // it was looked at before it was asked for again, and was done
    const lines = seen.map(({ line }) => line)
    expect(lines.filter((line) => line.endsWith('/capture'))).toHaveLength(1)
    expect(lines.filter((line) => line.endsWith(id))).toHaveLength(2)
    expect(fake.paypal.takenFor('o-1').captures).toBe(1)
  })

  test('where nobody keeps pins, there is no v2 in production, and it is said', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    vi.stubEnv('NODE_ENV', 'production')
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { id } = await freshFacade().paypal.payment.create(BODY, { upgradeKit: { ref: 'o-1' } })
    expect(id).toMatch(/^PAYID-/)
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('pins'))
    warned.mockRestore()
  })
})

// ---- HTTP clients ---------------------------------------------------------------------------------------

describe('a call site gets what its client gave', () => {
  const folder = generated(paypalMap, { http: ['fetch', 'axios'] })
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  afterEach(() => {
    fake.paypal = new FakePayPal()
    vi.unstubAllEnvs()
  })
  afterAll(() => server.close())

  const READ: Readonly<Record<string, (result: Loaded) => unknown>> = {
    fetch: (response) => response.json(),
    ky: (response) => response.json(),
    // the status that a created payment has on v1, which programs compare with
    axios: ({ data, status }) => (status === 201 ? data : undefined),
    got: ({ body }) => body,
    superagent: ({ body }) => body,
    undici: ({ body }) => body.json(),
    request: ({ body }) => body,
    'request-promise': (body) => body,
    json: (body) => body,
  }

  test.each(Object.keys(READ))('%s', async (as) => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const facade = loadFacade(folder)
    const options = {
      as,
      body: BODY,
      ref: 'o-1',
      token: 't',
      headers: { 'paypal-partner-attribution-id': 'Shop_1', 'X-Tenant': 'shop-1' },
      baseUrl: 'https://api.sandbox.paypal.com',
      v1: () => expect.fail('v1 was asked'),
    }
    const result =
      as === 'request'
        ? await called((done) => facade.paypalHttp.createPayment(options, done))
        : await facade.paypalHttp.createPayment(options)
    expect(await READ[as]!(result)).toMatchObject({ state: 'created' })
    const { authorization, 'x-tenant': tenant, 'paypal-partner-attribution-id': partner } = seen.at(-1)!.headers
    expect([authorization, partner, tenant]).toEqual(['Bearer t', 'Shop_1', undefined])
    expect(seen.at(-1)!.line).toBe('POST https://api-m.sandbox.paypal.com/v2/checkout/orders')
  })

  test('also of an error, in the words of v1', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    const { paypalHttp } = loadFacade(folder)
    const base = {
      ref: 'o-1',
      token: 't',
      baseUrl: 'https://api.sandbox.paypal.com',
      v1: () => expect.fail('v1 was asked'),
    }
    const { id } = await paypalHttp.createPayment({ ...base, as: 'json', body: BODY })
    const execute = (as: string) => paypalHttp.executePayment({ ...base, as, id, body: { payer_id: 'P' } })
    const response = await execute('fetch')
    expect([response.status, (await response.json()).name]).toEqual([400, 'PAYMENT_NOT_APPROVED_FOR_EXECUTION'])
    await expect(execute('axios')).rejects.toMatchObject({
      isAxiosError: true,
      response: { status: 400, data: { name: 'PAYMENT_NOT_APPROVED_FOR_EXECUTION' } },
    })
    await expect(execute('json')).rejects.toMatchObject({ kind: 'approval_required', statusCode: 400 })
  })

  test('an Observable stays one, and asks when somebody listens', async () => {
    vi.stubEnv('PAYMENT_API_V2', 'true')
    class Observable {
      readonly subscribe: (observer: Loaded) => void
      constructor(subscribe: (observer: Loaded) => void) {
        this.subscribe = subscribe
      }
    }
    const count = seen.length
    const result = loadFacade(folder).paypalHttp.createPayment({
      as: 'nest',
      body: BODY,
      ref: 'o-1',
      token: 't',
      baseUrl: 'https://api.sandbox.paypal.com',
      v1: () => new Observable(() => expect.fail('v1 was asked')),
    })
    expect(result).toBeInstanceOf(Observable)
    expect(seen).toHaveLength(count)
    const value = await new Promise<Loaded>((resolve, reject) =>
      result.subscribe({ next: resolve, error: reject, complete: () => {} }),
    )
    expect(value.data.state).toBe('created')
  })

  test('with the flag off, v1 is called before anything else is waited for', () => {
    const v1 = vi.fn(() => ({ status: 200, data: {} }))
    void loadFacade(folder).paypalHttp.createPayment({ as: 'axios', body: BODY, ref: 'o-1', v1 })
    expect(v1).toHaveBeenCalledTimes(1)
  })
})

// ---- Stripe and Mollie ------------------------------------------------------------------------------------

/** A server of this machine that remembers what it was asked. */
async function localServer(
  answer: (request: {
    method: string
    path: string
    body: URLSearchParams
    headers: IncomingMessage['headers']
  }) => { status: number; body: unknown } | 'lost',
) {
  const requests: { line: string; headers: IncomingMessage['headers']; body: URLSearchParams }[] = []
  const http: Server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const body = new URLSearchParams(text)
    const path = request.url!
    requests.push({ line: `${request.method} ${path}`, headers: request.headers, body })
    const result = answer({ method: request.method!, path, body, headers: request.headers })
    if (result === 'lost') return void request.socket.destroy()
    response.writeHead(result.status, { 'content-type': 'application/json' }).end(JSON.stringify(result.body))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as { port: number }
  return { requests, port, close: () => new Promise((resolve) => http.close(resolve)) }
}

describe('stripe-node', () => {
  const { map } = bundledMap('stripe-charges')!
  const folder = generated(map)

  async function stripeShop(flag: string, run: (stripe: Loaded, facade: Loaded) => Promise<void>, answer?: Loaded) {
    vi.stubEnv('PAYMENT_API_V2', flag)
    const charge = {
      id: 'ch_1',
      object: 'charge',
      status: 'succeeded',
      paid: true,
      captured: true,
      payment_method_details: { card: { brand: 'visa', last4: '4242' } },
    }
    const local = await localServer(({ path, ...rest }) => {
      const own = answer?.({ path, ...rest })
      if (own) return own
      if (path.startsWith('/v1/payment_intents'))
        return {
          status: 200,
          body: {
            id: 'pi_1',
            object: 'payment_intent',
            status: 'succeeded',
            amount: 1000,
            currency: 'usd',
            latest_charge: charge,
          },
        }
      return { status: 200, body: { ...charge, source: { last4: '4242' } } }
    })
    const { default: Stripe } = await import('stripe')
    const facade = loadFacade(folder)
    facade.configurePayments({ retryDelayMs: 0 })
    const client = new Stripe('sk_test_1', { host: '127.0.0.1', port: local.port, protocol: 'http', telemetry: false })
    try {
      await run(facade.wrapStripe(client), facade)
    } finally {
      await local.close()
      vi.unstubAllEnvs()
    }
    return local.requests
  }
  const CHARGE = { amount: 1000, currency: 'usd', source: 'tok_visa', description: 'shoes' }

  test('charges as before with the flag off', async () => {
    const requests = await stripeShop('false', async (stripe) => {
      expect(await stripe.charges.create(CHARGE)).toMatchObject({ id: 'ch_1', status: 'succeeded' })
    })
    expect(requests.map(({ line }) => line)).toEqual(['POST /v1/charges'])
    expect(Object.fromEntries(requests[0]!.body)).toEqual({
      amount: '1000',
      currency: 'usd',
      source: 'tok_visa',
      description: 'shoes',
    })
  })

  test('charges through a PaymentIntent with the flag on, and reads as a charge', async () => {
    const requests = await stripeShop('true', async (stripe, facade) => {
      const charge = await stripe.charges.create(CHARGE, { stripeAccount: 'acct_7', upgradeKit: { ref: 'o-1' } })
      expect(charge).toMatchObject({
        id: 'ch_1',
        object: 'charge',
        payment_intent: 'pi_1',
        status: 'succeeded',
        paid: true,
        source: { last4: '4242', brand: 'visa' },
      })
      expect(facade.isPaymentError(charge)).toBe(false)
      expect(typeof stripe.customers.create).toBe('function')
    })
    expect(requests.map(({ line }) => line)).toEqual(['POST /v1/payment_intents'])
    expect(Object.fromEntries(requests[0]!.body)).toMatchObject({
      amount: '1000',
      'payment_method_data[card][token]': 'tok_visa',
      confirm: 'true',
      error_on_requires_action: 'true',
      'metadata[order_id]': 'o-1',
    })
    expect(requests[0]!.headers['idempotency-key']).toMatch(/^[0-9a-f]{38}$/)
    // for whose account it is, is said to either version
    expect(requests[0]!.headers['stripe-account']).toBe('acct_7')
  })

  test('keeps what it cannot do on v1', async () => {
    const requests = await stripeShop('true', async (stripe) => {
      await stripe.charges.create({ ...CHARGE, source: undefined, customer: 'cus_1' }, { upgradeKit: { ref: 'o-2' } })
    })
    expect(requests.map(({ line }) => line)).toEqual(['POST /v1/charges'])
  })

  test('asks again with one key when an answer is lost, and tells a decline as before', async () => {
    let left = 2
    const requests = await stripeShop(
      'true',
      async (stripe) => {
        await stripe.charges.create(CHARGE, { upgradeKit: { ref: 'o-3' } })
      },
      () => (left-- > 0 ? 'lost' : undefined),
    )
    expect(requests).toHaveLength(3)
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    await stripeShop(
      'true',
      async (stripe, facade) => {
        const error = await stripe.charges
          .create(CHARGE, { upgradeKit: { ref: 'o-4' } })
          .catch((thrown: unknown) => thrown)
        // what the call site knows is what the SDK throws
        expect(error).toMatchObject({
          type: 'StripeCardError',
          code: 'card_declined',
          decline_code: 'insufficient_funds',
        })
        expect(facade.toPaymentError(error)).toMatchObject({
          kind: 'declined',
          code: 'insufficient_funds',
          outcome: 'not_executed',
        })
      },
      () => ({
        status: 402,
        body: {
          error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', message: 'no' },
        },
      }),
    )
    // a card that asks for the buyer was not charged: another card is another attempt, with a key of its own
    const asked = await stripeShop(
      'true',
      async (stripe, facade) => {
        const error = await stripe.charges
          .create(CHARGE, { upgradeKit: { ref: 'o-5' } })
          .catch((thrown: unknown) => thrown)
        expect(facade.toPaymentError(error)).toMatchObject({ outcome: 'not_executed' })
        await stripe.charges.create(CHARGE, { upgradeKit: { ref: 'o-5' } }).catch(() => {})
      },
      () => ({
        status: 402,
        body: {
          error: { type: 'card_error', code: 'card_declined', decline_code: 'authentication_required', message: 'no' },
        },
      }),
    )
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
  })
})

test('the id that a buyer brings back is what it was, also where there is none', () => {
  const { paypalReturnId } = loadFacade(generated(paypalMap))
  expect(paypalReturnId({ paymentId: 'PAYID-1', token: 'EC-1' })).toBe('PAYID-1')
  expect(paypalReturnId({ token: '5O1' })).toBe('5O1')
  expect(paypalReturnId({})).toBeUndefined()
})

describe('what keeps pins', () => {
  const folder = generated(paypalMap)
  const { memoryPins, filePins, sqlPins, redisPins } = loadFacade(folder)
  const rows = new Map<string, { version: string; at: number }>()
  const query = async (text: string, [ref, version, at]: Loaded[]) => {
    const isNew = !rows.has(ref)
    if (text.startsWith('INSERT') && isNew) rows.set(ref, { version: `${version} `, at })
    if (text.endsWith('RETURNING version, at')) return isNew ? [{ version, at }] : []
    return text.startsWith('SELECT') && rows.has(ref) ? [rows.get(ref)] : []
  }
  const others = new Map<string, { version: string; at: number }>()
  const mysql = async (text: string, [ref, version, at]: Loaded[]) => {
    expect(text).not.toMatch(/\$\d|RETURNING|CONFLICT/)
    if (text.startsWith('SELECT')) return others.has(ref) ? [others.get(ref)] : []
    if (others.has(ref)) throw Object.assign(new Error('Duplicate entry'), { code: 'ER_DUP_ENTRY', errno: 1062 })
    others.set(ref, { version, at })
    // what MySQL says of a statement is no row
    return { affectedRows: 1 }
  }
  const values = new Map<string, string>()
  const redis = {
    get: async (key: string) => values.get(key) ?? null,
    setnx: async (key: string, value: string) => {
      if (values.has(key)) return 0
      values.set(key, value)
      return 1
    },
  }

  test.each<[string, () => Loaded]>([
    ['memory', () => memoryPins()],
    ['a file', () => filePins(join(folder, 'pins', 'of payments.txt'))],
    ['SQL', () => sqlPins(query)],
    ['MySQL', () => sqlPins(mysql, 'mysql')],
    ['Redis', () => redisPins(redis)],
  ])('%s: the first one decides, whoever asks later', async (name, make) => {
    const pins = make()
    expect(await pins.get('order/1')).toBeUndefined()
    const before = Date.now()
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) => pins.claim('order/1 and\nmore', index % 2 ? 'v1' : 'v2')),
    )
    expect(new Set(claims)).toEqual(new Set(['v2']))
    expect(await pins.get('order/1 and\nmore')).toBe('v2')
    expect(await pins.get('order/1')).toBeUndefined()
    expect(await pins.since('order/1 and\nmore')).toBeGreaterThanOrEqual(before)
    const firsts = await Promise.all(Array.from({ length: 8 }, () => pins.first('event/1')))
    expect(firsts.filter(Boolean)).toHaveLength(1)
    expect(await pins.first('order/1 and\nmore')).toBe(false)
    expect(await pins.get('event/1')).toBe('v2')
    if (name === 'memory') return
    // another process
    expect(await make().get('order/1 and\nmore')).toBe('v2')
    expect(await make().claim('order/1 and\nmore', 'v1')).toBe('v2')
  })

  test('a claim that fails for another reason than that there is one is no claim', async () => {
    const broken = sqlPins(async () => Promise.reject(new Error('no connection')), 'mysql')
    await expect(broken.first('event/1')).rejects.toThrow('no connection')
    await expect(broken.claim('order/1', 'v2')).rejects.toThrow('no connection')
  })

  test("a pin that is claimed and that a replica does not know yet is nobody else's", async () => {
    const behind = { get: async () => null, setnx: async () => 0 }
    await expect(redisPins(behind).claim('order/1', 'v2')).rejects.toThrow('cannot be read')
    await expect(sqlPins(async () => []).claim('order/1', 'v2')).rejects.toThrow('cannot be read')
  })

  test('a flag service can say how much goes to v2, and what it said last stands when it is silent', async () => {
    const { openFeatureRollout } = loadFacade(folder)
    let [isOn, share]: [boolean | Error, number] = [true, 25]
    let changed = () => {}
    const client = {
      getBooleanValue: async () => {
        if (isOn instanceof Error) throw isOn
        return isOn
      },
      getNumberValue: async () => share,
      addHandler: (_event: string, handler: () => void) => {
        changed = handler
      },
    }
    const rollout = await openFeatureRollout(client)
    expect(rollout()).toEqual({ enabled: true, percent: 25 })
    share = 50
    changed()
    await vi.waitFor(() => expect(rollout()).toEqual({ enabled: true, percent: 50 }))
    isOn = new Error('silent')
    changed()
    await new Promise((resolve) => setImmediate(resolve))
    expect(rollout()).toEqual({ enabled: true, percent: 50 })
  })

  test('the shares of orders are those that were asked for, and a larger share holds the smaller one', () => {
    const { bucketOf } = loadFacade(folder)
    const places = Array.from({ length: 20_000 }, (_, index) => bucketOf(`order-${index}`, 'salt'))
    for (const percent of [1, 5, 25, 50]) {
      const share = (places.filter((place) => place < percent).length / places.length) * 100
      expect(Math.abs(share - percent)).toBeLessThan(0.2 + percent * 0.05)
    }
  })
})

test('the client of Mollie v1, on v2', async () => {
  const { map } = bundledMap('mollie')!
  const folder = generated(map)
  const asked: Loaded[] = []
  vi.stubGlobal('fetch', async (url: string, init: Loaded) => {
    asked.push({ line: `${init.method} ${url}`, ...init })
    if (init.method === 'POST' && JSON.parse(init.body).description === 'bad')
      return new Response(
        JSON.stringify({
          status: 422,
          title: 'Unprocessable Entity',
          detail: 'The amount is higher than the maximum',
          field: 'amount',
        }),
        { status: 422 },
      )
    return new Response(
      JSON.stringify({
        id: 'tr_1',
        status: 'open',
        amount: { value: '10.00', currency: 'EUR' },
        createdAt: '2026-01-01',
        _links: { checkout: { href: 'https://pay' } },
      }),
      { status: init.method === 'GET' ? 200 : 201 },
    )
  })
  const { mollie } = loadFacade(folder)
  const client = new mollie.API.Client()
  client.setApiKey('test_1')
  const one = (run: (done: (value: Loaded) => void) => void) => new Promise<Loaded>((resolve) => run(resolve))
  const made = await one((done) =>
    client.payments.create({ amount: 10, description: 'x', redirectUrl: 'https://shop' }, done),
  )
  expect(made).toMatchObject({
    id: 'tr_1',
    status: 'open',
    amount: '10.00',
    createdDatetime: '2026-01-01',
    links: { paymentUrl: 'https://pay' },
  })
  // what the SDK's own objects could be asked, and what was never in their JSON
  expect([made.getPaymentUrl(), made.isOpen(), made.isPaid()]).toEqual(['https://pay', true, false])
  expect(Object.keys(made)).not.toContain('isPaid')
  expect(asked[0]).toMatchObject({
    line: 'POST https://api.mollie.com/v2/payments',
    headers: expect.objectContaining({ Authorization: 'Bearer test_1' }),
  })
  expect(JSON.parse(asked[0].body)).toEqual({
    amount: { value: '10.00', currency: 'EUR' },
    description: 'x',
    redirectUrl: 'https://shop',
  })
  expect(await one((done) => client.payments.get('tr_1', done))).toMatchObject({ id: 'tr_1' })
  const wrong = await one((done) => client.payments.create({ amount: '10.00', description: 'bad' }, done))
  expect(wrong.error.message).toContain('higher than the maximum')
  vi.unstubAllGlobals()
})
