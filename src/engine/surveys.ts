import type { Survey, Transform } from '../catalogue/change.ts'
import { type DataFormat, type FormatId, type Formats, formatOf, readData } from '../formats/index.ts'
import type { JavaScriptFile } from '../formats/javascript/file.ts'
import type { JavaScriptModule } from '../formats/javascript/module.ts'
import type { ProjectPath } from '../model/finding.ts'
import type { Discovery } from './discover.ts'
import type { PackageFolder, Packages } from './packages.ts'
import type { Sources } from './sources.ts'
import type { Reach } from './traces.ts'

/** How files of code are looked at; without it, there is no code to ask about. */
export interface CodeView {
  reachOf(file: ProjectPath): Reach
  view(module: JavaScriptModule): JavaScriptFile
}

/** Everything that surveys look at. */
export interface Surveyed {
  readonly discovery: Discovery
  readonly packages: Packages
  readonly sources: Sources
}

/** Whose files: those of a package, those that belong to no package, or all. */
export type Scope = PackageFolder | undefined | 'project'

/** Answers questions about all files of a kind, each once per package until the texts change. */
export class Surveys {
  readonly #project: Surveyed
  readonly #code: CodeView | undefined
  #answers = new Map<Scope, Map<unknown, unknown>>()

  constructor(project: Surveyed, code?: CodeView) {
    this.#project = project
    this.#code = code
  }

  /** The answer for a package, or for the project where it or the survey is about that. */
  answer<T, F extends FormatId>(of: Scope, survey: Survey<T, F>): T {
    const scope = survey.of === 'project' ? 'project' : of
    const known = this.#answers.get(scope) ?? new Map<unknown, unknown>()
    this.#answers.set(scope, known)
    if (!known.has(survey)) known.set(survey, survey.look(this.#filesOf(scope, survey)))
    return known.get(survey) as T
  }

  /** After texts changed. */
  forget(): void {
    this.#answers.clear()
  }

  /** The files that a survey is about, read one after another; those that cannot be are left out. */
  *#filesOf<T, F extends FormatId>(scope: Scope, survey: Survey<T, F>): Iterable<Formats[F]> {
    const { discovery, packages, sources } = this.#project
    const format: FormatId = survey.format ?? 'javascript'
    for (const file of discovery.context) {
      if (formatOf(file) !== format || (scope !== 'project' && packages.owner(file) !== scope)) continue
      if (format === 'javascript' && !this.#isReached(file, survey.reach)) continue
      try {
        if (!isMentioned(sources.searchable(file), survey.mentions)) continue
        if (format === 'javascript' && sources.refused(file, discovery)) continue
        const view = this.#opened(file, format)
        if (view) yield view as Formats[F]
      } catch {
        // reported by the scan
      }
    }
  }

  #isReached(file: ProjectPath, reach: 'package' | undefined): boolean {
    const reached = this.#code?.reachOf(file) ?? 'nothing'
    return reached !== 'nothing' && (reach === undefined || reached === reach)
  }

  #opened(file: ProjectPath, format: FormatId): Formats[FormatId] | undefined {
    const { sources } = this.#project
    if (format !== 'javascript') return readData(format as DataFormat, file, sources.text(file))
    const opened = sources.open(file)
    return opened.is === 'module' ? this.#code?.view(opened.module) : undefined
  }
}

/** True if a text contains one of the mentions. */
export function isMentioned(text: string, mentions: Transform['mentions']): boolean {
  return mentions.some((mention) => (typeof mention === 'string' ? text.includes(mention) : mention.test(text)))
}
