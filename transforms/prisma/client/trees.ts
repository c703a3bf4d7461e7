import { type Evidence, type JavaScriptFile, keyName, type Node, type ProjectFacts, parentOf, unwrap } from '#kit'
import type { Field, Model, SchemaFacts } from '../schema/facts.ts'
import { SCHEMAS } from '../schema/project.ts'
import { Delegate, modelOf, WhereInput } from './kinds.ts'
import { isObject, type PropertyNode } from './literals.ts'

/** One property in the arguments of a query, with what the schema says of where it stands. */
export interface Site {
  readonly property: PropertyNode
  readonly name: string
  readonly value: Node
  /**
   * `where`: `AND`, `OR`, `NOT` of a filter; `filter`: an operator of one field, such as `in`; `field`: the filter of a
   * field as a whole; `data`: a field that is written; `operation`: `set` and the like of one.
   */
  readonly role: 'where' | 'filter' | 'field' | 'data' | 'operation'
  readonly field: Field | undefined
  readonly schema: SchemaFacts | undefined
  readonly evidence: Evidence
}

const FILTERED = [
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
  'update',
  'updateMany',
  'upsert',
  'delete',
  'deleteMany',
]
const WRITING = ['create', 'createMany', 'createManyAndReturn', 'update', 'updateMany', 'upsert']

/** Everything in the arguments of the queries of a file, as far as it is written out there. */
export function sitesOf(file: JavaScriptFile, project: ProjectFacts): Site[] {
  const walk = new Walk(file, project.survey(SCHEMAS))
  for (const call of file.calls([Delegate], ...new Set([...FILTERED, ...WRITING]))) {
    const [first] = call.arguments
    if (first) walk.query(first, modelOf(call.kind), call.evidence, call.name)
  }
  for (const { object, model, evidence } of declaredFilters(file)) walk.where(object, model, evidence)
  return [...walk.sites.values()].sort((a, b) => a.property.start - b.property.start)
}

/** `const where: Prisma.UserWhereInput = { … }`. */
function declaredFilters(file: JavaScriptFile): { object: Node; model: string | undefined; evidence: Evidence }[] {
  if (!file.text.includes('WhereInput')) return []
  const found: { object: Node; model: string | undefined; evidence: Evidence }[] = []
  const names = file.text.match(/\b\w+WhereInput\b/g) ?? []
  for (const name of new Set(names))
    for (const id of file.module.identifiersNamed(name)) {
      let annotation: Node | undefined = parentOf(id)
      while (annotation && /^TS(?:QualifiedName|TypeReference|TypeAnnotation)$/.test(annotation.type)) {
        const up = parentOf(annotation)
        if (annotation.type === 'TSTypeAnnotation') break
        annotation = up
      }
      const holder = annotation?.type === 'TSTypeAnnotation' ? parentOf(annotation) : undefined
      if (holder?.type !== 'Identifier') continue
      const declarator = parentOf(holder)
      if (declarator?.type !== 'VariableDeclarator' || !declarator.init) continue
      const evidence = file.evidence(holder, [WhereInput])
      if (evidence) found.push({ object: declarator.init as Node, model: modelOf(evidence.kind), evidence })
    }
  return found
}

class Walk {
  readonly sites = new Map<Node, Site>()
  readonly #file: JavaScriptFile
  readonly #schemas: readonly SchemaFacts[]

  constructor(file: JavaScriptFile, schemas: readonly SchemaFacts[]) {
    this.#file = file
    this.#schemas = schemas
  }

  query(argument: Node, model: string | undefined, evidence: Evidence, method: string): void {
    for (const { name, value } of this.#properties(argument)) {
      if (name === 'where' || name === 'having') this.where(value, model, evidence)
      else if (name === 'include' || name === 'select') this.#selection(value, model, evidence)
      else if (name === 'data' || (method === 'upsert' && (name === 'create' || name === 'update')))
        for (const one of this.#elements(value)) this.#data(one, model, evidence)
    }
  }

  where(node: Node, model: string | undefined, evidence: Evidence): void {
    const { definition, schema } = this.#model(model)
    for (const property of this.#properties(node)) {
      const { name, value } = property
      if (/^(?:AND|OR|NOT)$/.test(name)) {
        this.#add({ ...property, role: 'where', field: undefined, schema, evidence })
        for (const one of this.#elements(value)) this.where(one, model, evidence)
        continue
      }
      const field = definition?.fields.find((one) => one.name === name)
      if (definition && !field) continue
      this.#add({ ...property, role: 'field', field, schema, evidence })
      const related = field && this.#model(field.type).definition
      const isRelation = related?.is === 'model' || related?.is === 'view' || (!field && this.#looksRelated(value))
      if (isRelation) this.#relation(value, related?.name, field, evidence)
      else if (!related || related.is === 'type') this.#filter(value, field, schema, evidence)
    }
  }

  #looksRelated(value: Node): boolean {
    return this.#properties(value).some(({ name }) => /^(?:some|every|none|is|isNot)$/.test(name))
  }

  #relation(value: Node, related: string | undefined, field: Field | undefined, evidence: Evidence): void {
    const own = this.#properties(value)
    const operators = own.filter(({ name }) => /^(?:some|every|none|is|isNot)$/.test(name))
    for (const { value: inner } of operators) this.where(inner, related, evidence)
    if (operators.length === 0 && field && !field.isList) this.where(value, related, evidence)
  }

  #filter(value: Node, field: Field | undefined, schema: SchemaFacts | undefined, evidence: Evidence): void {
    for (const property of this.#properties(value)) {
      this.#add({ ...property, role: 'filter', field, schema, evidence })
      if (property.name === 'not' || property.name.startsWith('_'))
        this.#filter(property.value, field, schema, evidence)
    }
  }

