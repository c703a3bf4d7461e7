import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../src/cli/main.ts'
import { createEngine } from '../src/engine/session.ts'
import type { Report } from '../src/model/report.ts'
import { linkPackages } from '../src/testing/behaviour.ts'
import { catalogue } from '../transforms/index.ts'
import { settings } from '../transforms/settings.ts'
import { startMollie } from './data/payment/mollie.ts'
import type { FakeRequest } from './data/payment/paypal.ts'
import { type Sandbox, startSandbox } from './data/payment/sandbox.ts'
import { startStripe } from './data/payment/stripe.ts'
import { treeOf } from './data/projects.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const projects = join(root, 'fixtures/projects')
const installed = (name: string): string => join(root, 'node_modules', name)

/** What a project may load that it does not bring itself. Nothing is ever installed for a test. */
interface Project {
  readonly name: string
  readonly packages: Readonly<Record<string, string>>
  /** Packages that stand in `packages/` beside it: as much of large ones as it uses. */
  readonly doubles?: readonly string[]
  /** Requests that go where they always went, whatever the flag says. */
  readonly stays: RegExp
  /** Whether the stage between is gone through, too, and every run is made twice: the second one writes nothing. */
  readonly everyStep?: true
  /** Whether some calls speak the new version in the end. */
  readonly isInlined?: true
}

const PROJECTS: readonly Project[] = [
  {
    name: 'paypal-express-callbacks',
    packages: { express: 'express4', 'paypal-rest-sdk': 'paypal-rest-sdk' },
    stays: /^\/v1\/(?:oauth2\/token|payments\/payouts\/)$/,
    everyStep: true,
  },
  {
    name: 'paypal-injection',
    packages: {
      'paypal-rest-sdk': 'paypal-rest-sdk',
      '@types/paypal-rest-sdk': '@types/paypal-rest-sdk',
      '@types/node': '@types/node',
      tsx: 'tsx',
    },
    stays: /^\/v1\/(?:oauth2\/token|payments\/payouts\/)$/,
  },
  {
    name: 'paypal-nest',
    packages: { axios: 'axios', '@types/node': '@types/node', tsx: 'tsx' },
    doubles: ['rxjs', '@nestjs/axios', '@nestjs/common'],
    stays: /^\/v1\/oauth2\/token$/,
    isInlined: true,
  },
  {
    name: 'paypal-promises',
    packages: { 'paypal-rest-sdk': 'paypal-rest-sdk', bluebird: 'bluebird' },
    stays: /^\/v1\/oauth2\/token$/,
    isInlined: true,
  },
  { name: 'paypal-raw-https', packages: {}, stays: /^\/v1\/oauth2\/token$/ },
]

const temporary: string[] = []
afterAll(async () => {
  for (const folder of temporary) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
  vi.stubEnv('PAYPAL_DOUBLE', sandbox.url)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await sandbox.close()
})

