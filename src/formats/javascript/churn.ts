import { diffArrays } from 'diff'
import type { TextEdit } from '../../text/edits.ts'

/** The output of a codemod without what it only reformatted. */
export function withoutChurn(_before: string, after: string, _path: string): string {
  return after
}

/** Edits that make `after` out of `before`, one per run of changed lines, each cut down to what differs. */
export function changedParts(before: string, after: string): readonly TextEdit[] {
  const edits: TextEdit[] = []
  let offset = 0
  let pending: { start: number; removed: string; added: string } | undefined
  const flush = () => {
    if (pending) edits.push(trimmed(pending.start, pending.removed, pending.added))
    pending = undefined
  }
  for (const { value, added, removed } of diffArrays(linesOf(before), linesOf(after))) {
    const text = value.join('')
    if (!added && !removed) flush()
    else {
      pending ??= { start: offset, removed: '', added: '' }
      pending[added ? 'added' : 'removed'] += text
    }
    if (!added) offset += text.length
  }
  flush()
  return edits
}

/** Lines with their line endings. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
}

/** An edit without what is the same at both of its ends. A line ending of two characters is never cut in two. */
function trimmed(start: number, removed: string, added: string): TextEdit {
  const shorter = Math.min(removed.length, added.length)
  let head = 0
  while (head < shorter && removed[head] === added[head]) head++
  while (head > 0 && isInsideUnit(removed, head, added)) head--
  let tail = 0
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++
  while (tail > 0 && (splits(removed, removed.length - tail) || splits(added, added.length - tail))) tail--
  return { start: start + head, end: start + removed.length - tail, text: added.slice(head, added.length - tail) }
}

function isInsideUnit(removed: string, at: number, added: string): boolean {
  return splits(removed, at) || splits(added, at)
}

/** True between the halves of `\r\n` or of a surrogate pair. */
function splits(text: string, at: number): boolean {
  const [left, right] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return left === 13 ? right === 10 || Number.isNaN(right) : left >= 0xd800 && left <= 0xdbff
}
