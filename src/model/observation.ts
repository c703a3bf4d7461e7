import type { ChangeId } from './finding.ts'
import type { Location } from './trust.ts'
import type { TestRun } from './verification.ts'

/** What running the project's tests on the old version said about a finding. */
export type Seen =
  /** The tests ran this call, and the old version called it deprecated. */
  | 'confirmed'
  /** The old version would say so, and did not: no test runs this call, or not in the form that breaks. */
  | 'not-reached'
  /** The tests ran it, and reading the source did not find it: a miss of ours. */
  | 'only-at-run-time'

/** A call that the old version called deprecated, and that is no finding. */
export interface UnplacedCall {
  /** What the old version said: "express deprecated res.send(status): Use res.sendStatus(status) instead". */
  readonly said: string
  /** The changes that it is about; empty where the catalogue knows of none. */
  readonly changes: readonly ChangeId[]
  /**
   * `package`: an installed package made the call, and its author has to upgrade it. `left-out`: it stands in a file of
   * the project that was not looked at. `not-placed`: it is not known where in the source it stands. `unknown`: no change
   * of the catalogue is about it.
   */
  readonly is: 'package' | 'left-out' | 'not-placed' | 'unknown'
  /** Where it ran, as far as that is known; for what lies outside of the project an absolute path. */
  readonly at?: Location
  /** In `not-placed`: findings of its changes, one of which it may well be. */
  readonly candidates?: number
}

/** What was seen while the project's tests ran on the old version. */
export interface Observation {
  /** `not-run` and `not-watched`: nothing is known. `in-part`: the tests failed or did not come to their end. */
  readonly state: 'complete' | 'in-part' | 'not-watched' | 'not-run'
  /** One sentence for a person, lower case, no full stop. */
  readonly reason: string
  readonly run?: TestRun
  /** Findings of each kind; `notReached` counts those alone of which the old version can say something. */
  readonly confirmed: number
  readonly notReached: number
  readonly onlyAtRunTime: number
  readonly unplaced: readonly UnplacedCall[]
}
