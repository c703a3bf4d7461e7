import { setImmediate } from 'node:timers/promises'
import {
  type Draft,
  type DraftFix,
  isOfDeclarations,
  looksAt,
  type ProjectFacts,
  type Settings,
  type Transform,
  type TypeProblem,
} from '../catalogue/change.ts'
import type { NamedChange } from '../catalogue/select.ts'
import { type DataFile, type DataFormat, FORMAT_NAMES, formatOf, readData } from '../formats/index.ts'
import { JavaScriptFile, type Look } from '../formats/javascript/file.ts'
import type { PackageModel } from '../formats/javascript/kinds.ts'
import { Origins } from '../formats/javascript/origins.ts'
import type { TypeOracle } from '../formats/javascript/values.ts'
import type { Version } from '../model/change.ts'
import type { ChangeId, Edit, Finding, Fix, ProjectPath, Request } from '../model/finding.ts'
import type { NotLookedAt } from '../model/report.ts'
import { capApplicability, type Evidence } from '../model/trust.ts'
import type { TextPattern } from '../text/pattern.ts'
import type { Discovery } from './discover.ts'
import { dotFolders } from './folders.ts'
import { IGNORE, IgnoreBook, ignoresIn } from './ignores.ts'
import { LedgerBook, NOT_PARSED, type Untouched } from './ledger.ts'
import type { Link } from './link.ts'
import { installedPackage, type PackageFolder, type Packages } from './packages.ts'
import { isAddition, isThere } from './plan.ts'
import { type Prefilter, prefilter } from './prefilter.ts'
import type { Sightings } from './sightings.ts'
import { fileSystemReason, type Sources, syntaxReason } from './sources.ts'
import { isMentioned, Surveys } from './surveys.ts'
import type { Traces } from './traces.ts'

/** Whether a comment can be written in a file of a format. */
const HAS_COMMENTS: Readonly<Record<DataFormat, boolean>> = {
  yaml: true,
  dockerfile: true,
  environment: true,
  shell: true,
  versions: true,
  json: false,
  patch: false,
  prisma: true,
  sql: false,
}

/** What a scan needs to know. */
export interface ScanInput {
  readonly discovery: Discovery
  readonly packages: Packages
  readonly sources: Sources
  readonly link: Link
  /** Without them, every file may hold values of the packages. */
  readonly traces?: Traces
  readonly changes: readonly NamedChange[]
  /** The ids of every change there is, also of those that this run does not look for. */
  readonly known: readonly ChangeId[]
  readonly models: readonly PackageModel[]
  readonly to: Version
  /** See `RunRequest.modern`. */
  readonly modern: boolean
  readonly settings: Settings
  /** True for the packages that the recipe is for. */
  inScope(pkg: PackageFolder): boolean
  readonly types?: TypeOracle
  /** What running the tests has shown of the files as they are on disk. */
  readonly sightings?: Sightings
  /** Look at every file, whatever the changes mention. */
  readonly everyFile?: boolean
  readonly onFile?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** One place that one change looked at, and what it thought. */
export interface NotedLook extends Look {
  readonly change: ChangeId
  readonly file: ProjectPath
}

/** A finding about an error of the compiler, and another fix for where the compiler does not accept its own. */
export interface TypedFinding {
  readonly finding: Finding
  readonly otherwise: Fix | undefined
}

/** What a scan found. */
export interface Scanned {
  readonly findings: readonly Finding[]
  readonly notLookedAt: readonly NotLookedAt[]
  readonly book: LedgerBook
  readonly ignores: IgnoreBook
  readonly filesSearched: number
  readonly filesParsed: number
}

const ANY_IGNORE: TextPattern = { pattern: new RegExp(IGNORE) }

/** What became of the names in a file that its content left out, where that is not because it is generated. */
const LEFT_OUT_AS: { readonly [kind in NotLookedAt['kind']]?: 'unparsable' | 'ignored' } = {
  encoding: 'unparsable',
  binary: 'ignored',
}

function asLook({ change, file, range, message, evidence }: Finding): NotedLook {
  return { change, file, range, verdict: 'finding', message, steps: evidence.steps }
}

/** Runs the changes over the files of the packages in scope. */
export class Scan {
  readonly #input: ScanInput
  readonly #filter: Prefilter
  readonly #surveys: Surveys
  #origins: Origins
  #someMatter = false

