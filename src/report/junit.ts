import { XMLBuilder } from 'fast-xml-parser'
import { isLeft, type NotLookedAt, type Report, type ReportedChange, type ReportedFinding } from '../model/report.ts'
import { cleanLine, cleanLines } from './clean.ts'
import { groupedBy } from './grouped.ts'
import { allChanges } from './sites.ts'
import { LEFT_ALONE, NOT_LOOKED_AT, outcomeLabel } from './wording.ts'

/** An element: attributes under names with `@`, text under `#text`, children under their names. */
interface Element {
  readonly [name: string]: string | number | Element | readonly Element[]
}

/**
 * The report as JUnit XML, for whatever shows test results: a suite for every breaking change, in it a test for every call
 * site, which fails while something is left to do; a change without call sites is one test that passes.
 */
export function junitReport(report: Report): string {
  const byChange = groupedBy(report.findings, ({ change }) => change)
  const suites = [
    ...allChanges(report).map((change) => suite(change.id, cases(change, byChange.get(change.id) ?? [], report))),
    ...(report.notLookedAt.length === 0 ? [] : [suite('not looked at', report.notLookedAt.map(unread))]),
  ]
  const sum = (name: string) => suites.reduce((total, one) => total + Number(one[name]), 0)
  const builder = new XMLBuilder({
    attributeNamePrefix: '@',
    ignoreAttributes: false,
    format: true,
    indentBy: '  ',
    suppressEmptyNode: true,
  })
  const xml = builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': attribute(`upgrade-kit ${report.recipe.id}`),
      '@tests': sum('@tests'),
      '@failures': sum('@failures'),
      '@errors': 0,
      '@skipped': sum('@skipped'),
      '@time': 0,
      testsuite: suites,
    },
  })
  return `${xml.trimEnd()}\n`
}

function suite(name: string, tests: readonly Element[]): Element {
  return {
    '@name': attribute(name),
    '@tests': tests.length,
    '@failures': tests.filter((one) => 'failure' in one).length,
    '@errors': 0,
    '@skipped': tests.filter((one) => 'skipped' in one).length,
    '@time': 0,
    testcase: tests,
  }
}

/** Of a change without call sites, one test: it passes, unless no file can show whether it should. */
function cases(change: ReportedChange, sites: readonly ReportedFinding[], report: Report): readonly Element[] {
  if (sites.length > 0) return sites.map((site) => testCase(change, site, report))
  const byHand = report.checklist.find((item) => item.change === change.id)?.byHand
  const test = { '@classname': attribute(change.id), '@time': 0 }
  if (byHand === undefined) return [{ '@name': 'no place is affected', ...test }]
  return [{ '@name': 'to be checked by hand', ...test, skipped: { '@message': attribute(byHand) } }]
}

function unread({ file, kind, reason }: NotLookedAt): Element {
  return {
    '@name': attribute(file),
    '@classname': 'not looked at',
    '@file': attribute(file),
    '@time': 0,
    skipped: { '@message': attribute(`${NOT_LOOKED_AT[kind]}: ${reason}`) },
  }
}

function testCase(change: ReportedChange, site: ReportedFinding, report: Report): Element {
  const { at, accepted, outcome, ignoredBecause } = site
  const test = {
    '@name': attribute(`${at.file}:${at.line}:${at.column}`),
    '@classname': attribute(change.id),
    '@file': attribute(at.file),
    '@line': at.line,
    '@time': 0,
  }
  if (outcome === 'ignored') {
    return { ...test, skipped: { '@message': attribute(`ignored: ${ignoredBecause || 'no reason is given'}`) } }
  }
  if (!isLeft(site, report.mode)) return test
  if (accepted) return { ...test, skipped: { '@message': 'accepted by the baseline' } }
  return { ...test, failure: failure(change, site, report) }
}

function failure(change: ReportedChange, site: ReportedFinding, report: Report): Element {
  const { message, outcome, excerpt, rewritten, fix, evidence, notes = [] } = site
  const lines = [
    change.title,
    change.why,
    LEFT_ALONE[change.breakage],
    '',
    ...cleanLines(excerpt).map((line) => `- ${line}`),
    ...(rewritten === undefined ? [] : cleanLines(rewritten).map((line) => `+ ${line}`)),
    '',
    ...(fix ? [`fix: ${fix.title} (${fix.applicability})`] : []),
    ...notes.map((note) => `note: ${note}`),
    ...evidence.steps.map(({ what, at }) => `${evidence.certainty}: ${what}${at ? ` (${at.file}:${at.line})` : ''}`),
    change.source,
  ]
  return {
    '@message': attribute(message),
    '@type': attribute(`${change.breakage}, ${outcomeLabel(outcome, report.mode)}`),
    '#text': `\n${lines.map(valid).map(cleanLine).join('\n')}\n`,
  }
}

function attribute(text: string): string {
  return cleanLine(valid(text))
}

/** Without the two code points that XML 1.0 has no place for and that are no control characters. */
function valid(text: string): string {
  return text.replace(/[\ufffe\uffff]/g, '\ufffd')
}
