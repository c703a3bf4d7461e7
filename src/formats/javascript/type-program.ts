import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'
import type { ts } from '@ts-morph/common'
import type { Range } from '../../model/finding.ts'

/** A TypeScript with a JavaScript API. */
export type Compiler = typeof ts

/** A compiler, and what a reader of the report should know of it. */
export interface ChosenCompiler {
  readonly compiler: Compiler
  /** The version and whose it is: "TypeScript 5.9.2 of the project". */
  readonly name: string
  /** The declarations of the language by path, where the compiler does not have them beside itself. */
  readonly language?: ReadonlyMap<string, string>
}

const load = createRequire(import.meta.url)
/** Where our compiler believes its declarations of the language to be. */
const LANGUAGE = '/node_modules/typescript/lib'
/** The first compiler whose API the hosts below are written for. */
const OLDEST_API = 5.2

/**
 * The compiler for a folder. With `runsProject` it is the one installed there, whose code is then run; else, and where that
 * one has no JavaScript API (TypeScript 7) or an old one, it is ours. Nothing is loaded before this is called.
 */
export function compilerFor(folder: string, runsProject: boolean): ChosenCompiler {
  const installed = installedCompiler(folder)
  if (runsProject && installed) {
    const own = loadedFrom(installed.file)
    if (own) return { compiler: own, name: `TypeScript ${own.version} of the project` }
  }
  const { ts: ours, getLibFiles } = load('@ts-morph/common') as typeof import('@ts-morph/common')
  const because = !installed
    ? ''
    : runsProject
      ? `, because TypeScript ${installed.version} of the project cannot be used from JavaScript`
      : `, because TypeScript ${installed.version} of the project is only used where its tests are run as well`
  const language = new Map(getLibFiles().map(({ fileName, text }) => [`${LANGUAGE}/${fileName}`, text]))
  return { compiler: ours, name: `TypeScript ${ours.version} that comes with upgrade-kit${because}`, language }
}

/** The `typescript` that a folder resolves, by its package.json: no code of it is run. */
function installedCompiler(folder: string): { readonly version: string; readonly file: string } | undefined {
  try {
    const file = createRequire(join(folder, 'package.json')).resolve('typescript/package.json')
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? { version, file } : undefined
  } catch {
    return undefined
  }
}

function loadedFrom(manifest: string): Compiler | undefined {
  try {
    const found = createRequire(manifest)(dirname(manifest)) as Partial<Compiler>
    const [major, minor] = String(found.version).split('.').map(Number)
    const isKnown = major! + minor! / 100 >= 5 + (OLDEST_API - 5) / 10
    return isKnown && typeof found.createProgram === 'function' ? (found as Compiler) : undefined
  } catch {
    return undefined
  }
}

/** "File not found", "Cannot read file": what `extends` names is not there, and the options would be wrong. */
const MISSING_BASE: ReadonlySet<number> = new Set([6053, 5083])

/** A package of declarations that is looked at in place of the one that is installed. */
export interface ExchangedPackage {
  /** As its package.json has it, for example `@types/express`. */
  readonly name: string
  /** The folder of the version to look at. Absolute. */
  readonly folder: string
}

/** What a program is made of besides its tsconfig.json. */
export interface ProgramInput {
  /** The text of a file of the project, by absolute path; undefined where the disk is right. */
  text(path: string): string | undefined
  /** Files of the project that are not on disk and for which `text` has a text, by absolute path. */
  readonly added?: ReadonlySet<string>
  /** Declarations in place of the installed ones; none to see the project as it is installed. */
  readonly exchanged: readonly ExchangedPackage[]
  /** Texts of declaration files, by absolute path, in place of those on disk. */
  readonly redeclared?: ReadonlyMap<string, string>
}

/** One error of the compiler in a file of the project. */
export interface CompilerError extends Range {
  /** Absolute, with forward slashes. */
  readonly path: string
  readonly code: number
  /** The first line of the compiler's message, and the most exact one where there are more. */
  readonly message: string
}

