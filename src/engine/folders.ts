import { type Dirent, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { ProjectPath } from '../model/finding.ts'

/** Folders that belong to tools: nobody means to serve them. */
const OF_TOOLS =
  /^(?:node_modules|\.(?:git|github|gitlab|svn|hg|vscode|idea|fleet|husky|yarn|pnpm-store|cache|nyc_output|next|nuxt|output|svelte-kit|turbo|parcel-cache|angular|vercel|circleci|devcontainer|upgrade-kit|trash|Trash-.*|DS_Store))$/
const MAX_FOLDERS = 2_000

/**
 * The folders below `folder` (relative to `root`, with forward slashes) whose name starts with a dot and that hold a file
 * whose name does not, relative to it and sorted. Undefined where the folder cannot be read.
 */
export function dotFolders(root: string, folder: ProjectPath): readonly ProjectPath[] | undefined {
  const top = read(root, folder)
  if (!top) return undefined
  const found: ProjectPath[] = []
  const waiting = subfolders(top, '')
  for (let seen = 0; waiting.length > 0 && seen < MAX_FOLDERS; seen++) {
    const at = waiting.pop()!
    const entries = read(root, posix.join(folder, at)) ?? []
    if (posix.basename(at).startsWith('.') && entries.some((entry) => !entry.name.startsWith('.'))) found.push(at)
    waiting.push(...subfolders(entries, at))
  }
  return found.sort()
}

function read(root: string, folder: ProjectPath): Dirent[] | undefined {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
  } catch {
    return undefined
  }
}

function subfolders(entries: readonly Dirent[], at: string): ProjectPath[] {
  return entries
    .filter((entry) => entry.isDirectory() && !OF_TOOLS.test(entry.name))
    .map((entry) => posix.join(at, entry.name))
}
