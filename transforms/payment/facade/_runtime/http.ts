import type { Operation } from './delivery.ts'
import { PaymentError, toPaymentError } from './errors.ts'
import { perform } from './router.ts'
import { newBaseUrl } from './v2.ts'

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

// eslint-disable-next-line @typescript-eslint/no-explicit-any
// biome-ignore lint/suspicious/noExplicitAny: what a client gives has its own shape
type Result = any
type Done = (error: unknown, response?: Result, body?: Result) => void

export interface HttpCall {
  readonly as: HttpClient
  /** Before it was made text; absent where there is none. */
  readonly body?: unknown
  /** The parameter of the old path, not encoded; further ones stand in `params`. */
  readonly id?: string
  readonly params?: Readonly<Record<string, string>>
  /** The stable key of the order; without one, a new order stays on v1. */
  readonly ref?: string | undefined
  readonly customer?: string | undefined
  /** The bearer token, or the whole header. */
  readonly token?: string | undefined
  readonly authorization?: string | undefined
  /** The base of the old address. */
  readonly baseUrl?: string | undefined
  // #dual
  /** The call as it was. */
  readonly v1: (argument: never) => unknown
  // #end
}

/** A function for the call sites of one operation: it gives what the client of the call site gave. */
export function httpFunction(operation: Operation) {
  return (call: HttpCall, callback?: Done): Result => {
    // #dual
    if (call.as === 'nest') return observed(operation, call)
    // #end
    const promise = answered(
      operation,
      call,
      // #dual
      call.as === 'request' ? () => requested(call) : () => call.v1(call as never),
      // #end
    )
    if (callback === undefined) return promise
    promise.then(
      (value) => setImmediate(callback, null, value, value?.body),
      (error) => setImmediate(callback, error),
    )
  }
}

async function answered(
  operation: Operation,
  call: HttpCall,
  // #dual
  v1: () => unknown,
  // #end
): Promise<Result> {
  const authorization = call.authorization ?? (call.token === undefined ? undefined : `Bearer ${call.token}`)
  try {
    const routed = await perform(operation, {
      params: { ...(call.id === undefined ? {} : { id: call.id }), ...call.params },
      body: call.body,
      ref: call.ref,
      customer: call.customer,
      credentials: { baseUrl: newBaseUrl(call.baseUrl), ...(authorization === undefined ? {} : { authorization }) },
      // #dual
      v1,
      read: (result) => bodyOf(call.as, result),
      // #end
    })
    // #dual
    if (routed.version === 'v1') return routed.result
    // #end
    return shaped(call.as, 200, routed.response)
  } catch (error) {
    if (!(error instanceof PaymentError) || error.version === 'v1') throw error
    return refused(call.as, error)
  }
}

// #dual
/** `request` tells by a callback. */
function requested(call: HttpCall): Promise<Result> {
  return new Promise((resolve, reject) => {
    const done: Done = (error, response) => (error ? reject(error) : resolve(response))
    call.v1(done as never)
  })
}

/** An Observable of the kind that v1 gives, which asks when somebody listens. */
function observed(operation: Operation, call: HttpCall): Result {
  const source = call.v1(call as never) as Result
  const Observable = source.constructor
  const first = () => new Promise((resolve, reject) => source.subscribe({ next: resolve, error: reject }))
  return new Observable((subscriber: Result) => {
    answered(operation, call, first).then(
      (value) => {
        subscriber.next(value)
        subscriber.complete()
      },
      (error) => subscriber.error(error),
    )
  })
}

// #end
// ---- shapes -------------------------------------------------------------------------------------

// #dual
/** The parsed body of what v1 gave; `undefined` where it can be read only once. */
function bodyOf(client: HttpClient, result: Result): unknown {
  switch (client) {
    case 'axios':
    case 'nest':
      return result?.data
    case 'json':
    case 'request-promise':
      return parsed(result)
    case 'got':
    case 'request':
    case 'superagent':
      return parsed(result?.body)
    default:
      return undefined
  }
}

// #end
function shaped(client: HttpClient, status: number, body: unknown): Result {
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
function refused(client: HttpClient, thrown: PaymentError): Result {
  const error = toPaymentError(thrown)
  const status = error.httpStatusCode
  if (status === undefined) throw error
  const body = error.response
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

// #dual
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
// #end
