/** The PayPal of both versions behind a port of this machine, with the page on which a buyer agrees. */
import { createServer, type IncomingMessage } from 'node:http'
import { FakePayPal, type FakeRequest } from './paypal.ts'

/** What a program was seen to ask for, from one start of its tests to the next. */
export interface Sandbox {
  readonly url: string
  /** One list for each run. */
  readonly runs: FakeRequest[][]
  readonly paypal: () => FakePayPal
  close(): Promise<void>
}

/** Starts one. A run of tests begins with `POST /begin`, which forgets everything. */
export async function startSandbox(): Promise<Sandbox> {
  let paypal = new FakePayPal()
  const runs: FakeRequest[][] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://sandbox')
    const body = await textOf(request)
    if (url.pathname === '/begin') {
      paypal = new FakePayPal()
      runs.push([])
      return void response.end()
    }
    const back = agreed(paypal, url)
    if (back !== undefined) return void response.writeHead(302, { location: back }).end()
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const host = headers['x-meant-for'] ?? 'sandbox'
    const asked = { method: request.method!, host, path: url.pathname, headers: facts(headers), body }
    runs.at(-1)?.push(asked)
    const answer = payout(asked) ?? (await paypal.handle({ ...asked, headers }))
    if (answer === 'lost' || answer === 'never') return void request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    runs,
    paypal: () => paypal,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

/** The headers but for those that differ from machine to machine. */
function facts(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { host, connection, 'user-agent': agent, ...rest } = headers
  return rest
}

/** A buyer who opens the page of an order agrees, and is sent back as the version of the order does it. */
function agreed(paypal: FakePayPal, { pathname, searchParams }: URL): string | undefined {
  const isOld = pathname === '/cgi-bin/webscr'
  if (!isOld && pathname !== '/checkoutnow') return undefined
  const token = searchParams.get('token')!
  const id = token.replace(/^EC-/, '')
  paypal.approve(id)
  const body = paypal.purchases.get(id)!.body as {
    redirect_urls?: { return_url: string }
    payment_source?: { paypal: { experience_context: { return_url: string } } }
  }
  const returnUrl = body.redirect_urls?.return_url ?? body.payment_source!.paypal.experience_context.return_url
  if (!URL.canParse(returnUrl)) throw new Error(`a buyer cannot go back to ${returnUrl}`)
  const back = new URL(returnUrl)
  if (isOld) back.searchParams.set('paymentId', id)
  back.searchParams.set('token', token)
  back.searchParams.set('PayerID', 'BUYER')
  return back.href
}

/** Payouts are another API, which has one version only. */
function payout({ method, path }: FakeRequest) {
  if (method !== 'POST' || !/^\/v1\/payments\/payouts\/?$/.test(path)) return undefined
  return { status: 201, body: { batch_header: { payout_batch_id: 'BATCH1', batch_status: 'PENDING' } } }
}
