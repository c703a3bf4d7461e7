/** Writes the rows of a map as functions: what a person would have written by hand from the guide. */
import { EACH, type Segment, segmentsOf } from '../map/path.ts'
import { type Condition, conditionOf } from '../map/predicate.ts'
import { type Direction, type FlatRow, isCastByCheck, rowsOf } from '../map/rows.ts'
import type { EnumTable, MoneyRow, Operation, PatchFacts, Path, PaymentMap, Row, SumCheck } from '../map/types.ts'

/** Variables for places of the payload that is read, the longest path first found. */
interface Scope {
  readonly variables: readonly { readonly path: Path; readonly name: string }[]
  /** The path of the function's own parameter, for messages: a text or an expression. */
  readonly at: string
}

/** A row within one function, its paths relative to the function's parameter. */
interface Placed {
  readonly row: Row
  readonly from: Path | null | undefined
  readonly to: readonly Segment[] | null
  readonly rest: readonly Segment[]
  readonly when: readonly Condition[]
}

/** Behind `const units = …`. */
const NEGATIVE = "\n  if (units < 0n) throw unmapped(at, 'is negative, and v2 takes no such amount');"

/** Functions for rows, made as they are asked for. */
export class MappingCode {
  readonly #map: PaymentMap
  readonly #isTyped: boolean
  readonly #functions = new Map<string, string>()
  readonly #tables = new Map<string, string>()
  readonly #imports = new Set<string>(['compact'])
  #usesContext = false
  /** Whether the request that is written moves money: one that says no amount may be one of everything. */
  #movesMoney = false

  constructor(map: PaymentMap, isTyped: boolean) {
    this.#map = map
    this.#isTyped = isTyped
  }

