import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRun, type RunJournal } from '../src/engine/journal.ts'
import { type PlannedWrite, writeAll } from '../src/engine/write.ts'

const META = { recipe: 'express5', from: '4.0.0', to: '5.0.0', toolVersion: '0.0.0' }
const POSIX = process.platform !== 'win32'

let folder: string
let root: string
let journal: RunJournal
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-write-')))
  root = join(folder, 'project')
  mkdirSync(root)
  journal = await openRun(root, META)
})
afterEach(async () => {
  await journal.abandon()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

function put(file: string, content: string | Uint8Array = 'old\n'): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), content)
}

function read(file: string): Buffer {
  return readFileSync(join(root, file))
}

/** A write of `after` to a file that was read as it is now, or that does not exist. */
function plan(path: string, after: string | Uint8Array = 'new\n'): PlannedWrite {
  const before = existsSync(join(root, path)) && statSync(join(root, path)).isFile() ? read(path) : undefined
  return { path, before, after: Buffer.from(after), changes: ['express/app-del'] }
}

/** A symbolic link; Windows lets only some users make one, so that such a test ends there. */
function link(target: string, path: string, type: 'file' | 'dir' = 'file'): boolean {
  try {
    symlinkSync(target, join(root, path), type)
    return true
  } catch (error) {
    if (!POSIX && (error as NodeJS.ErrnoException).code === 'EPERM') return false
    throw error
  }
}

function namesIn(path: string): string[] {
  return readdirSync(path).sort()
}

