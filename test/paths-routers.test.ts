import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Conversion,
  convert,
  convertAll,
  memberSource,
  type ParamFate,
  type PathKind,
  type PathMember,
  type PathSituation,
  paramRead,
  pathSource,
} from '../transforms/express/paths/index.ts'
import vectors from './data/express-path-vectors.json' with { type: 'json' }

/*
 * What the path module promises, checked without any of its own comparison: the new path text and the new parameter
 * reads are evaluated, and real routers of both versions of Express answer URLs that are made here.
 */

interface Request {
  method: string
  url: string
  baseUrl?: string
  params?: Record<string, unknown>
}
interface Router {
  (request: Request, response: object, next: (error?: unknown) => void): void
  get(path: unknown, handler: (request: Request) => void): void
  use(path: unknown, handler: (request: Request) => void): void
}
interface Express {
  Router(options: { strict: boolean; caseSensitive: boolean }): Router
}
const require = createRequire(import.meta.url)
const express4 = require('express4') as Express
const express5 = require('express5') as Express

type Answer = 'no match' | 'status 400' | { params: Record<string, unknown>; baseUrl: string; url: string }

function router(express: Express, path: unknown, situation: PathSituation): (url: string) => Answer {
  let answer: Answer = 'no match'
  const { kind, strict = false, caseSensitive = false } = situation
  const it = express.Router({ strict, caseSensitive })
  it[kind === 'use' ? 'use' : 'get'](path, ({ params = {}, baseUrl = '', url }) => {
    answer = { params: { ...params }, baseUrl, url }
  })
  return (url) => {
    answer = 'no match'
    it({ method: 'GET', url }, {}, (error) => {
      if (error) answer = 'status 400'
    })
    return answer
  }
}

const evaluate = (source: string): unknown => new Function(`return ${source}`)()

/** The text of a conversion, evaluated: what stands in the program afterwards. */
function newPath(v4: string, conversion: Conversion): unknown {
  if (conversion.is === 'refused') throw new Error('refused')
  return conversion.is === 'same' ? v4 : evaluate(pathSource(conversion, { quote: "'", withoutNamedGroups: false }))
}

/** Functions that read the old value of each key out of the new params. */
function readers(fates: Readonly<Record<string, ParamFate>>): Record<string, (params: unknown) => unknown> {
  const out: Record<string, (params: unknown) => unknown> = Object.create(null)
  for (const [key, fate] of Object.entries(fates)) {
    const read = paramRead(fate, 'params', { typescript: false, inlineHandler: true })
    if (typeof read === 'object')
      out[key] = new Function('params', `return ${read.text}`) as (params: unknown) => unknown
  }
  return out
}

/** A difference that is not one of the documented degenerate ones, in words. */
function difference(v4: string, url: string, before: Answer, after: Answer, sameValues: boolean): string | undefined {
  if (typeof before === 'string' || typeof after === 'string') {
    if (before === after) return undefined
    if (before === 'status 400' && /\(\.\*\)/.test(v4)) return undefined
    const oneSided = before === 'no match' || after === 'no match'
    if (oneSided && url.includes('//') && /^\/$|\/\?$|^\*|"\/"/.test(v4)) return undefined
  } else {
    const place = before.baseUrl === after.baseUrl && before.url === after.url
    if (sameValues && (place || url.includes('//'))) return undefined
  }
  if (/((?=\w*[^\w/%])[^/]{1,4})\1/i.test(url) && (v4.match(/:/g)?.length ?? 0) > 1) return undefined
  return `${url}: ${JSON.stringify(before)} and ${JSON.stringify(after)}`
}

/** What stood in a program, what stands there now, and how the old parameters are read. */
interface Rewrite {
  /** The old path or paths as text. */
  readonly text: string
  readonly old: unknown
  readonly now: unknown
  readonly fates: Readonly<Record<string, ParamFate>>
}

const rewriteOf = (v4: string, conversion: Conversion): Rewrite => ({
  text: v4,
  old: v4,
  now: newPath(v4, conversion),
  fates: conversion.is === 'rewritten' ? conversion.params : {},
})

/** The first of the URLs on which the new path is not what the old one was. */
function firstDifference({ text, old, now, fates }: Rewrite, situation: PathSituation, urls: Iterable<string>) {
  const fateOf = new Map(Object.entries(fates))
  const targets = new Set(Array.from(fateOf.values(), (fate) => (typeof fate === 'object' ? fate.name : '')))
  const someGone = [...fateOf.values()].includes('gone')
  const read = readers(fates)
  const before4 = router(express4, old, situation)
  const after5 = router(express5, now, situation)
  for (const url of urls) {
    const before = before4(url)
    const after = after5(url)
    const sameValues =
      typeof before === 'string' ||
      typeof after === 'string' ||
      (Object.entries(before.params).every(([key, value]) => {
        if (fateOf.get(key) === 'gone') return true
        return (read[key] ? read[key](after.params) : after.params[key]) === value
      }) &&
        Object.keys(after.params).every((key) => key in before.params || targets.has(key) || someGone))
    const found = difference(text, url, before, after, sameValues)
    if (found) return found
  }
  return undefined
}

