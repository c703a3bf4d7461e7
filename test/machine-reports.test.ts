import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import type { Report } from '../src/model/report.ts'
import { csvReport } from '../src/report/csv.ts'
import { githubReport } from '../src/report/github.ts'
import { junitReport } from '../src/report/junit.ts'
import { packageOf } from '../src/report/packages.ts'
import { realReport } from './data/report/real.ts'
import { broke, finding, hostile, many, mixed, nothing } from './data/report/samples.ts'

const all = { nothing, mixed, broke, many, hostile, real: await realReport('typescript-service') }
const repository = {
  url: 'https://github.com/shop/api',
  commit: 'c'.repeat(40),
  folder: 'packages/api',
  uncommitted: [],
}
const withSite = (place: string, more: Parameters<typeof finding>[3] = {}, report: Partial<Report> = {}): Report => ({
  ...nothing,
  mode: 'scan',
  findings: [finding('app-del', place, 'app.del()', more)],
  ...report,
})

describe('GitHub annotations', () => {
  const commands = (report: Report) => githubReport(report).split('::stop-commands::')[0]!.trimEnd().split('\n')

  test('one line for each call site that is left, the worst first', () => {
    expect(commands(mixed)).toHaveLength(mixed.findings.length)
    expect(commands(mixed).map((line) => line.split(' ')[0])).toEqual([
      ...Array(7).fill('::error'),
      '::warning',
      '::notice',
    ])
    expect(commands({ ...mixed, mode: 'apply' })).toHaveLength(5)
    expect(commands(withSite('a.js:1:1', { accepted: true }))).toEqual([''])
    expect(commands(withSite('a.js:1:1', { outcome: 'ignored' }))).toEqual([''])
  })

  test('nothing from the project ends a command or starts one', () => {
    const site = finding('app-del', 'a.js:3:5', 'x', {
      message: '50%\n::error::x, y: z',
      outcome: 'by-hand',
      length: 3,
    })
    const at = { ...site.at, file: 'src/a,b%::c\r\n.js' }
    const [line] = commands({ ...nothing, mode: 'scan', findings: [{ ...site, at }], repository })
    expect(line).toBe(
      '::error file=packages/api/src/a%2Cb%25%3A%3Ac␍␊.js,line=3,endLine=3,col=5,endColumn=8,title=express/app-del (by hand)::50%25␊::error::x, y: z',
    )
  })

  test.each(Object.entries(all))('the summary of %s is not looked into for commands', (_, report) => {
    const lines = githubReport(report).trimEnd().split('\n')
    const start = lines.findIndex((line) => line.startsWith('::stop-commands::'))
    const word = lines[start]!.slice('::stop-commands::'.length)
    expect(word).toMatch(/^[0-9a-f]{32}$/)
    expect(lines.at(-1)).toBe(`::${word}::`)
    expect(lines.slice(start + 1, -1).join('\n')).not.toContain(word)
  })

  test('says what GitHub does not show', () => {
    expect(githubReport(many)).toContain(
      'GitHub shows 10 annotations of each kind for a step, and there are 500 errors',
    )
    expect(githubReport(mixed)).not.toContain('GitHub shows')
  })
})

