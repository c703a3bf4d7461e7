import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { applyPatch, parsePatch } from 'diff'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { exitCode, type Report } from '../../src/model/report.ts'
import { linkPackages } from '../../src/testing/behaviour.ts'
import { execute, expectGoldenReports, type Run, treeOf } from '../data/projects.ts'
import { environment, generate, generatedClient, installClient, preload } from './client.ts'
import { type Database, startDatabase } from './database.ts'
import { installed, type Major } from './packages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cli = join(root, 'dist/src/cli/bin.js')

/** A suite takes two seconds; a machine that does ten things at once gets the rest. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 180_000 })

interface Project {
  readonly name: string
  /** Packages of the project, name → the installed one that stands for it. */
  readonly packages: Readonly<Record<string, string>>
  /** Schemas, relative to the project. Where there is one, the database has its tables. */
  readonly schemas: readonly string[]
  /** What the suite says on Prisma 6 when nothing was done. */
  readonly red: RegExp
  /** Tests that there are. */
  readonly tests: number
  /** Folders that a client is generated into. */
  readonly generated?: readonly string[]
  /** Packages of the project itself, name → folder. */
  readonly workspaces?: Readonly<Record<string, string>>
}

const here = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, installed(name)]))

const PROJECTS: readonly Project[] = [
  {
    name: 'prisma-express-api',
    packages: {
      ...here('@types/node', '@types/supertest', 'supertest', 'tsx', 'zod'),
      express: installed('express4'),
      '@types/express': installed('types-express4'),
    },
    schemas: ['prisma/schema.prisma'],
    red: /Unknown property rejectOnNotFound/,
    tests: 16,
  },
  {
    name: 'prisma-nest-service',
    packages: {
      ...here('@types/node', 'tsx'),
    },
    schemas: ['prisma/schema.prisma'],
    red: /Right-hand side of 'instanceof' is not an object/,
    tests: 5,
  },
  {
    name: 'prisma-workspace',
    packages: here('@types/node', 'tsx'),
    schemas: ['apps/api/prisma/schema.prisma', 'packages/reports/prisma/schema.prisma'],
    red: /Views cannot have primary keys|shadowDatabaseUrl is the same/,
    tests: 7,
    generated: ['packages/reports/src/generated'],
    workspaces: { '@shop/reports': 'packages/reports' },
  },
]

