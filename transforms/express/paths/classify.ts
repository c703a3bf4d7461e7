import {
  everyNode,
  overlapsItself,
  type ParamNode,
  type PathNode,
  parsePath,
  type RegexSyntax,
  type TextNode,
} from './syntax.ts'
import type { PathChange } from './types.ts'

/** Regular expression syntax and the change it belongs to. */
const OF_SYNTAX: Record<RegexSyntax, PathChange> = {
  anchor: 'path-dollar-caret-pipe',
  bar: 'path-dollar-caret-pipe',
  class: 'path-regex-syntax',
  count: 'path-brace-literal',
  escape: 'path-regex-syntax',
  group: 'path-regex-syntax',
  lazy: 'path-regex-syntax',
  plus: 'path-regex-syntax',
  'plus-param': 'path-repeat-modifier',
}

/** Characters that a name of path-to-regexp 8 goes on with. */
const ID_CONTINUE = /^(?:[$\p{ID_Continue}]|\u200c|\u200d)/u
const ID_START = /^[$_\p{ID_Start}]/u

/** Most important first: a string often falls under several changes. */
const ORDER: readonly PathChange[] = [
  'path-url-as-path',
  'path-regex-syntax',
  'path-constraint',
  'path-repeat-modifier',
  'path-dollar-caret-pipe',
  'path-alternation',
  'path-wildcard',
  'path-wildcard-named-by-accident',
  'path-optional-param',
  'path-optional-text',
  'path-adjacent-params',
  'path-bad-name',
  'path-dot-format',
  'path-reserved-literal',
  'path-brace-literal',
]

/**
 * Which breaking change a path string of Express 4 falls under: exactly one, the most important; undefined when the
 * string means the same in Express 5. Looks at the syntax only, so it costs microseconds.
 */
export function classify(v4: string): PathChange | undefined {
  if (PLAIN.test(v4)) return undefined
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(v4)) return 'path-url-as-path'
  const known = classified.get(v4)
  if (known !== undefined) return known === null ? undefined : known
  const found = changesOf(v4)
  const change = ORDER.find((each) => found.has(each))
  if (classified.size >= MOST_CLASSIFIED) classified.clear()
  classified.set(v4, change ?? null)
  return change
}

/** Every change of paths asks about the same strings. */
const classified = new Map<string, PathChange | null>()
const MOST_CLASSIFIED = 5000

/** Segments of plain text and segments that are one parameter: nothing to look for. */
const PLAIN = /^(?:\/(?:[\w~@,;=%-][\w~@,;=%.-]*|:[a-z_]\w*))*\/?$/i

function changesOf(v4: string): Set<PathChange> {
  const nodes = parsePath(v4)
  const found = new Set<PathChange>()
  for (const node of everyNode(nodes)) {
    if (node.kind === 'param') for (const change of ofParam(node)) found.add(change)
    if (node.kind === 'wild') found.add('path-wildcard')
    if (node.kind === 'maybe') found.add('path-optional-text')
    if (node.kind === 'group') found.add(node.branches.length > 1 ? 'path-alternation' : 'path-optional-text')
    if (node.kind === 'regex') found.add(OF_SYNTAX[node.what])
    if (node.kind === 'text') for (const change of ofText(node)) found.add(change)
  }
  for (const change of ofNeighbours(nodes)) found.add(change)
  if (found.size === 1 && found.has('path-wildcard') && namedByAccident(nodes)) return new Set([...NAMED_BY_ACCIDENT])
  return found
}

const NAMED_BY_ACCIDENT: readonly PathChange[] = ['path-wildcard-named-by-accident']

function* ofParam(node: ParamNode): Generator<PathChange> {
  if (node.constraint) yield 'path-constraint'
  if (node.tail) yield 'path-repeat-modifier'
  if (node.optional) yield 'path-optional-param'
  if (/^\d/.test(node.name)) yield 'path-bad-name'
  if (node.separator === '/.') yield 'path-regex-syntax'
}

/** Characters that are literal in 0.1.x and syntax in 8, unless they are escaped. */
function* ofText({ bare }: TextNode): Generator<PathChange> {
  if (/[{}]/.test(bare)) yield 'path-brace-literal'
  if (/[!\]]/.test(bare)) yield 'path-reserved-literal'
  for (const [, next = ''] of bare.matchAll(/:(.?)/gu)) {
    yield next === '"' || ID_START.test(next) ? 'path-bad-name' : 'path-reserved-literal'
  }
}

/** Parameters without telling text between them, names that the next character would lengthen, formats with dots. */
function* ofNeighbours(nodes: readonly PathNode[]): Generator<PathChange> {
  for (const [i, node] of nodes.entries()) {
    const before = nodes[i - 1]
    const next = nodes[i + 1]
    if (node.kind === 'text' && before?.kind === 'param' && next?.kind === 'param' && next.separator === '') {
      if (!node.text.includes('/') && overlapsItself(node.text)) yield 'path-adjacent-params'
    }
    if (node.kind === 'text' && next === undefined && node.text.endsWith('//')) yield 'path-reserved-literal'
    if (node.kind !== 'param') continue
    if (next?.kind === 'param' && next.separator === '') yield 'path-adjacent-params'
    if (next?.kind === 'text' && ID_CONTINUE.test(next.bare)) yield 'path-bad-name'
    if (node.separator === '.' && before?.kind !== 'param') yield 'path-dot-format'
    if (miscounted(node, before, nodes[i - 2])) yield 'path-dot-format'
  }
}

/**
 * The value of a parameter cannot contain the text before it. 0.1.13 gets that text wrong after a dot or an escape, so
 * that the two versions only agree where it is the text since the last parameter, or contains a slash anyway.
 */
function miscounted(node: ParamNode, before: PathNode | undefined, beforeThat: PathNode | undefined): boolean {
  if (node.separator !== '' || node.constraint || node.avoids.includes('/')) return false
  if (before?.kind !== 'text' || beforeThat?.kind !== 'param') return node.avoids !== ''
  return node.avoids.replace(/\\(.)/g, '$1') !== before.text || /(?<!\\)\./.test(node.avoids)
}

/** Every `*` is followed by what path-to-regexp 8 takes for a name. */
function namedByAccident(nodes: readonly PathNode[]): boolean {
  return nodes.every((node, i) => {
    const next = nodes[i + 1]
    return node.kind !== 'wild' || (next?.kind === 'text' && ID_START.test(next.bare))
  })
}
