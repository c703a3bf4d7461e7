/** What a call site reads of an answer, written in the words of the new version. */
import {
  argumentsOf,
  type CallNode,
  enclosingFunction,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  type Range,
  unwrap,
} from '#kit'
import { key } from '../facade/code.ts'
import { conditionOf } from '../map/predicate.ts'
import { type FlatRow, isConverting, rowsOf } from '../map/rows.ts'
import type { OperationId, Path, PaymentMap } from '../map/types.ts'
import { type FacadeSite, namesGiven } from './facade-uses.ts'
import { NotProven } from './native-body.ts'
import { isPlain } from './rewrite.ts'

/** A piece of the file and its new text. */
export type TextEdit = Range & { readonly text: string }

/** A value of the answer: where it stands in both versions, with `[]` for lists. */
interface Place {
  readonly v1: Path
  readonly v2: Path
}

const ROOT: Place = { v1: '', v2: '' }

/** Methods of a list that hand each element to a function, and what they give. */
const EACH: Readonly<Record<string, 'element' | 'list' | 'other'>> = {
  find: 'element',
  findLast: 'element',
  filter: 'list',
  some: 'other',
  every: 'other',
  findIndex: 'other',
  forEach: 'other',
  map: 'other',
  flatMap: 'other',
}

/** The edits that a call site's reads need. Throws `NotProven` where an answer goes where it is not seen. */
export function nativeReads(file: JavaScriptFile, map: PaymentMap, site: FacadeSite, quote: string): TextEdit[] {
  const reader = new Reader(file, map, site.operation, site.by, quote)
  reader.answer(site)
  return reader.edits
}

class Reader {
  readonly edits: TextEdit[] = []
  readonly #file: JavaScriptFile
  readonly #rows: readonly FlatRow[]
  readonly #map: PaymentMap
  readonly #quote: string
  readonly #untouched: ReadonlySet<string>
  /** True where the compiler is told of the old answer what it is, and of the new one nothing. */
  readonly #isUntyped: boolean
  /** What the object that the old SDK gave could be asked. */
  readonly #methods: Readonly<Record<string, string>>
  readonly #callback: 'error-first' | 'single' | undefined
  #takesErrors = false
  /** How many names of the answer have become others. */
  #renamed = 0

  constructor(file: JavaScriptFile, map: PaymentMap, operation: OperationId, by: 'sdk' | 'http', quote: string) {
    this.#file = file
    this.#map = map
    this.#quote = quote
    this.#rows = rowsOf(map, operation, 'response')
    this.#isUntyped = by === 'sdk' && file.isTypeScript
    this.#callback = by === 'sdk' ? map.sdk?.[0]?.callback : undefined
    const status = by === 'sdk' ? map.sdk?.[0]?.statusMember : undefined
    const gives = Object.values(map.sdk?.[0]?.members ?? {}).find((one) => one.operation === operation)?.gives
    this.#methods = (by === 'sdk' && gives !== undefined && map.sdk?.[0]?.objects?.[gives]) || {}
    this.#untouched = new Set(status === undefined ? [] : [status])
  }

  // ---- from the call to the answer --------------------------------------------------------------

