import {
  children,
  contains,
  defineChange,
  type FunctionNode,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { App, Response } from './provider.ts'

export default defineChange({
  title: 'The callback of `render()` is called later, and what it throws ends the process',
  why: 'Express 4 called it at once when the engine is synchronous (EJS, Pug, Handlebars); Express 5 always calls it in the next tick. A variable that the callback sets is still unset in the line after `render()`, and an exception in the callback, which the router answered with 500, is uncaught now: it was measured to end the process.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resrender',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\brender\b/],
  names: ['render'],
  *find(file) {
    for (const use of file.calls([App, Response], 'render')) {
      const callback = use.arguments
        .slice(1)
        .map((argument) => unwrap(argument))
        .find(isFunction)
      if (!callback) continue
      for (const at of setAndRead(file, callback, use.call))
        yield {
          at,
          message: 'the callback of `render` runs in the next tick, after this is read; go on inside of it',
          evidence: use,
        }
      const throwing = throwsIn(callback)
      if (throwing)
        yield {
          at: throwing,
          message: 'what is thrown in the callback of `render` ends the process now; give it to `next`',
          evidence: use,
        }
    }
  },
})

/** The variables from outside that a callback sets, and that are read behind the call in the same function. */
function setAndRead(file: JavaScriptFile, callback: FunctionNode, call: Node): Node[] {
  const around = functionAround(call)
  return inside(callback).flatMap((node) => {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'Identifier') return []
    const target = node.left as Node & { type: 'Identifier' }
    const binding = file.module.binding(target)
    if (!binding || binding.identifiers.some((id) => contains(callback, id))) return []
    const isRead = file.module
      .references(binding)
      .some(
        (one) =>
          one.start > call.end && functionAround(one) === around && parentOf(one)?.type !== 'AssignmentExpression',
      )
    return isRead ? [node] : []
  })
}

/** Everything in a function but what inner functions do. */
function inside(fn: FunctionNode): Node[] {
  const found: Node[] = []
  const waiting = children(fn)
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    found.push(node)
    if (!isFunction(node)) waiting.push(...children(node))
  }
  return found.sort((a, b) => a.start - b.start)
}

/** The first thing in a callback that throws, or may: outside of any `try`. */
function throwsIn(callback: FunctionNode): Node | undefined {
  return inside(callback).find((node) => {
    const isParse =
      isCall(node, false) &&
      isMember(node.callee) &&
      memberName(node.callee) === 'parse' &&
      node.callee.object.type === 'Identifier' &&
      node.callee.object.name === 'JSON'
    return (node.type === 'ThrowStatement' || isParse) && !isTried(node, callback)
  })
}

function isTried(node: Node, fn: Node): boolean {
  for (let child = node, up = parentOf(node); up && child !== fn; child = up, up = parentOf(up))
    if (up.type === 'TryStatement' && up.block === child && up.handler) return true
  return false
}

function functionAround(node: Node): Node | undefined {
  for (let at = parentOf(node); at; at = parentOf(at)) if (isFunction(at)) return at
  return undefined
}
