import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Discovery, discover, guardSize, guardText, MAX_BYTES } from '../src/engine/discover.ts'
import { UserError } from '../src/model/user-error.ts'

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A temporary folder with these files; a value is the content, `''` for most. */
function tree(files: Record<string, string> | readonly string[]): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'upgrade-kit-discover-')))
  made.push(root)
  const contents = Array.isArray(files) ? Object.fromEntries(files.map((file) => [file, ''])) : files
  for (const [file, content] of Object.entries(contents)) write(root, file, content as string)
  return root
}

function write(root: string, file: string, content: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  writeFileSync(path.join(root, file), content)
}

function git(root: string, ...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root, stdio: 'pipe' })
}

function repository(files: Record<string, string> | readonly string[]): string {
  const root = tree(files)
  git(root, 'init', '-q')
  return root
}

const counts = ({ leftOut }: Discovery) => Object.fromEntries(leftOut.map(({ reason, files }) => [reason, files]))

/** Symbolic links need a privilege on Windows. */
const canLink = process.platform !== 'win32'

const IGNORES = {
  '.gitignore': '# comment\n/build\n*.gen.js\n!keep.gen.js\nlogs/\n',
  'app.js': '',
  'a.gen.js': '',
  'keep.gen.js': '',
  'build/out.js': '',
  'src/build/source.js': '',
  'src/logs/keep.gen.js': '',
  'src/logs/.gitignore': '!back.js\n!sub/\n',
  'src/logs/back.js': '',
  'src/logs/sub/back.js': '',
  'packages/api/.gitignore': 'local.ts\n!important.gen.js\n/only-here.js\n',
  'packages/api/local.ts': '',
  'packages/api/important.gen.js': '',
  'packages/api/only-here.js': '',
  'packages/api/deep/only-here.js': '',
  'packages/web/local.ts': '',
}
const NOT_IGNORED = [
  'app.js',
  'keep.gen.js',
  'packages/api/deep/only-here.js',
  'packages/api/important.gen.js',
  'packages/web/local.ts',
  'src/build/source.js',
]

describe('which files', () => {
  it('lists code, package.json, workspace and tsconfig files, and nothing else', () => {
    const code = ['a.js', 'b.cjs', 'c.mjs', 'd.jsx', 'e.ts', 'f.tsx', 'g.mts', 'h.cts']
    const root = tree([
      ...code,
      'package.json',
      'pnpm-workspace.yaml',
      'tsconfig.build.json',
      'README.md',
      'js',
      'x.json',
    ])
    const found = discover(root)
    expect(found.byGroup).toEqual({
      code,
      manifest: ['package.json'],
      workspace: ['pnpm-workspace.yaml'],
      compiler: ['tsconfig.build.json'],
      environment: [],
      schema: [],
    })
    expect(found.files).toHaveLength(11)
  })

  it('honours every .gitignore with git', () => {
    const found = discover(repository(IGNORES))
    expect(found.inGit).toBe(true)
    expect(found.files).toEqual(NOT_IGNORED)
  })

  it('honours every .gitignore without git, and means the same by it', () => {
    const found = discover(tree(IGNORES))
    expect(found.inGit).toBe(false)
    expect(found.files).toEqual(NOT_IGNORED)
  })

  it('takes a project that an outer repository ignores for a project of its own', () => {
    const outer = repository({
      '.gitignore': 'sandbox\n',
      'sandbox/app.js': '',
      'sandbox/.gitignore': 'x.js',
      'sandbox/x.js': '',
    })
    expect(discover(path.join(outer, 'sandbox'))).toMatchObject({ files: ['app.js'], inGit: false })
  })

  it('lists below the root only, when the root is a folder of a repository', () => {
    const outer = repository(['app.js', 'packages/api/server.js'])
    expect(discover(path.join(outer, 'packages/api')).files).toEqual(['server.js'])
  })

  it('drops a file that is tracked but deleted', () => {
    const root = repository(['gone.js', 'here.js'])
    git(root, 'add', '.')
    rmSync(path.join(root, 'gone.js'))
    expect(discover(root).files).toEqual(['here.js'])
  })

  it('says which files a sparse checkout keeps away', () => {
    const root = repository(['package.json', 'api/app.js', 'web/a.ts', 'web/b.ts', 'web/readme.md'])
    git(root, 'add', '.')
    git(root, 'commit', '-q', '-m', 'x')
    git(root, 'sparse-checkout', 'set', '--cone', 'api')
    const found = discover(root)
    expect(found.files).toEqual(['api/app.js', 'package.json'])
    expect(counts(found)).toEqual({ 'files that git has not checked out here (git sparse-checkout)': 2 })
  })

  it('is not led astray by the environment of a git hook', () => {
    const root = repository(['app.js'])
    process.env.GIT_DIR = path.join(root, 'elsewhere')
    try {
      expect(discover(root)).toMatchObject({ files: ['app.js'], inGit: true })
    } finally {
      delete process.env.GIT_DIR
    }
  })

  it('says so when git is missing', () => {
    const root = repository(['app.js'])
    const { PATH } = process.env
    process.env.PATH = path.join(root, 'no-such-folder')
    try {
      const found = discover(root)
      expect(found).toMatchObject({ files: ['app.js'], inGit: false })
      expect(found.remarks).toEqual([expect.stringContaining('git is not installed')])
    } finally {
      process.env.PATH = PATH
    }
  })

  it('lists names that need quoting', () => {
    const names = ['a b.js', 'ü.ts', "it's (1) [x].js"]
    expect(discover(repository(names)).files).toEqual([...names].sort())
  })

  it.each([
    ['node_modules/express/index.js', 'installed packages (node_modules)'],
    ['.yarn/releases/yarn-4.1.0.cjs', 'files of a package manager'],
    ['.pnp.cjs', 'files of a package manager'],
    ['public/bower_components/jquery/jquery.js', 'files of a package manager'],
    ['.next/server/page.js', 'output of a build tool'],
    ['public/app.min.js', 'minified files'],
    ['src/types.d.ts', 'type declarations'],
    ['src/types.d.mts', 'type declarations'],
  ])('leaves %s out and counts it', (file, reason) => {
    const root = repository([file, 'app.js', 'src/adder.ts'])
    const found = discover(root)
    expect(found.files).toEqual(['app.js', 'src/adder.ts'])
    expect(found.leftOut).toEqual([{ reason, files: 1, examples: [file] }])
  })

  it('keeps source folders with the name of a build folder', () => {
    const names = ['build/index.js', 'dist/a.ts', 'lib/vendor/b.js', 'packages/build/src/c.ts', 'src/coverage/d.js']
    expect(discover(repository(names)).files).toEqual(names)
    expect(discover(tree(names)).files).toEqual(names)
  })

  it('mentions a repository inside this one', () => {
    const root = repository(['app.js', 'nested/index.js'])
    git(path.join(root, 'nested'), 'init', '-q')
    const found = discover(root)
    expect(found.files).toEqual(['app.js'])
    expect(found.leftOut).toEqual([expect.objectContaining({ files: 1, examples: ['nested'] })])
  })
})

