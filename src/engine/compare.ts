import type { NamedChange } from '../catalogue/select.ts'
import type { ChangeId } from '../model/finding.ts'
import type { Difference, TestComparison, TestResult } from '../model/verification.ts'

/** The changes that explain each difference of a failed test; empty if one of them, or the failure itself, stays unexplained. */
export type Symptoms = (test: TestResult) => readonly ChangeId[]

/** What these changes are known to do to the answers that tests expect. */
export function symptomsOf(changes: readonly NamedChange[]): Symptoms {
  const causeOf = (difference: Difference) => changes.find(({ change }) => change.symptom?.(difference))
  return ({ differences = [] }) => {
    const causes = [...new Set(differences.flatMap((difference) => causeOf(difference) ?? []))]
    const isExplained = (difference: Difference) =>
      causeOf(difference) !== undefined || causes.some(({ change }) => change.sideEffect?.(difference))
    return differences.every(isExplained) ? causes.map(({ id }) => id) : []
  }
}

/**
 * Compares two runs test by test. A test is the same if file and names are; of several with one name, the first is the
 * first. `again` are further runs after the first: what failed only once is flaky, not newly failing.
 */
export function compareTests(
  before: readonly TestResult[],
  after: readonly TestResult[],
  again: readonly (readonly TestResult[])[] = [],
  symptoms: Symptoms = () => [],
): TestComparison {
  const old = byKey(before)
  const now = byKey(after)
  const reruns = again.map(byKey)
  const was = (key: string, outcome: TestResult['outcome']) => old.get(key)?.outcome === outcome
  const failing = [...now].filter(([key, test]) => test.outcome === 'failed' && !was(key, 'failed'))
  const isFlaky = (key: string) => reruns.some((run) => run.get(key)?.outcome === 'passed')
  const results = (entries: readonly (readonly [string, TestResult])[]) => entries.map(([, test]) => test)
  const newlyFailing = results(failing.filter(([key]) => !isFlaky(key)))
  return {
    newlyFailing,
    outdated: newlyFailing
      .map((test) => ({ test, changes: symptoms(test) }))
      .filter(({ changes }) => changes.length > 0),
    newlyPassing: results([...now].filter(([key, test]) => test.outcome === 'passed' && was(key, 'failed'))),
    stillFailing: results([...now].filter(([key, test]) => test.outcome === 'failed' && was(key, 'failed'))),
    flaky: results(failing.filter(([key]) => isFlaky(key))),
    disappeared: results(
      [...old].filter(
        ([key, test]) => test.outcome !== 'skipped' && ![now, ...reruns].some((run) => hasRun(run.get(key))),
      ),
    ),
    appeared: [...now.keys()].filter((key) => !old.has(key)).length,
    reruns: again.length,
  }
}

function hasRun(test: TestResult | undefined): boolean {
  return test !== undefined && test.outcome !== 'skipped'
}

/** What tells one test from all others. */
export function testKey({ file, name }: Pick<TestResult, 'file' | 'name'>): string {
  return JSON.stringify([file ?? '', ...name])
}

function byKey(tests: readonly TestResult[]): Map<string, TestResult> {
  const found = new Map<string, TestResult>()
  const seen = new Map<string, number>()
  for (const test of tests) {
    const key = testKey(test)
    const count = seen.get(key) ?? 0
    seen.set(key, count + 1)
    found.set(count === 0 ? key : `${key}#${count}`, test)
  }
  return found
}
