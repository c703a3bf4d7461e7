import { describe, expect, test } from 'vitest'
import type { Report } from '../src/model/report.ts'
import { MARKDOWN_LIMIT, markdownReport } from '../src/report/markdown.ts'
import { block, cell, code, link, prose } from '../src/report/markdown-text.ts'
import { permalink } from '../src/report/permalink.ts'
import { broke, compared, finding, green, hostile, many, mixed, nothing } from './data/report/samples.ts'

const repository = { url: 'https://github.com/shop/api', commit: 'c'.repeat(40), folder: '.', uncommitted: [] }

describe('the body of a pull request', () => {
  test.each<[string, Report]>([
    ['mixed', { ...mixed, repository }],
    ['nothing', nothing],
    ['broke', broke],
    ['compared', compared],
    ['hostile', hostile],
  ])('%s', async (name, report) => {
    await expect(markdownReport(report)).toMatchFileSnapshot(`data/report/markdown/${name}.md`)
  })

  test('has a check box for every decision, and none for what was done', () => {
    const boxes = markdownReport({ ...mixed, checklist: [] }).match(/^- \[ \] .*$/gm)!
    expect(boxes).toHaveLength(mixed.findings.filter(({ outcome }) => outcome !== 'written').length)
    expect(markdownReport(green)).not.toContain('- [ ] `src')
  })

  test('says what an ignored finding is: not to be decided', () => {
    const site = finding('app-del', 'a.js:1:1', 'app.del()', { outcome: 'ignored', ignoredBecause: 'patched' })
    const text = markdownReport({ ...nothing, findings: [site] })
    expect(text).toContain('1 ignored by a comment · nothing left to decide')
    expect(text).not.toContain('- [ ]')
  })

  test('nothing found is a doubt while files could not be read', () => {
    const notLookedAt = [{ file: 'a.js', kind: 'unparsable' as const, reason: 'x' }]
    expect(markdownReport({ ...nothing, notLookedAt })).toContain('**1 file could not be read**')
    expect(markdownReport(nothing)).not.toContain('could not be read')
  })

  const sites = (count: number, excerpt: string) =>
    Array.from({ length: count }, (_, index) =>
      finding('app-del', `src/some/folder/file${index % 100}.js:${index}:1`, excerpt, { outcome: 'by-hand' }),
    )
  test.each([
    [200, 'app.del(x)'],
    [5000, 'app.del(x)'],
    [5000, 'x'.repeat(200)],
  ])('fits with %i decisions, and says what it leaves out', (count, excerpt) => {
    const text = markdownReport({ ...nothing, mode: 'scan', findings: sites(count, excerpt), repository })
    expect(text.length).toBeLessThanOrEqual(MARKDOWN_LIMIT)
    expect(text).toContain(`### To decide (${count === 5000 ? '5,000' : count})`)
    if (count === 5000) expect(text).toMatch(/and 4,\d\d\d more places.*\n[\s\S]*Some detail was left out/)
  })

  test('fits whatever the limit', () => {
    for (const limit of [300, 2000, 10_000])
      expect(markdownReport({ ...many, repository }, limit).length).toBeLessThanOrEqual(limit)
  })
})

describe('foreign text means nothing to Markdown', () => {
  test.each([
    ['a *b* _c_ ~~d~~', 'a \\*b\\* \\_c\\_ \\~\\~d\\~\\~'],
    ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
    ['&lt;script&gt;', '\\&lt;script\\&gt;'],
    ['[a](https://evil.example)', '\\[a\\](https&#8203;://evil.example)'],
    ['www.evil.example', 'www&#8203;.evil.example'],
    ['thanks @octocat and @org/team', 'thanks @&#8203;octocat and @&#8203;org/team'],
    ['fixes #12 and GH-12', 'fixes \\#&#8203;12 and GH-&#8203;12'],
    ['a | b', 'a \\| b'],
    ['$x$', '\\$x\\$'],
    ['use `a|b` <b>', 'use `a|b` \\<b\\>'],
    ['one ` tick', 'one \\` tick'],
    ['`a``b`', '`a`&#8203;`b`'],
    ['line\n# heading', 'line␊\\# heading'],
  ])('prose %j', (text, markdown) => {
    expect(prose(text)).toBe(markdown)
  })

  test.each([
    ['a', '`a`'],
    ['`a`', '`` `a` ``'],
    ['a `` b', '```a `` b```'],
    ['a\nb', '`a␊b`'],
    ['<b>@x|y', '`<b>@x|y`'],
    [' ', ''],
  ])('code %j', (text, markdown) => {
    expect(code(text)).toBe(markdown)
  })

  test('a bar does not end the cell', () => {
    expect(cell(code('a|b'))).toBe('`a\\|b`')
    expect(cell(prose('a|b'))).toBe('a\\|b')
  })

  test('a fence in code does not end the block', () => {
    expect(block('a\n````\nb', 'js')).toBe('`````js\na\n````\nb\n`````')
    expect(block('a\nb\nc', '', 2)).toBe('```\na\nb\n… 1 more lines\n```')
  })

  test.each(['javascript:alert(1)', 'https://a.example/x)y', 'https://a.example/<b>', 'data:text/html,x', '//evil'])(
    '%s is no address',
    (address) => {
      expect(link('`a`', address)).toBe('`a`')
    },
  )

  test('a cut is never within a character', () => {
    expect(prose(`${'x'.repeat(8)}😀${'y'.repeat(9)}`, 10)).toBe(`${'x'.repeat(8)}…`)
  })
})

describe('a permalink', () => {
  const at = { file: 'src/a b(1)#.js', line: 3, column: 1 }
  test.each([
    ['https://github.com/o/r', `https://github.com/o/r/blob/${repository.commit}/src/a%20b%281%29%23.js#L3-L5`],
    [
      'https://github.acme.com/o/r',
      `https://github.acme.com/o/r/blob/${repository.commit}/src/a%20b%281%29%23.js#L3-L5`,
    ],
    ['https://gitlab.com/g/s/r', `https://gitlab.com/g/s/r/-/blob/${repository.commit}/src/a%20b%281%29%23.js#L3-5`],
    [
      'https://bitbucket.org/o/r',
      `https://bitbucket.org/o/r/src/${repository.commit}/src/a%20b%281%29%23.js#lines-3:5`,
    ],
    [
      'https://codeberg.org/o/r',
      `https://codeberg.org/o/r/src/commit/${repository.commit}/src/a%20b%281%29%23.js#L3-L5`,
    ],
    ['https://git.example.com/github/r', undefined],
  ])('to %s', (url, expected) => {
    expect(permalink({ ...repository, url }, at, 5)).toBe(expected)
  })

  test('starts at the folder of the project, and is none where the file differs from the commit', () => {
    const a = { file: 'src/a.js', line: 3, column: 1 }
    expect(permalink({ ...repository, folder: 'packages/api' }, a)).toContain('/packages/api/src/a.js#L3')
    expect(permalink({ ...repository, uncommitted: ['src/a.js'] }, a)).toBeUndefined()
    expect(permalink({ ...repository, uncommitted: ['src/'] }, a)).toBeUndefined()
    expect(permalink({ ...repository, uncommitted: ['src/b.js', 'sr'] }, a)).toBeDefined()
    expect(permalink(undefined, a)).toBeUndefined()
  })
})
