import type { ChangeId, ProjectPath } from '../model/finding.ts'
import { isLeft, type Report, type ReportedFinding } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { cleanLine } from './clean.ts'

/** One finding that was accepted. Only the fingerprint decides; the rest is for people who read the file. */
export interface Accepted {
  readonly file: ProjectPath
  readonly change: ChangeId
  readonly code: string
  readonly fingerprint: string
}

/** The findings that a project lives with, in a file that is kept with its code. */
export interface Baseline {
  readonly schema: 1
  readonly findings: readonly Accepted[]
}

/** No finding is accepted yet. */
export const EMPTY: Baseline = { schema: 1, findings: [] }

/** The baseline in a text. Throws `UserError` if it is none; `name` says which file that is. */
export function parseBaseline(text: string, name: string): Baseline {
  const advice = 'Give a file that `--update-baseline` wrote, or write it anew.'
  let value: Partial<Baseline> | null
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new UserError(`${name} is not JSON: ${error instanceof Error ? error.message : error}`, advice)
  }
  const isBaseline = value?.schema === 1 && Array.isArray(value.findings) && value.findings.every(isAccepted)
  if (!isBaseline) throw new UserError(`${name} is no baseline of upgrade-kit`, advice)
  return value as Baseline
}

function isAccepted(value: unknown): value is Accepted {
  const entry = (value ?? {}) as Record<string, unknown>
  return (
    ['file', 'change', 'code', 'fingerprint'].every((key) => typeof entry[key] === 'string') && !('outcome' in entry)
  )
}

/** A baseline as text: sorted, one finding a line, so that merges and reviews are easy. */
export function baselineText({ schema, findings }: Baseline): string {
  const lines = findings
    .map(({ file, change, code, fingerprint }) => JSON.stringify({ file, change, code, fingerprint }))
    .sort()
    .map((line) => `    ${line}`)
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`
  return `{\n  "schema": ${schema},\n  "findings": ${list}\n}\n`
}

/**
 * The baseline that accepts what is left in a report of the whole project. What the run did not look at stays accepted:
 * other changes, and files that could not be read.
 */
export function baselineOf(report: Report, before: Baseline): Baseline {
  const kept = before.findings.filter((entry) => !wasLookedAt(entry, report))
  const left = report.findings.filter((finding) => isLeft(finding, report.mode)).map(accepted)
  return { schema: 1, findings: [...kept, ...left] }
}

function accepted({ file, change, excerpt, fingerprint }: ReportedFinding): Accepted {
  return { file, change, code: cleanLine(excerpt.trim()).slice(0, 120), fingerprint }
}

/**
 * The report with what the baseline accepts. `isPart`: the run looked at a part of the project only, so that nothing can
 * be said about entries that it did not meet.
 */
export function withBaseline(report: Report, { findings: entries }: Baseline, file: string, isPart: boolean): Report {
  const known = new Set(entries.map(({ fingerprint }) => fingerprint))
  const left = report.findings.filter((finding) => isLeft(finding, report.mode))
  const met = new Set(left.map(({ fingerprint }) => fingerprint))
  const fresh = left.filter(({ fingerprint }) => !known.has(fingerprint)).length
  const gone = entries.filter((entry) => wasLookedAt(entry, report) && !met.has(entry.fingerprint)).length
  return {
    ...report,
    findings: report.findings.map((finding) =>
      isLeft(finding, report.mode) && known.has(finding.fingerprint) ? { ...finding, accepted: true } : finding,
    ),
    baseline: { file, accepted: left.length - fresh, fresh, gone: isPart ? 0 : gone },
  }
}

function wasLookedAt({ file, change }: Accepted, report: Report): boolean {
  return report.changes.some(({ id }) => id === change) && !report.notLookedAt.some((entry) => entry.file === file)
}
