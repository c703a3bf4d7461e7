import {
  type Call,
  type DeliveryOptions,
  deliver,
  delivery,
  type Operation,
  readOnV2,
  referenceOf,
} from './delivery.ts'
import { NotSent, PaymentError, toPaymentError } from './errors.ts'
import { memoryPins, type PinStore, type Version } from './pins.ts'
import { asConfigured, breaker, drawVersion, ONLY_NEW, type Rollout, rolloutFromEnvironment } from './rollout.ts'
import { type Probe, settings } from './settings.ts'
import { listen, type PaymentEvent, tell } from './telemetry.ts'
import { sendV2 } from './v2.ts'

export interface PaymentOptions {
  /** Which version an order belongs to. In production there is no v2 without one that outlives the process. */
  readonly pins?: PinStore
  readonly onCall?: (event: PaymentEvent) => void
  // #flag
  /** Instead of the environment: a flag service, for one. Asked for every new order. */
  readonly rollout?: () => Partial<Rollout>
  readonly allowlist?: readonly string[]
  readonly denylist?: readonly string[]
  // #end
  readonly retries?: number
  readonly retryDelayMs?: number
  readonly onAmountChange?: DeliveryOptions['onAmountChange']
  /**
   * `validate`: for what goes to v1, looks whether v2 could do it, tells, and sends nothing. `compare`: reads of v1 are also
   * asked of v2, behind the answer, and it is told which fields differ: for providers whose versions serve each other's objects.
   */
  readonly shadow?: 'validate' | 'compare'
  /** `definite-create-only`: v1 for a new order that v2 has definitely refused for its form, before a buyer saw it. */
  readonly fallback?: 'definite-create-only'
}

let options: PaymentOptions = {}
let environment = rolloutFromEnvironment()
let hasWarned = false
/** Whether there was v2 in this process: then its objects are followed, with the flag off and without pins, too. */
let wasOn = false

/** Sets up the payments, once, at start-up. Throws if the environment says something impossible. */
export function configurePayments(given: PaymentOptions): void {
  environment = rolloutFromEnvironment()
  options = given
  hasWarned = false
  wasOn = false
  breaker.reset()
  listen(given.onCall)
  delivery.options = {
    retries: given.retries ?? 2,
    retryDelayMs: given.retryDelayMs ?? 250,
    pins: given.pins ?? memoryPins(),
    ...(given.onAmountChange === undefined ? {} : { onAmountChange: given.onAmountChange }),
  }
}

/** A call that either version can do. */
export interface RoutedCall extends Call {
  /** The call of v1, as it always was. */
  readonly v1: () => unknown
  /** What v1 answered, in plain words, to find the ids in it; `undefined` where they cannot be seen. */
  readonly read: (result: unknown) => unknown
}

export type Routed =
  | { readonly version: 'v1'; readonly result: unknown }
  | { readonly version: 'v2'; readonly response: unknown }

/** Does an operation on the version that it belongs to. With the flag off and no pins, v1 is called before anything else. */
export function perform(operation: Operation, call: RoutedCall): Promise<Routed> {
  wasOn ||= rollout().enabled
  const isAsBefore = !wasOn && options.pins === undefined && options.shadow === undefined
  if (isAsBefore && formOf(operation, call) !== 'v2') return onV1(operation, call)
  return routed(operation, call)
}

async function routed(operation: Operation, given: RoutedCall): Promise<Routed> {
  const call = { ...given, ref: referenceOf(operation, given) }
  const version =
    operation.binding === 'decides'
      ? await decide(operation, call)
      : operation.binding === 'none'
        ? await drawn(operation, call)
        : await owner(operation, operation.binding.follows, call)
  if (version === 'v1') return onV1(operation, call)
  return onV2(operation, call)
}

function rollout(): Rollout {
  return asConfigured(environment, options)
}

// ---- which version ------------------------------------------------------------------------------

/** One decision for an order, kept before anything is sent. */
async function decide(operation: Operation, call: RoutedCall): Promise<Version> {
  const { ref } = call
  const told = { type: 'decision', operation: operation.name } as const
  if (ref === undefined && !ONLY_NEW) {
    tell({ ...told, version: 'v1', reason: 'no reference' })
    return 'v1'
  }
  if (ref === undefined) return 'v2'
  const name = `order/${ref}`
  const pinned = (await movedTo(ref)) ?? (await pinOf(name))
  if (pinned !== undefined) {
    tell({ ...told, version: pinned, reason: 'pinned', ref })
    return pinned
  }
  const draw = await drawn(operation, call)
  const version = await claim(name, draw)
  tell({ ...told, version, reason: version === draw ? 'drawn' : 'somebody was faster', ref })
  return version
}

