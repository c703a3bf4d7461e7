import { type Matcher, matcherV4, matcherV5, type Outcome } from './matchers.ts'
import type { Difference, ParamFate, ParamMapping, PathMember, PathSituation, Proof } from './types.ts'
import { commonUrls, drawnUrls, longestUrl } from './urls.ts'

type Match = Outcome & { is: 'match' }

/**
 * The documented differences between Express 4 and 5 on URLs nobody means, which no spelling of a path avoids or which
 * are the price of a readable one. Each is allowed only where a conversion names it.
 */
export type Degenerate =
  /** `use`: Express 4 swallows one more slash after the mount point, `/api//users` reaches `/users`. */
  | 'mount-double-slash'
  /** The path `/`: Express 5 also answers `//`. */
  | 'root-double-slash'
  /** `/foo/?`: Express 4 also answers `/foo//`. */
  | 'trailing-double-slash'
  /** A leading wildcard before a slash: Express 4 also answers `//x`. */
  | 'leading-double-slash'
  /** Two parameters around a separator, and a URL in which it stands twice in a row: `/a..`, `/a--b`. */
  | 'repeated-separator'
  /** `:p(.*)` is `(.(.*))` in Express 4, and a value whose tail cannot be decoded alone, as in `/%C3%A9`, got status 400. */
  | 'undecodable-tail'

/** What to compare. */
export interface Claim {
  readonly v4: PathMember | readonly PathMember[]
  readonly v5: PathMember | readonly PathMember[]
  readonly situation: PathSituation
  /** Keys that are not listed are `unchanged`. */
  readonly params?: Readonly<Record<string, ParamFate>>
  readonly allow?: ReadonlySet<Degenerate>
  /** The separators of `repeated-separator`. */
  readonly separators?: readonly string[]
  /** Numeric keys outside `situation.reads` may lose their value; they are then in `lost`. */
  readonly mayLose?: boolean
}

/** The result of a comparison; it holds when there is no `differs`. */
export interface Verdict {
  readonly proof: Proof
  /** The first difference that is not allowed. */
  readonly differs?: Difference
  /** The allowed differences that were met, with an example each. */
  readonly degenerate: ReadonlyMap<Degenerate, Difference>
  /** Keys whose old value cannot be had, of those that may be lost. */
  readonly lost: ReadonlySet<string>
}

/**
 * Compares an old path as Express 4 matches it with a new one as Express 5 does, on more than a thousand URLs made from
 * both: the same URLs match, every key of the old params has its old value (read as `params` says), and under `use` the
 * handler sees the same `req.baseUrl` and `req.url`. An absent key counts as `undefined`.
 * Throws what path-to-regexp throws when one of the two does not compile.
 */
export function prove(claim: Claim): Verdict {
  const now = matcherV5(claim.v5, claim.situation)
  const old = oldSide(claim)
  const longest = Math.min(old.longest, longestUrl(now.regexps))
  const comparison = new Comparison(claim)
  for (const [url, before] of old.answers) {
    if (url.length <= longest && !comparison.agrees(url, before, now.match(url))) return comparison.verdict()
  }
  for (const url of drawnUrls(`${old.text} in 8`, now.regexps, longest)) {
    if (old.answers.has(url)) continue
    if (!comparison.agrees(url, old.matcher.match(url), now.match(url))) break
  }
  return comparison.verdict()
}

/** The old half of a comparison: it is the same for all candidates of one path. */
interface OldSide {
  readonly key: string
  readonly text: string
  readonly matcher: Matcher
  readonly longest: number
  /** By URL. */
  readonly answers: ReadonlyMap<string, Outcome>
}

let latest: OldSide | undefined

function oldSide({ v4, situation: { kind, strict, caseSensitive } }: Claim): OldSide {
  const key = JSON.stringify([v4, kind, strict, caseSensitive])
  if (latest?.key === key) return latest
  const matcher = matcherV4(v4, {
    kind,
    reads: 'unknown',
    strict: strict === true,
    caseSensitive: caseSensitive === true,
  })
  const text = seedText(v4)
  const longest = longestUrl(matcher.regexps)
  const answers = new Map<string, Outcome>()
  for (const urls of [commonUrls(text, longest), drawnUrls(text, matcher.regexps, longest)]) {
    for (const url of urls) answers.set(url, matcher.match(url))
  }
  latest = { key, text, matcher, longest, answers }
  return latest
}

function seedText(path: Claim['v4']): string {
  if (typeof path === 'string') return path
  return 'source' in path ? path.source : path.map(seedText).join('|')
}

/** Counts and collects while URLs come in. */
class Comparison {
  readonly #claim: Claim
  readonly #degenerate = new Map<Degenerate, Difference>()
  readonly #lost = new Set<string>()
  #urls = 0
  #matching = 0
  #differing = 0
  #differs: Difference | undefined

