import {
  children,
  type FunctionNode,
  type FunctionPlace,
  isCall,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  type Range,
} from '#kit'
import { Request } from '../provider.ts'

/** One `req.params[0]` of a handler, or `const { 0: rest } = req.params`. */
export interface KeyRead {
  readonly place: FunctionPlace
  /** What is replaced. */
  readonly at: Range
  /** The expression that is replaced; undefined where the replacement stands alone anyway. */
  readonly node: Node | undefined
  /** What goes in front of it: `rest = `. */
  readonly before: string
  /** `req.params`. */
  readonly params: string
  readonly key: string
}

/** What a handler does with `req.params`. */
export interface Reads {
  readonly keys: ReadonlySet<string>
  /** Reads that can be written in another way. */
  readonly reads: readonly KeyRead[]
  /** Keys that are read in a way that cannot. */
  readonly fixed: ReadonlySet<string>
  /** Every expression that is `req.params`, and what was not understood of it. */
  readonly holders: readonly Node[]
}

const NONE: Reads = { keys: new Set(), reads: [], fixed: new Set(), holders: [] }

/** The keys of `req.params` that a handler reads; `unknown` when the object goes where nobody looks. */
export function readsOf(file: JavaScriptFile, place: FunctionPlace): Reads | 'unknown' {
  const found = collect(file, place)
  return found.isComplete ? found : 'unknown'
}

/** Every expression in a handler that is `req.params`, as far as they can be followed. */
export function paramsIn(file: JavaScriptFile, place: FunctionPlace): readonly Node[] {
  return collect(file, place).holders
}

function collect(file: JavaScriptFile, place: FunctionPlace): Reads & { readonly isComplete: boolean } {
  const { module, node: fn } = place
  const request = requestOf(file, module, fn)
  if (!request) {
    const isComplete = !usesArguments(fn) && (fn.params.length === 0 || !looksAtParams(fn))
    return { ...NONE, isComplete }
  }
  const collector = new Collector(place)
  // params with types of their own would not have the new key
  if (usesArguments(fn) || hasOwnTypes(module, request) || hasTypeArguments(fn)) collector.isComplete = false
  collector.request(request)
  if (looksAtOtherRequests(fn)) collector.isComplete = false
  return collector
}

class Collector {
  readonly keys = new Set<string>()
  readonly fixed = new Set<string>()
  readonly reads: KeyRead[] = []
  readonly holders: Node[] = []
  isComplete = true
  readonly #place: FunctionPlace
  readonly #module: JavaScriptModule

  constructor(place: FunctionPlace) {
    this.#place = place
    this.#module = place.module
  }

  /** The parameter, or the variable, that is the request. */
  request(target: Node): void {
    if (target.type === 'ObjectPattern') return this.#requestPattern(target)
    if (target.type !== 'Identifier') return this.#lose()
    for (const reference of this.#references(target)) {
      const parent = parentOf(reference)
      if (isMember(parent) && parent.object === reference) {
        const name = memberName(parent)
        if (name === undefined || name === 'param') this.#lose()
        else if (name === 'params') this.#params(parent)
      } else if (parent?.type === 'VariableDeclarator' && parent.init === reference) this.request(parent.id as Node)
      else this.#lose()
    }
  }

