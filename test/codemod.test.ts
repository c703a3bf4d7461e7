import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CodemodRequest, Engine, Progress } from '../src/engine/api.ts'
import type { Report } from '../src/model/report.ts'
import { textReport } from '../src/report/text.ts'
import { compiled } from './data/compiled.ts'

vi.setConfig({ testTimeout: 60_000 })

// compiled, because every codemod has a thread of its own, which would have to read TypeScript first
let engine: Engine
let UserError: typeof import('../src/model/user-error.ts').UserError
beforeAll(async () => {
  const { createEngine } = await compiled<typeof import('../src/engine/session.ts')>('engine/session')
  engine = createEngine({ providers: [], changes: {} }, '0.0.0')
  ;({ UserError } = await compiled<typeof import('../src/index.ts')>('index'))
})

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-codemod-')))
  put('package.json', '{ "name": "shop" }\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }))

function put(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), content)
}
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

function run(transform: string, options: Partial<CodemodRequest> = {}): Promise<Report> {
  const mode = options.mode ?? 'apply'
  return engine.runCodemod({
    root,
    transform,
    level: 'review',
    types: 'off',
    install: true,
    verify: false,
    mode,
    ...options,
  })
}

/** What every codemod of these tests does, in the two ways to write a module. */
const BODY = `
  const j = api.jscodeshift
  const root = j(file.source)
  root.find(j.MemberExpression, { property: { name: 'del' } }).forEach((path) => {
    path.node.property.name = 'delete'
    api.stats('renamed')
  })
`
const COMMONJS = `module.exports = function (file, api) {${BODY}  return root.toSource()\n}\n`
const ESM = `export default function (file, api) {${BODY}  return root.toSource()\n}\n`

const ODD = "\uFEFF'use strict'\r\n\r\napp.del( '/a',x )   // del\r\n\r\n\r\nlet a = {b:1}\r\n"
const ODD_AFTER = ODD.replace('app.del', 'app.delete')

describe('a transform is loaded', () => {
  test.each([
    ['CommonJS', 'mod.cjs', COMMONJS],
    ['CommonJS by default', 'mod.js', COMMONJS],
    ['ESM, as jscodeshift reads it', 'mod.js', ESM],
    ['ESM', 'mod.mjs', ESM],
    ['TypeScript', 'mod.ts', ESM.replace('(file, api)', '(file: { source: string }, api: any): string')],
    [
      'asynchronous',
      'mod.js',
      ESM.replace('default function', 'default async function').replace('return', 'await null; return'),
    ],
  ])('%s', async (_, name, code) => {
    put(`mods/${name}`, code)
    put('src/a.js', ODD)
    const report = await run(`mods/${name}`)
    expect(report.notLookedAt).toEqual([])
    expect(read('src/a.js')).toBe(ODD_AFTER)
    expect(report.remarks).toContain('the codemod counted: renamed 1')
  })

  test('with files of its own, in a package of modules', async () => {
    put('mods/package.json', '{ "type": "module" }')
    put('mods/names.js', "export const name = 'delete'\n")
    put('mods/mod.js', `import { name } from './names.js'\n${ESM.replace("'delete'", 'name')}`)
    put('src/a.js', ODD)
    await run('mods/mod.js', { paths: ['src'] })
    expect(read('src/a.js')).toBe(ODD_AFTER)
  })

  test.each([
    ['is not there', 'none.js', undefined, /does not exist/],
    ['is a folder', 'mods', undefined, /is a folder/],
    ['is no code', 'mods/a.json', '{}', /`\.json`/],
    ['does not parse', 'mods/a.js', 'export default (', /cannot be loaded/],
    ['throws', 'mods/a.js', "throw new Error('no licence')", /no licence/],
    ['needs what is not installed', 'mods/a.js', "require('not-installed-here')", /not-installed-here/],
    ['exports no function', 'mods/a.js', 'module.exports = { parser: "ts" }', /exports no transform/],
  ])('but not one that %s', async (_, path, code, message) => {
    put('mods/other.js', '')
    if (code !== undefined) put(path, code)
    const failure = await run(path).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(UserError)
    expect((failure as Error).message).toMatch(message)
  })

  test('and a parser that does not exist is refused', async () => {
    put('mod.js', COMMONJS)
    await expect(run('mod.js', { parser: 'typescript' })).rejects.toThrow(/no parser `typescript`/)
  })
})

