import { BREAKAGES } from '../model/change.ts'
import type { ChangeId } from '../model/finding.ts'
import { isLeft, type Outcome, type Report, type ReportedChange, type ReportedFinding } from '../model/report.ts'
import type { Hop } from '../model/trust.ts'
import { cleanLine, cleanLines } from './clean.ts'
import { groupedBy } from './grouped.ts'
import { seenWords } from './observation.ts'
import {
  clipped,
  columns,
  cutToWidth,
  type Lines,
  labelled,
  padded,
  plural,
  prose,
  rule,
  type Style,
  spaced,
} from './style.ts'
import {
  breakagePaint,
  certaintyPaint,
  isOfCodemod,
  LEFT_ALONE,
  OUTCOMES,
  outcomeLabel,
  outcomePaint,
} from './wording.ts'

/** One breaking change with its call sites, in the order of the report. */
export interface Group {
  readonly change: ReportedChange
  readonly sites: readonly ReportedFinding[]
}

/** From this many call sites of one change on, the later ones are shown in one line each. */
const MANY = 12
/** So many of them are still shown in full. */
const SHOWN_IN_FULL = 4

/** The findings grouped by breaking change: silent first, then in catalogue order; call sites by place. */
export function groups(report: Report): Group[] {
  const byChange = groupedBy(report.findings, (finding) => finding.change)
  const order = new Map(report.changes.map((change, index) => [change.id, index]))
  const found = [...byChange].map(([id, sites]) => ({ change: changeOf(report, id), sites: [...sites].sort(byPlace) }))
  const rank = ({ change }: Group) => BREAKAGES.indexOf(change.breakage)
  const index = ({ change }: Group) => order.get(change.id) ?? Number.MAX_SAFE_INTEGER
  return found.sort((a, b) => rank(a) - rank(b) || index(a) - index(b))
}

/** Every call site, under its breaking change, under what happens if nothing is done. */
export function findingsText(report: Report, style: Style): Lines {
  const all = groups(report)
  const parts = BREAKAGES.flatMap((breakage) => {
    const here = all.filter((group) => group.change.breakage === breakage)
    if (here.length === 0) return []
    const count = plural(here.flatMap((group) => group.sites).length, 'place')
    if (isOfCodemod(report)) return here.map((group) => groupText(group, report, style))
    const title = rule(`${breakage.toUpperCase()} · ${count}`, style, breakagePaint(breakage, style))
    const heading = [title, ...prose(`${LEFT_ALONE[breakage]}.`.replace(/^l/, 'L'), '', style)]
    return [heading, ...here.map((group) => groupText(group, report, style))]
  })
  return spaced(...parts)
}

function groupText(group: Group, report: Report, style: Style): Lines {
  const { change, sites } = group
  const { colour } = style
  const [title = '', ...more] = prose(change.title, '', style)
  const shared = sharedText(sites)
  const head = [
    ...[title, ...more].map((line) => colour.bold(line)),
    ...prose(
      [change.id, ...(isOfCodemod(report) ? [] : [`since ${change.since}`]), tally(sites, report)].join(' · '),
      '  ',
      style,
    ).map((line) => colour.dim(line)),
    ...prose(change.why, '  ', style),
    `  ${colour.dim(cleanLine(change.source))}`,
    ...(shared.message === undefined ? [] : labelled('to do', shared.message, '  ', style)),
    ...shared.notes.flatMap((note) => labelled('note', note, '  ', style)),
  ]
  const compact = sites.length >= MANY && !style.verbose
  const full = compact ? sites.slice(0, SHOWN_IN_FULL) : sites
  const rest = compact ? sites.slice(SHOWN_IN_FULL) : []
  return spaced(
    head,
    ...full.map((site) => siteText(site, shared, report, style)),
    compactText(rest, shared, report, style),
  )
}

/** "4 places (3 written, 1 by hand)". */
function tally(sites: readonly ReportedFinding[], report: Report): string {
  const parts = OUTCOMES.flatMap((outcome) => {
    const count = sites.filter((site) => site.outcome === outcome).length
    return count === 0 ? [] : [`${count} ${outcomeLabel(outcome, report.mode)}`]
  })
  const places = plural(sites.length, 'place')
  const only = parts.length === 1 ? parts[0]?.replace(/^\d+ /, '') : undefined
  return `${places} (${only ?? parts.join(', ')})`
}

/** What all call sites of a change have in common is said once. */
interface Shared {
  readonly message: string | undefined
  readonly notes: readonly string[]
}

