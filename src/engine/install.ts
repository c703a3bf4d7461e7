import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Agent, detect, INSTALL_PAGE, resolveCommand } from 'package-manager-detector'
import type { Installation } from '../model/verification.ts'
import { workspaceFolders } from './discover.ts'
import { foldersUpwards, workspaceGlobs } from './packages.ts'
import { run } from './processes.ts'

/** Which package manager a folder belongs to, and how. */
export interface PackageManager {
  /** `npm`, `pnpm`, `yarn`, `bun`, or a rarer one. */
  readonly name: string
  /** As package-manager-detector names it: tells yarn 1 from later ones. */
  readonly agent: Agent
  /** Where it is run to install: the root of the workspace, or the folder itself. Absolute. */
  readonly folder: string
}

/** What an installation will do, so that a person can be told and the journal can keep what it may change. */
export interface InstallPlan extends PackageManager {
  readonly command: readonly string[]
  /** Absolute paths of files under version control that it may write, whether or not they exist. */
  readonly mayChange: readonly string[]
}

/** How an installation is run. */
export interface InstallOptions {
  readonly signal?: AbortSignal | undefined
  /** For all of it; 10 minutes by default. */
  readonly timeoutSeconds?: number | undefined
  readonly onLine?: ((line: string) => void) | undefined
}

const LOCK_FILES: Readonly<Record<string, readonly string[]>> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
  pnpm: ['pnpm-lock.yaml'],
  yarn: ['yarn.lock', '.pnp.cjs', '.pnp.loader.mjs'],
  bun: ['bun.lock', 'bun.lockb'],
  deno: ['deno.lock'],
}

/** Installs and updates the lock file, also where `CI` is set: there most managers refuse to change it by default. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  npm: ['npm', 'install', '--no-audit', '--no-fund'],
  pnpm: ['pnpm', 'install', '--no-frozen-lockfile'],
  yarn: ['yarn', 'install'],
  bun: ['bun', 'install'],
}
const ENVIRONMENT = { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false', COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' }

/**
 * The package manager of a folder (absolute): by its lock file, else by `packageManager` in package.json, else the one
 * of the repository around it, else npm.
 */
export async function packageManager(folder: string): Promise<PackageManager> {
  const upwards = foldersUpwards(folder)
  const inRepository = existsSync(path.join(upwards.at(-1)!, '.git'))
  const root = workspaceRoot(folder, upwards)
  const found = await detect({ cwd: root, stopDir: inRepository ? upwards.at(-1)! : root })
  const agent = found?.agent ?? 'npm'
  return { name: found?.name ?? 'npm', agent: agent === 'yarn' && isBerry(root) ? 'yarn@berry' : agent, folder: root }
}

/** The folder above whose workspace contains this one; the folder itself when it stands alone. */
function workspaceRoot(folder: string, upwards: readonly string[]): string {
  const root = upwards.slice(1).find((above) => {
    const globs = workspaceGlobs(above)
    return (
      globs.length > 0 &&
      workspaceFolders(above, globs).includes(path.relative(above, folder).split(path.sep).join('/'))
    )
  })
  return root ?? folder
}

/** yarn 2 and later, where no `packageManager` field says so. */
function isBerry(root: string): boolean {
  const lock = path.join(root, 'yarn.lock')
  return (
    existsSync(path.join(root, '.yarnrc.yml')) || (existsSync(lock) && /^__metadata:/m.test(readFileSync(lock, 'utf8')))
  )
}

/** What `install` would do for each of these folders (absolute); one plan for all packages of a workspace. */
export async function installPlans(folders: readonly string[]): Promise<InstallPlan[]> {
  const plans = new Map<string, InstallPlan>()
  for (const folder of folders) {
    const manager = await packageManager(folder)
    const known = resolveCommand(manager.agent, 'install', [])
    const command = COMMANDS[manager.name] ?? (known ? [known.command, ...known.args] : [manager.name, 'install'])
    const mayChange = (LOCK_FILES[manager.name] ?? []).map((name) => path.join(manager.folder, name))
    plans.set(manager.folder, { ...manager, command, mayChange })
  }
  return [...plans.values()]
}

/**
 * Installs in each of these folders with its own package manager, one after another, up to the first failure. Never
 * throws: a package manager that is missing is a result as well, and its last line says what to do.
 */
export async function install(
  folders: string | readonly string[],
  options: InstallOptions = {},
): Promise<Installation> {
  const plans = await installPlans(typeof folders === 'string' ? [folders] : folders)
  const results: Installation[] = []
  for (const plan of plans) {
    const result = await installOne(plan, options)
    results.push(result)
    if (result.exit !== 0) break
  }
  const last = results.at(-1)
  if (!last) return { manager: 'npm', command: [], exit: 0, seconds: 0, tail: [] }
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  return { ...last, seconds }
}

async function installOne(plan: InstallPlan, options: InstallOptions): Promise<Installation> {
  const { timeoutSeconds = 600, signal, onLine } = options
  const result = await run(plan.command, { cwd: plan.folder, env: ENVIRONMENT, timeoutSeconds, signal, onLine })
  if (result.exit !== 'not-started') return { manager: plan.name, ...result }
  const page = INSTALL_PAGE[plan.agent]
  const advice = `install ${plan.name} (${page}) and run \`${plan.command.join(' ')}\` in ${plan.folder}`
  return { manager: plan.name, ...result, tail: [...result.tail, advice] }
}