  /** The name of the function that makes a v2 request of an operation's v1 body. */
  request(id: string, operation: Operation): string {
    const name = `${id}ToV2`
    if (this.#functions.has(name)) return name
    this.#movesMoney = operation.effect === 'moves-money'
    if (operation.patch) return this.#patch(name, id, operation, operation.patch)
    this.#functions.set(name, '')
    this.#usesContext = false
    const rows = operation.request ?? []
    const fields = this.#fieldsOf(rows, '')
    const body = this.#functionBody(
      this.#placed(rows, 'request', ''),
      { variables: [{ path: '', name: 'body' }], at: '' },
      'request',
    )
    const sums = (operation.sums ?? []).map((check) => this.#sum(check))
    const reference = this.#usesContext ? `, ref${this.#type(': string | undefined')}` : ''
    const known = `${constant(id)}_FIELDS`
    this.#tables.set(
      known,
      `/** What v1 takes and the map knows. */\nconst ${known} = [\n${fields.map((path) => `  '${path}',\n`).join('')}];`,
    )
    this.#imports.add('allMapped')
    this.#functions.set(
      name,
      `/** ${operation.title}: the request. Source: ${operation.source} */
export function ${name}(body${this.#type(': Payload')}${reference})${this.#type(': Payload')} {
  allMapped(body, ${known});
${body.statements.map((line) => `  ${line}\n`).join('')}${
  sums.length === 0
    ? `  return ${printed(body.value, 1)} ?? {};`
    : `  const request${this.#type(': Payload')} = ${printed(body.value, 1)};\n${sums.join('')}  return request ?? {};`
}
}`,
    )
    return name
  }

  #patch(name: string, id: string, { title, source }: Operation, { of, pointers }: PatchFacts): string {
    const convert = this.request(of, this.#map.operations[of]!)
    const table = `${constant(id)}_POINTERS`
    const type = this.#type(': Readonly<Record<string, readonly string[]>>')
    const lines = Object.entries(pointers).map(([from, to]) => `  ${text(from)}: ${literal(to)},\n`)
    this.#tables.set(
      table,
      `/** What can be changed, and where it stands in v2. */\nconst ${table}${type} = {\n${lines.join('')}};`,
    )
    this.#imports.add('patchOf')
    this.#functions.set(
      name,
      `/** ${title}: the JSON Patch. Source: ${source} */
export function ${name}(patch${this.#type(': Payload')})${this.#type(': Payload')} {
  return patchOf(patch, (body${this.#type(': Payload')}) => ${convert}(body${this.#referenceOf(convert)}), ${table});
}`,
    )
    return name
  }

  /** A reference belongs to what is made, and not to what is changed of it. */
  #referenceOf(convert: string): string {
    return this.#functions.get(convert)?.includes(`${convert}(body${this.#type(': Payload')}, ref`) ? ', undefined' : ''
  }

  /** The name of the function that looks at a v2 request before it is sent: the limits of the map, in the words of v2. */
  check(id: string, operation: Operation): string {
    const name = `check${id.charAt(0).toUpperCase()}${id.slice(1)}`
    if (this.#functions.has(name)) return name
    this.#functions.set(name, '')
    this.#imports.add('present')
    const limits = rowsOf(this.#map, id, 'request').flatMap((row) => [
      ...(operation.effect === 'moves-money' ? this.#amountThere(row) : []),
      ...this.#limits(row),
    ])
    const sums = (operation.sums ?? []).map((check) => this.#sum(check))
    const type = this.#type(': Payload')
    const casts = rowsOf(this.#map, id, 'request').filter(isCastByCheck)
    const numbers = [...new Map(casts.map(({ to, row }) => [to as string, row.cast === 'integer']))].map(
      ([to, isWhole]) => `${to}: numberOf(request?.${to}, ${text(to)}, ${isWhole})`,
    )
    if (numbers.length > 0) this.#imports.add('numberOf')
    const sent = numbers.length > 0 ? `{ ...request, ${numbers.join(', ')} }` : 'request'
    this.#functions.set(
      name,
      `/** ${operation.title}: what must hold before it is sent. Source: ${operation.source} */
export function ${name}(request${type})${type} {
${[...new Set(limits)].map((line) => `  ${line}\n`).join('')}${sums.join('')}  return present(${sent}) ?? {};
}`,
    )
    return name
  }

  /** Holds that an amount which is written down is one: where it is nothing, it would be left out. */
  #amountThere({ to, money }: FlatRow): string[] {
    if (!money || to === null || !/^\w+$/.test(to) || money.scalar === true || this.#map.money.v1.shape === 'scalar')
      return []
    this.#imports.add('notNothing')
    return [`notNothing(request, ${text(to)});`]
  }

  #limits({ row, to, money, isContainer, table }: FlatRow): string[] {
    if (to === null) return []
    const path = to.replace(/\[\d+\]/g, '[]')
    const read = access(to, { variables: [{ path: '', name: 'request' }], at: '' }).replace(
      /^request(?=[.[])/,
      'request?',
    )
    const each = (test: (value: string) => string) => {
      if (!path.includes('[]')) return `${test(read)};`
      this.#imports.add('valuesAt')
      return `for (const one of valuesAt(request, ${text(path)})) ${test('one')};`
    }
    if (isContainer) {
      if (row.maxItems === undefined || !path.endsWith('[]')) return []
      const list = path.slice(0, -2)
      this.#imports.add('atMostItems')
      this.#imports.add('valuesAt')
      return [`for (const list of valuesAt(request, ${text(list)})) atMostItems(list, ${row.maxItems}, ${text(path)});`]
    }
    const lines: string[] = []
    if (money) lines.push(each((value) => `${this.#amountCheck()}(${value}, ${text(path)})`))
    if (table !== undefined) return lines
    if (row.required) {
      this.#imports.add('required')
      lines.push(each((value) => `required(${value}, ${text(path)}, ${text(row.why ?? 'see the guide')})`))
    }
    if (row.pattern !== undefined) {
      this.#imports.add('matching')
      lines.push(each((value) => `matching(${value}, ${regex(row.pattern!)}, ${text(path)})`))
    }
    if (row.maxLength !== undefined) {
      this.#imports.add('atMost')
      lines.push(each((value) => `atMost(${value}, ${row.maxLength}, ${text(path)})`))
    }
    return lines
  }

  #amountCheck(): string {
    const name = 'checkAmount'
    if (this.#functions.has(name)) return name
    const { v2 } = this.#map.money
    const type = (one: string) => this.#type(one)
    const [value, currency] =
      v2.shape === 'scalar'
        ? ['amount', undefined]
        : [`amount.${v2.value ?? 'value'}`, `amount.${v2.currency ?? 'currency'}`]
    let test: string
    if (v2.format === 'decimal-string' && currency !== undefined) {
      this.#exponents()
      this.#imports.add('currencyOf')
      this.#imports.add('unitsOf')
      this.#imports.add('unmapped')
      test = `if (typeof ${value} !== 'string') throw unmapped(at, 'is no text');
  ${v2.negative === 'refused' ? 'const units = ' : ''}unitsOf(${value}, currencyOf(${currency}, at), at, EXPONENTS);${v2.negative === 'refused' ? NEGATIVE : ''}`
    } else {
      this.#imports.add('numberOf')
      test = `numberOf(${value}, at, true);`
    }
    this.#functions.set(
      name,
      `/** An amount of v2. Whatever would have to be rounded is refused. */
function ${name}(amount${type(': Payload')}, at${type(': string')})${type(': void')} {
  if (amount === undefined || amount === null) return;
  ${test}
}`,
    )
    return name
  }

  /** The name of the function that makes the old response of a new one. */
  response(id: string, operation: Operation): string {
    const rows = operation.response ?? []
    const [only] = rows
    if (rows.length === 1 && only?.shape !== undefined && only.from === '' && only.to === '')
      return this.shape(only.shape, 'response')
    const name = `${id}ToV1`
    if (this.#functions.has(name)) return name
    this.#functions.set(name, '')
    const scope = { variables: [{ path: '', name: 'response' }], at: '' }
    const body = this.#functionBody(this.#placed(rows, 'response', ''), scope, 'response')
    this.#functions.set(
      name,
      `/** ${operation.title}: the response, in the words of v1. Source: ${operation.source} */
export function ${name}(response${this.#type(': Payload')})${this.#type(': Payload')} {
${body.statements.map((line) => `  ${line}\n`).join('')}  return ${printed(body.value, 1)} ?? {};
}`,
    )
    return name
  }

  /** The name of the function for the rows of a shape. */
  shape(id: string, direction: Direction): string {
    const name = `${id}To${direction === 'request' ? 'V2' : 'V1'}`
    if (this.#functions.has(name)) return name
    this.#functions.set(name, '')
    const rows = this.#map.shapes?.[id]?.[direction] ?? []
    const parameter = id === 'body' ? 'value' : id
    const scope = { variables: [{ path: '', name: parameter }], at: direction === 'request' ? 'at' : '' }
    const body = this.#functionBody(this.#placed(rows, direction, ''), scope, direction)
    const code = `${body.statements.map((line) => `  ${line}\n`).join('')}  return ${printed(body.value, 1)};`
    const unused = /\bat\b(?!:)/.test(code) ? '' : '_'
    const usesAt = direction === 'request'
    const title =
      this.#map.shapes?.[id]?.title ??
      (direction === 'request' ? `A ${words(id)} of v1 as v2 has it` : `A ${words(id)} of v2 in the words of v1`)
    this.#functions.set(
      name,
      `/** ${title}. */
export function ${name}(${parameter}${this.#type(': Payload')}${usesAt ? `, ${unused}at${this.#type(': string')}` : ''})${this.#type(': Payload')} {
  if (${parameter} === undefined || ${parameter} === null) return undefined;
${code}
}`,
    )
    return name
  }

  /** The body of a JSON Patch, or of a comparison, needs amounts alone. */
  amount(): string {
    return this.#amountFunction('object')
  }

  /** Everything, as the text of `map`. `type` of a payload stands in front in TypeScript. */
  text(): string {
    const functions = [...this.#functions.values()].join('\n\n')
    const imports = [...this.#imports]
      .filter((name) => new RegExp(`\\b${name}\\(`).test(functions))
      .sort()
      .join(', ')
    const payload = this.#isTyped
      ? `\n// payloads are what the provider's reference says; the rows below are what is checked\n// eslint-disable-next-line @typescript-eslint/no-explicit-any\n// biome-ignore lint/suspicious/noExplicitAny: see above\ntype Payload = any;\n`
      : ''
    return [
      `/** What v1 and v2 call the same things. Made from the payment map: one function for each operation and direction. */`,
      ...(imports === '' ? [] : [`import { ${imports} } from './values';`]),
      payload,
      ...this.#tables.values(),
      '',
      functions,
      '',
    ]
      .join('\n')
      .replaceAll('/*type*/', this.#type(': Payload'))
  }

  #type(text: string): string {
    return this.#isTyped ? text : ''
  }

  // ---- rows -------------------------------------------------------------------------------------

  #placed(rows: readonly Row[], direction: Direction, base: Path): Placed[] {
    return rows.flatMap((row): Placed[] => {
      // a shape that is spread over its surroundings is written out here
      if (row.shape !== undefined && row.from === '' && row.to === '')
        return this.#placed(this.#map.shapes?.[row.shape]?.[direction] ?? [], direction, base)
      const to = row.to === null ? null : segmentsOf(row.to)
      return [{ row, from: row.from, to, rest: to ?? [], when: row.when === undefined ? [] : [conditionOf(row.when)] }]
    })
  }

  /** What the rows read, for `allMapped`: the names of the fields and of whole parts. */
  #fieldsOf(rows: readonly Row[], base: Path): Path[] {
    const under = (path: Path) =>
      base === '' ? path : path === '' ? base : path.startsWith('[') ? `${base}${path}` : `${base}.${path}`
    const found = rows.flatMap((row): Path[] => {
      if (typeof row.from !== 'string' || row.from.startsWith('$ctx.')) return []
      const from = under(row.from)
      if (row.shape !== undefined) return this.#fieldsOf(this.#map.shapes?.[row.shape]?.request ?? [], from)
      if (row.from.endsWith('[]') && row.to?.endsWith('[]')) return []
      const money = row.money === true ? {} : row.money
      const own =
        money === undefined || money.scalar || row.to === null
          ? [from]
          : [
              `${from}.${money.value ?? this.#map.money.v1.value}`,
              `${from}.${money.currencyName ?? this.#map.money.v1.currency}`,
            ]
      return [...own, ...(money?.currencyFrom === undefined ? [] : [under(money.currencyFrom)])]
    })
    return [...new Set(found.map((path) => path.replace(/\[\d+\]/g, '[]')))]
  }

  #functionBody(rows: readonly Placed[], scope: Scope, direction: Direction) {
    const statements: string[] = []
    const value = this.#object(rows, scope, direction, statements)
    return { statements, value }
  }

  /** An object of all rows that are written below one place. */
  #object(rows: readonly Placed[], scope: Scope, direction: Direction, statements: string[]): Code {
    const groups = new Map<string, Placed[]>()
    const spreads: Code[] = []
    for (const placed of rows) {
      const [first] = placed.rest
      if (placed.to === null) this.#dropped(placed, scope, direction, statements)
      else if (first === undefined) {
        if (placed.row.from !== null) spreads.push(this.#leaf(placed, scope, direction))
      } else if (placed.row.from !== null || placed.row.to === null) {
        const key = first === EACH ? '[]' : String(first)
        groups.set(key, [...(groups.get(key) ?? []), { ...placed, rest: placed.rest.slice(1) }])
      }
    }
    // of several rows for one place, the last one that has a value counts
    if (groups.size === 0 && spreads.length > 0 && spreads.every((one) => one.is === 'text')) {
      const texts = spreads.map((one) => (one.is === 'text' ? one.text : ''))
      return { is: 'text', text: texts.length === 1 ? texts[0]! : [...texts].reverse().map(bracketed).join(' ?? ') }
    }
    const members = [...groups].map(
      ([name, group]): Member => ({ name, value: this.#member(group, scope, direction, statements) }),
    )
    return { is: 'object', spreads, members }
  }

  #member(group: readonly Placed[], scope: Scope, direction: Direction, statements: string[]): Code {
    const lists = group.filter(({ rest }) => rest[0] === EACH || typeof rest[0] === 'number')
    if (lists.length === 0) return this.#object(group, scope, direction, statements)
    return this.#list(lists, scope, direction, statements)
  }

  /** A list: of the elements of one list of the source, or of several, one behind the other. */
  #list(rows: readonly Placed[], scope: Scope, direction: Direction, statements: string[]): Code {
    const containers = new Map<Path, Placed[]>()
    const shared: Placed[] = []
    for (const placed of rows) {
      const container = containerOf(placed, scope)
      if (container === undefined) shared.push(placed)
      else containers.set(container, [...(containers.get(container) ?? []), placed])
    }
    const parts = [...containers].map(([container, own]): Code => {
      const limit = own.find(({ row }) => row.maxItems !== undefined && row.from === container)
      const list = access(container.slice(0, -2), scope)
      if (limit) {
        this.#imports.add('atMostItems')
        statements.push(`atMostItems(${list}, ${limit.row.maxItems}, ${at(container, scope)});`)
      }
      const whole = own.find(({ row, rest }) => row.shape !== undefined && row.from === container && rest.length === 1)
      const inner = own.filter(
        (placed) =>
          placed !== whole &&
          !(placed.row.shape === undefined && placed.row.from === container && placed.rest.length === 1),
      )
      const extra = [...inner, ...shared].map((placed) => ({ ...placed, rest: placed.rest.slice(1) }))
      const variable = freeName(singular(container), scope)
      const own2: Scope = { ...scope, variables: [{ path: container, name: variable }, ...scope.variables] }
      if (whole && extra.length === 0) {
        const name = this.shape(whole.row.shape!, direction)
        const call = direction === 'request' ? `${name}(${variable}, ${at(container, scope)})` : `${name}(${variable})`
        return { is: 'text', text: `${list}?.map((${variable}${this.#type(': Payload')}) => ${call})` }
      }
      const innerStatements: string[] = []
      const value = this.#object(extra, own2, direction, innerStatements)
      if (whole) {
        const name = this.shape(whole.row.shape!, direction)
        const call = direction === 'request' ? `${name}(${variable}, ${at(container, scope)})` : `${name}(${variable})`
        const merged: Code =
          value.is === 'object' ? { ...value, spreads: [{ is: 'text', text: call }, ...value.spreads] } : value
        return { is: 'map', list, variable, type: this.#type(': Payload'), statements: innerStatements, value: merged }
      }
      return { is: 'map', list, variable, type: this.#type(': Payload'), statements: innerStatements, value }
    })
    this.#imports.add('listOf')
    if (parts.length === 0) {
      const own = shared.map((placed) => ({ ...placed, rest: placed.rest.slice(1) }))
      return {
        is: 'call',
        name: 'listOf',
        parts: [{ is: 'array', value: this.#object(own, scope, direction, statements) }],
      }
    }
    return { is: 'call', name: 'listOf', parts }
  }

  #dropped({ row, from, when }: Placed, scope: Scope, direction: Direction, statements: string[]): void {
    if (direction !== 'request' || typeof from !== 'string') return
    const list = from.indexOf('[]')
    const value = list >= 0 ? undefined : access(from, scope)
    if (row.severity === 'drop') {
      if (row.pattern === undefined || value === undefined) return
      this.#imports.add('matching')
      statements.push(`matching(${value}, ${regex(row.pattern)}, ${at(from, scope)});`)
      return
    }
    this.#imports.add('without')
    const why = text(row.why ?? 'see the guide')
    const guard = when.length === 0 ? '' : `if (${when.map((one) => condition(one, scope)).join(' && ')}) `
    if (value !== undefined) {
      statements.push(`${guard}without(${value}, ${at(from, scope)}, ${why});`)
      return
    }
    const name = freeName(singular(from.slice(0, list + 2)), scope)
    const inner: Scope = { ...scope, variables: [{ path: from.slice(0, list + 2), name }, ...scope.variables] }
    statements.push(
      `for (const ${name} of ${access(from.slice(0, list), scope)} ?? []) ${guard}without(${access(from, inner)}, ${at(from, scope)}, ${why});`,
    )
  }

  // ---- values -----------------------------------------------------------------------------------

  #leaf(placed: Placed, scope: Scope, direction: Direction): Code {
    const { row, from, when } = placed
    const conditions = when.map((one) => condition(one, scope))
    if (row.shape !== undefined && typeof from === 'string') {
      const name = this.shape(row.shape, direction)
      const value = access(from, scope)
      const call = direction === 'request' ? `${name}(${value}, ${at(from, scope)})` : `${name}(${value})`
      return { is: 'text', text: guarded(conditions, call) }
    }
    if (row.derive) return { is: 'text', text: guarded(conditions, this.#derived(row, scope)) }
    if (typeof from !== 'string') return { is: 'text', text: guarded(conditions, literal(row.const)) }
    const value = this.#converted(row, access(from, scope, this), at(from, scope), scope, direction)
    if (conditions.length === 0) return { is: 'text', text: value }
    if (direction === 'response' || from.startsWith('$ctx.')) return { is: 'text', text: guarded(conditions, value) }
    this.#imports.add('without')
    return {
      is: 'text',
      text: `${conditions.join(' && ')} ? ${value} : without(${access(from, scope)}, ${at(from, scope)}, ${text(row.why ?? 'the condition of the map does not hold')})`,
    }
  }

  /** Called by `access`: the reference is a parameter of the function. */
  useContext(): void {
    this.#usesContext = true
  }

  #converted(row: Row, value: string, path: string, scope: Scope, direction: Direction): string {
    let result = value
    if (row.required) {
      this.#imports.add('required')
      result = `required(${result}, ${path}, ${text(row.why ?? 'see the guide')})`
    }
    if (row.money) return this.#amount(row.money === true ? {} : row.money, result, path, scope, direction)
    if (row.unwrap === 'first') result = `${result}?.[0]`
    if (row.split !== undefined) result = this.#call('partsOf', result, text(row.split))
    if (row.enum !== undefined) result = this.#translated(row, result, path, direction)
    if (row.join !== undefined) result = `${result}?.join(${text(row.join)})`
    if (row.cast === 'string') result = this.#call('textOf', result)
    if (row.cast === 'boolean') result = this.#call('booleanOf', result)
    if (row.cast === 'integer' || row.cast === 'number')
      result = this.#call('numberOf', result, path, String(row.cast === 'integer'))
    if (row.not) result = `${result} === undefined ? undefined : !${result}`
    if (row.abs) result = `${this.#call('textOf', result)}?.replace(/^-/, '')`
    if (row.replace) result = `${result}?.replaceAll(${text(row.replace[0])}, ${text(row.replace[1])})`
    if (row.date === 'date') result = this.#call('dayOf', result)
    if (row.date === 'date-time' || row.date === 'epoch-seconds')
      result = this.#call('timeOf', result, path, text(row.date === 'date-time' ? 'text' : 'seconds'))
    if (row.const !== undefined) result = `${result} === undefined ? undefined : ${literal(row.const)}`
    if (row.pattern !== undefined && direction === 'request')
      result = this.#call('matching', result, regex(row.pattern), path)
    if (row.maxLength !== undefined && direction === 'request')
      result = this.#call('atMost', result, String(row.maxLength), path)
    if (row.default !== undefined) result = `${result} ?? ${literal(row.default)}`
    if (row.wrap === 'array') result = this.#call('listOf', `[${result}]`)
    return result
  }

  #call(name: string, ...args: readonly string[]): string {
    this.#imports.add(name)
    return `${name}(${args.join(', ')})`
  }

  #translated(row: Row, value: string, path: string, direction: Direction): string {
    const table = (typeof row.enum === 'string' ? this.#map.enums?.[row.enum] : row.enum) ?? {}
    const name = typeof row.enum === 'string' ? constant(row.enum) : constant(lastName(row.to ?? row.from ?? 'value'))
    const known = this.#table(name, table)
    const otherwise = (row.otherwise ?? (direction === 'request' ? 'report' : 'keep')) === 'keep' ? 'keep' : 'refuse'
    const args = `${known}, VALUE, ${path}, '${otherwise}'`
    if (row.split === undefined && row.join === undefined) return this.#call('translate', args.replace('VALUE', value))
    this.#imports.add('translate')
    return `${value}?.map((one${this.#type(': unknown')}) => translate(${args.replace('VALUE', 'one')}))`
  }

  #table(wanted: string, table: EnumTable): string {
    const entries = Object.entries(table).filter((entry): entry is [string, string] => entry[1] !== null)
    const body = `{ ${entries.map(([from, to]) => `${key(from)}: ${text(to)}`).join(', ')} }`
    for (let count = 1; ; count++) {
      const name = count === 1 ? wanted : `${wanted}_${count}`
      const line = `const ${name}${this.#type(': Readonly<Record<string, string>>')} = ${body};`
      const known = this.#tables.get(name)
      if (known === line) return name
      if (known === undefined) {
        this.#tables.set(name, line)
        return name
      }
    }
  }

  // ---- amounts ----------------------------------------------------------------------------------

  #amount(money: MoneyRow, value: string, path: string, scope: Scope, direction: Direction): string {
    const { v1, v2 } = this.#map.money
    const isScalar = money.scalar === true || v1.shape === 'scalar'
    if (direction === 'request') {
      const name = this.#amountFunction(money.abs ? 'abs' : 'object')
      if (isScalar) {
        const currency =
          money.currencyFrom === undefined ? text(money.currency ?? '') : access(money.currencyFrom, scope)
        return `${name}(${value}, ${currency}, ${path})`
      }
      const [amount, currency] = [money.value ?? v1.value ?? 'value', money.currencyName ?? v1.currency ?? 'currency']
      if (!this.#movesMoney) return `${name}(${value}?.${amount}, ${value}?.${currency}, ${path})`
      this.#imports.add('amountIn')
      return `${name}(amountIn(${value}, ${text(amount)}, ${path}), ${value}?.${currency}, ${path})`
    }
    const [amount, currency] = [`${value}?.${v2.value ?? 'value'}`, `${value}?.${v2.currency ?? 'currency'}`]
    const old = v1.format === v2.format ? amount : `${this.#oldAmountFunction()}(${amount}, ${currency})`
    if (isScalar) return old
    const names = [money.value ?? v1.value ?? 'value', money.currencyName ?? v1.currency ?? 'currency']
    return this.#call('compact', `{ ${names[0]}: ${old}, ${names[1]}: ${currency} }`)
  }

  #amountFunction(kind: 'object' | 'abs'): string {
    const { v1, v2 } = this.#map.money
    const name = kind === 'abs' ? 'positiveAmountToV2' : 'amountToV2'
    if (this.#functions.has(name)) return name
    this.#exponents()
    this.#imports.add('currencyOf')
    this.#imports.add('unitsOf')
    const units = v1.format === 'decimal-string' ? 'unitsOf(amount, code, at, EXPONENTS)' : 'BigInt(String(amount))'
    const signed = kind === 'abs' ? '(units < 0n ? -units : units)' : 'units'
    if (v2.format === 'decimal-string') this.#imports.add('decimalOf')
    const refuses = v2.negative === 'refused' && kind !== 'abs'
    if (refuses) this.#imports.add('unmapped')
    const written = v2.format === 'decimal-string' ? `decimalOf(${signed}, code, EXPONENTS)` : `Number(${signed})`
    const value =
      v2.shape === 'scalar' ? written : `{ ${v2.value ?? 'value'}: ${written}, ${v2.currency ?? 'currency'}: code }`
    const type = (one: string) => this.#type(one)
    this.#functions.set(
      name,
      `/** An amount of v1 as v2 has it${kind === 'abs' ? ', without its sign' : ''}. Whatever would have to be rounded is refused. */
export function ${name}(amount${type(': unknown')}, currency${type(': unknown')}, at${type(': string')})${type(': Payload')} {
  if (amount === undefined || amount === null) return undefined;
  const code = currencyOf(currency, at);
  const units = ${units};${refuses ? NEGATIVE : ''}
  return ${value};
}`,
    )
    return name
  }

  #oldAmountFunction(): string {
    const name = 'amountToV1'
    if (this.#functions.has(name)) return name
    this.#exponents()
    const { v1 } = this.#map.money
    this.#imports.add(v1.format === 'decimal-string' ? 'decimalOf' : 'unitsOf')
    const value =
      v1.format === 'decimal-string'
        ? 'decimalOf(BigInt(String(amount)), String(currency), EXPONENTS)'
        : "Number(unitsOf(amount, String(currency), 'amount', EXPONENTS))"
    this.#functions.set(
      name,
      `/** An amount of v2 as v1 had it. */
function ${name}(amount${this.#type(': unknown')}, currency${this.#type(': unknown')})${this.#type(': Payload')} {
  if (amount === undefined || amount === null) return undefined;
  return ${value};
}`,
    )
    return name
  }

  #exponents(): void {
    const own = this.#map.money.exponents ?? {}
    const members = Object.entries(own).map(([name, digits]) => `${name}: ${digits}`)
    this.#tables.set(
      'EXPONENTS',
      `/** Digits behind the point, where the provider differs from the standard. */\nconst EXPONENTS = ${members.length === 0 ? '{}' : `{ ${members.join(', ')} }`};`,
    )
  }

  #derived(row: Row, scope: Scope): string {
    const derive = row.derive!
    if ('copy' in derive) return access(derive.copy, scope)
    const list = derive.sumOf.lastIndexOf('[]')
    const container = derive.sumOf.slice(0, list + 2)
    const variable = freeName(singular(container), scope)
    const inner: Scope = { ...scope, variables: [{ path: container, name: variable }, ...scope.variables] }
    const name = 'sumToV2'
    if (!this.#functions.has(name)) {
      this.#exponents()
      this.#imports.add('unitsOf')
      this.#imports.add('numberOf')
      const amount = this.#amountFunction('object')
      const { v1 } = this.#map.money
      const units =
        v1.format === 'decimal-string' ? 'unitsOf(price ?? 0, code, at, EXPONENTS)' : 'BigInt(String(price ?? 0))'
      this.#imports.add('currencyOf')
      this.#imports.add('decimalOf')
      const total = v1.format === 'decimal-string' ? 'decimalOf(sum, code, EXPONENTS)' : 'sum'
      const type = (one: string) => this.#type(one)
      this.#functions.set(
        name,
        `/** The sum of prices, each times its number of pieces. */
function ${name}(parts${type(': readonly (readonly [price: unknown, pieces: unknown])[] | undefined')}, currency${type(': unknown')}, at${type(': string')})${type(': Payload')} {
  if (parts === undefined) return undefined;
  const code = currencyOf(currency, at);
  let sum = 0n;
  for (const [price, pieces] of parts) sum += ${units} * BigInt(numberOf(pieces, at, true) ?? 1);
  return ${amount}(${total}, code, at);
}`,
      )
    }
    const times = derive.times === undefined ? '1' : access(derive.times, inner)
    const parts = `${access(container.slice(0, -2), scope)}?.map((${variable}${this.#type(': Payload')}) => [${access(derive.sumOf, inner)}, ${times}]${this.#type(' as const')})`
    return `${name}(${parts}, ${access(derive.currencyFrom, scope)}, ${at(row.to ?? '', { ...scope, variables: [{ path: '', name: '' }] })})`
  }

