import {
  defineProvider,
  describe,
  type FunctionFacts,
  type FunctionNode,
  type Kind,
  kind,
  method,
  type PackageModel,
} from '#kit'
import { deprecations } from './deprecated/calls.ts'
import { guideChanges } from './guide/changes.ts'
import { COMPANIONS } from './packages/companions.ts'

// ---- the kinds of Express, as a very small declaration file -------------------------------------

export const Express = kind('express module')
export const App = kind('Express application')
export const Router = kind('Express router')
export const Route = kind('Express route')
export const Request = kind('Express request')
/** `req.params`. */
export const Params = kind('parameters of an Express request')
export const Response = kind('Express response')
export const Next = kind('next function')
/** `express()` itself, without its members: what makes an application. */
export const StaticFactory = method('express.static')
export const Urlencoded = method('express.urlencoded')
/** `express.query()`, the middleware that only Express 4 has. */
export const QueryParser = method('express.query')
/** `express.static.mime`, the table of content types that only Express 4 hands out. */
export const Mime = kind('mime table of express.static')
/** `app.settings`, `app.engines`, `app.cache`. */
export const Registry = kind('settings, engines or cache of an Express application')
/** One entry of the stack of a router or a route. */
export const Layer = kind('layer of an Express router')
/** `router.stack`. */
export const Stack = kind('stack of an Express router')
/** The other body parsers. */
export const BodyParser = method('a body parser of express')

/** Everything that paths and handlers can be given to. */
export const HTTP_METHODS =
  'acl bind checkout connect copy delete get head link lock m-search merge mkactivity mkcalendar mkcol move notify options patch post propfind proppatch purge put query rebind report search source subscribe trace unbind unlink unlock unsubscribe'.split(
    ' ',
  )

/** By position, as Express goes by `fn.length`: exactly four are (err, req, res, next), up to three are (req, res, next). */
const handlerParameters = (fn: FunctionNode) => {
  const optional = fn.params.findIndex(({ type }) => type === 'RestElement' || type === 'AssignmentPattern')
  const length = optional < 0 ? fn.params.length : optional
  return length === 4 ? [undefined, Request, Response, Next] : length > 4 ? [] : [Request, Response, Next]
}
/** `param('id', (req, res, next, value, name) => …)`. */
const paramParameters = () => [Request, Response, Next]

const handling = method('a method that takes handlers', { call: 'this', callback: handlerParameters })
/** `app[method](path, handler)`: of what takes a function behind something else, all but `engine` and `render` take handlers. */
const handlingByName = method('a method under a computed name', {
  call: 'this',
  callback: (fn, { argument }) =>
    argument > 0 && (fn.params.length === 2 || fn.params.length === 3) ? handlerParameters(fn) : undefined,
})
const verbs = Object.fromEntries([...HTTP_METHODS, 'all', 'use', 'del'].map((name) => [name, handling]))
const makesRoute = method('.route', { call: Route })
const param = method('.param', {
  call: 'this',
  callback: (_fn, { argument }) => (argument === 1 ? paramParameters() : undefined),
})

describe(App, {
  computed: handlingByName,
  members: {
    ...verbs,
    route: makesRoute,
    param,
    listen: method('.listen'),
    set: method('.set', { call: 'this' }),
    enable: method('.enable', { call: 'this' }),
    disable: method('.disable', { call: 'this' }),
    engine: method('.engine', { call: 'this' }),
    router: Router,
    _router: Router,
    lazyrouter: method('.lazyrouter'),
    settings: Registry,
    engines: Registry,
    cache: Registry,
    locals: kind('locals of an Express application'),
  },
})
describe(App.shape.members!.locals!, { members: { settings: Registry } })
const handle = method('.handle')
describe(Router, { computed: handlingByName, members: { ...verbs, route: makesRoute, param, stack: Stack, handle } })
describe(Route, { computed: handlingByName, members: { ...verbs, stack: Stack } })
const overLayers = method('a method of the stack', { callback: () => [Layer] })
const listsLayers = method('a method of the stack', { call: 'this', callback: () => [Layer] })
const findsLayer = method('a method of the stack', { call: Layer, callback: () => [Layer] })
describe(Stack, {
  elements: Layer,
  members: {
    ...Object.fromEntries('forEach map flatMap some every findIndex'.split(' ').map((name) => [name, overLayers])),
    ...Object.fromEntries('filter slice concat reverse sort'.split(' ').map((name) => [name, listsLayers])),
    ...Object.fromEntries('find findLast at pop shift'.split(' ').map((name) => [name, findsLayer])),
    reduce: method('a method of the stack', { callback: () => [undefined, Layer] }),
  },
})
describe(Layer, { members: { route: Route, handle: Router } })

