import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { exitCode, type Report } from '../src/model/report.ts'
import { linkPackages } from '../src/testing/behaviour.ts'
import { execute, expectGoldenReports, type Run, treeOf } from './data/projects.ts'

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
    await expectGoldenReports(project, report, copy)
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

function runSuite(folder: string): Promise<Run> {
  return execute('npm test', [], folder)
}