  constructor(input: ScanInput) {
    this.#input = input
    this.#filter = prefilter(input.changes, input.everyFile)
    this.#origins = new Origins(input.models, input.link, input.types)
    const { packages, shapes, names } = input.traces ?? {}
    input.sources.expect({
      ...this.#filter.patterns,
      names: this.#filter.words.map(({ word }) => word),
      ignores: ANY_IGNORE,
      traces: packages && shapes && names && { packages, shapes, names },
    })
    this.#surveys = new Surveys(input, {
      reachOf: (file) => input.link.reachOf(file),
      view: (module) => new JavaScriptFile(module, this.#origins, input.types),
    })
  }

  /** All files, or only these; `onFile` hears of the scan of all. */
  async run(only?: ReadonlySet<ProjectPath>): Promise<Scanned> {
    const { discovery, packages, sources } = this.#input
    const findings: Finding[] = []
    const notLookedAt: NotLookedAt[] = []
    const book = new LedgerBook(this.#filter.words)
    const ignores = this.#newIgnores()
    const parsedBefore = sources.parsed
    const files = discovery.files.filter((file) => !only || only.has(file))
    let searched = 0
    const onFile = only ? undefined : this.#input.onFile
    onFile?.(0, files.length)
    let pause = performance.now() + 50
    for (const [index, file] of files.entries()) {
      if (performance.now() > pause) {
        onFile?.(index, files.length)
        await setImmediate()
        pause = performance.now() + 50
      }
      this.#input.signal?.throwIfAborted()
      const owner = packages.owner(file)
      const inScope = owner !== undefined && this.#input.inScope(owner)
      const format = formatOf(file)
      if (format === 'javascript') {
        if (!inScope) continue
        searched++
        this.#javascript(file, owner, findings, notLookedAt, book, ignores)
      } else if (format) this.#data(file, format, owner, inScope, findings, notLookedAt, ignores)
    }
    onFile?.(files.length, files.length)
    return {
      findings: findings.filter((finding) => !isDone(finding, sources)).sort(inOrder),
      notLookedAt,
      book,
      ignores,
      filesSearched: searched,
      filesParsed: sources.parsed - parsedBefore,
    }
  }

  /** The files of code in scope that a change looks at, as far as their texts tell, of those that a value can get to this way. */
  files(reach: 'package'): ProjectPath[] {
    const { discovery, packages, sources, link } = this.#input
    return discovery.files.filter((file) => {
      const owner = packages.owner(file)
      if (formatOf(file) !== 'javascript' || !owner || !this.#input.inScope(owner) || link.reachOf(file) !== reach)
        return false
      try {
        return this.#filter.mayMatter((pattern) => sources.has(file, pattern), true)
      } catch {
        return false // reported by the scan
      }
    })
  }

  /** Everything that looked at one file, with the chains of evidence. */
  looksAt(file: ProjectPath): readonly NotedLook[] {
    const format = formatOf(file)
    const owner = this.#input.packages.owner(file)
    if (format && format !== 'javascript') {
      const found: Finding[] = []
      this.#data(file, format, owner, owner !== undefined && this.#input.inScope(owner), found, [], this.#newIgnores())
      return found.map(asLook)
    }
    const opened = this.#input.sources.open(file)
    if (opened.is !== 'module' || !owner) return []
    return this.#input.changes.flatMap(({ id, change }) => {
      if (!looksAt(change, 'javascript') || isOfDeclarations(change)) return []
      const view = new JavaScriptFile(opened.module, this.#origins, this.#input.types)
      const found = this.#find(id, change as Transform, view, file, owner, true, [])
      const looks = view.looks
        .filter((look) => !(look.verdict === 'unaffected' && found.some((f) => overlaps(f.range, look.range))))
        .map((look) => ({ ...look, change: id, file }))
      return [...found.map(asLook), ...looks]
    })
  }

  #newIgnores(): IgnoreBook {
    return new IgnoreBook(
      this.#input.known,
      this.#input.changes.map(({ id }) => id),
    )
  }

