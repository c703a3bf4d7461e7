import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import semver from 'semver'
import type { Version } from '../model/change.ts'
import type { ProjectPath } from '../model/finding.ts'
import type { NotLookedAt, PackageStanding } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { Discovery } from './discover.ts'
import { type LockFile, lockFilesIn, parseYaml } from './lockfiles.ts'

/** The sections of a package.json that say what is used, the most binding first. */
export const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const
export type Section = (typeof SECTIONS)[number]

/** What is read from a package.json. Sections that are no objects are dropped. */
export interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly scripts: Readonly<Record<string, string>>
  readonly packageManager?: string
  /** Globs of `workspaces`, whichever way it is written. */
  readonly workspaces: readonly string[]
  readonly dependencies: Readonly<Record<Section, Readonly<Record<string, string>>>>
}

/** One package.json of the project, or a root that has none. */
export interface PackageFolder {
  /** Relative to the root; `.` for the root itself. */
  readonly folder: ProjectPath
  /** Absolute. */
  readonly directory: string
  /** The package.json; absent for a root that has none. */
  readonly path?: ProjectPath
  readonly name?: string
  readonly manifest: Manifest
  /** The package that this folder lies in: Node looks there for what is not installed here. */
  readonly parent?: PackageFolder
  /** Another package of the project, by its name. */
  sibling(name: string): PackageFolder | undefined
  /** This folder and those above it up to the repository's root, nearest first, with what package managers keep there. */
  readonly levels: readonly Level[]
}

/** A folder that may hold a lock file or catalogs. */
export interface Level {
  /** Absolute. */
  readonly directory: string
  /** For a person: relative to the root. */
  label(file: string): string
  readonly lockFiles: readonly LockFile[]
  /** Read when first asked; empty where there are none. */
  catalogs(): readonly Catalog[]
}

/** A named list of ranges that `catalog:` refers to. */
export interface Catalog {
  /** `default` for the one without a name. */
  readonly name: string
  /** The file it stands in, absolute. */
  readonly file: string
  readonly ranges: Readonly<Record<string, string>>
}

/** One entry of a package.json that asks for a certain package. */
export interface Declaration {
  readonly section: Section
  /** The package that is really meant: `npm:express@^4` means express, whatever it is declared as. */
  readonly name: string
  /** The name it is declared under: an alias has its own. */
  readonly key: string
  /** As written: `^4.18.2`, `catalog:`, `npm:express@^4`, `workspace:*`. */
  readonly spec: string
  /** The range or tag it comes down to; absent where none can be read from it (a git address, a folder). */
  readonly range?: string
  /** Where `catalog:` leads. */
  readonly catalog?: Catalog
}

/** All packages of a project. */
export interface Packages {
  /** Sorted by folder, the root first. Never empty. */
  readonly folders: readonly PackageFolder[]
  /** Broken package.json files: their files belong to the package above. */
  readonly notLookedAt: readonly NotLookedAt[]
  /** The nearest package at or above a file; nothing for a file that lies in none. */
  owner(file: ProjectPath): PackageFolder | undefined
}

/** The folder that a project starts in: the nearest one with a package.json at or above `cwd`, else `cwd` itself. */
export function projectRoot(cwd: string): string {
  return foldersUpwards(path.resolve(cwd)).find((folder) => existsSync(path.join(folder, 'package.json'))) ?? cwd
}

