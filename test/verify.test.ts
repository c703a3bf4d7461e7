import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { run, TAIL_LINES } from '../src/engine/processes.ts'
import { runTests, type TestStep, testCommand, verdict } from '../src/engine/verify.ts'
import type { Installation, TestRun } from '../src/model/verification.ts'

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** A temporary repository with these files; an object is written as JSON. */
function tree(files: Readonly<Record<string, string | object>>): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'upgrade-kit-verify-')))
  made.push(root)
  mkdirSync(path.join(root, '.git'))
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}

/** A step that runs this Node script; it finds its folder in `process.cwd()`. */
function script(source: string, files: Readonly<Record<string, string>> = {}): TestStep {
  const cwd = tree({ 'test.cjs': source, ...files })
  return { command: [process.execPath, 'test.cjs'], cwd, folder: '.' }
}

async function eventually(condition: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (condition()) return true
    await sleep(50)
  }
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch {
    return false
  }
}

/** Where nobody collects orphans (process 1 of a bare container), the dead keep their number. */
function isZombie(pid: number): boolean {
  const status = `/proc/${pid}/stat`
  return existsSync(status) && / Z /.test(readFileSync(status, 'utf8'))
}

const posix = process.platform !== 'win32'
const SLEEPER = "require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)"
const WITH_GRANDCHILD = `
  require('child_process').spawn(process.execPath, ['grandchild.cjs'], { stdio: 'inherit' })
  setInterval(() => {}, 1000)
`

describe('processes', () => {
  it('says how a command ended and what it printed, from both streams and without colours', async () => {
    const { command, cwd } = script(`
      console.log('\\x1b[31mred\\x1b[39m'); console.error('trouble'); process.stdout.write('10%\\r100%\\nno newline')
      process.exitCode = 1
    `)
    const result = await run(command, { cwd })
    expect(result).toMatchObject({ command, exit: 1 })
    expect([...result.tail].sort()).toEqual(['100%', 'no newline', 'red', 'trouble'])
    expect(result.seconds).toBeGreaterThan(0)
  })

  it(`keeps the last ${TAIL_LINES} lines and cuts endless ones`, async () => {
    const { command, cwd } = script(
      "for (let i = 1; i <= 5000; i++) console.log('line ' + i); console.log('x'.repeat(100000))",
    )
    const { tail } = await run(command, { cwd })
    expect(tail).toHaveLength(TAIL_LINES)
    expect(tail.at(-2)).toBe('line 5000')
    expect(tail.at(-1)).toMatch(/^x{2000}…$/)
  })

  it('ends a command that hangs, together with its grandchild', async () => {
    const { command, cwd } = script(WITH_GRANDCHILD, { 'grandchild.cjs': SLEEPER })
    const running = run(command, { cwd, timeoutSeconds: 3 })
    expect(await eventually(() => existsSync(path.join(cwd, 'pid')))).toBe(true)
    const result = await running
    expect(result.exit).toBe('timeout')
    expect(result.tail.at(-1)).toContain('not done after 3 seconds')
    const grandchild = Number(readFileSync(path.join(cwd, 'pid'), 'utf8'))
    expect(await eventually(() => !isAlive(grandchild))).toBe(true)
  })

  it.runIf(posix)('kills one that does not listen to SIGTERM', async () => {
    const { command, cwd } = script(`process.on('SIGTERM', () => console.log('no'));${SLEEPER}`)
    const controller = new AbortController()
    const running = run(command, { cwd, signal: controller.signal, graceSeconds: 0.5 })
    expect(await eventually(() => existsSync(path.join(cwd, 'pid')))).toBe(true)
    controller.abort()
    const result = await running
    expect(result).toMatchObject({ exit: 'interrupted', tail: ['no', expect.stringContaining('interrupted')] })
    expect(isAlive(Number(readFileSync(path.join(cwd, 'pid'), 'utf8')))).toBe(false)
  })

  it.runIf(posix)('gives one that does listen the time to clean up', async () => {
    const { command, cwd } = script(
      `process.on('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit() }, 200));${SLEEPER}`,
    )
    const controller = new AbortController()
    const running = run(command, { cwd, signal: controller.signal })
    expect(await eventually(() => existsSync(path.join(cwd, 'pid')))).toBe(true)
    controller.abort()
    expect((await running).tail[0]).toBe('bye')
  })

  it.runIf(posix)('does not wait for a server that the tests left behind, and ends it', async () => {
    const leaving = `
      require('child_process').spawn(process.execPath, ['grandchild.cjs'], { stdio: 'inherit' }).unref()
      const wait = setInterval(() => { if (require('fs').existsSync('pid')) { clearInterval(wait); console.log('done') } }, 20)
    `
    const { command, cwd } = script(leaving, { 'grandchild.cjs': SLEEPER })
    expect(await run(command, { cwd })).toMatchObject({ exit: 0, tail: ['done'] })
    expect(await eventually(() => !isAlive(Number(readFileSync(path.join(cwd, 'pid'), 'utf8'))))).toBe(true)
  })

  it('closes standard input and says that nobody is there', async () => {
    const { command, cwd } = script(`
      process.stdin.on('end', () => console.log('closed', Boolean(process.env.CI), process.env.NO_COLOR, process.env.npm_command)).resume()
    `)
    process.env.npm_command = 'exec'
    try {
      expect((await run(command, { cwd })).tail).toEqual(['closed true 1 undefined'])
    } finally {
      delete process.env.npm_command
    }
  })

  it('is a result when a program is missing, and when it is stopped before it starts', async () => {
    const cwd = tree({})
    expect(await run(['no-such-program-here'], { cwd })).toMatchObject({
      exit: 'not-started',
      tail: ['could not start no-such-program-here: it is not installed, or not on the PATH'],
    })
    expect(await run(['node'], { cwd, signal: AbortSignal.abort() })).toMatchObject({ exit: 'interrupted' })
  })
})

