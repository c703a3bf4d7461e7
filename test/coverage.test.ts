import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readCoverage } from '../src/engine/coverage.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const LIB = `exports.used = (items) => {
  if (items.length > 5) return 'many'
  return 'few'
}
exports.unused = () => 'never'
`
const OTHER = `exports.other = () => 'other'
`

/** A project whose programs ran, each in a process of its own, with what V8 wrote. */
function ran(programs: Readonly<Record<string, string>>) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-coverage-test-')))
  folders.push(root)
  const files = { 'lib.js': LIB, 'other.js': OTHER, 'node_modules/dep/index.js': '', ...programs }
  mkdirSync(join(root, 'node_modules/dep'), { recursive: true })
  for (const [path, content] of Object.entries(files)) writeFileSync(join(root, path), content)
  const written = join(root, '../', `${root.split(/[\\/]/).at(-1)}-v8`)
  folders.push(written)
  mkdirSync(written)
  for (const program of Object.keys(programs))
    execFileSync(process.execPath, [join(root, program)], {
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: written },
    })
  return { root, written }
}

describe('what V8 wrote', () => {
  const programs = {
    'a.test.js': "require('./lib.js').used([1]); require('dep')",
    'b.test.js': "require('./other.js').other()",
  }

  test('tells what ran from what did not, to the branch', () => {
    const { root, written } = ran(programs)
    const coverage = readCoverage(written, root, new Set(['a.test.js']))!
    const at = (words: string) => coverage.hasRun('lib.js', LIB.indexOf(words), LIB)
    expect([at("'few'"), at("'many'"), at("'never'"), at('exports.unused')]).toEqual([true, false, false, true])
    expect([coverage.isLoaded('lib.js'), coverage.isLoaded('node_modules/dep/index.js')]).toEqual([true, false])
  })

  test('only the processes that loaded a failing test count, if there are any', () => {
    const { root, written } = ran(programs)
    const loaded = (...tests: string[]) => readCoverage(written, root, new Set(tests))!.isLoaded('other.js')
    expect([loaded('a.test.js'), loaded('b.test.js'), loaded('c.test.js'), loaded()]).toEqual([false, true, true, true])
  })

  test('says nothing of a text that is not what ran', () => {
    const { root, written } = ran(programs)
    const coverage = readCoverage(written, root, new Set(['a.test.js']))!
    expect(coverage.hasRun('lib.js', 0, `${LIB}// longer`)).toBeUndefined()
    expect(coverage.hasRun('other.js', 0, OTHER)).toBeUndefined()
  })

  test('is nothing where nothing was written, and survives what was cut off', () => {
    const { root, written } = ran({ 'a.test.js': programs['a.test.js'] })
    const empty = mkdtempSync(join(tmpdir(), 'upgrade-kit-coverage-test-'))
    folders.push(empty)
    expect(readCoverage(empty, root, new Set())).toBeUndefined()
    writeFileSync(join(written, 'coverage-0-0-0.json'), '{"result":[{"url":"file:///x')
    expect(readCoverage(written, root, new Set())!.isLoaded('lib.js')).toBe(true)
  })
})
