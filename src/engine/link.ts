import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix, resolve } from 'node:path'
import type { JavaScriptModule } from '../formats/javascript/module.ts'
import type { Importer, Neighbours, Resolution } from '../formats/javascript/origins.ts'
import type { Node } from '../formats/javascript/syntax.ts'
import type { ProjectPath } from '../model/finding.ts'
import { type PackageFolder, type Packages, SECTIONS } from './packages.ts'
import { fileAt, type IsFile, isRelative, relativeFile } from './relative-files.ts'
import type { Sources } from './sources.ts'
import { type Imports, importsOf } from './specifiers.ts'
import { connected, type HandedFiles, type Importers, type Reach, type Traces } from './traces.ts'

const load = createRequire(import.meta.url)

/** `req.param = …` and `http.IncomingMessage.prototype.param = …`, but not `==` and not an arrow. */
const DEFINITION = /(?:\b(\w+)\.prototype|\b(\w+))\.(\w+)[ \t]*=(?![=>])/g
/** What every request and response of Node is made of, whatever the framework. */
const NODE_PROTOTYPE = /^(?:IncomingMessage|OutgoingMessage|ServerResponse)$/
const TEST_FILE = /(?:^|\/)(?:tests?|__tests__|specs?|mocks?|__mocks__|fixtures)\/|[.-](?:test|spec)\./

/** By the name of the member: to what it is given, and where. */
type Definitions = Map<string, { readonly owner: string; readonly file: ProjectPath; readonly line: number }[]>

/** Where the aliases of a tsconfig.json lead: absolute paths without an ending. */
type Aliases = readonly ((specifier: string) => string[])[]

/**
 * Connects the files of a project: what a specifier leads to, and which files mention a file. The second needs one look
 * over the text of all files, which is done when it is first asked.
 */
export class Link implements Neighbours {
  readonly #sources: Sources
  readonly #packages: Packages
  readonly #isFile: IsFile
  readonly #code: readonly ProjectPath[]
  /** By folder, because the nearest tsconfig.json may have aliases of its own; then by specifier. */
  readonly #resolved = new Map<ProjectPath, Map<string, ProjectPath | undefined>>()
  readonly #dependencies = new Map<PackageFolder, ReadonlySet<string>>()
  readonly #loaded = new Map<PackageFolder, Set<string>>()
  readonly #aliases = new Map<string, Aliases>()
  readonly #mentionedIn = new WeakMap<JavaScriptModule, Map<ProjectPath, readonly Node[]>>()
  readonly #targets = new Map<string, string | undefined>()
  #definitions: Definitions | undefined
  readonly #names: ReadonlySet<string>
  readonly #mentioning = new Map<string, readonly ProjectPath[]>()
  readonly #traces: Traces | undefined
  readonly #naming = new Set<ProjectPath>()
  readonly #shaped = new Set<ProjectPath>()
  /** By the specifier of a package: the files that import it, and those that add to its types. */
  readonly #importing = new Map<string, Set<ProjectPath>>()
  readonly #augmenting = new Map<string, Set<ProjectPath>>()
  #mentionedBy: Map<ProjectPath, Set<ProjectPath>> | undefined
  #connected: ReadonlyMap<ProjectPath, Reach> | undefined

  readonly #isSeen: (file: ProjectPath) => boolean
  readonly #folders: readonly ProjectPath[]
  readonly #generated = new Map<string, (Resolution & { is: 'generated' }) | undefined>()

  /**
   * `names` are the members that the changes of the run are about. Without `traces`, all files count as connected. Where
   * `isSeen`, a value of the packages was seen while the program ran. `folders` are those that a package is generated into.
   */
  constructor(
    sources: Sources,
    packages: Packages,
    code: readonly ProjectPath[],
    names: readonly string[],
    traces: Traces | undefined,
    isSeen: (file: ProjectPath) => boolean = () => false,
    folders: readonly ProjectPath[] = [],
  ) {
    this.#folders = folders
    this.#isSeen = isSeen
    this.#names = new Set(names)
    this.#traces = traces
    this.#sources = sources
    this.#packages = packages
    this.#code = code
    const files = new Set(code)
    this.#isFile = (path) => files.has(path)
  }