describe('which tests', () => {
  const none = async (test: string) => testCommand(tree({ 'package.json': { scripts: { test } } }), [])

  it.each([
    'echo "Error: no test specified" && exit 1',
    "echo 'Error: no test specified' && exit 1",
    'echo \\"Error: no test specified\\" && exit 1',
    'echo Error: no test specified && exit 1',
    'echo "Error: run tests from root; sorry" && exit 1',
    'echo "no tests" || true',
    'exit 0',
    '  ',
  ])('takes %j for no test', async (test) => {
    expect(await none(test)).toEqual({ none: expect.stringContaining('placeholder') })
  })

  it.each(['jest', 'echo start && mocha', 'exit-code-test', 'true && node test.js', 'echo-tests'])(
    'takes %j for a test',
    async (test) => {
      expect(await none(test)).toHaveProperty('steps')
    },
  )

  it('says so when there is no script', async () => {
    expect(await testCommand(tree({ 'package.json': {} }), [])).toEqual({ none: 'package.json has no "test" script' })
  })

  it.each([
    [{ 'package-lock.json': '{}' }, ['npm', 'run', 'test']],
    [{ 'pnpm-lock.yaml': '' }, ['pnpm', 'run', 'test']],
    [{ 'yarn.lock': '' }, ['yarn', 'run', 'test']],
    [{ 'bun.lock': '{}' }, ['bun', 'run', 'test']],
  ])('runs the script with the package manager of the project: %j', async (lock, command) => {
    const root = tree({ 'package.json': { scripts: { test: 'mocha' } }, ...lock })
    expect(await testCommand(root, [])).toMatchObject({ steps: [{ command, cwd: root, folder: '.' }] })
  })

  it('asks the packages in scope when the root has none', async () => {
    const root = tree({ 'package.json': {} })
    const pkg = (folder: string, test?: string) => ({
      folder,
      directory: path.join(root, folder),
      manifest: {
        scripts: test === undefined ? {} : { test },
        workspaces: [],
        dependencies: { dependencies: {}, devDependencies: {}, optionalDependencies: {}, peerDependencies: {} },
      },
    })
    const found = await testCommand(root, [pkg('a', 'jest'), pkg('b'), pkg('c', 'exit 1'), pkg('d', 'mocha')])
    expect(found).toMatchObject({ steps: [{ folder: 'a', cwd: path.join(root, 'a') }, { folder: 'd' }] })
    writeFileSync(path.join(root, 'package.json'), JSON.stringify({ scripts: { test: 'turbo test' } }))
    expect(await testCommand(root, [pkg('a', 'jest')])).toMatchObject({ steps: [{ folder: '.' }] })
  })

  it('prefers the given command', async () => {
    const root = tree({ 'package.json': { scripts: { test: 'exit 1' } } })
    expect(await testCommand(root, [], 'make check')).toEqual({
      steps: [{ command: 'make check', cwd: root, folder: '.' }],
    })
    expect(await testCommand(root, [], ' ')).toHaveProperty('none')
  })
})

