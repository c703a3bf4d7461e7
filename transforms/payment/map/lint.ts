/** Everything about a payment map that a machine can look at: by itself, and against the documents of both versions. */
import { createRequire } from 'node:module'
import { durationMs } from '../facade/durations.ts'
import { mapRequest, pathOfPointer } from './execute.ts'
import type { LoadedMap, MapPath, MapProblem } from './load.ts'
import { type DocumentedOperation, documented, type OpenApi, type SchemaNode } from './openapi.ts'
import { depthOf, isCovered, put, segmentsOf } from './path.ts'
import { conditionOf, pathsIn } from './predicate.ts'
import { proposedOperations } from './review.ts'
import { type Direction, type FlatRow, rowsOf } from './rows.ts'
import type { CallId, NewCall, Operation, OperationId, PatchFacts, Path, PaymentMap, Row } from './types.ts'

const load = createRequire(import.meta.url)

export interface Documents {
  readonly v1: readonly OpenApi[]
  readonly v2: readonly OpenApi[]
}

/** All problems, by their place. Without documents, only what the map says of itself is looked at. */
export function lintMap(loaded: LoadedMap, documents?: Documents): MapProblem[] {
  const lint = new Lint(loaded)
  lint.itself()
  if (documents && !lint.problems.some(({ severity }) => severity === 'error')) lint.against(documents)
  return [...lint.problems].sort((a, b) => a.line - b.line || a.column - b.column)
}

class Lint {
  readonly problems: MapProblem[] = []
  readonly #map: PaymentMap
  readonly #placeOf: LoadedMap['placeOf']
  readonly #told = new Set<string>()
  /** Rows of a shape are used in several places: a path is missed only if it is in none of their documents. */
  readonly #sought = new Map<string, { isFound: boolean; readonly tell: () => void }>()

  constructor({ map, placeOf }: LoadedMap) {
    this.#map = map
    this.#placeOf = placeOf
  }

