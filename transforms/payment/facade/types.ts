/**
 * What the generator of the façade is asked for and what it gives. The façade is one folder in the customer's project:
 * the SDK-shaped object that call sites import instead of the SDK, and one function for each operation that was called
 * over HTTP. It speaks the old vocabulary, so with the flag off nothing about a request changes.
 */
import type { OperationId, PaymentMap } from '../map/types.ts'

/**
 * The HTTP clients whose results the façade can give back in their own shape. `json` is whatever gives a promise of the
 * parsed body: `got(…).json()`, a function of the project's own, a promise around `https.request`. `body` is one that gives
 * the body of an error as well, as a promise around `https.request` does that never looks at the status.
 */
export const HTTP_CLIENTS = [
  'fetch',
  'axios',
  'got',
  'ky',
  'superagent',
  'undici',
  'request',
  'request-promise',
  'nest',
  'json',
  'body',
] as const
export type HttpClient = (typeof HTTP_CLIENTS)[number]

/** `dual`: both versions. `writes`: new work on v2 only, v1 for what v1 made. `full`: v2 alone. */
export type FacadeStage = 'dual' | 'writes' | 'full'

/** How the project writes its code. */
export interface ProjectStyle {
  readonly language: 'typescript' | 'javascript'
  readonly modules: 'esm' | 'commonjs'
  /** What a relative import ends with: `.js` in ESM, `''` where a bundler or CommonJS resolves, `.ts` where it is allowed. */
  readonly importExtension: '' | '.js' | '.ts' | '.mjs' | '.cjs' | '.mts' | '.cts'
  /** The extension of the files that are written, which follows from the three above if absent. */
  readonly fileExtension?: '.ts' | '.js' | '.mjs' | '.cjs' | '.mts' | '.cts'
  /** Whether `import sdk from 'cjs'` works without a namespace in TypeScript. */
  readonly esModuleInterop?: boolean
  /** What tests are written with; with `none` no tests are written. */
  readonly tests: 'vitest' | 'jest' | 'mocha' | 'node' | 'none'
  /** Where tests go, from the project's root, and how they are called; `__tests__/map.test` beside the façade if absent. */
  readonly testFiles?: { readonly folder: string; readonly prefix: string; readonly ending: string }
  readonly format: {
    readonly indent: string
    readonly quotes: 'single' | 'double'
    readonly semicolons: boolean
    readonly lineWidth: number
    readonly trailingCommas: 'none' | 'es5' | 'all'
    readonly newline: '\n' | '\r\n'
  }
}

export interface FacadeRequest {
  readonly map: PaymentMap
  readonly style: ProjectStyle
  /** Where the files go, from the project's root, without a slash at the end: `src/payments/paypal`. */
  readonly folder: string
  /** The operations that call sites use. */
  readonly operations: readonly OperationId[]
  /** The SDK that call sites use, if they use one. */
  readonly sdk?: {
    readonly package: string
    /** Whether members that the map does not know are used, so that the package is needed to the end. True if absent. */
    readonly passThrough?: boolean
  }
  /** The HTTP clients that call sites use. */
  readonly http: readonly HttpClient[]
  /** `dual` if absent; a map that is `cutover-only` knows `full` alone. */
  readonly stage?: FacadeStage
  /** At the stage `full`: what call sites ask for in the words of the new version. */
  readonly native?: NativeRequest
  /** Whether the file of the map is one of the customer's (its path) or one of ours (its id), for the comments. */
  readonly mapName: string
}

/** The operations that call sites ask for in the words of the new version, and what is still asked for in the old ones. */
export interface NativeRequest {
  readonly sdk: readonly OperationId[]
  readonly http: readonly OperationId[]
  /** Whether something still uses the SDK-shaped object, the one for HTTP, and what tells events and parameters in old words. */
  readonly keeps: {
    readonly sdk: boolean
    readonly http: boolean
    readonly webhook: boolean
    readonly returnId: boolean
  }
  /** Whether call sites make amounts of the new version. */
  readonly amount: boolean
  /** Whether the SDK-shaped object, or a client that the façade made, is handed on: it is then asked for both. */
  readonly isHandedOn?: boolean
}

