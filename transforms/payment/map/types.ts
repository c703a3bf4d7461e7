/**
 * A payment map: what a provider's migration guide says, as data. It is written by people, in YAML or JSON, and read by
 * three readers: the code generator (what runs in the customer's service), the rewriter (literals and reads at call
 * sites) and the linter (against both OpenAPI documents). So its vocabulary is closed: nothing in it is a program.
 *
 * Directions are the two that a guide describes: a request goes from v1 to v2, a response comes from v2 to v1.
 */

/** `transactions[].amount.total`: names, `[]` for every element, `[0]` for one. `$ctx.ref` is what the caller hands over. */
export type Path = string

/** `has(a.b)`, `a.b == 'x'`, `!`, `&&`, `||`, parentheses; nothing else. See `predicate.ts`. */
export type Predicate = string

/** A duration in words: `6h`, `45d`, `30s`. */
export type Duration = string

export type OperationId = string
export type ShapeId = string
/** A class of ids, such as `payment` or `capture`. */
export type IdClass = string
export type CallId = string
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Whether a person has compared this with the provider's guide. Nothing that creates or moves money is generated from `proposed`. */
export type Review = 'confirmed' | 'proposed'

/** A whole map. */
export interface PaymentMap {
  readonly upgradeKit: 'payment-map/1'
  readonly provider: ProviderFacts
  readonly from: OldApi
  readonly to: NewApi
  /** `dual`: both versions are alive, so there is a flag. `cutover-only`: the old one is gone. */
  readonly mode: 'dual' | 'cutover-only'
  /** Needed in `dual` mode. */
  readonly flag?: Flag
  readonly auth: Auth
  readonly money: MoneyFacts
  readonly idempotency: Idempotency
  readonly headers?: HeaderFacts
  /** Path patterns (`*` one segment, `**` any number) that are not part of this migration, however much they look like it. */
  readonly neverTouch: readonly string[]
  /** Other APIs of the old version that have to be replaced as well: each is a migration of its own, and only told of. */
  readonly beside?: readonly BesideApi[]
  /** What pages of the provider's script ask for, and speaks of objects of the old version. */
  readonly browser?: BrowserScript
  readonly ids: Readonly<Record<IdClass, IdFacts>>
  readonly sdk?: readonly SdkFacts[]
  /** Tables of values that rows name: `enum: captureState`. */
  readonly enums?: Readonly<Record<string, EnumTable>>
  /** Rows for what appears in several places: an address, a capture. A row names one with `shape`. */
  readonly shapes?: Readonly<Record<ShapeId, Shape>>
  /** Calls of the new API that steps are made of. */
  readonly calls?: Readonly<Record<CallId, NewCall>>
  readonly operations: Readonly<Record<OperationId, Operation>>
  readonly errors: ErrorFacts
  readonly webhooks?: Webhooks
  readonly redirects?: readonly Redirect[]
  /** What no map can know, for a person to try in the provider's sandbox. Printed by every run. */
  readonly checklist?: readonly CheckItem[]
}

export interface ProviderFacts {
  /** The name in `--provider`, and of the folder that the façade is put in. */
  readonly id: string
  readonly title: string
  /** The provider's migration guide. */
  readonly guide: string
  /** What the façade's SDK-shaped object is called at call sites; the id of the provider if absent. */
  readonly facade?: string
}

export interface OldApi {
  /** As the provider calls it: `v1`, `Charges`. */
  readonly id: string
  readonly hosts: readonly string[]
  /** Names of OpenAPI documents, for the reader. `lint` takes the files as arguments. */
  readonly spec?: readonly string[]
}

export interface NewApi {
  readonly id: string
  /** The host of the new API for each host of the old one. */
  readonly hosts: Readonly<Record<string, string>>
  readonly spec?: readonly string[]
  /** `fetch`: requests of our own. `sdk`: the SDK that the project has already speaks both. `fetch` if absent. */
  readonly transport?: 'fetch' | 'sdk'
  /** The names of the options of a call, with `transport: sdk`: the key, how often it tries again, the limit of time. */
  readonly sdkOptions?: { readonly key: string; readonly retries: string; readonly timeout: string }
  /** Of a request's body; `json` if absent. */
  readonly encoding?: 'json' | 'form'
  /** The longest that one request may take; `30s` if absent. There is always a limit. */
  readonly timeout?: Duration
}

