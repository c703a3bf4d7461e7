import type { Token } from 'path-to-regexp'
import { pathToRegexp8 } from './matchers.ts'
import type { Degenerate } from './prove.ts'
import { everyNode, type GroupNode, type ParamNode, type PathNode } from './syntax.ts'
import type { ParamFate, ParamMapping, PathSituation } from './types.ts'

/** A path in the syntax of path-to-regexp 8 that should mean the same; it is up to `prove` to say whether it does. */
export interface Rendering {
  /** More than one when alternatives had to be written out. */
  readonly paths: readonly string[]
  readonly params: Readonly<Record<string, ParamFate>>
  /** Separate wildcards: with more than one, what each of them holds is not the same in all versions of 8. */
  readonly wildcards: number
  readonly allow: ReadonlySet<Degenerate>
}

/** Alternatives that are still readable as a list. */
const MOST_PATHS = 8

/** Thrown inside this file when a path has no string form. */
class NoStringForm extends Error {}

/** The string form of a path, or why there is none. */
export function renderStrings(nodes: readonly PathNode[], situation: PathSituation): Rendering | string {
  try {
    const renderer = new Renderer(nodes, situation)
    const paths = renderer.sequence(nodes).map((tokens) => stringify(tokens))
    if (paths.length > MOST_PATHS) return `more than ${MOST_PATHS} alternatives`
    return { paths: [...new Set(paths)], params: renderer.params, wildcards: renderer.wildcards, allow: renderer.allow }
  } catch (error) {
    if (error instanceof NoStringForm) return error.message
    throw error
  }
}

function stringify(tokens: readonly Token[]): string {
  const { stringify: write, TokenData } = pathToRegexp8()
  return write(new TokenData(joined(tokens))) || '/'
}

/** Neighbouring texts as one, so that a name sees the character that follows it. */
function joined(tokens: readonly Token[]): Token[] {
  const out: Token[] = []
  for (const token of tokens) {
    const last = out.at(-1)
    if (token.type === 'text' && last?.type === 'text') out[out.length - 1] = plain(last.value + token.value)
    else if (token.type === 'group') out.push({ type: 'group', tokens: joined(token.tokens) })
    else if (token.type !== 'text' || token.value !== '') out.push(token)
  }
  return out
}

const plain = (value: string): Token => ({ type: 'text', value })
const group = (...tokens: Token[]): Token => ({ type: 'group', tokens })

/** `[^/]+`, which is what a parameter matches anyway. */
const SEGMENT = /^\(\[\^\\?\/\]\+\??\)$/

class Renderer {
  readonly params: Record<string, ParamFate> = {}
  readonly allow = new Set<Degenerate>()
  wildcards = 0
  readonly #root: readonly PathNode[]
  readonly #strict: boolean
  readonly #names: Set<string>
  #unnamed = 0

  constructor(root: readonly PathNode[], situation: PathSituation) {
    this.#root = root
    this.#strict = situation.kind === 'route' && situation.strict === true
    this.#names = new Set()
    for (const node of everyNode(root)) if (node.kind === 'param') this.#names.add(node.name)
  }

  /** All ways to read a sequence, one list of tokens each. */
  sequence(nodes: readonly PathNode[]): Token[][] {
    let ways: Token[][] = [[]]
    for (let i = 0; i < nodes.length; i++) {
      const endings = this.#node(nodes, i)
      ways = ways.flatMap((way) => endings.map((ending) => [...way, ...ending]))
      if (ways.length > MOST_PATHS * 4) throw new NoStringForm('too many alternatives')
    }
    return ways
  }

