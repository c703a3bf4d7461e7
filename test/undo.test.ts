import { spawn } from 'node:child_process'
import { createHash, randomInt } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listRuns, openRun, type RunJournal } from '../src/engine/journal.ts'
import { type PlannedWrite, undo, writeAll } from '../src/engine/write.ts'

const META = { recipe: 'express5', from: '4.0.0', to: '5.0.0', toolVersion: '0.0.0' }
const POSIX = process.platform !== 'win32'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-undo-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }))

function put(file: string, content: string | Uint8Array = 'old\n'): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), content)
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function plan(path: string, after: string | Uint8Array = 'new\n'): PlannedWrite {
  const before = existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined
  return { path, before, after: Buffer.from(after), changes: ['express/app-del'] }
}

/** Every file and folder of the tree but our own, with the hash and the permissions of the files. */
function snapshot(): Map<string, string> {
  const tree = new Map<string, string>()
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const absolute = join(entry.parentPath, entry.name)
    const path = absolute.slice(root.length + 1).replaceAll(sep, '/')
    if (path === '.upgrade-kit' || path.startsWith('.upgrade-kit/')) continue
    const hash = (): string => createHash('sha256').update(readFileSync(absolute)).digest('hex')
    tree.set(path, entry.isFile() ? `${(statSync(absolute).mode & 0o7777).toString(8)} ${hash()}` : 'folder')
  }
  return tree
}

async function run(...writes: PlannedWrite[]): Promise<string> {
  const journal = await openRun(root, META)
  expect((await writeAll(journal, writes)).refused).toEqual([])
  return (await journal.finish())!
}

const states = async () => (await listRuns(root)).map((r) => r.state)

