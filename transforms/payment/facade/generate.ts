/** Writes the façade: the runtime as it is, and what is made of the map for it. */
import { proposedOperations } from '../map/review.ts'
import { rowsOf } from '../map/rows.ts'
import type { NewCall, Operation, OperationId, Path, PaymentMap, SdkFacts, Step } from '../map/types.ts'
import { accessCode, conditionCode, key, literal, MappingCode, text } from './code.ts'
import { durationMs } from './durations.ts'
import { type GoldenTest, goldenRequest, goldenResponse, goldenTests } from './golden.ts'
import { RUNTIME } from './runtime.ts'
import { styled } from './style.ts'
import type {
  Facade,
  FacadeEntry,
  FacadeRequest,
  FacadeStage,
  GenerateFacade,
  NativeRequest,
  Refusal,
} from './types.ts'

/** Writes the façade. Pure: the same request gives the same bytes. */
export const generateFacade: GenerateFacade = (request) => new Generator(request).facade()

const TESTS = '__tests__/'

class Generator {
  readonly #request: FacadeRequest
  readonly #map: PaymentMap
  readonly #stage: FacadeStage
  readonly #isTyped: boolean
  readonly #code: MappingCode
  readonly #operations: readonly (readonly [OperationId, Operation])[]
  readonly #refused: readonly Refusal[]