/** The names of the environment variables. */
export interface Flag {
  readonly env: string
  readonly percentEnv: string
  readonly saltEnv: string
  readonly allowEnv?: string
  readonly denyEnv?: string
}

/** How a request of the new API is authorised from what the code has already. */
export type Auth = BearerAuth | ClientCredentials

/** A key that is sent as it is. */
export interface BearerAuth {
  readonly kind: 'bearer'
  /** The option of the SDK's constructor or of `configure` that holds the key. */
  readonly option?: string
}

/** A token that is fetched with an id and a secret. */
export interface ClientCredentials {
  readonly kind: 'oauth2-client-credentials'
  /** Path of the token endpoint, on the host of the new API. */
  readonly tokenPath: string
  /** Where the SDK's configuration holds them. */
  readonly options: { readonly id: string; readonly secret: string; readonly mode: string }
  /** The host of the new API for each value of `mode`. */
  readonly modes: Readonly<Record<string, string>>
  /** The value of `mode` when there is none. */
  readonly defaultMode: string
}

export interface MoneyFacts {
  readonly v1: MoneyFormat
  readonly v2: MoneyFormat
  /** Digits behind the point of currencies that this provider writes otherwise than ISO 4217. */
  readonly exponents?: Readonly<Record<string, number>>
}

/** How an amount is written: `{ total: '10.00', currency: 'USD' }`. */
export interface MoneyFormat {
  /** `scalar`: a bare number or text whose currency stands elsewhere. */
  readonly shape: 'object' | 'scalar'
  readonly format: 'decimal-string' | 'minor-units'
  /** Name of the amount within an object. */
  readonly value?: string
  /** Name of the currency within an object. */
  readonly currency?: string
  /** `refused`: requests have no amount below nothing, so a discount that is written as one cannot go along. */
  readonly negative?: 'refused'
}

export interface Idempotency {
  /** The request header; both versions have the same. */
  readonly header: string
  /** Absent when the old version has none. */
  readonly v1?: IdempotencyRule
  readonly v2: IdempotencyRule
}

/** Headers that call sites send of their own, beside what every request has and the key. Whatever is not here is reported. */
export interface HeaderFacts {
  /** Mean the same in both versions, and go along. */
  readonly pass?: readonly string[]
  /** Why a call that sends one is not put behind the façade, by its name. */
  readonly report?: Readonly<Record<string, string>>
}

/** An API beside the one that a map is about. */
export interface BesideApi {
  /** Path patterns, as in `neverTouch`. */
  readonly paths: readonly string[]
  /** Members of the SDK that are of it. */
  readonly members?: readonly string[]
  readonly why: string
  readonly source?: string
}

/** The script of a provider that runs in pages. */
export interface BrowserScript {
  /** The name that it gives the page: `paypal`. */
  readonly global: string
  /** What is called of it: `Button.render`. */
  readonly calls: readonly string[]
  readonly why: string
}

export interface IdempotencyRule {
  /** The longest key. */
  readonly max: number
  /** How long an answer is kept for its key. After that a retry would be a new request. */
  readonly retention: Duration
  /** Operations that keep it for another time. */
  readonly overrides?: Readonly<Record<OperationId, Duration>>
}

/** How to tell which version made an object, from its id alone. */
export interface IdFacts {
  /** Matches every id of the old version, or is absent if they look alike. */
  readonly v1?: string
  readonly v2?: string
  /** `required`: ids look alike, only a pin tells. `preferred`: a pin first, then the pattern. `none`: both serve all ids. */
  readonly pin: 'required' | 'preferred' | 'none'
  /** `read-only`: ask the new version, then the old one, with `read`. Nothing else is ever probed with. */
  readonly probe?: 'read-only' | 'none'
  /** The operation that reads one object of this class; needed for `probe`. */
  readonly read?: OperationId
  /** Further operations that read objects of this class in the old version: it may have kept apart what the new one does not. */
  readonly alsoRead?: readonly OperationId[]
}

