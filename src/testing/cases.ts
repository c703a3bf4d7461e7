import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import type { ChangeId, ProjectPath } from '../model/finding.ts'

/**
 * How much a finding promises, as marks say it: `safe` and `review` are rewritten (the latter wants a reader), `by hand`
 * has no rewrite, and `guessed` is reported on the strength of a name alone and never written.
 */
export type Strength = 'safe' | 'review' | 'by hand' | 'guessed'

/** Findings that the author wants on one line. */
export interface Mark {
  readonly file: ProjectPath
  /** From 1. */
  readonly line: number
  /** One entry per finding, sorted. */
  readonly strengths: readonly Strength[]
}

/** One folder `fixtures/<provider>/<change>/<situation>/`. */
export interface Case {
  readonly change: ChangeId
  readonly situation: string
  /** Absolute. */
  readonly folder: string
  /** `file`: `before.<ext>`; `project`: `before/` with a file tree. */
  readonly layout: 'file' | 'project'
  /** The project before, without marks; a byte order mark is kept. Paths are the project's, `before.js` for one file. */
  readonly before: ReadonlyMap<ProjectPath, string>
  /** What `after` says, by the same paths. A file that is not here stays as it is. */
  readonly after: ReadonlyMap<ProjectPath, string>
  readonly marks: readonly Mark[]
  /** What `options.json` says: how the run is asked for. */
  readonly options: CaseOptions
}

/** The options of a run that a case can ask for. */
export interface CaseOptions {
  /** As `--modern`. */
  readonly modern?: boolean
  /** What the recipe takes beyond that, by name: `{ "stage": "before-bump" }`. */
  readonly settings?: Readonly<Record<string, string>>
  /**
   * Packages that are installed here and that the project is to have, with all that they depend on, each by the name in
   * its own package.json: an alias like `types-express4` is `@types/express` there. The compiler is then asked, too; a
   * case without a tsconfig.json gets a strict one.
   */
  readonly installed?: readonly string[]
  /** The type checker is asked where scopes cannot tell, with the tsconfig.json of the case; it costs a second and more. */
  readonly types?: boolean
}

/** A text without its marks, and what they said. */
export interface Unmarked {
  readonly text: string
  readonly marks: readonly Omit<Mark, 'file'>[]
}

