import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { JavaScriptModule } from '../formats/javascript/module.ts'
import { parseJavaScript, type SyntaxProblem } from '../formats/javascript/parse.ts'
import type { ProjectPath } from '../model/finding.ts'
import { lineIndex, splitBom } from '../text/lines.ts'

/** What a file is when somebody wants to understand it. */
export type Opened =
  | { readonly is: 'module'; readonly module: JavaScriptModule; readonly recovered: readonly SyntaxProblem[] }
  | { readonly is: 'broken'; readonly problem: SyntaxProblem; readonly text: string }
  | { readonly is: 'unreadable'; readonly reason: string }

/**
 * Source text, in UTF-16 units, up to which parsed files are kept: trees, and what was concluded from them, are some thirty
 * times as large, and may take a quarter of the heap. A program whose files all lead to each other does not get far with
 * less than all of it.
 */
const KEPT_TEXT = Math.max(3_000_000, Math.min(16_000_000, getHeapStatistics().heap_size_limit / 120))
const BUFFER_BYTES = 4 * 1024 * 1024
/** Bytes of files up to which their Latin-1 texts are kept: every step of a run searches them, and reading takes longer. */
const KEPT_BYTES = 32 * 1024 * 1024
const NON_ASCII = /[\x80-\xff]/

/**
 * The files of a project as the run sees them: what was on disk when it was first read, and over it what the run has
 * already planned. Every offset of a run speaks of that one text, whatever somebody does to the file meanwhile; the
 * writer compares it with the disk. A file is parsed at most once while its tree stays in memory; the trees not asked
 * for longest are dropped first.
 */
export class Sources {
  readonly root: string
  #parsed = 0
  readonly #texts = new Map<ProjectPath, string | Error>()
  readonly #overlay = new Map<ProjectPath, string>()
  /** Planned, and not there yet. */
  readonly #added = new Set<ProjectPath>()
  readonly #open = new Map<ProjectPath, Opened & { readonly size: number }>()
  #size = 0
  readonly #latin1 = new Map<ProjectPath, string>()
  #latin1Size = 0
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)

  constructor(root: string) {
    this.root = root
  }

  /** How many times a file was parsed. */
  get parsed(): number {
    return this.#parsed
  }

  /**
   * The bytes of a file as they are on disk; valid until the next call, because the memory is used again. Throws what
   * the file system throws.
   */
  borrow(file: ProjectPath): Buffer {
    const descriptor = openSync(join(this.root, file), 'r')
    try {
      const read = readSync(descriptor, this.#buffer, 0, BUFFER_BYTES, 0)
      return read === BUFFER_BYTES ? readFileSync(descriptor) : this.#buffer.subarray(0, read)
    } finally {
      closeSync(descriptor)
    }
  }

  /**
   * A text to search for names in: the planned one, or the bytes on disk as Latin-1, in which ASCII is what it is and an
   * offset counts bytes. Throws what the file system throws.
   */
  searchable(file: ProjectPath): string {
    const known = this.#overlay.get(file) ?? this.#latin1.get(file)
    if (known !== undefined) return known
    const text = this.borrow(file).toString('latin1')
    if (this.#latin1Size + text.length <= KEPT_BYTES) {
      this.#latin1.set(file, text)
      this.#latin1Size += text.length
    }
    return text
  }

  /** The text of a file without its byte order mark, plans included. Throws what the file system throws. */
  text(file: ProjectPath): string {
    return this.#overlay.get(file) ?? this.original(file)
  }

  /**
   * The text of a file without its byte order mark, as it was first read; empty for one that is only planned. Throws what
   * the file system throws.
   */
  original(file: ProjectPath): string {
    if (this.#added.has(file)) return ''
    const known = this.#texts.get(file)
    if (typeof known === 'string') return known
    if (known) throw known
    try {
      const { text } = splitBom(this.#decoded(file))
      this.#texts.set(file, text)
      return text
    } catch (error) {
      // what was not there stays away for this run, also when the run itself has written it
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#texts.set(file, error as Error)
      throw error
    }
  }

  /** The bytes of a file as UTF-8, not read again where they are still known. */
  #decoded(file: ProjectPath): string {
    const latin1 = this.#latin1.get(file)
    if (latin1 === undefined) return this.borrow(file).toString('utf8')
    return NON_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1
  }

  /** Plans a new text for a file, or a new file; from now on everybody sees it. */
  plan(file: ProjectPath, text: string, isNew = false): void {
    this.#overlay.set(file, text)
    if (isNew) this.#added.add(file)
    this.#forget(file)
  }

  /** Drops the plan for a new file: it is not there any more. */
  forgetPlan(file: ProjectPath): void {
    this.#overlay.delete(file)
    this.#added.delete(file)
    this.#forget(file)
  }

  /** Drops every plan: texts are again what was on disk when they were first read. */
  forgetPlans(): void {
    this.#overlay.clear()
    this.#added.clear()
    this.forgetParsed()
  }

  /** The files that are planned and not there yet. */
  get added(): ReadonlySet<ProjectPath> {
    return this.#added
  }

  /** The planned text of a file, when there is one. */
  planned(file: ProjectPath): string | undefined {
    return this.#overlay.get(file)
  }

  /** The parsed file. */
  open(file: ProjectPath): Opened {
    const known = this.#open.get(file)
    if (known) {
      this.#open.delete(file)
      this.#open.set(file, known)
      return known
    }
    const opened = this.#parse(file)
    this.#open.set(file, opened)
    this.#size += opened.size
    for (const [oldest, { size }] of this.#open) {
      if (this.#size <= KEPT_TEXT || oldest === file) break
      this.#open.delete(oldest)
      this.#size -= size
    }
    return opened
  }

  /** Drops every parsed file, so that the next question sees plans that were made meanwhile. */
  forgetParsed(): void {
    this.#open.clear()
    this.#size = 0
  }

  #forget(file: ProjectPath): void {
    const known = this.#open.get(file)
    if (!known) return
    this.#open.delete(file)
    this.#size -= known.size
  }

  #parse(file: ProjectPath): Opened & { readonly size: number } {
    let text: string
    try {
      text = this.text(file)
    } catch (error) {
      return { is: 'unreadable', reason: fileSystemReason(error), size: 0 }
    }
    this.#parsed++
    const parsed = parseJavaScript(text, file)
    if (parsed.is === 'failed') return { is: 'broken', problem: parsed.problem, text, size: text.length }
    return {
      is: 'module',
      module: new JavaScriptModule(file, text, parsed.ast),
      recovered: parsed.recovered,
      size: text.length,
    }
  }
}

/** What a file system error means, for a person. */
export function fileSystemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'it is listed, but no longer there'
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read; change its permissions and run again'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ELOOP') return 'its symbolic links go in a circle'
  return message ?? String(error)
}

/** Where a file does not parse, for a person. */
export function syntaxReason(problem: SyntaxProblem, text: string): string {
  const { line, column } = lineIndex(text).positionAt(problem.offset)
  return `${problem.message} (line ${line}, column ${column})`
}
