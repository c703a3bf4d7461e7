import type { Operation } from './delivery.ts'
import { PaymentError } from './errors.ts'
import { perform } from './router.ts'
import { type HttpClient, refused, shaped } from './shapes.ts'
import { newBaseUrl, passedHeaders } from './v2.ts'

// eslint-disable-next-line @typescript-eslint/no-explicit-any
// biome-ignore lint/suspicious/noExplicitAny: what a client gives has its own shape
type Result = any
type Done = (error: unknown, response?: Result, body?: Result) => void

/** The parts of a request that its call site makes. */
interface Parts {
  /** Before it was made text; absent where there is none. */
  readonly body?: unknown
  /** The parameter of the old path, not encoded; further ones stand in `params`. */
  readonly id?: string | undefined
  /** The bearer token, or the whole header. */
  readonly token?: string | undefined
  readonly authorization?: string | undefined
  /** The base of the old address. */
  readonly baseUrl?: string | undefined
}

/** What a call site hands over. `Old` is what its client gave. */
export interface HttpCall<
  Old = Result,
  Body = unknown,
  Id extends Parts['id'] = string,
  Token extends Parts['token'] = Parts['token'],
  Authorization extends Parts['authorization'] = Parts['authorization'],
  Base extends Parts['baseUrl'] = Parts['baseUrl'],
> extends Parts {
  readonly as: HttpClient
  readonly body?: Body
  readonly id?: Id
  readonly params?: Readonly<Record<string, string>>
  /** The stable key of the order; without one, a new order stays on v1. */
  readonly ref?: string | undefined
  readonly customer?: string | undefined
  /** Headers that v2 takes as well, beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly token?: Token
  readonly authorization?: Authorization
  readonly baseUrl?: Base
  /** The call as it was: it is given the parts, or a callback where its client takes one. */
  readonly v1: (
    parts: Done & {
      readonly body: Body
      readonly id: Id
      readonly token: Token
      readonly authorization: Authorization
      readonly baseUrl: Base
    },
  ) => Old
}

/** A function for the call sites of one operation: it gives what the client of the call site gave. */
export function httpFunction(operation: Operation) {
  return <
    Old = Result,
    Body = unknown,
    Id extends Parts['id'] = string,
    Token extends Parts['token'] = Parts['token'],
    Authorization extends Parts['authorization'] = Parts['authorization'],
    Base extends Parts['baseUrl'] = Parts['baseUrl'],
  >(
    call: HttpCall<Old, Body, Id, Token, Authorization, Base>,
    callback?: Done,
  ): Old => {
    if (call.as === 'nest') return likeBefore(operation, call as Result)
    const promise: Result = answered(
      operation,
      call,
      call.as === 'request' ? () => requested(call as Result) : () => call.v1(call as Result),
    )
    if (callback === undefined) return promise
    promise.then(
      (value: Result) => setImmediate(callback, null, value, value?.body),
      (error: unknown) => setImmediate(callback, error),
    )
    return undefined as Old
  }
}

async function answered(
  operation: Operation,
  call: Parts & Pick<HttpCall, 'as' | 'params' | 'ref' | 'customer' | 'headers'>,
  v1: () => unknown,
): Promise<Result> {
  const authorization = call.authorization ?? (call.token === undefined ? undefined : `Bearer ${call.token}`)
  try {
    const routed = await perform(operation, {
      params: { ...(call.id === undefined ? {} : { id: call.id }), ...call.params },
      body: call.body,
      ref: call.ref,
      customer: call.customer,
      credentials: {
        baseUrl: newBaseUrl(call.baseUrl),
        ...passedHeaders(call.headers),
        ...(authorization === undefined ? {} : { authorization }),
      },
      v1,
      read: (result) => bodyOf(call.as, result),
    })
    if (routed.version === 'v1') return routed.result
    return shaped(call.as, operation.status ?? 200, routed.response)
  } catch (error) {
    if (!(error instanceof PaymentError) || error.version === 'v1') throw error
    return refused(call.as, error)
  }
}

/** `request` tells by a callback. */
function requested(call: HttpCall): Promise<Result> {
  return new Promise((resolve, reject) => {
    const done: Done = (error, response) => (error ? reject(error) : resolve(response))
    call.v1(done as Result)
  })
}

/** An Observable of the kind that v1 gives. */
function likeBefore(operation: Operation, call: HttpCall): Result {
  const source = call.v1(call as Result)
  const first = () => new Promise((resolve, reject) => source.subscribe({ next: resolve, error: reject }))
  return observed(source.constructor, () => answered(operation, call, first))
}

/** An Observable of this kind, which asks when somebody listens. */
function observed(Kind: Result, ask: () => Promise<Result>): Result {
  return new Kind((subscriber: Result) => {
    ask().then(
      (value) => {
        subscriber.next(value)
        subscriber.complete()
      },
      (error) => subscriber.error(error),
    )
  })
}

/** The parsed body of what v1 gave; `undefined` where it can be read only once. */
function bodyOf(client: HttpClient, result: Result): unknown {
  switch (client) {
    case 'axios':
    case 'nest':
      return result?.data
    case 'json':
    case 'body':
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

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
