import {
  argumentsOf,
  type DraftFix,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { hasComment } from './layout.ts'

/** What every object inherits, and one that `Object.create(null)` made does not. */
export const INHERITED = [
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toString',
  'toLocaleString',
  'valueOf',
  'constructor',
]

/** True where an object is made into a string. */
export function isConverted(file: JavaScriptFile, node: Node): boolean {
  const parent = parentOf(node)
  if (parent?.type === 'TemplateLiteral') return parentOf(parent)?.type !== 'TaggedTemplateExpression'
  if (parent?.type === 'BinaryExpression') return parent.operator === '+'
  const callee = isCall(parent, false) ? parent.callee : undefined
  return callee?.type === 'Identifier' && callee.name === 'String' && !file.module.binding(callee)
}

/** True where an object is compared together with its prototype: `x instanceof Object`, `deepStrictEqual(x, {})`. */
export function isComparedWithPrototype(node: Node): boolean {
  const parent = parentOf(node)
  if (parent?.type === 'BinaryExpression') return parent.operator === 'instanceof' && parent.left === node
  if (!isCall(parent, false) || !argumentsOf(parent).includes(node)) return false
  const callee = parent.callee as Node
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  if (name === 'deepStrictEqual') return true
  const matcher = name === 'expect' ? parentOf(parent) : undefined
  return isMember(matcher) && memberName(matcher) === 'toStrictEqual'
}

/** `x.hasOwnProperty(k)` → `Object.hasOwn(x, k)`; in TypeScript a form that every `lib` knows. */
export function ownProperty(file: JavaScriptFile, use: MemberUse): DraftFix | undefined {
  const [key, another] = use.arguments
  const isPlain = use.call?.type === 'CallExpression' && use.node.type === 'MemberExpression'
  if (use.name !== 'hasOwnProperty' || !isPlain || !key || another || key.type === 'SpreadElement') return undefined
  if (file.module.scopes.lookup('Object', use.node)) return undefined
  const test = file.isTypeScript ? 'Object.prototype.hasOwnProperty.call' : 'Object.hasOwn'
  const object = use.node.object as Node
  if (hasComment(file, { start: object.end, end: key.start })) return undefined
  return fix(
    'safe',
    `Ask \`${test}\``,
    replace({ start: use.call!.start, end: object.start }, `${test}(`),
    replace({ start: object.end, end: key.start }, ', '),
  )
}
