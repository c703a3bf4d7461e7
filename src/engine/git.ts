import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { Url } from '../model/change.ts'
import type { ProjectPath } from '../model/finding.ts'
import type { Repository } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'

/*
 * Plain `git` through node:child_process: importing simple-git costs about 50 ms and execa about 190 ms, more than the
 * few questions asked here, and both would still leave the reading of git's output to us.
 */

/** What git knows about a project folder. */
export type GitState =
  /** Also for a folder that a repository around it ignores: git would not bring its files back. */
  | { readonly is: 'not-a-repository' }
  /** Nothing uncommitted in the folder. `head` is the commit; absent in a repository without one. */
  | { readonly is: 'clean'; readonly head?: string }
  /** Uncommitted or untracked files in the folder, relative to it; a folder of untracked files ends in `/`. */
  | { readonly is: 'dirty'; readonly files: readonly ProjectPath[] }
  /** Git is not installed. */
  | { readonly is: 'no-git' }

/** What git answered. */
export interface Answer {
  readonly exit: number | 'no-git'
  readonly out: string
  readonly error: string
}

const MAX_OUTPUT_BYTES = 1 << 30

/** A repository's own configuration may start a program here, and nothing but reading is wanted. */
const READ_ONLY = ['-c', 'core.fsmonitor=false', '--no-optional-locks']

/**
 * Whether git could bring back the files of a folder as they are now. Only the folder counts, not the rest of its
 * repository; `.upgrade-kit/` never does. Worktrees and submodules are repositories as any other.
 *
 * @throws UserError if git refuses to answer, for instance because the repository belongs to another user.
 */
export async function gitState(root: string): Promise<GitState> {
  const place = await placeInGit(root)
  if (place.is !== 'repository') return place
  const files = await uncommitted(root, place.prefix)
  if (files.length > 0) return { is: 'dirty', files }
  const head = await askGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  return head.exit === 0 ? { is: 'clean', head: head.out.trim() } : { is: 'clean' }
}

/** The quick half of `gitState`: `prefix` leads to the folder from the top of its repository, empty or with `/` at its end. */
export async function placeInGit(
  root: string,
): Promise<{ readonly is: 'repository'; readonly prefix: string } | { readonly is: 'not-a-repository' | 'no-git' }> {
  const place = await askGit(root, ['rev-parse', '--is-inside-work-tree', '--show-prefix'])
  if (place.exit === 'no-git') return { is: 'no-git' }
  if (place.exit !== 0 && /not a git repository/i.test(place.error)) return { is: 'not-a-repository' }
  const [inside, prefix = ''] = succeeded(place).split('\n')
  if (inside !== 'true') return { is: 'not-a-repository' }
  if (prefix !== '' && (await askGit(root, ['check-ignore', '-q', '.'])).exit === 0) return { is: 'not-a-repository' }
  return { is: 'repository', prefix }
}

/**
 * The files of a folder that git tracks or would track, relative to it: `git ls-files -co --exclude-standard`. Tracked
 * files that were deleted are among them, and submodules as their folder. Undefined where git is not installed or the
 * folder is in no repository.
 */
export function listFiles(root: string): readonly ProjectPath[] | undefined {
  try {
    const out = execFileSync('git', [...READ_ONLY, 'ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
      env: environment(),
      maxBuffer: MAX_OUTPUT_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    })
    // A path in a merge conflict is listed once per side, a repository within the folder as `name/`.
    return [...new Set(out.split('\0'))].filter((file) => file !== '' && !file.endsWith('/'))
  } catch {
    return undefined
  }
}

async function uncommitted(root: string, prefix: string): Promise<readonly ProjectPath[]> {
  const options = ['--porcelain=v1', '-z', '--no-renames', '--untracked-files=normal', '--ignore-submodules=none']
  const status = succeeded(await askGit(root, ['status', ...options, '--', '.', ':(exclude,glob)**/.upgrade-kit/**']))
  const lines = status.split('\0').filter((line) => line !== '')
  // Two letters and a space, then the path from the top of the repository.
  return lines.map((line) => line.slice(3 + prefix.length) || './')
}

