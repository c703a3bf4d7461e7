/** A place for a person or an editor: line and column count from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Translates between offsets and positions of one text. Build it once per text; asking is O(log lines). */
export interface LineIndex {
  /** At least 1: an empty text has one empty line, and so has the end of a text that ends with a line break. */
  readonly count: number
  /** Position of an offset; offsets outside of the text count as its start or end. */
  positionAt(offset: number): Position
  /** Offset of a position; a column behind the end of its line counts as its end. Undefined if there is no such line. */
  offsetAt(position: Position): number | undefined
  /** Offsets of a line (from 1) without its line break. Undefined if there is no such line. */
  lineRange(line: number): { readonly start: number; readonly end: number } | undefined
}

/** A line break as editors count them. */
export type LineEnding = '\n' | '\r\n' | '\r'

/** Part of a line, short enough to print. */
export interface Excerpt {
  readonly text: string
  /** Where the wanted place is in `text`, from 1. */
  readonly column: number
}

const BOM = '\uFEFF'
const ELLIPSIS = '…'
const [LF, CR] = [10, 13]

/**
 * The lines of a text. `\n`, `\r\n` and a lone `\r` end a line. U+2028 and U+2029 do not, although the JavaScript
 * grammar and Babel's `loc` count them: editors and web hosts do not, and the numbers are for opening a file there.
 */
export function lineIndex(text: string): LineIndex {
  const starts = lineStarts(text)
  const endOf = (line: number): number => withoutBreak(text, starts[line - 1]!, starts[line] ?? text.length)
  return {
    count: starts.length,
    positionAt(offset) {
      const inside = Math.max(0, Math.min(offset, text.length))
      const line = lineAt(starts, inside)
      return { line, column: inside - starts[line - 1]! + 1 }
    },
    offsetAt({ line, column }) {
      const start = starts[line - 1]
      return start === undefined ? undefined : Math.min(start + Math.max(column, 1) - 1, endOf(line))
    },
    lineRange(line) {
      const start = starts[line - 1]
      return start === undefined ? undefined : { start, end: endOf(line) }
    },
  }
}

/** The line ending that most lines of a text have; the first one where two are equally frequent; `\n` without any. */
export function dominantLineEnding(text: string): LineEnding {
  const counts = new Map<LineEnding, number>()
  for (const [ending] of text.matchAll(/\r\n|\n|\r/g)) {
    counts.set(ending as LineEnding, (counts.get(ending as LineEnding) ?? 0) + 1)
  }
  const [mostFrequent] = [...counts].sort((a, b) => b[1] - a[1])
  return mostFrequent?.[0] ?? '\n'
}

/** A text and the byte order mark that may stand in front of it. All offsets in this program are those of `text`. */
export function splitBom(decoded: string): { readonly bom: string; readonly text: string } {
  return decoded.startsWith(BOM) ? { bom: BOM, text: decoded.slice(1) } : { bom: '', text: decoded }
}

/** The reverse of `splitBom`. */
export function joinBom({ bom, text }: { readonly bom: string; readonly text: string }): string {
  return bom + text
}

/** The spaces and tabs at the start of the line that an offset is on. */
export function indentationAt(text: string, offset: number): string {
  let start = offset
  while (start > 0 && !isBreak(text.charCodeAt(start - 1))) start--
  return /^[ \t]*/.exec(text.slice(start))![0]
}

/**
 * A line cut to at most `limit` UTF-16 units around a column (from 1). Each side that was cut ends in `…`, which is
 * part of the limit; a surrogate pair is never cut in two.
 */
export function excerpt(line: string, column: number, limit = 200): Excerpt {
  if (line.length <= limit) return { text: line, column }
  const wanted = Math.max(0, Math.min(column - 1, line.length))
  let from = Math.max(0, Math.min(wanted - Math.floor(limit / 2), line.length - limit))
  let to = from + limit
  if (from > 0) from += ELLIPSIS.length
  if (to < line.length) to -= ELLIPSIS.length
  if (isInsidePair(line, from)) from++
  if (isInsidePair(line, to)) to--
  const head = from > 0 ? ELLIPSIS : ''
  const tail = to < line.length ? ELLIPSIS : ''
  return { text: head + line.slice(from, to) + tail, column: wanted - from + head.length + 1 }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    return starts
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === LF || (code === CR && text.charCodeAt(i + 1) !== LF)) starts.push(i + 1)
  }
  return starts
}

/** Number (from 1) of the last line that starts at or before an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle
  }
  return low + 1
}

function withoutBreak(text: string, start: number, end: number): number {
  let last = end
  while (last > start && isBreak(text.charCodeAt(last - 1))) last--
  return last
}

function isBreak(code: number): boolean {
  return code === LF || code === CR
}

function isInsidePair(text: string, offset: number): boolean {
  const low = text.charCodeAt(offset)
  const high = text.charCodeAt(offset - 1)
  return low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff
}
