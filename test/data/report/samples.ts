import { createHash } from 'node:crypto'
import type { ChangeSummary, Engine, RecipeSummary, RunSummary, UndoResult } from '../../../src/engine/api.ts'
import type { ChangeId } from '../../../src/model/finding.ts'
import type {
  Ledger,
  LedgerStatus,
  LineExplanation,
  Report,
  ReportedChange,
  ReportedFinding,
} from '../../../src/model/report.ts'
import type { Certainty, Hop } from '../../../src/model/trust.ts'
import type { TestRun } from '../../../src/model/verification.ts'

const GUIDE = 'https://expressjs.com/en/guide/migrating-5.html'

/** Reports that no engine made: every shape that a report can have, in plain sight. */
export const changes: readonly ReportedChange[] = [
  {
    id: 'express/app-del',
    title: '`app.del()` was removed',
    why: '`del` was an alias of `delete` from the time when `delete` could not be a property name. The call now throws "app.del is not a function".',
    since: '5.0.0',
    breakage: 'throws',
    source: `${GUIDE}#app.del`,
    fixable: 'always',
  },
  {
    id: 'express/res-send-status-number',
    title: 'A number given to `res.send` is no longer a status',
    why: '`res.send(404)` used to answer with status 404. It now answers 200 with the body "404", so clients take a failure for a success.',
    since: '5.0.0',
    breakage: 'silent',
    source: `${GUIDE}#res.send.status`,
    fixable: 'sometimes',
  },
  {
    id: 'express/path-wildcard',
    title: 'The wildcard `*` in a path must have a name',
    why: 'Paths are parsed by path-to-regexp 8, which throws on a bare `*` while the routes are being set up. The value moves from `req.params[0]` to `req.params.splat`, and becomes an array.',
    since: '5.0.0',
    breakage: 'throws',
    source: `${GUIDE}#path-syntax`,
    fixable: 'sometimes',
  },
  {
    id: 'express/query-parser-default',
    title: 'The default query parser is now `simple`',
    why: '`?filter[name]=x` is no longer an object but a property called "filter[name]".',
    since: '5.0.0',
    breakage: 'silent',
    source: `${GUIDE}#req.query`,
    fixable: 'sometimes',
  },
  {
    id: 'express/package-version',
    title: 'The manifest must ask for Express 5',
    why: 'With the old range, the package manager keeps installing Express 4.',
    since: '5.0.0',
    breakage: 'compile',
    source: `${GUIDE}#installing`,
    fixable: 'always',
  },
  {
    id: 'express/req-host',
    title: '`req.host` now keeps the port',
    why: 'Comparisons with a bare host name no longer hold.',
    since: '5.0.0',
    breakage: 'silent',
    source: `${GUIDE}#req.host`,
    fixable: 'sometimes',
  },
  {
    id: 'express/node-engine',
    title: 'Express 5 needs Node 18',
    why: 'Servers on older versions of Node do not start.',
    since: '5.0.0',
    breakage: 'throws',
    source: `${GUIDE}#node`,
    fixable: 'never',
  },
]

/** A finding without the clutter: offsets play no role in a report. */
export function finding(
  short: string,
  place: string,
  excerpt: string,
  more: Partial<ReportedFinding> & { certainty?: Certainty; steps?: readonly Hop[]; length?: number } = {},
): ReportedFinding {
  const { certainty = 'proven', steps = hops(place), length = 4, ...rest } = more
  const [file = '', line = '1', column = '1'] = place.split(':')
  return {
    change: `express/${short}` as ChangeId,
    file,
    range: { start: 0, end: length },
    message: 'use `sendStatus` for a status without a body',
    evidence: { certainty, steps },
    outcome: 'written',
    at: { file, line: Number(line), column: Number(column) },
    endLine: Number(line),
    endColumn: Number(column) + length,
    excerpt,
    fingerprint: createHash('sha256').update(`${short} ${place} ${excerpt}`).digest('hex').slice(0, 16),
    ...rest,
  }
}

