// Made by `npm run generate` from the fixtures.
import type { Example } from '../src/catalogue/select.ts'

/** What one case of each change shows. */
export const examples: Readonly<Record<string, Example>> = {
  'express/app-del': {
    before: "app.del('/b', (req, res) => res.end())",
    after: "app.delete('/b', (req, res) => res.end())",
  },
  'express/app-listen-callback': {
    before: "app.listen(3000, () => console.log('up')).on('error', fail)\nconst server = app.listen(3001, () => {\n  console.log('up')\n// These listeners may come too late, or never.\nconst other = app.listen(3002, () => console.log('up'))\nif (process.env.STRICT) other.on('error', fail)",
    after: "app.listen(3000, (err) => { if (err) return; console.log('up') }).on('error', fail)\nconst server = app.listen(3001, (err) => {\n  if (err) return\n  console.log('up')\n// These listeners may come too late, or never.\nconst other = app.listen(3002).once('listening', () => console.log('up'))\nif (process.env.STRICT) other.on('error', fail)",
  },
  'express/app-param-fn': {
    before: "app.param((name, option) => (req, res, next, value) => value === option ? next() : next('route'))\nrouter.param(matches)\napp.param('id', /^\\d+$/)\nrouter.param('id', 1337)",
  },
  'express/app-private-router': {
    before: "  req.url = '/new'\n  app._router.handle(req, res, next)\n})\n  req.url = '/new'\n  req.app._router.handle(req, res, next)\n})",
    after: "  req.url = '/new'\n  app.handle(req, res, next)\n})\n  req.url = '/new'\n  req.app.handle(req, res, next)\n})",
  },
  'express/app-settings-null-prototype': {
    before: "if (app.settings.hasOwnProperty('view engine')) console.log('views')\nif (!app.engines.hasOwnProperty('.ejs')) app.engine('ejs', render)\nif (settings.hasOwnProperty('title') && engines.hasOwnProperty(\".pug\")) console.log(settings.title)\napp.get('/', (req, res) => {\n  res.json(req.app.settings.hasOwnProperty(req.query.name))\n})",
    after: "if (Object.hasOwn(app.settings, 'view engine')) console.log('views')\nif (!Object.hasOwn(app.engines, '.ejs')) app.engine('ejs', render)\nif (Object.hasOwn(settings, 'title') && Object.hasOwn(engines, \".pug\")) console.log(settings.title)\napp.get('/', (req, res) => {\n  res.json(Object.hasOwn(req.app.settings, req.query.name))\n})",
  },
  'express/async-rejection-forwarding': {
    before: "await audit(req)\nawait audit(req)\nconst entry = await audit(req)",
  },
  'express/body-parser-mixed': {
    before: "\"dependencies\": {\n  \"body-parser\": \"^1.20.2\",\n  \"express\": \"^4.18.0\"",
    after: "\"dependencies\": {\n  \"body-parser\": \"^2.2.0\",\n  \"express\": \"^4.18.0\"",
  },
  'express/catalog-version': {
    before: "  \"packages\": [\"packages/*\"],\n  \"catalog\": { \"express\": \"^4.18.2\" },\n  \"catalogs\": { \"types\": { \"@types/express\": \"~4.17.21\" } }\n}",
    after: "  \"packages\": [\"packages/*\"],\n  \"catalog\": { \"express\": \"^5.3.0\" },\n  \"catalogs\": { \"types\": { \"@types/express\": \"~5.0.6\" } }\n}",
  },
  'express/content-disposition-format': {
    before: "await request(app).get('/a').expect('Content-Disposition', 'attachment; filename=\"a.pdf\"')\nexpect(res.headers['content-disposition']).toMatch(/filename=\"(.+)\"/)\nexpect(res.headers).toMatchObject({ 'content-disposition': 'attachment; filename=\"a.pdf\"' })",
  },
  'express/content-type-normalisation': {
    before: "app.get('/a', (req, res) => res.type('application/manifest+json').end())\napp.get('/b', (req, res) => res.type('application/json-patch+json').end())\napp.get('/c', (req, res) => res.contentType('application/fhir+json').end())",
  },
  'express/debug-namespace': {
    before: "process.env.DEBUG = 'express:router'\nprocess.env.DEBUG ||= \"express:*\"\nif (process.env.DEBUG === 'express:*') console.log('noisy')\nconst debug = require('debug')\ndebug.enable('express:*,-express:router:layer')\nconst levels = { DEBUG: 'debug', INFO: 'info' }",
    after: "process.env.DEBUG = 'router'\nprocess.env.DEBUG ||= \"express:*,router,router:*\"\nif (process.env.DEBUG === 'express:*') console.log('noisy')\nconst debug = require('debug')\ndebug.enable('express:*,-express:router:layer,-router:layer,router,router:*')\nconst levels = { DEBUG: 'debug', INFO: 'info' }",
  },
  'express/dep-companions': {
    before: "\"acme-router\": \"^1.0.0\",\n\"express-validator\": \"*\"",
  },
  'express/dep-overrides': {
    before: "\"overrides\": {\n  \"body-parser\": \"1.20.3\",\n  \"lodash\": \"4.17.21\",\n  \"path-to-regexp\": \"0.1.12\",\n  \"send\": { \".\": \"0.19.0\", \"mime\": \"1.6.0\" },\n  \"serve-static\": \"~1.16.2\"\n}",
    after: "\"overrides\": {\n  \"lodash\": \"4.17.21\",\n  \"send\": { \"mime\": \"1.6.0\" }\n}",
  },
  'express/dep-phantom': {
    before: "\"dependencies\": {\n  \"express\": \"^4.18.2\"\n}",
    after: "\"dependencies\": {\n  \"body-parser\": \"~1.20.3\",\n  \"content-type\": \"~1.0.4\",\n  \"express\": \"^4.18.2\",\n  \"methods\": \"~1.1.2\",\n  \"mime\": \"1.6.0\",\n  \"path-to-regexp\": \"~0.1.12\",\n  \"send\": \"~0.19.0\"\n}",
  },
  'express/error-log-object': {
    before: "console.error = (text) => lines.push(text.split('\\n')[0])\njest.spyOn(console, 'error').mockImplementation(() => {})",
  },
  'express/express-async-errors': {
    before: "const express = require('express')\nrequire('express-async-errors')\nconst app = express()",
    after: "const express = require('express')\nconst app = express()",
  },
  'express/express-deep-imports': {
    before: "var Router = require('express/lib/router');\nvar Route = require(\"express/lib/router/route\");\nvar made = make(require('express/lib/router/index.js'));\nvar router = new Router();\nvar other = require('express/lib/router')({ strict: true });\nvar third = new (require('express/lib/router'))();\nvar fourth = new require('express/lib/router/route')('/x');",
    after: "var Router = require('express').Router;\nvar Route = require(\"express\").Route;\nvar made = make(require('express').Router);\nvar router = new Router();\nvar other = require('express').Router({ strict: true });\nvar third = new (require('express').Router)();\nvar fourth = new require('express/lib/router/route')('/x');",
  },
  'express/express-query-middleware': {
    before: "app.use(express.query(), express.json())\napp.use('/a', express.json(), express.query())\napp.use(express.json()).use(express.query()).use(router)\napp\n  .use(express.query())\n  .use(router)",
    after: "app.use(express.json())\napp.use('/a', express.json())\napp.use(express.json()).use(router)\napp\n  .use(router)",
  },
  'express/express-removed-connect-getters': {
    before: "const { favicon } = require('express')\napp.use(express.bodyParser())\napp.use(express.cookieParser('secret'))\nif (express.session) app.use(express.session())",
  },
  'express/express-router-prototype': {
    before: "Object.setPrototypeOf(own, express.Router)\nown.__proto__ = express.Router\nconst other = Object.create(express.Router)\nObject.setPrototypeOf(express.Router, other)",
  },
  'express/fresh-etag-precedence': {
    before: "if (req.fresh) return res.status(304).end()\nif (!req.stale) return res.end()\n.set('If-Modified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT')\nfetch('/page', { headers: { 'if-none-match': '\"1\"', 'if-modified-since': new Date(0).toUTCString() } })",
  },
  'express/mime-type-changes': {
    before: "await request(app).get('/a.js').expect('Content-Type', 'application/javascript; charset=UTF-8')\nawait request(app).get('/a.html').expect('Content-Type', /charset=UTF-8/)\nexpect(res.headers['content-type']).toBe('image/x-icon')\nexpect(res.headers['content-type']).toMatch(/^application\\/javascript/)",
  },
  'express/mount-double-slash': {
    before: "await request(app).get('/api//users').expect(200)\nawait request(app).post('/api/users//').send({})\nawait fetch(`/api//users?next=/a`)",
  },
  'express/node-engine': {
    before: "\"engines\": {\n  \"node\": \"*\"\n},",
    after: "\"engines\": {\n  \"node\": \">=18\"\n},",
  },
  'express/options-auto-response': {
    before: "await request(app).options('/users').expect('Allow', 'GET,HEAD,POST')\nexpect(res.headers.allow).toBe('GET,HEAD')\nexpect(res.get('Allow').split(',')).toContain('POST')\nexpect(res.headers['allow']).toMatch(/GET,HEAD/)\nif (res.headers.allow === `GET,HEAD`) console.log(res.text)",
  },
  'express/package-version': {
    before: "\"dependencies\": {\n  \"express\": \"npm:express@^4.18.2\",\n  \"express4\": \"npm:express@^4.18.2\"",
    after: "\"dependencies\": {\n  \"express\": \"npm:express@^5.3.0\",\n  \"express4\": \"npm:express@^4.18.2\"",
  },
  'express/param-leading-colon': {
    before: "express.Router()\n  .param(':id', load)\n  .param(/* the page */ \":page\" /* from 1 */, load)\nexpress()['param'](`:slug`, load)",
    after: "express.Router()\n  .param('id', load)\n  .param(/* the page */ \"page\" /* from 1 */, load)\nexpress()['param'](`slug`, load)",
  },
  'express/params-null-prototype': {
    before: "})\napp.param('id', (req, res, next) => req.params.hasOwnProperty('id') ? next() : next('route'))",
    after: "})\napp.param('id', (req, res, next) => Object.hasOwn(req.params, 'id') ? next() : next('route'))",
  },
  'express/params-unmatched-omitted': {
    before: "for (const key in req.params) res.append('X-Key', key)\nif (req.params.hasOwnProperty('page')) res.end()\nconst { id, ...others } = req.params",
  },
  'express/params-wildcard-array': {
    before: "app.get('/docs{/*rest}', (req, res) => res.sendFile(path.join('/srv', req.params.rest)))\napp.get('/raw/*name', (req, res) => res.send(`raw ${req.params.name}`))\napp.get(['/x/*id', '/y/:id'], (req, res) => res.send(req.params.id.trim()))",
    after: "app.get('/docs{/*rest}', (req, res) => res.sendFile(path.join('/srv', (req.params.rest ?? []).join('/'))))\napp.get('/raw/*name', (req, res) => res.send(`raw ${req.params.name.join('/')}`))\napp.get(['/x/*id', '/y/:id'], (req, res) => res.send(req.params.id.trim()))",
  },
  'express/path-adjacent-params': {
    before: "app.get('/:a:a', (req, res) => res.send(req.params.a))\napp.get('/:a:b', (req, res) => res.send(req.params.a))",
    after: "app.get('/:a:a', (req, res) => res.send(req.params.a))\napp.get(/^\\/(?<a>[^/]+?)(?<b>[^/]+?)\\/?$/i, (req, res) => res.send(req.params.a))",
  },
  'express/path-alternation': {
    before: "app.get('/(a|b)/(c|d)', (req, res) => res.end())\napp.get('/(a|b|c|d|e|f|g|h|i)', (req, res) => res.end())\napp.get('/z(a|b)', require('./handler'))\napp.get(['/(a|b)', paths], (req, res) => res.end())",
    after: "app.get(['/a/c', '/a/d', '/b/c', '/b/d'], (req, res) => res.end())\napp.get(/^\\/(?:a|b|c|d|e|f|g|h|i)\\/?$/i, (req, res) => res.end())\napp.get(/^\\/z(a|b)\\/?$/i, require('./handler'))\napp.get(['/(a|b)', paths], (req, res) => res.end())",
  },
  'express/path-array-regexp-flags': {
    before: "const { more } = require('./paths')\nconst PAGES = ['/start', /^\\/about$/]\napp.get(PAGES, (req, res) => res.end())\napp.get(['/x', new RegExp('^/y$')], (req, res) => res.end())\napp.get([more, /^\\/z$/], (req, res) => res.end())\napp.get([/^\\/a\\/(\\d+)$/g, '/b/:id?'], (req, res) => res.send(req.params[0]))",
    after: "const { more } = require('./paths')\nconst PAGES = ['/start', /^\\/about$/i]\napp.get(PAGES, (req, res) => res.end())\napp.get(['/x', /^\\/y$/i], (req, res) => res.end())\napp.get([more, /^\\/z$/], (req, res) => res.end())\napp.get([/^\\/a\\/(\\d+)$/i, '/b{/:id}'], (req, res) => res.send(req.params[0]))",
  },
  'express/path-array-slash': {
    before: "const { more } = require('./paths')\nconst GUARDED = ['/', '/admin']",
    after: "const { more } = require('./paths')\nconst GUARDED = ['', '/admin']",
  },
  'express/path-bad-name': {
    before: "const app = express()\napp.get(`${base}/:2fa`, (req, res) => { res.end() })\napp.get(['/:2fa', base], (req, res) => { res.end() })\napp.get('/:2fa', (req, res) => { res.end() })",
    after: "const app = express()\napp.get(`${base}/:\"2fa\"`, (req, res) => { res.end() })\napp.get(['/:2fa', base], (req, res) => { res.end() })\napp.get('/:\"2fa\"', (req, res) => { res.end() })",
  },
  'express/path-brace-literal': {
    before: "app.get(`${base}/u/{id}`, (req, res) => res.end())\napp.get(['/u/{id}', base], (req, res) => res.end())\napp.get('/{a}/:b', (req, res) => res.send(req.params.b))",
    after: "app.get(`${base}/u/\\\\{id\\\\}`, (req, res) => res.end())\napp.get(['/u/{id}', base], (req, res) => res.end())\napp.get('/\\\\{a\\\\}/:b', (req, res) => res.send(req.params.b))",
  },
  'express/path-constraint': {
    before: "module.exports = Router().get('/orders/:id(\\\\d+)', (req, res) => res.json(req.params.id))",
    after: "module.exports = Router().get(/^\\/orders\\/(?<id>\\d+)\\/?$/i, (req, res) => res.json(req.params.id))",
  },
  'express/path-dollar-caret-pipe': {
    before: "app.use('/a|/b', (req, res) => res.end())\napp.get('/foo$', (req, res) => res.end())",
    after: "app.use('/a|/b', (req, res) => res.end())\napp.get(/^\\/foo$\\/?$/i, (req, res) => res.end())",
  },
  'express/path-dot-format': {
    before: "app.get('/a.:x/b.:x', (req, res) => res.send(req.params.x))\napp.get('/feed.:format', (req, res) => res.end())",
    after: "app.get('/a.:x/b.:x', (req, res) => res.send(req.params.x))\napp.get(/^\\/feed\\.(?<format>[^/\\.]+?)\\/?$/i, (req, res) => res.end())",
  },
  'express/path-dynamic': {
    before: "app.get([`${config.prefix}/users`, config.home, HOME, '/c'], (req, res) => res.end())",
  },
  'express/path-non-string': {
    before: "router.use(undefined as never, (req, res) => res.end())\nrouter.get(null as never, (req, res) => res.end())\nrouter.all(5 as never, (req, res) => res.end())\nrouter.post(none as never, (req, res) => res.end())",
  },
  'express/path-optional-param': {
    before: "export const USER = '/users/:id?'\nexport const group = { PAGE: '/pages/:page?' }",
    after: "export const USER = '/users{/:id}'\nexport const group = { PAGE: '/pages{/:page}' }",
  },
  'express/path-optional-text': {
    before: "app.get(`${paths.base}(s)?`, (req, res) => res.end())\napp.get('/user(s)?', (req, res) => res.send(req.params[0]))\napp.get('/page(s)?', require('./pages'))",
    after: "app.get(`${paths.base}(s)?`, (req, res) => res.end())\napp.get(/^\\/user(s)?\\/?$/i, (req, res) => res.send(req.params[0]))\napp.get(/^\\/page(s)?\\/?$/i, require('./pages'))",
  },
  'express/path-regex-syntax': {
    before: "app.get('/(?:foo)+', (req, res) => res.end())\napp.get('/a+', (req, res) => res.end())",
    after: "app.get('/(?:foo)+', (req, res) => res.end())\napp.get(/^\\/a+\\/?$/i, (req, res) => res.end())",
  },
  'express/path-regexp-object': {
    before: "app.use(/^\\/assets/, (req, res) => res.json({ base: req.baseUrl, url: req.url }))\napp.get(/^\\/f\\(x\\)\\/(?<id>\\d+)$/, (req, res) => res.json({ id: req.params.id }))",
  },
  'express/path-repeat-modifier': {
    before: "app.get('/tree/:top*', (req, res) => res.json({ top: req.params.top }))\napp.get('/walk/:step*', (req, res) => res.json({ step: req.params.step, rest: req.params[0] }))\napp.get('/last/:part+', (req, res) => res.json({ part: req.params.part }))\napp.use('/mounted/:x+', (req, res) => res.json({ x: req.params.x, base: req.baseUrl, url: req.url }))",
    after: "app.get('/tree/:top{/*splat}', (req, res) => res.json({ top: req.params.top }))\napp.get(/^\\/walk\\/(?<step>[^/]+?)((?:[/].+?)?)\\/?$/i, (req, res) => res.json({ step: req.params.step, rest: req.params[0] }))\napp.get(/^\\/last(?:\\/(?<part>[^/]+?))+\\/?$/i, (req, res) => res.json({ part: req.params.part }))\napp.use(/^\\/mounted(?:\\/(?<x>[^/]+?))+\\/?(?=\\/|$)/i, (req, res) => res.json({ x: req.params.x, base: req.baseUrl, url: req.url }))",
  },
  'express/path-reserved-literal': {
    before: "app.get(`${base}/hello!`, (req, res) => res.end())\napp.get(['/hello!', base], (req, res) => res.end())\napp.get(\"/it's!\", (req, res) => res.end())\napp.get(`/tick!`, (req, res) => res.end())",
    after: "app.get(`${base}/hello\\\\!`, (req, res) => res.end())\napp.get(['/hello!', base], (req, res) => res.end())\napp.get(\"/it's\\\\!\", (req, res) => res.end())\napp.get(`/tick\\\\!`, (req, res) => res.end())",
  },
  'express/path-url-as-path': {
    before: "app.use('http://localhost:3000/api', (req, res) => res.end())\napp.get(['https://example.com/a', '/a'], (req, res) => res.end())",
  },
  'express/path-wildcard': {
    before: "lib.app.get('/a/*', (a, b) => b.send(a.params[0]))\nrequire('./lib').app.use('/b/*', (a, b) => b.send(a.params[0]))\nrouter.get('/c/*', (a, b) => b.send(a.params[0]))\nlib.name.get('/d/*', 1)",
    after: "lib.app.get('/a/{*splat}', (a, b) => b.send((a.params.splat ?? []).join('/')))\nrequire('./lib').app.use('/b/{*splat}', (a, b) => b.send((a.params.splat ?? []).join('/')))\nrouter.get('/c/{*splat}', (a, b) => b.send((a.params.splat ?? []).join('/')))\nlib.name.get('/d/*', 1)",
  },
  'express/path-wildcard-named-by-accident': {
    before: "app.get('/backup*zip', (req, res) => res.send('archive ' + req.params[0]))\napp.get('/img/*thumb', (req, res) => res.json({ of: req.params[0] }))\napp.use('/beta*x', (req, res) => res.json({ base: req.baseUrl, url: req.url }))\napp.get('/img/:name', (req, res) => res.send('image ' + req.params.name))",
    after: "app.get('/backup{*splat}zip', (req, res) => res.send('archive ' + (req.params.splat ?? []).join('/')))\napp.get('/img/{*splat}thumb', (req, res) => res.json({ of: (req.params.splat ?? []).join('/') }))\napp.use('/beta{*splat}x', (req, res) => res.json({ base: req.baseUrl, url: req.url }))\napp.get('/img/:name', (req, res) => res.send('image ' + req.params.name))",
  },
  'express/query-extended-array-limit': {
    before: "import { search } from \"./search.js\";\nexport const app = express();\napp.set(\"query parser\", \"extended\");\nconst other = express();",
    after: "import { search } from \"./search.js\";\nimport qs from \"qs\";\nexport const app = express();\napp.set(\"query parser\", (text: string) => qs.parse(text, { allowPrototypes: true, arrayLimit: 1000 }));\nconst other = express();",
  },
  'express/query-null-prototype': {
    before: "export function list(req: Request, res: Response) {\n  const keys = ['a', 'b'].filter((key) => (req.query as Record<string, string>).hasOwnProperty(key))\n  res.json(req.query!.hasOwnProperty('c') ? keys : [])\n}",
    after: "export function list(req: Request, res: Response) {\n  const keys = ['a', 'b'].filter((key) => Object.prototype.hasOwnProperty.call(req.query, key))\n  res.json(Object.prototype.hasOwnProperty.call(req.query, 'c') ? keys : [])\n}",
  },
  'express/query-parser-default': {
    before: "class Server {\n  field = express();\n  constructor() {\n    this.app = express();\n    this.own = express();\n    this.own = express();\n  }",
    after: "class Server {\n  field = express().set(\"query parser\", \"extended\");\n  constructor() {\n    this.app = express();\n    this.app.set(\"query parser\", \"extended\"); // keep Express 4 query strings; see upgrade-kit explain express/query-parser-default\n    this.own = express();\n    this.own = express();\n    this.own.set(\"query parser\", \"extended\"); // keep Express 4 query strings; see upgrade-kit explain express/query-parser-default\n  }",
  },
  'express/query-parser-subapp': {
    before: "const admin = express()\nadmin.get('/', (req, res) => res.json(req.query))",
    after: "const admin = express()\nadmin.set('query parser', 'extended') // Express 4 read queries with the parser of the outermost application; see upgrade-kit explain express/query-parser-subapp\nadmin.get('/', (req, res) => res.json(req.query))",
  },
  'express/redirect-html-body': {
    before: "expect(answer.text).toBe('<p>Found. Redirecting to /x</p>')\nexpect(answer.text).toMatch(/<p>Moved Permanently\\. Redirecting to/)\nexpect(answer.text).toContain(`<p>Found. Redirecting to <a href=\"${app.url}\">`)",
  },
  'express/redirect-undefined-url': {
    before: "app.get('/undefined', (req, res) => res.redirect(undefined))\napp.get('/null', (req, res) => res.redirect(301, null))\napp.get('/url', (req, res) => res.redirect(new URL('https://example.org/x')))",
  },
  'express/render-locals-own-only': {
    before: "res.locals = Object.create(req.app.locals)\nres.render('page', new Page('x'))\nres.render('user', await User.findById(req.params.id))",
  },
  'express/req-accepts-singular': {
    before: "app.get('/a', (req, res) => {\n  const { acceptsLanguage, acceptsCharset: charset } = req\n  res.json([acceptsLanguage.call(req, 'de'), charset.call(req, 'utf-8')])\napp.get('/b', ({ 'acceptsEncoding': encoding, ['acceptsCharset']: charset }, res) => {\n  res.json([encoding, charset].map((fn) => typeof fn))",
    after: "app.get('/a', (req, res) => {\n  const { acceptsLanguages: acceptsLanguage, acceptsCharsets: charset } = req\n  res.json([acceptsLanguage.call(req, 'de'), charset.call(req, 'utf-8')])\napp.get('/b', ({ 'acceptsEncodings': encoding, ['acceptsCharsets']: charset }, res) => {\n  res.json([encoding, charset].map((fn) => typeof fn))",
  },
  'express/req-body-undefined': {
    before: "app.set('port', 3000)\napp.use(bodyParser.json())\napp.use(express.text())\nexpress.Router().use(bodyParser.raw({ type: 'application/octet-stream' }))\napp.post('/', (req, res) => res.json(req.body.name))",
    after: "app.set('port', 3000)\n// Express 4 behaviour: without a body, `req.body` is an empty object; remove this when every reader copes with undefined\napp.use((req, _res, next) => {\n  req.body ??= {}\n  next()\n})\napp.use(bodyParser.json())\napp.use(express.text())\nexpress.Router().use(/* Express 4: an empty body where there is none */ (req, _res, next) => { req.body ??= {}; next() }, bodyParser.raw({ type: 'application/octet-stream' }))\napp.post('/', (req, res) => res.json(req.body.name))",
  },
  'express/req-host': {
    before: "router.use((req, res, next) => {\n  const { host } = req\n  const { host: name, protocol } = req\n  const { 'host': quoted = 'x' } = req\n  res.locals.url = `${protocol}://${req['host']}/${res.req.host}`\n  if (req?.host === host) next()\n  else next(new Error(name + quoted))",
    after: "router.use((req, res, next) => {\n  const { hostname: host } = req\n  const { hostname: name, protocol } = req\n  const { 'hostname': quoted = 'x' } = req\n  res.locals.url = `${protocol}://${req['hostname']}/${res.req.hostname}`\n  if (req?.hostname === host) next()\n  else next(new Error(name + quoted))",
  },
  'express/req-is-tolerant': {
    before: "await request(app).post('/').set('Content-Type', 'application/json;').send('{}').expect(415)\nawait request(app).post('/').type('text/html; charset').send('x').expect(415)\nawait fetch('/', { method: 'POST', headers: { 'content-type': 'application/json;charset' }, body: '{}' })",
  },
  'express/req-param': {
    before: "app.get('/list', (req, res) => {\n  const page = req.param('page', 1)\n  const tags = req.param('tags', [])\n  const filter = req.param('filter', { all: true })\n  const size = req.param('size', config.size || 10)\n  const order = req.param('order', config.desc ? 'desc' : 'asc')\n  // Express 4 always worked out the default.",
    after: "app.get('/list', (req, res) => {\n  const page = (req.params.page ?? req.body?.page ?? req.query.page ?? 1)\n  const tags = (req.params.tags ?? req.body?.tags ?? req.query.tags ?? [])\n  const filter = (req.params.filter ?? req.body?.filter ?? req.query.filter ?? { all: true })\n  const size = (req.params.size ?? req.body?.size ?? req.query.size ?? (config.size || 10))\n  const order = (req.params.order ?? req.body?.order ?? req.query.order ?? (config.desc ? 'desc' : 'asc'))\n  // Express 4 always worked out the default.",
  },
  'express/req-query-assign': {
    before: "router.use((req, res, next) => {\n  req.query = clean(req.query)\n  req['query'] = {\n    page: 1,",
    after: "router.use((req, res, next) => {\n  Object.defineProperty(req, 'query', { value: clean(req.query), writable: true, enumerable: true, configurable: true })\n  Object.defineProperty(req, 'query', { value: {\n    page: 1,",
  },
  'express/req-query-live': {
    before: "return Object.keys(value).map((key) => value[key])",
  },
  'express/req-query-mutation-lost': {
    before: "const app = express()\napp.use((req, res, next) => {",
    after: "const app = express()\n// Express 4 behaviour: `req.query` is parsed once and may be written to; remove this when nothing writes to it any more\napp.use((req, _res, next) => {\n  Object.defineProperty(req, 'query', { value: req.query, writable: true, enumerable: true, configurable: true })\n  next()\n})\napp.use((req, res, next) => {",
  },
  'express/res-clearcookie-options': {
    before: "app.get('/', (req, res) => res.clearCookie('a', { path: '/x', maxAge: 1000 }).end())\napp.get('/late', (req, res) => res.clearCookie('a', { expires: new Date(4e12) }).end())",
  },
  'express/res-json-status': {
    before: "app.get('/', (req, res) => {\n  res.json({ id: 1 }, 201)\n  res.json(req.body, 201)\n  res.json(7, 201)\n  res.json(null, 201)\n  res.json(list(req), 201)\n})",
    after: "app.get('/', (req, res) => {\n  res.status(201).json({ id: 1 })\n  res.status(201).json(req.body)\n  res.status(201).json(7)\n  res.status(201).json(null)\n  res.status(201).json(list(req))\n})",
  },
  'express/res-jsonp-status': {
    before: "function answer(res: Response, code: number, value: unknown) {\n  res.jsonp(code, { value })\n  res.set('X-A', '1').jsonp({ value }, Code.Gone)\n  res.jsonp(value, value)",
    after: "function answer(res: Response, code: number, value: unknown) {\n  res.status(code).jsonp({ value })\n  res.set('X-A', '1').status(Code.Gone).jsonp({ value })\n  res.jsonp(value, value)",
  },
  'express/res-links-array': {
    before: "const links = { next: pages }",
  },
  'express/res-location-back': {
    before: "const target = 'back'\nrouter.post('/', ({ user }, res) => res.location('back').json(user))\nrouter.post('/named', function (response, back) {\n  back.location('back').end()\n})\nrouter.post('/later', (req, res) => save((req) => res.location(req ? 'back' : '/').end()))\nrouter.post('/kept', (req, res) => res.location(target).end())",
    after: "const target = 'back'\nrouter.post('/', ({ user }, res) => res.location(res.req.get('Referrer') || '/').json(user))\nrouter.post('/named', function (response, back) {\n  back.location(response.get('Referrer') || '/').end()\n})\nrouter.post('/later', (req, res) => save((req) => res.location(req ? (res.req.get('Referrer') || '/') : '/').end()))\nrouter.post('/kept', (req, res) => res.location(target).end())",
  },
  'express/res-redirect-arg-order': {
    before: "app.get('/', (req, res) => {\n  res.redirect('/new', 301)\n  res.redirect(HOME, 302)\n  res.redirect(`/users/${req.params.id}`, 303)\n  res.redirect(new URL('/x', HOME), 308)\n  res.redirect(req.secure ? '/a' : '/b', req.permanent ? 301 : 302)\n})",
    after: "app.get('/', (req, res) => {\n  res.redirect(301, '/new')\n  res.redirect(302, HOME)\n  res.redirect(303, `/users/${req.params.id}`)\n  res.redirect(308, new URL('/x', HOME))\n  res.redirect(req.permanent ? 301 : 302, req.secure ? '/a' : '/b')\n})",
  },
  'express/res-redirect-back': {
    before: "back () {\n  this.res.redirect('back')\n}",
    after: "back () {\n  this.res.redirect(this.res.req.get('Referrer') || '/')\n}",
  },
  'express/res-render-async': {
    before: "res.end()",
  },
  'express/res-send-body-status': {
    before: "  arguments[1] = 0\n  res.send('b', 201)\n})",
    after: "  arguments[1] = 0\n  res.status(201).send('b')\n})",
  },
  'express/res-send-status-number': {
    before: "  remove (req, res) {\n    res.send(204)\n  }\n  list = async (req, res) => res.send(503)\n}",
    after: "  remove (req, res) {\n    res.sendStatus(204)\n  }\n  list = async (req, res) => res.sendStatus(503)\n}",
  },
  'express/res-send-typed-array': {
    before: "res.send(data)\nres.send(text)\nres.type('bin').send(new TextEncoder().encode('x'))",
  },
  'express/res-status-strict': {
    before: "export function fail(res: Response, status: string, code: number, other?: string) {\n  res.status(status as any).end()\n  res.status(code).end()\n  res.status(other as never)\n  return res.sendStatus('404' as unknown as number)\n}",
    after: "export function fail(res: Response, status: string, code: number, other?: string) {\n  res.status(Number(status) as any).end()\n  res.status(code).end()\n  res.status(other as never)\n  return res.sendStatus(404 as unknown as number)\n}",
  },
  'express/res-vary-empty': {
    before: "export function show(req: Request, res: Response) {\n\tif (req.xhr) res.vary(\"\");\n\tconst same = res\n\t\t.vary()\n\t\t.set(\"X-A\", \"1\");\n\tres.vary(NONE);\n\tres[\"vary\"](\"\"); return same;\n}",
    after: "export function show(req: Request, res: Response) {\n\tif (req.xhr) res;\n\tconst same = res\n\t\t.set(\"X-A\", \"1\");\n\tres.vary(NONE);\n\t return same;\n}",
  },
  'express/route-without-handlers': {
    before: "router.get('/a', ...guards)\nrouter.get('/b', maybe)\nrouter.get('/c', [...(process.env.GUARD ? guards : [])])",
  },
  'express/router-callback-required': {
    before: "http.createServer(router).listen(0)\nhttp.createServer((req, res) => router(req, res)).listen(0)\nhttp.createServer(express.Router()).listen(0)\nawait request(router).get('/').expect(200)\nrouter.handle({ method: 'GET', url: '/' }, { end () {} })",
  },
  'express/router-param-array': {
    before: "function register() {\n  router.param(IDS, (req, res, next, value, name) => {\n    if (!/^\\d+$/.test(value)) return next(new Error(name))",
    after: "function register() {\n  for (const paramName of IDS) router.param(paramName, (req, res, next, value, name) => {\n    if (!/^\\d+$/.test(value)) return next(new Error(name))",
  },
  'express/sendfile-camelcase': {
    before: "app.get('/', function (req, res, next) {\n  res.sendfile(__dirname + '/index.html')\n  res.sendfile(`${PUBLIC}/index.html`)\n  res.sendfile(path.join(PUBLIC, req.params.name))\n  res.sendfile(path.resolve('public', 'a.html'), { maxAge: 5 })\n  res.sendfile('/srv/www/a.html', next)\n  res.status(200).type('html')['sendfile'](PUBLIC + '/a.html')\n})",
    after: "app.get('/', function (req, res, next) {\n  res.sendFile(__dirname + '/index.html')\n  res.sendFile(`${PUBLIC}/index.html`)\n  res.sendFile(path.join(PUBLIC, req.params.name))\n  res.sendFile(path.resolve('public', 'a.html'), { maxAge: 5 })\n  res.sendFile('/srv/www/a.html', next)\n  res.status(200).type('html')['sendFile'](PUBLIC + '/a.html')\n})",
  },
  'express/sendfile-options': {
    before: "  start() {\n    this.res.sendFile('.hidden/a.pdf', { root: __dirname, hidden: true })\n  }\napp.get('/chained', (req, res) => {\n  res.status(200).sendFile('.hidden/a.pdf', { root: __dirname, hidden: true })\n})",
    after: "  start() {\n    this.res.sendFile('.hidden/a.pdf', { root: __dirname, dotfiles: 'allow' })\n  }\napp.get('/chained', (req, res) => {\n  res.status(200).sendFile('.hidden/a.pdf', { root: __dirname, dotfiles: 'allow' })\n})",
  },
  'express/static-dotdirs': {
    before: "export function register(router: Router) {\n  router.use(serveStatic(root));\nexport const app = express();\napp.use(express.static(fileURLToPath(new URL(\"../static\", import.meta.url))));",
    after: "export function register(router: Router) {\n  router.use(\"/.well-known\", serveStatic(`${root}/.well-known`));\n  router.use(serveStatic(root));\nexport const app = express();\napp.use(\"/.well-known\", express.static(`${fileURLToPath(new URL(\"../static\", import.meta.url))}/.well-known`));\napp.use(express.static(fileURLToPath(new URL(\"../static\", import.meta.url))));",
  },
  'express/static-from-option': {
    before: "app.use(express.static('public', { from: '/srv' }))\napp.use(express.static('public', { from: __dirname, maxAge: '1d' }))\napp.use(express.static('public', {\n  index: false,\n  from: '/srv'\n}))",
    after: "app.use(express.static('public', {}))\napp.use(express.static('public', { maxAge: '1d' }))\napp.use(express.static('public', {\n  index: false\n}))",
  },
  'express/static-hidden-option': {
    before: "app.use(express.static('a', { hidden: true }))\napp.use(express.static('b', { maxAge: '1d', hidden: false }))\napp.use(express.static('c', { hidden: show, index: false }))\napp.use(express.static('d', { hidden }))\napp.use(express.static('e', { hidden: true, dotfiles: 'deny' }))\napp.use(express.static('f', { \"hidden\": show || app.get('env') === 'test' }))\napp.use(express.static('g', { hidden: false }))\napp.use(express.static('h', {",
    after: "app.use(express.static('a', { dotfiles: 'allow' }))\napp.use(express.static('b', { maxAge: '1d' }))\napp.use(express.static('c', { dotfiles: show ? 'allow' : 'ignore', index: false }))\napp.use(express.static('d', { dotfiles: hidden ? 'allow' : 'ignore' }))\napp.use(express.static('e', { dotfiles: 'deny' }))\napp.use(express.static('f', { dotfiles: (show || app.get('env') === 'test') ? 'allow' : 'ignore' }))\napp.use(express.static('g', {}))\napp.use(express.static('h', {",
  },
  'express/static-mime': {
    before: "import express, { static as serveStatic } from 'express'\nexport function typeOf(path: string) {\n  return serveStatic.mime.lookup(path)\n}\nexport const isSame = express.static.mime.lookup('a.json') === mime",
    after: "import express, { static as serveStatic } from 'express'\nimport mimeTypes from 'mime-types'\nexport function typeOf(path: string) {\n  return mimeTypes.lookup(path) || 'application/octet-stream'\n}\nexport const isSame = (mimeTypes.lookup('a.json') || 'application/octet-stream') === mime",
  },
  'express/ts-errback-optional': {
    before: "const app = express()\nfunction done(err: Error) {\n  if (err) console.error(err)\napp.get('/a', (_req, res, next) => {\n  res.sendFile('/a', (err: Error) => {\n    if (err) next(err)",
    after: "const app = express()\nfunction done(err?: Error) {\n  if (err) console.error(err)\napp.get('/a', (_req, res, next) => {\n  res.sendFile('/a', (err?: Error) => {\n    if (err) next(err)",
  },
  'express/ts-handler-return': {
    before: "export function wrapped(req: Request, res: Response, next: NextFunction): void {\n  return inner(req, res, next)\n}\nexport const short = (req: Request, res: Response, next: NextFunction): void => inner(req, res, next)\nexport function both(req: Request, res: Response, next: NextFunction) {\n  const nothing: void = inner(req, res, next)\n  return nothing",
    after: "export function wrapped(req: Request, res: Response, next: NextFunction): void {\n  return inner(req, res, next) as void\n}\nexport const short = (req: Request, res: Response, next: NextFunction): void => inner(req, res, next) as void\nexport function both(req: Request, res: Response, next: NextFunction) {\n  const nothing: void = inner(req, res, next) as void\n  return nothing",
  },
  'express/ts-params-string-array': {
    before: "export const show = wrap((req: Request, res: Response) => {\n  res.json(find(req.params.id))\n})\nexport const edit = (req: WithUser, res: Response) => {\n  const { id, part } = req.params\n  res.json([find(id), part.trim()])\n  res.json(req.params.name.trim())\n  const last = res",
    after: "export const show = wrap((req: Request, res: Response) => {\n  res.json(find(req.params.id as string))\n})\nexport const edit = (req: WithUser, res: Response) => {\n  const { id, part } = req.params as { id: string; part: string }\n  res.json([find(id), part.trim()])\n  res.json((req.params.name as string).trim())\n  const last = res",
  },
  'express/ts-removed-members': {
    before: "this.res.sendfile(this.req.param('name'))\nthis.res.redirect('/home', 301)\napp.use(express.query({}))\nexport const type = express.static.mime.lookup('a.png')",
  },
  'express/ts-route-literals': {
    before: "app.get('/users/:id?', (req, res) => void res.json(find(req.params.id)))\napp.get('/items/:id(\\\\d+)', (req, res) => void res.json(find(req.params.id)))",
  },
  'express/urlencoded-extended-default': {
    before: "app.use(express.urlencoded( ))\napp.use(express.urlencoded(/* forms */))\napp.use(express.urlencoded({}))\napp.use(express.urlencoded({ /* nothing */ }))\napp.use(express['urlencoded']({limit: '1mb'}))\napp.use(express.urlencoded({",
    after: "app.use(express.urlencoded( { extended: true }))\napp.use(express.urlencoded(/* forms */{ extended: true }))\napp.use(express.urlencoded({ extended: true }))\napp.use(express.urlencoded({ extended: true, /* nothing */ }))\napp.use(express['urlencoded']({extended: true, limit: '1mb'}))\napp.use(express.urlencoded({",
  },
  'express/urlencoded-simple-parser': {
    before: "request(app).post('/').type('application/x-www-form-urlencoded; charset=ISO-8859-1').send('a=1')",
  },
  'payment/browser-button': {
    before: "paypal.Button.render(button, '#paypal')\nwindow.paypal.Buttons({ createOrder: () => fetch('/orders') }).render('#new')",
  },
  'payment/business-key': {
    before: "return this.stripe.charges.create({ amount, currency: 'usd', source })",
  },
  'payment/env-flag': {
    before: "PAYPAL_CLIENT_ID=",
    after: "PAYPAL_CLIENT_ID=\n\n# PAYMENT_API_V2=true lets new orders go to v2; without it, all of them go where they always went.\nPAYMENT_API_V2=false\n# How many of 100 new orders then do. An order never changes its version.\nPAYMENT_API_V2_PERCENT=1\n# Which ones: another text chooses others. Keep it while there is a percentage.\nPAYMENT_API_V2_SALT=change-me",
  },
  'payment/error-code': {
    before: "const paypal = require('paypal-rest-sdk')\n  paypal.payment.create(body, (error, payment) => {\n    if (error && error.response.name === 'VALIDATION_ERROR') return done('check the form')\n    if (error && error.httpStatusCode === 400) return done('refused')\n  } catch (e) {\n    if (e.response && e.response.name !== 'PAYMENT_NOT_APPROVED_FOR_EXECUTION') throw e\n    if (e.response.name === 'SOMETHING_NOBODY_KNOWS') throw e",
    after: "const paypal = require('paypal-rest-sdk')\nconst { isPaymentError } = require('./payments/paypal')\n  paypal.payment.create(body, (error, payment) => {\n    if (error && isPaymentError(error, 'validation')) return done('check the form')\n    if (error && error.httpStatusCode === 400) return done('refused')\n  } catch (e) {\n    if (e.response && !isPaymentError(e, 'approval_required')) throw e\n    if (e.response.name === 'SOMETHING_NOBODY_KNOWS') throw e",
  },
  'payment/facade-call': {
    before: "exports.show = (id, res) => paypal.payment.get(id, (error, payment) => res.json(payment))\nexports.create = require('util').promisify(paypal.payment.create)",
  },
  'payment/facade-inline': {
    before: "import { paypalHttp } from './payments/paypal'\nexport async function start(total: string, ref: string, token: string): Promise<string | undefined> {\n  const answer = await paypalHttp.createPayment({\n    as: 'axios',",
    after: "import { paypalHttp, paypalHttpV2, paypalAmount } from './payments/paypal'\nexport async function start(total: string, ref: string, token: string): Promise<string | undefined> {\n  const answer = await paypalHttpV2.createPayment({\n    as: 'axios',",
  },
  'payment/facade-rollout': {
    before: "{",
  },
  'payment/flag-variable': {
    before: "# PAYMENT_API_V2=true lets new orders go to v2; without it, all of them go where they always went.\nPAYMENT_API_V2=false\n# How many of 100 new orders then do. An order never changes its version.\nPAYMENT_API_V2_PERCENT=1\nNEXT=1",
    after: "NEXT=1",
  },
  'payment/http-call': {
    before: "const undici = require('undici')",
    after: "const undici = require('undici')\nconst { paypalHttp } = require('./payments/paypal')",
  },
  'payment/no-counterpart': {
    before: "exports.list = (done) => paypal.payment.list({ count: 10 }, done)\nexports.cancel = (id, headers) => axios.delete(`https://api.paypal.com/v1/checkout/orders/${id}`, { headers })",
  },
  'payment/old-call': {
    before: "import axios from 'axios'\nimport got from 'got'\nimport { paypalHttp } from './payments/paypal'\nexport const create = (body: object, token: string) =>\n  paypalHttp.createPayment({\n    as: 'axios',\n    baseUrl: 'https://api.sandbox.paypal.com',\n    v1: () => axios.post<Payment>('https://api.sandbox.paypal.com/v1/payments/payment', body, { headers: { Authorization: `Bearer ${token}` } }),\n  })",
    after: "import { paypalHttp } from './payments/paypal'\nexport const create = (body: object, token: string) =>\n  paypalHttp.createPayment<Payment>({\n    as: 'axios',\n    baseUrl: 'https://api.sandbox.paypal.com',\n  })",
  },
  'payment/other-old-api': {
    before: "exports.keep = (card, done) => paypal.creditCard.create(card, done)\nexports.profile = (profile, done) => paypal.webProfile.create(profile, done)\nexports.invoice = (invoice, headers) => axios.post(`${BASE}/v1/invoicing/invoices`, invoice, { headers })\nexports.card = (id, headers) => axios.get(BASE + '/v1/vault/credit-cards/' + id, { headers })",
  },
  'payment/recorded-request': {
    before: "{ \"name\": \"create\", \"request\": { \"method\": \"POST\", \"url\": \"{{base}}/v1/payments/payment\" } },",
  },
  'payment/request-field': {
    before: "payment_method: 'credit_card',\nfunding_instruments: [{ credit_card: card }],",
  },
  'payment/response-field': {
    before: "if (payment.status === 'refunded') return done(true)\ndone(payment.expiryPeriod)",
  },
  'payment/return-parameter': {
    before: "  const { searchParams } = new URL(request.url, 'http://localhost')\n  const order = shop.find(searchParams.get('paymentId'))\n  order.payer = searchParams.get('PayerID')\nexports.lengths = (url) => url.searchParams.get('paymentId').length + url.searchParams.get('PayerID').length",
    after: "  const { searchParams } = new URL(request.url, 'http://localhost')\n  const order = shop.find(searchParams.get('paymentId') ?? searchParams.get('token'))\n  order.payer = searchParams.get('PayerID')\nexports.lengths = (url) => (url.searchParams.get('paymentId') ?? url.searchParams.get('token')).length + url.searchParams.get('PayerID').length",
  },
  'payment/sdk-dependency': {
    before: "\"dependencies\": {\n  \"axios\": \"^1.0.0\",\n  \"paypal-rest-sdk\": \"^1.8.1\"\n},\n\"devDependencies\": {\n  \"@types/paypal-rest-sdk\": \"^1.7.9\",\n  \"@types/node\": \"^20.0.0\"",
    after: "\"dependencies\": {\n  \"axios\": \"^1.0.0\"\n},\n\"devDependencies\": {\n  \"@types/node\": \"^20.0.0\"",
  },
  'payment/sdk-import': {
    before: "import Stripe from 'stripe'\nconst stripe = new Stripe(process.env.STRIPE_KEY ?? '')",
    after: "import Stripe from 'stripe'\nimport { wrapStripe } from './payments/stripe-charges'\nconst stripe = wrapStripe(new Stripe(process.env.STRIPE_KEY ?? ''))",
  },
  'payment/test-double': {
    before: "const paypal = require('paypal-rest-sdk')\nnock('https://api.sandbox.paypal.com').post('/v1/payments/payment').reply(201, { id: 'PAY-1', links: [{ href: 'https://api.sandbox.paypal.com/v1/payments/payment/PAY-1', rel: 'self' }] })",
  },
  'payment/unknown-sender': {
    before: "exports.change = (id, patch, headers) => axios.patch(`${BASE}/v1/checkout/orders/${id}`, patch, { headers })",
  },
  'payment/webhook-event': {
    before: "switch (event.event_type) {\n  case 'PAYMENT.SALE.COMPLETED':",
    after: "switch (event.event_type) {\n  case 'PAYMENT.CAPTURE.COMPLETED':\n  case 'PAYMENT.SALE.COMPLETED':",
  },
  'prisma/array-shortcut-composite-filter': {
    before: "export const search = () => [\n  prisma.post.findMany({ where: { comments: { equals: { text: 'a' } } } }),\n  prisma.post.findMany({ where: { comments: { text: 'a' } } }),\n  prisma.post.findMany({ where: { comments: { some: { text: 'a' } } } }),",
    after: "export const search = () => [\n  prisma.post.findMany({ where: { comments: { equals: [{ text: 'a' }] } } }),\n  prisma.post.findMany({ where: { comments: [{ text: 'a' }] } }),\n  prisma.post.findMany({ where: { comments: { some: { text: 'a' } } } }),",
  },
  'prisma/array-shortcut-in': {
    before: "export const search = (one: number, maybe: number | undefined, optional?: number, many?: number[], either: Prisma.Enumerable<number> = 1, both: number | number[] = 1, some?: Prisma.Enumerable<number>) => [\n  prisma.user.findMany({ where: { id: { in: 1 } } }),\n  prisma.user.findMany({ where: { id: { notIn: id } } }),\n  prisma.user.findMany({ where: { name: { not: { in: 'a' } } } }),\n  prisma.user.findMany({ where: { id: { in: one } } }),\n  prisma.user.findMany({ where: { id: { in: either } } }),\n  prisma.user.findMany({ where: { id: { in: both } } }),\n  prisma.user.findMany({ where: { id: { in: some } } }),\n  prisma.user.findMany({ where: { id: { in: maybe } } }),\n  prisma.user.findMany({ where: { id: { in: optional } } }),\n  prisma.user.findMany({ where: { id: { in: many } } }),",
    after: "export const search = (one: number, maybe: number | undefined, optional?: number, many?: number[], either: Prisma.Enumerable<number> = 1, both: number | number[] = 1, some?: Prisma.Enumerable<number>) => [\n  prisma.user.findMany({ where: { id: { in: [1] } } }),\n  prisma.user.findMany({ where: { id: { notIn: [id] } } }),\n  prisma.user.findMany({ where: { name: { not: { in: ['a'] } } } }),\n  prisma.user.findMany({ where: { id: { in: [one] } } }),\n  prisma.user.findMany({ where: { id: { in: Array.isArray(either) ? either : [either] } } }),\n  prisma.user.findMany({ where: { id: { in: Array.isArray(both) ? both : [both] } } }),\n  prisma.user.findMany({ where: { id: { in: some === undefined || Array.isArray(some) ? some : [some] } } }),\n  prisma.user.findMany({ where: { id: { in: maybe === undefined ? undefined : [maybe] } } }),\n  prisma.user.findMany({ where: { id: { in: optional === undefined ? undefined : [optional] } } }),\n  prisma.user.findMany({ where: { id: { in: many } } }),",
  },
  'prisma/array-shortcut-json-path': {
    before: "export const search = (key: string) => [\n  prisma.user.findMany({ where: { info: { path: 'a', equals: 1 } } }),\n  prisma.user.findMany({ where: { info: { path: 'a.b', equals: 1 } } }),\n  prisma.user.findMany({ where: { info: { path: key, equals: 1 } } }),\n  prisma.user.findMany({ where: { info: { path: ['a'], equals: 1 } } }),\n]",
    after: "export const search = (key: string) => [\n  prisma.user.findMany({ where: { info: { path: ['a'], equals: 1 } } }),\n  prisma.user.findMany({ where: { info: { path: ['a.b'], equals: 1 } } }),\n  prisma.user.findMany({ where: { info: { path: [key], equals: 1 } } }),\n  prisma.user.findMany({ where: { info: { path: ['a'], equals: 1 } } }),\n]",
  },
  'prisma/array-shortcut-list-filter': {
    before: "export const search = (tag: string, tags: string[]) => [\n  prisma.user.findMany({ where: { tags: { hasSome: 'a' } } }),\n  prisma.user.findMany({ where: { tags: { hasEvery: tag } } }),\n  prisma.user.findMany({ where: { tags: { equals: 'a' } } }),\n  prisma.user.findMany({ where: { tags: { has: 'a', hasSome: tags } } }),\n  prisma.user.findMany({ where: { name: { equals: 'a' } } }),\n  prisma.post.findMany({ where: { author: { roles: { hasEvery: 'ADMIN' } } } }),\n]",
    after: "export const search = (tag: string, tags: string[]) => [\n  prisma.user.findMany({ where: { tags: { hasSome: ['a'] } } }),\n  prisma.user.findMany({ where: { tags: { hasEvery: [tag] } } }),\n  prisma.user.findMany({ where: { tags: { equals: ['a'] } } }),\n  prisma.user.findMany({ where: { tags: { has: 'a', hasSome: tags } } }),\n  prisma.user.findMany({ where: { name: { equals: 'a' } } }),\n  prisma.post.findMany({ where: { author: { roles: { hasEvery: ['ADMIN'] } } } }),\n]",
  },
  'prisma/array-shortcut-or': {
    before: "export const search = (name: string | undefined, unknown: any) => [\n  prisma.user.findMany({ where: { OR: { name } } }),\n  prisma.user.findMany({ where: { OR: one } }),\n  prisma.user.findMany({ where: { OR: many, AND: { name }, NOT: { name } } }),",
    after: "export const search = (name: string | undefined, unknown: any) => [\n  prisma.user.findMany({ where: { OR: [{ name }] } }),\n  prisma.user.findMany({ where: { OR: [one] } }),\n  prisma.user.findMany({ where: { OR: many, AND: { name }, NOT: { name } } }),",
  },
  'prisma/array-shortcut-scalar-list-write': {
    before: "export const write = (tag: string, tags: string[], bytes: Buffer) => [\n  prisma.user.create({ data: { id: 1, role: 'USER', tags: 'a' } }),\n  prisma.user.create({ data: { id: 1, role: 'USER', tags, name: 'a' } }),",
    after: "export const write = (tag: string, tags: string[], bytes: Buffer) => [\n  prisma.user.create({ data: { id: 1, role: 'USER', tags: ['a'] } }),\n  prisma.user.create({ data: { id: 1, role: 'USER', tags, name: 'a' } }),",
  },
  'prisma/before-exit-hook': {
    before: "prisma.$on('beforeExit', async () => {\n  console.log('bye')",
    after: "process.on('beforeExit', async () => {\n  console.log('bye')",
  },
  'prisma/bytes-buffer-method': {
    before: "export const sorted = async () => (await prisma.file.findMany()).sort((a, b) => a.data.compare(b.data))\nexport const missing = async () => (await prisma.file.findFirst())!.thumb!.equals(Buffer.from('a'))\n  const file = await prisma.file.findUniqueOrThrow({ where: { id } })\n  if (file.data.equals(other)) return 0\n  if (file.thumb?.equals(other)) return 1",
    after: "export const sorted = async () => (await prisma.file.findMany()).sort((a, b) => Buffer.from(a.data).compare(b.data))\nexport const missing = async () => Buffer.from((await prisma.file.findFirst())!.thumb!).equals(Buffer.from('a'))\n  const file = await prisma.file.findUniqueOrThrow({ where: { id } })\n  if (Buffer.from(file.data).equals(other)) return 0\n  if (file.thumb?.equals(other)) return 1",
  },
  'prisma/bytes-custom-generators': {
    before: "provider = \"zod-prisma-types\"",
  },
  'prisma/bytes-deep-equal-test': {
    before: "const file = await prisma.file.findFirstOrThrow()\nassert.deepStrictEqual(file.data, Buffer.from('a'))\nassert.deepStrictEqual(file?.data, Buffer.from('a'))\nexpect(file.data).toStrictEqual(Buffer.from('a'))\nexpect(file.data).toEqual(Buffer.from('a'))",
    after: "const file = await prisma.file.findFirstOrThrow()\nassert.deepStrictEqual(Buffer.from(file.data), Buffer.from('a'))\nassert.deepStrictEqual(file?.data, Buffer.from('a'))\nexpect(Buffer.from(file.data)).toStrictEqual(Buffer.from('a'))\nexpect(file.data).toEqual(Buffer.from('a'))",
  },
  'prisma/bytes-http-body': {
    before: "  if (!file) return res.sendStatus(404)\n  res.type('png').send(file.data)\n}\n  const file = await prisma.file.findFirstOrThrow()\n  ctx.body = file.data\n}",
    after: "  if (!file) return res.sendStatus(404)\n  res.type('png').send(Buffer.from(file.data))\n}\n  const file = await prisma.file.findFirstOrThrow()\n  ctx.body = Buffer.from(file.data)\n}",
  },
  'prisma/bytes-isbuffer': {
    before: "const { data, thumb } = await prisma.file.findFirstOrThrow()\nif (data instanceof Bytes || Bytes.isBuffer(thumb)) return 'bytes'\nif (data instanceof buffer.Buffer || buffer.Buffer.isBuffer(data)) return 'data'\nreturn (data as unknown) instanceof Own || value instanceof Bytes || Bytes.isBuffer(value)",
    after: "const { data, thumb } = await prisma.file.findFirstOrThrow()\nif (data instanceof Uint8Array || thumb instanceof Uint8Array) return 'bytes'\nif (data instanceof Uint8Array || data instanceof Uint8Array) return 'data'\nreturn (data as unknown) instanceof Own || value instanceof Bytes || Bytes.isBuffer(value)",
  },
  'prisma/bytes-json': {
    before: "exports.data = async (req, res) => res.json(await prisma.file.findFirst({ select: { id: true, data: true } }))\nexports.one = async (req, res) => res.json(await prisma.file.findFirst({ omit: { data: true } }))\nexports.owners = async (req, res) => res.json(await prisma.owner.findMany({ include: { files: true } }))\nres.json({ name: owner.name, files: owner.files })\nres.json({ ...owner, at: new Date() })\nexports.related = async (req, res) => res.json(await prisma.owner.findUnique({ where: { id: 1 } }).files())\nexports.groups = async (req, res) => res.json(await prisma.file.groupBy({ by: ['data'] }))\nexports.later = async (req, res) => res.json(await prisma.file.findFirst(later))\nexports.spread = async (req, res) => res.json(await prisma.file.findMany({ select: { name: true }, ...req.query }))\nexports.flag = async (req, res) => res.json(await prisma.file.findFirst({ select: { name: true, data: req.query.whole } }))\nexports.chosen = async (req, res) => res.json([await prisma.file.findFirst({ select: req.query.fields })])\nexports.constant = async (req, res) => res.json(await prisma.owner.findMany({ where: { id: 1 }, ...whole }))\nexports.more = async (req, res) => res.json(await prisma.file.findMany({ select: { ...named, thumb: true } }))\nexports.open = async (req, res) => res.json(await prisma.file.findMany({ select: { ...named, ...req.fields } }))",
  },
  'prisma/bytes-shared-method-semantics': {
    before: "const { data, thumb } = await prisma.file.findUniqueOrThrow({ where: { id } })\nconst head = data.slice(0, 4)\nhead[0] = 0\nconst tail = data.slice(4)\nconst at = [data.indexOf('PNG'), data.includes(`${needle}`), data.indexOf(10)]\ndata.fill('a')",
    after: "const { data, thumb } = await prisma.file.findUniqueOrThrow({ where: { id } })\nconst head = data.subarray(0, 4)\nhead[0] = 0\nconst tail = data.slice(4)\nconst at = [Buffer.from(data).indexOf('PNG'), Buffer.from(data).includes(`${needle}`), data.indexOf(10)]\ndata.fill('a')",
  },
  'prisma/bytes-tostring-encoding': {
    before: "  const { data, thumb } = file\n  const texts = [data.toString('base64'), file.data.toString('hex')]\n  const parts = file.parts.map((part) => part.toString('base64'))\n  return [texts, parts, thumb?.toString('hex')]\nexport const all = async () => (await prisma.file.findMany()).map((file) => file.data.toString('latin1'))\nexport const typed = (file: File) => file.data.toString('utf8')",
    after: "  const { data, thumb } = file\n  const texts = [Buffer.from(data).toString('base64'), Buffer.from(file.data).toString('hex')]\n  const parts = file.parts.map((part) => Buffer.from(part).toString('base64'))\n  return [texts, parts, thumb?.toString('hex')]\nexport const all = async () => (await prisma.file.findMany()).map((file) => Buffer.from(file.data).toString('latin1'))\nexport const typed = (file: File) => Buffer.from(file.data).toString('utf8')",
  },
  'prisma/bytes-tostring-implicit': {
    before: "  const users = await this.user.findMany({ include: { files: true } })\n  return users.map((user) => [user.blob.toString(), user.files.map((file) => file.content.toString())])\n}\n  const user = await this.user.findFirstOrThrow()\n  return user.blob.toString()\n}",
    after: "  const users = await this.user.findMany({ include: { files: true } })\n  return users.map((user) => [Buffer.from(user.blob).toString(), user.files.map((file) => Buffer.from(file.content).toString())])\n}\n  const user = await this.user.findFirstOrThrow()\n  return Buffer.from(user.blob).toString()\n}",
  },
  'prisma/bytes-type-annotation': {
    before: "const file = await prisma.file.findUnique({ where: { id } })\nconst data: Buffer = file!.data\nconst thumb = file!.thumb as Buffer\nconst maybe: Buffer | undefined = file?.data\nconst file = await prisma.file.findFirstOrThrow()\nconst dto: Dto = { name: file.name, data: file.data, thumb: file.thumb }\nconst other: Other = { data: file.data }",
    after: "const file = await prisma.file.findUnique({ where: { id } })\nconst data: Buffer = Buffer.from(file!.data)\nconst thumb = (file!.thumb && Buffer.from(file!.thumb)) as Buffer\nconst maybe: Buffer | undefined = file?.data\nconst file = await prisma.file.findFirstOrThrow()\nconst dto: Dto = { name: file.name, data: Buffer.from(file.data), thumb: (file.thumb && Buffer.from(file.thumb)) }\nconst other: Other = { data: file.data }",
  },
  'prisma/bytes-write-buffer-type': {
    before: "const prisma = new PrismaClient()\nexport const save = (data: Buffer, parts: Uint8Array[]) => prisma.file.create({ data: { name: 'a', data, parts } })\nexport const find = (bytes: Uint8Array) => prisma.file.findMany({ where: { OR: [{ data: bytes }] } })\n// In place, or of a type that owns its memory.",
    after: "const prisma = new PrismaClient()\nexport const save = (data: Buffer, parts: Uint8Array[]) => prisma.file.create({ data: { name: 'a', data: new Uint8Array(data), parts } })\nexport const find = (bytes: Uint8Array) => prisma.file.findMany({ where: { OR: [{ data: new Uint8Array(bytes) }] } })\n// In place, or of a type that owns its memory.",
  },
  'prisma/cli-ai-agent-guard': {
    before: "\"a\": \"prisma migrate reset --force\",\n\"b\": \"prisma db push --force-reset\"",
  },
  'prisma/cli-db-pull-flags': {
    before: "\"scripts\": {\n  \"a\": \"prisma db pull --clean\",\n  \"b\": \"prisma db pull --force --clean --experimental-reintrospection\",\n  \"c\": \"prisma introspect --clean\"\n},",
    after: "\"scripts\": {\n  \"a\": \"prisma db pull --force\",\n  \"b\": \"prisma db pull --force\",\n  \"c\": \"prisma introspect --force\"\n},",
  },
  'prisma/cli-db-push-force': {
    before: "    db push --skip-generate\n    --force\n- run: npm test",
    after: "    db push --skip-generate\n    --accept-data-loss\n- run: npm test",
  },
  'prisma/cli-db-seed-schema': {
    before: "\"scripts\": {\n  \"a\": \"prisma db seed --schema=./a.prisma\",\n  \"b\": \"prisma db seed --schema ./a.prisma\",\n  \"c\": \"prisma db push --schema=./a.prisma\"",
    after: "\"scripts\": {\n  \"a\": \"prisma db seed\",\n  \"b\": \"prisma db seed\",\n  \"c\": \"prisma db push --schema=./a.prisma\"",
  },
  'prisma/cli-generate-data-proxy': {
    before: "\"scripts\": {\n  \"a\": \"prisma generate --data-proxy\",\n  \"b\": \"prisma generate --accelerate --no-engine\",\n  \"c\": \"prisma generate --data-proxy --accelerate --watch\"\n},",
    after: "\"scripts\": {\n  \"a\": \"prisma generate --no-engine\",\n  \"b\": \"prisma generate --no-engine\",\n  \"c\": \"prisma generate --no-engine --watch\"\n},",
  },
  'prisma/cli-global-version-pins': {
    before: "FROM node:20\nRUN npm install -g prisma@5.22.0 @prisma/client@4.16\nRUN npm i -g prisma\nRUN [\"npx\", \"prisma@4\", \"generate\"]",
    after: "FROM node:20\nRUN npm install -g prisma@6.19.3 @prisma/client@6.19\nRUN npm i -g prisma\nRUN [\"npx\", \"prisma@6\", \"generate\"]",
  },
  'prisma/cli-introspect': {
    before: "\"scripts\": {\n  \"a\": \"prisma introspect\",\n  \"b\": \"npx prisma introspect --print > a\",\n  \"c\": \"gql introspect\"",
    after: "\"scripts\": {\n  \"a\": \"prisma db pull\",\n  \"b\": \"npx prisma db pull --print > a\",\n  \"c\": \"gql introspect\"",
  },
  'prisma/cli-migrate-dev-reset': {
    before: "\"a\": \"yes | prisma migrate dev\",\n\"b\": \"echo y | npx prisma migrate dev --name x\"",
  },
  'prisma/cli-migrate-experimental': {
    before: "\"scripts\": {\n  \"up\": \"prisma migrate dev --experimental\",\n  \"other\": \"prisma migrate deploy --early-access-feature --experimental\",\n  \"node\": \"node --experimental migrate\"",
    after: "\"scripts\": {\n  \"up\": \"prisma migrate dev\",\n  \"other\": \"prisma migrate deploy\",\n  \"node\": \"node --experimental migrate\"",
  },
  'prisma/cli-migrate-legacy': {
    before: "\"a\": \"prisma migrate up\",\n\"b\": \"prisma migrate save --name x\",\n\"c\": \"npx prisma doctor\",\n\"d\": \"prisma dev\"",
  },
  'prisma/cli-preview-feature-flag': {
    before: "  \"seed\": \"prisma db seed -- --preview-feature\",\n  \"push\": \"npm exec prisma -- db push --preview-feature\"\n},",
    after: "  \"seed\": \"prisma db seed -- --preview-feature\",\n  \"push\": \"npm exec prisma -- db push\"\n},",
  },
  'prisma/cli-prisma2-binary': {
    before: "RUN npm ci && \\\n    npx prisma2 generate\nCMD [\"npx\", \"prisma2\", \"migrate\", \"deploy\"]",
    after: "RUN npm ci && \\\n    npx prisma generate\nCMD [\"npx\", \"prisma\", \"migrate\", \"deploy\"]",
  },
  'prisma/cli-require-models': {
    before: "\"build\": \"prisma generate\",",
  },
  'prisma/cli-yarn-workspace-lookup': {
    before: "\"generate\": \"prisma generate\",",
  },
  'prisma/client-runtime-import': {
    before: "import { Catch } from '@nestjs/common'\nimport { PrismaClient } from '@prisma/client'\nimport { Decimal, PrismaClientKnownRequestError as Known, PrismaClientValidationError } from '@prisma/client/runtime'\nexport const prisma = new PrismaClient()\nexport const plain = (value: unknown) => (value instanceof Decimal ? value.toNumber() : value)\n@Catch(Known)\nexport class Filter {}",
    after: "import { Catch } from '@nestjs/common'\nimport { PrismaClient, Prisma } from '@prisma/client'\nexport const prisma = new PrismaClient()\nexport const plain = (value: unknown) => (value instanceof Prisma.Decimal ? value.toNumber() : value)\n@Catch(Prisma.PrismaClientKnownRequestError)\nexport class Filter {}",
  },
  'prisma/client-runtime-internals': {
    before: "import { getPrismaClient } from '@prisma/client/runtime/data-proxy'\nimport prisma from 'prisma'\nexport const build = require('prisma/build/index.js')",
  },
  'prisma/config-early-access': {
    before: "export default defineConfig({\n  earlyAccess: true,\n  schema: 'prisma/schema.prisma',",
    after: "export default defineConfig({\n  schema: 'prisma/schema.prisma',",
  },
  'prisma/config-env-not-loaded': {
    before: "module.exports = { schema: 'prisma/schema.prisma' }",
    after: "require('dotenv/config')\nmodule.exports = { schema: 'prisma/schema.prisma' }",
  },
  'prisma/config-package-json-prisma': {
    before: "\"prisma\": { \"seed\": \"tsx prisma/seed.ts\" },",
  },
  'prisma/count-distinct-arg': {
    before: "export const names = () => prisma.user.count({ distinct: ['name'] })",
  },
  'prisma/deno-target-removed': {
    before: "previewFeatures = [\"deno\"]",
  },
  'prisma/deploy-fmt-wasm': {
    before: "FROM node:20\nCOPY node_modules/prisma/build/prisma_fmt_build_bg.wasm ./",
    after: "FROM node:20\nCOPY node_modules/prisma/build/prisma_schema_build_bg.wasm ./",
  },
  'prisma/deploy-schema-engine-glob': {
    before: "FROM node:20\nCOPY --from=build /app/node_modules/@prisma/engines/migration-engine-linux /engines/",
    after: "FROM node:20\nCOPY --from=build /app/node_modules/@prisma/engines/schema-engine-linux /engines/",
  },
  'prisma/dmmf-pruned-client-engine': {
    before: "export const names = Prisma.dmmf.datamodel.models.map(({ name }) => name)",
  },
  'prisma/dmmf-readonly': {
    before: "const models: DMMF.Model[] = Prisma.dmmf.datamodel.models\nconst enums: Array<DMMF.DatamodelEnum> = Prisma.dmmf.datamodel.enums\n// Copied, or without a type of its own.",
    after: "const models: readonly DMMF.Model[] = Prisma.dmmf.datamodel.models\nconst enums: ReadonlyArray<DMMF.DatamodelEnum> = Prisma.dmmf.datamodel.enums\n// Copied, or without a type of its own.",
  },
  'prisma/driver-adapter-factory': {
    before: "import { neon as http, Pool } from '@neondatabase/serverless'\nimport { createClient } from '@libsql/client'\nimport { PrismaNeon, PrismaNeonHTTP as Http } from '@prisma/adapter-neon'\nconst url = process.env.DATABASE_URL!\nconst libsql = createClient({ url, authToken: process.env.TOKEN })",
    after: "import { Pool } from '@neondatabase/serverless'\nimport { PrismaNeon, PrismaNeonHTTP as Http } from '@prisma/adapter-neon'\nconst url = process.env.DATABASE_URL!",
  },
  'prisma/env-data-proxy': {
    before: "# PRISMA_GENERATE_DATAPROXY=x\nPRISMA_GENERATE_DATAPROXY=/usr/bin/engine\nexport OTHER=1 # PRISMA_GENERATE_DATAPROXY",
    after: "# PRISMA_GENERATE_DATAPROXY=x\nPRISMA_GENERATE_NO_ENGINE=/usr/bin/engine\nexport OTHER=1 # PRISMA_GENERATE_DATAPROXY",
  },
  'prisma/env-engine-protocol': {
    before: "A=1\nPRISMA_ENGINE_PROTOCOL=json\nB=2",
    after: "A=1\nB=2",
  },
  'prisma/env-file-single': {
    before: "PORT=3000",
  },
  'prisma/env-migration-engine-binary': {
    before: "# PRISMA_MIGRATION_ENGINE_BINARY=x\nPRISMA_MIGRATION_ENGINE_BINARY=/usr/bin/engine\nexport OTHER=1 # PRISMA_MIGRATION_ENGINE_BINARY",
    after: "# PRISMA_MIGRATION_ENGINE_BINARY=x\nPRISMA_SCHEMA_ENGINE_BINARY=/usr/bin/engine\nexport OTHER=1 # PRISMA_MIGRATION_ENGINE_BINARY",
  },
  'prisma/error-text-and-meta': {
    before: "if (error.code !== 'P2003') throw error\nconst field = error.meta?.field_name\nif (error.meta?.field_name === 'Post_authorId_fkey (index)') return 'author'",
    after: "if (error.code !== 'P2003') throw error\nconst field = error.meta?.constraint ?? error.meta?.field_name\nif (error.meta?.field_name === 'Post_authorId_fkey (index)') return 'author'",
  },
  'prisma/filter-type-model-param': {
    before: "export function emailOf(where: Prisma.UserWhereInput) {\n  const email: string | Prisma.StringFilter | undefined = where.email\n  const name: Prisma.StringNullableFilter | string | null | undefined = where.name\n  return [email, name]",
    after: "export function emailOf(where: Prisma.UserWhereInput) {\n  const email: string | Prisma.StringFilter<'User'> | undefined = where.email\n  const name: Prisma.StringNullableFilter<'User'> | string | null | undefined = where.name\n  return [email, name]",
  },
  'prisma/find-args-base-types': {
    before: "export type Unique = Prisma.UserFindUniqueArgsBase\nexport interface First extends Prisma.UserFindFirstArgsBase {\n  tenant: string",
    after: "export type Unique = Prisma.UserFindUniqueArgs\nexport interface First extends Prisma.UserFindFirstArgs {\n  tenant: string",
  },
  'prisma/fluent-relation-not-null': {
    before: "const profile = await prisma.user.findUniqueOrThrow({ where }).profile()\n.profile({ include: { user: true } })\nconst given = await prisma.user.upsert({ where, create: { id: 1 }, update: {} }).profile()\nreturn [id, profile.bio, bio, (await prisma.user.create({ data: { id: 2 } }).profile()).bio]",
  },
  'prisma/generated-client-provider': {
    before: "  provider = \"prisma-client-js\"\n  output   = \"../node_modules/@prisma/client\"\n}",
    after: "  provider = \"prisma-client-js\"\n}",
  },
  'prisma/groupby-args-lowercase-model': {
    before: "export type Groups = Prisma.BlogEntryGroupByArgs\nexport const by = (args: Prisma.BlogEntryGroupByArgs['by']) => args\n// Written in upper case in the schema as well.",
    after: "export type Groups = Prisma.blogEntryGroupByArgs\nexport const by = (args: Prisma.blogEntryGroupByArgs['by']) => args\n// Written in upper case in the schema as well.",
  },
  'prisma/helper-types-removed': {
    before: "export type Selected = Prisma.HasSelect\nexport type Checked<T> = Prisma.CheckSelect<T, User, { id: true }>\nexport const clientOf = Prisma.Prisma__UserClient",
  },
  'prisma/instrumentation-middleware-option': {
    before: "instrumentations: [\n  new PrismaInstrumentation({ middleware: true }),\n  new Named({ middleware: true, enabled: true }),\n  new PrismaInstrumentation({\n    // as before\n    middleware: true,\n  }),",
    after: "instrumentations: [\n  new PrismaInstrumentation(),\n  new Named({ enabled: true }),\n  new PrismaInstrumentation({\n    // as before\n  }),",
  },
  'prisma/json-column-encoding': {
    before: "prisma.user.create({ data: { id: 1, role: 'USER', info: { price: new Prisma.Decimal('1.5') } } }),\nprisma.user.create({ data: { id: 1, role: 'USER', info: [{ photo: Buffer.from('a') }, 1n] } }),",
  },
  'prisma/known-error-constructor': {
    before: "const missing = new Prisma.PrismaClientKnownRequestError('none found', 'P2025', '4.6.1')\nconst taken = new Prisma.PrismaClientKnownRequestError('taken', 'P2002', '4.6.1', { target: ['email'] })\nconst short = new Prisma.PrismaClientKnownRequestError('taken', 'P2002')\nconst code = 'P2003'\nconst constant = new Prisma.PrismaClientKnownRequestError('no user', code, '4.6.1')\nconst unknown = new Prisma.PrismaClientKnownRequestError('no user', code)",
    after: "const missing = new Prisma.PrismaClientKnownRequestError('none found', { code: 'P2025', clientVersion: '4.6.1' })\nconst taken = new Prisma.PrismaClientKnownRequestError('taken', { code: 'P2002', clientVersion: '4.6.1', meta: { target: ['email'] } })\nconst short = new Prisma.PrismaClientKnownRequestError('taken', { code: 'P2002', clientVersion: '' })\nconst code = 'P2003'\nconst constant = new Prisma.PrismaClientKnownRequestError('no user', { code: code, clientVersion: '4.6.1' })\nconst unknown = new Prisma.PrismaClientKnownRequestError('no user', code)",
  },
  'prisma/log-options-generic': {
    before: "export const prisma = new PrismaClient({ log: [...levels, 'error'] })",
  },
  'prisma/looser-input-validation': {
    before: "prisma.user.findMany({ select: { id: 1, name: true } }),\nprisma.user.findMany({ select: { id: undefined, name: true } }),",
  },
  'prisma/metrics-deprecated': {
    before: "previewFeatures = [\"metrics\", \"views\"]",
  },
  'prisma/middleware-types-removed': {
    before: "import { type Prisma, PrismaClient } from '@prisma/client'\n  enable() {\n    this.$use((params: Prisma.MiddlewareParams, next) => next(params))\n  }",
    after: "import { PrismaClient } from '@prisma/client'\n  enable() {\n    this.$use((params, next) => next(params))\n  }",
  },
  'prisma/middleware-use-removed': {
    before: "function client() {\n    const made = new PrismaClient();\n    made.$use(async function (params, next) {\n        console.log(params.model, params.action, params.args);\n        params.args = scoped(params.args);\n        return next(params);\n    });",
    after: "function client() {\n    const made = new PrismaClient().$extends({\n        query: {\n            async $allOperations({ model, operation, args, query }) {\n                console.log(model, operation, args);\n                args = scoped(args);\n                return query(args);\n            },\n        },\n    });",
  },
  'prisma/model-args-type-rename': {
    before: "export const first = Prisma.validator<Prisma.UserArgs>()({ include: { posts: true } })\nexport type Second = db.Prisma.UserArgs\nexport type Third = Types.PostArgs | Declared.TagArgs\nexport type Other = own.Prisma.UserArgs\nconst { Prisma: P } = client\nexport type Fourth = P.UserArgs\nexport const rows = (): Promise<User[]> => prisma.user.findMany()",
    after: "export const first = Prisma.validator<Prisma.UserDefaultArgs>()({ include: { posts: true } })\nexport type Second = db.Prisma.UserDefaultArgs\nexport type Third = Types.PostDefaultArgs | Declared.TagDefaultArgs\nexport type Other = own.Prisma.UserArgs\nconst { Prisma: P } = client\nexport type Fourth = P.UserDefaultArgs\nexport const rows = (): Promise<User[]> => prisma.user.findMany()",
  },
  'prisma/model-payload-type': {
    before: "import { PostPayload as Payload } from '@prisma/client'\nexport type Row = Payload['scalars']",
    after: "import { Prisma } from '@prisma/client'\nexport type Row = Prisma.$PostPayload['scalars']",
  },
  'prisma/nestjs-enable-shutdown-hooks': {
    before: "import { AppModule } from './app.module'\nimport { PrismaService } from './prisma.service'\n  const app = await NestFactory.create(AppModule)\n  const service: PrismaService = app.get(PrismaService)\n  await service.enableShutdownHooks(app)\n  await app.listen(3000)",
    after: "import { AppModule } from './app.module'\n  const app = await NestFactory.create(AppModule)\n  app.enableShutdownHooks()\n  await app.listen(3000)",
  },
  'prisma/node-minimum': {
    before: "\"name\": \"shop\",\n\"engines\": { \"node\": \">=14\" },\n\"volta\": { \"node\": \"16.20.0\" },",
    after: "\"name\": \"shop\",\n\"engines\": { \"node\": \">=18.18.0\" },\n\"volta\": { \"node\": \"16.20.0\" },",
  },
  'prisma/not-found-error-removed': {
    before: "} catch (error) {\n  if (error.name === 'NotFoundError') return undefined\n  throw error",
    after: "} catch (error) {\n  if (error?.code === 'P2025') return undefined\n  throw error",
  },
  'prisma/on-returns-client': {
    before: "const done: void = prisma.$on('query', () => undefined)",
  },
  'prisma/orderby-nulls-type': {
    before: "export const isAscending = (order: Prisma.UserOrderByWithRelationInput['name']) => order === 'asc'",
  },
  'prisma/package-version-bump': {
    before: "\"dependencies\": {\n  \"@prisma/client\": \"^4.16.0\",\n  \"@prisma/instrumentation\": \">=4.0.0\",\n  \"@prisma/extension-read-replicas\": \"^0.3.0\",\n  \"prisma-extension-other\": \"^4.0.0\"",
    after: "\"dependencies\": {\n  \"@prisma/client\": \"^6.19.3\",\n  \"@prisma/instrumentation\": \">=4.0.0\",\n  \"@prisma/extension-read-replicas\": \"^0.4.1\",\n  \"prisma-extension-other\": \"^4.0.0\"",
  },
  'prisma/postgres-minimum': {
    before: "image: postgres:9.5-alpine",
  },
  'prisma/private-client-fields': {
    before: "export const models = (prisma as any)._baseDmmf.modelMap\nexport const engine = (prisma as any)._engine",
  },
  'prisma/reject-on-not-found-client-option': {
    before: "  log: ['warn'],\n  rejectOnNotFound: true,\n})",
    after: "  log: ['warn'],\n})",
  },
  'prisma/reject-on-not-found-query-custom-error': {
    before: "",
    after: "import { Prisma } from '@prisma/client'\n\n/** Turns the error of a query that found nothing (P2025) into another one. */\nexport const mapNotFound =\n  (make: (error: Error) => Error) =>\n  (error: unknown): never => {\n    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2025') throw make(error)\n    throw error\n  }",
  },
  'prisma/reject-on-not-found-query-dynamic': {
    before: "const args = { where: { id }, rejectOnNotFound: true }\nconst shared = strict ? { where: { id }, rejectOnNotFound: true } : { where: { id } }\nprisma.user.findUnique({ where: { id }, rejectOnNotFound: strict }),\nprisma.user.findUnique({ where: { id }, rejectOnNotFound: make }),\nprisma.user.findFirst(strict ? { where: { id }, rejectOnNotFound: true } : {}),\nprisma.user[method]({ where: { id }, rejectOnNotFound: true }),\nprisma[model][method]({ where: { id }, rejectOnNotFound: model === 'user' }),\nprisma[model].findUnique({ where: { id }, rejectOnNotFound: model === 'user' }),\nparams.args.rejectOnNotFound = false",
  },
  'prisma/reject-on-not-found-query-false': {
    before: "export const load = (id: number, args: Prisma.UserFindFirstArgs) => [\n  prisma.user.findUnique({ where: { id }, rejectOnNotFound: false }),\n  prisma.user.findFirst({ rejectOnNotFound: undefined, where: { id } }),\n  prisma.user.findFirst({ rejectOnNotFound: false }),\n  prisma.user.findFirst({ ...args, rejectOnNotFound: false }),\n  prisma.user.findFirst({ where: { id } /* by id */, rejectOnNotFound: false }),",
    after: "export const load = (id: number, args: Prisma.UserFindFirstArgs) => [\n  prisma.user.findUnique({ where: { id } }),\n  prisma.user.findFirst({ where: { id } }),\n  prisma.user.findFirst(),\n  prisma.user.findFirst({ ...args }),\n  prisma.user.findFirst({ where: { id } /* by id */, rejectOnNotFound: false }),",
  },
  'prisma/reject-on-not-found-query-true': {
    before: "export async function load(id: number) {\n  const user = await prisma.user.findUnique({ where: { id }, rejectOnNotFound: true })\n  const first = await prisma.user.findFirst({ rejectOnNotFound: true, where: { id } })\n  const any = await prisma.user.findFirst({ rejectOnNotFound: !0 })\n  const brackets = await prisma['user']['findUnique']({ 'rejectOnNotFound': true, where: { id } })\n  return [user, first, any, brackets]",
    after: "export async function load(id: number) {\n  const user = await prisma.user.findUniqueOrThrow({ where: { id } })\n  const first = await prisma.user.findFirstOrThrow({ where: { id } })\n  const any = await prisma.user.findFirstOrThrow()\n  const brackets = await prisma['user']['findUniqueOrThrow']({ where: { id } })\n  return [user, first, any, brackets]",
  },
  'prisma/reject-on-not-found-types': {
    before: "type Reject = Prisma.RejectOnNotFound\nexport type Users = Prisma.UserDelegate<Prisma.RejectOnNotFound | Prisma.RejectPerOperation | undefined>\nexport type Posts = Prisma.PostDelegate<false>\nexport type Client = PrismaClient<Prisma.PrismaClientOptions, 'query', false | Prisma.RejectOnNotFound>\nexport type Extended = PrismaClient<Prisma.PrismaClientOptions, 'query', false, { result: {} }>",
    after: "type Reject = Prisma.RejectOnNotFound\nexport type Users = Prisma.UserDelegate\nexport type Posts = Prisma.PostDelegate\nexport type Client = PrismaClient<Prisma.PrismaClientOptions, 'query'>\nexport type Extended = PrismaClient<Prisma.PrismaClientOptions, 'query', { result: {} }>",
  },
  'prisma/relation-filter-type-rename': {
    before: "// In 5 the name says whether the relation may be missing.\nexport type Which = Prisma.UserRelationFilter\nexport type Nullable = Prisma.UserNullableRelationFilter\nexport type Kept = Prisma.PostListRelationFilter",
    after: "// In 5 the name says whether the relation may be missing.\nexport type Which = Prisma.UserScalarRelationFilter\nexport type Nullable = Prisma.UserNullableScalarRelationFilter\nexport type Kept = Prisma.PostListRelationFilter",
  },
  'prisma/schema-binary-targets': {
    before: "binaryTargets = [\"native\", \"debian-openssl-1.1.x\"]\nbinaryTargets = \"linux-musl\"",
  },
  'prisma/schema-cockroachdb-provider': {
    before: "DATABASE_URL=\"postgresql://u:p@free.cockroachlabs.cloud/x/shop\"\nOTHER=postgresql://u:p@localhost:26257/x",
  },
  'prisma/schema-engine-type-dataproxy': {
    before: "  provider   = \"prisma-client-js\"\n  engineType = \"dataproxy\"\n}",
    after: "  provider   = \"prisma-client-js\"\n}",
  },
  'prisma/schema-experimental-features': {
    before: "  provider             = \"prisma-client-js\"\n  experimentalFeatures = [\"selectRelationCount\"]\n}",
    after: "  provider             = \"prisma-client-js\"\n}",
  },
  'prisma/schema-folder-ga': {
    before: "  \"name\": \"shop\",\n  \"dependencies\": { \"@prisma/client\": \"^5.15.0\" }\n}",
    after: "  \"name\": \"shop\",\n  \"dependencies\": { \"@prisma/client\": \"^5.15.0\" },\n  \"prisma\": { \"schema\": \"./prisma/schema\" }\n}",
  },
  'prisma/schema-fulltext-search-postgres': {
    before: "  provider        = \"prisma-client-js\"\n  previewFeatures = [\"fullTextIndex\", \"fullTextSearch\", \"views\"]\n}",
    after: "  provider        = \"prisma-client-js\"\n  previewFeatures = [\"fullTextIndex\", \"fullTextSearchPostgres\", \"views\"]\n}",
  },
  'prisma/schema-implicit-m2n-primary-key': {
    before: "",
    after: "-- Prisma 6 expects a primary key on the tables of implicit many-to-many relations, where earlier versions made a\n-- unique index. The index becomes the key, so that nothing is rebuilt.\n\n-- AlterTable\nALTER TABLE \"_PostToTag\" ADD CONSTRAINT \"_PostToTag_AB_pkey\" PRIMARY KEY USING INDEX \"_PostToTag_AB_unique\";\n\n-- AlterTable\nALTER TABLE \"_Pinned\" ADD CONSTRAINT \"_Pinned_AB_pkey\" PRIMARY KEY USING INDEX \"pinned_once\";\n\n-- AlterTable\nALTER TABLE \"_Friends\" ADD CONSTRAINT \"_Friends_AB_pkey\" PRIMARY KEY USING INDEX \"_Friends_AB_unique\";\n\n-- AlterTable\nALTER TABLE \"_PersonToTag\" ADD CONSTRAINT \"_PersonToTag_AB_pkey\" PRIMARY KEY USING INDEX \"_PersonToTag_AB_unique\";",
  },
  'prisma/schema-preview-feature-ga': {
    before: "  provider        = \"prisma-client-js\"\n  previewFeatures = [\"tracing\"]\n}",
    after: "  provider        = \"prisma-client-js\"\n}",
  },
  'prisma/schema-referential-integrity': {
    before: "  url                  = env(\"DATABASE_URL\")\n  referentialIntegrity = \"prisma\"\n}",
    after: "  url                  = env(\"DATABASE_URL\")\n  relationMode = \"prisma\"\n}",
  },
  'prisma/schema-reserved-names': {
    before: "  asyncId Int\n  async   async? @relation(fields: [asyncId], references: [id])\n}\nmodel await {\n  id Int @id",
    after: "  asyncId Int\n  async   Async? @relation(fields: [asyncId], references: [id])\n}\nmodel Await {\n  id Int @id",
  },
  'prisma/schema-shadow-url-equals-url': {
    before: "  url               = env(\"DATABASE_URL\")\n  shadowDatabaseUrl = env( \"DATABASE_URL\" )\n}",
    after: "  url               = env(\"DATABASE_URL\")\n}",
  },
  'prisma/schema-view-keys': {
    before: "view Info {\n  id    Int    @id\n  email String @unique(map: \"info_email\")\n  name  String\n  @@index([name])\n  @@map(\"info\")\n  @@id([a, b], name: \"both\", map: \"pair_pk\")\n}",
    after: "view Info {\n  id    Int    @unique\n  email String @unique\n  name  String\n  @@map(\"info\")\n  @@unique([a, b], name: \"both\")\n}",
  },
  'prisma/test-mock-method-rename': {
    before: "export const prismaMock = {\n  user: { findUnique: jest.fn().mockResolvedValue({ id: 1 }) },\n  post: { findUnique: jest.fn() },\n    prisma: {\n      user: { 'findUnique': jest.fn(async () => ({ id: 1 })), findMany: jest.fn() },\n    },",
    after: "export const prismaMock = {\n  user: { findUniqueOrThrow: jest.fn().mockResolvedValue({ id: 1 }) },\n  post: { findUnique: jest.fn() },\n    prisma: {\n      user: { 'findUniqueOrThrow': jest.fn(async () => ({ id: 1 })), findMany: jest.fn() },\n    },",
  },
  'prisma/third-party-compat': {
    before: "\"nestjs-prisma\": \"^0.22.0\",\n\"prisma-redis-middleware\": \"^4.8.0\"\n\"typegraphql-prisma\": \"^0.27.0\",",
  },
  'prisma/to-one-nested-data-wrapper': {
    before: "prisma.user.update({ where: { id: 1 }, data: { author: { update: { data: { n: 7 } } } } }),",
  },
  'prisma/typescript-minimum': {
    before: "\"name\": \"shop\",\n\"devDependencies\": { \"typescript\": \"^4.9.5\" },\n\"dependencies\": { \"@prisma/client\": \"^4.16.0\" }",
    after: "\"name\": \"shop\",\n\"devDependencies\": { \"typescript\": \"^5.1.3\" },\n\"dependencies\": { \"@prisma/client\": \"^4.16.0\" }",
  },
  'prisma/unchecked-update-many-type-rename': {
    before: "export type OfEdits = Prisma.PostUncheckedUpdateManyWithoutEditsInput\nexport type OfTags = Prisma.TagUncheckedUpdateManyWithoutTagsInput\nexport type OfParts = Prisma.PartUncheckedUpdateManyWithoutPartsInput\n// A user has posts, and so has a tag.",
    after: "export type OfEdits = Prisma.PostUncheckedUpdateManyWithoutEditorInput\nexport type OfTags = Prisma.TagUncheckedUpdateManyWithoutPostsInput\nexport type OfParts = Prisma.PartUncheckedUpdateManyWithoutEntryInput\n// A user has posts, and so has a tag.",
  },
  'prisma/undefined-in-array': {
    before: "export const search = (names: string[], rows: any[], row: any, given: Prisma.UserWhereInput | undefined, name?: string, id?: number) => [\n  prisma.user.findMany({ where: { OR: [name ? { name } : undefined, { id: 1 }] } }),\n  prisma.user.findMany({ where: { AND: [{ id: 1 }, name === undefined ? undefined : { name }] } }),\n  prisma.user.findMany({ where: { NOT: [name && { name }] } }),",
    after: "export const search = (names: string[], rows: any[], row: any, given: Prisma.UserWhereInput | undefined, name?: string, id?: number) => [\n  prisma.user.findMany({ where: { OR: [...(name ? [{ name }] : []), { id: 1 }] } }),\n  prisma.user.findMany({ where: { AND: [{ id: 1 }, ...(name === undefined ? [] : [{ name }])] } }),\n  prisma.user.findMany({ where: { NOT: [name && { name }] } }),",
  },
  'prisma/validation-error-constructor': {
    before: "export const invalid = new Prisma.PrismaClientValidationError('no such field')\nexport const other = new client.Prisma.PrismaClientValidationError(`no ${1 + 1}`)\nexport const given = (texts: [string]) => new Prisma.PrismaClientValidationError(...texts)",
    after: "export const invalid = new Prisma.PrismaClientValidationError('no such field', { clientVersion: Prisma.prismaVersion.client })\nexport const other = new client.Prisma.PrismaClientValidationError(`no ${1 + 1}`, { clientVersion: client.Prisma.prismaVersion.client })\nexport const given = (texts: [string]) => new Prisma.PrismaClientValidationError(...texts)",
  },
  'prisma/where-unique-input-at-least': {
    before: "export function find(id?: number, where: Prisma.UserWhereUniqueInput = {}) {\n  const key: Prisma.UserWhereUniqueInput = {}\n  if (id) key.id = id\n}\nexport interface Key extends Prisma.UserWhereUniqueInput {\n  tenant: string",
    after: "export function find(id?: number, where: Prisma.UserWhereUniqueInput = {} as Prisma.UserWhereUniqueInput) {\n  const key: Prisma.UserWhereUniqueInput = {} as Prisma.UserWhereUniqueInput\n  if (id) key.id = id\n}\nexport type Key = Prisma.UserWhereUniqueInput & {\n  tenant: string",
  },
}
