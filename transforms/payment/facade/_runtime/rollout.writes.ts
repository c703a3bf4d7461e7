/** New work goes to v2. What v1 made is still followed on v1. */
export interface Rollout {
  readonly enabled: boolean
  readonly allow: readonly string[]
  readonly deny: readonly string[]
}

/** Nothing of what v2 cannot do goes to v1 any more. */
export const ONLY_NEW: boolean = true

/** There is nothing left to read: everything new is on v2. */
export function rolloutFromEnvironment(): Rollout {
  return { enabled: true, allow: [], deny: [] }
}

/** Nobody can say otherwise any more. */
export function asConfigured(environment: Rollout, _given: unknown): Rollout {
  return environment
}

/** The version for new work. */
export function drawVersion(
  _rollout: Rollout,
  _ref: string,
  _customer: string | undefined,
): { readonly version: 'v1' | 'v2'; readonly reason: string } {
  return { version: 'v2', reason: 'cutover' }
}

/** There is nowhere to go if v2 fails. */
export const breaker = {
  note(_failed: boolean): void {},
  reset(): void {},
}
