import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import semver from 'semver'
import type { Redeclaration } from '../catalogue/change.ts'
import type { Declarations } from '../catalogue/provider.ts'
import { isTypeScript } from '../formats/javascript/parse.ts'
import type {
  ChosenCompiler,
  CompilerError,
  ExchangedPackage,
  TypeConfig,
  TypeProgram,
} from '../formats/javascript/type-program.ts'
import type { ProjectPath } from '../model/finding.ts'
import type { CheckedProgram, TypeCheck } from '../model/report.ts'
import { alignment } from '../text/alignment.ts'
import type { Sources } from './sources.ts'

/** What a type check is made from. */
export interface TypeCheckInput {
  readonly root: string
  readonly sources: Sources
  readonly declarations: Declarations
  /** The files of code in scope. */
  readonly files: readonly ProjectPath[]
  /** Whether the project's own compiler may be loaded, which runs code of the project. */
  readonly runsProject: boolean
  /** Absent for no limit of time, files and memory. */
  readonly limits?: TypeCheckLimits | undefined
  readonly signal?: AbortSignal | undefined
  readonly onFile?: ((done: number, total: number) => void) | undefined
}

/** An error of the compiler in a file of the project. */
export interface TypeErrorFound extends Omit<CompilerError, 'path'> {
  readonly file: ProjectPath
}

/** A package of the new version. */
interface NewPackage extends ExchangedPackage {
  readonly version: string
}

/** How much may be asked of the compiler. */
export interface TypeCheckLimits {
  /** For everything that is asked of it. */
  readonly seconds: number
  /** Files of one program, those of packages included. */
  readonly files: number
  /** The share of the memory that Node allows itself above which no more is asked. */
  readonly heap: number
}

/** What a run may ask that did not ask for types. */
export const USUAL_LIMITS: TypeCheckLimits = { seconds: 120, files: 6000, heap: 0.8 }

/** The reason for which a check was stopped. */
class Stopped extends Error {}

/**
 * The compiler over the project as it is going to be: with what the run plans to write, and with the new declarations of
 * the provider's packages. Nothing is written, no code of the project is run unless `runsProject` allows it, and the
 * compiler is not loaded before there is something to ask it.
 */
export class TypeChecker {
  readonly #input: TypeCheckInput
  readonly #root: string
  readonly #files: ReadonlySet<ProjectPath>
  readonly #skipped = new Map<string, TypeCheck['skipped'][number]>()
  #configs: readonly Configured[] | undefined
  #milliseconds = 0

  constructor(input: TypeCheckInput) {
    this.#input = input
    this.#root = realpathSync(input.root)
    this.#files = new Set(input.files)
  }

  /** What could not be checked, and why. */
  get skipped(): TypeCheck['skipped'] {
    return [...this.#skipped.values()]
  }

  /** The configurations that were checked. */
  get programs(): readonly CheckedProgram[] {
    return (this.#configs ?? []).filter(({ stopped }) => !stopped).map(({ described }) => described)
  }

  /** The declarations that were looked at, in words: `@types/express 5.0.6`. */
  get against(): string {
    return this.programs[0]?.against[0] ?? `the types of ${this.#input.declarations.module}`
  }

  /**
   * The errors of the planned texts with the new declarations that the texts as they were read do not have with the
   * installed ones. Undefined where the limits of the run do not allow an answer.
   */
  async newErrors(): Promise<readonly TypeErrorFound[] | undefined> {
    return this.#everywhere((config) => this.#newErrors(config))
  }

  /** The errors among these that the compiler no longer reports once these declarations read as they were. */
  async causedBy(
    errors: readonly TypeErrorFound[],
    redeclared: readonly Redeclaration[],
  ): Promise<readonly TypeErrorFound[]> {
    const files = new Set(errors.map(({ file }) => file))
    const left = await this.#everywhere(async (config) => {
      const texts = config.redeclared(redeclared)
      // what is not written so any more in these declarations cannot be taken back either
      if (!texts) return errors.filter(({ file }) => config.files.has(file))
      const program = config.program(texts)
      return this.#errorsOf(program, this.#pathsOf(config, files), config)
    })
    if (!left) return []
    const remaining = new Set(left.map(placeOf))
    return errors.filter((error) => !remaining.has(placeOf(error)))
  }

