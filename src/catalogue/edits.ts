import type { Range } from '../model/finding.ts'
import type { Applicability } from '../model/trust.ts'
import type { DraftEdit, DraftFix } from './change.ts'

/** A fix: its trust, an imperative title, its edits. */
export function fix(applicability: Applicability, title: string, ...edits: readonly DraftEdit[]): DraftFix {
  return { applicability, title, edits }
}

/** Replaces a node or range. `file` where it is not the file being looked at. */
export function replace(at: Range, text: string, file?: string): DraftEdit {
  return { start: at.start, end: at.end, text, ...(file === undefined ? {} : { file }) }
}

/** Inserts text before a node or range. */
export function insertBefore(at: Range, text: string, file?: string): DraftEdit {
  return replace({ start: at.start, end: at.start }, text, file)
}

/** Inserts text after a node or range. */
export function insertAfter(at: Range, text: string, file?: string): DraftEdit {
  return replace({ start: at.end, end: at.end }, text, file)
}
