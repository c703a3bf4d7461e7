/** Where a path stands: `route` for `get`, `post`, `all`, `route` …; `use` for mounted middleware and routers. */
export type PathKind = 'route' | 'use'

/** What has to be known about the call a path is handed to. */
export interface PathSituation {
  readonly kind: PathKind
  /** `express.Router({ strict: true })` or `app.enable('strict routing')`. Express ignores it under `use`. */
  readonly strict?: boolean
  /** `express.Router({ caseSensitive: true })` or `app.enable('case sensitive routing')`. */
  readonly caseSensitive?: boolean
  /** Keys of `req.params` that handlers read, numeric ones as '0', '1'; `unknown` when a handler cannot be resolved. */
  readonly reads: ReadonlySet<string> | 'unknown'
}

/** The breaking changes a string path can fall under: file names of transforms. */
export type PathChange =
  | 'path-wildcard'
  | 'path-wildcard-named-by-accident'
  | 'path-optional-param'
  | 'path-optional-text'
  | 'path-constraint'
  | 'path-repeat-modifier'
  | 'path-alternation'
  | 'path-regex-syntax'
  | 'path-reserved-literal'
  | 'path-brace-literal'
  | 'path-dollar-caret-pipe'
  | 'path-adjacent-params'
  | 'path-bad-name'
  | 'path-dot-format'
  | 'path-url-as-path'

/** A regular expression as text, so that conversions stay plain values. */
export interface RegExpText {
  readonly source: string
  readonly flags: string
}

/** One path as Express takes it: a string or a regular expression. */
export type PathMember = string | RegExpText

/** How the old value of a renamed or retyped key is put together from the new `req.params`. */
export interface ParamMapping {
  /** Key in the new params. */
  readonly name: string
  /** The new value is an array of decoded segments; the old one was the string with slashes. */
  readonly wild: boolean
  /** Text the old value had in front of the joined segments. */
  readonly prefix: '' | '/'
  /** What the old value was where the new key is absent; `never` when it is always present. */
  readonly absent: 'never' | 'undefined' | 'empty' | 'prefix'
}

/** What became of a key: `unchanged`, read another way, or `gone` because nobody reads it and no new key holds it. */
export type ParamFate = ParamMapping | 'unchanged' | 'gone'

/** What a comparison of two matchers found. */
export interface Proof {
  /** How many distinct URLs were tried, and how many of them the old path matches. */
  readonly urls: number
  readonly matching: number
  /** URLs on which the two differ; all of them of the documented degenerate kinds that `examples` shows. */
  readonly differing: number
  readonly examples: readonly string[]
}

/** One URL on which two matchers differ, with both answers in words. */
export interface Difference {
  readonly url: string
  readonly v4: string
  readonly v5: string
}

/** The old text needs no rewrite. */
export interface Same {
  readonly is: 'same'
  readonly proof: Proof
}

/** Nothing that Express 5 accepts was found to mean the same. */
export interface Refused<C = PathChange> {
  readonly is: 'refused'
  readonly change: C
  /** Lower case, no full stop. */
  readonly reason: string
  readonly differs?: Difference
}

/** New text that was proven to mean the same. */
export type Rewritten = {
  readonly is: 'rewritten'
  readonly change: PathChange
  /** Every key of the old params. */
  readonly params: Readonly<Record<string, ParamFate>>
  /** Sentences for a person: known differences, dead routes, probable intent. */
  readonly notes: readonly string[]
  readonly proof: Proof
} & (
  | { readonly form: 'string'; readonly value: string }
  | { readonly form: 'strings'; readonly value: readonly string[] }
  | { readonly form: 'regexp'; readonly value: RegExpText }
)

/** The answer of `convert`. */
export type Conversion = Same | Rewritten | Refused
