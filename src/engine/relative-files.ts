import { posix } from 'node:path'
import type { ProjectPath } from '../model/finding.ts'

const EXTENSIONS = ['.js', '.ts', '.cjs', '.mjs', '.jsx', '.tsx', '.cts', '.mts']
/** What a TypeScript source is called in the import of what it is compiled to. */
const COMPILED: readonly (readonly [compiled: string, sources: readonly string[]])[] = [
  ['.js', ['.ts', '.tsx']],
  ['.jsx', ['.tsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
]
/** `./x/`, `.`, `..`, `../..`: Node looks for a folder only. */
const NAMES_FOLDER = /(?:^|\/)\.{0,2}$/

/** Whether there is a file, by its path from the root of the project. */
export type IsFile = (path: ProjectPath) => boolean

/** `./x` and `../x`, and the folders themselves; everything else names a package, or an alias. */
export function isRelative(specifier: string): boolean {
  return /^\.{1,2}(?:\/|$)/.test(specifier)
}

/** The file that a relative specifier means in the files of a folder. */
export function relativeFile(isFile: IsFile, folder: ProjectPath, specifier: string): ProjectPath | undefined {
  return fileAt(isFile, joined(folder, specifier), NAMES_FOLDER.test(specifier))
}

/** `x`, `x.js` that is `x.ts`, `x/index.ts`, of a normal path; `isFolder` for `./x/`, which is never the file `x.js`. */
export function fileAt(isFile: IsFile, normal: ProjectPath, isFolder = false): ProjectPath | undefined {
  const clean = normal.endsWith('/') ? normal.slice(0, -1) : normal
  if (clean.startsWith('..')) return undefined
  return (isFolder ? undefined : plainFileAt(isFile, clean)) ?? indexAt(isFile, clean)
}

function plainFileAt(isFile: IsFile, clean: ProjectPath): ProjectPath | undefined {
  if (isFile(clean)) return clean
  for (const extension of EXTENSIONS) if (isFile(clean + extension)) return clean + extension
  for (const [compiled, sources] of COMPILED)
    if (clean.endsWith(compiled))
      for (const source of sources) {
        const candidate = clean.slice(0, -compiled.length) + source
        if (isFile(candidate)) return candidate
      }
  return undefined
}

function indexAt(isFile: IsFile, clean: ProjectPath): ProjectPath | undefined {
  const base = clean === '.' ? '' : `${clean}/`
  for (const extension of EXTENSIONS) if (isFile(`${base}index${extension}`)) return `${base}index${extension}`
  return undefined
}

/** `posix.join`, without the slow way for `./x/y` and `../../x/y`, which most are. */
function joined(folder: ProjectPath, specifier: string): ProjectPath {
  let rest = specifier
  let above = folder
  while (rest.startsWith('../') && above !== '.') {
    rest = rest.slice(3)
    above = above.slice(0, Math.max(0, above.lastIndexOf('/'))) || '.'
  }
  if (rest === specifier && rest.startsWith('./')) rest = rest.slice(2)
  const isPlain = rest !== '' && !/^[./]|\/[./]|\/$/.test(rest)
  return isPlain ? (above === '.' ? rest : `${above}/${rest}`) : posix.join(folder, specifier)
}
