import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Change, defineChange, fix, insertBefore, replace, type Transform } from '../src/kit.ts'
import type { BreakingChange } from '../src/model/change.ts'
import type { ChangeId } from '../src/model/finding.ts'
import {
  type CaseResult,
  checkCase,
  checkChange,
  explainProblems,
  fixtureTests,
  readCases,
  unmark,
} from '../src/testing/index.ts'
import { inAnotherPackage } from '../src/testing/other-package.ts'
import express, { App, Response } from '../transforms/express/provider.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-laws-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const ID = 'express/app-del'
const FACTS: BreakingChange = {
  title: '`app.del()` was removed',
  why: 'The call throws.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/',
  fixable: 'always',
}
type JavaScript = Transform<'javascript'>
type Find = JavaScript['find']

const RENAME: Find = function* (file) {
  for (const use of file.members([App], 'del'))
    yield {
      at: use.property,
      message: 'the method is `delete`',
      evidence: use,
      fix: fix('safe', 'Rename to `delete`', replace(use.property, 'delete')),
    }
}

/** The good change, with one thing done wrong. */
function change(find: Find = RENAME, wrong: Partial<JavaScript & BreakingChange> = {}): Change {
  return defineChange<'javascript'>({ ...FACTS, format: 'javascript', mentions: ['del'], find, ...wrong })
}

const catalogueOf = (one: Change, id: ChangeId = ID) => ({ providers: [express], changes: { [id]: one } })