/** What the rollout says of new work that v2 can do at all. */
async function drawn(operation: Operation, call: RoutedCall): Promise<Version> {
  const current = rollout()
  const { version } = drawVersion(current, call.ref ?? '', call.customer)
  if (version === 'v1') {
    if (options.shadow !== undefined) mappingProblem(operation, call, 'shadow')
    return 'v1'
  }
  const { NODE_ENV } = process.env
  if (!ONLY_NEW && options.pins === undefined && NODE_ENV === 'production') {
    if (!hasWarned) {
      const reason = 'no pins: v2 is not used until configurePayments({ pins }) gives a store that outlives the process'
      tell({ type: 'warning', reason })
      console.warn(`${settings.provider}: ${reason}`)
      hasWarned = true
    }
    return 'v1'
  }
  return !ONLY_NEW && mappingProblem(operation, call, 'mapping') ? 'v1' : 'v2'
}

/** Whether v2 cannot do what is asked. Nothing is sent to find out. */
function mappingProblem(operation: Operation, call: RoutedCall, type: 'mapping' | 'shadow'): boolean {
  try {
    operation.toV2(call.body as never, call.ref)
    return false
  } catch (error) {
    const { code } = toPaymentError(error, 'v2', operation.name)
    tell({ type, operation: operation.name, reason: 'unsupported', code, ...(call.ref ? { ref: call.ref } : {}) })
    return true
  }
}

/** The version that made an object: its pin, the form of its id, or whoever answers when it is read. Never a guess. */
async function owner(operation: Operation, idClass: string, call: RoutedCall): Promise<Version> {
  const id = Object.values(call.params)[0] ?? ''
  const facts = settings.ids[idClass]
  const pinned = (await pinOf(`${idClass}/${id}`)) ?? formOf(operation, call)
  if (pinned !== undefined) return pinned
  // nothing was ever sent to v2: what is not known is what it was before
  if (!rollout().enabled) return 'v1'
  const found = facts?.probe && (await probe(facts.probe, id, call))
  if (found === undefined) {
    tell({ type: 'incident', operation: operation.name, reason: 'unknown owner' })
    const text = `Nobody can say which version ${idClass} ${id} belongs to, so nothing was sent.`
    throw toPaymentError(new NotSent('unknown_owner', 'UNKNOWN_OWNER', text), 'v2', operation.name)
  }
  await claim(`${idClass}/${id}`, found)
  return found
}

/** The version that the form of an id belongs to, where the forms of both are told apart. */
function formOf({ binding }: Operation, { params }: RoutedCall): Version | undefined {
  const facts = typeof binding === 'object' ? settings.ids[binding.follows] : undefined
  if (facts === undefined || facts.pin === 'required') return undefined
  const id = Object.values(params)[0] ?? ''
  const isOld = facts.v1?.test(id) ?? false
  const isNew = facts.v2?.test(id) ?? false
  return isOld === isNew ? undefined : isOld ? 'v1' : 'v2'
}

/** Reads an object in both versions. An answer of one and a "not found" of the other tells; everything else does not. */
async function probe(paths: Probe, id: string, call: RoutedCall): Promise<Version | undefined> {
  const knows = async (path: string) => {
    try {
      await sendV2(call.credentials, { method: 'GET', path })
      return true
    } catch (error) {
      return toPaymentError(error, 'v2').httpStatus === 404 ? false : undefined
    }
  }
  const isNew = await knows(paths.v2(id))
  if (isNew === undefined) return undefined
  let isOld: boolean | undefined = false
  for (const path of paths.v1) {
    const answer = await knows(path(id))
    // one that cannot be asked leaves it open, whatever the others say that do not know it
    isOld = answer === true ? true : isOld === false ? answer : isOld
    if (isOld === true) break
  }
  if (isOld === undefined || isOld === isNew) return undefined
  return isNew ? 'v2' : 'v1'
}

/** A pin; with the flag off, a store that does not answer must not stop the payments of v1. */
async function pinOf(name: string): Promise<Version | undefined> {
  try {
    return await delivery.options.pins.get(name)
  } catch (error) {
    return withoutPins(error)
  }
}

async function claim(name: string, version: Version): Promise<Version> {
  try {
    return await delivery.options.pins.claim(name, version)
  } catch (error) {
    withoutPins(error)
    return 'v1'
  }
}

function withoutPins(error: unknown): undefined {
  const reason = error instanceof Error ? error.message : String(error)
  tell({ type: 'pin-failed', reason })
  if (!rollout().enabled) return undefined
  throw new PaymentError(`The store of the pins does not answer (${reason}); nothing was sent.`, {
    kind: 'configuration',
    code: 'NO_PINS',
    version: 'v2',
    operation: '',
    outcome: 'not_executed',
    raw: error,
  })
}

