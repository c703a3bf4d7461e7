import { createRequire } from 'node:module'
import type * as PathToRegexp from 'path-to-regexp'
import type { PathMember, PathSituation, RegExpText } from './types.ts'

/** What a router does with one URL path. */
export type Outcome =
  | { readonly is: 'no match' }
  /** The path matches, but a value is not decodable: status 400. */
  | { readonly is: 'bad request' }
  | {
      readonly is: 'match'
      readonly params: Readonly<Record<string, unknown>>
      /** Under `use`: what is added to `req.baseUrl`, and the `req.url` that the handler sees. Else empty. */
      readonly base: string
      readonly url: string
    }

/** A compiled path. */
export interface Matcher {
  match(url: string): Outcome
  /** The regular expressions it consists of, to generate URLs from. */
  readonly regexps: readonly RegExp[]
}

/** A key as path-to-regexp 0.1.x lists it: a number for a group without a name. */
export interface LegacyKey {
  readonly name: string | number
}

type LegacyPathToRegexp = (
  path: string | RegExp | readonly (string | RegExp)[],
  keys: LegacyKey[],
  options: { end: boolean; strict: boolean; sensitive: boolean },
) => RegExp

const require = createRequire(import.meta.url)
let legacyModule: LegacyPathToRegexp | undefined
let currentModule: typeof PathToRegexp | undefined

function legacy(): LegacyPathToRegexp {
  legacyModule ??= require('path-to-regexp-v0') as LegacyPathToRegexp
  return legacyModule
}

/** path-to-regexp 8, loaded at the first use. */
export function pathToRegexp8(): typeof PathToRegexp {
  currentModule ??= require('path-to-regexp') as typeof PathToRegexp
  return currentModule
}

const NOT_DECODABLE = new URIError('not decodable')
const NO_MATCH: Outcome = { is: 'no match' }
const BAD_REQUEST: Outcome = { is: 'bad request' }

const asRegExp = ({ source, flags }: RegExpText): RegExp => new RegExp(source, flags)
const asPath = (member: PathMember) => (typeof member === 'string' ? member : asRegExp(member))

/** The RegExp and the keys that Express 4 makes of a path. Throws what path-to-regexp 0.1.13 throws. */
export function compileV4(path: PathMember | readonly PathMember[], situation: PathSituation): [RegExp, LegacyKey[]] {
  const keys: LegacyKey[] = []
  const options = {
    end: situation.kind === 'route',
    strict: situation.kind === 'route' && situation.strict === true,
    sensitive: situation.caseSensitive === true,
  }
  const value = isList(path) ? path.map(asPath) : asPath(path)
  return [legacy()(value, keys, options), keys]
}

function isList(path: PathMember | readonly PathMember[]): path is readonly PathMember[] {
  return Array.isArray(path)
}

/**
 * Matches as `express@4/lib/router/layer.js` and the prefix trimming of `lib/router/index.js` do.
 * Throws what path-to-regexp 0.1.13 throws at compile time.
 */
export function matcherV4(path: PathMember | readonly PathMember[], situation: PathSituation): Matcher {
  const [regexp, keys] = compileV4(path, situation)
  const use = situation.kind === 'use'
  const match = (url: string): Outcome => {
    if (use && path === '/') return { is: 'match', params: {}, base: '', url }
    if (path === '*') return trimmed(url, url, () => ({ 0: decode(url) }), use, /[/.]/)
    const found = regexp.exec(url)
    return found ? trimmed(url, found[0], () => paramsV4(found, keys), use, /[/.]/) : NO_MATCH
  }
  return { match, regexps: [regexp] }
}

function paramsV4(found: RegExpExecArray, keys: readonly LegacyKey[]): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (let i = 1; i < found.length; i++) {
    const { name } = keys[i - 1]!
    const value = decode(found[i])
    if (value !== undefined || !Object.hasOwn(params, name)) params[name] = value
  }
  return params
}

