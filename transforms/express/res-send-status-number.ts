import {
  argumentsOf,
  defineChange,
  fix,
  isMember,
  type JavaScriptFile,
  type MemberCall,
  memberName,
  type Node,
  type Range,
  replace,
} from '#kit'
import { Response } from './provider.ts'
import { setsContentType } from './responses/content-type.ts'
import { isPure } from './responses/evaluation.ts'
import {
  hasPhrase,
  isConstantName,
  isNamedLikeStatus,
  isValidStatus,
  type Status,
  statusOf,
} from './responses/status.ts'

export default defineChange({
  title: '`res.send(status)` no longer sets the status',
  why: 'Express 4 took a number for the status and answered with its phrase. Express 5 sends the number as the body with status 200, so `res.send(401)` in a guard lets a failure look like a success.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#ressendstatus',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bsend\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['send'],
  *find(file) {
    for (const use of file.calls([Response], 'send')) {
      const [argument] = use.arguments
      if (!argument || use.arguments.length !== 1) continue
      const status = statusOf(file, argument)
      if (status.is === 'number') {
        if (!isValidStatus(status.values)) continue
        yield {
          at: use.property,
          message: 'a number is sent as the body now; `sendStatus` sets the status',
          evidence: use,
          ...rewrite(file, use, argument, status),
        }
      } else if (status.is === 'maybe' || (status.is === 'unknown' && isNamedLikeStatus(argument))) {
        const text = file.source(argument)
        yield {
          at: use.property,
          message: `if \`${text}\` can be a number, it was the status and is the body now; use \`sendStatus\` for it`,
          evidence: use,
          notes: eitherWay(file.source(use.node.object), argument, text),
        }
      } else if (status.is === 'unknown')
        file.undecided(use, 'its argument is not known to be a number or not; a number would be sent as the body now')
    }
  },
})

function rewrite(file: JavaScriptFile, use: MemberCall, argument: Node, status: Status & { is: 'number' }) {
  const notes: string[] = []
  if (setsContentType(file, use))
    notes.push('a Content-Type was set before: Express 4 kept it, `sendStatus` answers with text/plain')
  if (status.exact && !hasPhrase(status.values))
    notes.push(
      'the code has no standard phrase: Express 4 answered with an empty body, `sendStatus` answers with the number',
    )
  if (!status.exact && !isConstantName(argument) && !isNamedLikeStatus(argument))
    notes.push('Express 4 took this number for the status; where it is meant as the body, send it as a string')
  const before = ignoredStatus(use)
  if (before && !argumentsOf(before).every(isPure))
    notes.push('Express 4 ignored the status that is set before; Express 5 throws if it is none')
  const applicability = notes.length > 0 ? 'review' : 'safe'
  if (!status.exact) notes.push('Express 5 throws for a status that is not an integer from 100 to 999')
  const quote = file.source(use.property)[0]!
  const name = use.property.type === 'Identifier' ? 'sendStatus' : `${quote}sendStatus${quote}`
  const edits = [...droppedStatus(file, before), replace(use.property, name)]
  return { fix: fix(applicability, `Use \`sendStatus(${file.source(argument)})\``, ...edits), notes }
}

/** In `res.status(500).send(404)` Express 4 answered 404: the call of `status`. */
function ignoredStatus(use: MemberCall) {
  const before = use.object
  if (before.type !== 'CallExpression' || before.callee.type !== 'MemberExpression') return undefined
  return memberName(before.callee as Node & { type: 'MemberExpression' }) === 'status' ? before : undefined
}

/** Takes `.status(500)` out, unless it does something or holds a comment. */
function droppedStatus(file: JavaScriptFile, before: ReturnType<typeof ignoredStatus>) {
  if (!before || !isMember(before.callee) || !argumentsOf(before).every(isPure)) return []
  const { object, property } = before.callee
  // from the dot on, with the blanks before it: the object may stand in parentheses
  const dot = file.text.lastIndexOf('.', property.start!)
  const range: Range = { start: file.text.slice(0, dot).trimEnd().length, end: before.end }
  const holdsComment = file.module.comments.some(({ start, end }) => start! >= object.end! && end! <= range.end)
  return holdsComment ? [] : [replace(range, '')]
}

/** What to write for a value that can be a number and something else. */
function eitherWay(response: string, argument: Node, text: string): string[] {
  if (argument.type !== 'Identifier' && !isMember(argument)) return []
  return [
    `where it can be both: typeof ${text} === 'number' ? ${response}.sendStatus(${text}) : ${response}.send(${text})`,
  ]
}