/** Reads every package.json that was discovered. Throws a UserError if there is none that can be read. */
export function readPackages(root: string, discovery: Pick<Discovery, 'context' | 'byGroup'>): Packages {
  const realRoot = realpathSync(root)
  const paths = new Set(discovery.context.filter((file) => /(?:^|\/)package\.json$/.test(file)))
  if (existsSync(path.join(realRoot, 'package.json'))) paths.add('package.json')

  const notLookedAt: NotLookedAt[] = []
  const levelAt = levels(realRoot)
  const byFolder = new Map<ProjectPath, PackageFolder>()
  const add = (folder: ProjectPath, manifest: Manifest, file?: ProjectPath) => {
    const directory = path.join(realRoot, folder)
    const parent = nearest(byFolder, parentOf(folder))
    byFolder.set(folder, {
      folder,
      directory,
      ...(file && { path: file }),
      ...(manifest.name !== undefined && { name: manifest.name }),
      manifest,
      ...(parent && { parent }),
      sibling: (name) => [...byFolder.values()].find((other) => other.name === name),
      levels: foldersUpwards(directory).map(levelAt),
    })
  }
  for (const file of [...paths].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))) {
    const manifest = readManifest(path.join(realRoot, file))
    if (manifest instanceof Error) notLookedAt.push({ file, kind: 'unparsable', reason: manifest.message })
    else add(path.posix.dirname(file), manifest, file)
  }
  if (byFolder.size === 0) throw noPackage(realRoot, notLookedAt)
  // Files of a root without a package.json belong to nobody; they are looked at on behalf of the packages below.
  if (!byFolder.has('.') && discovery.byGroup.code.some((file) => !nearest(byFolder, parentOf(file)))) {
    add('.', manifestOf({}))
  }
  const owners = new Map<ProjectPath, PackageFolder | undefined>()
  return {
    folders: [...byFolder.values()].sort((a, b) =>
      a.folder === '.' ? -1 : b.folder === '.' || a.folder > b.folder ? 1 : -1,
    ),
    notLookedAt,
    owner: (file) => {
      const folder = parentOf(file)
      if (folder === undefined) return undefined
      if (!owners.has(folder)) owners.set(folder, nearest(byFolder, folder))
      return owners.get(folder)
    },
  }
}

function noPackage(root: string, broken: readonly NotLookedAt[]): UserError {
  const [first] = broken
  if (first) return new UserError(`${first.file} in ${root}: ${first.reason}`, 'Repair package.json and run again.')
  return new UserError(`there is no package.json in ${root} or below`, 'Run upgrade-kit in a project, or use --cwd.')
}

function nearest(byFolder: ReadonlyMap<ProjectPath, PackageFolder>, start: ProjectPath | undefined) {
  for (let folder = start; folder !== undefined; folder = parentOf(folder)) {
    const found = byFolder.get(folder)
    if (found) return found
  }
  return undefined
}

/** `.` for an entry of the root, nothing for the root. */
function parentOf(name: ProjectPath): ProjectPath | undefined {
  if (name === '.') return undefined
  const end = name.lastIndexOf('/')
  return end < 0 ? '.' : name.slice(0, end)
}

const depth = (file: ProjectPath) => file.split('/').length

// ---- reading ------------------------------------------------------------------------------------------------------

type Json = Readonly<Record<string, unknown>>

/** The text of a package.json. Throws when it is none. */
export function parseManifest(text: string): Manifest {
  const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('it is not an object')
  return manifestOf(json as Json)
}

/** One package.json (absolute path), or why it cannot be read. */
export function readManifest(file: string): Manifest | Error {
  try {
    return parseManifest(readFileSync(file, 'utf8'))
  } catch (error) {
    return new Error(`not a readable package.json (${(error as Error).message}); repair it and run again`)
  }
}

function manifestOf(json: Json): Manifest {
  const workspaces = Array.isArray(json.workspaces) ? json.workspaces : (json.workspaces as Json | undefined)?.packages
  return {
    ...(typeof json.name === 'string' && { name: json.name }),
    ...(typeof json.version === 'string' && { version: json.version }),
    ...(typeof json.packageManager === 'string' && { packageManager: json.packageManager }),
    scripts: strings(json.scripts),
    workspaces: Array.isArray(workspaces) ? workspaces.filter((glob) => typeof glob === 'string') : [],
    dependencies: {
      dependencies: strings(json.dependencies),
      devDependencies: strings(json.devDependencies),
      optionalDependencies: strings(json.optionalDependencies),
      peerDependencies: strings(json.peerDependencies),
    },
  }
}

/** The globs of the workspace that this folder (absolute) is the root of; none if it is no such root. */
export function workspaceGlobs(directory: string): readonly string[] {
  const manifest = readManifest(path.join(directory, 'package.json'))
  const own = manifest instanceof Error ? [] : manifest.workspaces
  const pnpm = readData(path.join(directory, 'pnpm-workspace.yaml'))?.packages
  return [...own, ...(Array.isArray(pnpm) ? pnpm.filter((glob) => typeof glob === 'string') : [])]
}

