import {
  argumentsOf,
  type Draft,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { isHarmless } from '../handlers/expressions.ts'
import { hasComment } from '../handlers/layout.ts'
import { outermost, type RequestValue } from './query-values.ts'

/** Every use of an object that needs the prototype which it no longer has. `what` names the object for a person. */
export function* prototypeUses(file: JavaScriptFile, values: readonly RequestValue[], what: string): Iterable<Draft> {
  for (const { node, evidence } of values) {
    const top = outermost(node)
    const parent = parentOf(top)
    if (!parent) continue
    const use = useOf(parent, top)
    if (!use) continue
    const edit = use === 'hasOwnProperty' ? ownProperty(file, node, parent) : undefined
    yield {
      at: node,
      message:
        use === 'text'
          ? `${what} has no prototype, so that it cannot be made a string`
          : `${what} has no prototype, and so no \`${use}\``,
      evidence,
      ...(edit ? { fix: fix('safe', 'Ask `Object` instead', edit) } : {}),
    }
  }
}

const INHERITED = new Set([
  'hasOwnProperty',
  'toString',
  'toLocaleString',
  'valueOf',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'constructor',
  '__proto__',
  '__defineGetter__',
])

/** The member of `Object.prototype` that is used; `text` for a conversion to a string. */
function useOf(parent: Node, node: Node): string | undefined {
  if (isMember(parent) && parent.object === node) {
    const name = memberName(parent)
    return name !== undefined && INHERITED.has(name) ? name : undefined
  }
  if (parent.type === 'TemplateLiteral') return 'text'
  if (parent.type === 'BinaryExpression') {
    if (parent.operator === 'instanceof' && parent.left === node) return 'instanceof'
    return parent.operator === '+' ? 'text' : undefined
  }
  const isString = isCall(parent, false) && parent.callee.type === 'Identifier' && parent.callee.name === 'String'
  return isString && argumentsOf(parent)[0] === node ? 'text' : undefined
}

/** `x.hasOwnProperty(k)` → `Object.hasOwn(x, k)`; in TypeScript the form that every target knows. */
function ownProperty(file: JavaScriptFile, object: Node, member: Node) {
  const call = parentOf(member)
  if (!isCall(call, false) || call.callee !== member || call.type === 'OptionalCallExpression') return undefined
  const [key] = argumentsOf(call)
  if (!key || argumentsOf(call).length !== 1 || key.type === 'SpreadElement' || !isHarmless(object)) return undefined
  if (hasComment(file, { start: object.end, end: key.start })) return undefined
  const asked = file.isTypeScript ? 'Object.prototype.hasOwnProperty.call' : 'Object.hasOwn'
  return replace({ start: call.start, end: key.start }, `${asked}(${file.source(object)}, `)
}
