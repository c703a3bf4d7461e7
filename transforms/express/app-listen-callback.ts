import {
  argumentsOf,
  children,
  type DraftEdit,
  defineChange,
  type FunctionNode,
  fix,
  indentationAt,
  insertAfter,
  insertBefore,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { App } from './provider.ts'

export default defineChange({
  title: 'The callback of `app.listen()` is also called with errors',
  why: 'In Express 4 the callback ran only when the server was listening, and a port in use crashed the process. Express 5 hands the error to the callback: one that takes no parameter says "listening" and the process ends as if all was well.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#app.listen',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\blisten\b/],
  names: ['listen'],
  *find(file) {
    for (const use of file.calls([App], 'listen')) {
      const callback = use.arguments.at(-1)
      if (!callback || callback.type === 'SpreadElement') {
        if (callback)
          yield {
            at: use.property,
            message: 'if the last argument is a callback, it is also called with errors',
            evidence: use,
          }
        continue
      }
      const inner = unwrap(callback)
      if (isFunction(inner)) {
        if (inner.params.length > 0) continue
        yield {
          at: use.property,
          message: 'the callback is also called with an error; look at its first parameter',
          evidence: use,
          ...inlineCallback(file, use, inner, callback),
        }
        continue
      }
      const kind = callbackKind(file, use, inner)
      if (kind === 'no') continue
      const draft = {
        at: use.property,
        message: 'the callback is also called with an error; listen for the event instead',
        evidence: use,
      }
      if (kind === 'yes') yield { ...draft, fix: onListening(file, use, callback) }
      else
        yield {
          ...draft,
          message: `if \`${file.source(inner).slice(0, 60)}\` is a function, it is also called with errors`,
        }
    }
  },
})

/** Whether an argument that is not written as a function is one. */
function callbackKind(file: JavaScriptFile, use: MemberCall, argument: Node): 'yes' | 'no' | 'maybe' {
  const { alternatives, type } = file.known(argument)
  if (alternatives.length > 0 && alternatives.every((v) => v.is === 'function')) {
    const takesError = alternatives.every((v) => v.is === 'function' && v.node.params.length > 0)
    return takesError ? 'no' : 'yes'
  }
  if (isPromiseResolver(file, argument)) return 'yes'
  if (type === 'function') return 'yes'
  if (alternatives.every((v) => v.is === 'primitive' || v.is === 'object' || v.is === 'array')) return 'no'
  if (alternatives.every((v) => v.is === 'foreign' && /process/.test(v.what))) return 'no'
  if (
    isCall(argument, false) &&
    isMember(unwrap(argument.callee)) &&
    memberName(unwrap(argument.callee) as never) === 'bind'
  )
    return 'maybe'
  // a lone argument is the port, unless its name says otherwise
  const name = argument.type === 'Identifier' ? argument.name : isMember(argument) ? (memberName(argument) ?? '') : ''
  if (/^(?:cb|callback|done|fn|next|resolve|ready|onlisten.*|handler)$/i.test(name)) return 'maybe'
  return use.arguments.length === 1 || /port|host|address|backlog|^ip$/i.test(name) || isMember(argument)
    ? 'no'
    : 'maybe'
}

/** `new Promise((resolve) => app.listen(port, resolve))`. */
function isPromiseResolver(file: JavaScriptFile, argument: Node): boolean {
  if (argument.type !== 'Identifier') return false
  const binding = file.module.binding(argument)
  const fn = binding?.kind === 'parameter' ? binding.declarations[0] : undefined
  const promise = fn && parentOf(fn)
  return (
    promise?.type === 'NewExpression' &&
    promise.callee.type === 'Identifier' &&
    promise.callee.name === 'Promise' &&
    argumentsOf(promise as never)[0] === fn
  )
}