  resolve(from: JavaScriptModule, specifier: string): Resolution {
    const generated = this.#inGenerated(from.path, specifier)
    if (generated) return generated
    const file = this.#find(from.path, specifier)
    if (file !== undefined) {
      if (!this.isConnected(file)) return { is: 'unconnected', path: file }
      const opened = this.#sources.open(file)
      return opened.is === 'module'
        ? { is: 'file', module: opened.module }
        : { is: 'missing', why: `${file} cannot be read or parsed` }
    }
    if (isRelative(specifier)) return { is: 'missing', why: `'${specifier}' is not a file of the project that is read` }
    return { is: 'package', name: packageName(specifier) }
  }

  importers(of: JavaScriptModule): readonly Importer[] {
    this.#mentionedBy ??= this.#mentions()
    const found: Importer[] = []
    if (!this.isConnected(of.path)) return found
    for (const path of this.#mentionedBy.get(of.path) ?? []) {
      const opened = this.#sources.open(path)
      if (opened.is !== 'module') continue
      for (const node of this.#filesIn(opened.module).get(of.path) ?? []) found.push({ module: opened.module, node })
    }
    return found
  }

  /** The files that a module mentions, each with where it does. */
  #filesIn(module: JavaScriptModule): ReadonlyMap<ProjectPath, readonly Node[]> {
    let targets = this.#mentionedIn.get(module)
    if (!targets) {
      targets = new Map()
      for (const { specifier, node } of module.mentions) {
        const target = this.#find(module.path, specifier)
        if (target !== undefined) targets.set(target, [...(targets.get(target) ?? []), node])
      }
      this.#mentionedIn.set(module, targets)
    }
    return targets
  }

  dependencies(of: JavaScriptModule): ReadonlySet<string> {
    const owner = this.#packages.owner(of.path)
    if (!owner) return new Set()
    let found = this.#dependencies.get(owner)
    if (!found) {
      const names = new Set<string>()
      for (let holder: PackageFolder | undefined = owner; holder; holder = holder.parent)
        for (const section of SECTIONS)
          for (const name of Object.keys(holder.manifest.dependencies[section])) names.add(name)
      found = names
      this.#dependencies.set(owner, found)
    }
    return found
  }

  /** True if a value of the packages can be in a file: it is connected with one in which such a value comes into being. */
  isConnected(path: ProjectPath): boolean {
    return this.reachOf(path) !== 'nothing'
  }

  reach(of: JavaScriptModule): Reach {
    return this.reachOf(of.path)
  }

  /** Like `reach`, of a file that is not open. */
  reachOf(path: ProjectPath): Reach {
    if (!this.#traces) return 'package'
    this.#mentionedBy ??= this.#mentions()
    this.#connected ??= connected(
      this.#naming,
      this.#shaped,
      (file) => this.#shapeReach(file),
      this.#ways(this.#mentionedBy),
    )
    return this.#connected.get(path) ?? 'nothing'
  }

  /** The files that the values of shapes get to from a file. */
  #shapeReach(path: ProjectPath): 'none' | 'anywhere' | HandedFiles {
    const opened = this.#sources.open(path)
    const reach = opened.is === 'module' ? this.#traces!.shapeReach(opened.module, this) : 'none'
    if (typeof reach === 'string') return reach
    const files = [...reach.modules].flatMap((specifier) => this.#find(path, specifier) ?? [])
    return { files, isReturned: reach.isReturned }
  }