// ---- doing it -----------------------------------------------------------------------------------

async function onV1(operation: Operation, call: RoutedCall): Promise<Routed> {
  const started = Date.now()
  const told = { type: 'call', operation: operation.name, version: 'v1' } as const
  try {
    const result = await call.v1()
    tell({ ...told, outcome: 'ok', durationMs: Date.now() - started })
    if (options.pins !== undefined) await pinIds(operation, call.read(result), 'v1')
    // nobody waits for it, and nothing of it can fail the answer
    if (options.shadow === 'compare' && operation.effect === 'none') void compared(operation, call, call.read(result))
    return { version: 'v1', result }
  } catch (error) {
    const { outcome, kind, code } = toPaymentError(error, 'v1', operation.name)
    tell({ ...told, outcome, kind, code, durationMs: Date.now() - started })
    throw error
  }
}

/** Tells whether v2 gives the same as v1 did. What v2 does not tell at all is known from the map, and not told again. */
async function compared(operation: Operation, call: RoutedCall, old: unknown): Promise<void> {
  const told = { type: 'shadow', operation: operation.name, version: 'v2' } as const
  if (old === undefined) return
  try {
    const paths = differences(old, await readOnV2(operation, call))
    tell(paths.length === 0 ? { ...told, reason: 'same' } : { ...told, reason: 'different', paths })
  } catch (error) {
    const { code, httpStatus } = toPaymentError(error, 'v2', operation.name)
    tell({ ...told, reason: 'not read', code, ...(httpStatus === undefined ? {} : { httpStatus }) })
  }
}

/** Where two answers differ, as far as the new one says anything. */
function differences(old: unknown, now: unknown, path = ''): string[] {
  if (now === undefined || now === null) return []
  if (typeof now !== 'object') return old === now ? [] : [path]
  return Object.entries(now).flatMap(([name, value]) => {
    const inner = (old as Readonly<Record<string, unknown>> | undefined | null)?.[name]
    return differences(inner, value, Array.isArray(now) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`)
  })
}

async function onV2(operation: Operation, call: RoutedCall): Promise<Routed> {
  try {
    const response = await deliver(operation, call)
    breaker.note(false)
    await settle(operation, call, 'v2')
    await pinIds(operation, response, 'v2')
    return { version: 'v2', response }
  } catch (thrown) {
    const error = toPaymentError(thrown, 'v2', operation.name)
    breaker.note(error.outcome === 'unknown' || error.kind === 'authentication')
    if (!mayFallBack(operation, error) || (await settle(operation, call, 'v1')) === 'v2') throw error
    tell({ type: 'decision', operation: operation.name, version: 'v1', reason: 'fallback', code: error.code })
    return onV1(operation, call)
  }
}

/** Where fallback is allowed, an order can move from v2 to v1 once, and only if nothing of it was made on v2. */
async function settle(operation: Operation, call: RoutedCall, version: Version): Promise<Version | undefined> {
  const isNew = operation.binding === 'decides' && call.ref !== undefined
  return options.fallback !== undefined && isNew ? claim(`settled/${call.ref}`, version) : undefined
}

async function movedTo(ref: string): Promise<Version | undefined> {
  return options.fallback === undefined ? undefined : pinOf(`settled/${ref}`)
}

/** Only for what cannot charge by itself, only after a definite refusal of its form, and only where it is allowed. */
function mayFallBack(operation: Operation, error: PaymentError): boolean {
  return (
    options.fallback === 'definite-create-only' &&
    operation.effect === 'creates' &&
    error.outcome === 'not_executed' &&
    (error.kind === 'validation' || error.kind === 'authentication' || error.kind === 'configuration')
  )
}

/** Remembers who made the objects that an answer names. An answer is not lost because this fails. */
async function pinIds(operation: Operation, response: unknown, version: Version): Promise<void> {
  if (operation.handsOut === undefined || response === undefined || response === null) return
  try {
    for (const [idClass, ids] of Object.entries(operation.handsOut(response as never)))
      for (const id of ids) if (id !== undefined) await delivery.options.pins.claim(`${idClass}/${id}`, version)
  } catch (error) {
    tell({
      type: 'pin-failed',
      operation: operation.name,
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}

/** Tells of an event of v2 for an order that belongs to v1: somebody sent it where it did not belong. */
export async function checkOwner(idClass: string, id: string, version: Version): Promise<void> {
  try {
    const pinned = await delivery.options.pins.get(`${idClass}/${id}`)
    if (pinned !== undefined && pinned !== version)
      tell({ type: 'incident', version, reason: `an event of ${version} for a ${idClass} of ${pinned}`, ref: id })
  } catch (error) {
    tell({ type: 'pin-failed', reason: error instanceof Error ? error.message : String(error) })
  }
}
