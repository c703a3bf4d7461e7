import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkPackages } from '../../src/testing/behaviour.ts'
import { environment, generatedClient, preload } from './client.ts'
import type { Database } from './database.ts'
import { installed, type Major } from './packages.ts'

/** What a program did. Plain JSON, so that two of them compare with deep equality. */
export interface Observation {
  /** Why nothing was run: loading the program threw this, or the process ended. */
  readonly startup?: unknown
  /** Scenario → what it gave back (`returned`) or threw (`threw`), values written as JSON with their types. */
  readonly scenarios: Readonly<Record<string, unknown>>
}

/** The schema of every program that brings none of its own. */
export const SHARED_SCHEMA = fileURLToPath(new URL('schema.prisma', import.meta.url))

const ANSWER_TIMEOUT_MS = 60_000

/**
 * Runs inside the child, which serves one program after the other: loads it without anything that an earlier one left in
 * the cache of modules, runs its scenarios in order, and lets go of all connections.
 *
 * Errors of Prisma are told by their code, which is what a program can rely on; their text differs between versions.
 */
const HOST = `'use strict'
const path = require('node:path')
const { disconnectAll } = require(process.env.PRISMA_RIG_PRELOAD)
process.on('disconnect', () => process.exit())

function plain (value, seen = new Set()) {
  if (value === undefined) return { undefined: true }
  if (typeof value === 'bigint') return { BigInt: String(value) }
  if (typeof value === 'function') return { function: value.name }
  if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) }
  if (value === null || typeof value !== 'object') return value
  if (seen.has(value)) return { circular: true }
  seen = new Set([...seen, value])
  if (Buffer.isBuffer(value)) return { Buffer: value.toString('base64') }
  if (value instanceof Uint8Array) return { Uint8Array: Buffer.from(value).toString('base64') }
  if (value instanceof Date) return { Date: value.toISOString() }
  if (value instanceof Error) return fault(value)
  if (typeof value.toFixed === 'function' && typeof value.decimalPlaces === 'function') return { Decimal: value.toString() }
  if (Array.isArray(value)) return value.map((item) => plain(item, seen))
  if (value instanceof Map || value instanceof Set) return { [value.constructor.name]: plain([...value], seen) }
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, plain(held, seen)]))
}

function fault (error) {
  if (!(error instanceof Error)) return plain(error)
  const name = error.constructor.name
  if (/^PrismaClient/.test(name) || typeof error.clientVersion === 'string') return { prisma: error.code || name }
  return { error: name, message: String(error.message).split('\\n')[0] }
}

async function run ({ folder, program, client }) {
  let exported
  try {
    exported = require(path.join(folder, program))
    if (exported && exported.default) exported = exported.default
  } catch (error) {
    return { startup: fault(error), scenarios: {} }
  }
  if (typeof exported === 'function') exported = { [exported.name || 'run']: exported }
  const scenarios = {}
  for (const [name, scenario] of Object.entries(exported)) {
    try {
      scenarios[name] = { returned: plain(await scenario()) }
    } catch (error) {
      scenarios[name] = { threw: fault(error) }
    }
  }
  return { scenarios }
}

process.on('message', async (request) => {
  process.chdir(request.folder)
  const observation = await run(request)
  await disconnectAll()
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(request.folder) || file.startsWith(request.client)) delete require.cache[file]
  }
  process.send(observation)
})
process.send('ready')
`

/** Runs programs on a major version of Prisma, each in the same process after the other; `close` ends it. */
export class PrismaHost {
  readonly major: Major
  readonly #database: Database
  #child: Promise<ChildProcess> | undefined

  constructor(major: Major, database: Database) {
    this.major = major
    this.#database = database
  }

