import {
  argumentsOf,
  type Evidence,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  returnsOf,
  unwrap,
} from '#kit'
import type { Field, Model, SchemaFacts } from '../schema/facts.ts'
import { SCHEMAS } from '../schema/project.ts'
import { namesOfPrisma } from '../types/namespace.ts'
import { capital } from '../types/renames.ts'
import { isObject } from './literals.ts'
import { queryCalls } from './queries.ts'

/** One value in the arguments of a query, with what the schema says of where it stands. */
export interface Site {
  /** The property, or the assignment that sets it: `where.OR = …`. */
  readonly at: Node
  readonly name: string
  /** What stands there, looked at through brackets and casts. */
  readonly value: Node
  /** The same as it is written. */
  readonly whole: Node
  /** True for `{ OR }`. */
  readonly isShorthand: boolean
  /**
   * `where`: `AND`, `OR`, `NOT` of a filter; `filter`: an operator of one field, such as `in`; `field`: the filter of a
   * field as a whole; `data`: a field that is written; `operation`: `set` and the like of one.
   */
  readonly role: 'where' | 'filter' | 'field' | 'data' | 'operation'
  readonly field: Field | undefined
  readonly schema: SchemaFacts | undefined
  readonly evidence: Evidence
  /** True where the file also reads what stands there: `if (where.OR.name)`. */
  readonly isRead: boolean
}

/** A list in the arguments of a query, or what stands in the place of one. */
export interface ListSite {
  readonly value: Node
  /** `condition`: of `AND`, `OR`, `NOT`; `values`: of a field or an operator; `json`: within a JSON value. */
  readonly role: 'condition' | 'order' | 'values' | 'records' | 'json'
  readonly evidence: Evidence
  /** What it gets later, by `list.push(…)`. */
  readonly pushed: readonly Node[]
  /** True where a name holds it that other code uses as well. */
  readonly isShared: boolean
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
  return walked(file, project).sites
}

/** Every list in the arguments of the queries of a file. */
export function listsOf(file: JavaScriptFile, project: ProjectFacts): ListSite[] {
  return walked(file, project).lists
}

interface Walked {
  readonly sites: Site[]
  readonly lists: ListSite[]
}

function walked(file: JavaScriptFile, project: ProjectFacts): Walked {
  const walk = new Walk(file, project.survey(SCHEMAS))
  for (const { arguments: given, model, evidence, name } of queryCalls(file, ...new Set([...FILTERED, ...WRITING]))) {
    const [first] = given
    if (first) walk.query(first, model, evidence, name)
  }
  for (const one of declared(file, project)) walk.declared(one)
  return {
    sites: [...walk.sites.values()].sort((a, b) => a.at.start - b.at.start),
    lists: [...walk.lists.values()].sort((a, b) => a.value.start - b.value.start),
  }
}

/** A value that is declared as a part of a query: `const where: Prisma.UserWhereInput = { … }`. */
interface Declared {
  readonly value: Node
  readonly model: string
  readonly is: 'where' | 'data' | 'arguments'
  readonly evidence: Evidence
}

const PART =
  /^(\w+?)(WhereInput|(?:Unchecked)?(?:Create|Update)(?:Many)?(?:Mutation)?Input|(?:FindUnique|FindFirst|FindMany|Count|Aggregate|GroupBy|Create|CreateMany|Update|UpdateMany|Upsert|Delete|DeleteMany)(?:OrThrow)?Args)$/

function* declared(file: JavaScriptFile, project: ProjectFacts): Generator<Declared> {
  if (!/WhereInput|(?:Create|Update)\w*Input|Args\b/.test(file.text)) return
  const models = project.survey(SCHEMAS).flatMap((schema) => schema.models)
  for (const { name, whole, isType, evidence } of namesOfPrisma(file, project)) {
    const [, subject, part] = (isType && PART.exec(name)) || []
    const model = models.find((one) => capital(one.name) === subject || one.name === subject)
    if (!model || part === undefined) continue
    const is = part === 'WhereInput' ? 'where' : part.endsWith('Args') ? 'arguments' : 'data'
    for (const value of valuesOfType(whole)) yield { value, model: model.name, is, evidence }
  }
}

