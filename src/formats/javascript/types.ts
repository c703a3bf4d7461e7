import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { Project, SourceFile, ts } from 'ts-morph'
import type { Hop } from '../../model/trust.ts'
import type { TypeOracle } from './file.ts'
import type { Kind, PackageModel } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
import type { Node } from './syntax.ts'

/** What the checker answers: see `TypeOracle`. */
type Answer = ReturnType<TypeOracle['kindAt']>

/** A type that a provider describes, as one program sees it. */
interface OwnType {
  readonly type: ts.Type
  readonly kind: Kind
}

/**
 * Seconds of the processor that the checker may take in a run that did not ask for it; making a program counts. Not of the
 * clock: what else the machine does must not change what a report says.
 */
const BUDGET_SECONDS = 30

function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
/** The file that makes a program load the types of the provider; it exists in memory only. */
const ANCHOR = '__upgrade-kit-types__.ts'

const load = createRequire(import.meta.url)

/**
 * The type checker of the project, read only. Nothing is loaded until the first question; then there is one program per
 * tsconfig.json, made of the files that were asked about and what they import. TypeScript files are asked about where the
 * types of the provider are installed. With `force` also JavaScript files of projects that allow them, without a limit
 * of time, and `remarks` says for which projects there was no answer and why. Undefined when no package is described.
 */
export function typeOracle(root: string, models: readonly PackageModel[], force: boolean): TypeOracle | undefined {
  return models.length === 0 ? undefined : new Checker(root, models, force)
}

class Checker implements TypeOracle {
  readonly #root: string
  readonly #models: readonly PackageModel[]
  readonly #force: boolean
  readonly #programs = new Map<string, Program | undefined>()
  readonly #configs = new Map<string, string | undefined>()
  readonly #remarks = new Set<string>()
  readonly #answers = new WeakMap<JavaScriptModule, Map<string, Answer>>()
  #milliseconds = 0
  #unanswered = 0

  constructor(root: string, models: readonly PackageModel[], force: boolean) {
    this.#root = resolve(root)
    this.#models = models
    this.#force = force
  }

  get remarks(): readonly string[] {
    return this.#unanswered === 0
      ? [...this.#remarks]
      : [
          ...this.#remarks,
          `The type checker was stopped after ${BUDGET_SECONDS} seconds, with ${this.#unanswered} receivers not asked about; --types=on has no limit.`,
        ]
  }

  kindAt(module: JavaScriptModule, node: Node): Answer {
    if (!this.#force && !isTypeScript(module.path)) return undefined
    let answers = this.#answers.get(module)
    if (!answers) {
      answers = new Map()
      this.#answers.set(module, answers)
    }
    const key = `${node.start}-${node.end}`
    if (!answers.has(key)) answers.set(key, this.#ask(module, node))
    return answers.get(key)
  }

  #ask(module: JavaScriptModule, node: Node): Answer {
    if (!this.#force && this.#milliseconds > BUDGET_SECONDS * 1000) {
      this.#unanswered++
      return undefined
    }
    const start = processorMilliseconds()
    try {
      return this.#programFor(module)?.kindAt(module, node)
    } finally {
      this.#milliseconds += processorMilliseconds() - start
    }
  }

  #programFor(module: JavaScriptModule): Program | undefined {
    const config = this.#configFor(dirname(join(this.#root, module.path)))
    if (config === undefined) return this.#without(`There is no tsconfig.json above ${module.path}`)
    if (!this.#programs.has(config)) this.#programs.set(config, this.#makeProgram(config))
    const program = this.#programs.get(config)
    return program?.reads(module.path) ? program : undefined
  }

  #makeProgram(config: string): Program | undefined {
    const folder = dirname(config)
    const typed = this.#models.filter((model) => typesInstalled(folder, model))
    if (typed.length === 0)
      return this.#without(
        `No types of ${this.#models.flatMap((m) => m.specifiers).join(', ')} are installed for ${config}`,
      )
    try {
      return new Program(this.#root, config, typed)
    } catch (error) {
      return this.#without(`${config} cannot be used: ${(error as Error).message.split('\n')[0]}`)
    }
  }

  #without(reason: string): undefined {
    if (this.#force) this.#remarks.add(`${reason.replaceAll('\\', '/')}: the type checker was not asked.`)
    return undefined
  }

  /** The nearest tsconfig.json, from a folder up to the root of the project. */
  #configFor(folder: string): string | undefined {
    if (this.#configs.has(folder)) return this.#configs.get(folder)
    const own = join(folder, 'tsconfig.json')
    const above = dirname(folder)
    const found = existsSync(own) ? own : folder === this.#root || above === folder ? undefined : this.#configFor(above)
    this.#configs.set(folder, found)
    return found
  }
}

/** One tsconfig.json: the files asked about so far, and the checker over them. */
class Program {
  readonly #root: string
  readonly #project: Project
  readonly #ts: typeof ts
  readonly #models: readonly PackageModel[]
  readonly #anchor: SourceFile
  readonly #kinds: readonly Kind[]
  #own: { readonly checker: ts.TypeChecker; readonly types: readonly OwnType[] } | undefined

