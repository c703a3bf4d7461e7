import assert from 'node:assert/strict'
import { beforeEach, test } from 'vitest'
import type { Operation } from './delivery.ts'
import { HttpFailure, isPaymentError, toPaymentError } from './errors.ts'
import { memoryPins, type PinStore } from './pins.ts'
import { bucketOf, rolloutFromEnvironment } from './rollout.ts'
import { configurePayments, perform } from './router.ts'
import { settings } from './settings.ts'

let pins: PinStore
let sent: string[]
let answers: (() => unknown)[]

const operation: Operation = {
  name: 'create',
  effect: 'creates',
  binding: 'decides',
  toV2: (body) => body,
  fromV2: (response) => response,
  run: async ({ key }) => {
    sent.push(key)
    return (answers.shift() ?? (() => ({ id: 'new' })))()
  },
}

function rollout(enabled: boolean, percent = 100): void {
  configurePayments({ pins, rollout: () => ({ enabled, percent, salt: '' }), retryDelayMs: 0 })
}

async function call(ref: string, one: Operation = operation) {
  const routed = await perform(one, {
    params: {},
    body: { amount: '10.00' },
    ref,
    credentials: { baseUrl: 'https://payments.invalid' },
    v1: () => ({ id: 'old' }),
    read: (result) => result,
  })
  return routed.version
}

const lost = () => {
  throw new Error('the connection was lost')
}

beforeEach(() => {
  pins = memoryPins()
  sent = []
  answers = []
})

test('with the flag off everything goes to v1', async () => {
  rollout(false)
  assert.equal(await call('order-1'), 'v1')
  assert.deepEqual(sent, [])
})

test('an order stays on its version, whatever becomes of the percentage', async () => {
  rollout(true)
  assert.equal(await call('order-1'), 'v2')
  rollout(false)
  assert.equal(await call('order-1'), 'v2')
  assert.equal(await call('order-2'), 'v1')
  rollout(true)
  assert.equal(await call('order-2'), 'v1')
})

test('what nobody knows the end of is asked for again with the same key, and never on v1', async () => {
  rollout(true)
  answers = [lost, lost]
  assert.equal(await call('order-1'), 'v2')
  assert.equal(sent.length, 3)
  assert.equal(new Set(sent).size, 1)
  answers = [lost, lost, lost]
  await assert.rejects(call('order-2'), (error) => toPaymentError(error).outcome === 'unknown')
})

test('a decline is definite, and the next attempt has another key', async () => {
  rollout(true)
  const { declined: table } = settings.errors.kinds
  const [declined] = table?.v2 ?? []
  const path = (settings.errors.v2.code[0] ?? 'code').replace(/\[\d+\]/g, '')
  const name = path.split('.')
  const issue = name.reduceRight<unknown>((inner, part) => ({ [part]: inner }), declined)
  answers = [
    () => {
      throw new HttpFailure(402, issue)
    },
  ]
  const error = await call('order-1').catch((thrown) => thrown)
  if (!isPaymentError(error, 'declined')) return
  await call('order-1')
  assert.notEqual(sent[0], sent[1])
})

test('an order falls where its reference says, and more of them with a higher percentage', () => {
  const place = bucketOf('order-1', 'salt')
  assert.equal(place, bucketOf('order-1', 'salt'))
  assert.ok(place >= 0 && place < 100)
  assert.notEqual(place, bucketOf('order-1', 'another salt'))
})

test('an impossible setting is refused at the start', () => {
  const { env, percentEnv } = settings.flag
  assert.throws(() => rolloutFromEnvironment({ [env]: 'yes' }), /must be true or false/)
  assert.throws(() => rolloutFromEnvironment({ [env]: 'true', [percentEnv]: '101' }), /from 0 to 100/)
  assert.equal(rolloutFromEnvironment({ [env]: 'true' }).percent, 100)
  assert.equal(rolloutFromEnvironment({}).enabled, false)
})
