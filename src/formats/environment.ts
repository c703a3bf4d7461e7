import type { Range } from '../model/finding.ts'
import type { Assignment } from './assignments.ts'

/** A line as the package dotenv reads it: `KEY=value`, `export KEY="value" # comment`, values over several lines. */
const LINE =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=|:[ \t]+?)[ \t]*('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`|[^#\r\n]+)?[ \t]*(?:#.*)?$/gm

/** A file of variables (`.env`) to ask questions of. Lines that are neither assignment nor comment are passed over. */
export class EnvironmentFile {
  readonly format = 'environment'
  readonly path: string
  readonly text: string

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** The variables it sets, in the order of the file. A variable without a value has an empty one. */
  assignments(): Assignment[] {
    const ranges = new RegExp(LINE.source, 'dgm')
    return [...this.text.matchAll(ranges)].map((match) => {
      const [start, end] = match.indices?.[2] ?? [match.index + match[0].length, match.index + match[0].length]
      const raw = (match[2] ?? '').trimEnd()
      const quoted = /^(['"`])[\s\S]*\1$/.test(raw) && raw.length > 1 ? 1 : 0
      const value = raw.slice(quoted, raw.length - quoted)
      const from = Math.min(start + quoted, end)
      return { name: match[1]!, value, range: { start: from, end: from + value.length } }
    })
  }
}

/**
 * The text of a file of variables with `*` in the place of every character of a value, but for values that one of these
 * ranges touches: they may be secrets, and reports are passed on. Offsets and lines stay what they are.
 */
export function withoutValues(path: string, text: string, shown: readonly Range[]): string {
  const hidden = new EnvironmentFile(path, text)
    .assignments()
    .map(({ range }) => range)
    .filter(({ start, end }) => !shown.some((range) => range.start <= end && start <= range.end))
  let result = ''
  let last = 0
  for (const { start, end } of hidden) {
    result += text.slice(last, start) + text.slice(start, end).replace(/[^\r\n]/g, '*')
    last = end
  }
  return result + text.slice(last)
}

/** Where a file of variables has values that another text of it does not give to the same names. */
export function changedValues(path: string, text: string, other: string): Range[] {
  const known = new Set(new EnvironmentFile(path, other).assignments().map(({ name, value }) => `${name}=${value}`))
  return new EnvironmentFile(path, text)
    .assignments()
    .filter(({ name, value }) => !known.has(`${name}=${value}`))
    .map(({ range }) => range)
}
