import type { Range } from '../model/finding.ts'

/** A piece of text that means something, with its place. */
export interface PrismaName extends Range {
  readonly text: string
}

/** A value in a schema, as far as it can be read. */
export type PrismaValue = Range &
  (
    | { readonly is: 'string'; readonly value: string }
    | { readonly is: 'number' | 'name'; readonly value: string }
    | { readonly is: 'array'; readonly items: readonly PrismaValue[] }
    | { readonly is: 'call'; readonly name: string; readonly args: readonly PrismaArgument[] }
    | { readonly is: 'unclear' }
  )

/** One argument of an attribute or a function; `name` where it is `name: value`. */
export interface PrismaArgument extends Range {
  readonly name?: PrismaName
  readonly value: PrismaValue
}

/** `@id`, `@db.VarChar(191)`, `@@index([a, b])`. */
export interface PrismaAttribute extends Range {
  /** Without `@`: `id`, `db.VarChar`. */
  readonly name: PrismaName
  readonly args: readonly PrismaArgument[]
}

/** `key = value` in a generator or datasource. */
export interface PrismaSetting extends Range {
  readonly is: 'setting'
  readonly key: PrismaName
  readonly value: PrismaValue
}

/** A field of a model, view or composite type. */
export interface PrismaField extends Range {
  readonly is: 'field'
  readonly name: PrismaName
  /** Without `?` and `[]`; `Unsupported` for `Unsupported("…")`. */
  readonly type: PrismaName
  readonly isList: boolean
  readonly isOptional: boolean
  readonly attributes: readonly PrismaAttribute[]
}

/** A value of an enum. */
export interface PrismaEnumValue extends Range {
  readonly is: 'value'
  readonly name: PrismaName
  readonly attributes: readonly PrismaAttribute[]
}

/** `@@map("users")` and the like: an attribute of a whole block. */
export interface PrismaBlockAttribute extends Range {
  readonly is: 'attribute'
  readonly attribute: PrismaAttribute
}

export type PrismaEntry = PrismaSetting | PrismaField | PrismaEnumValue | PrismaBlockAttribute

/** `keyword name { … }`. */
export interface PrismaBlock extends Range {
  /** `model`, `view`, `enum`, `type`, `generator`, `datasource`; whatever word stands there. */
  readonly keyword: PrismaName
  readonly name: PrismaName
  /** Between the braces. */
  readonly body: Range
  readonly entries: readonly PrismaEntry[]
}

/** A place that could not be read; what is around it was. */
export interface PrismaProblem extends Range {
  /** Lower case, no full stop. */
  readonly what: string
}

type TokenKind = 'word' | 'string' | 'number' | 'comment' | 'newline' | 'symbol'

interface Token extends Range {
  readonly kind: TokenKind
  readonly text: string
}

const TOKEN =
  /(?<newline>\r\n|\r|\n)|[ \t\f\v\u00a0\ufeff]+|(?<comment>\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>"(?:[^"\\\r\n]|\\[^\r\n])*"?)|(?<number>-?\d+(?:\.\d+)?(?![\p{L}\w]))|(?<word>[\p{L}\p{N}_][\p{L}\p{N}_-]*)|(?<symbol>@@|[\s\S])/uy

function tokens(text: string): Token[] {
  const found: Token[] = []
  const pattern = new RegExp(TOKEN.source, TOKEN.flags)
  for (let match = pattern.exec(text); match && match[0] !== ''; match = pattern.exec(text)) {
    const kind = (Object.entries(match.groups!).find(([, value]) => value !== undefined)?.[0] ?? '') as TokenKind | ''
    if (kind) found.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length })
  }
  return found
}

/**
 * A Prisma schema, or one file of several, to ask questions of. Never throws: what cannot be read is in `problems`, and the
 * rest is read nevertheless. Libraries that read schemas lose comments or refuse valid ones; this one only has places.
 */