const chain = method('a method of the response', { call: 'this' })
const chained =
  'status sendStatus links send json jsonp type contentType format attachment append set header clearCookie cookie location vary'
describe(Response, {
  members: { ...Object.fromEntries(chained.split(' ').map((name) => [name, chain])), req: Request, app: App },
})
describe(Request, { members: { params: Params, res: Response, app: App, next: Next } })

/** `express.Router` itself. */
export const RouterFactory = method('express.Router', { call: Router, construct: Router })
describe(StaticFactory, { members: { mime: Mime } })
describe(Express, {
  call: App,
  // a function that returns an object gives that object to `new` too
  construct: App,
  members: {
    Router: RouterFactory,
    Route: method('express.Route', { construct: Route }),
    application: App,
    request: Request,
    response: Response,
    static: StaticFactory,
    urlencoded: Urlencoded,
    query: QueryParser,
    json: BodyParser,
    raw: BodyParser,
    text: BodyParser,
  },
})

// ---- declared types -----------------------------------------------------------------------------

const handler = method('a request handler', { parameters: handlerParameters })
const errorHandler = method('an error handler', { parameters: () => [undefined, Request, Response, Next] })

const types = {
  Express: App,
  Application: App,
  Core: App,
  Router,
  IRouter: Router,
  IRoute: Route,
  Request,
  Response,
  NextFunction: Next,
  Handler: handler,
  RequestHandler: handler,
  ErrorRequestHandler: errorHandler,
  RequestParamHandler: method('a param handler', { parameters: paramParameters }),
}

// ---- strong shapes ------------------------------------------------------------------------------

/** Frameworks and test doubles whose handlers look the same: with one of them around, a shape proves nothing. */
const LOOK_ALIKES = [
  'koa',
  'hono',
  'fastify',
  'restify',
  'polka',
  'next',
  'micro',
  'find-my-way',
  'hyper-express',
  'ultimate-express',
  'uWebSockets.js',
  'sirv',
  '@tinyhttp/app',
  'h3',
  '0http',
  'msw',
  'nock',
]
/** Modules whose presence in the same file says that `res` may well be something else. */
const OTHER_SERVERS = [
  'http',
  'https',
  'http2',
  'node:http',
  'node:https',
  'node:http2',
  'axios',
  'superagent',
  'request',
  'got',
  'needle',
]

const RESPONSE_NAMES = ['res', 'response', '_res', 'resp']
const REQUEST_NAMES = ['req', 'request', '_req', '_request', '_']
const ERROR_NAMES = ['err', 'error', '_err', 'e', '_error']

