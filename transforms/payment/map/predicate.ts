/** The conditions of a map: `has(a.b) && !(c == 'x')`. Small on purpose: it is also written out as code. */
import { matchesOf, segmentsOf } from './path.ts'
import type { Path, Predicate } from './types.ts'

export type Condition =
  | { readonly is: 'has'; readonly path: Path }
  | { readonly is: 'equal'; readonly path: Path; readonly value: string | number | boolean; readonly negated: boolean }
  | { readonly is: 'not'; readonly of: Condition }
  | { readonly is: 'and' | 'or'; readonly left: Condition; readonly right: Condition }

const TOKEN = /\s*(?:(&&|\|\||==|!=|[()!])|'([^']*)'|(-?\d+(?:\.\d+)?)|([A-Za-z_$][\w$.[\]-]*))/y

type Token = { readonly is: 'sign' | 'text' | 'number' | 'name'; readonly text: string }

/** Reads a condition. Throws a `SyntaxError` that says what is wrong. */
export function conditionOf(text: Predicate): Condition {
  const tokens = tokensOf(text)
  let at = 0
  const peek = () => tokens[at]
  const isSign = (sign: string) => peek()?.is === 'sign' && peek()?.text === sign
  const take = (): Token => {
    const token = tokens[at++]
    if (!token) throw new SyntaxError(`"${text}" ends too early`)
    return token
  }
  const expectSign = (sign: string) => {
    const token = take()
    if (token.is !== 'sign' || token.text !== sign)
      throw new SyntaxError(`"${text}" has "${token.text}" where "${sign}" must stand`)
  }

  const any = (): Condition => {
    let left = all()
    while (isSign('||')) {
      take()
      left = { is: 'or', left, right: all() }
    }
    return left
  }
  const all = (): Condition => {
    let left = one()
    while (isSign('&&')) {
      take()
      left = { is: 'and', left, right: one() }
    }
    return left
  }
  const one = (): Condition => {
    if (isSign('!')) {
      take()
      return { is: 'not', of: one() }
    }
    if (isSign('(')) {
      take()
      const inner = any()
      expectSign(')')
      return inner
    }
    const name = take()
    if (name.is !== 'name') throw new SyntaxError(`"${text}" has "${name.text}" where a path must stand`)
    if (name.text === 'has' && isSign('(')) {
      take()
      const path = take()
      if (path.is !== 'name') throw new SyntaxError(`"${text}": has() takes a path, not "${path.text}"`)
      segmentsOf(path.text)
      expectSign(')')
      return { is: 'has', path: path.text }
    }
    segmentsOf(name.text)
    const sign = take()
    if (sign.is !== 'sign' || (sign.text !== '==' && sign.text !== '!='))
      throw new SyntaxError(`"${text}": behind "${name.text}" there must be == or !=`)
    return { is: 'equal', path: name.text, value: literalOf(take(), text), negated: sign.text === '!=' }
  }

  const condition = any()
  if (at < tokens.length) throw new SyntaxError(`"${text}" goes on with "${tokens[at]!.text}", which is not understood`)
  return condition
}

function literalOf(token: Token, text: string): string | number | boolean {
  if (token.is === 'text') return token.text
  if (token.is === 'number') return Number(token.text)
  if (token.text === 'true' || token.text === 'false') return token.text === 'true'
  throw new SyntaxError(`"${text}" compares with "${token.text}": texts stand in single quotes`)
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) throw new SyntaxError(`"${text}": "${text.slice(from).trim()}" is not understood`)
    const [, sign, quoted, number, name] = match
    tokens.push(
      sign !== undefined
        ? { is: 'sign', text: sign }
        : quoted !== undefined
          ? { is: 'text', text: quoted }
          : number !== undefined
            ? { is: 'number', text: number }
            : { is: 'name', text: name! },
    )
  }
  return tokens
}

/**
 * Whether a condition holds for a value. The first `[]` of its paths are the elements given; with further ones, it holds if
 * it holds for any element.
 */
export function holds(condition: Condition, root: unknown, indexes: readonly number[] = []): boolean {
  switch (condition.is) {
    case 'has':
      return elementsAt(root, condition.path, indexes).some((value) => value !== null)
    case 'equal':
      return elementsAt(root, condition.path, indexes).some((value) => value === condition.value) !== condition.negated
    case 'not':
      return !holds(condition.of, root, indexes)
    case 'and':
      return holds(condition.left, root, indexes) && holds(condition.right, root, indexes)
    case 'or':
      return holds(condition.left, root, indexes) || holds(condition.right, root, indexes)
  }
}

function elementsAt(root: unknown, path: Path, indexes: readonly number[]): unknown[] {
  return matchesOf(root, path)
    .filter((match) => match.indexes.every((index, at) => indexes[at] === undefined || indexes[at] === index))
    .map(({ value }) => value)
}

/** The same condition about paths that begin elsewhere. */
export function movedCondition(condition: Condition, move: (path: Path) => Path): Condition {
  switch (condition.is) {
    case 'has':
    case 'equal':
      return { ...condition, path: move(condition.path) }
    case 'not':
      return { is: 'not', of: movedCondition(condition.of, move) }
    default:
      return {
        is: condition.is,
        left: movedCondition(condition.left, move),
        right: movedCondition(condition.right, move),
      }
  }
}

/** The paths that a condition reads. */
export function pathsIn(condition: Condition): Path[] {
  switch (condition.is) {
    case 'has':
    case 'equal':
      return [condition.path]
    case 'not':
      return pathsIn(condition.of)
    default:
      return [...pathsIn(condition.left), ...pathsIn(condition.right)]
  }
}
