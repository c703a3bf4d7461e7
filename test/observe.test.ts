/** `--observe`: what running the project's tests on the old version adds to what was read. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { RunRequest } from '../src/engine/api.ts'
import { createEngine } from '../src/engine/session.ts'
import { EXIT, exitCode, type Report, unexplainedCalls } from '../src/model/report.ts'
import { briefReport } from '../src/report/brief.ts'
import { htmlReport } from '../src/report/html/page.ts'
import { markdownReport } from '../src/report/markdown.ts'
import { textReport } from '../src/report/text.ts'
import { catalogue } from '../transforms/index.ts'
import { bytes } from './data/command-line.ts'

vi.setConfig({ testTimeout: 60_000 })

// a folder of our own, so that what is left behind is ours
const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-observe-')))
for (const name of ['TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(name, temporary)
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5 })
})

const installed = fileURLToPath(new URL('../node_modules', import.meta.url))
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const MANIFEST = '{ "name": "shop", "dependencies": { "express": "^4.18.2" } }\n'

/** A project with Express 4 and some of our own packages, without a repository. */
function project(files: Readonly<Record<string, string>>, packages: Readonly<Record<string, string>> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-watched-')))
  folders.push(root)
  for (const [path, content] of Object.entries({ 'package.json': MANIFEST, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  for (const [name, target] of Object.entries({ express: 'express4', ...packages })) {
    mkdirSync(join(root, 'node_modules'), { recursive: true })
    symlinkSync(join(installed, target), join(root, 'node_modules', name), 'junction')
  }
  return root
}

/** Instead of a command. */
const OWN_SCRIPT = 'the script of package.json'

const ours = /^(?:VITEST|NODE_ENV$|NODE_OPTIONS$|NODE_TEST_CONTEXT$|TEST$|FORCE_COLOR$)/

/** Runs the recipe with what the tests show. Checks that nothing is left behind. */
async function observed(
  root: string,
  { testCommand = 'node tests.js', ...request }: Partial<RunRequest> = {},
): Promise<Report> {
  const before = bytes(root)
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-watched-')))
  folders.push(temporary)
  // what the test runner has put into the environment is none of the project's business
  for (const name of Object.keys(process.env)) if (ours.test(name)) vi.stubEnv(name, undefined)
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(name, temporary)
  try {
    const report = await createEngine(catalogue, '0.0.0').run({
      root,
      recipe: 'express5',
      level: 'safe',
      types: 'off',
      mode: 'scan',
      install: false,
      verify: false,
      observe: true,
      ...(testCommand === OWN_SCRIPT ? {} : { testCommand }),
      ...request,
    })
    if (request.mode !== 'apply') expect(bytes(root)).toEqual(before)
    expect(readdirSync(temporary).filter((name) => name.startsWith('upgrade-kit-'))).toEqual([])
    return report
  } finally {
    vi.unstubAllEnvs()
  }
}

/** `change file:line:column seen`, of the findings that running can say something about. */
function seen({ findings }: Report): string[] {
  return findings
    .filter((finding) => finding.seen !== undefined)
    .map(({ change, at, seen: how }) => `${change.slice(8)} ${at.file}:${at.line}:${at.column} ${how}`)
    .sort()
}

/**
 * Jest in short: it evaluates every module in a context of its own, with a registry of its own, and gives it a copy of the
 * process that has the process's own members, and in the place of its listeners none.
 */
const SANDBOX = `const { existsSync, readFileSync, statSync } = require('node:fs')
const { builtinModules, createRequire } = require('node:module')
const { dirname, extname } = require('node:path')
const vm = require('node:vm')
const copy = Object.create(Object.getPrototypeOf(process))
for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(process)))
  if (!['env', 'mainModule', '_events'].includes(name)) Object.defineProperty(copy, name, { ...property, configurable: true })
require('node:events').call(copy)
copy.env = { ...process.env, NO_DEPRECATION: '*' }
const context = vm.createContext({ ...Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, globalThis[name]])), process: copy })
const registry = new Map()
const load = (file) => {
  if (registry.has(file)) return registry.get(file).exports
  const module = { exports: {} }
  registry.set(file, module)
  const text = readFileSync(file, 'utf8')
  if (extname(file) === '.json') return (module.exports = JSON.parse(text))
  const real = createRequire(file)
  const require = (name) => (real.resolve.paths(name) === null || real.resolve(name).endsWith('.mjs') ? real(name) : load(real.resolve(name)))
  require.resolve = real.resolve
  vm.compileFunction(text, ['module', 'exports', 'require', '__filename', '__dirname', 'process'], { filename: file, parsingContext: context })
    .call(module.exports, module, module.exports, require, file, dirname(file), copy)
  return module.exports
}
load(require.resolve('./ask.js'))
`

/** Asks an application for every path that its text has; exits when all have answered. */
const asking = (more = '', except = '') => `const { createServer } = require('node:http')
const { readFileSync } = require('node:fs')
const app = require('./app.js')
const server = createServer(app).listen(0, async () => {
  for (const [, method, path] of [...readFileSync(require.resolve('./app.js'), 'utf8').matchAll(/app\\.(get|del)\\('(\\/[^']*)/g)].filter((found) => found[2] !== '${except}')) {
    const address = 'http://localhost:' + server.address().port + path
    await (await fetch(address, { method: method === 'get' ? 'GET' : 'DELETE', redirect: 'manual' })).text()
  }
  ${more}
  server.close()
})
`

const APP = `const express = require('express')
const app = express()
`
const END = 'module.exports = app\n'

describe('what was read and what was seen', () => {
  test('every call that Express 4 warns of is the finding of its change', async () => {
    const calls = `app.use(express.urlencoded())
app.use(bodyParser.urlencoded())
app.use(bodyParser())
app.param((name, check) => undefined)
app.param(':id', (req, res, next) => next())
app.del('/del', (req, res) => res.end())
app.get('/body-status', (req, res) => res.send('made', 201))
app.get('/status-body', (req, res) => res.send(404, 'gone'))
app.get('/number', (req, res) => res.send(404))
app.get('/json', (req, res) => res.json({}, 201))
app.get('/json2', (req, res) => res.json(201, {}))
app.get('/jsonp', (req, res) => res.jsonp({}, 201))
app.get('/jsonp2', (req, res) => res.jsonp(201, {}))
app.get('/string', (req, res) => res.status('200').end())
app.get('/sendfile', (req, res) => res.sendfile('app.js'))
app.get('/redirect', (req, res) => res.redirect('/x', 301))
app.get('/back', (req, res) => res.redirect('back'))
app.get('/back301', (req, res) => res.redirect(301, 'back'))
app.get('/location', (req, res) => res.location('back').end())
app.get('/clear', (req, res) => res.clearCookie('a', { maxAge: 1 }).clearCookie('b', { expires: new Date() }).end())
app.get('/vary', (req, res) => { res.vary(); res.end() })
app.get('/param', (req, res) => res.end(String(req.param('q'))))
app.get('/charset', (req, res) => res.end(String(req.acceptsCharset('utf-8'))))
app.get('/encoding', (req, res) => res.end(String(req.acceptsEncoding('gzip'))))
app.get('/language', (req, res) => res.end(String(req['acceptsLanguage']('en'))))
app.get('/host', (req, res) => res.end(req.host))
`
    const root = project(
      {
        'app.js': `${APP}const bodyParser = require('body-parser')\n${calls}${END}`,
        'tests.js': asking(),
        'package.json': MANIFEST.replace('" }', '", "body-parser": "^1.20.0" }'),
      },
      { 'body-parser': 'body-parser' },
    )
    const report = await observed(root)
    expect(report.observation).toMatchObject({ state: 'complete', notReached: 0, onlyAtRunTime: 0, unplaced: [] })
    const confirmed = new Set(report.findings.filter((one) => one.seen === 'confirmed').map(({ at }) => at.line))
    expect([...confirmed].sort((a, b) => a - b)).toEqual(
      calls
        .trim()
        .split('\n')
        .map((_, index) => index + 4),
    )
    const [del] = report.findings.filter(({ change }) => change === 'express/app-del')
    expect(del?.evidence.steps.at(-1)).toEqual({
      what: 'seen at run time: express deprecated app.del: Use app.delete instead',
      at: { file: 'app.js', line: 9, column: 5 },
    })
  })

  test('every deprecation that Express 4 and its packages can print is in the list, or known to be none of ours', () => {
    const files = ['application', 'request', 'response', 'router/index'].map((name) => `express4/lib/${name}.js`)
    const sources = [...files, 'body-parser/index.js', 'body-parser/lib/types/urlencoded.js']
    const { deprecations = [] } = catalogue.providers[0]!
    for (const file of sources) {
      const text = readFileSync(join(installed, file), 'utf8')
      const namespace = file.startsWith('express4') ? 'express' : 'body-parser'
      const messages = [
        ...[...text.matchAll(/deprecate\('((?:[^'\\]|\\.)*)'/g)].map((match) => match[1]!),
        ...[...text.matchAll(/deprecate\.function\([^']*?'((?:[^'\\]|\\.)*)'/gs)].map((match) => match[1]!),
      ]
      if (file !== 'express4/lib/application.js') expect(messages.length, file).toBeGreaterThan(0)
      for (const start of messages) {
        const message =
          start === 'router.param('
            ? 'router.param(":id", fn): Use'
            : start === 'res.status('
              ? 'res.status("200"): use'
              : start === 'req.param('
                ? 'req.param(name): Use'
                : start
        const found = deprecations.filter((one) => one.namespace === namespace && one.message.test(message))
        expect(found.length, `${file}: ${message}`).toBe(1)
      }
    }
  })

  test('a call of an unknown value is proven by having run, and can then be rewritten', async () => {
    const reply = 'module.exports = { gone: (r) => r.send(410), kept: (r) => r.send(411) }\n'
    const app = `${APP}const reply = require('./reply')\napp.get('/gone', (...both) => Reflect.apply(Object.values(reply)[0], null, [both[1]]))\n${END}`
    const root = project({
      'app.js': app,
      'lib/reply.js': reply,
      'reply.js': "module.exports = require(String('./lib/reply'))\n",
      'tests.js': asking(),
    })
    const before = await observed(root, { observe: false })
    expect(before.findings.filter(({ file }) => file === 'lib/reply.js')).toEqual([])
    expect(before.observation).toBeUndefined()

    const report = await observed(root, { mode: 'apply', verify: true })
    const [found] = report.findings.filter(({ file }) => file === 'lib/reply.js')
    expect(found).toMatchObject({
      change: 'express/res-send-status-number',
      outcome: 'written',
      seen: 'confirmed',
      evidence: {
        certainty: 'proven',
        steps: [{ what: 'seen at run time: express deprecated res.send(status): Use res.sendStatus(status) instead' }],
      },
    })
    expect(readFileSync(join(root, 'lib/reply.js'), 'utf8')).toBe(reply.replace('r.send(410)', 'r.sendStatus(410)'))
  })

  test('a call that no change found is a finding for a person, and the run is not clean', async () => {
    const app = `${APP}app.get('/named', (req, res) => {
  const name = 'send'
  res[name](404)
})
${END}`
    const root = project({ 'app.js': app, 'tests.js': asking() })
    const request = { only: ['res-send-status-number'] }
    expect(exitCode(await observed(root, { ...request, observe: false }))).toBe(EXIT.clean)

    const report = await observed(root, request)
    expect(seen(report)).toEqual(['res-send-status-number app.js:5:7 only-at-run-time'])
    expect(report.findings[0]).toMatchObject({ outcome: 'by-hand', evidence: { certainty: 'proven' } })
    expect(report.findings[0]?.notes?.[0]).toContain('a miss of upgrade-kit')
    expect(exitCode(report)).toBe(EXIT.findingsLeft)

    const ignored = app.replace(
      '  res[name]',
      '  // upgrade-kit-ignore express/res-send-status-number: on purpose\n  res[name]',
    )
    const quiet = await observed(project({ 'app.js': ignored, 'tests.js': asking() }), request)
    expect([quiet.findings[0]?.outcome, exitCode(quiet)]).toEqual(['ignored', EXIT.clean])
  })

  test('what the source leaves open is no miss, and what no test runs is not reached', async () => {
    const app = `${APP}const load = require(String('./load'))
app.get('/open', (req, res) => { const what = load(); res.send(what) })
if (process.env.NEVER) app.get('/never', (req, res) => res.send(402))
${END}`
    const root = project({ 'app.js': app, 'load.js': 'module.exports = () => 401\n', 'tests.js': asking('', '/never') })
    const report = await observed(root)
    expect(seen(report)).toEqual([
      'res-send-status-number app.js:4:59 only-at-run-time',
      'res-send-status-number app.js:5:60 not-reached',
    ])
    const [open] = report.findings.filter((one) => one.seen === 'only-at-run-time')
    expect(open?.notes).toEqual(['the source alone did not tell that it is affected'])
  })

  test('a call of the same name within the arguments of another one is its own', async () => {
    const app = `${APP}app.get('/in', (req, res) => res['se' + 'nd'](req.query.never ? res.send(402) : 404))\n${END}`
    const report = await observed(project({ 'app.js': app, 'tests.js': asking() }), {
      only: ['res-send-status-number'],
    })
    expect(seen(report)).toEqual([
      'res-send-status-number app.js:3:34 only-at-run-time',
      'res-send-status-number app.js:3:69 not-reached',
    ])
  })

  test('a finding that waits for another one keeps what was seen of it, and so does the count', async () => {
    const app = `${APP}app.get('/both', (req, res) => res.redirect('/x/' + req.param('q'), 301))\n${END}`
    const report = await observed(project({ 'app.js': app, 'tests.js': asking() }), {
      only: ['res-redirect-arg-order', 'req-param'],
    })
    expect(report.counts.rounds).toBe(2)
    expect(seen(report).map((line) => line.replace(/ app.*:\d+ /, ' '))).toEqual([
      'req-param confirmed',
      'res-redirect-arg-order confirmed',
    ])
    expect(report.observation).toMatchObject({ confirmed: 2, notReached: 0, onlyAtRunTime: 0 })
  })

  test('one place is said of once, in whatever words', async () => {
    const app = `${APP}app.get('/many', (req, res) => {
  for (const code of ['200', '404', '"long' + 'x'.repeat(1000)]) try { res['sta' + 'tus'](code) } catch {}
  require('answers').all(res)
  res.end()
})
${END}`
    const helper = "exports.all = (res) => ['200', '404'].forEach((code) => res.status(code))\n"
    const root = project({ 'app.js': app, 'node_modules/answers/index.js': helper, 'tests.js': asking() })
    const report = await observed(root, { only: ['res-status-strict'] })
    expect(seen(report)).toEqual(['res-status-strict app.js:4:76 only-at-run-time'])
    expect(report.observation?.unplaced).toHaveLength(1)
  })

  test('a call that the new version puts right is no miss', async () => {
    const app = `${APP}const options = { httpOnly: true, maxAge: 1000 }
app.get('/clear', (req, res) => res.cookie('a', '1', options).clearCookie('a', options).end())
${END}`
    const report = await observed(project({ 'app.js': app, 'tests.js': asking() }), {
      only: ['res-clearcookie-options'],
    })
    expect([report.findings, report.observation?.unplaced, exitCode(report)]).toEqual([[], [], EXIT.clean])
  })

  test('a call in a file that says nothing of Express is found there', async () => {
    const app = `${APP}const { call } = require('./call')\napp.get('/far', (req, res) => call(res, 'send', 404))\n${END}`
    const call = 'exports.call = (object, name, ...given) => object[name](...given)\n'
    const root = project({ 'app.js': app, 'call.js': call, 'tests.js': asking() })
    const report = await observed(root, { only: ['res-send-status-number'] })
    expect(seen(report)).toEqual(['res-send-status-number call.js:1:51 only-at-run-time'])
  })

  test('a package that makes the call, and a file that is not looked at, are said and keep the run from being clean', async () => {
    const helper = 'exports.gone = (res) => res.send(410)\n'
    const app = `${APP}const { gone } = require('answers')
app.get('/package', (req, res) => gone(res, () => res.send(402)))
app.get('/left-out', (req, res) => require('./generated/answers.min.js').gone(res))
${END}`
    const root = project({
      'app.js': app,
      'node_modules/answers/index.js': helper,
      'generated/answers.min.js': helper,
      'tests.js': asking(),
    })
    const report = await observed(root, { only: ['res-send-status-number'], exclude: ['generated/**'] })
    expect(report.observation?.unplaced).toEqual([
      expect.objectContaining({ is: 'left-out', at: { file: 'generated/answers.min.js', line: 1, column: 29 } }),
      expect.objectContaining({ is: 'package', at: { file: 'node_modules/answers/index.js', line: 1, column: 29 } }),
    ])
    expect(seen(report)).toEqual(['res-send-status-number app.js:4:55 not-reached'])
    expect(unexplainedCalls(report)).toHaveLength(2)
    expect(exitCode({ ...report, findings: [] })).toBe(EXIT.findingsLeft)
  })
})

describe('how the tests run', () => {
  const app = `${APP}app.get('/gone', (req, res) => res.send(410))\n${END}`
  const found = ['res-send-status-number app.js:3:36 confirmed']
  const only = ['res-send-status-number']

  test('in child processes and threads, with the warnings turned off, until somebody kills them', async () => {
    const root = project({
      'app.js': app,
      'in-child.js': asking("process.kill(process.pid, 'SIGKILL')"),
      'in-thread.js': asking('process.exit(0)'),
      'tests.js': `const { spawnSync } = require('node:child_process')
const { Worker } = require('node:worker_threads')
if (process.argv[2] === 'threads') new Worker('./in-thread.js').on('exit', () => process.exit(0))
else spawnSync(process.execPath, ['in-child.js'])
`,
    })
    const env = { NO_DEPRECATION: 'express,send' }
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    expect(seen(await observed(root, { only }))).toEqual(found)
    expect(seen(await observed(root, { only, testCommand: 'node --no-deprecation tests.js threads' }))).toEqual(found)
  })

  test('in node:test', async () => {
    const manifest = MANIFEST.replace('"dep', '"scripts": { "test": "node --test" }, "dep')
    const suite = `const { test } = require('node:test')
test('asks', (_, done) => {
${asking('done()')}})
`
    const root = project({ 'package.json': manifest, 'app.js': app, 'app.test.js': suite })
    const report = await observed(root, { only, testCommand: OWN_SCRIPT })
    expect(seen(report)).toEqual(found)
    expect(report.observation?.run?.exit).toBe(0)
  })

  test.each(['forks', 'threads'])(
    'in Vitest, in its pool of %s, where TypeScript is compiled in memory',
    async (pool) => {
      const source = `import express, { type Request, type Response } from 'express'

interface Answer {
  readonly status: number
}

export const app = express()
app.get('/gone', (_req: Request, res: Response): void => { const answer: Answer = { status: 410 }; res.send(answer.status) })
`
      const suite = `import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { app } from './app.ts'

test('asks', async () => {
  const server = createServer(app).listen(0)
  const { port } = server.address() as { port: number }
  expect((await fetch('http://localhost:' + port + '/gone')).status).toBe(410)
  server.close()
})
`
      const root = project({ 'app.ts': source, 'app.test.ts': suite }, { vitest: 'vitest' })
      const command = `node ${JSON.stringify(join(installed, 'vitest/vitest.mjs'))} run --pool=${pool}`
      const report = await observed(root, { only, testCommand: command })
      expect(report.observation?.reason).toContain('was watched')
      expect(seen(report)).toEqual(['res-send-status-number app.ts:8:104 confirmed'])
    },
  )

  test("in a sandbox like Jest's: a copy of the process without its listeners, and a registry of its own", async () => {
    const root = project({ 'app.js': app, 'ask.js': asking(), 'tests.js': SANDBOX })
    expect(seen(await observed(root, { only }))).toEqual(found)
  })

  test('as compiled files: through their maps, and not at all where there is none', async () => {
    const source = `import express from 'express'
type Status = number
export const app = express()
app.get('/gone', (req, res) => { res.send(410 as Status) })
`
    const { outputText, sourceMapText = '' } = ts.transpileModule(source, {
      fileName: 'app.ts',
      compilerOptions: { module: ts.ModuleKind.CommonJS, esModuleInterop: true, sourceMap: true },
    })
    const map = sourceMapText.replace('"app.ts"', '"../src/app.ts"')
    const tests = asking().replaceAll("require('./app.js')", "require('./dist/app.js').app")
    const files = {
      'src/app.ts': source,
      'dist/app.js': outputText,
      'dist/app.js.map': map,
      'tests.js': tests.replaceAll('./app.js', './dist/app.js'),
    }
    expect(seen(await observed(project(files), { only }))).toEqual(['res-send-status-number src/app.ts:4:38 confirmed'])

    const inPlace = project({
      'app.js': `\n\n\n${app}`,
      'tests.js': `const Module = require('node:module')
const load = Module._extensions['.js']
Module._extensions['.js'] = (module, file) => file.endsWith('app.js') ? module._compile(require('node:fs').readFileSync(file, 'utf8').trim(), file) : load(module, file)
${asking()}`,
    })
    const { observation } = await observed(inPlace, { only })
    expect(observation?.unplaced).toMatchObject([{ is: 'not-placed', at: { file: 'app.js', line: 3 }, candidates: 1 }])
  })

  test('as a script that sets NODE_OPTIONS itself: what is printed is read', async () => {
    const scripts = { test: "cross-env NODE_OPTIONS='--no-warnings' node tests.js" }
    const manifest = JSON.stringify({ ...JSON.parse(MANIFEST), scripts })
    const crossEnv =
      "const [set, ...words] = process.argv.slice(2); const [name, value] = set.split('=')\nprocess.exit(require('node:child_process').spawnSync(words[0], words.slice(1), { stdio: 'inherit', env: { ...process.env, [name]: value } }).status)\n"
    const root = project({
      'package.json': manifest,
      'app.js': app,
      'tests.js': asking(),
      'node_modules/cross-env/cli.js': crossEnv,
      'node_modules/cross-env/package.json': '{ "name": "cross-env", "version": "7.0.0", "bin": "cli.js" }',
    })
    mkdirSync(join(root, 'node_modules/.bin'))
    writeFileSync(join(root, 'node_modules/.bin/cross-env'), `#!/usr/bin/env node\n${crossEnv}`, { mode: 0o755 })
    writeFileSync(join(root, 'node_modules/.bin/cross-env.cmd'), '@node "%~dp0\\cross-env" %*\n')
    const report = await observed(root, { only, testCommand: OWN_SCRIPT })
    expect(report.observation).toMatchObject({
      state: 'in-part',
      reason: expect.stringContaining('sets NODE_OPTIONS itself'),
    })
    expect(seen(report)).toEqual(found)
  })
})

describe('where there is little to see', () => {
  const app = `${APP}app.get('/gone', (req, res) => res.send(410))\n${END}`
  const only = ['res-send-status-number']

  test.each([
    [
      'has no test script',
      'package.json has no "test" script, so there was nothing to watch; name a command with --test-command',
      {},
    ],
    ['has not installed Express', /^express is not installed, so nothing could be watched/, { packages: {} }],
    [
      'has installed Express 5',
      /^express 5\.\S+ is installed, and only express 4 says/,
      { packages: { express: 'express5' } },
    ],
  ])(
    'a project that %s: nothing is run, and that is said',
    async (_, reason, how: { packages?: Record<string, string> }) => {
      const tests = "require('node:fs').writeFileSync('ran', '')\n"
      const root = project({ 'app.js': app, 'tests.js': tests })
      if (how.packages) rmSync(join(root, 'node_modules/express'), { recursive: true })
      for (const [name, target] of Object.entries(how.packages ?? {}))
        symlinkSync(join(installed, target), join(root, 'node_modules', name), 'junction')
      const report = await observed(root, { only, from: '4', ...(how.packages ? {} : { testCommand: OWN_SCRIPT }) })
      expect(report.observation).toMatchObject({ state: 'not-run', unplaced: [] })
      expect(report.observation?.reason).toMatch(reason)
      expect([report.findings[0]?.seen, existsSync(join(root, 'ran'))]).toEqual([undefined, false])
    },
  )

  test('silence says nothing of what the installed version does not know', async () => {
    const back = app.replace(
      END,
      `if (process.env.NEVER) app.get('/never', (req, res) => res.redirect('back'))\n${END}`,
    )
    const old = (version: string) => {
      const root = project({ 'app.js': back, 'tests.js': asking('', '/never') })
      rmSync(join(root, 'node_modules/express'), { recursive: true })
      mkdirSync(join(root, 'node_modules/express'))
      writeFileSync(join(root, 'node_modules/express/package.json'), JSON.stringify({ name: 'express', version }))
      const code = `module.exports = require(${JSON.stringify(join(installed, 'express4'))})\n`
      writeFileSync(join(root, 'node_modules/express/index.js'), code)
      return observed(root, { only: ['res-send-status-number', 'res-redirect-back'] })
    }
    const gone = 'res-send-status-number app.js:3:36 confirmed'
    expect(seen(await old('4.21.0'))).toEqual(['res-redirect-back app.js:4:69 not-reached', gone])
    expect(seen(await old('4.20.0'))).toEqual([gone])
    expect((await old('4.4.5')).observation).toMatchObject({
      state: 'not-run',
      reason: 'express 4.4.5 does not say at run time what is deprecated, 4.5.0 and later do',
    })
  })

  test('body-parser 1 that stays is no miss', async () => {
    const parsing = app.replace(END, `app.use(require('body-parser').urlencoded())\n${END}`)
    const manifest = MANIFEST.replace('" }', '", "body-parser": "^1.20.0" }')
    const root = project(
      { 'package.json': manifest, 'app.js': parsing, 'tests.js': asking() },
      { 'body-parser': 'body-parser' },
    )
    const report = await observed(root, { only: ['body-parser-mixed', 'urlencoded-extended-default'] })
    expect([report.findings, report.observation?.unplaced]).toEqual([[], []])
  })

  test('tests that fail show what they reach', async () => {
    const report = await observed(project({ 'app.js': app, 'tests.js': asking('process.exitCode = 3') }), { only })
    expect(report.observation).toMatchObject({
      state: 'in-part',
      confirmed: 1,
      reason: expect.stringContaining('fails on the old version (exit code 3)'),
    })
  })

  test('tests that come to no end show what they reach until their time is up', async () => {
    const root = project({ 'app.js': app, 'tests.js': asking('setInterval(() => {}, 1000); return') })
    const report = await observed(root, { only, testTimeoutSeconds: 4 })
    expect(report.observation).toMatchObject({ state: 'in-part', confirmed: 1, run: { exit: 'timeout' } })
    expect(report.observation?.reason).toContain('--test-timeout')
  })

  test('tests that cannot start, and tests in which no Node runs, were not watched', async () => {
    const root = project({ 'app.js': app })
    const missing = await observed(root, { only, testCommand: 'no-such-program-anywhere' })
    expect(missing.observation?.state).toBe('not-watched')
    const silent = await observed(root, { only, testCommand: 'exit 0' })
    expect(silent.observation).toMatchObject({
      state: 'not-watched',
      reason: expect.stringContaining('no Node process'),
    })
    expect(silent.findings[0]?.seen).toBeUndefined()
  })

  test('where nothing was said, every finding is one that was not reached', async () => {
    const { observation } = await observed(project({ 'app.js': app, 'tests.js': "require('./app.js')" }), { only })
    expect(observation).toMatchObject({ state: 'complete', confirmed: 0, notReached: 1, unplaced: [] })
  })

  test('what Express says of other changes than those that were asked for is left out; what nobody knows is not', async () => {
    const odd = `${APP}require('depd')('express')('something new')\napp.del('/x', (req, res) => res.end())\n${END}`
    const root = project({ 'app.js': odd, 'tests.js': asking() }, { depd: 'depd' })
    const report = await observed(root, { only })
    expect(report.observation?.unplaced).toMatchObject([
      { said: 'express deprecated something new', changes: [], is: 'unknown' },
    ])
    expect([report.findings, exitCode(report)]).toEqual([[], EXIT.findingsLeft])
  })

  test('in the main job, the tests that are watched are those that are run before: none is run twice', async () => {
    const tests = `require('node:fs').appendFileSync(require('node:path').join(__dirname, '../runs'), 'x')\n${asking()}`
    const root = project({ 'app/package.json': MANIFEST, 'app/app.js': app, 'app/tests.js': tests })
    const report = await observed(join(root, 'app'), { only, mode: 'apply', verify: true })
    expect(readFileSync(join(root, 'runs'), 'utf8')).toBe('xx')
    expect(report.verification).toMatchObject({ before: { exit: 0 }, after: { exit: 0 }, verdict: 'still-green' })
    expect(report.observation?.confirmed).toBe(1)

    const unverified = await observed(join(root, 'app'), { only, mode: 'dry-run' })
    expect(unverified.verification).toBeUndefined()
  })
})

test('the reports for people say what was seen, and what no finding stands for', async () => {
  const app = `${APP}app.get('/seen', (req, res) => res.send(410))
app.get('/package', (req, res) => require('answers').gone(res))
if (process.env.NEVER) app.get('/never', (req, res) => res.send(402))
${END}`
  const helper = 'exports.gone = (res) => res.send(410)\n'
  const files = {
    'app.js': app,
    'node_modules/answers/index.js': helper,
    'tests.js': asking('', '/never'),
  }
  const report = await observed(project(files), { only: ['res-send-status-number'] })
  const text = textReport(report)
  expect(text).toContain('app.js:3:36  can be written, seen at run time')
  expect(text).toContain('app.js:5:60  can be written, not reached by the tests')
  expect(text.replace(/\s+/g, ' ')).toContain(
    'observed `node tests.js` was watched on the old version: 1 confirmed, 1 not reached, 1 call without a place below',
  )
  for (const shown of [text, markdownReport(report), htmlReport([{ name: 'report', report }]), briefReport(report)]) {
    expect(shown).toContain('node_modules/answers/index.js:1')
    expect(shown.replace(/\s+/g, ' ')).toContain('an installed package makes this call')
  }
})
