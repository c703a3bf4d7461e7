import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { projectOf } from '../src/cli/ahead.ts'
import { isPlain } from '../src/engine/discover.ts'
import { prefilter } from '../src/engine/prefilter.ts'
import { type Questions, SharedFiles } from '../src/engine/shared-files.ts'
import { importsOf, specifiersIn } from '../src/engine/specifiers.ts'
import { tracesOf } from '../src/engine/traces.ts'
import type { PackageModel } from '../src/formats/javascript/kinds.ts'
import { lineIndex } from '../src/text/lines.ts'
import { isIn } from '../src/text/pattern.ts'
import { catalogue } from '../transforms/index.ts'
import { APP, MANIFEST, project, removeProjects, upgradeKit } from './data/command-line.ts'
import { compiledFile } from './data/compiled.ts'

vi.setConfig({ testTimeout: 120_000 })

const changes = Object.entries(catalogue.changes)
  .filter(([id]) => id.startsWith('express/'))
  .map(([id, change]) => ({ id: id as `express/${string}`, change }))
const { patterns, words } = prefilter(changes)
const names = words.map(({ word }) => word)
const express = catalogue.providers.find(({ id }) => id === 'express')!
const { packages, shapes, names: usual } = tracesOf([express.javascript as PackageModel])
const QUESTIONS: Questions = {
  ...patterns,
  names,
  ignores: { pattern: /upgrade-kit-ignore/ },
  traces: { packages, shapes, names: usual },
}

/** Everything that can be in a file, and is asked about. */
const PIECES = [
  "const express = require('express')\n",
  "import a from './a.js'\r\n",
  "export * from '../b'\n",
  "import('@scope/package/sub')\n",
  "declare module 'fastify' {}\n",
  "require('./folder/')\n",
  'app.del(path, (req, res) => res.send(404))\n',
  "req.param('x')",
  'res.sendfile(y)\n',
  '// upgrade-kit-ignore app-del: ours\n',
  '// @generated\n',
  'x'.repeat(3000),
  'é',
  '\uFEFF',
  '\0',
  '\n\n',
  '\r',
  'del',
  'sendfile',
]
const FILES = ['a.ts', 'b/index.js', 'c/d.js', 'c/folder/index.mjs', 'e.cjs', 'unasked.js', 'é.js']

let root: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-ahead-')))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The files of a folder, read by what is the other thread elsewhere; some had been asked for before. */
function readAhead(texts: ReadonlyMap<string, Buffer | string>, asked: readonly string[] = []): SharedFiles {
  for (const [file, text] of texts) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const files = SharedFiles.of(root, [...texts.keys()].sort())
  for (const file of asked) expect(files.placeOf(file)).toBeUndefined()
  files.readAll()
  return files
}

