import picocolors from 'picocolors'
import { cleanLine } from './clean.ts'

/** How a text is to look. */
export interface Look {
  /** Columns; at least 40. 100 when absent. */
  readonly width?: number
  /** ANSI colours; none when absent. */
  readonly colour?: boolean
  /** Everything in full, nothing shortened. */
  readonly verbose?: boolean
}

type Colours = ReturnType<typeof picocolors.createColors>

/** A look with its colour functions at hand. */
export interface Style {
  readonly width: number
  readonly verbose: boolean
  readonly colour: Colours
}

/** Lines of text, without line endings. */
export type Lines = readonly string[]

const NARROWEST = 40
const USUAL = 100

/** The style for a look. */
export function styleFor(look: Look): Style {
  return {
    width: Math.max(NARROWEST, look.width ?? USUAL),
    verbose: look.verbose === true,
    colour: picocolors.createColors(look.colour === true),
  }
}

/** "1 file", "3 files", "2,000 files". */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : nouns}`
}

/** A whole number with commas: 12,345. */
export function number(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Wide characters of East Asian scripts and emoji take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const COMBINING = /\p{M}/u

/** Columns that a text without escapes takes in a terminal. */
export function columns(text: string): number {
  if (/^[\u0020-\u024f]*$/.test(text)) return text.length
  let count = 0
  for (const character of text) count += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return count
}

/** `text` filled up with spaces to `width` columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)))
}

/**
 * Foreign prose in lines of at most `width` columns: `first` before the first line, `rest` before the others (both
 * counted). Code in backticks stays on one line and addresses are never cut; other words only if they do not fit.
 */
export function wrapped(text: string, width: number, first = '', rest = ' '.repeat(columns(first))): string[] {
  const lines: string[] = []
  let line = ''
  const room = () => Math.max(10, width - columns(lines.length === 0 ? first : rest))
  const flush = () => {
    lines.push((lines.length === 0 ? first : rest) + line)
    line = ''
  }
  for (const word of words(cleanLine(text), room())) {
    if (line !== '' && columns(line) + 1 + columns(word) > room()) flush()
    line = line === '' ? word : `${line} ${word}`
    while (columns(line) > room() && !/^\W*https?:/.test(line)) {
      const [head, tail] = cut(line, room())
      line = head
      flush()
      line = tail
    }
  }
  flush()
  return lines
}

/** Code in lines of at most `width` columns, cut anywhere, since its spaces mean something. */
export function cutToWidth(code: string, width: number): string[] {
  const pieces: string[] = []
  let left = code
  while (columns(left) > width) {
    const [head, tail] = cut(left, width)
    pieces.push(head)
    left = tail
  }
  return [...pieces, left]
}

/** A line cut to `width` columns, with `…` where something is missing. */
export function clipped(line: string, width: number): string {
  return columns(line) <= width ? line : `${cut(line, width - 1)[0]}…`
}

function cut(text: string, width: number): [head: string, tail: string] {
  let used = 0
  let end = 0
  for (const character of text) {
    used += columns(character)
    if (used > width && end > 0) break
    end += character.length
  }
  return [text.slice(0, end), text.slice(end)]
}

/** Words, with the spaces inside short backticks kept. */
function words(text: string, room: number): string[] {
  const kept = text.replace(/`[^`]+`/g, (code) => (columns(code) <= room * 0.7 ? code.replaceAll(' ', '\0') : code))
  return kept
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => word.replaceAll('\0', ' '))
}

/** Colours the `code` in a line of prose. */
export function withCode(line: string, style: Style): string {
  return line.replace(/`[^`]+`/g, (code) => style.colour.cyan(code))
}

/** Prose at an indentation, wrapped, with its code coloured; no line for an empty text. */
export function prose(text: string, indent: string, style: Style): string[] {
  if (text.trim() === '') return []
  return wrapped(text, style.width, indent).map((line) => withCode(line, style))
}

/** A dim label in a column of `labelWidth`, then prose that hangs behind it. `paint` colours the label. */
export function labelled(
  label: string,
  text: string,
  indent: string,
  style: Style,
  paint: (text: string) => string = style.colour.dim,
  labelWidth = 10,
): string[] {
  if (text.trim() === '') return [indent + paint(label)]
  const lead = indent + padded(label, labelWidth)
  const lines = wrapped(text, style.width, lead)
  return lines.map((line, index) => {
    const shown = withCode(line.slice(lead.length), style)
    return index === 0
      ? indent + paint(label) + lead.slice(indent.length + label.length) + shown
      : lead.replace(/./gsu, ' ') + shown
  })
}

/** Blocks with one empty line between them; empty blocks vanish. */
export function spaced(...blocks: readonly Lines[]): string[] {
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ['', ...block]))
}

/** A line for a big part of the text: `── Title ─────`. */
export function rule(title: string, style: Style, paint: (text: string) => string = style.colour.bold): string {
  const tail = '─'.repeat(Math.max(0, style.width - columns(title) - 4))
  return `${style.colour.dim('──')} ${paint(title)} ${style.colour.dim(tail)}`.trimEnd()
}
