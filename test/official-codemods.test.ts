/**
 * What the official codemods (expressjs/codemod, June 2026) were measured to get wrong, each with the case here that shows
 * that we do not. That the case is right is held by its laws; this test holds that it is there, and says what it is to say.
 */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readCases } from '../src/testing/index.ts'

const cases = readCases(fileURLToPath(new URL('../fixtures', import.meta.url)))

/** A line of the case that holds it, and what becomes of it there; `written` is what is written instead. */
type Defect = readonly [
  what: string,
  situation: string,
  line: string,
  fate: 'left alone' | 'found' | { written: string },
]

const DEFECTS: Readonly<Record<string, readonly Defect[]>> = {
  'route-del-to-delete': [
    ['redis', 'app-del/redis', "redis.del(['a', 'b'])", 'left alone'],
    ['a cache', 'app-del/caches', 'cache.del([/x/])', 'left alone'],
    ['a translation', 'app-del/caches', 'i18n.del(/x/)', 'left alone'],
    ['restify', 'app-del/restify', "server.del('/users/:id'", 'left alone'],
    ['HTTP clients', 'app-del/http-clients', "client.del('/items/1')", 'left alone'],
    ['supertest', 'app-del/supertest', "request(app).del('/users/1')", 'left alone'],
    ['a path in a member', 'app-del/path-of-any-kind', 'app.del(paths.user', { written: 'app.delete(paths.user' }],
    ['a path in a constant', 'app-del/esm-typescript', 'app.del(PATH', { written: 'app.delete(PATH' }],
    ['a path in a template', 'app-del/esm-typescript', 'server.del(`', { written: 'server.delete(`' }],
    ['brackets', 'app-del/computed-and-chained', "app['del']('/a'", { written: "app['delete']('/a'" }],
  ],
  'status-send-order': [
    ['fastify', 'res-send-status-number/fastify', 'reply.send(204)', 'left alone'],
    ['hono', 'res-json-status/hono', 'c.json({ id: 1 }, 201)', 'left alone'],
    ['hono, as it never was', 'res-jsonp-status/hono', 'c.jsonp(201', 'left alone'],
    ['koa', 'res-send-status-number/koa', 'ctx.send(404)', 'left alone'],
    ['a channel', 'res-send-body-status/other-senders', 'channel.send({ id: 1 }, 5)', 'left alone'],
    ['a port', 'res-send-status-number/other-senders', 'parentPort.send(404)', 'left alone'],
    ['a mock', 'res-send-status-number/test-doubles', 'res.send(404)', 'left alone'],
    ['a variable', 'res-send-status-number/esm-typescript', 'res.send(status)', { written: 'res.sendStatus(status)' }],
    ['the status of an error', 'res-send-body-status/unknown-status-first', 'res.send(err.status || 500', 'found'],
    [
      'an enumeration',
      'res-send-body-status/typescript',
      'StatusCodes.GONE',
      { written: 'res.status(StatusCodes.GONE)' },
    ],
    [
      'an enumeration alone',
      'res-send-status-number/http-status-codes',
      'StatusCodes.NO_CONTENT',
      { written: 'res.sendStatus(StatusCodes.NO_CONTENT)' },
    ],
    [
      'a condition',
      'res-send-status-number/conditional',
      '? 200 : 503',
      { written: 'res.sendStatus(req.ready ? 200 : 503)' },
    ],
    [
      'a status before it',
      'res-send-status-number/status-before-it',
      'res.status(500).send(404)',
      { written: 'res.sendStatus(404)' },
    ],
    [
      'a chain',
      'res-send-body-status/chained',
      "res.set('X-Reason', 'gone').send(404",
      { written: "res.set('X-Reason', 'gone').status(404).send('not found')" },
    ],
    [
      'a member',
      'res-send-status-number/members-of-a-class',
      'this.res.send(410) // want',
      { written: 'this.res.sendStatus(410)' },
    ],
    [
      'a member with a body',
      'res-send-body-status/members-of-a-class',
      'this.res.send({ item }, 201)',
      { written: 'this.res.status(201).send({ item })' },
    ],
    ['two numbers', 'res-send-body-status/two-numbers', 'res.send(404, 500)', { written: 'res.status(404).send' }],
    ['comments', 'res-send-body-status/comments', '/* gone */, /* why */', { written: '/* why */' }],
    ['a third argument', 'res-send-body-status/three-arguments', "res.send(404, 'not found', next)", 'left alone'],
    ['a negative number', 'res-send-status-number/no-status', 'res.send(-404)', 'left alone'],
    ['a negative number with a body', 'res-send-body-status/negative-number', "res.send(-1, 'no such item')", 'found'],
  ],
  'redirect-arg-order': [
    ['hono', 'res-redirect-arg-order/hono', "c.redirect('/new', 301)", 'left alone'],
    ['a history', 'res-redirect-arg-order/other-redirects', "history.redirect('/new', 301)", 'left alone'],
    ['variables', 'res-redirect-arg-order/typescript', 'res.redirect(to, code)', { written: 'res.redirect(code, to)' }],
    [
      'constants',
      'res-redirect-arg-order/address-first',
      'res.redirect(HOME, 302)',
      { written: 'res.redirect(302, HOME)' },
    ],
    [
      'text',
      'res-redirect-arg-order/text-that-is-a-number',
      "res.redirect('/new', '301')",
      { written: "res.redirect(301, '/new')" },
    ],
  ],
  'back-redirect-deprecated': [
    ['a router of a browser', 'res-redirect-back/vue-router', "router.redirect('back')", 'left alone'],
    ['error middleware', 'res-redirect-back/error-middleware', "res.redirect('back')", { written: 'req.get(' }],
    [
      'a request taken apart',
      'res-redirect-back/request-without-a-name',
      "({ user }, res) => res.redirect('back')",
      { written: 'res.req.get(' },
    ],
    [
      'a response alone',
      'res-redirect-back/request-without-a-name',
      "response.redirect('back')",
      { written: 'response.req.get(' },
    ],
    [
      'a status',
      'res-redirect-back/with-status',
      "res.redirect(301, 'back')",
      { written: 'res.redirect(301, req.get(' },
    ],
    [
      'an alternative',
      'res-redirect-back/part-of-an-expression',
      "req.query.to || 'back'",
      { written: 'req.query.to ||' },
    ],
    ['a template', 'res-redirect-back/behaviour', 'res.redirect(`back`)', { written: 'res.req.get(' }],
    ['a variable', 'res-redirect-back/variable', 'res.redirect(to)', 'found'],
  ],
  'explicit-request-params': [
    ['hono', 'req-param/other-param', "c.req.param('id')", 'left alone'],
    ['a test context', 'req-param/other-param', "t.param('x')", 'left alone'],
    ['app.param() of a parameter', 'req-param/other-param', "  app.param('id'", 'left alone'],
    [
      'body and query',
      'req-param/names',
      'req.param("first-name")',
      { written: '(req.params["first-name"] ?? req.body?.["first-name"] ?? req.query["first-name"])' },
    ],
    [
      "'query'",
      'req-param/names-that-are-no-identifiers',
      "req.param('query')",
      { written: '(req.params.query ?? req.body?.query ?? req.query.query)' },
    ],
    [
      "'body'",
      'req-param/names-that-are-no-identifiers',
      "req.param('body')",
      { written: '(req.params.body ?? req.body?.body ?? req.query.body)' },
    ],
    [
      "'first-name'",
      'req-param/names-that-are-no-identifiers',
      "req.param('first-name')",
      { written: "req.params['first-name']" },
    ],
    ["'a.b'", 'req-param/names-that-are-no-identifiers', "req.param('a.b')", { written: "req.params['a.b']" }],
    ['error middleware', 'req-param/error-handler', "req.param('id')", { written: 'req.params.id' }],
    ['a default', 'req-param/defaults', "req.param('page', 1)", { written: '?? req.query.page ?? 1)' }],
    ['a name in a variable', 'req-param/names', 'req.param(key),', { written: 'req.params[key]' }],
    ['a name in a template', 'req-param/names', 'req.param(`', 'found'],
  ],
  'pluralize-method-names': [
    ['another object', 'req-accepts-singular/other-accepts', 'negotiator.acceptsLanguage()', 'left alone'],
    [
      'two arguments',
      'req-accepts-singular/members-and-chains',
      "acceptsEncoding('gzip', 'br')",
      { written: "acceptsEncodings('gzip', 'br')" },
    ],
    [
      'a member',
      'req-accepts-singular/members-and-chains',
      'this.req.acceptsEncoding',
      { written: 'this.req.acceptsEncodings' },
    ],
    [
      'a chain',
      'req-accepts-singular/members-and-chains',
      "res.req.acceptsCharset('utf-8')",
      { written: 'res.req.acceptsCharsets' },
    ],
    [
      'taken out of the request',
      'req-accepts-singular/destructured',
      '{ acceptsLanguage,',
      { written: 'acceptsLanguages' },
    ],
  ],
  'camelcase-sendfile': [
    ['a bot', 'sendfile-camelcase/other-sendfile', "bot.sendfile('x')", 'left alone'],
    [
      'a relative path',
      'sendfile-camelcase/relative',
      "res.sendfile('index.html') // want",
      { written: "res.sendFile('index.html', { root: process.cwd() })" },
    ],
    ['a chain in brackets', 'sendfile-camelcase/absolute', "type('html')['sendfile']", { written: "['sendFile']" }],
    [
      'a member',
      'sendfile-camelcase/members-of-a-class',
      'this.res.sendfile(path.join',
      { written: 'this.res.sendFile(path.join' },
    ],
    [
      'a chain of a member',
      'sendfile-camelcase/members-of-a-class',
      'this.res.status(200).sendfile',
      { written: "sendFile('a.pdf', { root: process.cwd() })" },
    ],
  ],
  'static-dotfiles': [
    [
      'a folder with .env and no folder with a dot',
      'static-dotdirs/no-folder-with-a-dot',
      "express.static('public')",
      'left alone',
    ],
    [
      'a folder with .env and .well-known',
      'static-dotdirs/well-known',
      "app.use(express.static('public'))",
      { written: "app.use('/.well-known', express.static('public/.well-known'))" },
    ],
    [
      'another name',
      'static-dotdirs/under-another-name',
      "files('public')",
      { written: "files('public/.well-known')" },
    ],
    [
      'options in a variable',
      'static-dotdirs/under-another-name',
      "express.static('public', options)",
      { written: "express.static('public/.well-known', options)" },
    ],
    [
      'serve-static, which has a version of its own',
      'static-dotdirs/under-another-name',
      "serveStatic('public')",
      'left alone',
    ],
  ],
  'sendfile-options': [
    ['a bot', 'sendfile-options/telegram', 'bot.sendFile(', 'left alone'],
    ['a path without a folder with a dot', 'sendfile-options/not-affected', "'a.html')))", 'left alone'],
    ['a chain', 'sendfile-options/chained', 'res.status(200).sendFile(', { written: "dotfiles: 'allow'" }],
    ['a member', 'sendfile-options/chained', 'this.res.sendFile(', { written: "dotfiles: 'allow'" }],
    ['options in a variable', 'sendfile-options/frozen', "res.sendFile('a.html', options)", 'found'],
    ['a callback in a variable', 'sendfile-options/folder-with-a-dot', "'d.html'), next)", { written: ', next)' }],
    ['a download', 'sendfile-options/folder-with-a-dot', 'res.download(', 'found'],
  ],
  'static-mime': [
    ['nothing to look up: no package is added', 'static-mime/nothing-looked-up', '"express": "^4.18.2"', 'left alone'],
    ['taken out', 'static-mime/kept-under-a-name', 'express.static.mime', 'found'],
    [
      'a default',
      'static-mime/look-ups',
      "lookup(name, 'text/plain')",
      { written: "mime.lookup(name) || 'text/plain'" },
    ],
    ['what has no equivalent', 'static-mime/no-equivalent', 'mime.define(', 'found'],
  ],
  'v5-migration-recipe': [
    ['a package without Express', 'package-version/packages-without-express', '"debug": "^2.6.9"', 'left alone'],
    ['what is not Express', 'package-version/ranges', '"qs": "^6.11.0"', 'left alone'],
    [
      'an object on one line',
      'package-version/packages-without-express',
      '"dependencies": { "express"',
      { written: '"dependencies": { "express": "^5.' },
    ],
    ['peers of both versions', 'package-version/both-versions-allowed', '^4', 'left alone'],
  ],
}

describe.each(Object.entries(DEFECTS))('%s', (_codemod, defects) => {
  test.each(defects)('%s', (_what, name, line, fate) => {
    const [change, situation] = name.split('/')
    const one = cases.find((each) => each.change === `express/${change}` && each.situation === situation)
    expect(one, `fixtures/express/${name}`).toBeDefined()
    const places = [...one!.before].flatMap(([file, text]) =>
      text
        .split(/\r?\n/)
        .flatMap((each, index) => (each.includes(line.replace(/ \/\/ want$/, '')) ? [{ file, line: index + 1 }] : [])),
    )
    expect(places, line).not.toEqual([])
    const isMarked = ({ file, line: at }: (typeof places)[number]) =>
      one!.marks.some((mark) => mark.file === file && mark.line === at)
    expect(places.some(isMarked)).toBe(fate !== 'left alone')
    const after = [...one!.after.values()].join('\n')
    if (fate === 'left alone') {
      for (const { file } of places) expect(one!.after.get(file) ?? line).toContain(line)
    } else if (fate !== 'found') expect(after).toContain(fate.written)
  })
})
