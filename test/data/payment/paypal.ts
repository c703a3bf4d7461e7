/**
 * A PayPal of both versions that remembers what it did: payments and orders, captures and refunds, answers by request id.
 * What it takes, it checks against the facts of its reference; what goes wrong on the way is up to the test.
 */
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as schemas from './schemas.ts'

export interface FakeRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface FakeAnswer {
  readonly status: number
  readonly body: unknown
}

/** What happens to one request: it or its answer is lost, or an answer comes that says something else. */
export type Fault = 'drop before' | 'drop after' | '500 after' | '409' | '422' | 'slow'

interface Money {
  readonly value: string
  readonly currency: string
}

interface Purchase {
  readonly version: 'v1' | 'v2'
  readonly id: string
  readonly intent: string
  readonly ref: string | undefined
  amount: Money
  readonly body: Record<string, unknown>
  approved: boolean
  captures: Capture[]
  authorizations: { id: string; status: string; amount: Money }[]
}

interface Capture {
  readonly version: 'v1' | 'v2'
  readonly id: string
  readonly ref: string | undefined
  readonly purchase: string
  readonly amount: Money
  refunds: { id: string; amount: Money }[]
}

// biome-ignore lint/suspicious/noExplicitAny: payloads of two versions
type Body = Record<string, any>

interface Patch {
  readonly op: string
  readonly path: string
  readonly value: Body
}

const ajv = new Ajv2020({ allErrors: true })
const takesOrder = ajv.compile<Body>(schemas.createOrder)
const takesRefund = ajv.compile<Body>(schemas.refundCapture)
const takesCapture = ajv.compile<Body>(schemas.captureAuthorization)

export class FakePayPal {
  readonly requests: FakeRequest[] = []
  readonly purchases = new Map<string, Purchase>()
  readonly captures = new Map<string, Capture>()
  readonly #answers = new Map<string, { readonly body: string; readonly answer: FakeAnswer }>()
  readonly #authorizations = new Map<string, { purchase: Purchase; authorization: Purchase['authorizations'][number] }>()
  #count = 0
  /** Asked for every request but those for tokens. */
  fault: (request: FakeRequest) => Fault | undefined = () => undefined
  /** Of the answers of a buyer's bank. */
  decline: (ref: string | undefined) => boolean = () => false

  /** Does what is asked. `undefined`: the connection is lost. `never`: the answer comes when nobody waits any more. */
  async handle(request: FakeRequest): Promise<FakeAnswer | 'lost' | 'never'> {
    this.requests.push(request)
    if (request.path === '/v1/oauth2/token')
      return { status: 200, body: { access_token: 'A21', token_type: 'Bearer', expires_in: 32_000 } }
    const fault = this.fault(request)
    // a request is done in one go, as in a database
    await undefined
    if (fault === 'drop before') return 'lost'
    const version = request.path.startsWith('/v2/') ? 'v2' : 'v1'
    if (fault === '409')
      return version === 'v2' ? error(409, 'RESOURCE_CONFLICT', 'PREVIOUS_REQUEST_IN_PROGRESS') : oldError(409, 'DUPLICATE_REQUEST_ID')
    if (fault === '422')
      return version === 'v2' ? error(422, 'UNPROCESSABLE_ENTITY', 'CURRENCY_NOT_SUPPORTED_FOR_COUNTRY') : oldError(400, 'VALIDATION_ERROR')
    const answer = this.#remembered(version, request)
    if (fault === 'drop after') return 'lost'
    if (fault === '500 after') return version === 'v2' ? error(500, 'INTERNAL_SERVER_ERROR') : oldError(500, 'INTERNAL_SERVICE_ERROR')
    // v1 has no limit of time: it waits until the answer comes
    return fault === 'slow' && version === 'v2' ? 'never' : answer
  }

  /** The buyer agrees. */
  approve(id: string): void {
    const purchase = this.purchases.get(id)
    if (!purchase) throw new Error(`there is nothing to approve with the id ${id}`)
    purchase.approved = true
  }

