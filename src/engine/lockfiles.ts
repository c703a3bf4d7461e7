import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import semver from 'semver'
import type { Version } from '../model/change.ts'

// Loaded when asked for: only pnpm's files need it.
const load = createRequire(import.meta.url)

/** The value of a YAML text; throws on bad syntax. */
export function parseYaml(text: string) {
  return (load('yaml') as typeof import('yaml')).parse(text)
}

/** One dependency of one package, as its package.json declares it. */
export interface Wanted {
  /** The package's folder relative to the lock file, with forward slashes; `''` for the lock file's own folder. */
  readonly folder: string
  /** The package's name; bun keys nested copies by it. */
  readonly packageName?: string | undefined
  /** The name that the dependency is declared under: an alias keeps its own. */
  readonly key: string
  /** As written in package.json. */
  readonly spec: string
  /** What `catalog:` leads to, otherwise `spec`. */
  readonly range: string
}

/** A lock file, read when first asked. */
export interface LockFile {
  /** Absolute path. */
  readonly path: string
  /** The package manager that writes it. */
  readonly writer: 'npm' | 'pnpm' | 'yarn' | 'bun'
  /**
   * The exact version that is locked. Nothing if this lock file does not know the package or the dependency, or if it
   * was made for another range than the one that is declared now: then the next installation replaces it.
   */
  version(wanted: Wanted): Version | undefined
  /** The peer dependencies of the locked package, where the file records them: yarn 1 does not. */
  peers(wanted: Wanted): Readonly<Record<string, string>> | undefined
  /** Why the file says nothing at all: merge conflict, binary format, newer format. */
  problem(): string | undefined
}

/** A locked version, and the range that package.json had when it was locked, where the file records that. */
interface Locked {
  readonly version?: string | undefined
  readonly spec?: string | undefined
  readonly peers?: (() => Ranges | undefined) | undefined
}

type Answer = (wanted: Wanted) => Locked | undefined

/** Every lock file name that is read, the ones that win first when a folder has several. */
const READERS: Readonly<Record<string, { writer: LockFile['writer']; open: (text: string) => Answer }>> = {
  'pnpm-lock.yaml': { writer: 'pnpm', open: openPnpm },
  'yarn.lock': { writer: 'yarn', open: openYarn },
  'bun.lock': { writer: 'bun', open: openBun },
  'bun.lockb': {
    writer: 'bun',
    open: () => {
      throw new Error('it is binary; `bun install --save-text-lockfile` makes one that can be read')
    },
  },
  'npm-shrinkwrap.json': { writer: 'npm', open: openNpm },
  'package-lock.json': { writer: 'npm', open: openNpm },
}

/** Names of all lock files that are known. */
export const LOCK_FILE_NAMES: readonly string[] = Object.keys(READERS)

/** The lock files that lie in this very folder (absolute). Never throws; an unreadable one has a `problem`. */
export function lockFilesIn(folder: string): LockFile[] {
  let names: readonly string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return LOCK_FILE_NAMES.filter((name) => names.includes(name)).map((name) => lockFile(path.join(folder, name)))
}

function lockFile(file: string): LockFile {
  const { writer, open } = READERS[path.basename(file)]!
  let answer: Answer | undefined
  let problem: string | undefined
  const read = () => {
    if (answer || problem !== undefined) return
    try {
      const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
      if (/^<{7} /m.test(text)) throw new Error('it holds the marks of a merge conflict')
      answer = open(text)
    } catch (error) {
      problem = (error as Error).message
    }
  }
  return {
    path: file,
    writer,
    version(wanted) {
      read()
      try {
        const locked = answer?.(wanted)
        const version = semver.valid(locked?.version)
        return version && !isStale(wanted, version, locked?.spec) ? version : undefined
      } catch (error) {
        problem = (error as Error).message
        return undefined
      }
    },
    peers(wanted) {
      read()
      try {
        return answer?.(wanted)?.peers?.()
      } catch {
        return undefined
      }
    },
    problem() {
      read()
      return problem
    },
  }
}

/** An override may lock what the range forbids, so a version that does not fit only counts against a range that changed. */
function isStale(wanted: Wanted, version: string, spec: string | undefined): boolean {
  if (spec === wanted.spec || spec === wanted.range) return false
  const range = wanted.range.replace(/^npm:(?:(?:@[^/]+\/)?[^@]+@)?/, '')
  return semver.validRange(range) !== null && !fits(version, range)
}

function fits(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true })
}

// ---- npm: https://docs.npmjs.com/cli/configuring-npm/package-lock-json ------------------------------------------

type Ranges = Readonly<Record<string, string>>

