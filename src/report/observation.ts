import type { Observation, Seen, UnplacedCall } from '../model/observation.ts'
import type { Report, ReportedFinding } from '../model/report.ts'
import { number, plural } from './style.ts'

/** What is known of a finding from running the tests, in a few words. */
export const SEEN: Readonly<Record<Seen, string>> = {
  confirmed: 'seen at run time',
  'not-reached': 'not reached by the tests',
  'only-at-run-time': 'found only at run time',
}

/** Why a call is no finding, and what to do. */
export const UNPLACED: Readonly<Record<UnplacedCall['is'], string>> = {
  package: 'an installed package makes this call: it needs a version that goes with the new one',
  'left-out': 'it stands in a file that was not looked at: look for it there',
  'not-placed': 'it is not known where in the source it stands: look for it',
  unknown: 'no change of the catalogue is about it: look it up, and please report it',
}

/** The label of a finding; none where nothing was watched. */
export function seenWords({ seen }: Pick<ReportedFinding, 'seen'>): readonly string[] {
  return seen === undefined ? [] : [SEEN[seen]]
}

/** What running the tests said, in one or two sentences; undefined where nobody asked. */
export function observationLine({ observation, recipe }: Report): string | undefined {
  if (!observation) return undefined
  const { state, reason, confirmed, notReached, onlyAtRunTime, unplaced } = observation
  if (state === 'not-run' || state === 'not-watched') return reason
  const counts = [
    [confirmed, 'confirmed'],
    [notReached, 'not reached'],
    [onlyAtRunTime, 'found only at run time'],
  ] as const
  const of = counts.filter(([count]) => count > 0).map(([count, words]) => `${number(count)} ${words}`)
  const others = unplaced.length > 0 ? [`${plural(unplaced.length, 'call')} without a place below`] : []
  const nothing = isSilent(observation) ? [`${recipe.provider} called nothing deprecated that the tests ran`] : []
  return `${reason}: ${[...nothing, ...of, ...others].join(', ')}`
}

function isSilent({ confirmed, onlyAtRunTime, unplaced }: Observation): boolean {
  return confirmed + onlyAtRunTime + unplaced.length === 0
}

/** A call without a place, as what was said, where it ran, and what to do. */
export function unplacedWords({ said, at, is, candidates = 0 }: UnplacedCall): {
  readonly said: string
  readonly place?: string
  readonly advice: string
} {
  const known =
    candidates > 0 ? `; it may be ${candidates === 1 ? 'the finding' : 'one of the findings'} of its change` : ''
  return { said, ...(at ? { place: `${at.file}:${at.line}` } : {}), advice: `${UNPLACED[is]}${known}` }
}
