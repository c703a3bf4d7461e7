/**
 * What happens in here, for logs and metrics. Events carry ids, codes and times, and never a body: no card, no token, no
 * name or address of a buyer.
 */
export interface PaymentEvent {
  readonly type:
    | 'decision'
    | 'call'
    | 'retry'
    | 'reconcile'
    | 'mapping'
    | 'shadow'
    | 'pin-failed'
    | 'breaker'
    | 'incident'
    | 'event'
    | 'warning'
  readonly operation?: string
  readonly version?: 'v1' | 'v2'
  /** Why, in a word or two: `percent`, `pinned`, `unsupported`. */
  readonly reason?: string
  readonly outcome?: 'ok' | 'not_executed' | 'unknown'
  readonly kind?: string
  readonly code?: string
  readonly httpStatus?: number
  /** The provider's own id of the request, which its support asks for. */
  readonly debugId?: string
  readonly ref?: string
  /** The names of fields, and never what they hold. */
  readonly paths?: readonly string[]
  readonly key?: string
  readonly durationMs?: number
}

let listener: ((event: PaymentEvent) => void) | undefined

/** Hands every event to a function; `undefined` stops it. */
export function listen(onCall: ((event: PaymentEvent) => void) | undefined): void {
  listener = onCall
}

/** Tells an event. A listener that throws does not stop a payment. */
export function tell(event: PaymentEvent): void {
  try {
    listener?.(event)
  } catch (error) {
    console.error('the listener of payment events failed:', error instanceof Error ? error.message : error)
  }
}
