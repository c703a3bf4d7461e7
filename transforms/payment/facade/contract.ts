/**
 * What the rewriting of call sites expects of the generated façade, and what it tells the generator. The generator is a pure
 * function from a map and these options to texts; it reads nothing.
 *
 * SDK call sites keep every call as it stands. Only the way in changes, by the `entry` of the map's SDK:
 *
 * - `module` (PayPal): the specifier is swapped, `require('paypal-rest-sdk')` → `require('./payments/paypal')`. The façade has
 *   the shape of the SDK's module in every form of import: `module.exports = { ...sdk, payment: {…}, … }`, or a default export
 *   and one named export per member. Members that the map does not know are the SDK's own (`configure`, `payout`,
 *   `webhookEvent`). Mapped ones take the SDK's arguments, with `upgradeKit: { ref, customer }` as a further entry of the
 *   optional config argument; they work without `this`, with a callback as last argument, and give a promise without one. In
 *   TypeScript the SDK's own types are exported from the façade, so that `paypal.Payment` stays what it was.
 * - `client` (Mollie): the specifier is swapped, too; the façade has the class that is made (`new Mollie.API.Client()`), and
 *   does without the old package, whose API is gone.
 * - `wrap` (Stripe): the import stays, and what is made is wrapped: `new Stripe(key)` → `withPaymentIntents(new Stripe(key))`.
 *   The name of the wrapper is `facadeNames(map).wrap`. It gives back the same type.
 *
 * Raw HTTP: the callee and the address are replaced, every other argument stays as it is written, and the result has the
 * client's own shape, so that reads of it stay (`r.data.links`, `await r.json()`):
 *
 * ```
 * fetch(`${base}/v1/payments/payment`, init)            → paypalHttp.fetch().createPayment([base], init)
 * fetch(`${base}/v1/payments/payment/${id}/execute`, x) → paypalHttp.fetch().executePayment([base, id], x)
 * axios.post(`${base}/v1/payments/payment`, body, cfg)  → paypalHttp.axios(axios).createPayment([base], body, cfg)
 * https.request({ hostname, path: '/v1/…', … }, cb)     → paypalHttp.https(https).createPayment([], { hostname, … }, cb)
 * ```
 *
 * The first argument is `[base, …path parameters]`, each as it was interpolated (an `encodeURIComponent` stays around it; the
 * façade does not encode once more). With the flag off, the façade calls the same client with `base + path` and the same
 * arguments: the same bytes. An instance that has a `baseURL` gets `''` as base.
 *
 * The clients (`facade/clients/*`) are written by the side of the call sites, over the one function that the router offers
 * them; see `HttpCall`.
 */

/** A client library that raw calls are made with. */
export const HTTP_CLIENTS = [
  'fetch',
  'undici',
  'axios',
  'nest',
  'got',
  'ky',
  'superagent',
  'request',
  'request-promise',
  'https',
] as const
export type HttpClient = (typeof HTTP_CLIENTS)[number]

/** How far the rollout is: both versions side by side; new work on v2 only, old ids still followed on v1; v2 alone. */
export type FacadeStage = 'dual' | 'writes' | 'full'

/** What the generator is told of the project. */
export interface FacadeOptions {
  readonly language: 'typescript' | 'javascript'
  readonly modules: 'esm' | 'commonjs'
  /** What relative imports between the generated files end with, as the project writes them. */
  readonly extension: '' | '.js' | '.ts' | '.mjs' | '.cjs' | '.mts' | '.cts'
  /** What the generated files themselves end with. */
  readonly fileExtension: '.js' | '.ts' | '.mjs' | '.cjs' | '.mts' | '.cts'
  readonly style: { readonly indent: string; readonly quote: "'" | '"'; readonly semicolons: boolean }
  /** The package of the SDK that call sites use; absent where all of them are raw HTTP. */
  readonly sdk?: string
  /** True if types of the SDK can be had (it brings them, or `@types/…` is declared). */
  readonly sdkTypes?: boolean
  /** The client libraries of raw call sites; none means that no `http` file is needed. */
  readonly clients: readonly HttpClient[]
  readonly stage: FacadeStage
}

/** One generated file; the path is relative to the façade's folder: `index.ts`, `map.ts`, `__tests__/…`. */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
}

/** The names that call sites import from the façade's `index`. All of them are named exports. */
export interface FacadeNames {
  /** The object of the raw HTTP clients: `paypalHttp`. */
  readonly http: string
  /** `(query) => id of what the buyer approved, whichever version made it`: `paypalReturnId`. */
  readonly returnId: string
  /** `(error, kind?, code?) => boolean`: `isPaymentError`. */
  readonly isError: string
  /** `(event) => the resource of a webhook event in the words of v1`: `paypalWebhookResource`. */
  readonly webhookResource: string
  /** For `entry: 'wrap'`. */
  readonly wrap?: string
}

/**
 * What the router offers the HTTP clients of the façade (`http.ts`): everything that is decided happens in it.
 *
 * ```ts
 * export function route<T>(call: HttpCall<T>): Promise<Routed<T>>
 * ```
 */
export interface HttpCall<T> {
  /** Id of the operation in the map. */
  readonly operation: string
  /** The host part as it was written, with the v1 host: the v2 host is found from it by the map's `hosts`; `''` if unknown. */
  readonly base: string
  /** The path parameters in the order of the v1 path, decoded. */
  readonly params: readonly string[]
  /** Parsed body of v1; undefined where there is none. */
  readonly body: unknown
  /** As given to the client, names in lower case: the bearer token and the request id are taken from it. */
  readonly headers: Readonly<Record<string, string>>
  readonly context: { readonly ref?: string; readonly customer?: string }
  /** Sends the call as it always was. Called at most once per attempt, and only if v1 is decided for. */
  sendV1(extraHeaders?: Readonly<Record<string, string>>): Promise<T>
  /** What v1 answered, where the router has to look at it (ids to pin, definite or unknown outcome). */
  read(result: T): Promise<{ readonly status: number; readonly body: unknown }>
}

/** v1: the client's own result. v2: status, headers and body in the words of v1, also of an error (definite ones do not throw). */
export type Routed<T> =
  | { readonly version: 'v1'; readonly result: T }
  | {
      readonly version: 'v2'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: unknown
    }
