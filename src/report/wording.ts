import type { Breakage } from '../model/change.ts'
import type { IgnoreComment, LedgerStatus, Mode, NotLookedAt, Outcome, Report } from '../model/report.ts'
import type { Certainty } from '../model/trust.ts'
import type { Verdict } from '../model/verification.ts'
import type { Style } from './style.ts'

/** Paints a text; the identity where there is no colour. */
export type Paint = (text: string) => string

/** Outcomes in the order of every list. */
export const OUTCOMES: readonly Outcome[] = [
  'written',
  'held-back',
  'by-hand',
  'conflict',
  'not-written',
  'withdrawn',
  'ignored',
]

/** What an outcome is called, given what the run was for. */
export function outcomeLabel(outcome: Outcome, mode: Mode): string {
  if (outcome === 'written') return { apply: 'written', 'dry-run': 'would be written', scan: 'can be written' }[mode]
  return {
    'held-back': 'held back',
    'by-hand': 'by hand',
    conflict: 'in conflict',
    'not-written': 'not written',
    withdrawn: 'taken back',
    ignored: 'ignored',
  }[outcome]
}

/** The colour of an outcome: green is done, yellow is for a person, red is wrong. */
export function outcomePaint(outcome: Outcome, { colour }: Style): Paint {
  if (outcome === 'written') return colour.green
  if (outcome === 'ignored') return colour.dim
  return outcome === 'withdrawn' || outcome === 'not-written' ? colour.red : colour.yellow
}

/** What happens to code that is left alone. */
export const LEFT_ALONE: Readonly<Record<Breakage, string>> = {
  silent: 'left alone, nothing fails: the code runs on and does something else',
  throws: 'left alone, the code throws when it runs',
  compile: 'left alone, the project no longer builds or installs',
  deprecated: 'left alone, it still works, with a warning',
}

/** The colour of a breakage: the worse, the redder. */
export function breakagePaint(breakage: Breakage, { colour }: Style): Paint {
  const paint = { silent: colour.magenta, throws: colour.red, compile: colour.yellow, deprecated: colour.blue }[
    breakage
  ]
  return (text) => colour.bold(paint(text))
}

/** The colour of a certainty. */
export function certaintyPaint(certainty: Certainty, { colour }: Style): Paint {
  return { proven: colour.green, inferred: colour.yellow, guessed: colour.magenta }[certainty]
}

/** True for the report of a codemod: it knows no versions, and nothing of what happens to code that is left alone. */
export function isOfCodemod({ recipe }: Pick<Report, 'recipe'>): boolean {
  return recipe.from === recipe.to
}

/** What a verdict is called. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  'still-green': 'still green',
  'broke-it': 'broken by this upgrade',
  'was-red': 'red before anything was written',
  'no-tests': 'no tests',
  'not-finished': 'not finished',
}

/** The colour of a verdict. */
export function verdictPaint(verdict: Verdict, { colour }: Style): Paint {
  const paint = verdict === 'still-green' ? colour.green : verdict === 'broke-it' ? colour.red : colour.yellow
  return (text) => colour.bold(paint(text))
}

/** What became of a mention of a changed name, with the provider's name where one is meant. */
export function ledgerLabel(status: LedgerStatus, mode: Mode, provider: string): string {
  const labels: Record<LedgerStatus, string> = {
    rewritten: outcomeLabel('written', mode),
    review: 'held back for reading',
    'by-hand': 'by hand',
    'not-written': 'not written',
    unaffected: `${provider}, and not affected`,
    'not-ours': `proven not ${provider}`,
    guessed: 'guessed',
    'comment-or-string': 'in comments or strings',
    generated: 'in generated files',
    unparsable: 'in files that do not parse',
    ignored: 'ignored by a comment',
  }
  return labels[status]
}

/** Statuses of mentions in the order of every list. */
export const LEDGER_ORDER: readonly LedgerStatus[] = [
  'rewritten',
  'review',
  'by-hand',
  'not-written',
  'guessed',
  'unaffected',
  'not-ours',
  'comment-or-string',
  'generated',
  'unparsable',
  'ignored',
]

/** Why a file was not looked at, as a heading. */
export const NOT_LOOKED_AT: Readonly<Record<NotLookedAt['kind'], string>> = {
  ours: 'our bug: a transform failed',
  unparsable: 'does not parse',
  repaired: 'parsed with a repaired syntax error, so nothing is written to it',
  unreadable: 'could not be read',
  encoding: 'not valid UTF-8',
  'too-big': 'too big',
  symlink: 'a link that leaves the project or goes in circles',
  generated: 'generated',
  minified: 'minified',
  binary: 'binary',
}

/** What is wrong with an `upgrade-kit-ignore` comment, and what to do about it. */
export function ignoreProblem({ change, problem }: IgnoreComment): string | undefined {
  if (problem === undefined) return undefined
  return {
    'no-change': 'names no change, so it hides nothing: write `upgrade-kit-ignore <change>: <reason>`',
    'unknown-change': `there is no change \`${change}\`, so it hides nothing: \`upgrade-kit list\` shows all there are`,
    'hides-nothing': `hides no finding of \`${change}\` any more: take it out`,
    'no-reason': `hides \`${change}\` without a reason: write one behind a colon`,
  }[problem]
}