/** One tsconfig.json, and programs over the files that it names. */
export class TypeConfig {
  readonly path: string
  /** The files that it names, absolute. */
  readonly files: readonly string[]
  /** Other configurations that it only refers to. */
  readonly references: readonly string[]
  readonly #ts: Compiler
  readonly #language: ReadonlyMap<string, string> | undefined
  readonly #options: ts.CompilerOptions
  readonly #projectReferences: readonly ts.ProjectReference[] | undefined
  readonly #folder: string
  /**
   * Parsed files by path, so that those with the same text are the same in every program; with other declarations and
   * without, because compilers before 5.3 keep in a file where its imports lead to.
   */
  readonly #sources = { exchanged: new Map<string, ts.SourceFile>(), installed: new Map<string, ts.SourceFile>() }
  /** Which files a file leads to, with other declarations and without. Nothing is ever taken out, so it may be too much. */
  readonly #leads = new Map<boolean, Map<string, Set<string>>>()
  /** The last program with other declarations, and the last one without. */
  readonly #last = new Map<boolean, ts.Program>()

  /** Throws an Error with the compiler's message where the configuration cannot be used. */
  constructor({ compiler, language }: ChosenCompiler, path: string) {
    this.#ts = compiler
    this.#language = language
    this.path = slashes(path)
    this.#folder = posix.dirname(this.path)
    const { config, error } = compiler.readConfigFile(this.path, compiler.sys.readFile)
    if (error) throw new Error(compiler.flattenDiagnosticMessageText(error.messageText, ' '))
    const parsed = compiler.parseJsonConfigFileContent(config, compiler.sys, this.#folder, {}, this.path)
    const missing = parsed.errors.find(({ code }) => MISSING_BASE.has(code))
    if (missing) throw new Error(compiler.flattenDiagnosticMessageText(missing.messageText, ' '))
    this.files = parsed.fileNames
    this.references = (parsed.projectReferences ?? []).map((one) => compiler.resolveProjectReferencePath(one))
    this.#projectReferences = parsed.projectReferences
    this.#options = forChecking(parsed.options, compiler, this.#folder)
  }

  /** True if the compiler checks this file, as far as its kind goes. */
  get checksJavaScript(): boolean {
    return this.#options.checkJs === true
  }

  /** The folder, with its links resolved, of the package whose declarations the project gets for a module. */
  folderOf(specifier: string, from: string = this.#folder): string | undefined {
    const found = this.#resolve(specifier, `${from}/__upgrade-kit__.ts`)
    return found && /\.d\.[cm]?ts$/.test(found.resolvedFileName) ? packageFolder(found.resolvedFileName) : undefined
  }

  /** The folder of a package of declarations, by the name in its package.json, as seen from here or from another one. */
  folderOfPackage(name: string, from: string = this.#folder): string | undefined {
    return this.folderOf(importedAs(name), from)
  }

  /** The file that declares a package. */
  entryOf(folder: string): string {
    return entryOf(folder)
  }

  /**
   * The files that lead, in however many steps, to one that is meant, and those themselves: only what the compiler says of
   * these can change with it. `isExchanged` as in the programs that were made before.
   */
  leadingTo(isMeant: (path: string) => boolean, isExchanged: boolean): ReadonlySet<string> {
    const back = new Map<string, string[]>()
    const found = new Set<string>(this.files.filter(isMeant))
    for (const [from, targets] of this.#leads.get(isExchanged) ?? [])
      for (const to of targets) {
        back.set(to, [...(back.get(to) ?? []), from])
        for (const path of [from, to]) if (isMeant(path)) found.add(path)
      }
    for (const path of found) for (const from of back.get(path) ?? []) found.add(from)
    return found
  }

  /** The program over these texts; the last one of its kind serves as a start. */
  program(input: ProgramInput): TypeProgram {
    // where the compiler looks is not asked again of a file that stays the same
    const last = this.#last.get(input.exchanged.length > 0)
    const program = this.#ts.createProgram({
      rootNames: this.files,
      options: this.#options,
      ...(this.#projectReferences ? { projectReferences: this.#projectReferences } : {}),
      host: this.#host(input),
      ...(last ? { oldProgram: last } : {}),
    })
    this.#last.set(input.exchanged.length > 0, program)
    return new TypeProgram(this.#ts, program)
  }

  #host(input: ProgramInput): ts.CompilerHost {
    const host = withAdded(this.#ts.createCompilerHost(this.#options, true), input)
    const language = this.#language
    const text = (path: string) => input.redeclared?.get(path) ?? input.text(path)
    const isExchanged = input.exchanged.length > 0
    const leads = this.#leads.get(isExchanged) ?? new Map<string, Set<string>>()
    this.#leads.set(isExchanged, leads)
    const note = (from: string, to: string | undefined) => {
      const known = leads.get(from) ?? new Set<string>()
      leads.set(from, known)
      if (to !== undefined) known.add(to)
    }
    const exchange = new Exchange(input.exchanged, (name, from) => this.folderOf(name, from), this.#folder)
    const moduleCache = this.#ts.createModuleResolutionCache(this.#folder, (name) => name, this.#options)
    return {
      ...host,
      ...(language ? { getDefaultLibLocation: () => LANGUAGE } : {}),
      ...(language ? { getDefaultLibFileName: (o) => `${LANGUAGE}/${this.#ts.getDefaultLibFileName(o)}` } : {}),
      fileExists: (path) => language?.has(path) === true || host.fileExists(path),
      readFile: (path) => text(path) ?? language?.get(path) ?? host.readFile(path),
      getSourceFile: (path, settings) => this.#sourceFile(path, text(path), settings, isExchanged),
      useSourceOfProjectReferenceRedirect: () => true,
      resolveModuleNameLiterals: (literals, containing, redirected, options, file) =>
        literals.map((literal) => {
          const mode = this.#ts.getModeForUsageLocation(file, literal, options)
          const from = (at: string) =>
            this.#ts.resolveModuleName(literal.text, at, options, host, moduleCache, redirected, mode)
          const found = exchange.resolved(literal.text, containing, (at) => from(at).resolvedModule)
          note(containing, found?.resolvedFileName)
          return { resolvedModule: found }
        }),
      resolveTypeReferenceDirectiveReferences: (references, containing, redirected, options, file) =>
        references.map((reference) => {
          const name = typeof reference === 'string' ? reference : reference.fileName
          const mode = file
            ? this.#ts.getModeForFileReference(reference as ts.FileReference, file.impliedNodeFormat)
            : undefined
          const from = (at: string) =>
            this.#ts.resolveTypeReferenceDirective(name, at, options, host, redirected, undefined, mode)
              .resolvedTypeReferenceDirective
          const found = exchange.resolved(name, containing, from)
          note(containing, found?.resolvedFileName)
          return { resolvedTypeReferenceDirective: found }
        }),
    } as ts.CompilerHost
  }

  #resolve(specifier: string, containing: string): ts.ResolvedModuleFull | undefined {
    return this.#ts.resolveModuleName(specifier, containing, this.#options, this.#ts.sys).resolvedModule
  }

  #sourceFile(
    path: string,
    known: string | undefined,
    settings: ts.ScriptTarget | ts.CreateSourceFileOptions,
    isExchanged: boolean,
  ): ts.SourceFile | undefined {
    const isInstalled = known === undefined && isLibrary(path)
    const own = isExchanged ? this.#sources.exchanged : this.#sources.installed
    // only of our own compiler it is known that a file may be part of any program
    const cache = isInstalled && this.#language ? libraries(this.#ts, this.#options) : own
    const key = `${path}\0${settingsKey(settings)}`
    const cached = cache.get(key)
    // what is installed does not change under a run
    if (cached && isInstalled) return cached
    const text = known ?? this.#language?.get(path) ?? this.#ts.sys.readFile(path)
    if (text === undefined) return undefined
    if (cached?.text === text) return cached
    const file = this.#ts.createSourceFile(path, text, settings, false)
    cache.set(key, file)
    return file
  }
}

/** A host that also sees files which are not on disk, and the folders that they are in. */
function withAdded(host: ts.CompilerHost, { added, text }: ProgramInput): ts.CompilerHost {
  if (!added || added.size === 0) return host
  const isFolder = (path: string) => [...added].some((file) => file.startsWith(`${path}/`))
  return {
    ...host,
    fileExists: (path) => added.has(path) || host.fileExists(path),
    directoryExists: (path) => isFolder(path) || host.directoryExists?.(path) !== false,
    readFile: (path) => (added.has(path) ? text(path) : host.readFile(path)),
  }
}

/** A program over one state of the texts. */
export class TypeProgram {
  readonly #ts: Compiler
  readonly #program: ts.Program

