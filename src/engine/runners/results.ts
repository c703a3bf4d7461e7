import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunnerId, TestResult } from '../../model/verification.ts'
import { failure, nameIn, pairOf, type Roots, relativeTo } from './failures.ts'
import { isTap, tapResults } from './tap.ts'

/** Results that were read, and who said them. */
export interface Results {
  readonly tests: readonly TestResult[]
  readonly runners: readonly RunnerId[]
}

/**
 * Everything that runners wrote into a folder for results. A file that does not read (the runner was ended in the middle)
 * counts as nothing said.
 */
export function writtenResults(folder: string, roots: Roots): Results {
  const found = readdirSync(folder)
    .sort()
    .flatMap((name) => {
      try {
        return [parsed(name, readFileSync(join(folder, name), 'utf8'), roots)]
      } catch {
        return []
      }
    })
  return {
    tests: found.flatMap(({ tests }) => tests),
    runners: [...new Set(found.flatMap(({ runners }) => runners))],
  }
}

/** TAP among what a command printed, with whatever stands around it. Nothing where there is none. */
export function printedResults(output: string, roots: Roots, runner: RunnerId = 'tap'): Results {
  return isTap(output) ? { tests: tapResults(output, roots, runner), runners: [runner] } : { tests: [], runners: [] }
}

/** One file of results, by its name: `<runner>-<process>.json` or `.tap`, `lines-<process>.jsonl`. */
export function parsed(name: string, text: string, roots: Roots): Results {
  const runner = /^[a-z]+/.exec(name)?.[0] ?? ''
  if (name.endsWith('.jsonl')) return lineResults(text, roots)
  if (name.endsWith('.tap')) return { tests: tapResults(text, roots, runner), runners: [runner as RunnerId] }
  if (runner === 'jest') return { tests: jestResults(JSON.parse(text), roots), runners: ['jest'] }
  if (runner === 'playwright') return { tests: playwrightResults(JSON.parse(text), roots), runners: ['playwright'] }
  return { tests: [], runners: [] }
}

// ---- our own reporters ----------------------------------------------------------------------------------------------

interface Line {
  readonly runner: RunnerId
  readonly name: readonly string[]
  readonly file?: string
  readonly outcome: TestResult['outcome']
  readonly milliseconds?: number
  readonly message?: string
  readonly stack?: string
  readonly expected?: string
  readonly actual?: string
}

function lineResults(text: string, roots: Roots): Results {
  // the last line may have been cut off with its process
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  const lines = whole.filter((line) => line !== '').map((line) => JSON.parse(line) as Line)
  const tests = lines.map((line): TestResult => {
    const { name, file, outcome, milliseconds, message = '', stack = '', expected, actual } = line
    const pair = expected === undefined || actual === undefined ? [] : pairOf(expected, actual)
    return {
      name: nameIn(roots, name),
      ...(file !== undefined && { file: relativeTo(roots, file) }),
      outcome,
      ...(milliseconds !== undefined && { seconds: milliseconds / 1000 }),
      ...(outcome === 'failed' && failure(message, stack, roots, pair)),
    }
  })
  return { tests, runners: [...new Set(lines.map(({ runner }) => runner))] }
}

// ---- Jest -----------------------------------------------------------------------------------------------------------

/** What `jest --json` writes: https://jestjs.io/docs/configuration#testresultsprocessor-string */
interface JestOutput {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
      readonly duration?: number | null
      readonly failureMessages?: readonly string[] | null
    }[]
  }[]
}

const JEST_OUTCOMES: Readonly<Record<string, TestResult['outcome']>> = { passed: 'passed', failed: 'failed' }

function jestResults(output: JestOutput, roots: Roots): TestResult[] {
  return output.testResults.flatMap(({ name, status, message = '', assertionResults }) => {
    const file = relativeTo(roots, name)
    const tests = assertionResults.map((test): TestResult => {
      const outcome = JEST_OUTCOMES[test.status] ?? 'skipped'
      return {
        name: nameIn(roots, [...test.ancestorTitles, test.title]),
        file,
        outcome,
        ...(typeof test.duration === 'number' && { seconds: test.duration / 1000 }),
        ...(outcome === 'failed' && failure((test.failureMessages ?? []).join('\n'), '', roots)),
      }
    })
    const isAccounted = status !== 'failed' || tests.some(({ outcome }) => outcome === 'failed')
    return isAccounted ? tests : [...tests, { name: [], file, outcome: 'failed', ...failure(message, '', roots) }]
  })
}

// ---- Playwright -----------------------------------------------------------------------------------------------------

/** What Playwright's JSON reporter writes: `JSONReport` of playwright/types/testReporter.d.ts. */
interface PlaywrightOutput {
  readonly config: { readonly rootDir: string }
  readonly suites: readonly PlaywrightSuite[]
  readonly errors: readonly PlaywrightError[]
}
interface PlaywrightError {
  readonly message?: string
  readonly stack?: string
  readonly location?: { readonly file: string }
}
interface PlaywrightSuite {
  readonly title: string
  readonly file: string
  readonly specs: readonly {
    readonly title: string
    readonly tests: readonly {
      readonly projectName: string
      readonly status: 'skipped' | 'expected' | 'unexpected' | 'flaky'
      readonly results: readonly { readonly duration: number; readonly error?: PlaywrightError }[]
    }[]
  }[]
  readonly suites?: readonly PlaywrightSuite[]
}

function playwrightResults({ suites, errors, config }: PlaywrightOutput, roots: Roots): TestResult[] {
  const inside = (suite: PlaywrightSuite, above: readonly string[]): TestResult[] => [
    ...suite.specs.flatMap((spec) =>
      spec.tests.map((test): TestResult => {
        const last = test.results.at(-1)
        const outcome = test.status === 'unexpected' ? 'failed' : test.status === 'skipped' ? 'skipped' : 'passed'
        return {
          name: nameIn(roots, [...(test.projectName ? [test.projectName] : []), ...above, spec.title]),
          file: relativeTo(roots, join(config.rootDir, suite.file)),
          outcome,
          ...(last && { seconds: last.duration / 1000 }),
          ...(outcome === 'failed' && failure(last?.error?.message ?? '', last?.error?.stack ?? '', roots)),
        }
      }),
    ),
    ...(suite.suites ?? []).flatMap((inner) => inside(inner, [...above, inner.title])),
  ]
  return [
    ...suites.flatMap((suite) => inside(suite, [])),
    ...errors.map(
      ({ message = '', stack = '', location }): TestResult => ({
        name: [],
        ...(location && { file: relativeTo(roots, location.file) }),
        outcome: 'failed',
        ...failure(message, stack, roots),
      }),
    ),
  ]
}