  #sum(check: SumCheck): string {
    const { v2 } = this.#map.money
    const list = check.total.lastIndexOf('[]')
    const container = check.total.slice(0, list + 2)
    const variable = list < 0 ? 'request' : singular(container)
    const scope: Scope = {
      variables: [...(list < 0 ? [] : [{ path: container, name: variable }]), { path: '', name: 'request' }],
      at: '',
    }
    this.#exponents()
    this.#imports.add('unitsOf')
    this.#imports.add('unmapped')
    const type = (one: string) => this.#type(one)
    if (!this.#functions.has('unitsOfV2')) {
      const units =
        v2.format === 'decimal-string'
          ? `unitsOf(money.${v2.value ?? 'value'}, money.${v2.currency ?? 'currency'}, 'amount', EXPONENTS)`
          : `BigInt(money.${v2.value ?? 'value'})`
      this.#functions.set(
        'unitsOfV2',
        `function unitsOfV2(money${type(': Payload')})${type(': bigint')} {
  return money === undefined ? 0n : ${units};
}`,
      )
    }
    const terms = (paths: readonly Path[] = []) => paths.map((path) => `unitsOfV2(${access(path, scope)})`)
    const sum = [...terms(check.plus), ...terms(check.minus).map((term) => `-${term}`)]
      .join(' + ')
      .replaceAll('+ -', '- ')
    const conditions = check.when === undefined ? [] : [condition(conditionOf(check.when), scope)]
    const guard = [...conditions, `unitsOfV2(${access(check.total, scope)}) !== sum`].join(' && ')
    const body = (indent: string) => `${indent}const sum = ${sum};
${indent}if (${guard}) throw unmapped(${text(check.total)}, 'is not the sum of its parts');
`
    if (list < 0) return body('  ')
    const root: Scope = { variables: [{ path: '', name: 'request' }], at: '' }
    return `  for (const ${variable} of ${access(container.slice(0, -2), root).replace('request.', 'request?.')} ?? []) {\n${body('    ')}  }\n`
  }
}

