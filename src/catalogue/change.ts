import type { FormatId, Formats } from '../formats/index.ts'
import type { BreakingChange, Checklist, Version } from '../model/change.ts'
import type { ApiCall, Fix, ProjectPath, Range, Request } from '../model/finding.ts'
import type { Evidence } from '../model/trust.ts'
import type { Difference } from '../model/verification.ts'

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
    ? R extends { readonly add: 'file' }
      ? R
      : Omit<R, 'file'> & { readonly file?: ProjectPath }
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
  /** For an error of the compiler: what to write where the compiler does not accept the program after `fix`. */
  readonly otherwise?: DraftFix | undefined
  readonly notes?: readonly string[]
  readonly calls?: readonly ApiCall[] | undefined
}

/** An error that the compiler reports with the new declarations of the provider's packages, and not with the old ones. */
export interface TypeProblem extends Range {
  /** 2345 for TS2345. */
  readonly code: number
  /** The first line of what the compiler says, and the most exact one. */
  readonly message: string
  readonly evidence: Evidence
}

/** How a declaration of the new version would read if one change had not happened. */
export interface Redeclaration {
  /** The package that has it, for example `@types/express-serve-static-core`. */
  readonly package: string
  /** A part of its main file as it is now; every occurrence is meant. */
  readonly now: string
  readonly before: string
}

/**
 * A question about all files of a kind, asked once per scan and package, whoever needs the answer. The answer must be
 * plain data: trees may be dropped and parsed again. What is true of a project does not depend on which of its files a
 * run is restricted to, so those are looked at that are left out of the run, too.
 */
export interface Survey<T, F extends FormatId = 'javascript'> {
  /** The kind of file; code where nothing is said. */
  readonly format?: F
  /** Whose files: those of the package that it is asked for, as usual, or those of every package of the project. */
  readonly of?: 'package' | 'project'
  /** As in a transform: a file whose text contains none of these is not looked at. */
  readonly mentions: readonly (string | RegExp)[]
  /**
   * Of code, only the files that imports connect with one that loads the package: for what nothing but the package hands
   * out.
   */
  readonly reach?: 'package'
  look(files: Iterable<Formats[F]>): T
}

/** What was asked for with the options of a recipe (`Recipe.settings`): by name, with the defaults. */
export type Settings = Readonly<Record<string, string>>

/** What a transform may know of the project around the file. */
export interface ProjectFacts {
  /** The version to reach. */
  readonly to: Version
  /** True if the package that owns the file declares a name in any dependency section. */
  depends(name: string): boolean
  /** The range under which the package that owns the file declares a name, as written; the most binding section wins. */
  declared(name: string): string | undefined
  /** The folder of the package that owns the file; `.` for the project root. Programs are usually started there. */
  readonly folder: ProjectPath
  /**
   * The folders below a folder of the project whose name starts with a dot and that hold a file, relative to it and sorted;
   * undefined where there is no such folder. What belongs to tools (`.git`, `.vscode`) and installed packages is left out.
   */
  dotFolders(folder: ProjectPath): readonly ProjectPath[] | undefined
  /**
   * True if a bare import of this name is provided for: a package.json here or above declares it, a package of the project
   * is called that, or a compiler setting (`baseUrl`, `paths`) may lead to a file of that name.
   */
  provides(name: string): boolean
  /** The package that code here gets under a name, as it is installed or locked now; nothing if neither is known. */
  installed(
    name: string,
  ): { readonly version: Version; readonly peerDependencies: Readonly<Record<string, string>> } | undefined
  /** True if the package that owns the file is in scope of the run. */
  readonly inScope: boolean
  /** True if any package of the project is in scope: a file may belong to one package and be used by another. */
  readonly anyInScope: boolean
  /**
   * The packages in scope of the run in the folder of the file's package and below it, by name, else by folder. What
   * stands at the root of a workspace (overrides, catalogs, workflows) is about them, whether or not the root is in scope.
   */
  readonly packagesInScope: readonly string[]
  /** True if the run prefers rewriting each place over one statement that keeps the old behaviour of a whole application. */
  readonly modern: boolean
  /** What the run was asked for beyond versions and files: a value for every setting of the recipe that has one. */
  readonly settings: Settings
  /** The answer for the package that owns the file, or for the project. Files that cannot be read or parsed are left out. */
  survey<T, F extends FormatId = 'javascript'>(survey: Survey<T, F>): T
  /** For a change of declarations: the errors in the file that it causes. */
  readonly typeProblems: readonly TypeProblem[]
}