describe('writeAll', () => {
  it.each([
    ['a BOM and CRLF', '\uFEFFa\r\nb\r\n'],
    ['no final newline', 'a\nb'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a])],
    ['nothing', ''],
  ])('writes %s to the byte and leaves nothing else behind', async (_, after) => {
    put('src/a.js')
    expect(await writeAll(journal, [plan('src/a.js', after)])).toEqual({
      written: ['src/a.js'],
      refused: [],
      stopped: false,
    })
    expect(read('src/a.js').equals(Buffer.from(after))).toBe(true)
    expect(namesIn(join(root, 'src'))).toEqual(['a.js'])
  })

  it.runIf(POSIX).each([0o755, 0o600, 0o664, 0o4750])('keeps mode %o', async (mode) => {
    put('a.js')
    chmodSync(join(root, 'a.js'), mode)
    expect((await writeAll(journal, [plan('a.js')])).written).toEqual(['a.js'])
    expect(statSync(join(root, 'a.js')).mode & 0o7777).toBe(mode)
  })

  it('creates a file, with its folders', async () => {
    const { written } = await writeAll(journal, [plan('new/deep/a.js'), plan('new/deep/b.js')])
    expect(written).toEqual(['new/deep/a.js', 'new/deep/b.js'])
    expect(read('new/deep/a.js').toString()).toBe('new\n')
  })

  it('refuses a file that changed, vanished or appeared since it was read, and writes the others', async () => {
    for (const file of ['changed.js', 'vanished.js', 'fine.js']) put(file)
    const plans = ['changed.js', 'vanished.js', 'appeared.js', 'fine.js'].map((file) => plan(file))
    put('changed.js', 'mine\n')
    rmSync(join(root, 'vanished.js'))
    put('appeared.js', 'mine\n')
    expect(await writeAll(journal, plans)).toEqual({
      written: ['fine.js'],
      refused: [
        { path: 'changed.js', reason: 'it changed since it was read; run again' },
        { path: 'vanished.js', reason: 'it was removed since it was read' },
        { path: 'appeared.js', reason: 'it was created by somebody else in the meantime' },
      ],
      stopped: false,
    })
    expect([read('changed.js'), read('appeared.js')].map(String)).toEqual(['mine\n', 'mine\n'])
  })

  it('looks once more at the last moment, after the journal is written', async () => {
    put('a.js')
    const late: RunJournal = {
      ...journal,
      announce: async (writes) => {
        const numbers = await journal.announce(writes)
        put('a.js', 'mine\n')
        return numbers
      },
    }
    const { refused } = await writeAll(late, [plan('a.js')])
    expect(refused).toEqual([{ path: 'a.js', reason: 'it changed since it was read; run again' }])
    expect(read('a.js').toString()).toBe('mine\n')
    expect(namesIn(root)).toEqual(['.upgrade-kit', 'a.js'])
  })

  it('refuses a read-only file', async () => {
    put('a.js')
    chmodSync(join(root, 'a.js'), 0o444)
    const { refused } = await writeAll(journal, [plan('a.js')])
    chmodSync(join(root, 'a.js'), 0o644)
    expect(refused).toEqual([{ path: 'a.js', reason: 'it is read-only' }])
    expect(read('a.js').toString()).toBe('old\n')
  })

  // Root may write everywhere.
  it.runIf(POSIX && process.getuid?.() !== 0)('refuses a file in a folder that cannot be written', async () => {
    put('locked/a.js')
    chmodSync(join(root, 'locked'), 0o555)
    const { refused } = await writeAll(journal, [plan('locked/a.js')])
    chmodSync(join(root, 'locked'), 0o755)
    expect(refused).toEqual([{ path: 'locked/a.js', reason: 'permission denied' }])
  })

  it('refuses what is in a file instead of a folder, a folder, and a name that is too long', async () => {
    put('file')
    put('folder/a.js')
    const long = `${'x'.repeat(300)}.js`
    const { refused } = await writeAll(journal, [plan('file/a.js'), plan('folder'), plan(long)])
    expect(refused.slice(0, 2)).toEqual([
      { path: 'file/a.js', reason: 'file is not a folder' },
      { path: 'folder', reason: 'it is a folder' },
    ])
    expect(refused[2]?.path).toBe(long)
  })

  it('goes on with the others where the system refuses at the last step', async () => {
    put('a.js')
    put('b.js')
    const late: RunJournal = {
      ...journal,
      announce: async (writes) => {
        const numbers = await journal.announce(writes)
        // A folder in place of the temporary file: a real failure of the file system, also for root.
        mkdirSync(join(root, `${journal.temporary}${numbers[0]}.tmp`))
        return numbers
      },
    }
    const { written, refused } = await writeAll(late, [plan('a.js'), plan('b.js')])
    expect(written).toEqual(['b.js'])
    expect(refused).toEqual([{ path: 'a.js', reason: expect.stringContaining('EEXIST') }])
    expect(read('a.js').toString()).toBe('old\n')
  })

  it.each(['../outside.js', '/etc/outside.js', 'C:/outside.js', 'a/../../outside.js', './a.js', 'a//b.js', ''])(
    'refuses the path %j',
    async (path) => {
      writeFileSync(join(folder, 'outside.js'), 'old\n')
      const write = { path, before: Buffer.from('old\n'), after: Buffer.from('new\n'), changes: [] }
      expect((await writeAll(journal, [write])).refused).toEqual([{ path, reason: 'it lies outside of the project' }])
      expect(readFileSync(join(folder, 'outside.js'), 'utf8')).toBe('old\n')
    },
  )

  it.each(['.git/config', '.GIT/hooks/pre-commit', 'sub/.git/config', '.upgrade-kit/runs/x'])(
    'refuses %s, which is not the user’s to be rewritten',
    async (path) => {
      put(path)
      const { refused } = await writeAll(journal, [plan(path)])
      expect(refused).toEqual([{ path, reason: 'it belongs to git or to upgrade-kit' }])
    },
  )

  it('replaces the target of a symbolic link within the project, and keeps the link', async () => {
    put('real/a.js')
    if (!link(join('real', 'a.js'), 'link.js') || !link('real', 'folder', 'dir')) return
    expect((await writeAll(journal, [plan('link.js')])).written).toEqual(['link.js'])
    expect(lstatSync(join(root, 'link.js')).isSymbolicLink()).toBe(true)
    expect(readlinkSync(join(root, 'link.js'))).toBe(join('real', 'a.js'))
    expect(read('real/a.js').toString()).toBe('new\n')
    expect((await writeAll(journal, [plan('folder/a.js', 'newer\n')])).written).toEqual(['folder/a.js'])
    expect(read('real/a.js').toString()).toBe('newer\n')
  })

  it('refuses symbolic links that leave the project, lead nowhere or back to themselves, or into .git', async () => {
    mkdirSync(join(folder, 'elsewhere'))
    writeFileSync(join(folder, 'elsewhere', 'a.js'), 'old\n')
    put('.git/config')
    const made = [
      link(join('..', 'elsewhere', 'a.js'), 'out.js'),
      link(join('..', 'elsewhere'), 'out', 'dir'),
      link('nowhere.js', 'dangling.js'),
      link('loop-b.js', 'loop-a.js'),
      link('loop-a.js', 'loop-b.js'),
      link(join('.git', 'config'), 'config.js'),
    ]
    if (made.includes(false)) return
    const paths = ['out.js', 'out/a.js', 'out/new.js', 'dangling.js', 'loop-a.js', 'config.js']
    const writes = paths.map((path) => ({ ...plan('none'), path, before: Buffer.from('old\n') }))
    expect((await writeAll(journal, writes)).refused.map((r) => r.reason)).toEqual([
      'it lies outside of the project',
      'it lies outside of the project',
      'it lies outside of the project',
      'it is a symbolic link that leads nowhere',
      'it is a symbolic link that leads back to itself',
      'it belongs to git or to upgrade-kit',
    ])
    expect(readFileSync(join(folder, 'elsewhere', 'a.js'), 'utf8')).toBe('old\n')
  })

  it('writes a file once, although it is planned under two names', async () => {
    put('a.js')
    if (!link('a.js', 'b.js')) return
    const { written, refused } = await writeAll(journal, [plan('a.js', 'one\n'), plan('b.js', 'two\n')])
    expect(written).toEqual(['a.js'])
    expect(refused).toEqual([{ path: 'b.js', reason: 'it is the same file as a.js, which is written too' }])
    expect(read('a.js').toString()).toBe('one\n')
  })

  it('leaves the other name of a hard link as it was', async () => {
    put('a.js')
    linkSync(join(root, 'a.js'), join(root, 'b.js'))
    await writeAll(journal, [plan('a.js')])
    expect([read('a.js'), read('b.js')].map(String)).toEqual(['new\n', 'old\n'])
  })

  it('stops between files when it is aborted, and says what was written', async () => {
    const files = Array.from({ length: 400 }, (_, i) => `${i}.js`)
    for (const file of files) put(file)
    const stop = new AbortController()
    const watch = setInterval(() => {
      if (read('0.js').toString() === 'new\n') stop.abort()
    })
    const plans = files.map((file) => plan(file))
    const { written, refused, stopped } = await writeAll(journal, plans, stop.signal)
    clearInterval(watch)
    const isNew = files.filter((file) => read(file).toString() === 'new\n')
    expect(refused).toEqual([])
    expect([...written].sort()).toEqual([...isNew].sort())
    expect(written.length).toBeGreaterThan(0)
    expect(written.length).toBeLessThan(files.length)
    expect(stopped).toBe(true)
    expect(namesIn(root).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('writes nothing and leaves no trace when it is aborted before it began', async () => {
    put('a.js')
    expect(await writeAll(journal, [plan('a.js')], AbortSignal.abort())).toEqual({
      written: [],
      refused: [],
      stopped: true,
    })
    expect(read('a.js').toString()).toBe('old\n')
    expect(await journal.finish()).toBeUndefined()
    expect(namesIn(join(root, '.upgrade-kit', 'runs'))).toEqual([])
  })
})