  constructor(root: string, config: string, models: readonly PackageModel[]) {
    const morph = load('ts-morph') as typeof import('ts-morph')
    this.#root = root
    this.#ts = morph.ts
    this.#models = models
    this.#project = new morph.Project({
      tsConfigFilePath: config,
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
      compilerOptions: { noEmit: true, skipLibCheck: true },
    })
    const { text, kinds } = anchorText(models)
    this.#kinds = kinds
    this.#anchor = this.#project.createSourceFile(join(dirname(config), ANCHOR), text, { overwrite: true })
  }

  /** True if the compiler would read a file of this name. */
  reads(path: string): boolean {
    const { allowJs, checkJs } = this.#project.getCompilerOptions()
    return isTypeScript(path) || allowJs === true || checkJs === true
  }

  kindAt(module: JavaScriptModule, node: Node): Answer {
    const path = join(this.#root, module.path)
    const known = this.#project.getSourceFile(path)
    const file =
      known?.getFullText() === module.text
        ? known
        : this.#project.createSourceFile(path, module.text, { overwrite: true })
    const checker = this.#project.getTypeChecker().compilerObject
    const at = this.#nodeAt(file.compilerNode, node.start, node.end)
    if (!at) return undefined
    const found = new Classifier(this.#ts, checker, this.#models, this.#ownTypes(checker)).classify(
      checker.getTypeAtLocation(at),
    )
    if (found === undefined || found === 'not-ours') return found
    const step: Hop = { what: `the type checker says ${found.what}`, at: module.locate(node.start) }
    return { kind: found.kind, steps: [step] }
  }

  /** The types of the provider themselves, through the anchor file. */
  #ownTypes(checker: ts.TypeChecker): readonly OwnType[] {
    if (this.#own?.checker !== checker) {
      const types: OwnType[] = []
      this.#anchor.getVariableDeclarations().forEach((declaration, index) => {
        const type = checker.getTypeAtLocation(declaration.compilerNode)
        if (!(type.flags & this.#ts.TypeFlags.Any)) types.push({ type, kind: this.#kinds[index]! })
      })
      this.#own = { checker, types }
    }
    return this.#own.types
  }

  /** The innermost node that stands exactly at a range. */
  #nodeAt(file: ts.SourceFile, start: number, end: number): ts.Node | undefined {
    let found: ts.Node | undefined
    const visit = (node: ts.Node): void => {
      if (node.pos > start || node.end < end) return
      if (node.end === end && node.getStart(file) === start) found = node
      this.#ts.forEachChild(node, visit)
    }
    visit(file)
    return found
  }
}

/** What a type says about a value that has it. */
class Classifier {
  readonly #ts: typeof ts
  readonly #checker: ts.TypeChecker
  readonly #models: readonly PackageModel[]
  readonly #own: readonly OwnType[]

  constructor(compiler: typeof ts, checker: ts.TypeChecker, models: readonly PackageModel[], own: readonly OwnType[]) {
    this.#ts = compiler
    this.#checker = checker
    this.#models = models
    this.#own = own
  }