  /** What a change of declarations says to the errors of one file that it causes. */
  typed(
    { id, change }: NamedChange,
    file: ProjectPath,
    problems: readonly TypeProblem[],
    notLookedAt: NotLookedAt[],
  ): readonly TypedFinding[] {
    const opened = this.#input.sources.open(file)
    const owner = this.#input.packages.owner(file)
    if (opened.is !== 'module' || opened.recovered.length > 0 || !owner) return []
    const view = new JavaScriptFile(opened.module, this.#origins, this.#input.types)
    return this.#drafts(id, change as Transform, view, file, owner, true, notLookedAt, problems).map((draft) => ({
      finding: stamp(id, file, owner.path, draft),
      otherwise: draft.otherwise && stampFix(draft.otherwise, file, owner.path, evidenceOf(draft)),
    }))
  }

  /** After a plan was made: what was concluded from the old texts is dropped. Files that stayed the same stay parsed. */
  forget(): void {
    this.#origins = new Origins(this.#input.models, this.#input.link, this.#input.types)
    this.#surveys.forget()
  }

  /** False where nothing of the packages can be: no value comes from anywhere, and no name would let a person think so. */
  #mayHoldValues(file: ProjectPath): boolean {
    const { traces, sources } = this.#input
    return this.#isConnected(file) || !traces || sources.has(file, traces.names)
  }

  #isConnected(file: ProjectPath): boolean {
    return !this.#input.traces || this.#input.link.isConnected(file)
  }

  /**
   * False where nothing of a file has to be looked at. Which files are connected is asked only when some file has what a
   * change looks for: to know it, all are read. What needs no value is looked for first: that is a shorter search.
   */
  #mayMatter(file: ProjectPath): boolean {
    const filter = this.#filter
    const has = (pattern: TextPattern) => this.#input.sources.has(file, pattern)
    this.#someMatter ||= filter.mayMatter(has, true)
    if (!this.#someMatter) return false
    if (this.#isConnected(file)) return filter.mayMatter(has, true)
    return filter.mayMatter(has, false) || (this.#mayHoldValues(file) && filter.mayMatter(has, true))
  }

  get #notConnected(): Untouched {
    const packages = [...new Set(this.#input.models.flatMap((model) => model.specifiers))].join(' or ')
    return { status: 'not-ours', proof: `no file that this one is connected with by imports mentions ${packages}` }
  }

  /** True for a file that no change looks at, where that is known without its text; then it is accounted for. */
  #isUntouched(file: ProjectPath, book: LedgerBook, ignores: IgnoreBook): boolean {
    const { sources, link } = this.#input
    const { words } = this.#filter.patterns
    if (!words || !sources.isPlain(file) || link.isGenerated(file)) return false
    const hits = sources.hitsOf(file, words)
    if (!hits) return false
    const mayHold = this.#mayHoldValues(file)
    if (this.#filter.isOfInterest((pattern) => sources.has(file, pattern), mayHold)) return false
    book.untouched(file, hits, mayHold ? NOT_PARSED : this.#notConnected)
    this.#ignoresOf(file, ignores, [])
    return true
  }

  #javascript(
    file: ProjectPath,
    owner: PackageFolder,
    findings: Finding[],
    notLookedAt: NotLookedAt[],
    book: LedgerBook,
    ignores: IgnoreBook,
  ): void {
    const { sources, discovery } = this.#input
    const planned = sources.planned(file)
    const sightings = planned === undefined && this.#input.sightings?.isIn(file) ? this.#input.sightings : undefined
    let raw: string
    let refused: NotLookedAt | undefined
    try {
      if (!sightings && !this.#mayMatter(file) && !sources.has(file, ANY_IGNORE)) return
      if (!sightings && this.#isUntouched(file, book, ignores)) return
      raw = sources.searchable(file)
      const isOnDisk = planned === undefined
      refused = this.#input.link.isGenerated(file)
        ? { file, kind: 'generated', reason: 'a generator writes this folder; generate it again with the new version' }
        : sources.refused(file, discovery)
      if (isOnDisk && !refused) raw = sources.text(file)
    } catch (error) {
      notLookedAt.push({ file, kind: 'unreadable', reason: fileSystemReason(error) })
      return
    }
    const hits = this.#filter.hits(raw)
    if (refused) {
      notLookedAt.push(refused)
      book.refused(file, raw, hits, LEFT_OUT_AS[refused.kind] ?? 'generated', refused.reason)
      return
    }
    const mayHold = sightings !== undefined || this.#mayHoldValues(file)
    const interested = this.#filter.interested(raw, mayHold)
    const account = book.open(file, raw, hits)
    if (interested.length === 0 && !sightings) {
      this.#ignoresOf(file, ignores, [])
      return account.untouched(mayHold ? NOT_PARSED : this.#notConnected)
    }
    const opened = sources.open(file)
    if (opened.is !== 'module') {
      const reason = opened.is === 'broken' ? syntaxReason(opened.problem, opened.text) : opened.reason
      notLookedAt.push({ file, kind: opened.is === 'broken' ? 'unparsable' : 'unreadable', reason })
      return account.unparsable(reason)
    }
    const recovered = opened.recovered[0]
    if (recovered)
      notLookedAt.push({
        file,
        kind: 'repaired',
        reason: syntaxReason(recovered, raw),
      })
    const found: Finding[] = []
    const looks: NotedLook[] = []
    for (const { id, change } of interested) {
      const view = new JavaScriptFile(opened.module, this.#origins, this.#input.types)
      const drafts = this.#find(id, change as Transform, view, file, owner, true, notLookedAt)
      found.push(...(recovered ? drafts.map(withoutFix) : drafts))
      looks.push(...view.looks.map((look) => ({ ...look, change: id, file })))
    }
    const here = sightings?.merge(opened.module, found, looks) ?? found
    for (const look of looks) account.look(look.change, look)
    for (const finding of here) account.finding(finding)
    findings.push(...here)
    this.#ignoresOf(file, ignores, here)
    account.parsed(opened.module)
  }

  /** Notes what the comments of a file say about its findings; the file is parsed where there is such a comment. */
  #ignoresOf(file: ProjectPath, ignores: IgnoreBook, found: readonly Finding[]): void {
    const { sources } = this.#input
    if (!sources.has(file, ANY_IGNORE)) return
    const opened = sources.open(file)
    if (opened.is !== 'module') return
    const comments = opened.module.comments.map(({ start, end }) => ({ start: start!, end: end! }))
    ignores.note(opened.module.text, ignoresIn(file, opened.module.text, comments), found)
  }

  #data(
    file: ProjectPath,
    format: DataFormat,
    owner: PackageFolder | undefined,
    inScope: boolean,
    findings: Finding[],
    notLookedAt: NotLookedAt[],
    ignores: IgnoreBook,
  ): void {
    const { sources } = this.#input
    const interested = this.#input.changes.filter(({ change }) => looksAt(change, format))
    if (interested.length === 0) return
    let text: string
    try {
      text = sources.text(file)
    } catch (error) {
      notLookedAt.push({ file, kind: 'unreadable', reason: fileSystemReason(error) })
      return
    }
    const wanted = interested.filter(({ change }) => isMentioned(text, (change as Transform).mentions))
    const comments = HAS_COMMENTS[format] ? ignoresIn(file, text) : []
    if (wanted.length === 0) return ignores.note(text, comments, [])
    let view: DataFile
    try {
      view = readData(format, file, text)
    } catch (error) {
      notLookedAt.push({
        file,
        kind: 'unparsable',
        reason: `it cannot be read as ${FORMAT_NAMES[format]}: ${(error as Error).message.split('\n')[0]}`,
      })
      return
    }
    const here = wanted.flatMap(({ id, change }) =>
      this.#find(id, change as Transform, view, file, owner, inScope, notLookedAt),
    )
    findings.push(...here)
    ignores.note(text, comments, here)
  }

  /** See `ProjectFacts.provides`. */
  #provides(owner: PackageFolder | undefined, name: string): boolean {
    const { discovery, packages } = this.#input
    for (let pkg = owner; pkg; pkg = pkg.parent)
      if (Object.values(pkg.manifest.dependencies).some((section) => Object.hasOwn(section, name))) return true
    if (packages.folders.some((pkg) => pkg.name === name)) return true
    const isNamed = (file: ProjectPath) =>
      file
        .replace(/(?:\/index)?\.[cm]?[jt]sx?$/, '')
        .split('/')
        .at(-1) === name && /\.[cm]?[jt]sx?$/.test(file)
    return (
      discovery.context.some((file) => /(?:^|\/)[jt]sconfig[^/]*\.json$/.test(file)) && discovery.context.some(isNamed)
    )
  }

  /** The packages in scope at and below the folder of this one. */
  #packagesInScope(owner: PackageFolder | undefined): readonly string[] {
    return this.#input.packages.folders
      .filter((pkg) => isBelow(pkg, owner) && this.#input.inScope(pkg))
      .map((pkg) => pkg.name ?? pkg.folder)
  }

  #find(
    id: ChangeId,
    change: Transform,
    view: JavaScriptFile | DataFile,
    file: ProjectPath,
    owner: PackageFolder | undefined,
    inScope: boolean,
    notLookedAt: NotLookedAt[],
  ): Finding[] {
    const drafts = this.#drafts(id, change, view, file, owner, inScope, notLookedAt)
    return drafts.map((draft) => stamp(id, file, owner?.path, draft))
  }

  #drafts(
    id: ChangeId,
    change: Transform,
    view: JavaScriptFile | DataFile,
    file: ProjectPath,
    owner: PackageFolder | undefined,
    inScope: boolean,
    notLookedAt: NotLookedAt[],
    typeProblems: readonly TypeProblem[] = [],
  ): Draft[] {
    const declared = (name: string) =>
      Object.values(owner?.manifest.dependencies ?? {}).find((section) => Object.hasOwn(section, name))?.[name]
    const facts: ProjectFacts = {
      to: this.#input.to,
      inScope,
      anyInScope: this.#input.packages.folders.some((pkg) => this.#input.inScope(pkg)),
      declared,
      depends: (name) => declared(name) !== undefined,
      packagesInScope: this.#packagesInScope(owner),
      provides: (name) => this.#provides(owner, name),
      installed: (name) => owner && installedPackage(owner, name),
      modern: this.#input.modern,
      settings: this.#input.settings,
      survey: (survey) => this.#surveys.answer(owner, survey),
      folder: owner?.folder ?? '.',
      dotFolders: (folder) => dotFolders(this.#input.discovery.root, folder),
      typeProblems,
    }
    try {
      return [...(change.find as (file: unknown, facts: ProjectFacts) => Iterable<Draft>)(view, facts)]
    } catch (error) {
      notLookedAt.push({
        file,
        change: id,
        kind: 'ours',
        reason: `the transform failed, which is a bug of upgrade-kit; the rest of the file was looked at (${(error as Error).stack?.split('\n').slice(0, 3).join(' ') ?? error})`,
      })
      return []
    }
  }
}

/** True where all that a fix would do is to add files that are there: then nothing is left to find. */
function isDone({ fix }: Finding, sources: Sources): boolean {
  const { edits = [], requests = [] } = fix ?? {}
  return edits.length === 0 && requests.length > 0 && requests.every((one) => isAddition(one) && isThere(one, sources))
}

function isBelow(pkg: PackageFolder | undefined, above: PackageFolder | undefined): boolean {
  return above === undefined || pkg === above || (pkg?.parent !== undefined && isBelow(pkg.parent, above))
}

function evidenceOf({ evidence }: Draft): Evidence {
  return 'evidence' in evidence ? evidence.evidence : evidence
}

/** Gives a draft its id, its file, and the applicability that its evidence allows. */
function stamp(id: ChangeId, file: ProjectPath, manifest: ProjectPath | undefined, draft: Draft): Finding {
  const evidence = evidenceOf(draft)
  const { start, end } = draft.at
  const fix = draft.fix && stampFix(draft.fix, file, manifest, evidence)
  return {
    change: id,
    file,
    range: { start, end },
    message: draft.message,
    evidence: { certainty: evidence.certainty, steps: evidence.steps },
    ...(fix ? { fix } : {}),
    ...(draft.notes && draft.notes.length > 0 ? { notes: draft.notes } : {}),
    ...(draft.calls && draft.calls.length > 0 ? { calls: draft.calls } : {}),
  }
}

function stampFix(fix: DraftFix, file: ProjectPath, manifest: ProjectPath | undefined, evidence: Evidence): Fix {
  const requests = fix.requests?.flatMap((request): Request[] => {
    const isDependency =
      'add' in request
        ? request.add === 'dependency'
        : 'dropIfUnused' in request && request.dropIfUnused === 'dependency'
    const at = request.file ?? (isDependency ? manifest : file)
    return at === undefined ? [] : [{ ...request, file: at } as Request]
  })
  return {
    title: fix.title,
    applicability: capApplicability(fix.applicability, evidence.certainty),
    edits: fix.edits.map(
      (edit): Edit => ({ file: edit.file ?? file, start: edit.start, end: edit.end, text: edit.text }),
    ),
    ...(requests ? { requests } : {}),
    ...(fix.proof === undefined ? {} : { proof: fix.proof }),
  }
}

/** In a file that was read with a repaired syntax error nothing may be written. */
function withoutFix(finding: Finding): Finding {
  if (!finding.fix) return finding
  return { ...finding, fix: { ...finding.fix, applicability: 'manual' } }
}

function overlaps(a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return a.start < b.end && b.start < a.end
}

function inOrder(a: Finding, b: Finding): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.range.start - b.range.start || (a.change < b.change ? -1 : 1)
}
