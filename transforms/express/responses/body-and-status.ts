import { type Draft, fix, type JavaScriptFile, type MemberCall, type Node } from '#kit'
import { Response } from '../provider.ts'
import { statusFirst } from './arguments.ts'
import { REORDERING_NOTES, reordering, statusBeforeBody } from './evaluation.ts'
import { isValidStatus, type Status, statusOf } from './status.ts'

/** Every call of `json` or `jsonp` with a status beside the body, which is the rule that both of them had. */
export function* callsWithStatus(file: JavaScriptFile, method: 'json' | 'jsonp'): Iterable<Draft> {
  for (const use of file.calls([Response], method)) {
    if (use.arguments.some((argument) => argument.type === 'SpreadElement'))
      file.undecided(use, 'how many arguments it gets is not known; only the first one is looked at now')
    else if (use.arguments.length === 2)
      yield {
        at: use.property,
        message: 'only the first argument is looked at now; set the status with `status()`',
        evidence: use,
        ...rewrite(file, use),
      }
  }
}

const STRICT = 'Express 5 throws for a status that is not an integer from 100 to 999'

/** As Express 4 decided: (body, status) when the second is a number, else (status, body). */
function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [first, second] = use.arguments as readonly [Node, Node]
  const a = statusOf(file, first)
  const b = statusOf(file, second)
  if (b.is === 'number') return swapped(file, use, b, [])
  if (a.is === 'other') {
    // a body for certain: Express 4 could not have answered if the other one were no number
    if (b.is === 'unknown' || b.is === 'maybe') return swapped(file, use, b, [STRICT])
    return { notes: ['neither argument is a number; Express 4 took the first for the status, and could not answer'] }
  }
  const isBody = b.is === 'other' || b.is === 'numeric-string'
  if (a.is === 'number')
    return done(file, use, 0, a, isBody ? [] : ['if the second argument can be a number, Express 4 took that one'])
  return isBody && a.is !== 'numeric-string'
    ? done(file, use, 0, a, [STRICT])
    : { notes: ['the second argument is the status if it is a number, else the first one is'] }
}

/** The first argument becomes the body, and is evaluated after the status. */
function swapped(file: JavaScriptFile, use: MemberCall, status: Status, doubts: readonly string[]) {
  const order = reordering(file, use.arguments[0]!, use.arguments[1]!)
  if (order === 'effects') return { notes: [REORDERING_NOTES.effects] }
  return done(file, use, 1, status, order === 'same' ? doubts : [...doubts, REORDERING_NOTES.reads])
}

/** A fix that is safe when nothing is in doubt. */
function done(file: JavaScriptFile, use: MemberCall, at: 0 | 1, status: Status, doubts: readonly string[]) {
  if (status.is === 'number' && !isValidStatus(status.values)) return { notes: ['the number is no status'] }
  const edits = statusFirst(file, use, at)
  if (!edits) return {}
  const early = statusBeforeBody(file, use, use.arguments[1 - at]!)
  const notes = early ? [...doubts, early] : doubts
  return { fix: fix(notes.length > 0 ? 'review' : 'safe', 'Set the status, then send the body', ...edits), notes }
}