describe.runIf(canLink)('symbolic links', () => {
  for (const [kind, make] of [
    ['git', repository],
    ['no git', tree],
  ] as const) {
    it(`does not follow one that leaves the project, and says so (${kind})`, () => {
      const outside = tree(['secret.js', 'lib/x.js'])
      const root = make(['app.js'])
      symlinkSync(path.join(outside, 'secret.js'), path.join(root, 'secret.js'))
      symlinkSync(path.join(outside, 'lib'), path.join(root, 'lib'))
      const found = discover(root)
      expect(found.files).toEqual(['app.js'])
      expect(found.notLookedAt.map(({ file, kind }) => `${kind} ${file}`).sort()).toEqual([
        'symlink lib',
        'symlink secret.js',
      ])
      expect(found.notLookedAt[0]?.reason).toContain('leads out of the project')
    })

    it(`lists what two names lead to once, and survives loops (${kind})`, () => {
      const root = make(['real/a.js'])
      symlinkSync('real/a.js', path.join(root, 'again.js'))
      symlinkSync('real', path.join(root, 'same'))
      symlinkSync('..', path.join(root, 'real/up'))
      symlinkSync('self.js', path.join(root, 'self.js'))
      const found = discover(root)
      expect(found.files).toEqual(['real/a.js'])
      expect(found.leftOut).toEqual([])
      expect(found.notLookedAt).toEqual([
        { file: 'self.js', kind: 'symlink', reason: 'a symbolic link that leads back to itself' },
      ])
    })
  }

  it('reads the links of the index the same way', () => {
    const outside = tree(['x.js'])
    const root = repository(['app.js'])
    symlinkSync(path.join(outside, 'x.js'), path.join(root, 'x.js'))
    symlinkSync('nowhere', path.join(root, 'broken.js'))
    symlinkSync('app.js', path.join(root, 'same.js'))
    git(root, 'add', '.')
    const found = discover(root)
    expect(found.files).toEqual(['app.js'])
    expect(found.notLookedAt.map(({ file }) => file)).toEqual(['broken.js', 'x.js'])
  })

  it('counts one that leads to a file that is left out', () => {
    const root = repository({ '.gitignore': 'gen.js', 'gen.js': '', 'app.js': '' })
    symlinkSync('gen.js', path.join(root, 'link.js'))
    expect(counts(discover(root))).toEqual({ 'symbolic links to files that are left out': 1 })
  })
})

