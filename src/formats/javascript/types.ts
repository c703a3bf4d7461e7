import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import type { Project, SourceFile, ts } from 'ts-morph'
import type { Hop } from '../../model/trust.ts'
import { STAND_INS } from './annotations.ts'
import { Declarations, type DeclaredType, kindsWithTypes } from './declarations.ts'
import { isKind, type Kind, type PackageModel } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
import { isTypeScript } from './parse.ts'
import type { Node } from './syntax.ts'
import type { TypeOracle } from './values.ts'

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

/** What of the compiler's own library stands for its first argument, with less or more in it. */
const TRANSPARENT = new Set(['Omit', 'Pick', 'Partial', 'Required', 'Readonly', 'NonNullable', 'Extract', 'Exclude'])

const load = createRequire(import.meta.url)

/**
 * The type checker of the project, read only. Nothing is loaded until the first question; then there is one program per
 * tsconfig.json, made of the files that were asked about and what they import. To add a file is to make the program anew, so
 * more and more of the files in `asked`, which questions may be about, are added with it. TypeScript files are asked about where the
 * types of the provider are installed. With `force` also JavaScript files of projects that allow them, without a limit
 * of time, and `remarks` says for which projects there was no answer and why. Undefined when no package is described.
 */
export function typeOracle(
  root: string,
  models: readonly PackageModel[],
  force: boolean,
  asked: () => readonly string[] = () => [],
): TypeOracle | undefined {
  return models.length === 0 ? undefined : new Checker(root, models, force, asked)
}

class Checker implements TypeOracle {
  readonly #root: string
  readonly #models: readonly PackageModel[]
  readonly #force: boolean
  readonly #asked: () => readonly string[]
  readonly #programs = new Map<string, Program | undefined>()
  readonly #configs = new Map<string, string | undefined>()
  readonly #remarks = new Set<string>()
  readonly #answers = new WeakMap<JavaScriptModule, Map<string, Answer>>()
  readonly #withTypes: ReadonlySet<Kind>
  #milliseconds = 0
  #unanswered = 0

  constructor(root: string, models: readonly PackageModel[], force: boolean, asked: () => readonly string[]) {
    this.#asked = asked
    this.#root = resolve(root)
    this.#models = models
    this.#force = force
    this.#withTypes = kindsWithTypes(models)
  }