  #tell(severity: MapProblem['severity'], path: MapPath, message: string, advice: string): void {
    const key = `${path.join('/')} ${message}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.problems.push({ severity, message, advice, path, ...this.#placeOf(path) })
  }

  #error(path: MapPath, message: string, advice: string): void {
    this.#tell('error', path, message, advice)
  }

  #warn(path: MapPath, message: string, advice: string): void {
    this.#tell('warning', path, message, advice)
  }

  // ---- by itself ----------------------------------------------------------------------------------

  itself(): void {
    const map = this.#map
    if (map.mode === 'dual' && !map.flag)
      this.#error(
        ['mode'],
        'a map in the mode dual has no flag',
        'Add `flag:` with the names of the environment variables.',
      )
    for (const host of map.from.hosts)
      if (!(host in map.to.hosts))
        this.#error(
          ['to', 'hosts'],
          `there is no host of the new version for ${host}`,
          `Add \`${host}: …\`; it may be the same host.`,
        )
    this.#durations()
    this.#ids()
    for (const [id, call] of Object.entries(map.calls ?? {})) this.#path(['calls', id, 'path'], call.path)
    for (const [id, shape] of Object.entries(map.shapes ?? {}))
      for (const direction of ['request', 'response'] as const)
        this.#rows(shape[direction] ?? [], direction, ['shapes', id, direction])
    for (const [id, operation] of Object.entries(map.operations)) this.#operation(id, operation)
    this.#same()
    this.#sdk()
    this.#webhooks()
    for (const id of proposedOperations(map))
      this.#warn(
        ['operations', id],
        `${id} is about money and rests on rows that are proposed`,
        'Compare them with the guide and write `review: confirmed`; no code is written for it until then.',
      )
  }

  #durations(): void {
    const { to, idempotency } = this.#map
    const all: [MapPath, string | undefined][] = [
      [['to', 'timeout'], to.timeout],
      [['idempotency', 'v1', 'retention'], idempotency.v1?.retention],
      [['idempotency', 'v2', 'retention'], idempotency.v2.retention],
      ...Object.entries(idempotency.v2.overrides ?? {}).map(([id, one]): [MapPath, string] => [
        ['idempotency', 'v2', 'overrides', id],
        one,
      ]),
    ]
    for (const [path, duration] of all) {
      if (duration === undefined) continue
      try {
        durationMs(duration)
      } catch (error) {
        this.#error(path, messageOf(error), 'Write a number and ms, s, m, h or d.')
      }
    }
    for (const id of Object.keys(idempotency.v2.overrides ?? {}))
      if (!this.#map.operations[id])
        this.#error(
          ['idempotency', 'v2', 'overrides', id],
          `there is no operation ${id}`,
          `Write one of: ${Object.keys(this.#map.operations).join(', ')}.`,
        )
  }

  #ids(): void {
    for (const [name, facts] of Object.entries(this.#map.ids)) {
      for (const version of ['v1', 'v2'] as const) this.#pattern(['ids', name, version], facts[version])
      if (facts.read !== undefined && !this.#map.operations[facts.read])
        this.#error(
          ['ids', name, 'read'],
          `there is no operation ${facts.read}`,
          'Name the operation that reads one object of this class.',
        )
      for (const other of facts.alsoRead ?? [])
        if (this.#map.operations[other]?.effect !== 'none')
          this.#error(
            ['ids', name, 'alsoRead'],
            `${other} is no operation that reads`,
            'Name operations that read one object of this class in the old version.',
          )
      const read = facts.read === undefined ? undefined : this.#map.operations[facts.read]
      if (facts.probe === 'read-only' && (read?.effect !== 'none' || !read.v2 || 'steps' in read.v2))
        this.#error(
          ['ids', name, 'probe'],
          `ids of the class ${name} cannot be probed`,
          'Name an operation in `read` that is one GET in both versions.',
        )
      if (facts.pin === 'preferred' && facts.v1 === undefined && facts.v2 === undefined)
        this.#error(
          ['ids', name, 'pin'],
          `ids of the class ${name} look alike, and a pin is only preferred`,
          'Write `pin: required`, or patterns that tell them apart.',
        )
    }
  }

  #operation(id: OperationId, operation: Operation): void {
    const at = ['operations', id]
    this.#path([...at, 'v1', 'path'], operation.v1.path)
    if (operation.v1.method !== 'GET' && operation.effect === 'none')
      this.#error(
        [...at, 'effect'],
        `${id} is no GET and has the effect none`,
        'Say what it does: updates, creates, moves-money or releases.',
      )
    const follows = /^follows (\w+)$/.exec(operation.binding)?.[1]
    if (
      operation.binding !== 'decides' &&
      operation.binding !== 'none' &&
      (follows === undefined || !this.#map.ids[follows])
    )
      this.#error(
        [...at, 'binding'],
        `${id} follows no class of ids (${operation.binding})`,
        `Write \`follows <class>\` with one of: ${Object.keys(this.#map.ids).join(', ')}.`,
      )
    if (follows !== undefined && !/\{\w+\}/.test(operation.v1.path))
      this.#error(
        [...at, 'binding'],
        `${id} follows an id that its path does not have`,
        'Write the parameter into `v1.path`.',
      )
    for (const pattern of this.#map.neverTouch)
      if (isCovered(pattern, operation.v1.path))
        this.#error(
          [...at, 'v1', 'path'],
          `${operation.v1.path} is within neverTouch (${pattern})`,
          'Take it out of one of the two.',
        )
    if (operation.v2 === null) {
      if (operation.why === undefined)
        this.#error(at, `${id} has no counterpart and no "why"`, 'Say in `why:` what is to be done instead.')
      return
    }
    if (operation.patch) this.#patch([...at, 'patch'], operation.patch)
    if (operation.binding === 'decides' && !operation.handsOut)
      this.#error(
        at,
        `${id} decides about a version and hands out no id`,
        'Say in `handsOut` where the response has the ids that others follow.',
      )
    if (operation.binding === 'decides' && !operation.rolloutKey)
      this.#error(
        at,
        `${id} decides about a version and has no rolloutKey`,
        'Say where the key of the order is found, `$ctx.ref` first.',
      )
    if (operation.effect === 'moves-money' && !operation.reconcile)
      this.#error(
        at,
        `${id} moves money and has no reconcile`,
        'Say which call reads what became of it, and when it was done.',
      )
    for (const idClass of Object.keys(operation.handsOut ?? {}))
      if (!this.#map.ids[idClass])
        this.#error([...at, 'handsOut', idClass], `there is no class of ids ${idClass}`, 'Add it to `ids`.')
    const { v2 } = operation
    const doing = 'steps' in v2 ? v2.steps.flatMap((step) => ('call' in step ? [step.call] : [])) : []
    const unkeyed =
      'steps' in v2
        ? doing.filter(
            (name) => this.#map.calls?.[name]?.method !== 'GET' && this.#map.calls?.[name]?.idempotent === false,
          )
        : v2.method !== 'GET' && v2.idempotent === false
          ? ['v2']
          : []
    if ((operation.effect === 'creates' || operation.effect === 'moves-money') && unkeyed.length > 0)
      this.#error(
        [...at, 'v2'],
        `${id} is about money, and is sent without an idempotency key`,
        'Take `idempotent: false` away: what is asked twice must not be done twice.',
      )
    this.#calls(at, operation)
    this.#rows(operation.request ?? [], 'request', [...at, 'request'])
    this.#rows(operation.response ?? [], 'response', [...at, 'response'])
    for (const direction of ['request', 'response'] as const)
      try {
        rowsOf(this.#map, id, direction)
      } catch (error) {
        // what a row names wrongly has been told at the row
        const message = messageOf(error)
        if (!this.problems.some((one) => one.message === message))
          this.#error([...at, direction], message, 'Correct the name, or add what it names.')
      }
  }

  #patch(at: MapPath, { of, pointers }: PatchFacts): void {
    const made = this.#map.operations[of]
    if (!made?.request)
      this.#error(
        [...at, 'of'],
        `there is no operation ${of} with rows for a request`,
        'Name the one that makes what is changed.',
      )
    for (const [from, to] of Object.entries(pointers))
      for (const one of [from, ...to])
        if (!/^(?:\/(?:[\w$~-]+|@\w+=='[^'/]*'))+$/.test(one))
          this.#error(
            [...at, 'pointers', from],
            `\`${one}\` is no JSON Pointer`,
            'Write it as in `/transactions/0/amount`.',
          )
  }

  #calls(at: MapPath, operation: Operation): void {
    const { calls = {} } = this.#map
    const known = (path: MapPath, name: string) => {
      if (!calls[name])
        this.#error(
          path,
          `there is no call ${name}`,
          `Add it to \`calls\`; there are: ${Object.keys(calls).join(', ') || 'none'}.`,
        )
    }
    if (operation.reconcile) {
      known([...at, 'reconcile', 'read'], operation.reconcile.read)
      if (calls[operation.reconcile.read]?.method !== 'GET' && calls[operation.reconcile.read])
        this.#error(
          [...at, 'reconcile', 'read'],
          `${operation.reconcile.read} does not only read`,
          'What became of something is found out with a GET.',
        )
      this.#condition([...at, 'reconcile', 'doneWhen'], operation.reconcile.doneWhen)
    }
    const { v2 } = operation
    if (v2 === null || !('steps' in v2)) return this.#path([...at, 'v2', 'path'], (v2 as NewCall).path)
    const answers: string[] = []
    v2.steps.forEach((step, index) => {
      const place = [...at, 'v2', 'steps', index]
      if ('compare' in step) {
        const [root] = step.compare.with.split('.')
        if (!answers.includes(root!))
          this.#error(
            place,
            `${step.compare.with} begins with no answer of a step before`,
            `Begin with one of: ${answers.join(', ') || 'none yet'}.`,
          )
        if (step.repair) known([...place, 'repair', 'call'], step.repair.call)
        return
      }
      known([...place, 'call'], step.call)
      if (step.when !== undefined)
        for (const path of this.#condition([...place, 'when'], step.when))
          if (!answers.includes(path.split(/[.[]/)[0]!))
            this.#error(
              [...place, 'when'],
              `${path} begins with no answer of a step before`,
              `Begin with one of: ${answers.join(', ') || 'none yet'}.`,
            )
      if (step.as !== undefined) answers.push(step.as)
    })
  }

  #rows(rows: readonly Row[], direction: Direction, at: MapPath): void {
    for (const [index, row] of rows.entries()) this.#row(row, direction, [...at, index])
  }

  #row(row: Row, direction: Direction, at: MapPath): void {
    for (const side of ['from', 'to'] as const)
      if (typeof row[side] === 'string') this.#path([...at, side], row[side].replace(/^\$ctx\./, ''))
    if (row.to === null && direction === 'response')
      this.#error(
        [...at, 'to'],
        'a row of a response writes nothing',
        'What v1 does not know is left out anyway; take the row away.',
      )
    if (row.to === null && (row.severity === undefined || row.why === undefined))
      this.#error(
        at,
        `${row.from} is written nowhere, without a severity or a why`,
        'Write `severity: report` (it stays on v1) or `drop` (nobody loses anything), and why.',
      )
    if (row.from === null && direction === 'request')
      this.#error([...at, 'from'], 'a row of a request reads nothing', 'Use `const`, or take the row away.')
    if (row.from === undefined && row.const === undefined && row.derive === undefined)
      this.#error(at, `${row.to} is made of nothing`, 'Add `from`, `const` or `derive`.')
    if (row.from === undefined && row.const !== undefined && typeof row.to === 'string' && depthOf(row.to) > 0)
      this.#error(
        [...at, 'to'],
        'a constant is written into a list',
        'Give it a `from` in the list, or write it beside the list.',
      )
    if (
      typeof row.from === 'string' &&
      typeof row.to === 'string' &&
      isPathFine(row.from) &&
      isPathFine(row.to) &&
      !row.from.startsWith('$ctx.')
    ) {
      const [from, to] = [depthOf(row.from), depthOf(row.to)]
      if (from !== to && row.join === undefined && row.unwrap === undefined && row.wrap === undefined)
        this.#error(
          at,
          `${row.from} leads through ${from} lists and ${row.to} through ${to}`,
          'Both must lead through as many lists.',
        )
    }
    if (row.when !== undefined) this.#condition([...at, 'when'], row.when)
    this.#pattern([...at, 'pattern'], row.pattern)
    if (row.shape !== undefined && !this.#map.shapes?.[row.shape])
      this.#error(
        [...at, 'shape'],
        `there is no shape ${row.shape}`,
        `Write one of: ${Object.keys(this.#map.shapes ?? {}).join(', ')}.`,
      )
    if (typeof row.enum === 'string' && !this.#map.enums?.[row.enum])
      this.#error(
        [...at, 'enum'],
        `there is no enum ${row.enum}`,
        `Write one of: ${Object.keys(this.#map.enums ?? {}).join(', ')}.`,
      )
    if (row.fn !== undefined)
      this.#warn(
        [...at, 'fn'],
        `${row.from} → ${row.to} is code of your own`,
        'Nothing about it is rewritten at call sites, and nothing is checked.',
      )
  }

  #path(at: MapPath, path: string): void {
    if (path.startsWith('/')) return
    try {
      segmentsOf(path)
    } catch (error) {
      this.#error(at, messageOf(error), 'Write names with dots, and `[]` for every element of a list.')
    }
  }

  #condition(at: MapPath, text: string): string[] {
    try {
      return pathsIn(conditionOf(text))
    } catch (error) {
      this.#error(at, messageOf(error), "Write `has(a.b)`, `a.b == 'x'`, `!`, `&&` and `||` only.")
      return []
    }
  }

  #pattern(at: MapPath, pattern: string | undefined): void {
    try {
      if (pattern !== undefined) new RegExp(pattern)
    } catch (error) {
      this.#error(at, messageOf(error), 'Correct the regular expression.')
    }
  }

  /** Two operations cannot have the same call of v1: nobody could tell which one a call site is. */
  #same(): void {
    const seen = new Map<string, string>()
    for (const [id, { v1 }] of Object.entries(this.#map.operations)) {
      const key = `${v1.method} ${v1.path.replace(/\{\w+\}/g, '{}')}`
      const other = seen.get(key)
      if (other !== undefined)
        this.#error(
          ['operations', id, 'v1'],
          `${id} and ${other} are the same call (${key})`,
          'Make one operation of them.',
        )
      seen.set(key, id)
    }
  }

  #sdk(): void {
    this.#map.sdk?.forEach(({ members }, index) => {
      for (const [name, { operation, arguments: parameters }] of Object.entries(members)) {
        const at = ['sdk', index, 'members', name]
        const known = this.#map.operations[operation]
        if (!known)
          this.#error(
            at,
            `there is no operation ${operation}`,
            `Write one of: ${Object.keys(this.#map.operations).join(', ')}.`,
          )
        else if (/\{\w+\}/.test(known.v1.path) && !parameters.includes('id'))
          this.#error(at, `${name} takes no id, and ${known.v1.path} has one`, 'Name the argument that is the id.')
      }
    })
  }

  #webhooks(): void {
    this.#map.webhooks?.events.forEach(({ v1, keepV1, shape, severity, why }, index) => {
      const at = ['webhooks', 'events', index]
      if (this.#map.mode === 'dual' && !keepV1)
        this.#error(
          [...at, 'keepV1'],
          `${v1} is no longer handled, while v1 still sends it`,
          'Write `keepV1: true`: objects of v1 go on sending it.',
        )
      if (shape !== undefined && !this.#map.shapes?.[shape])
        this.#error([...at, 'shape'], `there is no shape ${shape}`, 'Correct the name.')
      if (severity === 'report' && why === undefined)
        this.#error(at, `${v1} is only reported, without a why`, 'Say in `why:` what a person has to do.')
    })
  }

  // ---- against the documents ------------------------------------------------------------------------

  against(documents: Documents): void {
    for (const [id, operation] of Object.entries(this.#map.operations)) {
      const old = documented(documents.v1, operation.v1.method, operation.v1.path)
      if (!old)
        this.#error(
          ['operations', id, 'v1'],
          `${operation.v1.method} ${operation.v1.path} is in no document of v1`,
          'Correct the method or the path, or give the document that has it.',
        )
      if (operation.v2 === null) continue
      const calls: [MapPath, NewCall][] =
        'steps' in operation.v2
          ? operation.v2.steps.flatMap((step): [MapPath, NewCall][] =>
              'call' in step
                ? [[['calls', step.call], this.#map.calls![step.call]!]]
                : step.repair
                  ? [[['calls', step.repair.call], this.#map.calls![step.repair.call]!]]
                  : [],
            )
          : [[['operations', id, 'v2'], operation.v2]]
      const news = calls.flatMap(([at, call]) => {
        const found = documented(documents.v2, call.method, call.path)
        if (!found)
          this.#error(
            at,
            `${call.method} ${call.path} is in no document of v2`,
            'Correct the method or the path, or give the document that has it.',
          )
        return found ? [found] : []
      })
      if (operation.patch) this.#patched(id, operation.patch, documents)
      // of several steps, the one that sends what the rows make
      const isOfRows = (call: NewCall) => (call.body ?? (call.method === 'GET' ? 'none' : 'rows')) === 'rows'
      const steps = 'steps' in operation.v2 ? operation.v2.steps : []
      const sending =
        'steps' in operation.v2
          ? steps.flatMap((step) => ('call' in step ? [this.#map.calls![step.call]!] : [])).find(isOfRows)
          : operation.v2
      const sends = sending && documented(documents.v2, sending.method, sending.path)
      if (old && sends && !operation.patch) this.#requests(id, operation, old, sends)
      if (old) this.#named(id, operation, old, documents)
      if (old && news.length > 0) this.#responses(id, old, news)
    }
    for (const { isFound, tell } of this.#sought.values()) if (!isFound) tell()
  }

  /** Both sides of a pointer are parts of what the other operation makes. */
  #patched(id: OperationId, { of, pointers }: PatchFacts, documents: Documents): void {
    const made = this.#map.operations[of]
    if (!made?.v2 || 'steps' in made.v2) return
    const old = documented(documents.v1, made.v1.method, made.v1.path)
    const now = documented(documents.v2, made.v2.method, made.v2.path)
    for (const [from, to] of Object.entries(pointers)) {
      const at = ['operations', id, 'patch', 'pointers', from]
      const isThere = (one: DocumentedOperation | undefined, pointer: string) =>
        !one?.request || one.document.at(one.request, pathOfPointer(pointer)) !== undefined
      if (!isThere(old, from))
        this.#error(at, `${from} is no part of ${old!.method} ${old!.path}`, 'Correct the pointer of v1.')
      for (const one of to)
        if (!isThere(now, one))
          this.#error(at, `${one} is no part of ${now!.method} ${now!.path}`, 'Correct the pointer of v2.')
    }
  }

  /** What an operation names beside its rows: keys, ids, the state that is read, the answers of steps. */
  #named(id: OperationId, operation: Operation, old: DocumentedOperation, documents: Documents): void {
    const at = ['operations', id]
    const look = (place: MapPath, path: Path, one: DocumentedOperation | undefined, side: 'request' | 'response') => {
      const schema = one?.[side]
      if (!one || !schema || path === '' || path.startsWith('$ctx.') || isThere(one, schema, path)) return
      const where = `what ${one.method} ${one.path} ${side === 'request' ? 'takes' : 'gives'}`
      this.#error(place, `${path} is not in ${where}`, 'Correct the path: nothing would ever be there.')
    }
    operation.rolloutKey?.forEach((path, index) => {
      look([...at, 'rolloutKey', index], path, old, 'request')
    })
    for (const [idClass, path] of Object.entries(operation.handsOut ?? {}))
      look([...at, 'handsOut', idClass], path, old, 'response')
    const callOf = (name: CallId) => {
      const call = this.#map.calls?.[name]
      return call && documented(documents.v2, call.method, call.path)
    }
    if (operation.reconcile) {
      const { read, doneWhen, notDoneWhen, answer } = operation.reconcile
      const state = callOf(read)
      const place = [...at, 'reconcile']
      for (const [name, text] of Object.entries({ doneWhen, notDoneWhen }))
        for (const path of text === undefined ? [] : pathsIn(conditionOf(text)))
          look([...place, name], path, state, 'response')
      look([...place, 'answer'], answer ?? '', state, 'response')
    }
    if (!operation.v2 || !('steps' in operation.v2)) return
    const answers = new Map<string, DocumentedOperation | undefined>()
    operation.v2.steps.forEach((step, index) => {
      const place = [...at, 'v2', 'steps', index]
      const ofAnswer = (path: Path, where: MapPath) => {
        const [, name = '', rest = ''] = /^(\w+)\.?(.*)$/.exec(path) ?? []
        look(where, rest, answers.get(name), 'response')
      }
      if ('compare' in step) {
        look([...place, 'compare', 'request'], step.compare.request, old, 'request')
        ofAnswer(step.compare.with, [...place, 'compare', 'with'])
        return
      }
      for (const path of step.when === undefined ? [] : pathsIn(conditionOf(step.when)))
        ofAnswer(path, [...place, 'when'])
      if (step.as !== undefined) answers.set(step.as, callOf(step.call))
    })
  }

  /** Remembers whether what a row names is in a document; it is told at the end. */
  #seek(at: MapPath, isFound: boolean, severity: MapProblem['severity'], message: string, advice: string): void {
    const key = at.join('/')
    const known = this.#sought.get(key)
    if (known) known.isFound ||= isFound
    else this.#sought.set(key, { isFound, tell: () => this.#tell(severity, at, message, advice) })
  }

  #requests(id: OperationId, operation: Operation, old: DocumentedOperation, sends: DocumentedOperation): void {
    const rows = rowsOf(this.#map, id, 'request')
    for (const row of rows) {
      const at = row.origin
      if (typeof row.from === 'string' && !row.from.startsWith('$ctx.') && old.request)
        this.#seek(
          [...at, 'from'],
          old.document.at(old.request, row.from) !== undefined,
          'warning',
          `${row.from} is not in the document of ${old.method} ${old.path}`,
          'Compare it with the reference; code may send it all the same.',
        )
      if (typeof row.to === 'string' && !row.isContainer && sends.request)
        this.#seek(
          [...at, 'to'],
          sends.document.at(sends.request, row.to) !== undefined,
          'error',
          `${row.to} is not in the document of ${sends.method} ${sends.path}`,
          'Correct the path: v2 would refuse it or take no notice.',
        )
      const beside = [
        ...(row.money?.currencyFrom === undefined ? [] : [row.money.currencyFrom]),
        ...Object.values(row.derive ?? {}),
        ...row.when.flatMap((condition) => pathsIn(condition)),
      ].filter((path) => !path.startsWith('$ctx.'))
      for (const path of old.request ? new Set(beside) : [])
        this.#seek(
          [...at, path],
          isThere(old, old.request!, path),
          'error',
          `${path}, which the row looks at, is not in the document of ${old.method} ${old.path}`,
          'Correct the path: nothing would ever be there.',
        )
      this.#values(row, old.document.at(old.request, row.from ?? ''), sends.document.at(sends.request, row.to ?? ''))
    }
    for (const [index, check] of (operation.sums ?? []).entries())
      for (const path of [
        check.total,
        ...check.plus,
        ...(check.minus ?? []),
        ...(check.when === undefined ? [] : pathsIn(conditionOf(check.when))),
      ])
        if (sends.request && !isThere(sends, sends.request, path))
          this.#error(
            ['operations', id, 'sums', index],
            `${path} is not in the document of ${sends.method} ${sends.path}`,
            'Correct the path: nothing would ever be added up.',
          )
    if (old.request) this.#complete(id, rows, old)
    if (sends.request && operation.review === 'confirmed') this.#sample(id, operation, rows, old, sends)
  }

  /** Values of v1 that the row does not know, types that do not fit, and defaults that differ. */
  #values(row: FlatRow, from: SchemaNode | 'open' | undefined, to: SchemaNode | 'open' | undefined): void {
    if (!isNode(from) || !isNode(to) || row.isContainer || row.to === null) return
    const known = row.table && Object.keys(row.table)
    const missing = (from.enum ?? []).filter((value) => known && !known.includes(String(value)))
    if (missing.length > 0 && row.otherwise !== 'keep')
      this.#error(
        [...row.origin, 'enum'],
        `${row.from} may be ${missing.map((one) => JSON.stringify(one)).join(', ')}, which the row does not know`,
        'Map it, or write `null` for a value that is to be reported.',
      )
    const wrong = Object.values(row.table ?? {}).filter(
      (value) => value !== null && to.enum && !to.enum.includes(value),
    )
    if (wrong.length > 0)
      this.#error(
        [...row.origin, 'enum'],
        `${row.to} cannot be ${wrong.join(', ')}`,
        `v2 takes: ${to.enum!.join(', ')}.`,
      )
    const isPlain =
      !row.money &&
      !row.row.cast &&
      !row.table &&
      !row.row.split &&
      !row.row.join &&
      !row.row.date &&
      !row.row.not &&
      !row.row.wrap &&
      row.row.const === undefined
    if (isPlain && from.type && to.type && from.type !== to.type && !isNumeric(from, to))
      this.#error(
        row.origin,
        `${row.from} is ${from.type} and ${row.to} is ${to.type}`,
        'Add `cast`, `money` or another transform.',
      )
    if (
      from.default !== undefined &&
      to.default !== undefined &&
      row.row.default === undefined &&
      !row.table &&
      from.default !== to.default
    )
      this.#error(
        row.origin,
        `${row.from} is ${JSON.stringify(from.default)} if it is left out, and ${row.to} is ${JSON.stringify(to.default)}`,
        'Add `default:`, so that it is always said.',
      )
  }

  /** Every field that v1 takes is named, if only to say that it is gone. */
  #complete(id: OperationId, rows: readonly FlatRow[], old: DocumentedOperation): void {
    const read = rows
      .flatMap(({ from, money }) => [from, money?.currencyFrom])
      .filter((path): path is string => typeof path === 'string')
    const covers = (path: string, field: string) => {
      const plain = path.replace(/\[\d+\]/g, '[]')
      return (
        field === plain || field.startsWith(`${plain}.`) || (field.startsWith(`${plain}[`) && !plain.endsWith('[]'))
      )
    }
    const own = rows.filter(({ isContainer }) => !isContainer).map(({ from }) => from)
    for (const [field, schema] of old.document.leaves(old.request)) {
      if (schema.readOnly || RESPONSE_ONLY.test(field)) continue
      if (!read.some((path) => (own.includes(path) || path.endsWith('currency')) && covers(path, field)))
        this.#warn(
          ['operations', id, 'request'],
          `no row is about ${field}`,
          'Map it, or say that it has no counterpart (`to: null`); who sends it stays on v1 meanwhile.',
        )
    }
  }

  /** A payload of v1 with all that can be carried over is one that v2 takes. */
  #sample(
    id: OperationId,
    operation: Operation,
    rows: readonly FlatRow[],
    old: DocumentedOperation,
    sends: DocumentedOperation,
  ): void {
    const body: Record<string, unknown> = {}
    for (const row of rows) {
      if (typeof row.from !== 'string' || row.to === null || row.isContainer || row.from.startsWith('$ctx.')) continue
      const schema = old.document.at(old.request, row.from)
      const zeros = Array.from({ length: depthOf(row.from) }, () => 0)
      for (const [path, value] of samples(this.#map, row, isNode(schema) ? schema : {})) put(body, path, zeros, value)
    }
    const { value, problems } = mapRequest(this.#map, { ...operation, sums: [] }, rows, body, { ref: 'order-1' })
    for (const problem of problems)
      this.#error(
        ['operations', id, 'request'],
        `a sample of all fields cannot be mapped: ${problem.message}`,
        'Correct the row, or its precondition.',
      )
    const { Ajv2020 } = load('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
    const ajv = new Ajv2020({
      strict: false,
      unicodeRegExp: false,
      allErrors: true,
      validateFormats: false,
      logger: false,
    })
    const isTaken = ajv.compile(sends.document.standalone(sends.request!))
    this.#least(id, operation, rows, old, (request) => {
      isTaken(request)
      return (isTaken.errors ?? []).filter(({ keyword }) => keyword === 'required')
    })
    if (isTaken(value)) return
    for (const { instancePath, message, keyword, params } of isTaken.errors ?? []) {
      if (['anyOf', 'oneOf', 'if'].includes(keyword)) continue
      const where =
        instancePath
          .slice(1)
          .replaceAll('/', '.')
          .replace(/\.(\d+)/g, '[$1]') || 'the request'
      const what = keyword === 'required' ? `has no ${params.missingProperty}` : message
      this.#error(
        ['operations', id, 'request'],
        `v2 would refuse a sample of all fields: ${where} ${what}`,
        'Add what is missing, or correct the row that writes it.',
      )
    }
  }

  /** What v2 wants is there also where a request has only what v1 wants, or else it stays on v1. */
  #least(
    id: OperationId,
    operation: Operation,
    rows: readonly FlatRow[],
    old: DocumentedOperation,
    missingIn: (
      request: unknown,
    ) => readonly { readonly instancePath: string; readonly params: Record<string, unknown> }[],
  ): void {
    const wanted = old.document.requiredLeaves(old.request)
    const covers = (path: Path) =>
      wanted.some((leaf) => leaf === path || leaf.startsWith(`${path}.`) || leaf.startsWith(`${path}[`))
    const body: Record<string, unknown> = {}
    for (const row of rows) {
      const { from } = row
      if (typeof from !== 'string' || row.to === null || row.isContainer || from.startsWith('$ctx.')) continue
      const plain = from.replace(/\[\d+\]/g, '[]')
      if (!row.row.required && !covers(plain)) continue
      const schema = old.document.at(old.request, from)
      const zeros = Array.from({ length: depthOf(from) }, () => 0)
      for (const [path, value] of samples(this.#map, row, isNode(schema) ? schema : {})) put(body, path, zeros, value)
    }
    const { value, problems } = mapRequest(this.#map, { ...operation, sums: [] }, rows, body, { ref: 'order-1' })
    // what cannot be carried over at all stays where it was
    if (problems.length > 0) return
    for (const { instancePath, params } of missingIn(value)) {
      const where = `${instancePath
        .slice(1)
        .replaceAll('/', '.')
        .replace(/\.(\d+)/g, '[]')}.${params.missingProperty}`
      this.#warn(
        ['operations', id, 'request'],
        `v2 wants ${where.replace(/^\./, '')}, which a request with no more than v1 wants does not have`,
        'Add a `default:` or a `const:`, or write `required: true` where it comes from, so that such a request stays on v1.',
      )
    }
  }

  #responses(id: OperationId, old: DocumentedOperation, news: readonly DocumentedOperation[]): void {
    for (const row of rowsOf(this.#map, id, 'response')) {
      const at = row.origin
      const sources = news.filter(({ response }) => response)
      if (typeof row.from === 'string' && sources.length > 0)
        this.#seek(
          [...at, 'from'],
          sources.some(({ document, response }) => document.at(response, row.from!) !== undefined),
          'error',
          `${row.from} is not in what ${sources.map(({ method, path }) => `${method} ${path}`).join(' or ')} gives`,
          'Correct the path: nothing would ever be there.',
        )
      if (typeof row.to === 'string' && row.to !== '' && !row.isContainer && old.response)
        this.#seek(
          [...at, 'to'],
          old.document.at(old.response, row.to) !== undefined,
          'warning',
          `${row.to} is not in what ${old.method} ${old.path} gave`,
          'Compare it with the reference; nobody may read it.',
        )
      for (const { document, response } of sources) {
        const schema = typeof row.from === 'string' ? document.at(response, row.from) : undefined
        const values = isNode(schema) ? (schema.enum ?? []) : []
        const missing = values.filter((value) => row.table && !Object.hasOwn(row.table, String(value)))
        if (missing.length > 0 && row.row.otherwise === undefined)
          this.#warn(
            [...at, 'enum'],
            `${row.from} may be ${missing.join(', ')}, which stays as it is`,
            'Map it, or write `otherwise: keep` to say that it is meant.',
          )
      }
    }
  }
}

