import type { ChangeId, ProjectPath } from './finding.ts'
import type { Location } from './trust.ts'

/** A test runner whose results are read test by test; `tap` is whatever prints TAP. */
export type RunnerId = 'vitest' | 'jest' | 'mocha' | 'node:test' | 'ava' | 'tap' | 'tape' | 'playwright'

/** What a test wanted to see, and what it saw: two values, or the lines in which two texts differ. */
export interface Difference {
  readonly expected: string
  readonly actual: string
}

/** What became of one test. */
export interface TestResult {
  /** The suites around it, outermost first, then its own name. Empty for a file that could not be run at all. */
  readonly name: readonly string[]
  /** Where the runner says it; for what lies outside of the project an absolute path. */
  readonly file?: ProjectPath
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Of a failed test: what the runner says, without colours and stack; at most 4,000 characters. */
  readonly message?: string
  /** Places in the project's own files on the stack of the failure, nearest first. */
  readonly frames?: readonly Location[]
  readonly differences?: readonly Difference[]
  readonly seconds?: number
}

/** How the results of a run were had, and how many there are. */
export interface TestCounts {
  readonly runners: readonly RunnerId[]
  /** Arguments added to the test script, variables of its environment, or TAP that it prints anyway. */
  readonly through: 'arguments' | 'environment' | 'output'
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

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
  /** Absent when nothing but the exit code is known. */
  readonly counts?: TestCounts
  /** Why nothing but the exit code is known. */
  readonly onlyExitCode?: string
}

/** The tests of two runs, side by side. */
export interface TestComparison {
  /** Not failing before, and failing after in every run: these are to be explained. */
  readonly newlyFailing: readonly TestResult[]
  /** Those of them that differ from what they want by nothing but what these changes are known to do. */
  readonly outdated: readonly { readonly test: TestResult; readonly changes: readonly ChangeId[] }[]
  readonly newlyPassing: readonly TestResult[]
  readonly stillFailing: readonly TestResult[]
  /** Failed after, and passed when they were run again. */
  readonly flaky: readonly TestResult[]
  /** Ran before and did not run after, or were skipped: nobody knows what became of them. */
  readonly disappeared: readonly TestResult[]
  /** How many ran after and not before. */
  readonly appeared: number
  /** How often the tests were run again. */
  readonly reruns: number
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
  /**
   * A run timed out, was interrupted, could not start, or the installation failed; or tests that ran before did not run
   * after, and no others in their place.
   */
  | 'not-finished'

/** A fix without which tests pass that fail with it. */
export interface Culprit {
  readonly change: ChangeId
  /** Of the finding whose fix it is. */
  readonly fingerprint: string
  /** The call site, as it was before the fix. */
  readonly at: Location
  /** What the fix did. */
  readonly title: string
  /** The tests that it breaks, with what they say. Empty where only the exit code is known. */
  readonly tests: readonly TestResult[]
}

/** A finding that was left to a person, in a file that a failing test ran through. */
export interface Suspect {
  readonly change: ChangeId
  readonly at: Location
  /** What to do there. */
  readonly message: string
}

/** What leaving fixes out, and running the tests again, said about who broke them. */
export interface Blame {
  readonly on: /** The tests pass without the culprits. */
    | 'fixes'
    /** They fail as well when every fix is left out: what broke them is the new version itself. */
    | 'version'
    /** Some of the one, some of the other. */
    | 'both'
    /** The time was up, or the failure does not show in a copy of the project. */
    | 'nobody'
  readonly culprits: readonly Culprit[]
  /** The tests that no fix is to blame for. */
  readonly unexplained: readonly TestResult[]
  readonly suspects: readonly Suspect[]
  /** One sentence for a person. */
  readonly reason: string
  /** How often the tests were run for it, and how long that took. */
  readonly runs: number
  readonly seconds: number
  /** Present when the culprits were taken back afterwards; `after` of the verification is then without them. */
  readonly heldBack?: true
}

/** The project's own tests, before and after. */
export interface Verification {
  readonly before?: TestRun
  readonly after?: TestRun
  readonly verdict: Verdict
  /** One sentence for a person: why the verdict is what it is, and what to do. */
  readonly reason: string
  /** Present when both runs said what became of each test. */
  readonly tests?: TestComparison
  /** The changes whose fixes broke the tests: those of the culprits. */
  readonly blame: readonly ChangeId[]
  /** How that was found out, fix by fix. Absent when nobody looked. */
  readonly search?: Blame
}

/** What the package manager did. */
export interface Installation {
  readonly manager: string
  readonly command: readonly string[]
  readonly exit: number | 'timeout' | 'interrupted' | 'not-started'
  readonly seconds: number
  readonly tail: readonly string[]
}

/** How a test is called in a sentence: its suites and its name, or the file that could not be run. */
export function testTitle({ name, file }: Pick<TestResult, 'name' | 'file'>): string {
  return name.length > 0 ? name.join(' › ') : (file ?? 'a file')
}
