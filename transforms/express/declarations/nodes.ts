import { children, type JavaScriptFile, type Node, parentOf, type Range } from '#kit'

/** The innermost node around a range: where it is exactly a node, that one, else the one whose part it is. */
export function nodeAt(file: JavaScriptFile, { start, end }: Range): Node {
  let at: Node = file.module.program
  for (;;) {
    const inner = children(at).find((child) => child.start <= start && end <= child.end)
    if (!inner) return at
    at = inner
  }
}

/** The expression whose type the compiler complains about, given where it puts the error. */
export function subjectOf(node: Node): Node {
  const parent = parentOf(node)
  if (node.type === 'ReturnStatement') return (node.argument as Node | null) ?? node
  if (!parent) return node
  if (parent.type === 'VariableDeclarator' && parent.id === node) return (parent.init as Node | null) ?? node
  if (parent.type === 'AssignmentExpression' && parent.left === node) return parent.right as Node
  if (parent.type === 'ObjectProperty' && parent.key === node) return parent.value as Node
  if ((parent.type === 'MemberExpression' || parent.type === 'OptionalMemberExpression') && parent.property === node)
    return parent as Node
  return node
}

/** A node and everything below it. */
export function* below(node: Node): Iterable<Node> {
  yield node
  for (const child of children(node)) yield* below(child)
}

/** An expression and everything below it that its value may be made of. */
export function* flowing(node: Node): Iterable<Node> {
  yield node
  for (const child of children(node))
    if (!(node.type === 'ConditionalExpression' && node.test === child)) yield* flowing(child)
}
