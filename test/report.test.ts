import { describe, expect, test } from 'vitest'
import type { Report, ReportedFinding } from '../src/model/report.ts'
import { cleanLine } from '../src/report/clean.ts'
import { changeText, lineText, recipesText, recipeText, runsText, undoText } from '../src/report/explain.ts'
import { jsonReport } from '../src/report/json.ts'
import { columns } from '../src/report/style.ts'
import { nextSteps } from '../src/report/summary.ts'
import { textReport, textSummary } from '../src/report/text.ts'
import * as samples from './data/report/samples.ts'

const { nothing, mixed, broke, compared, green, many, hostile, explanation, recipes, runs, undone, finding, testRun } =
  samples
const all = { nothing, mixed, broke, compared, green, many, hostile }

describe('explain <file:line>', () => {
  test('changes that say the same for the same reason say it together', () => {
    const [look] = explanation.looks
    const other = { ...look!, change: 'express/other' as const }
    const together = lineText({ ...explanation, looks: [look!, other] }, {}).split('\n')
    const alone = lineText({ ...explanation, looks: [look!] }, {}).split('\n')
    expect(together).toHaveLength(alone.length + 1)
    expect(together.join('\n')).toContain(`${look!.change}\nexpress/other  `)
    const apart = { ...explanation, looks: [look!, { ...other, message: 'for another reason' }] }
    expect(lineText(apart, {}).split('\n').length).toBeGreaterThan(alone.length + 2)
  })

  test('an empty line is called one', () => {
    expect(lineText({ ...explanation, excerpt: '  ', looks: [] }, {})).toMatch(/^\S+:\d+\n\nThis line is empty\.\n$/)
  })
})

describe('what a person reads', () => {
  const goldens: readonly [name: keyof typeof all, file: string, look: Parameters<typeof textReport>[1]][] = [
    ['nothing', 'nothing-80', { width: 80 }],
    ['mixed', 'mixed-40', { width: 40 }],
    ['mixed', 'mixed-80', { width: 80 }],
    ['mixed', 'mixed-120', { width: 120 }],
    ['mixed', 'mixed-100-verbose', { width: 100, verbose: true }],
    ['mixed', 'mixed-100-colour', { width: 100, colour: true }],
    ['broke', 'broke-80', { width: 80 }],
    ['compared', 'compared-80', { width: 80 }],
    ['compared', 'compared-100-verbose', { width: 100, verbose: true }],
    ['green', 'green-100', { width: 100 }],
    ['many', 'many-100', { width: 100 }],
    ['hostile', 'hostile-80', { width: 80 }],
  ]
  test.each(goldens)('%s as %s', async (name, file, look) => {
    await expect(textReport(all[name], look)).toMatchFileSnapshot(`data/report/text/${file}.txt`)
  })

  test.each([
    ['line', lineText(explanation, { width: 80 })],
    ['change', changeText(recipes[0]!.changes[0]!, { width: 80 })],
    ['checklist-change', changeText(recipes[0]!.changes.at(-1)!, { width: 80 })],
    ['recipe', recipeText(recipes[0]!, { width: 80 })],
    ['recipe-narrow', recipeText(recipes[0]!, { width: 50 })],
    ['recipes', recipesText(recipes, { width: 80 })],
    ['runs', runsText(runs)],
    ['undo', undoText(undone)],
  ])('explanation of a %s', async (file, text) => {
    await expect(text).toMatchFileSnapshot(`data/report/text/explain-${file}.txt`)
  })
})

