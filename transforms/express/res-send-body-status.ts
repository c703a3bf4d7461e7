import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node } from '#kit'
import { Response } from './provider.ts'
import { statusFirst } from './responses/arguments.ts'
import { isPure, isValidStatus, readsStatus, type Status, statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.send(status, body)` and `res.send(body, status)` were removed',
  why: 'Express 5 looks at the first argument only: `res.send(404, "x")` answers 200 with the body `404`, and `res.send("x", 404)` answers 200 with the body `x`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#res.send.body',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bsend['"`\]]*\s*\(\s*[^)\s]/],
  names: ['send'],
  *find(file) {
    for (const use of file.calls([Response], 'send')) {
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

/** As Express 4 decided: (body, status) only when the first is not a number and the second is, else (status, body). */
function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [first, second] = use.arguments as readonly [Node, Node]
  const a = statusOf(file, first)
  const b = statusOf(file, second)
  if (a.is === 'number') return withStatus(file, use, 0, a, 'safe')
  if (b.is === 'number') {
    if (a.is === 'other' || a.is === 'numeric-string')
      return swapped(file, use, b, readsStatus(file, first) ? 'review' : 'safe')
    return swapped(
      file,
      use,
      b,
      'review',
      'if the first argument can be a number, Express 4 took that one for the status',
    )
  }
  // the second is no number for certain: the first is the status, whatever it is
  if (b.is === 'other') {
    if (a.is === 'numeric-string') return withStatus(file, use, 0, a, 'safe', String(a.value))
    const text = a.is === 'other' && a.type === 'string' ? `Number(${file.source(first)})` : undefined
    const note = 'Express 5 throws for a status that is not an integer from 100 to 999; Express 4 also took strings'
    return { ...withStatus(file, use, 0, a, 'review', text), notes: [note] }
  }
  return {}
}

function withStatus(
  file: JavaScriptFile,
  use: MemberCall,
  at: 0 | 1,
  status: Status,
  applicability: 'safe' | 'review',
  text?: string,
) {
  if (status.is === 'number' && !isValidStatus(status.values)) return {}
  const edits = statusFirst(file, use, at, text)
  return edits ? { fix: fix(applicability, 'Set the status, then send the body', ...edits) } : {}
}

function swapped(
  file: JavaScriptFile,
  use: MemberCall,
  status: Status,
  applicability: 'safe' | 'review',
  note?: string,
) {
  if (!use.arguments.some(isPure)) return { notes: ['both arguments have side effects, and their order would change'] }
  return { ...withStatus(file, use, 1, status, applicability), ...(note ? { notes: [note] } : {}) }
}
