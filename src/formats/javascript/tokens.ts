import type * as t from '@babel/types'
import { normaliseNewlines } from '../../text/edits.ts'
import { parseJavaScript } from './parse.ts'

/** One token or comment of a text. */
export interface Token {
  /** Equal for tokens that mean the same, however they are written: quotes and line endings make no difference. */
  readonly key: string
  readonly start: number
  readonly end: number
  /** As it is written. */
  readonly text: string
  readonly isComment: boolean
  /** A comment that ends with its line. */
  readonly isLineComment: boolean
}

/** A text that parses without repair, with its tokens in order. */
export interface Tokenised {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly ast: t.File
}

interface BabelToken {
  readonly type: string | { readonly label: string }
  readonly value?: unknown
  readonly start: number
  readonly end: number
}

/** The tokens of a text; undefined if it does not parse. */
export function readTokens(text: string, path: string): Tokenised | undefined {
  const parsed = parseJavaScript(text, path, { tokens: true })
  if (parsed.is === 'failed' || parsed.recovered.length > 0) return undefined
  const tokens = (parsed.ast.tokens ?? [])
    .filter((token: BabelToken) => token.end > token.start)
    .map((token: BabelToken) => tokenOf(token, text))
  // where the parser tried twice, no token may be there twice
  const isOrdered = tokens.every((token, i) => i === 0 || token.start >= tokens[i - 1]!.end)
  return isOrdered ? { text, tokens, ast: parsed.ast } : undefined
}

function tokenOf({ type, value, start, end }: BabelToken, whole: string): Token {
  const text = whole.slice(start, end)
  const isComment = type === 'CommentLine' || type === 'CommentBlock'
  return {
    key: isComment ? unindented(text) : keyOf(typeof type === 'object' ? type.label : type, value, text),
    start,
    end,
    text,
    isComment,
    isLineComment: type === 'CommentLine',
  }
}

function keyOf(label: string, value: unknown, text: string): string {
  if (label === 'string') return `string ${value}`
  return label === 'jsxText' ? `jsx ${meaningOfJsxText(text)}` : normaliseNewlines(text, '\n')
}

/** What JSX makes of a text between tags: line breaks go, with the spaces and tabs on both sides of them. */
function meaningOfJsxText(text: string): string {
  const lines = text.split(/\r\n|\r|\n/)
  const last = lines.length - 1
  return lines
    .map((line, i) => (i === 0 ? line : line.replace(/^[ \t]+/, '')))
    .map((line, i) => (i === last ? line : line.replace(/[ \t]+$/, '')))
    .filter((line) => line !== '')
    .join(' ')
}

/** A comment, however far its lines are indented. */
function unindented(comment: string): string {
  return comment.replace(/(?:\r\n|\r|\n)[ \t]*/g, '\n')
}

/** Range of what stands in front of token `k`; for the number of tokens, of what stands behind the last one. */
export function gapRange({ text, tokens }: Tokenised, k: number): { readonly start: number; readonly end: number } {
  return { start: tokens[k - 1]?.end ?? 0, end: tokens[k]?.start ?? text.length }
}

/** The text in front of token `k`, as in `gapRange`. */
export function gapText(of: Tokenised, k: number): string {
  const { start, end } = gapRange(of, k)
  return of.text.slice(start, end)
}

/** Tokens `[from, to)` of an old text that became tokens `[start, end)` of a new one. */
export interface Run {
  readonly from: number
  readonly to: number
  readonly start: number
  readonly end: number
}

/** True if two trees are the same program with the same comments, wherever both stand and however they are written. */
export function isSameProgram(a: t.File, b: t.File): boolean {
  return isSameTree(a.program, b.program) && commentsOf(a) === commentsOf(b)
}

function commentsOf(ast: t.File): string {
  const comments = (ast.comments ?? []).map(({ type, value }) => `${type} ${unindented(value)}`)
  return comments.sort().join('\0')
}

/** What says where a node stands or how it was written, and not what it is. */
const WRITING: ReadonlySet<string> = new Set(['start', 'end', 'loc', 'range', 'extra', 'errors', 'comments', 'tokens'])

function isSameTree(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameTree(item, b[i]))
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  if (left.type === 'JSXText' && right.type === 'JSXText')
    return meaningOfJsxText(String(left.value)) === meaningOfJsxText(String(right.value))
  for (const key in left) if (!WRITING.has(key) && !isSameTree(left[key], right[key])) return false
  for (const key in right) if (!WRITING.has(key) && right[key] !== undefined && !(key in left)) return false
  return true
}