function sharedText(sites: readonly ReportedFinding[]): Shared {
  const [first, ...others] = sites
  if (!first || others.length === 0) return { message: undefined, notes: [] }
  return {
    message: others.every((site) => site.message === first.message) ? first.message : undefined,
    notes: (first.notes ?? []).filter((note) => others.every((site) => site.notes?.includes(note))),
  }
}

function siteText(site: ReportedFinding, shared: Shared, report: Report, style: Style): Lines {
  const indent = '    '
  const notes = (site.notes ?? []).filter((note) => !shared.notes.includes(note))
  return [
    `  ${placeLine(site, report, style)}`,
    ...codeText(site, style, indent),
    ...(shared.message === undefined ? labelled('to do', site.message, indent, style) : []),
    ...evidenceText(site, style, indent),
    ...notes.flatMap((note) => labelled('note', note, indent, style)),
    ...(site.fix?.proof === undefined ? [] : labelled('checked', site.fix.proof, indent, style)),
    ...(site.ignoredBecause ? labelled('because', site.ignoredBecause, indent, style) : []),
  ]
}

/** With a baseline, whether it lists a call site that is left. */
function newOrKnown(site: ReportedFinding, { baseline, mode }: Report): readonly string[] {
  if (!baseline || !isLeft(site, mode)) return []
  return [site.accepted ? 'accepted' : 'new']
}

function placeLine(site: ReportedFinding, report: Report, style: Style): string {
  const { file, line, column } = site.at
  const outcome = [outcomeLabel(site.outcome, report.mode), ...newOrKnown(site, report), ...seenWords(site)].join(', ')
  const label = outcomePaint(site.outcome, style)(outcome)
  return `${style.colour.underline(`${cleanLine(file)}:${line}:${column}`)}  ${label}`
}

/** The source line; with a fix, the lines it takes away and puts there. */
function codeText(site: ReportedFinding, style: Style, indent: string): Lines {
  const before = cleanLines(site.excerpt)
  if (site.rewritten === undefined) return underlined(site, before, style, indent)
  const after = cleanLines(site.rewritten)
  const margin = marginOf([...before, ...after])
  return difference(before, after).flatMap(({ sign, line }) => signed(sign, line.slice(margin), style, indent))
}

function signed(sign: string, line: string, style: Style, indent: string): Lines {
  const paint = sign === '-' ? style.colour.red : sign === '+' ? style.colour.green : style.colour.dim
  return cutToWidth(line, style.width - indent.length - 2).map((piece) => indent + paint(`${sign} ${piece}`.trimEnd()))
}

/** The source line with a mark under what is meant, where the excerpt was not cut on the left. */
function underlined(site: ReportedFinding, lines: Lines, style: Style, indent: string): Lines {
  const margin = marginOf(lines)
  const [first = '', ...more] = lines.map((line) => line.slice(margin))
  const shown = [...signed(' ', first, style, indent)]
  const raw = site.excerpt.split(/\r\n|\n|\r/, 1)[0] ?? ''
  const from = columns(cleanLine(raw.slice(0, site.at.column - 1))) - margin
  const end = site.endLine === site.at.line ? site.endColumn - 1 : raw.length
  const length = columns(cleanLine(raw.slice(site.at.column - 1, end)))
  const fits = !raw.startsWith('…') && from >= 0 && length > 0 && shown.length === 1
  if (fits) shown.push(`${indent}  ${' '.repeat(from)}${outcomePaint(site.outcome, style)('~'.repeat(length))}`)
  return [...shown, ...more.flatMap((line) => signed(' ', line, style, indent))]
}

/** Columns of white space that all lines share. */
function marginOf(lines: Lines): number {
  const margins = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)
  return margins.length === 0 ? 0 : Math.min(...margins)
}

/** Lines that go and lines that come, with what the two texts share at their ends as context. */
export function difference(before: Lines, after: Lines): { sign: ' ' | '-' | '+'; line: string }[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  const room = Math.min(before.length, after.length) - head
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  return [
    ...before.slice(0, head).map((line) => ({ sign: ' ' as const, line })),
    ...before.slice(head, before.length - tail).map((line) => ({ sign: '-' as const, line })),
    ...after.slice(head, after.length - tail).map((line) => ({ sign: '+' as const, line })),
    ...before.slice(before.length - tail).map((line) => ({ sign: ' ' as const, line })),
  ]
}

/** Why we believe it: the nearest and the last hop; all of them on request. */
function evidenceText(site: ReportedFinding, style: Style, indent: string): Lines {
  const { certainty, steps } = site.evidence
  const hops = steps.map((hop) => hopText(hop, site.at.file))
  const paint = certaintyPaint(certainty, style)
  if (hops.length === 0) return labelled(certainty, 'no chain of evidence', indent, style, paint)
  if (!style.verbose) return labelled(certainty, shortChain(hops), indent, style, paint)
  return hops.flatMap((hop, index) => {
    const [label, text] = index === 0 ? [certainty, hop] : ['', `← ${hop}`]
    return labelled(label, text, indent, style, paint)
  })
}