describe('paths, --include and --exclude', () => {
  const files = ['app.js', 'src/a.js', 'src/b.ts', 'src/deep/c.js', 'test/d.js']

  it('restricts to files and folders, relative to the working folder, and keeps the rest as context', () => {
    const root = repository(files)
    const found = discover(root, { paths: ['deep', '../app.js'], cwd: path.join(root, 'src') })
    expect(found.files).toEqual(['app.js', 'src/deep/c.js'])
    expect(found.context).toEqual(files)
    expect([...found.named]).toEqual(['app.js'])
  })

  it('takes the root itself for everything', () => {
    expect(discover(repository(files), { paths: ['.'] }).files).toEqual(files)
  })

  it('looks at an ignored, minified or vendored file that is named', () => {
    const root = repository({ '.gitignore': 'gen.js', 'gen.js': '', 'x.min.js': '', 'types.d.ts': '', 'app.js': '' })
    const found = discover(root, { paths: ['gen.js', 'x.min.js', 'types.d.ts'] })
    expect(found.files).toEqual(['gen.js', 'x.min.js'])
    expect(counts(found)).toEqual({ 'type declarations': 1 })
  })

  it('says so when a folder holds nothing to look at', () => {
    const root = repository({ '.gitignore': 'gen', 'gen/a.js': '', 'app.js': '' })
    const found = discover(root, { paths: ['gen'] })
    expect(found.files).toEqual([])
    expect(found.remarks).toEqual([expect.stringContaining('no file to look at in gen')])
  })

  it('counts a named file of another kind', () => {
    expect(counts(discover(repository(['README.md']), { paths: ['README.md'] }))).toEqual({
      'files of a kind that is not read': 1,
    })
  })

  it('refuses a path outside the project and one that does not exist', () => {
    const root = tree(files)
    const other = tree(['x.js'])
    expect(() => discover(root, { paths: [path.join(other, 'x.js')] })).toThrow(UserError)
    expect(() => discover(root, { paths: ['..'] })).toThrow(/outside the project/)
    expect(() => discover(root, { paths: ['nope.js'] })).toThrow(/nope\.js does not exist/)
    expect(() => discover(path.join(root, 'app.js'))).toThrow(/is not a folder/)
  })

  it('honours --include and --exclude', () => {
    const root = repository(files)
    expect(discover(root, { include: ['src/**/*.{js,mjs}'] }).files).toEqual(['src/a.js', 'src/deep/c.js'])
    expect(discover(root, { include: ['./src'] }).files).toEqual(['src/a.js', 'src/b.ts', 'src/deep/c.js'])
    const found = discover(root, { exclude: ['test', '**/deep/**'] })
    expect(found.files).toEqual(['app.js', 'src/a.js', 'src/b.ts'])
    expect(found.context).toEqual(files)
    expect(counts(found)).toEqual({ 'left out by --exclude': 2 })
  })
})

