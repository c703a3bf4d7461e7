import {
  children,
  type DraftEdit,
  insertAfter,
  insertBefore,
  isCall,
  isMember,
  type JavaScriptFile,
  type Node,
} from '#kit'
import { Bytes } from '../client/rows.ts'

/**
 * `Buffer.from(x)` around an expression; nothing where that would be something else, or would meet undefined. `member` is
 * what is taken from it there: `x?.toString()`.
 */
export function asBuffer(file: JavaScriptFile, expression: Node, member?: Node): DraftEdit[] | undefined {
  if (!isBuffer(file, expression) || hasOptional(expression) || (member && /^Optional/.test(member.type)))
    return undefined
  return [insertBefore(expression, 'Buffer.from('), insertAfter(expression, ')')]
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

/** Evidence that an expression is the value of a `Bytes` field. */
export function bytes(file: JavaScriptFile, expression: Node) {
  return file.evidence(expression, [Bytes])
}

/** What a person is told where `Buffer.from()` cannot be written. */
export const BY_HAND = 'the value may be missing here: take `Buffer.from(value)` where there is one'