function hops(place: string): readonly Hop[] {
  const [file = '', line = '1'] = place.split(':')
  return [
    { what: '`res` is parameter 2 of `show`', at: { file, line: Math.max(1, Number(line) - 2), column: 1 } },
    { what: '`show` is exported as `exports.show`', at: { file, line: Math.max(1, Number(line) - 2), column: 1 } },
    { what: 'handed to `.get` of a router', at: { file: 'src/routes/items.js', line: 12, column: 1 } },
    { what: '`router` is `express.Router()`', at: { file: 'src/routes/items.js', line: 3, column: 1 } },
    { what: "`express` is `require('express')`", at: { file: 'src/routes/items.js', line: 1, column: 1 } },
  ]
}

const NO_HITS: Record<LedgerStatus, number> = {
  rewritten: 0,
  review: 0,
  'by-hand': 0,
  'not-written': 0,
  unaffected: 0,
  'not-ours': 0,
  guessed: 0,
  'comment-or-string': 0,
  generated: 0,
  unparsable: 0,
  ignored: 0,
}

function ledger(counts: Partial<Record<LedgerStatus, number>>): Ledger {
  const all = { ...NO_HITS, ...counts }
  const hits = Object.values(all).reduce((sum, count) => sum + count, 0)
  const words = ['del', 'send', '*', 'express'].map((word) => ({ word, changes: ['express/app-del' as ChangeId] }))
  return { words, hits, counts: all, entries: [] }
}

/** 0 findings in a small project. */
export const nothing: Report = {
  schema: 1,
  tool: { name: 'upgrade-kit', version: '0.1.0' },
  mode: 'apply',
  recipe: { id: 'express5', provider: 'express', from: '4.18.2', to: '5.0.0', guide: GUIDE },
  packages: [
    {
      folder: '.',
      name: 'my-shop',
      version: '4.18.2',
      versionFrom: 'package-lock.json',
      inScope: true,
      reason: 'uses express 4.18.2 (package-lock.json)',
    },
  ],
  changes,
  findings: [],
  checklist: [],
  notLookedAt: [],
  leftOut: [],
  ignores: [],
  ledger: ledger({ unaffected: 3, 'comment-or-string': 1 }),
  coverage: { guide: GUIDE, changes: 8, automatic: 2, sometimes: 4, byHand: 1, notCovered: [{ title: 'res.vary', url: `${GUIDE}#resvary` }], undocumented: 3 },
  patches: [],
  counts: { filesListed: 31, filesSearched: 31, filesParsed: 4, rounds: 1 },
  remarks: [],
}