/** Numbers in [0, 1), the same for the same text (xorshift; nothing of the module under test). */
function dice(text: string): () => number {
  let state = 88675123
  for (const char of text) state = (Math.imul(state, 31) + char.codePointAt(0)!) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4294967296
  }
}

const SEGMENTS = [
  'a',
  'b',
  'ab',
  'a-b',
  'x.y',
  '1',
  '42',
  'A',
  'é',
  '%20',
  'a%2Fb',
  '%',
  'cd',
  '-',
  '.',
  'a.b.c',
  'foo',
  '0-',
]
const TAILS = ['', '', 'q', 'a/b', 'a/b/', '/', 'x.js', 'foo/a-b', 'C/d%20e', 'bar', 'a.b']
const ENDINGS = ['', '', '', '/', '/x', 'x', '.x', '//', '-']

/** URLs in the likeness of a path in the syntax of either version. */
function* likenesses(path: string, count: number, random: () => number): Generator<string> {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!
  for (let i = 0; i < count; i++) {
    const url = path
      .replace(/\\(.)/g, '$1')
      .replace(/:(?:\w+|"[^"]*")(?:\([^)]*\))?\*?/g, () => pick(SEGMENTS))
      .replace(/\*\w*/g, () => pick(TAILS))
      .replace(/\(([^)|]*)\|?([^)]*)\)/g, (_, a: string, b: string) => (random() < 0.5 ? a : b))
      .replace(/\[(.)[^\]]*\]/g, '$1')
      .replace(/(.)\?/g, (_, char: string) => (random() < 0.5 ? char : ''))
      .replace(/\{([^}]*)\}/g, (_, inner: string) => (random() < 0.5 ? inner : ''))
      .replace(/[?+()|^$[\]{}#]/g, () => (random() < 0.5 ? '' : 'a'))
    const cased = random() < 0.2 ? url.toUpperCase() : url
    yield `/${encodeURI(cased + pick(ENDINGS))
      .replaceAll('%25', '%')
      .replace(/^\//, '')}`
  }
}