/** What is declared with a type: a name, what `satisfies` and `as` stand behind, what `validator<T>()` is given, what is returned. */
function valuesOfType(name: Node): Node[] {
  const reference = parentOf(name)
  const outer = reference && parentOf(reference)
  if (reference?.type !== 'TSTypeReference' || !outer) return []
  if (outer.type === 'TSSatisfiesExpression' || outer.type === 'TSAsExpression') return [outer.expression as Node]
  if (outer.type === 'TSTypeParameterInstantiation') {
    const validator = parentOf(outer)
    const call = isCall(validator, false) ? parentOf(validator) : undefined
    return isCall(call, false) && call.callee === validator ? argumentsOf(call).slice(0, 1) : []
  }
  if (outer.type !== 'TSTypeAnnotation') return []
  const holder = parentOf(outer)
  if (isFunction(holder) && holder.returnType === outer)
    return holder.body.type === 'BlockStatement'
      ? returnsOf(holder).filter((one) => one !== undefined)
      : [holder.body as Node]
  return holder?.type === 'Identifier' ? [holder] : []
}

type Binding = NonNullable<ReturnType<JavaScriptFile['module']['binding']>>

/** What is reached from a name over members: `where.OR` of `args.where.OR`. */
interface Place {
  readonly binding: Binding
  readonly path: readonly string[]
}

/** One property of an object, or what is assigned to be one. */
interface Entry {
  readonly at: Node
  readonly name: string
  readonly value: Node
  readonly whole: Node
  readonly isShorthand: boolean
  readonly places: readonly Place[]
}

class Walk {
  readonly sites = new Map<Node, Site>()
  readonly lists = new Map<Node, ListSite>()
  readonly #file: JavaScriptFile
  readonly #schemas: readonly SchemaFacts[]
  readonly #seen = new Map<Node, Set<string>>()

  constructor(file: JavaScriptFile, schemas: readonly SchemaFacts[]) {
    this.#file = file
    this.#schemas = schemas
  }