/**
 * Matches as `router@2/lib/layer.js` and the prefix trimming of its `index.js` do.
 * Throws what path-to-regexp 8 throws at compile time.
 */
export function matcherV5(path: PathMember | readonly PathMember[], situation: PathSituation): Matcher {
  const use = situation.kind === 'use'
  if (use && path === '/') return { match: (url) => ({ is: 'match', params: {}, base: '', url }), regexps: [] }
  const members = (isList(path) ? path : [path]).map((member) =>
    typeof member === 'string' ? stringMember(member, situation) : regexpMember(member),
  )
  const match = (url: string): Outcome => {
    for (const member of members) {
      const found = member.exec(url)
      if (found) return trimmed(url, found[0], () => member.params(found), use, /\//)
    }
    return NO_MATCH
  }
  return { match, regexps: members.map((member) => member.regexp) }
}

interface MemberV5 {
  readonly regexp: RegExp
  exec(url: string): RegExpExecArray | null
  params(found: RegExpExecArray): Record<string, unknown>
}

function stringMember(path: string, situation: PathSituation): MemberV5 {
  const strict = situation.kind === 'route' && situation.strict === true
  const loose = strict || path === '/' ? path : path.replace(/\/+$/, '')
  const { regexp, keys } = pathToRegexp8().pathToRegexp(loose, {
    sensitive: situation.caseSensitive === true,
    end: situation.kind === 'route',
    trailing: !strict,
  })
  const params = (found: RegExpExecArray) => {
    const values: Record<string, unknown> = Object.create(null)
    for (let i = 1; i < found.length; i++) {
      const value = found[i]
      if (value === undefined) continue
      const key = keys[i - 1]!
      values[key.name] = key.type === 'param' ? decode(value) : value.split('/').map(decode)
    }
    return values
  }
  return { regexp, exec: (url) => regexp.exec(url), params }
}

/** The expression with which router 2 counts the groups of a RegExp path. It also counts `\(`. */
const MATCHING_GROUP = /\((?:\?<(.*?)>)?(?!\?)/g

function regexpMember(text: RegExpText): MemberV5 {
  const regexp = asRegExp(text)
  let unnamed = 0
  const names = Array.from(regexp.source.matchAll(MATCHING_GROUP), (group) => group[1] || String(unnamed++))
  const params = (found: RegExpExecArray) => {
    const values: Record<string, unknown> = {}
    for (let i = 1; i < found.length; i++) {
      const value = decode(found[i])
      if (value !== undefined) values[names[i - 1]!] = value
    }
    return values
  }
  return { regexp, exec: (url) => regexp.exec(url), params }
}

/** What the router hands to the handler once a layer matched `consumed`, the beginning of `url`. */
function trimmed(
  url: string,
  consumed: string,
  params: () => Record<string, unknown>,
  use: boolean,
  boundary: RegExp,
): Outcome {
  let values: Record<string, unknown>
  try {
    values = params()
  } catch (error) {
    if (error instanceof URIError) return BAD_REQUEST
    throw error
  }
  if (!use) return { is: 'match', params: values, base: '', url: '' }
  if (consumed === '') return { is: 'match', params: values, base: '', url }
  if (!url.startsWith(consumed)) return NO_MATCH
  const next = url[consumed.length]
  if (next !== undefined && !boundary.test(next)) return NO_MATCH
  const rest = url.slice(consumed.length)
  return {
    is: 'match',
    params: values,
    base: consumed.endsWith('/') ? consumed.slice(0, -1) : consumed,
    url: rest.startsWith('/') ? rest : `/${rest}`,
  }
}

/** What `decodeURIComponent` takes: the escapes of well-formed UTF-8. Told beforehand, as throwing is slow. */
const DECODABLE =
  /^(?:[^%]|%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3})*$/i

function decode(value: string | undefined): string | undefined {
  if (!value?.includes('%')) return value
  if (!DECODABLE.test(value)) throw NOT_DECODABLE
  return decodeURIComponent(value)
}
