import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../src/cli/main.ts'
import { REPORT_FORMATS } from '../src/cli/options.ts'
import { EXIT } from '../src/model/report.ts'
import { jsonReport } from '../src/report/json.ts'
import { textReport } from '../src/report/text.ts'
import * as samples from './data/report/samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
put('mixed.json', jsonReport(samples.mixed))
put('marked.json', `\ufeff${jsonReport(samples.mixed)}`)

/** Runs the command line without a process and without an engine. */
async function run(...argv: string[]) {
  let out = ''
  let err = ''
  const code = await main(argv, {
    engine: async () => {
      throw new Error('the engine was loaded')
    },
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd: folder,
    version: '9.8.7',
    signal: new AbortController().signal,
  })
  return { code, out, err }
}

describe('report', () => {
  test.each(REPORT_FORMATS)('prints a saved report as %s, without the engine', async (format) => {
    const { code, out, err } = await run('report', 'mixed.json', '--format', format)
    expect([code, err]).toEqual([EXIT.clean, ''])
    expect(out).toContain('express/app-del')
    expect(out.endsWith('\n')).toBe(true)
  })

  test('prints the same text and the same JSON as the run itself', async () => {
    expect((await run('report', 'marked.json')).out).toBe(textReport(samples.mixed))
    expect((await run('report', 'mixed.json', '--format', 'json')).out).toBe(jsonReport(samples.mixed))
  })

  test('briefs from a saved report, as long as is wanted', async () => {
    const { code, out, err } = await run('brief', 'mixed.json')
    expect([code, err]).toEqual([EXIT.clean, ''])
    expect(out).toMatch(/^# express 4\.18\.2 → 5\.0\.0: 5 decisions left\n/)
    expect((await run('brief', 'mixed.json', '--limit', '1500')).out.length).toBeLessThan(1500)
    expect((await run('brief', 'mixed.json', '--limit', '3')).code).toBe(EXIT.inTheWay)
  })

  test('shows progress of several as HTML, and refuses to for other formats', async () => {
    put('old.json', jsonReport(samples.many))
    const { code, out } = await run('report', 'old.json', 'mixed.json', '--format', 'html')
    expect([code, /<title>old<\/title>/.test(out), out.includes('Progress')]).toEqual([EXIT.clean, true, true])
    const refused = await run('report', 'old.json', 'mixed.json', '--format', 'csv')
    expect([refused.code, refused.out]).toEqual([EXIT.inTheWay, ''])
    expect(refused.err).toContain('--format csv shows one report, and 2 are given')
  })

  test('writes into a file, and leaves standard output to machines', async () => {
    const { code, out, err } = await run('report', 'mixed.json', '--format', 'sarif', '--output', 'out/a.sarif')
    expect([code, out]).toEqual([EXIT.clean, ''])
    expect(err).toContain('The whole report is in out/a.sarif')
    expect(JSON.parse(readFileSync(join(folder, 'out/a.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' })
  })

  test.each([
    ['nowhere.json', undefined, 'nowhere.json cannot be read: ENOENT'],
    ['broken.json', '{', 'broken.json is not JSON'],
    ['other.json', '{"schema":2}', 'other.json is no report of upgrade-kit: it must have required property'],
    ['null.json', 'null', 'null.json is no report of upgrade-kit: it must be object'],
    [
      'site.json',
      JSON.stringify({ ...samples.nothing, findings: [{ ...samples.mixed.findings[0], outcome: 'x' }] }),
      '/findings/0/outcome must be equal to one of the allowed values',
    ],
  ])('%s is refused with what is wrong', async (name, text, message) => {
    if (text !== undefined) put(name, text)
    const { code, out, err } = await run('report', name)
    expect([code, out]).toEqual([EXIT.inTheWay, ''])
    expect(err).toContain(message)
    expect(err).toContain('--format json')
  })
})
