import type { Operation } from './delivery.ts'
import { PaymentError } from './errors.ts'
// #nest
import { Observable } from './observable.ts'
// #end
import { perform } from './router.full.ts'
import { type HttpClient, refused, shaped } from './shapes.ts'
import { newBaseUrl, passedHeaders } from './v2.ts'

// eslint-disable-next-line @typescript-eslint/no-explicit-any
// biome-ignore lint/suspicious/noExplicitAny: what a client gives has its own shape
type Result = any
type Done = (error: unknown, response?: Result, body?: Result) => void

/** What a call site hands over. */
export interface HttpCall<As extends HttpClient = HttpClient> {
  readonly as: As
  readonly body?: unknown
  /** The parameter of the old path, not encoded; further ones stand in `params`. */
  readonly id?: string | undefined
  readonly params?: Readonly<Record<string, string>>
  /** The stable key of the order. */
  readonly ref?: string | undefined
  readonly customer?: string | undefined
  /** Headers that v2 takes as well, beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The bearer token, or the whole header. */
  readonly token?: string | undefined
  readonly authorization?: string | undefined
  /** The base of the old address. */
  readonly baseUrl?: string | undefined
}

/** What clients give that is no promise. */
interface Others {
  readonly request: undefined
  // #nest
  readonly nest: Observable<Result>
  // #end
}

/** What a call site gets: what its client gave. */
type Given<As extends HttpClient> = As extends keyof Others ? Others[As] : Promise<Result>

/** An answer of a client that gives more than the body. */
interface WithData<Body> {
  readonly data: Body
  readonly status: number
  readonly statusText: string
  readonly headers: Result
}

/** A function for the call sites of one operation; a call site may say of what type the body is. */
interface HttpFunction {
  <As extends HttpClient>(call: HttpCall<As>, callback?: Done): Given<As>
  // #nest
  <Body>(call: HttpCall<'nest'>): Observable<WithData<Body>>
  // #end
  <Body>(call: HttpCall<'axios'>): Promise<WithData<Body>>
  <Body>(call: HttpCall<'json' | 'body' | 'request-promise'>): Promise<Body>
}

export function httpFunction(operation: Operation): HttpFunction {
  return <As extends HttpClient>(call: HttpCall<As>, callback?: Done): Given<As> => {
    // #nest
    if (call.as === 'nest') return observed(() => answered(operation, call)) as Given<As>
    // #end
    const promise = answered(operation, call)
    if (callback === undefined) return promise as Given<As>
    promise.then(
      (value) => setImmediate(callback, null, value, value?.body),
      (error) => setImmediate(callback, error),
    )
    return undefined as Given<As>
  }
}

async function answered(operation: Operation, call: HttpCall): Promise<Result> {
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
    })
    return shaped(call.as, operation.status ?? 200, routed.response)
  } catch (error) {
    if (!(error instanceof PaymentError)) throw error
    return refused(call.as, error)
  }
}
// #nest

/** An Observable that asks when somebody listens. */
function observed(ask: () => Promise<Result>): Observable<Result> {
  return new Observable((subscriber) => {
    ask().then(
      (value) => {
        subscriber.next(value)
        subscriber.complete()
      },
      (error) => subscriber.error(error),
    )
  })
}
// #end
