import {
  type DraftFix,
  defineChange,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { isHarmless } from './handlers/expressions.ts'
import { hasComment } from './handlers/layout.ts'
import { App, Express, Router } from './provider.ts'
import { removeStatement } from './removals/statement.ts'

export default defineChange({
  title: '`express.query()` was removed',
  why: 'Every application reads the query string by itself, in Express 4 too, before any other middleware: the call did nothing, whatever its options. It now throws "express.query is not a function" while the application starts.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/expressjs/express/blob/master/History.md',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bquery\b/],
  *find(file) {
    for (const use of file.members([Express], 'query')) {
      const removal = use.call && removalOf(file, use as MemberCall)
      yield {
        at: use.property,
        message: '`express.query` is gone; the application reads the query string by itself',
        evidence: use,
        ...(removal
          ? { fix: removal, ...(use.arguments.length > 0 ? { notes: [OPTIONS] } : {}) }
          : { notes: ['it is not plain middleware of an application or a router here'] }),
      }
    }
    for (const use of file.destructured([Express], 'query'))
      yield { at: use.property, message: '`query` is taken out of Express, but is gone', evidence: use }
  },
})

const OPTIONS =
  "its options had no effect in Express 4, where the application's own parser ran first; to have them, set the 'query parser'"

/** `app.use(express.query())` goes as a whole; of several handlers, or of a chain, only this one. */
function removalOf(file: JavaScriptFile, { call, arguments: options }: MemberCall): DraftFix | undefined {
  const use = parentOf(call)
  if (!options.every(isHarmless) || !isCall(use, false)) return undefined
  const callee = unwrap(use.callee)
  if (!isMember(callee) || memberName(callee) !== 'use' || !file.evidence(callee.object, [App, Router]))
    return undefined
  const title = 'Remove the middleware'
  const all = use.arguments as unknown as readonly Node[]
  const handlers = all.filter((argument, index) => index > 0 || !isPath(file, argument))
  if (handlers.length > 1) {
    const index = all.indexOf(call)
    const next = all[index + 1]
    const range = next ? { start: call.start, end: next.start } : { start: all[index - 1]!.end, end: call.end }
    return hasComment(file, range) ? undefined : fix('safe', title, replace(range, ''))
  }
  const statement = parentOf(use)
  const isChained = isCall(unwrap(callee.object), false)
  if (statement?.type === 'ExpressionStatement' && !isChained) {
    const edit = removeStatement(file, statement)
    return edit && fix('safe', title, edit)
  }
  const link = { start: (callee.object as Node).end, end: use.end }
  return hasComment(file, link) ? undefined : fix('safe', title, replace(link, ''))
}

function isPath(file: JavaScriptFile, argument: Node): boolean {
  return (
    /^(?:StringLiteral|TemplateLiteral|RegExpLiteral)$/.test(argument.type) || file.known(argument).type === 'string'
  )
}
