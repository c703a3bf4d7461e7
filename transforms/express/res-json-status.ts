import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node } from '#kit'
import { Response } from './provider.ts'
import { statusFirst } from './responses/arguments.ts'
import { REORDERING_NOTES, reordering, statusBeforeBody } from './responses/evaluation.ts'
import { isValidStatus, type Status, statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.json(status, body)` and `res.json(body, status)` were removed',
  why: 'Express 5 looks at the first argument only: `res.json({}, 201)` answers 200, and `res.json(404, {})` answers 200 with the body `404`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#res.json',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bjson\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['json'],
  *find(file) {
    for (const use of file.calls([Response], 'json')) {
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
  },
})

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
