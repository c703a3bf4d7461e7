import { type DraftEdit, type JavaScriptFile, keyName, type Node, unwrap } from '#kit'
import { isHarmless } from '../handlers/expressions.ts'

/** An object literal that holds options. */
export type Options = Node & { type: 'ObjectExpression' }

/** What is known of the options that a call is given. */
export type Given =
  | { readonly is: 'none' }
  /** Written in place, or in a variable that nothing else reads: it can be edited. */
  | { readonly is: 'own'; readonly object: Options }
  /** Objects of this file that are read elsewhere as well. */
  | { readonly is: 'shared'; readonly objects: readonly Options[] }
  | { readonly is: 'unknown' }

/** Finds the object literal behind an argument. */
export function givenOptions(file: JavaScriptFile, argument: Node | undefined): Given {
  if (!argument) return { is: 'none' }
  const node = unwrap(argument)
  if (node.type === 'ObjectExpression') return { is: 'own', object: node }
  const { alternatives } = file.known(node)
  const objects = alternatives.flatMap((v) =>
    v.is === 'object' && v.module === file.module && v.node.type === 'ObjectExpression' ? [v.node as Options] : [],
  )
  if (objects.length === 0 || objects.length < alternatives.length) return { is: 'unknown' }
  const only = objects.length === 1 && node.type === 'Identifier' ? file.module.binding(node) : undefined
  const [declaration] = only?.declarations ?? []
  const isOwn =
    only?.kind === 'const' &&
    declaration?.type === 'VariableDeclarator' &&
    declaration.init != null &&
    unwrap(declaration.init) === objects[0] &&
    file.module.references(only).length === 1
  return isOwn ? { is: 'own', object: objects[0]! } : { is: 'shared', objects }
}

/** The property of a name; the last one, which is the one that counts. */
export function propertyOf(object: Options, name: string): (Node & { key: Node }) | undefined {
  return object.properties.findLast((property) => property.type !== 'SpreadElement' && keyName(property) === name) as
    | (Node & { key: Node })
    | undefined
}

/** True if an object takes in keys that are not written here. */
export function isOpen(object: Options): boolean {
  return object.properties.some(
    (property) => property.type === 'SpreadElement' || (property.computed && keyName(property) === undefined),
  )
}

/** The value of a plain `key: value`; undefined for methods and accessors. */
export function valueOfProperty(property: Node): Node | undefined {
  return property.type === 'ObjectProperty' ? (property.value as Node) : undefined
}

/** True if a property can go without anybody noticing that its value is not computed any more. */
export function isRemovable(property: Node): boolean {
  const value = valueOfProperty(property)
  return value === undefined || isHarmless(value)
}

/** What is to become of one old option. */
export interface Replacement {
  readonly title: string
  readonly edit: DraftEdit
}
