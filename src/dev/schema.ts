/** JSON Schema from TypeScript types, so that what is published about a report cannot differ from what a report is. */
import { type Node, Project, type Type, type Symbol as TypeSymbol } from 'ts-morph'

type Schema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema (2020-12) of an exported type, with its docstrings as descriptions and every named type that it is made
 * of under `$defs`. Schemas are open: a later version may add properties. Throws for a type that JSON has no word for.
 */
export function schemaOf(files: readonly string[], name: string, facts: Schema = {}): Schema {
  const project = new Project({
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      lib: ['lib.es2023.d.ts'],
      types: [],
    },
  })
  for (const file of files) project.addSourceFileAtPath(file)
  const declared = project
    .getSourceFiles()
    .flatMap((file) => file.getExportedDeclarations().get(name) ?? [])
    .at(0)
  if (!declared) throw new Error(`${name} is exported by none of ${files.join(', ')}`)
  const writer = new SchemaWriter(declared)
  const top = writer.object(declared.getType())
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...facts, ...top, $defs: writer.definitions() }
}

class SchemaWriter {
  readonly #at: Node
  readonly #definitions = new Map<string, Schema>()

  constructor(at: Node) {
    this.#at = at
  }

  definitions(): Schema {
    return Object.fromEntries([...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The schema of an object type, written out. */
  object(type: Type): Schema {
    const properties = type.getProperties()
    const index = type.getStringIndexType()
    const required = properties.filter((property) => !property.isOptional()).map((property) => property.getName())
    return {
      ...described(type.getAliasSymbol() ?? type.getSymbol()),
      type: 'object',
      ...(properties.length === 0
        ? {}
        : { properties: Object.fromEntries(properties.map((p) => [p.getName(), this.#property(p)])) }),
      ...(required.length === 0 ? {} : { required }),
      ...(index ? { additionalProperties: this.#schema(index) } : {}),
    }
  }

  #property(property: TypeSymbol): Schema {
    const schema = this.#schema(property.getTypeAtLocation(this.#at))
    // what stands beside a $ref counts too, since 2019-09
    return { ...schema, ...described(property) }
  }

  #schema(type: Type): Schema {
    const simple = simpleSchema(type)
    if (simple) return simple
    const symbol = type.getAliasSymbol() ?? (type.isInterface() ? type.getSymbol() : undefined)
    const name = symbol?.getName()
    const isOurs =
      name !== undefined && type.getAliasTypeArguments().length === 0 && type.getTypeArguments().length === 0
    if (!isOurs) return this.#written(type)
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, {})
      this.#definitions.set(name, { ...described(symbol), ...this.#written(type) })
    }
    return { $ref: `#/$defs/${name}` }
  }

  #written(type: Type): Schema {
    if (type.isUnion()) return this.#union(type)
    if (type.isTuple())
      return { type: 'array', items: { anyOf: type.getTupleElements().map((one) => this.#schema(one)) } }
    const element = type.getArrayElementType()
    if (element) return { type: 'array', items: this.#schema(element) }
    if (type.isReadonlyArray()) return { type: 'array', items: this.#schema(type.getTypeArguments()[0]!) }
    if (type.isIntersection()) return { allOf: type.getIntersectionTypes().map((one) => this.#schema(one)) }
    if (type.isObject()) return this.object(type)
    throw new Error(`there is no JSON Schema for the type ${type.getText()}`)
  }

  #union(type: Type): Schema {
    const parts = type.getUnionTypes().filter((part) => !part.isUndefined())
    const isConstant = (part: Type) => part.isStringLiteral() || part.isNumberLiteral() || part.isBooleanLiteral()
    const constants = parts.filter(isConstant)
    const others = parts.filter((part) => !isConstant(part)).map((part) => this.#schema(part))
    const values = constants.map(constant)
    const both = values.includes(true) && values.includes(false)
    const rest = both ? values.filter((value) => typeof value !== 'boolean') : values
    const schemas = [...(both ? [{ type: 'boolean' }] : []), ...(rest.length > 0 ? [{ enum: rest }] : []), ...others]
    return schemas.length === 1 ? schemas[0]! : { anyOf: schemas }
  }
}

function simpleSchema(type: Type): Schema | undefined {
  if (type.isUnknown() || type.isAny()) return {}
  if (type.isNull()) return { type: 'null' }
  if (type.isTemplateLiteral() || type.isString()) return { type: 'string' }
  if (type.isNumber()) return { type: 'number' }
  if (type.isBoolean()) return { type: 'boolean' }
  if (type.isLiteral() && !type.isUnion()) return { const: constant(type) }
  return undefined
}

function constant(type: Type): string | number | boolean {
  const value = type.getLiteralValue()
  if (typeof value === 'string' || typeof value === 'number') return value
  return type.getText() === 'true'
}

/** The first sentence or more of a docstring, as one line. */
function described(symbol: TypeSymbol | undefined): Schema {
  const comment = symbol?.compilerSymbol
    .getDocumentationComment(undefined)
    .map(({ text }) => text)
    .join('')
  const text = comment?.replace(/\s+/g, ' ').trim()
  return text ? { description: text } : {}
}
