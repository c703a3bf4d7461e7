import { type PaymentError, toPaymentError } from './errors.ts'

/** The HTTP client that a call site uses: the result has its shape. */
export type HttpClient =
  | 'fetch'
  | 'axios'
  | 'got'
  | 'ky'
  | 'superagent'
  | 'undici'
  | 'request'
  | 'request-promise'
  | 'nest'
  | 'json'
  | 'body'

// eslint-disable-next-line @typescript-eslint/no-explicit-any
// biome-ignore lint/suspicious/noExplicitAny: what a client gives has its own shape
type Result = any

/** An answer of v2 as the client gives one. */
export function shaped(client: HttpClient, status: number, body: unknown): Result {
  const headers = { 'content-type': 'application/json' }
  switch (client) {
    case 'fetch':
    case 'ky':
      return new Response(JSON.stringify(body), { status, headers })
    case 'axios':
    case 'nest':
      return { data: body, status, statusText: '', headers, config: {} }
    case 'got':
    case 'request':
      return { body, statusCode: status, headers }
    case 'superagent':
      return { body, text: JSON.stringify(body), status, statusCode: status, ok: status < 400, headers }
    case 'undici':
      return { statusCode: status, headers, body: { json: async () => body, text: async () => JSON.stringify(body) } }
    default:
      return body
  }
}

/** An error of v2 as the client tells one: an answer with the old status and body, or something that is thrown. */
export function refused(client: HttpClient, thrown: PaymentError): Result {
  const error = toPaymentError(thrown)
  const status = error.httpStatusCode
  if (status === undefined) throw error
  const body = withoutStatus(error.response)
  if (client === 'body') return body
  if (client === 'fetch' || client === 'undici' || client === 'request') return shaped(client, status, body)
  if (client === 'axios' || client === 'nest')
    error.response = { status, statusText: '', data: body, headers: {}, config: {} }
  else error.response = shaped(client === 'json' || client === 'request-promise' ? 'got' : client, status, body)
  throw Object.assign(error, {
    isAxiosError: client === 'axios' || client === 'nest',
    statusCode: status,
    status,
    error: body,
  })
}

/** The body of an answer, without what the SDK adds to it. */
function withoutStatus(body: Result): Result {
  if (typeof body !== 'object' || body === null) return body
  const { httpStatusCode, ...rest } = body
  return rest
}
