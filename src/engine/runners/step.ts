import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Agent, resolveCommand } from 'package-manager-detector'
import type { TestCounts, TestResult } from '../../model/verification.ts'
import { type Run, type RunOptions, run } from '../processes.ts'
import type { Roots } from './failures.ts'
import { type Reach, reachOf, type Scripts } from './reach.ts'
import { printedResults, writtenResults } from './results.ts'

/** One test script of the project. */
export interface TestStep {
  /** A program with its arguments, or one string for the shell. */
  readonly command: readonly string[] | string
  /** Absolute. */
  readonly cwd: string
  /** The folder relative to the root, `.` for the root itself. */
  readonly folder: string
  /** What the command runs, where it is a script of package.json: all of them, and who runs them. */
  readonly script?: { readonly agent: Agent; readonly scripts: Scripts }
}

/** What became of a step, test by test where the runner could be asked. */
export interface StepRun extends Run {
  readonly tests?: readonly TestResult[]
  readonly counts?: TestCounts
  readonly onlyExitCode?: string
  /** The script sets NODE_OPTIONS anew, so that no preload reaches what it runs. */
  readonly replacesOptions: boolean
}

/** TAP is looked for in this much of the output, in UTF-16 units. */
const KEPT_OUTPUT = 20_000_000

/** What every process of the tests loads first, whoever starts it. */
export interface Preload {
  /** For NODE_OPTIONS. */
  readonly option: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Runs a step, and reads what its runner says of every test. `root` is the project. Never throws. */
export async function runStep(
  step: TestStep,
  root: string,
  options: Omit<RunOptions, 'cwd'>,
  preload?: Preload,
): Promise<StepRun> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-results-')))
  try {
    const nodeOptions = [process.env.NODE_OPTIONS, preload?.option].filter(Boolean).join(' ') || undefined
    const reach = await reachOfStep(step, folder, nodeOptions)
    let output = ''
    const result = await run(withArguments(step, reach.args), {
      ...options,
      cwd: step.cwd,
      env: { ...options.env, ...(preload && { ...preload.env, NODE_OPTIONS: nodeOptions }), ...reach.env },
      onOutput: (text) => {
        if (output.length < KEPT_OUTPUT) output += text
      },
    })
    const { replacesOptions } = reach
    return { ...result, command: shown(step), replacesOptions, ...read(reach, folder, output, rootsOf(root, step.cwd)) }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function shown({ command }: TestStep): readonly string[] {
  return typeof command === 'string' ? [command] : command
}

function rootsOf(root: string, cwd: string): Roots {
  const project = real(root)
  return { project, cwd: real(cwd), has: (file) => existsSync(join(project, file)) }
}

/** Runners say real paths. */
function real(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

async function reachOfStep(step: TestStep, folder: string, nodeOptions: string | undefined): Promise<Reach> {
  const script = typeof step.command === 'string' ? step.command : (step.script?.scripts.test ?? '')
  const node = await nodeVersion(step.cwd)
  return reachOf(script, step.script?.scripts ?? {}, { folder, node, nodeOptions })
}

const nodeVersions = new Map<string, Promise<string | undefined>>()

/** Version managers give every folder a Node of its own; it does not change during a run. */
function nodeVersion(cwd: string): Promise<string | undefined> {
  const asked = async () => {
    const { exit, tail } = await run(['node', '-p', 'process.versions.node'], { cwd, timeoutSeconds: 20 })
    return exit === 0 ? tail.at(-1)?.trim() : undefined
  }
  const known = nodeVersions.get(cwd) ?? asked()
  nodeVersions.set(cwd, known)
  return known
}

function withArguments({ command, script }: TestStep, args: readonly string[]): readonly string[] | string {
  if (args.length === 0) return command
  if (typeof command === 'string') return [command, ...args.map(quoted)].join(' ')
  const resolved = script && resolveCommand(script.agent, 'run', ['test', ...args])
  return resolved ? [resolved.command, ...resolved.args] : command
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`
}

function read(
  reach: Reach,
  folder: string,
  output: string,
  roots: Roots,
): Pick<StepRun, 'tests' | 'counts' | 'onlyExitCode'> {
  const written = writtenResults(folder, roots)
  const results =
    written.tests.length > 0
      ? written
      : printedResults(output, roots, reach.runners.length === 1 ? reach.runners[0] : undefined)
  const { tests, runners } = results
  if (tests.length === 0) return { onlyExitCode: reach.reason ?? reasonOf(reach) }
  const count = (outcome: TestResult['outcome']) => tests.filter((test) => test.outcome === outcome).length
  // AVA and tape are asked for what they print
  const through =
    results === written && reach.through !== 'nothing' ? reach.through : reach.args.length > 0 ? 'arguments' : 'output'
  return {
    tests,
    counts: { runners, through, passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
  }
}

function reasonOf({ runners }: Reach): string {
  return runners.length === 0
    ? 'the test script runs no test runner whose results can be read'
    : `${runners.join(' and ')} wrote no results that could be read`
}
