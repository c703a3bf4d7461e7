import { readFileSync, realpathSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Listing } from './discover.ts'
import { FROM_SOURCE, ownFile } from './own-files.ts'
import { type Questions, type Shared, SharedFiles, unpacked } from './shared-files.ts'

/** What the thread says when it has listed the files. */
export interface Listed {
  readonly listing: Omit<Listing, 'files'>
  /** The files of the listing, `packed`. */
  readonly files: string
  readonly shared: Shared
}

/** An index of git of this size, in bytes, has about a thousand files: with fewer, a thread is not worth its start. */
const LARGE_INDEX = 150_000

/**
 * A thread that lists the files of a project while the main one is still loading its modules, then reads those of code, and
 * then answers what a scan will ask of their texts. Whatever it has not done when it is asked for, the main thread does
 * itself: it waits for nothing but the list.
 */
export class ReadAhead {
  /** Of the project, with its symbolic links resolved. */
  readonly root: string
  /** What is there; nothing where the thread could not say. */
  readonly listing: Promise<Listing | undefined>
  readonly #worker: Worker
  #files: SharedFiles | undefined

  private constructor(root: string) {
    this.root = root
    this.#worker = new Worker(ownFile('read-ahead-worker.js'), { workerData: root })
    this.listing = new Promise((resolve) => {
      this.#worker.once('message', ({ listing, files, shared }: Listed) => {
        this.#files = new SharedFiles(shared)
        this.#worker.unref()
        resolve({ ...listing, files: unpacked(files) })
      })
      this.#worker.once('error', () => resolve(undefined))
      this.#worker.once('exit', () => resolve(undefined))
    })
  }

  /** Begins with the project in a folder, if it is large and there is a processor to spare. */
  static of(root: string): ReadAhead | undefined {
    // what is not built yet would have to be compiled in the thread first
    if (FROM_SOURCE || availableParallelism() < 2) return undefined
    try {
      const realRoot = realpathSync(root)
      return sizeOfIndex(realRoot) >= LARGE_INDEX && !isShortOfMemory() ? new ReadAhead(realRoot) : undefined
    } catch {
      return undefined // whoever wants to know says that there is no such folder
    }
  }

  /** Ends the thread, whatever it has done. */
  stop(): void {
    void this.#worker.terminate()
  }

  /** The files of code as the thread has them; there as soon as they are listed. */
  get files(): SharedFiles | undefined {
    return this.#files
  }

  /** Says what will be asked about the files. Only the first questions are answered. */
  ask(questions: Questions): void {
    if (this.#files?.ask(questions)) this.#worker.postMessage(questions)
  }
}

/** True where addresses are limited (`ulimit -v`): there a second thread, which reserves many, can end the whole process. */
function isShortOfMemory(): boolean {
  try {
    return !/^Max address space\s+unlimited/m.test(readFileSync('/proc/self/limits', 'utf8'))
  } catch {
    return false // only Linux says
  }
}

/** In bytes; 0 where there is none. */
function sizeOfIndex(root: string): number {
  for (let folder = root; ; folder = dirname(folder)) {
    const size = sizeIn(join(folder, '.git'))
    if (size !== undefined || folder === dirname(folder)) return size ?? 0
  }
}

/** Of the folder of a repository, or of the file that says where that is. */
function sizeIn(git: string): number | undefined {
  try {
    const folder = statSync(git).isDirectory()
      ? git
      : resolve(dirname(git), /^gitdir: (.+)/.exec(readFileSync(git, 'utf8'))?.[1] ?? '.')
    return statSync(join(folder, 'index')).size
  } catch {
    return undefined
  }
}
