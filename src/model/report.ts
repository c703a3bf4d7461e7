import type { BreakingChange, Url, Version } from './change.ts'
import type { ChangeId, Finding, ProjectPath } from './finding.ts'
import type { Observation, Seen, UnplacedCall } from './observation.ts'
import type { Hop, Location } from './trust.ts'
import type { Installation, Verification } from './verification.ts'

/** What a run is for: `scan` reports, `dry-run` also plans, `apply` writes. */
export type Mode = 'scan' | 'dry-run' | 'apply'

export type Outcome =
  /** Written; in a dry run: would be written. */
  | 'written'
  /** There is a fix, but its applicability is below what was asked for, or it was left out by an option. */
  | 'held-back'
  /** Only a person can decide. */
  | 'by-hand'
  /** Its edits collide with another fix that was taken; run again. */
  | 'conflict'
  /** It was to be written, but a file did not allow it: `notWritten` says which one and what to do. */
  | 'not-written'
  /** The fix left a file that does not parse, so it was taken back: a bug of ours. */
  | 'withdrawn'
  /** A comment in the source says that a person has decided this: see `IgnoreComment`. */
  | 'ignored'

/** Lines of the file around a finding, as they were read, each cut to at most 200 UTF-16 units. */
export interface SourceContext {
  /** Number of the first of the lines. */
  readonly firstLine: number
  readonly lines: readonly string[]
}

/** A finding with what became of it and where a person finds it, so that reporters need no source. */
export interface ReportedFinding extends Finding {
  readonly outcome: Outcome
  /** For `not-written`: the file that was in the way, why, and what to do, in one sentence without full stop. */
  readonly notWritten?: string
  /** Where the finding starts. */
  readonly at: Location
  /** Where it ends. */
  readonly endLine: number
  readonly endColumn: number
  /** The source line(s) the finding starts on, without the line ending; at most 200 characters around the column. */
  readonly excerpt: string
  /** The same line(s) after the fix, where the fix touches them. */
  readonly rewritten?: string
  /** The lines of the file that `rewritten` stands for; absent where `rewritten` was cut. */
  readonly replaced?: { readonly firstLine: number; readonly lines: number }
  /** The line(s) with what stands around them. */
  readonly context?: SourceContext
  /**
   * Names this finding from run to run, in 16 hexadecimal digits: made from the change, the file and the code of the
   * line, not from its number. It survives moved lines and new spaces; a renamed file or other code is a new finding.
   */
  readonly fingerprint: string
  /** Why a person wants it left alone, from the comment that says so; empty where the comment gives no reason. */
  readonly ignoredBecause?: string
  /** True if the baseline of the run lists it: it is known, and fails nothing. */
  readonly accepted?: boolean
  /** Present where the tests were watched, and the old version can say of such a call that it is deprecated. */
  readonly seen?: Seen
}

/** What one `upgrade-kit-ignore` comment says about one change. */
export interface IgnoreComment {
  readonly at: Location
  /** The change as the comment names it; empty where it names none. */
  readonly change: string
  readonly reason?: string
  /** How many findings it hides. */
  readonly hides: number
  /** What is wrong with the comment. */
  readonly problem?: 'no-change' | 'unknown-change' | 'hides-nothing' | 'no-reason'
}

/** The findings that were accepted earlier, and what became of them. */
export interface BaselineUse {
  /** The file, as it was given. */
  readonly file: string
  /** Findings of this run that it lists. */
  readonly accepted: number
  /** Findings that are left and that it does not list: they fail the run. */
  readonly fresh: number
  /** Entries about changes of this run that are found no more. */
  readonly gone: number
}

/** Where the files can be read by others: a commit of a repository on the web. */
export interface Repository {
  /** Address of the repository's page, without a user or password and without a slash at its end. */
  readonly url: Url
  /** The full id of the commit that the run started from. */
  readonly commit: string
  /** The project within the repository: `.`, or a path with forward slashes. */
  readonly folder: string
  /** Files of the project that differ from the commit, relative to it; a folder of them ends in `/`. */
  readonly uncommitted: readonly ProjectPath[]
}

/** One package.json of the project and where it stands. */
export interface PackageStanding {
  /** Folder of the package.json, relative to the root; `.` for the root itself. */
  readonly folder: ProjectPath
  readonly name?: string
  /** The provider's version in use here, where it is known. */
  readonly version?: Version
  /** Where that version was read: a lock file, the declared range, or an option. */
  readonly versionFrom?: string
  readonly inScope: boolean
  /** Why it is in or out of scope: "uses express 4.18.2 (package-lock.json)", "does not use express". */
  readonly reason: string
}

/** A file or a part of one that nothing can be said about. Never silently dropped. */
export interface NotLookedAt {
  readonly file: ProjectPath
  readonly change?: ChangeId
  /** `ours`: a transform threw, which is a bug of this tool. */
  readonly kind:
    | 'unparsable'
    /** Read with a repaired syntax error: looked at, but never written. */
    | 'repaired'
    | 'generated'
    | 'minified'
    | 'too-big'
    | 'binary'
    | 'encoding'
    | 'unreadable'
    | 'symlink'
    | 'ours'
  /** What happened and what to do, for a person. */
  readonly reason: string
}