  answer(site: FacadeSite): void {
    this.#answer(site)
    // `createPayment<Payment>(…)`
    const isTyped = (site.call as { typeParameters?: unknown }).typeParameters != null
    if (isTyped && this.#renamed > 0) throw new NotProven('its answer has a type with the old words')
  }

  #answer({ call, by, as, callback, isBluebird }: FacadeSite): void {
    if (callback !== undefined) {
      const fn = unwrap(callback)
      if (!isFunction(fn)) throw new NotProven('its callback stands elsewhere')
      if (/\barguments\b/.test(this.#file.source(fn))) throw new NotProven('its callback reads `arguments`')
      if (by === 'http') {
        this.#takesErrors = true
        if (fn.params[1]) this.#held(fn.params[1] as Node, (node) => this.#envelope(node, 'body'))
        if (fn.params[2]) this.#held(fn.params[2] as Node, (node) => this.#walk(node, ROOT))
        return
      }
      if (fn.params.some((one) => one.type === 'RestElement')) throw new NotProven('its callback takes a list')
      // the error stands in the answer, in the old words
      this.#takesErrors = this.#callback === 'single'
      const answer = fn.params[this.#callback === 'single' ? 0 : 1]
      if (answer) this.#holder(answer as Node, ROOT)
      return
    }
    if (isBluebird) this.#bluebird(call)
    if (by === 'sdk' || as === 'json' || as === 'request-promise') return this.#answered(call)
    if (as === 'axios') return this.#answered(call, 'data')
    if (as === 'got' || as === 'superagent') return this.#answered(call, 'body')
    if (as === 'fetch' || as === 'ky') {
      this.#takesErrors = as === 'fetch'
      return this.#settled(call, (node) => this.#response(node))
    }
    if (as === 'body') {
      this.#takesErrors = true
      return this.#answered(call)
    }
    if (as === 'undici') {
      this.#takesErrors = true
      return this.#settled(call, (node) => this.#streamed(node))
    }
    if (as === 'nest') return this.#observed(call)
    throw new NotProven(as === undefined ? 'its client is not written out' : `its answer has the form of \`${as}\``)
  }

  /**
   * A promise of bluebird can do more than others, and tells of an error that nobody handles instead of ending the process.
   * So it has to be waited for, or to end here.
   */
  #bluebird(call: Node): void {
    let { node, parent } = outer(call)
    let isHandled = false
    for (;;) {
      const next = parent && parentOf(parent)
      if (!isMember(parent) || parent.object !== node || !isCall(next) || next.callee !== parent) break
      const [first, second] = argumentsOf(next)
      const name = memberName(parent)
      if (name === 'catch' ? second !== undefined : name !== 'then' && name !== 'finally')
        throw new NotProven('its promise is one of bluebird, and is asked for more than others can do')
      if (name !== 'finally') isHandled = name === 'catch' ? first !== undefined : second !== undefined
      ;({ node, parent } = outer(next))
    }
    if (parent?.type === 'AwaitExpression' || (parent?.type === 'ExpressionStatement' && isHandled)) return
    const fn = enclosingFunction(node)
    const isReturned = parent?.type === 'ReturnStatement' || (fn !== undefined && parent === fn)
    if (!isReturned || !fn || !('async' in fn) || fn.async !== true)
      throw new NotProven('its promise is one of bluebird, and goes on')
  }

  /** What `request` of undici gives: the body is read as JSON. */
  #streamed(node: Node): void {
    const { node: whole, parent } = outer(node)
    if (parent?.type === 'ExpressionStatement') return
    if (parent?.type === 'VariableDeclarator' && parent.init === whole) {
      const pattern = parent.id as Node
      if (pattern.type !== 'ObjectPattern') return this.#held(pattern, (use) => this.#streamed(use))
      for (const property of pattern.properties) {
        if (property.type !== 'ObjectProperty') throw new NotProven('its answer is handed on')
        const name = keyName(property)
        if (name === 'body') this.#held(property.value as Node, (use) => this.#json(use))
        else if (name !== 'statusCode' && name !== 'headers') throw new NotProven(`\`.${name}\` of its answer is read`)
      }
      return
    }
    const name = isMember(parent) && parent.object === whole ? memberName(parent) : undefined
    if (name === 'body') return this.#json(parent as Node)
    if (name !== 'statusCode' && name !== 'headers') throw new NotProven('its answer is handed on')
  }

  /** A body that is read as JSON. */
  #json(body: Node): void {
    const { node, parent } = outer(body)
    const call = parent && parentOf(parent)
    const isRead = isMember(parent) && parent.object === node && memberName(parent) === 'json'
    if (!isRead || !isCall(call) || call.callee !== parent) throw new NotProven('its body is not read as JSON here')
    this.#answered(call)
  }

