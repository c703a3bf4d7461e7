import type { Stats } from 'node:fs'
import { lstat, realpath, stat } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, sep } from 'node:path'
import type { ProjectPath } from '../model/finding.ts'

/** The regular file that a project path stands for, or the place where it would be. */
export interface Target {
  /** Relative to the root, with forward slashes, after symbolic links: two paths of one file have the same. */
  readonly path: ProjectPath
  readonly absolute: string
  /** Absent if there is no such file. */
  readonly stats?: Stats
  /** Folders that have to be made for it, outermost first, relative to the root. */
  readonly missing: readonly ProjectPath[]
}

/** A path that must not be written, with the reason for a person. */
export interface Refused {
  readonly path: ProjectPath
  readonly reason: string
}

/** Thrown within the engine, and turned into a `Refused`. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

const PRIVATE = new Set(['.git', '.upgrade-kit'])

/** True if a path is one of the project as far as its words say: relative, with forward slashes, and without detours. */
export function isProjectPath(path: string): boolean {
  if (isAbsolute(path) || /^[a-z]:/i.test(path) || path.includes('\0')) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

/**
 * Finds the file behind a project path. A symbolic link to a regular file of the project is followed, so that its
 * target is replaced and the link stays.
 *
 * @param root The real path of the project.
 * @throws Refusal if the path leaves the project, also through a link; if it is git's or ours; if it is no file.
 */
export async function locate(root: string, path: ProjectPath): Promise<Target> {
  if (!isProjectPath(path)) throw new Refusal('it lies outside of the project')
  const parts = path.split('/')
  const { folder, missing } = await realFolder(root, parts.slice(0, -1))
  const absolute = join(folder, ...missing.map((m) => basename(m)), basename(path))
  if (missing.length > 0) return { path: inside(root, absolute), absolute, missing }
  const found = await unlessMissing(lstat(absolute))
  if (!found) return { path: inside(root, absolute), absolute, missing }
  const real = found.isSymbolicLink() ? await followed(absolute) : absolute
  const target = { path: inside(root, real), absolute: real, missing }
  const stats = await stat(real)
  if (stats.isDirectory()) throw new Refusal('it is a folder')
  if (!stats.isFile()) throw new Refusal('it is not a regular file')
  return { ...target, stats }
}

/** The innermost folder that exists, and those below it that do not. */
async function realFolder(root: string, parts: readonly string[]): Promise<{ folder: string; missing: string[] }> {
  let folder = root
  for (const [i, part] of parts.entries()) {
    const next = join(folder, part)
    const found = await unlessMissing(lstat(next))
    if (!found)
      return { folder, missing: parts.slice(i).map((_, j) => inside(root, join(folder, ...parts.slice(i, i + j + 1)))) }
    folder = found.isSymbolicLink() ? await followed(next) : next
    if (!(await stat(folder)).isDirectory()) throw new Refusal(`${parts.slice(0, i + 1).join('/')} is not a folder`)
  }
  return { folder, missing: [] }
}

async function followed(link: string): Promise<string> {
  try {
    return await realpath(link)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ELOOP') throw new Refusal('it is a symbolic link that leads back to itself')
    if (code === 'ENOENT') throw new Refusal('it is a symbolic link that leads nowhere')
    throw error
  }
}

function inside(root: string, absolute: string): ProjectPath {
  const path = relative(root, absolute)
  if (isAbsolute(path) || path.split(sep)[0] === '..') throw new Refusal('it lies outside of the project')
  const parts = path.split(sep)
  if (parts.some((part) => PRIVATE.has(part.toLowerCase()))) throw new Refusal('it belongs to git or to upgrade-kit')
  return parts.join('/')
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
