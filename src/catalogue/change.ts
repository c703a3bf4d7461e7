import type { FormatId, Formats } from '../formats/index.ts'
import type { BreakingChange, Checklist, Version } from '../model/change.ts'
import type { Fix, ProjectPath, Range, Request } from '../model/finding.ts'
import type { Evidence } from '../model/trust.ts'

/** An edit as a transform writes it: without a file it is the file being looked at. */
export interface DraftEdit extends Range {
  readonly text: string
  readonly file?: ProjectPath
}

/**
 * A request as a transform writes it: without a file it is the file being looked at, and for a dependency the package.json
 * that owns it.
 */
export type DraftRequest = Request extends infer R
  ? R extends Request
    ? Omit<R, 'file'> & { readonly file?: ProjectPath }
    : never
  : never

/** A fix as a transform writes it. */
export interface DraftFix extends Omit<Fix, 'edits' | 'requests'> {
  readonly edits: readonly DraftEdit[]
  readonly requests?: readonly DraftRequest[]
}

/** A finding that the engine has not stamped yet. */
export interface Draft {
  /** What to underline. */
  readonly at: Range
  /** What to do here; lower case, no full stop. */
  readonly message: string
  /** A use carries its evidence, so that it can be handed on whole. */
  readonly evidence: { readonly evidence: Evidence } | Evidence
  readonly fix?: DraftFix | undefined
  readonly notes?: readonly string[]
}

/** What a transform may know of the project around the file. */
export interface ProjectFacts {
  /** The version to reach. */
  readonly to: Version
  /** True if the package that owns the file declares a name in any dependency section. */
  depends(name: string): boolean
  /** True if this package.json or catalog is of a package in scope of the run. */
  readonly inScope: boolean
}

/** The code half of a change: a pure function from one parsed file to findings. */
export interface Transform<F extends FormatId = FormatId> {
  readonly format: F
  /**
   * The file is not even parsed unless its text contains one of these. A string is looked for as it stands; a regular
   * expression lets a common name be asked for in its context, e.g. `/\.json\s*\(/`.
   */
  readonly mentions: readonly (string | RegExp)[]
  /** Names that the ledger accounts for, one textual occurrence after another. */
  readonly names?: readonly string[]
  /** No disk, no clock, no state, no dry-run flag. Throwing is reported against this change and this file only. */
  find(file: Formats[F], project: ProjectFacts): Iterable<Draft>
}

/** What a file in transforms/ exports. */
export type Change = BreakingChange & ({ [F in FormatId]: Transform<F> }[FormatId] | Checklist)

/** Declares a breaking change. Gives its argument back, with types. */
export function defineChange<F extends FormatId>(change: BreakingChange & Transform<F>): Change
export function defineChange(change: BreakingChange & Checklist): Change
export function defineChange(change: unknown): Change {
  return change as Change
}

/** True for a change that files can show. */
export function isTransform(
  change: Change,
): change is BreakingChange & { [F in FormatId]: Transform<F> }[FormatId] & Change {
  return 'find' in change
}
