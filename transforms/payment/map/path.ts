/** Paths into JSON values: `transactions[].item_list.items[0].price`. */
import type { Path } from './types.ts'

/** One step: a name, `each` element of a list, or the element with a number. */
export type Segment = string | number | typeof EACH
export const EACH = Symbol('[]')

const cache = new Map<Path, readonly Segment[]>()

/** The steps of a path; the empty path has none. Throws a `SyntaxError` that says what is wrong. */
export function segmentsOf(path: Path): readonly Segment[] {
  const known = cache.get(path)
  if (known) return known
  const segments: Segment[] = []
  let rest = path
  while (rest !== '') {
    const match = /^(?:(\[\])|\[(\d+)\]|(\.?)([A-Za-z_$][\w$-]*))/.exec(rest)
    const isFirst = segments.length === 0
    if (!match || (match[4] !== undefined && isFirst !== (match[3] === '')))
      throw new SyntaxError(`"${path}" is no path: "${rest}" is not understood`)
    segments.push(match[1] ? EACH : match[2] !== undefined ? Number(match[2]) : match[4]!)
    rest = rest.slice(match[0].length)
  }
  cache.set(path, segments)
  return segments
}

/** The path of steps. */
export function pathOf(segments: readonly Segment[]): Path {
  return segments
    .map((segment, index) =>
      segment === EACH
        ? '[]'
        : typeof segment === 'number'
          ? `[${segment}]`
          : index === 0
            ? segment
            : `.${String(segment)}`,
    )
    .join('')
}

/** One path behind another. */
export function joined(base: Path, path: Path): Path {
  if (base === '') return path
  return path === '' ? base : path.startsWith('[') ? `${base}${path}` : `${base}.${path}`
}

/** How many `[]` a path has. */
export function depthOf(path: Path): number {
  return segmentsOf(path).filter((segment) => segment === EACH).length
}

/** A place in a value that a path leads to. */
export interface Match {
  readonly value: unknown
  /** The number of the element for each `[]` of the path. */
  readonly indexes: readonly number[]
}

/** Everything that is there at a path, in order. What is `undefined` is not there; `null` is. */
export function matchesOf(root: unknown, path: Path): Match[] {
  let found: Match[] = [{ value: root, indexes: [] }]
  for (const segment of segmentsOf(path)) found = found.flatMap((match) => steps(match, segment))
  return found.filter(({ value }) => value !== undefined)
}

function steps({ value, indexes }: Match, segment: Segment): Match[] {
  if (segment === EACH)
    return Array.isArray(value) ? value.map((one, index) => ({ value: one, indexes: [...indexes, index] })) : []
  const next = memberOf(value, segment)
  return next === undefined ? [] : [{ value: next, indexes }]
}

function memberOf(value: unknown, segment: string | number): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, segment)) return undefined
  return (value as Record<string | number, unknown>)[segment]
}

/** What is at a path whose first `[]` are the given elements; what is beyond them is the first element. */
export function valueAt(root: unknown, path: Path, indexes: readonly number[] = []): unknown {
  let value = root
  let depth = 0
  for (const segment of segmentsOf(path)) {
    value = memberOf(value, segment === EACH ? (indexes[depth++] ?? 0) : segment)
    if (value === undefined) return undefined
  }
  return value
}

/** Puts a value where a path leads, with the elements given for its `[]`, and makes the objects and lists on the way. */
export function put(root: Record<string, unknown>, path: Path, indexes: readonly number[], value: unknown): void {
  const segments = segmentsOf(path)
  let place: Record<string | number, unknown> = root
  let depth = 0
  segments.forEach((segment, at) => {
    const key = segment === EACH ? (indexes[depth++] ?? 0) : segment
    if (at === segments.length - 1) {
      place[key] = value
      return
    }
    if (place[key] === undefined || place[key] === null) place[key] = isNumeric(segments[at + 1]!) ? [] : {}
    place = place[key] as Record<string | number, unknown>
  })
}

function isNumeric(segment: Segment): boolean {
  return segment === EACH || typeof segment === 'number'
}

/** Every leaf of a value, as a path with `[]`: whatever is neither an object nor a list, and those that are empty. */
export function leavesOf(value: unknown, base: Path = ''): { readonly path: Path; readonly value: unknown }[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((one) => leavesOf(one, `${base}[]`))
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined)
    if (entries.length > 0) return entries.flatMap(([name, member]) => leavesOf(member, joined(base, name)))
  }
  return value === undefined ? [] : [{ path: base, value }]
}

/** Whether a pattern of paths (`*` one segment, `**` any number) covers a path. */
export function isCovered(pattern: string, path: string): boolean {
  const source = pattern
    .split('/')
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('/')
  return new RegExp(`^${source.replace(/\/\.\*$/, '(?:/.*)?')}$`).test(path)
}