  query(
    argument: Node,
    model: string | undefined,
    evidence: Evidence,
    method: string,
    places?: readonly Place[],
  ): void {
    for (const { name, value, places: own } of this.#entries(argument, places)) {
      if (name === 'where' || name === 'having') this.where(value, model, evidence, own)
      else if (name === 'include' || name === 'select') this.#selection(value, model, evidence, own)
      else if (/^(?:orderBy|distinct|by)$/.test(name)) this.#list(value, 'order', evidence)
      else if (name === 'data' || (method === 'upsert' && (name === 'create' || name === 'update'))) {
        this.#list(value, 'records', evidence)
        for (const one of this.#elements(value, own)) this.#data(one.node, model, evidence, one.places)
      }
    }
  }

  declared({ value, model, is, evidence }: Declared): void {
    if (is === 'where') this.where(value, model, evidence)
    else if (is === 'data') this.#data(value, model, evidence)
    else this.query(value, model, evidence, '')
  }

  where(node: Node, model: string | undefined, evidence: Evidence, places: readonly Place[] = []): void {
    if (this.#wasSeen(node, `where ${model}`)) return
    const { definition, schema } = this.#model(model)
    for (const entry of this.#entries(node, places)) {
      const { name, value } = entry
      if (/^(?:AND|OR|NOT)$/.test(name)) {
        this.#add(entry, 'where', undefined, schema, evidence)
        this.#list(value, 'condition', evidence)
        for (const one of this.#elements(value, entry.places)) this.where(one.node, model, evidence, one.places)
        continue
      }
      const field = definition?.fields.find((one) => one.name === name)
      if (definition && !field) continue
      this.#add(entry, 'field', field, schema, evidence)
      const related = field && this.#model(field.type).definition
      const isRelation =
        related?.is === 'model' || related?.is === 'view' || (!field && this.#looksRelated(value, entry.places))
      if (isRelation) this.#relation(entry, related?.name, field, evidence)
      else if (!related || related.is === 'type') this.#filter(entry, field, schema, evidence)
    }
  }

  #looksRelated(value: Node, places: readonly Place[]): boolean {
    return this.#entries(value, places).some(({ name }) => /^(?:some|every|none|is|isNot)$/.test(name))
  }

  #relation({ value, places }: Entry, related: string | undefined, field: Field | undefined, evidence: Evidence): void {
    const own = this.#entries(value, places)
    const operators = own.filter(({ name }) => /^(?:some|every|none|is|isNot)$/.test(name))
    for (const inner of operators) this.where(inner.value, related, evidence, inner.places)
    if (operators.length === 0 && field && !field.isList) this.where(value, related, evidence, places)
  }

  #filter(
    { value, places }: Entry,
    field: Field | undefined,
    schema: SchemaFacts | undefined,
    evidence: Evidence,
  ): void {
    if (this.#wasSeen(value, 'filter')) return
    for (const entry of this.#entries(value, places)) {
      this.#add(entry, 'filter', field, schema, evidence)
      if (/^(?:in|notIn|hasSome|hasEvery)$/.test(entry.name) || (entry.name === 'equals' && field?.isList))
        this.#list(entry.value, 'values', evidence)
      if (entry.name === 'not' || entry.name.startsWith('_')) this.#filter(entry, field, schema, evidence)
    }
  }

  #selection(value: Node, model: string | undefined, evidence: Evidence, places: readonly Place[]): void {
    if (this.#wasSeen(value, `selection ${model}`)) return
    const { definition } = this.#model(model)
    for (const { name, value: inner, places: own } of this.#entries(value, places)) {
      if (name === '_count') {
        for (const { name: select, value: counted, places: deep } of this.#entries(inner, own))
          if (select === 'select') this.#selection(counted, model, evidence, deep)
        continue
      }
      const field = definition?.fields.find((one) => one.name === name)
      if (definition && !field) continue
      this.query(inner, field && this.#model(field.type).definition?.name, evidence, 'findMany', own)
    }
  }

  #data(node: Node, model: string | undefined, evidence: Evidence, places: readonly Place[] = []): void {
    const { definition, schema } = this.#model(model)
    if (!definition || this.#wasSeen(node, `data ${model}`)) return
    for (const entry of this.#entries(node, places)) {
      const field = definition.fields.find((one) => one.name === entry.name)
      if (!field) continue
      this.#add(entry, 'data', field, schema, evidence)
      const related = this.#model(field.type).definition
      if (related?.is === 'model') {
        this.#nested(entry, related.name, evidence)
        continue
      }
      if (field.isList) this.#list(entry.value, 'values', evidence)
      else if (field.type === 'Json') this.#json(entry.value, evidence)
      for (const operation of this.#entries(entry.value, entry.places)) {
        this.#add(operation, 'operation', field, schema, evidence)
        if (field.isList) this.#list(operation.value, 'values', evidence)
      }
    }
  }

  /** `posts: { create: …, update: { where, data }, upsert: …, connectOrCreate: …, deleteMany: … }`. */
  #nested({ value: node, places }: Entry, model: string, evidence: Evidence): void {
    if (this.#wasSeen(node, `nested ${model}`)) return
    for (const { name, value, places: deep } of this.#entries(node, places)) {
      this.#list(value, 'records', evidence)
      for (const one of this.#elements(value, deep)) {
        if (name === 'create') this.#data(one.node, model, evidence, one.places)
        else if (/^(?:deleteMany|disconnect|delete)$/.test(name)) this.where(one.node, model, evidence, one.places)
        else if (/^(?:createMany|update|updateMany|upsert|connectOrCreate)$/.test(name)) {
          const own = this.#entries(one.node, one.places)
          const isWrapped = own.some((inner) => /^(?:data|where|create|update)$/.test(inner.name))
          if (!isWrapped && name === 'update') this.#data(one.node, model, evidence, one.places)
          for (const inner of own) {
            if (inner.name === 'where') this.where(inner.value, model, evidence, inner.places)
            else if (/^(?:data|create|update)$/.test(inner.name)) {
              this.#list(inner.value, 'records', evidence)
              for (const row of this.#elements(inner.value, inner.places))
                this.#data(row.node, model, evidence, row.places)
            }
          }
        }
      }
    }
  }

  #add(
    { at, name, value, whole, isShorthand, places }: Entry,
    role: Site['role'],
    field: Field | undefined,
    schema: SchemaFacts | undefined,
    evidence: Evidence,
  ): void {
    if (this.sites.has(at)) return
    const isRead = places.some((place) => this.#isRead(place, at))
    this.sites.set(at, { at, name, value, whole, isShorthand, role, field, schema, evidence, isRead })
  }

  /** Lists that are written out, and calls that make one; each of those that a condition chooses between. */
  #list(value: Node, role: ListSite['role'], evidence: Evidence): void {
    for (const node of alternatives(value)) {
      const list = this.#literal(node)
      if (list.type !== 'ArrayExpression' && !isCall(list, false)) continue
      const plain = unwrap(node)
      const binding = plain.type === 'Identifier' ? this.#file.module.binding(plain) : undefined
      const isShared = binding !== undefined && this.#file.module.references(binding).length > 1
      if (this.lists.has(list)) continue
      const pushed = this.#placesOf(node, []).flatMap((place) => this.#pushed(place))
      this.lists.set(list, { value: list, role, evidence, pushed, isShared })
    }
  }

  /** The lists anywhere in a JSON value. */
  #json(value: Node, evidence: Evidence): void {
    for (const node of alternatives(value)) {
      const plain = this.#literal(node)
      if (this.#wasSeen(plain, 'json')) continue
      this.#list(plain, 'json', evidence)
      if (plain.type === 'ArrayExpression') for (const { node: one } of this.#elements(plain)) this.#json(one, evidence)
      for (const entry of isObject(plain) ? this.#entries(plain) : []) this.#json(entry.value, evidence)
    }
  }

  #wasSeen(node: Node, as: string): boolean {
    const seen = this.#seen.get(node) ?? new Set()
    this.#seen.set(node, seen)
    if (seen.has(as)) return true
    seen.add(as)
    return false
  }

  #model(name: string | undefined): { definition?: Model; schema?: SchemaFacts } {
    if (name === undefined) return {}
    const own = this.#schemas.filter(({ models }) => models.some((one) => one.name === name))
    // two schemas that call a model the same say nothing
    if (own.length !== 1) return {}
    return { definition: own[0]!.models.find((one) => one.name === name)!, schema: own[0]! }
  }

  /** The elements of a list, what is pushed to it later, or the one thing that stands for a list of one. */
  #elements(value: Node, places: readonly Place[] = []): { node: Node; places: readonly Place[] }[] {
    return alternatives(value).flatMap((node) => {
      const plain = this.#literal(node)
      if (plain.type !== 'ArrayExpression') return [{ node, places }]
      const written = plain.elements.flatMap((one) => {
        if (!one) return []
        if (one.type === 'SpreadElement') return this.#elements(one.argument as Node).map((inner) => inner.node)
        return alternatives(one as Node)
      })
      const pushed = this.#placesOf(node, places).flatMap((place) => this.#pushed(place))
      return [...written, ...pushed].map((one) => ({ node: one, places: [] }))
    })
  }

  /** What a list gets by `list.push(…)`. */
  #pushed({ binding, path }: Place): Node[] {
    return this.#file.module.references(binding).flatMap((reference) => {
      const list = along(reference, path)
      const member = list && parentOf(list)
      const call = member && parentOf(member)
      if (!isMember(member) || member.object !== list || memberName(member) !== 'push') return []
      return isCall(call, false) && call.callee === member ? argumentsOf(call) : []
    })
  }

