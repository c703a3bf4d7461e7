import {
  type DestructuredUse,
  type DraftEdit,
  type Evidence,
  insertAfter,
  insertBefore,
  isCall,
  isMember,
  type JavaScriptFile,
  literally,
  type MemberUse,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { standsAlone } from '../handlers/expressions.ts'
import { Request } from '../provider.ts'
import { isTarget } from './writes.ts'

/** A place that does something else when `req.body` is undefined and no empty object. */
export interface BodyRead {
  readonly at: Node
  readonly evidence: Evidence
  /** The edits that make both the same here; undefined where no local rewrite does. */
  readonly edits: readonly DraftEdit[] | undefined
}

/** Every such place in a file. */
export function bodyReads(file: JavaScriptFile): BodyRead[] {
  const members = file.members([Request], 'body').flatMap((use) => memberRead(file, use))
  const taken = file.destructured([Request], 'body').flatMap((use) => takenRead(file, use))
  return [...members, ...taken].sort((a, b) => a.at.start - b.at.start)
}

function memberRead(file: JavaScriptFile, { node, evidence }: MemberUse): BodyRead[] {
  let top: Node = node
  for (let up = parentOf(top); up && unwrap(up) !== up && unwrap(up) === unwrap(top); up = parentOf(top)) top = up
  const parent = parentOf(top)
  if (!parent || isGuarded(file, node)) return []
  if (parent.type === 'AssignmentExpression' && parent.left === top) return []
  if (isTarget(top, parent) || parent.type === 'SpreadElement' || parent.type === 'ExpressionStatement') return []
  if (isMember(parent) && parent.object === top) return propertyRead(file, parent, node, evidence)
  if (isCall(parent) && parent.callee === top) return []
  if (parent.type === 'LogicalExpression' && parent.left === top)
    return parent.operator !== '&&' && isEmptyObject(parent.right as Node)
      ? []
      : [{ at: node, evidence, edits: undefined }]
  if (isTest(top, parent)) return [{ at: node, evidence, edits: undefined }]
  const edits =
    node.extra?.parenthesized || (top === node && standsAlone(node))
      ? [insertAfter(node, ' ?? {}')]
      : [insertBefore(node, '('), insertAfter(node, ' ?? {})')]
  return [{ at: node, evidence, edits }]
}

/** `req.body.x`: with `?.` it is undefined in both; what goes deeper fails in both. */
function propertyRead(file: JavaScriptFile, member: Node, body: Node, evidence: Evidence): BodyRead[] {
  if (!isMember(member) || member.optional) return []
  const outer = parentOf(member)
  if (!outer) return []
  if (isMember(outer) && outer.object === member && !outer.optional) return []
  if (outer.type === 'ForOfStatement' && outer.right === member) return []
  const isMethod = isCall(outer, false) && outer.callee === member
  const ofEveryObject = !member.computed && member.property.type === 'Identifier' && member.property.name in {}
  if (isMethod && !ofEveryObject) return []
  const isWritten = isTarget(member, outer) && outer.type !== 'UnaryExpression'
  if (isWritten || ofEveryObject) return [{ at: body, evidence, edits: undefined }]
  const start = file.text.lastIndexOf(member.computed ? '[' : '.', (member.property as Node).start)
  return [{ at: body, evidence, edits: [insertBefore({ start, end: start }, member.computed ? '?.' : '?')] }]
}

/** `({ body }, res) => …`, `const { body: { name } } = req`. */
function takenRead(file: JavaScriptFile, { property, evidence }: DestructuredUse): BodyRead[] {
  const value = property.value as Node
  if (value.type === 'AssignmentPattern') return []
  if (value.type === 'Identifier') {
    const binding = file.module.scopes.lookup(value.name, value)
    const references = binding ? file.module.references(binding) : []
    if (references.every((reference) => isCovered(file, reference))) return []
  }
  return [{ at: property, evidence, edits: [insertAfter(value, ' = {}')] }]
}

/** True if a use of the body is the same for undefined. */
function isCovered(file: JavaScriptFile, reference: Node): boolean {
  const parent = parentOf(reference)
  if (!parent) return false
  if (parent.type === 'SpreadElement') return true
  if (isMember(parent) && parent.object === reference) return parent.optional === true || isGuarded(file, reference)
  return parent.type === 'LogicalExpression' && parent.left === reference && isEmptyObject(parent.right as Node)
}

/** True behind `req.body &&`, for the same text, and for the `req.body` in front of it. */
function isGuarded(file: JavaScriptFile, node: Node): boolean {
  const text = file.source(node)
  const asks = (test: Node) => operands(test).some((one) => file.source(one) === text)
  let child = node
  for (let up = parentOf(node); up; child = up, up = parentOf(up)) {
    if (isAnd(up)) {
      const all = operands(outermostAnd(up))
      const own = all.findIndex((one) => one.start <= node.start && node.end <= one.end)
      if (all.slice(0, own).some((one) => file.source(one) === text)) return true
      const next = all[own + 1]
      if (all[own] === unwrap(node) && next && new RegExp(`^${literally(text)}\\s*[.?[]`).test(file.source(next)))
        return true
    }
    if (
      (up.type === 'ConditionalExpression' || up.type === 'IfStatement') &&
      up.consequent === child &&
      asks(up.test as Node)
    )
      return true
  }
  return false
}

function isAnd(node: Node): boolean {
  return node.type === 'LogicalExpression' && node.operator === '&&'
}

function outermostAnd(node: Node): Node {
  let at = node
  for (let up = parentOf(at); up && (isAnd(up) || unwrap(up) !== up); up = parentOf(up)) at = up
  return at
}

function operands(node: Node): Node[] {
  const inner = unwrap(node)
  return inner.type === 'LogicalExpression' && inner.operator === '&&'
    ? [...operands(inner.left as Node), ...operands(inner.right as Node)]
    : [inner]
}

/** A condition, which was always true. */
function isTest(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      return parent.test === node
    case 'UnaryExpression':
      return true
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator)
    default:
      return false
  }
}

function isEmptyObject(node: Node): boolean {
  return unwrap(node).type === 'ObjectExpression'
}
