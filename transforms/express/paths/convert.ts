import { classify } from './classify.ts'
import { compileV4 } from './matchers.ts'
import { type Claim, type Degenerate, prove, type Verdict } from './prove.ts'
import { withNamedGroups } from './regexp.ts'
import { type Rendering, renderStrings } from './render.ts'
import { everyNode, overlapsItself, type PathNode, parsePath } from './syntax.ts'
import type { Conversion, ParamFate, PathChange, PathSituation, Refused, RegExpText } from './types.ts'

/** Results by path and situation: a project uses the same few paths over and over. */
const known = new Map<string, Conversion>()

/**
 * Converts one path string of Express 4 to what means the same in Express 5, and proves it on more than a thousand URLs.
 * The string form is preferred; a RegExp is taken where a string cannot say the same, and where a handler that nobody
 * can see may read a key that the string form would rename. Refuses what neither of them can do. Pure.
 */
export function convert(v4: string, situation: PathSituation): Conversion {
  const key = keyOf(v4, situation)
  let conversion = known.get(key)
  if (!conversion) {
    conversion = new Attempt(v4, situation).result()
    known.set(key, conversion)
  }
  return conversion
}

function keyOf(v4: string, { kind, strict = false, caseSensitive = false, reads }: PathSituation): string {
  return JSON.stringify([v4, kind, strict, caseSensitive, reads === 'unknown' ? reads : [...reads].sort()])
}

const DEGENERATE_NOTES: Readonly<Record<Degenerate, string>> = {
  'mount-double-slash': 'Under `use`, Express 4 swallowed one more slash after the mount point; Express 5 does not.',
  'root-double-slash': 'The path `/` also answers `//` in Express 5.',
  'trailing-double-slash': 'URLs that end in two slashes no longer match.',
  'leading-double-slash': 'Some URLs that begin with two slashes no longer match.',
  'repeated-separator':
    'Where the separator of two parameters stands twice in a row (`a..b`, `a--b`), the value is split elsewhere.',
  'undecodable-tail': 'Values that begin with a non-ASCII character got status 400 in Express 4; now they are decoded.',
}

const QUOTED_NAME =
  'The types of Express do not understand quoted names: in TypeScript, rename the parameter or cast `req.params`.'

class Attempt {
  readonly #v4: string
  readonly #situation: PathSituation
  readonly #change: PathChange | undefined
  readonly #nodes: readonly PathNode[]
  readonly #separators: readonly string[]
  #refusal: Pick<Refused, 'reason' | 'differs'> = { reason: 'no form of it is accepted by Express 5' }

  constructor(v4: string, situation: PathSituation) {
    this.#v4 = v4
    this.#situation = situation
    this.#change = classify(v4)
    this.#nodes = parsePath(v4)
    this.#separators = separatorsOf(this.#nodes)
  }

