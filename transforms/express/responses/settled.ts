import {
  argumentsOf,
  children,
  type FunctionNode,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  keyName,
  memberName,
  type Node,
  parentOf,
  plainParameter,
  unwrap,
} from '#kit'
import { isWrittenThrough } from '../requests/writes.ts'

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
  if (declaration.id !== binding.identifiers[0])
    return isTakenOutSettled(file, declaration, binding.identifiers[0] as Node, module, hops)
  const loop = parentOf(parentOf(declaration)!)
  if (loop?.type === 'ForOfStatement') return isListSettled(loop.right as Node, module)
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

/** In `const { code } = object`, where the object is written out and has a `code`, or the pattern has a default. */
function isTakenOutSettled(
  file: JavaScriptFile,
  { id: pattern, init }: Node & { type: 'VariableDeclarator' },
  id: Node,
  module: JavaScriptModule,
  hops: number,
): boolean {
  const holder = parentOf(id)
  const fallback = holder?.type === 'AssignmentPattern' && holder.left === id ? (holder.right as Node) : undefined
  const property = fallback ? parentOf(holder!) : holder
  if (!init || property?.type !== 'ObjectProperty' || parentOf(property) !== pattern) return false
  const name = keyName(property)
  if (name === undefined || (fallback && !isSettled(file, fallback, module, hops + 1))) return false
  return holdsForGood(file, init as Node, fallback ? undefined : name, module)
}

/** A list of which all elements are written out, and which nobody changes. */
function isListSettled(list: Node, module: JavaScriptModule): boolean {
  const node = unwrap(list)
  if (node.type === 'ArrayExpression')
    return node.elements.every((element) => element !== null && element.type !== 'SpreadElement')
  const binding = node.type === 'Identifier' ? module.binding(node) : undefined
  const [declaration, another] = binding?.declarations ?? []
  if (binding?.kind !== 'const' || another || declaration?.type !== 'VariableDeclarator') return false
  return (
    unwrap(declaration.init as Node).type === 'ArrayExpression' &&
    isListSettled(declaration.init as Node, module) &&
    module.references(binding).every((reference) => {
      const parent = parentOf(reference)
      if (parent?.type === 'ForOfStatement') return parent.right === reference
      return isMember(parent) && parent.object === reference && ONLY_READS.test(memberName(parent) ?? '')
    })
  )
}

const ONLY_READS =
  /^(?:length|at|concat|every|filter|find|findIndex|forEach|includes|indexOf|join|map|reduce|slice|some)$/

/** A constant of a written-out object; not a field of an object that is filled later. */
function isMemberSettled(file: JavaScriptFile, member: Node, module: JavaScriptModule): boolean {
  return isMember(member) && holdsForGood(file, member.object as Node, memberName(member), module)
}

/** True for an object that is written out, with this member, and that nobody fills or changes by another key. */
function holdsForGood(file: JavaScriptFile, object: Node, name: string | undefined, module: JavaScriptModule): boolean {
  const holders = file.known(unwrap(object), module).alternatives
  if (holders.length === 0) return false
  const writtenOut = holders.every(
    (v) =>
      (v.is === 'object' && (name === undefined || mayHave(v.node, name))) ||
      v.is === 'exports' ||
      v.is === 'class' ||
      v.is === 'foreign' ||
      v.is === 'unknown',
  )
  const root = rootOf(object)
  const binding = root && module.binding(root)
  return writtenOut && !(binding && module.references(binding).some((ref) => isChangedElsewhere(file, ref, module)))
}

/** False for an object that is written out without a member of this name. */
function mayHave(object: Node, name: string): boolean {
  return (
    object.type !== 'ObjectExpression' ||
    object.properties.some((property) => property.type === 'SpreadElement' || keyName(property) === name)
  )
}

/** `codes[key] = …`, `delete codes.OK`, `change(codes)`: what the object holds is not written in one place. */
function isChangedElsewhere(file: JavaScriptFile, ref: Node, module: JavaScriptModule): boolean {
  const parent = parentOf(ref)
  if (isCall(parent, false) && argumentsOf(parent).includes(ref))
    return !READS_ARGUMENTS.test(calleeText(parent)) && !isKnownToRead(file, parent, ref, module)
  if (!isMember(parent) || parent.object !== ref) return false
  const outer = parentOf(parent)
  if (outer?.type === 'UnaryExpression') return outer.operator === 'delete'
  return parent.computed && outer?.type === 'AssignmentExpression' && outer.left === parent
}

const READS_ARGUMENTS =
  /^(?:Object\.(?:freeze|seal|keys|values|entries|fromEntries|hasOwn|create|getOwnPropertyNames)|JSON\.stringify|console\.\w+)$/

/** True if all that is called is in the project, and does not write to what it is given. */
function isKnownToRead(file: JavaScriptFile, call: Node, argument: Node, module: JavaScriptModule): boolean {
  if (!isCall(call, false)) return false
  const { complete } = file.functions(call.callee as Node, module)
  return complete && !isWrittenThrough(file, argument, module)
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
