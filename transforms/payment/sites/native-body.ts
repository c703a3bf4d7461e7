/** What a call site sends, written in the words of the new version: by the rows of the map, where all of it is seen. */
import { children, isFunction, type JavaScriptFile, keyName, literalText, type Node, unwrap } from '#kit'
import { key } from '../facade/code.ts'
import { AmountError, decimalOf, unitsOf } from '../map/money.ts'
import { pathOf, segmentsOf } from '../map/path.ts'
import type { Condition } from '../map/predicate.ts'
import { type FlatRow, isCastByCheck, isConverting, rowsOf } from '../map/rows.ts'
import type { MoneyRow, OperationId, Path, PaymentMap } from '../map/types.ts'
import { isPlain } from './rewrite.ts'

/** Why a call site keeps the words of the old version. */
export class NotProven extends Error {
  override readonly name = 'NotProven'
}

function notProven(why: string): never {
  throw new NotProven(why)
}

/** One value of a body, where it stands in it. */
interface Leaf {
  /** With `[]` for each list. */
  readonly path: Path
  readonly indexes: readonly number[]
  readonly node: Node
}

/** A body as it is going to be written. */
type Made =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'object'; readonly spreads: string[]; readonly members: Map<string, Made> }
  | { readonly is: 'list'; readonly items: Made[] }

/** How the file writes. */
export interface BodyStyle {
  readonly quote: string
  readonly indent: string
  /** Whether the last line of a list or an object ends with a comma. */
  readonly trailingComma: boolean
  /** What amounts that are no literals are made with. */
  readonly amount: string
}

/** A body in the new words, and whether it makes amounts while it runs. */
export interface NativeBody {
  /** As it stands behind lines that are indented by `around`. */
  readonly text: (around: string, column: number) => string
  readonly isEmpty: boolean
  readonly usesAmount: boolean
}

/** The new words for what an operation is sent. Throws `NotProven` where some of it is not seen, or depends on what runs. */
export function nativeBody(
  file: JavaScriptFile,
  map: PaymentMap,
  operation: OperationId,
  body: Node | undefined,
  ref: Node | undefined,
  style: BodyStyle,
): NativeBody {
  return new BodyWriter(file, map, operation, body, ref, style).write()
}

class BodyWriter {
  readonly #file: JavaScriptFile
  readonly #map: PaymentMap
  readonly #operation: OperationId
  readonly #style: BodyStyle
  readonly #leaves: readonly Leaf[]
  /** The objects that leaves stand in, by their paths. */
  readonly #trees: { readonly path: Path; readonly node: Node }[] = []
  readonly #ref: Node | undefined
  readonly #used = new Set<Leaf>()
  readonly #root: Made & { is: 'object' } = { is: 'object', spreads: [], members: new Map() }
  #usesAmount = false

  constructor(
    file: JavaScriptFile,
    map: PaymentMap,
    operation: OperationId,
    body: Node | undefined,
    ref: Node | undefined,
    style: BodyStyle,
  ) {
    this.#file = file
    this.#map = map
    this.#operation = operation
    this.#style = style
    this.#leaves = body ? leavesOf(file, body, this.#trees) : []
    this.#ref = ref
  }

