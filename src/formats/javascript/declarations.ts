import { readFileSync } from 'node:fs'
import type { ts } from 'ts-morph'
import { type Kind, listedMember, type PackageModel } from './kinds.ts'

/** The package that a file belongs to. */
interface Owner {
  readonly model: PackageModel
  /** The modules whose types stand in it: its own one first, then that of the package. */
  readonly modules: readonly Kind[]
  /** For people: `@types/express`, `src/generated/client`. */
  readonly from: string
}

/** A type of a package, and where it is declared. */
export interface DeclaredType {
  readonly kind: Kind
  readonly from: string
}

const DECLARING: readonly string[] = ['InterfaceDeclaration', 'ClassDeclaration']

/**
 * Which files of a program declare the types of a package, and of which kind a value of each type is. A package is known by
 * the folder that it is installed in or generated into; one that is generated, by what its files declare, too.
 */
export class Declarations {
  readonly #ts: typeof ts
  readonly #root: string
  readonly #models: readonly PackageModel[]
  readonly #owners = new Map<string, Owner | undefined>()
  /** Folder of a package below node_modules → its name. */
  readonly #names = new Map<string, string | undefined>()
  readonly #siblingOf: (file: string) => ts.SourceFile | undefined

  /** `siblingOf` gives a file of the program by its path. */
  constructor(
    compiler: typeof ts,
    root: string,
    models: readonly PackageModel[],
    siblingOf: (file: string) => ts.SourceFile | undefined,
  ) {
    this.#ts = compiler
    this.#root = root.replaceAll('\\', '/')
    this.#models = models
    this.#siblingOf = siblingOf
  }

  /** True if some package is generated, whose types have more forms than those that are written by name. */
  get hasGenerated(): boolean {
    return this.#models.some(({ generated }) => generated !== undefined)
  }

