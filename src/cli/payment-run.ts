import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRequest } from '../engine/api.ts'
import type { ApiCall } from '../model/finding.ts'
import type { Report, ReportedFinding } from '../model/report.ts'
import { EXIT } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { CommonOptions, FileOptions, ReportOptions, WriteOptions } from './options.ts'
import type { PaymentMaps, World } from './world.ts'

const LOCK = 'payment-migration.lock.json'

/** What a package remembers of its façade; written by the recipe `payment-v2`. */
interface Lock {
  readonly map: string
  readonly facade: { readonly folder: string; readonly stage?: string; readonly operations: readonly string[] }
}

const STAGES = ['writes', 'full']

/** What the cutover is asked for. */
export interface CutoverOptions extends ReportOptions, FileOptions, WriteOptions {
  readonly stage: string
  readonly inline?: boolean
  readonly at100Since?: string
  readonly lastOldPayment?: string
  readonly acceptRisk?: string
}

// ---- status -------------------------------------------------------------------------------------

/** How far a migration is. */
export interface PaymentStatus {
  readonly map?: string
  readonly stage: string
  /** Calls that go through the façade. */
  readonly behind: readonly Site[]
  /** Calls that do not. */
  readonly past: readonly Site[]
  /** The operations that these calls ask for, with how many rows are rewritten (A), conditional (C) and reported (R). */
  readonly rows: readonly Rows[]
  /** What a person still has to do. */
  readonly open: readonly (Place & { readonly blocking: boolean })[]
  readonly gates: readonly Gate[]
}

/** `pay.js:17 createPayment: SDK with a callback; rows 5 A`. */
interface Site extends ApiCall {
  /** All of it for people. */
  readonly about: string
}

interface Rows {
  readonly operation: string
  readonly A: number
  readonly C: number
  readonly R: number
}

interface Place {
  readonly file: string
  readonly line: number
  readonly change: string
  readonly message: string
}

/** One condition for a higher percentage. */
export interface Gate {
  readonly gate: string
  readonly state: 'met' | 'not met' | 'not measured'
  readonly detail: string
}

/** Shows how far a migration is. Returns the exit code. */
export async function runStatus(world: World, options: CommonOptions & { readonly metrics?: string }): Promise<number> {
  const { rootOf } = await import('./request.ts')
  const root = rootOf(world, options)
  const status = await statusOf(world, root, options.metrics)
  const { print } = await import('./print.ts')
  await print(world, options, status, (one) => statusText(one))
  const isOpen = status.open.some(({ blocking }) => blocking) || status.gates.some(({ state }) => state === 'not met')
  return isOpen ? EXIT.findingsLeft : EXIT.clean
}

async function statusOf(world: World, root: string, metrics: string | undefined): Promise<PaymentStatus> {
  const lock = readLock(root)
  const maps = await world.paymentMaps?.()
  const open = await scan(world, root, 'payment-v2', lock ? mapSettings(lock) : {})
  const sites = lock
    ? await scan(world, root, 'payment-cutover', { stage: 'inline' }, ['facade-inline', 'facade-call'])
    : undefined
  const text = lock && (maps?.bundled(lock.map) ?? readIfThere(join(root, lock.map)))
  const isBlocking = ({ change, evidence }: ReportedFinding) =>
    evidence.certainty !== 'guessed' && maps?.isBlocking(change.replace('payment/', '')) === true
  const behind = sitesOf(sites?.findings ?? [], maps)
  const known = new Set(behind.map(({ file, line }) => `${file}:${line}`))
  const past = sitesOf(open.findings, maps).filter(({ file, line }) => !known.has(`${file}:${line}`))
  return {
    ...(lock ? { map: lock.map } : {}),
    stage: lock ? (lock.facade.stage ?? 'dual') : 'not begun',
    behind,
    past,
    rows: (text === undefined ? [] : (maps?.tags(text) ?? [])).filter(({ operation }) =>
      [...behind, ...past].some((site) => site.operation === operation),
    ),
    open: open.findings
      .filter(({ outcome }) => outcome !== 'ignored')
      .map((one) => ({ ...placeOf(one), blocking: isBlocking(one) })),
    gates: gatesOf(metrics === undefined ? undefined : readMetrics(world, metrics)),
  }
}