  write(): NativeBody {
    const facts = this.#map.operations[this.#operation]!
    if (facts.v2 && 'steps' in facts.v2)
      for (const step of facts.v2.steps)
        if ('compare' in step && this.#leaves.some(({ path }) => path.startsWith(plain(step.compare.request))))
          notProven('the amount that it sends is compared with that of the order before money moves')
    for (const row of rowsOf(this.#map, this.#operation, 'request')) this.#apply(row)
    const left = this.#leaves.find((leaf) => !this.#used.has(leaf) && !isNothing(leaf.node))
    if (left)
      notProven(
        isWrittenOut(left.node)
          ? `\`${left.path}\` has no counterpart`
          : `what \`${left.path}\` holds is put together elsewhere`,
      )
    this.#inOrder()
    return {
      text: (around, column) => this.#printed(this.#root, around, column),
      isEmpty: this.#root.members.size + this.#root.spreads.length === 0,
      usesAmount: this.#usesAmount,
    }
  }

  /** Values that do something while they are made must be made in the same order. */
  #inOrder(): void {
    const text = this.#flat(this.#root)
    const doing = this.#leaves.filter(({ node }) => !isQuiet(node)).map(({ node }) => this.#file.source(unwrap(node)))
    if (doing.length < 2) return
    const places = doing.map((one) => text.indexOf(one))
    const isOrdered = places.every((place, at) => at === 0 || place > places[at - 1]!)
    const isTwice = doing.some((one) => text.indexOf(one) !== text.lastIndexOf(one))
    if (!isOrdered || isTwice) notProven('what it sends is made in another order')
  }

  /** Where the façade finds the key of the order in the body if the call has none, best first. */
  #keys(): Leaf[] {
    const paths = (this.#map.operations[this.#operation]?.rolloutKey ?? []).filter((path) => !path.startsWith('$'))
    return paths.flatMap((path) =>
      this.#leaves.filter((leaf) => leaf.path === plain(path) && !isNothing(leaf.node)).slice(0, 1),
    )
  }

  // ---- rows -------------------------------------------------------------------------------------

  #apply(row: FlatRow): void {
    if (row.isContainer) return this.#counted(row)
    const holds = this.#holds(row.when)
    if (row.derive) {
      if (holds !== false) notProven(`\`${row.to}\` is made of other values while it runs`)
      return
    }
    if (row.from === null) return
    if (row.from === undefined) return this.#constant(row, holds)
    if (row.from.startsWith('$ctx.')) return this.#reference(row, holds)
    if (row.money && !row.money.scalar && this.#map.money.v1.shape === 'object') return this.#amounts(row, row.money)
    const leaves = this.#leaves.filter(({ path }) => path === plain(row.from as Path))
    for (const leaf of leaves) this.#used.add(leaf)
    if (leaves.length === 0 && this.#carried(row)) return
    const there = leaves.filter(({ node }) => !isNothing(node))
    if (there.length === 0) return this.#absent(row)
    if (row.when.length > 0 && holds !== true) notProven(`whether \`${row.from}\` is sent depends on other values`)
    for (const leaf of there) {
      if (row.to === null) this.#dropped(row, leaf)
      else if (row.money) this.#put(row.to, leaf.indexes, this.#scalarAmount(row.money, leaf))
      else this.#put(row.to, leaf.indexes, { is: 'text', text: this.#converted(row, leaf) })
    }
  }

  /** An object that goes over as it is, such as the metadata of an order. True if there is one. */
  #carried({ row, from, to, table, money, when }: FlatRow): boolean {
    const path = plain(from as Path)
    const inside = this.#leaves.filter((leaf) => leaf.path.startsWith(`${path}.`))
    const rows = rowsOf(this.#map, this.#operation, 'request')
    const isWhole = !rows.some((one) => typeof one.from === 'string' && plain(one.from).startsWith(`${path}.`))
    if (inside.length === 0 || !isWhole || typeof to !== 'string' || path.includes('[]')) return false
    if (table || money || when.length > 0 || isConverting(row) || row.const !== undefined) return false
    if (inside.some(({ node }) => isNothing(node))) notProven(`\`${path}\` has parts that are not there`)
    for (const leaf of inside) this.#used.add(leaf)
    const [tree] = this.#trees.filter((one) => one.path === path)
    this.#put(to, [], { is: 'text', text: this.#source(tree!.node) })
    return true
  }

  #counted({ from, row }: FlatRow): void {
    if (row.maxItems === undefined || typeof from !== 'string') return
    const depth = segmentsOf(from).filter((one) => typeof one === 'symbol').length
    const inside = this.#leaves.filter(({ path }) => path.startsWith(from))
    if (inside.some(({ indexes }) => (indexes[depth - 1] ?? 0) >= row.maxItems!))
      notProven(`\`${from}\` has more than ${row.maxItems} elements`)
  }

  #constant({ row, to }: FlatRow, holds: boolean | 'unknown'): void {
    if (row.const === undefined || to === null || holds === false) return
    if (holds === 'unknown') notProven(`whether \`${to}\` is sent depends on other values`)
    this.#put(to, [], { is: 'text', text: this.#literal(row.const) })
  }

  #reference({ to, when }: FlatRow, holds: boolean | 'unknown'): void {
    if (to === null || holds === false) return
    const [first, second] = this.#keys()
    if (holds === true) {
      const ref = this.#ref ?? first?.node
      if (ref) this.#put(to, [], { is: 'text', text: this.#twice(ref) })
      return
    }
    // the field that the key takes the place of is sent, and may turn out to be empty
    const [condition] = when
    const field = condition?.is === 'not' && condition.of.is === 'has' ? plain(condition.of.path) : undefined
    const ref = this.#ref ?? (first?.path === field ? second?.node : first?.node)
    if (field !== undefined && !ref) return
    const place = this.#at(to)
    if (when.length !== 1 || field === undefined || place === undefined || !ref)
      notProven(`whether \`${to}\` is the key of the order depends on other values`)
    const own = /^[\w$.]+$/.test(place.made.text) ? place.made.text : `(${place.made.text})`
    place.holder.set(place.name, { is: 'text', text: `${own} ?? ${this.#twice(ref)}` })
  }