  /** What was taken for an order, and given back, in hundredths. */
  takenFor(ref: string): { readonly captures: number; readonly taken: number; readonly refunded: number } {
    const captures = [...this.captures.values()].filter((one) => one.ref === ref)
    const sum = (amounts: readonly Money[]) => amounts.reduce((all, { value }) => all + Math.round(Number(value) * 100), 0)
    return {
      captures: captures.length,
      taken: sum(captures.map(({ amount }) => amount)),
      refunded: sum(captures.flatMap(({ refunds }) => refunds.map(({ amount }) => amount))),
    }
  }

  /** The same key and version give the same answer, as PayPal does; another body under it is an error. */
  #remembered(version: 'v1' | 'v2', request: FakeRequest): FakeAnswer {
    const key = request.headers['paypal-request-id']
    if (key === undefined || request.method === 'GET') return this.#done(version, request)
    const name = `${version} ${key}`
    const known = this.#answers.get(name)
    if (known) return known.answer
    const answer = this.#done(version, request)
    if (answer.status < 500) this.#answers.set(name, { body: request.body, answer })
    return answer
  }

  #done(version: 'v1' | 'v2', { method, path, body, headers }: FakeRequest): FakeAnswer {
    const value: Body = body === '' ? {} : JSON.parse(body)
    return version === 'v1' ? this.#old(method, path.replace(/\/$/, ''), value) : this.#new(method, path, value, headers)
  }

  // ---- v1 ---------------------------------------------------------------------------------------

  #old(method: string, path: string, body: Body): FakeAnswer {
    if (method === 'POST' && path === '/v1/payments/payment') {
      const [transaction] = body.transactions ?? []
      if (typeof transaction?.amount?.total !== 'string') return oldError(400, 'VALIDATION_ERROR')
      const { total, currency } = transaction.amount
      const ref = transaction.invoice_number ?? transaction.custom
      const purchase = this.#purchase('v1', `PAYID-${this.#id(20)}`, body.intent, ref, { value: total, currency }, body)
      return { status: 201, body: oldPayment(purchase) }
    }
    const [, kind, id = '', action] = /^\/v1\/payments\/(\w+)\/([\w-]+)(?:\/(\w+))?$/.exec(path) ?? []
    if (kind === 'payment') return this.#oldPayment(this.purchases.get(id), method, action, body)
    if (kind === 'authorization') return this.#oldAuthorization(id, action)
    if (kind === 'sale' || kind === 'capture') {
      const capture = this.captures.get(id)
      if (capture?.version !== 'v1') return oldError(404, 'INVALID_RESOURCE_ID')
      if (action === undefined) return { status: 200, body: oldSale(capture) }
      if (action === 'refund') {
        const refund = this.#refund(capture, body.amount && { value: body.amount.total, currency: body.amount.currency })
        if (!refund) return oldError(400, 'TRANSACTION_ALREADY_REFUNDED')
        return { status: 201, body: { id: refund.id, state: 'completed', amount: oldMoney(refund.amount), sale_id: id } }
      }
    }
    return oldError(404, 'INVALID_RESOURCE_ID')
  }

  #oldPayment(purchase: Purchase | undefined, method: string, action: string | undefined, body: Body): FakeAnswer {
    if (purchase?.version !== 'v1') return oldError(404, 'INVALID_RESOURCE_ID')
    if (method === 'GET') return { status: 200, body: oldPayment(purchase) }
    if (method === 'PATCH') return this.#oldPatch(purchase, body as unknown as Patch[])
    if (action !== 'execute') return oldError(404, 'INVALID_RESOURCE_ID')
    if (purchase.captures.length + purchase.authorizations.length > 0) return oldError(400, 'PAYMENT_ALREADY_DONE')
    if (!purchase.approved) return oldError(400, 'PAYMENT_NOT_APPROVED_FOR_EXECUTION')
    if (this.decline(purchase.ref)) return oldError(400, 'INSTRUMENT_DECLINED')
    if (purchase.intent === 'authorize') this.#authorize(purchase, 'authorized')
    else this.#capture(purchase)
    return { status: 200, body: oldPayment(purchase) }
  }

  #oldPatch(purchase: Purchase, patches: readonly Patch[]): FakeAnswer {
    for (const { op, path, value } of patches) {
      const [, field] = /^\/transactions\/0\/(amount|description|custom|invoice_number)$/.exec(path) ?? []
      if (field === undefined || (op !== 'replace' && op !== 'add')) return oldError(400, 'VALIDATION_ERROR')
      if (field === 'amount') purchase.amount = { value: value.total, currency: value.currency }
      const [transaction] = purchase.body.transactions as Body[]
      transaction![field] = value
    }
    return { status: 200, body: oldPayment(purchase) }
  }

  #oldAuthorization(id: string, action: string | undefined): FakeAnswer {
    const known = this.#authorizations.get(id)
    if (known?.purchase.version !== 'v1') return oldError(404, 'INVALID_RESOURCE_ID')
    const { purchase, authorization } = known
    const shown = () => ({ ...oldAuthorization(authorization), parent_payment: purchase.id })
    if (action === undefined) return { status: 200, body: shown() }
    if (authorization.status !== 'authorized') return oldError(400, 'AUTHORIZATION_ALREADY_COMPLETED')
    authorization.status = action === 'void' ? 'voided' : 'captured'
    return { status: 200, body: action === 'void' ? shown() : { ...oldSale(this.#capture(purchase)), is_final_capture: true } }
  }

  // ---- v2 ---------------------------------------------------------------------------------------

  #new(method: string, path: string, body: Body, headers: FakeRequest['headers']): FakeAnswer {
    if (method === 'POST' && path === '/v2/checkout/orders') {
      if (headers['paypal-request-id'] === undefined) return error(400, 'INVALID_REQUEST', 'PAYPAL_REQUEST_ID_REQUIRED')
      if (!takesOrder(body)) return error(400, 'INVALID_REQUEST', 'INVALID_PARAMETER_SYNTAX', JSON.stringify(takesOrder.errors))
      const [unit] = body.purchase_units as Body[]
      const ref = unit!.invoice_id ?? unit!.custom_id
      const amount = { value: unit!.amount.value, currency: unit!.amount.currency_code }
      const purchase = this.#purchase('v2', this.#id(17), String(body.intent), ref, amount, body)
      return { status: 200, body: newOrder(purchase) }
    }
    const [, kind, id = '', action] = /^\/v2\/(checkout\/orders|payments\/\w+)\/([\w-]+)(?:\/(\w+))?$/.exec(path) ?? []
    if (kind === 'checkout/orders') return this.#newOrder(this.purchases.get(id), method, action, body)
    if (kind === 'payments/captures') return this.#newCapture(this.captures.get(id), action, body)
    if (kind === 'payments/authorizations') return this.#newAuthorization(id, action, body)
    return error(404, 'RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')
  }

  #newOrder(purchase: Purchase | undefined, method: string, action: string | undefined, body: Body): FakeAnswer {
    if (purchase?.version !== 'v2') return error(404, 'RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')
    if (method === 'GET') return { status: 200, body: newOrder(purchase) }
    if (method === 'PATCH') {
      const [unit] = purchase.body.purchase_units as Body[]
      for (const { op, path, value } of body as unknown as Patch[]) {
        const [, field, inner] =
          /^\/purchase_units\/@reference_id=='default'\/(amount|invoice_id|custom_id|shipping)(?:\/(name|address))?$/.exec(path) ?? []
        const isKnown = (field === 'shipping') === (inner !== undefined)
        if (field === undefined || !isKnown || (field === 'amount' && op !== 'replace')) return error(422, 'UNPROCESSABLE_ENTITY', 'INVALID_PATCH_PATH')
        if (field === 'amount') purchase.amount = { value: value.value, currency: value.currency_code }
        unit![field] = inner === undefined ? value : { ...(unit![field] as Body | undefined), [inner]: value }
      }
      return { status: 204, body: undefined }
    }
    if (!purchase.approved) return error(422, 'UNPROCESSABLE_ENTITY', 'ORDER_NOT_APPROVED')
    if (action === 'capture' && purchase.intent === 'CAPTURE') {
      if (purchase.captures.length > 0) return error(422, 'UNPROCESSABLE_ENTITY', 'ORDER_ALREADY_CAPTURED')
      if (this.decline(purchase.ref)) return error(422, 'UNPROCESSABLE_ENTITY', 'INSTRUMENT_DECLINED')
      this.#capture(purchase)
      return { status: 201, body: newOrder(purchase) }
    }
    if (action === 'authorize' && purchase.intent === 'AUTHORIZE') {
      if (purchase.authorizations.length > 0) return error(422, 'UNPROCESSABLE_ENTITY', 'ORDER_ALREADY_AUTHORIZED')
      this.#authorize(purchase, 'CREATED')
      return { status: 201, body: newOrder(purchase) }
    }
    return error(422, 'UNPROCESSABLE_ENTITY', 'ACTION_DOES_NOT_MATCH_INTENT')
  }

  #newCapture(capture: Capture | undefined, action: string | undefined, body: Body): FakeAnswer {
    if (capture?.version !== 'v2') return error(404, 'RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')
    if (action === undefined) return { status: 200, body: newCapture(capture) }
    if (!takesRefund(body)) return error(400, 'INVALID_REQUEST', 'INVALID_PARAMETER_SYNTAX')
    const refund = this.#refund(capture, body.amount && { value: body.amount.value, currency: body.amount.currency_code })
    if (!refund) return error(422, 'UNPROCESSABLE_ENTITY', 'CAPTURE_FULLY_REFUNDED')
    return { status: 201, body: { id: refund.id, status: 'COMPLETED', amount: newMoney(refund.amount) } }
  }

  #newAuthorization(id: string, action: string | undefined, body: Body): FakeAnswer {
    const known = this.#authorizations.get(id)
    if (known?.purchase.version !== 'v2') return error(404, 'RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')
    const { purchase, authorization } = known
    const shown = () => ({ id, status: authorization.status, amount: newMoney(authorization.amount) })
    if (action === undefined) return { status: 200, body: shown() }
    if (action === 'void') {
      if (authorization.status === 'VOIDED') return error(422, 'UNPROCESSABLE_ENTITY', 'PREVIOUSLY_VOIDED')
      authorization.status = 'VOIDED'
      return { status: 200, body: shown() }
    }
    if (!takesCapture(body) || !('final_capture' in body)) return error(400, 'INVALID_REQUEST', 'INVALID_PARAMETER_SYNTAX')
    if (authorization.status === 'CAPTURED') return error(422, 'UNPROCESSABLE_ENTITY', 'AUTHORIZATION_ALREADY_CAPTURED')
    authorization.status = 'CAPTURED'
    return { status: 201, body: newCapture(this.#capture(purchase)) }
  }

  // ---- both -------------------------------------------------------------------------------------

  #id(length: number): string {
    this.#count++
    return this.#count.toString(36).toUpperCase().padStart(length, '0')
  }

  #purchase(version: 'v1' | 'v2', id: string, intent: string, ref: string | undefined, amount: Money, body: Body): Purchase {
    const purchase: Purchase = { version, id, intent, ref, amount, body, approved: false, captures: [], authorizations: [] }
    this.purchases.set(id, purchase)
    return purchase
  }

  #authorize(purchase: Purchase, status: string): void {
    const authorization = { id: this.#id(17), status, amount: purchase.amount }
    purchase.authorizations.push(authorization)
    this.#authorizations.set(authorization.id, { purchase, authorization })
  }

  #capture(purchase: Purchase): Capture {
    const { version, ref, amount, id } = purchase
    const capture: Capture = { version, id: this.#id(17), ref, purchase: id, amount, refunds: [] }
    purchase.captures.push(capture)
    this.captures.set(capture.id, capture)
    return capture
  }

  /** Never more than was taken. */
  #refund(capture: Capture, amount: Money | undefined) {
    const refunded = capture.refunds.reduce((sum, one) => sum + Number(one.amount.value), 0)
    const left = Number(capture.amount.value) - refunded
    const asked = amount === undefined ? left : Number(amount.value)
    if (asked <= 0 || asked > left + 0.001) return undefined
    const refund = { id: this.#id(17), amount: amount ?? { ...capture.amount, value: left.toFixed(2) } }
    capture.refunds.push(refund)
    return refund
  }
}

