import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node } from '#kit'
import { Response } from './provider.ts'
import { statusFirst } from './responses/arguments.ts'
import { isPure, isValidStatus, readsStatus, statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.json(status, body)` and `res.json(body, status)` were removed',
  why: 'Express 5 looks at the first argument only: `res.json({}, 201)` answers 200, and `res.json(404, {})` answers 200 with the body `404`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#res.json',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bjson['"`\]]*\s*\(\s*[^)\s]/],
  names: ['json'],
  *find(file) {
    for (const use of file.calls([Response], 'json')) {
      if (use.arguments.length !== 2 || use.arguments.some((argument) => argument.type === 'SpreadElement')) continue
      yield {
        at: use.property,
        message: 'only the first argument is looked at now; set the status with `status()`',
        evidence: use,
        ...rewrite(file, use),
      }
    }
  },
})

/** As Express 4 decided: (body, status) when the second is a number, else (status, body). */
function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [first, second] = use.arguments as readonly [Node, Node]
  const a = statusOf(file, first)
  const b = statusOf(file, second)
  if (b.is === 'number') {
    if (!isValidStatus(b.values)) return {}
    if (!isPure(first) && !isPure(second))
      return { notes: ['both arguments have side effects, and their order would change'] }
    return done(file, use, 1, readsStatus(file, first) ? 'review' : 'safe')
  }
  if (a.is !== 'number' || !isValidStatus(a.values)) return {}
  if (b.is === 'other' || b.is === 'numeric-string') return done(file, use, 0, 'safe')
  return {
    ...done(file, use, 0, 'review'),
    notes: ['if the second argument can be a number, Express 4 took that one for the status'],
  }
}

function done(file: JavaScriptFile, use: MemberCall, at: 0 | 1, applicability: 'safe' | 'review') {
  const edits = statusFirst(file, use, at)
  return edits ? { fix: fix(applicability, 'Set the status, then send the body', ...edits) } : {}
}
