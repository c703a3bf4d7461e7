/** A piece of a path string, as path-to-regexp 0.1.x understands it. */
export type PathNode =
  | TextNode
  /** One literal character that may be missing: `b?`. */
  | { readonly kind: 'maybe'; readonly text: string }
  | ParamNode
  /** `*`, which is `(.*)`; `optional` for `*?`. */
  | { readonly kind: 'wild'; readonly optional: boolean }
  | GroupNode
  /** Anything that only means something to the RegExp engine. */
  | { readonly kind: 'regex'; readonly text: string; readonly what: RegexSyntax }

/** Literal characters. */
export interface TextNode {
  readonly kind: 'text'
  /** Without the backslashes of escapes. */
  readonly text: string
  /** The same, with a space for each character that was escaped. */
  readonly bare: string
}

/** `:name`, with everything that belongs to it. */
export interface ParamNode {
  readonly kind: 'param'
  readonly name: string
  readonly separator: '' | '/' | '.' | '/.'
  /** With its parentheses. */
  readonly constraint: string | undefined
  /** `:name*`. */
  readonly tail: boolean
  readonly optional: boolean
  /** What 0.1.13 takes for the text before the parameter, as a regular expression: the value cannot contain it. */
  readonly avoids: string
}

/** `(…)`, or `/(…)` whose parentheses do not capture. */
export interface GroupNode {
  readonly kind: 'group'
  readonly capturing: boolean
  readonly optional: boolean
  readonly branches: readonly (readonly PathNode[])[]
}

/** Which syntax of regular expressions a path uses. */
export type RegexSyntax = 'anchor' | 'bar' | 'class' | 'count' | 'escape' | 'group' | 'lazy' | 'plus' | 'plus-param'

/**
 * The expression that path-to-regexp 0.1.13 applies to a string path. It is the whole grammar: what it leaves over
 * goes to the RegExp engine as it is.
 */