  /** Where something has been written already. */
  #at(to: Path) {
    let place: Made | undefined = this.#root
    let found: { readonly holder: Map<string, Made>; readonly name: string } | undefined
    for (const segment of segmentsOf(to)) {
      const name: string | number = typeof segment === 'symbol' ? 0 : segment
      found = place?.is === 'object' && typeof name === 'string' ? { holder: place.members, name } : undefined
      place = place?.is === 'list' ? place.items[name as number] : found?.holder.get(name as string)
    }
    return found && place?.is === 'text' ? { ...found, made: place } : undefined
  }

  #absent({ row, from, to }: FlatRow): void {
    if (row.required) notProven(`\`${from}\` must be there`)
    if (row.default === undefined || to === null) return
    if (to.includes('[]')) notProven(`\`${to}\` has a default in every element`)
    this.#put(to, [], { is: 'text', text: this.#literal(row.default) })
  }

  #dropped({ row, from }: FlatRow, { node }: Leaf): void {
    if (row.severity !== 'drop') notProven(`\`${from}\` has no counterpart: ${ended(row.why)}`)
    const text = literalOf(node)
    if (row.pattern !== undefined && (text === undefined || !new RegExp(row.pattern).test(String(text))))
      notProven(`\`${from}\` is left out only where it is known`)
    if (text === undefined && !isPlain(node)) notProven(`\`${from}\` is left out, and making it may do something`)
  }

  #converted({ row, from, to, table, otherwise }: FlatRow, { node }: Leaf): string {
    const source = this.#source(node)
    const value = literalOf(node)
    if (table) {
      if (value === undefined || isConverting(row))
        notProven(`\`${from}\` has other values in ${this.#map.to.id}, and its value is not written here`)
      const known = Object.hasOwn(table, String(value)) ? table[String(value)] : undefined
      if (typeof known === 'string') return this.#literal(known)
      if (otherwise !== 'keep') notProven(`\`${from}\` cannot be \`${value}\` in ${this.#map.to.id}`)
      return source
    }
    if (row.const !== undefined) {
      if (value === undefined) notProven(`whether \`${from}\` is there is not known`)
      return this.#literal(row.const)
    }
    // a whole number is made of it before it is sent, as before
    if (value === undefined && isCastByCheck({ row, to }) && onlyCasts(row)) return source
    if (isConverting(row) && !(row.cast === 'string' && node.type === 'TemplateLiteral')) {
      const changed = value === undefined ? undefined : changedLiteral(row, value)
      if (changed === undefined)
        notProven(`\`${from}\` is written otherwise in ${this.#map.to.id}, and its value is not written here`)
      this.#allowed(row, from, changed)
      return this.#literal(changed)
    }
    if (value !== undefined) this.#allowed(row, from, value)
    else if (row.default !== undefined)
      return `${/^[\w$.]+$/.test(source) ? source : `(${source})`} ?? ${this.#literal(row.default)}`
    return source
  }

  #allowed(row: FlatRow['row'], from: FlatRow['from'], value: unknown): void {
    const text = String(value)
    if (row.pattern !== undefined && !new RegExp(row.pattern).test(text)) notProven(`\`${from}\` cannot be \`${text}\``)
    if (row.maxLength !== undefined && text.length > row.maxLength) notProven(`\`${from}\` is too long`)
  }

  // ---- amounts ----------------------------------------------------------------------------------

  #amounts(row: FlatRow, money: MoneyRow): void {
    const { v1 } = this.#map.money
    const [value, currency] = [money.value ?? v1.value ?? 'value', money.currencyName ?? v1.currency ?? 'currency']
    const from = plain(row.from as Path)
    const at = (name: string) => this.#leaves.filter(({ path }) => path === `${from}.${name}`)
    for (const leaf of [...at(value), ...at(currency)]) this.#used.add(leaf)
    if (row.to === null) return
    for (const leaf of at(value)) {
      if (isNothing(leaf.node)) continue
      const named = at(currency).find(({ indexes }) => indexes.join() === leaf.indexes.join())
      if (!named) notProven(`\`${from}\` has no currency`)
      this.#put(row.to, leaf.indexes, this.#amount(money, leaf.node, named.node))
    }
  }

  #scalarAmount(money: MoneyRow, leaf: Leaf): Made {
    if (money.currencyFrom === undefined) {
      if (money.currency === undefined) notProven(`\`${leaf.path}\` has no currency`)
      return this.#amount(money, leaf.node, money.currency)
    }
    const path = plain(money.currencyFrom)
    const depth = path.split('[]').length - 1
    const named = this.#leaves.find(
      (one) => one.path === path && one.indexes.join() === leaf.indexes.slice(0, depth).join(),
    )
    if (!named || isNothing(named.node)) notProven(`\`${leaf.path}\` has no currency`)
    this.#used.add(named)
    return this.#amount(money, leaf.node, named.node)
  }

  #amount(money: MoneyRow, value: Node, currency: Node | string): Made {
    const { v1, v2, exponents } = this.#map.money
    const [amount, code] = [literalOf(value), typeof currency === 'string' ? currency : literalOf(currency)]
    const isKnown = (typeof amount === 'string' || typeof amount === 'number') && typeof code === 'string'
    if (!isKnown) {
      if (money.abs) notProven('an amount loses its sign, and is not written here')
      this.#usesAmount = true
      const named = typeof currency === 'string' ? this.#literal(currency) : this.#twice(currency)
      const call = `${this.#style.amount}(${this.#source(value)}, ${named})`
      return v2.shape === 'scalar' ? { is: 'text', text: call } : { is: 'object', spreads: [call], members: new Map() }
    }
    try {
      const signed = v1.format === 'decimal-string' ? unitsOf(amount, code, exponents) : BigInt(String(amount))
      const units = money.abs && signed < 0n ? -signed : signed
      if (v2.negative === 'refused' && units < 0n) throw new AmountError(`${amount} is negative`)
      const text = v2.format === 'decimal-string' ? this.#literal(decimalOf(units, code, exponents)) : String(units)
      if (v2.shape === 'scalar') return { is: 'text', text }
      const members = new Map<string, Made>([
        [v2.value ?? 'value', { is: 'text', text }],
        [v2.currency ?? 'currency', { is: 'text', text: this.#literal(code) }],
      ])
      return { is: 'object', spreads: [], members }
    } catch (error) {
      if (error instanceof AmountError || error instanceof SyntaxError) notProven(`an amount is none: ${error.message}`)
      throw error
    }
  }

  // ---- conditions -------------------------------------------------------------------------------

  #holds(conditions: readonly Condition[]): boolean | 'unknown' {
    if (conditions.length > 0 && this.#leaves.some(({ indexes }) => (indexes[0] ?? 0) > 0)) return 'unknown'
    const all = conditions.map((one) => this.#state(one))
    return all.includes(false) ? false : all.includes('unknown') ? 'unknown' : true
  }

  #state(condition: Condition): boolean | 'unknown' {
    switch (condition.is) {
      case 'has': {
        const path = plain(condition.path)
        const found = this.#leaves.filter(
          (leaf) => leaf.path === path || (/^[.[]/.test(leaf.path.slice(path.length)) && leaf.path.startsWith(path)),
        )
        const known = found.filter(({ node }) => !isNothing(node))
        if (known.length === 0) return false
        return known.some((leaf) => leaf.path !== path || isWrittenOut(leaf.node)) ? true : 'unknown'
      }
      case 'equal': {
        const leaf = this.#leaves.find(({ path }) => path === plain(condition.path))
        const value = leaf && literalOf(leaf.node)
        if (leaf && value === undefined && !isNothing(leaf.node)) return 'unknown'
        return (value === condition.value) !== condition.negated
      }
      case 'not': {
        const state = this.#state(condition.of)
        return state === 'unknown' ? state : !state
      }
      case 'and':
      case 'or': {
        const both = [this.#state(condition.left), this.#state(condition.right)]
        const decides = condition.is === 'or'
        return both.includes(decides) ? decides : both.includes('unknown') ? 'unknown' : !decides
      }
    }
  }

  // ---- writing ----------------------------------------------------------------------------------

  #source(node: Node): string {
    const text = this.#file.source(unwrap(node))
    if (text.includes('\n') && unwrap(node).type !== 'TemplateLiteral') notProven('a value goes over several lines')
    return text
  }

  /** The text of a value that is written twice: to make it twice must do nothing. */
  #twice(node: Node): string {
    if (literalOf(node) === undefined && !isPlain(node))
      notProven('a value is needed twice, and making it may do something')
    return this.#source(node)
  }

  #literal(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((one) => this.#literal(one)).join(', ')}]`
    if (typeof value !== 'string') return JSON.stringify(value)
    const inner = JSON.stringify(value).slice(1, -1)
    return this.#style.quote === '"' ? `"${inner}"` : `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  }

  #put(to: Path, indexes: readonly number[], value: Made): void {
    const segments = segmentsOf(to)
    let place: Made = this.#root
    let depth = 0
    segments.forEach((segment, at) => {
      const isLast = at === segments.length - 1
      const next = segments[at + 1]
      const fresh = (): Made =>
        next !== undefined && typeof next !== 'string'
          ? { is: 'list', items: [] }
          : { is: 'object', spreads: [], members: new Map() }
      const name = typeof segment === 'symbol' ? (indexes[depth++] ?? 0) : segment
      if (typeof name === 'number' ? place.is !== 'list' : place.is !== 'object')
        notProven(`\`${to}\` is written twice`)
      const current: Made | undefined =
        place.is === 'list'
          ? place.items[name as number]
          : place.is === 'object'
            ? place.members.get(name as string)
            : undefined
      const made = isLast ? (current ? merged(current, value, to) : value) : (current ?? fresh())
      if (place.is === 'list') place.items[name as number] = made
      else if (place.is === 'object') place.members.set(name as string, made)
      place = made
    })
  }

  #printed(made: Made, around: string, column: number): string {
    if (made.is === 'text') return made.text
    const flat = this.#flat(made)
    if (column + flat.length <= 100) return flat
    const inner = around + this.#style.indent
    const lines =
      made.is === 'list'
        ? made.items.map((one) => `${inner}${this.#printed(one, inner, inner.length + 1)}`)
        : [
            ...made.spreads.map((one) => `${inner}...${one}`),
            ...[...made.members].map(([name, one]) => {
              const head = `${inner}${key(name)}: `
              return `${head}${this.#printed(one, inner, head.length + 1)}`
            }),
          ]
    const [open, close] = made.is === 'list' ? '[]' : '{}'
    return `${open}\n${lines.join(',\n')}${this.#style.trailingComma ? ',' : ''}\n${around}${close}`
  }

  #flat(made: Made): string {
    if (made.is === 'text') return made.text
    if (made.is === 'list') return `[${made.items.map((one) => this.#flat(one)).join(', ')}]`
    if (made.members.size === 0 && made.spreads.length === 1) return made.spreads[0]!
    const parts = [
      ...made.spreads.map((one) => `...${one}`),
      ...[...made.members].map(([name, one]) => {
        const text = this.#flat(one)
        return text === name ? name : `${key(name)}: ${text}`
      }),
    ]
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
  }
}