export interface SdkFacts {
  readonly package: string
  /** Other packages whose clients have members of the same names: where one is there, a name says nothing. */
  readonly alike?: readonly string[]
  /** How the package is imported: the ways in which its object comes into a program. */
  readonly imports: readonly ('default' | 'namespace' | 'require')[]
  /** `object`: the module is the client. `class`: `new Stripe(key)`. `factory`: `createClient({ key })`. */
  readonly client: 'object' | 'class' | 'factory'
  /** Where the class stands in what the package exports: `API.Client`. It is the export itself if absent. */
  readonly clientPath?: string
  /** `error-first`: `(error, value)`. `single`: `(value)`, with the error inside of it. Absent: promises only. */
  readonly callback?: 'error-first' | 'single'
  /** Whether every member also gives a promise when it is called without a callback. */
  readonly promises: boolean
  /** `payment.create` → the operation. What is not named here passes through. */
  readonly members: Readonly<Record<string, SdkMember>>
  /** The member in which the SDK adds the HTTP status to what it gives. */
  readonly statusMember?: string
  /** What else it has, by its path: who asks for one of these needs the SDK to the end. */
  readonly others?: readonly string[]
  /** What the objects that it gives can be asked: a path that is read (`links.paymentUrl`), or a predicate. */
  readonly objects?: Readonly<Record<string, Readonly<Record<string, Path | Predicate>>>>
  /** Members that take the credentials: `configure`. */
  readonly configure?: readonly string[]
}

/** How the arguments of a member are an operation's: `[id, body, options]`; a callback always comes last. */
export interface SdkMember {
  readonly operation: OperationId
  /** Which of `objects` it gives; a plain one if absent. */
  readonly gives?: string
  readonly arguments: readonly ('id' | 'body' | 'query' | 'options')[]
}

/** `null`: this value has no counterpart and is reported. */
export type EnumTable = Readonly<Record<string, string | null>>

export interface Shape {
  readonly title?: string
  readonly request?: readonly Row[]
  readonly response?: readonly Row[]
}

/** One sentence of a guide. Without a transform it is a rename. */
export interface Row {
  /** Unique within its list; made of the paths if absent. */
  readonly id?: string
  /** Where the value is read; `null` in a response: what v1 had and v2 does not tell. Absent with `const` and `derive`. */
  readonly from?: Path | null
  /** Where the value is written; `null` in a request: what v1 took and v2 does not. */
  readonly to: Path | null

  /** Values that are called otherwise: a table or the name of one. */
  readonly enum?: EnumTable | string
  /** What is done with a value that is not in `enum`. In a request `report` if absent, in a response `keep`. */
  readonly otherwise?: 'report' | 'keep' | 'error'
  /** An amount, written as `money` of the map says. */
  readonly money?: true | MoneyRow
  readonly cast?: 'string' | 'number' | 'integer' | 'boolean'
  readonly const?: Json
  /** Written when `from` holds nothing: makes explicit what the old version took for granted. */
  readonly default?: Json
  readonly not?: true
  /** Without its sign. */
  readonly abs?: true
  /** Every occurrence of the first text becomes the second. */
  readonly replace?: readonly [search: string, replacement: string]
  /** `date`: the day of a point in time. */
  readonly date?: 'date' | 'date-time' | 'epoch-seconds'
  /** A text with this separator becomes a list. */
  readonly split?: string
  /** A list becomes a text with this separator. */
  readonly join?: string
  /** `array`: one value becomes a list of one. */
  readonly wrap?: 'array'
  /** `first`: of a list, its first element. */
  readonly unwrap?: 'first'
  readonly derive?: Derivation
  /** The rows of a shape, from here to there. */
  readonly shape?: ShapeId
  /** What is written to the last `[]` is added to what other rows have written there. */
  readonly append?: true
  /** Escape hatch: `./file.ts#name`. Nothing about such a row is rewritten in literals. */
  readonly fn?: string

  /** Preconditions: a value that does not meet them is a mapping error before anything is sent. */
  /** There must be a value. */
  readonly required?: true
  readonly maxItems?: number
  readonly maxLength?: number
  /** What a value must look like; with `severity: drop`, what it may be left out with. */
  readonly pattern?: string
  /** The row counts only if this holds; paths in it are of the side that the row reads, from where its list of rows begins. */
  readonly when?: Predicate

  /** With `to: null`. `report`: who sends it stays on v1 and is told. `drop`: it is left out, and nobody loses anything. */
  readonly severity?: 'report' | 'drop'
  /** Needed where something is dropped or a behaviour changes. */
  readonly why?: string
  readonly source?: string
  readonly review?: Review
}