export interface Facade {
  /** Path from the project's root → text. */
  readonly files: ReadonlyMap<string, string>
  /** What call sites import, and from where. */
  readonly entry: FacadeEntry
  /** Why an operation is not among them, though it was asked for. Its call sites stay as they are, and are reported. */
  readonly refused: readonly Refusal[]
}

/**
 * The names that call sites are rewritten to.
 *
 * SDK: `const { paypal } = require('./payments/paypal')`, then `paypal.payment.create(body, { upgradeKit: { ref } }, callback)`,
 * with a promise when there is no callback. Every other member of the SDK passes through. With `client: 'class'` or
 * `'factory'` (Stripe), `const stripe = wrapStripe(new Stripe(key))`.
 *
 * HTTP: `await paypalHttp.createPayment({ as: 'axios', body, ref, token, baseUrl, v1: () => axios.post(…, body, …) })`.
 * `v1` is the call as it stood, untouched: with the flag off it is all that happens. The result has the shape that the
 * client (`as`) gives: `{ data, status }` of axios, a `Response` of fetch, the body of request-promise. See `HttpCall`.
 */
export interface FacadeEntry {
  /** Path of the entry file from the project's root. */
  readonly file: string
  /** The SDK-shaped object, e.g. `paypal`; or the function that wraps a client, e.g. `wrapStripe`. */
  readonly sdk?: { readonly name: string; readonly kind: 'object' | 'wrap' }
  /** The object with one function per operation, e.g. `paypalHttp`. */
  readonly http?: string
  /** The objects whose functions take and give what the new version does, e.g. `paypalV2` and `paypalHttpV2`. */
  readonly native: { readonly sdk: string; readonly http: string; readonly amount: string }
  /** `isPaymentError(error, kind?)` of either version. */
  readonly isPaymentError: string
  /** `toPaymentError(error)`: the normalised error of either version. */
  readonly toPaymentError: string
  /** `paypalReturnId(req.query)`; absent where the map has no redirects. */
  readonly returnId?: string
  /** `paypalEvent(event)`: a webhook of either version in the old vocabulary; absent where the map has no webhooks. */
  readonly webhook?: string
  /** `paypalEventOnce(event, handle)`: the same, for a handler that must not run twice for one event. */
  readonly webhookOnce?: string
  /** `configurePayments({ pins, onCall, … })`. */
  readonly configure: string
}

/**
 * The argument of a function of the HTTP object, as it is generated. Callbacks: `{ as: 'request', v1: (done) => request({…}, done) }`
 * with the callback as second argument. `nest`: `v1` gives an Observable, and so does the function.
 */
export interface HttpCall {
  readonly as: HttpClient
  /** Before it was made text; absent where there is none. */
  readonly body?: unknown
  /** The parameter of the old path, not encoded. Further ones stand in `params` by name. */
  readonly id?: string
  readonly params?: Readonly<Record<string, string>>
  /** The stable business key; without one, a deciding call stays on v1. */
  readonly ref?: string
  readonly customer?: string
  /** Headers that the new version takes as well. */
  readonly headers?: Readonly<Record<string, string>>
  /** The bearer token without the word, or the whole header. */
  readonly token?: string
  readonly authorization?: string
  /** The old base as it stood: a host that the map knows becomes that of v2, any other one stays. */
  readonly baseUrl?: string
  /** The call as it stood. */
  readonly v1: (...args: never[]) => unknown
}

export interface Refusal {
  readonly operation: OperationId
  readonly reason: 'proposed' | 'no-counterpart' | 'unknown-operation'
  readonly message: string
}

/** Writes the façade. Pure: the same request gives the same bytes. */
export type GenerateFacade = (request: FacadeRequest) => Facade