  constructor(compiler: Compiler, program: ts.Program) {
    this.#ts = compiler
    this.#program = program
  }

  /** How many files it reads, those of packages and of the language included. */
  get size(): number {
    return this.#program.getSourceFiles().length
  }

  /** The files of the project itself. Absolute, with forward slashes. */
  get files(): readonly string[] {
    return this.#program
      .getSourceFiles()
      .filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && !isLibrary(fileName))
      .map(({ fileName }) => fileName)
  }

  /** What the compiler says of one file; warnings and hints are left out. */
  errors(path: string): readonly CompilerError[] {
    const file = this.#program.getSourceFile(path)
    if (!file) return []
    return this.#program
      .getSemanticDiagnostics(file)
      .filter(({ category }) => category === this.#ts.DiagnosticCategory.Error)
      .map(({ start = 0, length = 0, code, messageText }) => ({
        path: file.fileName,
        start,
        end: start + length,
        code,
        message: this.#said(messageText),
      }))
  }

  #said(message: string | ts.DiagnosticMessageChain): string {
    if (typeof message === 'string') return message
    let last = message
    for (let next = last.next?.at(-1); next; next = last.next?.at(-1)) last = next
    return last === message ? message.messageText : `${message.messageText} ${last.messageText}`
  }
}