describe.each(PROJECTS)('$name', ({ name, packages, doubles, stays, everyStep, isInlined }) => {
  const project = join(projects, name)

  test('goes behind the façade, to the new version, and leaves the old one', async () => {
    const copy = await copyOf(project, packages, doubles)

    // with the flag off, nothing that is sent differs, and the tests are green before and after
    const command = ['--test-command', 'node ../run-tests.mjs', '--no-install', '--no-types']
    const run = await upgradeKit(copy, ['payment-v2', '--include', 'review', '--format', 'json', ...command])
    expect(run.out.slice(0, 1), run.err).toBe('{')
    const report = JSON.parse(run.out) as Report
    expect(report.verification?.verdict, report.verification?.reason).toBe('still-green')
    expect(report.verification?.before?.counts?.passed).toBeGreaterThan(1)
    const [before, off] = sandbox.runs
    expect(off).toEqual(before)
    expect(before!.length).toBeGreaterThan(5)
    await expectFiles(project, 'expected', copy)
    await keptForTypes(copy, 'dual')
    await expectReport(project, report)

    const on = await runSuite(copy, { PAYMENT_API_V2: 'true' })
    expect(on.exit, on.out).toBe(0)
    const requests = sandbox.runs.at(-1)!
    expect(moved(requests, stays)).toEqual([])
    expect(requests.filter(({ path }) => path.startsWith('/v2/')).length).toBeGreaterThan(3)

    const cutover = ['payment', 'cutover', '--no-verify', ...command.slice(2)]
    if (everyStep) {
      const again = await upgradeKit(copy, ['payment-v2', '--include', 'review', '--no-verify', ...command.slice(2)])
      await expectFiles(project, 'expected', copy, again.out)
      const writes = await upgradeKit(copy, [...cutover, '--stage', 'writes', '--at-100-since', '2026-01-01'])
      expect(writes.code, writes.err).toBeLessThan(2)
      const followed = await runSuite(copy, {})
      expect(followed.exit, followed.out).toBe(0)
      expect(moved(sandbox.runs.at(-1)!, stays)).toEqual([])
    }

    const full = [...cutover, '--stage', 'full', '--last-old-payment', '2026-01-01']
    const ended = await upgradeKit(copy, full)
    expect(ended.code, ended.err).toBeLessThan(2)
    await expectFiles(project, 'cutover', copy)
    await keptForTypes(copy, 'full')
    expect(await everything(copy)).not.toMatch(/PAYMENT_API_V2|#dual|#flag/)
    if (everyStep) {
      const once = await upgradeKit(copy, full)
      await expectFiles(project, 'cutover', copy, once.out)
    }

    const behind = await treeOf(copy)
    const inlined = await upgradeKit(copy, [...full, '--inline'])
    expect(inlined.code, inlined.err).toBeLessThan(2)
    if (isInlined) {
      await expectFiles(project, 'inline', copy)
      await keptForTypes(copy, 'inline')
    } else expect(await treeOf(copy), inlined.out).toEqual(behind)
    const after = await runSuite(copy, {})
    expect(after.exit, after.out).toBe(0)
    expect(moved(sandbox.runs.at(-1)!, stays)).toEqual([])
    // the same is asked for, with the same keys, whoever puts it into the words of the new version
    expect(asked(sandbox.runs.at(-1)!)).toEqual(asked(requests))
  })
})

test('stripe-bookings charges through PaymentIntents, and refunds as ever', async () => {
  const project = join(projects, 'stripe-bookings')
  const copy = await copyOf(project, { express: 'express4', stripe: 'stripe' })
  const stripe = await startStripe()
  vi.stubEnv('STRIPE_URL', stripe.url)
  const options = ['--provider', 'stripe-charges', '--include', 'review', '--no-install', '--no-types']
  const kinds = () => stripe.runs.at(-1)!.map(({ method, path }) => `${method} ${path.replace(/\w+_\d+/g, 'ID')}`)
  try {
    const tested = ['--test-command', 'node ../run-tests.mjs', '--format', 'json']
    const run = await upgradeKit(copy, ['payment-v2', ...options, ...tested])
    expect(run.out.slice(0, 1), run.err).toBe('{')
    const report = JSON.parse(run.out) as Report
    expect(report.verification?.verdict, report.verification?.reason).toBe('still-green')
    expect(stripe.runs[1]).toEqual(stripe.runs[0])
    await expectFiles(project, 'expected', copy)
    await expectReport(project, report)

    const on = await runSuite(copy, { PAYMENT_API_V2: 'true' })
    expect(on.exit, on.out).toBe(0)
    const requests = stripe.runs.at(-1)!
    expect(kinds()).toEqual([
      'POST /v1/payment_intents',
      'POST /v1/refunds',
      'POST /v1/payment_intents',
      'GET /v1/charges/ID',
      'POST /v1/payment_intents/ID/capture',
      'POST /v1/payment_intents',
      'POST /v1/customers',
    ])
    const cutover = ['payment', 'cutover', '--stage', 'full', '--last-old-payment', '2026-01-01', '--no-verify']
    const ended = await upgradeKit(copy, [...cutover, ...options.slice(4)])
    expect(ended.code, ended.err).toBeLessThan(2)
    await expectFiles(project, 'cutover', copy)
    expect(await everything(copy)).not.toMatch(/PAYMENT_API_V2|#dual|#flag/)
    const inlined = await upgradeKit(copy, [...cutover, '--inline', ...options.slice(4)])
    expect(inlined.code, inlined.err).toBe(1)
    await expectFiles(project, 'inline', copy)
    const after = await runSuite(copy, {})
    expect(after.exit, after.out).toBe(0)
    expect(asked(stripe.runs.at(-1)!)).toEqual(asked(requests))
  } finally {
    await stripe.close()
  }
})

test('mollie-donations goes to the new version at once: there is no old one any more', async () => {
  const project = join(projects, 'mollie-donations')
  const packages = { express: 'express4', 'mollie-api-node': 'mollie-api-node' }
  const copy = await copyOf(project, packages)
  const mollie = await startMollie()
  vi.stubEnv('MOLLIE_DOUBLE', mollie.url)
  try {
    // green with the SDK of v1, unmodified, and with the façade
    const options = ['--provider', 'mollie', '--include', 'review', '--no-install', '--no-types']
    const run = await upgradeKit(copy, [
      'payment-v2',
      ...options,
      '--test-command',
      'node ../run-tests.mjs',
      '--format',
      'json',
    ])
    expect(run.out.slice(0, 1), run.err).toBe('{')
    const report = JSON.parse(run.out) as Report
    expect(report.verification?.verdict, report.verification?.reason).toBe('still-green')
    const [before, after] = mollie.runs.map((requests) => requests.map(({ method, path }) => `${method} ${path}`))
    expect(before!.every((line) => / \/v1\/payments/.test(line))).toBe(true)
    expect(after).toEqual(before!.map((line) => line.replace('/v1/', '/v2/').replace(/\/$/, '')))
    await expectFiles(project, 'expected', copy)
    await expectReport(project, report)
    expect(await everything(copy)).not.toMatch(/PAYMENT_API_V2|api\.mollie\.nl\/v1/)

    // the SDK of v2, unmodified, reads what the façade made
    const { createMollieClient } = await import('@mollie/api-client')
    const { http, HttpResponse } = await import('msw')
    const { setupServer } = await import('msw/node')
    const server = setupServer(
      http.get('https://api.mollie.com/*', async ({ request }) => {
        const answer = await fetch(mollie.url + new URL(request.url).pathname, { headers: request.headers })
        return HttpResponse.json((await answer.json()) as object, { status: answer.status })
      }),
    )
    server.listen({ onUnhandledRequest: 'bypass' })
    const payment = await createMollieClient({ apiKey: 'test_donations' }).payments.get('tr_1')
    server.close()
    expect(payment).toMatchObject({
      status: 'paid',
      amount: { value: '25.00', currency: 'EUR' },
      metadata: { donation: 'D1' },
    })

    // nothing uses the SDK of v1 any more
    const cutover = ['payment', 'cutover', '--stage', 'full', '--last-old-payment', '2026-01-01', '--no-verify']
    const ended = await upgradeKit(copy, [...cutover, ...options.slice(4)])
    expect(ended.code, ended.err).toBeLessThan(2)
    await expectFiles(project, 'cutover', copy)
    const inlined = await upgradeKit(copy, [...cutover, '--inline', ...options.slice(4)])
    expect(inlined.code, inlined.err).toBe(1)
    await expectFiles(project, 'inline', copy)
    const last = await runSuite(copy, {})
    expect(last.exit, last.out).toBe(0)
    expect(asked(mollie.runs.at(-1)!)).toEqual(asked(mollie.runs[1]!.slice(0, before!.length)))
  } finally {
    await mollie.close()
  }
})

// the compiler is loaded once, and reads the declarations of Node once
test('the projects in TypeScript are accepted by the compiler, behind the façade and after the cutover', async () => {
  const { default: ts } = await import('typescript')
  const errors: string[] = []
  const files: string[] = []
  let options = {}
  for (const folder of kept) {
    const config = join(folder, 'tsconfig.json')
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => errors.push(`${config} cannot be read`) }
    const parsed = ts.getParsedCommandLineOfConfigFile(config, { ignoreDeprecations: '6.0' }, host)!
    files.push(...parsed.fileNames)
    options = parsed.options
  }
  expect(options).toMatchObject({ strict: true })
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(ts.createProgram(files, options))) {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
    errors.push(
      `${file?.fileName.split('/').slice(-5).join('/')}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    )
  }
  expect(errors).toEqual([])
  expect(files.filter((file) => file.endsWith('index.ts')).length).toBe(kept.length)
})

/** Copies of projects in TypeScript, as they were at a stage. */
const kept: string[] = []

async function keptForTypes(copy: string, stage: string): Promise<void> {
  if (!existsSync(join(copy, 'tsconfig.json'))) return
  const folder = join(dirname(copy), stage)
  await cp(copy, folder, { recursive: true, verbatimSymlinks: true })
  kept.push(folder)
}

/** What still goes to the old version. */
function moved(requests: readonly FakeRequest[], stays: RegExp): string[] {
  return requests
    .filter(({ path }) => path.startsWith('/v1/') && !stays.test(path))
    .filter(({ method, path }) => !isProbe(method, path))
    .map(({ method, path }) => `${method} ${path}`)
}

/**
 * What is asked for, whatever the order in which its body was written, without what fetches tokens and what asks who made an
 * object. What may be done again has a key of its own each time.
 */
function asked(requests: readonly Pick<FakeRequest, 'method' | 'path' | 'body' | 'headers'>[]): unknown[] {
  return requests
    .filter(({ method, path }) => !/token$/.test(path) && !isProbe(method, path))
    .map(({ method, path, body, headers }) => {
      const [, key] =
        Object.entries(headers).find(([name]) => /^(?:paypal-request-id|idempotency-key)$/.test(name)) ?? []
      return [method, path, bodyOf(body), /\/refund|authorizations\/\w+\/capture$/.test(path) ? undefined : key]
    })
}

function bodyOf(body: unknown): unknown {
  if (typeof body !== 'string' || body === '') return body
  return body.startsWith('{') ? JSON.parse(body) : Object.fromEntries([...new URLSearchParams(body)].sort())
}

/** Of an id that no version is known for, the old version is asked, too. */
function isProbe(method: string, path: string): boolean {
  return method === 'GET' && /NOTHING/.test(path)
}

// ---- projects -----------------------------------------------------------------------------------

/** Its own tests, as `npm test` runs them. */
const RUN_TESTS = `import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

await fetch((process.env.MOLLIE_DOUBLE ?? process.env.STRIPE_URL ?? process.env.PAYPAL_DOUBLE) + '/begin', { method: 'POST' })
// what the test runner around this one has set
for (const name of Object.keys(process.env))
  if (/^(?:VITEST|BASE_URL$|DEV$|PROD$|SSR$|MODE$|TEST$|NODE_ENV$)/.test(name)) delete process.env[name]
// each has one file of tests, so no process has to stand between
const test = JSON.parse(readFileSync('package.json', 'utf8')).scripts.test.replace(' --test ', ' ')
process.exitCode = spawnSync(test, { shell: true, stdio: 'inherit', timeout: 60_000 }).status ?? 1
`

async function copyOf(
  project: string,
  packages: Readonly<Record<string, string>>,
  doubles: readonly string[] = [],
): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-payments-')))
  temporary.push(folder)
  const copy = join(folder, 'project')
  await cp(join(project, 'before'), copy, { recursive: true })
  await linkPackages(copy, Object.fromEntries(Object.entries(packages).map(([name, own]) => [name, installed(own)])))
  // copied, so that they find each other
  for (const name of doubles)
    await cp(join(project, 'packages', name), join(copy, 'node_modules', name), { recursive: true })
  await writeFile(join(folder, 'run-tests.mjs'), RUN_TESTS)
  return copy
}

/** What a person sees, and the exit code. */
async function upgradeKit(
  cwd: string,
  argv: readonly string[],
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = ''
  let err = ''
  const world = {
    engine: async () => createEngine(catalogue, '0.0.0'),
    settings,
    stdout: { write: (text: string) => (out += text), columns: 120 },
    stderr: { write: (text: string) => (err += text), columns: 120 },
    env: process.env,
    cwd,
    version: '0.0.0',
    signal: new AbortController().signal,
  }
  return { code: await main(argv, world), out, err }
}

interface Run {
  readonly exit: number | null
  readonly out: string
}

/** Runs the tests of a project. */
function runSuite(cwd: string, more: Readonly<Record<string, string>>): Promise<Run> {
  const env = { ...process.env, ...more }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['../run-tests.mjs'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (out += text))
    child.once('error', reject).once('close', (exit) => resolve({ exit, out }))
  })
}

// ---- what is expected ---------------------------------------------------------------------------

/** What is generated is looked at elsewhere; here are the files that people write. */
const GENERATED = /^(?:src\/)?payments\/|^payment-migration\.lock\.json$/

/** Holds the files that differ from `before` against those in a folder of the project. */
async function expectFiles(project: string, folder: string, copy: string, why = ''): Promise<void> {
  const before = await treeOf(join(project, 'before'))
  const after = await treeOf(copy)
  const changed = Object.fromEntries(
    Object.entries(after).filter(([path, text]) => !GENERATED.test(path) && before[path] !== text),
  )
  const gone = Object.keys(before).filter((path) => !Object.hasOwn(after, path))
  expect(gone, 'files that are gone').toEqual([])
  if (process.env.UPDATE_FIXTURES === '1' && why === '') {
    await rm(join(project, folder), { recursive: true, force: true })
    for (const [path, text] of Object.entries(changed)) {
      await cp(join(copy, path), join(project, folder, path))
      expect(text).toBe(await readFile(join(project, folder, path), 'utf8'))
    }
  }
  expect(changed, why).toEqual(existsSync(join(project, folder)) ? await treeOf(join(project, folder)) : {})
}

async function everything(copy: string): Promise<string> {
  return Object.values(await treeOf(copy)).join('\n')
}

/** What was found, and why: the words of a report have tests of their own. */
async function expectReport(project: string, report: Report): Promise<void> {
  const found = report.findings.map(({ at, change, outcome, evidence, message, notes = [] }) => {
    const own = notes.filter((note) => !note.startsWith('the fix adds'))
    const why = evidence.steps.map(({ what }) => `  because ${what}`)
    return [
      `${at.file}:${at.line} ${change}, ${outcome}`,
      `  ${message}`,
      ...why,
      ...own.map((note) => `  note: ${note}`),
    ]
  })
  const text = `${found.flat().join('\n')}\n`
  const golden = join(project, 'findings.txt')
  if (process.env.UPDATE_FIXTURES === '1') await writeFile(golden, text)
  expect(text).toBe(existsSync(golden) ? await readFile(golden, 'utf8') : 'UPDATE_FIXTURES=1 writes this file')
}
