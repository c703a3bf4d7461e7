import { type Call, type DeliveryOptions, deliver, delivery, type Operation, referenceOf } from './delivery.ts'
import { memoryPins, type PinStore } from './pins.ts'
import { listen, type PaymentEvent } from './telemetry.ts'

export interface PaymentOptions {
  /** Remembers which attempts were refused; should outlive the process. */
  readonly pins?: PinStore
  readonly onCall?: (event: PaymentEvent) => void
  readonly retries?: number
  readonly retryDelayMs?: number
  readonly onAmountChange?: DeliveryOptions['onAmountChange']
}

/** Sets up the payments, once, at start-up. */
export function configurePayments(given: PaymentOptions): void {
  listen(given.onCall)
  delivery.options = {
    retries: given.retries ?? 2,
    retryDelayMs: given.retryDelayMs ?? 250,
    pins: given.pins ?? memoryPins(),
    ...(given.onAmountChange === undefined ? {} : { onAmountChange: given.onAmountChange }),
  }
}

export interface Routed {
  readonly response: unknown
}

/** Does an operation. */
export async function perform(operation: Operation, given: Call): Promise<Routed> {
  return { response: await deliver(operation, { ...given, ref: referenceOf(operation, given) }) }
}
