import type { Range } from '../model/finding.ts'
import type { Assignment } from './assignments.ts'

/** One word of a command: `prisma`, `--name`, `DEBUG="a b"`. */
export interface ShellWord extends Range {
  /** Without quotes; variables and other expansions are as written. */
  readonly text: string
}

/** What stands for a quotation mark in the text: in a JSON or YAML string with double quotes it is `\"`. */
export type Quoting = 'plain' | 'escaped'

const OPERATOR = /[;&|()<>\r\n]+/y
const BLANK = /(?:[ \t]|\\\r?\n)+/y
const COMMENT = /#[^\r\n]*/y
const HERE_DOCUMENT = /<<[-~]?\s*(['"]?)([A-Za-z_]\w*)\1[^\r\n]*\r?\n(?:[\s\S]*?\n)??\s*\2(?=\r?\n|$)/y
const PARTS: Readonly<Record<Quoting, RegExp>> = {
  plain: /"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\(?!\r?\n)[\s\S]|[^\s;&|()<>\\]/y,
  escaped: /\\"(?:[^"\\]|\\(?!")[\s\S])*\\"|'[^']*'|\\(?!\r?\n)[\s\S]|[^\s;&|()<>\\]/y,
}

/**
 * The commands of a shell text, each as its words: split at line ends, `;`, `&&`, `|`, parentheses and redirections; without
 * comments and here-documents. Good for sh, Makefile recipes, Procfile lines and npm scripts, and, as far as words go, for
 * PowerShell and cmd. `within` is the part of the text to read.
 */
export function shellCommands(
  text: string,
  within: Range = { start: 0, end: text.length },
  quoting: Quoting = 'plain',
): ShellWord[][] {
  const source = text.slice(0, within.end)
  const commands: ShellWord[][] = [[]]
  let at = within.start
  const eat = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(source)?.[0]
    if (found) at += found.length
    return found
  }
  while (at < source.length) {
    if (eat(BLANK) || eat(COMMENT)) continue
    if (eat(HERE_DOCUMENT) || eat(OPERATOR)) {
      commands.push([])
      continue
    }
    const start = at
    const parts: string[] = []
    for (let part = eat(PARTS[quoting]); part; part = eat(PARTS[quoting])) parts.push(unquoted(part))
    if (at === start) at++
    else commands.at(-1)!.push({ text: parts.join(''), start, end: at })
  }
  return commands.filter((command) => command.length > 0)
}

function unquoted(part: string): string {
  const quoted = /^(\\"|"|')([\s\S]*)\1$/.exec(part)
  if (quoted && part.length > 1) return quoted[2]!
  return part.replace(/^\\(.)$/, '$1')
}

/**
 * Every variable that a shell text sets: `NAME=value` before a command or as an argument of `env`, `cross-env`, `export`,
 * `set`, `docker run -e`; `NAME = value` of a Makefile; `$env:NAME = value` of PowerShell. A value that is put together of
 * differently quoted parts is left out.
 */
export function shellAssignments(text: string, within?: Range, quoting: Quoting = 'plain'): Assignment[] {
  return shellCommands(text, within, quoting).flatMap((command) => {
    if (/^(?:rem|::|REM)$/.test(command[0]!.text)) return []
    return command.flatMap((word, index) => {
      const raw = text.slice(word.start, word.end)
      const isFirst = index === 0 || /^(?:export|override)$/.test(command[index - 1]!.text)
      const spaced = isFirst && SPACED.test(command[index + 1]?.text ?? '') ? command[index + 2] : undefined
      const lone = /^(?:\$env:)?([A-Za-z_]\w*)$/.exec(raw)
      if (lone && spaced) return valueAt(lone[1]!, text.slice(spaced.start, spaced.end), spaced.start)
      const [head, name] = /^(?:--env=|\\?["'])?(?:\$env:)?([A-Za-z_]\w*)[:?+]?=/.exec(raw) ?? []
      if (head === undefined || name === undefined) return []
      const outer = /^\\?["']/.exec(head)?.[0]
      const value = outer && raw.endsWith(outer) ? raw.slice(head.length, -outer.length) : raw.slice(head.length)
      return valueAt(name, value, word.start + head.length)
    })
  })
}

const SPACED = /^(?:[:?+]|::)?=$/

function valueAt(name: string, raw: string, start: number): Assignment[] {
  const quote = /^\\?["']/.exec(raw)?.[0] ?? ''
  if (quote && (raw.length < 2 * quote.length || !raw.endsWith(quote))) return []
  const value = raw.slice(quote.length, raw.length - quote.length)
  if (/["']/.test(value)) return []
  return [{ name, value, range: { start: start + quote.length, end: start + quote.length + value.length } }]
}

/** A script, Makefile or Procfile to ask questions of. */
export class ShellFile {
  readonly format = 'shell'
  readonly path: string
  readonly text: string

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** Its commands, each as its words. */
  commands(): ShellWord[][] {
    return shellCommands(this.text)
  }

  /** The variables it sets. */
  assignments(): Assignment[] {
    return shellAssignments(this.text)
  }
}
