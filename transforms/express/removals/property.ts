import { type DraftEdit, type JavaScriptFile, type Node, replace } from '#kit'
import { hasComment } from '../handlers/layout.ts'

/** The edit that takes a property out of an object literal with its comma; undefined where a comment would go with it. */
export function removeProperty(
  file: JavaScriptFile,
  object: Node & { type: 'ObjectExpression' },
  property: Node,
): DraftEdit | undefined {
  const all = object.properties as unknown as readonly Node[]
  const index = all.indexOf(property)
  const next = all[index + 1]
  const previous = all[index - 1]
  if (all.length === 1) {
    const inside = { start: object.start + 1, end: object.end - 1 }
    return hasComment(file, inside) ? undefined : replace(inside, '')
  }
  const range = next ? { start: property.start, end: next.start } : { start: previous!.end, end: property.end }
  return hasComment(file, range) ? undefined : replace(range, '')
}
