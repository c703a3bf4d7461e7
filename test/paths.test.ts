import { describe, expect, it } from 'vitest'
import {
  type Conversion,
  classify,
  convert,
  convertAll,
  type ParamFate,
  type ParamMapping,
  type PathChange,
  type PathKind,
  type PathMember,
  type PathSituation,
  paramRead,
  pathSource,
  prove,
} from '../transforms/express/paths/index.ts'
import vectors from './data/express-path-vectors.json' with { type: 'json' }

const KINDS: readonly PathKind[] = ['route', 'use']
const NOTHING: ReadonlySet<string> = new Set()
const at = (kind: PathKind, reads: PathSituation['reads'] = NOTHING): PathSituation => ({ kind, reads })

/** The new path, as short as an assertion wants it. */
function shown(conversion: Conversion): unknown {
  if (conversion.is !== 'rewritten') return conversion.is
  return conversion.form === 'regexp' ? `/${conversion.value.source}/${conversion.value.flags}` : conversion.value
}

interface Expected {
  form: string
  v5: unknown
  params: Record<string, { name?: string; wild?: boolean; prefix?: string; prefixIf?: string; drop?: boolean }>
  verdict: string
}

/** Where the result is better than the table: exact instead of nearly, or no rewrite where none is needed. */
const BETTER: Record<string, { route: unknown; use: unknown; strictRoute?: unknown }> = {
  '/foo\\.json': { route: 'same', use: 'same' },
  '/\\$metadata': { route: 'same', use: 'same' },
  '/?': { route: '/', use: '/', strictRoute: '{/}' },
  '/foo/?': { route: '/foo', use: '/foo', strictRoute: '/foo{/}' },
  '/foo/:id/?': { route: '/foo/:id', use: '/foo/:id', strictRoute: '/foo/:id{/}' },
  '/foo.:fmt?': {
    route: '/^\\/foo(?:\\.(?<fmt>[^/\\.]+?))?\\/?$/i',
    use: '/^\\/foo(?:\\.(?<fmt>[^/\\.]+?))?\\/?(?=\\/|$)/i',
    strictRoute: '/^\\/foo(?:\\.(?<fmt>[^/\\.]+?))?$/i',
  },
  '/a|/b': { route: '/^\\/a|\\/b\\/?$/i', use: 'refused', strictRoute: '/^\\/a|\\/b$/i' },
}

function expectedPath(v4: string, kind: PathKind, exact: boolean, { form, v5 }: Expected): unknown {
  const better = BETTER[v4]
  const withFlags = (text: unknown) =>
    exact && typeof text === 'string' && /^\/\^.*\/i$/.test(text) ? text.slice(0, -1) : text
  if (better) return withFlags(exact && kind === 'route' ? (better.strictRoute ?? better.route) : better[kind])
  if (form === 'unchanged') return 'same'
  if (form !== 'regexp') return v5
  const { regexp } = v5 as { regexp: string }
  return withFlags(`/${exact && kind === 'route' ? regexp.replace(/\\\/\?\$$/, '$') : regexp}/i`)
}

