import { isAscii } from 'node:buffer'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import type { ProjectPath } from '../model/finding.ts'
import { lineIndex } from '../text/lines.ts'
import { hitsIn, isIn, type TextPattern } from '../text/pattern.ts'
import { isPlain } from './discover.ts'
import type { PlacedHit } from './ledger.ts'
import { type Imports, importsOf, specifiersIn } from './specifiers.ts'

/** Where the bytes of a file are. */
export interface Place {
  readonly slab: Buffer
  readonly start: number
  readonly end: number
}

/** What a scan asks of the texts of all files: see `Prefilter` and `Traces`. */
export interface Questions {
  readonly mentions: readonly TextPattern[]
  readonly mentionsWithoutUses: readonly TextPattern[]
  readonly words: TextPattern | undefined
  /** What `words` is made of. */
  readonly names: readonly string[]
  readonly ignores: TextPattern
  readonly traces: { readonly [trace in 'packages' | 'shapes' | 'names']: TextPattern } | undefined
}

/** All patterns, in the order of their numbers. */
function patternsOf({ mentions, mentionsWithoutUses, words, ignores, traces }: Questions): TextPattern[] {
  const others = [words, traces?.packages, traces?.shapes, traces?.names].filter((pattern) => pattern !== undefined)
  return [...mentions, ...mentionsWithoutUses, ignores, ...others]
}

/** What two threads need to have the same files in view. */
export interface Shared {
  readonly root: string
  /** `packed` */
  readonly files: string
  readonly bytes: SharedArrayBuffer
  /** The specifiers that are not relative, file by file. */
  readonly specifiers: SharedArrayBuffer
  /** Numbers of imported files; word, line and column of hits. */
  readonly numbers: SharedArrayBuffer
  readonly records: SharedArrayBuffer
}

/** What is kept of each kind, at most, in bytes. Memory that is never written to is taken from nobody. */
const MAX_BYTES = 96 * 1024 * 1024
const MAX_SPECIFIERS = 16 * 1024 * 1024
const MAX_NUMBERS = 32 * 1024 * 1024
/** A larger file is left to the main thread. */
const MAX_FILE_BYTES = 4 * 1024 * 1024
const NUMBER = Int32Array.BYTES_PER_ELEMENT

/** The places of a record, of which every file has one. */
const STATE = 0
const START = 1
const END = 2
/** Bit by bit, which questions have been answered, and with yes. */
const KNOWN = 3
const YES = 4
const SPECIFIERS = 5
const IMPORTED = 7
const HITS = 9
const RECORD = 11

const UNTOUCHED = 0
const TAKEN = 1
const READY = 2

/** How many patterns can be asked about: bits of a number, but for those of the other questions. */
const MAX_PATTERNS = 29
const KNOWS_IMPORTS = 1 << MAX_PATTERNS
const KNOWS_HITS = 1 << (MAX_PATTERNS + 1)
const PLAIN = 1 << (MAX_PATTERNS + 2)

/** So many files after the one that was asked for last are left to who asks. */
const NEAR = 32

/**
 * Files in memory that two threads share. One reads all of them and answers what will be asked; the other one takes what is
 * ready, and does itself what is not. Nobody waits.
 */
export class SharedFiles {
  readonly shared: Shared
  readonly #files: readonly ProjectPath[]
  readonly #numberOf: ReadonlyMap<ProjectPath, number>
  readonly #bytes: Buffer
  readonly #specifiers: Buffer
  readonly #numbers: Int32Array
  readonly #records: Int32Array
  /** Where the number of the file that was asked for last is. */
  readonly #asked: number
  #questions: Questions | undefined
  #bitOf: ReadonlyMap<TextPattern, number> = new Map()
  #freeSpecifiers = 0
  #freeNumbers = 0

