import { createRequire } from 'node:module'
import type * as t from '@babel/types'
import type { Range } from '../model/finding.ts'

// see javascript/parse.ts
const load = createRequire(import.meta.url)

type Node = t.Node & { start: number; end: number }

/** One value of a JSON file with its place. */
export interface JsonValue extends Range {
  /** The value as `JSON.parse` gives it. */
  readonly value: unknown
  /** For a string: the range between the quotes. */
  readonly inner: Range
}

/** One `"key": value` of an object. */
export interface JsonEntry {
  readonly key: string
  readonly keyRange: Range
  readonly value: JsonValue
}

/** One value that is neither object nor list, with the way to it. */
export interface JsonScalar extends JsonValue {
  /** The keys of the objects and the indexes of the lists above it. */
  readonly path: readonly string[]
}

/** A JSON file (comments allowed) to ask questions of. Throws when the text is not JSON. */
export class JsonFile {
  readonly format = 'json'
  readonly path: string
  readonly text: string
  readonly #root: Node

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    const { parseExpression } = load('@babel/parser') as typeof import('@babel/parser')
    this.#root = parseExpression(text, { attachComment: false }) as Node
  }

  /** The value at a path of keys; undefined when it is absent. */
  at(...path: readonly string[]): JsonValue | undefined {
    const node = this.#find(path)
    return node && asValue(node)
  }

  /** The entries of the object at a path of keys; empty when it is absent or not an object. */
  entries(...path: readonly string[]): JsonEntry[] {
    const node = this.#find(path)
    if (node?.type !== 'ObjectExpression') return []
    return properties(node).map(({ key, keyNode, value }) => ({
      key,
      keyRange: { start: keyNode.start, end: keyNode.end },
      value: asValue(value),
    }))
  }

  /** Every value that is neither object nor list, in the order of the file. */
  scalars(): JsonScalar[] {
    return scalarsBelow(this.#root, [])
  }

  #find(path: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root
    for (const name of path) {
      if (node?.type === 'ArrayExpression') node = (node.elements[Number(name)] as Node | null | undefined) ?? undefined
      else
        node = node?.type === 'ObjectExpression' ? properties(node).findLast((p) => p.key === name)?.value : undefined
    }
    return node
  }
}

function scalarsBelow(node: Node, path: readonly string[]): JsonScalar[] {
  if (node.type === 'ObjectExpression')
    return properties(node).flatMap(({ key, value }) => scalarsBelow(value, [...path, key]))
  if (node.type === 'ArrayExpression')
    return node.elements.flatMap((item, index) => (item ? scalarsBelow(item as Node, [...path, `${index}`]) : []))
  return [{ ...asValue(node), path }]
}

function properties(node: t.ObjectExpression): { key: string; keyNode: Node; value: Node }[] {
  return node.properties.flatMap((property) =>
    property.type === 'ObjectProperty' && property.key.type === 'StringLiteral'
      ? [{ key: property.key.value, keyNode: property.key as Node, value: property.value as Node }]
      : [],
  )
}

function asValue(node: Node): JsonValue {
  const quoted = node.type === 'StringLiteral' ? 1 : 0
  return {
    start: node.start,
    end: node.end,
    inner: { start: node.start + quoted, end: node.end - quoted },
    value: plain(node),
  }
}

function plain(node: Node): unknown {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node.value
    case 'UnaryExpression':
      return -(plain(node.argument as Node) as number)
    case 'ArrayExpression':
      return node.elements.map((element) => plain(element as Node))
    case 'ObjectExpression':
      return Object.fromEntries(properties(node).map(({ key, value }) => [key, plain(value)]))
    default:
      return null
  }
}