/** The sections of a package as npm and bun copy them into their lock files. */
interface CopiedSections {
  readonly dependencies?: Ranges
  readonly devDependencies?: Ranges
  readonly optionalDependencies?: Ranges
  readonly peerDependencies?: Ranges
}

function copiedSpec(sections: CopiedSections, { key }: Wanted): string | undefined {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = sections
  return dependencies?.[key] ?? devDependencies?.[key] ?? optionalDependencies?.[key] ?? peerDependencies?.[key]
}

interface NpmEntry extends CopiedSections {
  readonly version?: string
  readonly link?: boolean
  readonly resolved?: string
}

interface NpmLock {
  readonly packages?: Readonly<Record<string, NpmEntry>>
  readonly dependencies?: Readonly<Record<string, { version?: string }>>
}

/** Versions 2 and 3 list folders (`packages`), so nested copies are found as Node finds them; version 1 knows one package. */
function openNpm(text: string): Answer {
  const { packages, dependencies = {} } = JSON.parse(text) as NpmLock
  if (!packages) {
    return ({ folder, key }) =>
      folder === '' ? { version: dependencies[key]?.version?.replace(/^npm:(?:@[^/]+\/)?[^@]+@/, '') } : undefined
  }
  return (wanted) => {
    const { folder, key } = wanted
    const own = packages[folder]
    if (!own) return undefined
    const places = foldersAbove(folder).map((above) => `${above === '' ? '' : `${above}/`}node_modules/${key}`)
    const entry = places.map((place) => packages[place]).find((found) => found !== undefined)
    const version = entry?.link && entry.resolved ? packages[entry.resolved]?.version : entry?.version
    return { version, spec: copiedSpec(own, wanted), peers: () => entry?.peerDependencies }
  }
}

/** `a/b`, `a`, and `''`. */
function foldersAbove(folder: string): string[] {
  const parts = folder === '' ? [] : folder.split('/')
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), '']
}

// ---- yarn: one paragraph per resolution, headed by every range that leads to it -----------------------------------

interface YarnEntry {
  readonly ranges: readonly string[]
  readonly version: string
  readonly paragraph: string
}

/**
 * Both formats (v1 and berry's YAML) are read by their headers alone: `express@^4.0.0, "express@npm:^4.18.2":` and the
 * version line below. v1 does not name workspace packages, so only a range that stands there word for word counts.
 */
function openYarn(text: string): Answer {
  const paragraphs = text.split(/\r?\n(?=\S)/)
  return ({ folder, key, range }) => {
    const entries = paragraphs.flatMap((paragraph) => yarnEntry(paragraph, key) ?? [])
    const exact = entries.find(({ ranges }) => ranges.includes(range) || ranges.includes(`npm:${range}`))
    if (exact) return { version: exact.version, spec: range, peers: () => yarnPeers(exact.paragraph) }
    // A `resolutions` entry replaces the range in berry's headers; the package's own paragraph keeps what it asked for.
    const own = paragraphs.find((paragraph) => isWorkspace(paragraph, folder || '.')) ?? ''
    const asked = /^ {2}dependencies:((?:\r?\n {4}.*)*)/m.exec(own)?.[1]?.split(/\r?\n {4}/) ?? []
    if (!asked.includes(`${key}: "npm:${range}"`) && !asked.includes(`${key}: ${range}`)) return undefined
    const version =
      entries.length === 1 ? entries[0]!.version : entries.find((entry) => fits(entry.version, range))?.version
    return { version, spec: range }
  }
}

/** `"api@workspace:packages/api, api@workspace:^":` heads the paragraph of a package of the project. */
function isWorkspace(paragraph: string, folder: string): boolean {
  const header = paragraph.split('\n', 1)[0]!
  return header.includes(`@workspace:${folder}"`) || header.includes(`@workspace:${folder},`)
}

function yarnEntry(paragraph: string, key: string): YarnEntry | undefined {
  const header = paragraph.split('\n', 1)[0]!
  if (!header.includes(`${key}@`)) return undefined
  const ranges = header
    .trimEnd()
    .replace(/:$/, '')
    .replaceAll('"', '')
    .split(/,\s+/)
    .filter((descriptor) => descriptor.startsWith(`${key}@`))
    .map((descriptor) => descriptor.slice(key.length + 1))
  const version = /^ {2}version:? "?([^"\s]+)"?\s*$/m.exec(paragraph)?.[1]
  return ranges.length > 0 && version ? { ranges, version, paragraph } : undefined
}

/** berry alone: `  peerDependencies:` with a line for each. */
function yarnPeers(paragraph: string): Ranges | undefined {
  const lines = /^ {2}peerDependencies:((?:\r?\n {4}.*)*)/m.exec(paragraph)?.[1]
  return lines === undefined ? undefined : (parseYaml(lines) as Ranges)
}

