import path from 'node:path'
import { resolveCommand } from 'package-manager-detector'
import {
  type Installation,
  type TestComparison,
  type TestCounts,
  type TestResult,
  type TestRun,
  testTitle,
  type Verdict,
  type Verification,
} from '../model/verification.ts'
import { compareTests, type Symptoms } from './compare.ts'
import { packageManager } from './install.ts'
import { type PackageFolder, readManifest } from './packages.ts'
import { type Run, TAIL_LINES } from './processes.ts'
import { type Preload, runStep, type StepRun, type TestStep } from './runners/step.ts'

export type { TestStep } from './runners/step.ts'

/** How the project is tested, or why it is not. */
export type TestCommand = { readonly steps: readonly TestStep[] } | { readonly none: string }

/** One run of the project's tests with what became of each of them, where the runners could be asked. */
export interface MeasuredRun extends TestRun {
  readonly tests?: readonly TestResult[]
  /** Some script sets NODE_OPTIONS anew, so that no preload reached what it runs. */
  readonly replacesOptions?: boolean
}

/** How tests are run. */
export interface TestOptions {
  /** The project, absolute: files of results are relative to it. By default the folder of the first step. */
  readonly root?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** For all steps together; 15 minutes by default. */
  readonly timeoutSeconds?: number | undefined
  readonly onLine?: ((line: string) => void) | undefined
  /** How long a command may take to end after it was asked to. */
  readonly graceSeconds?: number | undefined
  readonly preload?: Preload | undefined
  /** Added to the environment of every process. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * What to run: `override` in the root, through the shell; else the `test` script of the root; else those of the packages
 * in scope, one after another. A script that only prints and exits (npm's placeholder) is no test.
 */
export async function testCommand(
  root: string,
  inScope: readonly Pick<PackageFolder, 'folder' | 'directory' | 'manifest'>[],
  override?: string,
): Promise<TestCommand> {
  if (override !== undefined) {
    return override.trim() === ''
      ? { none: 'the given test command is empty' }
      : { steps: [{ command: override, cwd: root, folder: '.' }] }
  }
  const manifest = readManifest(path.join(root, 'package.json'))
  const own = manifest instanceof Error ? undefined : manifest.scripts.test
  if (isTest(own)) return { steps: [await scriptStep(root, '.', manifest as PackageFolder['manifest'])] }
  const tested = inScope.filter((pkg) => isTest(pkg.manifest.scripts.test))
  if (tested.length > 0) {
    return { steps: await Promise.all(tested.map((pkg) => scriptStep(pkg.directory, pkg.folder, pkg.manifest))) }
  }
  const hasPlaceholder = [own, ...inScope.map((pkg) => pkg.manifest.scripts.test)].some(
    (script) => script !== undefined,
  )
  return {
    none: hasPlaceholder
      ? 'the "test" script in package.json is only a placeholder'
      : 'package.json has no "test" script',
  }
}

async function scriptStep(cwd: string, folder: string, { scripts }: PackageFolder['manifest']): Promise<TestStep> {
  const { agent } = await packageManager(cwd)
  const resolved = resolveCommand(agent, 'run', ['test'])
  const command = resolved ? [resolved.command, ...resolved.args] : ['npm', 'run', 'test']
  return { command, cwd, folder, script: { agent, scripts } }
}

/** False for `echo "Error: no test specified" && exit 1` in any quoting, and for whatever else only prints and exits. */
function isTest(script: string | undefined): boolean {
  if (script === undefined || script.trim() === '') return false
  const unquoted = script.replace(/\\?"[^"]*"|'[^']*'/g, '')
  return !unquoted
    .split(/&&|\|\||;/)
    .every((part) => /^(?:echo(?:\s.*)?|exit(?: \/b)?(?: \d+)?|true|:|)$/.test(part.trim()))
}

/** Runs all steps, also after a red one: which packages are red is worth knowing. Never throws. */
export async function runTests(steps: readonly TestStep[], options: TestOptions = {}): Promise<MeasuredRun> {
  const { timeoutSeconds = 900, onLine, preload, root = steps[0]!.cwd, ...rest } = options
  const printed = new Set<string>()
  const runs: StepRun[] = []
  for (const step of steps) {
    const spent = runs.reduce((sum, { seconds }) => sum + seconds, 0)
    const settings = {
      ...rest,
      timeoutSeconds: Math.max(0.001, timeoutSeconds - spent),
      onLine: (line: string) => {
        const name = failedTest(line)
        if (name) printed.add(steps.length > 1 ? `${step.folder}: ${name}` : name)
        onLine?.(line)
      },
    }
    const result = await runStep(step, root, settings, preload)
    runs.push(isMissing(result) ? { ...result, exit: 'not-started' } : result)
    if (result.exit !== 0 && steps.length > 1) printed.add(step.folder)
    if (typeof result.exit === 'string') break
  }
  const results = resultsOf(steps, runs)
  const failed = results.tests?.filter(({ outcome }) => outcome === 'failed').map(testTitle) ?? [...printed]
  return {
    command: steps.length === 1 ? runs[0]!.command : steps.flatMap(inFolder),
    exit: runs.find(({ exit }) => typeof exit === 'string')?.exit ?? runs.find(({ exit }) => exit !== 0)?.exit ?? 0,
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
    tail: runs
      .flatMap(({ tail }, index) => (runs.length > 1 ? [`${steps[index]!.folder}:`, ...tail] : tail))
      .slice(-TAIL_LINES),
    ...(failed.length > 0 && { failed: failed.slice(0, 50) }),
    ...(runs.some((one) => one.replacesOptions) && { replacesOptions: true }),
    ...results,
  }
}

/** The results of all steps, if every one has some: with a part of them, a test that is gone and one that is not known look alike. */
function resultsOf(
  steps: readonly TestStep[],
  runs: readonly StepRun[],
): Pick<MeasuredRun, 'tests' | 'counts' | 'onlyExitCode'> {
  const silent = runs.find(({ counts }) => counts === undefined)
  const missing = silent?.onlyExitCode ?? (runs.length < steps.length ? 'not all packages were tested' : undefined)
  if (missing !== undefined)
    return { onlyExitCode: steps.length > 1 && silent ? `${steps[runs.indexOf(silent)]!.folder}: ${missing}` : missing }
  const counts = runs.map((one) => one.counts!)
  const sum = (what: 'passed' | 'failed' | 'skipped') => counts.reduce((all, one) => all + one[what], 0)
  const total: TestCounts = {
    runners: [...new Set(counts.flatMap(({ runners }) => runners))],
    through: counts.find(({ through }) => through !== 'arguments')?.through ?? 'arguments',
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
  }
  return { tests: runs.flatMap(({ tests = [] }) => tests), counts: total }
}

/** Several steps as one line for a shell: `(cd packages/api && npm run test) && (cd …)`. */
function inFolder({ command, folder }: TestStep, index: number): string[] {
  const line = `(cd ${folder} && ${typeof command === 'string' ? command : command.join(' ')})`
  return index === 0 ? [line] : ['&&', line]
}

/** Shells say 127 (cmd.exe: 9009, or 1 with a sentence) when a program is missing: then no test has run. */
function isMissing({ exit, tail }: Run): boolean {
  return (
    exit === 127 ||
    exit === 9009 ||
    (exit === 1 && tail.some((line) => /is not recognized as an internal or external command/.test(line)))
  )
}

/** How the common runners print the name of a failing test: TAP, node:test, Jest, Vitest. */
const FAILED_TEST = [
  /^\s*not ok \d+(?: -)? (.+?)(?: #.*)?$/,
  /^\s*✖ (.+?) \(\d[\d.]*ms\)$/,
  /^\s*● (.+ › .+)$/,
  /^\s*FAIL\s+(\S+ > .+)$/,
]

function failedTest(line: string): string | undefined {
  for (const pattern of FAILED_TEST) {
    const name = pattern.exec(line)?.[1]
    if (name) return name.trim()
  }
  return undefined
}

/** What a verdict is made from. */
export interface Evidence {
  readonly before?: MeasuredRun | undefined
  readonly after?: MeasuredRun | undefined
  /** Further runs after the upgrade: a failure that does not come back is nobody's fault. */
  readonly again?: readonly MeasuredRun[]
  readonly installation?: Installation | undefined
  /** What the changes of the run are known to do to the answers that tests expect. */
  readonly symptoms?: Symptoms | undefined
  /** Why there was nothing to run. */
  readonly none?: string | undefined
}

/**
 * Compares the runs before and after: test by test where both say what became of each, else by their exit codes. Blame is
 * left empty: finding the fix that broke the tests takes more runs.
 */
export function verdict(evidence: Evidence): Verification {
  const { before, after, again = [] } = evidence
  const tests =
    before?.tests && after?.tests && again.every((run) => run.tests)
      ? compareTests(
          before.tests,
          after.tests,
          again.map((run) => run.tests!),
          evidence.symptoms,
        )
      : undefined
  const [found, reason] = judge(evidence, tests)
  return {
    ...(before && { before: withoutTests(before) }),
    ...(after && { after: withoutTests(after) }),
    verdict: found,
    reason,
    ...(tests && { tests }),
    blame: [],
  }
}

/** A run as a report has it: the tests that are of interest are in the comparison. */
export function withoutTests({ tests: _, replacesOptions: __, ...run }: MeasuredRun): TestRun {
  return run
}

/** Whether the tests should be run once more before anybody is blamed. */
export function isDoubtful({ before, after, again = [] }: Evidence): boolean {
  const last = again.at(-1) ?? after
  if (!before || !after || typeof last?.exit === 'string' || last?.exit === 0) return false
  const { verdict: found, tests } = verdict({ before, after, again })
  const isKnown = again.length > 0 && (!tests || tests.newlyFailing.length > 0)
  if (again.length >= MAX_RERUNS || isKnown) return false
  return found === 'broke-it' || found === 'not-finished'
}

const MAX_RERUNS = 2

function judge(evidence: Evidence, tests: TestComparison | undefined): [Verdict, string] {
  const { before, after, again = [], installation, none } = evidence
  if (before && typeof before.exit === 'string')
    return ['not-finished', unfinished(before, 'before anything was written')]
  if (installation && installation.exit !== 0) return ['not-finished', failedInstallation(installation)]
  if (!before && !after) {
    return [
      'no-tests',
      `${none ?? 'no tests were run'}; try the application out, or name a command with --test-command`,
    ]
  }
  if (!before) return ['not-finished', 'the tests were not run before the upgrade, so there is nothing to compare with']
  if (after && typeof after.exit !== 'string' && tests && tests.newlyFailing.length > 0)
    return ['broke-it', newlyFailing(before, after, tests)]
  if (before.exit !== 0) return ['was-red', wasRed(before, after, tests)]
  if (!after) return ['not-finished', 'the tests were green before, but were not run after the upgrade; run them now']
  if (typeof after.exit === 'string') return ['not-finished', unfinished(after, 'after the upgrade')]
  const isGreen = after.exit === 0 || again.some(({ exit }) => exit === 0)
  if (isGreen && tests && tests.disappeared.length > tests.appeared)
    return [
      'not-finished',
      `\`${shown(after)}\` was green before and ends without a failure after the upgrade${gone(tests)}, so nothing is known of them; find out why`,
    ]
  if (after.exit === 0) return ['still-green', `${stillGreen(after, tests)}${gone(tests)}`]
  return judgeRed(after, again, tests)
}

function stillGreen(after: MeasuredRun, tests: TestComparison | undefined): string {
  const all = tests && after.counts ? ` (${counted(after.counts.passed, 'test')} passed)` : ''
  return `\`${shown(after)}\` was green before and is green after the upgrade${all}`
}

/** The exit code is red, and no test fails in every run. */
function judgeRed(
  after: MeasuredRun,
  again: readonly MeasuredRun[],
  tests: TestComparison | undefined,
): [Verdict, string] {
  const name = `\`${shown(after)}\``
  if (again.some(({ exit }) => exit === 0)) {
    const flaky = tests && tests.flaky.length > 0 ? ` (${listed(tests.flaky.map(testTitle))})` : ''
    return [
      'still-green',
      `${name} failed once after the upgrade${flaky}, and was green when it was run again: a flaky test, not the upgrade${gone(tests)}`,
    ]
  }
  if (tests && tests.flaky.length > 0)
    return [
      'not-finished',
      `${name} was green before; after the upgrade other tests fail each time it is run (${listed(tests.flaky.map(testTitle))}), so it cannot judge it; find out why they are not stable`,
    ]
  const names = !tests && after.failed ? `: ${listed(after.failed)}` : ''
  const what = tests
    ? `, though no test that passed before fails: read the last lines of its output${gone(tests)}`
    : names
  return [
    'broke-it',
    `${name} was green before and fails after the upgrade (exit code ${after.exit})${what}; ${tests ? 'run it by hand' : ADVICE}`,
  ]
}

const ADVICE = 'read the output, finish what the report leaves to you, and run the tests again'

function newlyFailing(before: MeasuredRun, after: MeasuredRun, tests: TestComparison): string {
  const { newlyFailing: broken, stillFailing } = tests
  const names = listed(broken.map(testTitle))
  const known = stillFailing.length > 0 ? `; ${counted(stillFailing.length, 'other test')} failed before too` : ''
  const start =
    before.exit === 0
      ? `\`${shown(after)}\` was green before and fails after the upgrade`
      : `\`${shown(after)}\` failed before too, but not in these`
  return `${start}: ${names}${known}${gone(tests)}; ${outdated(tests) ?? ADVICE}`
}

/** Expectations that are old, in words; undefined where there are none. */
function outdated({ outdated: old, newlyFailing: broken }: TestComparison): string | undefined {
  if (old.length === 0) return undefined
  const changes = [...new Set(old.flatMap((one) => one.changes))].join(', ')
  const which =
    old.length === broken.length ? 'what they want' : `what ${listed(old.map(({ test }) => testTitle(test)))} wants`
  return `${which} is what the old version answered, and differs by nothing but ${changes}: read it, and write it down anew${old.length < broken.length ? `; for the others, ${ADVICE}` : ''}`
}

/** What ran before and does not run now is not known to work. */
function gone(tests: TestComparison | undefined): string {
  if (!tests || tests.disappeared.length === 0) return ''
  const { disappeared } = tests
  return `; ${counted(disappeared.length, 'test')} that ran before did not run after (${listed(disappeared.map(testTitle))})`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function wasRed(before: MeasuredRun, after: MeasuredRun | undefined, tests: TestComparison | undefined): string {
  const start = `\`${shown(before)}\` failed before anything was written (exit code ${before.exit})`
  if (!after) return `${start}, so it cannot judge the upgrade; repair the tests first`
  if (after.exit === 0) return `${start} and is green after the upgrade`
  if (typeof after.exit === 'string') return `${start}; ${unfinished(after, 'after the upgrade')}`
  if (tests && tests.stillFailing.length > 0) {
    const fixed =
      tests.newlyPassing.length > 0 ? `, and ${counted(tests.newlyPassing.length, 'test')} passed only since` : ''
    return `${start}; the same ${counted(tests.stillFailing.length, 'test')} and no other after the upgrade${fixed}${gone(tests)}`
  }
  const known = new Set(before.failed)
  const added = (after.failed ?? []).filter((name) => !known.has(name))
  if (!tests && added.length > 0 && before.failed)
    return `${start} and after the upgrade, and these fail only since: ${listed(added)}`
  return `${start} and fails after the upgrade (exit code ${after.exit}), so it cannot judge it; repair the tests first`
}

/** Why a run has no exit code, and what to do. */
export function unfinished({ exit, tail, seconds, command }: TestRun, when: string): string {
  const name = `\`${command.join(' ')}\``
  if (exit === 'timeout')
    return `${name} was not done after ${Math.round(seconds)} seconds ${when}; allow more with --test-timeout`
  if (exit === 'interrupted') return `${name} was interrupted ${when}`
  const last = tail.findLast((line) => line.trim() !== '')
  return `${name} could not start ${when}${last ? ` (${last.trim()})` : ''}; install the dependencies, or use --test-command`
}

function failedInstallation({ command, exit, tail, manager }: Installation): string {
  const name = `\`${command.join(' ')}\``
  if (exit === 'not-started')
    return `${tail.at(-1) ?? `${manager} could not start`}; the tests were not run after the upgrade`
  const what =
    typeof exit === 'number' ? `failed (exit code ${exit})` : exit === 'timeout' ? 'took too long' : 'was interrupted'
  return `${name} ${what}, so the tests were not run after the upgrade; install by hand and run them`
}

const shown = (testRun: TestRun) => testRun.command.join(' ')

function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return names.slice(0, 5).join(', ') + more
}
