import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../src/model/report.ts'
import { cleanLine } from '../src/report/clean.ts'
import { html, json, link } from '../src/report/html/markup.ts'
import { htmlReport } from '../src/report/html/page.ts'
import { chromium, Page } from './data/browser.ts'
import { broke, compared, finding, green, hostile, many, mixed, nothing } from './data/report/samples.ts'

/** What ends a script, opens an element or an attribute, or is an address that runs. */
const ATTACKS = [
  '</script><script>window.pwned=1</script>',
  '<!--<script>window.pwned=2',
  '<img src=x onerror="window.pwned=3">',
  '"><svg onload=window.pwned=4>',
  "' onmouseover='window.pwned=5",
  '</style><style>*{display:none}</style>',
  '</textarea></title><iframe srcdoc="<script>top.pwned=6</script>">',
  '`${window.pwned=7}`',
  '{{constructor.constructor("window.pwned=8")()}}',
  '&lt;b&gt;&#60;b&#62;',
  '\u2028\u2029]]>--><base href="https://evil.example/">',
  'javascript:window.pwned=9',
]
const EVIL = ATTACKS.join(' ')

const attacked: Report = {
  ...hostile,
  packages: [{ folder: EVIL, name: EVIL, inScope: true, reason: EVIL }],
  changes: nothing.changes.map((change) => ({
    ...change,
    title: EVIL,
    why: EVIL,
    source: 'javascript:window.pwned=10',
  })),
  findings: ATTACKS.map((attack, index) =>
    finding('app-del', 'a.js:1:1', attack, {
      at: { file: `src/${attack}.js`, line: index + 1, column: 1 },
      file: `src/${attack}.js`,
      rewritten: `${attack}\n${EVIL}`,
      message: attack,
      notes: [attack],
      ignoredBecause: attack,
      steps: [{ what: attack, at: { file: attack, line: 1, column: 1 } }],
      fix: { title: attack, applicability: 'safe', edits: [], proof: attack },
      context: { firstLine: index + 1, lines: [attack, EVIL] },
    }),
  ),
  checklist: [{ change: 'express/node-engine', byHand: EVIL }],
  notLookedAt: [{ file: EVIL, kind: 'unparsable', reason: EVIL }],
  leftOut: [{ reason: EVIL, files: 1, examples: [] }],
  ignores: [{ at: { file: EVIL, line: 1, column: 1 }, change: EVIL, hides: 0, problem: 'unknown-change' }],
  remarks: [EVIL],
  run: EVIL,
  repository: { url: 'javascript:alert(1)//github', commit: 'c'.repeat(40), folder: '.', uncommitted: [] },
  verification: {
    ...broke.verification!,
    reason: EVIL,
    after: { ...broke.verification!.after!, tail: [EVIL], failed: [EVIL] },
  },
}

const page = (...reports: [Report, ...Report[]]) => {
  const named = reports.map((report, index) => ({ name: `week ${index + 1} ${index === 0 ? '' : '<b>'}`, report }))
  return htmlReport([named[0]!, ...named.slice(1)])
}
/** The elements that a parser sees: names of tags outside of scripts and styles. */
const tags = (text: string) =>
  [...text.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '<$1>').matchAll(/<([a-z!/][\w-]*)/gi)].map(
    ([, name]) => name,
  )

const all = { nothing, mixed, broke, compared, green, many, hostile, attacked }

describe('the page as text', () => {
  test.each(Object.entries(all))('of %s has the elements of ours and no others', (_, report) => {
    const text = page(report)
    const ours = new Set(
      '!doctype html head meta title style body header div p h1 h2 b button main figure figcaption svg text rect a ul li input nav span section label br dl dt dd code pre details summary footer dialog kbd script noscript'.split(
        ' ',
      ),
    )
    const foreign = tags(text).filter((name) => !ours.has(name!.replace('/', '')))
    expect(foreign).toEqual([])
    expect(text.match(/<script\b/g)).toHaveLength(2)
    expect(text.match(/<style\b/g)).toHaveLength(1)
    expect(text).not.toMatch(/<[^>]* on\w+=/)
    expect(text).not.toMatch(/(?:href|src)="(?!https?:|#)/)
  })

  test.each(Object.entries(all))('of %s has data that comes back, within a block that nothing ends', (_, report) => {
    const [, block = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page(report))!
    expect(block).not.toMatch(/[<>&\u2028\u2029]/)
    const { sites } = JSON.parse(block) as { sites: { message: string }[] }
    expect(sites).toHaveLength(report.findings.length)
    const messages = sites.map(({ message }) => message).sort()
    if (report === attacked) expect(messages).toEqual(ATTACKS.map(cleanLine).sort())
  })

  test('allows its own script and style, by their content, and nothing else', () => {
    const text = page(mixed)
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)![1]!
    const hash = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`
    const script = /<script>([\s\S]*?)<\/script>/.exec(text)![1]!
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)![1]!
    expect(policy).toBe(
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
    )
    expect(text).not.toMatch(/<[^>]* style=/)
  })

  test('its script builds elements, never markup', () => {
    const script = readFileSync(join(import.meta.dirname, '../src/report/html/page.js'), 'utf8')
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|setHTML/,
    )
  })

  test('loads nothing', () => {
    expect(page(mixed)).not.toMatch(/<link|<img|@import|url\(|fetch\(|XMLHttpRequest|import\(/)
  })

  test('escapes whatever is put into a template', () => {
    expect(html`<p title="${'"<&\'>'}">${['<b>', 1, undefined, html`<i>`]}</p>`.text).toBe(
      '<p title="&quot;&lt;&amp;&#39;&gt;">&lt;b&gt;1<i></p>',
    )
    expect(link('javascript:alert(1)', 'x').text).toBe('x')
    expect(link('https://a.example/?a="b"', 'x').text).toContain('href="https://a.example/?a=&quot;b&quot;"')
    expect(json(['</script><!--', '\u2028']).text).toBe('["\\u003c/script\\u003e\\u003c!--","\\u2028"]')
  })

  test('shows the way from report to report where there are several', () => {
    expect(page(many, mixed)).toContain('Progress: places that are left, from report to report')
    expect(page(many, mixed)).toContain('&lt;b&gt;')
    expect(page(mixed)).not.toContain('Progress')
    // what a scan finds can be written, and is not: it is left
    const progress = (first: Report) => /<figcaption>Progress[\s\S]*?<\/figure>/.exec(page(first, first))![0]
    expect(progress({ ...green, mode: 'scan' })).not.toContain('bar-done')
    expect(progress({ ...green, mode: 'apply' })).toContain('bar-done')
  })
})