  /** What Nest's `HttpService` gives: made into a promise, listened to, or piped through operators that are known. */
  #observed(observable: Node): void {
    const { node, parent } = outer(observable)
    if (isCall(parent, false) && parent.callee !== node) {
      const callee = unwrap(parent.callee as Node)
      const isPromised =
        callee.type === 'Identifier' &&
        /^(?:firstValueFrom|lastValueFrom)$/.test(callee.name) &&
        isFrom(this.#file, callee, 'rxjs')
      if (isPromised && argumentsOf(parent)[0] === node) return this.#answered(parent, 'data')
    }
    const call = parent && parentOf(parent)
    const name = isMember(parent) && parent.object === node ? memberName(parent) : undefined
    if (name === undefined || !isCall(call) || call.callee !== parent) throw new NotProven('its answer is handed on')
    if (name === 'toPromise') return this.#answered(call, 'data')
    const [first, ...more] = argumentsOf(call)
    if (name === 'subscribe') {
      const next = first && unwrap(first)
      if (!next) return
      const fn = next.type === 'ObjectExpression' ? memberOf(next, 'next') : next
      if (fn === undefined) return
      return this.#function(fn, (use) => this.#envelope(use, 'data'))
    }
    if (name !== 'pipe') throw new NotProven('its answer is handed on')
    for (const operator of [...(first ? [first] : []), ...more]) {
      const made = unwrap(operator)
      const callee = isCall(made) ? unwrap(made.callee as Node) : undefined
      if (callee?.type !== 'Identifier' || !isFrom(this.#file, callee, 'rxjs', 'rxjs/operators'))
        throw new NotProven('its answer goes through an operator that is not known')
      const [fn] = argumentsOf(made as Extract<Node, { type: 'CallExpression' }>)
      if (callee.name === 'map' && fn) return this.#function(fn, (use) => this.#envelope(use, 'data'))
      if (callee.name === 'tap' && fn) this.#function(fn, (use) => this.#envelope(use, 'data'))
      else if (!/^(?:timeout|delay|finalize|first|take)$/.test(callee.name))
        throw new NotProven('its answer goes through an operator that is not known')
    }
    this.#observed(call)
  }

  /** A function that is handed a value as its first argument. */
  #function(node: Node, use: (reference: Node) => void): void {
    const fn = unwrap(node)
    if (!isFunction(fn) || /\barguments\b/.test(this.#file.source(fn)))
      throw new NotProven('a function that gets its answer stands elsewhere')
    if (fn.params[0]) this.#held(fn.params[0] as Node, use)
  }

  /** A promise of the answer, or of what holds it in one of its members. */
  #answered(promise: Node, envelope?: string): void {
    this.#settled(
      promise,
      (node) => this.#value(node, ROOT, envelope),
      (pattern) => (envelope === undefined ? this.#holder(pattern, ROOT) : this.#enveloped(pattern, envelope)),
    )
  }

  /** What is done with a promise: it is waited for, or a function gets what it gives. */
  #settled(promise: Node, given: (value: Node) => void, taken?: (pattern: Node) => void): void {
    const { node, parent } = outer(promise)
    if (parent?.type === 'AwaitExpression') return given(parent)
    if (parent?.type === 'ExpressionStatement' || (parent?.type === 'UnaryExpression' && parent.operator === 'void'))
      return
    const name = isMember(parent) && parent.object === node ? memberName(parent) : undefined
    const call = parent && parentOf(parent)
    if (name !== undefined && isCall(call) && call.callee === parent) {
      if (name === 'catch' || name === 'finally') return this.#settled(call, given, taken)
      const [fulfilled] = argumentsOf(call)
      const fn = fulfilled && unwrap(fulfilled)
      if (name === 'then' && fn && isFunction(fn)) {
        const [parameter] = fn.params as Node[]
        if (parameter?.type === 'ObjectPattern' && taken) taken(parameter)
        else if (parameter) this.#held(parameter, given)
        return
      }
    }
    if (parent?.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'Identifier')
      return this.#references(parent.id as Node, (reference) => this.#settled(reference, given, taken))
    throw new NotProven('its answer is handed on')
  }

  /** A value that an expression gives: kept in a name, taken apart, or read at once. `envelope`: the member it is in. */
  #value(node: Node, place: Place, envelope?: string): void {
    const { node: whole, parent } = outer(node)
    if (parent?.type === 'ExpressionStatement') return
    if (parent?.type === 'VariableDeclarator' && parent.init === whole)
      return envelope === undefined
        ? this.#holder(parent.id as Node, place)
        : this.#enveloped(parent.id as Node, envelope)
    if (envelope === undefined) return this.#walk(node, place)
    this.#envelope(node, envelope)
  }