/** What stands in the document of a request though only a response has it. */
const RESPONSE_ONLY =
  /(?:^|[.\]])(?:id|state|status|links|create_time|update_time|failure_reason|related_resources|failed_transactions|payment_summary|reason_code)(?:$|[.[])/

/** Values for what a row reads. */
function samples(map: PaymentMap, row: FlatRow, schema: SchemaNode): [string, unknown][] {
  const from = row.from as string
  if (row.money) {
    const format = map.money.v1
    const amount = format.format === 'minor-units' ? 1000 : '10.00'
    const currency: [string, unknown][] = row.money.currencyFrom === undefined ? [] : [[row.money.currencyFrom, 'USD']]
    if (row.money.scalar || format.shape === 'scalar') return [[from, amount], ...currency]
    return [
      [`${from}.${row.money.value ?? format.value}`, amount],
      [`${from}.${row.money.currencyName ?? format.currency}`, 'USD'],
    ]
  }
  const known = Object.entries(row.table ?? {}).find(([, value]) => value !== null)
  if (known) return [[from, known[0]]]
  return [[from, sampleOf(row, schema)]]
}

function sampleOf({ from, row }: FlatRow, schema: SchemaNode): unknown {
  const name = String(from)
  if (schema.enum && schema.enum.length > 0) return schema.enum[0]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer' || schema.type === 'number' || /quantity$/.test(name))
    return /quantity$/.test(name) ? '1' : 1
  if (/e?mail$/.test(name)) return 'buyer@example.com'
  if (/country/i.test(name)) return 'US'
  if (/locale$/.test(name)) return 'en_US'
  if (/url$/i.test(name)) return 'https://shop.example/'
  if (/merchant_id$/.test(name)) return 'ABCDEFGHJKLMN'
  if (row.date === 'date') return '1980-01-02'
  if (row.pattern?.startsWith('^') && /^\^\w+_?/.test(row.pattern)) return `${/^\^(\w+)/.exec(row.pattern)![1]}1`
  if (schema.type === 'object') return { name: 'value' }
  return 'sample'
}

function isNode(schema: SchemaNode | 'open' | undefined): schema is SchemaNode {
  return schema !== undefined && schema !== 'open'
}

/** Whether there may be something at a path: in a list, whichever element it is. */
function isThere({ document }: DocumentedOperation, schema: SchemaNode, path: Path): boolean {
  return document.at(schema, path) !== undefined
}

function isNumeric(a: SchemaNode, b: SchemaNode): boolean {
  return [a.type, b.type].every((type) => type === 'integer' || type === 'number')
}

function isPathFine(path: string): boolean {
  try {
    segmentsOf(path)
    return true
  } catch {
    return false
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