/** The calls that findings are about, each once: what becomes of it is said with it. */
function sitesOf(findings: readonly ReportedFinding[], maps: PaymentMaps | undefined): Site[] {
  const found = new Map<string, Site>()
  for (const call of findings.flatMap(({ calls = [] }) => calls)) {
    const { file, line, operation, verdict } = call
    const about = [...(maps ? [maps.describeCall(call)] : []), ...(verdict === '' ? [] : [verdict])].join('; ')
    found.set(`${file}:${line} ${operation}`, { ...call, about })
  }
  return [...found.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
}

function placeOf({ at, change, message }: ReportedFinding): Place {
  return { file: at.file, line: at.line, change, message }
}

function statusText({ map, stage, behind, past, rows, open, gates }: PaymentStatus): string {
  const blocking = open.filter((one) => one.blocking)
  const others = open.filter((one) => !one.blocking)
  const place = ({ file, line, message }: Place) => `  ${file}:${line}  ${message}`
  const site = ({ file, line, operation, about }: Site) => `  ${file}:${line}  ${operation}: ${about}`
  const signs = { met: '[x]', 'not met': '[!]', 'not measured': '[ ]' }
  return [
    map === undefined ? 'No façade: run `upgrade-kit payment-v2` first.' : `Map ${map}, stage ${stage}.`,
    '',
    `Behind the façade: ${behind.length}`,
    ...behind.map(site),
    '',
    ...(past.length === 0 ? [] : [`Not behind it: ${past.length}`, ...past.map(site), '']),
    ...(rows.length === 0
      ? []
      : [
          'Rows of the map for these calls (A: rewritten, C: where it is proven, R: reported):',
          ...rows.map(({ operation, A, C, R }) => `  ${operation}: ${A} A, ${C} C, ${R} R`),
          '',
        ]),
    `Has to be done before the cutover: ${blocking.length}`,
    ...blocking.map(place),
    '',
    `To be looked at: ${others.length}`,
    ...others.map(place),
    '',
    'Before the percentage goes up:',
    ...gates.map(({ gate, state, detail }) => `  ${signs[state]} ${gate}${detail ? `: ${detail}` : ''}`),
    '',
  ].join('\n')
}

// ---- gates --------------------------------------------------------------------------------------

/** What was measured since the percentage was last changed. */
export interface Metrics {
  readonly v1: VersionMetrics
  readonly v2: VersionMetrics
  readonly mappingErrors: number
  readonly webhooks: { readonly expected: number; readonly received: number }
  readonly reconciliation: {
    readonly ordersChecked: number
    readonly capturedTwice: number
    readonly capturedTooMuch: number
  }
}

interface VersionMetrics {
  readonly orders: number
  readonly definiteFailures: number
  readonly unknown: number
  readonly p95Milliseconds: number
}

const SAMPLE = 100

/** The conditions for a higher percentage, against what was measured. */
export function gatesOf(metrics: Metrics | undefined): readonly Gate[] {
  const gate = (name: string, judge: (of: Metrics) => readonly [boolean, string]): Gate => {
    if (!metrics) return { gate: name, state: 'not measured', detail: '' }
    const [isMet, detail] = judge(metrics)
    return { gate: name, state: isMet ? 'met' : 'not met', detail }
  }
  const rate = (part: number, all: number) => (all === 0 ? 0 : part / all)
  const percent = (value: number) => `${(value * 100).toFixed(2)} %`
  return [
    gate(`at least ${SAMPLE} orders of the new version were seen`, ({ v2 }) => [v2.orders >= SAMPLE, `${v2.orders}`]),
    gate('definite failures are at most 0.5 points more than on the old version', ({ v1, v2 }) => {
      const [before, now] = [rate(v1.definiteFailures, v1.orders), rate(v2.definiteFailures, v2.orders)]
      return [now <= before + 0.005, `${percent(now)}, ${percent(before)} before`]
    }),
    gate('unknown outcomes are below 0.1 %', ({ v2 }) => [
      rate(v2.unknown, v2.orders) < 0.001,
      percent(rate(v2.unknown, v2.orders)),
    ]),
    gate('the slowest 5 % take at most half as long again', ({ v1, v2 }) => [
      v2.p95Milliseconds <= v1.p95Milliseconds * 1.5,
      `${v2.p95Milliseconds} ms, ${v1.p95Milliseconds} ms before`,
    ]),
    gate('no request could not be mapped', ({ mappingErrors }) => [mappingErrors === 0, `${mappingErrors}`]),
    gate('every webhook that was to come has come', ({ webhooks }) => [
      webhooks.received >= webhooks.expected,
      `${webhooks.received} of ${webhooks.expected}`,
    ]),
    gate('no order was captured twice, or for more than it is', ({ reconciliation: r }) => [
      r.ordersChecked > 0 && r.capturedTwice === 0 && r.capturedTooMuch === 0,
      `${r.ordersChecked} checked, ${r.capturedTwice} twice, ${r.capturedTooMuch} too much`,
    ]),
  ]
}

function readMetrics(world: World, file: string): Metrics {
  const path = join(world.cwd, file)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(existsSync(path) ? path : file, 'utf8'))
  } catch (error) {
    throw new UserError(
      `--metrics ${file}: ${(error as Error).message}`,
      'Give a JSON file as the README describes it.',
    )
  }
  const wanted = [
    'v1.orders',
    'v1.definiteFailures',
    'v1.unknown',
    'v1.p95Milliseconds',
    'v2.orders',
    'v2.definiteFailures',
    'v2.unknown',
    'v2.p95Milliseconds',
    'mappingErrors',
    'webhooks.expected',
    'webhooks.received',
    'reconciliation.ordersChecked',
    'reconciliation.capturedTwice',
    'reconciliation.capturedTooMuch',
  ]
  const missing = wanted.filter((name) => {
    const found = name
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value)
    return typeof found !== 'number' || !Number.isFinite(found) || found < 0
  })
  if (missing.length > 0)
    throw new UserError(
      `--metrics ${file}: ${missing.join(', ')} must be a number`,
      'Nothing is taken for granted that was not measured.',
    )
  return value as Metrics
}