function oldPayment(purchase: Purchase): Body {
  const { id, intent, captures, authorizations, amount, body } = purchase
  const [transaction] = (body.transactions ?? []) as Body[]
  return {
    id,
    intent,
    state: captures.length + authorizations.length > 0 ? 'approved' : 'created',
    payer: { payment_method: 'paypal' },
    transactions: [{ ...transaction, amount: oldMoney(amount), related_resources: relatedTo(purchase) }],
    links: [
      { href: `https://www.sandbox.paypal.com/cgi-bin/webscr?token=EC-${id}`, rel: 'approval_url', method: 'REDIRECT' },
      { href: `https://api.sandbox.paypal.com/v1/payments/payment/${id}/execute`, rel: 'execute', method: 'POST' },
    ],
  }
}

function relatedTo({ captures, authorizations }: Purchase): Body[] {
  if (authorizations.length === 0) return captures.map((one) => ({ sale: oldSale(one) }))
  const captured = captures.map((one) => ({ capture: oldSale(one) }))
  return [...authorizations.map((one) => ({ authorization: oldAuthorization(one) })), ...captured]
}

function oldAuthorization({ id, status, amount }: Purchase['authorizations'][number]): Body {
  return { id, state: status, amount: oldMoney(amount) }
}

function oldSale(capture: Capture): Body {
  const isRefunded = capture.refunds.length > 0
  return { id: capture.id, state: isRefunded ? 'refunded' : 'completed', amount: oldMoney(capture.amount), parent_payment: capture.purchase }
}