  async #everywhere(
    ask: (config: Configured) => Promise<readonly TypeErrorFound[]>,
  ): Promise<readonly TypeErrorFound[] | undefined> {
    this.#configs ??= await this.#configured()
    const found = new Map<string, TypeErrorFound>()
    const usable = this.#configs.filter(({ stopped }) => !stopped)
    for (const config of usable) {
      const start = performance.now()
      try {
        for (const error of await ask(config)) found.set(`${placeOf(error)} ${error.code} ${error.message}`, error)
      } catch (error) {
        if (!(error instanceof Stopped)) throw error
        config.stopped = true
        this.#skip(config.described.config, error.message)
      } finally {
        this.#milliseconds += performance.now() - start
      }
    }
    if (this.#configs.every(({ stopped }) => stopped)) return undefined
    return [...found.values()].sort(inOrder)
  }

  async #newErrors(config: Configured): Promise<readonly TypeErrorFound[]> {
    const program = config.program()
    this.#mayGoOn(program)
    const stale = config.stale(program)
    const found = await this.#errorsOf(program, stale, config, true)
    config.remember(stale, found)
    const errors = config.errors
    if (errors.length === 0) return []
    const unknown = [...new Set(errors.map(({ file }) => file))].filter((file) => !config.before.has(file))
    if (unknown.length > 0) {
      const before = config.programBefore()
      const known = await this.#errorsOf(before, this.#pathsOf(config, new Set(unknown)), config)
      for (const file of unknown)
        config.before.set(
          file,
          known.filter((error) => error.file === file),
        )
    }
    return [...config.before].flatMap(([file, known]) =>
      withoutKnown(
        errors.filter((error) => error.file === file),
        known,
        this.#input.sources.text(file),
        this.#input.sources.original(file),
      ),
    )
  }

  async #errorsOf(
    program: TypeProgram,
    paths: readonly string[],
    config: Configured,
    all = false,
  ): Promise<TypeErrorFound[]> {
    const found: TypeErrorFound[] = []
    const start = performance.now()
    for (const [index, path] of paths.entries()) {
      await setImmediate()
      this.#input.signal?.throwIfAborted()
      if (all) this.#input.onFile?.(index, paths.length)
      this.#mayGoOn(program, performance.now() - start)
      for (const { path: at, ...error } of program.errors(path)) {
        const file = this.#projectPath(at)
        if (file !== undefined) found.push({ ...error, file, message: this.#withoutPlaces(error.message, config) })
      }
    }
    return found
  }

  /** A message says where a type is declared when two have the same name; that is nothing to tell others. */
  #withoutPlaces(message: string, { exchanged }: Configured): string {
    let text = message.replaceAll(`${slashes(this.#root)}/`, '')
    for (const { name, folder } of exchanged) text = text.replaceAll(slashes(folder), `node_modules/${name}`)
    return text.length > 500 ? `${text.slice(0, 499)}…` : text
  }

  /** Throws where the limits of the run are reached. */
  #mayGoOn(program: TypeProgram, milliseconds = 0): void {
    const { limits } = this.#input
    if (!limits) return
    if (this.#milliseconds + milliseconds > limits.seconds * 1000)
      throw new Stopped(`it took longer than ${limits.seconds} seconds; --types=on has no limit`)
    if (program.size > limits.files)
      throw new Stopped(`it has more than ${limits.files} files, those of packages included; --types=on has no limit`)
    const { used_heap_size: used, heap_size_limit: available } = getHeapStatistics()
    if (used > limits.heap * available)
      throw new Stopped('the memory did not suffice; NODE_OPTIONS=--max-old-space-size=8192 allows more')
  }

  /** Every tsconfig.json that a TypeScript file in scope lies below, ready to be asked. */
  async #configured(): Promise<readonly Configured[]> {
    const found = new Map<string, ProjectPath>()
    const near = new Map<ProjectPath, string | undefined>()
    for (const file of this.#input.files) {
      const config = this.#configFor(posix.dirname(file), near)
      if (config === undefined) {
        if (isTypeScript(file)) this.#skip(topFolder(file), 'there is no tsconfig.json at or above it')
      } else if (!found.has(config)) found.set(config, file)
    }
    const known = new Set<string>()
    const configured: Configured[] = []
    for (const config of found.keys()) await this.#addConfig(config, known, configured)
    return configured
  }

  async #addConfig(path: string, known: Set<string>, configured: Configured[]): Promise<void> {
    if (known.has(path)) return
    known.add(path)
    const at = this.#projectPath(path) ?? slashes(path)
    if (!hasInstalledPackages(dirname(path)))
      return this.#skip(at, 'its packages are not installed: there is no node_modules')
    const { compilerFor, TypeConfig } = await import('../formats/javascript/type-program.ts')
    const compiler = compilerFor(dirname(path), this.#input.runsProject)
    let config: TypeConfig
    try {
      config = new TypeConfig(compiler, path)
    } catch (error) {
      return this.#skip(at, `it cannot be read: ${(error as Error).message.split('\n')[0]}`)
    }
    for (const reference of config.references)
      if (existsSync(reference)) await this.#addConfig(reference, known, configured)
    const isOurs = config.files.some((file) => this.#files.has(this.#projectPath(file) ?? ''))
    if (!isOurs || (!config.checksJavaScript && !config.files.some(isTypeScript))) return
    const { declarations } = this.#input
    const installed = config.folderOf(declarations.module)
    if (installed === undefined) return this.#skip(at, `no types of ${declarations.module} are installed for it`)
    configured.push(new Configured(config, compiler, at, this.#exchangedFor(installed), this.#input, this.#root))
  }

  /** The new declarations, unless what is installed is as new. */
  #exchangedFor(installed: string): readonly NewPackage[] {
    const packages = newDeclarations(this.#input.declarations)
    const version = manifestOf(installed).version
    const target = packages[0]!.version
    return semver.valid(version) && semver.major(version!) >= semver.major(target) ? [] : packages
  }

  /** The nearest tsconfig.json, from a folder up to the root of the project; every folder is looked into once. */
  #configFor(folder: ProjectPath, known: Map<ProjectPath, string | undefined>): string | undefined {
    if (known.has(folder)) return known.get(folder)
    const path = join(this.#root, folder, 'tsconfig.json')
    const parent = posix.dirname(folder)
    const found = existsSync(path) ? slashes(path) : parent === folder ? undefined : this.#configFor(parent, known)
    known.set(folder, found)
    return found
  }

  #skip(at: ProjectPath, reason: string): void {
    this.#skipped.set(`${at} ${reason}`, { at, reason })
  }

  #pathsOf(config: Configured, files: ReadonlySet<ProjectPath>): readonly string[] {
    return [...files].filter((file) => config.files.has(file)).map((file) => slashes(join(this.#root, file)))
  }

  /** Undefined for what lies outside of the project or in an installed package. */
  #projectPath(path: string): ProjectPath | undefined {
    const inside = relative(this.#root, resolve(path)).split(sep).join('/')
    return inside.startsWith('..') || inside.includes('node_modules/') ? undefined : inside
  }
}

/** One tsconfig.json, and what is known of it. */
class Configured {
  readonly described: CheckedProgram
  readonly exchanged: readonly ExchangedPackage[]
  /** The files of the project that it covers. */
  readonly files = new Set<ProjectPath>()
  /** The errors of files as they were read, with the installed declarations. */
  readonly before = new Map<ProjectPath, readonly TypeErrorFound[]>()
  stopped = false
  /** The texts that were checked last, and what the compiler said of them. */
  readonly #checked = new Map<ProjectPath, string>()
  readonly #errors = new Map<ProjectPath, readonly TypeErrorFound[]>()
  readonly #globalNamespace: RegExp | undefined
  readonly #config: TypeConfig
  readonly #sources: Sources
  readonly #root: string
  readonly #declarations: ReadonlyMap<string, string>

  constructor(
    config: TypeConfig,
    { name }: ChosenCompiler,
    path: ProjectPath,
    exchanged: readonly NewPackage[],
    { sources, declarations }: TypeCheckInput,
    root: string,
  ) {
    this.#config = config
    const { globalNamespace } = declarations
    this.#globalNamespace = globalNamespace === undefined ? undefined : new RegExp(`\\b${globalNamespace}\\.`)
    this.exchanged = exchanged
    this.#sources = sources
    this.#root = root
    const against = exchanged.map((one) => `${one.name} ${one.version}`)
    this.described = { config: path, compiler: name, files: 0, against }
    this.#declarations = new Map(
      declarations.packages.flatMap((name) => {
        const folder =
          exchanged.length > 0
            ? exchanged.find((one) => one.name === name)?.folder
            : (config.folderOfPackage(name) ?? config.folderOfPackage(name, config.folderOf(declarations.module)))
        return folder === undefined ? [] : [[name, folder] as const]
      }),
    )
  }

  program(redeclared?: ReadonlyMap<string, string>): TypeProgram {
    return this.#config.program({
      text: (path) => this.#text(path, (file) => this.#sources.text(file), this.#sources.added),
      added: new Set([...this.#sources.added].map((file) => `${slashes(this.#root)}/${file}`)),
      exchanged: this.exchanged,
      ...(redeclared ? { redeclared } : {}),
    })
  }

  /** The project as it was read. */
  programBefore(): TypeProgram {
    return this.#config.program({
      text: (path) => this.#text(path, (file) => this.#sources.original(file)),
      exchanged: [],
    })
  }

  /** The errors of all texts that were checked last. */
  get errors(): readonly TypeErrorFound[] {
    return [...this.#errors.values()].flat()
  }

  /**
   * The files of which the compiler may say something else than last time, and at first, than of the project as it was read
   * with the installed declarations. Absolute.
   */
  stale(program: TypeProgram): readonly string[] {
    const own = program.files.flatMap((path) => this.#inside(path) ?? [])
    for (const file of own) this.files.add(file)
    Object.assign(this.described, { files: this.files.size })
    const isFirst = this.#checked.size === 0
    const homes = this.exchanged.map(({ folder }) => `${slashes(folder)}/`)
    const isChanged = (path: string) => {
      const file = this.#inside(path)
      if (file === undefined || !this.files.has(file)) return isFirst && homes.some((home) => path.startsWith(home))
      const text = this.#sources.text(file)
      if (!isFirst) return text !== this.#checked.get(file)
      return text !== this.#sources.original(file) || this.#globalNamespace?.test(text) === true
    }
    const found = this.#config.leadingTo(isChanged, this.exchanged.length > 0)
    for (const file of own) this.#checked.set(file, this.#sources.text(file))
    return program.files.filter((path) => found.has(path) && this.#inside(path) !== undefined)
  }

  /** Notes what the compiler said of files. */
  remember(paths: readonly string[], found: readonly TypeErrorFound[]): void {
    for (const path of paths) {
      const file = this.#inside(path)!
      this.#errors.set(
        file,
        found.filter((error) => error.file === file),
      )
    }
  }

  /** The texts of the declarations as they would read; undefined where one of them reads otherwise today. */
  redeclared(all: readonly Redeclaration[]): ReadonlyMap<string, string> | undefined {
    const texts = new Map<string, string>()
    for (const { package: name, now, before } of all) {
      const folder = this.#declarations.get(name)
      if (folder === undefined) return undefined
      const path = this.#config.entryOf(folder)
      const text = texts.get(path) ?? readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
      if (!text.includes(now)) return undefined
      texts.set(
        path,
        text.replaceAll(now, () => before),
      )
    }
    return texts
  }

  #inside(path: string): ProjectPath | undefined {
    const root = `${slashes(this.#root)}/`
    return path.startsWith(root) && !path.includes('/node_modules/') ? path.slice(root.length) : undefined
  }

  #text(
    path: string,
    read: (file: ProjectPath) => string,
    added: ReadonlySet<ProjectPath> = new Set(),
  ): string | undefined {
    const file = this.#inside(path)
    if (file === undefined || !/\.[cm]?[jt]sx?$/.test(file) || !(added.has(file) || existsSync(path))) return undefined
    return read(file)
  }
}