  result(): Conversion {
    if (this.#change === 'path-url-as-path') {
      return this.#refused('it is a URL, not a path, and never matched in Express 4; Express 5 throws')
    }
    if (this.#v4.includes(':__proto__')) return this.#refused('a parameter named __proto__ is lost in Express 4')
    const broken = this.#brokenInV4()
    if (broken) return this.#refused(broken)
    return this.#same() ?? this.#asStrings() ?? this.#asRegExp() ?? this.#refused()
  }

  #brokenInV4(): string | undefined {
    try {
      const [regexp, keys] = compileV4(this.#v4, this.#situation)
      const groups = new RegExp(`${regexp.source}|`).exec('')!.length - 1
      return groups > keys.length ? 'Express 4 miscounts its groups and throws at every match' : undefined
    } catch (error) {
      return `Express 4 does not accept it either: ${(error as Error).message}`
    }
  }

  #same(): Conversion | undefined {
    if (this.#change !== undefined) return undefined
    const allow: Degenerate[] = ['repeated-separator']
    if (this.#v4 === '/') allow.push('root-double-slash')
    const verdict = this.#try(this.#v4, {}, allow)
    return verdict && { is: 'same', proof: verdict.proof }
  }

  #asStrings(): Conversion | undefined {
    const rendering = renderStrings(this.#nodes, this.#situation)
    if (typeof rendering === 'string' || !this.#keepsReads(rendering)) return undefined
    const [only, ...others] = rendering.paths
    const v5 = others.length === 0 ? only! : rendering.paths
    const { params } = rendering
    const verdict = this.#try(v5, { params, mayLose: true }, ['repeated-separator', ...rendering.allow])
    if (!verdict) return undefined
    if (v5 === this.#v4) return { is: 'same', proof: verdict.proof }
    const fates: Record<string, ParamFate> = { ...params }
    for (const key of verdict.lost) fates[key] = 'gone'
    const rest = this.#rest(verdict, fates)
    if (rendering.paths.some((path) => path.includes(':"'))) rest.notes.push(QUOTED_NAME)
    return typeof v5 === 'string' ? { ...rest, form: 'string', value: v5 } : { ...rest, form: 'strings', value: v5 }
  }

  /** No handler that may exist would miss a value that the string form renames, retypes or drops. */
  #keepsReads({ params, wildcards }: Rendering): boolean {
    const { reads } = this.#situation
    const touched = Object.keys(params).filter((key) => params[key] !== 'unchanged')
    if (reads === 'unknown') return touched.length === 0
    const read = touched.filter((key) => reads.has(key))
    return !read.some((key) => params[key] === 'gone' || wildcards > 1)
  }

  #asRegExp(): Conversion | undefined {
    const [regexp, keys] = compileV4(this.#v4, this.#situation)
    const value: RegExpText | undefined =
      this.#v4 === '*' ? { source: '(.*)', flags: '' } : withNamedGroups(regexp, keys)
    if (!value) return this.#refused('a parameter name stands twice in it, or it has groups that Express 5 miscounts')
    const verdict = this.#try(value, {})
    if (!verdict) return undefined
    const params = Object.fromEntries(keys.map((key): [string, ParamFate] => [String(key.name), 'unchanged']))
    return { ...this.#rest(verdict, params), form: 'regexp', value }
  }

  #rest({ proof, degenerate }: Verdict, params: Record<string, ParamFate>) {
    const notes = Array.from(degenerate.keys(), (id) => DEGENERATE_NOTES[id])
    if (proof.matching === 0) notes.push('This path matches no URL in Express 4, and the new one matches none either.')
    notes.push(...intents(this.#v4, this.#nodes))
    return { is: 'rewritten', change: this.#change ?? FALLBACK, params, notes, proof } as const
  }

  /** The verdict on one candidate, if it holds. */
  #try(v5: Claim['v5'], claim: Pick<Claim, 'params' | 'mayLose'>, allowed: readonly Degenerate[] = []) {
    const allow = new Set<Degenerate>(allowed)
    if (this.#situation.kind === 'use') allow.add('mount-double-slash')
    let verdict: Verdict
    try {
      const known = { v4: this.#v4, situation: this.#situation, separators: this.#separators }
      verdict = prove({ ...claim, ...known, v5, allow })
    } catch (error) {
      this.#refusal = { reason: `Express 5 does not accept ${JSON.stringify(v5)}: ${(error as Error).message}` }
      return undefined
    }
    if (!verdict.differs) return verdict
    this.#refusal = { reason: 'every form of it that Express 5 accepts gives another answer', differs: verdict.differs }
    return undefined
  }

  #refused(reason?: string): Refused {
    const refusal = reason === undefined ? this.#refusal : { reason }
    return { is: 'refused', change: this.#change ?? FALLBACK, ...refusal }
  }
}

/** Where only the comparison shows that a string means something else, its parameters are split in another place. */
const FALLBACK: PathChange = 'path-adjacent-params'

/** The texts between two parameters of one segment. */
export function separatorsOf(nodes: readonly PathNode[]): readonly string[] {
  const found = new Set<string>()
  const flat = [...everyNode(nodes)]
  for (const [i, node] of flat.entries()) {
    if (node.kind !== 'param' || i === 0) continue
    const before = flat[i - 1]!
    if (node.separator === '.' && before.kind === 'param') found.add('.')
    const betweenParams = node.separator === '' && before.kind === 'text' && flat[i - 2]?.kind === 'param'
    if (betweenParams && !before.text.includes('/') && !overlapsItself(before.text)) found.add(before.text)
  }
  return [...found]
}

/** What the author of the path probably meant, where Express 4 did something else. */
function* intents(v4: string, nodes: readonly PathNode[]): Generator<string> {
  if (/^\/?\(\.\*\)/.test(v4)) {
    yield 'In Express 4, `.` is a literal dot outside of parameters, so this only matched paths with a dot there; `/{*splat}` matches everything.'
  }
  const words = /\[(\w+(?:\|\w+)+)\]/.exec(v4)
  if (words) {
    const [set, list] = words as unknown as [string, string]
    const paths = list.split('|').map((word) => `'${v4.replace(set, word)}'`)
    yield `\`${set}\` matches one single character; probably meant: [${paths.join(', ')}].`
  }
  for (const node of everyNode(nodes)) {
    if (node.kind === 'regex' && node.what === 'bar') {
      yield 'An unparenthesised `|` splits the whole expression: its parts match beginnings or ends only. A list of paths was probably meant.'
    }
    if (node.kind === 'regex' && node.text === '$') yield '`$` is the end of the path in Express 4, not a dollar sign.'
    if (node.kind === 'param' && node.constraint && /[^.(\\]\*/.test(node.constraint)) {
      yield `In \`:${node.name}${node.constraint}\` the first \`*\` stands for \`(.*)\` in Express 4; probably meant as a quantifier.`
    }
    if (node.kind === 'param' && node.tail) {
      yield `\`:${node.name}*\` is not a repetition in Express 4: \`${node.name}\` is the first segment only.`
    }
    if (node.kind === 'regex' && node.what === 'plus-param') {
      yield 'A parameter with `+` keeps the last of its segments in Express 4, not all of them.'
    }
  }
}