/** Files left out before anything was read, by reason. */
export interface LeftOut {
  readonly reason: string
  readonly files: number
  /** A few of them, for orientation. */
  readonly examples: readonly ProjectPath[]
}

/** What became of one textual occurrence of a changed name. */
export type LedgerStatus =
  | 'rewritten'
  | 'review'
  | 'by-hand'
  /** There is a fix that was to be written, and a file did not allow it. */
  | 'not-written'
  /** Ours, and looked at by every change: this use is not affected. */
  | 'unaffected'
  | 'not-ours'
  | 'guessed'
  | 'comment-or-string'
  | 'generated'
  | 'unparsable'
  | 'ignored'

/** One textual occurrence of a name that some change is about. */
export interface LedgerEntry {
  readonly word: string
  readonly at: Location
  readonly status: LedgerStatus
  /** For `not-ours`: the proof. For others: what decided. */
  readonly proof?: string
  readonly changes?: readonly ChangeId[]
}

/** Every textual occurrence of every changed name, accounted for: the parts add up to the hits. */
export interface Ledger {
  /** The names that were looked for, with the changes that are about them. */
  readonly words: readonly { readonly word: string; readonly changes: readonly ChangeId[] }[]
  /** All textual hits in the files in scope. Equals the sum of `counts`. */
  readonly hits: number
  readonly counts: Readonly<Record<LedgerStatus, number>>
  readonly entries: readonly LedgerEntry[]
}

/**
 * How much of the official guide the run looked for. The parts add up: `automatic` (every change of the catalogue that is
 * about the entry can always be rewritten), `sometimes`, `byHand` (all are left to a person) and `notCovered`.
 */
export interface Coverage {
  readonly guide: Url
  /** Changes that the guide itself lists; 0 where its list is not known. */
  readonly changes: number
  readonly automatic: number
  readonly sometimes: number
  readonly byHand: number
  /** What the guide lists and the run did not look for. */
  readonly notCovered: readonly { readonly title: string; readonly url: Url }[]
  /** Changes that the run looked for and the guide says nothing about. */
  readonly undocumented: number
}

/** One breaking change as the report needs it. */
export interface ReportedChange extends BreakingChange {
  readonly id: ChangeId
}

/** What one file looks like before and after; `before` is absent for a created file. */
export interface FilePatch {
  readonly file: ProjectPath
  readonly before?: string
  readonly after: string
  readonly changes: readonly ChangeId[]
}

/** One configuration of the compiler that was checked. */
export interface CheckedProgram {
  /** The tsconfig.json. */
  readonly config: ProjectPath
  /** Version and origin of the compiler: "TypeScript 5.9.2 of the project". */
  readonly compiler: string
  /** Files of the project that it covers. */
  readonly files: number
  /** Declarations that were looked at in place of the installed ones: "@types/express 5.0.6". */
  readonly against: readonly string[]
}

/** An error that the compiler reports of the rewritten files with the new declarations, and did not report before. */
export interface NewTypeError {
  /** Where it starts, in the file as it was read. */
  readonly at: Location
  /** 2345 for TS2345. */
  readonly code: number
  /** What the compiler says: the first line, and the most exact one. */
  readonly message: string
  /** The change that causes it; absent where none is known to. */
  readonly cause?: ChangeId
  /** True if what the run writes takes it away, as the compiler itself says. */
  readonly rewritten: boolean
}

/** What TypeScript says of the project as it is going to be, asked before anything is written. */
export interface TypeCheck {
  readonly programs: readonly CheckedProgram[]
  /** In the order of files and lines. */
  readonly errors: readonly NewTypeError[]
  /** What could not be checked, and why. */
  readonly skipped: readonly { readonly at: ProjectPath; readonly reason: string }[]
}

/** One commit that a run made. */
export interface MadeCommit {
  /** The full id. */
  readonly id: string
  readonly subject: string
  /** Absent for the commit of manifests and lock files. */
  readonly change?: ChangeId
}

/** The commits of a run, oldest first. */
export interface Commits {
  /** The branch that they are on. */
  readonly branch: string
  readonly made: readonly MadeCommit[]
  /** Why there are none, although they were asked for; what was written is in the files. */
  readonly refused?: string
  /** Files that were written and that git does not track, so that no commit has them. */
  readonly untracked?: readonly ProjectPath[]
}