  /** `({ params }, res)`, `const { params, body } = req`. */
  #requestPattern(pattern: Node & { type: 'ObjectPattern' }): void {
    for (const property of pattern.properties) {
      const name = property.type === 'ObjectProperty' ? keyName(property) : undefined
      if (property.type !== 'ObjectProperty' || name === undefined || name === 'param') this.#lose()
      else if (name === 'params') this.#held(property.value as Node)
    }
  }

  /** What holds the params: a name, or a pattern that takes them apart. */
  #held(target: Node, whole?: Node): void {
    if (target.type === 'Identifier') for (const reference of this.#references(target)) this.#params(reference)
    else if (target.type === 'ObjectPattern') this.#taken(target, whole)
    else this.#lose()
  }

  /** One expression that is the params. */
  #params(node: Node): void {
    this.holders.push(node)
    const parent = parentOf(node)
    if (isMember(parent) && parent.object === node) {
      const key = memberName(parent)
      if (key === undefined || isTarget(parent)) return this.#lose()
      this.keys.add(key)
      const params = this.#module.source(node)
      this.reads.push({ place: this.#place, at: parent, node: parent, before: '', params, key })
    } else if (parent?.type === 'VariableDeclarator' && parent.init === node) this.#held(parent.id as Node, parent)
    else this.#lose()
  }

  /** `const { id, 0: rest } = req.params`: one property alone can be written in another way. */
  #taken(pattern: Node & { type: 'ObjectPattern' }, whole: Node | undefined): void {
    for (const property of pattern.properties) {
      const key = property.type === 'ObjectProperty' ? keyOf(property as Node & { type: 'ObjectProperty' }) : undefined
      if (property.type !== 'ObjectProperty' || key === undefined) return this.#lose()
      this.keys.add(key)
      const local = property.value.type === 'Identifier' ? property.value.name : undefined
      const init = whole?.type === 'VariableDeclarator' ? (whole.init as Node) : undefined
      if (!init || !whole || local === undefined || pattern.properties.length > 1 || isTyped(pattern))
        this.fixed.add(key)
      else {
        const params = this.#module.source(init)
        this.reads.push({ place: this.#place, at: whole, node: undefined, before: `${local} = `, params, key })
      }
    }
  }

  #references(id: Node & { type: 'Identifier' }): readonly Node[] {
    const binding = this.#module.scopes.lookup(id.name, id)
    if (!binding) this.#lose()
    return binding ? this.#module.references(binding) : []
  }

  #lose(): void {
    this.isComplete = false
  }
}

/** The parameter that is the request, as it is written. */
function requestOf(file: JavaScriptFile, module: JavaScriptModule, fn: FunctionNode): Node | undefined {
  return fn.params.find((_, index) =>
    file.origins.parameter(module, fn, index).some((v) => v.is === 'kind' && v.kind === Request),
  ) as Node | undefined
}

function isTyped(pattern: Node): boolean {
  return 'typeAnnotation' in pattern && pattern.typeAnnotation != null
}

function hasOwnTypes(module: JavaScriptModule, param: Node): boolean {
  const annotation = 'typeAnnotation' in param ? (param.typeAnnotation as Node | null | undefined) : undefined
  return annotation != null && /<[^>]*>/.test(module.source(annotation))
}

/** `app.get<{ 0: string }>('/x/*', fn)`. */
function hasTypeArguments(fn: FunctionNode): boolean {
  const call = parentOf(fn)
  return isCall(call, false) && call.typeParameters != null
}

function keyOf(property: Node & { type: 'ObjectProperty' }): string | undefined {
  if (property.computed) return literalText(property.key)
  return property.key.type === 'Identifier' ? property.key.name : literalText(property.key)
}

/** True for what is written to, deleted or counted up. */
function isTarget(node: Node): boolean {
  const parent = parentOf(node)
  if (parent?.type === 'AssignmentExpression') return parent.left === node
  if (parent?.type === 'ForOfStatement' || parent?.type === 'ForInStatement') return parent.left === node
  const pattern = parent?.type === 'ObjectProperty' ? parentOf(parent) : parent
  if (/^(?:Array|Object)Pattern$|^RestElement$/.test(pattern?.type ?? '')) return true
  if (parent?.type === 'AssignmentPattern') return parent.left === node
  return parent?.type === 'UpdateExpression' || (parent?.type === 'UnaryExpression' && parent.operator === 'delete')
}

function some(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || children(node).some((child) => some(child, test))
}

function usesArguments(fn: FunctionNode): boolean {
  return (
    fn.type !== 'ArrowFunctionExpression' &&
    some(fn.body as Node, (node) => node.type === 'Identifier' && node.name === 'arguments')
  )
}

/** A handler of which nobody knows which parameter is the request. */
function looksAtParams(fn: FunctionNode): boolean {
  return some(
    fn,
    (node) => node.type === 'Identifier' && (node.name === 'params' || node.name === 'param' || node.name === 'req'),
  )
}

/** `res.req.params` and the like. */
function looksAtOtherRequests(fn: FunctionNode): boolean {
  return some(fn, (node) => isMember(node) && memberName(node) === 'req')
}
