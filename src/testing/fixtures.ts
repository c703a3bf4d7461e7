import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Catalogue } from '../catalogue/select.ts'
import type { ChangeId, Finding } from '../model/finding.ts'
import { afterPath, type Case, readCases } from './cases.ts'
import { checkCase, checkChange, LAWS, type Problem } from './laws.ts'

/** What is needed of a test runner: vitest's, or any with the same two functions. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown
  test(name: string, run: () => Promise<void> | void): unknown
}

/**
 * Declares a test for every case below `folder`, called `<provider>/<change> <situation>`, and one per change for what
 * its cases have to show together. A private catalogue is tested with:
 *
 * ```ts
 * import { fixtureTests } from 'upgrade-kit/testing'
 * import { describe, test } from 'vitest'
 * import { catalogue } from './transforms/index.ts'
 *
 * fixtureTests({ describe, test }, 'fixtures', catalogue)
 * ```
 *
 * With the environment variable `UPDATE_FIXTURES=1` each `after` is made what is written, before it is compared; marks
 * are never changed. `holds` is called with the findings of every case that obeys the laws: what it throws, because they
 * break a rule of your own, fails the case. Throws an Error for a mark that cannot be read.
 */
export function fixtureTests(
  runner: TestRunner,
  folder: string,
  catalogue: Catalogue,
  holds?: (findings: readonly Finding[]) => void,
): void {
  const cases = readCases(folder)
  const ids = [...new Set([...Object.keys(catalogue.changes), ...cases.map((one) => one.change)])].sort() as ChangeId[]
  for (const id of ids)
    runner.describe(id, () => {
      const change = catalogue.changes[id]
      const own = cases.filter((one) => one.change === id)
      for (const one of change ? own : [])
        runner.test(one.situation, async () => {
          const now = process.env.UPDATE_FIXTURES === '1' ? await updateCase(one, catalogue) : one
          const { verdict, problems, findings } = await checkCase(now, catalogue)
          if (problems.length > 0) fail(explainProblems(`${id}/${one.situation}: ${verdict}`, problems))
          holds?.(findings)
        })
      runner.test('its cases show what it says of itself', () => {
        if (!change) return fail(`there are ${own.length} cases for ${id}, but there is no such change`)
        const problems = checkChange(id, change, own)
        if (problems.length > 0) fail(explainProblems(id, problems))
      })
    })
}

/** Throws without a stack: the place that matters is in the message, and it is no line of this file. */
function fail(message: string): never {
  const error = new Error(message)
  error.stack = message
  throw error
}

/** Problems as a person reads them: under each broken law, what was found where. */
export function explainProblems(title: string, problems: readonly Problem[]): string {
  const laws = [...new Set(problems.map(({ law }) => law))].sort()
  const paragraphs = laws.flatMap((law) => [
    `Law ${law}: ${LAWS[law]}`,
    ...problems
      .filter((problem) => problem.law === law)
      .map(({ verdict, detail }) => indented(`${verdict}  ${detail}`)),
  ])
  return [title, ...paragraphs].join('\n')
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}

/** Makes `after` what is written. A file beside `before.<ext>` has no place to be kept in and is left to law 2. */
async function updateCase(one: Case, catalogue: Catalogue): Promise<Case> {
  const { written } = await checkCase(one, catalogue)
  const provider = catalogue.providers.find(({ id }) => one.change.startsWith(`${id}/`))
  const kept = [...written].filter(
    ([file]) => (one.layout === 'project' || file.startsWith('before.')) && provider?.isGenerated?.(file) !== true,
  )
  for (const file of one.after.keys()) if (!written.has(file)) rmSync(afterPath(one, file))
  for (const [file, text] of kept) {
    mkdirSync(dirname(afterPath(one, file)), { recursive: true })
    writeFileSync(afterPath(one, file), text)
  }
  return { ...one, after: new Map(kept) }
}
