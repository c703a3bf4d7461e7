import type { Report } from '../model/report.ts'
import type { TestRun } from '../model/verification.ts'
import { cleanLine } from './clean.ts'
import { VERDICTS } from './wording.ts'

/** What every report says about the project's tests, as foreign text that is not yet escaped for any format. */
export interface TestFacts {
  /** One line: the verdict and its reason, or why there is none. */
  readonly line: string
  readonly failed: readonly string[]
  /** One sentence for each change that is to blame. */
  readonly blame: readonly string[]
  /** The last lines of the run that failed, or of the installation that did; empty where all is well. */
  readonly tail: readonly string[]
}

/** The facts of a report about installation and tests. */
export function testFacts(report: Report): TestFacts {
  const { verification, installation, mode } = report
  const installed = installation !== undefined && installation.exit !== 0 ? installation.tail : []
  if (!verification) {
    const wrote = mode === 'apply' && report.findings.some(({ outcome }) => outcome === 'written')
    const line = wrote ? 'not run; run them before you merge' : 'not run: nothing was written'
    return { line, failed: [], blame: [], tail: plain(installed) }
  }
  const { verdict, reason, before, after, blame } = verification
  const failing = after && after.exit !== 0 ? after : before && before.exit !== 0 ? before : undefined
  return {
    line: `${VERDICTS[verdict]}. ${reason}`,
    failed: failing?.failed ?? [],
    blame: blame.map((id) => `without \`${id}\` the tests are green`),
    tail: plain([...installed, ...(failing?.tail ?? [])]),
  }
}

/** A run in words: "green", "red (exit code 1)", "stopped at its time limit". */
export function exitWords(exit: TestRun['exit']): string {
  if (typeof exit === 'number') return exit === 0 ? 'green' : `red (exit code ${exit})`
  return { timeout: 'stopped at its time limit', interrupted: 'interrupted', 'not-started': 'could not be started' }[
    exit
  ]
}

/** Lines of a command's output without their colours, safe to print. */
function plain(lines: readonly string[]): readonly string[] {
  return lines.map((line) => cleanLine(line.replace(/\u001b\[[0-9;]*m/g, '').trimEnd()))
}
