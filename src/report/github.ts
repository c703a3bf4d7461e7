import { createHash } from 'node:crypto'
import type { Breakage } from '../model/change.ts'
import { isLeft, type Report, type ReportedFinding } from '../model/report.ts'
import { cleanLine } from './clean.ts'
import { pathInRepository } from './permalink.ts'
import { groups } from './sites.ts'
import { number, plural } from './style.ts'
import { textSummary } from './text.ts'
import { outcomeLabel } from './wording.ts'

/** The three kinds of annotation, the worst first. */
const KINDS = ['error', 'warning', 'notice'] as const
type Kind = (typeof KINDS)[number]

const KIND_OF: Readonly<Record<Breakage, Kind>> = {
  silent: 'error',
  throws: 'error',
  compile: 'warning',
  deprecated: 'notice',
}

/** So many of each kind GitHub shows beside the code, for one step. */
const SHOWN_BY_GITHUB = 10

/**
 * The report as workflow commands of GitHub Actions: an annotation for every call site that is left and that no baseline
 * accepts, the worst first; then the summary, in which nothing from the project is taken for a command.
 */
export function githubReport(report: Report): string {
  const sites = groups(report).flatMap(({ change, sites }) =>
    sites
      .filter((site) => isLeft(site, report.mode) && !site.accepted)
      .map((site) => ({
        kind: site.evidence.certainty === 'guessed' ? ('notice' as const) : KIND_OF[change.breakage],
        site,
      })),
  )
  const annotations = KINDS.flatMap((kind) =>
    sites.filter((one) => one.kind === kind).map(({ site }) => annotation(kind, site, report)),
  )
  const counts = KINDS.map((kind) => sites.filter((one) => one.kind === kind).length)
  return [...annotations, ...quoted(textSummary(report) + limits(counts)), ''].join('\n')
}

function annotation(kind: Kind, site: ReportedFinding, report: Report): string {
  const { at, endLine, endColumn, change, message, fix, outcome } = site
  // GitHub takes columns only where the place is on one line
  const columns = endLine === at.line ? { col: at.column, endColumn: Math.max(endColumn, at.column) } : {}
  const properties = {
    file: pathInRepository(report.repository, at.file),
    line: at.line,
    endLine,
    ...columns,
    title: `${change} (${outcomeLabel(outcome, report.mode)})`,
  }
  const shown = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`)
  const text = [message, ...(fix ? [`Fix: ${fix.title}`] : []), ...(site.notes ?? [])].map(cleanLine).join('\n')
  return `::${kind} ${shown.join(',')}::${data(text)}`
}

/** As `@actions/core` escapes what stands behind the second `::`. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** As `@actions/core` escapes a property. */
function property(text: string): string {
  return data(cleanLine(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function limits(counts: readonly number[]): string {
  if (counts.every((count) => count <= SHOWN_BY_GITHUB)) return ''
  const all = KINDS.map((kind, index) => plural(counts[index]!, kind)).join(', ')
  return `\nGitHub shows ${number(SHOWN_BY_GITHUB)} annotations of each kind for a step, and there are ${all}: the log above has all of them.\n`
}

/** Lines that GitHub does not look into for commands. The word that ends them is made from them, so they cannot contain it. */
function quoted(text: string): string[] {
  const word = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return [`::stop-commands::${word}`, text.trimEnd(), `::${word}::`]
}
