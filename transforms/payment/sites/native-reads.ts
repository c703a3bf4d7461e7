/** What a call site reads of an answer, written in the words of the new version. */
import {
  argumentsOf,
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
import { type FlatRow, isConverting, rowsOf } from '../map/rows.ts'
import type { OperationId, Path, PaymentMap } from '../map/types.ts'
import type { FacadeSite } from './facade-uses.ts'
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
  #takesErrors = false
  /** How many names of the answer have become others. */
  #renamed = 0

  constructor(file: JavaScriptFile, map: PaymentMap, operation: OperationId, by: 'sdk' | 'http', quote: string) {
    this.#file = file
    this.#map = map
    this.#quote = quote
    this.#rows = rowsOf(map, operation, 'response')
    const status = by === 'sdk' ? map.sdk?.[0]?.statusMember : undefined
    this.#untouched = new Set(status === undefined ? [] : [status])
  }

  // ---- from the call to the answer --------------------------------------------------------------

  answer({ call, by, as, callback }: FacadeSite): void {
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
      if (fn.params[1]) this.#holder(fn.params[1] as Node, ROOT)
      return
    }
    if (by === 'sdk' || as === 'json' || as === 'request-promise')
      return this.#settled(call, (node) => this.#value(node, ROOT))
    if (as === 'axios') return this.#settled(call, (node) => this.#value(node, ROOT, 'data'))
    if (as === 'got' || as === 'superagent') return this.#settled(call, (node) => this.#value(node, ROOT, 'body'))
    if (as === 'fetch' || as === 'ky') {
      this.#takesErrors = as === 'fetch'
      return this.#settled(call, (node) => this.#response(node))
    }
    throw new NotProven(as === undefined ? 'its client is not written out' : `its answer has the form of \`${as}\``)
  }

  /** What is done with a promise: it is waited for, or a function gets what it gives. */
  #settled(promise: Node, given: (value: Node) => void): void {
    const { node, parent } = outer(promise)
    if (parent?.type === 'AwaitExpression') return given(parent)
    if (parent?.type === 'ExpressionStatement' || (parent?.type === 'UnaryExpression' && parent.operator === 'void'))
      return
    const name = isMember(parent) && parent.object === node ? memberName(parent) : undefined
    const call = parent && parentOf(parent)
    if (name !== undefined && isCall(call) && call.callee === parent) {
      if (name === 'catch' || name === 'finally') return this.#settled(call, given)
      const [fulfilled] = argumentsOf(call)
      const fn = fulfilled && unwrap(fulfilled)
      if (name === 'then' && fn && isFunction(fn)) {
        if (fn.params[0]) this.#held(fn.params[0] as Node, given)
        return
      }
    }
    if (parent?.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'Identifier')
      return this.#references(parent.id as Node, (reference) => this.#settled(reference, given))
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
    if (name === 'json' && isCall(call) && call.callee === parent)
      return this.#settled(call, (value) => this.#value(value, ROOT))
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
    const known = Object.entries(row.table ?? {}).flatMap(([now, was]) => (was === value ? [now] : []))
    const values = known.length > 0 ? known : Object.hasOwn(row.table ?? {}, value) ? [] : [value]
    const isNegative = parent.operator.startsWith('!')
    const quoted = values.map((one) => this.#quote + one + this.#quote)
    if (quoted.length === 0) throw new NotProven(`${this.#map.to.id} has no \`${value}\``)
    const said =
      quoted.length === 1
        ? `${text} ${isNegative ? '!==' : '==='} ${quoted[0]}`
        : `${isNegative ? '!' : ''}[${quoted.join(', ')}].includes(${text})`
    this.edits.push({ start: parent.start!, end: parent.end!, text: said })
  }

  /** A method of a list, with the function that gets each element. */
  #each(call: Node, name: string | undefined, list: Node, edit: TextEdit | undefined, place: Place): void {
    const gives = EACH[name ?? '']
    const [first, ...others] = isCall(call) ? argumentsOf(call) : []
    const fn = first && unwrap(first)
    if (!gives || !fn || !isFunction(fn) || fn.params.length > 2 || others.length > 0)
      throw new NotProven(`\`${this.#file.source(list)}\` goes on as a whole`)
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
    const text = parts
      .map((part, at) => {
        const chain = at > 0 && (isOptional || parts.length > hops) ? '?.' : isOptional && at === 0 ? '?.' : ''
        if (part === '[]') return `${chain}[${left.shift()}]`
        return /^[A-Za-z_$][\w$]*$/.test(part)
          ? `${chain || '.'}${part}`
          : `${chain}[${this.#quote}${part}${this.#quote}]`
      })
      .join('')
    if (this.#file.text.slice(start, node.end) === text) return undefined
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
