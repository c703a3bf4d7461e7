import type { ChangeId } from './finding.ts'

/** One run of the project's tests. */
export interface TestRun {
  readonly command: readonly string[]
  /** The exit code, or why there is none. */
  readonly exit: number | 'timeout' | 'interrupted' | 'not-started'
  readonly seconds: number
  /** The last lines that the command printed (standard output and error as they came), at most 200 lines. */
  readonly tail: readonly string[]
  /** Names of failing tests, where the runner says them in a form we read. */
  readonly failed?: readonly string[]
}

export type Verdict =
  /** Green before, green after. */
  | 'still-green'
  /** Green before, red after. */
  | 'broke-it'
  /** Red before anything was written: the upgrade is not to blame. */
  | 'was-red'
  /** The project has no test command, or only npm's placeholder. */
  | 'no-tests'
  /** A run timed out, was interrupted, could not start, or the installation failed. */
  | 'not-finished'

/** The project's own tests, before and after. */
export interface Verification {
  readonly before?: TestRun
  readonly after?: TestRun
  readonly verdict: Verdict
  /** One sentence for a person: why the verdict is what it is, and what to do. */
  readonly reason: string
  /** Found by leaving changes out one half at a time. */
  readonly blame: readonly ChangeId[]
}

/** What the package manager did. */
export interface Installation {
  readonly manager: string
  readonly command: readonly string[]
  readonly exit: number | 'timeout' | 'interrupted' | 'not-started'
  readonly seconds: number
  readonly tail: readonly string[]
}
