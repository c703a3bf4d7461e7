/*
 * Stands in for Prisma's native query engine, so that an unmodified program on @prisma/client 4, 5 or 6 runs where no
 * engine can be downloaded. Preloaded (`node --require`), it answers the `dlopen` of an empty engine file with the same
 * Rust engine compiled to WebAssembly, which comes with the npm package, over the driver adapter of the same version.
 *
 * PRISMA_RIG_MAJOR   major of the program's client
 * PRISMA_RIG_ENGINE  absolute folder of the @prisma/client that the WebAssembly is taken from (of 5 for 4 and 5)
 * PRISMA_RIG_ADAPTER absolute folder of the @prisma/adapter-pg of the same major as that package
 * PRISMA_RIG_POOL    connections of each client; 1 for PGlite, which accepts one
 *
 * What differs from the native engine of 4: the client speaks JSON to it (the GraphQL protocol was the default), so that
 * validation before sending and the encoding of Json columns are those of the JSON protocol. The single values that the
 * GraphQL protocol took for lists are made lists here, as 4 did, and `update` of one related record has no wrapper. PostgreSQL only.
 */
const fs: typeof import('node:fs') = require('node:fs')
const path: typeof import('node:path') = require('node:path')
const { createRequire }: typeof import('node:module') = require('node:module')

