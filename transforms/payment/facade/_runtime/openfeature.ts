import type { Rollout } from './rollout.ts'

/** What is used of a client of OpenFeature (`@openfeature/server-sdk`). */
export interface FlagClient {
  getBooleanValue(name: string, fallback: boolean): Promise<boolean>
  getNumberValue(name: string, fallback: number): Promise<number>
  addHandler?(event: never, handler: () => void): unknown
}

/**
 * The rollout from a flag service, for `configurePayments({ rollout: await openFeatureRollout(client) })`. What was known last
 * counts until the service tells of a change, or a minute is over; who does not answer changes nothing.
 */
export async function openFeatureRollout(
  client: FlagClient,
  { enabled = 'payment-api-v2', percent = 'payment-api-v2-percent', refreshMs = 60_000 } = {},
): Promise<() => Partial<Rollout>> {
  let known: Partial<Rollout> = { enabled: false }
  let asked = 0
  const refresh = async () => {
    asked = Date.now()
    try {
      const isOn = await client.getBooleanValue(enabled, known.enabled ?? false)
      const share = await client.getNumberValue(percent, known.percent ?? 100)
      if (share >= 0 && share <= 100) known = { enabled: isOn, percent: share }
    } catch {
      // the last answer stands
    }
  }
  await refresh()
  client.addHandler?.('PROVIDER_CONFIGURATION_CHANGED' as never, () => void refresh())
  return () => {
    if (Date.now() - asked > refreshMs) void refresh()
    return known
  }
}
