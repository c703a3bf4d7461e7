/** A Mollie of both versions behind a port of this machine, with the page on which a buyer pays. */
import { createServer } from 'node:http'
import type { FakeRequest } from './paypal.ts'

interface Payment {
  readonly id: string
  readonly amount: string
  readonly body: Record<string, unknown>
  paidAt: string | undefined
}

export async function startMollie() {
  const payments = new Map<string, Payment>()
  const runs: FakeRequest[][] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const path = request.url!
    if (path === '/begin') {
      payments.clear()
      runs.push([])
      return void response.end()
    }
    const answer = (status: number, body: unknown, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    }
    const page = payments.get(/^\/pay\/(\w+)$/.exec(path)?.[1] ?? '')
    if (page) {
      page.paidAt = '2026-01-02T03:04:05+00:00'
      return answer(302, {}, { location: String(page.body.redirectUrl) })
    }
    const headers = { authorization: String(request.headers.authorization) }
    runs.at(-1)?.push({ method: request.method!, host: String(request.headers['x-meant-for']), path, headers, body: text })
    const [, version, id] = /^\/(v[12])\/payments\/?(\w*)$/.exec(path) ?? []
    const isNew = version === 'v2'
    const wrong = (status: number, detail: string) =>
      isNew
        ? answer(status, { status, title: 'Unprocessable Entity', detail, field: 'amount' })
        : answer(status, { error: { type: 'request', message: detail, field: 'amount' } })
    if (request.method === 'POST') {
      const body = JSON.parse(text)
      const amount = isNew ? body.amount?.value : Number(body.amount).toFixed(2)
      if (isNew && !/^\d+\.\d\d$/.test(amount ?? '')) return wrong(422, 'The amount is not in the format 0.00')
      if (Number(amount) > 1000) return wrong(422, 'The amount is higher than the maximum')
      const payment: Payment = { id: `tr_${payments.size + 1}`, amount, body, paidAt: undefined }
      payments.set(payment.id, payment)
      return answer(201, isNew ? shownNew(payment) : shownOld(payment))
    }
    const payment = payments.get(id ?? '')
    if (!payment) return wrong(404, 'No payment exists with this token')
    return answer(200, isNew ? shownNew(payment) : shownOld(payment))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${port}`, runs, payments, close }
}

function shownOld({ id, amount, body, paidAt }: Payment) {
  const { description, metadata = null, redirectUrl } = body
  return {
    resource: 'payment',
    id,
    mode: 'test',
    amount,
    description,
    metadata,
    method: null,
    status: paidAt ? 'paid' : 'open',
    createdDatetime: '2026-01-02T03:00:00.0Z',
    paidDatetime: paidAt ?? null,
    links: { paymentUrl: `https://www.mollie.com/pay/${id}`, redirectUrl },
  }
}

function shownNew({ id, amount, body, paidAt }: Payment) {
  const { description, metadata = null, redirectUrl } = body
  return {
    resource: 'payment',
    id,
    mode: 'test',
    amount: { value: amount, currency: 'EUR' },
    description,
    metadata,
    method: null,
    status: paidAt ? 'paid' : 'open',
    createdAt: '2026-01-02T03:00:00+00:00',
    ...(paidAt ? { paidAt } : {}),
    redirectUrl,
    _links: { checkout: { href: `https://www.mollie.com/pay/${id}`, type: 'text/html' } },
  }
}