describe.skipIf(chromium === undefined)('the page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-html-'))
  let open: Page
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  afterEach(() => open?.close())

  async function shown(report: Report, width?: number): Promise<Page> {
    const file = join(folder, 'a <b>"\' report.html')
    writeFileSync(file, page(report))
    open = await Page.open(file, width)
    return open
  }
  const visible = (p: Page) =>
    p.evaluate("[...document.querySelectorAll('.site')].filter((e) => e.checkVisibility()).length")

  beforeAll(() => expect(ATTACKS.length).toBeGreaterThan(10))

  test('runs nothing that a project says, in file names, code and messages', { timeout: 60_000 }, async () => {
    const p = await shown(attacked)
    await p.press('e')
    expect(await p.evaluate('window.pwned')).toBeUndefined()
    expect(await p.evaluate("document.querySelectorAll('.detail').length")).toBe(ATTACKS.length)
    expect(
      await p.evaluate("document.querySelectorAll('img, iframe, base, script[src], [onload], [onerror]').length"),
    ).toBe(0)
    expect(await p.evaluate('[...document.links].filter((a) => !/^(https?|file):/.test(a.protocol)).length')).toBe(0)
    const messages = "[...document.querySelectorAll('.todo')].map((e) => e.textContent).sort()"
    expect(await p.evaluate(messages)).toEqual(ATTACKS.map((attack) => cleanLine(attack).replaceAll('`', '')).sort())
    expect(p.log).toEqual([])
    expect(p.requests.filter((url) => !url.startsWith('file:'))).toEqual([])
  })

  test('a script that was not there when the page was made does not run', { timeout: 60_000 }, async () => {
    const p = await shown(mixed)
    await p.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.pwned = 1' }))",
    )
    expect(await p.evaluate('window.pwned')).toBeUndefined()
    expect(p.log.join()).toContain('Content Security Policy')
  })

  test('is worked with from the keyboard', { timeout: 60_000 }, async () => {
    const p = await shown(many)
    const focused = () =>
      p.evaluate("document.activeElement.querySelector('.where')?.textContent ?? document.activeElement.id")
    await p.press('j')
    await p.press('j')
    const second = await focused()
    await p.press('j')
    await p.press('k')
    expect(await focused()).toBe(second)
    await p.press('Enter')
    expect(await p.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe('true')
    await p.press('o')
    expect(await p.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe('false')
    await p.press('/')
    expect(await focused()).toBe('search')
    for (const key of 'file07') await p.press(key)
    await p.evaluate('new Promise((done) => setTimeout(done, 300))')
    expect(await visible(p)).toBe(25)
    expect(await p.evaluate('location.hash')).toBe('#q=file07')
    await p.press('Escape')
    await p.press('c')
    expect(await visible(p)).toBe(500)
  })

  test('filters by what is clicked, and by its address', { timeout: 60_000 }, async () => {
    const p = await shown(mixed)
    await p.evaluate(
      "[...document.querySelectorAll('.facet')].find((b) => b.textContent.startsWith('by hand')).click()",
    )
    expect([await visible(p), await p.evaluate('location.hash')]).toEqual([1, '#outcome=by-hand'])
    await p.evaluate(
      "location.hash = 'breakage=throws&certainty=inferred'; new Promise((done) => setTimeout(done, 100))",
    )
    expect(await visible(p)).toBe(1)
    await p.evaluate("location.hash = 'q=nowhere'; new Promise((done) => setTimeout(done, 100))")
    expect([await visible(p), await p.evaluate("document.getElementById('empty').checkVisibility()")]).toEqual([
      0,
      true,
    ])
  })

  test('5,000 call sites take no time to filter', { timeout: 90_000 }, async () => {
    const sites = Array.from({ length: 5000 }, (_, i) => ({
      ...many.findings[i % 500]!,
      file: `src/${i}.js`,
      at: { file: `src/${i}.js`, line: i + 1, column: 1 },
    }))
    const p = await shown({ ...many, findings: sites })
    expect(await p.evaluate("document.querySelectorAll('.site').length")).toBe(5000)
    const milliseconds = await p.evaluate(`(() => {
      const start = performance.now()
      document.querySelector('.facet').click()
      document.body.getBoundingClientRect()
      return performance.now() - start
    })()`)
    expect(milliseconds).toBeLessThan(1500)
  })

  test.each([360, 1280])('nothing sticks out at %i pixels', { timeout: 60_000 }, async (width) => {
    const long = finding('app-del', `${'folder/'.repeat(30)}a.js:1:1`, 'x'.repeat(200), {
      message: 'y'.repeat(300),
      outcome: 'by-hand',
    })
    const p = await shown({ ...mixed, findings: [...mixed.findings, long] }, width)
    await p.press('e')
    expect(await p.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })
})
