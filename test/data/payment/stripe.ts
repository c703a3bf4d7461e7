/** A Stripe with charges and PaymentIntents behind a port of this machine. */
import { createServer } from 'node:http'
import type { FakeRequest } from './paypal.ts'

interface Charge {
  readonly id: string
  readonly amount: number
  readonly intent: string | undefined
  readonly metadata: Record<string, string>
  captured: boolean
}

export async function startStripe() {
  const charges = new Map<string, Charge>()
  const runs: FakeRequest[][] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const path = request.url!.replace(/\?.*/, '')
    if (path === '/begin') {
      charges.clear()
      runs.push([])
      return void response.end()
    }
    const key = request.headers['idempotency-key']
    const headers = { ...(key ? { 'idempotency-key': String(key).replace(/^stripe-node-retry-.*/, '<random>') } : {}) }
    runs.at(-1)?.push({ method: request.method!, host: 'stripe', path, headers, body: text })
    const { status, body } = answer(charges, request.method!, path, new URLSearchParams(text))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${port}`, runs, charges, close }
}

function answer(charges: Map<string, Charge>, method: string, path: string, form: URLSearchParams) {
  const ok = (body: object) => ({ status: 200, body })
  const isOld = path === '/v1/charges'
  if (method === 'POST' && (isOld || path === '/v1/payment_intents')) {
    const token = form.get(isOld ? 'source' : 'payment_method_data[card][token]')
    const manual = isOld ? form.get('capture') === 'false' : form.get('capture_method') === 'manual'
    if (token === 'tok_chargeDeclined') return declined()
    const number = charges.size + 1
    const charge: Charge = {
      id: `ch_${number}`,
      amount: Number(form.get('amount')),
      intent: isOld ? undefined : `pi_${number}`,
      metadata: { order_id: form.get('metadata[order_id]') ?? '' },
      captured: !manual,
    }
    charges.set(charge.id, charge)
    return ok(isOld ? shownCharge(charge) : shownIntent(charge))
  }
  const [, kind, id, action] = /^\/v1\/(charges|payment_intents)\/(\w+)(?:\/(\w+))?$/.exec(path) ?? []
  const charge = [...charges.values()].find((one) => id !== undefined && (kind === 'charges' ? one.id : one.intent) === id)
  if (charge && action === 'capture') {
    charge.captured = true
    return ok(kind === 'charges' ? shownCharge(charge) : shownIntent(charge))
  }
  if (charge) return ok(kind === 'charges' ? shownCharge(charge) : shownIntent(charge))
  if (path === '/v1/refunds') return ok({ id: 're_1', object: 'refund', status: 'succeeded', charge: form.get('charge') })
  if (path === '/v1/customers') return ok({ id: 'cus_1', object: 'customer', email: form.get('email') })
  return { status: 404, body: { error: { type: 'invalid_request_error', code: 'resource_missing', message: path } } }
}

function declined() {
  const error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' }
  return { status: 402, body: { error } }
}

function shownCharge({ id, amount, captured, intent, metadata }: Charge) {
  const card = { brand: 'visa', last4: '4242' }
  return {
    id,
    object: 'charge',
    amount,
    paid: true,
    captured,
    status: 'succeeded',
    payment_intent: intent ?? null,
    metadata,
    payment_method_details: { card },
    ...(intent ? {} : { source: { ...card, object: 'card' } }),
  }
}

function shownIntent(charge: Charge) {
  const { intent, amount, captured, metadata } = charge
  const status = captured ? 'succeeded' : 'requires_capture'
  return { id: intent, object: 'payment_intent', status, amount, currency: 'eur', metadata, latest_charge: shownCharge(charge) }
}