/** The code half of a change: a pure function from one parsed file to findings. */
export interface Transform<F extends FormatId = FormatId> {
  /** The kind of file it looks at; or several, told apart by `file.format`. */
  readonly format: F | readonly F[]
  /**
   * What a finding rests on: uses of the provider's values in code, or that the project depends on the provider. By
   * default the former for a transform of JavaScript alone, the latter for all others.
   */
  readonly restsOn?: 'uses' | 'dependency'
  /**
   * The file is not even parsed unless its text contains one of these. A string is looked for as it stands; a regular
   * expression lets a common name be asked for in its context, e.g. `/\.json\s*\(/`.
   */
  readonly mentions: readonly (string | RegExp)[]
  /**
   * For a transform that rests on the dependency and on uses: those of its mentions that matter in a file to which no value of
   * the package comes. By default all of them.
   */
  readonly mentionsWithoutUses?: readonly (string | RegExp)[]
  /** Names that the ledger accounts for, one textual occurrence after another. */
  readonly names?: readonly string[]
  /**
   * For a change of declarations: what it changed in them. An error that the compiler no longer reports once these read as
   * they were is caused by it. `find` then looks at files of code only where there is one, after all other changes have
   * been made, and says what to do about each of `project.typeProblems`.
   */
  readonly redeclared?: readonly Redeclaration[]
  /** No disk, no clock, no state, no dry-run flag. Throwing is reported against this change and this file only. */
  find(file: Formats[F], project: ProjectFacts): Iterable<Draft>
}

/** What a change does to answers that tests have written down: snapshots, headers, bodies. */
export interface Symptomatic {
  /**
   * True if this change alone makes a program say `actual` where a test still wants `expected`: then the expectation is
   * old, and no code is wrong. Asked about two values, or about two lines that differ; either may be empty. Pure.
   */
  readonly symptom?: (difference: Difference) => boolean
  /**
   * True for what else differs in a test with a symptom of this change, and proves nothing alone: the length and the tag
   * of a body that changed. Pure.
   */
  readonly sideEffect?: (difference: Difference) => boolean
}

/** When a change can be made. */
export interface Staged {
  /**
   * The first stage of the upgrade (a value of the recipe's setting `stage`) after which the project still works: what is
   * right on the old version and on the new one can go ahead of the new version. The last stage where it does not say.
   */
  readonly stage?: string
}

/** What a file in transforms/ exports. */
export type Change = BreakingChange & Symptomatic & Staged & ({ [F in FormatId]: Transform<F> }[FormatId] | Checklist)

/** Declares a breaking change. Gives its argument back, with types. */
export function defineChange<F extends FormatId>(
  change: BreakingChange & Symptomatic & Staged & Transform<F> & Partial<Checklist>,
): Change
export function defineChange(change: BreakingChange & Symptomatic & Staged & Checklist): Change
export function defineChange(change: unknown): Change {
  return change as Change
}

/** True for a change that files can show. */
export function isTransform(
  change: Change,
): change is BreakingChange & { [F in FormatId]: Transform<F> }[FormatId] & Change {
  return 'find' in change
}

/** True for a change that looks at files of this format. */
export function looksAt(change: Change, format: FormatId): boolean {
  return isTransform(change) && ([] as FormatId[]).concat(change.format).includes(format)
}

/** True for a change that is about errors of the compiler. */
export function isOfDeclarations(change: Change): change is Change & { readonly redeclared: readonly Redeclaration[] } {
  return isTransform(change) && change.redeclared !== undefined
}

/** What the findings of a change rest on; see `Transform.restsOn`. */
export function restsOn(change: Change): 'uses' | 'dependency' {
  if (!isTransform(change)) return 'dependency'
  return change.restsOn ?? (String(change.format) === 'javascript' ? 'uses' : 'dependency')
}
