import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ChangeId, ProjectPath } from '../model/finding.ts'
import type { Commits, MadeCommit } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { type Answer, askGit, type GitOptions, gitState, writeGit } from './git.ts'
import { eachOf } from './journal.ts'

/** How what was written is committed. */
export interface CommitRequest {
  /** A new branch to commit to; the present one when absent. */
  readonly branch?: string
  /** False leaves out the hooks `pre-commit` and `commit-msg`. */
  readonly hooks: boolean
}

/** One commit that is to be made: the whole new content of each file; a file without content as it is on disk. */
export interface Step {
  readonly message: string
  readonly change?: ChangeId
  readonly files: ReadonlyMap<ProjectPath, Uint8Array | undefined>
  /** Files that the run has made: they are committed although git does not know them yet. */
  readonly added?: ReadonlySet<ProjectPath>
}

/**
 * Throws `UserError` where a run could not be committed in the end: no repository, nobody to be the author, a merge in
 * progress, something uncommitted (also with `--force`: nobody could tell whose it is), or no branch to commit to.
 */
export async function mustBeAbleToCommit(root: string, { branch }: CommitRequest): Promise<void> {
  const state = await gitState(root)
  if (state.is === 'no-git' || state.is === 'not-a-repository')
    throw refused('there is no git repository here', 'Leave --commit out, or make the project a repository first.')
  if (state.is === 'dirty')
    throw refused(
      `git has uncommitted changes: ${state.files.slice(0, 5).join(', ')}`,
      'Commit or stash them first, so that only the upgrade is in the commits.',
    )
  if (state.head === undefined) throw refused('the repository has no commit yet', 'Commit the project as it is first.')
  const busy = await operationInProgress(root)
  if (busy !== undefined) throw refused(`a ${busy} is in progress`, 'Finish it, or abort it, first.')
  if ((await askGit(root, ['var', 'GIT_COMMITTER_IDENT'])).exit !== 0)
    throw refused(
      'git does not know who you are',
      'Say it: git config user.name "Your Name", and git config user.email you@example.com.',
    )
  if (branch === undefined) {
    if ((await currentBranch(root)) === undefined) throw refused('HEAD is on no branch', 'Add --branch <name>.')
    return
  }
  if ((await askGit(root, ['check-ref-format', '--branch', branch])).exit !== 0)
    throw new UserError(`--branch ${branch}: git takes no such name for a branch`, 'Give another name.')
  if ((await askGit(root, ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`])).exit === 0)
    throw new UserError(`--branch ${branch}: there is such a branch already`, 'Give another name, or delete it first.')
}

function refused(message: string, advice: string): UserError {
  return new UserError(`--commit: ${message}`, advice)
}

const OPERATIONS: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'merge',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
}

async function operationInProgress(root: string): Promise<string | undefined> {
  const names = Object.keys(OPERATIONS)
  const { out } = await askGit(root, ['rev-parse', ...names.flatMap((name) => ['--git-path', name])])
  const found = out.split('\n').findIndex((path) => path !== '' && existsSync(resolve(root, path)))
  return found < 0 ? undefined : OPERATIONS[names[found]!]
}

async function currentBranch(root: string): Promise<string | undefined> {
  const { exit, out } = await askGit(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  return exit === 0 ? out.trim() : undefined
}

/**
 * Makes the commits, as `git commit` does: with the hooks and the signature that the repository asks for. Each commit is
 * put together in an index of its own, so that neither the working tree nor what else is staged has a part in it. All
 * commits or none: if one is refused, HEAD, the branch and the index are again what they were. Files that git does not
 * track are left out, but for those that the run has made and that git does not ignore.
 */
export async function commitAll(root: string, steps: AsyncIterable<Step>, request: CommitRequest): Promise<Commits> {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-commit-'))
  const repository = await openRepository(root, folder)
  const made: MadeCommit[] = []
  const untracked = new Set<ProjectPath>()
  try {
    if (request.branch !== undefined) await repository.branchOff(request.branch)
    for await (const step of steps) {
      await repository.take([...step.files.keys()].filter((path) => step.added?.has(path)))
      for (const path of step.files.keys()) if (!repository.tracks(path)) untracked.add(path)
      const id = await repository.commit(step, request.hooks)
      const [subject = ''] = step.message.split('\n')
      if (id !== undefined) made.push({ id, subject, ...(step.change ? { change: step.change } : {}) })
    }
    const branch = request.branch ?? repository.branch
    return { branch, made, ...(untracked.size > 0 ? { untracked: [...untracked].sort() } : {}) }
  } catch (error) {
    await repository.takeBack(request.branch)
    if (error instanceof Refusal) return { branch: repository.branch, made: [], refused: error.message }
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Git did not do what it was asked for; the message is what it, or a hook, said. */
class Refusal extends Error {}

const REGULAR_FILE = '100644'

async function openRepository(root: string, folder: string) {
  const [top = '', prefix = ''] = (
    await must(askGit(root, ['rev-parse', '--show-toplevel', '--show-prefix']))
  ).out.split('\n')
  const start = (await must(askGit(root, ['rev-parse', 'HEAD']))).out.trim()
  const branch = (await currentBranch(root)) ?? ''
  const modes = await trackedFiles(root)
  const index = join(folder, 'index')
  const there = (args: readonly string[], options?: GitOptions) => must(writeGit(top, args, options))

  const blob = async (path: ProjectPath, bytes: Uint8Array | undefined): Promise<string> => {
    const full = `${prefix}${path}`
    const args = bytes ? ['--stdin', `--path=${full}`] : ['--', full]
    return (await there(['hash-object', '-w', ...args], bytes ? { input: bytes } : {})).out.trim()
  }
  /** Makes the index of the repository say of some files what a commit says. */
  const follow = async (from: string, to: string): Promise<void> => {
    const { out } = await there(['diff-tree', '-r', '-z', '--no-renames', from, to])
    await there(['update-index', '-z', '--index-info'], { input: indexInfo(out) })
    await writeGit(top, ['update-index', '-q', '--refresh'])
  }

  return {
    branch,
    tracks: (path: ProjectPath) => modes.has(path),
    /** From now on these files are tracked, unless they are to be ignored. */
    async take(files: readonly ProjectPath[]): Promise<void> {
      for (const path of files.filter((file) => !modes.has(file)))
        if ((await askGit(root, ['check-ignore', '--quiet', '--', path])).exit !== 0) modes.set(path, REGULAR_FILE)
    },
    async branchOff(name: string): Promise<void> {
      const { error } = await writeGit(top, ['checkout', '--quiet', '-b', name])
      // a hook that fails after the switch changes nothing about it
      if ((await currentBranch(root)) !== name) throw new Refusal(saidBy(error))
    },
    async commit({ message, files }: Step, hooks: boolean): Promise<string | undefined> {
      const before = (await there(['rev-parse', 'HEAD'])).out.trim()
      const entries: string[] = []
      await eachOf([...files], async ([path, bytes]) => {
        if (modes.has(path)) entries.push(`${modes.get(path)} ${await blob(path, bytes)}\t${prefix}${path}\0`)
      })
      rmSync(index, { force: true })
      await there(['read-tree', before], { index })
      await there(['update-index', '-z', '--index-info'], { index, input: entries.join('') })
      if ((await writeGit(top, ['diff-index', '--cached', '--quiet', before], { index })).exit === 0) return undefined
      writeFileSync(join(folder, 'message'), message)
      const how = ['--quiet', '--cleanup=whitespace', '--no-edit', ...(hooks ? [] : ['--no-verify'])]
      await there(['commit', ...how, '--file', join(folder, 'message')], { index })
      const after = (await there(['rev-parse', 'HEAD'])).out.trim()
      await follow(before, after)
      return after
    },
    async takeBack(newBranch: string | undefined): Promise<void> {
      const end = (await askGit(root, ['rev-parse', 'HEAD'])).out.trim()
      const home = branch === '' ? undefined : `refs/heads/${branch}`
      if (newBranch !== undefined && (await currentBranch(root)) === newBranch) {
        if (home) await there(['symbolic-ref', 'HEAD', home])
        else await there(['update-ref', '--no-deref', 'HEAD', start])
        await there(['branch', '--quiet', '-D', newBranch])
      } else if (end !== start) {
        await there(['update-ref', '-m', 'upgrade-kit: not all commits could be made', 'HEAD', start, end])
      }
      if (end !== start) await follow(end, start)
    },
  }
}

/** The regular files that git tracks here, with their modes. */
async function trackedFiles(root: string): Promise<Map<ProjectPath, string>> {
  const { out } = await must(askGit(root, ['ls-files', '-s', '-z']))
  const modes = new Map<ProjectPath, string>()
  for (const line of out.split('\0')) {
    const [, mode, path] = /^(100\d{3}) \w+ 0\t(.+)$/s.exec(line) ?? []
    if (mode !== undefined && path !== undefined) modes.set(path, mode)
  }
  return modes
}

/** The output of `diff-tree -z` as the input of `update-index -z --index-info`: the new side of each file. */
function indexInfo(diff: string): string {
  const parts = diff.split('\0').filter((part) => part !== '')
  return parts
    .flatMap((part, at) => {
      const [, mode, id] = /^:\d+ (\d+) \w+ (\w+) \w$/.exec(part) ?? []
      return mode === undefined ? [] : [`${mode} ${id}\t${parts[at + 1]}\0`]
    })
    .join('')
}

async function must(answer: Promise<Answer>): Promise<Answer> {
  const { exit, out, error } = await answer
  if (exit === 0) return { exit, out, error }
  throw new Refusal(saidBy(`${error}\n${out}`))
}

const MAX_LINES = 20

/** The last lines of what git or a hook said. */
function saidBy(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-MAX_LINES).join('\n') || 'git did not say why'
}