  classify(type: ts.Type): { readonly kind: Kind; readonly what: string } | 'not-ours' | undefined {
    const { TypeFlags } = this.#ts
    if (type.flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never)) return undefined
    if (type.isUnion())
      return this.#agreed(type.types.filter((t) => !(t.flags & (TypeFlags.Null | TypeFlags.Undefined))))
    if (type.flags & (TypeFlags.TypeParameter | TypeFlags.IndexedAccess | TypeFlags.Conditional)) {
      const constraint = this.#checker.getBaseConstraintOfType(type)
      const found = constraint && constraint !== type ? this.classify(constraint) : undefined
      // whatever it is given may be narrower than its constraint, also narrow enough to be ours
      return found === 'not-ours' ? undefined : found
    }
    if (type.isIntersection()) {
      const parts = type.types.map((part) => this.classify(part))
      const own = parts.filter((part) => typeof part === 'object')
      if (own.some((part) => part.kind !== own[0]!.kind)) return undefined
      // it has to be all of its parts, so one that cannot be ours is enough
      return own[0] ?? (parts.includes('not-ours') ? 'not-ours' : undefined)
    }
    if (!(type.flags & TypeFlags.Object)) return 'not-ours'
    return this.#byName(type) ?? this.#unlessFits(type)
  }

  #agreed(types: readonly ts.Type[]): ReturnType<Classifier['classify']> {
    const [first, ...others] = types.map((type) => this.classify(type))
    if (first === undefined) return undefined
    const kind = first === 'not-ours' ? first : first.kind
    return others.every((o) => o !== undefined && (o === 'not-ours' ? o : o.kind) === kind) ? first : undefined
  }

  /** The nearest type of the provider among a type and what it extends. */
  #byName(type: ts.Type): { readonly kind: Kind; readonly what: string } | undefined {
    let level: readonly ts.Type[] = [type]
    const seen = new Set(level)
    while (level.length > 0) {
      for (const one of level) {
        const own = this.#described(one.symbol)
        if (own) return { kind: own.kind, what: this.#sentence(type, one, own.from) }
      }
      level = level.flatMap((one) => this.#bases(one)).filter((base) => !seen.has(base))
      for (const base of level) seen.add(base)
    }
    return undefined
  }

  #bases(type: ts.Type): readonly ts.Type[] {
    if (type.isClassOrInterface()) return this.#checker.getBaseTypes(type)
    const target = (type as ts.TypeReference).target as ts.InterfaceType | undefined
    return target?.isClassOrInterface() ? this.#checker.getBaseTypes(target) : []
  }

  #described(symbol: ts.Symbol | undefined): { readonly kind: Kind; readonly from: string } | undefined {
    if (!symbol) return undefined
    for (const declaration of symbol.declarations ?? []) {
      const { SyntaxKind } = this.#ts
      if (declaration.kind !== SyntaxKind.InterfaceDeclaration && declaration.kind !== SyntaxKind.ClassDeclaration)
        continue
      const from = packageOf(declaration.getSourceFile().fileName)
      if (from === undefined) continue
      for (const model of this.#models)
        if (isPackageOf(model, from) && Object.hasOwn(model.types, symbol.name))
          return { kind: model.types[symbol.name]!, from }
    }
    return undefined
  }

  #sentence(type: ts.Type, own: ts.Type, from: string): string {
    const named = `\`${own.symbol.name}\` of '${from}'`
    const name = type.symbol?.name
    return type === own || name === undefined || name.startsWith('__') ? named : `\`${name}\`, which extends ${named}`
  }

  /** A value of this type is something else for certain only if nothing of ours could be handed in as it. */
  #unlessFits(type: ts.Type): 'not-ours' | undefined {
    if (this.#own.length === 0 || this.#extendsUnknown(type, new Set())) return undefined
    return this.#own.some((own) => this.#checker.isTypeAssignableTo(own.type, type)) ? undefined : 'not-ours'
  }

  /** True if a type extends something that the checker could not find. */
  #extendsUnknown(type: ts.Type, seen: Set<ts.Type>): boolean {
    if (seen.has(type)) return false
    seen.add(type)
    if (type.isIntersection()) return type.types.some((part) => this.#isOpen(part) || this.#extendsUnknown(part, seen))
    for (const declaration of type.symbol?.declarations ?? [])
      for (const clause of (declaration as Partial<ts.ClassDeclaration>).heritageClauses ?? [])
        if (clause.token === this.#ts.SyntaxKind.ExtendsKeyword)
          for (const parent of clause.types) if (this.#isOpen(this.#checker.getTypeAtLocation(parent))) return true
    return this.#bases(type).some((base) => this.#extendsUnknown(base, seen))
  }

  #isOpen(type: ts.Type): boolean {
    return (type.flags & (this.#ts.TypeFlags.Any | this.#ts.TypeFlags.Unknown)) !== 0
  }
}

/** A file that declares one variable of every described type, and the kind of each. */
function anchorText(models: readonly PackageModel[]): { readonly text: string; readonly kinds: readonly Kind[] } {
  const kinds: Kind[] = []
  const lines: string[] = []
  models.forEach((model, index) => {
    lines.push(`import type * as m${index} from '${model.specifiers[0]}'`)
    for (const [name, kind] of Object.entries(model.types)) {
      lines.push(`export declare const v${kinds.length}: m${index}.${name}`)
      kinds.push(kind)
    }
  })
  return { text: lines.join('\n'), kinds }
}

function isTypeScript(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path)
}

/** The package that a file under node_modules belongs to; also in the store of pnpm, because the last folder counts. */
function packageOf(file: string): string | undefined {
  const at = file.lastIndexOf('/node_modules/')
  if (at < 0) return undefined
  const [scope, name] = file.slice(at + '/node_modules/'.length).split('/')
  return scope?.startsWith('@') ? `${scope}/${name}` : scope
}

function isPackageOf(model: PackageModel, name: string): boolean {
  return (
    model.typePackages.includes(name) ||
    model.specifiers.some((specifier) => specifier === name || `@types/${specifier}` === name)
  )
}

/** True if a package with types that a model describes is installed in a folder or above it. */
function typesInstalled(folder: string, model: PackageModel): boolean {
  const names = [...model.typePackages, ...model.specifiers.map((specifier) => `@types/${specifier}`)].filter((name) =>
    name.startsWith('@types/'),
  )
  const own = model.specifiers.map((specifier) => join(specifier, 'index.d.ts'))
  for (let at = folder; ; at = dirname(at)) {
    if ([...names, ...own].some((name) => existsSync(join(at, 'node_modules', name)))) return true
    if (dirname(at) === at) return false
  }
}
