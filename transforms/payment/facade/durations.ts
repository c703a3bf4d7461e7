/** Milliseconds of `30s`, `6h`, `45d`. Throws for what is none. */
export function durationMs(duration: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(duration)
  if (!match) throw new Error(`"${duration}" is no duration: write 30s, 6h or 45d`)
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 'ms' | 's' | 'm' | 'h' | 'd']
  return Number(match[1]) * unit
}
