import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Catalogue, selectRecipe } from '../src/catalogue/select.ts'
import { type Discovery, group, groupOf } from '../src/engine/discover.ts'
import { readPackages } from '../src/engine/packages.ts'
import { openProject } from '../src/engine/upgrade.ts'
import { defineChange } from '../src/kit.ts'
import type { Finding } from '../src/model/finding.ts'
import { lineIndex } from '../src/text/lines.ts'
import provider, { App, Response, Router } from '../transforms/express/provider.ts'

/** Reports every `.send` of a response and every `.del` of an application or a router, with its evidence. */
const probe = defineChange({
  title: 'Probe',
  why: 'It shows what the engine knows of receivers.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html',
  fixable: 'never',
  format: 'javascript',
  mentions: ['send', 'del'],
  names: ['send', 'del'],
  *find(file) {
    for (const use of file.members([Response], 'send')) yield { at: use.property, message: 'send', evidence: use }
    for (const use of file.members([App, Router], 'del')) yield { at: use.property, message: 'del', evidence: use }
    for (const use of file.destructured([Response], 'send')) yield { at: use.property, message: 'send', evidence: use }
    for (const use of file.destructured([App, Router], 'del')) yield { at: use.property, message: 'del', evidence: use }
  },
})

const catalogue: Catalogue = { providers: [provider], changes: { 'express/probe': probe } }
const recipe = selectRecipe(catalogue, 'express5')

const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** `--- path` starts a file; what comes before the first belongs to `app.js`. A package.json is added where none is given. */
function filesOf(program: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const part of `--- app.js\n${program}`.split(/^\s*--- /m).slice(1)) {
    const end = part.indexOf('\n')
    const text = part.slice(end + 1)
    if (text.trim() !== '') files.set(part.slice(0, end).trim(), text)
  }
  if (!files.has('package.json'))
    files.set('package.json', '{ "name": "app", "dependencies": { "express": "^4.0.0" } }')
  return files
}

async function scan(files: ReadonlyMap<string, string>): Promise<readonly Finding[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-origins-')))
  temporary.push(root)
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const discovery = listing(root, [...files.keys()])
  const { findings, notLookedAt } = await openProject({
    catalogue,
    recipe,
    discovery,
    packages: readPackages(root, discovery),
    level: 'review',
    mode: 'scan',
    toolVersion: '0.0.0',
  }).scan.run()
  expect(notLookedAt).toEqual([])
  return findings
}

/** The files as discovery would list them, without asking git. */
function listing(root: string, files: readonly string[]): Discovery {
  const listed = files.filter((file) => groupOf(file) !== undefined).toSorted()
  return {
    root,
    files: listed,
    byGroup: group(listed),
    context: listed,
    named: new Set(),
    leftOut: [],
    notLookedAt: [],
    inGit: false,
    remarks: [],
  }
}

