import { openAsBlob } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, installed } from './packages.ts'
import { serve } from './wire.ts'

/** A PostgreSQL database of its own, for one test file. */
export interface Database {
  readonly url: string
  /** Connections that a client may open. */
  readonly pool: number
  /** Drops everything, and makes the tables of a schema; none without a schema. */
  reset(schema?: string): Promise<void>
  close(): Promise<void>
}

/**
 * PostgreSQL in this process (PGlite), which has one session. With
 * `UPGRADE_KIT_POSTGRES=postgresql://user:password@host:port/database` a database of its own on that server.
 */
export async function startDatabase(): Promise<Database> {
  const server = process.env.UPGRADE_KIT_POSTGRES
  return server === undefined ? startEmbedded() : startOnServer(server)
}

const CLEAR = ['DROP SCHEMA IF EXISTS public CASCADE', 'CREATE SCHEMA public']
/** All programs share the one session of PGlite. `DISCARD ALL` would leave `pg_catalog` as the only schema to look in. */
const CLEAR_SESSION = ['ROLLBACK', 'DEALLOCATE ALL', 'SET search_path TO public']

async function startEmbedded(): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite')
  // A new cluster takes three seconds of the processor to make, and half a second to unpack.
  const cluster = await cached(['cluster', installed('@electric-sql/pglite')], async (made) => {
    const empty = await PGlite.create()
    await writeFile(join(made, 'data.tar'), Buffer.from(await (await empty.dumpDataDir('none')).arrayBuffer()))
    await empty.close()
  })
  const db = await PGlite.create({ loadDataDir: await openAsBlob(join(cluster, 'data.tar')) })
  const run = async (statements: string): Promise<void> => {
    try {
      await db.exec(statements)
    } catch (error) {
      // What PGlite throws carries the whole text, and comes from a file of one line.
      throw new Error(`the database refused: ${(error as Error).message}`)
    }
  }
  const server = await serve(db)
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${server.port}/postgres`,
    pool: 1,
    reset: async (schema) => {
      for (const statement of [...CLEAR_SESSION, ...CLEAR]) await run(statement)
      if (schema !== undefined) await run(await ddl(schema))
    },
    close: async () => {
      await server.close()
      await db.close()
    },
  }
}

async function startOnServer(server: string): Promise<Database> {
  const { default: pg } = await import('pg')
  const run = async (url: string, statements: readonly string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }
  const name = `upgrade_kit_${process.pid}_${Date.now()}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await run(server, [`CREATE DATABASE "${name}"`])
  return {
    url: url.href,
    pool: 5,
    reset: async (schema) => run(url.href, [...CLEAR, ...(schema === undefined ? [] : [await ddl(schema)])]),
    close: () => run(server, [`DROP DATABASE "${name}" WITH (FORCE)`]),
  }
}

/** The statements that make the tables of a schema: what `prisma migrate diff --from-empty` of Prisma 6 prints. */
export async function ddl(schema: string): Promise<string> {
  const folder = await cached(['ddl', schema], async (made) => {
    await writeFile(join(made, 'schema.sql'), await diffFromEmpty(schema))
  })
  return readFile(join(folder, 'schema.sql'), 'utf8')
}

let engine: Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> | undefined

async function diffFromEmpty(schema: string): Promise<string> {
  engine ??= loadSchemaEngine()
  const { SchemaEngine } = await engine
  const files = [{ path: 'schema.prisma', content: schema }]
  const created = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, ANY_POSTGRES)
  const { stdout } = await created.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  if (stdout === null) throw new Error('the schema engine had nothing to say about a schema')
  return stdout
}

/** A diff between two schemas wants a connection only to learn which PostgreSQL it is. */
const ANY_POSTGRES = (() => {
  const result = <T>(value: T): object => ({
    ok: true,
    value,
    map: <U>(next: (value: T) => U) => result(next(value)),
    flatMap: <U>(next: (value: T) => U) => next(value),
  })
  // Types of the columns: boolean, text, int32.
  const version = {
    columnNames: ['exists', 'version', 'number'],
    columnTypes: [5, 7, 0],
    rows: [[true, 'PostgreSQL', 150000]],
  }
  const connection = {
    provider: 'postgres',
    adapterName: 'any',
    queryRaw: async () => result(version),
    executeRaw: async () => result(0),
    executeScript: async () => result(undefined),
    dispose: async () => result(undefined),
  }
  const connect = async (): Promise<object> => result(connection)
  return { provider: 'postgres', adapterName: 'any', connect, connectToShadowDb: connect, errorRegistry: {} }
})()

/** Of WebAssembly what is used: Node's types know the name only. */
interface WebAssemblyOfNode {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, () => void> } }>
}

async function loadSchemaEngine(): Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = await readFile(join(installed('@prisma/schema-engine-wasm'), 'schema_engine_bg.wasm'))
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyOfNode }
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue })
  ;(glue as unknown as { __wbg_set_wasm(exports: object): void }).__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start?.()
  return glue
}
