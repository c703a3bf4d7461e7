import { BREAKAGES, type Breakage } from '../../model/change.ts'
import { isLeft, type Report, type ReportedFinding } from '../../model/report.ts'
import { groupedBy } from '../grouped.ts'
import { packageOf } from '../packages.ts'
import { html, type Markup, type Part } from './markup.ts'
import type { NamedReport } from './page.ts'

/** How many call sites are in which state, in the order in which a bar shows them. */
interface Parts {
  readonly done: number
  readonly open: number
  readonly off: number
}

interface Bar extends Parts {
  readonly label: string
  /** The filter that shows what the bar counts: the part of an address behind `#`. */
  readonly hash?: string
}

/** Pixels. */
const ROW = 30
/** Percent of the width: where bars start, and how long the longest is; behind it stands its count. */
const START = 31
const LONGEST = 59
const MOST_BARS = 7

/** What happens to code that is left alone, in a word or two. */
export const BREAKAGE_LABELS: Readonly<Record<Breakage, string>> = {
  silent: 'silent',
  throws: 'throws',
  compile: 'does not build',
  deprecated: 'warns',
}

/** Findings by what happens if nothing is done. */
export function breakageChart(report: Report): Part {
  const breakage = new Map(report.changes.map((change) => [change.id, change.breakage]))
  const bars = BREAKAGES.flatMap((kind): Bar[] => {
    const sites = report.findings.filter(({ change }) => (breakage.get(change) ?? 'silent') === kind)
    return sites.length === 0
      ? []
      : [{ label: BREAKAGE_LABELS[kind], hash: `breakage=${kind}`, ...parts(sites, report) }]
  })
  return bars.length === 0 ? undefined : barChart('By what happens to code that is left alone', bars, report)
}

/** Findings by package; only where there are several. */
export function packageChart(report: Report): Part {
  const byPackage = groupedBy(report.findings, ({ file }) => packageOf(report, file))
  return byPackage.size < 2 ? undefined : longChart('By package', 'package', byPackage, (name) => name, report)
}

/** Findings by breaking change; only where there are several. */
export function changeChart(report: Report): Part {
  const byChange = groupedBy(report.findings, ({ change }) => change)
  const name = (id: string) => id.slice(id.indexOf('/') + 1)
  return byChange.size < 2 ? undefined : longChart('By breaking change', 'change', byChange, name, report)
}

/** The longest bars, and the others as one. */
function longChart(
  title: string,
  facet: string,
  groups: ReadonlyMap<string, readonly ReportedFinding[]>,
  name: (value: string) => string,
  report: Report,
): Markup {
  const bars = [...groups]
    .map(([value, sites]): Bar => {
      const hash = new URLSearchParams({ [facet]: value }).toString()
      return { label: name(value), hash, ...parts(sites, report) }
    })
    .sort((a, b) => total(b) - total(a))
  const rest = bars.slice(MOST_BARS)
  const sum = (part: keyof Parts) => rest.reduce((all, bar) => all + bar[part], 0)
  const others: Bar[] =
    rest.length === 0 ? [] : [{ label: `${rest.length} more`, done: sum('done'), open: sum('open'), off: sum('off') }]
  return barChart(title, [...bars.slice(0, MOST_BARS), ...others], report)
}

function parts(sites: readonly ReportedFinding[], report: Report): Parts {
  const done = sites.filter(({ outcome }) => outcome === 'written').length
  const off = sites.filter((site) => site.outcome === 'ignored' || (site.accepted && isLeft(site, report.mode))).length
  return { done, off, open: Math.max(0, sites.length - done - off) }
}

function total({ done, open, off }: Parts): number {
  return done + open + off
}

function barChart(title: string, bars: readonly Bar[], report: Report): Markup {
  const most = Math.max(...bars.map(total))
  const height = bars.length * ROW
  return html`<figure class="chart"><figcaption>${title}</figcaption>
<svg height="${height}" role="img" aria-label="${title}: ${bars.map((bar) => `${bar.label} ${total(bar)}`).join(', ')}">
${bars.map((bar, index) => barRow(bar, index, most))}</svg>${legend(report)}</figure>`
}

