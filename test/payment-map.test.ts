import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BUNDLED, bundledMap } from '../transforms/payment/map/bundled.ts'
import { mapRequest, mapResponse } from '../transforms/payment/map/execute.ts'
import { loadMap } from '../transforms/payment/map/load.ts'
import { AmountError, decimalOf, unitsOf } from '../transforms/payment/map/money.ts'
import { conditionOf, holds } from '../transforms/payment/map/predicate.ts'
import { rowsOf, tagOf } from '../transforms/payment/map/rows.ts'
import type { PaymentMap, Row } from '../transforms/payment/map/types.ts'
import { order, payment } from './data/payment/payloads.ts'
import * as schemas from './data/payment/schemas.ts'

const paypal = bundledMap('paypal')!.map
const acme = bundledMap('acme')!.map
// biome-ignore lint/suspicious/noExplicitAny: payloads of two versions, whose fields are what is under test
type Loose = any
const RUNS = process.env.UPGRADE_KIT_FUZZ ? 5_000 : 250

const request = (map: PaymentMap, id: string, body: unknown, ref?: string) =>
  mapRequest(map, map.operations[id]!, rowsOf(map, id, 'request'), body, ref === undefined ? {} : { ref })
const response = (map: PaymentMap, id: string, body: unknown) => mapResponse(map, rowsOf(map, id, 'response'), body)
const isValid = (schema: object) => new Ajv2020({ allErrors: true }).compile(schema)

test('every bundled map can be read', () => {
  expect([...BUNDLED].sort()).toEqual(['acme', 'mollie', 'paypal', 'stripe-charges'])
  for (const id of BUNDLED) expect(bundledMap(id)!.map.provider.id).toBe(id)
  expect(bundledMap('constructor')).toBeUndefined()
})

describe('what is wrong with a map is said with its place and with what to do', () => {
  const text = readFileSync(new URL('../transforms/payment/maps/acme.yaml', import.meta.url), 'utf8')
  const problemsOf = (changed: string) => {
    expect(changed).not.toBe(text)
    const result = loadMap(changed)
    return result.is === 'failed' ? result.problems : []
  }
  const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split('\n').length

  test('a word that there is not', () => {
    const [missing, problem, ...others] = problemsOf(text.replace('    effect: none', '    efect: none'))
    expect(problem).toMatchObject({
      line: lineOf('    effect: none'),
      column: 5,
      path: ['operations', 'getCharge', 'efect'],
    })
    expect(problem!.message).toContain('"efect"')
    expect(missing!.message).toBe('operations.getCharge has no "effect"')
    expect(others).toEqual([])
  })

  test('a value that there is not', () => {
    const [problem] = problemsOf(text.replace('mode: dual', 'mode: both'))
    expect(problem).toMatchObject({
      line: lineOf('mode: dual'),
      column: 1,
      advice: 'Write one of: "dual", "cutover-only".',
    })
  })

  test('what is no YAML', () => {
    const problems = problemsOf(text.replace('ids:\n', 'ids: [\n'))
    expect(problems).toHaveLength(1)
    expect(problems[0]!.line).toBeGreaterThan(1)
  })

  test.each(['', 'just words', '[]'])('what is no map: %j', (nothing) => {
    const result = loadMap(nothing)
    expect(result).toMatchObject({ is: 'failed', problems: [{ line: 1 }] })
  })

  test('JSON is read as well, and its places, too', () => {
    expect(loadMap(JSON.stringify(acme)).is).toBe('loaded')
    const [problem] = problemsOf(JSON.stringify({ ...acme, mode: 'both' }, null, 2))
    expect(problem!.path).toEqual(['mode'])
    expect(problem!.line).toBeGreaterThan(5)
  })
})

