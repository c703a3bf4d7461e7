import { cleanLine, cleanLines } from './clean.ts'

/** What Markdown and GitHub give a meaning to, in a line of prose. */
const SPECIAL = /[\\*_[\]<>&|~#$]/g
/** Keeps `@name` from sending a notification and `#12` from becoming a reference, and is not seen. */
const NOTHING = '&#8203;'

/**
 * Foreign prose as one line of Markdown that shows exactly this: no formatting, no HTML, no mention of a person, no
 * reference to an issue. Only `code` in backticks stays code. `limit` cuts what is longer, in UTF-16 units.
 */
export function prose(text: string, limit = 600): string {
  const pieces = clipped(cleanLine(text), limit).split(/(`[^`]+`)/)
  // two pieces of code that touch would be read as one
  const between = (piece: string, index: number) =>
    piece === '' && index > 0 && index < pieces.length - 1 ? NOTHING : plain(piece)
  return pieces.map((piece, index) => (index % 2 === 1 ? code(piece.slice(1, -1)) : between(piece, index))).join('')
}

/** Foreign text as inline code, whatever backticks it has; also within a table. */
export function code(text: string, limit = 300): string {
  const line = clipped(cleanLine(text), limit).trim()
  if (line === '') return ''
  const fence = '`'.repeat(longestRun(line) + 1)
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${space}${line}${space}${fence}`
}

/** A cell of a table: a bar ends a cell even within code, so it is escaped there too. */
export function cell(markdown: string): string {
  return markdown.replace(/\\?\|/g, '\\|')
}

/** Foreign text as a block of code of a language, whatever fences it has. At most `limit` lines. */
export function block(text: string, language: string, limit = 40): string {
  const lines = cleanLines(text)
  const shown = lines.slice(0, limit).map((line) => clipped(line, 300))
  if (lines.length > limit) shown.push(`… ${lines.length - limit} more lines`)
  const fence = '`'.repeat(Math.max(3, longestRun(shown.join('\n')) + 1))
  return `${fence}${language}\n${shown.join('\n')}\n${fence}`
}

/** A link whose text is Markdown already; only the text where there is no address, or one that is not of the web. */
export function link(markdown: string, address: string | undefined): string {
  if (address === undefined || !/^https?:\/\/[^\s<>()[\]"'`|\\]+$/.test(address)) return markdown
  return `[${markdown}](${address})`
}

/** The lines of a block, so that they belong to the item of a list above them. */
export function indented(markdown: string, by = '  '): string {
  return markdown
    .split('\n')
    .map((line) => (line === '' ? '' : by + line))
    .join('\n')
}

/** The language of a code block, from a file name. */
export function languageOf(file: string): string {
  const known: Readonly<Record<string, string>> = { mjs: 'js', cjs: 'js', mts: 'ts', cts: 'ts', yml: 'yaml' }
  const extension = /\.([a-z]{1,6})$/.exec(file)?.[1] ?? ''
  return known[extension] ?? extension
}

function plain(text: string): string {
  return text
    .replace(SPECIAL, (character) => `\\${character}`)
    .replaceAll('`', '\\`')
    .replace(/@(?=[\w-])/g, `@${NOTHING}`)
    .replace(/(\\#|\b[Gg][Hh]-)(?=\d)/g, `$1${NOTHING}`)
    .replace(/(https?|ftp|mailto):|\bwww\./gi, (start) => start.slice(0, -1) + NOTHING + start.slice(-1))
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}

function clipped(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
