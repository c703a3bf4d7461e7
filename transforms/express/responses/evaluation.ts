import { isMember, type JavaScriptFile, literalText, type MemberCall, type Node, parentOf, unwrap } from '#kit'

/** What changes when two arguments are evaluated in the other order. */
export type Reordering =
  /** Nothing can tell. */
  | 'same'
  /** One of them only reads, but what it reads may be set by the other. */
  | 'reads'
  /** Both of them do something. */
  | 'effects'

/** Judges the two arguments of a call, for a rewrite that evaluates the second one first. */
export function reordering(file: JavaScriptFile, first: Node, second: Node): Reordering {
  const [a, b] = [isPure(first), isPure(second)]
  if (a && b) return 'same'
  if (!a && !b) return 'effects'
  return isStable(file, a ? first : second) ? 'same' : 'reads'
}

/** For a person: why a call whose arguments change places is not rewritten, or wants a reader. */
export const REORDERING_NOTES = {
  effects: 'both arguments have side effects, and their order would change',
  reads: 'one argument is read before the other runs now; make sure that the one does not depend on the other',
} as const

/** True if evaluating an expression does nothing but read. */
export function isPure(expression: Node): boolean {
  const node = unwrap(expression)
  switch (node.type) {
    case 'Identifier':
    case 'ThisExpression':
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'RegExpLiteral':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return true
    case 'TemplateLiteral':
      return (node.expressions as Node[]).every(isPure)
    case 'ArrayExpression':
      return (node.elements as (Node | null)[]).every((element) => element === null || isPure(element))
    case 'ObjectExpression':
      return (node.properties as Node[]).every(isPureProperty)
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return isPure(node.object as Node) && (!node.computed || isPure(node.property as Node))
    case 'LogicalExpression':
    case 'BinaryExpression':
      return isPure(node.left as Node) && isPure(node.right as Node)
    case 'ConditionalExpression':
      return isPure(node.test as Node) && isPure(node.consequent as Node) && isPure(node.alternate as Node)
    case 'UnaryExpression':
      return node.operator !== 'delete' && isPure(node.argument as Node)
    default:
      return false
  }
}

function isPureProperty(property: Node): boolean {
  if (property.type === 'SpreadElement') return isPure(property.argument as Node)
  if (property.type !== 'ObjectProperty') return property.type === 'ObjectMethod'
  return (!property.computed || isPure(property.key as Node)) && isPure(property.value as Node)
}

/** True if no code that runs in between can change what an expression gives. */
function isStable(file: JavaScriptFile, expression: Node): boolean {
  const node = unwrap(expression)
  const stable = (inner: unknown) => isStable(file, inner as Node)
  if (literalText(node) !== undefined) return true
  switch (node.type) {
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return true
    case 'Identifier': {
      const binding = file.module.binding(node)
      if (!binding) return node.name === 'undefined'
      return binding.kind === 'const' || binding.kind === 'import' || !file.module.references(binding).some(isWritten)
    }
    case 'MemberExpression':
      return isConstantMember(file, node)
    case 'TemplateLiteral':
      return node.expressions.every(stable)
    case 'ArrayExpression':
      return node.elements.every((element) => element !== null && stable(element))
    case 'ObjectExpression':
      return node.properties.every((property) => property.type === 'ObjectProperty' && stable(property.value))
    case 'LogicalExpression':
    case 'BinaryExpression':
      return stable(node.left) && stable(node.right)
    case 'ConditionalExpression':
      return stable(node.test) && stable(node.consequent) && stable(node.alternate)
    case 'UnaryExpression':
      return stable(node.argument)
    default:
      return false
  }
}

/** `HttpStatus.CREATED`: a constant, or named like one of a package. */
function isConstantMember(file: JavaScriptFile, node: Node): boolean {
  if (file.known(node).value !== undefined) return true
  return isMember(node) && !node.computed && /^[A-Z][A-Z0-9_]*$/.test(file.source(node.property as Node))
}

function isWritten(ref: Node): boolean {
  const parent = parentOf(ref)
  if (parent?.type === 'AssignmentExpression') return parent.left === ref
  return /^(?:UpdateExpression|ArrayPattern|ObjectPattern|AssignmentPattern|RestElement|ForOfStatement|ForInStatement)$/.test(
    parent?.type === 'ObjectProperty' ? (parentOf(parent)?.type ?? '') : (parent?.type ?? ''),
  )
}

/**
 * Why a body may come out differently when the status is set before it is computed: it looks at the status, is given the
 * response, or is waited for. Undefined if nothing speaks for that.
 */
export function statusBeforeBody(file: JavaScriptFile, use: MemberCall, body: Node): string | undefined {
  const text = file.source(body)
  if (/\bstatusCode\b/.test(text)) return 'the body looks at the status, which is set before it now'
  const names = use.object.type === 'Identifier' ? file.module.identifiersNamed(use.object.name) : []
  if (names.some((id) => id.start >= body.start && id.end <= body.end && !isPropertyName(id)))
    return 'the body is made from the response, whose status is set before it now'
  return /\b(?:await|yield)\b/.test(text) ? 'the status is set before the body is waited for now' : undefined
}

function isPropertyName(id: Node): boolean {
  const parent = parentOf(id)
  if (isMember(parent)) return parent.property === id && !parent.computed
  return parent?.type === 'ObjectProperty' && parent.key === id && !parent.computed && !parent.shorthand
}
