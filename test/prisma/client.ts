import { spawn } from 'node:child_process'
import { cp, mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached, clientPackage, installed, type Major, VERSIONS } from './packages.ts'

const load = createRequire(import.meta.url)

/** What of Prisma's own schema parser is used; since 5 it takes files by name, before it took one text. */
interface SchemaParser {
  get_config(params: string): string
  get_dmmf(params: string): string
}
const PARSERS: Readonly<Record<Major, string>> = {
  4: 'prisma-fmt-wasm-4',
  5: '@prisma/prisma-schema-wasm-5',
  6: '@prisma/prisma-schema-wasm',
}

interface Generator {
  readonly name: string
  readonly provider: { readonly value: string }
  readonly output: { readonly value: string } | null
  readonly config: Readonly<Record<string, unknown>>
}
interface Datasource {
  readonly name: string
}

/**
 * A folder with a generated client of `schema` in its `node_modules`, as `npm install` and `prisma generate` leave it.
 * Made once for a schema and a major; programs get it by a link to its `node_modules/@prisma/client`.
 */
export function generatedClient(major: Major, schema: string): Promise<string> {
  return cached(['client', VERSIONS[major], schema], async (folder) => {
    await installClient(major, folder)
    const file = join(folder, 'schema.prisma')
    await writeFile(file, schema)
    await generate(major, file, folder)
  })
}

/**
 * Puts @prisma/client into the `node_modules` of `folder`. A copy but for its large `runtime`, which is a link: the entry
 * of the package must be found here, because it leads to the generated client beside it.
 */
export async function installClient(major: Major, folder: string): Promise<void> {
  const target = join(folder, 'node_modules/@prisma/client')
  const source = await realpath(clientPackage(major))
  await mkdir(target, { recursive: true })
  for (const entry of await readdir(source)) {
    if (entry === 'runtime') await symlink(join(source, entry), join(target, entry), 'junction')
    else if (!['generator-build', 'scripts', 'node_modules'].includes(entry)) {
      await cp(join(source, entry), join(target, entry), { recursive: true })
    }
  }
}

/**
 * `prisma generate` without the CLI and without engines: Prisma's parser reads the schema, and the generator that comes
 * with the client gets an empty file for the engine. `folder` is the project that has the client in its `node_modules`.
 */
export async function generate(major: Major, schemaPath: string, folder: string): Promise<void> {
  const datamodel = await readFile(schemaPath, 'utf8')
  const parser: SchemaParser = load(PARSERS[major])
  const prismaSchema = major === 4 ? datamodel : [[schemaPath, datamodel]]
  const ask = { prismaSchema, datasourceOverrides: {}, ignoreEnvVarErrors: true, env: {}, noColor: true }
  const answer = JSON.parse(parser.get_config(JSON.stringify(ask)))
  const config: { generators: readonly Generator[]; datasources: readonly Datasource[] } = answer.config ?? answer
  const dmmf = JSON.parse(parser.get_dmmf(JSON.stringify(ask)))
  for (const generator of config.generators.filter(({ provider }) => provider.value === 'prisma-client-js')) {
    const output = generator.output && resolve(dirname(schemaPath), generator.output.value)
    await runGenerator(major, {
      generator: {
        ...generator,
        output: { value: output ?? join(folder, 'node_modules/@prisma/client'), fromEnvVar: null },
        isCustomOutput: output !== null,
      },
      otherGenerators: [],
      schemaPath,
      datamodel,
      dmmf,
      datasources: config.datasources,
      version: '0000000000000000000000000000000000000000',
      binaryPaths: { libqueryEngine: { native: await emptyEngine() } },
      postinstall: false,
      dataProxy: false,
      noEngine: false,
      envPaths: { rootEnvPath: null, schemaEnvPath: null },
    })
  }
}

/** Where the engine would be: an empty file, which the preload (`engine.cts`) answers for. */
export async function emptyEngine(): Promise<string> {
  const folder = await cached(['empty engine'], (made) => writeFile(join(made, 'libquery_engine.so.node'), ''))
  return join(folder, 'libquery_engine.so.node')
}

/** Speaks with the generator as the CLI does: one line of JSON in, lines of JSON on the error stream out. */
async function runGenerator(major: Major, params: unknown): Promise<void> {
  const script = join(await realpath(clientPackage(major)), 'generator-build/index.js')
  const child = spawn(process.execPath, [script], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', PRISMA_QUERY_ENGINE_LIBRARY: await emptyEngine() },
  })
  child.stdin.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'generate', params })}\n`)
  let heard = ''
  child.stderr.on('data', (chunk: Buffer) => {
    heard += chunk
  })
  const exit = await new Promise((done, failed) => child.once('close', done).once('error', failed))
  const answers = heard
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  const answer = answers.find(({ id }) => id === 1)
  if (answer === undefined || answer.error !== undefined) {
    throw new Error(
      `the generator of Prisma ${VERSIONS[major]} failed: ${answer?.error?.message ?? `${exit} ${heard}`}`,
    )
  }
}

/** The environment in which an unmodified program on a generated client of `major` finds its database. */
export async function environment(
  major: Major,
  database: { readonly url: string; readonly pool: number },
): Promise<Record<string, string>> {
  const engine = major === 6 ? 6 : 5
  return {
    DATABASE_URL: database.url,
    PRISMA_QUERY_ENGINE_LIBRARY: await emptyEngine(),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_RIG_MAJOR: String(major),
    PRISMA_RIG_ENGINE: await realpath(clientPackage(engine)),
    PRISMA_RIG_ADAPTER: await realpath(installed(`@prisma/adapter-pg-${engine}`)),
    PRISMA_RIG_POOL: String(database.pool),
  }
}

/** The preload as CommonJS that plain Node runs; give it to `node --require`. */
export async function preload(): Promise<string> {
  const source = await readFile(fileURLToPath(new URL('engine.cts', import.meta.url)), 'utf8')
  const folder = await cached(['preload', source], async (made) => {
    const { default: ts } = await import('typescript')
    const { CommonJS } = ts.ModuleKind
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: CommonJS, target: ts.ScriptTarget.ES2022 },
    })
    await writeFile(join(made, 'engine.cjs'), outputText)
  })
  return join(folder, 'engine.cjs')
}