function urlsAbout(v4: string, conversion: Conversion, count: number): Set<string> {
  const random = dice(v4)
  const urls = new Set(['/', '/a', '/a/b', '/a/b/c/', '/A.b-c', '/foo', '/foo/', '/a-b-c/1', '/x.y.z'])
  for (const url of likenesses(v4, count, random)) urls.add(url)
  if (conversion.is === 'rewritten' && conversion.form !== 'regexp') {
    for (const url of likenesses([conversion.value].flat()[0]!, count, random)) urls.add(url)
  }
  if (!/[+{]|(?:\*.*){4}/.test(v4)) return urls
  return new Set([...urls].filter((url) => url.length < 16)) // these may need exponential time
}

const KINDS: readonly PathKind[] = ['route', 'use']
const NOTHING: ReadonlySet<string> = new Set()

describe('every path of the table, answered by routers of both versions', () => {
  const readings: PathSituation['reads'][] = [NOTHING, new Set(['0']), new Set(['0', 'p', 'a', 'x']), 'unknown']
  it.each(vectors.map((vector) => vector.v4))('%j', (v4) => {
    for (const kind of KINDS) {
      for (const exact of [false, true]) {
        for (const reads of readings) {
          const situation: PathSituation = { kind, strict: exact, caseSensitive: exact, reads }
          const conversion = convert(v4, situation)
          if (conversion.is === 'refused') continue
          const found = firstDifference(rewriteOf(v4, conversion), situation, urlsAbout(v4, conversion, 20))
          expect(found, `${v4} as ${JSON.stringify(newPath(v4, conversion))} under ${kind}`).toBeUndefined()
        }
      }
    }
  })
})

describe('arrays of paths, answered by routers of both versions', () => {
  const lists: readonly (readonly PathMember[])[] = [
    ['/a/*', '/b/*'],
    ['/a/*', '/b'],
    ['/a/:id?', '/b/:id'],
    ['/a/:id(\\d+)', '/b/:x/*'],
    ['/foo', { source: '^\\/bar$', flags: '' }],
    ['/foo', { source: '^\\/(bar|qux)$', flags: 'g' }, '/x/*'],
    ['/', '/x'],
    ['/', '/x/*'],
    ['*', '/x'],
    ['/(a|b)', '/c?d'],
    ['/a-:x.:y', '/:p(.*)'],
    ['/:a', '/:b'],
  ]
  const asPath = (member: PathMember) => (typeof member === 'string' ? member : new RegExp(member.source, member.flags))
  const readings: PathSituation['reads'][] = [NOTHING, new Set(['0']), 'unknown']
  it.each(lists.map((list) => [JSON.stringify(list), list] as const))('%s', (text, list) => {
    for (const kind of KINDS) {
      for (const caseSensitive of [false, true]) {
        for (const reads of readings) {
          const situation: PathSituation = { kind, caseSensitive, reads }
          const conversion = convertAll(list, situation)
          expect(conversion.is).not.toBe('refused')
          if (conversion.is === 'refused') continue
          const members = conversion.is === 'same' ? list : conversion.members.flatMap((member) => member.value)
          const now = evaluate(
            `[${members.map((member) => memberSource(member, { quote: "'", withoutNamedGroups: false })).join(', ')}]`,
          )
          const fates = conversion.is === 'same' ? {} : conversion.params
          const random = dice(text)
          const urls = new Set([
            '/',
            '/a',
            '/BAR',
            '/bar',
            '/QUX',
            '/x/y',
            '/b/c',
            '/A/b/c',
            '/a/7',
            '/zzz',
            '/d',
            '/cd',
          ])
          for (const member of list) {
            if (typeof member === 'string') for (const url of likenesses(member, 40, random)) urls.add(url)
          }
          const rewrite = { text, old: list.map(asPath), now, fates }
          expect(firstDifference(rewrite, situation, urls), `${members.join()} under ${kind}`).toBeUndefined()
        }
      }
    }
  })
})

/** Pieces that 0.1.x paths are made of, in about the frequency in which people combine them. */
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('/a', '/b', '/foo', '/', 'ab', 'cd', '-', '.', '.x', '/v1', '_', '~', ',') },
  { weight: 6, arbitrary: fc.constantFrom('/:a', '/:b', '/:c', '/:id', ':a', ':b', '-:b', '.:ext', '--:c', '.-:d') },
  { weight: 4, arbitrary: fc.constantFrom('/:a?', '/:b?', '.:ext?', '-:b?', ':c?') },
  { weight: 4, arbitrary: fc.constantFrom('*', '/*', '/*.js', '**', '*?', '-*', '(*)', '/(*)') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('b?', '/?', '(ab)?', '(/x)?', '(/:q)?', '(a|b)', '/(v1|v2)', '(x|y)?', '-?', '()'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '/:a(\\d+)',
      '/:p(.*)',
      '/:p(.+)',
      '/:p(*)',
      '/:p(.*)?',
      '/:t(a|b)',
      '/:s([^/]+)',
      '/:n(\\d*)?',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('/:x*', '/:x+', '/:x*?', '+', '?', '/:x(\\w+)*', '/:a?*') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('[ab]', '[a|b]', '$', '^', '|', '|/b', '{2}', '{id}', '\\d', '\\w+', '\\b', '[^/]'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '!',
      ':',
      '{',
      '}',
      ']',
      '"',
      '\\(',
      '\\)',
      '\\.',
      '\\*',
      '\\:',
      '\\/',
      '\\-',
      ' ',
      '%20',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/:1',
      '/:0',
      ':2fa',
      ':über',
      '/:splat',
      '/*splat',
      'é',
      '/:__proto__',
      '/:constructor',
      '/:a',
      '//',
    ),
  },
)
const pattern = fc
  .tuple(fc.constantFrom('/', '/', '/', '/', '', '*'), fc.array(piece, { minLength: 1, maxLength: 5 }))
  .map(([start, pieces]) => `${start}${pieces.join('')}`.replace(/^\/\//, '/'))
const situation: fc.Arbitrary<PathSituation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  strict: fc.boolean(),
  caseSensitive: fc.boolean(),
  reads: fc.oneof(
    { weight: 3, arbitrary: fc.constant(NOTHING) },
    { weight: 2, arbitrary: fc.subarray(['0', '1', 'a', 'p', 'x']).map((keys) => new Set(keys)) },
    { weight: 1, arbitrary: fc.constant('unknown' as const) },
  ),
})

const RUNS = Number(process.env.PATHS_RUNS ?? 10_000)
const SEED = Number(process.env.PATHS_SEED ?? 20_250_331)

describe('generated paths', () => {
  it(`never gives a path that real routers answer differently, in ${RUNS} runs`, { timeout: 600_000 }, () => {
    const forms = { same: 0, string: 0, strings: 0, regexp: 0, refused: 0 }
    const property = fc.property(pattern, situation, (v4, at) => {
      const conversion = convert(v4, at)
      forms[conversion.is === 'rewritten' ? conversion.form : conversion.is]++
      if (conversion.is === 'refused') return
      if (conversion.is === 'rewritten') {
        for (const [key, fate] of Object.entries(conversion.params)) {
          if (fate === 'gone') expect(at.reads === 'unknown' || at.reads.has(key)).toBe(false)
          if (typeof fate === 'object') expect(at.reads).not.toBe('unknown')
        }
      }
      expect(firstDifference(rewriteOf(v4, conversion), at, urlsAbout(v4, conversion, 12))).toBeUndefined()
    })
    fc.assert(property, { numRuns: RUNS, seed: SEED })
    expect(forms.refused).toBeLessThan(RUNS / 3)
    expect(Math.min(forms.same, forms.string, forms.strings, forms.regexp)).toBeGreaterThan(RUNS / 200)
  })
})