/** How an amount of this row differs from what `money` of the map says of the old side. */
export interface MoneyRow {
  /** The old side is a bare number or text. */
  readonly scalar?: true
  /** The path of its currency, on the old side in a request. */
  readonly currencyFrom?: Path
  /** Its currency, where the old version knew one only. */
  readonly currency?: string
  /** Names within the object of the old side, where they differ: `{ value: value, currency: currency }`. */
  readonly value?: string
  readonly currencyName?: string
  /** A sign that the old side wrote and the new one does not. */
  readonly abs?: true
}

/** A value that is made of others. */
export type Derivation =
  | { readonly copy: Path }
  /** The sum of an amount over the elements of a list, times a number of each: an amount of `currencyFrom`. */
  | {
      readonly sumOf: Path
      readonly times?: Path
      readonly currencyFrom: Path
    }

/** One call of the old API and what becomes of it. */
export interface Operation {
  readonly title: string
  readonly v1: OldCall
  /** One call, several steps, or `null`: there is no counterpart, and `why` says what to do instead. */
  readonly v2: NewCall | Steps | null
  /** Needed on everything that is not a GET. */
  readonly effect: Effect
  /** `decides`: the version of an order is chosen here. `follows payment`: it is that of the object with this id. */
  readonly binding: Binding
  /** Where the stable business key of an order is found, best first. */
  readonly rolloutKey?: readonly Path[]
  /** May be done more than once to the same object (a partial refund), so that the id alone is no key. */
  readonly repeatable?: true
  readonly request?: readonly Row[]
  /** The body is a JSON Patch (RFC 6902), so that it has no rows of its own. */
  readonly patch?: PatchFacts
  /** What must add up before anything is sent. */
  readonly sums?: readonly SumCheck[]
  readonly response?: readonly Row[]
  /** Ids that the v1-shaped response hands out, by class: they are pinned. */
  readonly handsOut?: Readonly<Record<IdClass, Path>>
  /** Needed on whatever moves money: how to find out what became of a request nobody has heard of. */
  readonly reconcile?: Reconcile
  /** What a person has to know, or do, at every call site. */
  readonly why?: string
  readonly source: string
  readonly review: Review
}

/**
 * What happens on the provider's side. `none`: nothing. `updates`: an object changes, no money does. `creates`: something
 * that can be paid. `moves-money`: money. `releases`: a reservation ends.
 */
export type Effect = 'none' | 'updates' | 'creates' | 'moves-money' | 'releases'

/** `decides` or `follows <class of ids>`; `none` where every version serves every id. */
export type Binding = 'decides' | 'none' | `follows ${IdClass}`

export interface OldCall {
  readonly method: HttpMethod
  /** `/v1/payments/payment/{id}/execute`: matched whole, segment by segment, never as a prefix. */
  readonly path: string
  /** `any`: with and without a slash at the end; `never` if absent. */
  readonly trailingSlash?: 'any' | 'never'
  /** The status of a success, which programs compare with; 200 if absent. */
  readonly success?: number
}

export interface NewCall {
  readonly method: HttpMethod
  /** A path, and in `{}` what comes from the arguments (`{id}`) or from a step before (`{order.id}`). */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Parameters of the query; in `{}` what a path takes, and `{ref}`. */
  readonly query?: Readonly<Record<string, string>>
  /** Statuses that mean success; 200, 201, 202 and 204 if absent. */
  readonly success?: readonly number[]
  /** `rows`: what the rows of the request make. `empty`: `{}`. `none`: nothing. `rows` if absent, `none` for a GET. */
  readonly body?: 'rows' | 'empty' | 'none'
  /** Whether an idempotency key is sent. True if absent, for everything but a GET. */
  readonly idempotent?: boolean
  /** The member of the project's SDK, with `transport: sdk`. */
  readonly sdk?: SdkMember | { readonly member: string; readonly arguments: SdkMember['arguments'] }
}

/** One operation of the old version that is several calls of the new one. */
export interface Steps {
  readonly steps: readonly Step[]
}

export type Step = CallStep | CompareStep

/** Calls, and remembers the answer under a name. The answer of the last call that was made is the operation's. */
export interface CallStep {
  readonly call: CallId
  readonly as?: string
  /** Paths begin with the name of an earlier answer: `order.intent == 'CAPTURE'`. */
  readonly when?: Predicate
}

