import { pathToFileURL } from 'node:url'
import type { RunnerId } from '../../model/verification.ts'
import { type Command, commandsOf } from './script.ts'
import { beside, RUNNERS, type Runner } from './table.ts'

/** How the runner of a test script is asked for its results. */
export interface Reach {
  /** Appended to the script, because its last command is the runner and the only one. */
  readonly through: 'arguments' | 'environment' | 'nothing'
  /** The runners that the script names; more may turn up when it runs. */
  readonly runners: readonly RunnerId[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** For `nothing`: why not, for a person. */
  readonly reason?: string
  /** The script sets NODE_OPTIONS anew, so what the environment says does not reach the tests. */
  readonly replacesOptions: boolean
}

/** The scripts of a package.json. */
export type Scripts = Readonly<Record<string, string>>

/** What is known of the machine. */
export interface Surroundings {
  /** A folder for results, absolute; it exists and is empty. */
  readonly folder: string
  /** Version of the `node` that the script will find, if there is one. */
  readonly node: string | undefined
  /** NODE_OPTIONS as it is set now. */
  readonly nodeOptions: string | undefined
}

/**
 * Decides how the results of a script are had: by arguments behind it where they surely reach the one runner, else by
 * the environment, which reaches runners behind any wrapper.
 */
export function reachOf(script: string, scripts: Scripts, at: Surroundings): Reach {
  const own = commandsOf(script)
  const all = [...(own ?? []), ...(own ?? []).flatMap((command) => nested(command, scripts, 5))]
  const found = all.flatMap((command) => invocation(command) ?? [])
  const runners = [...new Set(found.map(({ id }) => id))]
  const text = [script, ...Object.values(scripts)].join('\n')
  const last = own?.at(-1)
  const direct = last && invocation(last)
  const replacesOptions = all.some(
    ({ env }) => env.NODE_OPTIONS !== undefined && !/[$%]\{?NODE_OPTIONS/.test(env.NODE_OPTIONS),
  )
  const none = (reason: string): Reach => ({ through: 'nothing', runners, args: [], env: {}, reason, replacesOptions })
  if (direct && found.length === 1 && isSure(last, direct)) {
    const { args, env } = requested(direct, at)
    return { through: 'arguments', runners, args, env: { UPGRADE_KIT_RESULTS: at.folder, ...env }, replacesOptions }
  }
  if (replacesOptions) return none('the test script sets NODE_OPTIONS itself')
  if (at.node === undefined) return none('there is no `node` on the PATH')
  return { through: 'environment', runners, args: [], env: environment(at, text), replacesOptions }
}

/** A runner as a command calls it. */
interface Invocation {
  readonly id: RunnerId
  readonly runner?: Runner
  /** What stands behind the runner's name. */
  readonly args: readonly string[]
}

/** True if words appended to the command are arguments of the runner, and mean what they should. */
function isSure({ redirected }: Command, { runner, args }: Invocation): boolean {
  if (redirected || args.includes('--')) return false
  // node takes options in front of file names only
  if (!runner)
    return args.every((word) => word.startsWith('-')) && !args.some((word) => word.startsWith('--test-reporter'))
  // what goes to a pipe or is overwritten by the next run needs a name of its own: the preload gives one
  return !runner.conflicts.some((flag) => args.some((word) => word === flag || word.startsWith(`${flag}=`)))
}

function requested({ runner }: Invocation, { folder }: Surroundings): Pick<Reach, 'args' | 'env'> {
  if (!runner) return { args: nodeReporters(), env: {} }
  const filled = (text: string) => text.replace('{output}', `${folder}/${runner.id}`)
  const env = Object.fromEntries(Object.entries(runner.env).map(([name, value]) => [name, filled(value)]))
  return { args: runner.args.map(filled), env }
}

/** node:test prints for people as before, and tells our reporter, which prints nothing. */
function nodeReporters(): string[] {
  return [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${pathToFileURL(beside('node.mjs')).href}`,
    '--test-reporter-destination=stderr',
  ]
}

/** The option of Node that loads a file beside this one first, as NODE_OPTIONS wants it. */
export function requiring(name: string): string {
  return `--require "${beside(name).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function environment({ folder, node, nodeOptions = '' }: Surroundings, scripts: string): Record<string, string> {
  const takesReporters = Number.parseInt(node!, 10) >= 20 && !`${scripts}\n${nodeOptions}`.includes('--test-reporter')
  const options = [nodeOptions, requiring('preload.cjs'), ...(takesReporters ? nodeReporters() : [])]
  return {
    NODE_OPTIONS: options.filter((option) => option !== '').join(' '),
    UPGRADE_KIT_RESULTS: folder,
    UPGRADE_KIT_RUNNERS: JSON.stringify(RUNNERS),
    UPGRADE_KIT_NODE_OPTIONS: nodeOptions,
  }
}

const RUNS_A_PROGRAM = new Set(['npx', 'pnpx', 'bunx'])
const PACKAGE_MANAGERS = new Set(['npm', 'pnpm', 'yarn', 'bun'])
const COVERAGE = new Set(['c8', 'nyc'])
/** Programs that are Node with something loaded before. */
const NODE = new Set(['node', 'tsx', 'ts-node', 'nodemon'])

/** The runner that a command starts, behind the wrappers that hand every further argument on. */
function invocation({ words }: Command): Invocation | undefined {
  const [program = '', ...rest] = words
  const name = program.replaceAll('\\', '/').split('/').at(-1)!
  const runner = RUNNERS.find(({ programs }) => programs.includes(name))
  if (runner) {
    const isCalled = runner.subcommand === undefined && name !== 'react-scripts' ? true : rest.includes('test')
    return isCalled ? { id: runner.id, runner, args: rest } : undefined
  }
  if (RUNS_A_PROGRAM.has(name)) return behind(rest, (word) => word.startsWith('-'))
  if (PACKAGE_MANAGERS.has(name) && rest[0] === 'exec') return behind(rest.slice(1), (word) => word === '--')
  if ((name === 'yarn' || name === 'pnpm') && isRunnerName(rest[0])) return behind(rest, () => false)
  if (COVERAGE.has(name)) return behind(rest, (word) => !isRunnerName(word) && word !== 'node')
  if (!NODE.has(name)) return undefined
  if (rest.includes('--test')) return { id: 'node:test', args: rest.filter((word) => word !== '--test') }
  const main = rest.findIndex((word) => !word.startsWith('-'))
  const module = rest[main]?.replaceAll('\\', '/') ?? ''
  const run = RUNNERS.find((one) => new RegExp(one.main).test(module) || isProgramPath(module, one))
  return run && { id: run.id, runner: run, args: rest.slice(main + 1) }
}

function behind(words: readonly string[], isPassed: (word: string) => boolean): Invocation | undefined {
  const start = words.findIndex((word) => !isPassed(word))
  return start < 0 ? undefined : invocation({ env: {}, words: words.slice(start), redirected: false })
}

function isRunnerName(word: string | undefined): boolean {
  return word !== undefined && RUNNERS.some(({ programs }) => programs.includes(word))
}

function isProgramPath(module: string, { programs }: Runner): boolean {
  return programs.some((program) => module.endsWith(`/.bin/${program}`))
}

/** The commands of the scripts that a command runs by name: `npm run lint`, `yarn unit`, `run-s lint unit`. */
function nested({ words }: Command, scripts: Scripts, depth: number): readonly Command[] {
  if (depth === 0) return []
  const [program = '', ...rest] = words
  const isManager = PACKAGE_MANAGERS.has(program)
  if (!isManager && !/^(?:npm-run-all|run-s|run-p)2?$/.test(program)) return []
  const names = isManager ? rest.filter((word) => !word.startsWith('-')).slice(0, 2) : rest
  const named = names.flatMap((name) => (scripts[name === 't' ? 'test' : name] ?? '').split('\0'))
  const commands = named.flatMap((script) => commandsOf(script) ?? [])
  return commands.flatMap((command) => [command, ...nested(command, scripts, depth - 1)])
}