const TOKEN = /\\.|(\/)?(\.)?:(\w+)(\(.*?\))?(\*)?(\?)?|[.*]|\/\(/g

type Lexeme =
  | PathNode
  | { readonly kind: 'open'; readonly capturing: boolean }
  | { readonly kind: 'close' }
  | { readonly kind: 'bar' }
  | { readonly kind: 'quest' }
  | { readonly kind: 'plus' }

const text = (value: string, bare = value): PathNode => ({ kind: 'text', text: value, bare })
const regex = (value: string, what: RegexSyntax): PathNode => ({ kind: 'regex', text: value, what })

/** Parses a path string of path-to-regexp 0.1.x; never throws, what it does not know is a `regex` node. */
export function parsePath(path: string): readonly PathNode[] {
  return merged(new Parser(lexemes(path)).sequence(true))
}

/** All nodes, those inside groups included, in order of appearance. */
export function* everyNode(nodes: readonly PathNode[]): Generator<PathNode> {
  for (const node of nodes) {
    yield node
    if (node.kind === 'group') for (const branch of node.branches) yield* everyNode(branch)
  }
}

/** Splits the string with `TOKEN`, and the rest into single characters. */
function lexemes(path: string): Lexeme[] {
  const out: Lexeme[] = []
  let inClass = false
  let from = 0
  const plain = (until: number) => {
    while (from < until) {
      if (inClass) {
        inClass = path[from] !== ']'
        from++
        continue
      }
      const [lexeme, length] = plainLexeme(path, from)
      inClass = lexeme.kind === 'regex' && lexeme.what === 'class'
      out.push(lexeme)
      from += length
    }
  }
  const preceding = new PrecedingText(path)
  for (const match of path.matchAll(TOKEN)) {
    plain(match.index)
    const avoids = preceding.next(match)
    if (!inClass) out.push(...tokenLexemes(match, avoids))
    from = match.index + match[0].length
  }
  plain(path.length)
  return out
}

/** The bookkeeping of 0.1.13 about the text before a parameter, which loses count after a dot or an escape. */
class PrecedingText {
  readonly #path: string
  #text = ''
  #at = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Takes in one token; the text before it. */
  next(match: RegExpExecArray): string {
    const [token, slash, dot, name] = match
    if (token[0] === '\\' || token === '.') {
      this.#text += token === '.' ? '\\.' : token
      this.#at += token.length
      return ''
    }
    const text = slash || dot ? '' : this.#text + this.#path.slice(this.#at, match.index)
    this.#at = match.index + token.length
    this.#text = name !== undefined || token === '*' ? '' : `${text}/`
    return text
  }
}

function tokenLexemes(match: RegExpMatchArray, avoids: string): Lexeme[] {
  const [token, slash = '', dot = '', name, constraint, star, optional] = match
  if (name !== undefined) {
    const separator = `${slash}${dot}` as ParamNode['separator']
    const [tail, maybe] = [star !== undefined, optional !== undefined]
    return [{ kind: 'param', name, separator, constraint, tail, optional: maybe, avoids }]
  }
  if (token === '*') return [{ kind: 'wild', optional: false }]
  if (token === '/(') return [text('/'), { kind: 'open', capturing: false }]
  if (token === '.') return [text('.')]
  return [/\w/.test(token[1]!) ? regex(token, 'escape') : text(token[1]!, ' ')]
}

function plainLexeme(path: string, at: number): [lexeme: Lexeme, length: number] {
  const char = path[at]!
  const count = char === '{' ? /^\{\d+(?:,\d*)?\}/.exec(path.slice(at))?.[0] : undefined
  if (count) return [regex(count, 'count'), count.length]
  if (char === '(' && path[at + 1] === '?') return [regex('(?', 'group'), 2]
  if (char === '(') return [{ kind: 'open', capturing: true }, 1]
  if (char === ')') return [{ kind: 'close' }, 1]
  if (char === '|') return [{ kind: 'bar' }, 1]
  if (char === '?') return [{ kind: 'quest' }, 1]
  if (char === '+') return [{ kind: 'plus' }, 1]
  if (char === '[') return [regex(char, 'class'), 1]
  if (char === '^' || char === '$') return [regex(char, 'anchor'), 1]
  if (char === '\\') return [regex(char, 'escape'), 1]
  return [text(char), 1]
}

class Parser {
  readonly #lexemes: readonly Lexeme[]
  #at = 0

  constructor(lexemes: readonly Lexeme[]) {
    this.#lexemes = lexemes
  }

  /** Nodes up to the end, or up to the `|` or `)` that ends a branch. */
  sequence(top: boolean): PathNode[] {
    const nodes: PathNode[] = []
    while (this.#at < this.#lexemes.length) {
      const lexeme = this.#lexemes[this.#at]!
      if (!top && (lexeme.kind === 'bar' || lexeme.kind === 'close')) break
      this.#at++
      if (lexeme.kind === 'bar') nodes.push(regex('|', 'bar'))
      else if (lexeme.kind === 'close') nodes.push(regex(')', 'group'))
      else if (lexeme.kind === 'open') nodes.push(this.#group(lexeme.capturing))
      else if (lexeme.kind === 'quest') nodes.push(maybe(nodes.pop()))
      else if (lexeme.kind === 'plus') nodes.push(regex('+', nodes.at(-1)?.kind === 'param' ? 'plus-param' : 'plus'))
      else nodes.push(lexeme)
    }
    return nodes
  }

  #group(capturing: boolean): PathNode {
    const branches: PathNode[][] = []
    for (;;) {
      branches.push(merged(this.sequence(false)))
      const end = this.#lexemes[this.#at++]
      if (end === undefined) return regex('(', 'group')
      if (end.kind === 'close') return { kind: 'group', capturing, optional: false, branches }
    }
  }
}

/** What `?` makes of the node before it. */
function maybe(node: PathNode | undefined): PathNode {
  if (node?.kind === 'text' && !/[\ud800-\udfff]/.test(node.text)) return { kind: 'maybe', text: node.text }
  if (node?.kind === 'wild' && !node.optional) return { kind: 'wild', optional: true }
  if (node?.kind === 'group' && !node.optional) return { ...node, optional: true }
  return regex('?', node?.kind === 'regex' ? node.what : 'lazy')
}

/** Whether a text can begin before an earlier copy of it has ended, as `--` can. */
export function overlapsItself(text: string): boolean {
  const low = text.toLowerCase()
  return Array.from(low.slice(1), (_, i) => low.startsWith(low.slice(i + 1))).includes(true)
}

const joinedText = (a: TextNode, b: TextNode): PathNode => text(a.text + b.text, a.bare + b.bare)

/** Neighbouring texts as one. */
function merged(nodes: readonly PathNode[]): PathNode[] {
  const out: PathNode[] = []
  for (const node of nodes) {
    const last = out.at(-1)
    if (node.kind === 'text' && last?.kind === 'text') out[out.length - 1] = joinedText(last, node)
    else out.push(node)
  }
  return out
}
