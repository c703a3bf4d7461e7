import type { Report } from '../model/report.ts'
import {
  type Blame,
  type Culprit,
  type TestResult,
  type TestRun,
  testTitle,
  type Verification,
} from '../model/verification.ts'
import { cleanLine } from './clean.ts'
import { number, plural } from './style.ts'
import { VERDICTS } from './wording.ts'

/** A test that a person has to know of. */
export interface NotedTest {
  /** `failing`: that is all that is known. */
  readonly kind: 'newly failing' | 'flaky' | 'did not run again' | 'failing before too' | 'failing'
  readonly name: string
  /** What the runner said, as lines; empty where it said nothing. */
  readonly message: readonly string[]
  /** The nearest place of the project on the stack, else its file: `src/a.js:42`. */
  readonly place?: string
}

/** What every report says about the project's tests, as foreign text that is not yet escaped for any format. */
export interface TestFacts {
  /** One line: the verdict and its reason, or why there is none. */
  readonly line: string
  /** The newly failing ones first. */
  readonly noted: readonly NotedTest[]
  /** Sentences on who is to blame: a fix, the new version, or nobody so far. */
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
    return { line, noted: [], blame: [], tail: plain(installed) }
  }
  const failing = failingRun(verification)
  return {
    line: `${VERDICTS[verification.verdict]}. ${verification.reason}`,
    noted: notedTests(verification),
    blame: blameSentences(verification),
    tail: plain([...installed, ...(failing?.tail ?? [])]),
  }
}

/** The run whose failure is shown: the later one. */
export function failingRun({ before, after }: Verification): TestRun | undefined {
  return after && after.exit !== 0 ? after : before && before.exit !== 0 ? before : undefined
}

/** The tests that are not as they were, and those that fail anyway; by name alone where no more is known. */
export function notedTests(verification: Verification): readonly NotedTest[] {
  const { tests } = verification
  if (!tests) {
    const names = failingRun(verification)?.failed ?? []
    return names.map((name) => ({ kind: 'failing', name, message: [] }))
  }
  return [
    ...tests.newlyFailing.map((test) => noted('newly failing', test)),
    ...tests.flaky.map((test) => noted('flaky', test)),
    ...tests.disappeared.map((test) => noted('did not run again', test)),
    ...tests.stillFailing.map((test) => noted('failing before too', test)),
  ]
}

function noted(kind: NotedTest['kind'], test: TestResult): NotedTest {
  const [frame] = test.frames ?? []
  const place = frame ? `${frame.file}:${frame.line}` : test.file
  return { kind, name: testTitle(test), message: messageLines(test), ...(place === undefined ? {} : { place }) }
}

function messageLines({ message, differences = [] }: TestResult): readonly string[] {
  if (message !== undefined && message.trim() !== '') return message.trim().split(/\r\n|\n|\r/)
  return differences.flatMap(({ expected, actual }) => [`expected: ${expected}`, `actual:   ${actual}`])
}

/** Who broke the tests, in sentences: what was found by leaving fixes out, else the changes that are known. */
export function blameSentences({ blame, search }: Verification): readonly string[] {
  if (!search) return blame.map((id) => `without \`${id}\` the tests are green`)
  return [
    search.reason,
    ...search.culprits.map((culprit) => culpritSentence(culprit, search)),
    ...search.suspects.map(
      ({ change, at, message }) =>
        `look at \`${at.file}:${at.line}\` (\`${change}\`), which a failing test runs through: ${message}`,
    ),
  ]
}

function culpritSentence({ change, at, title, tests }: Culprit, { heldBack }: Blame): string {
  const names = tests.slice(0, 3).map((test) => `"${testTitle(test)}"`)
  const more = tests.length > names.length ? ` and ${number(tests.length - names.length)} more` : ''
  const breaks = names.length === 0 ? 'breaks the tests' : `breaks ${names.join(', ')}${more}`
  const state = heldBack ? '; it was taken back' : ''
  return `\`${change}\` at \`${at.file}:${at.line}\` (${title}) ${breaks}${state}`
}

/** A run in words: "green, 412 passed", "red (exit code 1), 409 passed, 3 failed". */
export function runWords({ exit, counts }: Pick<TestRun, 'exit' | 'counts'>): string {
  if (!counts) return exitWords(exit)
  const parts = [
    `${number(counts.passed)} passed`,
    ...(counts.failed > 0 ? [`${number(counts.failed)} failed`] : []),
    ...(counts.skipped > 0 ? [`${number(counts.skipped)} skipped`] : []),
  ]
  return `${exitWords(exit)}, ${parts.join(', ')}`
}

/** A list of what is noted, one line each: "newly failing: cart › adds (src/cart.js:12)". */
export function notedLine({ kind, name, place }: NotedTest): string {
  const start = kind === 'failing' ? '' : `${kind}: `
  return `${start}${name}${place === undefined ? '' : ` (${place})`}`
}

/** How many tests are noted beyond a limit, in words; empty where none are. */
export function moreTests(noted: readonly NotedTest[], limit: number): string {
  return noted.length > limit ? `and ${plural(noted.length - limit, 'more test')}` : ''
}

function exitWords(exit: TestRun['exit']): string {
  if (typeof exit === 'number') return exit === 0 ? 'green' : `red (exit code ${exit})`
  return { timeout: 'stopped at its time limit', interrupted: 'interrupted', 'not-started': 'could not be started' }[
    exit
  ]
}

/** Lines of a command's output without their colours, safe to print. */
function plain(lines: readonly string[]): readonly string[] {
  return lines.map((line) => cleanLine(line.replace(/\u001b\[[0-9;]*m/g, '').trimEnd()))
}