/** Writes a case: file name → text. */
function write(situation: string, files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, ID, situation, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

async function judge(files: Record<string, string>, one: Change = change()): Promise<CaseResult> {
  write('situation', files)
  return checkCase(readCases(folder)[0]!, catalogueOf(one))
}

const laws = (result: CaseResult) => [...new Set(result.problems.map(({ law, verdict }) => `${law} ${verdict}`))].sort()

const BEFORE = `const express = require('express')
const app = express()
app.del('/a', (req, res) => res.end()) // want
`
const AFTER = BEFORE.replace('.del', '.delete').replace(' // want', '')

describe('a good change', () => {
  test('reports what is marked and validates what is not', async () => {
    expect(await judge({ 'before.js': BEFORE, 'after.js': AFTER })).toMatchObject({ verdict: 'Reported', problems: [] })
    rmSync(folder, { recursive: true })
    const cache = 'const cache = new Map()\ncache.del = cache.delete\ncache.del(1)\n'
    expect(await judge({ 'before.js': cache })).toMatchObject({ verdict: 'Validated', problems: [] })
  })

  test('obeys in a project of several files, in CRLF, with a byte order mark, and in a module that is only shaped so', async () => {
    const app = "exports.app = require('express')()\n"
    const routes = "\uFEFFconst { app } = require('./app')\r\napp.del('/a', fn) // want\r\n"
    const after = routes.replace('.del', '.delete').replace(' // want', '')
    const project = { 'before/src/app.js': app, 'before/src/routes.js': routes, 'after/src/routes.js': after }
    expect((await judge(project)).problems).toEqual([])

    rmSync(folder, { recursive: true })
    const shaped =
      "require('express')\nmodule.exports = (app) => {\n  app.del('/a', fn) // want\n  app.use('/b', fn)\n}\n"
    const rewritten = shaped.replace('.del', '.delete').replace(' // want', '')
    expect((await judge({ 'before.js': shaped, 'after.js': rewritten })).problems).toEqual([])
  })
})

describe('a new file', () => {
  const find: Find = function* (file, project) {
    for (const draft of RENAME(file, project))
      yield {
        ...draft,
        fix: { ...draft.fix!, requests: [{ add: 'file', file: 'lib/new.js', text: 'exports.a = 1\n' }] },
      }
  }
  const files = { 'before/a.js': BEFORE, 'after/a.js': AFTER, 'after/lib/new.js': 'exports.a = 1\n' }

  test('stands in `after`, and obeys the laws', async () => {
    expect((await judge(files, change(find))).problems).toEqual([])
  })

  test('that `after` does not have, or has otherwise, is wrong', async () => {
    const { 'after/lib/new.js': text, ...without } = files
    const missing = await judge(without, change(find))
    expect(laws(missing)).toEqual(['2 Wrong'])
    expect(missing.problems[0]!.detail).toContain('so it must not be made')
    expect(laws(await judge({ ...files, 'after/lib/new.js': `${text}//\n` }, change(find)))).toEqual(['2 Wrong'])
  })
})

describe('law 1 catches', () => {
  test('a mark that is left unmet, and shows the line', async () => {
    const result = await judge(
      { 'before.js': BEFORE },
      change(function* () {}),
    )
    expect(result.verdict).toBe('Missing')
    expect(laws(result)).toEqual(['1 Missing'])
    expect(explainProblems('x', result.problems)).toMatch(
      /before\.js:3\n +app\.del\('\/a', .*\n +wanted: safe\n +found: +nothing/,
    )
  })

  test('a finding that nobody wants, and shows why it was found', async () => {
    const unmarked = BEFORE.replace(' // want', '')
    const result = await judge({ 'before.js': unmarked, 'after.js': AFTER })
    expect(laws(result)).toEqual(['1 Noisy'])
    expect(result.problems[0]!.detail).toMatch(/wanted: nothing\n +found: +safe\n.*because \(proven\).*express\(\)/)
  })

  test.each([
    ['review', 'want review'],
    ['manual', 'want by hand'],
  ] as const)('a strength that is not the marked one: %s', async (applicability, right) => {
    const find: Find = function* (file, project) {
      for (const draft of RENAME(file, project)) yield { ...draft, fix: { ...draft.fix!, applicability } }
    }
    const after: Record<string, string> = applicability === 'review' ? { 'after.js': AFTER } : {}
    const wrong = await judge({ 'before.js': BEFORE, ...after }, change(find))
    expect(laws(wrong)).toEqual(['1 Wrong'])
    const corrected = await judge({ 'before.js': BEFORE.replace('want', right), ...after }, change(find))
    expect(corrected.problems).toEqual([])
  })

  test('a guess that is marked as more, and the other way round', async () => {
    const guessed = "require('express')\nhandlers.push((app) => app.del('/a')) // want\n"
    expect(laws(await judge({ 'before.js': guessed }))).toEqual(['1 Wrong'])
    expect((await judge({ 'before.js': guessed.replace('want', 'want guessed') })).problems).toEqual([])
  })

  test('two findings on a line that wants one', async () => {
    const twice = BEFORE.replace("app.del('/a'", "app.del('/b', app.del), app.del('/a'")
    const after = twice.replaceAll('.del', '.delete').replace(' // want', '')
    expect(laws(await judge({ 'before.js': twice, 'after.js': after }))).toEqual(['1 Wrong'])
    const counted = twice.replace('want', 'want 3')
    expect((await judge({ 'before.js': counted, 'after.js': after })).problems).toEqual([])
  })

  test('a transform that throws, and a file that cannot be read', async () => {
    const throws = await judge(
      { 'before.js': "module.exports = [require('express'), 'del']\n" },
      change(() => {
        throw new Error('on purpose')
      }),
    )
    expect(laws(throws)).toEqual(['1 Wrong'])
    expect(throws.problems[0]!.detail).toContain('on purpose')
    expect(laws(await judge({ 'before.js': 'app.del(\n' }))).toEqual(['1 Wrong'])
  })
})

describe('law 2 catches', () => {
  test('another text, a rewrite without `after`, an `after` without a rewrite, a file that is never made', async () => {
    const other = await judge({ 'before.js': BEFORE, 'after.js': AFTER.replace('delete', "['delete']") })
    expect(laws(other)).toEqual(['2 Wrong'])
    expect(other.problems[0]!.detail).toContain("+app.delete('/a'")
    rmSync(folder, { recursive: true })
    expect(laws(await judge({ 'before.js': BEFORE }))).toEqual(['2 Wrong'])
    rmSync(folder, { recursive: true })
    expect(laws(await judge({ 'before.js': 'let a\n', 'after.js': 'let b\n' }))).toEqual(['2 Wrong'])
    rmSync(folder, { recursive: true })
    expect(laws(await judge({ 'before/a.js': 'let a\n', 'after/b.js': 'let b\n' }))).toEqual(['2 Wrong'])
  })

  test('a rewrite that does not parse', async () => {
    const find: Find = function* (file, project) {
      for (const draft of RENAME(file, project))
        yield { ...draft, fix: fix('safe', 'Break', replace(draft.at, 'delete(')) }
    }
    const result = await judge({ 'before.js': BEFORE }, change(find))
    expect(laws(result)).toEqual(['2 Wrong'])
    expect(result.problems[0]!.detail).toContain('does not parse after this fix')
  })
})

describe('law 3 catches', () => {
  test('a rewrite that would be written again and again', async () => {
    const find: Find = function* (file) {
      for (const use of file.members([App], 'del'))
        yield {
          at: use.property,
          message: 'x',
          evidence: use,
          fix: fix('safe', 'Comment', insertBefore(use.property, '/* gone */')),
        }
    }
    expect(laws(await judge({ 'before.js': BEFORE }, change(find)))).toContain('3 Wrong')
  })

  test('a rewrite that takes two rounds', async () => {
    const find: Find = function* (file, project) {
      const first = [...RENAME(file, project)]
      yield* first
      for (const use of first.length > 0 ? [] : file.members([App], 'purge'))
        yield {
          at: use.property,
          message: 'x',
          evidence: use,
          fix: fix('safe', 'Two', replace(use.property, 'delete')),
        }
    }
    const before = `${BEFORE}app.use(fn)\napp.purge('/b', fn)\n`
    const result = await judge({ 'before.js': before }, change(find, { mentions: ['del', 'purge'] }))
    expect(result.problems.map(({ law, detail }) => ({ law, detail }))).toContainEqual({
      law: 3,
      detail: 'the first run needed 2 rounds instead of one',
    })
  })

  test('two rewrites of one place', async () => {
    const find: Find = function* (file, project) {
      for (const draft of RENAME(file, project)) {
        yield draft
        yield { ...draft, fix: fix('safe', 'Another', replace(draft.at, 'remove')) }
      }
    }
    const result = await judge({ 'before.js': BEFORE.replace('want', 'want 2'), 'after.js': AFTER }, change(find))
    expect(laws(result)).toEqual(['3 Wrong'])
    expect(result.problems[0]!.detail).toContain('before.js:3: collides with another fix')
  })
})

describe('law 4 catches', () => {
  test('a transform that counts on the line ending', async () => {
    const find: Find = function* (file, project) {
      if (file.text.includes(')\n')) yield* RENAME(file, project)
    }
    const result = await judge({ 'before.js': BEFORE, 'after.js': AFTER }, change(find))
    expect(laws(result)).toEqual(['4 Missing', '4 Wrong'])
    expect(explainProblems('x', result.problems)).toContain('<CR>')
  })
})

describe('law 5 catches', () => {
  test('a transform that trusts any receiver, which no other law does', async () => {
    const find: Find = function* (file) {
      for (const match of file.text.matchAll(/(?<=\w\.)del\b/g)) {
        const at = { start: match.index, end: match.index + 3 }
        yield {
          at,
          message: 'the method is `delete`',
          evidence: { certainty: 'proven', steps: [] },
          fix: fix('safe', 'Rename', replace(at, 'delete')),
        }
      }
    }
    const result = await judge({ 'before.js': BEFORE, 'after.js': AFTER }, change(find))
    expect(laws(result)).toEqual(['5 Noisy'])
    expect(explainProblems('x', result.problems)).toContain("app.del('/a'")
  })

  test('a finding that somebody passes off as inferred, although no shape is needed for it', async () => {
    const find: Find = function* (file) {
      for (const match of file.text.matchAll(/(?<=\w\.)del\b/g))
        yield {
          at: { start: match.index, end: match.index + 3 },
          message: 'x',
          evidence: { certainty: 'inferred', steps: [] },
        }
    }
    expect(laws(await judge({ 'before.js': BEFORE.replace('want', 'want by hand') }, change(find)))).toEqual([
      '5 Noisy',
    ])
  })

  test('a shape that somebody passes off as a proof', async () => {
    const find: Find = function* (file) {
      for (const use of file.members([Response], 'sendfile'))
        yield { at: use.property, message: 'x', evidence: { certainty: 'proven', steps: [] } }
    }
    const before = "require('express')\nexports.show = (req, res) => {\n  res.sendfile('/a') // want by hand\n}\n"
    expect(laws(await judge({ 'before.js': before }, change(find, { mentions: ['sendfile'] })))).toEqual(['5 Noisy'])
  })

  test('nothing where only the shape of a function speaks for it', async () => {
    const find: Find = function* (file) {
      for (const use of file.members([Response], 'sendfile'))
        yield {
          at: use.property,
          message: 'x',
          evidence: use,
          fix: fix('safe', 'Rename', replace(use.property, 'sendFile')),
        }
    }
    const before = "require('express')\nexports.show = (req, res) => {\n  res.sendfile('/a') // want\n}\n"
    const after = before.replace('sendfile', 'sendFile').replace(' // want', '')
    const result = await judge({ 'before.js': before, 'after.js': after }, change(find, { mentions: ['sendfile'] }))
    expect(result.problems).toEqual([])
  })

  test('a change of package.json that does not look at the name', async () => {
    const bump = (isOurs: (key: string) => boolean) =>
      defineChange<'json'>({
        ...FACTS,
        format: 'json',
        mentions: ['dependencies'],
        *find(file) {
          const entries = file
            .entries('dependencies')
            .filter(({ key, value }) => isOurs(key) && value.value !== '^5.0.0')
          for (const entry of entries)
            yield {
              at: entry.value,
              message: 'x',
              evidence: { certainty: 'proven', steps: [] },
              fix: fix('safe', 'Bump', replace(entry.value.inner, '^5.0.0')),
            }
        },
      })
    const before = `{
  "name": "shop",
  "dependencies": {
    "express": "^4.18.0" // want
  }
}
`
    const files = {
      'before/package.json': before,
      'after/package.json': before.replace('4.18', '5.0').replace(' // want', ''),
    }
    expect(
      (
        await judge(
          files,
          bump((key) => key === 'express'),
        )
      ).problems,
    ).toEqual([])
    expect(
      laws(
        await judge(
          files,
          bump(() => true),
        ),
      ),
    ).toEqual(['5 Noisy'])
  })
})

describe('law 6 catches', () => {
  test('a prefilter that hides a finding', async () => {
    const result = await judge({ 'before.js': BEFORE, 'after.js': AFTER }, change(RENAME, { mentions: ['.delete('] }))
    expect(laws(result)).toEqual(['1 Missing', '2 Wrong', '6 Noisy'])
  })

  test('one that hides what no mark asks for', async () => {
    const unmarked = BEFORE.replace(' // want', '')
    expect(laws(await judge({ 'before.js': unmarked }, change(RENAME, { mentions: ['remove'] })))).toEqual(['6 Noisy'])
  })
})

describe('law 7 catches', () => {
  const judgeAll = (fixable: BreakingChange['fixable']) =>
    checkChange(ID, change(RENAME, { fixable }), readCases(folder)).map(({ detail }) => detail)

  test.each([
    ['always', 'want by hand', /here a person has to decide: .*before\.js:3/],
    ['always', 'want by hand', /no case shows a rewrite/],
    ['never', 'want', /here is a rewrite: .*before\.js:3/],
    ['never', 'want', /no case shows a finding that is left to a person/],
    ['sometimes', 'want', /no case shows a finding that is left to a person/],
    ['sometimes', 'want by hand', /no case shows a rewrite/],
    ['always', 'want', /no case stays untouched/],
  ] as const)('%s with // %s', (fixable, mark, problem) => {
    write('one', { 'before.js': BEFORE.replace('want', mark) })
    expect(judgeAll(fixable).join('\n')).toMatch(problem)
  })

  test.each([
    ['always', 'want'],
    ['always', 'want review, guessed'],
    ['never', 'want by hand'],
    ['sometimes', 'want safe, by hand'],
  ] as const)('nothing where %s is shown by // %s', (fixable, mark) => {
    write('one', { 'before.js': BEFORE.replace('want', mark) })
    write('other', { 'before.js': 'let del\n' })
    expect(judgeAll(fixable)).toEqual([])
  })

  test('nothing of a change that no file can show', () => {
    expect(checkChange(ID, defineChange({ ...FACTS, fixable: 'never', byHand: 'Look.' }), [])).toEqual([])
  })
})

describe('marks', () => {
  test.each([
    ['a() // want', ['safe']],
    ['a() // want 2', ['safe', 'safe']],
    ['a() // want review', ['review']],
    ['a() // want 2 by hand, guessed', ['by hand', 'by hand', 'guessed']],
    ['a() // want by hand, safe', ['safe', 'by hand']],
    ['key: value # want', ['safe']],
    ['select 1 -- want review', ['review']],
    ['a() // as people want // want', ['safe']],
  ])('%s', (line, strengths) => {
    const { text, marks } = unmark(`first\n${line}\t\r\nlast`)
    expect(marks).toEqual([{ line: 2, strengths }])
    expect(text).toBe(`first\n${line.replace(/ (?:\/\/|#|--) want[^/]*$/, '')}\r\nlast`)
  })

  test.each(['// wanted', 'https://want', 'a //want', 'want', "'# wants'"])('%s is no mark', (line) => {
    expect(unmark(line)).toEqual({ text: line, marks: [] })
  })

  test.each(['// want more', '// want 0', '// want review by hand', '// want safe,', '// want 2safe'])(
    '%s is an error with its line',
    (line) => {
      expect(() => unmark(`\n${line}`)).toThrow(/^line 2: /)
    },
  )

  test('an unreadable mark names its file', () => {
    write('one', { 'before.js': 'a() // want more\n' })
    expect(() => readCases(folder)).toThrow(/before\.js, line 1: 'want more' is no mark/)
  })
})

describe('readCases', () => {
  test('takes neighbours that `before` names, and leaves whole projects out', () => {
    write('one', { 'before.js': "require('./codes')\n", 'codes.js': '', 'probe.js': '', 'requests.json': '[]' })
    write('empty', { 'README.md': '' })
    mkdirSync(join(folder, 'projects', 'shop', 'situation'), { recursive: true })
    writeFileSync(join(folder, 'projects', 'shop', 'situation', 'before.js'), '')
    const cases = readCases(folder)
    expect(cases.map(({ situation }) => situation)).toEqual(['one'])
    expect([...cases[0]!.before.keys()]).toEqual(['before.js', 'codes.js'])
  })
})

describe('the same code on another package', () => {
  const renamed = (file: string, text: string, isAboutCode = true) =>
    inAnotherPackage(new Map([[file, text]]), express, isAboutCode).get(file)

  test.each([
    [`require('express')`, `require('not-express')`],
    [`import "express/lib/router"`, `import "not-express/lib/router"`],
    [
      `import type { Request } from 'express-serve-static-core'`,
      `import type { Request } from 'not-express-serve-static-core'`,
    ],
    [`/// <reference types="@types/express" />`, `/// <reference types="@types/not-express" />`],
    [`namespace Express {}`, `namespace NotExpress {}`],
    [`let a: Express.Request`, `let a: NotExpress.Request`],
    [`import Express from 'express'; Express.Router()`, `import Express from 'not-express'; Express.Router()`],
    [`require('express-session')`, `require('express-session')`],
  ])('%s', (code, expected) => {
    expect(renamed('a.ts', code)).toBe(expected)
  })

  test('keeps the provider declared for code, and does not for a change of the manifest itself', () => {
    const manifest = '{ "dependencies": { "express": "^4.18.0", "express-session": "1" } }'
    expect(JSON.parse(renamed('package.json', manifest)!).dependencies).toEqual({
      express: '^4.18.0',
      'express-session': '1',
      'not-express': '^4.18.0',
    })
    expect(JSON.parse(renamed('package.json', manifest, false)!).dependencies).toEqual({
      'express-session': '1',
      'not-express': '^4.18.0',
    })
    expect(renamed('pnpm-workspace.yaml', 'catalog:\n  express: ^4\n  "@types/express": ^4\n', false)).toBe(
      'catalog:\n  not-express: ^4\n  "@types/not-express": ^4\n',
    )
  })
})

describe('fixtureTests', () => {
  /** Collects the tests and runs them; gives the messages of those that fail. */
  async function run(one: Change): Promise<Record<string, string | undefined>> {
    const tests: [string, () => Promise<void> | void][] = []
    let group = ''
    const runner = {
      describe(name: string, define: () => void) {
        group = name
        define()
      },
      test: (name: string, body: () => Promise<void> | void) => tests.push([`${group} ${name}`, body]),
    }
    fixtureTests(runner, folder, catalogueOf(one))
    const outcomes: Record<string, string | undefined> = {}
    for (const [name, body] of tests)
      outcomes[name] = await Promise.resolve()
        .then(body)
        .then(
          () => undefined,
          (error: Error) => error.message,
        )
    return outcomes
  }

  afterEach(() => {
    delete process.env.UPDATE_FIXTURES
  })

  test('makes one test per case and one per change, and says so when a case has no change', async () => {
    write('one', { 'before.js': BEFORE, 'after.js': AFTER })
    write('other', { 'before.js': 'let del\n' })
    mkdirSync(join(folder, 'express/app-router/one'), { recursive: true })
    writeFileSync(join(folder, 'express/app-router/one/before.js'), '')
    expect(await run(change())).toEqual({
      'express/app-del one': undefined,
      'express/app-del other': undefined,
      'express/app-del its cases show what it says of itself': undefined,
      'express/app-router its cases show what it says of itself': expect.stringContaining('no such change'),
    })
    expect((await run(change(function* () {})))['express/app-del one']).toMatch(
      /^express\/app-del\/one: Missing\nLaw 1/,
    )
  })

  test('UPDATE_FIXTURES=1 writes `after` and nothing else', async () => {
    write('one', { 'before.js': BEFORE, 'after.js': 'stale' })
    write('project', { 'before/a/b.js': BEFORE, 'after/a/old.js': 'stale' })
    write('other', { 'before.js': 'let del\n', 'after.js': 'stale' })
    process.env.UPDATE_FIXTURES = '1'
    expect(Object.values(await run(change())).filter(Boolean)).toEqual([])
    const at = (file: string) => join(folder, ID, file)
    expect(readFileSync(at('one/after.js'), 'utf8')).toBe(AFTER)
    expect(readFileSync(at('one/before.js'), 'utf8')).toBe(BEFORE)
    expect(readFileSync(at('project/after/a/b.js'), 'utf8')).toBe(AFTER)
    expect(existsSync(at('project/after/a/old.js'))).toBe(false)
    expect(existsSync(at('other/after.js'))).toBe(false)
  })

  test('UPDATE_FIXTURES=1 does not make a wrong mark right', async () => {
    write('one', { 'before.js': BEFORE.replace('want', 'want review') })
    process.env.UPDATE_FIXTURES = '1'
    expect((await run(change()))['express/app-del one']).toContain('wanted: review')
    expect(readFileSync(join(folder, ID, 'one/before.js'), 'utf8')).toContain('// want review')
  })
})