let database: Database
let server: Server
beforeAll(async () => {
  database = await startDatabase()
  server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://localhost')
    const project = PROJECTS.find(({ name }) => name === url.searchParams.get('project'))!
    try {
      const env = await prepare(
        project,
        url.searchParams.get('folder')!,
        Number(url.searchParams.get('major')) as Major,
      )
      response.end(JSON.stringify(env))
    } catch (error) {
      response.writeHead(500).end((error as Error).message)
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})

const temporary: string[] = []
afterAll(async () => {
  server?.close()
  await database?.close()
  for (const folder of temporary) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe.each(PROJECTS)('$name', (project) => {
  const folder = join(root, 'fixtures/projects', project.name)

  test('is red on Prisma 6 when it is left as it is', async () => {
    const copy = await copyOf(project, 'before')
    const suite = await runSuite(copy, 6)
    expect(suite.exit, suite.output).not.toBe(0)
    expect(suite.output).toMatch(project.red)
  })

  test('is upgraded in two steps, each green, to the byte as expected, and once more changes nothing', async () => {
    if (!existsSync(cli)) throw new Error('dist/ is missing: npm run build')
    const copy = await copyOf(project, 'before')
    const untouched = await untouchedBeside(project, copy)

    // what is right on both versions, and is one pull request: green before anybody decided anything
    const early = await upgrade(copy, '--stage', 'before-bump', '--test-command', 'node ../run-tests.mjs')
    expect(early.verification?.verdict, early.verification?.reason).toBe('still-green')
    expect(typeErrors([untouched, copy]), 'before, and after the first step, on 4').toEqual([])
    await decide(folder, copy)

    const report = await upgrade(copy, '--test-command', 'node ../run-tests.mjs')
    expect(report.verification?.verdict, report.verification?.reason).toBe('still-green')
    // what the suites said of themselves: as it was, after the first step, with what a person decided, after the second one
    expect(await readFile(join(copy, '../suites'), 'utf8')).toBe(`${'4 exits with 0\n'.repeat(3)}6 exits with 0\n`)
    for (const tests of [early, report].flatMap(({ verification }) => [verification!.before, verification!.after]))
      expect(tests).toMatchObject({ exit: 0, counts: { failed: 0, passed: project.tests } })
    expect(typeErrors([copy]), 'after the second step, on 6').toEqual([])
    const tree = await treeOf(copy, GENERATED)
    if (process.env.UPDATE_FIXTURES === '1') await writeTree(join(folder, 'expected'), tree)
    expect(tree).toEqual(await treeOf(join(folder, 'expected')))
    await expectGoldenReports(folder, report, copy)

    const again = await upgrade(copy, '--no-verify')
    expect(again.findings.filter(({ outcome }) => outcome === 'written')).toEqual([])
    expect(await treeOf(copy, GENERATED)).toEqual(tree)
  })
})

/**
 * What a person's project would do by installing: Prisma is what `package.json` asks for, and its client is generated.
 * Then the project's own tests run. Written beside the copy, so that the project itself stays as it is.
 */
const runTests = (name: string): string => `import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'

const manifest = ['package.json', 'apps/api/package.json'].filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')))
const asked = manifest.map(({ dependencies }) => dependencies?.['@prisma/client']).find(Boolean)
const major = process.argv[2] ?? /\\d+/.exec(asked)[0]
const query = new URLSearchParams({ project: ${JSON.stringify(name)}, folder: process.cwd(), major })
const answer = await fetch('http://127.0.0.1:${(server.address() as AddressInfo).port}/?' + query)
const text = await answer.text()
if (answer.ok) {
  const env = { ...process.env, ...JSON.parse(text) }
  // what \`npm test\` runs, without npm, which takes a third of the time
  process.exitCode = spawnSync(manifest[0].scripts.test, { shell: true, stdio: 'inherit', env }).status ?? 1
} else {
  console.error(text)
  process.exitCode = 1
}
appendFileSync('../suites', major + ' exits with ' + process.exitCode + '\\n')
`

/** Puts the clients of a major into a copy, empties its database, and tells in which environment its programs run. */
async function prepare({ schemas }: Project, copy: string, major: Major): Promise<Record<string, string>> {
  const texts = await Promise.all(schemas.map((schema) => readFile(join(copy, schema), 'utf8')))
  if (schemas.length === 1) await database.reset(texts[0])
  for (const name of ['@prisma', '.prisma'])
    await rm(join(copy, 'node_modules', name), { recursive: true, force: true })
  if (schemas.length === 1) {
    const client = await generatedClient(major, texts[0]!)
    for (const name of ['@prisma', '.prisma'])
      await symlink(join(client, 'node_modules', name), join(copy, 'node_modules', name), 'junction')
  } else {
    await installClient(major, copy)
    for (const schema of schemas) await generate(major, join(copy, schema), copy)
  }
  return { ...(await environment(major, database)), NODE_OPTIONS: `--require ${await preload()}` }
}

/** A temporary copy that finds its packages in this repository. */
async function copyOf(project: Project, tree: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-project-')))
  temporary.push(folder)
  const copy = join(folder, 'project')
  await cp(join(root, 'fixtures/projects', project.name, tree), copy, { recursive: true })
  const doubles = join(root, 'fixtures/projects', project.name, 'doubles')
  if (existsSync(doubles)) await cp(doubles, join(copy, 'node_modules'), { recursive: true })
  const own = Object.entries(project.workspaces ?? {}).map(([name, at]) => [name, join(copy, at)] as const)
  await linkPackages(copy, { ...project.packages, ...Object.fromEntries(own) })
  await writeFile(join(folder, 'run-tests.mjs'), runTests(project.name))
  return copy
}

/** The project as it was, beside a copy whose packages and generated clients it finds as its own. */
async function untouchedBeside(project: Project, copy: string): Promise<string> {
  const untouched = join(dirname(copy), 'untouched')
  await cp(join(root, 'fixtures/projects', project.name, 'before'), untouched, { recursive: true })
  for (const made of ['node_modules', ...(project.generated ?? [])])
    await symlink(join(copy, made), join(untouched, made), 'junction')
  return untouched
}

/** Runs the recipe, with the fixes that want reading; gives its report. */
async function upgrade(copy: string, ...options: readonly string[]): Promise<Report> {
  const all = ['prisma6', '--cwd', copy, '--include', 'review', '--no-install', '--format', 'json', ...options]
  const run = await execute(process.execPath, [cli, ...all], root)
  expect(run.stdout, run.output).toMatch(/^\{/)
  const report = JSON.parse(run.stdout) as Report
  expect(run.exit).toBe(exitCode(report))
  return report
}

/** What a person decides between the two steps, if there is something to decide: `decisions.patch`, which says why. */
async function decide(folder: string, copy: string): Promise<void> {
  const patch = join(folder, 'decisions.patch')
  if (!existsSync(patch)) return
  for (const one of parsePatch(await readFile(patch, 'utf8'))) {
    const file = join(copy, one.newFileName!.replace(/^b\//, ''))
    const after = applyPatch(await readFile(file, 'utf8'), one)
    if (after === false) throw new Error(`${patch} does not fit ${one.newFileName}`)
    await writeFile(file, after)
  }
}

function runSuite(copy: string, major: Major): Promise<Run> {
  return execute(process.execPath, ['../run-tests.mjs', String(major)], copy)
}

/** What of the repository was read by the compiler before: packages and libraries do not change between two checks. */
const sources = new Map<string, ts.SourceFile | undefined>()

/**
 * What the compiler says of trees that have the same packages, as `tsc --noEmit` would of each: in one program, because
 * most of the work is what these packages declare.
 */
function typeErrors(trees: readonly string[]): string[] {
  const of = trees.map((tree) => {
    const config = ts.readConfigFile(join(tree, 'tsconfig.json'), ts.sys.readFile)
    return ts.parseJsonConfigFileContent(config.config, ts.sys, tree)
  })
  const options = { ...of[0]!.options, noEmit: true }
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  host.getSourceFile = (path, ...rest) => {
    if (trees.some((tree) => path.startsWith(`${tree}/`))) return getSourceFile(path, ...rest)
    if (!sources.has(path)) sources.set(path, getSourceFile(path, ...rest))
    return sources.get(path)
  }
  const rootNames = of.flatMap(({ fileNames }) => fileNames)
  const program = ts.createProgram({ rootNames, options, host })
  return ts.getPreEmitDiagnostics(program).map(({ file, start, code, messageText }) => {
    const place = file && `${relative(trees[0]!, file.fileName)}:${file.getLineAndCharacterOfPosition(start!).line + 1}`
    return `${place} TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

/** What `prisma generate` writes into the project. */
const GENERATED = ['generated']

async function writeTree(folder: string, tree: Record<string, string>): Promise<void> {
  const written = existsSync(folder) ? Object.keys(await treeOf(folder)) : []
  for (const file of written) if (!(file in tree)) await unlink(join(folder, file))
  for (const [file, text] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
}