/** The entries of an object whose values are strings. */
function strings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** From a folder (absolute) up to the one that holds the git repository, or to the file system's root. */
export function foldersUpwards(start: string): string[] {
  const folders = [start]
  for (let folder = start; !existsSync(path.join(folder, '.git')) && path.dirname(folder) !== folder; ) {
    folder = path.dirname(folder)
    folders.push(folder)
  }
  return folders
}

function levels(root: string): (directory: string) => Level {
  const known = new Map<string, Level>()
  return (directory) => {
    const level = known.get(directory) ?? readLevel(root, directory)
    known.set(directory, level)
    return level
  }
}

function readLevel(root: string, directory: string): Level {
  let catalogs: readonly Catalog[] | undefined
  return {
    directory,
    label: (file) => path.relative(root, file).split(path.sep).join('/'),
    lockFiles: lockFilesIn(directory),
    catalogs() {
      catalogs ??= readCatalogs(directory)
      return catalogs
    },
  }
}

/** pnpm and yarn keep catalogs in YAML files of their own, bun in package.json (at the top or inside `workspaces`). */
function readCatalogs(directory: string): Catalog[] {
  return ['pnpm-workspace.yaml', '.yarnrc.yml', 'package.json'].flatMap((name) => {
    const file = path.join(directory, name)
    const json = readData(file)
    const holders = [json, json?.workspaces as Json | undefined].filter((holder) => typeof holder === 'object')
    return holders.flatMap((holder) => {
      const named = Object.entries((holder?.catalogs ?? {}) as Json)
      const all: [string, unknown][] = holder?.catalog ? [['default', holder.catalog], ...named] : named
      return all.map(([catalog, ranges]) => ({ name: catalog, file, ranges: strings(ranges) }))
    })
  })
}

function readData(file: string): Json | undefined {
  try {
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    return file.endsWith('.json') ? JSON.parse(text) : parseYaml(text)
  } catch {
    return undefined
  }
}

// ---- where a package stands ---------------------------------------------------------------------------------------

/** Every entry of the package.json that asks for one of these packages, the most binding section first. */
export function declarations(pkg: PackageFolder, names: readonly string[]): Declaration[] {
  return SECTIONS.flatMap((section) =>
    Object.entries(pkg.manifest.dependencies[section]).flatMap(([key, spec]) => {
      const declaration = declarationOf(pkg, section, key, spec)
      return names.includes(declaration.name) ? [declaration] : []
    }),
  )
}

function declarationOf(pkg: PackageFolder, section: Section, key: string, spec: string): Declaration {
  const catalog = /^catalog:/.test(spec)
    ? findCatalog(pkg, spec.slice('catalog:'.length).trim() || 'default', key)
    : undefined
  const written = catalog?.ranges[key] ?? spec
  const patched = /^patch:(.+?)#/.exec(written)
  const plain = patched ? decodeURIComponent(patched[1]!).replace(`${key}@`, '') : written
  const alias = /^npm:((?:@[^/]+\/)?[^@]+)@(.*)$/.exec(plain)
  const range = alias ? alias[2]! : rangeOf(plain)
  return {
    section,
    key,
    name: alias?.[1] ?? key,
    spec,
    ...(range !== undefined && { range }),
    ...(catalog && { catalog }),
  }
}

function findCatalog(pkg: PackageFolder, name: string, key: string): Catalog | undefined {
  return pkg.levels
    .flatMap((level) => level.catalogs())
    .find((catalog) => catalog.name === name && key in catalog.ranges)
}

