import { createHash } from 'node:crypto'
import type { ReportedFinding } from '../model/report.ts'

/** A finding that has no name yet. */
export type Unnamed = Omit<ReportedFinding, 'fingerprint'>

/**
 * Gives every finding its fingerprint. Findings of one change on the same code in one file are told apart by their order
 * in the file, so that of two equal lines one may go and the other keeps a name that is known.
 */
export function fingerprinted(findings: readonly Unnamed[]): ReportedFinding[] {
  const seen = new Map<string, number>()
  const names = new Map<Unnamed, string>()
  for (const finding of [...findings].sort(byPlace)) {
    const key = [finding.change, finding.file, normalised(finding.excerpt)].join('\0')
    const ordinal = seen.get(key) ?? 0
    seen.set(key, ordinal + 1)
    names.set(finding, createHash('sha256').update(`${key}\0${ordinal}`).digest('hex').slice(0, 16))
  }
  return findings.map((finding) => ({ ...finding, fingerprint: names.get(finding)! }))
}

/** Code without what a formatter changes: white space, the kind of quotes, the separator at its end. */
function normalised(code: string): string {
  return code
    .replace(/\s+/g, '')
    .replace(/["`]/g, "'")
    .replace(/[;,]+$/, '')
}

function byPlace(a: Unnamed, b: Unnamed): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.range.start - b.range.start || a.range.end - b.range.end
}