/** Every outcome, every certainty, several packages, files not looked at. */
export const mixed: Report = {
  ...nothing,
  mode: 'dry-run',
  packages: [
    ...nothing.packages,
    { folder: 'packages/ui', name: '@shop/ui', inScope: false, reason: 'does not use express' },
    {
      folder: 'packages/api',
      name: '@shop/api',
      version: '5.1.0',
      inScope: false,
      reason: 'uses express 5.1.0 already',
    },
  ],
  findings: [
    finding('app-del', 'src/app.js:14:5', "app.del('/items/:id', items.remove)", {
      message: '`del` is gone; the method is `delete`',
      rewritten: "app.delete('/items/:id', items.remove)",
      length: 3,
      steps: [{ what: "`app` is `require('express')()`", at: { file: 'src/app.js', line: 3, column: 7 } }],
      fix: { title: 'Rename to `delete`', applicability: 'safe', edits: [] },
    }),
    finding('res-send-status-number', 'src/controllers/items.js:31:17', '  if (!item) return res.send(404)', {
      rewritten: '  if (!item) return res.sendStatus(404)',
      fix: { title: 'Use `sendStatus`', applicability: 'safe', edits: [] },
    }),
    finding('res-send-status-number', 'src/controllers/items.js:48:3', '  res.send(status)', {
      outcome: 'by-hand',
      message: 'the value of `status` is not known here; if it is a number, this is a status',
      length: 16,
    }),
    finding('res-send-status-number', 'src/legacy/orders.js:9:5', '    response.send(code)', {
      outcome: 'held-back',
      certainty: 'guessed',
      message: 'if this is a response of Express and `code` a number, use `sendStatus`',
      steps: [
        { what: 'the parameter is called `response`', at: { file: 'src/legacy/orders.js', line: 7, column: 20 } },
      ],
      fix: { title: 'Use `sendStatus`', applicability: 'manual', edits: [] },
      length: 19,
    }),
    finding('query-parser-default', 'src/app.js:3:13', 'const app = express()', {
      message: 'set the parser that Express 4 had',
      rewritten: "const app = express()\napp.set('query parser', 'extended')",
      steps: [{ what: "`express` is `require('express')`", at: { file: 'src/app.js', line: 1, column: 1 } }],
      fix: {
        title: 'Set the `extended` parser',
        applicability: 'safe',
        edits: [],
        proof: 'same `req.query` on 1,313 query strings',
      },
      notes: ['If no client sends nested queries, this line can go.'],
    }),
    finding('path-wildcard', 'src/routes/files.ts:22:12', "router.get('/files/*', (req, res) => {", {
      outcome: 'held-back',
      certainty: 'inferred',
      message: 'give the wildcard a name, and join its parts in the handler',
      rewritten: "router.get('/files/*splat', (req, res) => {",
      fix: { title: 'Name the wildcard `splat`', applicability: 'review', edits: [] },
      length: 10,
    }),
    finding('path-wildcard', 'src/routes/files.ts:40:12', "router.get('/files/*', legacy)", {
      outcome: 'conflict',
      message: 'give the wildcard a name, and join its parts in the handler',
      fix: { title: 'Name the wildcard `splat`', applicability: 'safe', edits: [] },
    }),
    finding('package-version', 'package.json:14:5', '    "express": "^4.18.2",', {
      message: 'ask for Express 5',
      rewritten: '    "express": "^5.0.0",',
      steps: [{ what: 'the dependency is called `express`' }],
      fix: { title: 'Raise the range', applicability: 'safe', edits: [] },
    }),
    finding('app-del', 'src/broken.js:3:5', 'app.del(`/`, handler)', {
      outcome: 'withdrawn',
      message: '`del` is gone; the method is `delete`',
      fix: { title: 'Rename to `delete`', applicability: 'safe', edits: [] },
      length: 3,
    }),
  ],
  checklist: [
    {
      change: 'express/node-engine',
      byHand: 'Look at the images and servers that this is deployed to: `node --version` must say 18 or more.',
    },
  ],
  notLookedAt: [
    {
      file: 'src/old/broken.js',
      kind: 'unparsable',
      reason: 'Unexpected token (12:4). Repair the file, or leave it out with --exclude.',
    },
    { file: 'public/vendor.min.js', kind: 'minified', reason: 'One line of 80,000 characters.' },
    { file: 'public/app.min.js', kind: 'minified', reason: 'One line of 80,000 characters.' },
  ],
  leftOut: [{ reason: 'ignored by git', files: 2041, examples: ['node_modules/a.js', 'coverage/lcov.js'] }],
  ledger: ledger({ rewritten: 4, review: 2, 'by-hand': 1, 'not-ours': 5, guessed: 1, 'comment-or-string': 3 }),
  patches: [
    {
      file: 'package.json',
      before: '{\n  "dependencies": {\n    "express": "^4.18.2"\n  }\n}\n',
      after: '{\n  "dependencies": {\n    "express": "^5.0.0"\n  }\n}\n',
      changes: ['express/package-version'],
    },
  ],
  counts: { filesListed: 312, filesSearched: 309, filesParsed: 40, rounds: 1 },
  remarks: ['TypeScript was not asked: no `tsconfig.json` here.'],
}

/** One run of a test command. */
export function testRun(exit: TestRun['exit'], tail: readonly string[] = [], failed: readonly string[] = []): TestRun {
  return { command: ['npm', 'test'], exit, seconds: 3.2, tail, failed }
}

