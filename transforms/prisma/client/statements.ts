import { type JavaScriptFile, type Node, parentOf, type Range } from '#kit'

/** A statement with the lines that it stands on alone, and the blank line that nobody wants without it; undefined where other code is on them. */
export function linesOf({ text }: Pick<JavaScriptFile, 'text'>, { start, end }: Range): Range | undefined {
  const before = /(?:^|[\r\n])([ \t]*)$/.exec(text.slice(0, start))
  const after = /^[ \t]*(?:\r\n|\r|\n|$)/.exec(text.slice(end))
  if (!before || !after) return undefined
  const range = { start: start - before[1]!.length, end: end + after[0].length }
  const above = /(?:^|\n)([ \t]*\r?\n)$/.exec(text.slice(0, range.start))
  const blank = /^[ \t]*(?:\r\n|\r|\n)/.exec(text.slice(range.end))
  if (above && blank) return { start: range.start, end: range.end + blank[0].length }
  // nothing stands between a blank line and the end of a block
  const isLast = above && /^[ \t]*\}/.test(text.slice(range.end))
  return isLast ? { start: range.start - above[1]!.length, end: range.end } : range
}

/** The block, or the program, that a statement stands in, `export` looked at through. */
export function blockOf(statement: Node): Node | undefined {
  const parent = parentOf(statement)
  return parent?.type === 'ExportNamedDeclaration' ? parentOf(parent) : parent
}
