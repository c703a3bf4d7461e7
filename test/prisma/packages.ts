import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The major versions that the recipe is about. */
export type Major = 4 | 5 | 6

/** The versions that stand for a major: the newest of each, pinned in package.json under another name. */
export const VERSIONS: Readonly<Record<Major, string>> = { 4: '4.16.2', 5: '5.22.0', 6: '6.19.3' }

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Absolute folder of an installed package of this repository. */
export const installed = (name: string): string => join(root, 'node_modules', name)

/** Absolute folder of @prisma/client of a major. */
export const clientPackage = (major: Major): string => installed(`@prisma/client-${major}`)

/**
 * A folder that `fill` makes once, and that is found again afterwards, by other test files and by the next run: what it
 * holds is a function of `key` alone. It is put in its place as a whole, so two processes may make it at the same time.
 */
export async function cached(key: readonly string[], fill: (folder: string) => Promise<void>): Promise<string> {
  const own = await readFile(fileURLToPath(import.meta.url), 'utf8')
  const name = createHash('sha256')
    .update(JSON.stringify([...key, own]))
    .digest('hex')
    .slice(0, 24)
  const folder = join(root, 'node_modules/.cache/prisma-rig', name)
  if (existsSync(folder)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const making = await mkdtemp(`${folder}-`)
  try {
    await fill(making)
    await rename(making, folder)
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}