  get remarks(): readonly string[] {
    return this.#unanswered === 0
      ? [...this.#remarks]
      : [
          ...this.#remarks,
          `The type checker was stopped after ${BUDGET_SECONDS} seconds, with ${this.#unanswered} receivers not asked about; --types=on has no limit.`,
        ]
  }

  kindAt(module: JavaScriptModule, node: Node, kinds?: readonly Kind[]): Answer {
    if (!this.#force && !isTypeScript(module.path)) return undefined
    // what has no type of its own has the type of something else
    if (kinds && !kinds.some((kind) => this.#withTypes.has(kind))) return undefined
    return this.#answerFor(module, node)
  }

  #answerFor(module: JavaScriptModule, node: Node): Answer {
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
    const typed = this.#models.filter((model) => typesInstalled(folder, model, this.#root))
    if (typed.length === 0)
      return this.#without(
        `No types of ${this.#models.flatMap((m) => m.specifiers).join(', ')} are installed for ${config}`,
      )
    try {
      const own = this.#asked().filter((file) => this.#configFor(dirname(join(this.#root, file))) === config)
      return new Program(this.#root, config, typed, own)
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
  readonly #anchor: SourceFile
  readonly #kinds: readonly Kind[]
  readonly #declarations: Declarations
  #members: readonly ReadonlySet<string>[] | undefined
  /** Files that are not asked about yet, and how many of them are added with the next one that is. */
  #waiting: string[]
  #ahead = 0
  #own: { readonly checker: ts.TypeChecker; readonly types: readonly OwnType[] } | undefined

  constructor(root: string, config: string, models: readonly PackageModel[], asked: readonly string[]) {
    const morph = load('ts-morph') as typeof import('ts-morph')
    this.#root = root
    this.#ts = morph.ts
    this.#project = new morph.Project({
      tsConfigFilePath: config,
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
      compilerOptions: { noEmit: true, skipLibCheck: true },
    })
    this.#declarations = new Declarations(
      morph.ts,
      root,
      models,
      (file) =>
        this.#project.getSourceFile(file)?.compilerNode ??
        this.#project.getProgram().compilerObject.getSourceFile(file),
    )
    const { text, kinds } = anchorText(root, dirname(config), models)
    this.#kinds = kinds
    this.#waiting = asked.filter((file) => this.reads(file))
    for (const file of ambientFiles(morph.ts, config)) this.#project.addSourceFileAtPathIfExists(file)
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
    const isKnown = known?.getFullText() === module.text
    const file = isKnown ? known : this.#project.createSourceFile(path, module.text, { overwrite: true })
    if (!isKnown) this.#readAhead(module.path)
    const checker = this.#project.getTypeChecker().compilerObject
    const at = this.#nodeAt(file.compilerNode, node.start, node.end)
    if (!at) return undefined
    const own = { types: this.#ownTypes(checker), members: () => this.#ownMembers(checker) }
    const found = new Classifier(this.#ts, checker, this.#declarations, own).classify(checker.getTypeAtLocation(at))
    if (typeof found !== 'object') return found
    const step: Hop = { what: `the type checker says ${found.what}`, at: module.locate(node.start) }
    return { kind: found.kind, steps: [step] }
  }

  /** Adds files of those that come after one, and then those before it: none at first, then twice as many each time. */
  #readAhead(path: string): void {
    const at = this.#waiting.indexOf(path)
    const next = [...this.#waiting.slice(at + 1), ...this.#waiting.slice(0, Math.max(at, 0))]
    for (const file of next.splice(0, this.#ahead)) this.#project.addSourceFileAtPathIfExists(join(this.#root, file))
    this.#waiting = next
    this.#ahead = this.#ahead * 2 + 1
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

  /** The members of every type of a generated package that is known. */
  #ownMembers(checker: ts.TypeChecker): readonly ReadonlySet<string>[] {
    this.#members ??= this.#project
      .getProgram()
      .compilerObject.getSourceFiles()
      .filter((file) => this.#declarations.isOfGenerated(file))
      .flatMap((file) => declaredIn(this.#ts, file.statements))
      .flatMap((declaration) => {
        const symbol = declaration.name && checker.getSymbolAtLocation(declaration.name)
        if (!symbol || !this.#declarations.typeOf(symbol)) return []
        return [new Set(checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map(({ name }) => name))]
      })
    return this.#members
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

/** What is known of the types of the provider themselves. */
interface OwnTypes {
  readonly types: readonly OwnType[]
  /** The members of the types of packages that are generated. */
  members(): readonly ReadonlySet<string>[]
}

/** What a type says of a value: see `TypeOracle`. */
type Verdict = { readonly kind: Kind; readonly what: string } | 'not-ours' | 'fits' | undefined

/** What a type says about a value that has it. */
class Classifier {
  readonly #ts: typeof ts
  readonly #checker: ts.TypeChecker
  readonly #declarations: Declarations
  readonly #own: OwnTypes

  constructor(compiler: typeof ts, checker: ts.TypeChecker, declarations: Declarations, own: OwnTypes) {
    this.#ts = compiler
    this.#checker = checker
    this.#declarations = declarations
    this.#own = own
  }

  classify(type: ts.Type): Verdict {
    const { TypeFlags } = this.#ts
    if (type.flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never)) return undefined
    const alias = this.#byAlias(type)
    if (alias) return alias
    if (type.isUnion())
      return this.#agreed(type.types.filter((t) => !(t.flags & (TypeFlags.Null | TypeFlags.Undefined))))
    if (type.flags & (TypeFlags.TypeParameter | TypeFlags.IndexedAccess | TypeFlags.Conditional)) {
      const constraint = this.#checker.getBaseConstraintOfType(type)
      const found = constraint && constraint !== type ? this.classify(constraint) : undefined
      // whatever it is given may be narrower than its constraint, also narrow enough to be ours
      return typeof found === 'object' ? found : undefined
    }
    if (type.isIntersection()) {
      const parts = type.types.map((part) => this.classify(part))
      const own = parts.filter((part) => typeof part === 'object')
      if (own.some((part) => part.kind !== own[0]!.kind)) return undefined
      // it has to be all of its parts, so one that cannot be ours is enough
      if (own[0] || parts.includes('not-ours')) return own[0] ?? 'not-ours'
      return parts.every((part) => part === 'fits') ? 'fits' : undefined
    }
    if (type.flags & TypeFlags.NonPrimitive) return 'fits'
    if (!(type.flags & TypeFlags.Object)) return 'not-ours'
    return this.#byName(type) ?? this.#unlessFits(type)
  }

  /** What alternatives have in common: one kind, or what all of theirs are special cases of. */
  #agreed(types: readonly ts.Type[]): Verdict {
    const verdicts = types.map((type) => this.classify(type))
    const [first, ...others] = verdicts
    if (typeof first !== 'object') return others.every((other) => other === first) ? first : undefined
    for (let kind: Kind | undefined = first.kind; kind; kind = kind.base) {
      const common = kind
      if (others.every((other) => typeof other === 'object' && isKind(other.kind, common)))
        return { kind, what: [...new Set(verdicts.map((one) => (one as typeof first).what))].join(' or ') }
    }
    return undefined
  }

  /** The nearest type of the provider among a type and what it extends. */
  #byName(type: ts.Type): { readonly kind: Kind; readonly what: string } | undefined {
    let level: readonly ts.Type[] = [type]
    const seen = new Set(level)
    while (level.length > 0) {
      for (const one of level) {
        const own = this.#isClass(one) ? this.#declarations.classOf(one.symbol) : this.#declarations.typeOf(one.symbol)
        if (own) return { kind: own.kind, what: this.#sentence(type, one, own.from) }
        const other = this.#byAlias(one) ?? this.#byMembers(one)
        if (other) return other
      }
      level = level.flatMap((one) => this.#bases(one)).filter((base) => !seen.has(base))
      for (const base of level) seen.add(base)
    }
    return undefined
  }

  /** True for a class itself, and not for what is made of it. */
  #isClass(type: ts.Type): boolean {
    const { Anonymous } = this.#ts.ObjectFlags
    const isAnonymous = ((type as ts.ObjectType).objectFlags & Anonymous) !== 0
    return isAnonymous && type.symbol !== undefined && (type.symbol.flags & this.#ts.SymbolFlags.Class) !== 0
  }

  /** What a type is by the name that it has been given, for a name of a generated package or for a part of a type of one. */
  #byAlias({ aliasSymbol, aliasTypeArguments }: ts.Type): { readonly kind: Kind; readonly what: string } | undefined {
    if (!aliasSymbol || !this.#declarations.hasGenerated) return undefined
    const own = this.#declarations.typeOf(aliasSymbol, aliasTypeArguments)
    if (own) return { kind: own.kind, what: `\`${aliasSymbol.name}\` of '${own.from}'` }
    const [whole] = aliasTypeArguments ?? []
    const isPart = TRANSPARENT.has(aliasSymbol.name) && this.#isOfLibrary(aliasSymbol)
    if (!whole || !(isPart || STAND_INS.has(aliasSymbol.name))) return undefined
    const found = this.classify(whole)
    return typeof found === 'object' ? found : undefined
  }

  #isOfLibrary(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((d) =>
      /(?:^|\/)lib\.[\w.]+\.d\.ts$|(?:^|\/)lib\.d\.ts$/.test(d.getSourceFile().fileName),
    )
  }

  /** What a type is that is made of another one's members, if all of them are those of one type of a generated package. */
  #byMembers(type: ts.Type): { readonly kind: Kind; readonly what: string } | undefined {
    const { Mapped } = this.#ts.ObjectFlags
    if (!this.#declarations.hasGenerated || !((type as ts.ObjectType).objectFlags & Mapped)) return undefined
    const owners = this.#checker.getPropertiesOfType(type).map((one) => this.#ownerOf(one))
    const [first] = owners
    if (!first || owners.some((owner) => owner?.kind !== first.kind)) return undefined
    return { kind: first.kind, what: `members of a type of '${first.from}'` }
  }

  #ownerOf(property: ts.Symbol): DeclaredType | undefined {
    const holder = property.declarations?.[0]?.parent
    const name = holder && (holder as Partial<ts.ClassDeclaration>).name
    return name && this.#declarations.typeOf(this.#checker.getSymbolAtLocation(name))
  }

  #bases(type: ts.Type): readonly ts.Type[] {
    if (type.isClassOrInterface()) return this.#checker.getBaseTypes(type)
    const target = (type as ts.TypeReference).target as ts.InterfaceType | undefined
    return target?.isClassOrInterface() ? this.#checker.getBaseTypes(target) : []
  }

  #sentence(type: ts.Type, own: ts.Type, from: string): string {
    const named = `\`${own.symbol.name}\` of '${from}'`
    const name = type.symbol?.name
    return type === own || name === undefined || name.startsWith('__') ? named : `\`${name}\`, which extends ${named}`
  }

  /** A value of this type is something else for certain only if nothing of ours could be handed in as it. */
  #unlessFits(type: ts.Type): 'not-ours' | 'fits' | undefined {
    const members = this.#own.members()
    if (this.#own.types.length + members.length === 0 || this.#extendsUnknown(type, new Set())) return undefined
    if (this.#declarations.isGenerated(type.symbol) || this.#declarations.isGenerated(type.aliasSymbol))
      return undefined
    if (this.#own.types.some((own) => this.#checker.isTypeAssignableTo(own.type, type))) return 'fits'
    const needed = this.#checker.getPropertiesOfType(type).filter((p) => !(p.flags & this.#ts.SymbolFlags.Optional))
    const isCalled = type.getCallSignatures().length + type.getConstructSignatures().length > 0
    return !isCalled && members.some((own) => needed.every(({ name }) => own.has(name))) ? 'fits' : 'not-ours'
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

/**
 * A file that declares one variable of every described type, and the kind of each. What is generated is only imported, so that
 * its declarations are read: its types take parameters.
 */
function anchorText(
  root: string,
  folder: string,
  models: readonly PackageModel[],
): { readonly text: string; readonly kinds: readonly Kind[] } {
  const kinds: Kind[] = []
  const lines: string[] = []
  models.forEach((model, index) => {
    lines.push(`import type * as m${index} from '${model.specifiers[0]}'`)
    const { folders = {}, modules = {} } = model
    if (model.generated) {
      for (const own of Object.keys(folders)) lines.push(`import type {} from '${pathTo(folder, join(root, own))}'`)
      for (const name of Object.keys(modules)) if (!name.startsWith('/')) lines.push(`import type {} from '${name}'`)
      return
    }
    for (const [name, kind] of Object.entries(model.types)) {
      lines.push(`export declare const v${kinds.length}: m${index}.${name}`)
      kinds.push(kind)
    }
  })
  return { text: lines.join('\n'), kinds }
}

function pathTo(from: string, to: string): string {
  const path = relative(from, to).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** What statements declare that has members, also within namespaces. */
function declaredIn(
  compiler: typeof ts,
  statements: readonly ts.Statement[],
): (ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration)[] {
  return statements.flatMap((one) => {
    if (
      compiler.isClassDeclaration(one) ||
      compiler.isInterfaceDeclaration(one) ||
      compiler.isTypeAliasDeclaration(one)
    )
      return [one]
    const body = compiler.isModuleDeclaration(one) ? one.body : undefined
    return body && compiler.isModuleBlock(body) ? declaredIn(compiler, body.statements) : []
  })
}

/** What adds to the types of other modules, or to the global ones: `declare module 'fastify' { … }`. */
const AMBIENT = /\bdeclare\s+(?:global|module|namespace|var|let|const|function|class)\b/
/** More files of a program than these are not searched for it, but for files of declarations. */
const SEARCHED_FILES = 6000

/** The files of a program that say something about the types of all others, although nothing has to import them. */
function ambientFiles(compiler: typeof ts, config: string): string[] {
  const { config: read = {} } = compiler.readConfigFile(config, compiler.sys.readFile)
  const { fileNames } = compiler.parseJsonConfigFileContent(read, compiler.sys, dirname(config))
  return fileNames
    .filter((file) => isTypeScript(file) && (fileNames.length <= SEARCHED_FILES || file.endsWith('.d.ts')))
    .filter((file) => AMBIENT.test(compiler.sys.readFile(file) ?? ''))
}

/** True if a package with types that a model describes is installed in a folder or above it, or was generated. */
function typesInstalled(folder: string, model: PackageModel, root: string): boolean {
  if (Object.keys(model.folders ?? {}).some((own) => existsSync(join(root, own, 'index.d.ts')))) return true
  const names = [...model.typePackages, ...model.specifiers.map((specifier) => `@types/${specifier}`)].filter((name) =>
    name.startsWith('@types/'),
  )
  const own = model.specifiers.map((specifier) => join(specifier, 'index.d.ts'))
  for (let at = folder; ; at = dirname(at)) {
    if ([...names, ...own].some((name) => existsSync(join(at, 'node_modules', name)))) return true
    if (dirname(at) === at) return false
  }
}