/** Written, installed, and the tests broke. */
export const broke: Report = {
  ...nothing,
  findings: mixed.findings.slice(0, 3),
  ledger: mixed.ledger,
  run: '20261122-154501-a1b2',
  installation: { manager: 'npm', command: ['npm', 'install'], exit: 0, seconds: 12.4, tail: [] },
  verification: {
    before: testRun(0),
    after: testRun(
      1,
      ['  1 failing', '', '  1) GET /items/9', '     AssertionError: expected 200 to equal 404'],
      ['GET /items/9 answers 404'],
    ),
    verdict: 'broke-it',
    reason: 'The tests were green before and are red after; the failing test is about `res.send`.',
    blame: ['express/res-send-status-number'],
  },
}

/** The tests broke, were compared one by one, and the fix that broke them was found. */
export const compared: Report = {
  ...broke,
  verification: {
    ...broke.verification!,
    before: { ...testRun(1), counts: { runners: ['vitest'], through: 'arguments', passed: 412, failed: 1, skipped: 2 } },
    after: { ...testRun(1), counts: { runners: ['vitest'], through: 'arguments', passed: 409, failed: 3, skipped: 2 } },
    tests: {
      outdated: [],
      newlyFailing: [
        {
          name: ['items', 'GET /items/9', 'answers 404'],
          file: 'test/items.test.js',
          outcome: 'failed',
          message: 'AssertionError: expected 200 to equal 404\n  <b>200</b> != 404',
          frames: [{ file: 'src/controllers/items.js', line: 31, column: 17 }],
        },
        {
          name: ['items', 'DELETE'],
          outcome: 'failed',
          differences: [{ expected: '{ ok: true }', actual: '{}' }],
        },
      ],
      newlyPassing: [],
      stillFailing: [{ name: ['mail', 'is sent'], outcome: 'failed' }],
      flaky: [{ name: ['clock', 'ticks'], file: 'test/clock.test.js', outcome: 'failed', message: 'timed out' }],
      disappeared: [],
      appeared: 0,
      reruns: 1,
    },
    search: {
      on: 'fixes',
      culprits: [
        {
          change: 'express/res-send-status-number',
          fingerprint: '0'.repeat(16),
          at: { file: 'src/controllers/items.js', line: 31, column: 17 },
          title: 'Use `sendStatus`',
          tests: [{ name: ['items', 'GET /items/9', 'answers 404'], outcome: 'failed' }],
        },
      ],
      unexplained: [{ name: ['items', 'DELETE'], outcome: 'failed' }],
      suspects: [
        {
          change: 'express/res-send-status-number',
          at: { file: 'src/controllers/items.js', line: 48, column: 3 },
          message: 'the value of `status` is not known here',
        },
      ],
      reason: 'Without 1 of 2 fixes, 1 of 2 tests passes again.',
      runs: 4,
      seconds: 12.5,
    },
  },
}

/** Everything written, tests still green. */
export const green: Report = {
  ...broke,
  findings: mixed.findings.slice(0, 2),
  verification: {
    before: testRun(0),
    after: testRun(0),
    verdict: 'still-green',
    reason: 'Green before and after.',
    blame: [],
  },
}

/** 500 call sites of one change in 20 files, some of them not like the others. */
export const many: Report = {
  ...nothing,
  mode: 'scan',
  findings: Array.from({ length: 500 }, (_, index) => {
    const place = `src/routes/file${String(index % 20).padStart(2, '0')}.js:${10 + index}:5`
    if (index % 97 !== 0)
      return finding('res-send-status-number', place, `    res.send(${400 + (index % 90)})`, {
        rewritten: `    res.sendStatus(${400 + (index % 90)})`,
        fix: { title: 'Use `sendStatus`', applicability: 'safe', edits: [] },
        ...(index % 50 === 1 ? { certainty: 'inferred' as const } : {}),
      })
    return finding('res-send-status-number', place, `    res.send(status${index})`, {
      outcome: 'by-hand',
      message: 'the value is not known here; if it is a number, this is a status',
    })
  }),
  ledger: ledger({ rewritten: 494, 'by-hand': 6 }),
}

const EVIL = '\u001b[31mred\u001b[0m \u009b2J \u202egnp.js \u0007 \r\u0000 \u200b\u2028'

