import type { ParamFate, PathMember, Rewritten } from './types.ts'

/** The quote around a string literal. */
export type Quote = "'" | '"' | '`'

/** How the reading of an old value is to be written. */
export interface ReadOptions {
  readonly typescript: boolean
  /** The handler stands in the call, so that the types of its params come from the path literal. */
  readonly inlineHandler: boolean
  /** For the string literals in the expression; `'` by default. */
  readonly quote?: Quote
}

/** An expression that gives the old value. */
export interface ParamRead {
  readonly text: string
  /** It binds more weakly than a member access: wrap it unless it is a whole argument, initialiser or statement. */
  readonly parenthesise: boolean
}

/** How a path is to be written. */
export interface PathStyle {
  /** The quote of the old literal. */
  readonly quote: Quote
  /** No named groups in the literal of a regular expression: `new RegExp()` with a text takes them. */
  readonly withoutNamedGroups: boolean
}

/** JavaScript text of the new path argument. */
export function pathSource(conversion: Rewritten, style: PathStyle): string {
  if (conversion.form === 'strings') return `[${conversion.value.map((path) => quoted(path, style.quote)).join(', ')}]`
  return memberSource(conversion.value, style)
}

/** JavaScript text of one path. */
export function memberSource(member: PathMember, { quote, withoutNamedGroups }: PathStyle): string {
  if (typeof member === 'string') return quoted(member, quote)
  const { source, flags } = member
  if (!withoutNamedGroups || !/\(\?<[^=!]/.test(source)) return `/${source}/${flags}`
  // only a literal needs its slashes escaped
  const text = source.replace(/\\(.)/g, (escaped, char) => (char === '/' ? char : escaped))
  return `new RegExp(${[text, flags].map((part) => quoted(part, quote)).join(', ')})`
}

function quoted(value: string, quote: Quote): string {
  const escaped = value.replace(/[\\\n\r\u2028\u2029]/g, (char) => ESCAPES[char]!).replaceAll(quote, `\\${quote}`)
  return quote + (quote === '`' ? escaped.replaceAll('${', '\\${') : escaped) + quote
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/**
 * JavaScript text that gives the value a key had in Express 4. `params` is the text that reads the params object, for
 * example `req.params`; it may be written twice. `gone` when the value cannot be had, `unchanged` when it is read as
 * before. The TypeScript form compiles whether the types say `string`, `string[]` or a union of both.
 */
export function paramRead(fate: ParamFate, params: string, options: ReadOptions): ParamRead | 'gone' | 'unchanged' {
  if (typeof fate === 'string') return fate
  const quote = options.quote ?? "'"
  const value = params + access(fate.name, quote)
  if (!fate.wild) return { text: value, parenthesise: false }
  const slash = quoted('/', quote)
  const loose = options.typescript && !options.inlineHandler
  const known = loose ? `([] as string[]).concat(${value} ?? []).join(${slash})` : `${value}.join(${slash})`
  const orEmpty = loose ? known : `(${value} ?? []).join(${slash})`
  if (fate.absent === 'never') return { text: prefixed(known, fate.prefix, slash), parenthesise: fate.prefix !== '' }
  if (fate.absent === 'undefined') {
    if (!loose && fate.prefix === '') return { text: `${value}?.join(${slash})`, parenthesise: false }
    return { text: `${value} && ${prefixed(known, fate.prefix, slash)}`, parenthesise: true }
  }
  if (fate.absent === 'prefix' || fate.prefix === '') {
    return { text: prefixed(orEmpty, fate.prefix, slash), parenthesise: fate.prefix !== '' }
  }
  return { text: `${value} ? ${prefixed(known, fate.prefix, slash)} : ${quoted('', quote)}`, parenthesise: true }
}

const prefixed = (text: string, prefix: string, slash: string): string => (prefix ? `${slash} + ${text}` : text)

const access = (name: string, quote: Quote): string =>
  /^[a-z_$][\w$]*$/i.test(name) ? `.${name}` : `[${quoted(name, quote)}]`