// ---- cutover ------------------------------------------------------------------------------------

/** Ends a rollout, as far as asked for. What must be true before it is a matter of the recipe. Returns the exit code. */
export async function runCutover(world: World, options: CutoverOptions): Promise<number> {
  const { rootOf } = await import('./request.ts')
  const root = rootOf(world, options)
  if (!STAGES.includes(options.stage))
    throw new UserError(`--stage cannot be '${options.stage}'`, 'It is `writes` or `full`.')
  if (options.inline && options.stage !== 'full')
    throw new UserError(
      '--inline: as long as the old version is followed, calls have to speak its words',
      'Give --stage full, or leave out --inline.',
    )
  if (!readLock(root))
    throw new UserError(`there is no ${LOCK} in ${root}`, 'Run `upgrade-kit payment-v2` first, or use --cwd.')
  const { runRecipe } = await import('./run.ts')
  const include = [...(options.include ?? []), 'review']
  const given = { ...options, stage: options.inline ? 'inline' : options.stage, include }
  return runRecipe(world, 'payment-cutover', [], given, options.dryRun ? 'dry-run' : 'apply', [])
}

// ---- what both need -----------------------------------------------------------------------------

function readLock(root: string): Lock | undefined {
  const path = join(root, LOCK)
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Lock
  } catch (error) {
    throw new UserError(`${LOCK} cannot be read: ${(error as Error).message}`, 'Take it back from git.')
  }
}

/** A bundled map is known by its id, the project's own by its path. */
function mapSettings({ map }: Lock): Readonly<Record<string, string>> {
  return /[./]/.test(map) ? { map } : { provider: map }
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

async function scan(
  world: World,
  root: string,
  recipe: string,
  settings: Readonly<Record<string, string>>,
  only?: readonly string[],
): Promise<Report> {
  const request: RunRequest = {
    root,
    recipe,
    mode: 'scan',
    level: 'safe',
    types: 'off',
    install: false,
    verify: false,
    settings,
    signal: world.signal,
    ...(only ? { only } : {}),
  }
  return (await world.engine()).run(request)
}