const STRENGTHS: readonly Strength[] = ['safe', 'review', 'by hand', 'guessed']
const MARK = /(?:^|[ \t]+)(?:\/\/|#|--) want\b([^\r\n]*)/
const ITEM = /^(?:(\d+)(?: |$))?(safe|review|by hand|guessed)?$/
/** Whole projects, end to end: not cases of one change. */
const NOT_CASES = new Set(['projects'])

/**
 * Takes the marks off a text, with the blanks before them. A mark ends its line, behind `//`, `#` or `--`:
 *
 * ```
 * mark     = ("//" | "#" | "--") " want" [ " " finding { ", " finding } ]
 * finding  = [ count " " ] [ strength ]          at least one of the two
 * strength = "safe" | "review" | "by hand" | "guessed"
 * ```
 *
 * `// want` is one safe finding, `// want 2` two of them, `// want review, by hand` one of each. Throws an Error for
 * anything else behind `want`.
 */
export function unmark(marked: string): Unmarked {
  const marks: Omit<Mark, 'file'>[] = []
  const parts = marked.split(/(\r\n|\n|\r)/)
  for (let i = 0; i < parts.length; i += 2) {
    const found = MARK.exec(parts[i]!)
    if (!found) continue
    const line = i / 2 + 1
    marks.push({ line, strengths: strengthsOf(found[1]!.trim(), line) })
    parts[i] = parts[i]!.slice(0, found.index)
  }
  return { text: parts.join(''), marks }
}

function strengthsOf(words: string, line: number): Strength[] {
  if (words === '') return ['safe']
  const strengths = words.split(',').flatMap((word) => {
    const [, count = '1', strength = 'safe'] = (word.trim() && ITEM.exec(word.trim())) || []
    if (!ITEM.test(word.trim()) || word.trim() === '' || count === '0')
      throw new Error(`line ${line}: 'want ${words}' is no mark; write 'want', 'want 2' or 'want review, by hand'`)
    return Array<Strength>(Number(count)).fill(strength as Strength)
  })
  return sortStrengths(strengths)
}

/** In a fixed order, so that two lists of the same findings are equal. */
export function sortStrengths(strengths: readonly Strength[]): Strength[] {
  return strengths.toSorted((a, b) => STRENGTHS.indexOf(a) - STRENGTHS.indexOf(b))
}

/**
 * Every case below a folder laid out as `<provider>/<change>/<situation>/`, in the order of the names. A situation is
 * `before.<ext>` and, if something is written, `after.<ext>`; or the folders `before/` and `after/` for several files,
 * where `after/` needs only the files that are written. Other files beside `before.<ext>` belong to the project only if
 * it names them (`require('./status')`); a folder likewise. An `options.json` says how the run is asked for. Throws an
 * Error that names the file for a mark that cannot be read.
 */
export function readCases(folder: string): Case[] {
  return subfolders(folder)
    .filter((provider) => !NOT_CASES.has(provider))
    .flatMap((provider) =>
      subfolders(join(folder, provider)).flatMap((change) =>
        subfolders(join(folder, provider, change)).flatMap((situation) => {
          const found = readCase(`${provider}/${change}`, situation, join(folder, provider, change, situation))
          return found ? [found] : []
        }),
      ),
    )
}

/** One case; nothing if the folder has no `before`. */
export function readCase(change: ChangeId, situation: string, folder: string): Case | undefined {
  const entries = readdirSync(folder, { withFileTypes: true })
  const single = entries.find((entry) => entry.isFile() && entry.name.startsWith('before.'))?.name
  const isProject = entries.some((entry) => entry.isDirectory() && entry.name === 'before')
  if (single === undefined && !isProject) return undefined
  const marks: Mark[] = []
  const before = new Map<ProjectPath, string>()
  for (const [file, text] of single === undefined
    ? filesBelow(join(folder, 'before'))
    : fileWithNeighbours(folder, single)) {
    const unmarked = readMarks(text, join(folder, single === undefined ? 'before' : '', file))
    before.set(file, unmarked.text)
    marks.push(...unmarked.marks.map((mark) => ({ file, ...mark })))
  }
  const after = new Map<ProjectPath, string>()
  if (single === undefined) {
    if (entries.some((entry) => entry.isDirectory() && entry.name === 'after'))
      for (const [file, text] of filesBelow(join(folder, 'after'))) after.set(file, text)
  } else {
    const name = entries.find((entry) => entry.isFile() && entry.name === `after${single.slice('before'.length)}`)?.name
    if (name !== undefined) after.set(single, readFileSync(join(folder, name), 'utf8'))
  }
  const layout = single === undefined ? 'project' : 'file'
  return { change, situation, folder, layout, before, after, marks, options: readOptions(folder) }
}

function readOptions(folder: string): CaseOptions {
  const path = join(folder, 'options.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as CaseOptions) : {}
}

/** Where `after` of one file of a case is kept, absolute. */
export function afterPath(one: Case, file: ProjectPath): string {
  if (one.layout === 'project') return join(one.folder, 'after', file)
  return join(one.folder, file.replace(/^before/, 'after'))
}

/** Where a file of a case is kept, absolute. */
export function beforePath(one: Case, file: ProjectPath): string {
  return join(one.folder, one.layout === 'project' ? 'before' : '', file)
}

function readMarks(text: string, path: string): Unmarked {
  try {
    return unmark(text)
  } catch (error) {
    throw new Error(`${path}, ${(error as Error).message}`)
  }
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

function filesBelow(folder: string): [ProjectPath, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path): [ProjectPath, string] => [
      relative(folder, path).split(sep).join(posix.sep),
      readFileSync(path, 'utf8'),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** `before.js`, and the files and folders beside it that it names: `./status` brings `status.js`. */
function fileWithNeighbours(folder: string, single: string): [ProjectPath, string][] {
  const text = readFileSync(join(folder, single), 'utf8')
  const named = new Set([...text.matchAll(/(['"])\.\/([\w.-]+)\1/g)].map((match) => match[2]!))
  const neighbours = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !/^(?:before|after)\./.test(entry.name))
    .filter(({ name }) => named.has(name) || named.has(name.replace(/\.\w+$/, '')))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(folder, entry.name)).map(([file]) => `${entry.name}/${file}`)
        : entry.isFile()
          ? [entry.name]
          : [],
    )
  return [
    [single, text],
    ...neighbours.sort().map((name): [ProjectPath, string] => [name, readFileSync(join(folder, name), 'utf8')]),
  ]
}
