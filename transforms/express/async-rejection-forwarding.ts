import {
  children,
  contains,
  type Draft,
  defineChange,
  type Evidence,
  enclosingFunction,
  type FunctionNode,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  plainParameter,
  unwrap,
} from '#kit'
import { Next, Request, Response } from './provider.ts'

const ENDS = ['send', 'json', 'jsonp', 'end', 'redirect', 'render', 'sendStatus', 'sendFile', 'download']
const GUARD = 'an error handler that answers needs `if (res.headersSent) return next(err)` first'

export default defineChange({
  title: 'A rejected promise of a handler is handed to `next()`',
  why: 'In Express 4 it was an unhandled rejection, which ends the process, and the request was left open. In Express 5 the error handlers get it, also after the response was sent, a second time where `next` was given to `catch()` and the same promise is returned, and for any returned object with a `then`, which is called.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#rejected-promises-handled-from-middleware-and-handlers',
  fixable: 'never',

  format: 'javascript',
  mentions: ['unhandledRejection', /\bcatch\s*\(\s*next\b/, /\bawait\b/, /['"`]router?['"`]/],
  *find(file) {
    yield* processListeners(file)
    yield* handedOnTwice(file)
    yield* afterTheAnswer(file)
    yield* withAWord(file)
  },
})

/** `Promise.reject('route')`, and `throw 'route'` in an async handler: what was an unhandled rejection skips handlers now. */
function* withAWord(file: JavaScriptFile): Iterable<Draft> {
  const rejections = file.module.calls.flatMap((call) => {
    const callee = unwrap(call.callee as Node)
    const isReject =
      isMember(callee) &&
      memberName(callee) === 'reject' &&
      callee.object.type === 'Identifier' &&
      callee.object.name === 'Promise'
    return isReject ? (call.arguments.slice(0, 1) as Node[]) : []
  })
  const reasons = /\bthrow\b/.test(file.text) ? [...rejections, ...thrownIn(file.module.program)] : rejections
  for (const reason of reasons) {
    const word = literalText(reason)
    if (word !== 'route' && word !== 'router') continue
    const evidence = handlerEvidence(file, reason)
    if (evidence)
      yield {
        at: reason,
        message: `a rejection with '${word}' skips the handlers that are left of this ${word}, as \`next('${word}')\` does`,
        evidence,
      }
  }
}

/** What async functions throw. */
function thrownIn(root: Node): Node[] {
  const found: Node[] = []
  const waiting = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'ThrowStatement' && enclosingFunction(node)?.async) found.push(node.argument as Node)
    waiting.push(...children(node))
  }
  return found.sort((a, b) => a.start - b.start)
}

/** Evidence that one of the functions around a place is a handler. */
function handlerEvidence(file: JavaScriptFile, at: Node): Evidence | undefined {
  for (let fn = enclosingFunction(at); fn; fn = enclosingFunction(fn))
    for (const param of fn.params) {
      const plain = plainParameter(param as Node)
      const found = plain && file.evidence(plain, [Request, Response, Next])
      if (found) return { certainty: found.certainty, steps: found.steps }
    }
  return undefined
}

/** `process.on('unhandledRejection', …)` no longer hears of handlers, in a file that has to do with Express. */
function* processListeners(file: JavaScriptFile): Iterable<Draft> {
  const own = file.module.mentions.find(({ specifier }) => specifier === 'express')
  if (!own) return
  for (const call of file.module.calls) {
    const { callee } = call
    if (!isMember(callee) || callee.object.type !== 'Identifier' || callee.object.name !== 'process') continue
    if (
      !/^(?:on|once|addListener)$/.test(memberName(callee) ?? '') ||
      literalText(call.arguments[0]) !== 'unhandledRejection'
    )
      continue
    yield {
      at: call.arguments[0] as Node,
      message: 'rejected promises of handlers no longer get here: the error handlers of the application have them',
      evidence: {
        certainty: 'inferred',
        steps: [{ what: "the file that loads 'express' listens", at: file.module.locate(own.node.start) }],
      },
    }
  }
}

/** `promise.catch(next); return promise`: `next` is called by both. */
function* handedOnTwice(file: JavaScriptFile): Iterable<Draft> {
  for (const member of file.module.membersNamed('catch')) {
    const call = parentOf(member)
    const fn = enclosingFunction(member)
    if (!isCall(call, false) || call.callee !== member || parentOf(call)?.type !== 'ExpressionStatement' || !fn)
      continue
    const [given] = call.arguments as unknown as readonly Node[]
    const evidence = given && file.evidence(given, [Next])
    if (!evidence || member.object.type !== 'Identifier') continue
    const binding = file.module.binding(member.object)
    const isReturned =
      binding &&
      file.module.references(binding).some((reference) => {
        const statement = parentOf(reference)
        return statement?.type === 'ReturnStatement' && enclosingFunction(statement) === fn
      })
    if (isReturned)
      yield {
        at: given,
        message:
          'the promise is also returned, so `next` gets its error twice: return `promise.catch(next)`, or leave it to Express',
        evidence: { certainty: evidence.certainty, steps: evidence.steps },
      }
  }
}

/** An `await` behind the statement that answers: if it rejects, the error handlers run after the response was sent. */
function* afterTheAnswer(file: JavaScriptFile): Iterable<Draft> {
  const seen = new Set<FunctionNode>()
  for (const use of file.calls([Response], ...ENDS)) {
    const fn = enclosingFunction(use.node)
    const statement = parentOf(outermost(use.call))
    if (!fn?.async || seen.has(fn) || statement?.type !== 'ExpressionStatement') continue
    const later = awaitBehind(statement, fn)
    if (!later) continue
    seen.add(fn)
    yield {
      at: later,
      message: 'if this rejects, the error handlers run although the response was sent',
      evidence: use,
      notes: [GUARD],
    }
  }
}

/** The whole chain that a call is the start of, with an `await` around it. */
function outermost(call: Node): Node {
  let at = call
  for (let up = parentOf(at); up; up = parentOf(at)) {
    const continues =
      (isMember(up) && up.object === at) || (isCall(up, false) && up.callee === at) || up.type === 'AwaitExpression'
    if (!continues) return at
    at = up
  }
  return at
}

/** The first `await` in the statements that certainly follow; undefined where an error is caught or the function is left. */
function awaitBehind(statement: Node, fn: FunctionNode): Node | undefined {
  for (let at = statement, up = parentOf(at); up && at !== fn; at = up, up = parentOf(up)) {
    if (/^(?:For|ForIn|ForOf|While|DoWhile|Switch)Statement$/.test(up.type)) return undefined
    if (up.type !== 'BlockStatement') continue
    const around = parentOf(up)
    if (around?.type === 'TryStatement' && (around.handler || around.block !== up)) return undefined
    const list = up.body as unknown as readonly Node[]
    for (const next of list.slice(list.indexOf(at) + 1)) {
      const found = firstAwait(next)
      if (found) return found
      if (/^(?:Return|Throw|Break|Continue)Statement$/.test(next.type)) return undefined
    }
    if (contains(fn.body, up) && fn.body === up) return undefined
  }
  return undefined
}

function firstAwait(node: Node): Node | undefined {
  if (node.type === 'AwaitExpression') return node
  if (isFunction(node) || node.type === 'TryStatement') return undefined
  for (const child of children(node)) {
    const found = firstAwait(child)
    if (found) return found
  }
  return undefined
}
