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
