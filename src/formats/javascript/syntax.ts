import type * as t from '@babel/types'

/** What is known of each node once its file is indexed. Offsets are UTF-16 units of the text without BOM. */
interface Place {
  start: number
  end: number
  parent?: Node
}

/** A syntax node whose parent was recorded when its file was indexed. */
export type Node = t.Node & Place
/** Any node that has parameters and a body. */
export type FunctionNode = (
  | t.FunctionDeclaration
  | t.FunctionExpression
  | t.ArrowFunctionExpression
  | t.ObjectMethod
  | t.ClassMethod
  | t.ClassPrivateMethod
) &
  Place
/** A class declaration or expression. */
export type ClassNode = (t.ClassDeclaration | t.ClassExpression) & Place
/** `f()`, `f?.()` and `new F()`. */
export type CallNode = (t.CallExpression | t.OptionalCallExpression | t.NewExpression) & Place
/** `a.b`, `a?.b`, `a['b']`. */
export type MemberNode = (t.MemberExpression | t.OptionalMemberExpression) & Place

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
])

/** The node around this one; undefined for the program. */
export function parentOf(node: t.Node): Node | undefined {
  return (node as Node).parent
}

/** True for every node that has parameters and a body. */
export function isFunction(node: t.Node | null | undefined): node is FunctionNode {
  return node != null && FUNCTIONS.has(node.type)
}

/** True for class declarations and expressions. */
export function isClass(node: t.Node | null | undefined): node is ClassNode {
  return node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression'
}

/** True for `a.b` and `a?.b`. */
export function isMember(node: t.Node | null | undefined): node is MemberNode {
  return node?.type === 'MemberExpression' || node?.type === 'OptionalMemberExpression'
}

/** True for `f()`, `f?.()` and, unless `construct` is false, `new F()`. */
export function isCall(node: t.Node | null | undefined, construct = true): node is CallNode {
  return (
    node?.type === 'CallExpression' ||
    node?.type === 'OptionalCallExpression' ||
    (construct && node?.type === 'NewExpression')
  )
}

/** The innermost function around a node (not the node itself), and undefined at the top level. */
export function enclosingFunction(node: t.Node): FunctionNode | undefined {
  for (let at = parentOf(node); at; at = parentOf(at)) if (isFunction(at)) return at
  return undefined
}

/** The statement that holds a node. */
export function enclosingStatement(node: t.Node): Node {
  let at = node as Node
  for (let up = parentOf(at); up; up = parentOf(at)) {
    if (up.type === 'Program' || up.type === 'BlockStatement' || up.type === 'StaticBlock' || up.type === 'SwitchCase')
      return at
    if (up.type === 'TSModuleBlock') return at
    at = up
  }
  return at
}

/** Looks through what does not change a value: parentheses, `as`, `satisfies`, `!`, type casts. */
export function unwrap(node: t.Node): Node {
  let at = node as Node
  for (;;) {
    if (
      at.type === 'ParenthesizedExpression' ||
      at.type === 'TSAsExpression' ||
      at.type === 'TSSatisfiesExpression' ||
      at.type === 'TSNonNullExpression' ||
      at.type === 'TSTypeAssertion' ||
      at.type === 'TypeCastExpression' ||
      at.type === 'TSInstantiationExpression'
    )
      at = at.expression as Node
    else return at
  }
}

/** The text of a literal key or string: `'a'`, `` `a` ``, `1`; undefined for anything computed. */
export function literalText(node: t.Node | null | undefined): string | undefined {
  if (!node) return undefined
  if (node.type === 'StringLiteral') return node.value
  if (node.type === 'NumericLiteral') return String(node.value)
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? undefined
  return undefined
}

/** The name of `a.name`, `a['name']`; undefined when it is computed. */
export function memberName(node: MemberNode): string | undefined {
  if (node.computed) return literalText(unwrap(node.property))
  if (node.property.type === 'Identifier') return node.property.name
  if (node.property.type === 'PrivateName') return `#${node.property.id.name}`
  return undefined
}

/** The name of a property, method or class member key; undefined when it is computed. */
export function keyName(node: { readonly key: t.Node; readonly computed?: boolean | null }): string | undefined {
  const { key } = node
  if (node.computed) return literalText(unwrap(key))
  if (key.type === 'Identifier') return key.name
  if (key.type === 'PrivateName') return `#${key.id.name}`
  return literalText(key)
}

/** The arguments of a call; `new F` without parentheses has none. */
export function argumentsOf(call: CallNode): readonly Node[] {
  return (call.arguments ?? []) as unknown as readonly Node[]
}

/** True if `inner` lies within `outer` (or is it). */
export function contains(outer: t.Node, inner: t.Node): boolean {
  return (outer as Node).start <= (inner as Node).start && (inner as Node).end <= (outer as Node).end
}