describe('amounts', () => {
  test.each([
    ['10.00', 'USD', '10.00'],
    [10, 'USD', '10.00'],
    ['10', 'USD', '10.00'],
    ['1000', 'JPY', '1000'],
    ['1000.00', 'JPY', '1000'],
    ['1.25', 'KWD', '1.250'],
    ['-3.5', 'EUR', '-3.50'],
    [0.1, 'EUR', '0.10'],
    ['123456789012345678.99', 'USD', '123456789012345678.99'],
  ])('%j %s is %s', (amount, currency, text) => {
    expect(decimalOf(unitsOf(amount, currency), currency)).toBe(text)
  })

  test.each([
    ['10.001', 'USD'],
    [0.1 + 0.2, 'USD'],
    ['10.5', 'JPY'],
    ['1e3', 'USD'],
    [Number.NaN, 'USD'],
    ['', 'USD'],
    [null, 'USD'],
    ['10,00', 'USD'],
  ])('%j %s is refused', (amount, currency) => {
    expect(() => unitsOf(amount, currency)).toThrow(AmountError)
  })

  test('survive being written and read', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.constantFrom('USD', 'JPY', 'KWD'),
        (units, currency) => {
          expect(unitsOf(decimalOf(units, currency), currency)).toBe(units)
        },
      ),
    )
  })
})

describe('conditions', () => {
  const value = { a: { b: 'x' }, list: [{ c: 1 }, { c: 2, d: true }], none: null }
  test.each([
    ['has(a.b)', true],
    ['has(a.c)', false],
    ['has(none)', false],
    ["a.b == 'x'", true],
    ["a.b != 'x'", false],
    ['list[].c == 2', true],
    ['list[].d == true && has(a)', true],
    ["!has(q) && (a.b == 'y' || has(list[1].d))", true],
  ])('%s', (text, expected) => {
    expect(holds(conditionOf(text), value)).toBe(expected)
  })

  test.each(['', 'a.b', 'has(', 'a.b == x', 'a ~ b', "a == 'x' b", '&& a', 'has(a..b)'])('%j is refused', (text) => {
    expect(() => conditionOf(text)).toThrow(SyntaxError)
  })
})