/** The range or tag in a specifier; nothing for one that names a place and no version. */
function rangeOf(spec: string): string | undefined {
  const text = spec.trim().replace(/^(?:npm|workspace):/, '')
  if (text === '' || text === '^' || text === '~') return '*'
  if (semver.validRange(text) !== null || /^[a-z][\w.-]*$/i.test(text)) return text
  const tag = /#(?:semver:)?(.+)$/.exec(text)?.[1]
  return tag && (semver.valid(tag) || /#semver:/.test(text)) ? tag : undefined
}

/** A version or a range of a package in use, and where it was read. */
interface Reading {
  readonly declaration: Declaration
  readonly version?: Version
  /** Set when the version is only the lowest one that this range allows. */
  readonly range?: string
  readonly from: string
}

/**
 * Where a package stands between `from` (inclusive) and `to` (exclusive) of a provider. The version is the locked one;
 * else what the declared range says; else, where the range says nothing (`*`, `latest`, a git address) or leaves both
 * sides open, the installed one. A package that does not declare the provider stands where the package above it
 * stands, because that is where Node finds it. With `despiteLater`, a package that is past `to` already counts as one that
 * stands at `from`: what an upgrade left over is found only there.
 */
export function standing(
  pkg: PackageFolder,
  providerPackages: readonly string[],
  from: Version,
  to: Version,
  despiteLater = false,
): PackageStanding {
  const interval = intervalOf(plainVersion(from), plainVersion(to))
  const stands = { folder: pkg.folder, ...(pkg.name !== undefined && { name: pkg.name }) }
  const provider = providerPackages[0]!
  if (pkg.path === undefined) {
    const reason = `has no package.json, so it cannot say which ${provider} it uses; looked at all the same`
    return { ...stands, inScope: true, reason }
  }
  for (let holder: PackageFolder | undefined = pkg; holder; holder = holder.parent) {
    const readings = holder.path === undefined ? [] : readVersions(holder, providerPackages, interval)
    const reading = readings.find((candidate) => isInScope(candidate, interval)) ?? readings[0]
    if (!reading) continue
    const above = holder === pkg ? '' : `; declared above, in ${holder.path}`
    const reason = explain(reading, interval) + above + lockProblem(holder, reading)
    const isTaken = despiteLater && isLater(reading, interval)
    return {
      ...stands,
      ...(reading.version !== undefined && { version: reading.version }),
      versionFrom: reading.from,
      inScope: isInScope(reading, interval) || isTaken,
      reason: isTaken ? `${reason}; looked at as if it were on ${from}` : reason,
    }
  }
  return { ...stands, inScope: false, reason: `does not use ${provider}` }
}

/**
 * Where every package of a project stands. A package that declares nothing of the provider is in scope all the same if it
 * uses another one of the project that hands the provider on: that is how a workspace shares one client, or one server.
 */
export function standings(
  { folders }: Pick<Packages, 'folders'>,
  providerPackages: readonly string[],
  from: Version,
  to: Version,
  despiteLater = false,
): PackageStanding[] {
  const own = new Map(folders.map((pkg) => [pkg, standing(pkg, providerPackages, from, to, despiteLater)]))
  const handsOn = (pkg: PackageFolder): boolean =>
    own.get(pkg)!.inScope &&
    declarations(pkg, providerPackages).some(({ section, name }) => section !== 'devDependencies' && name !== pkg.name)
  const givers = new Set(folders.filter(handsOn))
  // a set that grows is walked to its end
  for (const giver of givers)
    for (const pkg of folders) {
      const { versionFrom, reason, inScope, ...stands } = own.get(pkg)!
      if (inScope || versionFrom !== undefined || !usesSibling(pkg, giver)) continue
      const given = own.get(giver)!
      own.set(pkg, {
        ...stands,
        ...(given.version !== undefined && { version: given.version }),
        ...(given.versionFrom !== undefined && { versionFrom: given.versionFrom }),
        inScope: true,
        reason: `uses ${giver.name}, which ${given.reason}`,
      })
      givers.add(pkg)
    }
  return [...own.values()]
}

/** True if a package declares another one of the project, and gets that one and none from a registry. */
function usesSibling(pkg: PackageFolder, other: PackageFolder): boolean {
  const { name, manifest } = other
  if (name === undefined || pkg === other || pkg.sibling(name) !== other) return false
  return declarations(pkg, [name]).some(
    ({ spec, range }) =>
      /^(?:workspace|file|link|portal):/.test(spec) ||
      range === '*' ||
      manifest.version === undefined ||
      (range !== undefined && semver.satisfies(manifest.version, range)),
  )
}

interface Interval {
  readonly from: Version
  readonly to: Version
  /** The same as a range: one that asks for a prerelease of `to` gets `to` today, so it lies outside. */
  readonly range: string
}

function intervalOf(from: Version, to: Version): Interval {
  return { from, to, range: `>=${from} <${to}-0` }
}

/** `4` and `4.x` mean 4.0.0. */
function plainVersion(version: Version): Version {
  return semver.valid(version) ?? semver.coerce(version)?.version ?? version
}

/** The best reading per name it is declared under: an alias beside the package itself is a second version in use. */
function readVersions(pkg: PackageFolder, names: readonly string[], interval: Interval): Reading[] {
  const all = declarations(pkg, names)
  const keys = [...new Set(all.map(({ key }) => key))].sort(
    (a, b) => Number(names.includes(b)) - Number(names.includes(a)),
  )
  return keys.map((key) => {
    const same = all.filter((declaration) => declaration.key === key)
    return (
      first(same, (declaration) => local(pkg, declaration)) ??
      first(same, (declaration) => locked(pkg, declaration)) ??
      first(same, (declaration) => declared(pkg, declaration, interval)) ??
      first(same, (declaration) => installed(pkg, declaration)) ??
      unsettled(pkg, same[0]!, interval)
    )
  })
}

function first<T, R>(values: readonly T[], read: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const result = read(value)
    if (result !== undefined) return result
  }
  return undefined
}

