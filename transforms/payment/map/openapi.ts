/** OpenAPI documents as far as maps need them: operations, and the schema of a field. Local references only. */
import { EACH, type Segment, segmentsOf } from './path.ts'
import type { HttpMethod, Path } from './types.ts'

/** A JSON Schema, as it stands in a document. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly format?: string
  readonly description?: string
  readonly required?: readonly string[]
  readonly readOnly?: boolean
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly additionalProperties?: boolean | SchemaNode
  readonly allOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly $ref?: string
}

/** One operation of a document, with the schemas of what is sent and of what a success gives. */
export interface DocumentedOperation {
  readonly document: OpenApi
  readonly method: HttpMethod
  readonly path: string
  readonly id: string | undefined
  readonly request: SchemaNode | undefined
  readonly response: SchemaNode | undefined
}

type Raw = Readonly<Record<string, unknown>>
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** A document, in any of the versions 3.x. */
export class OpenApi {
  readonly #root: Raw

  constructor(root: unknown) {
    if (typeof root !== 'object' || root === null || !('paths' in root)) throw new Error('it has no "paths"')
    this.#root = root as Raw
  }

  /** Every operation that it describes. */
  operations(): DocumentedOperation[] {
    return Object.entries(this.#root.paths as Raw).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = (item as Raw)[method] as Raw | undefined
        if (!operation) return []
        const responses = (operation.responses ?? {}) as Raw
        const success = Object.keys(responses).find(
          (status) => /^2\d\d$/.test(status) && this.#content(responses[status]),
        )
        return [
          {
            document: this,
            method: method.toUpperCase() as HttpMethod,
            path,
            id: operation.operationId as string | undefined,
            request: this.#content(operation.requestBody),
            response: success === undefined ? undefined : this.#content(responses[success]),
          },
        ]
      }),
    )
  }

  #content(place: unknown): SchemaNode | undefined {
    const { content } = (this.resolved(place as Raw) ?? {}) as { content?: Raw }
    if (!content) return undefined
    const name = Object.keys(content).find((one) => /json/.test(one)) ?? Object.keys(content)[0]
    return name === undefined ? undefined : ((content[name] as Raw).schema as SchemaNode | undefined)
  }

  /** What a reference leads to. */
  resolved<T>(node: T | undefined): T | undefined {
    let value: unknown = node
    for (let hops = 0; hops < 20; hops++) {
      const reference = (value as { $ref?: unknown } | undefined)?.$ref
      if (typeof reference !== 'string') return value as T | undefined
      if (!reference.startsWith('#/')) return undefined
      value = reference
        .slice(2)
        .split('/')
        .reduce<unknown>(
          (part, name) => (part as Raw | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')],
          this.#root,
        )
    }
    return undefined
  }

  /** A schema with everything that it is made of put together. */
  merged(node: SchemaNode | undefined): SchemaNode | undefined {
    const own = this.resolved(node)
    if (!own) return undefined
    const parts = [...(own.allOf ?? []), ...(own.oneOf ?? []), ...(own.anyOf ?? [])].flatMap(
      (part) => this.merged(part) ?? [],
    )
    const required = [own, ...parts.slice(0, own.allOf?.length ?? 0)].flatMap((part) => part.required ?? [])
    return {
      ...Object.assign(
        {},
        ...[...parts]
          .reverse()
          .map(({ type, enum: values, items, format }) => defined({ type, enum: values, items, format })),
      ),
      ...own,
      properties: Object.assign({}, ...[...parts, own].map(({ properties }) => properties ?? {})),
      required: [...new Set(required)],
    }
  }

  /** The schema at a path of a payload; `undefined` if there is none, `'open'` if anything may stand there. */
  at(node: SchemaNode | undefined, path: Path): SchemaNode | 'open' | undefined {
    let schema = this.merged(node)
    for (const segment of segmentsOf(path)) {
      if (!schema) return undefined
      if (isOpen(schema)) return 'open'
      schema = this.#step(schema, segment)
      if (schema === undefined) return undefined
    }
    return schema && isOpen(schema) ? 'open' : schema
  }

  #step(schema: SchemaNode, segment: Segment): SchemaNode | undefined {
    if (segment === EACH || typeof segment === 'number') return this.merged(schema.items)
    const own = schema.properties && Object.hasOwn(schema.properties, segment) ? schema.properties[segment] : undefined
    if (own !== undefined) return this.merged(own) ?? {}
    return typeof schema.additionalProperties === 'object' ? this.merged(schema.additionalProperties) : undefined
  }

  /** Every field of a payload that holds a plain value. */
  leaves(node: SchemaNode | undefined, base: Path = '', depth = 0): Map<Path, SchemaNode> {
    const found = new Map<Path, SchemaNode>()
    const schema = this.merged(node)
    if (!schema || depth > 10) return found
    const members = Object.entries(schema.properties ?? {})
    if (schema.items)
      for (const [path, leaf] of this.leaves(schema.items, `${base}[]`, depth + 1)) found.set(path, leaf)
    else if (members.length > 0)
      for (const [name, member] of members)
        for (const [path, leaf] of this.leaves(member, base === '' ? name : `${base}.${name}`, depth + 1))
          found.set(path, leaf)
    else if (base !== '') found.set(base, schema)
    return found
  }

  /** The fields that a payload has to have, without those of parts that may be missing. */
  requiredLeaves(node: SchemaNode | undefined, base: Path = '', depth = 0): Path[] {
    const schema = this.merged(node)
    if (!schema || depth > 10) return []
    if (schema.items) return this.requiredLeaves(schema.items, `${base}[]`, depth + 1)
    if (Object.keys(schema.properties ?? {}).length === 0) return base === '' ? [] : [base]
    return (schema.required ?? []).flatMap((name) =>
      this.requiredLeaves(schema.properties?.[name], base === '' ? name : `${base}.${name}`, depth + 1),
    )
  }

  /** A schema by itself, for a validator: references lead into the document that comes with it. */
  standalone(node: SchemaNode): object {
    return { ...node, components: this.#root.components }
  }
}

/** The operation of a method and a path, whatever its parameters are called. */
export function documented(
  documents: readonly OpenApi[],
  method: string,
  path: string,
): DocumentedOperation | undefined {
  const shape = (text: string) => text.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '')
  return documents
    .flatMap((one) => one.operations())
    .find((one) => one.method === method && shape(one.path) === shape(path))
}

function isOpen(schema: SchemaNode): boolean {
  const isEmpty = !schema.items && Object.keys(schema.properties ?? {}).length === 0
  return isEmpty && (schema.type === undefined || (schema.type === 'object' && schema.additionalProperties !== false))
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>
}
