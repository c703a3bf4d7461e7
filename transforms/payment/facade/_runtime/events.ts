import { delivery } from './delivery.ts'
import { tell } from './telemetry.ts'

/** How long a handler may take; afterwards it is taken for one that has died, and the event may be handled again. */
const LEASE_MS = 600_000

/**
 * Handles what comes under an id once, in whichever process: providers send an event until they are answered, and sometimes
 * twice. False for what was handled, or is being handled, already. What fails, and what nobody finished, may come again. A store
 * of pins without `first` cannot tell two that come at the same moment apart.
 */
export async function handledOnce(id: string, handle: () => unknown): Promise<boolean> {
  const { pins } = delivery.options
  const name = `event/${id}`
  if ((await pins.get(name)) !== undefined) return known(id)
  if (pins.first === undefined) {
    await handle()
    await pins.claim(name, 'v2')
    return true
  }
  for (let attempt = 1; ; attempt++) {
    const own = `${name}/${attempt}`
    if (await pins.first(own)) {
      try {
        await handle()
      } catch (error) {
        await pins.claim(`${own}/failed`, 'v2')
        throw error
      }
      await pins.claim(name, 'v2')
      return true
    }
    if ((await pins.get(`${own}/failed`)) !== undefined) continue
    const begun = (await pins.since?.(own)) ?? Date.now()
    if (Date.now() - begun <= LEASE_MS) return known(id)
  }
}

function known(id: string): false {
  tell({ type: 'event', reason: 'known', ref: id })
  return false
}