/** Two amounts that must be equal before money moves. Nothing is compared if the request does not say one. */
export interface CompareStep {
  readonly compare: { readonly request: Path; readonly with: Path; readonly money: true | MoneyRow }
  /** The code of the error if they differ. */
  readonly unequal: string
  /** A call that makes them equal; only if the customer allows it by this name. */
  readonly repair?: {
    readonly call: CallId
    /** The option of `configurePayments` that allows it. */
    readonly gate: string
    /** The JSON Pointer of the amount in the new version, for a body of JSON Patch. */
    readonly pointer: string
  }
}

/** What can be changed of an object that another operation has made. */
export interface PatchFacts {
  /** That operation: its rows say what becomes of a value. */
  readonly of: OperationId
  /**
   * JSON Pointers of the old version, and where the same stands in the new one. A segment such as `@reference_id=='default'` is the
   * first element of a list. What is not here is refused before anything is sent.
   */
  readonly pointers: Readonly<Record<string, readonly string[]>>
}

/** An amount of the new request that must be the sum of others, where they are there. */
export interface SumCheck {
  readonly total: Path
  readonly plus: readonly Path[]
  readonly minus?: readonly Path[]
  /** Paths are those of the new request. */
  readonly when?: Predicate
}

export interface Reconcile {
  /** A call (`calls`) that reads the state. */
  readonly read: CallId
  /** Of what `read` answers: it was done. */
  readonly doneWhen: Predicate
  /** The operation's own answer within what `read` answers; the empty path if it is all of it. Absent if it is something else. */
  readonly answer?: Path
  /** Of what `read` answers: it was not done, and will not be unless it is asked for again. */
  readonly notDoneWhen?: Predicate
}

export interface ErrorFacts {
  readonly v1: ErrorFormat
  readonly v2: ErrorFormat
  /** The codes of both versions for each kind. The first code of v1 is what a v2 error is called in the old vocabulary. */
  readonly kinds: Readonly<Record<ErrorKind, { readonly v1?: readonly string[]; readonly v2?: readonly string[] }>>
  /** What v1 called a code of v2, where that is not the first code of its kind. */
  readonly oldCodes?: Readonly<Record<string, string>>
  /** Nothing was done; everything else is unknown. */
  readonly notExecuted: { readonly http: readonly number[]; readonly net: readonly string[] }
  /** By HTTP status, where no code says the kind. */
  readonly statuses?: Readonly<Record<string, ErrorKind>>
}

/** Where an error says what, best first: `['details[0].issue', 'name']`. */
export interface ErrorFormat {
  readonly code: readonly Path[]
  readonly message: readonly Path[]
  readonly debug?: Path
  readonly issues?: { readonly list: Path; readonly field: Path; readonly text: Path; readonly code?: Path }
  /** The error is inside of this member of a response that looks like success. */
  readonly within?: Path
}

/** What an error means to whoever called. */
export const ERROR_KINDS = [
  'validation',
  'authentication',
  'not_found',
  'approval_required',
  'declined',
  'already_done',
  'expired',
  'duplicate',
  'rate_limited',
  'in_progress',
  'provider',
] as const
export type ErrorKind = (typeof ERROR_KINDS)[number]

export interface Webhooks {
  /** Where an event says what it is. */
  readonly type: Path
  /** Where its own id stands: handlers are idempotent by it. */
  readonly id: Path
  readonly resource: Path
  readonly events: readonly WebhookEvent[]
}

export interface WebhookEvent {
  readonly v1: string
  readonly v2: readonly string[]
  /** Objects of the old version go on sending the old event. Must be true in `dual` mode. */
  readonly keepV1: boolean
  /** How the resource of the new event reads in the old vocabulary. */
  readonly shape?: ShapeId
  readonly severity?: 'report'
  readonly why?: string
}

/** A parameter that the buyer's browser brings back. */
export interface Redirect {
  /** `query.paymentId` */
  readonly read: Path
  readonly fallback: Path
  /** A parameter that comes with it and that nobody else has: whoever reads it as well is the handler. */
  readonly beside?: Path
  readonly why?: string
}

export interface CheckItem {
  readonly text: string
  readonly source?: string
}

/**
 * What a row can be trusted with. `A`: rewritten without a question. `C`: only where its condition is proven. `R`: only
 * reported. Computed from the row (`tags.ts`), never written down.
 */
export type Tag = 'A' | 'C' | 'R'
