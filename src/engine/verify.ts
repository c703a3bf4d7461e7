import path from 'node:path'
import { resolveCommand } from 'package-manager-detector'
import type { Installation, TestRun, Verdict, Verification } from '../model/verification.ts'
import { packageManager } from './install.ts'
import { type PackageFolder, readManifest } from './packages.ts'
import { type Run, run, TAIL_LINES } from './processes.ts'

/** One test script of the project. */
export interface TestStep {
  /** A program with its arguments, or one string for the shell. */
  readonly command: readonly string[] | string
  /** Absolute. */
  readonly cwd: string
  /** The folder relative to the root, `.` for the root itself. */
  readonly folder: string
}

/** How the project is tested, or why it is not. */
export type TestCommand = { readonly steps: readonly TestStep[] } | { readonly none: string }

/** How tests are run. */
export interface TestOptions {
  readonly signal?: AbortSignal | undefined
  /** For all steps together; 15 minutes by default. */
  readonly timeoutSeconds?: number | undefined
  readonly onLine?: ((line: string) => void) | undefined
  /** How long a command may take to end after it was asked to. */
  readonly graceSeconds?: number | undefined
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
  if (isTest(own)) return { steps: [await scriptStep(root, '.')] }
  const tested = inScope.filter((pkg) => isTest(pkg.manifest.scripts.test))
  if (tested.length > 0) {
    return { steps: await Promise.all(tested.map((pkg) => scriptStep(pkg.directory, pkg.folder))) }
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

async function scriptStep(cwd: string, folder: string): Promise<TestStep> {
  const { agent } = await packageManager(cwd)
  const resolved = resolveCommand(agent, 'run', ['test'])
  return { command: resolved ? [resolved.command, ...resolved.args] : ['npm', 'run', 'test'], cwd, folder }
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
export async function runTests(steps: readonly TestStep[], options: TestOptions = {}): Promise<TestRun> {
  const { timeoutSeconds = 900, onLine, ...rest } = options
  const failed = new Set<string>()
  const runs: Run[] = []
  for (const step of steps) {
    const spent = runs.reduce((sum, { seconds }) => sum + seconds, 0)
    const result = await run(step.command, {
      ...rest,
      cwd: step.cwd,
      timeoutSeconds: Math.max(0.001, timeoutSeconds - spent),
      onLine: (line) => {
        const name = failedTest(line)
        if (name) failed.add(steps.length > 1 ? `${step.folder}: ${name}` : name)
        onLine?.(line)
      },
    })
    runs.push(isMissing(result) ? { ...result, exit: 'not-started' } : result)
    if (result.exit !== 0 && steps.length > 1) failed.add(step.folder)
    if (typeof result.exit === 'string') break
  }
  return {
    command: steps.length === 1 ? runs[0]!.command : steps.flatMap(inFolder),
    exit: runs.find(({ exit }) => typeof exit === 'string')?.exit ?? runs.find(({ exit }) => exit !== 0)?.exit ?? 0,
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
    tail: runs
      .flatMap(({ tail }, index) => (runs.length > 1 ? [`${steps[index]!.folder}:`, ...tail] : tail))
      .slice(-TAIL_LINES),
    ...(failed.size > 0 && { failed: [...failed].slice(0, 50) }),
  }
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

/**
 * Compares the runs before and after by their exit codes. `none` is why there was nothing to run. Blame is left empty:
 * finding the change that broke the tests takes more runs.
 */
export function verdict(before?: TestRun, after?: TestRun, installation?: Installation, none?: string): Verification {
  const [found, reason] = judge(before, after, installation, none)
  return { ...(before && { before }), ...(after && { after }), verdict: found, reason, blame: [] }
}

function judge(before?: TestRun, after?: TestRun, installation?: Installation, none?: string): [Verdict, string] {
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
  if (before.exit !== 0) return ['was-red', wasRed(before, after)]
  if (!after) return ['not-finished', 'the tests were green before, but were not run after the upgrade; run them now']
  if (typeof after.exit === 'string') return ['not-finished', unfinished(after, 'after the upgrade')]
  if (after.exit === 0) return ['still-green', `\`${shown(after)}\` was green before and is green after the upgrade`]
  const names = after.failed ? `: ${listed(after.failed)}` : ''
  const advice = 'read the output, finish what the report leaves to you, and run the tests again'
  return [
    'broke-it',
    `\`${shown(after)}\` was green before and fails after the upgrade (exit code ${after.exit})${names}; ${advice}`,
  ]
}

function wasRed(before: TestRun, after: TestRun | undefined): string {
  const start = `\`${shown(before)}\` failed before anything was written (exit code ${before.exit})`
  if (!after) return `${start}, so it cannot judge the upgrade; repair the tests first`
  if (after.exit === 0) return `${start} and is green after the upgrade`
  if (typeof after.exit === 'string') return `${start}; ${unfinished(after, 'after the upgrade')}`
  const known = new Set(before.failed)
  const added = (after.failed ?? []).filter((name) => !known.has(name))
  if (added.length > 0 && before.failed)
    return `${start} and after the upgrade, and these fail only since: ${listed(added)}`
  return `${start} and fails after the upgrade (exit code ${after.exit}), so it cannot judge it; repair the tests first`
}

function unfinished({ exit, tail, seconds, command }: TestRun, when: string): string {
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