/** Everything a run knows. Every reporter, the exit code and the golden files are made from this value alone. */
export interface Report {
  readonly schema: 1
  readonly tool: { readonly name: 'upgrade-kit'; readonly version: string }
  readonly mode: Mode
  readonly recipe: {
    readonly id: string
    readonly provider: string
    readonly from: Version
    readonly to: Version
    readonly guide: Url
    /** What the run was asked for with the options that only this recipe, or a few, take. */
    readonly settings?: Readonly<Record<string, string>>
  }
  readonly packages: readonly PackageStanding[]
  /** Every change of the interval that was active, found or not. */
  readonly changes: readonly ReportedChange[]
  readonly findings: readonly ReportedFinding[]
  readonly checklist: readonly { readonly change: ChangeId; readonly byHand: string }[]
  readonly notLookedAt: readonly NotLookedAt[]
  readonly leftOut: readonly LeftOut[]
  /** Every comment in the files in scope that hides findings or was meant to. */
  readonly ignores: readonly IgnoreComment[]
  readonly ledger: Ledger
  readonly coverage: Coverage
  readonly patches: readonly FilePatch[]
  readonly counts: {
    /** Files in scope that were listed, whose text was searched, that were parsed. */
    readonly filesListed: number
    readonly filesSearched: number
    readonly filesParsed: number
    readonly rounds: number
  }
  /** Remarks about the run as a whole: not a git repository, types were not asked, and so on. */
  readonly remarks: readonly string[]
  /** Absent where there is no TypeScript, and where it was switched off. */
  readonly typeCheck?: TypeCheck
  readonly installation?: Installation
  readonly verification?: Verification
  /** Present when it was asked for: what the old version said while the project's tests ran. */
  readonly observation?: Observation
  /** The journal of what was written; `upgrade-kit undo <run>` takes it back. */
  readonly run?: string
  /** Absent where the project is in no repository that has a page on the web. */
  readonly repository?: Repository
  readonly baseline?: BaselineUse
  /** Present where commits were asked for. */
  readonly commits?: Commits
}

/** What `explain <file:line>` answers: every change that looked at the line. */
export interface LineExplanation {
  readonly at: Location
  readonly excerpt: string
  readonly looks: readonly {
    readonly change: ChangeId
    readonly verdict: 'finding' | 'not-ours' | 'unknown' | 'unaffected'
    readonly message: string
    /** The chain of evidence; for `unknown`, up to the hop where it broke. */
    readonly steps: readonly Hop[]
  }[]
}

/** Exit codes of the command line, from the most to the least urgent. */
export const EXIT = {
  /** Nothing is left to do. */
  clean: 0,
  /**
   * Something is left: findings that no baseline accepts and that would be written (dry run), are held back, by hand, in
   * conflict or not written; files that may be affected and could not be read; or deprecated calls that the tests ran and
   * that are none of the findings.
   */
  findingsLeft: 1,
  /**
   * The project or the command line is in the way: bad option, dirty git tree, nothing installed, a commit refused, an
   * installation that failed, tests that did not come to their end.
   */
  inTheWay: 2,
  /** A transform failed, or a fix had to be taken back: a bug of ours; the rest of the run is complete. */
  transformFailed: 3,
  /** The tests were green before and red after. */
  testsBroke: 4,
  /** Stopped by ctrl-C; what was written is in the journal. */
  interrupted: 130,
} as const

const UNREAD: readonly NotLookedAt['kind'][] = ['unparsable', 'unreadable', 'encoding']

/**
 * The files of which only a person can say whether they are affected: written by hand as far as we know, with a name that
 * a change is about, and not readable. Without them "nothing found" would be a guess.
 */
export function unreadFiles(report: Pick<Report, 'notLookedAt'>): readonly ProjectPath[] {
  return [...new Set(report.notLookedAt.filter(({ kind }) => UNREAD.includes(kind)).map(({ file }) => file))]
}

/** The exit code that a report deserves. */
export function exitCode(report: Report): number {
  if (report.verification?.verdict === 'broke-it') return EXIT.testsBroke
  const ours =
    report.notLookedAt.some((n) => n.kind === 'ours') || report.findings.some((f) => f.outcome === 'withdrawn')
  if (ours) return EXIT.transformFailed
  if (report.commits?.refused !== undefined || report.verification?.verdict === 'not-finished') return EXIT.inTheWay
  const left =
    report.findings.some((f) => isLeft(f, report.mode) && !f.accepted) ||
    report.typeCheck?.errors.some(({ cause, rewritten }) => cause === undefined && !rewritten)
  return left || unreadFiles(report).length > 0 || unexplainedCalls(report).length > 0 ? EXIT.findingsLeft : EXIT.clean
}

/** The deprecated calls that the tests ran and that no finding stands for: a person has to look for them. */
export function unexplainedCalls({ observation }: Pick<Report, 'observation'>): readonly UnplacedCall[] {
  return (observation?.unplaced ?? []).filter(({ candidates = 0 }) => candidates === 0)
}

/** True if something is left to do about a finding: it was not written, and nobody said to leave it alone. */
export function isLeft({ outcome }: Pick<ReportedFinding, 'outcome'>, mode: Mode): boolean {
  return outcome !== 'ignored' && (outcome !== 'written' || mode !== 'apply')
}
