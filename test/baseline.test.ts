import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../src/cli/main.ts'
import { createEngine } from '../src/engine/session.ts'
import { EXIT, exitCode, type Report } from '../src/model/report.ts'
import { baselineOf, baselineText, EMPTY, parseBaseline, withBaseline } from '../src/report/baseline.ts'
import { textReport } from '../src/report/text.ts'
import { catalogue } from '../transforms/index.ts'
import { project, removeProjects } from './data/command-line.ts'
import { finding, mixed, nothing } from './data/report/samples.ts'

const scan = (findings: Report['findings']): Report => ({ ...nothing, mode: 'scan', findings })
const [a, b, c] = ['a', 'b', 'c'].map((name) => finding('app-del', `${name}.js:1:1`, `${name}.del()`))

describe('a baseline', () => {
  const accepted = baselineOf(scan([a!, b!]), EMPTY)

  test('comes back from its text, which has one sorted line for each finding', () => {
    const text = baselineText(accepted)
    expect(parseBaseline(text, 'b').findings).toEqual([...accepted.findings])
    expect(text.split('\n')).toHaveLength(8)
    expect(baselineText(baselineOf(scan([b!, a!]), EMPTY))).toBe(text)
    expect(parseBaseline(baselineText(EMPTY), 'b').findings).toEqual([])
  })

  test('fails what is new, and nothing else', () => {
    const same = withBaseline(scan([a!, b!]), accepted, 'b', false)
    expect([exitCode(same), same.baseline]).toEqual([EXIT.clean, { file: 'b', accepted: 2, fresh: 0, gone: 0 }])
    const more = withBaseline(scan([a!, b!, c!]), accepted, 'b', false)
    expect([exitCode(more), more.baseline?.fresh]).toEqual([EXIT.findingsLeft, 1])
    expect(more.findings.map(({ accepted: is }) => is === true)).toEqual([true, true, false])
    expect(textReport(more)).toMatch(/c\.js:1:1 {2}can be written, new/)
    expect(textReport(more)).toMatch(/a\.js:1:1 {2}can be written, accepted/)
    expect(textReport(more)).toMatch(/baseline {2}1 new, 2 accepted in `b`/)
  })

  test('says what is found no more, but not where only a part was looked at', () => {
    expect(withBaseline(scan([a!]), accepted, 'b', false).baseline?.gone).toBe(1)
    expect(textReport(withBaseline(scan([a!]), accepted, 'b', false))).toContain('1 entry found no more')
    expect(withBaseline(scan([a!]), accepted, 'b', true).baseline?.gone).toBe(0)
  })

  test('what was written or is ignored needs no acceptance', () => {
    const report: Report = {
      ...nothing,
      mode: 'apply',
      findings: [a!, { ...b!, outcome: 'ignored' }, { ...c!, outcome: 'by-hand' }],
    }
    expect(baselineOf(report, EMPTY).findings.map(({ file }) => file)).toEqual(['c.js'])
    expect(withBaseline(report, accepted, 'b', false).baseline).toEqual({ file: 'b', accepted: 0, fresh: 1, gone: 2 })
  })

  test('keeps what this run did not look at', () => {
    const other = { file: 'x.js', change: 'prisma/y' as const, code: 'y', fingerprint: '0'.repeat(16) }
    const before = { ...accepted, findings: [...accepted.findings, other] }
    const unread: Report = { ...scan([]), notLookedAt: [{ file: 'b.js', kind: 'unparsable', reason: 'x' }] }
    expect(baselineOf(unread, before).findings.map(({ file }) => file)).toEqual(['b.js', 'x.js'])
    expect(withBaseline(unread, before, 'b', false).baseline?.gone).toBe(1)
  })

  test.each([
    '{',
    '[]',
    'null',
    '{"schema":2,"findings":[]}',
    '{"schema":1,"findings":[{"file":"a"}]}',
    JSON.stringify(mixed),
  ])('is none in %j', (text) => {
    expect(() => parseBaseline(text, 'x.json')).toThrow(/^x\.json is n/)
  })

  test('our bug fails all the same', () => {
    const report: Report = { ...scan([a!]), notLookedAt: [{ file: 'z.js', kind: 'ours', reason: 'x' }] }
    expect(exitCode(withBaseline(report, accepted, 'b', false))).toBe(EXIT.transformFailed)
  })
})

describe('--baseline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-baseline-'))
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    removeProjects()
  })
  const manifest = JSON.stringify({ name: 'shop', dependencies: { express: '^4.18.2' } })
  const lines = ["const app = require('express')()", 'app.del("/a", f)', 'app.del("/b", f)', '']

  async function run(cwd: string, ...argv: string[]) {
    let out = ''
    let err = ''
    const code = await main(['scan', 'express5', '--types', 'off', ...argv], {
      engine: async () => createEngine(catalogue, '0.0.0'),
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      env: {},
      cwd,
      version: '9.8.7',
      signal: new AbortController().signal,
    })
    return { code, out, err }
  }

  test('accepts today, follows moved lines, fails on a new one, and shrinks when asked', async () => {
    const root = project({ 'package.json': manifest, 'app.js': lines.join('\n') }, { git: false })
    const write = (text: string[]) => writeFileSync(join(root, 'app.js'), text.join('\n'))
    const baseline = ['--baseline', 'known.json']
    expect((await run(root)).code).toBe(EXIT.findingsLeft)
    expect((await run(root, ...baseline, '--update-baseline')).code).toBe(EXIT.clean)
    const first = readFileSync(join(root, 'known.json'), 'utf8')
    expect(first.match(/"change"/g)!.length).toBeGreaterThan(2)

    write(['// moved', '', ...lines.map((line) => line.replaceAll('"', "'"))])
    expect((await run(root, ...baseline)).code).toBe(EXIT.clean)
    expect(readFileSync(join(root, 'known.json'), 'utf8')).toBe(first)

    write([...lines, 'app.del("/c", f)'])
    const more = await run(root, ...baseline)
    expect([more.code, more.out]).toEqual([EXIT.findingsLeft, expect.stringContaining('1 new')])

    write(lines.slice(0, 2))
    const fewer = await run(root, ...baseline)
    expect([fewer.code, fewer.out]).toEqual([EXIT.clean, expect.stringContaining('1 entry found no more')])
    expect((await run(root, ...baseline, '--update-baseline')).code).toBe(EXIT.clean)
    expect(readFileSync(join(root, 'known.json'), 'utf8').split('\n')).toHaveLength(first.split('\n').length - 1)
  })

  test('a renamed file is a new finding', async () => {
    const root = project({ 'package.json': manifest, 'app.js': lines.join('\n') }, { git: false })
    await run(root, '--baseline', 'known.json', '--update-baseline')
    rmSync(join(root, 'app.js'))
    writeFileSync(join(root, 'server.js'), lines.join('\n'))
    expect((await run(root, '--baseline', 'known.json')).code).toBe(EXIT.findingsLeft)
  })

  test.each([
    [['--baseline', 'nowhere.json'], '--baseline nowhere.json: there is no such file'],
    [['--update-baseline'], 'there is no baseline to update'],
    [['src', '--baseline', 'x.json', '--update-baseline'], 'only a part of the project'],
    [['--exclude', 'a', '--baseline', 'x.json', '--update-baseline'], 'only a part of the project'],
    [['--baseline', '.'], '--baseline .: EISDIR'],
  ])('%j is refused before anything runs', async (argv, message) => {
    const { code, out, err } = await run(folder, ...argv)
    expect([code, out]).toEqual([EXIT.inTheWay, ''])
    expect(err).toContain(message)
  })
})