// ---- code as a value ------------------------------------------------------------------------------

type Code =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'object'; readonly spreads: readonly Code[]; readonly members: readonly Member[] }
  | {
      readonly is: 'map'
      readonly list: string
      readonly variable: string
      readonly type: string
      readonly statements: readonly string[]
      readonly value: Code
    }
  | { readonly is: 'array'; readonly value: Code }
  | { readonly is: 'call'; readonly name: string; readonly parts: readonly Code[] }

interface Member {
  readonly name: string
  readonly value: Code
}

function printed(code: Code, depth: number): string {
  const indent = '  '.repeat(depth)
  switch (code.is) {
    case 'text':
      return code.text
    case 'object': {
      const spreads = code.spreads.map((one) => `${indent}  ...${printed(one, depth + 1)},\n`)
      const members = code.members.map(({ name, value }) => {
        const shown = printed(value, depth + 1)
        // what is not there must not take the place of what was spread before it
        const only = code.spreads.length > 0 ? /^([\s\S]*) \? ([\s\S]*) : undefined$/.exec(shown) : null
        if (only) return `${indent}  ...(${only[1]} ? { ${key(name)}: ${only[2]} } : {}),\n`
        return shown === name ? `${indent}  ${name},\n` : `${indent}  ${key(name)}: ${shown},\n`
      })
      return `compact({\n${spreads.join('')}${members.join('')}${indent}})`
    }
    case 'map': {
      const body = printed(code.value, depth + (code.statements.length > 0 ? 1 : 0))
      if (code.statements.length === 0) return `${code.list}?.map((${code.variable}${code.type}) => ${body})`
      const lines = code.statements.map((line) => `${indent}  ${line}\n`).join('')
      return `${code.list}?.map((${code.variable}${code.type}) => {\n${lines}${indent}  return ${body};\n${indent}})`
    }
    case 'array':
      return `[${printed(code.value, depth)}]`
    case 'call':
      return `${code.name}(${code.parts.map((part) => printed(part, depth)).join(', ')})`
  }
}