describe('laws of the text report', () => {
  const looks = Object.keys(all).flatMap((name) =>
    [40, 80, 120].map((width) => [name as keyof typeof all, width] as const),
  )

  /** Lines that may be longer than the terminal: an address, a place, a command to copy, a line of the diff. */
  const mayBeLong = /https?:|:\d+:\d+|npx upgrade-kit|^[-+ @]|^(diff|new file) |^ {2}\S*$/

  test.each(looks)('%s fits into %i columns', (name, width) => {
    const report = textReport(all[name], { width })
    const beforeDiff = report.split(/^── Diff/m)[0] ?? ''
    const files = all[name].notLookedAt.map(({ file }) => cleanLine(file))
    const prose = beforeDiff
      .split('\n')
      .filter((line) => !mayBeLong.test(line.trimStart()) && !files.includes(line.trim()))
    expect(prose.length).toBeGreaterThan(3)
    expect(prose.filter((line) => columns(line) > width)).toEqual([])
  })

  test.each(looks)('%s in %i columns is the same in colour and without', (name, width) => {
    const coloured = textReport(all[name], { width, colour: true })
    expect(coloured).toContain('\u001b[')
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(textReport(all[name], { width }))
  })

  const dangerous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

  test.each([{}, { verbose: true }, { width: 40 }])(
    'no control character of a project reaches the terminal %o',
    (look) => {
      expect(textReport(hostile, look)).not.toMatch(dangerous)
      expect(textReport(hostile, { ...look, colour: true }).replace(/\u001b\[\d+m/g, '')).not.toMatch(dangerous)
      expect(jsonReport(hostile).replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)
    },
  )

  test('a project cannot colour, since its escapes are not obeyed', () => {
    expect(textReport(hostile)).toContain('␛[31mred')
  })

  test('every one of 500 call sites is there', () => {
    const lines = textReport(many).split('\n')
    let file = ''
    const seen = new Set<string>()
    for (const line of lines) {
      const full = /^ {2}(src\/\S+?):(\d+:\d+) /.exec(line)
      if (full) seen.add(`${full[1]}:${full[2]}`)
      file = /^ {2}(src\/[^:\s]+)$/.exec(line)?.[1] ?? file
      const compact = /^ {4}(\d+:\d+) +res\.send/.exec(line)
      if (compact) seen.add(`${file}:${compact[1]}`)
    }
    const wanted = many.findings.map(({ at }) => `${at.file}:${at.line}:${at.column}`)
    expect([...seen].sort()).toEqual([...wanted].sort())
  })

  test('500 call sites of one change take about one line each, and all of it on request', () => {
    expect(textReport(many).split('\n').length).toBeLessThan(620)
    expect(textReport(many, { verbose: true }).split('\n').length).toBeGreaterThan(500 * 5)
  })

  test('silent changes come first, in whatever order they were found', () => {
    const titles = [
      '── SILENT',
      '── THROWS',
      '── COMPILE',
      '── What a person',
      '── Check by hand',
      '── Not looked at',
      '── Summary',
    ]
    const backwards: Report = { ...mixed, findings: [...mixed.findings].reverse() }
    const places = titles.map((title) => textReport(backwards).indexOf(title))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(textReport(backwards)).toBe(textReport(mixed))
  })

  test('the parts of the ledger add up to the mentions', () => {
    for (const report of Object.values(all)) {
      const line =
        textReport(report, { width: 1000 })
          .split('\n')
          .find((one) => one.startsWith('mentions')) ?? ''
      const [hits, ...parts] = [...line.matchAll(/(?:mentions {2}|[=+] )(\d+)/g)].map((match) => Number(match[1]))
      expect(parts.length).toBeGreaterThan(0)
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(hits)
    }
  })

  test('every finding that was not written is among the decisions', () => {
    const decisions = textReport(mixed).split('── What a person has to decide')[1]?.split('── Check by hand')[0] ?? ''
    for (const { at, outcome } of mixed.findings) {
      const place = `${at.file}:${at.line}:${at.column}`
      if (outcome === 'written') expect(decisions).not.toContain(place)
      else expect(decisions).toContain(place)
    }
  })

  test('decisions about silent changes come first', () => {
    const sites = ['app-del', 'package-version', 'req-host'].map((id) =>
      finding(id, 'a.js:1:1', 'x', { outcome: 'by-hand' }),
    )
    const decisions = textReport({ ...nothing, findings: sites }).split('── What a person')[1] ?? ''
    const ids = decisions.match(/express\/[\w-]+$/gm)
    expect(ids).toEqual(['express/req-host', 'express/app-del', 'express/package-version'])
  })

  test('the summary fits on one screen', () => {
    for (const report of [nothing, mixed, many]) expect(textSummary(report).split('\n').length).toBeLessThan(40)
  })
})

describe('a call site', () => {
  const shown = (site: ReportedFinding, look = {}) => textReport({ ...nothing, findings: [site] }, look)

  test('underlines what is meant, behind tabs and wide characters too', () => {
    const site = finding('app-del', 'a.js:1:7', "\t'漢字';app.del(x)", { outcome: 'by-hand', length: 7 })
    expect(shown(site)).toContain("      '漢字';app.del(x)\n             ~~~~~~~\n")
  })

  test('underlines nothing where the excerpt was cut on the left', () => {
    const cut = `…${'x'.repeat(190)}`
    expect(shown(finding('app-del', 'a.js:1:50', cut, { outcome: 'by-hand' }), { width: 300 })).not.toContain('~')
    expect(shown(finding('app-del', 'a.js:1:50', cut.slice(1), { outcome: 'by-hand' }), { width: 300 })).toContain('~')
  })

  test('shows unchanged lines of a fix as context', () => {
    const text = shown(finding('app-del', 'a.js:1:1', 'first\nold\nlast', { rewritten: 'first\nnew\nlast' }))
    expect(text).toContain('      first\n    - old\n    + new\n      last\n')
  })

  test('names first and last hop, and every hop on request', () => {
    const site = finding('app-del', 'a.js:9:1', 'app.del()')
    expect(shown(site)).toMatch(/proven {4}`res` is parameter 2 of `show` \(line 7\) ← … ← `express` is/)
    expect(shown(site, { verbose: true })).toMatch(/← `router` is `express.Router\(\)` \(src\/routes\/items.js:3\)\n/)
  })

  test('of a change that the report does not describe is still shown', () => {
    expect(shown({ ...finding('app-del', 'a.js:9:1', 'x'), change: 'other/thing' })).toContain('other/thing')
  })
})

describe('tests and installation', () => {
  const tail = Array.from({ length: 50 }, (_, index) => `line ${index}`)
  const red: Report = { ...broke, verification: { ...broke.verification!, after: testRun(1, tail) } }

  test('the tail of the failing run is cut, and whole on request', () => {
    expect(textReport(red)).toContain('… 30 lines before')
    expect(textReport(red)).not.toContain('line 29\n')
    expect(textReport(red, { verbose: true })).toContain('line 0\n')
  })

  test('a failed installation shows what it printed', () => {
    const installation = {
      manager: 'npm',
      command: ['npm', 'install'],
      exit: 1,
      seconds: 2,
      tail: ['npm ERR! code E404'],
    }
    expect(textReport({ ...nothing, installation })).toContain('│ npm ERR! code E404')
  })

  test('colours of a test runner are taken out of its tail', () => {
    const coloured: Report = {
      ...broke,
      verification: { ...broke.verification!, after: testRun(1, ['\u001b[31mbad\u001b[0m']) },
    }
    expect(textReport(coloured)).toContain('│ bad\n')
  })
})

describe('next steps', () => {
  const commands = (report: Report) => nextSteps(report).map(({ command }) => command)

  test.each([
    [nothing, []],
    [green, ['npx upgrade-kit undo 20261122-154501-a1b2']],
    [
      mixed,
      [
        'npx upgrade-kit express5',
        'npx upgrade-kit express5 --dry-run --include review',
        'npx upgrade-kit explain src/controllers/items.js:48',
      ],
    ],
    [
      broke,
      [
        'npx upgrade-kit undo 20261122-154501-a1b2',
        'npx upgrade-kit express5 --except express/res-send-status-number',
        'npx upgrade-kit explain src/controllers/items.js:48',
      ],
    ],
  ])('follow from the report (%#)', (report, expected) => {
    expect(commands(report)).toEqual(expected)
  })

  test('a file name never becomes a command of the person who copies it', () => {
    const at = (file: string) => ({
      ...nothing,
      findings: [finding('app-del', `${file}:3:1`, 'x', { outcome: 'by-hand' })],
    })
    expect(commands(at('src/my app.js'))).toEqual(['npx upgrade-kit explain "src/my app.js:3"'])
    for (const file of ['$(id).js', '`id`.js', 'a;id.js', '-x.js', 'a"b.js', "a'b.js", 'a&b.js', 'a\nb.js']) {
      expect(commands(at(file))).toEqual([])
    }
  })
})

describe('packages', () => {
  test('many that are left alone for one reason take one line', () => {
    const others = Array.from({ length: 9 }, (_, i) => ({
      folder: `p/${i}`,
      inScope: false,
      reason: 'does not use express',
    }))
    const text = textReport({ ...nothing, packages: [...nothing.packages, ...others] }, { width: 120 })
    expect(text).toContain('left alone  9 packages, does not use express: `p/0`')
  })

  test('none in scope is not "nothing found"', () => {
    const text = textReport({ ...nothing, packages: [{ folder: '.', inScope: false, reason: 'does not use express' }] })
    expect(text).toContain('no package is in scope')
    expect(text).not.toContain('Nothing found')
  })
})

describe('JSON', () => {
  test.each(Object.entries(all))('%s comes back as it was', (_, report) => {
    expect(JSON.parse(jsonReport(report))).toEqual(JSON.parse(JSON.stringify(report)))
    expect(jsonReport(report)).toMatch(/^\{\n {2}"schema": 1,\n[\s\S]*\n\}\n$/)
  })

  test('the order of keys does not depend on who made the report', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned)
      if (value === null || typeof value !== 'object') return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, turned(inner)]),
      )
    }
    expect(jsonReport(turned(mixed) as Report)).toBe(jsonReport(mixed))
  })
})

test('what belongs together is said once on the checklist', () => {
  const [first] = mixed.checklist
  const text = textReport({ ...mixed, checklist: [first!, { ...first!, byHand: 'Is it so as well?' }] }, { width: 100 })
  const title = mixed.changes.find(({ id }) => id === first!.change)!.title
  expect(text.split(title).length - 1).toBe(1)
  expect(text).toContain('Check by hand (2)')
  expect(text).toContain('[ ] Is it so as well?')
})

test('what to type next is about the same as the run was', () => {
  const settings = { stage: 'full', map: 'my maps/acme.payment-map.yaml', 'accept-risk': 'I know', other: '$(rm)' }
  const dry: Report = { ...mixed, mode: 'dry-run', recipe: { ...mixed.recipe, settings } }
  expect(nextSteps(dry)[0]!.command).toBe(
    `npx upgrade-kit ${mixed.recipe.id} --stage full --map "my maps/acme.payment-map.yaml"`,
  )
})