  #enveloped(pattern: Node, envelope: string): void {
    if (pattern.type !== 'ObjectPattern') return this.#held(pattern, (node) => this.#envelope(node, envelope))
    for (const property of pattern.properties) {
      if (property.type !== 'ObjectProperty') throw new NotProven('its answer is handed on')
      if (keyName(property) === envelope) this.#holder(property.value as Node, ROOT)
    }
  }

  /** A use of what a client gives around the body. */
  #envelope(use: Node, envelope: string): void {
    const { node, parent } = outer(use)
    if (isTest(node, parent)) return
    if (!isMember(parent) || parent.object !== node) throw new NotProven('its answer is handed on')
    const name = memberName(parent)
    if (name === envelope) return this.#value(parent, ROOT)
    if (!/^(?:status|statusCode|statusText|headers|ok)$/.test(name ?? ''))
      throw new NotProven(`\`.${name}\` of its answer is read`)
  }

  /** A `Response`: its body is read as JSON. */
  #response(node: Node): void {
    const { node: whole, parent } = outer(node)
    if (parent?.type === 'ExpressionStatement') return
    if (parent?.type === 'VariableDeclarator' && parent.init === whole)
      return this.#held(parent.id as Node, (use) => this.#response(use))
    if (isTest(whole, parent)) return
    const name = isMember(parent) && parent.object === whole ? memberName(parent) : undefined
    const call = parent && parentOf(parent)
    if (name === 'json' && isCall(call) && call.callee === parent) return this.#answered(call)
    if (!/^(?:ok|status|statusText|headers)$/.test(name ?? '')) throw new NotProven('its answer is handed on')
  }

  // ---- names ------------------------------------------------------------------------------------

  #held(pattern: Node, use: (reference: Node) => void): void {
    if (pattern.type !== 'Identifier') throw new NotProven('its answer is taken apart where it comes in')
    this.#references(pattern, use)
  }

  #references(id: Node, use: (reference: Node) => void): void {
    const before = this.#renamed
    this.#used(id, use)
    const annotation = id.type === 'Identifier' ? id.typeAnnotation : undefined
    const isTyped = annotation?.type === 'TSTypeAnnotation' && annotation.typeAnnotation.type !== 'TSAnyKeyword'
    if (isTyped && this.#renamed > before) throw new NotProven('its answer has a type with the old words')
  }

  #used(id: Node, use: (reference: Node) => void): void {
    const binding = id.type === 'Identifier' ? this.#file.module.scopes.lookup(id.name, id) : undefined
    if (!binding) throw new NotProven('its answer is kept where it is not seen')
    for (const reference of this.#file.module.references(binding)) if (reference !== id) use(reference)
  }

  /** A name or a pattern that gets a value. */
  #holder(pattern: Node, place: Place): void {
    if (pattern.type === 'Identifier') return this.#references(pattern, (use) => this.#walk(use, place))
    if (pattern.type !== 'ObjectPattern') throw new NotProven('its answer is taken apart in an unusual way')
    for (const property of pattern.properties) {
      const name = property.type === 'ObjectProperty' && !property.computed ? keyName(property) : undefined
      if (property.type !== 'ObjectProperty' || name === undefined)
        throw new NotProven('the rest of its answer is kept')
      const local = property.value as Node
      const path = under(place.v1, name)
      if (this.#isUntouched(path)) continue
      const inner = this.#list(path)
      const row = inner ? undefined : this.#leaf(path)
      const to = relative(inner?.v2 ?? row!.from, place.v2)
      if (!/^[\w$]+$/.test(to))
        throw new NotProven(`\`${path}\` is \`${row?.from ?? inner?.v2}\` in ${this.#map.to.id}`)
      if (local.type !== 'Identifier') throw new NotProven('its answer is taken apart in an unusual way')
      if (to !== name)
        this.edits.push({ start: property.start!, end: property.end!, text: `${key(to)}: ${local.name}` })
      if (inner) this.#references(local, (use) => this.#walk(use, inner))
      else if (row?.table) this.#references(local, (use) => this.#compared(use, row, this.#file.source(use)))
    }
  }

  // ---- reads ------------------------------------------------------------------------------------

  /** A use of an expression whose value stands at a place: everything that is read from there. */
  #walk(base: Node, place: Place): void {
    let { node, parent } = outer(base)
    let path = place.v1
    const indexes: string[] = []
    let isOptional = false
    let hops = 0
    let start: number | undefined
    while (isMember(parent) && parent.object === node) {
      const name = memberName(parent)
      const call = parentOf(parent)
      const isCalled = isCall(call) && call.callee === parent
      const method = isCalled && path === '' && name !== undefined ? this.#methods[name] : undefined
      if (method !== undefined && isCall(call)) return this.#asked(call, node, place, method)
      const list = this.#list(path)
      if (list && isCalled)
        return this.#each(
          call,
          name,
          node,
          this.#rewritten(place, list.v2, indexes, start, node, isOptional, hops),
          list,
        )
      if (list && name === 'length') break
      if (path !== place.v1 && !list && this.#isLeaf(path)) break
      start ??= memberStart(this.#file.text, node)
      isOptional ||= /^\s*\?\./.test(this.#file.text.slice(memberStart(this.#file.text, node)))
      if (parent.computed && (name === undefined || /^\d+$/.test(name))) {
        const index = parent.property as Node
        if (!isPlain(index) && index.type !== 'NumericLiteral')
          throw new NotProven('an element of its answer is computed')
        path += '[]'
        indexes.push(this.#file.source(index))
      } else if (name === undefined) throw new NotProven('a part of its answer is asked for by a computed name')
      else path = under(path, name)
      hops++
      ;({ node, parent } = outer(parent as Node))
    }
    if (this.#isUntouched(path)) return
    if (isWritten(node, parent)) throw new NotProven('its answer is changed')
    const list = this.#list(path)
    if (list) {
      const edit = this.#rewritten(place, list.v2, indexes, start, node, isOptional, hops)
      if (parent?.type === 'ForOfStatement' && parent.right === node) {
        if (edit) this.edits.push(edit)
        const declared = parent.left.type === 'VariableDeclaration' ? parent.left.declarations[0]?.id : undefined
        if (!declared) throw new NotProven('its answer is gone through in an unusual way')
        return this.#holder(declared as Node, element(list))
      }
      const isCounted = isMember(parent) && parent.object === node && memberName(parent) === 'length'
      if (!isCounted && !isTest(node, parent)) throw new NotProven(`\`${path}\` goes on as a whole`)
      if (edit) this.edits.push(edit)
      return
    }
    if (path === place.v1 && start === undefined) {
      if (isTest(node, parent)) return
      if (parent?.type === 'VariableDeclarator' && parent.init === node) return this.#holder(parent.id as Node, place)
      throw new NotProven(path === '' ? 'its answer goes on as a whole' : `\`${path}\` goes on as a whole`)
    }
    const object = this.#element(path)
    if (object) {
      const edit = this.#rewritten(place, object.v2, indexes, start, node, isOptional, hops)
      if (parent?.type === 'VariableDeclarator' && parent.init === node) {
        if (edit) this.edits.push(edit)
        return this.#holder(parent.id as Node, object)
      }
      if (isTest(node, parent)) {
        if (edit) this.edits.push(edit)
        return
      }
      throw new NotProven(`\`${path}\` goes on as a whole`)
    }
    const row = this.#leaf(path)
    this.#first(path, indexes, place)
    const edit = this.#rewritten(place, row.from, indexes, start, node, isOptional, hops)
    if (row.table) {
      if (!isPlain(base)) throw new NotProven('a value is compared where the answer is asked for')
      return this.#compared(node, row, this.#textOf(base, start, edit, node))
    }
    if (edit) this.edits.push(edit)
  }

  /** What an object of the old SDK could be asked: `payment.isPaid()`, `payment.getPaymentUrl()`. */
  #asked(call: CallNode, object: Node, place: Place, method: string): void {
    if (argumentsOf(call).length > 0) throw new NotProven('a method of its answer is given something')
    if (!isPlain(object)) throw new NotProven('a method of its answer is asked where it is got')
    const source = this.#file.source(object)
    const read = (path: Path) => {
      const { from, table } = this.#leaf(path)
      if (from.includes('[]')) throw new NotProven(`\`${path}\` stands in a list in ${this.#map.to.id}`)
      return { text: `${source}.${relative(from, place.v2).replaceAll('.', '?.')}`, table }
    }
    const condition = /^[\w.]+$/.test(method) ? undefined : conditionOf(method)
    let text: string
    if (!condition) {
      const { text: path, table } = read(method)
      if (table) throw new NotProven(`\`${method}\` has other values in ${this.#map.to.id}`)
      text = path
    } else if (condition.is === 'has') {
      const { text: path, table } = read(condition.path)
      if (table) throw new NotProven(`\`${condition.path}\` has other values in ${this.#map.to.id}`)
      text = `${path} != null`
    } else if (condition.is === 'equal' && typeof condition.value === 'string') {
      const { text: path, table } = read(condition.path)
      text = this.#equal(path, table, condition.value, condition.negated)
    } else throw new NotProven('a method of its answer asks for several things at once')
    const { node, parent } = outer(call)
    const isApart =
      parent?.type === 'VariableDeclarator' ||
      parent?.type === 'ReturnStatement' ||
      parent?.type === 'IfStatement' ||
      parent?.type === 'AssignmentExpression' ||
      parent?.type === 'ObjectProperty' ||
      parent?.type === 'LogicalExpression' ||
      (parent?.type === 'ConditionalExpression' && parent.test === node) ||
      (isCall(parent) && parent.callee !== node)
    this.#renamed++
    this.edits.push({ start: call.start!, end: call.end!, text: condition && !isApart ? `(${text})` : text })
  }

  /** The text of a read with what is written for it. */
  #textOf(base: Node, start: number | undefined, edit: TextEdit | undefined, node: Node): string {
    if (!edit) return this.#file.text.slice(base.start, node.end)
    return this.#file.text.slice(base.start, start) + edit.text
  }

  /** What a comparison with an old value is in new ones. */
  #compared(node: Node, row: { readonly table?: FlatRow['table']; readonly from: Path }, text: string): void {
    const { node: whole, parent } = outer(node)
    const isEqual = parent?.type === 'BinaryExpression' && /^[!=]==?$/.test(parent.operator)
    const other = isEqual ? unwrap((parent.left === whole ? parent.right : parent.left) as Node) : undefined
    const value = other && literalText(other)
    if (!isEqual || value === undefined)
      throw new NotProven(`\`${row.from}\` has other values in ${this.#map.to.id}, and is compared with none here`)
    const said = this.#equal(text, row.table, value, parent.operator.startsWith('!'))
    this.edits.push({ start: parent.start!, end: parent.end!, text: said })
  }

  /** Whether a read of the new answer has what the old one called by a value. */
  #equal(text: string, table: FlatRow['table'], value: string, isNegative: boolean): string {
    const known = Object.entries(table ?? {}).flatMap(([now, was]) => (was === value ? [now] : []))
    const values = known.length > 0 ? known : Object.hasOwn(table ?? {}, value) ? [] : [value]
    const quoted = values.map((one) => this.#quote + one + this.#quote)
    if (quoted.length === 0) throw new NotProven(`${this.#map.to.id} has no \`${value}\``)
    return quoted.length === 1
      ? `${text} ${isNegative ? '!==' : '==='} ${quoted[0]}`
      : `${isNegative ? '!' : ''}[${quoted.join(', ')}].includes(${text})`
  }

  /** A method of a list, with the function that gets each element. */
  #each(call: Node, name: string | undefined, list: Node, edit: TextEdit | undefined, place: Place): void {
    const gives = EACH[name ?? '']
    const [first, ...others] = isCall(call) ? argumentsOf(call) : []
    const fn = first && unwrap(first)
    if (!gives || !fn || !isFunction(fn) || fn.params.length > 2 || others.length > 0)
      throw new NotProven(`\`${this.#file.source(list)}\` goes on as a whole`)
    const [parameter] = fn.params
    if (this.#isUntyped && parameter && !('typeAnnotation' in parameter && parameter.typeAnnotation))
      throw new NotProven(`\`${this.#file.source(parameter)}\` would have no type in ${this.#map.to.id}`)
    if (edit) this.edits.push(edit)
    if (fn.params[0]) this.#holder(fn.params[0] as Node, element(place))
    if (gives === 'element') this.#value(call, element(place))
    if (gives === 'list') this.#value(call, place)
  }

  #rewritten(
    place: Place,
    to: Path,
    indexes: readonly string[],
    start: number | undefined,
    node: Node,
    isOptional: boolean,
    hops: number,
  ): TextEdit | undefined {
    if (start === undefined) return undefined
    const rest = relative(to, place.v2)
    if (rest.split('[]').length - 1 !== indexes.length)
      throw new NotProven(`\`${to}\` stands in other lists than in ${this.#map.from.id}`)
    const left = [...indexes]
    const parts = rest.match(/\[\]|[^.[\]]+/g) ?? []
    const startsOptional = this.#file.text.startsWith('?.', start)
    const text = parts
      .map((part, at) => {
        const chain = (at === 0 ? startsOptional : isOptional || parts.length > hops) ? '?.' : ''
        if (part === '[]') return `${chain}[${left.shift()}]`
        return /^[A-Za-z_$][\w$]*$/.test(part)
          ? `${chain || '.'}${part}`
          : `${chain}[${this.#quote}${part}${this.#quote}]`
      })
      .join('')
    const names = (chain: string) =>
      chain.replace(/\?\.(\[?)/g, (_all, open: string) => open || '.').replace(/[\s!)]/g, '')
    if (names(this.#file.text.slice(start, node.end)) === names(text)) return undefined
    this.#renamed++
    return { start, end: node.end, text }
  }

  // ---- rows -------------------------------------------------------------------------------------

  #isUntouched(path: Path): boolean {
    if (this.#untouched.has(path)) return true
    if (!this.#takesErrors || path === '') return false
    // the answer of an error has the words of the old version, whoever asks
    const { code, message, debug, issues } = this.#map.errors.v1
    const words = [...code, ...message, debug, issues?.list].flatMap((one) => (one === undefined ? [] : [one]))
    const [first] = path.split(/[.[]/)
    const isOurs = this.#rows.some(({ to }) => to?.split(/[.[]/)[0] === first)
    return !isOurs && words.some((one) => one.split(/[.[]/)[0] === first)
  }

  /** A list that is the same list in both versions. */
  #list(path: Path): Place | undefined {
    const row = this.#container(`${path}[]`)
    return row && { v1: path, v2: row.from.replace(/\[\d*\]$/, '') }
  }

  /** An element of such a list. */
  #element(path: Path): Place | undefined {
    const row = path.endsWith('[]') ? this.#container(path) : undefined
    return row && { v1: path, v2: row.from }
  }

  #container(path: Path): { readonly from: Path } | undefined {
    const rows = this.#rows.filter(({ to, isContainer, append }) => isContainer && !append && to === path)
    const from = rows[0]?.from
    return rows.length === 1 && typeof from === 'string' && from.endsWith('[]') ? { from } : undefined
  }

  #isLeaf(path: Path): boolean {
    return this.#rows.some((row) => !row.isContainer && this.#names(row).some(({ to }) => to === path))
  }

  /** The paths that a row writes, and those that it reads for them. */
  #names({ to, from, money }: FlatRow): readonly { readonly to: Path; readonly from: Path | undefined }[] {
    if (to === null) return []
    const path = to.replace(/\[\d+\]/g, '[]')
    if (!money) return [{ to: path, from: from ?? undefined }]
    const { v1, v2 } = this.#map.money
    const inner = (name: string | undefined) =>
      from === undefined || from === null || v2.shape === 'scalar' ? undefined : under(from, name ?? 'value')
    const value = v1.format === v2.format ? inner(v2.value) : undefined
    if (money.scalar || v1.shape === 'scalar') return [{ to: path, from: value }]
    return [
      { to: under(path, money.value ?? v1.value ?? 'value'), from: value },
      { to: under(path, money.currencyName ?? v1.currency ?? 'currency'), from: inner(v2.currency ?? 'currency') },
    ]
  }

  /** The one row that a value comes from, if it is a plain name. */
  #leaf(path: Path): { readonly from: Path; readonly table: FlatRow['table'] } {
    const found = this.#rows
      .filter(({ isContainer }) => !isContainer)
      .flatMap((row) => this.#names(row).flatMap((names) => (names.to === path ? [{ row, from: names.from }] : [])))
    const [only] = found
    if (!only) throw new NotProven(`\`${path}\` is not told as one value`)
    const { row: flat, from } = only
    const { row } = flat
    const isMade = isConverting(row) || (row.default ?? row.const) !== undefined
    if (found.length > 1 || from === undefined || isMade || flat.when.length > 0)
      throw new NotProven(
        `\`${path}\` is not plainly told by ${this.#map.to.id}${row.why ? `: ${row.why.trim().replace(/\.$/, '')}` : ''}`,
      )
    return { from: from.replace(/\[\d+\]/g, '[]'), table: flat.table }
  }

  /** Where lists are put behind each other, only the first element of the first one keeps its place. */
  #first(path: Path, indexes: readonly string[], place: Place): void {
    const appended = this.#rows.filter(({ append, isContainer }) => append && isContainer)
    for (const one of appended) {
      const list = one.to!.slice(0, one.to!.lastIndexOf('[]') + 2)
      if (!path.startsWith(list)) continue
      const first = appended.find(({ to }) => to!.startsWith(list))!
      const depth = list.split('[]').length - 1 - (place.v1.split('[]').length - 1)
      if (!path.startsWith(`${first.to}.`) || indexes[depth - 1] !== '0')
        throw new NotProven(`\`${path}\` is one of several lists in ${this.#map.to.id}`)
    }
  }
}

