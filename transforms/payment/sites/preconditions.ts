/** What must be true before a rollout is ended, whoever asks for it. */
import { type ModelFacts, type PreconditionFacts, type Preconditions, type Settings, UserError } from '#kit'
import type { FacadeStage } from '../facade/types.ts'
import { chosenMap } from '../map/chosen.ts'
import type { PaymentMap } from '../map/types.ts'
import { LOCKS } from './lock.ts'

/**
 * Findings that say that some code still goes past the façade, that an event is not understood, or that an order is sent
 * which only the old version takes.
 */
const BLOCKING: ReadonlySet<string> = new Set([
  'http-call',
  'sdk-import',
  'no-counterpart',
  'unknown-sender',
  'webhook-event',
  'return-parameter',
  'request-field',
])

/** True for a change whose findings have to be put right before the rollout is ended. */
export function isBlocking(change: string): boolean {
  return BLOCKING.has(change)
}

/**
 * How many days all new orders must have gone to the new version, and how many the last payment of the old one must be away:
 * refunds of it may come for so long (https://developer.paypal.com/docs/api/payments/v2/#captures_refund).
 */
export const DAYS = { writes: 14, full: 180 } as const

type End = keyof typeof DAYS

/** What has to be typed where a precondition is not met. */
const PHRASES = {
  writes: 'I know what is still open',
  full: 'I know that payments of the old version can no longer be followed',
} as const

const OPTIONS = { writes: 'at-100-since', full: 'last-old-payment' } as const

/** The preconditions of `payment-cutover`. */
export const preconditions: Preconditions = {
  setting: 'accept-risk',
  phrase: (settings) => PHRASES[endOf(settings)],
  scan(project) {
    if (!isToDo(project)) return undefined
    const { name } = chosenMap(project)
    return { recipe: 'payment-v2', settings: /[./]/.test(name) ? { map: name } : { provider: name } }
  },
  unmet(project) {
    if (!isToDo(project)) return []
    return [...open(project), ...unmetDays(project)]
  },
}

/** What the calls look like afterwards is no matter of safety: `inline` needs what `full` needs. */
function endOf({ stage }: Settings): End {
  return stage === 'writes' ? 'writes' : 'full'
}

/** Whether some façade of the map has not come to the stage yet: where all have, there is nothing to be careful about. */
function isToDo(project: ModelFacts): boolean {
  const order: readonly FacadeStage[] = ['dual', 'writes', 'full']
  const wanted = order.indexOf(endOf(project.settings))
  const { name } = chosenMap(project)
  return project
    .survey(LOCKS)
    .some(([, { map, facade }]) => map === name && order.indexOf(facade.stage ?? 'dual') < wanted)
}

function open({ findings }: PreconditionFacts): string[] {
  return findings
    .filter(({ change, certainty, isIgnored }) => isBlocking(change) && certainty !== 'guessed' && !isIgnored)
    .map(({ file, line, message }) => `${file}:${line} is open: ${message}`)
}

function unmetDays(project: PreconditionFacts): string[] {
  const end = endOf(project.settings)
  if (end === 'full' && servesOldIds(chosenMap(project).map)) return []
  const option = OPTIONS[end]
  const days = DAYS[end]
  const given = project.settings[option]
  if (given === undefined)
    return [
      end === 'writes'
        ? `nobody said since when all new orders have gone to the new version (--${option}); it must be ${days} days`
        : `nobody said when the old version made its last payment (--${option}); refunds of it may come for ${days} days`,
    ]
  const time = dayOf(given, option)
  const past = Math.floor((project.now - time) / 86_400_000)
  if (past < 0) return [`--${option} ${given} has not come yet`]
  return past >= days ? [] : [`--${option} ${given} is ${past} days ago, and it must be ${days}`]
}

/** A map in which no class of ids needs a pin says that the new version goes on with whatever the old one has made. */
function servesOldIds({ ids }: PaymentMap): boolean {
  const classes = Object.values(ids)
  return classes.length > 0 && classes.every(({ pin }) => pin === 'none')
}

function dayOf(text: string, option: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new UserError(`--${option} '${text}' is not a day.`, 'Write one such as 2026-03-01.')
  return time
}