describe('a request of v1', () => {
  const isOrder = isValid(schemas.createOrder)

  test('that v2 can do is one that v2 takes, with the same amount to the last digit', () => {
    const seen = { cents: 0, items: 0, derived: 0 }
    fc.assert(
      fc.property(payment, ({ body, units, currency }) => {
        const before = structuredClone(body)
        const { value, problems } = request(paypal, 'createPayment', body, 'order-1')
        expect(problems).toEqual([])
        expect(isOrder(value), JSON.stringify([isOrder.errors, value], null, 1)).toBe(true)
        const [unit] = value.purchase_units as {
          amount: { value: string; currency_code: string; breakdown?: object }
        }[]
        expect(unit!.amount.currency_code).toBe(currency)
        expect(unitsOf(unit!.amount.value, currency, paypal.money.exponents)).toBe(BigInt(units))
        expect(body).toEqual(before)
        seen.cents += unit!.amount.value.includes('.') ? 1 : 0
        seen.items += body.transactions[0]!.item_list ? 1 : 0
        seen.derived += unit!.amount.breakdown && !('details' in body.transactions[0]!.amount) ? 1 : 0
      }),
      { numRuns: RUNS },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
  })

  test.each<[string, string, (body: Loose) => void]>([
    ['unmapped', 'transactions[].surprise', (body) => (body.transactions[0].surprise = 1)],
    ['reported', 'transactions[].notify_url', (body) => (body.transactions[0].notify_url = 'https://x')],
    ['unknown-value', 'intent', (body) => (body.intent = 'order')],
    ['precondition', 'payer.payment_method', (body) => (body.payer.payment_method = 'credit_card')],
    ['reported', 'payer.funding_instruments', (body) => (body.payer.funding_instruments = [{ credit_card: {} }])],
    ['precondition', 'transactions[]', (body) => body.transactions.push(body.transactions[0])],
    ['amount', 'transactions[].amount', (body) => (body.transactions[0].amount.total = '10.005')],
    ['amount', 'transactions[].amount', (body) => (body.transactions[0].amount.currency = undefined)],
    ['amount', 'purchase_units[].amount', (body) => (body.transactions[0].amount.details = { subtotal: '9.99' })],
    ['precondition', 'transactions[].description', (body) => (body.transactions[0].description = 'x'.repeat(128))],
    [
      'precondition',
      'transactions[].item_list.items[].quantity',
      (body) =>
        (body.transactions[0].item_list = { items: [{ name: 'a', price: '10.00', currency: 'USD', quantity: 0 }] }),
    ],
  ])('that v2 cannot do is not sent: %s of %s', (reason, path, spoil) => {
    const body = {
      intent: 'sale',
      payer: { payment_method: 'paypal' },
      transactions: [{ amount: { total: '10.00', currency: 'USD' } }],
    }
    expect(request(paypal, 'createPayment', body).problems).toEqual([])
    spoil(body)
    expect(request(paypal, 'createPayment', body).problems).toContainEqual(expect.objectContaining({ reason, path }))
  })

  test('gets the business reference as invoice id where it has none of its own', () => {
    const body = { intent: 'sale', transactions: [{ amount: { total: '1.00', currency: 'EUR' } }] }
    expect(request(paypal, 'createPayment', body, 'o-7').value).toMatchObject({
      purchase_units: [{ invoice_id: 'o-7' }],
    })
    const own = { ...body, transactions: [{ ...body.transactions[0], invoice_number: 'i-1' }] }
    expect(request(paypal, 'createPayment', own, 'o-7').value).toMatchObject({
      purchase_units: [{ invoice_id: 'i-1' }],
    })
  })

  test.each([
    ['refundSale', schemas.refundCapture, { amount: { total: '1.00', currency: 'USD' }, description: 'sorry' }],
    ['refundCapture', schemas.refundCapture, {}],
    ['captureAuthorization', schemas.captureAuthorization, { amount: { total: 5, currency: 'JPY' } }],
    ['reauthorize', schemas.refundCapture, { amount: { total: '7', currency: 'KWD' } }],
  ])('of %s is one that v2 takes', (id, schema, body) => {
    const { value, problems } = request(paypal, id, body)
    expect(problems).toEqual([])
    expect(isValid(schema)(value)).toBe(true)
  })

  test('says `final_capture` even where v1 said nothing', () => {
    expect(request(paypal, 'captureAuthorization', {}).value).toEqual({ final_capture: false })
    expect(request(paypal, 'captureAuthorization', { is_final_capture: true }).value).toEqual({ final_capture: true })
  })

  test('is the golden one with the small map', () => {
    const body = { amount: '12.5', currency: 'EUR', reference: 'r-1', text: 'Shoes', card_token: 'tok_1', tags: 'a, b' }
    expect(request(acme, 'createCharge', body)).toMatchObject({
      problems: [],
      value: {
        price: { minor: 1250, currency: 'EUR' },
        order: 'r-1',
        description: 'Shoes',
        source: { token: 'tok_1', type: 'card' },
        capture: true,
        labels: ['a', 'b'],
      },
    })
  })
})

describe('a response of v2', () => {
  test('reads as v1 did', () => {
    fc.assert(
      fc.property(order, (body) => {
        const { value, problems } = response(paypal, 'getPayment', body)
        expect(problems).toEqual([])
        const result = value as Loose
        expect(result.id).toBe(body.id)
        // the trap: APPROVED is before the money, `approved` is behind it
        expect(result.state === 'approved').toBe(body.status === 'COMPLETED')
        body.purchase_units.forEach((unit, at) => {
          const transaction = result.transactions[at]
          expect(transaction.amount).toMatchObject({ total: unit.amount.value, currency: unit.amount.currency_code })
          const related: Loose[] = transaction.related_resources ?? []
          const ids = (kind: string) => related.flatMap((one) => one[kind]?.id ?? [])
          expect(ids('sale')).toEqual((unit.payments?.captures ?? []).map(({ id }) => id))
          expect(ids('authorization')).toEqual((unit.payments?.authorizations ?? []).map(({ id }) => id))
          expect(ids('refund')).toEqual((unit.payments?.refunds ?? []).map(({ id }) => id))
          expect(related.every((one) => Object.keys(one).length === 1)).toBe(true)
        })
        for (const [at, link] of (body.links ?? []).entries())
          if (link.rel === 'approve' || link.rel === 'payer-action') expect(result.links[at].rel).toBe('approval_url')
      }),
      { numRuns: RUNS },
    )
  })

  test('is the same again when what it makes is asked for once more', () => {
    fc.assert(
      fc.property(payment, ({ body }) => {
        const sent = request(paypal, 'createPayment', body).value
        const back = response(paypal, 'createPayment', { ...sent, id: 'X', status: 'CREATED' }).value
        const [before, after] = [body.transactions[0] as Loose, (back.transactions as Loose[])[0]!]
        for (const name of ['description', 'custom', 'invoice_number', 'reference_id', 'soft_descriptor'])
          expect(after[name]).toBe(before[name])
        expect(after.item_list?.shipping_address).toEqual(before.item_list?.shipping_address)
        expect((after.item_list?.items ?? []).map((one: Loose) => [one.name, one.price, String(one.quantity)])).toEqual(
          (before.item_list?.items ?? []).map((one: Loose) => [one.name, one.price, String(one.quantity)]),
        )
        expect(back.intent).toBe(body.intent)
      }),
      { numRuns: RUNS },
    )
  })

  test('keeps a state that nobody knows, so that no comparison takes it for another', () => {
    const { value } = response(paypal, 'getSale', { id: '1', status: 'SOMETHING_NEW' })
    expect(value).toEqual({ id: '1', state: 'SOMETHING_NEW' })
  })

  test.each([
    ['CREATED', 'created'],
    ['APPROVED', 'created'],
    ['PAYER_ACTION_REQUIRED', 'created'],
    ['COMPLETED', 'approved'],
  ])('has the state %s as %s', (status, state) => {
    expect(response(paypal, 'getPayment', { status }).value).toMatchObject({ state })
  })
})

describe('the tag of a row', () => {
  test.each<[Row, string]>([
    [{ from: 'a', to: 'b' }, 'A'],
    [{ from: 'a', to: 'b', money: true }, 'A'],
    [{ from: 'a', to: 'b', cast: 'string' }, 'A'],
    [{ from: 'a', to: 'b', enum: { x: 'y' } }, 'A'],
    [{ from: 'a', to: 'b', enum: { x: 'y', z: null } }, 'C'],
    [{ from: 'a', to: 'b', enum: { x: 'y' }, otherwise: 'report' }, 'C'],
    [{ from: 'a', to: 'b', when: 'has(c)' }, 'C'],
    [{ from: 'a[]', to: 'b[]', maxItems: 1 }, 'C'],
    [{ from: 'a', to: 'b', abs: true, why: 'unknown sign' }, 'C'],
    [{ from: 'a', to: null, severity: 'report', why: 'gone' }, 'R'],
    [{ from: 'a', to: null, severity: 'drop', why: 'known' }, 'A'],
    [{ from: 'a', to: 'b', fn: './x.ts#y' }, 'R'],
    [{ from: null, to: 'b', severity: 'report', why: 'gone' }, 'R'],
  ])('%j is %s', (row, tag) => {
    expect(tagOf(row, typeof row.enum === 'object' ? row.enum : undefined, 'request')).toBe(tag)
  })

  test('of the bundled map is what the tables of the guide call it', () => {
    const rows = rowsOf(paypal, 'createPayment', 'request')
    const of = (path: string) => rows.find(({ from }) => from === path)?.tag
    expect(of('transactions[].amount')).toBe('A')
    expect(of('transactions[].amount.details.tax')).toBe('A')
    expect(of('transactions[].amount.details.shipping_discount')).toBe('C')
    expect(of('transactions[]')).toBe('C')
    expect(of('transactions[].notify_url')).toBe('R')
    expect(of('transactions[].custom')).toBe('C')
    expect(of('transactions[].item_list.items[].price')).toBe('A')
    expect(of('application_context.locale')).toBe('A')
    expect(of('intent')).toBe('C')
  })
})