describe('what is known of a file ahead is what is found in it', () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''))
  const project = fc.tuple(...FILES.map(() => text)).map((all) => new Map(all.map((one, i) => [FILES[i]!, one])))

  test('whatever the texts are', () => {
    const known = { answers: 0, imports: 0, hits: 0, plain: 0 }
    fc.assert(
      fc.property(project, (texts) => {
        const files = readAhead(texts)
        expect(files.ask(QUESTIONS)).toBe(true)
        files.answerAll(QUESTIONS)
        const { mentions, mentionsWithoutUses, ignores } = QUESTIONS
        const asked = [...mentions, ...mentionsWithoutUses, ignores, packages, shapes, usual]
        for (const file of FILES) {
          const { slab, start, end } = files.placeOf(file)!
          const bytes = readFileSync(join(root, file))
          expect(slab.subarray(start, end)).toEqual(bytes)
          const latin1 = bytes.toString('latin1')
          for (const pattern of asked) {
            const answer = files.has(file, pattern)
            if (answer === undefined) continue
            known.answers++
            expect(answer).toBe(isIn(pattern, latin1))
          }
          const imports = files.importsOf(file)
          if (imports) {
            known.imports++
            expect(imports).toEqual(importsOf(file, specifiersIn(latin1), (path) => texts.has(path)))
          }
          const plain = files.isPlain(file)
          if (plain !== undefined) {
            known.plain++
            expect(plain).toBe(isPlain(bytes, file))
          }
          const hits = files.hitsOf(file, QUESTIONS.words!)
          if (hits) {
            known.hits++
            const whole = bytes.toString('utf8')
            const lines = lineIndex(whole)
            const found = prefilter(changes).hits(whole)
            expect(hits).toEqual(found.map(({ word, offset }) => ({ word, ...lines.positionAt(offset) })))
          }
        }
      }),
      { numRuns: 60 },
    )
    for (const count of Object.values(known)) expect(count).toBeGreaterThan(50)
  })

  test('what was asked for before it was read is left to who asked', () => {
    const texts = new Map(FILES.map((file) => [file, APP]))
    const files = readAhead(texts, ['c/d.js'])
    files.ask(QUESTIONS)
    files.answerAll(QUESTIONS)
    expect(files.placeOf('c/d.js')).toBeUndefined()
    expect(files.importsOf('c/d.js')).toBeUndefined()
    expect(files.has('c/d.js', QUESTIONS.ignores)).toBeUndefined()
  })

  test('a file that is not there, a folder, and one of more than 4 MiB are left as well', () => {
    const texts = new Map<string, Buffer | string>([
      ['a.ts', APP],
      ['large.js', Buffer.alloc(5 << 20, 'x')],
    ])
    readAhead(texts)
    mkdirSync(join(root, 'folder.js'), { recursive: true })
    const files = SharedFiles.of(root, ['a.ts', 'folder.js', 'large.js', 'nowhere.js'])
    files.readAll()
    expect(files.placeOf('a.ts')).toBeDefined()
    for (const file of ['folder.js', 'large.js', 'nowhere.js']) expect(files.placeOf(file)).toBeUndefined()
  })

  test.skipIf(process.platform === 'win32')('a pipe in the place of a file is not waited for', () => {
    mkdirSync(join(root, 'pipes'), { recursive: true })
    execFileSync('mkfifo', [join(root, 'pipes/pipe.js')])
    const files = SharedFiles.of(root, ['pipes/pipe.js'])
    files.readAll()
    expect(files.placeOf('pipes/pipe.js')).toBeUndefined()
  })

  test('whoever asks something else is told nothing of it, also where it has the same form', () => {
    const files = readAhead(new Map(FILES.map((file) => [file, APP])))
    const others = prefilter(changes.filter(({ id }) => id !== 'express/app-del'))
    const more: Questions = { ...QUESTIONS, ...others.patterns, names: others.words.map(({ word }) => word) }
    expect(files.ask(QUESTIONS)).toBe(true)
    expect(files.ask(more)).toBe(false)
    files.answerAll(QUESTIONS)
    expect(files.hitsOf('c/d.js', QUESTIONS.words!)).toHaveLength(2)
    expect(files.hitsOf('c/d.js', more.words!)).toBeUndefined()
    for (const pattern of [...more.mentions, more.words!]) expect(files.has('c/d.js', pattern)).toBeUndefined()
  })

  test('where no file has anything, nothing is asked that only matters then', () => {
    const files = readAhead(new Map(FILES.map((file) => [file, 'const a = 1\n'])))
    files.ask(QUESTIONS)
    files.answerAll(QUESTIONS)
    expect(files.has('c/d.js', QUESTIONS.ignores)).toBe(false)
    expect(files.importsOf('c/d.js')).toBeUndefined()
    expect(files.isPlain('c/d.js')).toBeUndefined()
  })
})

test.each<[string, string | undefined]>([
  ['scan express5', '/here'],
  ['express5 --dry-run', '/here'],
  ['express5 --dry-run --cwd shop', '/here/shop'],
  ['--cwd=../shop scan', undefined],
  ['scan express5 --cwd=../shop', '/shop'],
  ['scan express5 --cwd /shop --only app-del', '/shop'],
  ['scan express5 --cwd', undefined],
  ['express5', undefined],
  ['express5 --dry-run --observe', undefined],
  ['scan --help', undefined],
])('upgrade-kit %s: what can be begun with is %s', (line, folder) => {
  expect(projectOf(line.split(' '), resolve('/here'))).toBe(folder && resolve(folder))
})

