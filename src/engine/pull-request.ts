import { existsSync, readFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import type { Report } from '../model/report.ts'
import { askGit } from './git.ts'
import { recordedRuns, reportFile } from './journal.ts'
import { run } from './processes.ts'

/** The report of the newest run that is not undone; undefined where there is none, or where it was not kept. */
export async function lastReport(root: string): Promise<Report | undefined> {
  const last = recordedRuns(await realpath(root)).find(({ state }) => state === 'complete')
  const file = last && reportFile(last)
  if (file === undefined || !existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')) as Report
}

/** The branch that is checked out; undefined where there is none. */
export async function branchOf(root: string): Promise<string | undefined> {
  const { exit, out } = await askGit(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  return exit === 0 ? out.trim() : undefined
}

/** A pull request as `gh pr create` takes it. */
export interface PullRequest {
  readonly title: string
  /** Absolute path of the Markdown. */
  readonly bodyFile: string
  readonly base?: string | undefined
  readonly draft?: boolean | undefined
}

/** What became of it; `said` are gh's own lines. */
export type Opened =
  | { readonly is: 'opened'; readonly said: readonly string[] }
  | { readonly is: 'refused'; readonly said: readonly string[] }
  | { readonly is: 'no-gh' }

/** Opens a pull request for the branch that is checked out, with GitHub's own `gh`. It pushes nothing. */
export async function openPullRequest(
  root: string,
  { title, bodyFile, base, draft }: PullRequest,
  signal?: AbortSignal,
): Promise<Opened> {
  const options = [...(base === undefined ? [] : ['--base', base]), ...(draft ? ['--draft'] : [])]
  const command = ['gh', 'pr', 'create', '--title', title, '--body-file', bodyFile, ...options]
  const { exit, tail } = await run(command, { cwd: root, signal, env: { GH_PROMPT_DISABLED: '1' } })
  if (exit === 'not-started') return { is: 'no-gh' }
  return { is: exit === 0 ? 'opened' : 'refused', said: tail }
}