describe('undo', () => {
  it('restores every byte and permission, and removes what was created', async () => {
    const contents = ['\uFEFFa\r\nb\r\n', 'a\nb', '', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a])]
    for (const [i, content] of contents.entries()) put(`src/${i}.js`, content)
    if (POSIX) chmodSync(join(root, 'src/0.js'), 0o755)
    if (POSIX) chmodSync(join(root, 'src/1.js'), 0o600)
    const before = snapshot()
    const paths = contents.map((_, i) => `src/${i}.js`)
    const id = await run(...paths.map((p) => plan(p)), plan('new/deep/a.js'), plan('b.js'))
    expect(snapshot()).not.toEqual(before)
    expect(await undo(root)).toEqual({ run: id, restored: paths, removed: ['b.js', 'new/deep/a.js'], kept: [] })
    expect(snapshot()).toEqual(before)
  })

  it('goes back to before the first of several rounds on one file', async () => {
    put('a.js')
    put('b.js')
    const journal = await openRun(root, META)
    await writeAll(journal, [plan('a.js', 'round 1\n')])
    await writeAll(journal, [plan('a.js', 'round 2\n'), plan('b.js')])
    const id = await journal.finish()
    expect(await undo(root)).toEqual({ run: id, restored: ['a.js', 'b.js'], removed: [], kept: [] })
    expect([read('a.js'), read('b.js')]).toEqual(['old\n', 'old\n'])
  })

  it('takes the newest run that is left, or the one it is told', async () => {
    put('a.js')
    put('b.js')
    const [first, second, third] = [await run(plan('a.js')), await run(plan('b.js')), await run(plan('c.js'))]
    expect((await listRuns(root)).map((r) => r.run)).toEqual([third, second, first])
    expect((await undo(root, first)).run).toBe(first)
    expect((await undo(root)).run).toBe(third)
    expect((await undo(root)).run).toBe(second)
    expect(await states()).toEqual(['undone', 'undone', 'undone'])
    await expect(undo(root)).rejects.toThrow('there is nothing to take back')
    await expect(undo(root, first)).rejects.toThrow('already undone')
    await expect(undo(root, 'x')).rejects.toThrow('there is no run x')
  })

  it('restores nothing when a file was changed or removed since, and says which', async () => {
    for (const file of ['a.js', 'b.js', 'c.js']) put(file)
    const id = await run(plan('a.js'), plan('b.js'), plan('c.js'))
    put('a.js', 'mine\n')
    rmSync(join(root, 'b.js'))
    const kept = ['a.js', 'b.js'].map((file) => ({ file, reason: 'changed after the run' }))
    expect(await undo(root)).toEqual({ run: id, restored: [], removed: [], kept })
    expect([read('a.js'), read('c.js')]).toEqual(['mine\n', 'new\n'])
    expect(await states()).toEqual(['complete'])
  })

  it('leaves a file alone that changed before the run could write it', async () => {
    put('a.js')
    put('b.js')
    const journal = await openRun(root, META)
    const late: RunJournal = {
      ...journal,
      announce: async (writes) => {
        const numbers = await journal.announce(writes)
        put('a.js', 'mine\n')
        return numbers
      },
    }
    expect((await writeAll(late, [plan('a.js'), plan('b.js')])).written).toEqual(['b.js'])
    const run = await journal.finish()
    expect(await undo(root)).toEqual({ run, restored: ['b.js'], removed: [], kept: [] })
    expect([read('a.js'), read('b.js')]).toEqual(['mine\n', 'old\n'])
  })

  it('restores all by force, and keeps what that overwrites', async () => {
    put('src/a.js')
    put('b.js')
    const id = await run(plan('src/a.js'), plan('b.js'), plan('new.js'))
    rmSync(join(root, 'src'), { recursive: true })
    put('b.js', 'mine\n')
    put('new.js', 'mine too\n')
    expect(await undo(root, undefined, { force: true })).toEqual({
      run: id,
      restored: ['b.js', 'src/a.js'],
      removed: ['new.js'],
      kept: [],
    })
    expect([read('src/a.js'), read('b.js'), existsSync(join(root, 'new.js'))]).toEqual(['old\n', 'old\n', false])
    const saved = join(root, '.upgrade-kit/runs', id, 'originals')
    expect(readdirSync(saved).map((name) => readFileSync(join(saved, name), 'utf8'))).toEqual(
      expect.arrayContaining(['mine\n', 'mine too\n']),
    )
  })

  it('does not follow what became a symbolic link or a folder, not even by force', async () => {
    put('a.js')
    put('b.js')
    put('elsewhere.js', 'new\n')
    await run(plan('a.js'), plan('b.js'))
    rmSync(join(root, 'a.js'))
    rmSync(join(root, 'b.js'))
    mkdirSync(join(root, 'a.js'))
    try {
      symlinkSync('elsewhere.js', join(root, 'b.js'))
    } catch {
      mkdirSync(join(root, 'b.js'))
    }
    const { restored, kept } = await undo(root, undefined, { force: true })
    expect(restored).toEqual([])
    expect(kept.map((k) => k.file)).toEqual(['a.js', 'b.js'])
    expect(read('elsewhere.js')).toBe('new\n')
    expect(await states()).toEqual(['complete'])
  })

  it('keeps a folder made for a new file when somebody else uses it', async () => {
    await run(plan('new/a.js'))
    put('new/mine.js')
    expect((await undo(root)).removed).toEqual(['new/a.js'])
    expect([...snapshot().keys()].sort()).toEqual(['new', 'new/mine.js'])
  })

  it('works after the project was moved', async () => {
    put('app/a.js')
    const old = root
    root = join(old, 'app')
    await run(plan('a.js'))
    root = join(old, 'moved')
    renameSync(join(old, 'app'), root)
    expect((await undo(root)).restored).toEqual(['a.js'])
    expect(read('a.js')).toBe('old\n')
    root = old
  })

  it('refuses a journal whose originals were damaged, before it touches anything', async () => {
    put('a.js')
    put('b.js', 'old b\n')
    const id = await run(plan('a.js'), plan('b.js'))
    const saved = join(root, '.upgrade-kit/runs', id, 'originals')
    writeFileSync(join(saved, createHash('sha256').update('old b\n').digest('hex')), 'old x\n')
    await expect(undo(root)).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('damaged') })
    expect([read('a.js'), read('b.js')]).toEqual(['new\n', 'new\n'])
  })
})

describe('guard', () => {
  it('takes back what a package manager did to the files it was told of', async () => {
    put('package.json', '{"v":4}')
    put('pnpm-lock.yaml', 'four')
    const before = snapshot()
    const journal = await openRun(root, META)
    await writeAll(journal, [plan('package.json', '{"v":5}')])
    expect(await journal.guard(['package.json', 'pnpm-lock.yaml', 'package-lock.json', '../up.json'])).toEqual([
      { path: '../up.json', reason: 'it lies outside of the project' },
    ])
    put('package.json', '{ "v": 5 }\n')
    put('package-lock.json', 'created')
    rmSync(join(root, 'pnpm-lock.yaml'))
    await journal.settle()
    await journal.finish()
    expect(await listRuns(root)).toMatchObject([{ files: 3, state: 'complete' }])
    expect(await undo(root)).toMatchObject({
      restored: ['package.json', 'pnpm-lock.yaml'],
      removed: ['package-lock.json'],
    })
    expect(snapshot()).toEqual(before)
  })

  it('knows an edit after the settling from the package manager’s', async () => {
    put('package.json', '4')
    const journal = await openRun(root, META)
    await journal.guard(['package.json'])
    put('package.json', '5')
    await journal.finish()
    put('package.json', 'mine')
    expect((await undo(root)).kept).toEqual([{ file: 'package.json', reason: 'changed after the run' }])
  })

  it('does not count files that were guarded and stayed as they were', async () => {
    put('package.json', '4')
    put('a.js')
    const journal = await openRun(root, META)
    await journal.guard(['package.json', 'yarn.lock'])
    await writeAll(journal, [plan('a.js')])
    await journal.finish()
    expect(await listRuns(root)).toMatchObject([{ files: 1 }])
    expect(await undo(root)).toMatchObject({ restored: ['a.js'], removed: [], kept: [] })
  })
})

