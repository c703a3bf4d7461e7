import type { Report } from '../model/report.ts'

/** Keys in the order in which a person would want to read them; keys that are not named here follow by alphabet. */
const ORDER = [
  ...['schema', 'tool', 'mode', 'recipe', 'counts', 'verification', 'installation', 'run', 'remarks', 'packages'],
  ...['findings', 'checklist', 'notLookedAt', 'leftOut', 'coverage', 'ledger', 'changes', 'patches'],
  ...['id', 'name', 'version', 'provider', 'folder', 'word', 'change', 'outcome', 'status', 'kind', 'verdict', 'at'],
  ...['file', 'line', 'column', 'endLine', 'endColumn', 'range', 'start', 'end', 'title', 'message', 'why', 'excerpt'],
  ...['rewritten', 'evidence', 'certainty', 'steps', 'what', 'fix', 'applicability', 'edits', 'text', 'notes', 'calls'],
  ...['command', 'exit', 'seconds', 'tail', 'failed', 'before', 'after', 'from', 'to', 'words', 'hits', 'entries'],
]
const RANK = new Map(ORDER.map((key, index) => [key, index]))

/** What JSON allows in a string but a terminal would obey. */
const HOSTILE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * The whole report as JSON: two spaces, keys in a stable order, ends in a line ending. Control characters are escaped,
 * so that it is safe to print.
 */
export function jsonReport(report: Report): string {
  return toJson(report)
}

/** Any value of the model as JSON, in the same form as the report. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(ordered(value, new Map()), null, 2)
  return `${text.replace(HOSTILE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

/** `known`: the orders of the objects so far, by their keys; a report has thousands that have the same. */
function ordered(value: unknown, known: Map<string, readonly string[]>): unknown {
  if (Array.isArray(value)) return value.map((one) => ordered(one, known))
  if (value === null || typeof value !== 'object') return value
  const keys = Object.keys(value)
  const shape = keys.join('\n')
  let order = known.get(shape)
  if (!order) {
    const rank = (key: string) => RANK.get(key) ?? ORDER.length
    order = keys.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    known.set(shape, order)
  }
  const found: Record<string, unknown> = {}
  for (const key of order) {
    const inner = ordered((value as Record<string, unknown>)[key], known)
    if (key === '__proto__') Object.defineProperty(found, key, { value: inner, enumerable: true })
    else found[key] = inner
  }
  return found
}
