import {
  argumentsOf,
  type Draft,
  defineChange,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { isReplaced, LOST_COMMON, LOST_UNIQUE, privateReads } from './applications/private-layers.ts'
import { renamed } from './handlers/layout.ts'
import { App, Layer, Router } from './provider.ts'
import { removeStatement } from './removals/statement.ts'

const LIST =
  '`app.router.listRoutes()` gives `{ path, methods, router }` of every route, and `router.listRoutes()` of those below'
const FIRST_LAYERS = 'the stack no longer starts with the layers `query` and `expressInit`'
const EARLY =
  '`app.router` is always there: reading it makes the router, which fixes `strict routing` and `case sensitive routing` as they are at that moment'

export default defineChange({
  title: '`app._router` and `app.lazyrouter()` were removed',
  why: 'The router of an application is `app.router`, made when it is first read. Its layers have no `regexp`, `keys`, `path` or `params`, the first two (`query`, `expressInit`) are gone, and the layer of a route is called `handle` instead of `bound dispatch`: code that walks the stack throws, or finds nothing.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#approuter',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['_router', 'lazyrouter', /\bstack\b/],
  names: ['_router', 'lazyrouter'],
  *find(file) {
    const uses = file.members([App], '_router').map((use) => ({ use, judged: judge(file, use) }))
    const isPartial = uses.some(({ judged }) => !judged.fix)
    for (const { use, judged } of uses)
      yield {
        at: use.property,
        message: '`app._router` is gone; the router is `app.router`',
        evidence: use,
        // a test that is true from now on must not guard what is left as it is
        ...(isPartial && isTest(use.node) ? { notes: [EARLY] } : judged),
      }
    for (const use of file.destructured([App], '_router'))
      yield { at: use.property, message: '`_router` is taken out of the application, but is gone', evidence: use }
    for (const use of file.members([App], 'lazyrouter'))
      yield {
        at: use.property,
        message: '`app.lazyrouter()` is gone; `app.router` is made when it is read',
        evidence: use,
        ...lazy(file, use),
      }
    for (const use of file.members([Layer], ...LOST_UNIQUE, ...LOST_COMMON))
      yield { at: use.property, message: `a layer has no \`${use.name}\` any more`, evidence: use, notes: [LIST] }
  },
})

/** True where only the presence of the router is asked for. */
function isTest(node: Node): boolean {
  return /^(?:LogicalExpression|IfStatement|UnaryExpression|ConditionalExpression)$/.test(parentOf(node)?.type ?? '')
}

type Judged = Pick<Draft, 'fix' | 'notes'>

function judge(file: JavaScriptFile, use: MemberUse): Judged {
  if (isReplaced(use.node))
    return { notes: ['the router can no longer be replaced; take its layers out of `app.router.stack`'] }
  const member = parentOf(use.node)
  const name = isMember(member) && member.object === use.node ? memberName(member) : undefined
  if (name === 'handle') return dispatch(file, use, member as Node)
  if (name === 'stack') return stack(file, use, member as Node)
  if (name !== undefined) return Object.hasOwn(Router.shape.members ?? {}, name) ? rename(file, use) : { notes: [LIST] }
  const isRead =
    /^(?:VariableDeclarator|LogicalExpression|IfStatement|UnaryExpression|ConditionalExpression|ReturnStatement)$/
  if (!isRead.test(member?.type ?? '')) return { notes: [LIST] }
  const lost = privateReads(file, [])
  return lost ? { notes: [lost, LIST] } : rename(file, use, 'review', EARLY)
}

function rename(
  file: JavaScriptFile,
  use: MemberUse,
  applicability: 'safe' | 'review' = 'safe',
  note?: string,
): Judged {
  // the types of Express know more of `router` than of `_router`, which was `any`
  const trusted = file.isTypeScript ? 'review' : applicability
  return {
    fix: fix(trusted, 'Rename to `router`', replace(use.property, renamed(file, use.property, 'router'))),
    ...(note ? { notes: [note] } : {}),
  }
}

/** `app._router.handle(req, res, next)` sends a request through the application again; in TypeScript, `app(req, res, next)`. */
function dispatch(file: JavaScriptFile, use: MemberUse, handle: Node): Judged {
  const call = parentOf(handle)
  const object = use.node.object as Node
  const isPlain = isCall(call, false) && call.callee === handle && argumentsOf(call).length >= 3
  if (!isPlain || argumentsOf(call).some(({ type }) => type === 'SpreadElement'))
    return { notes: ['`app.handle(req, res, next)` does the same'] }
  const range = { start: object.end, end: handle.end }
  return { fix: fix('safe', 'Hand the request to the application', replace(range, file.isTypeScript ? '' : '.handle')) }
}

const WALKS = /^(?:forEach|map|flatMap|filter|find|findLast|some|every|reduce)$/
const CHANGES = /^(?:length|push|pop|concat|includes|indexOf|findIndex)$/

/** What is done with `app._router.stack`. */
function stack(file: JavaScriptFile, use: MemberUse, member: Node): Judged {
  const parent = parentOf(member)
  const name = isMember(parent) && parent.object === member ? memberName(parent) : undefined
  const handed = isCall(parent, false) && argumentsOf(parent).includes(member) ? parent : undefined
  const functions = handed ? file.functions(handed.callee) : undefined
  if (functions && (!functions.complete || functions.found.length === 0))
    return { notes: ['the stack is handed to something that is not followed', LIST] }
  const lost = privateReads(file, functions?.found ?? [])
  if (lost) return { notes: [lost, LIST] }
  const isWalked =
    functions || (name && WALKS.test(name)) || parent?.type === 'ForOfStatement' || parent?.type === 'SpreadElement'
  if (isWalked) return rename(file, use)
  const isChanged =
    (name && CHANGES.test(name)) ||
    isReplaced(member) ||
    /^(?:VariableDeclarator|LogicalExpression|IfStatement|AssignmentExpression|ConditionalExpression|ReturnStatement)$/.test(
      parent?.type ?? '',
    )
  return isChanged ? rename(file, use, 'review', FIRST_LAYERS) : { notes: [FIRST_LAYERS, LIST] }
}

/** `app.lazyrouter()` as a statement is not needed any more. */
function lazy(file: JavaScriptFile, use: MemberUse): Judged {
  const statement = use.call && parentOf(use.call)
  const edit = statement?.type === 'ExpressionStatement' ? removeStatement(file, statement) : undefined
  return edit ? { fix: fix('review', 'Remove the call', edit), notes: [EARLY] } : {}
}
