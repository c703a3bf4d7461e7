import { createRequire } from 'node:module'
import type { Document } from 'yaml'
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

/** A YAML file to ask questions of. Throws when the text is not YAML. */
export class YamlFile {
  readonly path: string
  readonly text: string
  readonly #document: Document.Parsed

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    this.#document = yaml().parseDocument(text)
    const [error] = this.#document.errors
    if (error) throw error
  }

  /** The scalar entries of the mapping at a path of keys; empty when it is absent. */
  entries(...path: readonly string[]): YamlEntry[] {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true)
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
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true)
    const { isMap, isScalar } = yaml()
    return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : []
  }
}
