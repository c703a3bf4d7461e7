/** "Did you mean `x`? " for the nearest of `known`, or nothing if none is near. */
export async function orNearest(typed: string, known: readonly string[]): Promise<string> {
  if (known.length === 0) return ''
  const { closest, distance } = await import('fastest-levenshtein')
  const wanted = typed.toLowerCase()
  const nearest = closest(wanted, [...known])
  const isNear = distance(wanted, nearest) <= Math.max(2, Math.ceil(nearest.length * 0.4)) || nearest.startsWith(wanted)
  return isNear ? `Did you mean \`${nearest}\`? ` : ''
}