describe('a project of more than a thousand files', () => {
  afterEach(removeProjects)

  /** Files of every kind that a scan tells apart, among many that are of no interest. */
  function large(): string {
    const files: Record<string, string | Uint8Array> = {
      'package.json': MANIFEST,
      'tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }\n',
      'app.js': APP,
      'src/handlers.js':
        'exports.list = (req, res) => res.send(404, "no")\r\nexports.one = (req, res) => res.json(1)\r\n',
      'src/routes.ts':
        "import { Router } from 'express'\nimport { list } from '~/handlers'\nexport const r = Router()\nr.get('/a', list)\n",
      'src/mark.js': `\uFEFF${APP}`,
      'src/unconnected.js': 'module.exports = (x) => x.sendfile(1)\nfunction f(req) { return req.param("del") }\n',
      'src/é.js': `${APP}// é del\n`,
      'src/latin1.js': Buffer.from(`${APP}// \xe9\n`, 'latin1'),
      'src/binary.js': `${APP}\0`,
      'src/broken.js': `${APP}app.del(\n`,
      'src/minified.js': `${APP}var a=${'1+'.repeat(15_000)}1\n`,
      'src/generated.js': `// @generated\n${APP}`,
      'src/large.js': `${APP}${'// filler\n'.repeat(600_000)}`,
      'src/ignored.js': `const express = require('express')\nconst app = express()\n// upgrade-kit-ignore app-del: ours\napp.del('/x', f)\n`,
      'src/ours.js': '// upgrade-kit-ignore app-del: not so\nexports.del = 1\n',
    }
    for (let i = 0; i < 1500; i++) {
      const text = i % 3 === 0 ? `require('./f${i + 1}')\nlist.del(${i}) // listen\n` : `exports.f${i} = ${i}\n`
      files[`src/of-no-interest/with-a-long-name/${i % 40}/f${i}.js`] = text
    }
    return project(files, { git: true })
  }

  /** Says that the thread was started, and may put another program in its place. */
  const watched = (program?: string) => `
    import { createRequire, syncBuiltinESMExports } from 'node:module'
    const threads = createRequire(import.meta.url)('node:worker_threads')
    const { Worker } = threads
    threads.Worker = class extends Worker {
      constructor(file, options) {
        super(...(${JSON.stringify(program ?? '')} ? [${JSON.stringify(program ?? '')}, { eval: true }] : [file, options]))
        process.stderr.write('started\\n')
        this.once('message', ({ files }) => process.stderr.write(files.split('\\0').length + ' listed\\n'))
      }
    }
    syncBuiltinESMExports()`

  test.each(['dry run', 'scan'])('%s: the report is the same as without the thread', async (what) => {
    const folder = large()
    const args = what === 'scan' ? ['scan', 'express5'] : ['express5', '--dry-run']
    const ahead = await upgradeKit(folder, [...args, '--format', 'json'], { meanwhile: watched() })
    expect(ahead.err).toContain('started\n')
    expect(ahead.err).toMatch(/15\d\d listed/)
    // without a process of its own there is no thread
    const alone = await upgradeKit(folder, [...args, '--format', 'json'])
    expect(JSON.parse(ahead.out)).toEqual(JSON.parse(alone.out))
    expect(JSON.parse(ahead.out).findings.length).toBeGreaterThan(5)
  })

  test.each([
    ['fails', 'throw new Error("no")'],
    ['ends without a word', 'process.exit(0)'],
  ])('a thread that %s is missed by nobody', async (_, program) => {
    const folder = large()
    const ran = await upgradeKit(folder, ['express5', '--dry-run', '--format', 'json'], { meanwhile: watched(program) })
    expect(ran.err).toContain('started\n')
    const alone = await upgradeKit(folder, ['express5', '--dry-run', '--format', 'json'])
    expect(JSON.parse(ran.out)).toEqual(JSON.parse(alone.out))
  })

  test('where only some paths are looked at, what was begun is given up', async () => {
    const folder = large()
    const ran = await upgradeKit(folder, ['scan', 'express5', 'src', '--format', 'json'], { meanwhile: watched() })
    expect(ran.err).toContain('started\n')
    const alone = await upgradeKit(folder, ['scan', 'express5', 'src', '--format', 'json'])
    expect(JSON.parse(ran.out)).toEqual(JSON.parse(alone.out))
  })

  test.skipIf(process.platform !== 'linux')('where addresses are limited, a run reads for itself', () => {
    const folder = large()
    const watch = join(root, 'watch.mjs')
    writeFileSync(watch, watched())
    const run = (limit: string) => {
      const line = `ulimit -v ${limit}; exec "$@"`
      const args = ['--import', watch, compiledFile('cli/bin'), 'scan', 'express5', '--only', 'app-del']
      return spawnSync('sh', ['-c', line, 'sh', process.execPath, ...args], { cwd: folder, encoding: 'utf8' })
    }
    expect(run('unlimited').stderr).toContain('started')
    const limited = run('8000000')
    expect(limited.status).toBe(1)
    expect(limited.stderr).not.toContain('started')
  })

  test('a run that writes reads for itself: its tests come first, and may change the files', async () => {
    const folder = large()
    const ran = await upgradeKit(folder, ['express5', '--no-install', '--no-verify'], { meanwhile: watched() })
    expect(ran.err).not.toContain('started')
  })
})
