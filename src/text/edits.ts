import type { Edit, Fix, ProjectPath, Range } from '../model/finding.ts'

/** What a text edit needs apart from its file: replace `[start, end)` by `text`; an insertion where they are equal. */
export type TextEdit = Pick<Edit, 'start' | 'end' | 'text'>

/** A fix that was left out as a whole. */
export interface Conflict<F> {
  readonly fix: F
  /** The fix taken before it that it collides with; absent if its own edits collide with each other. */
  readonly with?: F
}

/** What became of a list of fixes. Every fix is in `taken` or in `conflicts`, in the order it was given. */
export interface Merged<F> {
  readonly taken: readonly F[]
  readonly conflicts: readonly Conflict<F>[]
  /** The edits of the taken fixes, per file, in the order in which `applyEdits` wants them. */
  readonly edits: ReadonlyMap<ProjectPath, readonly Edit[]>
}

interface Placed<F> {
  readonly edit: Edit
  readonly fix: F
}

/**
 * Takes fixes one after another, each whole or not at all, even where one spans several files.
 *
 * - Two edits that replace overlapping ranges are in conflict, unless they are the same edit, which is then done once.
 * - An insertion strictly inside a replaced range is in conflict; at its border it is not.
 * - Insertions at the same offset keep the order of their fixes, and equal ones are done once. That is only safe for
 *   text which stands on its own: where one of them is half of a pair of brackets or quotes (`f(` … `)`), nobody can
 *   tell which pair is the inner one, so that is a conflict, except that one fix may end where the next one starts.
 *
 * A fix in conflict is not lost: it is found again when the written file is scanned the next time.
 */
export function merge<F extends Pick<Fix, 'edits'>>(fixes: readonly F[]): Merged<F> {
  const files = new Map<ProjectPath, Placed<F>[]>()
  const taken: F[] = []
  const conflicts: Conflict<F>[] = []
  for (const fix of fixes) {
    const own = ownEdits(fix.edits)
    if (!own) {
      conflicts.push({ fix })
      continue
    }
    const other = firstCollision(files, fix, own)
    if (other) {
      conflicts.push({ fix, with: other })
      continue
    }
    for (const edit of own) place(files, edit, fix)
    taken.push(fix)
  }
  const edits = new Map([...files].map(([file, placed]) => [file, placed.map((p) => p.edit)] as const))
  return { taken, conflicts, edits }
}

/**
 * The text after all edits. They may come in any order, all offsets are those of `text`; insertions at the same offset
 * keep the order of the list and come before what replaces the text behind them.
 *
 * @throws RangeError if an edit lies outside of the text or two of them overlap.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = []
  let done = 0
  for (const edit of inOrder(edits)) {
    if (edit.start < done || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`Edit [${edit.start}, ${edit.end}) overlaps another one or lies outside of the text`)
    }
    parts.push(text.slice(done, edit.start), edit.text)
    done = edit.end
  }
  parts.push(text.slice(done))
  return parts.join('')
}

/**
 * Where the character at an old offset is after the edits. A character that was replaced lands at the start of its
 * replacement, and one that has text inserted in front of it lands behind that text.
 */
export function mapOffset(edits: readonly TextEdit[], offset: number): number {
  let shift = 0
  for (const edit of inOrder(edits)) {
    if (edit.end <= offset) shift += edit.text.length - (edit.end - edit.start)
    else return Math.min(offset, edit.start) + shift
  }
  return offset + shift
}

/** Text written with `\n` (a `\r\n` or `\r` in it counts as one too) as it has to be inserted in a file that uses `eol`. */
export function normaliseNewlines(text: string, eol: string): string {
  return text.replace(/\r\n?|\n/g, eol)
}

/** Stable, so insertions at one offset stay as given; an insertion comes before a replacement that starts there. */
function inOrder<E extends TextEdit>(edits: readonly E[]): readonly E[] {
  return edits.every((edit, i) => i === 0 || compare(edits[i - 1]!, edit) <= 0) ? edits : edits.toSorted(compare)
}

