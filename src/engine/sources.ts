import { closeSync, readFileSync, readSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { JavaScriptModule } from '../formats/javascript/module.ts'
import { parseJavaScript, type SyntaxProblem } from '../formats/javascript/parse.ts'
import type { ProjectPath } from '../model/finding.ts'
import type { NotLookedAt } from '../model/report.ts'
import { lineIndex, splitBom } from '../text/lines.ts'
import { isIn, type TextPattern } from '../text/pattern.ts'
import { type Discovery, guardText } from './discover.ts'
import type { PlacedHit } from './ledger.ts'
import type { ReadAhead } from './read-ahead.ts'
import type { IsFile } from './relative-files.ts'
import { openToRead, type Place, type Questions } from './shared-files.ts'
import { type Imports, importsOf, type Specifiers, specifiersIn } from './specifiers.ts'

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
const SLAB_BYTES = 4 * 1024 * 1024
/** Room left in a slab below which the next file goes into a new one. */
const SLAB_REST = 256 * 1024
/**
 * Up to so many slabs the bytes of files are kept: every step of a run searches them, and reading takes longer than making
 * a text of them again. They are outside the heap, where the garbage collector does not move them. The last one is used
 * again for every file.
 */
const SLABS = 9

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
  readonly #places = new Map<ProjectPath, Place>()
  /** What was read last, and may not be kept. */
  #latest: { readonly file: ProjectPath; readonly place: Place } | undefined
  /** A file is asked about more than once before the next one is. */
  #searched: { readonly file: ProjectPath; readonly text: string } | undefined
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
  #slabs = 1
  /** Where free room in the slab begins. */
  #free = 0

  readonly #ahead: ReadAhead | undefined

  constructor(root: string, ahead?: ReadAhead) {
    this.root = root
    this.#ahead = ahead
  }

  /** How many times a file was parsed. */
  get parsed(): number {
    return this.#parsed
  }

  /**
   * The bytes of a file as they were on disk when they were first read; valid until the next call, because the memory may
   * be used again. Throws what the file system throws.
   */
  bytes(file: ProjectPath): Buffer {
    const { slab, start, end } = this.#place(file)
    return slab.subarray(start, end)
  }

  /**
   * A text to search for names in: the planned one, or the bytes on disk as Latin-1, in which ASCII is what it is and an
   * offset counts bytes. Throws what the file system throws.
   */
  searchable(file: ProjectPath): string {
    const planned = this.#overlay.get(file)
    if (planned !== undefined) return planned
    if (this.#searched?.file === file) return this.#searched.text
    const { slab, start, end } = this.#place(file)
    const text = slab.toString('latin1', start, end)
    this.#searched = { file, text }
    return text
  }

  /** Whether `searchable` has something of a pattern. Throws what that throws. */
  has(file: ProjectPath, pattern: TextPattern): boolean {
    const known = this.#overlay.has(file) ? undefined : this.#ahead?.files?.has(file, pattern)
    return known ?? isIn(pattern, this.searchable(file))
  }

  /** The specifiers that are in `searchable`. Throws what that throws. */
  specifiersOf(file: ProjectPath): Specifiers {
    return specifiersIn(this.searchable(file))
  }

  /** Where they lead. Throws what `searchable` throws. */
  importsOf(file: ProjectPath, isFile: IsFile): Imports {
    const known = this.#overlay.has(file) ? undefined : this.#ahead?.files?.importsOf(file)
    return known ?? importsOf(file, this.specifiersOf(file), isFile)
  }

  /** True for a file whose bytes are known to be plain text, written by a person, so that no guard need look at them. */
  isPlain(file: ProjectPath): boolean {
    return !this.#overlay.has(file) && this.#ahead?.files?.isPlain(file) === true
  }

  /** Why a file is not looked at, by its bytes: see `guardText`. A planned text is looked at. Throws what `bytes` throws. */
  refused(file: ProjectPath, project: Pick<Discovery, 'root' | 'named' | 'context'>): NotLookedAt | undefined {
    if (this.#overlay.has(file) || this.isPlain(file)) return undefined
    return guardText(this.bytes(file), file, project)
  }

  /** Every place in a file that a pattern for names is at, where they are known without another look at it. */
  hitsOf(file: ProjectPath, words: TextPattern): readonly PlacedHit[] | undefined {
    return this.#overlay.has(file) ? undefined : this.#ahead?.files?.hitsOf(file, words)
  }

  /** Says what all files will be asked, which can be begun with meanwhile. */
  expect(questions: Questions): void {
    this.#ahead?.ask(questions)
  }

  #place(file: ProjectPath): Place {
    const known = this.#latest?.file === file ? this.#latest.place : this.#places.get(file)
    if (known) return known
    const ahead = this.#ahead?.files?.placeOf(file)
    if (ahead) {
      this.#places.set(file, ahead)
      return ahead
    }
    const place = this.#read(file)
    this.#latest = { file, place }
    if (place.slab === this.#slab && this.#slabs < SLABS) {
      this.#places.set(file, place)
      this.#free = place.end
      if (SLAB_BYTES - this.#free < SLAB_REST) {
        this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
        this.#slabs++
        this.#free = 0
      }
    }
    return place
  }

  #read(file: ProjectPath): Place {
    // not `join`, which takes as long as opening the file
    const descriptor = openToRead(`${this.root}/${file}`)
    try {
      const room = SLAB_BYTES - this.#free
      const read = readSync(descriptor, this.#slab, this.#free, room, 0)
      if (read < room) return { slab: this.#slab, start: this.#free, end: this.#free + read }
      const whole = readFileSync(descriptor)
      return { slab: whole, start: 0, end: whole.length }
    } finally {
      closeSync(descriptor)
    }
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
      const { text } = splitBom(this.bytes(file).toString('utf8'))
      // it can be made again of bytes that are kept
      if (!this.#places.has(file)) this.#texts.set(file, text)
      return text
    } catch (error) {
      // what was not there stays away for this run, also when the run itself has written it
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#texts.set(file, error as Error)
      throw error
    }
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
  if (code === 'ESPIPE') return 'it is a pipe, and no file'
  if (code === 'ELOOP') return 'its symbolic links go in a circle'
  return message ?? String(error)
}

/** Where a file does not parse, for a person. */
export function syntaxReason(problem: SyntaxProblem, text: string): string {
  const { line, column } = lineIndex(text).positionAt(problem.offset)
  return `${problem.message} (line ${line}, column ${column})`
}