  loads(of: JavaScriptModule, packages: readonly string[]): 'here' | 'elsewhere' | 'nowhere' {
    this.#mentionedBy ??= this.#mentions()
    const owner = this.#packages.owner(of.path)
    const loads = (loaded: ReadonlySet<string>) => packages.some((name) => loaded.has(name))
    if (owner && loads(this.#loaded.get(owner) ?? new Set())) return 'here'
    return [...this.#loaded.values()].some(loads) ? 'elsewhere' : 'nowhere'
  }

  definitionOf(
    owners: readonly string[],
    name: string,
  ): { readonly file: ProjectPath; readonly line: number } | undefined {
    this.#definitions ??= this.#readDefinitions()
    return this.#definitions
      .get(name)
      ?.find(({ owner }) => owners.includes(owner.toLowerCase()) || NODE_PROTOTYPE.test(owner) || owner === 'proto')
  }

  mentioning(pattern: RegExp, within?: RegExp): readonly ProjectPath[] {
    const key = `${pattern}`
    let found = this.#mentioning.get(key)
    if (!found) {
      found = (within ? this.mentioning(within) : this.#code).filter((path) => {
        const text = this.#textOf(path)
        return text !== undefined && pattern.test(text)
      })
      this.#mentioning.set(key, found)
    }
    return found
  }

  /** The text of a file as Latin-1, which is enough to look for names; undefined for one that the scan cannot read either. */
  #textOf(path: ProjectPath): string | undefined {
    try {
      return this.#sources.searchable(path)
    } catch {
      return undefined
    }
  }

  /** Every place that gives something a member by one of the names, but for tests, and where no value of ours can be. */
  #readDefinitions(): Definitions {
    const found: Definitions = new Map()
    for (const path of this.#code) {
      if (TEST_FILE.test(path) || !this.isConnected(path)) continue
      const text = this.#textOf(path) ?? ''
      for (const { 1: made, 2: held, 3: name, index } of text.matchAll(DEFINITION)) {
        if (!this.#names.has(name!)) continue
        const owner = made ?? prototypeOwner(text, held!)
        const line = text.slice(0, index).split('\n').length
        found.set(name!, [...(found.get(name!) ?? []), { owner, file: path, line }])
      }
    }
    return found
  }

  #mentions(): Map<ProjectPath, Set<ProjectPath>> {
    const mentionedBy = new Map<ProjectPath, Set<ProjectPath>>()
    for (const path of this.#code) {
      let imports: Imports
      try {
        if (this.#has(path, 'packages') || this.#isSeen(path)) this.#naming.add(path)
        else if (this.#has(path, 'shapes')) this.#shaped.add(path)
        imports = this.#imports(path)
      } catch {
        continue // reported by the scan
      }
      const loaded = this.#loadedBy(path)
      const mention = (target: ProjectPath | undefined) => {
        if (target !== undefined && target !== path) add(mentionedBy, target, path)
      }
      for (const specifier of imports.augmented) if (!isRelative(specifier)) add(this.#augmenting, specifier, path)
      imports.files.forEach(mention)
      for (const specifier of imports.others) {
        loaded?.add(packageName(specifier))
        add(this.#importing, specifier, path)
        mention(this.#find(path, specifier))
      }
    }
    return mentionedBy
  }

  /** Where the specifiers of a file lead, but for those that lead from outside into a folder of what is generated. */
  #imports(path: ProjectPath): Imports {
    if (this.#folders.length === 0) return this.#sources.importsOf(path, this.#isFile)
    const specifiers = this.#sources.specifiersOf(path)
    const mentioned = specifiers.mentioned.filter((specifier) => {
      const generated = this.#inGenerated(path, specifier)
      if (!generated) return true
      this.#loadedBy(path)?.add(generated.folder)
      this.#naming.add(path)
      // within the folder, its files lead to each other
      return this.isGenerated(path)
    })
    return importsOf(path, { ...specifiers, mentioned }, this.#isFile)
  }

  #has(path: ProjectPath, trace: 'packages' | 'shapes'): boolean {
    return this.#traces !== undefined && this.#sources.has(path, this.#traces[trace])
  }

  /** Which files get values from which: by imports, and from those that add to a package, by imports of that package. */
  #ways(imports: Importers): Importers {
    if (this.#augmenting.size === 0) return imports
    const ways = new Map([...imports].map(([path, from]) => [path, new Set(from)]))
    for (const [specifier, files] of this.#augmenting)
      for (const file of files)
        for (const importer of this.#importing.get(specifier) ?? []) if (importer !== file) add(ways, file, importer)
    return ways
  }

  #loadedBy(path: ProjectPath): Set<string> | undefined {
    const owner = this.#packages.owner(path)
    if (!owner) return undefined
    const found = this.#loaded.get(owner) ?? new Set()
    this.#loaded.set(owner, found)
    return found
  }

  #find(from: ProjectPath, specifier: string): ProjectPath | undefined {
    const folder = posix.dirname(from)
    let known = this.#resolved.get(folder)
    if (!known) {
      known = new Map()
      this.#resolved.set(folder, known)
    }
    if (known.has(specifier)) return known.get(specifier)
    const found = isRelative(specifier) ? relativeFile(this.#isFile, folder, specifier) : this.#bare(from, specifier)
    known.set(specifier, found)
    return found
  }

  /** True for a file in a folder that a package is generated into. */
  isGenerated(path: ProjectPath): boolean {
    return this.#folders.some((folder) => path.startsWith(`${folder}/`))
  }

  /** What of a generated package a specifier means, whether or not it has been generated here. */
  #inGenerated(from: ProjectPath, specifier: string): (Resolution & { is: 'generated' }) | undefined {
    if (this.#folders.length === 0) return undefined
    const key = `${posix.dirname(from)}\0${specifier}`
    if (!this.#generated.has(key)) this.#generated.set(key, this.#generatedPart(from, specifier))
    return this.#generated.get(key)
  }

  #generatedPart(from: ProjectPath, specifier: string): (Resolution & { is: 'generated' }) | undefined {
    for (const path of this.#possiblePaths(from, specifier)) {
      const folder = this.#folders.find((own) => path === own || path.startsWith(`${own}/`))
      if (folder === undefined) continue
      const subpath = path.slice(folder.length).replace(/(?:\/index)?(?:\.[cm]?[jt]s)?$/, '')
      return { is: 'generated', folder, subpath }
    }
    return undefined
  }

  /** Where in the project a specifier may lead, whether or not there is a file: without an ending. */
  #possiblePaths(from: ProjectPath, specifier: string): ProjectPath[] {
    const clean = (path: string) => posix.normalize(path).replace(/\/$/, '')
    if (isRelative(specifier)) return [clean(posix.join(posix.dirname(from), specifier))]
    const owner = this.#packages.owner(from)
    const within = (pkg: PackageFolder, path: string) => clean(posix.join(pkg.folder, path))
    if (specifier.startsWith('#'))
      return owner ? this.#importTargets(owner, specifier).map((path) => within(owner, path)) : []
    const root = toPosix(this.#sources.root)
    const aliased = this.#aliasesFor(posix.dirname(from))
      .flatMap((match) => match(specifier))
      .map((path) => posix.relative(root, toPosix(path)))
      .filter((path) => !path.startsWith('..'))
    const name = packageName(specifier)
    const sibling = owner?.name === name ? owner : owner?.sibling(name)
    const subpath = specifier.slice(name.length + 1)
    const offered = sibling ? (subpath ? [subpath] : this.#mainTargets(sibling)) : []
    return [...aliased.map(clean), ...(sibling ? offered.map((path) => within(sibling, path)) : [])]
  }

  #asFile(normal: ProjectPath): ProjectPath | undefined {
    return fileAt(this.#isFile, normal)
  }

  #bare(from: ProjectPath, specifier: string): ProjectPath | undefined {
    const owner = this.#packages.owner(from)
    if (specifier.startsWith('#')) return owner && this.#subpathImport(owner, specifier)
    const aliased = this.#alias(from, specifier)
    if (aliased) return aliased
    const name = packageName(specifier)
    const sibling = owner?.name === name ? owner : owner?.sibling(name)
    return sibling && this.#packageFile(sibling, specifier.slice(name.length + 1))
  }

  /** The `imports` of a package.json; only plain string targets and their conditions are followed. */
  #subpathImport(owner: PackageFolder, specifier: string): ProjectPath | undefined {
    for (const path of this.#importTargets(owner, specifier)) {
      const found = this.#inPackage(owner, path)
      if (found) return found
    }
    return undefined
  }

  #importTargets(owner: PackageFolder, specifier: string): string[] {
    const imports = this.#manifestField(owner, 'imports') as Record<string, unknown> | undefined
    return Object.entries(imports ?? {}).flatMap(([pattern, target]) => {
      const star = pattern.indexOf('*')
      const rest = star < 0 ? (pattern === specifier ? '' : undefined) : matchStar(pattern, specifier)
      return rest === undefined ? [] : targets(target).map((path) => path.replace('*', rest))
    })
  }

  /** The file that a workspace package offers: its source, also where the manifest names what is built from it. */
  #packageFile(pkg: PackageFolder, subpath: string): ProjectPath | undefined {
    if (subpath) return this.#inPackage(pkg, subpath) ?? this.#inPackage(pkg, `src/${subpath}`)
    for (const path of [...this.#mainTargets(pkg), 'index', 'src/index', 'lib/index']) {
      const found =
        this.#inPackage(pkg, path) ??
        this.#inPackage(
          pkg,
          path.replace(/^(?:\.\/)?(?:dist|build|lib|out|cjs|esm)\//, 'src/').replace(/(?:\.d)?\.[cm]?[jt]s$/, ''),
        )
      if (found) return found
    }
    return undefined
  }

  /** What the manifest of a package names as what it is when it is imported by its name. */
  #mainTargets(pkg: PackageFolder): string[] {
    const exported = this.#manifestField(pkg, 'exports')
    const root =
      exported && typeof exported === 'object' && '.' in exported
        ? (exported as Record<string, unknown>)['.']
        : exported
    const named = ['source', 'types', 'module', 'main'].map((field) => this.#manifestField(pkg, field))
    return [...targets(root), ...named.flatMap(targets)]
  }

  #inPackage(pkg: PackageFolder, path: string): ProjectPath | undefined {
    return this.#asFile(posix.join(pkg.folder, path))
  }

  #manifestField(pkg: PackageFolder, field: string): unknown {
    if (pkg.path === undefined) return undefined
    try {
      return (JSON.parse(this.#sources.text(pkg.path)) as Record<string, unknown>)[field]
    } catch {
      return undefined
    }
  }

  /** `paths` and `baseUrl` of the nearest tsconfig.json or jsconfig.json, what it extends and refers to included. */
  #alias(from: ProjectPath, specifier: string): ProjectPath | undefined {
    for (const absolute of this.#aliasesFor(posix.dirname(from)).flatMap((match) => match(specifier))) {
      const relative = posix.relative(toPosix(this.#sources.root), toPosix(absolute))
      const found = relative.startsWith('..') ? undefined : this.#asFile(relative || '.')
      if (found) return found
    }
    return undefined
  }

  target(of: JavaScriptModule): string | undefined {
    return this.#targetFor(posix.dirname(of.path))
  }

  #targetFor(folder: ProjectPath): string | undefined {
    if (this.#targets.has(folder)) return this.#targets.get(folder)
    const config = configIn(join(this.#sources.root, folder), ['tsconfig.json'])
    const found = config ? readTarget(config) : folder === '.' ? undefined : this.#targetFor(posix.dirname(folder))
    this.#targets.set(folder, found)
    return found
  }

  #aliasesFor(folder: ProjectPath): Aliases {
    const known = this.#aliases.get(folder)
    if (known) return known
    const config = configIn(join(this.#sources.root, folder), ['tsconfig.json', 'jsconfig.json'])
    const found = config ? readAliases(config) : folder === '.' ? [] : this.#aliasesFor(posix.dirname(folder))
    this.#aliases.set(folder, found)
    return found
  }
}

/** The first of these files that a folder has. */
function configIn(folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(folder, name)).find((path) => existsSync(path))
}

/** `compilerOptions.target` of a tsconfig.json, what it extends included. */
function readTarget(config: string): string | undefined {
  const { parseTsconfig } = load('get-tsconfig') as typeof import('get-tsconfig')
  try {
    return parseTsconfig(config).compilerOptions?.target?.toLowerCase()
  } catch {
    // a tsconfig that extends what is not installed
    return undefined
  }
}

/** The aliases of one tsconfig.json and, behind them, of those that it refers to: many name nothing but `references`. */
function readAliases(config: string, seen = new Set<string>()): Aliases {
  if (seen.has(config)) return []
  seen.add(config)
  const { parseTsconfig, createPathsMatcher } = load('get-tsconfig') as typeof import('get-tsconfig')
  try {
    const parsed = parseTsconfig(config)
    const own = createPathsMatcher({ path: config, config: parsed })
    const others = (parsed.references ?? []).flatMap(({ path }) => {
      const target = resolve(dirname(config), path)
      return readAliases(target.endsWith('.json') ? target : join(target, 'tsconfig.json'), seen)
    })
    return own ? [own, ...others] : others
  } catch {
    // a tsconfig that extends what is not installed: its aliases are unknown, its files are still read
    return []
  }
}

/** In a file with `const proto = X.prototype`, the X of `proto`; other names stand for themselves. */
function prototypeOwner(text: string, name: string): string {
  if (!/^proto(?:type)?$/.test(name)) return name
  const [, owner] = new RegExp(`\\b${name}\\s*=\\s*(?:[\\w.]+\\.)?(\\w+)\\.prototype\\b`).exec(text) ?? []
  return owner ?? 'proto'
}

/** `@scope/name/sub` → `@scope/name`. */
export function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function targets(target: unknown): string[] {
  if (typeof target === 'string') return [target]
  if (Array.isArray(target)) return target.flatMap(targets)
  return target && typeof target === 'object' ? Object.values(target).flatMap(targets) : []
}

function matchStar(pattern: string, specifier: string): string | undefined {
  const [before, after] = pattern.split('*') as [string, string]
  return specifier.startsWith(before) && specifier.endsWith(after) && specifier.length >= before.length + after.length
    ? specifier.slice(before.length, specifier.length - after.length)
    : undefined
}

function toPosix(path: string): string {
  return path.replaceAll('\\', '/')
}

function add<K, V>(map: Map<K, Set<V>>, key: K, item: V): void {
  const known = map.get(key)
  if (known) known.add(item)
  else map.set(key, new Set([item]))
}