/** An expression with what only types and brackets put around it, and what it is a part of. */
function outer(base: Node): { node: Node; parent: Node | undefined } {
  let node = base
  let parent = parentOf(node)
  while (parent && !isFunction(parent) && unwrap(parent) !== parent && unwrap(parent) === unwrap(node)) {
    if (
      (parent.type === 'TSAsExpression' ||
        parent.type === 'TSTypeAssertion' ||
        parent.type === 'TSSatisfiesExpression') &&
      parent.typeAnnotation.type !== 'TSAnyKeyword'
    )
      throw new NotProven('its answer is given a type')
    node = parent
    parent = parentOf(node)
  }
  return { node, parent }
}

/** True for a name that is imported from one of these packages. */
function isFrom(file: JavaScriptFile, id: Node, ...packages: readonly string[]): boolean {
  const binding = id.type === 'Identifier' ? file.module.binding(id) : undefined
  return (
    id.type === 'Identifier' &&
    file.module.mentions.some(
      ({ specifier, node }) =>
        packages.includes(specifier) &&
        namesGiven(node, id.name).some((one) => file.module.scopes.lookup(one.name, one) === binding),
    )
  )
}

function memberOf(object: Extract<Node, { type: 'ObjectExpression' }>, name: string): Node | undefined {
  for (const property of object.properties)
    if (property.type !== 'SpreadElement' && keyName(property) === name)
      return (property.type === 'ObjectMethod' ? property : property.value) as Node
  return undefined
}

/** Only whether it is there. */
function isTest(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'UnaryExpression') return parent.operator === '!'
  if (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') return parent.test === node
  return parent?.type === 'LogicalExpression' && parent.operator === '&&' && parent.left === node
}

function isWritten(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'AssignmentExpression') return parent.left === node
  return parent?.type === 'UpdateExpression' || (parent?.type === 'UnaryExpression' && parent.operator === 'delete')
}

/** Where `.name` begins behind an expression, brackets and `!` left out. */
function memberStart(text: string, object: Node): number {
  return object.end + (/^[\s)!]*/.exec(text.slice(object.end))?.[0].length ?? 0)
}

function under(path: Path, name: string): Path {
  return path === '' ? name : `${path}.${name}`
}

function relative(path: Path, base: Path): Path {
  if (base === '') return path
  if (path !== base && !path.startsWith(`${base}.`) && !path.startsWith(`${base}[`))
    throw new NotProven(`\`${path}\` stands elsewhere in the new answer`)
  return path.slice(base.length).replace(/^\./, '')
}

function element({ v1, v2 }: Place): Place {
  return { v1: `${v1}[]`, v2: `${v2}[]` }
}