  /**
   * Runs `program`, a file of `folder` that exports a function, or functions by the name of the scenario. The folder is
   * copied, with `over` on top of it if there is one; the database is empty but for the tables of the schema that the
   * program brings (`schema.prisma`, `prisma/schema.prisma`), or of the shared one. It may require Express 4.
   */
  async observe(folder: string, program: string, over?: string): Promise<Observation> {
    const copy = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-twin-')))
    try {
      await cp(folder, copy, { recursive: true })
      if (over !== undefined) await cp(over, copy, { recursive: true })
      const schema = await readFile(await schemaOf(copy), 'utf8')
      await this.#database.reset(schema)
      const client = await generatedClient(this.major, schema)
      await linkClient(client, copy)
      await linkPackages(copy, { express: installed('express4') })
      return await this.#ask({ folder: copy, program: await asCommonJs(copy, program), client })
    } finally {
      await rm(copy, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  async close(): Promise<void> {
    const child = await this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.disconnect()
    await ended
  }

  async #ask(request: object): Promise<Observation> {
    this.#child ??= this.#start()
    const child = await this.#child
    return new Promise((resolve) => {
      const done = (observation: Observation): void => {
        clearTimeout(timer)
        child.off('exit', onExit).off('message', onMessage)
        resolve(observation)
      }
      const onMessage = (message: unknown): void => done(message as Observation)
      const onExit = (code: number | null): void => {
        this.#child = undefined
        done({ startup: { ended: code }, scenarios: {} })
      }
      const timer = setTimeout(() => child.kill(), ANSWER_TIMEOUT_MS)
      child.once('message', onMessage).once('exit', onExit)
      child.send(request)
    })
  }

  async #start(): Promise<ChildProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'upgrade-kit-host-'))
    const script = join(folder, 'host.cjs')
    await writeFile(script, HOST)
    const engine = await preload()
    const env = { ...(await environment(this.major, this.#database)), PRISMA_RIG_PRELOAD: engine }
    const child = fork(script, [], {
      execArgv: ['--require', engine],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await new Promise((resolve, reject) => child.once('message', resolve).once('error', reject).once('exit', reject))
    await rm(folder, { recursive: true, force: true })
    return child
  }
}

/** A program of a change's `behaviour` folder, before and after the rewrite. */
export interface Twin {
  readonly before: { readonly folder: string; readonly program: string }
  /** Absent if nothing is ever rewritten. */
  readonly after?: { readonly folder: string; readonly program: string; readonly over?: string }
  /** Scenarios that Prisma 6 does not break; the program has them to show that they stay. */
  readonly same: readonly string[]
}

/**
 * Reads `<change>/behaviour`: `before.js` or `before.ts` and `after` of the same kind, or the folders `before/` and
 * `after/`, whose program is `index`. `same.json` lists the scenarios that are no break.
 */
export async function readTwin(folder: string): Promise<Twin> {
  const names = await readdir(folder)
  const same: string[] = names.includes('same.json')
    ? JSON.parse(await readFile(join(folder, 'same.json'), 'utf8'))
    : []
  if (names.includes('before')) {
    const before = join(folder, 'before')
    const program = (await readdir(before)).find((name) => /^index\.[jt]s$/.test(name))
    if (program === undefined) throw new Error(`${before} has no index.js or index.ts to run`)
    const after = names.includes('after') ? { folder: before, program, over: join(folder, 'after') } : undefined
    return { before: { folder: before, program }, ...(after && { after }), same }
  }
  const before = names.find((name) => /^before\.[jt]s$/.test(name))
  if (before === undefined) throw new Error(`${folder} has no before.js, before.ts or before/`)
  const after = before.replace('before', 'after')
  return {
    before: { folder, program: before },
    ...(names.includes(after) && { after: { folder, program: after } }),
    same,
  }
}

/** Gives the code of `folder` a generated client by its usual name. */
export async function linkClient(client: string, folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  for (const name of ['@prisma', '.prisma']) {
    await symlink(join(client, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
  }
}

async function schemaOf(folder: string): Promise<string> {
  const own = ['prisma/schema.prisma', 'schema.prisma']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path))
  return own ?? SHARED_SCHEMA
}

/** The program, and what stands beside it, as Node runs it: TypeScript loses its types. */
async function asCommonJs(folder: string, program: string): Promise<string> {
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  if (sources.length === 0) return program
  const { default: ts } = await import('typescript')
  for (const name of sources) {
    const { outputText } = ts.transpileModule(await readFile(join(folder, name), 'utf8'), {
      fileName: name,
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    })
    await writeFile(join(folder, name.replace(/\.ts$/, '.js')), outputText)
  }
  return program.replace(/\.ts$/, '.js')
}
