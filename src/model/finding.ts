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
  /**
   * An import that nothing uses any more, or a dependency that nothing names. `loadedOnly`: text that only has the name of a
   * dependency does not keep it, because it is a word of something else as well; what loads it does.
   */
  | {
      readonly dropIfUnused: 'import' | 'dependency'
      readonly file: ProjectPath
      readonly name: string
      readonly loadedOnly?: true
    }
  /**
   * A new file, written with `\n` and given the line endings of the file that first asks for it. The same text asked for
   * twice is one file; where the file is there with this text already, nothing is to be done; with any other text, the fix
   * is not written.
   */
  | { readonly add: 'file'; readonly file: ProjectPath; readonly text: string }
  /** A file that shall be gone, as long as it has this text. */
  | { readonly remove: 'file'; readonly file: ProjectPath; readonly text: string }

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

/** A call of the API that a change is about. */
export interface ApiCall {
  readonly file: ProjectPath
  readonly line: number
  /** By the name that the change has for what is asked. */
  readonly operation: string
  /** How it is asked: `SDK with a callback`, `HTTP as axios`. */
  readonly how: string
  /** How much of what is sent is seen in the code. */
  readonly body: 'none' | 'seen' | 'partly seen' | 'not seen'
  /** The fields that are sent and known: those that are carried over, those that are where something is proven, and those that are not. */
  readonly rows: { readonly A: readonly string[]; readonly C: readonly string[]; readonly R: readonly string[] }
  /** Where the stable key of an order is found. */
  readonly key?: string
  /** Whether it begins something that has to have such a key. */
  readonly needsKey: boolean
  /** What is read of the answer. */
  readonly reads: readonly string[]
  /** Where the answer as a whole goes on to. */
  readonly escapes: readonly string[]
  /** What becomes of the call, or why nothing does. */
  readonly verdict: string
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
  /** The calls of an API that the finding is about, where there are more than its place shows. */
  readonly calls?: readonly ApiCall[]
}