describe('openRun', () => {
  it('hides its folder from git and lists nothing before something was announced', async () => {
    const journal = await openRun(root, META)
    expect(read('.upgrade-kit/.gitignore')).toBe('*\n')
    expect(await listRuns(root)).toEqual([])
    expect(await journal.finish()).toBeUndefined()
    expect(readdirSync(join(root, '.upgrade-kit/runs'))).toEqual([])
  })

  it('refuses a second run while one is open, in this process or another', async () => {
    const journal = await openRun(root, META)
    await expect(openRun(root, META)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    await journal.finish()
    await (await openRun(root, META)).finish()
  })

  it('takes over the lock of a process that is gone, also where its number is in use again', async () => {
    await (await openRun(root, META)).finish()
    const lock = join(root, '.upgrade-kit/lock.1')
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const holders = [{ pid: child.pid, host: hostname() }]
    if (process.platform === 'linux') holders.push({ pid: process.pid, host: hostname(), start: 'boot/1' } as never)
    for (const holder of holders) {
      writeFileSync(lock, JSON.stringify(holder))
      await (await openRun(root, META)).finish()
      expect(readdirSync(join(root, '.upgrade-kit')).filter((name) => name.startsWith('lock'))).toEqual([])
    }
  })

  it('respects a lock from another machine, and one that is just being written', async () => {
    await (await openRun(root, META)).finish()
    const lock = join(root, '.upgrade-kit/lock.1')
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    for (const content of [JSON.stringify({ pid: gone.pid, host: 'another-machine' }), '']) {
      writeFileSync(lock, content)
      await expect(openRun(root, META)).rejects.toThrow('already writing in this project')
    }
  })

  it('refuses to start on top of an unfinished run, unless told', async () => {
    put('a.js')
    const journal = await openRun(root, META)
    await writeAll(journal, [plan('a.js')])
    const id = await journal.abandon()
    expect(await states()).toEqual(['interrupted'])
    await expect(openRun(root, META)).rejects.toMatchObject({ advice: expect.stringContaining('upgrade-kit undo') })
    await (await openRun(root, META, { despiteUnfinished: true })).finish()
    expect((await undo(root)).run).toBe(id)
    await (await openRun(root, META)).finish()
  })

  it('reads a journal whose last line was cut off, and goes on behind it', async () => {
    put('a.js')
    const id = await run(plan('a.js'))
    const file = join(root, '.upgrade-kit/runs', id, 'journal.jsonl')
    truncateSync(file, statSync(file).size - 5)
    expect(await states()).toEqual(['interrupted'])
    expect((await undo(root)).restored).toEqual(['a.js'])
    expect(await states()).toEqual(['undone'])
  })

  it('says that a journal is damaged rather than to forget a part of it', async () => {
    put('a.js')
    const id = await run(plan('a.js'))
    const file = join(root, '.upgrade-kit/runs', id, 'journal.jsonl')
    const lines = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, lines.with(1, lines[1]!.slice(0, 20)).join('\n'))
    await expect(undo(root)).rejects.toThrow('is damaged')
  })
})

/*
 * A process that changes 520 files as a run does, or takes a run back. It counts its file
 * operations; at the given one it ends itself with SIGKILL, before or right after the operation was handed to the system,
 * with others under way.
 */