  #selection(value: Node, model: string | undefined, evidence: Evidence): void {
    const { definition } = this.#model(model)
    for (const { name, value: inner } of this.#properties(value)) {
      if (name === '_count') {
        for (const { name: select, value: counted } of this.#properties(inner))
          if (select === 'select') this.#selection(counted, model, evidence)
        continue
      }
      const field = definition?.fields.find((one) => one.name === name)
      if (definition && !field) continue
      this.query(inner, field && this.#model(field.type).definition?.name, evidence, 'findMany')
    }
  }

  #data(node: Node, model: string | undefined, evidence: Evidence): void {
    const { definition, schema } = this.#model(model)
    if (!definition) return
    for (const property of this.#properties(node)) {
      const field = definition.fields.find((one) => one.name === property.name)
      if (!field) continue
      this.#add({ ...property, role: 'data', field, schema, evidence })
      const related = this.#model(field.type).definition
      if (related?.is === 'model') this.#nested(property.value, related.name, evidence)
      else
        for (const operation of this.#properties(property.value))
          this.#add({ ...operation, role: 'operation', field, schema, evidence })
    }
  }

  /** `posts: { create: …, update: { where, data }, upsert: …, connectOrCreate: …, deleteMany: … }`. */
  #nested(node: Node, model: string, evidence: Evidence): void {
    for (const { name, value } of this.#properties(node))
      for (const one of this.#elements(value)) {
        if (name === 'create') this.#data(one, model, evidence)
        else if (/^(?:deleteMany|disconnect|delete)$/.test(name)) this.where(one, model, evidence)
        else if (/^(?:createMany|update|updateMany|upsert|connectOrCreate)$/.test(name)) {
          const own = this.#properties(one)
          const isWrapped = own.some((inner) => /^(?:data|where|create|update)$/.test(inner.name))
          if (!isWrapped && name === 'update') this.#data(one, model, evidence)
          for (const inner of own) {
            if (inner.name === 'where') this.where(inner.value, model, evidence)
            else if (/^(?:data|create|update)$/.test(inner.name))
              for (const row of this.#elements(inner.value)) this.#data(row, model, evidence)
          }
        }
      }
  }

  #add(site: Site): void {
    if (!this.sites.has(site.property)) this.sites.set(site.property, site)
  }

  #model(name: string | undefined): { definition?: Model; schema?: SchemaFacts } {
    if (name === undefined) return {}
    const own = this.#schemas.filter(({ models }) => models.some((one) => one.name === name))
    // two schemas that call a model the same say nothing
    if (own.length !== 1) return {}
    return { definition: own[0]!.models.find((one) => one.name === name)!, schema: own[0]! }
  }

  /** The elements of a list, or the one thing that stands for a list of one. */
  #elements(node: Node): Node[] {
    const plain = this.#literal(node)
    if (plain.type !== 'ArrayExpression') return [plain]
    return plain.elements.flatMap((one) => (one && one.type !== 'SpreadElement' ? [one as Node] : []))
  }

  /** The properties of an object literal, of one that a constant is set to, and of those that are spread in it or chosen between. */
  #properties(node: Node): { property: PropertyNode; name: string; value: Node }[] {
    const plain = this.#literal(node)
    if (plain.type === 'ConditionalExpression')
      return [...this.#properties(plain.consequent as Node), ...this.#properties(plain.alternate as Node)]
    if (plain.type === 'LogicalExpression') return this.#properties(plain.right as Node)
    if (!isObject(plain)) return []
    return plain.properties.flatMap((one) => {
      if (one.type === 'SpreadElement') return this.#properties(one.argument as Node)
      if (one.type !== 'ObjectProperty') return []
      const name = keyName(one)
      return name === undefined ? [] : [{ property: one as PropertyNode, name, value: unwrap(one.value as Node) }]
    })
  }

  /** What is written, looked through casts and constants of the file. */
  #literal(node: Node): Node {
    const plain = unwrap(node)
    if (plain.type !== 'Identifier') return plain
    const declaration = this.#file.module.binding(plain)?.declarations[0]
    const init =
      declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier' && declaration.init
        ? unwrap(declaration.init as Node)
        : undefined
    return init?.type === 'ObjectExpression' || init?.type === 'ArrayExpression' ? init : plain
  }
}