function newOrder(purchase: Purchase): Body {
  const { id, intent, captures, authorizations, amount, approved, body } = purchase
  const [unit] = body.purchase_units as Body[]
  const isDone = captures.length > 0 || authorizations.length > 0
  const breakdown = unit!.amount.breakdown
  return {
    id,
    intent,
    status: isDone ? 'COMPLETED' : approved ? 'APPROVED' : 'PAYER_ACTION_REQUIRED',
    purchase_units: [
      {
        ...unit,
        reference_id: 'default',
        amount: { ...newMoney(amount), ...(breakdown ? { breakdown } : {}) },
        ...(isDone
          ? {
              payments: {
                ...(captures.length > 0 ? { captures: captures.map(newCapture) } : {}),
                ...(authorizations.length > 0
                  ? { authorizations: authorizations.map((one) => ({ ...one, amount: newMoney(one.amount) })) }
                  : {}),
              },
            }
          : {}),
      },
    ],
    links: [
      { href: `https://api-m.sandbox.paypal.com/v2/checkout/orders/${id}`, rel: 'self', method: 'GET' },
      { href: `https://www.sandbox.paypal.com/checkoutnow?token=${id}`, rel: 'payer-action', method: 'GET' },
    ],
  }
}

function newCapture(capture: Capture): Body {
  const refunded = capture.refunds.reduce((sum, one) => sum + Number(one.amount.value), 0)
  const status = refunded === 0 ? 'COMPLETED' : refunded < Number(capture.amount.value) ? 'PARTIALLY_REFUNDED' : 'REFUNDED'
  return {
    id: capture.id,
    status,
    amount: newMoney(capture.amount),
    final_capture: true,
    supplementary_data: { related_ids: { order_id: capture.purchase } },
  }
}