describe('parsers', () => {
  const typed = 'const a = <T>(x: T) => app.del(<any>x)\n'
  test('fit the file', async () => {
    put('mod.js', COMMONJS)
    put('a.ts', typed)
    put('b.tsx', 'const a = <T,>(x: T) => <p>{app.del( x )}</p>\n')
    expect((await run('mod.js')).notLookedAt).toEqual([])
    expect(read('a.ts')).toBe(typed.replace('del', 'delete'))
    expect(read('b.tsx')).toContain('app.delete( x )')
  })
  test.each([
    ['a type import', 'a.jsx', "import React, { type X } from 'react'\napp.del()\n", 'babylon'],
    ['Flow', 'a.js', '// @flow\nimport typeof X from "x"\nexport type T = {| a: ?string |}\napp.del()\n', 'babylon'],
    ['what any can read', 'a.js', 'app.del()\n', 'babel'],
  ])('are tried one after the other: %s', async (_, file, text, parser) => {
    put('mod.js', COMMONJS)
    put(file, text)
    const report = await run('mod.js')
    expect(report.notLookedAt).toEqual([])
    expect(read(file)).toBe(text.replace('del', 'delete'))
    expect(report.remarks).toContain(`parsed with jscodeshift's parser \`${parser}\` (${file})`)
  })
  test('say what the first of them said, where none can read a file', async () => {
    put('mod.js', COMMONJS)
    put('a.js', 'app.del(\n')
    expect((await run('mod.js')).notLookedAt).toMatchObject([{ file: 'a.js', kind: 'unparsable' }])
  })
  test('are the transform’s own, and the option overrules it', async () => {
    put('mod.js', `${ESM}export const parser = 'tsx'\n`)
    put('a.ts', typed)
    expect((await run('mod.js', { mode: 'dry-run' })).notLookedAt).toMatchObject([
      { file: 'a.ts', change: 'codemod/mod' },
    ])
    expect((await run('mod.js', { mode: 'dry-run', parser: 'ts' })).notLookedAt).toEqual([])
  })
})

describe('a run', () => {
  test('writes one fix per file, is undone byte for byte, and writes nothing the second time', async () => {
    put('mods/rename.js', COMMONJS)
    put('src/a.js', `${ODD}\r\nb(function () { return app.del( 1 ) })\r\n`)
    put('src/b.js', 'const same  =  1\n')
    const before = read('src/a.js')
    const report = await run('mods/rename.js')
    expect(read('src/a.js')).toBe(before.replaceAll('app.del', 'app.delete'))
    expect(read('src/b.js')).toBe('const same  =  1\n')
    expect(report.findings).toMatchObject([
      {
        change: 'codemod/rename',
        file: 'src/a.js',
        outcome: 'written',
        at: { line: 3 },
        message: 'the codemod rewrites this file in 2 places; read the diff',
        fix: { applicability: 'review', edits: [{ text: 'ete' }, { text: 'ete' }] },
      },
    ])
    expect(report.recipe.id).toBe('run-codemod mods/rename.js')
    expect(report.installation).toBeUndefined()
    expect((await run('mods/rename.js')).findings).toEqual([])
    await engine.undo(root)
    expect(read('src/a.js')).toBe(before)
  })

  test('in a dry run writes nothing and shows the patch', async () => {
    put('mod.js', COMMONJS)
    put('a.js', 'app.del()\n')
    const report = await run('mod.js', { mode: 'dry-run' })
    expect(read('a.js')).toBe('app.del()\n')
    expect(report.patches).toEqual([
      { file: 'a.js', before: 'app.del()\n', after: 'app.delete()\n', changes: ['codemod/mod'] },
    ])
  })

  test('leaves its own code, other paths, generated files and what does not parse alone', async () => {
    put('mod.js', `${COMMONJS}function unused() { app.del() }\n`)
    put('src/a.js', 'app.del()\n')
    put('src/made.js', '// @generated\napp.del()\n')
    put('src/broken.js', 'app.del(\n')
    put('other/b.js', 'app.del()\n')
    const report = await run('mod.js', { paths: ['src', 'mod.js'] })
    expect(report.findings.map(({ file }) => file)).toEqual(['src/a.js'])
    expect(report.notLookedAt).toMatchObject([
      { file: 'src/broken.js', kind: 'unparsable', reason: expect.stringContaining('line 2') },
      { file: 'src/made.js', kind: 'generated' },
    ])
  })

  test('goes on when the transform fails on a file, and says what happened', async () => {
    const returns = { 'a.js': "'const ='", 'b.js': '{ code: 1 }', 'c.js': "'ok()'", 'd.js': 'undefined' }
    const cases = Object.entries(returns).map(([file, value]) => `if (path.endsWith('${file}')) return ${value}`)
    put('mod.js', `module.exports = ({ path }) => {\n${cases.join('\n')}\nthrow new Error('no idea\\nat all')\n}\n`)
    for (const file of [...Object.keys(returns), 'e.js']) put(file, 'x()\n')
    const report = await run('mod.js', { mode: 'dry-run' })
    expect(report.notLookedAt.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
      expect.stringMatching(/^a\.js: what the codemod made of it does not parse: .+line 1/),
      'b.js: the codemod returned an object and no text',
      'e.js: the codemod failed on it: no idea',
    ])
    expect(report.findings.map(({ file }) => file)).toEqual(['c.js'])
  })

  test('keeps what the codemod prints off standard output', async () => {
    put('mod.js', `module.exports = (file, api) => { console.log('seen %d', 1); api.report('look here') }\n`)
    put('a.js', 'x()\n')
    const log = vi.spyOn(console, 'log')
    const report = await run('mod.js', { mode: 'dry-run' })
    expect(log).not.toHaveBeenCalled()
    expect(report.remarks).toEqual(
      expect.arrayContaining(['the codemod said: seen 1', 'the codemod said: a.js: look here']),
    )
  })
})