function shortChain(hops: readonly string[]): string {
  if (hops.length <= 2) return hops.join(' ← ')
  const [first = '', last = ''] = [hops[0], hops.at(-1)]
  return `${first} ← … ← ${last}`
}

/** A hop with its place: the line alone where it is in the same file. */
export function hopText(hop: Hop, file: string): string {
  if (!hop.at) return hop.what
  const place = hop.at.file === file ? `line ${hop.at.line}` : `${hop.at.file}:${hop.at.line}`
  return `${hop.what} (${place})`
}

/** Many call sites of one change: every one of them, in one line each. */
function compactText(sites: readonly ReportedFinding[], shared: Shared, report: Report, style: Style): Lines {
  if (sites.length === 0) return []
  const byFile = groupedBy(sites, (site) => site.at.file)
  const usual = mostFrequent(sites.map((site) => site.outcome))
  const head = `and ${plural(sites.length, 'more place')}, ${outcomeLabel(usual, report.mode)} where nothing else is said (--verbose shows them in full):`
  return [
    ...prose(head, '  ', style),
    ...[...byFile].flatMap(([file, here]) => [
      `  ${style.colour.underline(cleanLine(file))}`,
      ...here.flatMap((site) => compactSite(site, usual, shared, report, style)),
    ]),
  ]
}

function compactSite(site: ReportedFinding, usual: Outcome, shared: Shared, report: Report, style: Style): Lines {
  const { colour } = style
  const place = padded(`${site.at.line}:${site.at.column}`, 8)
  const remarks = [
    ...newOrKnown(site, report).filter((word) => word === 'new'),
    ...(site.outcome === usual ? [] : [outcomePaint(site.outcome, style)(outcomeLabel(site.outcome, report.mode))]),
    ...(site.evidence.certainty === 'proven'
      ? []
      : [certaintyPaint(site.evidence.certainty, style)(site.evidence.certainty)]),
  ]
  const code = oneLine(site.excerpt)
  const after = site.rewritten === undefined ? undefined : firstNew(site.excerpt, site.rewritten)
  const indent = '    '
  const remark = remarks.length === 0 ? '' : `  ${remarks.join(', ')}`
  const bare = `${code}${after === undefined ? '' : `  →  ${after}`}`
  const notes = (site.notes ?? []).filter((note) => !shared.notes.includes(note))
  const hanging = indent + ' '.repeat(place.length)
  const room = style.width - hanging.length
  const shown =
    columns(bare) <= room || after === undefined
      ? [indent + colour.dim(place) + painted(clipped(code, room), after, style) + remark]
      : [
          indent + colour.dim(place) + clipped(code, room) + remark,
          `${hanging}→ ${colour.green(clipped(after, room - 2))}`,
        ]
  return [...shown, ...notes.flatMap((note) => labelled('note', note, hanging, style))]
}

function painted(code: string, after: string | undefined, { colour }: Style): string {
  return after === undefined ? code : `${code}  ${colour.dim('→')}  ${colour.green(after)}`
}

function oneLine(code: string): string {
  const [first = '', ...more] = cleanLines(code)
  return more.length === 0 ? first.trim() : `${first.trim()} …`
}

/** The first line that a fix puts there. */
function firstNew(before: string, after: string): string {
  const added = difference(cleanLines(before), cleanLines(after)).filter(({ sign }) => sign === '+')
  const first = added[0]?.line.trim() ?? '(deleted)'
  return added.length > 1 ? `${first} …` : first
}

function mostFrequent(outcomes: readonly Outcome[]): Outcome {
  const counts = groupedBy(outcomes, (outcome) => outcome)
  return [...counts].sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? 'written'
}

function byPlace(a: ReportedFinding, b: ReportedFinding): number {
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1
  return a.at.line - b.at.line || a.at.column - b.at.column
}

/** Every change of the report, and after them those that only a finding names. */
export function allChanges(report: Report): ReportedChange[] {
  const ids = new Set([...report.changes.map(({ id }) => id), ...report.findings.map(({ change }) => change)])
  return [...ids].map((id) => changeOf(report, id))
}

/** The change of a finding; one that the report does not describe is shown by its id alone. */
function changeOf(report: Report, id: ChangeId): ReportedChange {
  const known = report.changes.find((change) => change.id === id)
  const { to, guide } = report.recipe
  return known ?? { id, title: id, why: '', since: to, breakage: 'silent', source: guide, fixable: 'sometimes' }
}
