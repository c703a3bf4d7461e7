import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** Where the fetched packages live; git-ignored. */
export const CACHE = join(here, '..', '.cache', 'corpus')

/** Where the expected findings live, one file per package. */
export const EXPECTED = join(here, 'expected')

/** @typedef {{ name: string, version: string, expect?: 'nothing' }} CorpusPackage */

/**
 * The packages of `packages.json`, or those whose `name` or `name@version` is in `wanted`.
 * @param {readonly string[]} wanted
 * @returns {CorpusPackage[]}
 * @throws if a wanted name is not in the list
 */
export function corpusPackages(wanted = []) {
  const { packages } = JSON.parse(readFileSync(join(here, 'packages.json'), 'utf8'))
  for (const name of wanted) {
    if (!packages.some((p) => isCalled(p, name))) throw new Error(`${name} is not in packages.json`)
  }
  return wanted.length === 0 ? packages : packages.filter((p) => wanted.some((name) => isCalled(p, name)))
}

/** `name@version` with the slash of a scope replaced, so that it is one file name. */
export function folderName({ name, version }) {
  return `${name.replace('/', '+')}@${version}`
}

/** The folder that holds the package's files. */
export function folderOf(pkg) {
  return join(CACHE, folderName(pkg))
}

function isCalled({ name, version }, wanted) {
  return wanted === name || wanted === `${name}@${version}`
}