describe('running tests', () => {
  it('runs the script of package.json', async () => {
    const root = tree({ 'package.json': { scripts: { test: 'node test.cjs' } }, 'test.cjs': 'process.exitCode = 1' })
    const found = await testCommand(root, [])
    if ('none' in found) throw new Error(found.none)
    expect(await runTests(found.steps)).toMatchObject({ command: ['npm', 'run', 'test'], exit: 1 })
    writeFileSync(path.join(root, 'test.cjs'), '')
    expect(await runTests(found.steps)).toMatchObject({ exit: 0 })
  })

  it('runs a given command through the shell', async () => {
    const { cwd } = script('process.exitCode = 4')
    const command = `"${process.execPath}" -e "0" && "${process.execPath}" test.cjs`
    expect(await runTests([{ command, cwd, folder: '.' }])).toMatchObject({ command: [command], exit: 4 })
  })

  it('takes a missing program for tests that did not start', async () => {
    const cwd = tree({ 'package.json': { scripts: { test: 'no-such-runner' } } })
    expect(await runTests([{ command: 'no-such-runner --all', cwd, folder: '.' }])).toMatchObject({
      exit: 'not-started',
    })
    expect(await runTests([{ command: ['npm', 'run', 'test'], cwd, folder: '.' }])).toMatchObject({
      exit: 'not-started',
    })
  })

  it('runs every package, and says which ones are red', async () => {
    const red = { ...script('process.exitCode = 2'), folder: 'a' }
    const green = { ...script("console.log('fine')"), folder: 'b' }
    const result = await runTests([red, green])
    expect(result).toMatchObject({ exit: 2, failed: ['a'], tail: ['a:', 'b:', 'fine'] })
    expect(result.command.join(' ')).toBe(
      `(cd a && ${process.execPath} test.cjs) && (cd b && ${process.execPath} test.cjs)`,
    )
  })

  it('has one time limit for all of them', async () => {
    const slow = { ...script("setTimeout(() => console.log('done'), 1500)"), folder: 'slow' }
    const hangs = { ...script(SLEEPER), folder: 'hangs' }
    const after = { ...script("console.log('never')"), folder: 'after' }
    const result = await runTests([slow, hangs, after], { timeoutSeconds: 2.5 })
    expect(result).toMatchObject({ exit: 'timeout', failed: ['hangs'] })
    expect(result.tail).toContain('done')
    expect(result.tail).not.toContain('after:')
    expect(result.seconds).toBeLessThan(3.8)
  })

  it.each([
    ['not ok 3 - answers 404 # time=3ms', 'answers 404'],
    ['✖ answers 404 (3.14ms)', 'answers 404'],
    ['  ● routes › answers 404', 'routes › answers 404'],
    [' FAIL  test/a.test.ts > routes > answers 404', 'test/a.test.ts > routes > answers 404'],
  ])('reads the name of a failing test: %s', async (line, name) => {
    const step = script(`console.log(${JSON.stringify(line)}); console.log('ok 1 - fine'); process.exitCode = 1`)
    expect((await runTests([step])).failed).toEqual([name])
  })
})

describe('verdict', () => {
  const ran = (exit: TestRun['exit'], more: Partial<TestRun> = {}): TestRun => ({
    command: ['npm', 'run', 'test'],
    exit,
    seconds: 12.3,
    tail: [],
    ...more,
  })
  const installed = (exit: Installation['exit'], tail: string[] = []): Installation => ({
    manager: 'npm',
    command: ['npm', 'install'],
    exit,
    seconds: 1,
    tail,
  })

  it.each([
    ['still-green', ran(0), ran(0), installed(0), 'green before and is green after'],
    ['broke-it', ran(0), ran(1, { failed: ['a', 'b'] }), installed(0), 'fails after the upgrade (exit code 1): a, b;'],
    ['was-red', ran(1), ran(1), installed(0), 'repair the tests first'],
    ['was-red', ran(1), ran(0), installed(0), 'is green after the upgrade'],
    ['was-red', ran(1, { failed: ['a'] }), ran(1, { failed: ['a', 'b'] }), installed(0), 'these fail only since: b'],
    ['was-red', ran(1), undefined, installed(0), 'failed before anything was written'],
    ['not-finished', ran('timeout'), undefined, undefined, 'not done after 12 seconds before anything was written'],
    ['not-finished', ran(0), ran('interrupted'), installed(0), 'was interrupted after the upgrade'],
    [
      'not-finished',
      ran('not-started', { tail: ['sh: 1: jest: not found'] }),
      undefined,
      undefined,
      'sh: 1: jest: not found',
    ],
    ['not-finished', ran(0), undefined, installed(1), '`npm install` failed (exit code 1)'],
    ['not-finished', ran(0), ran(0), installed('not-started', ['install npm']), 'install npm; the tests were not run'],
    ['not-finished', ran(0), undefined, undefined, 'were not run after the upgrade'],
    ['not-finished', undefined, ran(0), undefined, 'nothing to compare with'],
    ['not-finished', undefined, undefined, installed('timeout'), 'took too long'],
    ['no-tests', undefined, undefined, installed(0), 'try the application out'],
  ] as const)('%s: %j, %j, %j', (expected, before, after, installation, words) => {
    const found = verdict({ before, after, installation })
    expect(found).toMatchObject({ verdict: expected, reason: expect.stringContaining(words), blame: [] })
    expect([found.before, found.after]).toEqual([before, after])
  })

  it('says why there are no tests', () => {
    expect(verdict({ none: 'package.json has no "test" script' }).reason).toBe(
      'package.json has no "test" script; try the application out, or name a command with --test-command',
    )
  })
})
