import type { Range } from '../model/finding.ts'

/** One file that a patch changes. */
export interface PatchedFile {
  /** As written, without `a/` or `b/`. */
  readonly path: string
  /** The line that says so. */
  readonly range: Range
}

/** A unified diff to ask questions of. */
export class PatchFile {
  readonly format = 'patch'
  readonly path: string
  readonly text: string

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** The files it changes, by their `diff --git` lines, else by their `+++` lines. */
  files(): PatchedFile[] {
    const git = this.#lines(/^diff --git a\/.+? b\/(.+?)[ \t]*$/gm)
    return git.length > 0 ? git : this.#lines(/^\+\+\+ (?:b\/)?(\S+).*$/gm)
  }

  #lines(pattern: RegExp): PatchedFile[] {
    return [...this.text.matchAll(pattern)].map((line) => ({
      path: line[1]!,
      range: { start: line.index, end: line.index + line[0].trimEnd().length },
    }))
  }
}