/** A package that is kept in the project: its own package.json says which version it is. */
function local(pkg: PackageFolder, declaration: Declaration): Reading | undefined {
  const folder = /^(?:file|link|portal):(.+)$/.exec(declaration.spec)?.[1]
  const sibling = declaration.spec.startsWith('workspace:') ? pkg.sibling(declaration.name) : undefined
  const directory = sibling?.directory ?? (folder === undefined ? undefined : path.resolve(pkg.directory, folder))
  if (directory === undefined) return undefined
  const file = path.join(directory, 'package.json')
  const version = semver.valid(readData(file)?.version as string | undefined)
  return version ? { declaration, version, from: pkg.levels[0]!.label(file) } : undefined
}

function locked(pkg: PackageFolder, declaration: Declaration): Reading | undefined {
  const { key, spec, catalog } = declaration
  for (const level of pkg.levels) {
    const folder = path.relative(level.directory, pkg.directory).split(path.sep).join('/')
    const wanted = { folder, packageName: pkg.name, key, spec, range: catalog?.ranges[key] ?? spec }
    for (const lock of preferred(level.lockFiles, pkg)) {
      const version = lock.version(wanted)
      if (version) return { declaration, version, from: level.label(lock.path) }
    }
  }
  return undefined
}

/** When several package managers left a lock file, the one that package.json names is asked first. */
function preferred(lockFiles: readonly LockFile[], pkg: PackageFolder): readonly LockFile[] {
  const manager = pkg.manifest.packageManager?.split('@')[0]
  return manager
    ? [...lockFiles].sort((a, b) => Number(b.writer === manager) - Number(a.writer === manager))
    : lockFiles
}

/** What the range alone settles: it lies wholly inside or wholly outside the interval. */
function declared(pkg: PackageFolder, declaration: Declaration, interval: Interval): Reading | undefined {
  const reading = lowest(pkg, declaration)
  if (!reading?.range) return undefined
  const isInside = semver.subset(reading.range, interval.range)
  return isInside || !semver.intersects(reading.range, interval.range) ? reading : undefined
}

function lowest(pkg: PackageFolder, declaration: Declaration): Reading | undefined {
  const { range, catalog } = declaration
  const lowestVersion = range !== undefined && semver.validRange(range) ? semver.minVersion(range) : null
  if (!lowestVersion || !range) return undefined
  const from = catalog ? pkg.levels[0]!.label(catalog.file) : pkg.path!
  return { declaration, version: lowestVersion.version, range, from }
}

/** A package as it is installed or locked. */
export interface InstalledPackage {
  readonly version: Version
  readonly peerDependencies: Readonly<Record<string, string>>
  /** Where that was read: a folder in node_modules, or a lock file. */
  readonly from: string
}

