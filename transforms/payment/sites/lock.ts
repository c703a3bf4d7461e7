import { createHash } from 'node:crypto'
import type { Survey } from '#kit'
import type { FacadeRequest } from '../facade/types.ts'

/** The file in which a package keeps what its façade was made of. */
export const LOCK = 'payment-migration.lock.json'

/** What a façade was made of, so that a later run makes the same one, or the one of the next stage. */
export interface Lock {
  readonly upgradeKit: 'payment-migration'
  readonly version: 1
  /** The id of a bundled map, or the path of the project's own. */
  readonly map: string
  readonly mapHash: string
  readonly facade: Omit<FacadeRequest, 'map' | 'mapName'>
  /** A digest of every file as it was generated: what somebody has changed since is not overwritten. */
  readonly files: Readonly<Record<string, string>>
}

/** By it a changed text is told from the one that was generated; line endings do not count. */
export function digest(text: string): string {
  return createHash('sha256').update(text.replace(/\r\n/g, '\n')).digest('hex').slice(0, 16)
}

/** The text of the file. */
export function lockText(lock: Omit<Lock, 'upgradeKit' | 'version'>): string {
  return `${JSON.stringify({ upgradeKit: 'payment-migration', version: 1, ...lock } satisfies Lock, undefined, 2)}\n`
}

/** The digests of generated files. */
export function digests(files: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...files].map(([path, text]) => [path, digest(text)]))
}

/** What the text of such a file says; nothing if it is none of ours. */
export function lockOf(text: string): Lock | undefined {
  try {
    const lock = JSON.parse(text) as Lock
    return lock.upgradeKit === 'payment-migration' && lock.version === 1 ? lock : undefined
  } catch {
    return undefined
  }
}

/** Every package of the project that has a façade, by the path of its file. */
export const LOCKS = {
  format: 'json',
  of: 'project',
  mentions: ['"payment-migration"'],
  look: (files) =>
    [...files].flatMap(({ path, text }): (readonly [path: string, lock: Lock])[] => {
      const lock = path.endsWith(LOCK) ? lockOf(text) : undefined
      return lock ? [[path, lock]] : []
    }),
} as const satisfies Survey<readonly (readonly [path: string, lock: Lock])[], 'json'>
