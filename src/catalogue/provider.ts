import type { DataFormat, FormatId } from '../formats/index.ts'
import type { Kind, PackageModel } from '../formats/javascript/kinds.ts'
import type { Url, Version } from '../model/change.ts'
import type { ProjectPath } from '../model/finding.ts'
import type { Certainty } from '../model/trust.ts'
import type { Settings, Survey } from './change.ts'

/** Not a list: every change of the provider with `from < since <= to`. */
export interface Recipe {
  readonly from: Version
  readonly to: Version
  readonly guide: Url
  /** The changes that the guide itself lists, so that a report can say how much of it the catalogue covers. */
  readonly guideChanges?: readonly GuideChange[]
  /** What a run can be asked for, by name: `stage` is the option `--stage`. */
  readonly settings?: Readonly<Record<string, Setting>>
  /** What must be true of a project before a run writes. */
  readonly preconditions?: Preconditions
}

/**
 * What must be true before a recipe writes, whoever asks for the run: the engine refuses it where something is not, unless a
 * person has typed a phrase. A dry run says it and goes on.
 */
export interface Preconditions {
  /** The setting that the phrase is typed into. */
  readonly setting: string
  phrase(settings: Settings): string
  /** A run of another recipe of the provider, over the whole project, whose findings are judged; none where nothing is. */
  scan(project: ModelFacts): { readonly recipe: string; readonly settings: Settings } | undefined
  /** What is not true: a sentence for each, lower case, no full stop. Throws `UserError` for a setting that says nothing. */
  unmet(project: PreconditionFacts): readonly string[]
}