const url = (module: string): string => JSON.stringify(new URL(`../src/engine/${module}.ts`, import.meta.url).href)
const CHILD = `
import { createRequire, syncBuiltinESMExports } from 'node:module'
const [root, what, at, when] = process.argv.slice(1)
const fs = createRequire(root + '/x.js')('node:fs')
let operations = -Infinity
function count(object, name) {
  const original = object[name]
  object[name] = function (...args) {
    const isLast = ++operations === Number(at)
    if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL')
    const result = original.apply(this, args)
    if (isLast) process.kill(process.pid, 'SIGKILL')
    return result
  }
}
for (const name of ['open', 'rename', 'mkdir', 'rmdir', 'rm', 'lstat', 'readFile']) count(fs.promises, name)
for (const name of ['mkdirSync', 'writeFileSync', 'rmSync']) count(fs, name)
const handle = await fs.promises.open(process.execPath)
for (const name of ['writeFile', 'appendFile', 'sync', 'close']) count(Object.getPrototypeOf(handle), name)
await handle.close()
syncBuiltinESMExports()

const { openRun } = await import(${url('journal')})
const { undo, writeAll } = await import(${url('write')})
async function run() {
  const file = (i) => 'src/' + (i % 20) + '/' + i + '.js'
  const bytes = (i) => fs.readFileSync(root + '/' + file(i))
  const changed = Array.from({ length: 500 }, (_, i) =>
    ({ path: file(i), before: bytes(i), after: Buffer.concat([Buffer.from('new '), bytes(i)]), changes: [] }))
  const created = Array.from({ length: 20 }, (_, i) =>
    ({ path: 'made/' + i + '/new.js', before: undefined, after: Buffer.from('made'), changes: [] }))
  operations = 0
  const journal = await openRun(root, { recipe: 'express5', toolVersion: '0.0.0' })
  await writeAll(journal, [...changed, ...created])
  await journal.guard(['package.json', 'package-lock.json'])
  fs.writeFileSync(root + '/package.json', 'x'.repeat(50_000))
  fs.writeFileSync(root + '/package-lock.json', 'y'.repeat(500_000))
  await journal.settle()
  await journal.finish()
}
async function back() {
  operations = 0
  await undo(root)
}
await (what === 'run' ? run() : back())
fs.writeSync(1, String(operations))
`

/** Runs the process to its end, which may be the given operation; gives how many it did, NaN if it was killed. */
async function child(what: 'run' | 'undo', at = Number.POSITIVE_INFINITY): Promise<number> {
  const when = randomInt(2) === 0 ? 'before' : 'after'
  const args = ['--conditions=source', '--import=tsx', '--input-type=module', '-e', CHILD, root, what, String(at), when]
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  started.stdout.setEncoding('utf8').on('data', (data) => {
    out += data
  })
  const [code, signal] = await once(started, 'close')
  // a process that ended in another way was not killed at its point, and proves nothing
  if (POSIX) expect([code, signal]).toEqual(out === '' ? [null, 'SIGKILL'] : [0, null])
  return Number.parseInt(out, 10)
}

function makeTree(): void {
  const kinds = ['\uFEFFa\r\nb\r\n', 'a\nb', 'x'.repeat(5_000), Buffer.from([0xff, 0xfe, 0x00, 0x80])]
  for (let i = 0; i < 500; i++) {
    const file = `src/${i % 20}/${i}.js`
    put(file, Buffer.concat([Buffer.from(`${i}`), Buffer.from(kinds[i % 4]!)]))
    if (POSIX) chmodSync(join(root, file), [0o644, 0o755, 0o600][i % 3]!)
  }
  put('package.json', '{}')
}

describe('kill -9', () => {
  const kills = Number(process.env.UPGRADE_KIT_KILLS ?? 10)

  it(`${kills} times in the middle of a run or of taking it back: undo restores every byte`, {
    timeout: kills * 20_000,
  }, async () => {
    makeTree()
    const before = snapshot()
    const runs = await child('run')
    const after = snapshot()
    const undos = await child('undo')
    expect(snapshot()).toEqual(before)
    expect(after).not.toEqual(before)

    const seen = { untouched: 0, interrupted: 0, complete: 0, undoInterrupted: 0 }
    for (let i = 0; i < kills; i++) {
      rmSync(join(root, '.upgrade-kit'), { recursive: true, force: true, maxRetries: 3 })
      // One point in each of as many slices, so that every phase is hit; narrower ones where files are replaced.
      expect(await child('run', 1 + Math.floor(Math.sqrt((i + Math.random()) / kills) * runs))).toBeNaN()
      const halfway = snapshot()
      const [journalled] = await listRuns(root)
      for (const [path, state] of halfway) {
        const isGuarded = path.startsWith('package')
        const isTemporary = /(?:^|\/)\.upgrade-kit-\w+-\d+\.tmp$/.test(path)
        if (isGuarded || isTemporary) expect(journalled ?? before.get(path)).toBeDefined()
        else expect([before.get(path), after.get(path)]).toContain(state)
      }
      if (!journalled) {
        expect(halfway).toEqual(before)
        seen.untouched++
        continue
      }
      seen[journalled.state === 'complete' ? 'complete' : 'interrupted']++
      if (i % 2 === 1) await child('undo', 1 + randomInt(undos))
      const [left] = await listRuns(root)
      if (left?.state !== 'undone') {
        if (i % 2 === 1) seen.undoInterrupted++
        expect((await undo(root)).kept).toEqual([])
      }
      expect(snapshot()).toEqual(before)
      expect((await listRuns(root))[0]?.state).toBe('undone')
    }
    if (process.env.UPGRADE_KIT_KILLS) console.log({ ...seen, runs, undos })
    expect(seen.interrupted).toBeGreaterThan(0)
    expect(seen.undoInterrupted).toBeGreaterThan(0)
  })
})