function succeeded(answer: Answer): string {
  if (answer.exit === 0) return answer.out
  const reason = answer.error.trim().split('\n')[0] ?? ''
  throw new UserError(`git does not answer: ${reason}`, 'Run `git status` in the project; it says what to do.')
}

/** Asks git something. Never throws, and changes nothing as long as the question does not. */
export function askGit(cwd: string, args: readonly string[]): Promise<Answer> {
  return answerOf([...READ_ONLY, ...args], { cwd, env: environment() })
}

/** What a command that changes something may be given. */
export interface GitOptions {
  /** Another index than the repository's. */
  readonly index?: string
  readonly input?: string | Uint8Array
}

/** Runs git so that it changes something, with the user's own settings, hooks and language. Never throws. */
export function writeGit(cwd: string, args: readonly string[], { index, input }: GitOptions = {}): Promise<Answer> {
  const env = { ...ownEnvironment(), ...(index === undefined ? {} : { GIT_INDEX_FILE: index }) }
  return answerOf(args, { cwd, env }, input)
}

async function answerOf(
  args: readonly string[],
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  input: string | Uint8Array = '',
): Promise<Answer> {
  try {
    const running = promisify(execFile)('git', args, { ...where, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true })
    // who does not read what it is given is right to close the pipe
    running.child.stdin?.on('error', () => undefined).end(input)
    const { stdout, stderr } = await running
    return { exit: 0, out: stdout, error: stderr }
  } catch (failure) {
    const {
      code,
      stdout = '',
      stderr = '',
      message,
    } = failure as Error & Partial<Record<'stdout' | 'stderr', string>> & { code?: unknown }
    const exit = code === 'ENOENT' ? 'no-git' : typeof code === 'number' ? code : 1
    return { exit, out: stdout, error: stderr || message }
  }
}

/** Answers in English, about the folder asked for: a git hook sets variables that point to its own repository. */
function environment(): NodeJS.ProcessEnv {
  return { ...ownEnvironment(), LC_ALL: 'C' }
}

function ownEnvironment(): NodeJS.ProcessEnv {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, GIT_COMMON_DIR, ...rest } = process.env
  return rest
}

/**
 * Where the files of a folder can be read on the web. Undefined where git, a commit or a remote with a page is missing.
 * The remote is `origin`, else the first one. Never throws: a report is right without it.
 */
export async function repositoryOf(root: string): Promise<Repository | undefined> {
  const place = await askGit(root, ['rev-parse', '--is-inside-work-tree', '--show-prefix', 'HEAD'])
  const [inside, prefix = '', commit = ''] = place.out.split('\n')
  if (place.exit !== 0 || inside !== 'true' || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined
  const remotes = (await askGit(root, ['config', '--get-regexp', '^remote\\..*\\.url$'])).out.split('\n')
  const remote = remotes.find((line) => line.startsWith('remote.origin.url ')) ?? remotes[0] ?? ''
  const url = webAddress(remote.slice(remote.indexOf(' ') + 1))
  if (url === undefined) return undefined
  try {
    return { url, commit, folder: prefix.replace(/\/$/, '') || '.', uncommitted: await uncommitted(root, prefix) }
  } catch {
    return undefined
  }
}

/** The page of a repository, from what `git clone` takes; without user and password. Undefined for a path on this machine. */
export function webAddress(remote: string): Url | undefined {
  const [, host, path = ''] = FORMS.map((form) => form.exec(remote)).find((match) => match !== null) ?? []
  const clean = path.replace(/\/+$/, '').replace(/\.git$/, '')
  if (host === undefined || !/^[\w.~/@+-]+$/.test(clean)) return undefined
  return `https://${host}/${clean}`
}

/** `https://host:port/path`, `ssh://git@host:port/path` (whose port serves no pages), and `git@host:path`. */
const FORMS = [
  /^https?:\/\/(?:[^@/\s]*@)?([\w.-]+(?::\d+)?)\/(.+)$/i,
  /^(?:ssh|git):\/\/(?:[^@/\s]*@)?([\w.-]+)(?::\d+)?\/(.+)$/i,
  /^(?:[^@/\s]+@)?([\w.-]+\.[a-z]+):(?!\/\/)\/?(.+)$/i,
]