export class PrismaFile {
  readonly format = 'prisma'
  readonly path: string
  readonly text: string
  readonly blocks: readonly PrismaBlock[]
  readonly comments: readonly Range[]
  readonly problems: readonly PrismaProblem[]

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    const all = tokens(text)
    this.comments = all.filter(({ kind }) => kind === 'comment').map(({ start, end }) => ({ start, end }))
    const reader = new Reader(all.filter(({ kind }) => kind !== 'comment'))
    this.blocks = reader.blocks()
    this.problems = reader.problems
  }

  /** The blocks that begin with one of these words. */
  blocksOf(...keywords: readonly string[]): PrismaBlock[] {
    return this.blocks.filter(({ keyword }) => keywords.includes(keyword.text))
  }

  /**
   * What to take out so that an entry is gone: its line with its line ending, comment included; where something else
   * stands on its first or last line, only the entry and the blanks before it.
   */
  removal({ start, end }: Range): Range {
    const lineStart = Math.max(this.text.lastIndexOf('\n', start - 1), this.text.lastIndexOf('\r', start - 1)) + 1
    const rest = /^[ \t]*(?:\/\/[^\r\n]*)?(?:\r\n|\r|\n|$)/.exec(this.text.slice(end))?.[0]
    const before = this.text.slice(lineStart, start)
    if (before.trim() === '' && rest !== undefined) return { start: lineStart, end: end + rest.length }
    return { start: start - /[ \t]*$/.exec(before)![0].length, end }
  }
}

class Reader {
  readonly problems: PrismaProblem[] = []
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(all: readonly Token[]) {
    this.#tokens = all
    for (const { kind, text, start, end } of all)
      if (kind === 'string' && !(text.length > 1 && text.endsWith('"')))
        this.problems.push({ start, end, what: 'a string that does not end' })
  }

  blocks(): PrismaBlock[] {
    const found: PrismaBlock[] = []
    for (;;) {
      this.#skipNewlines()
      const first = this.#peek()
      if (!first) return found
      const block = this.#block()
      if (block) found.push(block)
      else this.#skipLine(first, 'not the start of a block')
    }
  }

  #block(): PrismaBlock | undefined {
    const [keyword, name] = [this.#peek(), this.#peek(1)]
    if (keyword?.kind !== 'word' || name?.kind !== 'word') return undefined
    let next = 2
    while (this.#peek(next)?.kind === 'newline') next++
    const open = this.#peek(next)
    if (open?.text !== '{') return undefined
    this.#at += next + 1
    const entries: PrismaEntry[] = []
    for (;;) {
      this.#skipNewlines()
      const token = this.#peek()
      if (!token) {
        const end = this.#tokens.at(-1)!.end
        this.problems.push({
          start: keyword.start,
          end: open.end,
          what: `\`${keyword.text} ${name.text}\` is not closed`,
        })
        return { keyword, name, start: keyword.start, end, body: { start: open.end, end }, entries }
      }
      if (token.text === '}') {
        this.#at++
        const body = { start: open.end, end: token.start }
        return { keyword, name, start: keyword.start, end: token.end, body, entries }
      }
      const entry = this.#entry(keyword.text)
      if (entry) entries.push(entry)
    }
  }

  #entry(keyword: string): PrismaEntry | undefined {
    const first = this.#peek()!
    const entry =
      first.text === '@@'
        ? this.#blockAttribute()
        : first.kind === 'word'
          ? this.#peek(1)?.text === '=' || keyword === 'generator' || keyword === 'datasource'
            ? this.#setting()
            : keyword === 'enum'
              ? this.#enumValue()
              : this.#field()
          : undefined
    const next = this.#peek()
    if (entry && (!next || next.kind === 'newline' || next.text === '}')) return entry
    this.#skipLine(first, entry ? 'more than one thing on a line' : 'not an entry of this block')
    return entry
  }

  #setting(): PrismaSetting | undefined {
    const key = this.#peek()!
    if (this.#peek(1)?.text !== '=') return undefined
    this.#at += 2
    const value = this.#value()
    return { is: 'setting', key, value, start: key.start, end: value.end }
  }

  #field(): PrismaField | undefined {
    const name = this.#take()
    const type = this.#peek()
    if (type?.kind !== 'word') return undefined
    this.#at++
    let end = type.end
    if (this.#peek()?.text === '(') end = this.#arguments().end
    let [isList, isOptional] = [false, false]
    if (this.#peek()?.text === '[' && this.#peek(1)?.text === ']') {
      end = this.#peek(1)!.end
      this.#at += 2
      isList = true
    }
    if (this.#peek()?.text === '?') {
      end = this.#take().end
      isOptional = true
    }
    const attributes = this.#attributes()
    return {
      is: 'field',
      name,
      type,
      isList,
      isOptional,
      attributes,
      start: name.start,
      end: attributes.at(-1)?.end ?? end,
    }
  }