function barRow(bar: Bar, index: number, most: number): Markup {
  const y = index * ROW
  const text = html`<svg width="${START - 1}%"><text x="0" y="${y + 17}">${clipped(bar.label)}<title>${bar.label}</title></text></svg>`
  const length = (count: number) => (count / most) * LONGEST
  const pieces: Markup[] = []
  let x = START
  for (const part of ['done', 'open', 'off'] as const) {
    if (bar[part] === 0) continue
    const width = length(bar[part])
    pieces.push(
      html`<rect class="bar-${part}" x="${x.toFixed(2)}%" y="${y + 5}" width="${width.toFixed(2)}%" height="16"><title>${bar[part]}</title></rect>`,
    )
    x += width
  }
  return html`${bar.hash === undefined ? text : html`<a href="#${bar.hash}">${text}</a>`}${pieces}<text x="100%" y="${y + 17}" text-anchor="end">${total(bar)}</text>
`
}

/** What a wide chart has room for; a narrow one cuts it. */
const LABEL_LENGTH = 26

function clipped(label: string): string {
  return label.length <= LABEL_LENGTH ? label : `${label.slice(0, LABEL_LENGTH - 1)}…`
}

/** What of a report a legend depends on. */
interface Shown {
  readonly mode: Report['mode']
  readonly findings: Report['findings']
  readonly baseline?: Report['baseline'] | undefined
}

function legend({ mode, findings, baseline }: Shown, open = 'to decide'): Markup {
  const done = mode === 'apply' ? 'written' : mode === 'scan' ? 'can be written' : 'would be written'
  const hasOff = baseline !== undefined || findings.some(({ outcome }) => outcome === 'ignored')
  return html`<ul class="legend"><li class="done">${done}</li><li class="open">${open}</li>${hasOff ? html`<li>ignored or accepted</li>` : undefined}</ul>`
}

const HEIGHT = 132
const COLUMN = 72

/** How the findings went down from report to report, oldest first; only where there are several. */
export function progressChart(reports: readonly NamedReport[]): Part {
  if (reports.length < 2) return undefined
  const columns = reports.map(({ name, report }) => ({ name, left: leftIn(report), ...progressParts(report) }))
  const most = Math.max(1, ...columns.map(total))
  const width = columns.length * COLUMN
  const [last] = reports.slice(-1)
  return html`<figure class="chart"><figcaption>Progress: places that are left, from report to report</figcaption>
<svg height="${HEIGHT + 44}" viewBox="0 0 ${width} ${HEIGHT + 44}" preserveAspectRatio="xMinYMin meet" role="img" aria-label="${columns.map((c) => `${c.name}: ${c.left} left`).join('; ')}">
<line class="axis" x1="0" x2="${width}" y1="${HEIGHT + 20}" y2="${HEIGHT + 20}"/>
${columns.map((column, index) => progressColumn(column, index, most))}</svg>${legend({ mode: 'apply', findings: reports.flatMap(({ report }) => report.findings), baseline: last?.report.baseline }, 'left')}</figure>`
}

/** What is written and what is left: what a scan says can be written is left. */
function progressParts(report: Report): Parts {
  const { done, open, off } = parts(report.findings, report)
  return report.mode === 'apply' ? { done, open, off } : { done: 0, open: done + open, off }
}

function leftIn(report: Report): number {
  return report.findings.filter((site) => isLeft(site, report.mode) && !site.accepted).length
}

function progressColumn(column: Parts & { name: string; left: number }, index: number, most: number): Markup {
  const scale = (count: number) => (count / most) * HEIGHT
  const x = index * COLUMN + 14
  const pieces: Markup[] = []
  let y = HEIGHT + 20
  for (const part of ['done', 'off', 'open'] as const) {
    const height = scale(column[part])
    if (height === 0) continue
    y -= height
    pieces.push(
      html`<rect class="bar-${part}" x="${x}" y="${y.toFixed(1)}" width="${COLUMN - 28}" height="${height.toFixed(1)}"><title>${column[part]}</title></rect>`,
    )
  }
  const middle = index * COLUMN + COLUMN / 2
  const name = column.name.length > 11 ? `${column.name.slice(0, 10)}…` : column.name
  return html`${pieces}<text x="${middle}" y="${(y - 6).toFixed(1)}" text-anchor="middle">${column.left}</text><text x="${middle}" y="${HEIGHT + 37}" text-anchor="middle">${name}<title>${column.name}</title></text>
`
}