  constructor(shared: Shared) {
    this.shared = shared
    this.#files = unpacked(shared.files)
    this.#numberOf = new Map(this.#files.map((file, number) => [file, number]))
    this.#bytes = Buffer.from(shared.bytes)
    this.#specifiers = Buffer.from(shared.specifiers)
    this.#numbers = new Int32Array(shared.numbers)
    this.#records = new Int32Array(shared.records)
    this.#asked = this.#files.length * RECORD
  }

  static of(root: string, files: readonly ProjectPath[]): SharedFiles {
    const made = new SharedFiles({
      root,
      files: packed(files),
      bytes: new SharedArrayBuffer(MAX_BYTES),
      specifiers: new SharedArrayBuffer(MAX_SPECIFIERS),
      numbers: new SharedArrayBuffer(MAX_NUMBERS),
      records: new SharedArrayBuffer((files.length * RECORD + 1) * NUMBER),
    })
    made.#records[made.#asked] = -NEAR
    return made
  }

  // ---- the thread that asks

  /** Where a file that is ready is; any other one is taken from now on. */
  placeOf(file: ProjectPath): Place | undefined {
    const at = this.#recordOf(file)
    if (at === undefined || Atomics.compareExchange(this.#records, at + STATE, UNTOUCHED, TAKEN) !== READY)
      return undefined
    return { slab: this.#bytes, start: this.#records[at + START]!, end: this.#records[at + END]! }
  }

  /**
   * Says what will be answered; false where it cannot be. Only the first questions are: whoever has others, also others of
   * the same form, is told that nothing is known.
   */
  ask(questions: Questions): boolean {
    const patterns = patternsOf(questions)
    if (this.#questions || patterns.length > MAX_PATTERNS) return false
    this.#questions = questions
    this.#bitOf = new Map(patterns.map((pattern, number) => [pattern, 1 << number]))
    return true
  }

  /** Whether a file has something of a pattern; undefined where that is not known. */
  has(file: ProjectPath, pattern: TextPattern): boolean | undefined {
    const bit = this.#bitOf.get(pattern)
    return bit === undefined ? undefined : this.#answer(file, bit)
  }

  /** See `isPlain`; undefined where that is not known. */
  isPlain(file: ProjectPath): boolean | undefined {
    return this.#answer(file, PLAIN)
  }

  /** Where the specifiers of a file lead; undefined where that is not known. */
  importsOf(file: ProjectPath): Imports | undefined {
    const at = this.#recordOf(file)
    if (at === undefined || !this.#isKnown(at, KNOWS_IMPORTS)) return undefined
    const [count, ...specifiers] = this.#specifiers
      .toString('latin1', this.#records[at + SPECIFIERS], this.#records[at + SPECIFIERS + 1])
      .split('\n')
    return {
      files: [...this.#numbersAt(at + IMPORTED)].map((number) => this.#files[number]!),
      augmented: specifiers.slice(0, Number(count)),
      others: specifiers.slice(Number(count)),
    }
  }

  /** Every place in a file that a pattern for names is at; undefined where that is not known. */
  hitsOf(file: ProjectPath, words: TextPattern): readonly PlacedHit[] | undefined {
    if (!this.#questions || this.#questions.words !== words) return undefined
    const at = this.#recordOf(file)
    if (at === undefined || !this.#isKnown(at, KNOWS_HITS)) return undefined
    const numbers = this.#numbersAt(at + HITS)
    const hits: PlacedHit[] = []
    for (let i = 0; i < numbers.length; i += 3)
      hits.push({ word: this.#questions.names[numbers[i]!]!, line: numbers[i + 1]!, column: numbers[i + 2]! })
    return hits
  }

  #answer(file: ProjectPath, bit: number): boolean | undefined {
    const at = this.#recordOf(file)
    return at !== undefined && this.#isKnown(at, bit) ? (this.#records[at + YES]! & bit) !== 0 : undefined
  }

  /** Whatever is known was written before that is. */
  #isKnown(at: number, bit: number): boolean {
    return (Atomics.load(this.#records, at + KNOWN) & bit) !== 0
  }

  #numbersAt(place: number): Int32Array {
    return this.#numbers.subarray(this.#records[place], this.#records[place + 1])
  }

  #recordOf(file: ProjectPath): number | undefined {
    const last = this.#records[this.#asked]!
    // most questions are about the same file as the last one, or about the next
    const number =
      this.#files[last] === file ? last : this.#files[last + 1] === file ? last + 1 : this.#numberOf.get(file)
    if (number === undefined) return undefined
    this.#records[this.#asked] = number
    return number * RECORD
  }

  // ---- the thread that reads ahead

  /** Reads what nobody has taken, one file after the other. */
  readAll(): void {
    let free = 0
    for (const number of this.#notNear()) {
      const at = number * RECORD
      if (Atomics.compareExchange(this.#records, at + STATE, UNTOUCHED, TAKEN) !== UNTOUCHED) continue
      if (this.#bytes.length - free < MAX_FILE_BYTES) return
      const read = readInto(`${this.shared.root}/${this.#files[number]}`, this.#bytes, free, MAX_FILE_BYTES)
      if (read === undefined) continue
      this.#records[at + START] = free
      this.#records[at + END] = free + read
      free += read
      Atomics.store(this.#records, at + STATE, READY)
    }
  }

  /**
   * Answers what a scan asks, in the order in which it does: whether a file has anything at all; as soon as one has, what
   * every file imports; then the rest. The thread that asks begins with the first file: this one begins with the last, as
   * long as both are at the same, and then with the first, where the other one is not yet.
   */
  answerAll(questions: Questions): void {
    const patterns = patternsOf(questions)
    const bitsOf = (some: readonly (TextPattern | undefined)[]) =>
      some.reduce((bits, pattern) => (pattern ? bits | (1 << patterns.indexOf(pattern)) : bits), 0)
    const { mentions, mentionsWithoutUses, words, names, ignores, traces } = questions
    const [ofMentions, ofNames, ofLinks] = [mentions, [traces?.names], [traces?.packages, traces?.shapes]].map(bitsOf)
    const ofChanges = bitsOf([...mentions, ...mentionsWithoutUses, words])
    const everyWord = words && new RegExp(words.pattern, 'g')
    const numberOfWord = new Map(names.map((word, number) => [word, number]))

    let some = false
    for (const number of this.#fromTheEnd()) {
      some = (this.#look(number, patterns, ofMentions! | bitsOf([words, ignores])) & ofChanges) !== 0
      if (some) break
    }
    if (!some) return
    for (const number of this.#fromTheEnd()) {
      this.#look(number, patterns, ofLinks!)
      this.#follow(number)
    }
    for (const number of this.#notNear()) {
      let yes = this.#look(number, patterns, bitsOf([...mentionsWithoutUses, words, ignores]) | ofNames!)
      // what a change looks for is of interest where values may be, which the imports say, or else a usual name
      if (!traces || (yes & ofNames!) !== 0) yes |= this.#look(number, patterns, ofMentions!)
      if ((yes & ofChanges) === 0) continue
      this.#judge(number)
      if (everyWord) this.#count(number, everyWord, numberOfWord)
    }
  }

  /** Looks for some patterns in a file. Gives the bits of all that it is known to have. */
  #look(number: number, patterns: readonly TextPattern[], wanted: number): number {
    const at = number * RECORD
    const missing = wanted & ~this.#records[at + KNOWN]!
    let yes = this.#records[at + YES]!
    if (missing === 0 || !this.#isReady(at)) return yes
    const text = this.#textAt(at)
    for (const [index, pattern] of patterns.entries())
      if ((missing & (1 << index)) !== 0 && isIn(pattern, text)) yes |= 1 << index
    this.#records[at + YES] = yes
    this.#learn(at, missing)
    return yes
  }

  #follow(number: number): void {
    const at = number * RECORD
    if (!this.#isReady(at)) return
    const specifiers = specifiersIn(this.#textAt(at))
    const { files, others, augmented } = importsOf(this.#files[number]!, specifiers, (file) => this.#numberOf.has(file))
    // no specifier has a line break in it
    const text = [augmented.length, ...augmented, ...others].join('\n')
    const end = this.#freeSpecifiers + text.length
    if (end > this.#specifiers.length) return
    const imported = files.map((file) => this.#numberOf.get(file)!)
    if (!this.#keepNumbers(at + IMPORTED, imported)) return
    this.#specifiers.write(text, this.#freeSpecifiers, 'latin1')
    this.#records[at + SPECIFIERS] = this.#freeSpecifiers
    this.#records[at + SPECIFIERS + 1] = end
    this.#freeSpecifiers = end
    this.#learn(at, KNOWS_IMPORTS)
  }

  #judge(number: number): void {
    const at = number * RECORD
    if (!this.#isReady(at)) return
    if (isPlain(this.#bytesAt(at), this.#files[number]!)) this.#records[at + YES]! |= PLAIN
    this.#learn(at, PLAIN)
  }

  /** Only in ASCII a byte is a character. */
  #count(number: number, words: RegExp, numberOf: ReadonlyMap<string, number>): void {
    const at = number * RECORD
    if (!this.#isReady(at) || !isAscii(this.#bytesAt(at))) return
    const text = this.#textAt(at)
    const hits = hitsIn(text, words)
    const lines = hits.length > 0 ? lineIndex(text) : undefined
    const numbers = hits.flatMap(({ word, offset }) => {
      const { line, column } = lines!.positionAt(offset)
      return [numberOf.get(word)!, line, column]
    })
    if (this.#keepNumbers(at + HITS, numbers)) this.#learn(at, KNOWS_HITS)
  }

  /** False where there is no room. */
  #keepNumbers(place: number, numbers: readonly number[]): boolean {
    const end = this.#freeNumbers + numbers.length
    if (end > this.#numbers.length) return false
    this.#numbers.set(numbers, this.#freeNumbers)
    this.#records[place] = this.#freeNumbers
    this.#records[place + 1] = end
    this.#freeNumbers = end
    return true
  }

  #learn(at: number, bits: number): void {
    Atomics.or(this.#records, at + KNOWN, bits)
  }

  #isReady(at: number): boolean {
    return Atomics.load(this.#records, at + STATE) === READY
  }

  #bytesAt(at: number): Buffer {
    return this.#bytes.subarray(this.#records[at + START], this.#records[at + END])
  }

  #textAt(at: number): string {
    return this.#bytes.toString('latin1', this.#records[at + START], this.#records[at + END])
  }

  /** The numbers of the files after the one that was asked for last, backwards. */
  *#fromTheEnd(): Iterable<number> {
    for (let number = this.#files.length - 1; number >= 0 && number > this.#records[this.#asked]!; number--)
      yield number
  }

  /** The numbers of all files, but of those that will have been asked about before they are ready. */
  *#notNear(): Iterable<number> {
    for (let number = 0; number < this.#files.length; number++) {
      const ahead = number - this.#records[this.#asked]!
      if (-NEAR < ahead && ahead < NEAR / 4) number += NEAR - ahead
      if (number < this.#files.length) yield number
    }
  }
}

/** Paths as one text, each with a NUL behind it: that is handed over in a moment, thousands are not. */
export function packed(files: readonly ProjectPath[]): string {
  return files.map((file) => `${file}\0`).join('')
}

/** The reverse of `packed`. */
export function unpacked(files: string): ProjectPath[] {
  return files.split('\0').slice(0, -1)
}

/** How many bytes were read; undefined for a file that cannot be, or that may be longer than the room for it. */
function readInto(path: string, buffer: Buffer, start: number, room: number): number | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openToRead(path)
    const read = readSync(descriptor, buffer, start, room, 0)
    return read < room ? read : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/**
 * Opens a file; a pipe that stands in its place is not waited for, and cannot be read at an offset. A thread that waits for
 * the system cannot be ended.
 */
export function openToRead(path: string): number {
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
}
