import { createRequire } from 'node:module'
import type { Document, Node } from 'yaml'
import type { Range } from '../model/finding.ts'

// loaded when there is a YAML file to read
const load = createRequire(import.meta.url)
const yaml = () => load('yaml') as typeof import('yaml')

/** One `key: value` of a YAML mapping whose value is a scalar. */
export interface YamlEntry {
  readonly key: string
  readonly value: string
  /** The value as written, quotes included. */
  readonly range: Range
}

/** One scalar with the way to it. */
export interface YamlScalar {
  /** The keys of the mappings and the indexes of the lists above it: `['jobs', 'test', 'steps', '0', 'run']`. */
  readonly path: readonly string[]
  readonly value: string
  /** As written: between the quotes; with the indentation for a block. */
  readonly range: Range
  /** How it is written: a block (`|`, `>`) or with double quotes has escapes and indentation in its range. */
  readonly style: 'plain' | 'single' | 'double' | 'block'
}

/** A YAML file to ask questions of; it may hold several documents. Throws when the text is not YAML. */
export class YamlFile {
  readonly format = 'yaml'
  readonly path: string
  readonly text: string
  readonly #documents: readonly Document.Parsed[]

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    const documents = yaml().parseAllDocuments(text)
    this.#documents = 'empty' in documents ? [] : documents
    const [error] = this.#documents.flatMap((document) => document.errors)
    if (error) throw error
  }

  /** The scalar entries of the mapping at a path of keys; empty when it is absent. */
  entries(...path: readonly string[]): YamlEntry[] {
    const node = this.#at(path)
    const { isMap, isScalar } = yaml()
    if (!isMap(node)) return []
    return node.items.flatMap(({ key, value }) =>
      isScalar(key) && isScalar(value) && value.range
        ? [
            {
              key: String(key.value),
              value: String(value.value),
              range: { start: value.range[0], end: value.range[1] },
            },
          ]
        : [],
    )
  }

  /** The keys of the mapping at a path of keys. */
  keys(...path: readonly string[]): string[] {
    const node = this.#at(path)
    const { isMap, isScalar } = yaml()
    return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : []
  }

  /** The value of the scalar at a path of keys and indexes. */
  value(...path: readonly string[]): string | undefined {
    const node = this.#at(path)
    return yaml().isScalar(node) ? String(node.value) : undefined
  }

  /** Every scalar that is a value (no key), in the order of the file. An anchored one counts where it stands. */
  scalars(): YamlScalar[] {
    return this.#documents.flatMap((document) => scalarsBelow(document.contents, [], this.text))
  }

  #at(path: readonly string[]): unknown {
    const [first] = this.#documents
    return path.length === 0 ? first?.contents : first?.getIn(path, true)
  }
}

const STYLES: Readonly<Record<string, YamlScalar['style']>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
}

function scalarsBelow(node: unknown, path: readonly string[], text: string): YamlScalar[] {
  const { isMap, isScalar, isSeq } = yaml()
  if (isMap(node))
    return node.items.flatMap(({ key, value }) =>
      isScalar(key) ? scalarsBelow(value, [...path, String(key.value)], text) : [],
    )
  if (isSeq(node)) return node.items.flatMap((item, index) => scalarsBelow(item, [...path, String(index)], text))
  if (!isScalar(node) || !(node as Node).range) return []
  const style = STYLES[node.type ?? ''] ?? 'plain'
  const quote = style === 'single' || style === 'double' ? 1 : 0
  const [start, end] = node.range!
  return [{ path, value: String(node.source ?? node.value), range: { start: start + quote, end: end - quote }, style }]
}
