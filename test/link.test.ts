import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { discover } from '../src/engine/discover.ts'
import { Link } from '../src/engine/link.ts'
import { readPackages } from '../src/engine/packages.ts'
import { Sources } from '../src/engine/sources.ts'
import { type Traces, tracesOf } from '../src/engine/traces.ts'
import express from '../transforms/express/provider.ts'

const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const traces: Traces = {
  packages: { pattern: /express/ },
  shapes: { pattern: /\(req, res\)/ },
  names: { pattern: /(?!)/ },
  shapeReach: tracesOf([express.javascript!]).shapeReach,
}

/** A project on disk, linked; and the way to ask where a specifier in a file leads. */
function linked(files: Readonly<Record<string, string>>, names: readonly string[] = [], traces?: Traces) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-link-')))
  temporary.push(root)
  for (const [file, text] of Object.entries({ 'package.json': '{ "name": "root" }', ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const discovery = discover(root, { cwd: root })
  const sources = new Sources(discovery.root)
  const code = discovery.context.filter((file) => /\.[cm]?[jt]sx?$/.test(file))
  const link = new Link(sources, readPackages(root, discovery), code, names, traces)
  const open = (file: string) => {
    const opened = sources.open(file)
    if (opened.is !== 'module') throw new Error(`${file} is ${opened.is}`)
    return opened.module
  }
  const to = (from: string, specifier: string) => {
    const found = link.resolve(open(from), specifier)
    return found.is === 'file' ? found.module.path : found.is === 'package' ? `package ${found.name}` : found.is
  }
  return { link, open, to }
}

test('relative specifiers, with and without extension, files before folders', () => {
  const { to } = linked({
    'a/x.js': '',
    'a/b.js': '',
    'a/b/index.js': '',
    'a/c/index.ts': '',
    'a/d.ts': '',
    'a/e.tsx': '',
    'a/f.mts': '',
    'index.js': '',
  })
  expect(
    ['./b', './b.js', './c', './d.js', './e.jsx', './f.mjs', '..', './gone', '../../out'].map((s) => to('a/x.js', s)),
  ).toEqual(['a/b.js', 'a/b.js', 'a/c/index.ts', 'a/d.ts', 'a/e.tsx', 'a/f.mts', 'index.js', 'missing', 'missing'])
})

test('packages, by their name without what is inside them', () => {
  const { to } = linked({ 'a.js': '' })
  expect(
    ['express', 'express/lib/router', '@scope/name/sub', 'node:fs', 'node:fs/promises'].map((s) => to('a.js', s)),
  ).toEqual([
    'package express',
    'package express',
    'package @scope/name',
    'package node:fs',
    'package node:fs/promises',
  ])
})

test('aliases of the nearest tsconfig.json or jsconfig.json, what it extends included', () => {
  const { to } = linked({
    'tsconfig.base.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["api/lib/*"] } } }',
    'api/tsconfig.json': '{ "extends": "../tsconfig.base.json" }',
    'api/src/a.ts': '',
    'api/lib/x.ts': '',
    'web/jsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }',
    'web/src/a.js': '',
    'web/src/y.js': '',
  })
  expect(to('api/src/a.ts', '@lib/x')).toBe('api/lib/x.ts')
  expect(to('web/src/a.js', '~/y')).toBe('web/src/y.js')
  expect(to('web/src/a.js', '@lib/x')).toBe('package @lib/x')
})

test('workspace packages, through exports and what is built from a source', () => {
  const { to } = linked({
    'package.json': '{ "name": "root", "workspaces": ["p/*"] }',
    'p/a/package.json': '{ "name": "@x/a" }',
    'p/a/a.js': '',
    'p/b/package.json':
      '{ "name": "@x/b", "exports": { ".": { "import": "./dist/main.mjs", "default": "./dist/main.js" } } }',
    'p/b/src/main.ts': '',
    'p/c/package.json': '{ "name": "c" }',
    'p/c/src/deep/one.ts': '',
    'p/c/lib/index.js': '',
  })
  expect(['@x/b', 'c', 'c/deep/one', '@x/gone'].map((s) => to('p/a/a.js', s))).toEqual([
    'p/b/src/main.ts',
    'p/c/lib/index.js',
    'p/c/src/deep/one.ts',
    'package @x/gone',
  ])
})

test('who mentions a file, in every way to do it', () => {
  const { link, open } = linked({
    'target.js': '',
    'a.js': "require('./target')",
    'b.mjs': "import './target.js'",
    'c.mjs': "export * from './target.js'",
    'd.mjs': "await import('./target.js')",
    'e.ts': "import t = require('./target')",
    'f.js': "// require('./target')",
    'g.js': "require('./other')",
  })
  expect(
    link
      .importers(open('target.js'))
      .map(({ module }) => module.path)
      .sort(),
  ).toEqual(['a.js', 'b.mjs', 'c.mjs', 'd.mjs', 'e.ts'])
})

test('where the project defines a member itself, tests left out', () => {
  const { link } = linked(
    {
      'a.js': '\nreq.param = function () {}\nres.send == 1\nres.json = 2',
      'test/b.js': 'res.send = jest.fn()',
    },
    ['param', 'send'],
  )
  expect(link.definitionOf(['req', 'request'], 'param')).toMatchObject({ file: 'a.js', line: 2 })
  expect(link.definitionOf(['res'], 'param')).toBeUndefined()
  expect(link.definitionOf(['res'], 'send')).toBeUndefined()
  expect(link.definitionOf(['res'], 'json')).toBeUndefined()
})

test('a file is connected with the package through imports in either direction, over any number of files', () => {
  const { link } = linked(
    {
      'app.js': "const express = require('express'); require('./routes')(express())",
      'routes.js': "const { list } = require('./list'); module.exports = (app) => list(app)",
      'list.js': 'exports.list = (it) => it.del()',
      'user.js': "import { list } from './list.js'; export const all = list",
      'cache.js': "require('./store').del('x')",
      'store.js': 'exports.del = () => {}',
      'alone.js': 'cache.del()',
      'loaded.js': "const { reply } = require('./reply'); exports.get = (req, res) => reply(res)",
      'reply.js': "require('./codes'); exports.reply = (it) => it.send(404)",
      'codes.js': 'exports.gone = (it) => it.send(410)',
      'other.js': "require('./codes').gone(process)",
    },
    [],
    traces,
  )
  const all = ['app', 'routes', 'list', 'user', 'cache', 'store', 'alone', 'loaded', 'reply', 'codes', 'other']
  const connected = all.filter((name) => link.isConnected(`${name}.js`))
  expect(connected).toEqual(['app', 'routes', 'list', 'user', 'loaded', 'reply', 'codes'])
})

test('what a function has by its shape alone goes where it is handed to, and nowhere if it is only used', () => {
  const shaped = {
    used: '(req, res) => { if (req.query.x) res.status(404).send(`${req.url}`) }',
    handed: '(req, res) => { helper.reply(res); console.log(req) }',
    listed: '(req, res) => { take(1, { all: [req] }) }',
    local: '(req, res) => { own(res) }; function own(it) { it.send(1) }',
    kept: '(req, res) => { last = res }',
    given: '(req, res) => res',
    chained: '(req, res) => res.status(200).json({})',
    unknown: '(req, res) => { global.reply(res) }',
    registered: "(app) => { app.get('/x', helper.list); app.use(1) }",
    inline: "(app) => { app.get('/x', (a, b) => b.send(1)) }",
    typed: '(req: string, res: string) => { helper.reply(res) }',
    none: '(a, b) => helper.reply(b)',
  }
  const files = Object.entries(shaped).map(([name, code]) => [
    `${name}.ts`,
    `const helper = require('./helper'); import { take } from './take'; let last; module.exports = ${code}`,
  ])
  const { open } = linked(Object.fromEntries(files))
  const reach = (name: string) => {
    const found = traces.shapeReach(open(`${name}.ts`), { dependencies: () => new Set(['express']) })
    return typeof found === 'string' ? found : [...found.modules, ...(found.isReturned ? ['importers'] : [])].join(' ')
  }
  expect(Object.fromEntries(Object.keys(shaped).map((name) => [name, reach(name)]))).toEqual({
    used: '',
    handed: './helper',
    listed: './take',
    local: '',
    kept: 'anywhere',
    given: 'importers',
    chained: '',
    unknown: 'anywhere',
    registered: 'anywhere',
    inline: '',
    typed: 'none',
    none: 'none',
  })
})

test('the files whose text has something in it, each asked for once', () => {
  const { link } = linked({
    'a.js': "app.enable('strict routing')",
    'lib/b.ts': "app.set('case sensitive routing', true)",
    'c.js': "app.set('etag', 'strict')",
  })
  expect(link.mentioning(/(?:strict|case sensitive) routing/)).toEqual(['a.js', 'lib/b.ts'])
  expect(link.mentioning(/(?:strict|case sensitive) routing/)).toBe(
    link.mentioning(/(?:strict|case sensitive) routing/),
  )
  expect(link.mentioning(/nowhere/)).toEqual([])
})