  constructor(claim: Claim) {
    this.#claim = claim
  }

  /** False at the first difference that is not allowed. */
  agrees(url: string, before: Outcome, after: Outcome): boolean {
    this.#urls++
    if (before.is !== 'no match') this.#matching++
    if (agree(before, after, this.#claim, this.#lost)) return true
    this.#differing++
    const difference = { url, v4: inWords(before), v5: inWords(after) }
    const excuse = excuses(url, before, after, this.#claim, this.#lost)
    if (excuse === undefined) this.#differs = difference
    else if (!this.#degenerate.has(excuse)) this.#degenerate.set(excuse, difference)
    return excuse !== undefined
  }

  verdict(): Verdict {
    const differences = [...this.#degenerate.values()]
    const examples = differences.map(({ url, v4, v5 }) => `${url}: ${v4} in Express 4, ${v5} in Express 5`)
    const proof = { urls: this.#urls, matching: this.#matching, differing: this.#differing, examples }
    const differs = this.#differs
    return { proof, degenerate: this.#degenerate, lost: this.#lost, ...(differs && { differs }) }
  }
}

const NONE: Readonly<Record<string, ParamFate>> = {}

function agree(before: Outcome, after: Outcome, claim: Claim, lost: Set<string>): boolean {
  if (before.is !== 'match' || after.is !== 'match') return before.is === after.is
  return before.base === after.base && before.url === after.url && sameParams(before, after, claim, lost)
}

function sameParams(before: Match, after: Match, claim: Claim, lost: Set<string>): boolean {
  const fates = claim.params ?? NONE
  for (const key in before.params) {
    const fate = Object.hasOwn(fates, key) ? fates[key]! : 'unchanged'
    if (fate === 'gone' || lost.has(key)) continue
    const value = fate === 'unchanged' ? after.params[key] : oldValue(fate, after.params)
    if (value === before.params[key]) continue
    if (!mayLose(key, claim)) return false
    lost.add(key)
  }
  for (const key in after.params) {
    if (!Object.hasOwn(before.params, key) && !isTarget(key, fates)) return false
  }
  return true
}

function isTarget(key: string, fates: Readonly<Record<string, ParamFate>>): boolean {
  for (const old in fates) {
    const fate = fates[old]!
    if (fate === 'gone' || (typeof fate === 'object' && fate.name === key)) return true
  }
  return false
}

function mayLose(key: string, claim: Claim): boolean {
  const { reads } = claim.situation
  return claim.mayLose === true && /^\d+$/.test(key) && reads !== 'unknown' && !reads.has(key)
}

/** The value that a key had in Express 4, put together from the params of Express 5. */
export function oldValue(mapping: ParamMapping, params: Readonly<Record<string, unknown>>): unknown {
  const value = params[mapping.name]
  if (value !== undefined) return mapping.wild && Array.isArray(value) ? mapping.prefix + value.join('/') : value
  if (mapping.absent === 'empty') return ''
  return mapping.absent === 'prefix' ? mapping.prefix : undefined
}

/** Which of the allowed degenerate differences this one is. */
function excuses(
  url: string,
  before: Outcome,
  after: Outcome,
  claim: Claim,
  lost: Set<string>,
): Degenerate | undefined {
  const { allow, separators = [], situation } = claim
  const onlyOld = before.is !== 'no match' && after.is === 'no match'
  const covers: Record<Degenerate, () => boolean> = {
    'mount-double-slash': () =>
      situation.kind === 'use' && url.includes('//') && swallowsSlash(before, after, claim, lost),
    'root-double-slash': () => url === '//' && before.is === 'no match' && after.is === 'match',
    'trailing-double-slash': () => url.endsWith('//') && onlyOld,
    'leading-double-slash': () => url.startsWith('//') && onlyOld,
    'repeated-separator': () => separators.some((text) => url.toLowerCase().includes((text + text).toLowerCase())),
    'undecodable-tail': () => before.is === 'bad request' && after.is === 'match',
  }
  for (const id of allow ?? []) if (covers[id]()) return id
  return undefined
}

function swallowsSlash(before: Outcome, after: Outcome, claim: Claim, lost: Set<string>): boolean {
  if (before.is !== 'match' || after.is !== 'match' || unslashed(before.base) !== unslashed(after.base)) return false
  return after.url.replace(/^\/+/, '/') === before.url.replace(/^\/+/, '/') && sameParams(before, after, claim, lost)
}

const unslashed = (text: string): string => text.replace(/\/+$/, '')

function inWords(outcome: Outcome): string {
  if (outcome.is !== 'match') return outcome.is === 'bad request' ? 'status 400' : 'no match'
  const at = outcome.url && `, req.baseUrl ${JSON.stringify(outcome.base)}, req.url ${JSON.stringify(outcome.url)}`
  return `match with params ${JSON.stringify(outcome.params)}${at}`
}
