import {
  argumentsOf,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { holderOf, isConditional, readsHolder } from './holder.ts'

/** What the last argument of `listen` is, when it is not a function written in place. */
export type ListenArgument =
  /** A function for certain, which takes no error. */
  | 'callback'
  /** Not a function, or one that takes the error. */
  | 'harmless'
  | 'unknown'

/** Judges the last argument of `listen`. */
export function listenArgument(file: JavaScriptFile, use: MemberCall, argument: Node): ListenArgument {
  const bound = boundFunction(argument)
  if (bound) return listenArgument(file, use, bound) === 'callback' ? 'callback' : 'unknown'
  if (isPromiseResolver(file, argument)) return 'callback'
  if (isTestCallback(file, argument)) return 'harmless'
  const { alternatives } = file.known(argument)
  const functions = alternatives.flatMap((v) => (v.is === 'function' ? [v.node] : []))
  if (functions.length > 0 && functions.length === alternatives.length) {
    if (!isAlwaysSet(file, argument, functions)) return 'unknown'
    if (functions.every((fn) => fn.params.length === 0)) return 'callback'
    return functions.every((fn) => fn.params.length > 0) ? 'harmless' : 'unknown'
  }
  const isData = alternatives.every(
    (v) =>
      v.is === 'primitive' ||
      v.is === 'object' ||
      v.is === 'array' ||
      (v.is === 'foreign' && /`process`|environment|Node's '(?:node:)?os'/.test(v.what)),
  )
  if (isData) return 'harmless'
  const name = nameOf(argument)
  if (/^(?:cb|callback|done|fn|next|resolve|ready|handler|on[A-Z_]?\w*)$/i.test(name)) return 'unknown'
  return use.arguments.length === 1 || DATA.test(name) ? 'harmless' : 'unknown'
}

/** Names of what `listen` takes besides a callback. */
const DATA = /port|host|addr|backlog|^ip$|^ip[A-Z_]|interface|socket|pipe|url/i

/** In `onListening.bind(server)`, the function. */
function boundFunction(argument: Node): Node | undefined {
  const callee = isCall(argument, false) ? unwrap(argument.callee) : undefined
  return isMember(callee) && memberName(callee) === 'bind' ? unwrap(callee.object) : undefined
}

/** True if an expression that may be these functions cannot be anything else: no parameter, nothing set later. */
function isAlwaysSet(file: JavaScriptFile, argument: Node, functions: readonly Node[]): boolean {
  if (argument.type === 'Identifier') {
    const binding = file.module.binding(argument)
    const [declaration] = binding?.declarations ?? []
    if (binding?.kind === 'const' || binding?.kind === 'import' || isFunction(declaration))
      return binding?.kind !== 'parameter'
    const isAssigned = binding && file.module.references(binding).some((reference) => !isRead(reference))
    return declaration?.type === 'VariableDeclarator' && declaration.init != null && !isAssigned
  }
  if (isMember(argument))
    return functions.every(
      (fn) => /Method$/.test(fn.type) || /^(?:Object|Class)Property$/.test(parentOf(fn)?.type ?? ''),
    )
  return isCall(argument, false) || isFunction(argument)
}

function isRead(reference: Node): boolean {
  const parent = parentOf(reference)
  return !(parent?.type === 'AssignmentExpression' && parent.left === reference)
}

/** The name that says what a value is for: of the variable, the member, the setting that is asked for. */
function nameOf(expression: Node): string {
  const node = unwrap(expression)
  if (node.type === 'Identifier') return node.name
  if (isMember(node)) return memberName(node) ?? ''
  if (node.type === 'LogicalExpression') return nameOf(node.left as Node)
  if (isCall(node)) return literalText(argumentsOf(node).at(0)) ?? nameOf(node.callee as Node)
  return ''
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

/** Functions of Mocha, Jasmine and Jest whose function may take a callback for the error that it ended with. */
const TEST_FUNCTIONS = /^(?:before|after)(?:Each|All)?$|^(?:it|test|specify)$|^(?:suite)?(?:[sS]etup|[tT]eardown)$/

/** `before((done) => app.listen(0, done))`: the error is what it wants. */
function isTestCallback(file: JavaScriptFile, argument: Node): boolean {
  if (argument.type !== 'Identifier') return false
  const binding = file.module.binding(argument)
  const fn = binding?.kind === 'parameter' ? binding.declarations[0] : undefined
  const call = fn && parentOf(fn)
  if (!isFunction(fn) || fn.params[0] !== binding?.identifiers[0] || !isCall(call, false)) return false
  const callee = unwrap(call.callee)
  return callee.type === 'Identifier' && TEST_FUNCTIONS.test(callee.name) && argumentsOf(call).includes(fn)
}

/**
 * True if the server that `listen` returns certainly gets a listener for errors: in the chain, or under its name, by a
 * statement of the same function that no condition stands before.
 */
export function hasErrorListener(file: JavaScriptFile, listen: Node): boolean {
  let at = listen
  for (let member = parentOf(at); isMember(member) && member.object === at; member = parentOf(at)) {
    const call = parentOf(member)
    if (!isCall(call, false) || call.callee !== member) break
    if (listensForErrors(call)) return true
    at = call
  }
  const holder = holderOf(file, at)
  if (!holder) return false
  const list = parentOf(holder.statement)
  return file.module.calls.some((call) => {
    if (!listensForErrors(call)) return false
    let base: Node = call
    for (let callee = unwrap(base); isCall(callee, false); callee = unwrap(base)) {
      const inner = unwrap(callee.callee)
      if (!isMember(inner)) return false
      base = unwrap(inner.object)
    }
    const statement = statementOf(call)
    return (
      readsHolder(file, base, holder) &&
      statement !== undefined &&
      parentOf(statement) === list &&
      !isConditional(call, listen)
    )
  })
}

/** The statement that a chain of calls is. */
function statementOf(call: Node): Node | undefined {
  let at = call
  for (let up = parentOf(at); up && (isMember(up) || isCall(up, false)); up = parentOf(up)) at = up
  const statement = parentOf(at)
  return statement?.type === 'ExpressionStatement' ? statement : undefined
}

function listensForErrors(call: Node): boolean {
  if (!isCall(call, false)) return false
  const callee = unwrap(call.callee)
  return (
    isMember(callee) &&
    /^(?:on|once|addListener|prependListener)$/.test(memberName(callee) ?? '') &&
    literalText(argumentsOf(call)[0]) === 'error'
  )
}
