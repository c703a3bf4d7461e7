/** A version, as in `5.0.0`. */
export type Version = string
/** An absolute https address. */
export type Url = string

/** What happens to code that is left alone. Worst first, because nobody notices a silent one. */
export type Breakage = 'silent' | 'throws' | 'compile' | 'deprecated'

/** Worst first: the order of every report. */
export const BREAKAGES: readonly Breakage[] = ['silent', 'throws', 'compile', 'deprecated']

/** A fact about the outside world. Nothing in it depends on our code. */
export interface BreakingChange {
  /** "`app.del()` was removed": what broke, not the cure. No full stop. */
  readonly title: string
  /** The mechanism, and what goes wrong if nothing is done. One to three sentences. */
  readonly why: string
  /** First version of the provider in which the old code is wrong. */
  readonly since: Version
  /** Later versions with which it goes on: what was allowed in 5 is not in 6. An upgrade over any of them is concerned. */
  readonly again?: readonly Version[]
  readonly breakage: Breakage
  /** The paragraph upstream that says so. */
  readonly source: Url
  /** What the official guide says of it that does not hold, or that it is silent about it. One sentence. */
  readonly guideSays?: string
  /** A claim the fixtures are made to prove. */
  readonly fixable: 'always' | 'sometimes' | 'never'
}

/**
 * A change that files show seldom or never (a new default on the server). Listed in every report, so that "0 findings" is
 * honest; also where something can be looked for, as a test that names the old answer.
 */
export interface Checklist {
  readonly byHand: string
}