  constructor(request: FacadeRequest) {
    this.#request = request
    this.#map = request.map
    this.#stage = request.map.mode === 'cutover-only' ? 'full' : (request.stage ?? 'dual')
    this.#isTyped = request.style.language === 'typescript'
    this.#code = new MappingCode(request.map, this.#isTyped)
    const asked = [...new Set(request.operations)].sort()
    this.#refused = asked.flatMap((id) => refusalOf(request.map, id) ?? [])
    const refused = new Set(this.#refused.map(({ operation }) => operation))
    this.#operations = asked.filter((id) => !refused.has(id)).map((id) => [id, request.map.operations[id]!] as const)
  }

  facade(): Facade {
    const names = this.#names()
    const operations = this.#operationsFile()
    const parts: [string, string][] = [
      ['index', this.#indexFile(names)],
      ['operations', operations],
      ['map', this.#code.text()],
      ['settings', this.#settingsFile()],
      ...this.#runtimeFiles(),
      ...this.#testFiles(),
    ]
    const files = parts.map(([name, content]) => [this.#path(name), this.#styled(name, content)] as const)
    return { files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))), entry: names, refused: this.#refused }
  }

  // ---- names and places -------------------------------------------------------------------------

  #names(): FacadeEntry {
    const base = camel(this.#map.provider.facade ?? this.#map.provider.id)
    const facts = this.#sdk()
    const kind = facts?.client === 'object' || this.#map.mode === 'cutover-only' ? 'object' : 'wrap'
    return {
      file: this.#path('index'),
      ...(facts ? { sdk: { name: kind === 'object' ? base : `wrap${capital(base)}`, kind } as const } : {}),
      ...(this.#request.http.length > 0 ? { http: `${base}Http` } : {}),
      isPaymentError: 'isPaymentError',
      toPaymentError: 'toPaymentError',
      ...(this.#map.redirects?.length ? { returnId: `${base}ReturnId` } : {}),
      ...(this.#map.webhooks?.events.some(({ severity }) => severity !== 'report') ? { webhook: `${base}Event` } : {}),
      ...(this.#map.webhooks?.events.some(({ severity }) => severity !== 'report')
        ? { webhookOnce: `${base}EventOnce` }
        : {}),
      configure: 'configurePayments',
      native: { sdk: `${base}V2`, http: `${base}HttpV2`, amount: `${base}Amount` },
    }
  }

  /** What call sites ask for in the words of v2: only where nothing else is left to talk to. */
  #native(): NativeRequest {
    const none = { sdk: [], http: [], keeps: { sdk: true, http: true, webhook: true, returnId: true }, amount: false }
    return this.#stage === 'full' ? (this.#request.native ?? none) : none
  }

  #sdk(): SdkFacts | undefined {
    const wanted = this.#request.sdk?.package
    return this.#map.sdk?.find((facts) => facts.package === wanted)
  }

  #extension(): string {
    const { fileExtension, language, importExtension } = this.#request.style
    if (fileExtension !== undefined) return fileExtension
    if (importExtension === '.mjs' || importExtension === '.cjs')
      return language === 'typescript' ? importExtension.replace('js', 'ts') : importExtension
    return language === 'typescript' ? '.ts' : '.js'
  }

  #path(name: string): string {
    const { testFiles } = this.#request.style
    if (testFiles && name.startsWith(TESTS)) {
      const { folder, prefix, ending } = testFiles
      const file = `${prefix}${name.slice(TESTS.length)}`.replace(/\.test$/, ending)
      return `${folder === '.' ? '' : `${folder}/`}${file}${this.#extension()}`
    }
    return `${this.#request.folder}/${name}${this.#extension()}`
  }

  #styled(name: string, content: string): string {
    return styled(content, this.#request.style, name.startsWith(TESTS) ? { up: this.#wayFromTests() } : {})
  }

  /** From the folder of the tests to that of the façade. */
  #wayFromTests(): string {
    const { folder } = this.#request
    const own = this.#request.style.testFiles?.folder ?? `${folder}/__tests__`
    const from = own === '.' ? [] : own.split('/')
    const to = folder.split('/')
    while (from.length > 0 && from[0] === to[0]) {
      from.shift()
      to.shift()
    }
    return `${from.length === 0 ? './' : '../'.repeat(from.length)}${to.map((part) => `${part}/`).join('')}`
  }

  // ---- files that come as they are ----------------------------------------------------------------

  #runtimeFiles(): [string, string][] {
    const names = ['delivery', 'errors', 'pins', 'telemetry', 'v2', 'values']
    if (this.#sdk()) names.push('sdk')
    if (this.#request.http.length > 0) names.push('shapes')
    if (this.#names().webhook !== undefined && this.#native().keeps.webhook) names.push('events')
    const variants: [string, string][] =
      this.#stage === 'full'
        ? [['router', 'router.full']]
        : [
            ['router', 'router'],
            ['rollout', this.#stage === 'writes' ? 'rollout.writes' : 'rollout'],
            ...(this.#stage === 'dual' ? [['openfeature', 'openfeature'] as [string, string]] : []),
          ]
    if (this.#request.http.length > 0) variants.push(['http', this.#stage === 'full' ? 'http.full' : 'http'])
    return [...names.map((name): [string, string] => [name, name]), ...variants].map(([name, source]) => [
      name,
      this.#staged(RUNTIME[this.#isTyped ? 'typescript' : 'javascript'][source]!),
    ])
  }

  /** What is between `// #dual` and `// #end` goes with v1, and what is between `// #flag` and `// #end` with the flag. */
  #staged(content: string): string {
    const keep = {
      dual: this.#stage !== 'full',
      flag: this.#stage === 'dual',
      nest: this.#request.http.includes('nest'),
      native: this.#native().sdk.length > 0,
    }
    return content
      .replace(
        /^[ \t]*\/\/ #(dual|flag|nest|native)\n([\s\S]*?)^[ \t]*\/\/ #end\n/gm,
        (_all, name: keyof typeof keep, inner: string) => (keep[name] ? inner : ''),
      )
      .replace(/'\.\/observable(?:\.ts)?'/, "'rxjs'")
      .replace(/'\.\/router\.full(?=(?:\.ts)?')/, "'./router")
  }

  #testFiles(): [string, string][] {
    const { tests } = this.#request.style
    if (tests === 'none') return []
    const spoken = (body: string) => (tests === 'mocha' ? body.replace(/^test\(/gm, 'it(') : body)
    const golden = this.#goldenFile(tests)
    const files: [string, string][] = golden === undefined ? [] : [['__tests__/map.test', spoken(golden)]]
    if (this.#stage !== 'dual') return files
    const body = this.#staged(RUNTIME[this.#isTyped ? 'typescript' : 'javascript']['router.test']!)
      .replace(/^import assert .*\n/m, '')
      .replace(/^import \{ beforeEach, test \} .*\n/m, '')
    return [...files, ['__tests__/router.test', testHead(tests, 'beforeEach, test') + spoken(body)]]
  }

  /** What the map makes of one payload for each function that this project has; nothing where it has none. */
  #goldenFile(runner: 'vitest' | 'jest' | 'mocha' | 'node'): string | undefined {
    const tests = this.#operations.flatMap(([id, operation]): GoldenTest[] => {
      const request = (operation.request || operation.patch) && goldenRequest(this.#map, id)
      const response = operation.response && goldenResponse(this.#map, id)
      const title = operation.title
      return [
        ...(request
          ? [{ title: `${title}: what is sent`, call: this.#code.request(id, operation), golden: request }]
          : []),
        ...(response
          ? [{ title: `${title}: what comes back`, call: this.#code.response(id, operation), golden: response }]
          : []),
      ]
    })
    if (tests.length === 0) return undefined
    const names = [...new Set(tests.map(({ call }) => call))].sort()
    return `${testHead(runner, 'test')}import { ${names.join(', ')} } from './map';

// One payload for each direction, and what ${this.#request.mapName === this.#map.provider.id ? 'the map of the provider' : this.#request.mapName} makes of it.
// Who changes a row changes what is expected here, and sees it in the review.

${goldenTests(tests)}
`
  }

  // ---- settings -----------------------------------------------------------------------------------

  #settingsFile(): string {
    const runtime = this.#staged(RUNTIME[this.#isTyped ? 'typescript' : 'javascript'].settings!)
    const types = runtime.slice(0, runtime.indexOf('export const settings'))
    const { provider, flag, to, auth, idempotency, headers, errors } = this.#map
    const kinds = Object.entries(errors.kinds)
      .filter(([, { v1 = [], v2 = [] }]) => v1.length + v2.length > 0)
      .map(([kind, { v1 = [], v2 = [] }]) => `      ${kind}: { v1: ${wrapped(v1)}, v2: ${wrapped(v2)} },\n`)
    const format = (one: (typeof errors)['v1']) =>
      literal({
        code: one.code,
        message: one.message,
        ...(one.debug ? { debug: one.debug } : {}),
        ...(one.issues ? { issues: one.issues } : {}),
      })
    const lines = [
      `  provider: ${text(provider.title)},`,
      ...(this.#stage === 'dual' && flag
        ? [
            '  flag: {',
            `    env: ${text(flag.env)},`,
            `    percentEnv: ${text(flag.percentEnv)},`,
            `    saltEnv: ${text(flag.saltEnv)},`,
            `    allowEnv: ${text(flag.allowEnv ?? `${flag.env}_ALLOW`)},`,
            `    denyEnv: ${text(flag.denyEnv ?? `${flag.env}_DENY`)},`,
            '  },',
          ]
        : []),
      '  hosts: {',
      ...Object.entries(to.hosts).map(([from, host]) => `    ${key(from)}: ${text(host)},`),
      '  },',
      `  timeoutMs: ${grouped(durationMs(to.timeout ?? '30s'))},`,
      `  encoding: ${text(to.encoding ?? 'json')},`,
      ...(auth.kind === 'oauth2-client-credentials' ? [`  tokenPath: ${text(auth.tokenPath)},`] : []),
      ...(headers?.pass ? [`  passHeaders: ${literal(headers.pass)},`] : []),
      `  idempotency: { header: ${text(idempotency.header)}, maxLength: ${idempotency.v2.max}, retentionMs: ${grouped(durationMs(idempotency.v2.retention))} },`,
      ...this.#ids(),
      '  errors: {',
      `    v1: ${format(errors.v1)},`,
      `    v2: ${format(errors.v2)},`,
      `    kinds: {\n${kinds.join('')}    },`,
      `    oldCodes: ${literal(errors.oldCodes ?? {})},`,
      `    statuses: ${literal(errors.statuses ?? {})},`,
      `    notExecuted: ${literal(errors.notExecuted)},`,
      '  },',
    ]
    return `${types}export const settings${this.#type(': Settings')} = {\n${lines.join('\n')}\n};\n`
  }

  /** Who made an object is asked only as long as there are two. */
  #ids(): string[] {
    if (this.#stage === 'full') return ['  ids: {},']
    const lines = Object.entries(this.#map.ids).map(([name, facts]) => `    ${key(name)}: ${this.#idFacts(facts)},`)
    return ['  ids: {', ...lines, '  },']
  }

  #idFacts(facts: PaymentMap['ids'][string]): string {
    const members = [
      ...(facts.v1 === undefined ? [] : [`v1: /${facts.v1}/`]),
      ...(facts.v2 === undefined ? [] : [`v2: /${facts.v2}/`]),
      `pin: ${text(facts.pin)}`,
    ]
    const read = facts.read === undefined ? undefined : this.#map.operations[facts.read]
    if (facts.probe === 'read-only' && read?.v2 && !('steps' in read.v2)) {
      const path = (template: Path) =>
        `(id${this.#type(': string')}) => \`${template.replace(/\{\w+\}/, '${encodeURIComponent(id)}')}\``
      const old = [read, ...(facts.alsoRead ?? []).map((id) => this.#map.operations[id]!)]
      members.push(`probe: { v1: [${old.map(({ v1 }) => path(v1.path)).join(', ')}], v2: ${path(read.v2.path)} }`)
    }
    const line = `{ ${members.join(', ')} }`
    return line.length < 90 ? line : `{\n      ${members.join(',\n      ')},\n    }`
  }

  // ---- operations -----------------------------------------------------------------------------------

  #operationsFile(): string {
    const { sdk, http } = this.#native()
    const native = [...new Set([...sdk, ...http])].sort()
    const bodies = [
      ...this.#operations.map(([id, operation]) => this.#operation(id, operation)),
      ...native.map((id) => this.#nativeOperation(id, this.#map.operations[id]!)),
    ]
    const code = bodies.join('\n\n')
    const used = [...new Set(this.#mapNames)].sort()
    const runtime = [
      `import ${this.#isTyped ? 'type ' : ''}{ Operation } from './delivery';`,
      ...(/\bamountMismatch\(/.test(code) ? [`import { amountMismatch } from './delivery';`] : []),
    ]
    const imports = [
      ...(this.#isTyped ? runtime : runtime.slice(1)),
      ...(used.length > 0 ? [`import { ${used.join(', ')} } from './map';`] : []),
      ...(/\bpart\(/.test(code) ? [`import { part } from './v2';`] : []),
    ]
    const payload = this.#isTyped
      ? `\n// eslint-disable-next-line @typescript-eslint/no-explicit-any\n// biome-ignore lint/suspicious/noExplicitAny: payloads are what the provider's reference says\ntype Payload = any;\n`
      : ''
    const note = `/** The operations that this project uses. Made from the payment map ${this.#request.mapName}. */`
    return `${note}\n${imports.join('\n')}\n${payload}\n${code}\n`.replaceAll('/*type*/', this.#type(': Payload'))
  }

  readonly #mapNames: string[] = []

  #operation(id: OperationId, operation: Operation): string {
    const call = operation.v2!
    const toV2 = operation.request || operation.patch ? this.#code.request(id, operation) : undefined
    const fromV2 = operation.response ? this.#code.response(id, operation) : undefined
    this.#mapNames.push(...[toV2, fromV2].filter((name) => name !== undefined))
    const any = this.#type(': Payload')
    const keys = (operation.rolloutKey ?? []).filter((path) => !path.startsWith('$ctx.'))
    const lines = [
      ...this.#facts(id, operation, keys),
      `  toV2: ${toV2 ?? `(body${any}) => body`},`,
      `  fromV2: ${fromV2 ?? `(response${any}) => response`},`,
      'steps' in call ? this.#steps(call.steps) : `  run: ${this.#single(call)},`,
      ...(operation.handsOut ? [this.#handsOut(operation.handsOut)] : []),
      ...(operation.reconcile ? [this.#reconcile(operation.reconcile)] : []),
    ]
    const why = operation.why === undefined ? '' : ` ${operation.why}`
    return `/** ${operation.title}.${why} Source: ${operation.source} */
export const ${id}${this.#type(': Operation')} = {
${lines.join('\n')}
};`
  }

  /** An operation that takes and gives what v2 does. */
  #nativeOperation(id: OperationId, operation: Operation): string {
    const call = operation.v2!
    const check = operation.request && this.#code.check(id, operation)
    if (check) this.#mapNames.push(check)
    const any = this.#type(': Payload')
    const keys = this.#nativeKeys(id, operation)
    const lines = [
      ...this.#facts(id, operation, keys),
      `  toV2: ${check ?? `(body${any}) => body`},`,
      `  fromV2: (response${any}) => response,`,
      'steps' in call
        ? this.#steps(call.steps.filter((step) => !('compare' in step)))
        : `  run: ${this.#single(call)},`,
      ...(operation.reconcile ? [this.#reconcile(operation.reconcile)] : []),
    ]
    return `/** ${operation.title}, in the words of ${this.#map.to.id}. Source: ${operation.source} */
export const ${id}V2${this.#type(': Operation')} = {
${lines.join('\n')}
};`
  }

  /** What an operation is, in whichever words it is spoken of. `keys`: where the key of an order stands in its body. */
  #facts(id: OperationId, operation: Operation, keys: readonly Path[]): string[] {
    const retention = this.#map.idempotency.v2.overrides?.[id]
    const follows = /^follows (\w+)$/.exec(operation.binding)?.[1]
    const any = this.#type(': Payload')
    return [
      `  name: ${text(id)},`,
      `  effect: ${text(operation.effect)},`,
      `  binding: ${follows === undefined ? text(operation.binding) : `{ follows: ${text(follows)} }`},`,
      ...(operation.repeatable ? ['  repeatable: true,'] : []),
      ...(operation.v1.success === undefined ? [] : [`  status: ${operation.v1.success},`]),
      ...(retention === undefined ? [] : [`  retentionMs: ${grouped(durationMs(retention))},`]),
      ...(keys.length > 0
        ? [
            `  businessKey: (body${any}) => ${keys.map((path) => accessCode(path, 'body').replace(/^body\./, 'body?.')).join(' ?? ')},`,
          ]
        : []),
    ]
  }

  /** Where the key of an order stands in a request of v2. */
  #nativeKeys(id: OperationId, { rolloutKey = [] }: Operation): Path[] {
    const rows = rowsOf(this.#map, id, 'request')
    return rolloutKey.flatMap((path) => {
      const plain = path.replace(/\[\d+\]/g, '[]')
      // a key within an object that goes over as it is stands in that object
      const row = rows.find(
        ({ from, to, isContainer }) =>
          !isContainer && typeof from === 'string' && to !== null && (from === plain || plain.startsWith(`${from}.`)),
      )
      return row?.to ? [(row.to + plain.slice(row.from!.length)).replaceAll('[]', '[0]')] : []
    })
  }

  #single(call: NewCall): string {
    const sent = this.#call(call, { answers: [], indent: '    ' })
    return `({ ${this.#used(sent)} }) =>\n    ${sent}`
  }

  /** The members of `Steps` that a piece of code uses. */
  #used(code: string): string {
    return ['send', 'client', 'sdkOptions', 'params', 'oldBody', 'body', 'ref', 'key', 'options']
      .filter((name) => new RegExp(`(?:\\.\\.\\.|(?<![\\w.$]))${name}\\b(?!:)`).test(code))
      .join(', ')
  }

  #call(
    call: NewCall,
    { answers, indent, body }: { answers: readonly string[]; indent: string; body?: string },
  ): string {
    const isRead = call.method === 'GET'
    const form = call.body ?? (isRead ? 'none' : 'rows')
    const sent = body ?? (form === 'rows' ? 'body' : form === 'empty' ? '{}' : undefined)
    const isKeyed = !isRead && call.idempotent !== false
    const value = (name: string) =>
      name === 'ref' ? 'ref' : answers.includes(name.split('.')[0]!) ? optional(name) : `params.${name}`
    const query = Object.entries(call.query ?? {}).map(([name, template]) => {
      const filled = template.replace(/\{([\w.]+)\}/g, (_all, inner: string) => `\${${value(inner)}}`)
      return [name, filled === template ? text(template) : `\`${filled}\``] as const
    })
    const { transport, sdkOptions } = this.#map.to
    if (transport === 'sdk' && call.sdk && 'member' in call.sdk) {
      const extra = [
        ...(sdkOptions ? ['...sdkOptions'] : []),
        ...(isKeyed && sdkOptions ? [`${sdkOptions.key}: key`] : []),
        ...(sdkOptions
          ? [`${sdkOptions.retries}: 0`, `${sdkOptions.timeout}: ${grouped(durationMs(this.#map.to.timeout ?? '30s'))}`]
          : []),
      ]
      const hole = /\{([\w.]+)\}/.exec(call.path)?.[1]
      const args = call.sdk.arguments.map((one) => {
        if (one === 'id') return value(hole ?? 'id')
        if (one === 'query') return `{ ${query.map(([name, filled]) => `${key(name)}: ${filled}`).join(', ')} }`
        return one === 'body' ? (sent ?? '{}') : `{ ${extra.join(', ')} }`
      })
      const options = call.sdk.arguments.includes('options') || extra.length === 0 ? [] : [`{ ${extra.join(', ')} }`]
      return `(client${this.#type(' as Payload')}).${call.sdk.member}(${[...args, ...options].join(', ')})`
    }
    const path = call.path.replace(/\{([\w.]+)\}/g, (_all, name: string) => `\${part(${value(name)})}`)
    const search = query.map(([name, filled]) => `${name}=\${part(${filled})}`).join('&')
    const full = search === '' ? path : `${path}?${search}`
    const members = [
      `method: ${text(call.method)}`,
      `path: ${full.includes('${') ? `\`${full}\`` : text(full)}`,
      ...(call.headers ? [`headers: ${literal(call.headers)}`] : []),
      ...(sent === undefined ? [] : [sent === 'body' ? 'body' : `body: ${sent}`]),
      ...(isKeyed ? ['key'] : []),
      ...(call.success ? [`success: ${literal(call.success)}`] : []),
    ]
    const line = `send({ ${members.join(', ')} })`
    return line.length + indent.length < 100
      ? line
      : `send({\n${members.map((one) => `${indent}  ${one},\n`).join('')}${indent}})`
  }

  #steps(steps: readonly Step[]): string {
    const answers: string[] = []
    const lines: string[] = []
    let last = 'undefined'
    const any = this.#type(': Payload')
    steps.forEach((step, index) => {
      if ('compare' in step) {
        const { compare, unequal, repair } = step
        const money = compare.money === true ? {} : compare.money
        const { v1, v2 } = this.#map.money
        const [value, currency] = [money.value ?? v1.value ?? 'value', money.currencyName ?? v1.currency ?? 'currency']
        const name = this.#code.amount()
        this.#mapNames.push(name)
        const asked = accessCode(compare.request, 'oldBody')
          .replace(/^oldBody\./, '(oldBody as Payload)?.')
          .replace(' as Payload', this.#type(' as Payload'))
        const [root, ...rest] = compare.with.split('.')
        const there = accessCode(rest.join('.'), root!).replace(`${root}.`, `${root}?.`)
        lines.push(`    const asked = ${asked};`)
        lines.push(`    const amount = ${name}(asked?.${value}, asked?.${currency}, ${text(compare.request)});`)
        lines.push(`    const agreed = ${there};`)
        lines.push(
          `    if (amount && (amount.${v2.value} !== agreed?.${v2.value} || amount.${v2.currency} !== agreed?.${v2.currency})) {`,
        )
        if (repair) {
          const patch = `[{ op: 'replace', path: ${text(repair.pointer)}, value: { ...agreed, ...amount } }]`
          lines.push(`      if (options.${repair.gate} !== 'patch') throw amountMismatch(${text(unequal)});`)
          lines.push(
            `      await ${this.#call(this.#map.calls![repair.call]!, { answers, indent: '      ', body: patch })};`,
          )
        } else lines.push(`      throw amountMismatch(${text(unequal)});`)
        lines.push('    }')
        return
      }
      const call = this.#map.calls![step.call]!
      const sent = this.#call(call, { answers, indent: '      ' })
      if (step.as !== undefined) {
        lines.push(`    const ${step.as}${any} = await ${sent};`)
        answers.push(step.as)
        last = step.as
      } else if (step.when !== undefined) {
        const [root] = step.when.split('.')
        const rest = conditionCode(step.when.replaceAll(`${root}.`, ''), root!).replaceAll(`${root}.`, `${root}?.`)
        lines.push(`    if (${rest})\n      return ${sent};`)
      } else lines.push(index === steps.length - 1 ? `    return ${sent};` : `    await ${sent};`)
    })
    const body = lines.join('\n')
    const end =
      /return [^;]*;$/.test(lines.at(-1) ?? '') && !lines.at(-1)!.trimStart().startsWith('if')
        ? ''
        : `\n    return ${last};`
    return `  run: async ({ ${this.#used(body)} }) => {\n${body}${end}\n  },`
  }

  #handsOut(handsOut: Readonly<Record<string, Path>>): string {
    const members = Object.entries(handsOut).map(([idClass, path]) => `${key(idClass)}: ${this.#all(path)}`)
    const line = `  handsOut: (response${this.#type(': Payload')}) => ({ ${members.join(', ')} }),`
    if (line.length < 100) return line
    return `  handsOut: (response${this.#type(': Payload')}) => ({\n${members.map((one) => `    ${one},\n`).join('')}  }),`
  }

  /** A list of everything at a path. */
  #all(path: Path): string {
    const parts = path.split('[]')
    if (parts.length === 1) return `[${accessCode(path, 'response').replace(/^response\./, 'response?.')}]`
    const any = this.#type(': Payload')
    const nested = (root: string, index: number): string => {
      const part = parts[index]!.replace(/^\./, '')
      const read = part === '' ? root : accessCode(part, root).replace(`${root}.`, `${root}?.`)
      if (index === parts.length - 1) return read
      const name = `one${index === 0 ? '' : index + 1}`
      const method = index === parts.length - 2 ? 'map' : 'flatMap'
      return `(${read} ?? []).${method}((${name}${any}) => ${nested(name, index + 1)})`
    }
    return nested('response', 0)
  }

  #reconcile({ read, doneWhen, answer }: NonNullable<Operation['reconcile']>): string {
    const call = this.#map.calls![read]!
    const sent = this.#call(call, { answers: [], indent: '      ' })
    const any = this.#type(': Payload')
    const answered =
      answer === undefined
        ? ''
        : `\n    answer: (state${any}) => ${answer === '' ? 'state' : accessCode(answer, 'state').replace(/^state\./, 'state?.')},`
    const isDone = conditionCode(doneWhen, 'state').replaceAll('state.', 'state?.')
    return `  reconcile: {\n    read: ({ ${this.#used(sent)} }) => ${sent},\n    isDone: (state${any}) => ${isDone},${answered}\n  },`
  }

  // ---- index ------------------------------------------------------------------------------------------

  #indexFile(names: FacadeEntry): string {
    const facts = this.#sdk()
    const used = new Set<string>()
    const native = this.#native()
    const isOldHttp = names.http !== undefined && native.keeps.http
    const body = [
      ...(native.amount ? [this.#amountFunction(names.native.amount)] : []),
      ...(facts && names.sdk
        ? [
            names.sdk.kind === 'wrap'
              ? this.#wrapped(facts, names.sdk.name, used)
              : facts.client === 'object'
                ? this.#object(facts, names.sdk.name, used)
                : this.#clientClass(facts, names.sdk.name, used),
          ]
        : []),
      ...(names.http !== undefined && isOldHttp ? [this.#httpObject(names.http, used)] : []),
      ...(native.http.length > 0 ? [this.#nativeHttp(names.native.http, used)] : []),
      ...(names.returnId === undefined || !native.keeps.returnId ? [] : [this.#returnId(names.returnId)]),
      ...(names.webhook === undefined || !native.keeps.webhook ? [] : [this.#webhook(names.webhook)]),
    ].join('\n\n')
    const operations = [...used].sort()
    const shapes = [...new Set([...this.#webhookShapes, ...(native.amount ? [this.#code.amount()] : [])])].sort()
    const needsBase = /\bnewBaseUrl\(/.test(body)
    const typesOfSdk = ['NativeMember', 'Parameter', 'Part', 'Routed'].filter((one) =>
      new RegExp(`\\b${one}\\b`).test(body),
    )
    const imports = [
      ...(facts && names.sdk && (this.#importsSdk(facts) || /\btypeof sdk\b/.test(body))
        ? [this.#sdkImport(facts)]
        : []),
      ...(/\bhandledOnce\(/.test(body) ? [`import { handledOnce } from './events';`] : []),
      ...(/\bhttpFunction\(/.test(body) ? [`import { httpFunction } from './http';`] : []),
      ...(shapes.length > 0 ? [`import { ${shapes.join(', ')} } from './map';`] : []),
      ...(operations.length > 0 ? [`import { ${operations.join(', ')} } from './operations';`] : []),
      ...(/\bcheckOwner\(/.test(body) ? [`import { checkOwner } from './router';`] : []),
      ...(/\broutedMember\(/.test(body) ? [`import { routedMember } from './sdk';`] : []),
      ...(this.#isTyped && /: Operation\b/.test(body) ? [`import type { Operation } from './delivery';`] : []),
      ...(this.#isTyped && typesOfSdk.length > 0 ? [`import type { ${typesOfSdk.join(', ')} } from './sdk';`] : []),
      ...(needsBase ? [`import { newBaseUrl } from './v2';`] : []),
      ...(/\bpassedHeaders\(/.test(body) ? [`import { passedHeaders } from './v2';`] : []),
    ]
    const exports = [
      `export { isPaymentError, PaymentError, toPaymentError } from './errors';`,
      `export { filePins, memoryPins, redisPins, sqlPins } from './pins';`,
      ...(this.#stage === 'dual'
        ? [`export { openFeatureRollout } from './openfeature';`, `export { bucketOf } from './rollout';`]
        : []),
      `export { configurePayments } from './router';`,
    ]
    const typed = this.#isTyped
      ? [
          ...(/\bhttpFunction\(/.test(body) ? [`export type { HttpCall } from './http';`] : []),
          `export type { PinStore } from './pins';`,
          `export type { PaymentOptions } from './router';`,
          `export type { PaymentEvent } from './telemetry';`,
        ]
      : []
    const payload =
      this.#isTyped && /\bPayload\b/.test(body)
        ? `// eslint-disable-next-line @typescript-eslint/no-explicit-any\n// biome-ignore lint/suspicious/noExplicitAny: payloads are what the provider's reference says\ntype Payload = any;\n\n`
        : ''
    const both = this.#stage === 'full' ? '' : `,\n * and which version an order is on is decided behind it`
    const isOld = this.#stage !== 'full' || isOldHttp || (names.sdk !== undefined && native.keeps.sdk)
    const title = this.#map.provider.title
    const about = isOld
      ? `Payments with ${title}, in the words of ${this.#map.from.id}: call sites are as they were${both}`
      : `Payments with ${title} ${this.#map.to.id}: with one key for what must be done once, and a limit of time`
    return `/**
 * ${about}.
 */
${[...imports, ''].join('\n')}
${[...exports, ...typed].join('\n')}

${payload}${body}
`
  }

  #importsSdk(facts: SdkFacts): boolean {
    return facts.client === 'object' && (this.#stage !== 'full' || this.#request.sdk?.passThrough !== false)
  }

  #sdkImport(facts: SdkFacts): string {
    const { esModuleInterop } = this.#request.style
    const isStar = this.#isTyped && esModuleInterop === false
    // what call sites are told of its types goes on without it
    const isType = !this.#importsSdk(facts)
    return `import ${isType ? 'type ' : ''}${isStar ? '* as ' : ''}sdk from ${text(facts.package)};`
  }

  /** The members of an SDK that are operations of ours, by the object they belong to. */
  #members(facts: SdkFacts): Map<string, [string, SdkFacts['members'][string]][]> {
    const known = new Set(this.#operations.map(([id]) => id))
    const groups = new Map<string, [string, SdkFacts['members'][string]][]>()
    for (const [path, member] of Object.entries(facts.members)) {
      if (!known.has(member.operation)) continue
      const dot = path.lastIndexOf('.')
      const owner = path.slice(0, Math.max(0, dot))
      groups.set(owner, [...(groups.get(owner) ?? []), [path.slice(dot + 1), member]])
    }
    return groups
  }

  #credentials(): string {
    const { auth, headers } = this.#map
    const passes = headers?.pass !== undefined
    const record = this.#type(': Readonly<Record<string, unknown>>')
    if (auth.kind === 'oauth2-client-credentials') {
      const modes = Object.entries(auth.modes).map(([mode, host]) => `${key(mode)}: ${text(`https://${host}`)}`)
      return `/** What \`configure\` was told last. */
let configured${this.#type(': Record<string, unknown>')} = {};

const HOSTS${this.#type(': Readonly<Record<string, string>>')} = { ${modes.join(', ')} };

/** The credentials of the SDK, for v2. */
function credentials(options${record}) {
  const { ${auth.options.id}: id, ${auth.options.secret}: secret, ${auth.options.mode === 'mode' ? '' : `${auth.options.mode}: `}mode${passes ? ', headers' : ''} } = { ...configured, ...options };
  const baseUrl = HOSTS[String(mode ?? ${text(auth.defaultMode)})] ?? HOSTS[${text(auth.defaultMode)}]${this.#type('!')};
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof secret === 'string' ? { secret } : {}),
${passes ? '    ...passedHeaders(headers),\n' : ''}    baseUrl,
  };
}`
    }
    return ''
  }

  #object(facts: SdkFacts, name: string, used: Set<string>): string {
    const passes = this.#importsSdk(facts)
    const any = this.#type(': Payload')
    // declarations may know less of the SDK than there is
    const part = (owner: string) => (this.#isTyped ? `part(${text(owner)})` : `sdk.${owner}`)
    const native = this.#native()
    const isKept = native.keeps.sdk || passes
    const groups = [...(native.keeps.sdk ? this.#members(facts) : [])].map(([owner, members]) => {
      const lines = members.map(([member, { operation, arguments: parameters }]) => {
        used.add(operation)
        const types = this.#isTyped ? ` as Routed<typeof sdk, '${owner}', '${member}'>` : ''
        return `    ${member}: member(${passes ? `${part(owner)}, ${text(member)}, ` : ''}${operation}, ${literal(parameters)})${types},\n`
      })
      return `  ${owner}: {\n${passes ? `    ...${part(owner)},\n` : ''}${lines.join('')}  },\n`
    })
    const configure = (facts.configure ?? []).map((member) => {
      const given = this.#type(passes ? `: ReturnType<typeof sdk.${member}>` : ': void')
      return `  ${member}(options${any})${given} {
    configured = { ...configured, ...options };
${passes ? `    return sdk.${member}(options);\n` : ''}  },\n`
    })
    const dual = this.#stage !== 'full'
    const member = `function member(${passes && dual ? `target${this.#type(': object')}, name${this.#type(': string')}, ` : passes ? `_target${this.#type(': object')}, _name${this.#type(': string')}, ` : ''}operation${this.#type(': Operation')}, parameters${this.#type(': readonly Parameter[]')}) {
  return routedMember({ ${dual ? 'target, name, ' : ''}operation, parameters, ${dual ? `promises: ${facts.promises}, ` : ''}callback: ${text(facts.callback ?? 'error-first')}, ${facts.statusMember === undefined ? '' : `statusMember: ${text(facts.statusMember)}, `}credentials });
}`
    const parts =
      this.#isTyped && passes
        ? `/** A part of the SDK. */\nfunction part<K extends string>(owner: K): Part<typeof sdk, K> {\n  return (sdk as Payload)[owner];\n}\n\n`
        : ''
    const isBoth = native.isHandedOn === true && native.sdk.length > 0
    const inOldWords = `/** ${isBoth ? `The object that is handed on: the functions of ${this.#map.to.id}, and what is still asked for in the words of ${this.#map.from.id}` : 'The SDK: what is not below passes through'}. */
export const ${name} = {
${passes ? '  ...sdk,\n' : ''}${isBoth ? `  ...${this.#names().native.sdk},\n` : configure.join('')}${groups.join('')}};`
    const objects = [
      ...(isKept && !isBoth ? [inOldWords] : []),
      ...(native.sdk.length > 0 ? [this.#nativeSdk(facts, configure, passes, used)] : []),
      ...(isBoth && (isKept || groups.length > 0) ? [inOldWords] : []),
      ...(isBoth && !isKept
        ? [`/** The same, as it is handed on. */\nexport const ${name} = ${this.#names().native.sdk};`]
        : []),
    ]
    return `${this.#credentials()}

${parts}${member}

${objects.join('\n\n')}`
  }

  /** One function for each operation, with the arguments that the member of the SDK had. */
  #nativeSdk(facts: SdkFacts, configure: readonly string[], passes: boolean, used: Set<string>): string {
    const lines = this.#native().sdk.map((operation) => {
      const member = Object.values(facts.members).find((one) => one.operation === operation)!
      used.add(`${operation}V2`)
      const types = this.#type(' as NativeMember')
      return `  ${operation}: member(${passes ? "sdk, '', " : ''}${operation}V2, ${literal(member.arguments)})${types},\n`
    })
    return `/** ${this.#map.provider.title} ${this.#map.to.id}: what goes in and what comes back is as the provider has it. */
export const ${this.#names().native.sdk} = {
${configure.join('')}${lines.join('')}};`
  }

  #nativeHttp(name: string, used: Set<string>): string {
    const lines = this.#native().http.map((operation) => {
      used.add(`${operation}V2`)
      return `  ${operation}: httpFunction(${operation}V2),\n`
    })
    return `/** ${this.#map.provider.title} ${this.#map.to.id}: bodies are as the provider has them, in what the client of the call site gave. */
export const ${name} = {\n${lines.join('')}};`
  }

  #amountFunction(name: string): string {
    const type = (one: string) => this.#type(one)
    return `/** An amount as ${this.#map.to.id} takes it. Whatever would have to be rounded is refused. */
export function ${name}(amount${type(': unknown')}, currency${type(': string')}) {
  return ${this.#code.amount()}(amount, currency, 'amount');
}`
  }

  #wrapped(facts: SdkFacts, name: string, used: Set<string>): string {
    const dual = this.#stage !== 'full'
    const ownErrors = this.#map.to.transport === 'sdk' ? 'ownErrors: true, ' : ''
    const natives = this.#native().sdk.map((operation) => {
      const member = Object.values(facts.members).find((one) => one.operation === operation)!
      used.add(`${operation}V2`)
      return `    ${operation}: routedMember({ operation: ${operation}V2, parameters: ${literal(member.arguments)}, callback: ${text(facts.callback ?? 'error-first')}, ${ownErrors}credentials, client })${this.#type(' as NativeMember')},\n`
    })
    const isNative = natives.length > 0
    const also = isNative
      ? this.#type(
          ` & { ${this.#native()
            .sdk.map((one) => `readonly ${one}: NativeMember`)
            .join('; ')} }`,
        )
      : ''
    const groups = [...this.#members(facts)].map(([owner, members]) => {
      const lines = members.map(([member, { operation, arguments: parameters }]) => {
        used.add(operation)
        const target = dual ? `target: sdk.${owner}, name: ${text(member)}, promises: ${facts.promises}, ` : ''
        return `      ${member}: routedMember({ ${target}operation: ${operation}, parameters: ${literal(parameters)}, callback: ${text(facts.callback ?? 'error-first')}, ${ownErrors}credentials, client }),\n`
      })
      return `    ${owner}: Object.assign(Object.create(sdk.${owner}), {\n${lines.join('')}    }),\n`
    })
    const about = [
      ...(isNative
        ? [
            `A client of the SDK that also has the functions of ${this.#map.to.id}: what goes in and what comes back is as the provider has it.`,
          ]
        : []),
      ...(groups.length > 0
        ? [
            `A client of the SDK whose ${[...this.#members(facts).keys()].join(' and ')} go to the version of the order; everything else is as it was.`,
          ]
        : []),
    ]
    return `/** Requests of v2 go through the client itself. */
const credentials = () => ({ baseUrl: newBaseUrl(undefined) });

/** ${about.at(isNative ? 0 : -1)} */
export function ${name}${this.#type('<T extends object>')}(client${this.#type(': T')})${this.#type(`: T${also}`)} {
${groups.length > 0 ? `  const sdk = client${this.#type(' as Payload')};\n` : ''}  return Object.assign(Object.create(client), {
${natives.join('')}${groups.join('')}  });
}`
  }

  #clientClass(facts: SdkFacts, name: string, used: Set<string>): string {
    const option = this.#map.auth.kind === 'bearer' ? (this.#map.auth.option ?? 'apiKey') : 'apiKey'
    const groups = [...this.#members(facts)].map(([owner, members]) => {
      const lines = members.map(([member, { operation, arguments: parameters, gives }]) => {
        used.add(operation)
        const object = gives === undefined ? '' : `, ${gives}Methods`
        return `    ${member}: this.#member(${operation}, ${literal(parameters)}${object}),\n`
      })
      return `  ${owner} = {\n${lines.join('')}  };\n`
    })
    const natives = this.#native().sdk.map((operation) => {
      const member = Object.values(facts.members).find((one) => one.operation === operation)!
      used.add(`${operation}V2`)
      return `  ${operation} = this.#member(${operation}V2, ${literal(member.arguments)})${this.#type(' as NativeMember')};\n`
    })
    const setters = (facts.configure ?? []).map(
      (member) => `  ${member}(${option}${this.#type(': string')})${this.#type(': void')} {
    this.#key = ${option};
  }\n`,
    )
    const path = (facts.clientPath ?? 'Client').split('.')
    const nested = path.slice(0, -1).reduceRight((inner, part) => `{ ${part}: ${inner} }`, `{ ${path.at(-1)}: Client }`)
    const given = new Set([...this.#members(facts).values()].flat().map(([, { gives }]) => gives))
    const kept = Object.entries(facts.objects ?? {}).filter(([id]) => given.has(id))
    const hasObjects = kept.length > 0
    const objects = kept.map(([id, methods]) => this.#objectMethods(id, methods))
    return `${objects.join('')}/** The client of the old SDK, as far as this project uses it. */
class Client {
  #key${this.#type(': string | undefined')};

${[...(natives.length > 0 ? [natives.join('')] : []), ...groups].join('\n')}
${setters.join('\n')}
  #member(operation${this.#type(': Operation')}, parameters${this.#type(': readonly Parameter[]')}${hasObjects ? `, methods${this.#type('?: object')}` : ''}) {
    const credentials = () => ({
      baseUrl: newBaseUrl(undefined),
      ...(this.#key === undefined ? {} : { authorization: \`Bearer \${this.#key}\` }),
    });
    return routedMember({ operation, parameters, callback: ${text(facts.callback ?? 'error-first')}, credentials${hasObjects ? ', ...(methods === undefined ? {} : { methods })' : ''} });
  }
}

/** What the old SDK exports. */
export const ${name} = ${nested};`
  }

  /** What an object of the old SDK could be asked. */
  #objectMethods(id: string, methods: Readonly<Record<string, string>>): string {
    const self = this.#type('this: Payload')
    const lines = Object.entries(methods).map(([name, what]) => {
      const isPath = /^[\w.]+$/.test(what)
      const value = isPath ? accessCode(what, 'this') : conditionCode(what, 'this')
      return `  ${name}(${self}) {\n    return ${value};\n  },\n`
    })
    return `/** What a ${id} of the old SDK could be asked. */\nconst ${id}Methods = {\n${lines.join('')}};\n\n`
  }

  #httpObject(name: string, used: Set<string>): string {
    const lines = this.#operations.map(([id]) => {
      used.add(id)
      return `  ${id}: httpFunction(${id}),\n`
    })
    return `/** For call sites that speak HTTP themselves: each gives what their client gave. */\nexport const ${name} = {\n${lines.join('')}};`
  }

  #returnId(name: string): string {
    const query = (path: string) => path.replace(/^query\./, '')
    const reads = (this.#map.redirects ?? []).flatMap(({ read, fallback }) =>
      this.#stage === 'full' ? [query(fallback), query(read)] : [query(read), query(fallback)],
    )
    const names = [...new Set(reads)].map((one) => `readonly ${one}?: unknown`).join('; ')
    const generic = this.#type(`<Q extends { ${names} }>`)
    // what was read before, by its name: its type stays what it was
    const old = query(this.#map.redirects![0]!.read)
    return `/** The id of what the buyer agreed to, from the parameters that the browser brought back. */
export function ${name}${generic}(query${this.#type(': Q')})${this.#type(`: Q['${old}']`)} {
  return ${[...new Set(reads)].map((one) => `query.${one}`).join(' ?? ')};
}`
  }

  readonly #webhookShapes: string[] = []

  #webhook(name: string): string {
    const { events, type, resource } = this.#map.webhooks!
    const any = this.#type(': Payload')
    const lines = events.flatMap(({ v1, v2, shape, severity }) =>
      severity === 'report'
        ? []
        : v2.map((event) => {
            const converter = shape === undefined ? undefined : this.#code.shape(shape, 'response')
            if (converter) this.#webhookShapes.push(converter)
            return `  ${text(event)}: { type: ${text(v1)}${converter ? `, toV1: ${converter}` : ''}${shape ? `, idClass: ${text(shape)}` : ''} },\n`
          }),
    )
    const isOld =
      this.#stage === 'full' ? '' : '\n  // an event of v1, or one that has the same name in both and is of v1'
    const path = resource.split('.')
    const rebuilt =
      path.length === 1 ? `${path[0]}: converted` : `${path[0]}: { ...event.${path[0]}, ${path[1]}: converted }`
    const check =
      this.#stage === 'full'
        ? ''
        : `\n  if (known.idClass !== undefined) void checkOwner(known.idClass, String(${accessCode(`${resource}.id`, 'event').replace('event.', 'event?.')}), 'v2');`
    return `const EVENTS${this.#type(': Readonly<Record<string, { readonly type: string; readonly toV1?: (resource: Payload) => Payload; readonly idClass?: string }>>')} = {
${lines.join('')}};

/** A webhook of either version in the words of v1. What is not known stays as it is. Handlers must be idempotent by its id. */
export function ${name}(event${any})${any} {
  const known = EVENTS[${accessCode(type, 'event').replace('event.', 'event?.')}];
  const resource = ${accessCode(resource, 'event').replace('event.', 'event?.')};${isOld}
  if (known === undefined || resource?.state !== undefined) return event;${check}
  const converted = known.toV1 === undefined ? resource : known.toV1(resource);
  return { ...event, ${type}: known.type, ${rebuilt} };
}

/** Hands a webhook, in the words of v1, to a function once, by its id. False for what was handled already. */
export function ${name}Once(event${any}, handle${this.#type(': (event: Payload) => unknown')})${this.#type(': Promise<boolean>')} {
  return handledOnce(String(${accessCode(this.#map.webhooks!.id, 'event').replace('event.', 'event?.')}), () => handle(${name}(event)));
}`
  }

  #type(code: string): string {
    return this.#isTyped ? code : ''
  }
}

/** What a test file begins with. Jest and Mocha have their functions as globals. */
function testHead(runner: 'vitest' | 'jest' | 'mocha' | 'node', names: string): string {
  const from = { vitest: 'vitest', node: 'node:test', jest: undefined, mocha: undefined }[runner]
  const own = from === undefined ? '' : `import { ${names} } from '${from}';\n`
  return `import assert from 'node:assert/strict';\n${own}`
}

function refusalOf(map: PaymentMap, id: OperationId): Refusal | undefined {
  const operation = map.operations[id]
  if (!operation) return { operation: id, reason: 'unknown-operation', message: `The map has no operation ${id}.` }
  if (operation.v2 === null)
    return {
      operation: id,
      reason: 'no-counterpart',
      message: `${operation.title}: ${operation.why ?? 'the new version has no counterpart'}`,
    }
  if (!proposedOperations(map).has(id)) return undefined
  return {
    operation: id,
    reason: 'proposed',
    message: `${operation.title}: it ${operation.effect === 'creates' ? 'creates something that can be paid' : 'moves money'}, and the map has rows that nobody has confirmed. Compare them with ${operation.source}, then write \`review: confirmed\`.`,
  }
}

function optional(path: string): string {
  return path.replaceAll('.', '?.')
}

function wrapped(values: readonly string[]): string {
  return literal(values)
}

function camel(name: string): string {
  return name.replace(/[-_](\w)/g, (_all, letter: string) => letter.toUpperCase())
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_')
}
