import type { Settings } from '../catalogue/change.ts'
import type { Setting } from '../catalogue/provider.ts'
import type { Example } from '../catalogue/select.ts'
import type { Breakage, Url, Version } from '../model/change.ts'
import type { ChangeId, ProjectPath } from '../model/finding.ts'
import type { LineExplanation, Mode, Report } from '../model/report.ts'
import type { CommitRequest } from './commit.ts'
import type { Proposal, Selection } from './upgrade.ts'

/** Where a long run is; reported as it goes. `line` is one line of a command's output, or a word on what is done. */
export interface Progress {
  readonly phase:
    | 'preflight'
    | 'observe'
    | 'baseline'
    | 'discover'
    | 'scan'
    | 'plan'
    | 'types'
    | 'write'
    | 'install'
    | 'verify'
    | 'blame'
    | 'commit'
  readonly done?: number
  readonly total?: number
  readonly line?: string
}

/** What is going to be written, for somebody who may want less, or something else. */
export type Selected = Pick<Proposal, 'report' | 'isEarly'> & {
  selecting(selection: Selection): Promise<Selected>
}
/** Undefined: not now. */
export type Choose = (proposal: Selected) => Promise<Selected | undefined>

/** What every run needs to know, whoever decides what is changed: a recipe or a codemod. */
export interface RequestBase {
  /** Absolute path of the project. */
  readonly root: string
  /** Files and folders to look at, relative to the root or absolute; all of the project when empty. */
  readonly paths?: readonly string[]
  /** Globs relative to the root: only files that match one of `include` and none of `exclude` are looked at. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** The weakest fix that may be written. */
  readonly level: 'safe' | 'review'
  /** Whether TypeScript's checker is asked where scopes cannot tell. */
  readonly types: 'auto' | 'on' | 'off'
  readonly mode: Mode
  /** Write although git has uncommitted changes. */
  readonly force?: boolean
  readonly install: boolean
  readonly verify: boolean
  /** A command line to run instead of the project's `test` script. */
  readonly testCommand?: string
  readonly testTimeoutSeconds?: number
  readonly installTimeoutSeconds?: number
  /** How long to look for the fixes that broke the tests; 300 by default, 0 not to look. */
  readonly blameSeconds?: number
  /** Commit what was written: a commit for each change, and one for manifests and lock files. */
  readonly commit?: CommitRequest
  /** Asked, before anything is written, which of the fixes are; nothing is written where it gives nothing. */
  readonly choose?: Choose
  /** Take the fixes back that broke the tests, and keep all others. */
  readonly holdBackBreaking?: boolean
  readonly onProgress?: (progress: Progress) => void
  /** Aborting it makes the call reject with `Interrupted`; children are ended first. */
  readonly signal?: AbortSignal
}

/** One run of a recipe. */
export interface RunRequest extends RequestBase {
  /** A recipe id, for example `express5`. */
  readonly recipe: string
  /** The interval of versions, where the recipe's own is not what is wanted. */
  readonly from?: Version
  readonly to?: Version
  /** Change ids with or without the provider's prefix; only these, or all but these. */
  readonly only?: readonly string[]
  readonly except?: readonly string[]
  /** Prefer rewriting each place over one statement that keeps the old behaviour of a whole application. */
  readonly modern?: boolean
  /** What the recipe takes beyond that, by name: `{ stage: 'before-bump' }`. */
  readonly settings?: Settings
  /** Run the project's tests on the old version first, in every mode, and take what it says then as evidence. */
  readonly observe?: boolean
}

/** One run of an existing jscodeshift transform through the same dry run, report, journal and verification. */
export interface CodemodRequest extends RequestBase {
  /** Path of the transform module, relative to the root or absolute. */
  readonly transform: string
  /** jscodeshift's parser name; the transform's own, or one that fits the file, when absent. */
  readonly parser?: string
  /** Time limit for the transform on one file; 30 seconds when absent, more for files above a megabyte. */
  readonly transformTimeoutSeconds?: number
}

/** One change as `list` and `explain <change-id>` show it. */
export interface ChangeSummary {
  readonly id: ChangeId
  readonly title: string
  readonly why: string
  readonly since: Version
  readonly breakage: Breakage
  readonly source: Url
  /** What the official guide says of it that does not hold, or that it is silent about it. */
  readonly guideSays?: string
  readonly fixable: 'always' | 'sometimes' | 'never'
  /** Present when no file can show the change: what to check by hand. */
  readonly checklist?: string
  readonly example?: Example
}

/** One recipe with the changes of its interval. */
export interface RecipeSummary {
  readonly id: string
  readonly provider: string
  readonly from: Version
  readonly to: Version
  readonly guide: Url
  /** The options that only this recipe, or a few, take. */
  readonly settings?: readonly (Setting & { readonly name: string })[]
  readonly changes: readonly ChangeSummary[]
}

/** One journalled run, newest first in lists. */
export interface RunSummary {
  readonly run: string
  /** The recipe id, or the path of the codemod. */
  readonly recipe: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly files: number
  /** `interrupted`: stopped in the middle of writing, so that some files are new and some are old. */
  readonly state: 'complete' | 'interrupted' | 'undone'
}

/** What `undo` did. */
export interface UndoResult {
  readonly run: string
  /** Files that are again as they were before the run, byte for byte. */
  readonly restored: readonly ProjectPath[]
  /** Files that the run had created and that are gone again. */
  readonly removed: readonly ProjectPath[]
  /** Files left as they are, because somebody changed them after the run; `force` restores them too. */
  readonly kept: readonly { readonly file: ProjectPath; readonly reason: string }[]
}

/** Thrown when the signal of a request was aborted; nothing is running any more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  /** The journal of what was written before the stop; absent when nothing was. */
  readonly run: string | undefined
  readonly written: readonly ProjectPath[]
  constructor(run?: string, written: readonly ProjectPath[] = []) {
    super(run === undefined ? 'stopped before anything was written' : `stopped after writing ${written.length} files`)
    this.run = run
    this.written = written
  }
}

/**
 * Everything the command line asks of the engine. `src/engine/session.ts` exports `createEngine(): Engine`.
 * All methods throw `UserError` where the project or the request is in the way.
 */
export interface Engine {
  run(request: RunRequest): Promise<Report>
  /** `file` is absolute or relative to the root; `line` is 1-based. */
  explainLine(request: RunRequest, file: string, line: number): Promise<LineExplanation>
  /** In the order of the catalogue; no disk is read but the catalogue itself, and its examples where they are wanted. */
  recipes(options?: { readonly examples?: boolean }): readonly RecipeSummary[] | Promise<readonly RecipeSummary[]>
  runCodemod(request: CodemodRequest): Promise<Report>
  /** Takes back the given run, else the newest that is not undone. */
  undo(root: string, run?: string, options?: { readonly force?: boolean }): Promise<UndoResult>
  /** Newest first. */
  runs(root: string): Promise<readonly RunSummary[]>
}