function shapes(facts: FunctionFacts) {
  if (LOOK_ALIKES.some((name) => facts.dependencies.has(name) || facts.imports.has(name))) return undefined
  // Next.js and serverless functions have a `res` of their own
  if (/(?:^|\/)(?:pages\/api\/|app\/.*\/route\.|api\/\[)/.test(facts.path)) return undefined
  return handlerShape(facts) ?? appShape(facts)
}

/** `(req, res)`, `(req, res, next)`, `(err, req, res, next)`: the response-like name right of the request-like one. */
function handlerShape({ parameters, imports }: FunctionFacts) {
  if (parameters.length < 2 || parameters.length > 4 || OTHER_SERVERS.some((name) => imports.has(name)))
    return undefined
  const withError = parameters.length === 4 || ERROR_NAMES.includes(parameters[0] ?? '')
  const at = withError ? 2 : 1
  if (withError && (parameters.length !== 4 || !ERROR_NAMES.includes(parameters[0] ?? ''))) return undefined
  if (!RESPONSE_NAMES.includes(parameters[at] ?? '') || !REQUEST_NAMES.includes(parameters[at - 1] ?? ''))
    return undefined
  return withError ? [undefined, Request, Response, Next] : [Request, Response, Next]
}

const APP_NAMES = ['app', 'server', 'router', 'application']

/** `module.exports = (app) => { app.get('/x', fn); app.listen(1) }`: the name, and what only an application is used for. */
function appShape({ parameters, exported, methodsCalledOn }: FunctionFacts) {
  if (!exported) return undefined
  const kinds = parameters.map((name, index) => {
    if (name === undefined || !APP_NAMES.includes(name)) return undefined
    const calls = methodsCalledOn(index)
    const registers = calls.some(
      (call) =>
        ([...HTTP_METHODS, 'all', 'use'].includes(call.name) &&
          call.arguments >= 2 &&
          call.first?.startsWith('/') === true) ||
        (call.name === 'use' && name !== 'server'),
    )
    const listens = calls.some((call) => call.name === 'listen') && calls.some((call) => call.name === 'use')
    if (!registers && !listens) return undefined
    return name === 'router' ? Router : App
  })
  return kinds.some(Boolean) ? kinds : undefined
}

/** What `handlerShape` and `appShape` cannot do without. */
const SHAPE_TEXT = new RegExp(
  [
    // a parameter with a declared type has no shape, and what ends in `);` or `),` is a call
    `\\b(?:${REQUEST_NAMES.join('|')})\\s*(?:/\\*[^*]*\\*/\\s*)?,\\s*(?:${RESPONSE_NAMES.join('|')})\\s*(?!(?:,\\s*[\\w$]+\\s*)*\\)\\s*[;,)])[,)=/]`,
    `\\b(?:${APP_NAMES.join('|')})\\s*[?!]*(?:\\.\\s*(?:${[...HTTP_METHODS, 'all', 'use', 'listen'].join('|')})\\s*\\(|\\[)`,
  ].join('|'),
)

const named = (names: string) => names.split(' ')

const members = new Map<Kind, ReadonlySet<string>>([
  [
    App,
    new Set([
      ...HTTP_METHODS,
      ...named('_router all cache cookie del disable enable engines lazyrouter listen locals param render route'),
      ...named('set settings use'),
    ]),
  ],
  [Router, new Set([...HTTP_METHODS, ...named('all del handle param route use')])],
  [
    Request,
    new Set([
      ...named('_body accepts acceptsCharset acceptsEncoding acceptsLanguage body fresh host is param params query'),
      ...named('stale url'),
    ]),
  ],
  [
    Response,
    new Set([
      ...named('append attachment clearCookie contentType cookie download end format header json jsonp links locals'),
      ...named('location redirect render send sendFile sendStatus sendfile set status type vary'),
    ]),
  ],
])

const javascript: PackageModel = {
  specifiers: ['express'],
  module: Express,
  types,
  satellites: ['express-async-errors'],
  typePackages: ['express-serve-static-core', '@types/express', '@types/express-serve-static-core'],
  globalNamespace: 'Express',
  notOurs: new Set([
    ...LOOK_ALIKES,
    'ioredis',
    'redis',
    'lru-cache',
    'node-cache',
    'axios',
    'got',
    'ky',
    'needle',
    'superagent',
    'supertest',
    'chai',
    'chai-http',
    'request',
    'undici',
    'node-fetch',
    'ws',
    'nodemailer',
    'react-router',
    'react-router-dom',
    'vue-router',
    '@koa/router',
    'koa-router',
    '@hono/node-server',
    'path-to-regexp',
    'node-telegram-bot-api',
    'telegraf',
    'socket.io',
    'socket.io-client',
    'fs-extra',
    'connect',
  ]),
  wrappers: ['express-async-handler', 'express-async-wrap', 'async-middleware', 'express-async-catch'],
  shapes,
  shapeText: SHAPE_TEXT,
  names: new Map([
    [App, ['app', 'application']],
    [Router, ['router']],
    [Request, ['req', 'request']],
    [Response, ['res', 'response']],
  ]),
  members,
}

export default defineProvider({
  id: 'express',
  packages: ['express'],
  recipes: {
    express5: { from: '4', to: '5', guide: 'https://expressjs.com/en/guide/migrating-5.html', guideChanges },
  },
  companions: {
    ...COMPANIONS,
    'express-async-errors': { advice: 'remove it: Express 5 hands rejections on by itself' },
  },
  deprecations: deprecations({ app: App, request: Request, response: Response }),
  javascript,
  declarations: {
    module: 'express',
    packages: ['@types/express', '@types/express-serve-static-core', '@types/serve-static', '@types/send'],
    globalNamespace: 'Express',
    installedAs: 'types-express5',
    from: import.meta.url,
  },
})