// ---- pnpm: https://github.com/pnpm/spec/tree/master/lockfile -----------------------------------------------------

type PnpmEntry = string | { readonly specifier?: string; readonly version?: string }
type PnpmImporter = Readonly<Record<string, Readonly<Record<string, PnpmEntry>>>>

/**
 * Formats 5 to 9. A lock file can have tens of thousands of lines, of which only the packages of the project
 * (`importers`, or the whole top of a file for one package) are asked: so that part is cut out, and only it is parsed.
 */
function openPnpm(text: string): Answer {
  const top = blocks(text, 0)
  const importers = top.filter(({ key }) => key === 'importers').flatMap((block) => blocks(block.text, 2))
  const own = top.filter(({ key }) => /^(?:(?:d|devD|optionalD)ependencies|specifiers)$/.test(key))
  const parsed = new Map<string, PnpmImporter[]>()
  const read = (folder: string): PnpmImporter[] => {
    if (importers.length === 0) return folder === '.' ? [parseYaml(own.map((block) => block.text).join(''))] : []
    const parts = importers.filter(({ key }) => key === folder)
    return parts.flatMap((block) => Object.values(parseYaml(block.text) as Record<string, PnpmImporter>))
  }
  return ({ folder, key }) => {
    const name = folder || '.'
    const known = parsed.get(name) ?? read(name)
    parsed.set(name, known)
    for (const importer of known) {
      const { dependencies, devDependencies, optionalDependencies, specifiers } = importer ?? {}
      const entry = dependencies?.[key] ?? devDependencies?.[key] ?? optionalDependencies?.[key]
      const peers = (version: string | undefined) => () => pnpmPeers(top, key, version)
      if (typeof entry === 'string') {
        const version = pnpmVersion(entry)
        return { version, spec: specifiers?.[key] as string | undefined, peers: peers(version) }
      }
      if (entry) {
        const version = pnpmVersion(entry.version ?? '')
        return { version, spec: entry.specifier, peers: peers(version) }
      }
    }
    return undefined
  }
}

/** `packages` has an entry `/name/1.2.3`, `/name@1.2.3(…)` or `name@1.2.3`, by the age of the format. */
function pnpmPeers(
  top: readonly { key: string; text: string }[],
  key: string,
  version: string | undefined,
): Ranges | undefined {
  const own = top
    .filter((block) => block.key === 'packages')
    .flatMap((block) => blocks(block.text, 2))
    .find((block) =>
      [`${key}@${version}`, `${key}/${version}`].includes(block.key.replace(/^\//, '').replace(/[(_].*$/, '')),
    )
  const [entry] = own ? Object.values(parseYaml(own.text) as Record<string, { peerDependencies?: Ranges }>) : []
  return entry?.peerDependencies
}

/** `4.18.2`, `4.18.2(peer@1.0.0)`, `4.18.2_peer@1.0.0`, and for an alias `/express/4.18.2` or `express@4.18.2`. */
function pnpmVersion(text: string): string | undefined {
  return /(?:^|[/@])(\d+\.\d+\.\d+(?:[-+][\w.+-]*?)?)(?:$|[(_])/.exec(text)?.[1]
}

/** Cuts YAML in block style into the parts below the keys at this indentation, without parsing what is in them. */
function blocks(text: string, indentation: number): { key: string; text: string }[] {
  const head = new RegExp(`^ {${indentation}}(?=[^\\s#-])(['"]?)(.+?)\\1:(?=\\s|$)`, 'gm')
  const heads = [...text.matchAll(head)]
  return heads.map((match, index) => ({
    key: match[2]!,
    text: text.slice(match.index, heads[index + 1]?.index ?? text.length).replace(/^---\s*$[\s\S]*/m, ''),
  }))
}

// ---- bun: https://bun.com/docs/pm/lockfile -----------------------------------------------------------------------

interface BunLock {
  readonly workspaces?: Readonly<Record<string, CopiedSections & { readonly name?: string }>>
  readonly packages?: Readonly<Record<string, readonly [string, ...unknown[]]>>
}

/** JSON with trailing commas. A nested copy is keyed by `<name of the workspace package>/<dependency>`. */
function openBun(text: string): Answer {
  const json = text.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, '$1')
  const { workspaces = {}, packages = {} } = JSON.parse(json) as BunLock
  return (wanted) => {
    const { folder, packageName, key } = wanted
    const member = workspaces[folder]
    if (!member) return undefined
    const entry = packages[`${member.name ?? packageName}/${key}`] ?? packages[key]
    const peers = () =>
      entry?.slice(1).find((part): part is CopiedSections => typeof part === 'object')?.peerDependencies
    return { version: entry?.[0].slice(entry[0].lastIndexOf('@') + 1), spec: copiedSpec(member, wanted), peers }
  }
}
