import type { Report, ReportedFinding } from '../model/report.ts'
import { cleanLines } from './clean.ts'
import { packageOf } from './packages.ts'
import { permalink } from './permalink.ts'
import { groups } from './sites.ts'

type Field = string | number

/** The columns, with what stands in them. */
const COLUMNS: Readonly<Record<string, (site: ReportedFinding, report: Report) => Field>> = {
  change: ({ change }) => change,
  breakage: ({ change }, { changes }) => changes.find(({ id }) => id === change)?.breakage ?? '',
  outcome: ({ outcome }) => outcome,
  certainty: ({ evidence }) => evidence.certainty,
  package: ({ file }, report) => packageOf(report, file),
  file: ({ at }) => at.file,
  line: ({ at }) => at.line,
  column: ({ at }) => at.column,
  message: ({ message }) => message,
  fix: ({ fix }) => fix?.title ?? '',
  applicability: ({ fix }) => fix?.applicability ?? '',
  code: ({ excerpt }) => excerpt,
  rewritten: ({ rewritten }) => rewritten ?? '',
  evidence: ({ evidence }) => evidence.steps.map(({ what }) => what).join(' <- '),
  notes: ({ notes }) => notes?.join('\n') ?? '',
  accepted: ({ accepted }) => (accepted ? 'yes' : ''),
  fingerprint: ({ fingerprint }) => fingerprint,
  link: ({ at, endLine }, { repository }) => permalink(repository, at, endLine) ?? '',
}

/**
 * The call sites as comma-separated values (RFC 4180), with a line of names first. A text that a spreadsheet would take
 * for a formula starts with an apostrophe; so does each part of it that one would take for a cell or a row of its own,
 * where semicolons or tabs separate: Excel in much of Europe.
 */
export function csvReport(report: Report): string {
  const rows = groups(report).flatMap(({ sites }) =>
    sites.map((site) => Object.values(COLUMNS).map((column) => column(site, report))),
  )
  return [Object.keys(COLUMNS), ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

/** What makes Excel, LibreOffice and Google Sheets compute, also in full width. (OWASP, "CSV Injection".) */
const FORMULA = /(^|[;\t\r\n])(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])/g

function field(value: Field): string {
  if (typeof value === 'number') return String(value)
  const text = cleanLines(value.replace(FORMULA, "$1'")).join('\n')
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