/** The package that code of `pkg` gets under a name: as installed, else as locked; nothing if neither is known. */
export function installedPackage(pkg: PackageFolder, name: string): InstalledPackage | undefined {
  for (const { directory, label } of pkg.levels) {
    const folder = path.join(directory, 'node_modules', name)
    const manifest = existsSync(path.join(folder, 'package.json')) && readManifest(path.join(folder, 'package.json'))
    if (!manifest || manifest instanceof Error || !semver.valid(manifest.version)) continue
    const { peerDependencies } = manifest.dependencies
    return { version: manifest.version!, peerDependencies, from: label(folder) }
  }
  const section = SECTIONS.find((one) => Object.hasOwn(pkg.manifest.dependencies[one], name))
  const declaration = section && declarationOf(pkg, section, name, pkg.manifest.dependencies[section][name]!)
  return declaration && lockedPackage(pkg, declaration)
}

/** The packages that a project declares and has installed, and that depend on one of these names themselves. */
export function builtOn(packages: Packages, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const pkg of packages.folders)
    for (const name of SECTIONS.flatMap((section) => Object.keys(pkg.manifest.dependencies[section]))) {
      if (found.has(name) || names.includes(name)) continue
      const file = pkg.levels
        .map(({ directory }) => path.join(directory, 'node_modules', name, 'package.json'))
        .find((at) => existsSync(at))
      const manifest = file === undefined ? undefined : readManifest(file)
      if (!manifest || manifest instanceof Error) continue
      const { dependencies, peerDependencies } = manifest.dependencies
      if (names.some((one) => Object.hasOwn(dependencies, one) || Object.hasOwn(peerDependencies, one))) found.add(name)
    }
  return found
}

function lockedPackage(pkg: PackageFolder, declaration: Declaration): InstalledPackage | undefined {
  const { key, spec, catalog } = declaration
  for (const level of pkg.levels) {
    const folder = path.relative(level.directory, pkg.directory).split(path.sep).join('/')
    const wanted = { folder, packageName: pkg.name, key, spec, range: catalog?.ranges[key] ?? spec }
    for (const lock of preferred(level.lockFiles, pkg)) {
      const version = lock.version(wanted)
      if (version) return { version, peerDependencies: lock.peers(wanted) ?? {}, from: level.label(lock.path) }
    }
  }
  return undefined
}

function installed(pkg: PackageFolder, declaration: Declaration): Reading | undefined {
  for (const { directory, label } of pkg.levels) {
    const file = path.join(directory, 'node_modules', declaration.key, 'package.json')
    const manifest = readData(file)
    const version = semver.valid(manifest?.version as string | undefined)
    if (version) return { declaration, version, from: label(path.dirname(file)) }
  }
  return undefined
}

/** A range that leaves both sides open, or nothing to go by. */
function unsettled(pkg: PackageFolder, declaration: Declaration, interval: Interval): Reading {
  const reading = lowest(pkg, declaration)
  if (reading?.version && semver.gte(reading.version, interval.from)) return reading
  const range = declaration.range ?? declaration.spec
  return { declaration, range, from: pkg.path! }
}

function isInScope({ version, range }: Reading, interval: Interval): boolean {
  if (version === undefined) return true
  if (range !== undefined) return semver.intersects(range, interval.range)
  return semver.gte(version, interval.from) && semver.lt(version, interval.to)
}

function isLater({ version }: Reading, interval: Interval): boolean {
  return version !== undefined && semver.gte(version, interval.to)
}

function explain(reading: Reading, interval: Interval): string {
  const { declaration, range, version, from } = reading
  const { name } = declaration
  const alias = declaration.key === name ? '' : ` as ${declaration.key}`
  const uses = `uses ${name} ${range ?? version}${alias} (${from})`
  if (!isInScope(reading, interval)) {
    return isLater(reading, interval)
      ? `already ${uses}`
      : `${uses}, older than ${interval.from}, where this recipe starts`
  }
  if (range === undefined) return uses
  if (version === undefined) return `${uses}: which version that is cannot be told, taken for one before ${interval.to}`
  return semver.subset(range, `<${interval.to}-0`) ? uses : `${uses}, which allows ${interval.to} and later as well`
}

/** A lock file that cannot be read is worth a word when the version had to come from somewhere else. */
function lockProblem(pkg: PackageFolder, reading: Reading): string {
  if (reading.range === undefined) return ''
  for (const { lockFiles, label } of pkg.levels) {
    const broken = lockFiles.find((lock) => lock.problem() !== undefined)
    if (broken) return `; ${label(broken.path)} could not be read: ${broken.problem()}`
  }
  return ''
}