  #node(nodes: readonly PathNode[], i: number): Token[][] {
    const node = nodes[i]!
    if (node.kind === 'text') return [[plain(node.text)]]
    if (node.kind === 'maybe') return [this.#maybe(node.text, nodes, i)]
    if (node.kind === 'param') return [this.#param(node)]
    if (node.kind === 'wild') return [this.#wild(nodes, i)]
    if (node.kind === 'group') return this.#group(node)
    throw new NoStringForm(`it uses the regular expression syntax ${node.text}`)
  }

  #maybe(char: string, nodes: readonly PathNode[], i: number): Token[] {
    const last = nodes === this.#root && i === nodes.length - 1
    if (char !== '/' || !last || this.#strict) return [group(plain(char))]
    if (i > 0) this.allow.add('trailing-double-slash')
    return []
  }

  #param(node: ParamNode): Token[] {
    const { name, separator, constraint } = node
    if (separator === '/.') throw new NoStringForm('a dot and a slash before one parameter')
    if (node.tail && (separator === '.' || constraint)) throw new NoStringForm('a repeated parameter with a constraint')
    const value = constraint && !SEGMENT.test(constraint) ? this.#constrained(node, constraint) : this.#plain(name)
    const tokens = [plain(separator), value]
    if (node.tail) {
      this.#numeric('gone')
      tokens.push(group(plain('/'), this.#wildcard(this.#freeName())))
    }
    return node.optional ? [group(...tokens)] : tokens
  }

  #plain(name: string): Token {
    this.params[name] = 'unchanged'
    return { type: 'param', name }
  }

  /** `(.*)`, `(.+)` and `(*)`, whose first `*` is `(.*)`: a wildcard with the name of the parameter. */
  #constrained({ name, optional }: ParamNode, constraint: string): Token {
    const mapping = (absent: ParamMapping['absent']): ParamMapping => ({ name, wild: true, prefix: '', absent })
    if (constraint === '(*)') {
      this.params[name] = mapping(optional ? 'undefined' : 'empty')
      this.#numeric(this.params[name])
      return group(this.#wildcard(name))
    }
    if (constraint !== '(.*)' && constraint !== '(.+)') throw new NoStringForm(`the parameter ${name} has a constraint`)
    this.params[name] = mapping(optional ? 'undefined' : 'never')
    if (constraint === '(.*)') {
      this.allow.add('undecodable-tail')
      this.#numeric('gone')
    }
    return this.#wildcard(name)
  }

  #wildcard(name: string): Token {
    this.wildcards++
    return { type: 'wildcard', name }
  }

  #wild(nodes: readonly PathNode[], i: number): Token[] {
    if (nodes[i - 1]?.kind === 'wild') {
      this.#numeric('gone')
      return []
    }
    const name = this.#freeName()
    const wildcard = this.#wildcard(name)
    if (nodes !== this.#root || i > 0) {
      const { optional } = nodes[i] as PathNode & { kind: 'wild' }
      this.#numeric({ name, wild: true, prefix: '', absent: optional ? 'undefined' : 'empty' })
      return [group(wildcard)]
    }
    if (startsWithSlash(nodes[nextOther(nodes)])) {
      this.allow.add('leading-double-slash')
      this.#numeric({ name, wild: true, prefix: '/', absent: 'empty' })
      return [group(plain('/'), wildcard)]
    }
    this.#numeric({ name, wild: true, prefix: '/', absent: 'prefix' })
    return [plain('/'), group(wildcard)]
  }

  #group(node: GroupNode): Token[][] {
    if (node.capturing) this.#numeric('gone')
    const ways = node.branches.flatMap((branch) => this.sequence(branch))
    if (!node.optional) return ways
    if (ways.length > 1) throw new NoStringForm('optional alternatives')
    return [[group(...ways[0]!)]]
  }

  #numeric(fate: ParamFate): void {
    this.params[this.#unnamed++] = fate
  }

  #freeName(): string {
    let name = 'splat'
    for (let i = 2; this.#names.has(name); i++) name = `splat${i}`
    this.#names.add(name)
    return name
  }
}

const nextOther = (nodes: readonly PathNode[]): number => nodes.findIndex((node) => node.kind !== 'wild')

function startsWithSlash(node: PathNode | undefined): boolean {
  return (node?.kind === 'text' && node.text.startsWith('/')) || (node?.kind === 'param' && node.separator === '/')
}
