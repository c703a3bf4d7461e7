import {
  type Draft,
  defineChange,
  isCall,
  isMember,
  type JavaScriptFile,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
} from '#kit'
import { isConditional } from './applications/holder.ts'
import { App, HTTP_METHODS, Route, Router } from './provider.ts'
import { isCompared, literalsOf, textEvidence } from './text/literals.ts'

/** `bind` is a method of HTTP, and of every function. */
const VERBS = [...HTTP_METHODS.filter((name) => name !== 'bind'), 'all']
const OLD_MESSAGE = /requires (?:a )?callback functions?\b.{0,4}but got an? ?/

export default defineChange({
  title: 'A route without handlers is no longer accepted',
  why: '`router.get(path)`, `app.post(path, [])` and `route.all()` did nothing in Express 4. Express 5 throws "argument handler is required" while the program starts; what comes from a list that may be empty throws only where it is.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/pillarjs/router/blob/master/lib/route.js',
  fixable: 'never',

  format: 'javascript',
  mentions: [new RegExp(`\\.\\s*(?:${VERBS.join('|')})\\s*\\(`), OLD_MESSAGE],
  *find(file) {
    for (const use of file.calls([App, Router, Route], ...VERBS)) {
      const draft = judge(file, use)
      if (draft) yield draft
    }
    yield* oldMessages(file)
  },
})

/** The message of Express 4 in a test of a file that loads Express. */
function* oldMessages(file: JavaScriptFile): Iterable<Draft> {
  const own = file.module.mentions.find(({ specifier }) => specifier === 'express')
  if (!own) return
  for (const literal of literalsOf(file)) {
    if (!OLD_MESSAGE.test(literal.text) || !isCompared(literal.node)) continue
    const message = 'the message is now `argument handler must be a function`'
    yield { at: literal.node, message, evidence: textEvidence(file, literal) }
  }
}

function judge(file: JavaScriptFile, use: MemberCall): Draft | undefined {
  const handlers = use.kind === Route ? use.arguments : use.arguments.slice(1)
  const [path] = use.arguments
  if (use.kind !== Route && (!path || path.type === 'SpreadElement')) return undefined
  // with nothing but a path, `app.get` reads a setting
  const isSetting = handlers.every(({ type }) => type === 'SpreadElement')
  if (use.kind === App && use.name === 'get' && isSetting) return undefined
  const lists = handlers.map((handler) => listed(file, handler))
  if (lists.some((list) => list === undefined)) return undefined
  const isEmpty = lists.every((list) => list === 'empty')
  return {
    at: use.property,
    message: isEmpty
      ? 'a route without handlers throws now: remove it, or give it a handler'
      : 'if this list is empty, the route throws now: register it only where there are handlers',
    evidence: use,
  }
}

/** Whether a handler is a list that is empty, or empty unless a condition holds; undefined for anything else. */
function listed(file: JavaScriptFile, handler: Node): 'empty' | 'maybe' | undefined {
  const node = handler.type === 'SpreadElement' ? (handler.argument as Node) : handler
  const values = file.known(node).alternatives
  const found = values.map((v) => (v.is === 'array' && v.module === file.module ? judgeList(file, v.node) : undefined))
  if (found.length === 0 || found.includes(undefined)) return undefined
  return found.every((one) => one === 'empty') ? 'empty' : 'maybe'
}

function judgeList(file: JavaScriptFile, list: Node): 'empty' | 'maybe' | undefined {
  if (list.type !== 'ArrayExpression') return undefined
  const parts = list.elements.map((element) =>
    element?.type === 'SpreadElement' ? listed(file, element as unknown as Node) : undefined,
  )
  if (parts.includes(undefined)) return undefined
  const filled = fills(file, list)
  if (filled === 'always') return undefined
  return filled === 'never' && parts.every((part) => part === 'empty') ? 'empty' : 'maybe'
}

/** Whether something is put into the list that a name holds. */
function fills(file: JavaScriptFile, list: Node): 'never' | 'sometimes' | 'always' {
  const declarator = parentOf(list)
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') return 'never'
  const binding = file.module.scopes.lookup(declarator.id.name, declarator.id as Node)
  const uses = (binding ? file.module.references(binding) : []).filter((reference) => !isRead(reference))
  if (uses.length === 0) return 'never'
  const areConditional = uses.every((reference) => isPush(reference) && isConditional(reference, list))
  return areConditional ? 'sometimes' : 'always'
}

function isPush(reference: Node): boolean {
  const member = parentOf(reference)
  const call = member && parentOf(member)
  return (
    isMember(member) &&
    /^(?:push|unshift)$/.test(memberName(member) ?? '') &&
    isCall(call, false) &&
    call.callee === member
  )
}

/** True where a list is only read: chosen, spread, or given to a method that takes handlers. */
function isRead(reference: Node): boolean {
  const parent = parentOf(reference)
  if (/^(?:ConditionalExpression|LogicalExpression|IfStatement)$/.test(parent?.type ?? '')) return true
  if (parent?.type === 'SpreadElement' && parentOf(parent)?.type === 'ArrayExpression') return true
  const call = parent?.type === 'SpreadElement' ? parentOf(parent) : parent
  return isCall(call, false) && isMember(call.callee) && VERBS.includes(memberName(call.callee) ?? '')
}