function merged(a: Made, b: Made, to: Path): Made {
  if (a.is !== 'object' || b.is !== 'object') return notProven(`\`${to}\` is written twice`)
  return { is: 'object', spreads: [...a.spreads, ...b.spreads], members: new Map([...b.members, ...a.members]) }
}

function leavesOf(file: JavaScriptFile, body: Node, trees: { path: Path; node: Node }[]): Leaf[] {
  const leaves: Leaf[] = []
  const visit = (value: Node, path: Path, indexes: readonly number[]): void => {
    const inner = unwrap(value)
    if (inner.type === 'ArrayExpression')
      for (const [index, element] of inner.elements.entries()) {
        if (!element || element.type === 'SpreadElement') notProven(`\`${path}\` is put together elsewhere`)
        visit(element as Node, `${path}[]`, [...indexes, index])
      }
    else if (inner.type === 'ObjectExpression') {
      trees.push({ path, node: inner })
      for (const property of inner.properties) {
        const name = property.type === 'ObjectProperty' && !property.computed ? keyName(property) : undefined
        if (property.type !== 'ObjectProperty' || name === undefined)
          return notProven(
            path === '' ? 'what it sends is put together elsewhere' : `\`${path}\` is put together elsewhere`,
          )
        visit(property.value as Node, path === '' ? name : `${path}.${name}`, indexes)
      }
    } else leaves.push({ path, indexes, node: value })
  }
  const root = unwrap(body)
  if (root.type !== 'ObjectExpression') notProven('what it sends is put together elsewhere')
  if (file.module.comments.some((comment) => root.start <= comment.start! && comment.end! <= root.end))
    notProven('there are comments in what it sends')
  visit(body, '', [])
  return leaves
}

