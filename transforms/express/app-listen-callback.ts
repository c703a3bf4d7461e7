import {
  defineChange,
  type FunctionNode,
  fix,
  isFunction,
  type JavaScriptFile,
  type MemberCall,
  type Node,
  parentOf,
  plainParameter,
  replace,
  unwrap,
} from '#kit'
import { guard } from './applications/guard.ts'
import { hasErrorListener, listenArgument } from './applications/listener.ts'
import { quoteOf } from './handlers/layout.ts'
import { App } from './provider.ts'

export default defineChange({
  title: 'The callback of `app.listen()` is also called with errors',
  why: 'In Express 4 the callback ran only when the server was listening, and a port in use crashed the process. Express 5 hands the error to the callback: one that takes no parameter says "listening" and the process ends as if all was well.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#applisten',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\blisten\b/],
  names: ['listen'],
  *find(file) {
    for (const use of file.calls([App], 'listen')) {
      const callback = use.arguments.at(-1)
      if (!callback) continue
      const inner = unwrap(callback)
      const draft = { at: use.property, evidence: use }
      if (isFunction(inner)) {
        if (inner.params.length > 0 && looksAtError(file, inner)) continue
        const message = 'the callback is also called with an error; look at its first parameter'
        yield { ...draft, message, ...(inner.params.length > 0 ? {} : inlineCallback(file, use, inner, callback)) }
        continue
      }
      const is = callback.type === 'SpreadElement' ? 'unknown' : listenArgument(file, use, inner)
      if (is === 'callback') {
        const message = 'the callback is also called with an error; listen for the event instead'
        yield { ...draft, message, ...onListening(file, use, callback) }
      } else if (is === 'unknown') {
        const message = `if \`${file.source(inner).slice(0, 60)}\` is a function, it is also called with errors`
        yield { ...draft, message }
      }
    }
  },
})

/** True if a callback that takes a parameter does something with it. */
function looksAtError(file: JavaScriptFile, fn: FunctionNode): boolean {
  const plain = plainParameter(fn.params[0] as Node)
  const binding = plain && file.module.scopes.lookup(plain.name, plain)
  return !binding || file.module.references(binding).length > 0
}

/** `app.listen(port, cb)` → `app.listen(port).once('listening', cb)`: what Express 4 did, and it returns the server too. */
function onListening(file: JavaScriptFile, use: MemberCall, callback: Node) {
  const before = use.arguments.at(-2)
  const from = before ? before.end : callback.start
  if (/\/[/*]|\)/.test(file.text.slice(from, callback.start)))
    return { notes: ["a comment stands in front of the callback; write `.listen(…).once('listening', …)`"] }
  const quote = quoteOf(file.module)
  const edit = replace({ start: from, end: callback.start }, `).once(${quote}listening${quote}, `)
  return { fix: fix('safe', 'Call it on the listening event only', edit) }
}

/**
 * A callback written in place. Where nobody keeps the server, it throws the error itself; where a listener for errors is
 * seen, it leaves the error to that; else, and for what is no plain function, only the event is exactly what it was.
 */
function inlineCallback(file: JavaScriptFile, use: MemberCall, fn: FunctionNode, callback: Node) {
  const isHandled = hasErrorListener(file, use.call)
  const isKept = parentOf(use.call)?.type !== 'ExpressionStatement'
  if (fn.async || fn.generator || callback !== fn || (isKept && !isHandled)) return onListening(file, use, callback)
  const edits = guard(file, fn, isHandled ? 'return' : 'throw')
  if (!edits) return onListening(file, use, callback)
  const title = isHandled ? 'Return early: the listener for errors deals with it' : 'Throw the error, as Express 4 did'
  return { fix: fix('safe', title, ...edits) }
}
