import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { exitCode, type Report } from '../src/model/report.ts'
import { linkPackages } from '../src/testing/behaviour.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'dist/src/cli/bin.js')
const installed = (name: string): string => join(root, 'node_modules', name)

/** Everything that a bundled project may require, beside Express. Nothing is ever installed for a test. */
const SHARED = ['cookie-parser', 'ejs', 'express-session', 'morgan', 'multer', 'supertest', 'tsx', 'zod']

const PROJECTS = ['express-4-shop', 'typescript-service']

/** A suite takes about 4 s on two cores; a machine that does ten things at once gets the rest. */
const SUITE_TIMEOUT_MS = 180_000

const temporary: string[] = []
afterEach(async () => {
  for (const folder of temporary.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe.each(PROJECTS)('%s', (name) => {
  const project = join(root, 'fixtures/projects', name)

  test('is red on Express 5 when it is left as it is', { timeout: SUITE_TIMEOUT_MS }, async () => {
    const suite = await runSuite(await copyOf(join(project, 'before'), 5))
    expect(suite.exit, suite.output).not.toBe(0)
    // Express is the reason, not a package that the copy lacks.
    expect(suite.output).toMatch(/Missing parameter name|is not a function/)
    expect(suite.output).not.toMatch(/Cannot find (module|package)/)
  })

  test('green on Express 4, it becomes to the byte what is expected, which is green on Express 5, and the report says so', {
    timeout: 2 * SUITE_TIMEOUT_MS,
  }, async () => {
    if (!existsSync(cli)) throw new Error('dist/ is missing: npm run build')
    const copy = await copyOf(join(project, 'before'), 4)
    await writeFile(join(copy, '..', 'run-tests.mjs'), RUN_TESTS)
    const options = ['--no-install', '--test-command', 'node ../run-tests.mjs', '--format', 'json']
    const run = await execute(process.execPath, [cli, 'express5', '--cwd', copy, ...options], root)

    expect(run.stdout, run.output).toMatch(/^\{/)
    const report = JSON.parse(run.stdout) as Report
    expect(report.verification?.verdict, report.verification?.reason).toBe('still-green')
    // what the suites said of themselves, not what the report says of them
    expect(await readFile(join(copy, '../suites'), 'utf8')).toBe('4 exits with 0\n5 exits with 0\n')
    for (const tests of [report.verification!.before, report.verification!.after]) {
      expect(tests).toMatchObject({ exit: 0, counts: { failed: 0 } })
      expect(tests!.counts!.passed).toBeGreaterThan(10)
    }
    expect(report.verification!.tests).toMatchObject({ flaky: [], disappeared: [], reruns: 0 })
    expect(run.exit).toBe(exitCode(report))
    expect(await treeOf(copy)).toEqual(await treeOf(join(project, 'expected')))
    await expectGoldenReports(project, repeatable(report, copy))
  })
})

/**
 * What a person's project would do by installing: Express is what `package.json` asks for. Then its own tests run.
 * Written beside the copy, so that the project itself stays as it is.
 */
const RUN_TESTS = `import { spawnSync } from 'node:child_process'
import { appendFileSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const major = /\\d+/.exec(JSON.parse(readFileSync('package.json', 'utf8')).dependencies.express)[0]
rmSync('node_modules/express', { recursive: true, force: true })
symlinkSync(join(${JSON.stringify(join(root, 'node_modules'))}, 'express' + major), 'node_modules/express', 'junction')
process.exitCode = spawnSync('npm test', { shell: true, stdio: 'inherit' }).status ?? 1
appendFileSync('../suites', major + ' exits with ' + process.exitCode + '\\n')
`

/** A temporary copy that finds its packages in this repository. */
async function copyOf(tree: string, express: 4 | 5): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-project-')))
  temporary.push(folder)
  const copy = join(folder, 'project')
  await cp(tree, copy, { recursive: true })
  const shared = Object.fromEntries(SHARED.map((name) => [name, installed(name)]))
  await linkPackages(copy, { ...shared, express: installed(`express${express}`) })
  return copy
}

interface Run {
  readonly exit: number | null
  readonly stdout: string
  /** Both streams as they came. */
  readonly output: string
}

function runSuite(folder: string): Promise<Run> {
  return execute('npm test', [], folder)
}

/** Runs a program as a person's shell would: without what the test runner put into the environment. */
function execute(command: string, args: readonly string[], cwd: string): Promise<Run> {
  const ours = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|NODE_TEST_CONTEXT$|TEST$|FORCE_COLOR$)/
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell: args.length === 0, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let output = ''
    child.stdout.on('data', (text: Buffer) => {
      stdout += text
      output += text
    })
    child.stderr.on('data', (text: Buffer) => {
      output += text
    })
    child.once('error', reject).once('close', (exit) => resolve({ exit, stdout, output }))
  })
}

/** Path with forward slashes → text, a byte order mark and carriage returns included. */
async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {}
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === '.upgrade-kit') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const below = await treeOf(path)
      for (const [name, text] of Object.entries(below)) tree[`${entry.name}/${name}`] = text
    } else {
      tree[relative(folder, path).split(sep).join('/')] = await readFile(path, 'utf8')
    }
  }
  return tree
}

/** The report without what differs from run to run and from machine to machine. */
function repeatable(report: Report, folder: string): Report {
  const withoutFolder = (text: string): string => text.replaceAll(folder, '<project>')
  return JSON.parse(JSON.stringify(report), (key, value: unknown) => {
    if (key === 'seconds') return 0
    if (key === 'tail') return []
    if (key === 'run') return '<run>'
    if (key === 'tool') return { ...(value as Report['tool']), version: '<version>' }
    return typeof value === 'string' ? withoutFolder(value) : value
  }) as Report
}

async function expectGoldenReports(project: string, report: Report): Promise<void> {
  const { jsonReport } = await import('../src/report/json.ts')
  const { textReport } = await import('../src/report/text.ts')
  const reports = {
    'report.json': jsonReport(report),
    'report.txt': textReport(report, { width: 100, colour: false, verbose: false }),
  }
  for (const [name, text] of Object.entries(reports)) {
    const golden = join(project, name)
    if (process.env.UPDATE_FIXTURES === '1') await writeFile(golden, text)
    const written = existsSync(golden) ? await readFile(golden, 'utf8') : 'UPDATE_FIXTURES=1 writes this file'
    expect(text, `${name} of ${relative(root, project)}`).toBe(written)
  }
}