describe('the table of verified rewrites', () => {
  const rows = vectors.map((vector) => [vector.v4, vector as unknown as Record<PathKind, Expected>] as const)

  it.each(rows)('%j gives the path of the table', (v4, row) => {
    for (const kind of KINDS) {
      for (const exact of [false, true]) {
        const conversion = convert(v4, { kind, strict: exact, caseSensitive: exact, reads: NOTHING })
        expect(shown(conversion), `${kind}, exact: ${exact}`).toEqual(expectedPath(v4, kind, exact, row[kind]))
      }
    }
  })

  it.each(rows)('%j says how the parameters are read now', (v4, row) => {
    for (const kind of KINDS) {
      const conversion = convert(v4, at(kind))
      if (conversion.is !== 'rewritten' || conversion.form === 'regexp') continue
      for (const [key, expected] of Object.entries(row[kind].params)) {
        const fate = conversion.params[key]
        if (expected.drop || !expected.name) expect(fate).toBe('gone')
        else if (fate !== 'gone' || !/\*.*\*/.test(v4)) {
          const prefix = expected.prefix ?? expected.prefixIf ?? ''
          expect(fate).toMatchObject({ name: expected.name, wild: true, prefix })
        }
      }
    }
  })

  it('compares about a thousand URLs for each path, and finds the same answer wherever the table did', () => {
    const counts: number[] = []
    for (const [v4, row] of rows) {
      const conversion = convert(v4, at('route'))
      if (conversion.is === 'refused') continue
      const { urls, matching, differing, examples } = conversion.proof
      counts.push(urls)
      expect(examples.length > 0).toBe(differing > 0)
      const split = (v4.match(/:/g)?.length ?? 0) > 1 || v4.includes('(.*)')
      if (row.route.verdict === 'EXACT' && !split) expect(differing, v4).toBe(0)
      if (!/\$|^\(|\\\?|ü/.test(v4)) expect(matching, v4).toBeGreaterThan(0)
    }
    expect(counts.sort((a, b) => a - b)[counts.length >> 1]).toBeGreaterThan(1000)
  })
})

describe('prove', () => {
  const joined: ParamMapping = { name: 'splat', wild: true, prefix: '', absent: 'empty' }
  const whole: ParamMapping = { name: 'splat', wild: true, prefix: '/', absent: 'prefix' }
  const named: ParamMapping = { name: 'x', wild: true, prefix: '', absent: 'empty' }
  const wrong: readonly [v4: string, v5: string | string[], params: Record<string, ParamFate>, onlyRoute?: 'route'][] =
    [
      ['*', '/*splat', { 0: whole }],
      ['/*', '/*splat', { 0: joined }],
      ['/foo/*', '/foo/*splat', { 0: joined }],
      ['/foo/*', '/foo{/*splat}', { 0: joined }],
      ['/foo*', '/foo/*splat', { 0: joined }],
      ['/foo*', '/foo{/*splat}', { 0: joined }],
      ['/foo*', '/foo*splat', { 0: joined }],
      ['/:id(\\d+)', '/:id', {}],
      ['/:x+', '/*x', { x: named }],
      ['/:x*', '{/*x}', { x: named, 0: 'gone' }],
      ['/:x*', '/*x', { x: named, 0: 'gone' }],
      ['/u/:id?', '/u/{:id}', {}],
      ['/:t(a|b)', ['/a', '/b'], {}],
      ['/[discussion|page]/:slug', ['/discussion/:slug', '/page/:slug'], {}],
      ['/a/*/b', '/a/*splat/b', { 0: joined }],
    ]
  it.each(wrong)('tells %j from %j', (v4, v5, params) => {
    for (const kind of KINDS) {
      const allow = new Set(kind === 'use' ? (['mount-double-slash'] as const) : [])
      const { differs } = prove({ v4, v5, params, situation: at(kind), allow })
      expect(differs, kind).toBeDefined()
      expect(differs!.v4).not.toBe(differs!.v5)
    }
  })

  it('tells a mount at `*` from a mount without a path, by what the handler sees as its URL', () => {
    const { differs } = prove({ v4: '*', v5: '/', params: { 0: 'gone' }, situation: at('use') })
    expect(differs).toMatchObject({ v4: expect.stringContaining('req.url "/"') })
  })

  it.each(['(.*)', '/(.*)', '/:id?', '/a+'])('throws for %j, which Express 5 does not accept', (v5) => {
    expect(() => prove({ v4: '*', v5, situation: at('route') })).toThrow(/path-to-regexp|Unexpected/)
  })

  it('reports the degenerate differences it was allowed to pass over', () => {
    const claim = { v4: '/foo/?', v5: '/foo', situation: at('route') }
    expect(prove(claim).differs?.url).toMatch(/\/\/$/)
    const { differs, proof } = prove({ ...claim, allow: new Set(['trailing-double-slash'] as const) })
    expect(differs).toBeUndefined()
    expect(proof.examples[0]).toMatch(/\/\/: match with params \{\} in Express 4, no match in Express 5$/)
  })

  it('sees that router 2 counts `\\(` in front of a named group', () => {
    const flags = 'i'
    const proofOf = (source: string) =>
      prove({ v4: '/f\\(x\\)/:id(\\d+)', v5: { source, flags }, situation: at('route') })
    expect(proofOf('^\\/f\\(x\\)\\/(?<id>\\d+)\\/?$').differs).toBeDefined()
    expect(proofOf('^\\/f\\x28x\\)\\/(?<id>\\d+)\\/?$').differs).toBeUndefined()
  })
})

describe('classify', () => {
  const table: readonly [string, PathChange | undefined][] = [
    ['*', 'path-wildcard'],
    ['/foo/*', 'path-wildcard'],
    ['/:id/*', 'path-wildcard'],
    ['/ab*cd', 'path-wildcard-named-by-accident'],
    ['/*splat', 'path-wildcard-named-by-accident'],
    ['/*splat/*', 'path-wildcard'],
    ['/u/:id?', 'path-optional-param'],
    ['/ab?cd', 'path-optional-text'],
    ['/user(s)?', 'path-optional-text'],
    ['/foo/?', 'path-optional-text'],
    ['/:id(\\d+)', 'path-constraint'],
    ['/:p(.*)', 'path-constraint'],
    ['/:x*', 'path-repeat-modifier'],
    ['/:x+', 'path-repeat-modifier'],
    ['/(a|b)', 'path-alternation'],
    ['/[ab]c', 'path-regex-syntax'],
    ['/a+b', 'path-regex-syntax'],
    ['/\\d+', 'path-regex-syntax'],
    ['/a!b', 'path-reserved-literal'],
    ['/a:/b', 'path-reserved-literal'],
    ['/foo//', 'path-reserved-literal'],
    ['/u/{id}', 'path-brace-literal'],
    ['/a{2}', 'path-brace-literal'],
    ['/a|/b', 'path-dollar-caret-pipe'],
    ['/$metadata', 'path-dollar-caret-pipe'],
    ['^/foo', 'path-dollar-caret-pipe'],
    ['/:a:b', 'path-adjacent-params'],
    ['/:a--:b', 'path-adjacent-params'],
    ['/:1', 'path-bad-name'],
    ['/:über', 'path-bad-name'],
    ['/:idé', 'path-bad-name'],
    ['/foo.:fmt', 'path-dot-format'],
    ['/:a-x.:b', 'path-dot-format'],
    ['https://example.com/x', 'path-url-as-path'],
    ['/', undefined],
    ['', undefined],
    ['/users/:id/posts', undefined],
    ['/:a.:b', undefined],
    ['/flights/:from-:to', undefined],
    ['/foo.json', undefined],
    ['/a\\+b', undefined],
    ['/v1/:name\\:cancel', undefined],
    ['/@:user', undefined],
  ]
  it.each(table)('%j: %s', (v4, change) => {
    expect(classify(v4)).toBe(change)
  })

  it.each(table)('%j needs a rewrite if, and only if, it falls under a change', (v4, change) => {
    for (const kind of KINDS) expect(convert(v4, at(kind)).is === 'same', kind).toBe(change === undefined)
  })
})

describe('convert', () => {
  it('takes a RegExp, which keeps all keys, when handlers cannot be seen', () => {
    expect(shown(convert('*', at('route', 'unknown')))).toBe('/(.*)/')
    expect(shown(convert('/foo/*', at('use', 'unknown')))).toBe('/^\\/foo\\/(.*)\\/?(?=\\/|$)/i')
    expect(shown(convert('/:p(.+)', at('route', 'unknown')))).toBe('/^\\/(?<p>.+)\\/?$/i')
    expect(shown(convert('/user(s)?', at('route', 'unknown')))).toBe('/^\\/user(s)?\\/?$/i')
  })

  it('takes a string when handlers cannot be seen and no key changes', () => {
    expect(shown(convert('/u/:id?', at('route', 'unknown')))).toBe('/u{/:id}')
    expect(shown(convert('/(a|b)', at('route', 'unknown')))).toEqual(['/a', '/b'])
  })

  it('takes a RegExp when a key is read that the string form cannot give', () => {
    const reads = new Set(['0'])
    expect(shown(convert('/user(s)?', at('route', reads)))).toBe('/^\\/user(s)?\\/?$/i')
    expect(shown(convert('/:x*', at('route', reads)))).toBe('/^\\/(?<x>[^/]+?)((?:[/].+?)?)\\/?$/i')
    expect(shown(convert('/*/*', at('route', reads)))).toBe('/^\\/(.*)\\/(.*)\\/?$/i')
    expect(shown(convert('/*', at('route', reads)))).toBe('/{*splat}')
  })

  it('does not reuse the name of a parameter', () => {
    expect(shown(convert('/:splat/*', at('route')))).toBe('/:splat/{*splat2}')
  })

  it.each(['/:a(', '/a)', '/(?:foo)', '/*+*?+'])('refuses %j, which Express 4 does not accept', (v4) => {
    expect(convert(v4, at('route'))).toMatchObject({ is: 'refused', reason: expect.stringContaining('Express 4') })
  })

  it('refuses with the URL that shows the difference', () => {
    expect(convert('/a|/b', at('use'))).toMatchObject({ is: 'refused', differs: { url: '/a.b', v5: 'no match' } })
  })

  it.each(['/:a/:b(\\d+)/:a', '/:__proto__?', '/:1(\\d+)'])('refuses %j, whose names a RegExp cannot carry', (v4) => {
    expect(convert(v4, at('route')).is).toBe('refused')
  })

  it('says what was probably meant', () => {
    const notes = (v4: string) => {
      const conversion = convert(v4, at('route'))
      return conversion.is === 'rewritten' ? conversion.notes.join(' ') : ''
    }
    expect(notes('/[discussion|page]/:slug')).toContain("['/discussion/:slug', '/page/:slug']")
    expect(notes('/(.*)')).toContain('literal dot')
    expect(notes('/a|/b')).toContain('list of paths')
    expect(notes('/:id([0-9]*)')).toContain('quantifier')
    expect(notes('/:x*')).toContain('first segment')
    expect(notes('/foo/?')).toContain('two slashes')
    expect(notes('/:2fa')).toContain('quoted names')
    expect(notes('/$metadata')).toContain('matches no URL')
  })

  it('is not slowed down by a path that backtracks', () => {
    for (const v4 of ['*+/:id', '/(a+)+b', '/(.*)+x/:id', '/*****x', '/some/long/prefix/(\\w+)*z']) {
      const start = performance.now()
      convert(v4, at('route'))
      expect(performance.now() - start, v4).toBeLessThan(5000)
    }
  })
})

describe('convertAll', () => {
  const values = (paths: readonly PathMember[], situation: PathSituation) => {
    const conversion = convertAll(paths, situation)
    return conversion.is === 'rewritten' ? conversion.members.map((member) => member.value) : conversion.is
  }
  const upper: PathMember = { source: '^\\/bar$', flags: '' }

  it('gives a RegExp in an array the flag that Express 4 gave it', () => {
    expect(values(['/foo', upper], at('route'))).toEqual([['/foo'], [{ ...upper, flags: 'i' }]])
    expect(convertAll(['/foo', upper], { ...at('route'), caseSensitive: true }).is).toBe('same')
    expect(convertAll(['/foo', { ...upper, flags: 'i' }], at('route')).is).toBe('same')
  })

  it('keeps `/` in a mounted array meaning every path', () => {
    expect(values(['/', '/x'], at('use'))).toEqual([[''], ['/x']])
    expect(convertAll(['/', '/x'], at('route')).is).toBe('same')
  })

  it('shares one reading of a key between members, or takes RegExps', () => {
    expect(values(['/a/*', '/b/*'], at('route', new Set(['0'])))).toEqual([['/a/{*splat}'], ['/b/{*splat}']])
    const mixed = values(['/a/*', '/b'], at('route', new Set(['0'])))
    expect(mixed).toEqual([[{ source: '^\\/a\\/(.*)\\/?$', flags: 'i' }], ['/b']])
  })

  it('refuses the list for the member that cannot be converted', () => {
    expect(convertAll(['/a', '/x|/y'], at('use'))).toMatchObject({ is: 'refused', change: 'path-dollar-caret-pipe' })
  })
})

describe('the text of the new code', () => {
  const source = (v4: string, quote: "'" | '"' | '`') => {
    const conversion = convert(v4, at('route'))
    return conversion.is === 'rewritten' ? pathSource(conversion, { quote, withoutNamedGroups: false }) : conversion.is
  }
  it('is quoted like the old literal', () => {
    expect(source('/u/:id?', "'")).toBe("'/u{/:id}'")
    expect(source('/u/{id}', '"')).toBe('"/u/\\\\{id\\\\}"')
    expect(source('/:1', '"')).toBe('"/:\\"1\\""')
    expect(source('/:1', "'")).toBe('\'/:"1"\'')
    expect(source("/it's?", "'")).toBe("'/it\\'{s}'")
    expect(source('/(a|b)', '`')).toBe('[`/a`, `/b`]')
    expect(source('/:id(\\d+)', '"')).toBe('/^\\/(?<id>\\d+)\\/?$/i')
  })

  const read = (v4: string, key: string, typescript = false, inlineHandler = true) => {
    const conversion = convert(v4, at('route', new Set([key])))
    if (conversion.is !== 'rewritten') return conversion.is
    const result = paramRead(conversion.params[key]!, 'req.params', { typescript, inlineHandler })
    return typeof result === 'string' ? result : [result.text, result.parenthesise]
  }
  it('reads old values in JavaScript and in handlers whose types come from the path', () => {
    expect(read('/*', '0')).toEqual(["(req.params.splat ?? []).join('/')", false])
    expect(read('*', '0')).toEqual(["'/' + (req.params.splat ?? []).join('/')", true])
    expect(read('*/x', '0')).toEqual(["req.params.splat ? '/' + req.params.splat.join('/') : ''", true])
    expect(read('/:p(.+)', 'p')).toEqual(["req.params.p.join('/')", false])
    expect(read('/:p(.*)?', 'p')).toEqual(["req.params.p?.join('/')", false])
    expect(read('/:p(*)', 'p')).toEqual(["(req.params.p ?? []).join('/')", false])
    expect(read('/x/*?', '0')).toEqual(["req.params.splat?.join('/')", false])
    expect(read('/u/:id?', 'id')).toBe('unchanged')
    expect(read('/:id(\\d+)', 'id')).toBe('unchanged')
  })

  it('reads old values in TypeScript handlers that are typed loosely', () => {
    expect(read('/*', '0', true, false)).toEqual(["([] as string[]).concat(req.params.splat ?? []).join('/')", false])
    expect(read('/*', '0', true, true)).toEqual(["(req.params.splat ?? []).join('/')", false])
    expect(read('/:p(.*)?', 'p', true, false)).toEqual([
      "req.params.p && ([] as string[]).concat(req.params.p ?? []).join('/')",
      true,
    ])
  })

  it('says that a key nobody reads is gone', () => {
    const conversion = convert('/user(s)?', at('route'))
    expect(conversion).toMatchObject({ params: { 0: 'gone' } })
    expect(paramRead('gone', 'req.params', { typescript: false, inlineHandler: true })).toBe('gone')
  })

  it('quotes names that are no identifiers', () => {
    const mapping: ParamMapping = { name: '2fa', wild: true, prefix: '', absent: 'never' }
    const options = { typescript: false, inlineHandler: true, quote: '"' } as const
    expect(paramRead(mapping, 'p', options)).toEqual({ text: 'p["2fa"].join("/")', parenthesise: false })
  })
})
