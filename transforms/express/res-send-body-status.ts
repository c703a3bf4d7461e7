import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node } from '#kit'
import { Response } from './provider.ts'
import { statusFirst } from './responses/arguments.ts'
import { REORDERING_NOTES, reordering, statusBeforeBody } from './responses/evaluation.ts'
import { isValidStatus, type Status, statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.send(status, body)` and `res.send(body, status)` were removed',
  why: 'Express 5 looks at the first argument only: `res.send(404, "x")` answers 200 with the body `404`, and `res.send("x", 404)` answers 200 with the body `x`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#ressendbody-status',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bsend\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['send'],
  *find(file) {
    for (const use of file.calls([Response], 'send')) {
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

/** As Express 4 decided: (body, status) only when the first is not a number and the second is, else (status, body). */
function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [first, second] = use.arguments as readonly [Node, Node]
  const a = statusOf(file, first)
  const b = statusOf(file, second)
  if (a.is === 'number') return withStatus(file, use, 0, a, [])
  if (b.is === 'number') {
    const isBody = a.is === 'other' || a.is === 'numeric-string'
    return swapped(file, use, b, isBody ? [] : ['if the first argument can be a number, Express 4 took that one'])
  }
  if (b.is === 'other') return withoutNumber(file, use, a)
  // a body for certain, and Express 4 could not have answered if the other one were no number
  if (a.is === 'other' && (a.type !== 'string' || a.constant)) return swapped(file, use, b, [STRICT])
  return { notes: ['whichever argument is a number is the status, the first one if both are'] }
}

const STRICT = 'Express 5 throws for a status that is not an integer from 100 to 999; Express 4 also took strings'

/** Neither is a number: the first is the status, and a string such as '404' worked. */
function withoutNumber(file: JavaScriptFile, use: MemberCall, a: Status) {
  if (a.is === 'numeric-string') {
    const isLiteral = use.arguments[0]!.type === 'StringLiteral'
    return withStatus(file, use, 0, a, [], isLiteral ? String(a.value) : `Number(${file.source(use.arguments[0]!)})`)
  }
  if (a.is !== 'other') return withStatus(file, use, 0, a, [STRICT])
  if (a.type !== 'string' || a.constant) return { notes: ['neither argument is a status; Express 4 could not answer'] }
  return withStatus(file, use, 0, a, [STRICT], `Number(${file.source(use.arguments[0]!)})`)
}

/** The first argument becomes the body, and is evaluated after the status. */
function swapped(file: JavaScriptFile, use: MemberCall, status: Status, doubts: readonly string[]) {
  const order = reordering(file, use.arguments[0]!, use.arguments[1]!)
  if (order === 'effects') return { notes: [REORDERING_NOTES.effects] }
  return withStatus(file, use, 1, status, order === 'same' ? doubts : [...doubts, REORDERING_NOTES.reads])
}

/** A fix that is safe when nothing is in doubt. */
function withStatus(
  file: JavaScriptFile,
  use: MemberCall,
  at: 0 | 1,
  status: Status,
  doubts: readonly string[],
  text?: string,
) {
  if (status.is === 'number' && !isValidStatus(status.values)) return { notes: ['the number is no status'] }
  const edits = statusFirst(file, use, at, text)
  if (!edits) return {}
  const early = statusBeforeBody(file, use, use.arguments[1 - at]!)
  const notes = early ? [...doubts, early] : doubts
  return { fix: fix(notes.length > 0 ? 'review' : 'safe', 'Set the status, then send the body', ...edits), notes }
}
