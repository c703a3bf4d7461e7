import { constants, existsSync } from 'node:fs'
import { copyFile, lstat, mkdir, mkdtemp, readdir, readlink, realpath, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { foldersUpwards } from './packages.ts'

/** A copy of a project that tests can run in. */
export interface ProjectCopy {
  /** Absolute real path of the project in the copy. */
  readonly root: string
  /** Removes the copy. */
  remove(): Promise<void>
}

/** A project that is too big for a copy. */
export class TooBig extends Error {}

const MAX_BYTES = 1_000_000_000
const MAX_FILES = 100_000
const NOT_COPIED = new Set(['.git', '.hg', '.svn', '.upgrade-kit'])
/** What installers keep beside the packages, and programs read; caches are not among it. */
const LINKED = new Set([
  '.bin',
  '.pnpm',
  '.prisma',
  '.package-lock.json',
  '.modules.yaml',
  '.yarn-integrity',
  '.yarn-state.yml',
])

/**
 * Copies a project to a temporary folder, so that its tests can run on other texts than its own. Installed packages are
 * linked, one by one: what a test runner writes into `node_modules` (caches) stays in the copy, and packages of the same
 * workspace lead to the copy as well. Above the project, up to the top of its repository, files and installed packages
 * are there too.
 *
 * @throws TooBig, and what the file system throws.
 */
export async function copyProject(root: string, signal?: AbortSignal): Promise<ProjectCopy> {
  const project = await realpath(root)
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-copy-')))
  const topmost = foldersUpwards(project).at(-1)!
  const top = existsSync(join(topmost, '.git')) ? topmost : project
  const to = join(temporary, 'project', relative(top, project))
  const remove = () => rm(temporary, { recursive: true, force: true, maxRetries: 5 })
  try {
    const work = new Copying(project, to, signal)
    for (let from = project; from !== top; ) {
      from = dirname(from)
      await work.surroundings(from, join(temporary, 'project', relative(top, from)))
    }
    await work.folder(project, to)
    return { root: to, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

class Copying {
  readonly #from: string
  readonly #to: string
  readonly #signal: AbortSignal | undefined
  #bytes = 0
  #files = 0

  constructor(from: string, to: string, signal: AbortSignal | undefined) {
    this.#from = from
    this.#to = to
    this.#signal = signal
  }

  async folder(from: string, to: string): Promise<void> {
    this.#signal?.throwIfAborted()
    await mkdir(to, { recursive: true })
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)]
      if (NOT_COPIED.has(entry.name)) continue
      if (entry.name === 'node_modules') await this.#packages(source, target)
      else if (entry.isDirectory()) await this.folder(source, target)
      else if (entry.isSymbolicLink()) await this.#link(source, target)
      else if (entry.isFile()) await this.#file(source, target)
    }
  }

  /** The files and installed packages of a folder above the project. */
  async surroundings(from: string, to: string): Promise<void> {
    await mkdir(to, { recursive: true })
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (entry.name === 'node_modules') await this.#packages(join(from, entry.name), join(to, entry.name))
      else if (entry.isFile()) await this.#file(join(from, entry.name), join(to, entry.name))
    }
  }

  async #file(from: string, to: string): Promise<void> {
    this.#bytes += (await lstat(from)).size
    this.#files += 1
    if (this.#bytes > MAX_BYTES) throw new TooBig(`more than ${MAX_BYTES / 1e9} GB`)
    if (this.#files > MAX_FILES) throw new TooBig(`more than ${MAX_FILES} files`)
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  }

  /** A link stays a link; one that leads into the project by an absolute path leads into the copy. */
  async #link(from: string, to: string): Promise<void> {
    const target = await readlink(from)
    await linkTo(isAbsolute(target) ? this.#inCopy(target) : target, to, from)
  }

  #inCopy(path: string): string {
    const inside = relative(this.#from, path)
    return inside.startsWith('..') || isAbsolute(inside) ? path : join(this.#to, inside)
  }

  async #packages(from: string, to: string): Promise<void> {
    if ((await lstat(from)).isSymbolicLink()) return this.#packages(await realpath(from), to)
    await mkdir(to, { recursive: true })
    for (const name of await readdir(from)) {
      if (name.startsWith('.') && !LINKED.has(name)) continue
      if (name.startsWith('@') && !(await lstat(join(from, name))).isSymbolicLink())
        await this.#packages(join(from, name), join(to, name))
      else await this.#package(join(from, name), join(to, name))
    }
  }

  /** A package of the same workspace is a link into the project, and the copy has it too. */
  async #package(from: string, to: string): Promise<void> {
    const real = await realpath(from).catch(() => undefined)
    if (real === undefined) return
    const isOwn = !relative(this.#from, real).split(/[\\/]/).includes('node_modules')
    await linkTo(isOwn ? this.#inCopy(real) : from, to, from)
  }
}

/** A link, where Windows wants to know whether it leads to a folder; there folders need no special right as junctions. */
async function linkTo(target: string, to: string, original: string): Promise<void> {
  const found = await stat(original).catch(() => undefined)
  const isFolder = found?.isDirectory() === true
  if (process.platform !== 'win32') return symlink(target, to)
  if (isFolder) return symlink(resolve(dirname(to), target), to, 'junction')
  if (found) await copyFile(original, to)
}
