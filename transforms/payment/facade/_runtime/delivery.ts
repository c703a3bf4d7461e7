import { createHash, randomUUID } from 'node:crypto'
import { NotSent, PaymentError, toPaymentError } from './errors.ts'
import { memoryPins, type PinStore } from './pins.ts'
import { settings } from './settings.ts'
import { tell } from './telemetry.ts'
import { type Credentials, sendV2, type V2Request } from './v2.ts'

/** The parameters of the old path, by their names. */
export interface Params {
  readonly id?: string
  readonly [name: string]: string | undefined
}

/** What a call of an operation needs on v2. */
export interface Call {
  /** The parameters of the old path. */
  readonly params: Params
  /** The body, in the words of v1. */
  readonly body: unknown
  readonly ref?: string | undefined
  readonly customer?: string | undefined
  readonly credentials: Credentials
  /** The client of the project's SDK, where requests go through it. */
  readonly client?: unknown
  /** What the call site told the SDK about this one request: for whose account it is, for one. */
  readonly sdkOptions?: Readonly<Record<string, unknown>>
}

/**
 * The reference of an order: what the call site gave, or what the body has. An empty text, and what a missing value becomes as
 * a text, would be the same for all orders; that is none.
 */
export function referenceOf(operation: Operation, { ref, body }: Call): string | undefined {
  return [ref, operation.businessKey?.(body as never)]
    .map((one: unknown) => (one === undefined || one === null ? '' : String(one).trim()))
    .find((one) => one !== '' && !/^(?:undefined|null|NaN|\[object .*)$/.test(one))
}

/** What the steps of an operation on v2 are given. */
export interface Steps {
  readonly params: Params
  /** The body, in the words of v1, and in those of v2. */
  readonly oldBody: unknown
  readonly body: unknown
  readonly ref: string | undefined
  readonly key: string
  readonly options: DeliveryOptions
  readonly client: unknown
  readonly sdkOptions: Readonly<Record<string, unknown>>
  send(request: V2Request): Promise<unknown>
}

/** One operation: what it does to money, and how it reads in the other version. */
export interface Operation {
  readonly name: string
  readonly effect: 'none' | 'updates' | 'creates' | 'moves-money' | 'releases'
  /** `decides`: the version of an order is chosen here. `follows`: it is that of the object with this class of id. */
  readonly binding: 'decides' | 'none' | { readonly follows: string }
  /** May be done more than once to the same object, as a partial refund. */
  readonly repeatable?: boolean
  /** The status that v1 has for a success: 200 if absent. */
  readonly status?: number
  /** How long its answers are kept for a key, where that is another time than usual. */
  readonly retentionMs?: number
  /** The stable key of the order, where the body has one. */
  readonly businessKey?: (body: never) => string | undefined
  /** Throws `NotSent` where a field cannot be carried over. */
  readonly toV2: (body: never, ref: string | undefined) => unknown
  readonly fromV2: (body: never) => unknown
  readonly run: (steps: Steps) => Promise<unknown>
  /** The ids that a response, in the words of v1, hands out, by class. */
  readonly handsOut?: (response: never) => Readonly<Record<string, readonly (string | undefined)[]>>
  readonly reconcile?: {
    readonly read: (steps: Steps) => Promise<unknown>
    readonly isDone: (state: never) => boolean
    /** The answer of the operation within what was read; absent if what was read is something else. */
    readonly answer?: (state: never) => unknown
  }
}

export interface DeliveryOptions {
  /** How often a request is sent again after nobody could say what became of it. */
  readonly retries: number
  /** Before the first time; twice as long before each further one. */
  readonly retryDelayMs: number
  /** Remembers pins, and which attempts were refused. */
  readonly pins: PinStore
  /** What may be done about an amount that was changed behind the order: `patch`, or nothing. */
  readonly onAmountChange?: 'patch'
}

export const delivery: { options: DeliveryOptions } = {
  options: { retries: 2, retryDelayMs: 250, pins: memoryPins() },
}

/**
 * Does an operation on v2, once. Whatever is not known to have failed is asked for again with the same key and the same
 * body, then looked up; if nobody knows even then, the error has the outcome `unknown` and the order has to stay pending.
 */
export async function deliver(operation: Operation, call: Call): Promise<unknown> {
  const { options } = delivery
  const body = converted(operation, call)
  const subject = subjectOf(operation, call, body)
  const attempt = await attemptOf(operation, subject)
  const key = idempotencyKey(operation.name, subject, attempt)
  const steps = prepared(call, body, key)
  if (await isForgotten(operation, key)) {
    const state = await lookedUp(operation, steps)
    if (state.is === 'done') return operation.fromV2(state.answer as never)
    // what an object goes through once, and has not gone through yet, can be asked for anew
    if (state.is === 'unknown' || !isOnce(operation)) throw forgotten(operation)
  }
  for (let tries = 0; ; tries++) {
    const started = Date.now()
    const told = {
      operation: operation.name,
      version: 'v2',
      key,
      ...(call.ref === undefined ? {} : { ref: call.ref }),
    } as const
    try {
      const answer = await operation.run(steps)
      tell({ type: 'call', ...told, outcome: 'ok', durationMs: Date.now() - started })
      return operation.fromV2(answer as never)
    } catch (thrown) {
      const error = toPaymentError(thrown, 'v2', operation.name)
      const { outcome, kind, code } = error
      tell({ type: 'call', ...told, outcome, kind, code, ...factsOf(error), durationMs: Date.now() - started })
      if (outcome === 'unknown' && tries < options.retries) {
        tell({ type: 'retry', ...told, kind, code })
        await pause(options.retryDelayMs * 2 ** tries)
        continue
      }
      if (outcome === 'unknown' || kind === 'already_done') {
        const state = await lookedUp(operation, steps)
        if (state.is === 'done') return operation.fromV2(state.answer as never)
      }
      if (isRefusal(operation, error)) await options.pins.claim(refusalOf(operation, subject, attempt), 'v2')
      throw error
    }
  }
}

/** Whether money was asked to move under this key so long ago that the provider would take it for a new request. */
async function isForgotten(operation: Operation, key: string): Promise<boolean> {
  const { pins } = delivery.options
  if (pins.since === undefined || operation.effect !== 'moves-money') return false
  const name = `sent/${key}`
  const first = await pins.since(name)
  if (first === undefined) {
    await pins.claim(name, 'v2')
    return false
  }
  return Date.now() - first > (operation.retentionMs ?? settings.idempotency.retentionMs)
}

function forgotten({ name }: Operation): PaymentError {
  const text =
    'This was asked for so long ago that the provider has forgotten the key; whether it was done is not known.'
  return new PaymentError(`${text} Nothing was sent; a person has to look.`, {
    kind: 'in_progress',
    code: 'KEY_FORGOTTEN',
    version: 'v2',
    operation: name,
    outcome: 'unknown',
  })
}

/** Everything that is needed, or an error before anything is sent. */
function prepared(call: Call, body: unknown, key: string): Steps {
  return {
    params: call.params,
    oldBody: call.body,
    body,
    ref: call.ref,
    key,
    options: delivery.options,
    client: call.client,
    sdkOptions: call.sdkOptions ?? {},
    send: (request) => sendV2(call.credentials, request),
  }
}

// #dual
/** Asks v2 for the same as a read of v1, once, and gives it in the words of v1. Whatever else than a read is refused. */
export async function readOnV2(operation: Operation, call: Call): Promise<unknown> {
  const steps = prepared(call, converted(operation, call), '')
  const answer = await operation.run({
    ...steps,
    send: (request) => {
      if (request.method !== 'GET') throw new NotSent('configuration', 'NO_READ', `${operation.name} is no read`)
      return steps.send(request)
    },
  })
  return operation.fromV2(answer as never)
}

// #end
function converted(operation: Operation, { body, ref }: Call): unknown {
  try {
    // no body at all is an empty one: a refund of everything, for one
    return operation.toV2((body ?? {}) as never, ref)
  } catch (error) {
    throw toPaymentError(error, 'v2', operation.name)
  }
}

type LookedUp = { readonly is: 'done'; readonly answer: unknown } | { readonly is: 'not done' | 'unknown' }

/** Finds out whether an operation was done whose answer nobody has. */
async function lookedUp(operation: Operation, steps: Steps): Promise<LookedUp> {
  const { reconcile } = operation
  if (!reconcile?.answer) return { is: 'unknown' }
  const told = { type: 'reconcile', operation: operation.name, version: 'v2' } as const
  try {
    const state = await reconcile.read(steps)
    const isDone = reconcile.isDone(state as never)
    tell({ ...told, outcome: isDone ? 'ok' : 'not_executed' })
    return isDone ? { is: 'done', answer: reconcile.answer(state as never) } : { is: 'not done' }
  } catch (error) {
    tell({ ...told, outcome: 'unknown', code: toPaymentError(error, 'v2', operation.name).code })
    return { is: 'unknown' }
  }
}

/** What an idempotency key is about: the order, the object, or this one call where it may be done again. */
function subjectOf(operation: Operation, { params, ref }: Call, body: unknown): string {
  const ids = Object.values(params).join('/')
  if (operation.repeatable) return `${ids} ${ref ?? randomUUID()}`
  if (operation.binding !== 'decides') return ids === '' ? (ref ?? randomUUID()) : ids
  // another cart under the same order is another order of the provider; money that moves at once never is
  return operation.effect === 'creates' ? `${ref ?? randomUUID()} ${inOrder(body)}` : (ref ?? randomUUID())
}

/** What is sent as a text that does not depend on the order in which somebody wrote it. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** At most 38 characters, which every provider takes, and never the same for both versions. */
export function idempotencyKey(operation: string, subject: string, attempt: number): string {
  const digest = createHash('sha256').update(['v2', operation, subject, attempt].join('\0')).digest('hex')
  return digest.slice(0, Math.min(38, settings.idempotency.maxLength))
}

/**
 * The provider has said no for good: what is asked next is another attempt, with a key of its own. A decline always is, and so
 * is that the buyer has to do something first: another card may not ask for it. Any other refusal only of what an object goes
 * through once (an order is captured once, whatever the key): of a refund, another
 * request with this key may have been done in the meantime.
 */
function isRefusal(operation: Operation, { outcome, httpStatus, kind }: PaymentError): boolean {
  if (outcome !== 'not_executed' || httpStatus === undefined) return false
  if (kind === 'declined' || kind === 'approval_required') return true
  return isOnce(operation) && !['already_done', 'authentication', 'rate_limited'].includes(kind)
}

/** An object goes through it once, whatever the keys. */
function isOnce({ binding, repeatable }: Operation): boolean {
  return typeof binding === 'object' && !repeatable
}

function refusalOf(operation: Operation, subject: string, attempt: number): string {
  const digest = createHash('sha256').update(subject).digest('hex').slice(0, 32)
  return `refused/${operation.name}/${digest}/${attempt}`
}

/** A refusal is remembered, or the same key would have it repeated for as long as the provider keeps it. */
async function attemptOf(operation: Operation, subject: string): Promise<number> {
  if (operation.effect === 'none') return 1
  let attempt = 1
  while ((await delivery.options.pins.get(refusalOf(operation, subject, attempt))) !== undefined) attempt++
  return attempt
}

function factsOf({ httpStatus, debugId }: PaymentError) {
  return { ...(httpStatus === undefined ? {} : { httpStatus }), ...(debugId === undefined ? {} : { debugId }) }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** An amount that is not the one of the order. Nothing was done. */
export function amountMismatch(code: string): NotSent {
  return new NotSent('mapping', code, 'The amount is not the one that the buyer agreed to; nothing was taken.')
}