describe('CSV', () => {
  /** Records and fields as RFC 4180 has them. */
  function parsed(text: string): string[][] {
    const rows: string[][] = []
    let row: string[] = []
    for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
      row.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
      if (end === ',') continue
      rows.push(row)
      row = []
    }
    return rows
  }

  test.each(Object.entries(all))('of %s has a record for every call site', (_, report) => {
    const [names, ...rows] = parsed(csvReport(report))
    expect(rows).toHaveLength(report.findings.length)
    for (const row of rows) expect(row).toHaveLength(names!.length)
    const index = names!.indexOf('fingerprint')
    expect(rows.map((row) => row[index]).sort()).toEqual(report.findings.map(({ fingerprint }) => fingerprint).sort())
  })

  test('quotes what needs it', () => {
    const [, row] = parsed(csvReport(withSite('src/a,"b".js:3:5', { message: 'a\nb', rewritten: 'x\r\ny' })))
    expect([row![5], row![8], row![12]]).toEqual(['src/a,"b".js', 'a\nb', 'x\ny'])
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', '\r=1', '=HYPERLINK("http://x")', '\n=1'])(
    '%j is no formula',
    (message) => {
      const [, row] = parsed(csvReport(withSite('a.js:3:5', { message })))
      expect(row![8]!.startsWith("'")).toBe(true)
    },
  )

  test.each(['x;=1+1', 'x\n=1+1', 'x; "=1+1"', 'x\t@SUM(A1)', 'x\r\n+1'])(
    '%j is none where semicolons or tabs separate, and quotes within a cell mean nothing',
    (message) => {
      const text = csvReport(withSite('a.js:3:5', { message }))
      const cells = text.split(/[;\t\r\n]/).map((cell) => cell.replace(/^[\s"]+/, ''))
      expect(cells.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([])
      expect(text).toMatch(/['][\s"]*[=+@]/)
    },
  )
})

describe('JUnit', () => {
  const read = (report: Report) =>
    new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => /^test(?:suite|case)$/.test(name),
    }).parse(junitReport(report)).testsuites as {
      tests: string
      failures: string
      skipped: string
      testsuite: {
        name: string
        tests: string
        testcase: { name: string; failure?: object; skipped?: { message: string } }[]
      }[]
    }

  test.each(Object.entries(all))('of %s is XML whose counts are right', (_, report) => {
    expect(XMLValidator.validate(junitReport(report))).toBe(true)
    expect(junitReport(report)).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u)
    const { tests, failures, skipped, testsuite } = read(report)
    const cases = testsuite.flatMap(({ testcase }) => testcase)
    expect(
      [cases.length, cases.filter((one) => one.failure).length, cases.filter((one) => one.skipped).length].map(String),
    ).toEqual([tests, failures, skipped])
  })

  test('fails while something is left', () => {
    const failures = (report: Report) => read(report).failures
    expect(failures(withSite('a.js:1:1'))).toBe('1')
    expect(failures(withSite('a.js:1:1', {}, { mode: 'apply' }))).toBe('0')
    expect(failures(withSite('a.js:1:1', { accepted: true }))).toBe('0')
    expect(failures(withSite('a.js:1:1', { outcome: 'ignored' }))).toBe('0')
  })

  test('what no file shows and what was not looked at is skipped, with what to do', () => {
    const skipped = read(mixed).testsuite.flatMap(({ testcase }) =>
      testcase.flatMap((one) => one.skipped?.message ?? []),
    )
    expect(skipped[0]).toContain('node --version')
    expect(skipped.filter((message) => message.startsWith('minified'))).toHaveLength(2)
  })

  test('keeps markup of the project as text', () => {
    const message = `</failure>]]>"'&<x>\u0000\ufffe`
    const { testsuite } = read(withSite('<a>&.js:1:1', { message, outcome: 'by-hand' }))
    const [test] = testsuite.find(({ name }) => name === 'express/app-del')!.testcase
    expect(test).toMatchObject({ name: '<a>&.js:1:1', failure: { message: `</failure>]]>"'&<x>␀\ufffd` } })
  })
})

test('a file belongs to the nearest package', () => {
  const packages = [
    { folder: '.', name: 'root', inScope: true, reason: '' },
    { folder: 'packages/a', name: 'a', inScope: true, reason: '' },
    { folder: 'packages/a/b', inScope: true, reason: '' },
  ]
  const of = (file: string) => packageOf({ packages }, file)
  expect([of('x.js'), of('packages/a/x.js'), of('packages/ab/x.js'), of('packages/a/b/x.js')]).toEqual([
    'root',
    'a',
    'root',
    'packages/a/b',
  ])
})
