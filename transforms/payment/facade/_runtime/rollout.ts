import { createHash } from 'node:crypto'
import { settings } from './settings.ts'
import { tell } from './telemetry.ts'

/** How much of the new work goes to v2. */
export interface Rollout {
  readonly enabled: boolean
  /** From 0 to 100, with decimals. */
  readonly percent: number
  /** Another salt draws other orders. */
  readonly salt: string
  /** References, or customers, that always and never go to v2. */
  readonly allow: readonly string[]
  readonly deny: readonly string[]
}

/** Whether v1 is for old work only. */
export const ONLY_NEW: boolean = false

interface RolloutOptions {
  readonly rollout?: () => Partial<Rollout>
  readonly allowlist?: readonly string[]
  readonly denylist?: readonly string[]
}

/** What the environment says, and what `configurePayments` was told instead of it. */
export function asConfigured(environment: Rollout, given: RolloutOptions): Rollout {
  const base = { ...environment, ...given.rollout?.() }
  return {
    ...base,
    // what is no boolean is not "on": the text `false` of a variable is none
    enabled: base.enabled === true,
    allow: [...base.allow, ...(given.allowlist ?? [])],
    deny: [...base.deny, ...(given.denylist ?? [])],
  }
}

/** Reads the rollout from the environment. Throws at start-up, and not in the middle of a payment. */
export function rolloutFromEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): Rollout {
  const { flag } = settings
  const on = (env[flag.env] ?? '').trim()
  if (!/^(?:true|false|)$/.test(on)) throw new Error(`${flag.env} is "${on}"; it must be true or false.`)
  const percent = (env[flag.percentEnv] ?? '').trim() || '100'
  if (!/^\d{1,3}(?:\.\d+)?$/.test(percent) || Number(percent) > 100)
    throw new Error(`${flag.percentEnv} is "${percent}"; it must be a number from 0 to 100.`)
  return {
    enabled: on === 'true',
    percent: Number(percent),
    salt: env[flag.saltEnv] ?? '',
    allow: listed(env[flag.allowEnv]),
    deny: listed(env[flag.denyEnv]),
  }
}

function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Where a reference falls between 0 and 100: always the same place for the same salt. */
export function bucketOf(ref: string, salt: string): number {
  const digest = createHash('sha256').update(`${salt}\0${ref}`).digest()
  return (digest.readUIntBE(0, 6) / 2 ** 48) * 100
}

/** The version for new work. Says why, too. A customer keeps one version where one is given. */
export function drawVersion(
  rollout: Rollout,
  ref: string,
  customer: string | undefined,
): { readonly version: 'v1' | 'v2'; readonly reason: string } {
  if (!rollout.enabled) return { version: 'v1', reason: 'off' }
  const names = customer === undefined ? [ref] : [ref, customer]
  if (names.some((name) => rollout.deny.includes(name))) return { version: 'v1', reason: 'denied' }
  if (names.some((name) => rollout.allow.includes(name))) return { version: 'v2', reason: 'allowed' }
  if (breaker.isOpen()) return { version: 'v1', reason: 'breaker' }
  const isIn = bucketOf(customer ?? ref, rollout.salt) < rollout.percent
  return { version: isIn ? 'v2' : 'v1', reason: 'percent' }
}

/** Stops new orders from going to v2 while too many of its calls fail. What is on v2 already stays there. */
class Breaker {
  readonly #recent: boolean[] = []
  #openUntil = 0

  /** Of the last calls of v2: whether this one failed, or nobody knows. */
  note(failed: boolean, now = Date.now()): void {
    this.#recent.push(failed)
    if (this.#recent.length > 50) this.#recent.shift()
    const failures = this.#recent.filter(Boolean).length
    if (this.#recent.length < 20 || failures * 2 <= this.#recent.length) return
    this.#openUntil = now + 60_000
    this.#recent.length = 0
    tell({ type: 'breaker', version: 'v2', reason: 'more than half of the last calls failed' })
  }

  isOpen(now = Date.now()): boolean {
    return now < this.#openUntil
  }

  reset(): void {
    this.#recent.length = 0
    this.#openUntil = 0
  }
}

export const breaker = new Breaker()
