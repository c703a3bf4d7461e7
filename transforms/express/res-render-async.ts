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
      const given = use.arguments.slice(1).at(-1)
      const { found } = given && given.type !== 'SpreadElement' ? file.functions(given) : { found: [] }
      for (const { module, node: callback } of found) {
        // the line to look at is the one that gives it, where the function stands in another file
        const here = (at: Node) => (module === file.module ? at : (given as Node))
        for (const at of module === file.module ? setAndRead(file, callback, use.call) : [])
          yield {
            at,
            message: 'the callback of `render` runs in the next tick, after this is read; go on inside of it',
            evidence: use,
          }
        const throwing = throwsIn(callback)
        if (throwing)
          yield {
            at: here(throwing),
            message: 'what is thrown in the callback of `render` ends the process now; give it to `next`',
            evidence: use,
          }
        const answer = module === file.module ? answersBehind(file, callback, use.call) : undefined
        if (answer)
          yield {
            at: answer,
            message:
              'the response is answered before the callback of `render` runs; when it answers too, what that throws ends the process',
            evidence: use,
          }
      }
    }
  },
})

/** What a callback sets outside of itself, by `=` or by filling a list, where that is read behind the call. */
function setAndRead(file: JavaScriptFile, callback: FunctionNode, call: Node): Node[] {
  const around = functionsAround(call)
  return inside(callback).flatMap((node) => {
    const target = targetOf(node)
    const binding = target && file.module.binding(target)
    if (!binding || binding.identifiers.some((id) => contains(callback, id))) return []
    const isRead = file.module.references(binding).some((one) => {
      const parent = parentOf(one)
      const isSet = parent?.type === 'AssignmentExpression' && parent.left === one
      return one.start > call.end && !contains(callback, one) && around.includes(functionAround(one)) && !isSet
    })
    return isRead ? [node] : []
  })
}

/** The name that `html = …`, `page.html = …` and `parts.push(…)` put something into. */
function targetOf(node: Node): (Node & { type: 'Identifier' }) | undefined {
  const isFilled =
    isCall(node, false) && isMember(node.callee) && /^(?:push|unshift|set|add)$/.test(memberName(node.callee) ?? '')
  let at: Node | undefined =
    node.type === 'AssignmentExpression' ? (node.left as Node) : isFilled ? (node.callee as Node) : undefined
  if (!at) return undefined
  while (isMember(at)) at = unwrap(at.object)
  return at.type === 'Identifier' ? at : undefined
}

/** A call behind `render` that answers the request, where the callback does so, too. */
function answersBehind(file: JavaScriptFile, callback: FunctionNode, call: Node): Node | undefined {
  const around = functionAround(call)
  const answers = file.callsWhere([Response], (one) => one.start > call.end || contains(callback, one), ...ENDS)
  if (!answers.some((use) => contains(callback, use.node))) return undefined
  return answers.find(
    (use) => use.node.start > call.end && functionAround(use.node) === around && !isParted(call, use.node),
  )?.property
}

const ENDS = ['send', 'json', 'jsonp', 'end', 'redirect', 'sendStatus', 'sendFile', 'render']

/** True if the function is left between two places, or if they stand in different arms of a condition. */
function isParted(call: Node, later: Node): boolean {
  for (let at = call, up = parentOf(at); up; at = up, up = parentOf(up)) {
    if (/^(?:ReturnStatement|ThrowStatement|ArrowFunctionExpression)$/.test(up.type)) return true
    if (contains(up, later)) return /^(?:IfStatement|ConditionalExpression|SwitchStatement|TryStatement)$/.test(up.type)
    if (up.type !== 'BlockStatement') continue
    const list = up.body as unknown as readonly Node[]
    if (list.slice(list.indexOf(at) + 1).some(({ type }) => /^(?:Return|Throw)Statement$/.test(type))) return true
  }
  return false
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

function functionsAround(node: Node): (Node | undefined)[] {
  const found: (Node | undefined)[] = []
  for (let fn = functionAround(node); fn; fn = functionAround(fn)) found.push(fn)
  return [...found, undefined]
}

function functionAround(node: Node): Node | undefined {
  for (let at = parentOf(node); at; at = parentOf(at)) if (isFunction(at)) return at
  return undefined
}
