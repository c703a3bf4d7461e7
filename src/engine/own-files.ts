import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Whether the sources run as they are, in the tests and scripts of upgrade-kit itself. */
export const FROM_SOURCE = import.meta.url.endsWith('.ts')

const ROOT = dirname(createRequire(import.meta.url).resolve('upgrade-kit/package.json'))

/**
 * Absolute path of a JavaScript file of the engine that is run by itself, by its name in this folder. What is built is in
 * few files, which do not stand where their sources did.
 */
export function ownFile(name: string): string {
  return join(ROOT, FROM_SOURCE ? 'src' : 'dist/src', 'engine', name)
}