/** What preconditions may know of a project. */
export interface PreconditionFacts extends ModelFacts {
  readonly findings: readonly JudgedFinding[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A finding as far as preconditions judge it. */
export interface JudgedFinding {
  /** The change, without the provider's prefix. */
  readonly change: string
  readonly file: ProjectPath
  readonly line: number
  readonly message: string
  readonly certainty: Certainty
  /** A person has said in the code that it is all right. */
  readonly isIgnored: boolean
}

/** An option that only some recipes take. Two recipes that have one of the same name mean the same by it. */
export interface Setting {
  /** For `--help`: lower case, no full stop. */
  readonly description: string
  /** What stands for the value there: `file`. */
  readonly placeholder: string
  /** All that it can be, in order; anything where this is absent. */
  readonly values?: readonly string[]
  /** What it is where nobody says. */
  readonly default?: string
}

/** One entry of an official guide. A change covers it whose `source` is the guide's address with its anchor, or that of `likewise`. */
export interface GuideChange {
  readonly anchor: string
  /** As the guide has it. */
  readonly title: string
  /** The anchor of another entry, or its whole address, which the same changes are about. */
  readonly likewise?: string
  /** The guide that it stands in, where an upgrade over several versions has more than the recipe's own. */
  readonly guide?: Url
  /** The version that it is about, where not all of the recipe's interval has to be: it counts only within one. */
  readonly since?: Version
}

/** What is known of a package that is used together with a provider's. */
export interface Companion {
  /** What to do about it, for a person. Starts lower case, no full stop. */
  readonly advice: string
  /** The first version that works with the version to reach, where there is one. */
  readonly accepts?: Version
}

/** What the old version says, through depd, when a call runs that the new one breaks. */
export interface Deprecation {
  /** The package that says it, as depd knows it. */
  readonly namespace: string
  /** The first version of the provider that says it; before, silence says nothing. */
  readonly since?: Version
  readonly message: RegExp
  /** The changes that it is about, without the provider's prefix; of a call without a finding, the first one. */
  readonly changes: readonly [string, ...string[]]
  /** What is called at the place that it is said of: `send` of `res.send()`. Empty if it is said of no place in the project. */
  readonly callees: readonly string[]
  /** It is said of calls too that the new version puts right: one that no change found is left as it is. */
  readonly confirmsOnly?: true
  /** What such a call is made on. A call that was seen to run is proof of it. */
  readonly receiver?: Kind
}

/** The declarations of a provider's packages, where they are packages of their own. */
export interface Declarations {
  /** What code imports: `express`. */
  readonly module: string
  /** The packages that change together, by name. The first one declares `module`; the others are found from it. */
  readonly packages: readonly string[]
  /** A namespace of types that is there without an import: `Express`. */
  readonly globalNamespace?: string
  /** The name under which the new version of the first one is installed beside the catalogue. */
  readonly installedAs: string
  /** A file to resolve that name from: `import.meta.url`. */
  readonly from: string
}

/** Whoever breaks things: a package or an API, with its own version line. */
export interface Provider {
  readonly id: string
  /** Old and new names; the installed one says where a project stands. */
  readonly packages: readonly string[]
  /** By the id that people type. */
  readonly recipes: Readonly<Record<string, Recipe>>
  /** Packages that are known not to go with the new version as they are, by name. */
  readonly companions?: Readonly<Record<string, Companion>>
  /** What the old version says at run time, as far as it says anything. */
  readonly deprecations?: readonly Deprecation[]
  /**
   * How the package's values enter a JavaScript program; found out once per run where that depends on the project (what
   * was generated from its schema) or on what the run was asked for.
   */
  readonly javascript?: PackageModel | ((project: ModelFacts) => PackageModel)
  /** What else its packages are known by in the files of a project: the `provider` of a generator, the name of a program. */
  readonly alias?: readonly string[]
  /** What a TypeScript program is checked against before anything is written. */
  readonly declarations?: Declarations
  /** What the provider's own parser says of files, before anything is written. */
  readonly parser?: Parser
  /** True for a new file of its fixes that is generated, and whose text has tests of its own: the cases leave it out. */
  readonly isGenerated?: (file: ProjectPath) => boolean
  /** What no file can show and depends on what a run is asked for. */
  readonly checklist?: (project: ModelFacts) => readonly CheckedByHand[]
  /**
   * Where a package stands, for what is no version of a dependency: an API that is called, a database that is migrated.
   * Without it, the installed version of one of `packages` says so.
   */
  readonly standing?: (pkg: PackageFacts) => { readonly inScope: boolean; readonly reason: string }
}

/** What to check by hand, beside the checklists of the changes, where it depends on what a run is asked for. */
export interface CheckedByHand {
  /** The change that it belongs to, without the provider's prefix. */
  readonly change: string
  readonly byHand: string
}

/** What a provider may know of one package of the project when it says whether a run is about it. */
export interface PackageFacts extends ModelFacts {
  /** The folder of the package; `.` for the project root. */
  readonly folder: ProjectPath
  /** True if it, or a package above it, declares a name in any dependency section. */
  depends(name: string): boolean
  /** Its files, those of packages below it left out, in whose text this stands. */
  mentioning(pattern: RegExp, format: FormatId): readonly ProjectPath[]
}

/** A parser of the version to reach. A fix after which it finds fault with what it accepted is taken back. */
export interface Parser {
  /** The files that it reads. */
  readonly format: DataFormat
  /** What is wrong with files, which are all that the project has of them. Loads the parser when first asked. */
  problems(files: ReadonlyMap<ProjectPath, string>): readonly ParserProblem[]
}

/** Something that a parser does not accept. */
export interface ParserProblem {
  readonly file: ProjectPath
  readonly message: string
}

/** What a provider may know of a project before any of its code is read. */
export interface ModelFacts {
  readonly settings: Settings
  /** The answer for the whole project. Code cannot be asked about: what its values are is what the model says. */
  survey<T, F extends DataFormat>(survey: Survey<T, F>): T
}

/** How the values of a provider's packages enter the programs of a project. */
export function modelFor({ javascript }: Provider, project: ModelFacts): PackageModel | undefined {
  return typeof javascript === 'function' ? javascript(project) : javascript
}

/** Declares a provider. Gives its argument back, with types. */
export function defineProvider<const P extends Provider>(provider: P): P {
  return provider
}
