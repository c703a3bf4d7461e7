/**
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002): makes a set smaller
 * for as long as a property holds of what is left. The result has the property, and loses it with each single item that
 * is taken away, provided `holds` answers the same when asked twice.
 *
 * `holds` is taken to be true of all items, and false of none; it is never asked about either. It need not be monotonic.
 * Items that are likely to matter stand best next to each other at the front: halves are tried in order.
 */
export async function ddmin<T>(
  items: readonly T[],
  holds: (subset: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let current = items
  let parts = 2
  while (current.length > 1) {
    const chunks = split(current, Math.min(parts, current.length))
    const chunk = await first(chunks, holds)
    // of two parts, each is what is left without the other
    const rest = chunk || chunks.length === 2 ? undefined : await first(complements(chunks), holds)
    if (chunk) {
      current = chunk
      parts = 2
    } else if (rest) {
      current = rest
      parts = Math.max(chunks.length - 1, 2)
    } else if (chunks.length === current.length) return current
    else parts = chunks.length * 2
  }
  return current
}

/** As many parts as asked for, in order, of sizes that differ by one at most. */
function split<T>(items: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, index) =>
    items.slice(Math.round((index * items.length) / parts), Math.round(((index + 1) * items.length) / parts)),
  )
}

function complements<T>(chunks: readonly (readonly T[])[]): T[][] {
  return chunks.map((_, left) => chunks.flatMap((chunk, index) => (index === left ? [] : chunk)))
}

async function first<T>(
  sets: readonly (readonly T[])[],
  holds: (subset: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  for (const set of sets) if (await holds(set)) return set
  return undefined
}