describe('guards on content', () => {
  const kind = (text: string | Uint8Array, file = 'src/a.js', named = false) =>
    guardText(typeof text === 'string' ? Buffer.from(text) : text, file, {
      root: tmpdir(),
      named: new Set(named ? [file] : []),
      context: [file],
    })?.kind
  const source = "const app = require('express')()\napp.get('/', (req, res) => res.send('hi'))\n"

  it('lets hand-written code through', () => {
    expect(kind(source.repeat(200))).toBeUndefined()
    expect(kind('')).toBeUndefined()
    expect(kind(`\uFEFF${source}`)).toBeUndefined()
    expect(kind(`module.exports = '${'x'.repeat(1500)}'`)).toBeUndefined()
  })

  it('refuses more than 1 MiB, before or after reading', () => {
    expect(kind(source.repeat(14_000))).toBe('too-big')
    expect(guardSize(MAX_BYTES, 'a.js')).toBeUndefined()
    expect(guardSize(5 * MAX_BYTES, 'a.js')).toMatchObject({
      kind: 'too-big',
      reason: expect.stringContaining('5.0 MiB'),
    })
  })

  it('refuses long lines', () => {
    expect(kind(`${'a();'.repeat(600)}\n`)).toBe('minified')
    expect(kind(`${source.repeat(500)}x = "${'y'.repeat(20_001)}"\n${source}`)).toBe('minified')
    expect(kind(`${source.repeat(500)}x = "${'y'.repeat(19_000)}"\n${source}`)).toBeUndefined()
  })

  it('refuses what is not UTF-8 text', () => {
    expect(kind(Buffer.from([0x61, 0, 0x62]))).toBe('binary')
    expect(kind(Buffer.from([0x2f, 0x2f, 0xe9, 0x0a]))).toBe('encoding')
    expect(kind(Buffer.from('\uFEFFvar a', 'utf16le'))).toBe('encoding')
  })

  it.each([
    ['/**\n * @generated SignedSource<<x>>\n */\nvar a'],
    ['#!/usr/bin/env node\n// Code generated by protoc-gen-ts. DO NOT EDIT.\nvar a'],
    ['/* This file was automatically generated.\n * DO NOT MODIFY IT BY HAND. */\nvar a'],
    ['var a\n//# sourceMappingURL=a.js.map\n\n'],
    ['/******/ (() => {\n/******/ function __webpack_require__(id) {\n/******/ }})()'],
  ])('refuses generated code: %j', (text) => {
    expect(kind(text)).toBe('generated')
  })

  it.each([
    ["const marker = '@generated'\n"],
    ['// ids are auto-generated by the database\nvar a'],
    ['// do not edit the order of these routes\nvar a'],
    ["s.replace(/sourceMappingURL=/, '')\n"],
    ["if (typeof __webpack_require__ === 'function') {}\n"],
  ])('keeps code that only talks about it: %j', (text) => {
    expect(kind(text)).toBeUndefined()
  })

  it('needs the name of the folder and a mark in the content to take a file for build output or a vendored library', () => {
    const compiled = '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n'
    expect(kind(compiled, 'dist/a.js')).toBe('generated')
    expect(kind(compiled, 'src/a.js')).toBeUndefined()
    expect(kind(source, 'dist/a.js')).toBeUndefined()
    const library = '/*!\n * jQuery JavaScript Library v3.7.1\n * Released under the MIT license\n */\nvar a'
    expect(kind(library, 'public/vendor/jquery.js')).toBe('generated')
    expect(kind(library, 'src/jquery.js')).toBeUndefined()
    expect(kind(source, 'vendor/ours.js')).toBeUndefined()
    expect(kind(source, 'coverage/lcov-report/sorter.js')).toBe('generated')
    expect(kind(source, 'src/coverage/index.js')).toBeUndefined()
  })

  describe('compiled code with a source map', () => {
    const inline = (sources: readonly string[], sourceRoot?: string) =>
      `data:application/json;base64,${Buffer.from(JSON.stringify({ version: 3, sources, sourceRoot, sourcesContent: ['x'.repeat(9000)] })).toString('base64')}`
    const compiled = (url: string) =>
      `"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n${source}//# sourceMappingURL=${url}\n`
    const judge = (url: string, files: Readonly<Record<string, string>>, file = 'build/api/index.js') => {
      const root = tree({ [file]: compiled(url), ...files })
      const { context } = discover(root)
      return guardText(Buffer.from(compiled(url)), file, { root, named: new Set(), context })?.kind
    }

    it.each([
      ['its source is there', inline(['../../src/api/index.ts']), { 'src/api/index.ts': '' }],
      ['its source is in another place', inline(['../../src/api/index.ts']), { 'packages/core/api/index.ts': '' }],
      ['its source has another ending', inline(['index.ts']), { 'src/api/index.js': '' }],
      ['its map is gone', 'index.js.map', {}],
      ['its map is broken', 'data:application/json;base64,e30', {}],
      ['its map names no files', inline(['webpack://app/./src/api/index.ts']), {}],
      ['its map names files of another machine', inline(['src/api/index.ts'], '/home/builder/app'), {}],
      [
        'its map is a file',
        'index.js.map',
        { 'build/api/index.js.map': '{"sources":["index.ts"]}', 'build/api/index.ts': '' },
      ],
    ])('is left out: %s', (_why, url, files) => {
      expect(judge(url, files)).toBe('generated')
    })

    it.each([
      ['in the text', inline(['../../src/api/index.ts']), {}],
      ['beside it', 'index.js.map', { 'build/api/index.js.map': '{"sources":["../../src/api/index.ts"]}' }],
      ['and it was compiled twice', inline(['../../src/api/index.ts']), { 'build/api/index.mjs': '' }],
      [
        'and what else was compiled is called alike',
        inline(['../../src/api/index.ts']),
        { 'build/web/api/index.js': '' },
      ],
      [
        'and another file is called alike',
        inline(['../../src/api/index.ts']),
        { 'src/index.ts': '', 'test/my-api/index.ts': '' },
      ],
    ])('is looked at where its source is not in the project: the map is %s', (_where, url, files) => {
      expect(judge(url, files)).toBeUndefined()
    })
  })

  it('looks at a named file unless it is not text', () => {
    expect(kind(source.repeat(14_000), 'a.js', true)).toBeUndefined()
    expect(kind('// @generated\n', 'a.js', true)).toBeUndefined()
    expect(kind(Buffer.from([0x61, 0, 0x62]), 'a.js', true)).toBe('binary')
  })

  it('reads the bytes it is given and not the buffer they are part of', () => {
    const bytes = Buffer.concat([Buffer.from([0]), Buffer.from(source)])
    expect(kind(bytes.subarray(1))).toBeUndefined()
  })
})