/** `transactions[0].amount` as `transactions[].amount`. */
function plain(path: Path): Path {
  return pathOf(segmentsOf(path)).replace(/\[\d+\]/g, '[]')
}

function literalOf(node: Node): string | number | boolean | undefined {
  const inner = unwrap(node)
  if (inner.type === 'NumericLiteral' || inner.type === 'BooleanLiteral') return inner.value
  if (inner.type === 'UnaryExpression' && inner.operator === '-' && inner.argument.type === 'NumericLiteral')
    return -inner.argument.value
  return literalText(inner)
}

/** `null` and `undefined`, which the façade leaves out. */
function isNothing(node: Node): boolean {
  const inner = unwrap(node)
  return inner.type === 'NullLiteral' || (inner.type === 'Identifier' && inner.name === 'undefined')
}

/** True for a value that does nothing while it is made, as far as its text tells. */
function isQuiet(node: Node): boolean {
  if (/Call|New|Await|Yield|Assignment|Update|Tagged|Import/.test(node.type)) return false
  return isFunction(node) || children(node).every(isQuiet)
}

/** A value that is there for certain. */
function isWrittenOut(node: Node): boolean {
  return literalOf(node) !== undefined || unwrap(node).type === 'TemplateLiteral'
}

function changedLiteral(row: FlatRow['row'], value: string | number | boolean): unknown {
  if (row.cast === 'string') return String(value)
  if (row.cast === 'boolean') return value === true || value === 'true' || value === 1
  if (row.cast === 'integer' || row.cast === 'number') return Number.isFinite(Number(value)) ? Number(value) : undefined
  if (row.abs) return String(value).replace(/^-/, '')
  if (row.replace && typeof value === 'string') return value.replaceAll(row.replace[0], row.replace[1])
  if (row.date === 'date') return String(value).slice(0, 10)
  if (row.split !== undefined && typeof value === 'string')
    return value
      .split(row.split)
      .map((part) => part.trim())
      .filter(Boolean)
  if (row.wrap === 'array') return [value]
  return undefined
}

function onlyCasts(row: FlatRow['row']): boolean {
  const { cast: _cast, ...rest } = row
  return !isConverting(rest)
}

function ended(why = 'see the guide'): string {
  return why.trim().replace(/\.$/, '')
}
