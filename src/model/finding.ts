import type { Applicability, Evidence } from './trust.ts'

/** `provider/change`, for example `express/app-del`: the name of the file under `transforms/` that declares it. */
export type ChangeId = `${string}/${string}`

/** Path relative to the project root, with forward slashes. */
export type ProjectPath = string

/** Half-open, in UTF-16 units of the file as it was read, without a byte order mark. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Replace `[start, end)` of `file` by `text`. The only way anything is ever changed. */
export interface Edit extends Range {
  readonly file: ProjectPath
  readonly text: string
}

/** What only the whole file can settle: asked for by many fixes, decided once, after all other edits are known. */
export type Request =
  | {
      readonly add: 'import'
      readonly file: ProjectPath
      readonly name: string
      readonly from: string
      /** An export of this name; the default export where it is absent. */
      readonly named?: true
    }
  | {
      readonly add: 'dependency'
      readonly file: ProjectPath
      readonly name: string
      readonly range: string
      readonly dev?: true
    }
  | { readonly dropIfUnused: 'import' | 'dependency'; readonly file: ProjectPath; readonly name: string }
  /**
   * A new file, written with `\n` and given the line endings of the file that first asks for it. The same text asked for
   * twice is one file; where the file is there with this text already, nothing is to be done; with any other text, the fix
   * is not written.
   */
  | { readonly add: 'file'; readonly file: ProjectPath; readonly text: string }

/** Written as a whole or not at all. Fixes are independent: each one starts from the files as they were read. */
export interface Fix {
  /** Imperative: "Rename to `delete`". */
  readonly title: string
  readonly applicability: Applicability
  readonly edits: readonly Edit[]
  readonly requests?: readonly Request[]
  /** What was run to check this very rewrite, for example "same answer on 1,313 URLs". */
  readonly proof?: string
}

/** One place that one breaking change affects. Plain JSON, independent of the language of the file. */
export interface Finding {
  readonly change: ChangeId
  readonly file: ProjectPath
  /** What to underline. */
  readonly range: Range
  /** What to do here; lower case, no full stop. */
  readonly message: string
  readonly evidence: Evidence
  /** Absent when only a person can decide. */
  readonly fix?: Fix
  /** Remarks that a person should read before merging: known differences, side effects, probable intent. */
  readonly notes?: readonly string[]
}
