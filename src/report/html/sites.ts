import { BREAKAGES } from '../../model/change.ts'
import { isLeft, type Report, type ReportedFinding } from '../../model/report.ts'
import { cleanLine, cleanLines } from '../clean.ts'
import { explainCommand, typable } from '../commands.ts'
import { decisions } from '../decisions.ts'
import { seenWords } from '../observation.ts'
import { packageOf } from '../packages.ts'
import { permalink } from '../permalink.ts'
import { difference, groups } from '../sites.ts'
import { OUTCOMES, outcomeLabel } from '../wording.ts'
import { BREAKAGE_LABELS } from './charts.ts'

/** A line of code in the page: number 0 for one that is new. */
type CodeLine = readonly [kind: 'context' | 'removed' | 'added', number: number, text: string]

/** The findings as the script of the page wants them: everything that stems from a project is cleaned, and plain text. */
export function pageData(report: Report): object {
  const advice = new Map(
    decisions(report).flatMap(([reason, sites]) => sites.map((site) => [site, reason.advice] as const)),
  )
  const all = groups(report)
  const states = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, outcomeLabel(outcome, report.mode)]))
  return cleaned({
    labels: {
      states: { ...states, accepted: 'accepted earlier' },
      breakages: BREAKAGE_LABELS,
    },
    changes: Object.fromEntries(
      all.map(({ change: { id, title, why, since, breakage, source } }) => [
        id,
        { title, why, since, breakage, source },
      ]),
    ),
    sites: BREAKAGES.flatMap((breakage) => all.filter(({ change }) => change.breakage === breakage)).flatMap(
      ({ sites }) => sites.map((site) => siteData(site, report, advice.get(site))),
    ),
  }) as object
}

function siteData(site: ReportedFinding, report: Report, advice: string | undefined): object {
  const { at, endLine, change, outcome, accepted, evidence, message, fix, notes = [], ignoredBecause } = site
  const lines = codeLines(site)
  const link = permalink(report.repository, at, endLine)
  const added = lines.find(([kind]) => kind === 'added')?.[2]
  const removed = lines.find(([kind]) => kind === 'removed')?.[2]
  return {
    change,
    file: at.file,
    line: at.line,
    column: at.column,
    package: packageOf(report, site.file),
    state: accepted && isLeft(site, report.mode) ? 'accepted' : outcome,
    certainty: evidence.certainty,
    message,
    before: short(removed ?? firstLine(site.excerpt)),
    ...(added === undefined ? {} : { after: short(added), isAdded: removed === undefined }),
    lines,
    mark: markOf(site, lines),
    evidence: evidence.steps.map(({ what, at: place }) => ({
      what,
      ...(place ? { at: `${place.file}:${place.line}` } : {}),
    })),
    ...(fix ? { fix: { title: fix.title, applicability: fix.applicability, proof: fix.proof } } : {}),
    notes: [...notes, ...seenWords(site)],
    ...(link === undefined ? {} : { link }),
    ...(advice === undefined ? {} : { advice }),
    explain: explainCommand(report, typable(`${at.file}:${at.line}`) ?? change),
    ...(ignoredBecause ? { because: ignoredBecause } : {}),
    ...(site.notWritten === undefined ? {} : { notWritten: site.notWritten }),
  }
}

/** The line with what stands around it; where there is a rewrite, what goes and what comes. */
function codeLines(site: ReportedFinding): CodeLine[] {
  const { rewritten, replaced, context, excerpt, at } = site
  const source = (context?.lines ?? excerpt.split(/\r\n|\n|\r/)).map(cleanLine)
  const start = context?.firstLine ?? at.line
  const plain = source.map((text, index): CodeLine => ['context', start + index, text])
  if (rewritten === undefined) return plain
  const first = (replaced?.firstLine ?? at.line) - start
  const count = replaced?.lines ?? 1
  const isWhole = first >= 0 && first + count <= source.length
  const [from, until] = isWhole ? [first, first + count] : [at.line - start, at.line - start + 1]
  let number = start + from
  const changed = difference(source.slice(from, until), cleanLines(rewritten)).map(({ sign, line }): CodeLine => {
    if (sign === '+') return ['added', 0, line]
    return [sign === '-' ? 'removed' : 'context', number++, line]
  })
  return [...plain.slice(0, Math.max(0, from)), ...changed, ...plain.slice(until)]
}

/** What of a line is meant, if its excerpt was not cut on the left and nothing in it had to be cleaned. */
function markOf({ at, endLine, endColumn, excerpt }: ReportedFinding, lines: readonly CodeLine[]): object | undefined {
  const line = lines.find(([kind, number]) => kind !== 'added' && number === at.line)?.[2]
  if (line === undefined || line !== firstLine(excerpt) || excerpt.startsWith('…')) return undefined
  const to = endLine === at.line ? endColumn - 1 : line.length
  return to > at.column - 1 && to <= line.length ? { line: at.line, from: at.column - 1, to } : undefined
}

function firstLine(text: string): string {
  return text.split(/\r\n|\n|\r/, 1)[0] ?? ''
}

function short(code: string): string {
  const text = code.trim()
  return text.length <= 160 ? text : `${text.slice(0, 159)}…`
}

/** Every string of a value without control characters and direction overrides. */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanLine(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanLine(key), cleaned(inner)]))
}