  #enumValue(): PrismaEnumValue {
    const name = this.#take()
    const attributes = this.#attributes()
    return { is: 'value', name, attributes, start: name.start, end: attributes.at(-1)?.end ?? name.end }
  }

  #blockAttribute(): PrismaBlockAttribute | undefined {
    const attribute = this.#attribute()
    return attribute && { is: 'attribute', attribute, start: attribute.start, end: attribute.end }
  }

  #attributes(): PrismaAttribute[] {
    const found: PrismaAttribute[] = []
    while (this.#peek()?.text === '@') {
      const attribute = this.#attribute()
      if (!attribute) break
      found.push(attribute)
    }
    return found
  }

  #attribute(): PrismaAttribute | undefined {
    const at = this.#peek()!
    const first = this.#peek(1)
    if (first?.kind !== 'word') return undefined
    this.#at += 2
    const parts = [first]
    while (this.#peek()?.text === '.' && this.#peek(1)?.kind === 'word') {
      parts.push(this.#peek(1)!)
      this.#at += 2
    }
    const last = parts.at(-1)!
    const name = { text: parts.map(({ text }) => text).join('.'), start: first.start, end: last.end }
    if (this.#peek()?.text !== '(') return { name, args: [], start: at.start, end: last.end }
    const { args, end } = this.#arguments()
    return { name, args, start: at.start, end }
  }

  /** From `(` to its `)`, over as many lines as that takes. */
  #arguments(): { args: readonly PrismaArgument[]; end: number } {
    let end = this.#take().end
    const args: PrismaArgument[] = []
    for (;;) {
      this.#skipNewlines()
      const token = this.#peek()
      if (!token || token.text === '}') return { args, end: args.at(-1)?.end ?? end }
      end = token.end
      if (token.text === ')') {
        this.#at++
        return { args, end }
      }
      if (token.text === ',') {
        this.#at++
        continue
      }
      const isNamed = token.kind === 'word' && this.#peek(1)?.text === ':'
      if (isNamed) {
        this.#at += 2
        this.#skipNewlines()
      }
      const value = this.#value()
      args.push({ ...(isNamed ? { name: token } : {}), value, start: token.start, end: Math.max(value.end, token.end) })
    }
  }

  #value(): PrismaValue {
    const token = this.#peek()
    if (!token || token.kind === 'newline' || token.text === '}') {
      const at = this.#tokens[this.#at - 1]!.end
      return { is: 'unclear', start: at, end: at }
    }
    this.#at++
    const { start, end, text } = token
    if (token.kind === 'string') return { is: 'string', value: unescaped(text), start, end }
    if (token.kind === 'number') return { is: 'number', value: text, start, end }
    if (token.kind === 'word') {
      let [name, last] = [text, end]
      while (this.#peek()?.text === '.' && this.#peek(1)?.kind === 'word') {
        name += `.${this.#peek(1)!.text}`
        last = this.#peek(1)!.end
        this.#at += 2
      }
      if (this.#peek()?.text !== '(') return { is: 'name', value: name, start, end: last }
      const { args, end: close } = this.#arguments()
      return { is: 'call', name, args, start, end: close }
    }
    if (text === '[') return this.#array(start)
    return { is: 'unclear', start, end }
  }

  #array(start: number): PrismaValue {
    const items: PrismaValue[] = []
    for (;;) {
      this.#skipNewlines()
      const token = this.#peek()
      if (!token || token.text === '}') return { is: 'unclear', start, end: this.#tokens[this.#at - 1]!.end }
      if (token.text === ']') {
        this.#at++
        return { is: 'array', items, start, end: token.end }
      }
      if (token.text === ',') this.#at++
      else items.push(this.#value())
    }
  }

  #skipLine(from: Token, what: string): void {
    let last = from
    for (let token = this.#peek(); token && token.kind !== 'newline' && token.text !== '}'; token = this.#peek()) {
      last = token
      this.#at++
    }
    const stuck = this.#peek() === from
    if (stuck) this.#at++
    this.problems.push({ start: from.start, end: Math.max(from.end, last.end), what })
  }

  #skipNewlines(): void {
    while (this.#peek()?.kind === 'newline') this.#at++
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  #take(): Token {
    return this.#tokens[this.#at++]!
  }
}

function unescaped(literal: string): string {
  const inner = literal.slice(1, literal.length > 1 && literal.endsWith('"') ? -1 : undefined)
  return inner.replace(/\\(?:u([\da-fA-F]{4})|(.))/g, (_all, code: string | undefined, character: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
    return { n: '\n', t: '\t', r: '\r' }[character] ?? character
  })
}