function compare(a: TextEdit, b: TextEdit): number {
  return a.start - b.start || a.end - b.end
}

function isInsertion(edit: TextEdit): boolean {
  return edit.start === edit.end
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text
}

/** One replacement overlaps another, or an insertion lies strictly inside of a replacement. */
function overlap(a: TextEdit, b: TextEdit): boolean {
  return a.start < b.end && b.start < a.end
}

/** The edits of one fix without repeated replacements; undefined if they contradict each other. */
function ownEdits(edits: readonly Edit[]): readonly Edit[] | undefined {
  const own: Edit[] = []
  for (const edit of edits) {
    if (!(edit.start >= 0 && edit.start <= edit.end)) return undefined
    const others = own.filter((o) => o.file === edit.file)
    if (!isInsertion(edit) && others.some((o) => isSame(o, edit))) continue
    if (others.some((o) => overlap(o, edit))) return undefined
    own.push(edit)
  }
  return own
}

function firstCollision<F extends Pick<Fix, 'edits'>>(
  files: ReadonlyMap<ProjectPath, readonly Placed<F>[]>,
  fix: F,
  own: readonly Edit[],
): F | undefined {
  for (const edit of own) {
    const placed = files.get(edit.file)
    if (!placed) continue
    for (let i = firstReaching(placed, edit.start); i < placed.length; i++) {
      const there = placed[i]!
      if (there.edit.start > edit.end) break
      if (collides(there, { edit, fix })) return there.fix
    }
  }
  return undefined
}

function collides<F extends Pick<Fix, 'edits'>>(earlier: Placed<F>, later: Placed<F>): boolean {
  const [a, b] = [earlier.edit, later.edit]
  if (isInsertion(a) && isInsertion(b)) {
    if (a.start !== b.start || (standsAlone(a.text) && standsAlone(b.text))) return false
    return !areNeighbours(reaches(earlier.fix, a), reaches(later.fix, b))
  }
  return overlap(a, b) && !isSame(a, b)
}

/** From the first to the last offset that a fix touches in the file of one of its edits. */
function reaches(fix: Pick<Fix, 'edits'>, { file }: Edit): Range {
  const edits = fix.edits.filter((e) => e.file === file)
  return { start: Math.min(...edits.map((e) => e.start)), end: Math.max(...edits.map((e) => e.end)) }
}

/** The first ends where the second starts, and neither is a single place. */
function areNeighbours(first: Range, second: Range): boolean {
  return first.start < first.end && first.end === second.start && second.start < second.end
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Every bracket and quote in the text has its partner in the text. Counts, and asks no grammar. */
function standsAlone(text: string): boolean {
  const open: string[] = []
  for (const char of text.match(/[()[\]{}'"`]/g) ?? []) {
    const opener = CLOSES[char]
    if (opener ? open.pop() !== opener : '([{'.includes(char)) {
      if (opener) return false
      open.push(char)
    }
  }
  return open.length === 0 && ["'", '"', '`'].every((quote) => text.split(quote).length % 2 === 1)
}

/** Index of the first placed edit that ends at or behind an offset; the list is ordered and without overlaps. */
function firstReaching(placed: readonly Placed<unknown>[], offset: number): number {
  let low = 0
  let high = placed.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (placed[middle]!.edit.end < offset) low = middle + 1
    else high = middle
  }
  return low
}

function place<F>(files: Map<ProjectPath, Placed<F>[]>, edit: Edit, fix: F): void {
  const placed = files.get(edit.file) ?? []
  files.set(edit.file, placed)
  let at = firstReaching(placed, edit.start)
  while (at < placed.length && compare(placed[at]!.edit, edit) <= 0) {
    const there = placed[at]!
    if (there.fix !== fix && isSame(there.edit, edit)) return
    at++
  }
  placed.splice(at, 0, { edit, fix })
}