function oldMoney({ value, currency }: Money) {
  return { total: value, currency }
}

function newMoney({ value, currency }: Money) {
  return { value, currency_code: currency }
}

function oldError(status: number, name: string): FakeAnswer {
  return { status, body: { name, message: `v1 says ${name}`, debug_id: 'd1', details: [{ field: 'x', issue: 'prose' }] } }
}

function error(status: number, name: string, issue?: string, description = `v2 says ${issue}`): FakeAnswer {
  const details = issue === undefined ? [] : [{ field: '/x', issue, description }]
  return { status, body: { name, message: `v2 says ${name}`, debug_id: 'd2', details } }
}

/** A `fetch` that goes to the fake and nowhere else; a request that was lost is a socket that was reset. */
export function fakeFetch(paypal: FakePayPal): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input))
    const headers = Object.fromEntries([...new Headers(init?.headers)])
    const request = { method: init?.method ?? 'GET', host: url.host, path: url.pathname, headers, body: String(init?.body ?? '') }
    const answer = await paypal.handle(request)
    if (answer === 'lost') throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } })
    if (answer === 'never') {
      const { signal } = init ?? {}
      await new Promise<void>((resolve) => {
        if (signal?.aborted) resolve()
        signal?.addEventListener('abort', () => resolve())
      })
      throw signal?.reason
    }
    const body = answer.body === undefined ? null : JSON.stringify(answer.body)
    return new Response(body, { status: answer.status, headers: { 'content-type': 'application/json' } })
  }
}