/** Puts declarations in the place of those that a project has installed, and of no other copy. */
class Exchange {
  readonly #packages: readonly ExchangedPackage[]
  readonly #folder: string
  /** Folder of an installed package → what comes in its place. */
  readonly #installed = new Map<string, ExchangedPackage>()
  /** Where the installed packages are, as a place to resolve from. */
  readonly #from: string[]

  constructor(
    packages: readonly ExchangedPackage[],
    folderOf: (specifier: string, from: string) => string | undefined,
    folder: string,
  ) {
    this.#packages = packages
    this.#folder = folder
    this.#from = [folder]
    for (const one of packages)
      for (const from of [...this.#from]) {
        const found = folderOf(importedAs(one.name), from)
        if (found === undefined || this.#installed.has(found)) continue
        this.#installed.set(found, one)
        this.#from.push(found)
      }
  }

  /** What a name leads to, given how the compiler resolves it from a place. */
  resolved<R extends { readonly resolvedFileName?: string | undefined }>(
    name: string,
    containing: string,
    from: (containing: string) => R | undefined,
  ): R | undefined {
    if (this.#packages.length === 0) return from(containing)
    const home = this.#packages.find(({ folder }) => isWithin(containing, folder))
    if (!home) return this.#exchanged(from(containing))
    const sibling = this.#packages.find((one) => importedAs(one.name) === name || one.name === name)
    if (sibling) return declarations(entryOf(sibling.folder)) as unknown as R
    for (const place of this.#from) {
      const found = from(`${place}/__upgrade-kit__.ts`)
      if (found?.resolvedFileName !== undefined) return this.#exchanged(found)
    }
    return isWithin(containing, this.#folder) ? undefined : from(containing)
  }

  #exchanged<R extends { readonly resolvedFileName?: string | undefined }>(found: R | undefined): R | undefined {
    const file = found?.resolvedFileName
    if (file === undefined || !isLibrary(file)) return found
    const installed = packageFolder(file)
    const other = installed === undefined ? undefined : this.#installed.get(installed)
    if (!other || !installed) return found
    const inside = file.slice(installed.length + 1)
    const resolvedFileName = inside === 'index.d.ts' ? entryOf(other.folder) : `${slashes(other.folder)}/${inside}`
    return { ...found!, resolvedFileName, originalPath: undefined, packageId: undefined }
  }
}

/** A resolution, of a module or of a reference to types, that leads to a file of declarations. */
function declarations(resolvedFileName: string) {
  return { resolvedFileName, extension: '.d.ts', isExternalLibraryImport: true, primary: true }
}

/** `@types/express` → `express`; `@types/a__b` → `@a/b`. */
function importedAs(name: string): string {
  if (!name.startsWith('@types/')) return name
  const bare = name.slice('@types/'.length)
  return bare.includes('__') ? `@${bare.replace('__', '/')}` : bare
}

/** The file that declares a package. */
function entryOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    types?: string
    typings?: string
  }
  return slashes(join(realpathSync(folder), manifest.types ?? manifest.typings ?? 'index.d.ts'))
}

/** The nearest folder above a file that has a package.json with a name. */
function packageFolder(file: string): string | undefined {
  for (let at = posix.dirname(slashes(file)); ; at = posix.dirname(at)) {
    try {
      const { name } = JSON.parse(readFileSync(`${at}/package.json`, 'utf8')) as { name?: string }
      if (name !== undefined) return at
    } catch {
      // none here
    }
    if (posix.dirname(at) === at) return undefined
  }
}

function isWithin(file: string, folder: string): boolean {
  return slashes(file).startsWith(`${slashes(folder)}/`)
}

function isLibrary(path: string): boolean {
  return path.includes('/node_modules/') || /(?:^|\/)lib(?:\.[\w.]+)?\.d\.ts$/.test(path)
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/')
}

/**
 * Options that check and write nothing, and that mean what they meant to the TypeScript of the project: version 6 has other
 * defaults than the ones before it.
 */
function forChecking(options: ts.CompilerOptions, compiler: Compiler, folder: string): ts.CompilerOptions {
  const major = (version: string | undefined) => Number(version?.split('.')[0])
  const installed = major(installedCompiler(folder)?.version)
  const isOlder = major(compiler.version) >= 6 && !(installed >= 6)
  return {
    ...(isOlder ? { strict: false, types: ['*'], noUncheckedSideEffectImports: false } : {}),
    ...options,
    ...(major(compiler.version) >= 6 ? { ignoreDeprecations: '6.0' } : {}),
    noEmit: true,
    skipLibCheck: true,
    incremental: false,
    composite: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
    isolatedDeclarations: false,
  }
}

function settingsKey(settings: ts.ScriptTarget | ts.CreateSourceFileOptions): string {
  if (typeof settings === 'number') return String(settings)
  const { languageVersion, impliedNodeFormat, jsDocParsingMode } = settings
  return `${languageVersion}-${impliedNodeFormat}-${jsDocParsingMode}`
}

/** Options that say where things are, and nothing of how a file is read. */
const PLACES: ReadonlySet<string> = new Set([
  'configFilePath',
  'configFile',
  'baseUrl',
  'paths',
  'pathsBasePath',
  'typeRoots',
])
const known = new WeakMap<Compiler, Map<string, Map<string, ts.SourceFile>>>()

/** The parsed files of the language and of installed packages, kept for as long as we run: they are most of every program. */
function libraries(compiler: Compiler, options: ts.CompilerOptions): Map<string, ts.SourceFile> {
  const settings = JSON.stringify(Object.entries(options).filter(([name]) => !PLACES.has(name)))
  const all = known.get(compiler) ?? new Map<string, Map<string, ts.SourceFile>>()
  known.set(compiler, all)
  const files = all.get(settings) ?? new Map<string, ts.SourceFile>()
  all.set(settings, files)
  return files
}
