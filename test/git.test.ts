import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { gitState, listFiles, repositoryOf, webAddress } from '../src/engine/git.ts'

let top: string
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-git-')))
  vi.stubEnv('GIT_CEILING_DIRECTORIES', dirname(top))
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(top, 'no-such-config'))
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(top, { recursive: true, force: true, maxRetries: 3 })
})

const AUTHOR = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'protocol.file.allow=always']

function git(...args: string[]): string {
  return execFileSync('git', [...AUTHOR, ...args], { cwd: top, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function put(file: string, text = `${file}\n`): void {
  mkdirSync(dirname(join(top, file)), { recursive: true })
  writeFileSync(join(top, file), text)
}

function commitAll(): string {
  git('add', '-A')
  git('commit', '-q', '-m', 'all')
  return git('rev-parse', 'HEAD').trim()
}

describe('gitState', () => {
  it('knows a folder without a repository', async () => {
    expect(await gitState(top)).toEqual({ is: 'not-a-repository' })
    git('init', '-q')
    expect(await gitState(join(top, '.git'))).toEqual({ is: 'not-a-repository' })
  })

  it('knows a machine without git', async () => {
    vi.stubEnv('PATH', top)
    vi.stubEnv('Path', top)
    expect(await gitState(top)).toEqual({ is: 'no-git' })
    expect(listFiles(top)).toBeUndefined()
  })

  it('is clean with everything committed, and before the first commit of nothing', async () => {
    git('init', '-q')
    expect(await gitState(top)).toEqual({ is: 'clean' })
    put('a.js')
    expect(await gitState(top)).toEqual({ is: 'dirty', files: ['a.js'] })
    const head = commitAll()
    expect(await gitState(top)).toEqual({ is: 'clean', head })
  })

  it('is dirty with changed, staged, renamed, deleted and untracked files, whatever their names', async () => {
    git('init', '-q')
    const names = ['changed é.js', 'staged.js', 'old name.js', 'deleted.js', 'same.js']
    for (const name of names) put(name)
    commitAll()
    put('changed é.js', 'x')
    put('staged.js', 'x')
    git('add', 'staged.js')
    git('mv', 'old name.js', 'new name.js')
    rmSync(join(top, 'deleted.js'))
    put('sub/untracked.js')
    const state = await gitState(top)
    expect(state.is).toBe('dirty')
    const files = state.is === 'dirty' ? [...state.files].sort() : []
    expect(files.map((f) => f.normalize('NFC'))).toEqual(
      ['changed é.js', 'deleted.js', 'new name.js', 'old name.js', 'staged.js', 'sub/'].sort(),
    )
  })

  it('looks at the folder only, not at the rest of the repository', async () => {
    git('init', '-q')
    put('app/a.js')
    put('other/b.js')
    const head = commitAll()
    put('other/b.js', 'changed')
    put('c.js')
    expect(await gitState(join(top, 'app'))).toEqual({ is: 'clean', head })
    put('app/deep/new.js')
    put('app/a.js', 'changed')
    expect(await gitState(join(top, 'app'))).toEqual({ is: 'dirty', files: ['a.js', 'deep/'] })
  })

  it('is dirty as a whole where nothing of the folder is tracked, and not a repository where all is ignored', async () => {
    git('init', '-q')
    put('.gitignore', 'ignored/\n')
    commitAll()
    put('new/app/a.js')
    put('ignored/app/a.js')
    expect(await gitState(join(top, 'new/app'))).toEqual({ is: 'dirty', files: ['./'] })
    expect(await gitState(join(top, 'ignored/app'))).toEqual({ is: 'not-a-repository' })
  })

  it('never counts our own folder, with or without its .gitignore', async () => {
    git('init', '-q')
    put('a.js')
    put('packages/b/b.js')
    const head = commitAll()
    put('.upgrade-kit/runs/1/journal.jsonl')
    put('packages/b/.upgrade-kit/runs/1/journal.jsonl')
    expect(await gitState(top)).toEqual({ is: 'clean', head })
    expect(await gitState(join(top, 'packages/b'))).toEqual({ is: 'clean', head })
  })

  it('works in worktrees and submodules, whose .git is a file', async () => {
    git('init', '-q', 'library')
    put('library/lib.js')
    git('-C', 'library', 'add', '-A')
    git('-C', 'library', 'commit', '-q', '-m', 'lib')
    git('init', '-q', 'main')
    git('-C', 'main', 'submodule', '--quiet', 'add', join(top, 'library'), 'sub')
    git('-C', 'main', 'commit', '-q', '-m', 'main')
    git('-C', 'main', 'worktree', 'add', '-q', join(top, 'tree'))
    for (const folder of ['main/sub', 'tree']) {
      expect((await gitState(join(top, folder))).is).toBe('clean')
      put(`${folder}/new.js`)
      expect(await gitState(join(top, folder))).toEqual({ is: 'dirty', files: ['new.js'] })
    }
    expect(await gitState(join(top, 'main'))).toEqual({ is: 'dirty', files: ['sub'] })
  })

  it('asks about the folder it was given, also from within a git hook of another repository', async () => {
    git('init', '-q', 'a')
    git('init', '-q', 'b')
    put('a/new.js')
    vi.stubEnv('GIT_DIR', join(top, 'b/.git'))
    vi.stubEnv('GIT_WORK_TREE', join(top, 'b'))
    expect(await gitState(join(top, 'a'))).toEqual({ is: 'dirty', files: ['new.js'] })
    expect(listFiles(join(top, 'a'))).toEqual(['new.js'])
  })

  it('says so when git refuses to answer', async () => {
    git('init', '-q')
    put('.git/config', '[core\n')
    await expect(gitState(top)).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('config') })
  })
})

describe('listFiles', () => {
  it('lists tracked and untracked files of the folder, without ignored ones and other repositories', () => {
    git('init', '-q')
    put('.gitignore', 'ignored.js\nbuild/\n')
    for (const file of ['app/tracked.js', 'app/with space é.js', 'app/gone.js', 'outside.js']) put(file)
    commitAll()
    rmSync(join(top, 'app/gone.js'))
    for (const file of ['app/new/untracked.js', 'app/ignored.js', 'app/build/out.js']) put(file)
    git('init', '-q', 'app/nested')
    put('app/nested/theirs.js')
    execFileSync('git', [...AUTHOR, 'add', '-A'], { cwd: join(top, 'app/nested') })
    execFileSync('git', [...AUTHOR, 'commit', '-q', '-m', 'x'], { cwd: join(top, 'app/nested') })
    expect(
      listFiles(join(top, 'app'))
        ?.map((f) => f.normalize('NFC'))
        .sort(),
    ).toEqual(['gone.js', 'new/untracked.js', 'tracked.js', 'with space é.js'])
  })

  it('is undefined without a repository', () => {
    expect(listFiles(top)).toBeUndefined()
  })
})

describe('where files can be read on the web', () => {
  it.each([
    ['git@github.com:shop/api.git', 'https://github.com/shop/api'],
    ['ssh://git@gitlab.example.com:2222/team/sub/api.git', 'https://gitlab.example.com/team/sub/api'],
    ['https://token:x-oauth-basic@github.com/shop/api.git', 'https://github.com/shop/api'],
    ['https://user@git.example.com:8443/shop/api/', 'https://git.example.com:8443/shop/api'],
    ['/srv/git/api.git', undefined],
    ['../api', undefined],
    ['C:\\git\\api', undefined],
    ['file:///srv/api.git', undefined],
    ['https://github.com/shop/api"><script>', undefined],
    ['', undefined],
  ])('%s', (remote, url) => {
    expect(webAddress(remote)).toBe(url)
  })

  it('is a commit, the folder within the repository, and what differs from the commit', async () => {
    git('init', '-q')
    git('remote', 'add', 'fork', 'https://example.org/fork.git')
    git('remote', 'add', 'origin', 'https://secret@github.com/shop/api.git')
    put('packages/web/a.js')
    expect(await repositoryOf(join(top, 'packages/web'))).toBeUndefined()
    const commit = commitAll()
    put('packages/web/a.js', 'changed\n')
    const repository = { url: 'https://github.com/shop/api', commit }
    expect(await repositoryOf(join(top, 'packages/web'))).toEqual({
      ...repository,
      folder: 'packages/web',
      uncommitted: ['a.js'],
    })
    expect(await repositoryOf(top)).toMatchObject({ ...repository, folder: '.' })
  })

  it('is unknown without a remote, a repository or git', async () => {
    expect(await repositoryOf(top)).toBeUndefined()
    git('init', '-q')
    put('a.js')
    commitAll()
    expect(await repositoryOf(top)).toBeUndefined()
  })
})