type Json = Record<string, unknown>
interface Settings {
  readonly datamodel: string
  readonly logLevel: string
  readonly logQueries: boolean
  readonly configDir: string
  readonly datasourceOverrides?: Readonly<Record<string, string>>
  readonly enableTracing?: boolean
}
interface Engine {
  connect(...args: unknown[]): Promise<unknown>
  disconnect(...args: unknown[]): Promise<unknown>
  query(body: string, headers: string, transaction?: string, ...rest: unknown[]): Promise<string>
  startTransaction(...args: unknown[]): Promise<string>
  commitTransaction(...args: unknown[]): Promise<string>
  rollbackTransaction(...args: unknown[]): Promise<string>
}
type EngineClass = new (settings: Json, logger: unknown, adapter: unknown) => Engine
/** Of WebAssembly what is used: Node's types know the name only. */
interface WebAssemblyOfNode {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: Json) => { readonly exports: Json }
}
interface RawResult {
  readonly columns: readonly string[]
  readonly types: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

const setting = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set; test/prisma/README.md says what it is`)
  return value
}
const client = Number(setting('PRISMA_RIG_MAJOR'))
const engineMajor = client === 6 ? 6 : 5
const runtime = path.join(setting('PRISMA_RIG_ENGINE'), 'runtime')
const adapterRequire = createRequire(path.join(setting('PRISMA_RIG_ADAPTER'), 'package.json'))

let loaded: EngineClass | undefined
/** The engine's class. Once per process: its glue code crashes when it is instantiated twice. */
function engineClass(): EngineClass {
  if (loaded !== undefined) return loaded
  const glue = require(path.join(runtime, 'query_engine_bg.postgresql.js'))
  const raw = path.join(runtime, 'query_engine_bg.postgresql.wasm')
  const bytes = fs.existsSync(raw)
    ? fs.readFileSync(raw)
    : Buffer.from(require(path.join(runtime, 'query_engine_bg.postgresql.wasm-base64.js')).wasm, 'base64')
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyOfNode }).WebAssembly
  const { exports } = new Instance(new Module(bytes), { './query_engine_bg.js': glue })
  glue.__wbg_set_wasm(exports)
  const start = exports.__wbindgen_start
  if (typeof start === 'function') start()
  loaded = glue.QueryEngine as EngineClass
  return loaded
}

/** The datamodel with the preview feature that the engine of 5 wants for an adapter. */
function withDriverAdapters(datamodel: string): string {
  const listed = /previewFeatures\s*=\s*\[\s*("?)/
  if (listed.test(datamodel)) {
    return datamodel.replace(listed, (_, quote: string) => `previewFeatures = ["driverAdapters"${quote ? ', "' : ''}`)
  }
  return datamodel.replace(/(provider\s*=\s*"prisma-client-js")/, '$1\n previewFeatures = ["driverAdapters"]')
}

/** Rows of a raw query as the client of 4 expects them: objects of tagged values, where 5 has columns and types. */
function asRowsOf4(result: RawResult): unknown {
  const tagged = (type: string, value: unknown): unknown => {
    if (value === null) return { prisma__type: 'null', prisma__value: null }
    if (!type.endsWith('-array')) return { prisma__type: type, prisma__value: value }
    const items = (value as unknown[]).map((item) => ({ prisma__type: type.slice(0, -6), prisma__value: item }))
    return { prisma__type: 'array', prisma__value: items }
  }
  return result.rows.map((row) =>
    Object.fromEntries(row.map((value, index) => [result.columns[index], tagged(result.types[index] ?? '', value)])),
  )
}

/** Model → names that are a scalar list in it, or in every model that has a field of that name. */
function scalarLists(datamodel: string): (model: string | undefined) => ReadonlySet<string> {
  const models = new Set([...datamodel.matchAll(/^\s*model\s+(\w+)/gm)].map((match) => match[1]))
  const perModel = new Map<string, Set<string>>()
  const always = new Set<string>()
  const never = new Set<string>()
  for (const [, model = '', body = ''] of datamodel.matchAll(/^\s*model\s+(\w+)\s*\{([\s\S]*?)^\s*\}/gm)) {
    const own = new Set<string>()
    for (const [, field = '', type, list] of body.matchAll(/^\s*(\w+)\s+(\w+)(\[\])?/gm)) {
      const isList = list !== undefined && !models.has(type)
      ;(isList ? always : never).add(field)
      if (isList) own.add(field)
    }
    perModel.set(model, own)
  }
  for (const field of never) always.delete(field)
  return (model) => new Set([...always, ...(perModel.get(model ?? '') ?? [])])
}

/** Makes single values lists where the GraphQL protocol of 4 did ("array shortcuts"). */
function coerce(value: unknown, lists: ReadonlySet<string>, isInList = false): void {
  if (Array.isArray(value)) {
    for (const item of value) coerce(item, lists)
    return
  }
  if (value === null || typeof value !== 'object' || '$type' in value) return
  const record = value as Json
  for (const key of Object.keys(record)) {
    const held = record[key]
    const isSingle = !Array.isArray(held) && held !== null
    const isPlain = isSingle && typeof held === 'object' && !('$type' in (held as Json))
    if (key === 'OR' && isPlain) record[key] = [held]
    else if (['in', 'notIn', 'hasSome', 'hasEvery'].includes(key) && isSingle && !(isPlain && '_ref' in (held as Json)))
      record[key] = [held]
    else if (isInList && (key === 'set' || key === 'equals') && isSingle && !isPlain) record[key] = [held]
    else if (key === 'path' && typeof held === 'string') record[key] = [held]
    else if (lists.has(key) && isSingle && !isPlain) record[key] = [held]
    coerce(record[key], lists, lists.has(key))
  }
}

/** Relations to one record, by model: field → the model that it leads to; and to several, which only lead on. */
type Relations = ReadonlyMap<string, ReadonlyMap<string, { readonly model: string; readonly isList: boolean }>>

function relationsOf(datamodel: string): Relations {
  const blocks = [...datamodel.matchAll(/^\s*model\s+(\w+)\s*\{([\s\S]*?)^\s*\}/gm)]
  const models = new Set(blocks.map(([, model]) => model))
  return new Map(
    blocks.map(([, model = '', body = '']) => [
      model,
      new Map(
        [...body.matchAll(/^\s*(\w+)\s+(\w+)(\[\])?/gm)]
          .filter(([, , type]) => models.has(type))
          .map(([, field = '', type = '', list]) => [field, { model: type, isList: list !== undefined }]),
      ),
    ]),
  )
}

/** Writes the wrapper around `update` of one related record, which 4 did not know: it took all that it was given for fields. */
function wrapUpdates(value: unknown, model: string, relations: Relations): void {
  if (Array.isArray(value)) {
    for (const item of value) wrapUpdates(item, model, relations)
    return
  }
  if (value === null || typeof value !== 'object' || '$type' in value) return
  for (const [field, related] of relations.get(model) ?? []) {
    const nested = (value as Json)[field] as Json | undefined
    if (nested === null || typeof nested !== 'object') continue
    for (const operation of Object.values(nested)) {
      wrapUpdates(operation, related.model, relations)
      // `{ where, data }`, `{ create, update }`
      if (related.isList || operation !== nested.update)
        for (const inner of ['data', 'create', 'update'])
          for (const one of [operation].flat()) wrapUpdates((one as Json | null)?.[inner], related.model, relations)
    }
    if (!related.isList && nested.update !== undefined) nested.update = { data: nested.update }
  }
}

/** Every engine that is connected, so that whoever hosts a program can let go of all connections when it has ended. */
const connected = new Set<StandIn>()

class StandIn {
  private readonly settings: Settings
  private readonly logger: unknown
  private engine: Promise<Engine> | undefined
  private close: () => Promise<void> = async () => {}
  private lists: ReturnType<typeof scalarLists> | undefined
  private relations: Relations | undefined

  constructor(settings: Settings, logger: unknown) {
    this.settings = settings
    this.logger = logger
  }

  private ready(): Promise<Engine> {
    this.engine ??= this.start()
    return this.engine
  }

  private async start(): Promise<Engine> {
    const { datamodel } = this.settings
    if (!/^\s*provider\s*=\s*"postgres(ql)?"/m.test(datamodel)) {
      throw new Error('the rig runs provider = "postgresql" only: no other engine comes as WebAssembly for 4')
    }
    connected.add(this)
    const { PrismaPg } = adapterRequire('@prisma/adapter-pg')
    const { bindAdapter } = adapterRequire('@prisma/driver-adapter-utils')
    const connectionString = Object.values(this.settings.datasourceOverrides ?? {})[0] ?? process.env.DATABASE_URL
    const options = { connectionString, max: Number(process.env.PRISMA_RIG_POOL ?? 10) }
    let adapter: unknown
    if (engineMajor === 5) {
      const pool = new (adapterRequire('pg').Pool)(options)
      this.close = () => pool.end().catch(() => {})
      adapter = bindAdapter(new PrismaPg(pool))
    } else {
      const connection = await new PrismaPg(options).connect()
      this.close = () => connection.dispose().catch(() => {})
      adapter = bindAdapter(connection)
    }
    const settings = {
      datamodel: engineMajor === 5 ? withDriverAdapters(datamodel) : datamodel,
      logLevel: this.settings.logLevel,
      logQueries: this.settings.logQueries,
      engineProtocol: 'json',
      env: {},
      ignoreEnvVarErrors: true,
      datasourceOverrides: {},
      configDir: this.settings.configDir,
      enableTracing: false,
    }
    return new (engineClass())(settings, this.logger, adapter)
  }

  // The WebAssembly of 6 insists on the number of a request, from 1; the client of the native engine sends none.
  async connect(trace = '{}', request = '1'): Promise<unknown> {
    return (await this.ready()).connect(trace, request)
  }

  async disconnect(trace = '{}', request = '1'): Promise<void> {
    if (this.engine === undefined) return
    const engine = await this.engine
    this.engine = undefined
    connected.delete(this)
    await engine.disconnect(trace, request)
    await this.close()
  }

  async query(body: string, headers: string, transaction?: string, ...rest: unknown[]): Promise<string> {
    const isRaw = /"action":"(query|execute)Raw"/.test(body)
    const engine = await this.ready()
    if (client !== 4) return engine.query(body, headers, transaction, ...rest)
    if (!isRaw) return engine.query(this.as4Read(body), headers, transaction, ...rest)
    const answer = await engine.query(body, headers, transaction, ...rest)
    return /"action":"queryRaw"/.test(body) ? answerOf4(answer) : answer
  }

  /** What 4 read in another way, as the engine that stands in for its own has to be told it. */
  private as4Read(body: string): string {
    this.lists ??= scalarLists(this.settings.datamodel)
    const request = JSON.parse(body)
    this.relations ??= relationsOf(this.settings.datamodel)
    for (const query of request.batch ?? [request]) {
      const given = query.query?.arguments
      coerce(given, this.lists(query.modelName))
      for (const name of ['data', 'create', 'update']) wrapUpdates(given?.[name], query.modelName, this.relations)
    }
    return JSON.stringify(request)
  }

  async startTransaction(...args: unknown[]): Promise<string> {
    return (await this.ready()).startTransaction(...args)
  }
  async commitTransaction(...args: unknown[]): Promise<string> {
    return (await this.ready()).commitTransaction(...args)
  }
  async rollbackTransaction(...args: unknown[]): Promise<string> {
    return (await this.ready()).rollbackTransaction(...args)
  }
  async sdlSchema(): Promise<string> {
    return '{}'
  }
  async dmmf(): Promise<string> {
    return '{}'
  }
  async metrics(): Promise<string> {
    return '{}'
  }
  async trace(): Promise<string> {
    return 'null'
  }
}

function answerOf4(answer: string): string {
  const parsed = JSON.parse(answer)
  for (const { data } of parsed.batchResult ?? [parsed]) {
    for (const key of Object.keys(data ?? {})) if (data[key]?.columns) data[key] = asRowsOf4(data[key])
  }
  return JSON.stringify(parsed)
}

const dlopen = process.dlopen
process.dlopen = function (this: NodeJS.Process, module: object, file: string, ...rest: unknown[]) {
  if (!/query_engine.*\.node$/.test(file) || fs.statSync(file).size > 0) {
    return (dlopen as (...args: unknown[]) => void).call(this, module, file, ...rest)
  }
  ;(module as NodeJS.Module).exports = {
    QueryEngine: StandIn,
    version: () => ({ commit: 'rig', version: 'rig' }),
    dmmf: async () => '{}',
    debugPanic: async () => {},
  }
} as typeof process.dlopen

// 4.11 to 4.16 speak GraphQL to the engine by default, which the WebAssembly does not know.
process.env.PRISMA_ENGINE_PROTOCOL ??= 'json'

module.exports = {
  /** Lets go of every connection that is still open. */
  disconnectAll: async (): Promise<void> => {
    for (const engine of [...connected]) await engine.disconnect()
  },
}
