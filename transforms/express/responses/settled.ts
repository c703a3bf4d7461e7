import {
  argumentsOf,
  children,
  type FunctionNode,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  type Node,
  parentOf,
  plainParameter,
  unwrap,
} from '#kit'

/** Functions that return a number whatever they are given. */
const GIVES_NUMBER = /^(?:Number|parseInt|parseFloat|Number\.parse(?:Int|Float)|Math\.\w+|Date\.now)$/
const MAX_HOPS = 12

/**
 * True if an expression has no value besides those that its origins tell: no variable that may still be unset, no
 * `a && b` that may be `a`, no `x += …`, no argument that a caller leaves out, no function that may end without a value.
 * Origins leave these out because they say nothing about which package a value comes from.
 */
export function isSettled(
  file: JavaScriptFile,
  expression: Node,
  module: JavaScriptModule = file.module,
  hops = 0,
): boolean {
  const node = unwrap(expression)
  const settled = (inner: unknown) => isSettled(file, inner as Node, module, hops + 1)
  if (hops > MAX_HOPS) return false
  switch (node.type) {
    case 'NumericLiteral':
    case 'StringLiteral':
    case 'TemplateLiteral':
      return true
    case 'UnaryExpression':
      return true
    case 'ConditionalExpression':
      return settled(node.consequent) && settled(node.alternate)
    case 'LogicalExpression':
      return node.operator !== '&&' && settled(node.left) && settled(node.right)
    case 'BinaryExpression':
      return settled(node.left) && settled(node.right)
    case 'SequenceExpression':
      return settled(node.expressions.at(-1))
    case 'AssignmentExpression':
      return node.operator === '=' && settled(node.right)
    case 'Identifier':
      return isNameSettled(file, node, module, hops)
    case 'MemberExpression':
      return isMemberSettled(file, node, module)
    case 'CallExpression':
      return isResultSettled(file, node, module, hops)
    default:
      return false
  }
}

function isNameSettled(
  file: JavaScriptFile,
  id: Node & { type: 'Identifier' },
  module: JavaScriptModule,
  hops: number,
): boolean {
  const binding = module.binding(id)
  if (!binding) return false
  if (binding.kind === 'import') return true
  if (binding.declarations.length !== 1) return false
  const [declaration] = binding.declarations as [Node]
  if (binding.kind !== 'const' && !module.references(binding).every((ref) => isSettledWrite(file, ref, module, hops)))
    return false
  if (binding.kind === 'parameter')
    return isParameterSettled(file, declaration as FunctionNode, binding.identifiers[0] as Node, module, hops)
  if (declaration.type !== 'VariableDeclarator') return false
  if (declaration.id !== binding.identifiers[0]) return true
  const loop = parentOf(parentOf(declaration)!)
  if (loop?.type === 'ForOfStatement') return true
  return declaration.init != null && isSettled(file, declaration.init as Node, module, hops + 1)
}

/** A read, or a plain `name = settled`. */
function isSettledWrite(file: JavaScriptFile, ref: Node, module: JavaScriptModule, hops: number): boolean {
  const parent = parentOf(ref)
  if (parent?.type === 'UpdateExpression') return false
  if (parent?.type === 'AssignmentExpression' && parent.left === ref)
    return parent.operator === '=' && isSettled(file, parent.right as Node, module, hops + 1)
  return !/^(?:ArrayPattern|AssignmentPattern|RestElement|ForOfStatement|ForInStatement)$/.test(parent?.type ?? '')
}

/** Given by every caller. */
function isParameterSettled(
  file: JavaScriptFile,
  fn: FunctionNode,
  id: Node,
  module: JavaScriptModule,
  hops: number,
): boolean {
  const index = fn.params.findIndex((param) => plainParameter(param as Node) === id)
  if (index < 0 || fn.params[index] !== id) return false
  const uses = file.origins.uses.of(module, fn)
  return (
    uses.length > 0 &&
    uses.every((use) => {
      if (use.is !== 'called') return false
      const given = argumentsOf(use.call).slice(0, index + use.shift + 1)
      if (given.length <= index + use.shift || given.some((arg) => arg.type === 'SpreadElement')) return false
      return isSettled(file, given.at(-1)!, use.module, hops + 1)
    })
  )
}

/** A constant of a written-out object; not a field of an object that is filled later. */
function isMemberSettled(file: JavaScriptFile, member: Node, module: JavaScriptModule): boolean {
  if (!isMember(member)) return false
  const object = unwrap(member.object)
  const holders = file.known(object, module).alternatives
  if (holders.length === 0) return false
  const writtenOut = holders.every(
    (v) => v.is === 'object' || v.is === 'exports' || v.is === 'class' || v.is === 'foreign' || v.is === 'unknown',
  )
  const root = rootOf(object)
  const binding = root && module.binding(root)
  return writtenOut && !(binding && module.references(binding).some(isFilledByKey))
}

/** `codes[key] = …` and `Object.assign(codes, …)`: what the object holds is not written in one place. */
function isFilledByKey(ref: Node): boolean {
  const parent = parentOf(ref)
  if (isCall(parent, false) && argumentsOf(parent)[0] === ref) return /assign|extend|merge/.test(calleeText(parent))
  if (!isMember(parent) || parent.object !== ref || !parent.computed) return false
  const assignment = parentOf(parent)
  return assignment?.type === 'AssignmentExpression' && assignment.left === parent
}

/** A conversion to a number, or a function that returns something settled at its end. */
function isResultSettled(file: JavaScriptFile, call: Node, module: JavaScriptModule, hops: number): boolean {
  if (!isCall(call, false)) return false
  if (GIVES_NUMBER.test(calleeText(call)) && !module.scopes.lookup(calleeText(call).split('.')[0]!, call)) return true
  const { found, complete } = file.functions(call.callee as Node, module)
  return complete && found.length > 0 && found.every((place) => endsSettled(file, place.node, place.module, hops))
}

function endsSettled(file: JavaScriptFile, fn: FunctionNode, module: JavaScriptModule, hops: number): boolean {
  if (fn.async || fn.generator) return false
  if (fn.body.type !== 'BlockStatement') return isSettled(file, fn.body as Node, module, hops + 1)
  if (fn.body.body.at(-1)?.type !== 'ReturnStatement') return false
  return returns(fn.body as Node).every((value) => value !== null && isSettled(file, value, module, hops + 1))
}

function returns(node: Node): (Node | null)[] {
  if (node.type === 'ReturnStatement') return [(node.argument ?? null) as Node | null]
  return children(node).flatMap((child) => (isFunction(child) ? [] : returns(child)))
}

function rootOf(node: Node): (Node & { type: 'Identifier' }) | undefined {
  const at = unwrap(node)
  if (at.type === 'Identifier') return at
  return isMember(at) ? rootOf(at.object as Node) : undefined
}

function calleeText(call: Node): string {
  const callee = isCall(call) ? unwrap(call.callee as Node) : undefined
  if (callee?.type === 'Identifier') return callee.name
  if (!isMember(callee) || callee.computed || callee.object.type !== 'Identifier') return ''
  return callee.property.type === 'Identifier' ? `${callee.object.name}.${callee.property.name}` : ''
}
