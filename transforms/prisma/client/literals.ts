import { type DraftEdit, type JavaScriptFile, keyName, type Node, replace } from '#kit'

export type ObjectNode = Node & { type: 'ObjectExpression' }
export type PropertyNode = Node & { type: 'ObjectProperty' }

/** The property of an object literal by its name, written in any way; undefined where there is none. */
export function propertyOf(object: ObjectNode, name: string): PropertyNode | undefined {
  return object.properties.find(
    (one): one is typeof one & PropertyNode => one.type === 'ObjectProperty' && keyName(one) === name,
  ) as PropertyNode | undefined
}

export function isObject(node: Node | undefined): node is ObjectNode {
  return node?.type === 'ObjectExpression'
}

export function hasSpread(object: ObjectNode): boolean {
  return object.properties.some(({ type }) => type === 'SpreadElement')
}

/** The edit that takes a property out of an object literal with its comma; undefined where a comment would go with it. */
export function removeProperty(file: JavaScriptFile, object: ObjectNode, property: Node): DraftEdit | undefined {
  const all = object.properties as unknown as readonly Node[]
  const index = all.indexOf(property)
  const [previous, next] = [all[index - 1], all[index + 1]]
  const ownLine = wholeLine(file.text, property)
  const range =
    ownLine ??
    (all.length === 1
      ? { start: object.start + 1, end: object.end - 1 }
      : next
        ? { start: property.start, end: next.start }
        : { start: previous!.end, end: property.end })
  const comments = file.module.comments as readonly { start?: number; end?: number }[]
  return comments.some(({ start, end }) => start! < range.end && end! > range.start) ? undefined : replace(range, '')
}

/** The line of something that stands on it with nothing but its comma, line ending included. */
function wholeLine(text: string, { start, end }: Node): { start: number; end: number } | undefined {
  const before = /(?:^|[\r\n])([ \t]*)$/.exec(text.slice(0, start))
  const after = /^[ \t]*,[ \t]*(?:\r\n|\r|\n)/.exec(text.slice(end))
  return before && after ? { start: start - before[1]!.length, end: end + after[0].length } : undefined
}

/** `true` and `!0`, `false` and `!1`; undefined for what is no such literal. */
export function booleanOf(node: Node): boolean | undefined {
  if (node.type === 'BooleanLiteral') return node.value
  if (node.type !== 'UnaryExpression' || node.operator !== '!' || node.argument.type !== 'NumericLiteral')
    return undefined
  return node.argument.value === 0
}

/** True for `undefined` and `void 0`. */
export function isUndefined(node: Node): boolean {
  return (
    (node.type === 'Identifier' && node.name === 'undefined') ||
    (node.type === 'UnaryExpression' && node.operator === 'void')
  )
}