/** Within an expression of its own. */
function bracketed(text: string): string {
  return / \? | \?\? /.test(text) ? `(${text})` : text
}

/** The path of the list of the source that a row goes through next; none if it reads nothing there. */
function containerOf({ from, row }: Placed, scope: Scope): Path | undefined {
  const path = from ?? (row.derive && 'sumOf' in row.derive ? row.derive.sumOf : undefined)
  if (typeof path !== 'string') return undefined
  const open = scope.variables[0]!.path
  const rest = path.startsWith(open) ? path.slice(open.length) : path
  const next = rest.indexOf('[]')
  return next < 0 ? undefined : path.slice(0, path.length - rest.length + next + 2)
}

/** The expression that reads a path: `transaction.item_list?.shipping_address`. */
function access(path: Path, scope: Scope, code?: MappingCode): string {
  if (path.startsWith('$ctx.')) {
    code?.useContext()
    return path.slice('$ctx.'.length)
  }
  const variable = scope.variables.find(
    (one) =>
      path === one.path || one.path === '' || (path.startsWith(one.path) && /^[.[]/.test(path.slice(one.path.length))),
  )!
  const rest = path.slice(variable.path.length).replace(/^\./, '')
  let text = variable.name
  segmentsOf(rest).forEach((segment, index) => {
    const chain = index === 0 ? '' : '?.'
    if (segment === EACH || typeof segment === 'number') text += `?.[${segment === EACH ? 0 : segment}]`
    else text += /^[A-Za-z_$][\w$]*$/.test(segment) ? `${chain || '.'}${segment}` : `${chain}['${segment}']`
  })
  return text
}

/** A path for messages: a text, or what a shape was called with and the rest. */
function at(path: Path, scope: Scope): string {
  if (path.startsWith('$ctx.')) return text(path)
  if (scope.at === '') return text(path)
  return path === '' ? scope.at : `\`\${${scope.at}}${path.startsWith('[') ? '' : '.'}${path}\``
}

function condition(one: Condition, scope: Scope): string {
  switch (one.is) {
    case 'has':
      return there(one.path, scope, (value) => `${value} != null`)
    case 'equal': {
      const value = there(one.path, scope, (read) => `${read} === ${literal(one.value)}`)
      if (!one.negated) return value
      return value.includes(' === ') && !value.includes('some(') ? value.replace(' === ', ' !== ') : `!${value}`
    }
    case 'not': {
      const inner = condition(one.of, scope)
      return one.of.is === 'has' && inner.endsWith(' != null') && !inner.includes('some(')
        ? inner.replace(/ != null$/, ' == null')
        : `!(${inner})`
    }
    case 'and':
      return `${condition(one.left, scope)} && ${condition(one.right, scope)}`
    case 'or':
      return `(${condition(one.left, scope)} || ${condition(one.right, scope)})`
  }
}

/** Whether something holds at a path, for any element where it leads through lists. */
function there(path: Path, scope: Scope, test: (value: string) => string): string {
  const variable = scope.variables.find((one) => one.path !== '' && path.startsWith(one.path))
  const start = variable?.path.length ?? 0
  const list = path.indexOf('[]', start)
  if (list < 0) return test(access(path, scope))
  const container = path.slice(0, list + 2)
  const name = freeName(singular(container), scope)
  const inner: Scope = { ...scope, variables: [{ path: container, name }, ...scope.variables] }
  const rest = path.slice(list + 2)
  const read = access(container.slice(0, -2), scope)
  if (rest === '') return `(${read}?.length ?? 0) > 0`
  return `(${read} ?? []).some((${name}/*type*/) => ${there(path, inner, test)})`
}

/** Conditions in code for the steps of an operation, whose answers are variables of their own. */
export function conditionCode(text: string, root: string): string {
  return condition(conditionOf(text), { variables: [{ path: '', name: root }], at: '' })
}

/** A read in code, from a variable. */
export function accessCode(path: Path, root: string): string {
  return access(path, { variables: [{ path: '', name: root }], at: '' })
}

function guarded(conditions: readonly string[], value: string): string {
  return conditions.length === 0 ? value : `${conditions.join(' && ')} ? ${value} : undefined`
}

function singular(container: Path): string {
  const name = lastName(container)
  const one = name.endsWith('ies') ? `${name.slice(0, -3)}y` : /(?:ss|us)$/.test(name) ? name : name.replace(/s$/, '')
  const camel = one.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())
  return camel === name ? `${camel}Item` : camel
}

function lastName(path: Path): string {
  return [...segmentsOf(path)].reverse().find((segment): segment is string => typeof segment === 'string') ?? 'value'
}

function freeName(wanted: string, scope: Scope): string {
  const taken = scope.variables.map(({ name }) => name)
  let name = wanted
  for (let count = 2; taken.includes(name); count++) name = `${wanted}${count}`
  return name
}

function constant(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toUpperCase()
}

function words(name: string): string {
  return name.replace(
    /([a-z\d])([A-Z])/g,
    (_all, before: string, letter: string) => `${before} ${letter.toLowerCase()}`,
  )
}

/** The name of a member, in quotes only if it needs them. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name)
}

/** A text in single quotes. */
export function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

function regex(pattern: string): string {
  return `/${pattern.replaceAll('/', '\\/')}/`
}

/** A JSON value as code. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${key(name)}: ${literal(member)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  return String(value)
}