  /** The kind that a value of a type has, by the declaration of its symbol or alias. */
  typeOf(symbol: ts.Symbol | undefined, args: readonly ts.Type[] = []): DeclaredType | undefined {
    for (const declaration of symbol?.declarations ?? []) {
      const owner = this.#ownerOf(declaration.getSourceFile())
      if (!owner || !this.#declares(owner, declaration)) continue
      const literals = args.map((arg) => (arg.isStringLiteral() ? arg.value : undefined))
      const kind = kindIn(owner, [...namespacesOf(this.#ts, declaration), symbol!.name], literals)
      if (kind) return { kind, from: owner.from }
    }
    return undefined
  }

  /** The class itself that a package exports, by the symbol of its declaration. */
  classOf(symbol: ts.Symbol): DeclaredType | undefined {
    for (const declaration of symbol.declarations ?? []) {
      const owner = this.#ownerOf(declaration.getSourceFile())
      if (!owner?.model.generated || !this.#ts.isClassDeclaration(declaration)) continue
      const kind = holderOf(owner.modules[0]!, namespacesOf(this.#ts, declaration))
      const found = kind && listedMember(kind, symbol.name)
      if (found) return { kind: found, from: owner.from }
    }
    return undefined
  }

  /** True for a type of a package that is generated: also one of which nothing is said. */
  isGenerated(symbol: ts.Symbol | undefined): boolean {
    return (symbol?.declarations ?? []).some((d) => this.#ownerOf(d.getSourceFile())?.model.generated !== undefined)
  }

  /** True for a file of a package that is generated. */
  isOfGenerated(file: ts.SourceFile): boolean {
    return this.#ownerOf(file)?.model.generated !== undefined
  }

  #declares({ model }: Owner, declaration: ts.Declaration): boolean {
    const { [declaration.kind]: name } = this.#ts.SyntaxKind
    return DECLARING.includes(name!) || (model.generated !== undefined && this.#ts.isTypeAliasDeclaration(declaration))
  }

  #ownerOf(file: ts.SourceFile): Owner | undefined {
    const { fileName } = file
    if (!this.#owners.has(fileName)) this.#owners.set(fileName, this.#findOwner(file))
    return this.#owners.get(fileName)
  }

  #findOwner(file: ts.SourceFile): Owner | undefined {
    for (const model of this.#models) {
      const owner = this.#installedAs(file.fileName, model) ?? generatedInto(file.fileName, this.#root, model)
      if (owner) return owner
      const index =
        model.generated && file.isDeclarationFile ? this.#indexOf(file, model.generated.declares) : undefined
      if (index) return { model, modules: [model.generated!.module], from: index.replace(`${this.#root}/`, '') }
    }
    return undefined
  }

  /** The package that a file under node_modules belongs to; also in the store of pnpm, because the last folder counts. */
  #installedAs(file: string, model: PackageModel): Owner | undefined {
    const at = file.lastIndexOf('/node_modules/')
    if (at < 0) return undefined
    const path = this.#byOwnName(file, at + '/node_modules/'.length, model)
    const own = [...model.specifiers, ...model.specifiers.map((name) => `@types/${name}`), ...model.typePackages]
    const name = own.find((one) => below(path, one) !== undefined)
    if (name !== undefined) return { model, modules: modulesOf(model, model.module, below(path, name)!), from: name }
    for (const [other, module] of Object.entries(model.modules ?? {}))
      if (!other.startsWith('/') && below(path, other) !== undefined)
        return { model, modules: modulesOf(model, module, below(path, other)!), from: other }
    return undefined
  }

  /** The path below node_modules, with the name that a package has itself: it may be installed under another one. */
  #byOwnName(file: string, start: number, model: PackageModel): string {
    const path = file.slice(start)
    const folder = /^(?:@[^/]+\/)?[^/]+/.exec(path)![0]
    if (!model.generated || folder.startsWith('.')) return path
    if (!this.#names.has(folder)) this.#names.set(folder, nameIn(`${file.slice(0, start)}${folder}/package.json`))
    return `${this.#names.get(folder) ?? folder}${path.slice(folder.length)}`
  }

  /** The folder of generated files that a file is in: it, or the index of its folder or of the one above, declares all names. */
  #indexOf(file: ts.SourceFile, names: readonly string[]): string | undefined {
    const folder = file.fileName.slice(0, file.fileName.lastIndexOf('/'))
    const above = folder.slice(0, folder.lastIndexOf('/'))
    if (declaresAll(this.#ts, file, names)) return folder
    return [folder, above].find((at) => {
      const index = this.#siblingOf(`${at}/index.d.ts`)
      return index && declaresAll(this.#ts, index, names)
    })
  }
}

/**
 * The kinds whose values have types that are known by their names, with what they are special cases of; of a generated
 * package also its classes.
 */
export function kindsWithTypes(models: readonly PackageModel[]): ReadonlySet<Kind> {
  const found = new Set<Kind>()
  for (const { module, folders, modules, types, generated } of models) {
    const own = [module, ...Object.values({ ...folders, ...modules })]
    const members = own.flatMap(({ shape }) => Object.values(shape.members ?? {}))
    const named = [types, ...[...own, ...members].map(({ shape }) => shape.types ?? {})].flatMap((one) =>
      Object.values(one),
    )
    const classes = generated ? members.filter(({ shape }) => shape.construct !== undefined) : []
    for (const kind of [...named, ...classes]) found.add(kind)
  }
  // a set that grows is walked to its end
  for (const { base } of found) if (base) found.add(base)
  return found
}

/** The package that a file was generated for, by the folder that it lies in. */
function generatedInto(file: string, root: string, model: PackageModel): Owner | undefined {
  for (const [folder, module] of Object.entries(model.folders ?? {})) {
    const rest = below(file, `${root}/${folder}`)
    if (rest !== undefined) return { model, modules: modulesOf(model, module, rest), from: folder }
  }
  return undefined
}

function nameIn(manifest: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

/** What stands behind a folder in a path: `''` for itself, else with a slash in front and without what a file is called by. */
function below(path: string, folder: string): string | undefined {
  if (path !== folder && !path.startsWith(`${folder}/`)) return undefined
  return path.slice(folder.length).replace(/(?:\.d)?\.[cm]?tsx?$/, '')
}

function modulesOf(model: PackageModel, module: Kind, path: string): readonly Kind[] {
  const own = model.modules?.[path]
  return own && own !== model.module ? [own, module] : [module]
}

function kindIn({ model, modules }: Owner, path: readonly string[], literals: readonly (string | undefined)[]) {
  const name = path.at(-1)!
  if (!model.generated) return Object.hasOwn(model.types, name) ? model.types[name] : undefined
  for (const module of modules) {
    const holder = holderOf(module, path.slice(0, -1))
    const { types = {}, inferredTypes } = holder?.shape ?? {}
    const found = Object.hasOwn(types, name) ? types[name] : inferredTypes?.(name, literals)
    if (found) return found
  }
  return undefined
}

/** The namespace in a module that names lead to; the module itself without any. */
function holderOf(module: Kind, names: readonly string[]): Kind | undefined {
  return names.reduce<Kind | undefined>((at, name) => at && listedMember(at, name), module)
}

/** The namespaces that a declaration stands in, the outermost first. */
function namespacesOf(compiler: typeof ts, declaration: ts.Node): string[] {
  const names: string[] = []
  for (let at = declaration.parent; at && !compiler.isSourceFile(at); at = at.parent)
    if (compiler.isModuleDeclaration(at)) names.unshift(at.name.text)
  return names
}

/** True if a file declares something under each of these names itself. */
function declaresAll(compiler: typeof ts, file: ts.SourceFile, names: readonly string[]): boolean {
  const own = new Set(
    file.statements.flatMap((one) =>
      compiler.isClassDeclaration(one) || compiler.isModuleDeclaration(one) ? [one.name?.text] : [],
    ),
  )
  return names.every((name) => own.has(name))
}