/** The program with the comment `// proven`, `// inferred` or `// guessed` behind every line that was found, and only there. */
function marked(files: ReadonlyMap<string, string>, findings: readonly Finding[]): string {
  const shown: string[] = []
  for (const [file, text] of files) {
    if (!/\.[cm]?[jt]sx?$/.test(file)) continue
    const lines = lineIndex(text)
    const found = new Map<number, string[]>()
    for (const finding of findings.filter((f) => f.file === file)) {
      const { line } = lines.positionAt(finding.range.start)
      found.set(line, [...(found.get(line) ?? []), finding.evidence.certainty])
    }
    text.split('\n').forEach((line, index) => {
      const bare = line.replace(MARK, '')
      const marks = found.get(index + 1)?.join(' ')
      if (marks || MARK.test(line)) shown.push(`${file}: ${bare.trim()}${marks ? ` // ${marks}` : ''}`)
    })
  }
  return shown.join('\n')
}

/** The lines of a program that carry a mark, as they were written. */
function expected(files: ReadonlyMap<string, string>): string {
  return [...files]
    .filter(([file]) => /\.[cm]?[jt]sx?$/.test(file))
    .flatMap(([file, text]) => text.split('\n').flatMap((line) => (MARK.test(line) ? [`${file}: ${line.trim()}`] : [])))
    .join('\n')
}

const MARK = /\s*\/\/ (?:proven|inferred|guessed)(?: (?:proven|inferred|guessed))*$/

/** Runs every program of a table, and compares the marks in it with what was found. */
function programs(table: Readonly<Record<string, string>>): void {
  test.each(Object.entries(table))('%s', async (_name, program) => {
    const files = filesOf(program)
    expect(marked(files, await scan(files))).toBe(expected(files))
  })
}

const EXPRESS = `const express = require('express')
const app = express()
`

describe('handlers in the file of the application', () => {
  programs({
    'a function written in the call': `${EXPRESS}
      app.get('/', (req, res) => res.send(1)) // proven
      app.use(function (req, res, next) { res.send(1) }) // proven
      app.del('/', () => {}) // proven`,
    'a function by its name, hoisted': `${EXPRESS}
      app.get('/', list)
      function list(req, res) { res.send(1) } // proven`,
    'a function in a variable, with other names for its parameters': `${EXPRESS}
      const list = (a, b) => b.send(1) // proven
      app.get('/', list)`,
    'a chain of the response': `${EXPRESS}
      app.get('/', (req, res) => {
        res.status(200).set('a', 'b').send(1) // proven
        const answer = res.status(200)
        answer.type('html')
        answer.send(1) // proven
        req.res.send(1) // proven
        res?.send(1) // proven
        res['send'](1) // proven
      })`,
    'four parameters are an error handler': `${EXPRESS}
      app.use((err, req, res, next) => {
        err.send(1)
        req.send(1)
        res.send(1) // proven
        next.send(1)
      })
      app.use((a, b, c, d) => {
        b.send(1)
        c.send(1) // proven
      })`,
    'three parameters of which the last is unused': `${EXPRESS}
      app.use((a, b, c) => {
        b.send(1) // proven
        c.send(1)
      })`,
    'a param callback has five': `${EXPRESS}
      app.param('id', (req, res, next, id, name) => {
        next.send(1)
        res.send(1) // proven
      })
      app.param('id', (req, res, next, id) => {
        next.send(1)
        res.send(1) // proven
      })`,
    'arrays and nested arrays of middleware': `${EXPRESS}
      const first = (req, res, next) => res.send(1) // proven
      const second = (req, res, next) => res.send(1) // proven
      const third = (req, res, next) => res.send(1) // proven
      const all = [first, [second]]
      app.get('/', all, [third])`,
    'spreads of middleware': `${EXPRESS}
      const first = (req, res, next) => res.send(1) // proven
      const second = (req, res, next) => res.send(1) // proven
      const some = [first]
      app.get('/', ...some, ...[second])`,
    'route chains': `${EXPRESS}
      app.route('/x').get((req, res) => res.send(1)).post((req, res) => res.send(2)) // proven proven
      app.get('/a', () => {}).del('/b', () => {}) // proven`,
    'a router, by every way to make one': `
      const express = require('express')
      const { Router } = express
      const a = express.Router(), b = Router({ mergeParams: true }), c = new express.Router(), d = new Router()
      a.del('/', (req, res) => res.send(1)) // proven proven
      b.del('/', (req, res) => res.send(1)) // proven proven
      c.del('/', (req, res) => res.send(1)) // proven proven
      d.del('/', (req, res) => res.send(1)) // proven proven`,
    'ways to get at express': `
      const a = require('express')()
      a.del('/', () => {}) // proven
      --- b.mjs
      import express, { Router, application } from 'express'
      express().del('/', () => {}) // proven
      Router().del('/', () => {}) // proven
      --- c.mjs
      import * as ns from 'express'
      ns.Router().del('/', () => {}) // proven
      ns.default().del('/', () => {}) // proven
      --- d.ts
      import express = require('express')
      express().del('/', () => {}) // proven
      --- e.mjs
      const { default: express, Router } = await import('express')
      express().del('/', () => {}) // proven
      Router().del('/', () => {}) // proven
      --- f.mjs
      const express = (await import('express')).default
      express().del('/', () => {}) // proven
      --- g.js
      var express
      express = require('express')
      var app = module.exports = express()
      app.del('/', () => {}) // proven
      --- h.mjs
      import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      const express = require('express')
      express().del('/', () => {}) // proven
      --- i.mjs
      import { default as express } from 'express'
      express().del('/', () => {}) // proven`,
    'functions that return the application': `
      const express = require('express')
      function create() { const app = express(); app.set('x', 1); return app }
      const make = async () => create()
      create().del('/', () => {}) // proven
      async function main() { const app = await make(); app.del('/', () => {}) } // proven`,
    'a lazily made application': `
      const express = require('express')
      let app = null
      function get() { if (!app) app = express(); return app }
      get().del('/', () => {}) // proven`,
    'wrappers of the project': `${EXPRESS}
      const asyncHandler = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)
      app.get('/', asyncHandler(async (req, res) => { res.send(1) })) // proven
      const list = asyncHandler(async (req, res) => { res.send(1) }) // proven
      app.get('/list', list)`,
    'wrappers with rest arguments': `${EXPRESS}
      const wrap = (fn) => (...args) => fn(...args).catch(args[2])
      app.get('/', wrap(async (req, res) => { res.send(1) })) // proven`,
    'wrappers that use apply or call': `${EXPRESS}
      function wrap(fn) { return function (req, res, next) { return fn.call(this, req, res, next) } }
      app.get('/', wrap((a, b) => { b.send(1) })) // proven`,
    'a wrapper with a second argument': `${EXPRESS}
      const guard = (role, fn) => (req, res, next) => req.user === role ? fn(req, res, next) : next()
      app.get('/', guard('admin', (a, b) => b.send(1))) // proven`,
    'a wrapper of a well-known package': `${EXPRESS}
      const asyncHandler = require('express-async-handler')
      app.get('/', asyncHandler(async (req, res) => { res.send(1) })) // proven`,
    'a wrapper of an unknown package is a convention': `${EXPRESS}
      const wrap = require('our-wrap')
      app.get('/', wrap(async (req, res) => { res.send(1) })) // inferred`,
    'a factory of middleware': `${EXPRESS}
      const only = (role) => (a, b, next) => { b.send(role) } // proven
      app.use(only('admin'))`,
    bind: `${EXPRESS}
      function list(a, b) { b.send(1) } // proven
      app.get('/', list.bind(null))`,
    'bind with an argument shifts the parameters': `${EXPRESS}
      function list(db, a, b) { a.send(1); b.send(1) } // proven
      app.get('/', list.bind(null, {}))`,
    destructured: `${EXPRESS}
      app.get('/', (req, { send }) => send(1)) // proven
      const { del } = app // proven`,
    'a local copy': `${EXPRESS}
      app.get('/', (req, res) => {
        const r = res
        let s
        s = r
        setTimeout(() => s.send(1), 10) // proven
      })`,
    'helpers that are called with the response': `${EXPRESS}
      function fail(r, code) { r.send(code) } // proven
      app.get('/', (req, res) => fail(res, 1))
      app.get('/b', (req, res) => { inner(); function inner() { res.send(1) } }) // proven`,
    'a helper that is called with the response and with something else': `${EXPRESS}
      function fail(r, code) { r.send(code) } // guessed
      app.get('/', (req, res) => fail(res, 1))
      fail(new Map(), 2)`,
    conditional: `${EXPRESS}
      const use = process.env.X ? app : express()
      use.del('/', () => {}) // proven`,
    'an option or a new application': `
      const express = require('express')
      module.exports = (opts) => { const app = opts.app || express(); app.del('/', () => {}) } // inferred`,
    'the application of a request': `${EXPRESS}
      app.get('/', (req, res) => { req.app.del('/', () => {}); res.app.del('/', () => {}) }) // proven proven`,
    'verbs from a list': `${EXPRESS}
      for (const verb of ['get', 'post']) app[verb]('/', (req, res) => res.send(1)) // proven
      ;['put', 'patch'].forEach((verb) => app[verb]('/', (req, res) => res.send(1))) // proven`,
    'a constant for the method': `${EXPRESS}
      const GET = 'get'
      app[GET]('/', (a, b) => b.send(1)) // proven`,
    'apply with a list of arguments': `${EXPRESS}
      app.use.apply(app, [(req, res) => res.send(1)]) // inferred
      app.get.call(app, '/', (req, res) => res.send(1)) // inferred`,
    'a class that extends the router': `
      const { Router } = require('express')
      class Api extends Router { constructor() { super(); this.del('/', (a, b) => b.send(1)) } } // proven proven
      new Api().del('/', () => {}) // proven`,
  })
})

describe('tables of routes', () => {
  programs({
    'forEach over objects': `${EXPRESS}
      const list = (a, b) => b.send(1) // proven
      const routes = [{ path: '/', handler: list }, { path: '/x', handler: (a, b) => b.send(2) }] // proven
      routes.forEach((route) => app.get(route.path, route.handler))`,
    'for..of with destructuring': `${EXPRESS}
      const routes = [['get', '/', (a, b) => b.send(2)]] // proven
      for (const [method, path, handler] of routes) app[method](path, handler)`,
    'for..of over objects': `${EXPRESS}
      const routes = [{ path: '/', handler: (a, b) => b.send(2) }] // proven
      for (const { path, handler } of routes) app.get(path, handler)`,
    'an object of handlers': `${EXPRESS}
      const handlers = { list(a, b) { b.send(1) }, show: (a, b) => b.send(2) } // proven inferred
      app.get('/', handlers.list)
      Object.values(handlers).forEach((handler) => app.use(handler))`,
    'Object.entries': `${EXPRESS}
      const handlers = { list: (a, b) => b.send(1) } // inferred
      for (const [path, handler] of Object.entries(handlers)) app.get(path, handler)`,
    'Object.keys': `${EXPRESS}
      const handlers = { list: (a, b) => b.send(1) } // inferred
      Object.keys(handlers).forEach((name) => app.get('/' + name, handlers[name]))`,
    map: `${EXPRESS}
      const wrap = (fn) => (req, res, next) => fn(req, res, next)
      app.use([(a, b) => b.send(1), (a, b) => b.send(2)].map(wrap)) // inferred inferred`,
    'concat and push': `${EXPRESS}
      const chain = []
      chain.push((a, b) => b.send(1)) // proven
      app.use(chain.concat([(a, b) => b.send(2)])) // proven`,
  })
})

describe('across files', () => {
  programs({
    'a controller that never mentions express': `
      const router = require('express').Router()
      const controller = require('./controllers/user')
      router.get('/', controller.list)
      router.get('/x', controller.show)
      router.get('/y', require('./controllers/user').edit)
      --- controllers/user.js
      exports.list = function (a, b) { b.send(1) } // proven
      module.exports.show = (a, b) => b.send(1) // proven
      exports.edit = edit
      function edit(a, b) { b.send(1) } // proven
      exports.other = (a, b) => b.send(1)`,
    'module.exports of an object': `
      require('express')().get('/', require('./c').list)
      --- c.js
      const show = (a, b) => b.send(1)
      module.exports = { list, show, inline(a, b) { b.send(1) } }
      function list(a, b) { b.send(1) } // proven`,
    'module.exports of a function': `${EXPRESS}
      app.use('/x', require('./x'))
      app.use(require('./y')({ some: 'option' }))
      --- x.js
      module.exports = function (a, b) { b.send(1) } // proven
      --- y.js
      module.exports = (options) => (a, b, next) => b.send(options) // proven`,
    'routes that take the application': `${EXPRESS}
      require('./routes')(app)
      --- routes/index.js
      module.exports = function (server) { // nothing here says that it is express
        server.del('/', (a, b) => b.send(1)) // proven proven
        require('./users')(server, '/users')
      }
      --- routes/users.js
      module.exports = (it, path) => { it.del(path, (a, b) => b.send(1)) } // proven proven`,
    'routes that take the application, in ESM': `
      import express from 'express'
      import routes, { more } from './routes.js'
      const app = express()
      routes(app)
      more({ app, path: '/' })
      --- routes.js
      export default function (server) { server.del('/', () => {}) } // proven
      export const more = ({ app: it, path }) => { it.del(path, () => {}) } // proven`,
    'a mounted router': `${EXPRESS}
      app.use('/x', require('./x'))
      --- x.js
      const router = require('express').Router()
      router.get('/', (req, res) => res.send(1)) // proven
      module.exports = router`,
    'a shared application': `
      --- use.js
      const app = require('./app')
      app.del('/', () => {}) // proven
      --- app.js
      const express = require('express')
      module.exports = express()
      --- other.js
      const { app } = require('./server')
      app.del('/', () => {}) // proven
      --- server.js
      const express = require('express')
      const app = express()
      exports.app = app`,
    'named and default exports of ESM': `
      import { Router } from 'express'
      import list, { show, Edit as edit } from './c.js'
      import * as all from './c.js'
      const router = Router()
      router.get('/', list)
      router.get('/x', show, edit, all.create)
      export default router
      --- c.js
      export default async function (a, b) { b.send(1) } // proven
      export const show = (a, b) => b.send(1) // proven
      const change = (a, b) => b.send(1) // proven
      export { change as Edit }
      export function create(a, b) { b.send(1) } // proven
      export function never(a, b) { b.send(1) }`,
    're-exports': `
      import express from 'express'
      import { list, shown, ns, def } from './controllers/index.js'
      const app = express()
      app.get('/', list, shown, ns.list, def)
      --- controllers/index.js
      export * from './a.js'
      export { show as shown, default as def } from './b.js'
      export * as ns from './c.js'
      --- controllers/a.js
      export const list = (a, b) => b.send(1) // proven
      --- controllers/b.js
      export const show = (a, b) => b.send(1) // proven
      export default (a, b) => b.send(1) // proven
      --- controllers/c.js
      export const list = (a, b) => b.send(1) // proven`,
    'imports that are exported again': `
      import express from 'express'
      import { list } from './index.js'
      express().get('/', list)
      --- index.js
      import { list } from './a.js'
      export { list }
      --- a.js
      export const list = (a, b) => b.send(1) // proven`,
    'an index of CommonJS': `
      const c = require('./controllers')
      require('express')().get('/', c.user.list, c.post)
      --- controllers/index.js
      module.exports.user = require('./user')
      module.exports = { ...module.exports, post: require('./post') }
      --- controllers/user.js
      exports.list = (a, b) => b.send(1) // proven
      --- controllers/post.js
      module.exports = (a, b) => b.send(1) // proven`,
    'what TypeScript compiles to': `
      "use strict";
      var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
      Object.defineProperty(exports, "__esModule", { value: true });
      const express_1 = __importDefault(require("express"));
      const index_1 = require("./index");
      const c_1 = __importDefault(require("./c"));
      const app = (0, express_1.default)();
      app.del('/', index_1.list); // proven
      app.get('/', c_1.default);
      exports.default = app;
      --- index.js
      "use strict";
      var __createBinding = function () {};
      var __exportStar = (this && this.__exportStar) || function(m, exports) { for (var p in m) if (p !== "default" && !exports.hasOwnProperty(p)) __createBinding(exports, m, p); };
      Object.defineProperty(exports, "__esModule", { value: true });
      __exportStar(require("./list"), exports);
      --- list.js
      "use strict";
      Object.defineProperty(exports, "__esModule", { value: true });
      exports.list = void 0;
      const list = (a, b) => { b.send(1); } // proven
      exports.list = list;
      --- c.js
      "use strict";
      Object.defineProperty(exports, "__esModule", { value: true });
      function show(a, b) { b.send(1); } // proven
      exports.default = show;`,
    'what Babel compiles to': `
      "use strict";
      var _express = _interopRequireDefault(require("express"));
      var _c = _interopRequireWildcard(require("./c"));
      function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }
      function _interopRequireWildcard(e) { return e; }
      const app = (0, _express.default)();
      app.del('/', _c.list, _c.default); // proven
      --- c.js
      "use strict";
      Object.defineProperty(exports, "__esModule", { value: true });
      exports.default = exports.list = void 0;
      const list = (a, b) => b.send(1); // proven
      exports.list = list;
      var _default = exports.default = (a, b) => b.send(1); // proven`,
    'what esbuild compiles to': `
      var __toESM = (mod) => mod;
      var import_express = __toESM(require("express"));
      var import_c = require("./c");
      const app = (0, import_express.default)();
      app.del('/', import_c.list); // proven
      --- c.js
      var __defProp = Object.defineProperty;
      var __export = (target, all) => { for (var name in all) __defProp(target, name, { get: all[name], enumerable: true }); };
      var c_exports = {};
      __export(c_exports, { list: () => list });
      module.exports = __toCommonJS(c_exports);
      const list = (a, b) => b.send(1); // proven`,
    'getters of an index': `
      const c = require('./index')
      require('express')().get('/', c.list)
      --- index.js
      Object.defineProperty(exports, 'list', { enumerable: true, get: function () { return require('./list').list } })
      --- list.js
      exports.list = (a, b) => b.send(1) // proven`,
    'a wrapper in another file': `
      const express = require('express')
      const { asyncHandler } = require('./wrap')
      const c = require('./c')
      express().get('/', asyncHandler(c.list))
      --- wrap.js
      exports.asyncHandler = (fn) => (req, res, next) => fn(req, res, next).catch(next)
      --- c.js
      exports.list = async (a, b) => { b.send(1) } // proven`,
    'a wrapper around the export': `
      require('express')().get('/', require('./c').list)
      --- wrap.js
      module.exports = (fn) => (req, res, next) => fn(req, res, next).catch(next)
      --- c.js
      const catchAsync = require('./wrap')
      const list = catchAsync(async (a, b) => { b.send(1) }) // proven
      module.exports = { list }`,
    'a response handed to another file': `
      const { ok } = require('./answers')
      require('express')().get('/', (req, res) => ok(res, 1))
      --- answers.js
      exports.ok = (r, body) => r.send(body) // proven`,
    'a dynamic import': `${EXPRESS}
      async function main() {
        const { list } = await import('./c.mjs')
        const all = await import('./d.mjs')
        app.get('/', list, all.default)
      }
      import('./e.mjs').then((m) => m.default(app))
      --- c.mjs
      export const list = (a, b) => b.send(1) // proven
      --- d.mjs
      export default (a, b) => b.send(1) // proven
      --- e.mjs
      export default (it) => { it.del('/', () => {}) } // proven`,
    'a lazy require': `${EXPRESS}
      app.get('/', (...args) => require('./c').list(...args))
      app.get('/x', (req, res) => require('./c').show(req, res))
      --- c.js
      exports.list = (a, b) => b.send(1) // proven
      exports.show = (a, b) => b.send(1) // proven`,
    'a module in a folder, and one with a main': `
      const a = require('./lib')
      require('express')().use(a)
      --- lib/index.js
      module.exports = (a, b) => b.send(1) // proven`,
    'mutual requires': `
      const b = require('./b')
      const app = require('express')()
      exports.app = app
      b.start()
      --- b.js
      const a = require('./app')
      exports.start = () => { a.app.del('/', exports.handle) } // proven
      exports.handle = (x, y) => { y.send(1) } // proven`,
    'mutual exports of ESM': `
      import express from 'express'
      import { list } from './a.js'
      express().get('/', list)
      --- a.js
      export * from './b.js'
      --- b.js
      export * from './a.js'
      export const list = (a, b) => b.send(1) // proven`,
    'mutual recursion': `${EXPRESS}
      const even = (r, n) => (n === 0 ? r.send(1) : odd(r, n - 1)) // proven
      const odd = (r, n) => (n === 0 ? r.send(2) : even(r, n - 1)) // proven
      app.get('/', (req, res) => even(res, 3))`,
    'classes with bound methods': `
      const C = require('./c')
      const c = new C()
      const router = require('express').Router()
      router.get('/', c.list.bind(c), c.show, (req, res) => c.edit(req, res))
      router.get('/x', C.all, C.some)
      --- c.js
      module.exports = class {
        list(a, b) { b.send(1) } // proven
        show = (a, b) => { b.send(1) } // proven
        edit(a, b) { this.finish(b) }
        finish(r) { r.send(1) } // proven
        static all(a, b) { b.send(1) } // proven
        static some = (a, b) => b.send(1) // proven
        never(a, b) { b.send(1) }
      }`,
    'classes bound in the constructor': `
      const { C } = require('./c')
      const c = new C()
      require('express')().get('/', c.list)
      --- c.js
      class C {
        constructor() { this.list = this.list.bind(this) }
        list(a, b) { b.send(1) } // proven
      }
      exports.C = C`,
    'an object of a class as the export': `
      require('express')().get('/', require('./c').list)
      --- c.js
      class C { list(a, b) { b.send(1) } } // proven
      module.exports = new C()`,
    'a singleton of a class': `
      import express from 'express'
      import { C } from './c.js'
      express().get('/', C.instance.list, C.get().show)
      --- c.js
      export class C {
        static instance = new C()
        static get() { return C.instance }
        list = (a, b) => b.send(1) // proven
        show = (a, b) => b.send(1) // proven
      }`,
    'inherited methods': `
      const C = require('./c')
      const c = new C()
      require('express')().get('/', c.list)
      --- base.js
      class Base { list(a, b) { b.send(1) } ok(r) { r.send(2) } } // proven proven
      module.exports = Base
      --- c.js
      module.exports = class C extends require('./base') { list(a, b) { super.list(a, b); this.ok(b) } }`,
    'prototype methods': `
      var C = require('./c')
      var c = new C()
      var express = require('express')
      var app = express()
      app.get('/', c.list.bind(c))
      app.get('/x', c.show.bind(c))
      --- c.js
      function C() { if (!(this instanceof C)) return new C() }
      C.prototype.list = function (a, b) { b.send(1) } // proven
      C.prototype.show = function (a, b) { this.end(b) }
      C.prototype.end = function (r) { r.send(1) } // proven
      module.exports = C`,
    'self and that': `
      var C = require('./c')
      var app = require('express')()
      new C(app).start()
      --- c.js
      module.exports = function C(app) {
        const self = this
        self.app = app
        this.start = function () { self.app.del('/', self.list) } // proven
        self.list = function (a, b) { b.send(1) } // proven
      }`,
    'a server class': `
      const express = require('express')
      class Server {
        constructor() { this.app = express(); this.routes() }
        routes() { this.app.del('/', this.list.bind(this)); this.app.get('/', this.show) } // proven
        list(a, b) { b.send(1) } // proven
        show = (a, b) => { b.send(1) } // proven
      }
      module.exports = new Server().app
      --- use.js
      require('./app').del('/', () => {}) // proven`,
    'the application in a field': `
      const express = require('express')
      class Server { app = express(); #inner = express()
        go() { const { app } = this; app.del('/', () => {}); this.#inner.del('/', () => {}) } } // proven proven
      const s = new Server()
      s.app.del('/', () => {}) // proven`,
    'dependency injection by parameter': `
      const express = require('express')
      const makeController = require('./c')
      const app = express()
      const controller = makeController({ db: {} })
      require('./r')({ app, controller })
      --- r.js
      module.exports = ({ app, controller }) => { app.del('/', controller.list) } // proven
      --- c.js
      module.exports = ({ db }) => ({ list: async (a, b) => b.send(await db.x()) }) // proven`,
    'dependency injection by constructor': `
      import express from 'express'
      import { UserController } from './c'
      import { Routes } from './r'
      new Routes(express(), new UserController()).register()
      --- r.ts
      import { UserController } from './c'
      export class Routes {
        constructor(private readonly app, private readonly users: UserController) {}
        register() { this.app.del('/', this.users.list) } // proven
      }
      --- c.ts
      export class UserController { list = (a, b) => { b.send(1) } } // proven`,
    'dependency injection by the type of a parameter alone': `
      --- r.ts
      import { Router } from 'express'
      import type { UserController } from './c'
      export const routes = (users: UserController) => Router().get('/', users.list)
      --- c.ts
      export class UserController { list = (a, b) => { b.send(1) } } // proven`,
    'what awilix hands out is only a name': `
      module.exports = ({ userService, app }) => {
        app.del('/', () => {}) // guessed
        return { list: (req, res) => res.send(userService.list()) } // inferred
      }
      --- main.js
      require('express')`,
    'aliases of tsconfig': `
      --- tsconfig.json
      { "compilerOptions": { "baseUrl": ".", "paths": { "@c/*": ["src/controllers/*"], "~": ["src/index.ts"] } } }
      --- src/app.ts
      import express from 'express'
      import { list } from '@c/user'
      import { more } from '~'
      express().get('/', list, more)
      --- src/controllers/user.ts
      export const list = (a, b) => b.send(1) // proven
      --- src/index.ts
      export const more = (a, b) => b.send(1) // proven`,
    'a .js that means a .ts': `
      --- app.ts
      import express from 'express'
      import { list } from './c.js'
      import { show } from './d.mjs'
      express().get('/', list, show)
      --- c.ts
      export const list = (a, b) => b.send(1) // proven
      --- d.mts
      export const show = (a, b) => b.send(1) // proven`,
    'packages of a workspace': `
      --- package.json
      { "name": "root", "private": true, "workspaces": ["packages/*"] }
      --- packages/api/package.json
      { "name": "@our/api", "dependencies": { "express": "^4.0.0", "@our/handlers": "*" } }
      --- packages/api/app.js
      const { list } = require('@our/handlers')
      require('express')().get('/', list, require('@our/handlers/more'))
      --- packages/handlers/package.json
      { "name": "@our/handlers", "main": "dist/index.js", "peerDependencies": { "express": "^4.0.0" } }
      --- packages/handlers/src/index.js
      exports.list = (a, b) => b.send(1) // proven
      --- packages/handlers/more.js
      module.exports = (a, b) => b.send(1) // proven`,
    'imports of package.json': `
      --- package.json
      { "name": "app", "dependencies": { "express": "^4.0.0" }, "imports": { "#c/*": "./src/*.js", "#one": { "default": "./src/one.js" } } }
      --- app.mjs
      import express from 'express'
      import { list } from '#c/list'
      import one from '#one'
      express().get('/', list, one)
      --- src/list.js
      export const list = (a, b) => b.send(1) // proven
      --- src/one.js
      export default (a, b) => b.send(1) // proven`,
    'its own re-export of express': `
      const { express, Router } = require('./express')
      express().del('/', () => {}) // proven
      Router().del('/', () => {}) // proven
      --- express.js
      const express = require('express')
      module.exports = { express, Router: express.Router }
      --- b.mjs
      import e from './c.mjs'
      e().del('/', () => {}) // proven
      --- c.mjs
      export { default } from 'express'`,
    'glob loading is a convention': `
      const fs = require('fs')
      const app = require('express')()
      fs.readdirSync('./routes').forEach((file) => require('./routes/' + file)(app))
      --- routes/a.js
      module.exports = (app) => { app.get('/', (a, b) => b.send(1)); app.del('/x', () => {}) } // inferred inferred
      --- routes/b.js
      module.exports = (it) => { it.del('/x', () => {}) }`,
  })
})

describe('what compilers write', () => {
  programs({
    'a new application': `
const express = require('express')
const app = new express()
app.del('/', f) // proven
const router = new express.Router()
router.del('/', f) // proven`,
    'exports of esbuild': `${EXPRESS}
const list = require('./controllers')
app.get('/', list.list)
app.get('/x', list.show)
--- controllers.js
"use strict"
var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  for (let key of __getOwnPropNames(from))
    if (!__hasOwnProp.call(to, key) && key !== except)
      __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var controllers_exports = {};
__export(controllers_exports, {
  default: () => controllers_default,
  list: () => list,
  show: () => show
});
module.exports = __toCommonJS(controllers_exports);
function list(a, b) { b.send(1) } // proven
const show = (a, b) => b.send(2) // proven
var controllers_default = list`,
    'an application of esbuild': `
const app = require('./server').app
app.del('/', f) // proven
require('./server').default.del('/', f) // proven
--- server.js
var __create = Object.create;
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(mod) : {}, target);
var server_exports = {};
__export(server_exports, { app: () => app, default: () => server_default });
module.exports = __toCommonJS(server_exports);
var import_express = __toESM(require("express"));
const app = (0, import_express.default)();
var server_default = app;`,
    'exports of tsc': `
"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const express_1 = __importDefault(require("express"));
const list_1 = __importDefault(require("./list"));
const index_1 = require("./index");
const app = (0, express_1.default)();
app.get('/', list_1.default);
app.get('/show', index_1.show);
app.get('/again', index_1.again);
app.get('/late', index_1.late);
app.del('/', f) // proven
exports.default = app;
--- list.js
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.default = list;
function list(a, b) { b.send(1) } // proven
--- show.js
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.late = exports.again = exports.show = void 0;
const show = (a, b) => b.send(1) // proven
exports.show = show;
const again = async (a, b) => { b.send(1) } // proven
exports.again = again;
function late(a, b) { b.send(1) } // proven
exports.late = late;
--- index.js
"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    var desc = Object.getOwnPropertyDescriptor(m, k);
    if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
      desc = { enumerable: true, get: function() { return m[k]; } };
    }
    Object.defineProperty(o, k2, desc);
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __exportStar = (this && this.__exportStar) || function(m, exports) {
    for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(exports, p)) __createBinding(exports, m, p);
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.show = void 0;
var show_1 = require("./show");
Object.defineProperty(exports, "show", { enumerable: true, get: function () { return show_1.show; } });
__exportStar(require("./show"), exports);`,
    'a class of tsc': `
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const express_1 = require("express");
const users_1 = require("./users");
const router = (0, express_1.Router)();
const users = new users_1.Users();
router.get('/', users.list);
router.get('/show', users.show.bind(users));
router.get('/made', new users_1.Users().made);
--- users.js
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Users = void 0;
class Users {
    constructor() {
        this.list = (a, b) => {
            b.send(1) // proven
        };
    }
    show(a, b) {
        b.send(1) // proven
    }
    made(a, b) { b.send(1) } // proven
}
exports.Users = Users;`,
    'exports of babel': `
"use strict";
var _express = _interopRequireDefault(require("express"));
var _list = _interopRequireWildcard(require("./list"));
function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }
const app = (0, _express.default)();
app.get('/', _list.default);
app.get('/show', _list.show);
--- list.js
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.default = void 0;
exports.show = show;
var _default = exports.default = (a, b) => b.send(1) // proven
function show(a, b) { b.send(1) } // proven`,
  })
})

describe('modules that hand on', () => {
  programs({
    'a module that is express': `
const express = require('./express')
const app = express()
app.del('/', f) // proven
express.Router().del('/', f) // proven
--- express.js
module.exports = require('express')`,
    'a module that is express, in ESM': `
import express, { Router } from './express.mjs'
const app = express()
app.del('/', f) // proven
Router().del('/', f) // proven
--- express.mjs
import express from 'express'
export default express
export { Router } from 'express'`,
    'a module that has express': `
const { express, Router } = require('./lib')
express().del('/', f) // proven
Router().del('/', f) // proven
--- lib.js
const express = require('express')
module.exports = { express, Router: express.Router }`,
    'an import that is waited for with then': `${EXPRESS}
import('./list.mjs').then((m) => app.get('/', m.default))
import('./list.mjs').then(({ show }) => app.get('/show', show))
import('express').then((e) => { e.default().del('/', f) }) // proven
Promise.resolve(app).then((a) => a.del('/', f)) // proven
--- list.mjs
export default (a, b) => b.send(1) // proven
export function show(a, b) { b.send(1) } // proven`,
    'an application that a promise gives': `
const express = require('express')
async function create() { return express() }
create().then((app) => app.del('/', f)) // proven
create().then(function (app) { app.del('/', f); return app }).then((app) => app.del('/', f)) // proven proven
const main = async () => { const app = await create(); app.del('/', f) } // proven`,
    'a wrapper that spreads': `${EXPRESS}
const wrap = (fn) => (...args) => fn(...args).catch(args[2])
app.get('/', wrap(async (a, b) => b.send(1))) // proven
app.get('/x', wrap(show))
async function show(a, b) { b.send(1) } // proven`,
    'a wrapper that applies': `${EXPRESS}
function wrap(fn) { return function () { return Promise.resolve(fn.apply(this, arguments)) } }
function named(fn) { return function (a, b, next) { return fn.call(this, a, b, next) } }
app.get('/', wrap((a, b) => b.send(1))) // proven
app.get('/x', named((a, b) => b.send(1))) // proven`,
    'a wrapper that takes the rest': `${EXPRESS}
const wrap = (fn) => (a, ...rest) => fn(a, ...rest)
app.get('/', wrap((a, b) => b.send(1))) // proven`,
    'a wrapper that gives more, and one that moves what it is given': `${EXPRESS}
const more = (fn) => (...args) => fn('x', ...args)
const moved = (fn) => (...args) => { args.unshift('x'); return fn(...args) }
const again = (fn) => (...args) => { args = args.reverse(); return fn(...args) }
function old(fn) { return function () { [].shift.call(arguments); return fn.apply(this, arguments) } }
function set(fn) { return function (a, b) { arguments[1] = a; return fn.apply(this, arguments) } }
app.get('/', more((x, a, b) => a.send() || b.send(1))) // proven
app.get('/', moved((a, b, c) => a.send() || b.send() || c.send(1)))
app.get('/', again((a, b, c) => a.send() || b.send() || c.send(1)))
app.get('/', old((a, b, c) => a.send() || b.send() || c.send(1)))
app.get('/', set((a, b, c) => a.send() || b.send() || c.send(1)))`,
    'a list that is put together': `${EXPRESS}
const one = (a, b) => b.send(1) // proven
function call(fn, ...list) { fn(...list) }
app.get('/', (a, b) => { call(one, a, b); one(...[a, b]); one.apply(null, [a, b]) })`,
    'a wrapper in another file': `${EXPRESS}
const wrap = require('./wrap')
app.get('/', wrap(async (a, b) => b.send(1))) // proven
--- wrap.js
module.exports = fn => (...args) => Promise.resolve(fn(...args)).catch(args[args.length - 1])`,
    'a folder before a file': `${EXPRESS}
app.get('/', require('./b/'))
app.get('/x', require('./b'))
--- b.js
module.exports = (a, b) => b.json(b.send(1)) // proven
--- b/index.js
module.exports = (a, b) => b.send(2) // proven`,
    'the folder itself': `${EXPRESS}
app.get('/', require('./routes/list').list)
--- routes/index.js
exports.show = (a, b) => b.send(1) // proven
--- routes/list.js
const all = require('.')
const again = require('./')
const express = require('express')
express().get('/', all.show)
exports.list = (a, b) => b.send(1) // proven`,
    'a tsconfig that only refers to others': `
import { list } from '@app/list'
import express from 'express'
express().get('/', list)
--- tsconfig.json
{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./missing" }] }
--- tsconfig.app.json
{ "compilerOptions": { "paths": { "@app/*": ["./lib/*"] } } }
--- lib/list.ts
export const list = (a: any, b: any) => b.send(1) // proven`,
  })
})

describe('values that go round', () => {
  programs({
    'a list that grows by itself': `${EXPRESS}
let list = []
list = [...list, (a, b) => b.send(1)] // proven
for (const each of list) app.get('/', each)`,
    'an object that grows by itself': `${EXPRESS}
let all = { show: (a, b) => b.send(1) } // proven
all = { ...all, other: all.missing }
app.get('/', all.show)
app.get('/x', all.missing)`,
    'classes that extend each other': `${EXPRESS}
class A extends B { }
class B extends A { }
app.get('/', new A().show)
app.get('/x', A.show)`,
  })
})

describe('types that are written down', () => {
  programs({
    'annotations of TypeScript': `
      --- a.ts
      import express, { Request, Response as Res, type RequestHandler, NextFunction, Express, Router as R } from 'express'
      import type * as core from 'express-serve-static-core'
      export const list: RequestHandler = (a, b) => { b.send(1) } // proven
      export const guard: express.ErrorRequestHandler = (e, a, b, n) => { b.send(1) } // proven
      export function show(a: Request, b: Res) { b.send(1) } // proven
      export const show2 = (b: express.Response<string>) => b.send(1) // proven
      export const show3 = (b: core.Response) => b.send(1) // proven
      export function set(app: Express, r: R, s: express.Application) {
        app.del('/'); r.del('/'); s.del('/') // proven proven proven
      }
      export const opt = (b?: Res, c: Res | undefined = undefined, d: Readonly<Res> = c!) => { b!.send(1); c?.send(1); d.send(1) } // proven proven proven
      export const cast = (x: any) => { (x as Res).send(1); (<Res>x).send(2) } // proven proven
      export const sat = ((a, b) => { b.send(1) }) satisfies RequestHandler // proven
      export const asx = ((a, b) => { b.send(1) }) as RequestHandler // proven
      declare const held: Res
      held.send(1) // proven
      export class C { constructor(private readonly res: Res) {} go() { this.res.send(1) } app: Express; on() { this.app.del('/') } } // proven proven`,
    'the global namespace': `
      --- a.ts
      export const show = (a: Express.Request, b: Express.Response) => b.send(1) // proven`,
    'types of the project': `
      --- types.ts
      import { Request, Response } from 'express'
      export interface Req extends Request { user: string }
      export interface Res extends Response { ok(): void }
      export type R = Res
      export type Both = Response & { x: 1 }
      export type { Response as Again } from 'express'
      export * from './more'
      --- more.ts
      export type { Response as More } from 'express'
      --- a.ts
      import { Req, Res, R, Both, Again, More } from './types'
      export const a = (req: Req, res: Res) => res.send(1) // proven
      export const b = (r: R) => r.send(1) // proven
      export const c = (r: Both) => r.send(1) // proven
      export const d = (r: Again) => r.send(1) // proven
      export const e = (r: More) => r.send(1) // proven`,
    'types of somebody else': `
      --- a.ts
      import { Response } from 'node-fetch'
      import type { FastifyReply } from 'fastify'
      import type { NextApiResponse } from 'next'
      import { Unknown } from './missing'
      export const a = (req: Request, res: Response) => res.send(1)
      export const b = (req: any, res: FastifyReply) => res.send(1)
      export const c = (req: any, res: NextApiResponse) => res.send(1)
      export const d = (req: any, res: globalThis.Response) => res.send(1) // guessed
      --- b.ts
      export const a = (req: Request, res: Response) => res.send(1) // guessed
      --- c.ts
      import type { VercelRequest, VercelResponse } from '@vercel/node'
      export default (req: VercelRequest, res: VercelResponse) => res.send(1) // guessed
      export const half = (req: VercelRequest, res) => res.send(1) // guessed
      export const open = (req: any, res: any) => res.send(1) // inferred
      --- main.js
      require('express')`,
    'comments of JSDoc': `
      /** @type {import('express').RequestHandler} */
      exports.list = (a, b) => b.send(1) // proven
      /**
       * @param {import('express').Request} a
       * @param {import('express').Response} b
       */
      function show(a, b) { b.send(1) } // proven
      /** @typedef {import('express').Response} Res */
      /** @param {Res} r */
      exports.c = (r) => r.send(1) // proven
      /** @type {import("express").Express} */
      let app
      app.del('/', () => {}) // proven`,
    'types of Flow': `
      // @flow
      import express, { type $Response, type $Application } from 'express'
      import type { $Request } from 'express'
      export const show = (a: $Request, b: $Response) => { b.send(1) } // proven
      export const go = (x: $Application) => { x.del('/') } // proven`,
  })
})

describe('never Express', () => {
  programs({
    'a restify server, also when it comes second': `
      const express = require('express')
      let app = express()
      app = require('restify').createServer()
      app.del('/', (req, res) => res.send(404, 'x')) // guessed guessed`,
    'restify alone': `
      const restify = require('restify')
      const app = restify.createServer()
      app.del('/', (req, res, next) => { res.send(404, 'x') })`,
    'http.createServer': `
      const express = require('express')
      const http = require('http')
      http.createServer((req, res) => { res.send(1) }).listen(1)
      require('node:https').createServer(handle)
      function handle(req, res) { res.send(1) }
      const server = http.createServer(express())
      server.on('request', (req, res) => res.send(1))`,
    'koa, hono, fastify': `
      const Koa = require('koa')
      const app = new Koa()
      app.use((ctx, next) => { ctx.send(1); ctx.res.send(1) })
      app.del('/', () => {})
      --- hono.mjs
      import { Hono } from 'hono'
      const app = new Hono()
      app.get('/', (c, res) => res.send(1))
      app.del('/', () => {})
      --- fastify.mjs
      import fastify from 'fastify'
      const app = fastify()
      app.get('/', (request, reply) => reply.send(204))
      app.get('/x', async (req, res) => { res.send(204) })
      app.register(async (app) => { app.del('/', (req, res) => res.send(1)) })
      --- polka.js
      const app = require('polka')()
      app.get('/', (req, res) => res.send(1))
      app.del('/', () => {})`,
    'mocks of msw and nock': `
      import { http, rest } from 'msw'
      export const handlers = [rest.get('/', (req, res, ctx) => res(ctx.json({}))), http.get('/', (req, res) => res.send(1))]
      --- n.js
      const nock = require('nock')
      nock('http://x').get('/').reply((req, res) => res.send(1))`,
    'routes of next': `
      --- package.json
      { "name": "app", "dependencies": { "express": "^4.0.0", "next": "^14" } }
      --- pages/api/x.js
      export default function handler(req, res) { res.status(200).send(1); res.send(1) } // guessed
      --- app/x/route.js
      export async function GET(req, res) { return res.send(1) } // guessed
      --- main.js
      require('express')`,
    'routes of next without next in package.json': `
      --- pages/api/x.js
      export default function handler(req, res) { res.send(1) } // guessed
      --- main.js
      require('express')`,
    clients: `
      const request = require('supertest')
      const chai = require('chai')
      const app = require('express')()
      request(app).del('/').send(1)
      request(app).post('/').send({})
      const agent = request.agent(app)
      agent.del('/').send(1)
      chai.request(app).del('/').send(1)
      require('superagent').del('/').send(1)
      require('axios').get('/').then((res) => res.send(1))
      require('request').del('/', (err, res) => res.send(1))
      require('got')('/').then((response) => response.send(1))`,
    'caches, sockets, processes': `
      const express = require('express')
      const Redis = require('ioredis')
      const redis = new Redis()
      redis.del('x')
      const LRU = require('lru-cache')
      new LRU().del('x')
      const cache = new Map()
      cache.del('x')
      process.send(1)
      const ws = new (require('ws'))('x')
      ws.send(1234)
      const { Worker } = require('worker_threads')
      new Worker('x').send(1)
      new WebSocket('x').send(1)
      const xhr = new XMLHttpRequest()
      xhr.send(1)
      const wss = new (require('ws').Server)({})
      wss.on('connection', (socket, req) => socket.send(1))`,
    'an object of the project': `
      const express = require('express')
      class Mailer { send(x) { return x } del() {} }
      const mailer = new Mailer()
      mailer.send(1)
      const app = { del() {} }
      app.del('/')
      const res = { send(x) {} }
      res.send(1)
      function make() { return { send() {} } }
      const response = make()
      response.send(1)`,
    'callbacks of other functions': `
      const express = require('express')
      const fs = require('fs')
      const app = express()
      app.set('x', (a, b) => b.send(1))
      app.engine('x', (path, options, callback) => callback.send(1))
      app.listen(1, (a, b) => b.send(1))
      fs.readFile('x', (err, res) => res.send(1))
      new Promise((resolve, reject) => reject.send(1))
      ;[1].map((a, b) => b.send(1))
      ;[1].reduce((req, res) => res.send(1))
      setTimeout((req, res) => res.send(1), 1)
      it('x', (req, res) => res.send(1))`,
    'a shadowed name': `
      const express = require('express')
      const app = express()
      app.get('/', (req, res) => {
        {
          const res = new Map()
          res.send(1)
        }
        load((err, res) => res.send(1)) // guessed
        try { x() } catch (res) { res.send(1) } // guessed
        for (const res of [new Map()]) res.send(1)
        function inner(res) { res.send(1) }
        inner(new Map())
        class res2 {}
        res.send(1) // proven
      })
      function other(app) { app.del('/') }
      other(new Map())`,
    'a shadowed require and express': `
      function f(require) { const express = require('express'); express().del('/') }
      function g(express) { express().del('/') }
      g(() => new Map())
      const h = (app = new Map()) => app.del('/')`,
    'a var that is hoisted over the application': `
      const express = require('express')
      var app = express()
      function f() {
        app.del('/')
        var app = new Map()
      }`,
    'a let that is declared later in the block': `
      const express = require('express')
      const app = express()
      { app.del('/'); let app = new Map() }`,
    'a parameter that is overwritten': `
      const app = require('express')()
      app.get('/', (req, res) => { res = new Map(); res.send(1) }) // guessed
      app.get('/', (req, res) => { res = wrap(res); res.send(1) }) // guessed`,
    'a default of a destructured parameter': `
      const express = require('express')
      const f = ({ app = express() } = {}) => app.del('/') // guessed
      f({ app: unknownThing() })
      const g = ({ app = express() }) => app.del('/') // guessed
      g({ app: new Map() })`,
    'a look-alike package': `
      const app = require('not-express')()
      app.del('/', (req, res) => res.send(1)) // guessed guessed
      const { Router } = require('our-router')
      const router = Router()
      router.del('/', (a, b) => b.send(1)) // guessed
      --- main.js
      require('express')`,
    connect: `
      const connect = require('connect')
      const app = connect()
      app.use((req, res) => res.send(1))
      app.del('/')`,
    'client-side routers': `
      import { Router } from 'react-router'
      import VueRouter from 'vue-router'
      const router = new VueRouter()
      router.del('/')
      const app = createApp()
      app.del('/') // guessed
      --- main.js
      require('express')`,
    'jQuery and express in one file': `
      const express = require('express')
      $.get('/', (req, res) => res.send(1))
      $(document).ready((req, res) => res.send(1))`,
    'an event emitter': `
      const express = require('express')
      const { EventEmitter } = require('events')
      const bus = new EventEmitter()
      bus.on('x', (req, res) => res.send(1))
      class Bus extends EventEmitter { go() { this.on('x', (req, res) => res.send(1)) } }`,
    'a method that the project adds': `
      const express = require('express')
      express.response.send = function (x) { return this } // guessed
      express().get('/', (req, res) => res.send(1)) // guessed`,
    'a method that the project adds to every response of Node': `${EXPRESS}
require('http').ServerResponse.prototype.send = function (x) { this.end(x) }
app.get('/', (req, res) => res.send(1)) // guessed`,
    'a method that the project adds by another name for the prototype': `${EXPRESS}
const proto = require('http').ServerResponse.prototype
proto.send = function (x) { this.end(x) }
app.get('/', (req, res) => res.send(1)) // guessed`,
    'a method of another class of the project': `${EXPRESS}
function Tracker() {}
Tracker.prototype.send = function (x) {}
const proto = Tracker.prototype
proto.send = function (x) {}
app.get('/', (req, res) => res.send(1)) // proven`,
    'names and shapes in a project that never loads express': `
const server = require('our-server')
exports.list = (req, res) => res.send(1)
exports.run = (app) => { app.del('/', exports.list); server.app.del('/', exports.list) }`,
    'names and shapes in a package that never loads express, and one that does': `
--- package.json
{ "name": "root", "workspaces": ["api", "web"] }
--- api/package.json
{ "name": "api", "dependencies": { "express": "^4.0.0" } }
--- api/app.js
require('express')
const server = require('our-server')
exports.list = (req, res) => res.send(1) // inferred
server.app.del('/') // guessed
--- web/package.json
{ "name": "web", "dependencies": { "express": "^4.0.0" } }
--- web/app.js
const server = require('our-server')
exports.list = (req, res) => res.send(1) // guessed
server.app.del('/')`,
  })
})

describe('evidence', () => {
  test('names every hop with its file and line, nearest first', async () => {
    const findings = await scan(
      filesOf(`
        const router = require('express').Router()
        const { list } = require('./controllers')
        router.get('/', list)
        --- controllers/index.js
        exports.list = require('./list')
        --- controllers/list.js
        module.exports = function (req, res) {
          res.status(200).send(1)
        }`),
    )
    expect(findings).toHaveLength(1)
    expect(findings[0]!.evidence.steps.map(({ what, at }) => `${at?.file}:${at?.line} ${what}`)).toEqual([
      'controllers/list.js:2 `res.status(200)` is the Express response',
      'controllers/list.js:1 exported by controllers/list.js',
      'controllers/index.js:1 exported as `list` by controllers/index.js',
      'app.js:4 `res` is parameter 2 of the function handed to `router.get` in app.js',
      "app.js:2 `router` is `require('express').Router()`",
      "app.js:2 the module 'express'",
    ])
  })

  test('says what else it may be', async () => {
    const findings = await scan(
      filesOf(`
        const express = require('express')
        module.exports = (options) => { const app = options.app || express(); app.del('/') }`),
    )
    expect(findings[0]!.evidence.steps.at(-1)!.what).toMatch(/^it may also be something unknown: /)
  })
})

describe('programs of unusual size', () => {
  const repeat = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join('')
  const onlyFile = (text: string) => new Map([...filesOf(''), ['app.js', text]])

  test.each([
    ['a chain of 30 calls', `app.get('/', (req, res) => res${repeat(30, () => "\n.set('a', 'b')")}.send(1))`],
    [
      '300 functions inside each other',
      `${repeat(300, (i) => `function f${i}() {\n`)}app.get('/', (req, res) => res.send(1))${'\n}'.repeat(300)}`,
    ],
    [
      '20,000 lines',
      `${repeat(20_000, (i) => `const v${i} = [${i}, 'x'].join('')\n`)}app.get('/', (req, res) => res.send(1))`,
    ],
    [
      '2,000 handlers that call each other in a row',
      `${repeat(2000, (i) => `const f${i} = (r) => f${i + 1}(r)\n`)}const f2000 = (r) => r\napp.get('/', (req, res) => f0(res) && res.send(1))`,
    ],
    ['a sum of 1,000 strings', `app.get('/', (req, res) => res.send(1${repeat(1000, () => "\n+ 'x'")}))`],
  ])('%s', { timeout: 60_000 }, async (_name, text) => {
    const findings = await scan(onlyFile(EXPRESS + text))
    expect(findings.map(({ evidence }) => evidence.certainty)).toEqual(['proven'])
  })

  test('a chain of 5,000 calls is longer than is followed', async () => {
    const text = `${EXPRESS}app.get('/', (req, res) => res${repeat(5000, () => "\n.set('a', 'b')")}.send(1))`
    expect(await scan(onlyFile(text))).toEqual([])
  })

  test('a response behind a chain longer than is followed is not proven, and nothing breaks', async () => {
    const program = `${EXPRESS}${repeat(2000, (i) => `const f${i} = (r) => f${i + 1}(r)\n`)}const f2000 = (r) => r.send(1)\napp.get('/', (req, res) => f0(res))`
    for (const { evidence } of await scan(onlyFile(program))) expect(evidence.certainty).not.toBe('proven')
  })
})
