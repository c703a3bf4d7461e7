import {
  children,
  type DraftEdit,
  enclosingFunction,
  insertAfter,
  insertBefore,
  isCall,
  isMember,
  type JavaScriptFile,
  type Kind,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { ANY_BYTES, ExtendedBytes, OptionalBytes } from '../client/rows.ts'

/**
 * `Buffer.from(x)` around what a member is called on, `x.toString()`; nothing where that would be something else, or would
 * meet what was passed over before: `x?.toString()`.
 */
export function asBuffer(file: JavaScriptFile, { object, node, kind }: MemberUse): DraftEdit[] | undefined {
  if (kind === ExtendedBytes || !isBuffer(file, object) || hasOptional(object) || /^Optional/.test(node.type))
    return undefined
  if (isReplaced(file, object)) return undefined
  return wrapped(asserted(object))
}

/** The same around a value; `x && Buffer.from(x)` for one that may be null, which stays what it is. */
export function valueAsBuffer(file: JavaScriptFile, value: Node, kind: Kind): DraftEdit[] | undefined {
  if (kind === ExtendedBytes || !isBuffer(file, value) || hasOptional(value)) return undefined
  if (isReplaced(file, value)) return undefined
  if (kind !== OptionalBytes) return wrapped(asserted(value))
  if (!isPlain(value)) return undefined
  const text = file.source(value)
  return [replace(value, `(${text} && Buffer.from(${text}))`)]
}

/** True where the same field was given another value before: `user.avatar = user.avatar.toString('base64')`. */
function isReplaced(file: JavaScriptFile, value: Node): boolean {
  const member = unwrap(value)
  const name = isMember(member) ? memberName(member) : undefined
  if (!isMember(member) || name === undefined) return false
  const holder = file.source(member.object)
  const around = outermostFunction(member)
  return file.module.membersNamed(name).some((other) => {
    const parent = parentOf(other)
    if (parent?.type !== 'AssignmentExpression' || parent.left !== other || parent.end > member.start) return false
    const isKept = file.evidence(unwrap(parent.right as Node), ANY_BYTES) !== undefined
    return !isKept && file.source(other.object) === holder && outermostFunction(other) === around
  })
}

function outermostFunction(node: Node): Node | undefined {
  let found: Node | undefined
  for (let up = enclosingFunction(node); up; up = enclosingFunction(up)) found = up
  return found
}

/** A value with its `!`, without which the compiler still takes it for one that may be missing. */
function asserted(value: Node): Node {
  const parent = parentOf(value)
  return parent?.type === 'TSNonNullExpression' ? asserted(parent) : value
}

function wrapped(node: Node): DraftEdit[] {
  return [insertBefore(node, 'Buffer.from('), insertAfter(node, ')')]
}

/** A name, or members of one: asking twice is as asking once. */
function isPlain(node: Node): boolean {
  if (node.type === 'TSNonNullExpression') return isPlain(node.expression as Node)
  return (
    node.type === 'Identifier' || (node.type === 'MemberExpression' && !node.computed && isPlain(node.object as Node))
  )
}

/** True if the name `Buffer` is the global one at this place, or the one of the module. */
export function isBuffer(file: JavaScriptFile, at: Node): boolean {
  const declaration = file.module.scopes.lookup('Buffer', at)?.declarations[0]
  if (!declaration) return true
  const holder = declaration.parent
  return holder?.type === 'ImportDeclaration' && /^(?:node:)?buffer$/.test(holder.source.value)
}

/** `a?.b`: the value may be undefined without an error. */
function hasOptional(expression: Node): boolean {
  if (/^Optional/.test(expression.type)) return true
  if (isMember(expression)) return hasOptional(expression.object as Node)
  if (isCall(expression, false)) return hasOptional(expression.callee as Node)
  if (/^(?:TSNonNullExpression|ParenthesizedExpression|TSAsExpression)$/.test(expression.type))
    return hasOptional((expression as unknown as { expression: Node }).expression)
  return /^(?:LogicalExpression|ConditionalExpression)$/.test(expression.type)
}

/** Every node of a file, parents first. */
export function* nodesOf(file: JavaScriptFile): Generator<Node> {
  const waiting: Node[] = [file.module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node
    waiting.push(...children(node).reverse())
  }
}

/** Evidence that an expression is the value of a `Bytes` field, and of which kind. */
export function bytes(file: JavaScriptFile, expression: Node) {
  return file.evidence(expression, ANY_BYTES)
}

/** What a person is told where `Buffer.from()` cannot be written. */
export const BY_HAND =
  'the value may be missing here, or be another one that was written or that an extension gives: take `Buffer.from(value)` where it is bytes'