/** Every string that comes from a project tries to take over the terminal. */
export const hostile: Report = {
  ...nothing,
  mode: 'dry-run',
  packages: [{ folder: `.${EVIL}`, name: EVIL, inScope: true, reason: EVIL }],
  findings: [
    finding('app-del', `src/${EVIL.replaceAll(':', '')}.js:1:1`, `app.del(${EVIL})`, {
      rewritten: `app.delete(${EVIL})\nnext('${EVIL}')`,
      message: EVIL,
      notes: [EVIL],
      steps: [{ what: EVIL, at: { file: EVIL, line: 1, column: 1 } }],
      fix: { title: EVIL, applicability: 'safe', edits: [], proof: EVIL },
    }),
    finding('req-host', `src/other.js:1:1`, `${EVIL}漢字${'x'.repeat(180)}`, { outcome: 'by-hand', message: EVIL }),
  ],
  checklist: [{ change: 'express/node-engine', byHand: EVIL }],
  notLookedAt: [{ file: EVIL, kind: 'ours', change: 'express/app-del', reason: EVIL }],
  leftOut: [{ reason: EVIL, files: 1, examples: [EVIL] }],
  patches: [{ file: `src/${EVIL}`, before: `a\n${EVIL}\n`, after: `a\n${EVIL}!\n`, changes: [] }],
  remarks: [EVIL],
  run: EVIL,
  installation: { manager: 'npm', command: ['npm', EVIL], exit: 1, seconds: 1, tail: [EVIL] },
  verification: { before: testRun(1, [EVIL], [EVIL]), verdict: 'was-red', reason: EVIL, blame: [] },
}

const summaries: readonly ChangeSummary[] = changes.map((change) => ({
  ...change,
  ...(change.id === 'express/node-engine' ? { checklist: 'Look at the images that this is deployed to.' } : {}),
  ...(change.id === 'express/app-del'
    ? { example: { before: "app.del('/items/:id', remove)\n", after: "app.delete('/items/:id', remove)\n" } }
    : {}),
}))

/** What the fake engine has. */
export const recipes: readonly RecipeSummary[] = [
  { id: 'express5', provider: 'express', from: '4.0.0', to: '5.0.0', guide: GUIDE, changes: summaries },
]

/** A line that three changes looked at. */
export const explanation: LineExplanation = {
  at: { file: 'src/controllers/items.js', line: 31, column: 1 },
  excerpt: '  if (!item) return res.send(404)',
  looks: [
    { change: 'express/app-del', verdict: 'unaffected', message: 'no member `del` on this line', steps: [] },
    {
      change: 'express/res-send-status-number',
      verdict: 'finding',
      message: 'use `sendStatus` for a status without a body',
      steps: hops('src/controllers/items.js:31'),
    },
    {
      change: 'express/req-host',
      verdict: 'unknown',
      message: 'cannot tell whether `host` is read from a request',
      steps: [
        { what: '`req` is parameter 1 of `show`', at: { file: 'src/controllers/items.js', line: 29, column: 1 } },
        { what: '`show` is handed to `wrap` of a package that is not installed' },
      ],
    },
  ],
}

/** Two runs, as `runs` lists them. */
export const runs: readonly RunSummary[] = [
  { run: '20261122-154501-a1b2', recipe: 'express5', startedAt: '2026-11-22T15:45:01Z', files: 12, state: 'complete' },
  { run: '20261121-090000-ffff', recipe: 'express5', startedAt: '2026-11-21T09:00:00Z', files: 1, state: 'undone' },
]

/** What taking back the first of them gives. */
export const undone: UndoResult = {
  run: '20261122-154501-a1b2',
  restored: ['package.json', 'src/app.js'],
  removed: ['src/new.js'],
  kept: [],
}

/** An engine that answers from this file; a test replaces what it is about. */
export function fakeEngine(overrides: Partial<Engine> = {}): Engine {
  return {
    run: async () => green,
    explainLine: async () => explanation,
    recipes: () => recipes,
    runCodemod: async () => green,
    undo: async () => undone,
    runs: async () => runs,
    ...overrides,
  }
}