describe('a transform that does not come back', () => {
  const files = ['a.js', 'b.js', 'c.js', 'd.js', 'e.js']
  const on = (file: string, statement: string) =>
    COMMONJS.replace('{', `{ if (file.path.endsWith('${file}')) { ${statement} }`)
  const reasons = ({ notLookedAt }: Report) => notLookedAt.map(({ file, reason }) => `${file}: ${reason}`)

  test.each([
    ['loops for ever', 'for (;;);', 'b.js: the codemod had not ended after 1 s'],
    ['waits for ever', 'return new Promise(() => {})', 'b.js: the codemod had not ended after 1 s'],
    ['ends the process', 'process.exit(0)', 'b.js: it ended the process, with exit code 0'],
    [
      'throws later',
      "setTimeout(() => { throw new Error('too late') }); return new Promise(() => {})",
      'b.js: it ended with an error: too late',
    ],
    ['throws nothing', 'throw undefined', 'b.js: the codemod failed on it: undefined'],
  ])('%s: that file is left, and the others are done', async (_, statement, reason) => {
    put('mod.js', on('b.js', statement))
    for (const file of files) put(file, 'app.del()\n')
    const report = await run('mod.js', { transformTimeoutSeconds: 1 })
    expect(reasons(report)).toEqual([reason])
    expect(files.map(read)).toEqual(files.map((file) => (file === 'b.js' ? 'app.del()\n' : 'app.delete()\n')))
  })

  test('is not waited for again and again', async () => {
    put('mod.js', 'module.exports = () => { for (;;); }\n')
    for (const file of files) put(file, 'x()\n')
    const report = await run('mod.js', { transformTimeoutSeconds: 0.2 })
    expect(reasons(report).filter((reason) => reason.includes('had not ended'))).toHaveLength(3)
    expect(reasons(report)[4]).toBe('e.js: not run: it had come back from none of 3 files in time')
  })

  test('as soon as it is loaded is refused', async () => {
    put('mod.js', 'process.exit(3)\n')
    await expect(run('mod.js')).rejects.toThrow(/mod\.js cannot be loaded: it ended the process, with exit code 3/)
  })

  test('is stopped with the run', async () => {
    put('mod.js', 'module.exports = () => { for (;;); }\n')
    put('a.js', 'x()\n')
    const stop = new AbortController()
    const onProgress = ({ phase }: Progress) => {
      if (phase === 'scan') setTimeout(() => stop.abort(), 200)
    }
    await expect(run('mod.js', { signal: stop.signal, onProgress })).rejects.toMatchObject({ name: 'Interrupted' })
  })
})

describe('what codemods do', () => {
  const codemod = (body: string) =>
    `export default (file, api) => { const j = api.jscodeshift; const root = j(file.source); ${body}; return root.toSource() }\n`
  test.each([
    ['nothing', '', 'const a = !await_\nlet b = (c),d ;\n', 'const a = !await_\nlet b = (c),d ;\n'],
    [
      'add an argument',
      "root.find(j.CallExpression, { callee: { name: 'f' } }).forEach((p) => { p.node.arguments.push(j.identifier('next')) })",
      "f( 'a',\n   b )\nother( 'x' )\n",
      "f( 'a',\n   b, next )\nother( 'x' )\n",
    ],
    [
      'add a property',
      "root.find(j.ObjectExpression).forEach((p) => { p.node.properties.push(j.property('init', j.identifier('z'), j.literal(1))) })",
      'f({ a:1 })\ng({\n  // why\n  a:1,\n})\n',
      'f({ a:1, z: 1 })\ng({\n  // why\n  a:1,\n\n  z: 1\n})\n',
    ],
    [
      'remove a statement',
      "root.find(j.ExpressionStatement, { expression: { callee: { name: 'gone' } } }).remove()",
      'function f( ) {\n  a( )\n  gone()\n\n  return ( b )\n}\n',
      'function f( ) {\n  a( )\n\n  return ( b )\n}\n',
    ],
  ])('%s', async (_, body, before, after) => {
    put('mod.js', codemod(body))
    put('src/a.js', before)
    await run('mod.js', { paths: ['src'] })
    expect(read('src/a.js')).toBe(after)
  })
})

test('the text report speaks of a codemod, not of versions and of what breaks', async () => {
  put('mod.js', COMMONJS)
  put('a.js', 'app.del()\n')
  const text = textReport(await run('mod.js', { mode: 'dry-run' }))
  expect(text).not.toMatch(/0\.0\.0 →|since 0\.0\.0|deprecated|DEPRECATED|still works|mentions/)
  expect(text).toMatch(/^upgrade-kit 0\.0\.0 · run-codemod mod\.js · dry run/)
  expect(text).toMatch(/^ {2}would be written +1$/m)
})

test('git has to be clean', async () => {
  put('mod.js', COMMONJS)
  execFileSync('git', ['init', '-q'], { cwd: root })
  await expect(run('mod.js')).rejects.toThrow(/uncommitted/)
})
