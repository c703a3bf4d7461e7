import {
  argumentsOf,
  defineChange,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  replace,
  unwrap,
} from '#kit'
import { Response } from './provider.ts'
import { hasPhrase, isNamedLikeStatus, isPure, isValidStatus, statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.send(status)` no longer sets the status',
  why: 'Express 4 took a number for the status and answered with its phrase. Express 5 sends the number as the body with status 200, so `res.send(401)` in a guard lets a failure look like a success.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#res.send.status',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bsend['"`\]]*\s*\(\s*[^)\s]/],
  names: ['send'],
  *find(file) {
    for (const use of file.calls([Response], 'send')) {
      const [argument] = use.arguments
      if (!argument || use.arguments.length !== 1 || argument.type === 'SpreadElement') continue
      const status = statusOf(file, argument)
      if (status.is === 'number') {
        if (!isValidStatus(status.values)) continue
        yield {
          at: use.property,
          message: 'a number is sent as the body now; `sendStatus` sets the status',
          evidence: use,
          ...rewrite(file, use, argument, status),
        }
      } else if (status.is === 'maybe' || (status.is === 'unknown' && isNamedLikeStatus(argument)))
        yield {
          at: use.property,
          message: `if \`${file.source(argument)}\` can be a number, it was the status and is the body now; use \`sendStatus\` for it`,
          evidence: use,
        }
      else if (status.is === 'unknown')
        file.undecided(use, 'its argument is not known to be a number or not; a number would be sent as the body now')
    }
  },
})

function rewrite(
  file: JavaScriptFile,
  use: MemberCall,
  argument: Node,
  status: { values: readonly number[]; exact: boolean },
) {
  const notes: string[] = []
  const chain = droppedStatus(use)
  if (chain === 'impure')
    return {
      notes: [
        'the status set before is computed by something with side effects; Express 4 ran it and ignored its result',
      ],
    }
  if (setsType(file, use))
    notes.push('a Content-Type was set before: Express 4 kept it, `sendStatus` answers with text/plain')
  if (!status.exact) notes.push('the value is a number, but not known: Express 5 throws for codes outside 100 to 999')
  if (status.exact && !hasPhrase(status.values))
    notes.push(
      'the code has no standard phrase: Express 4 answered with an empty body, `sendStatus` answers with the number',
    )
  const review = setsType(file, use) || (status.exact && !hasPhrase(status.values))
  const token = use.property.type === 'Identifier' ? 'sendStatus' : `'sendStatus'`
  const edits = [...(chain ? [replace(chain, '')] : []), replace(use.property, token)]
  return { fix: fix(review ? 'review' : 'safe', `Use \`sendStatus(${file.source(argument)})\``, ...edits), notes }
}

/** In `res.status(500).send(404)` Express 4 answered 404: the range of `.status(500)`. */
function droppedStatus(use: MemberCall): { start: number; end: number } | 'impure' | undefined {
  const before = use.object
  if (!isCall(before, false)) return undefined
  const callee = unwrap(before.callee)
  if (!isMember(callee) || memberName(callee) !== 'status') return undefined
  if (!argumentsOf(before).every(isPure)) return 'impure'
  return { start: (callee.object as Node).end, end: before.end }
}

/** True if something before in the same chain or file region may have set a Content-Type on this response. */
function setsType(file: JavaScriptFile, use: MemberCall): boolean {
  const sets = (call: Node): boolean => {
    if (!isCall(call, false)) return false
    const callee = unwrap(call.callee)
    if (!isMember(callee)) return false
    const name = memberName(callee)
    if (name === 'type' || name === 'contentType' || name === 'attachment') return true
    const header = literalText(argumentsOf(call)[0])
    if (name === 'set' || name === 'header' || name === 'setHeader' || name === 'append')
      return header === undefined || header.toLowerCase() === 'content-type'
    return false
  }
  let base = use.object
  while (isCall(base, false) && isMember(unwrap(base.callee))) {
    if (sets(base)) return true
    base = unwrap((unwrap(base.callee) as unknown as { object: Node }).object)
  }
  if (base.type !== 'Identifier') return false
  const binding = file.module.binding(base)
  if (!binding) return false
  return file.module.calls.some((call) => {
    if (call.start >= use.node.start || !sets(call)) return false
    const callee = unwrap(call.callee)
    const object = isMember(callee) ? unwrap(callee.object) : undefined
    return object?.type === 'Identifier' && file.module.binding(object) === binding
  })
}
