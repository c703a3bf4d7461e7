import type { Range } from '../model/finding.ts'

/** One word, name or sign of a statement. */
export interface SqlToken extends Range {
  /** `name`: in double quotes, backticks or brackets; `string`: in single quotes or dollar quotes. */
  readonly is: 'word' | 'name' | 'string' | 'number' | 'sign'
  /** Without quotes; a word as it is written. */
  readonly text: string
}

/** What stands before a semicolon, or at the end. */
export interface SqlStatement extends Range {
  readonly tokens: readonly SqlToken[]
}

/** Comments nest in PostgreSQL, and do nothing in the dialects where they do not. */
const PATTERN =
  /\s+|--[^\r\n]*|(?<open>\/\*)|(?<dollar>\$(?<tag>[A-Za-z_]\w*)?\$)|(?<escaped>[eE]'(?:[^'\\]|''|\\[\s\S])*'?)|(?<string>'(?:[^']|'')*'?)|(?<name>"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]\r\n]*\])|(?<number>\d[\d.]*)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<sign>[\s\S])/uy

/** A file of SQL to ask questions of: its statements, with quotes, dollar quotes and comments respected. */
export class SqlFile {
  readonly format = 'sql'
  readonly path: string
  readonly text: string
  readonly statements: readonly SqlStatement[]

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    this.statements = statements(text)
  }
}

function statements(text: string): SqlStatement[] {
  const found: SqlStatement[] = []
  let tokens: SqlToken[] = []
  const close = (end: number) => {
    if (tokens.length > 0) found.push({ tokens, start: tokens[0]!.start, end })
    tokens = []
  }
  const pattern = new RegExp(PATTERN.source, PATTERN.flags)
  for (let match = pattern.exec(text); match && match[0] !== ''; match = pattern.exec(text)) {
    const { open, dollar, escaped, string, name, number, word, sign } = match.groups!
    const start = match.index
    const add = (is: SqlToken['is'], content: string) =>
      tokens.push({ is, text: content, start, end: pattern.lastIndex })
    if (open !== undefined) pattern.lastIndex = endOfComment(text, start)
    else if (dollar !== undefined) {
      const end = text.indexOf(dollar, start + dollar.length)
      pattern.lastIndex = end < 0 ? text.length : end + dollar.length
      add('string', text.slice(start + dollar.length, end < 0 ? text.length : end))
    } else if (escaped !== undefined) add('string', inner(escaped.slice(1)))
    else if (string !== undefined) add('string', inner(string))
    else if (name !== undefined) add('name', inner(name))
    else if (number !== undefined) add('number', number)
    else if (word !== undefined) add('word', word)
    else if (sign === ';') close(pattern.lastIndex)
    else if (sign !== undefined) add('sign', sign)
  }
  close(text.length)
  return found
}

function endOfComment(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; ) {
    if (text.startsWith('/*', at)) {
      depth++
      at += 2
    } else if (text.startsWith('*/', at)) {
      depth--
      at += 2
      if (depth === 0) return at
    } else at++
  }
  return text.length
}

function inner(quoted: string): string {
  const quote = quoted[0]!
  const last = quote === '[' ? ']' : quote
  const content = quoted.slice(1, quoted.length > 1 && quoted.endsWith(last) ? -1 : undefined)
  return quote === '[' ? content : content.replaceAll(quote + quote, quote)
}