/** `app.listen(port, cb)` → `app.listen(port).once('listening', cb)`: what Express 4 did, and it returns the server too. */
function onListening(file: JavaScriptFile, use: MemberCall, callback: Node) {
  const before = use.arguments.at(-2)
  const from = before ? before.end : callback.start
  if (/\/[/*]|\)/.test(file.text.slice(from, callback.start))) return undefined
  const quote = quoteOf(file)
  const edit = replace({ start: from, end: callback.start }, `).once(${quote}listening${quote}, `)
  return fix('safe', 'Call it on the listening event only', edit)
}

/**
 * A callback written in place. Where nobody keeps the server, it throws the error itself; where a listener for errors is
 * seen, it leaves the error to that; where the server goes elsewhere, only the event is exactly what it was.
 */
function inlineCallback(file: JavaScriptFile, use: MemberCall, fn: FunctionNode, callback: Node) {
  const kept = parentOf(use.call)?.type !== 'ExpressionStatement'
  const handled = handlesErrors(file, use)
  return kept && !handled ? { fix: onListening(file, use, callback) } : guard(file, fn, handled)
}

function quoteOf(file: JavaScriptFile): string {
  return (file.text.match(/"/g)?.length ?? 0) > (file.text.match(/'/g)?.length ?? 0) ? '"' : "'"
}

/** Gives the callback a parameter and a first statement that deals with the error as Express 4 did. */
function guard(file: JavaScriptFile, fn: FunctionNode, handled: boolean) {
  if (identifiersIn(fn).has('arguments') && !fn.type.startsWith('Arrow'))
    return { notes: ['the callback reads `arguments`'] }
  const name = ['err', 'error', 'listenError'].find((candidate) => !identifiersIn(fn).has(candidate))
  if (name === undefined) return {}
  const statement = handled ? `if (${name}) return` : `if (${name}) throw ${name}`
  const title = handled ? 'Return early: the listener for errors deals with it' : 'Throw the error, as Express 4 did'
  const edits = [parameter(file, fn, name), ...firstStatement(file, fn, statement)]
  return edits.includes(undefined as never) ? {} : { fix: fix('safe', title, ...(edits as DraftEdit[])) }
}

function parameter(file: JavaScriptFile, fn: FunctionNode, name: string): DraftEdit | undefined {
  const from = 'id' in fn && fn.id ? (fn.id as Node).end : fn.start
  const open = file.text.indexOf('(', from)
  const close = file.text.indexOf(')', open)
  if (open < 0 || close > (fn.body as Node).start || file.text.slice(open + 1, close).trim() !== '') return undefined
  return replace({ start: open, end: close + 1 }, `(${name})`)
}

function firstStatement(file: JavaScriptFile, fn: FunctionNode, statement: string): (DraftEdit | undefined)[] {
  const body = fn.body as Node
  if (body.type !== 'BlockStatement') {
    // the parentheses around `() => ({ … })` belong to the body
    const from = file.text.indexOf('=>', fn.start) + 2
    const text = file.text.slice(from, fn.end).trimStart()
    if (text.startsWith('/')) return [undefined]
    const start = fn.end - text.length
    return [insertBefore({ start, end: start }, `{ ${statement}; `), insertAfter({ start: fn.end, end: fn.end }, ' }')]
  }
  const first = (body.directives.at(-1) ?? body.body[0]) as Node | undefined
  const after = body.directives.length > 0 ? first : undefined
  const at = after ? after.end : body.start + 1
  if (!first) return [insertBefore({ start: at, end: at }, ` ${statement} `)]
  const own = /[\r\n]/.test(file.text.slice(body.start, ((body.body[0] as Node | undefined) ?? first).start))
  if (!own) return [insertBefore({ start: at, end: at }, ` ${statement};`)]
  const end = usesSemicolons(file, fn) ? ';' : ''
  return [
    insertBefore(
      { start: at, end: at },
      `\n${indentationAt(file.text, ((body.body[0] as Node | undefined) ?? first).start)}${statement}${end}`,
    ),
  ]
}

/** Whether the statements of the callback, or of the file, end with a semicolon. */
function usesSemicolons(file: JavaScriptFile, fn: FunctionNode): boolean {
  const body = fn.body as Node
  const first =
    body.type === 'BlockStatement'
      ? (body.body.find((node) => node.type === 'ExpressionStatement' || node.type === 'VariableDeclaration') as
          | Node
          | undefined)
      : undefined
  const sample =
    first ??
    (file.module.program.body.find(
      (node) => node.type === 'ExpressionStatement' || node.type === 'VariableDeclaration',
    ) as Node | undefined)
  return sample === undefined || file.source(sample).endsWith(';')
}

/** True if the server that `listen` returns has a listener for errors, in the chain or under its name. */
function handlesErrors(file: JavaScriptFile, use: MemberCall): boolean {
  const isListener = (member: Node | undefined, object: Node): boolean => {
    const call = member && parentOf(member)
    return (
      isMember(member) &&
      member.object === object &&
      /^(?:on|once|addListener|prependListener)$/.test(memberName(member) ?? '') &&
      isCall(call, false) &&
      call.callee === member &&
      literalText(argumentsOf(call)[0]) === 'error'
    )
  }
  for (let at: Node = use.call, up = parentOf(at); up; at = up, up = parentOf(up)) {
    if (isListener(up, at)) return true
    if (isMember(up) || isCall(up, false)) continue
    if (up.type === 'VariableDeclarator' && up.id.type === 'Identifier') {
      const binding = file.module.scopes.lookup(up.id.name, up.id)
      return (
        binding !== undefined &&
        file.module.references(binding).some((reference) => isListener(parentOf(reference), reference))
      )
    }
    if (up.type === 'AssignmentExpression' && up.right === at) {
      const text = file.source(up.left)
      return file.module.calls.some((call) => {
        const callee = unwrap(call.callee)
        return isMember(callee) && file.source(callee.object) === text && isListener(callee, callee.object as Node)
      })
    }
    return false
  }
  return false
}

function identifiersIn(node: Node): Set<string> {
  const found = new Set<string>()
  const visit = (at: Node) => {
    if (at.type === 'Identifier') found.add(at.name)
    for (const child of children(at)) visit(child)
  }
  visit(node)
  return found
}