/** The packages of the new version, installed beside the catalogue, with those that they need of the same family. */
function newDeclarations({ packages, installedAs, from }: Declarations): NewPackage[] {
  const first = realpathSync(dirname(createRequire(from).resolve(`${installedAs}/package.json`)))
  const found = [{ name: packages[0]!, folder: first, version: manifestOf(first).version! }]
  for (const name of packages.slice(1))
    for (const { folder: near } of [...found]) {
      const manifest = resolvedFrom(near, `${name}/package.json`)
      if (manifest === undefined || found.some((one) => one.name === name)) continue
      const folder = realpathSync(dirname(manifest))
      found.push({ name, folder, version: manifestOf(folder).version! })
    }
  return found
}

function resolvedFrom(folder: string, specifier: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(specifier)
  } catch {
    return undefined
  }
}

function manifestOf(folder: string): { readonly version?: string } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return {}
  }
}

/** The errors that are not known of the old text: by their place there, by their line, or by what they say. */
function withoutKnown(
  errors: readonly TypeErrorFound[],
  known: readonly TypeErrorFound[],
  text: string,
  textBefore: string,
): TypeErrorFound[] {
  const left = [...known]
  const takeOut = (fits: (one: TypeErrorFound) => boolean) => {
    const index = left.findIndex(fits)
    if (index >= 0) left.splice(index, 1)
    return index >= 0
  }
  const original = alignment(textBefore, text)
  const moved = errors.filter((error) => {
    const start = original(error.start)
    return !takeOut((one) => one.code === error.code && one.start === start)
  })
  const fresh = moved.filter((error) => {
    const place = lineAround(text, error.start)
    return !takeOut((one) => one.code === error.code && lineAround(textBefore, one.start) === place)
  })
  return fresh.filter((error) => !takeOut((one) => one.code === error.code && one.message === error.message))
}

/** The line of an offset without its indentation, and how far into it the offset is. */
function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  const line = text.slice(start, end < 0 ? text.length : end)
  return `${offset - start - (line.length - line.trimStart().length)} ${line.trim()}`
}

function placeOf({ file, start }: TypeErrorFound): string {
  return `${file} ${start}`
}

function inOrder(a: TypeErrorFound, b: TypeErrorFound): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start || a.code - b.code
}

function hasInstalledPackages(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules'))) return true
    if (dirname(at) === at) return false
  }
}

function topFolder(file: ProjectPath): ProjectPath {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '.'
}

function slashes(path: string): string {
  return path.split(sep).join('/')
}
