import type { Operation } from './delivery.ts'
import { NotSent, PaymentError, toPaymentError } from './errors.ts'
import { type Routed as Answer, perform } from './router.ts'
import type { Credentials } from './v2.ts'

/** What a call site adds to the options of the SDK: the stable key of the order, and who buys. */
export interface UpgradeKitOptions {
  readonly upgradeKit?: { readonly ref?: string; readonly customer?: string }
}

/** Arguments that may also be options of ours. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the SDK says of its members
type Lenient<P extends any[]> = { [K in keyof P]: P[K] | UpgradeKitOptions }

/** A member of the SDK that also takes our options, and gives a promise where there is no callback. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the SDK says of its members
export type RoutedMember<F extends (...args: any[]) => any> = F &
  ((...args: Lenient<Parameters<F>>) => ReturnType<F>) &
  // biome-ignore lint/suspicious/noExplicitAny: whatever the SDK says of its members
  ((...args: any[]) => Promise<any>)

/** A part of the SDK, as far as its declarations know it. */
export type Part<Sdk, Owner extends string> = Owner extends keyof Sdk
  ? Sdk[Owner] extends object
    ? Sdk[Owner]
    : object
  : object

/** A member of a part of the SDK, with our options; anything goes where the declarations do not know it. */
export type Routed<Sdk, Owner extends string, Name extends string> = Name extends keyof Part<Sdk, Owner>
  ? // biome-ignore lint/suspicious/noExplicitAny: whatever the SDK says of its members
    Part<Sdk, Owner>[Name] extends (...args: any[]) => any
    ? RoutedMember<Part<Sdk, Owner>[Name]>
    : // biome-ignore lint/suspicious/noExplicitAny: whatever the SDK says of its members
      any
  : // biome-ignore lint/suspicious/noExplicitAny: whatever the SDK says of its members
    any

// #native
/** A function of the new version: what goes in and what comes back is what the provider's reference says. */
export interface NativeMember {
  // biome-ignore lint/suspicious/noExplicitAny: the provider's reference says what they are
  (...args: [...any[], (...answer: any[]) => void]): void
  // biome-ignore lint/suspicious/noExplicitAny: the provider's reference says what they are
  (...args: any[]): Promise<any>
}

// #end
/** What an argument of a member is. */
export type Parameter = 'id' | 'body' | 'query' | 'options'

type Callback = (error: unknown, value?: unknown) => void
type Method = (...args: unknown[]) => unknown

interface MemberFacts {
  // #dual
  /** The object that the member belongs to, and its name. */
  readonly target: object
  readonly name: string
  // #end
  readonly operation: Operation
  /** What its arguments are; a callback comes last. */
  readonly parameters: readonly Parameter[]
  // #dual
  /** Whether the SDK's own member gives a promise without a callback. */
  readonly promises: boolean
  // #end
  /** How a callback is called: with the error first, or with one argument that may hold it. */
  readonly callback: 'error-first' | 'single'
  /** Where the SDK puts the HTTP status into what it gives; it does not if absent. */
  readonly statusMember?: string
  /** What the object that it gives can be asked. */
  readonly methods?: object
  /** True if both versions are asked through the same SDK: its errors are those that the call site knows. */
  readonly ownErrors?: boolean
  readonly credentials: (options: Readonly<Record<string, unknown>>) => Credentials
  readonly client?: unknown
}

/** A member of the SDK, with its own arguments, that goes to the version of the order. */
export function routedMember(facts: MemberFacts): Method {
  return (...given) => {
    const args = [...given]
    const callback = typeof args.at(-1) === 'function' ? (args.pop() as Callback) : undefined
    const named: { [P in Parameter]?: unknown } = Object.fromEntries(
      facts.parameters.map((parameter, at) => [parameter, args[at]]),
    )
    const { upgradeKit, ...rest } = (named.options ?? {}) as UpgradeKitOptions & Record<string, unknown>
    const promise = perform(facts.operation, {
      params: named.id === undefined ? {} : { id: String(named.id) },
      body: named.body ?? named.query,
      ref: upgradeKit?.ref,
      customer: upgradeKit?.customer,
      credentials: facts.credentials(rest),
      client: facts.client,
      sdkOptions: rest,
      // #dual
      v1: () => calledAsBefore(facts, upgradeKit === undefined ? args : withoutOurs(facts, args, rest)),
      read: (result) => result,
      // #end
    }).then(
      (routed) => answerOf(facts, routed),
      (error) => {
        throw facts.ownErrors ? errorOfSdk(error) : error
      },
    )
    if (callback === undefined) return promise
    // outside of the promise, so that what a callback throws is thrown as it was before
    if (facts.callback === 'single')
      promise.then(
        (value) => setImmediate(callback, value),
        (error) => setImmediate(callback, toPaymentError(error).response ?? { error }),
      )
    else
      promise.then(
        (value) => setImmediate(callback, null, value),
        (error) => setImmediate(callback, error, null),
      )
    return undefined
  }
}

/** What the SDK threw, in the place of what was made of it. What the SDK never saw stays as it is. */
function errorOfSdk(error: unknown): unknown {
  const isOfSdk = error instanceof PaymentError && error.raw instanceof Error && !(error.raw instanceof NotSent)
  return isOfSdk ? error.raw : error
}

function answerOf({ operation, statusMember, methods }: MemberFacts, routed: Answer): unknown {
  // #dual
  if (routed.version === 'v1') return routed.result
  // #end
  if (methods !== undefined) return Object.assign(Object.create(methods), routed.response)
  return statusMember === undefined
    ? routed.response
    : withStatus(routed.response, statusMember, operation.status ?? 200)
}

// #dual
/** The call of the SDK, as it was written. */
function calledAsBefore({ target, name, promises }: MemberFacts, args: readonly unknown[]): Promise<unknown> {
  const member = (target as Record<string, Method>)[name] as Method
  if (promises) return Promise.resolve(member.apply(target, [...args]))
  return new Promise((resolve, reject) => {
    member.apply(target, [...args, (error: unknown, value: unknown) => (error ? reject(error) : resolve(value))])
  })
}

/** The arguments without what a call site has added to its options. */
function withoutOurs({ parameters }: MemberFacts, args: readonly unknown[], rest: object): unknown[] {
  const at = parameters.indexOf('options')
  const isLast = at === args.length - 1
  if (isLast && Object.keys(rest).length === 0) return args.slice(0, at)
  return args.map((argument, index) => (index === at ? rest : argument))
}

// #end
/** The answer with the status of the request in it, as the SDK gave it. */
function withStatus(response: unknown, member: string, status: number): unknown {
  return typeof response === 'object' && response !== null ? { ...response, [member]: status } : response
}