  /**
   * The properties of an object literal, of one that a name holds or a function of the file returns, of those that are
   * spread in it or chosen between, and what is assigned to be one.
   */
  #entries(node: Node, places: readonly Place[] = []): Entry[] {
    return alternatives(node).flatMap((one) => {
      const own = this.#placesOf(one, places)
      const written = this.#objects(one).flatMap((object) =>
        object.properties.flatMap((property): Entry[] => {
          if (property.type === 'SpreadElement') return this.#entries(property.argument as Node)
          const name = property.type === 'ObjectProperty' ? keyName(property) : undefined
          if (property.type !== 'ObjectProperty' || name === undefined) return []
          const whole = property.value as Node
          const isShorthand = property.shorthand
          return [{ at: property as Node, name, value: unwrap(whole), whole, isShorthand, places: below(own, name) }]
        }),
      )
      return [...written, ...own.flatMap((place) => this.#assigned(place, own))]
    })
  }

  /** `where.OR = …`, for what holds the object. */
  #assigned({ binding, path }: Place, all: readonly Place[]): Entry[] {
    return this.#file.module.references(binding).flatMap((reference): Entry[] => {
      const holder = along(reference, path)
      const member = holder && parentOf(holder)
      if (!isMember(member) || member.object !== holder) return []
      const name = memberName(member)
      const assignment = parentOf(member)
      if (name === undefined || assignment?.type !== 'AssignmentExpression' || assignment.left !== member) return []
      if (!/^(?:=|\?\?=|\|\|=)$/.test(assignment.operator)) return []
      const whole = assignment.right as Node
      return [{ at: assignment, name, value: unwrap(whole), whole, isShorthand: false, places: below(all, name) }]
    })
  }

  /** True where something else than an assignment or the test of a condition is done with what stands at a place. */
  #isRead({ binding, path }: Place, at: Node): boolean {
    return this.#file.module.references(binding).some((reference) => {
      const held = along(reference, path)
      if (!held) return false
      const parent = parentOf(held)
      if (parent === at || (parent?.type === 'AssignmentExpression' && parent.left === held)) return false
      const isTest =
        ((parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') && parent.test === held) ||
        (parent?.type === 'UnaryExpression' && (parent.operator === '!' || parent.operator === 'delete'))
      return path.length > 0 && !isTest
    })
  }

  /** Where a value can be changed from: the places that lead to it, and its own name. */
  #placesOf(node: Node, places: readonly Place[]): readonly Place[] {
    const plain = unwrap(node)
    const binding = plain.type === 'Identifier' ? this.#file.module.binding(plain) : undefined
    return binding ? [...places, { binding, path: [] }] : places
  }

  #objects(node: Node): (Node & { type: 'ObjectExpression' })[] {
    const plain = this.#literal(node)
    if (isObject(plain)) return [plain]
    if (!isCall(plain, false)) return []
    return this.#file
      .known(plain)
      .alternatives.flatMap((v) =>
        v.is === 'object' && v.module === this.#file.module && isObject(v.node) ? [v.node] : [],
      )
  }

  /** What is written, looked at through casts and names of the file. */
  #literal(node: Node): Node {
    const plain = unwrap(node)
    if (plain.type !== 'Identifier') return plain
    const declaration = this.#file.module.binding(plain)?.declarations[0]
    const init =
      declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier' && declaration.init
        ? unwrap(declaration.init as Node)
        : undefined
    return init && (/^(?:Object|Array)Expression$/.test(init.type) || isCall(init, false)) ? init : plain
  }
}

/** What a value may be, as conditions choose: both of `c ? a : b` and `a ?? b`, the last one of `c && a`. */
export function alternatives(node: Node): Node[] {
  const plain = unwrap(node)
  if (plain.type === 'ConditionalExpression')
    return [...alternatives(plain.consequent as Node), ...alternatives(plain.alternate as Node)]
  if (plain.type !== 'LogicalExpression') return [node]
  const right = alternatives(plain.right as Node)
  return plain.operator === '&&' ? right : [...alternatives(plain.left as Node), ...right]
}

function below(places: readonly Place[], name: string): readonly Place[] {
  return places.map(({ binding, path }) => ({ binding, path: [...path, name] }))
}

/** The member that a path leads to from a mention of a name, casts looked at through. */
function along(reference: Node, path: readonly string[]): Node | undefined {
  let at = cast(reference)
  for (const name of path) {
    const member = parentOf(at)
    if (!isMember(member) || member.object !== at || memberName(member) !== name) return undefined
    at = cast(member)
  }
  return at
}

/** With the brackets, `!` and casts around it. */
function cast(node: Node): Node {
  const parent = parentOf(node)
  return parent && unwrap(parent) === unwrap(node) ? cast(parent) : node
}
