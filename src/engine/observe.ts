import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import semver from 'semver'
import type { SelectedRecipe } from '../catalogue/select.ts'
import type { PackageFolder } from './packages.ts'
import { requiring } from './runners/reach.ts'
import { type MeasuredRun, runTests, type TestCommand, type TestOptions, type TestStep, unfinished } from './verify.ts'

/** A place in a file that ran; the file is an absolute path where the process said one. */
export interface RanAt {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** One call on the stack behind a deprecated one. */
export interface Frame extends RanAt {
  /** Where it stands in the source, if whoever compiled the file in memory has said so. */
  readonly source?: RanAt
}

/** A call that the old version called deprecated. */
export interface DeprecatedCall {
  /** The package that said so. */
  readonly namespace: string
  readonly message: string
  /** The caller first, then who called that one. Empty where nothing is known. */
  readonly frames: readonly Frame[]
}

/** What was seen while the tests ran. */
export interface Watched {
  readonly state: 'complete' | 'in-part' | 'not-watched' | 'not-run'
  /** See `Observation.reason`. */
  readonly reason: string
  readonly run?: MeasuredRun
  /** The old version that ran, where it is known; the lowest, if there are several. */
  readonly version?: string
  /** Each call once, whatever ran it again. */
  readonly calls: readonly DeprecatedCall[]
}

/** Runs the tests, and collects every call that the old version of a package calls deprecated. Leaves nothing behind. */
export async function watchTests(
  { steps }: Extract<TestCommand, { steps: unknown }>,
  namespaces: ReadonlySet<string>,
  options: TestOptions,
): Promise<Watched & { readonly run: MeasuredRun }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-observed-')))
  const printed: DeprecatedCall[] = []
  try {
    const run = await runTests(steps, {
      ...options,
      // what the project keeps quiet is said here, and what is said already, only once
      preload: {
        option: requiring('observe.cjs'),
        env: { UPGRADE_KIT_OBSERVED: folder, NO_DEPRECATION: undefined, TRACE_DEPRECATION: undefined },
      },
      onLine: (line) => {
        const call = printedCall(line, steps)
        if (call) printed.push(call)
        options.onLine?.(line)
      },
    })
    const { processes, calls } = collected(folder)
    const ours = distinct([...calls, ...printed]).filter(({ namespace }) => namespaces.has(namespace))
    return { ...judged(run, processes, ours), run, calls: ours }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** How much the run says. */
function judged(
  run: MeasuredRun,
  processes: number,
  calls: readonly DeprecatedCall[],
): Pick<Watched, 'state' | 'reason'> {
  if (typeof run.exit === 'string')
    return { state: processes > 0 ? 'in-part' : 'not-watched', reason: unfinished(run, 'on the old version') }
  const name = `\`${run.command.join(' ')}\``
  if (processes === 0 && calls.length === 0)
    return {
      state: 'not-watched',
      reason: `${name} starts no Node process that could be watched: nothing that runs there takes NODE_OPTIONS from its environment; name another command with --test-command`,
    }
  if (run.replacesOptions)
    return {
      state: calls.length > 0 ? 'in-part' : 'not-watched',
      reason: `${name} sets NODE_OPTIONS itself, so only what it printed could be seen; name a command without that with --test-command`,
    }
  if (run.exit !== 0)
    return {
      state: 'in-part',
      reason: `${name} fails on the old version (exit code ${run.exit}), so what it would have reached is not known`,
    }
  return { state: 'complete', reason: `${name} was watched on the old version` }
}

/**
 * Which old version the packages run with, the lowest where they differ; nothing where the package manager keeps no folders
 * to look at. `missing` says why the tests need not be run: only the old version says what is deprecated.
 */
export function oldVersion(
  packages: readonly PackageFolder[],
  { provider, from, to }: Pick<SelectedRecipe, 'provider' | 'from' | 'to'>,
): { readonly version?: string; readonly missing?: string } {
  const folders = new Set(packages.flatMap(({ levels }) => levels.map(({ directory }) => directory)))
  if ([...folders].some((folder) => existsSync(join(folder, '.pnp.cjs')))) return {}
  const found = [...folders].flatMap((folder) =>
    provider.packages.flatMap((name) => installedVersion(join(folder, 'node_modules', name, 'package.json')) ?? []),
  )
  const [version] = semver.sort(found.filter((each) => semver.lt(each, semver.coerce(to)!)))
  if (version) return { version }
  const [name] = provider.packages
  return {
    missing:
      found.length > 0
        ? `${name} ${found[0]} is installed, and only ${name} ${from} says at run time what is deprecated; install the old version and run again`
        : `${provider.packages.join(' and ')} is not installed, so nothing could be watched; install the dependencies and run again`,
  }
}

function installedVersion(manifest: string): string | undefined {
  try {
    return semver.valid((JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string }).version) ?? undefined
  } catch {
    return undefined
  }
}

function collected(folder: string): { readonly processes: number; readonly calls: readonly DeprecatedCall[] } {
  const files = readdirSync(folder)
  const lines = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
  return { processes: files.length, calls: lines.flatMap((line) => parsed(line) ?? []) }
}

/** A process that was killed may leave half a line. */
function parsed(line: string): DeprecatedCall | undefined {
  try {
    const call = JSON.parse(line) as DeprecatedCall
    return typeof call.message === 'string' && Array.isArray(call.frames) ? call : undefined
  } catch {
    return undefined
  }
}

/** As depd prints where nobody listens: date, namespace, message, place relative to the folder that it was loaded in. */
const PRINTED = /^(?:\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT )([\w@/.-]+) deprecated (.+) at (.+):(\d+):(\d+)$/

/** What a process says that does not take NODE_OPTIONS from its environment. */
function printedCall(line: string, steps: readonly TestStep[]): DeprecatedCall | undefined {
  const [, namespace, message, file, row, column] = PRINTED.exec(line.trim()) ?? []
  if (namespace === undefined || message === undefined || file === undefined) return undefined
  const files = steps.map(({ cwd }) => resolve(cwd, file))
  const there = files.find((each) => existsSync(each)) ?? files[0]!
  return { namespace, message, frames: [{ file: there, line: Number(row), column: Number(column) }] }
}

function distinct(calls: readonly DeprecatedCall[]): readonly DeprecatedCall[] {
  const known = new Map(
    calls.map((call) => [JSON.stringify([call.namespace, call.message, call.frames.slice(0, 3)]), call]),
  )
  return [...known.values()]
}
