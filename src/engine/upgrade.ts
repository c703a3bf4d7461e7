import type { Settings } from '../catalogue/change.ts'
import { coverageOf } from '../catalogue/coverage.ts'
import { type ModelFacts, modelFor, type PackageFacts } from '../catalogue/provider.ts'
import {
  type Catalogue,
  type NamedChange,
  type SelectedRecipe,
  selectChanges,
  selectSettings,
} from '../catalogue/select.ts'
import { changedValues, withoutValues } from '../formats/environment.ts'
import { formatOf } from '../formats/index.ts'
import type { PackageModel } from '../formats/javascript/kinds.ts'
import type { TypeOracle } from '../formats/javascript/values.ts'
import { BREAKAGES } from '../model/change.ts'
import type { ChangeId, Edit, Finding, ProjectPath } from '../model/finding.ts'
import type { Seen } from '../model/observation.ts'
import type {
  FilePatch,
  Mode,
  NotLookedAt,
  Outcome,
  PackageStanding,
  Report,
  ReportedChange,
  ReportedFinding,
  SourceContext,
  TypeCheck,
} from '../model/report.ts'
import type { Applicability } from '../model/trust.ts'
import { alignment } from '../text/alignment.ts'
import { applyEdits, mapOffset } from '../text/edits.ts'
import { excerpt, type LineIndex, lineIndex } from '../text/lines.ts'
import type { Progress } from './api.ts'
import { type Symptoms, symptomsOf } from './compare.ts'
import type { Discovery } from './discover.ts'
import { fingerprinted, type Unnamed } from './fingerprint.ts'
import type { IgnoreBook } from './ignores.ts'
import { Link } from './link.ts'
import type { Watched } from './observe.ts'
import { builtOn, type PackageFolder, type Packages, SECTIONS, standings } from './packages.ts'
import { type Chosen, filesOf, isAddition, isOfFile, type Judge, type PlannedFile, plan } from './plan.ts'
import type { ReadAhead } from './read-ahead.ts'
import { Scan, type Scanned } from './scan.ts'
import { Sightings } from './sightings.ts'
import { Sources } from './sources.ts'
import { Surveys } from './surveys.ts'
import type { Refused } from './target.ts'
import { tracesOf } from './traces.ts'
import { TypeChecker, type TypeCheckInput } from './type-check.ts'
import { type TypeStage, typeStage } from './type-stage.ts'

/** What a proposal is made from. */
export interface ProposalInput {
  readonly catalogue: Catalogue
  readonly recipe: SelectedRecipe
  readonly ahead?: ReadAhead | undefined
  readonly discovery: Discovery
  readonly packages: Packages
  readonly only?: readonly string[] | undefined
  readonly except?: readonly string[] | undefined
  /** Look at packages that are past the recipe already, too: somebody asks about what is left over. */
  readonly despiteLater?: boolean
  /** See `RunRequest.modern`. */
  readonly modern?: boolean | undefined
  /** What was asked for with the options of the recipe; without the defaults. */
  readonly settings?: Settings | undefined
  readonly level: Applicability
  readonly mode: Mode
  readonly toolVersion: string
  /** Asked where scopes cannot tell; made when first needed. */
  /** `asked`: the files that questions may be about, in the order of the scan. */
  readonly types?:
    | ((
        sources: Sources,
        models: readonly PackageModel[],
        asked: () => readonly ProjectPath[],
      ) => TypeOracle | undefined)
    | undefined
  /** How the compiler is asked about what is planned; absent where it is not to be asked. */
  readonly typeCheck?: Pick<TypeCheckInput, 'runsProject' | 'limits'> | undefined
  readonly remarks?: readonly string[]
  /** What was seen while the tests ran on the old version, if somebody looked. */
  readonly watched?: Watched | undefined
  readonly everyFile?: boolean
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Everything but what only happens when something is written: the report, and the new texts. */
export interface PlannedRun {
  readonly report: Report
  readonly files: ReadonlyMap<ProjectPath, PlannedFile>
  /** The report that is true when these files could not be written. */
  without(refused: readonly Refused[]): Report
}

/** What of a run is to be written; what it does not speak of is as it was. */
export interface Selection {
  /** The fixes of these findings, by fingerprint, are held back. */
  readonly holdBack?: ReadonlySet<string>
  /** Only fixes of these changes. */
  readonly only?: ReadonlySet<ChangeId>
  /** What a person wants in the place of a fix's edits, by fingerprint; for findings that are `early`. */
  readonly edits?: ReadonlyMap<string, readonly Edit[]>
}

/** A planned run that can be planned anew with another selection of its fixes. */
export interface Proposal extends PlannedRun {
  /** The same run with less, or something else, of it. Reads no file again. */
  selecting(selection: Selection): Promise<Proposal>
  /** True if a finding, by fingerprint, is about the files as they were read, and not about what another fix made of them. */
  isEarly(fingerprint: string): boolean
  /** The changes that are written, each behind those whose work it builds on. */
  readonly order: readonly ChangeId[]
  /** The files of the project that a file of code imports; none for what cannot be read. */
  importsOf(file: ProjectPath): readonly ProjectPath[]
  readonly symptoms: Symptoms
}

const MAX_ROUNDS = 10

/** A project opened for one recipe: what is in scope, and the scanner over it. */
export interface Opened {
  readonly changes: readonly NamedChange[]
  readonly settings: Settings
  readonly packages: readonly PackageStanding[]
  /** What to check by hand that depends on what the run is asked for. */
  readonly checklist: Report['checklist']
  readonly sources: Sources
  readonly scan: Scan
  readonly link: Link
  readonly types?: TypeOracle
  readonly sightings?: Sightings
  readonly checker?: TypeChecker
}

/** Where every package of the project stands. */
export function standingsOf(
  input: Pick<ProposalInput, 'recipe' | 'packages' | 'despiteLater' | 'discovery' | 'settings'>,
  sources: Sources = new Sources(input.discovery.root),
): PackageStanding[] {
  const { recipe, packages, despiteLater } = input
  const { provider } = recipe
  if (provider.standing === undefined)
    return standings(packages, provider.packages, recipe.from, recipe.to, despiteLater)
  const surveys = new Surveys({ discovery: input.discovery, packages, sources })
  const settings = selectSettings(recipe, input.settings)
  return packages.folders.map((pkg): PackageStanding => {
    const facts = packageFacts(pkg, input, settings, sources, surveys)
    return { folder: pkg.folder, ...(pkg.name === undefined ? {} : { name: pkg.name }), ...provider.standing!(facts) }
  })
}

/** What a provider may know of a package; see `Provider.standing`. */
function packageFacts(
  pkg: PackageFolder,
  { packages, discovery }: Pick<ProposalInput, 'packages' | 'discovery'>,
  settings: Settings,
  sources: Sources,
  surveys: Surveys,
): PackageFacts {
  return {
    folder: pkg.folder,
    settings,
    survey: (survey) => surveys.answer('project', survey),
    depends(name) {
      for (let holder: PackageFolder | undefined = pkg; holder; holder = holder.parent)
        if (SECTIONS.some((section) => Object.hasOwn(holder.manifest.dependencies[section], name))) return true
      return false
    },
    mentioning: (pattern, format) =>
      discovery.context.filter((file) => {
        if (formatOf(file) !== format || packages.owner(file) !== pkg) return false
        try {
          return pattern.test(sources.searchable(file))
        } catch {
          return false // reported by the scan
        }
      }),
  }
}

/** Selects the changes and the packages of a recipe and makes the scanner. Reads no source file yet. */
export function openProject(input: ProposalInput): Opened {
  const { catalogue, recipe, discovery, packages } = input
  const settings = selectSettings(recipe, input.settings)
  const changes = selectChanges(catalogue, recipe, { ...input, settings })
  const sources = new Sources(discovery.root, input.ahead)
  const standings = standingsOf(input, sources)
  const inScope = new Set(standings.filter((s) => s.inScope).map((s) => s.folder))
  const sightings = input.watched && sightingsOf(input.watched, input, changes, sources)
  // the catalogue's own: a run for a test may be of another one than its recipe was selected from
  const provider = catalogue.providers.find(({ id }) => id === recipe.provider.id)
  const surveys = new Surveys({ discovery, packages, sources })
  const facts: ModelFacts = { settings, survey: (survey) => surveys.answer('project', survey) }
  const model = provider && modelFor(provider, facts)
  const checks = inScope.size > 0 ? (provider?.checklist?.(facts) ?? []) : []
  const checklist = checks.flatMap(({ change, byHand }) => {
    const id: ChangeId = `${recipe.provider.id}/${change}`
    return changes.some((one) => one.id === id) ? [{ change: id, byHand }] : []
  })
  const models = model ? [model] : []
  const asked = (): ProjectPath[] => scan.files('package')
  const checker = input.types && lazyTypes(() => input.types?.(sources, models, asked))
  const types = sightings?.before(checker) ?? checker
  // a provider that says nothing of its values can have them anywhere
  const traced = input.types ? models.map((one) => withSatellites(one, packages)) : models
  const traces = input.everyFile || models.length === 0 ? undefined : tracesOf(traced)
  const link = new Link(
    sources,
    packages,
    discovery.context.filter((file) => /\.(?:[cm]?[jt]s|[jt]sx)$/.test(file)),
    changes.flatMap(({ change }) => ('names' in change ? (change.names ?? []) : [])),
    traces,
    sightings && ((file) => sightings.isIn(file)),
    models.flatMap(({ folders = {} }) => Object.keys(folders)),
  )
  const scan = new Scan({
    discovery,
    packages,
    sources,
    ...(traces ? { traces } : {}),
    link,
    changes,
    known: Object.keys(catalogue.changes) as ChangeId[],
    models,
    to: recipe.to,
    modern: input.modern === true,
    settings,
    inScope: (pkg) => inScope.has(pkg.folder),
    ...(types ? { types } : {}),
    ...(sightings ? { sightings } : {}),
    ...(input.everyFile ? { everyFile: true } : {}),
    onFile: (done, total) => input.onProgress?.({ phase: 'scan', done, total }),
    ...(input.signal ? { signal: input.signal } : {}),
  })
  const compiler = checkerFor(input, sources, inScope)
  return {
    changes,
    settings,
    packages: standings,
    checklist,
    sources,
    scan,
    link,
    ...(types && { types }),
    ...(compiler && { checker: compiler }),
    ...(sightings && { sightings }),
  }
}

function sightingsOf(
  watched: Watched,
  { recipe, discovery }: ProposalInput,
  changes: readonly NamedChange[],
  sources: Sources,
): Sightings {
  return new Sightings({
    watched,
    provider: recipe.provider,
    changes: changes.map(({ id }) => id),
    sources,
    files: discovery.files,
  })
}

/** The compiler over the code in scope, where the provider's declarations are packages of their own. */
function checkerFor(
  { catalogue, recipe, discovery, packages, typeCheck, signal, onProgress }: ProposalInput,
  sources: Sources,
  inScope: ReadonlySet<ProjectPath>,
): TypeChecker | undefined {
  const declarations = catalogue.providers.find(({ id }) => id === recipe.provider.id)?.declarations
  if (!typeCheck || !declarations) return undefined
  const files = discovery.byGroup.code.filter((file) => inScope.has(packages.owner(file)?.folder ?? ''))
  return new TypeChecker({
    root: discovery.root,
    sources,
    declarations,
    files,
    ...typeCheck,
    signal,
    onFile: (done, total) => onProgress?.({ phase: 'types', done, total }),
  })
}

/**
 * Scans, plans, and scans the planned texts again until nothing more is to be written; one round is normal. Nothing is
 * written to disk: a dry run is a proposal that nobody wrote.
 */
export async function propose(input: ProposalInput): Promise<Proposal & { readonly scan: Scan }> {
  const opened = openProject(input)
  const { sources, scan, link } = opened
  const first = await scan.run()
  input.onProgress?.({ phase: 'plan' })
  const whole = await planned(input, opened, first)
  const isEarly = (fingerprint: string) => first.findings.includes(whole.named.get(fingerprint)!)
  const selecting = async (selection: Selection): Promise<Proposal> => {
    sources.forgetPlans()
    scan.forget()
    // what the compiler is asked for takes long, and says nothing where nothing that it asked for is written
    const needsTypes = selection.only === undefined || whole.typed.some((id) => selection.only?.has(id))
    return proposal(await planned(input, opened, first, chosenBy(selection, whole, first), needsTypes), selection)
  }
  const proposal = (plan: Planned, so: Selection): Proposal => ({
    ...plan,
    selecting: (more) => selecting(both(so, more)),
    isEarly,
    symptoms: symptomsOf(opened.changes),
    importsOf(file) {
      const found = sources.open(file)
      if (found.is !== 'module') return []
      return found.module.mentions.flatMap(({ specifier }) => {
        const resolution = link.resolve(found.module, specifier)
        return resolution.is === 'file' ? [resolution.module.path] : []
      })
    },
  })
  return { ...proposal(whole, {}), scan }
}

/** What two selections leave, one after the other. */
function both(a: Selection, b: Selection): Selection {
  return {
    holdBack: new Set([...(a.holdBack ?? []), ...(b.holdBack ?? [])]),
    edits: new Map([...(a.edits ?? []), ...(b.edits ?? [])]),
    ...(a.only || b.only
      ? { only: new Set([...(a.only ?? b.only!)].filter((id) => (b.only ?? a.only!).has(id))) }
      : {}),
  }
}

/** A selection in terms of findings. */
function chosenBy({ holdBack, only, edits }: Selection, whole: Planned, first: Scanned): Chosen {
  const isHeldBack = heldBack(whole, first, holdBack ?? new Set())
  const edited = new Map([...(edits ?? [])].map(([fingerprint, own]) => [whole.named.get(fingerprint), own]))
  return (finding) => {
    if (only?.has(finding.change) === false || isHeldBack(finding)) return undefined
    const own = edited.get(finding)
    return own && finding.fix ? { ...finding.fix, edits: own } : finding.fix
  }
}

/**
 * Which findings of another plan are those of these fingerprints. Findings of the first round are the same values in
 * every plan; later ones are found anew each time, and known by what they say. One that lost a collision in the first
 * round is found again later.
 */
function heldBack(whole: Planned, first: Scanned, fingerprints: ReadonlySet<string>): (finding: Finding) => boolean {
  const early = new Set(first.findings)
  const all = [...whole.named].filter(([fingerprint]) => fingerprints.has(fingerprint)).map(([, finding]) => finding)
  const late = new Set(all.filter((finding) => !early.has(finding)).map(saying))
  return (finding) => all.includes(finding) || late.has(saying(finding))
}

function saying({ change, file, message, fix }: Finding): string {
  return JSON.stringify([change, file, message, fix?.title])
}

/** What was seen of a finding; of one of a later round, what was seen of those that say the same, if they agree. */
function seenEarlier(finding: Finding, first: readonly Finding[], sightings: Sightings): Seen | undefined {
  if (first.includes(finding)) return sightings.seenOf(finding)
  const said = saying(finding)
  const seen = new Set(first.filter((early) => saying(early) === said).map((early) => sightings.seenOf(early)))
  return seen.size === 1 ? [...seen][0] : undefined
}

/** A plan of all rounds, and the report about it. */
interface Planned extends PlannedRun {
  /** Fingerprint → finding. */
  readonly named: ReadonlyMap<string, Finding>
  readonly order: readonly ChangeId[]
  /** The changes that are written because the compiler asked for it. */
  readonly typed: readonly ChangeId[]
}

async function planned(
  input: ProposalInput,
  opened: Opened,
  first: Scanned,
  chosen: Chosen = ({ fix }) => fix,
  needsTypes = true,
): Promise<Planned> {
  const { changes, settings, packages, sources, scan, types, sightings, checker } = opened
  const outcomes = new Map<Finding, Outcome>()
  const findings: Finding[] = [...first.findings]
  const files = new Map<ProjectPath, PlannedFile>()
  const reported = new Map<Finding, Unnamed>()
  const notLookedAt: NotLookedAt[] = [
    ...input.discovery.notLookedAt,
    ...input.packages.notLookedAt,
    ...first.notLookedAt,
  ]
  const described = (finding: Finding, outcome: Outcome): Unnamed => {
    const seen = sightings && seenEarlier(finding, first.findings, sightings)
    return { ...describeFinding(finding, outcome, sources), ...(seen ? { seen } : {}) }
  }
  for (const [finding, because] of hidden(first.findings, first.ignores)) {
    outcomes.set(finding, 'ignored')
    reported.set(finding, { ...described(finding, 'ignored'), ignoredBecause: because })
  }
  const judge = judgeOf(input, sources)
  const sinceOf = (id: ChangeId) => changes.find((change) => change.id === id)?.change.since
  let everWritten: readonly WrittenRange[] = []
  const lastRound = new Map<ChangeId, number>()
  let rounds = 0
  for (let fresh: readonly Finding[] = first.findings.filter((f) => !outcomes.has(f)); rounds < MAX_ROUNDS; ) {
    rounds++
    const step = plan(fresh, input.level, sources, input.discovery.byGroup.code, chosen, judge)
    for (const [finding, outcome] of step.outcomes) {
      outcomes.set(finding, outcome)
      const fix = outcome === 'written' ? chosen(finding) : finding.fix
      const obstacle = step.obstacles.get(finding)
      reported.set(finding, {
        ...described(fix ? { ...finding, fix } : finding, outcome),
        ...(obstacle === undefined ? {} : { notWritten: obstacle }),
      })
      if (outcome === 'written') lastRound.set(finding.change, rounds)
    }
    if (step.files.size === 0) break
    for (const [file, planned] of step.files) {
      files.set(file, joined(files.get(file), planned))
      sources.plan(file, planned.after, planned.before === undefined)
    }
    scan.forget()
    // what lost a collision may have been found in a file that nobody wrote to
    const collided = [...step.outcomes].flatMap(([{ file }, outcome]) => (outcome === 'conflict' ? [file] : []))
    const again = await scan.run(new Set([...step.files.keys(), ...collided]))
    const written = writtenRanges(step.outcomes, chosen)
    everWritten = [...carried(everWritten, step.outcomes, chosen), ...written]
    fresh = again.findings.filter(
      (finding) =>
        finding.fix &&
        finding.fix.applicability !== 'manual' &&
        again.ignores.reasonFor(finding) === undefined &&
        isNew(finding, step.outcomes, written, notLookedAt) &&
        !isInNewLanguage(finding, step.outcomes, everWritten, sinceOf),
    )
    notLookedAt.push(...again.notLookedAt.filter((n) => n.kind === 'ours'))
    if (fresh.length === 0 || rounds === MAX_ROUNDS) break
    for (const conflict of [...step.outcomes].filter(([, outcome]) => outcome === 'conflict')) {
      outcomes.delete(conflict[0])
      reported.delete(conflict[0])
      findings.splice(findings.indexOf(conflict[0]), 1)
    }
    findings.push(...fresh)
  }
  const typed =
    checker &&
    needsTypes &&
    (await typeStage({
      ...opened,
      checker,
      ...input,
      code: input.discovery.byGroup.code,
      outcomes,
      ignores: first.ignores,
      chosen,
    }))
  if (typed) {
    for (const [finding, described] of describeTyped(typed, first.ignores, sources)) {
      findings.push(finding)
      outcomes.set(finding, described.outcome)
      if (described.outcome === 'written') lastRound.set(finding.change, rounds + 1)
      reported.set(finding, described)
    }
    for (const [file, planned] of typed.step.files) files.set(file, joined(files.get(file), planned))
    notLookedAt.push(...typed.notLookedAt)
  }
  const ledger = first.book.close((finding) => outcomes.get(finding) ?? 'by-hand')
  const fingerprints = fingerprinted(findings.map((finding) => reported.get(finding)!))
  const named = new Map(fingerprints.map(({ fingerprint }, index) => [fingerprint, findings[index]!]))
  const ordered = [...fingerprints].sort(bySeverity(changes))
  const patches: FilePatch[] = [...files]
    .map(([file, { before: was, after, removed, changes: ids }]) => ({
      file,
      ...(was === undefined ? { after } : shareable(file, was, after, removed)),
      ...(removed ? { removed } : {}),
      changes: ids,
    }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
  const report: Report = {
    schema: 1,
    tool: { name: 'upgrade-kit', version: input.toolVersion },
    mode: input.mode,
    recipe: {
      id: input.recipe.id,
      provider: input.recipe.provider.id,
      from: input.recipe.from,
      to: input.recipe.to,
      guide: input.recipe.guide,
      ...(Object.keys(settings).length > 0 ? { settings } : {}),
    },
    packages,
    changes: changes.map(({ id, change }): ReportedChange => facts(id, change)),
    findings: ordered,
    checklist: [
      ...changes.flatMap(({ id, change }) => ('byHand' in change ? [{ change: id, byHand: change.byHand }] : [])),
      ...opened.checklist,
    ],
    notLookedAt,
    leftOut: input.discovery.leftOut,
    ignores: first.ignores.entries(),
    ledger,
    coverage: coverageOf(input.recipe, changes),
    patches: input.mode === 'scan' ? [] : patches,
    counts: {
      filesListed: input.discovery.files.length,
      filesSearched: first.filesSearched,
      filesParsed: first.filesParsed,
      rounds,
    },
    remarks: [
      ...input.discovery.remarks,
      ...stageRemarks(input, changes, settings),
      ...(input.remarks ?? []),
      ...(types?.remarks ?? []),
    ],
    ...(sightings ? { observation: sightings.observation(ordered) } : {}),
    ...(typed && concerns(typed.check) ? { typeCheck: typed.check } : {}),
  }
  const without = (refused: readonly Refused[]): Report => {
    if (refused.length === 0) return report
    const outcomeOf = (finding: Finding) => {
      const outcome = outcomes.get(finding) ?? 'by-hand'
      return outcome === 'written' && obstacle(finding, refused) ? 'not-written' : outcome
    }
    return { ...withRefused(report, refused), ledger: first.book.close(outcomeOf) }
  }
  const order = changes.flatMap(({ id }) => (lastRound.has(id) ? [id] : []))
  order.sort((a, b) => lastRound.get(a)! - lastRound.get(b)!)
  const askedFor = typed
    ? [...typed.step.outcomes].flatMap(([{ change }, is]) => (is === 'written' ? [change] : []))
    : []
  return { report, files, without, named, order, typed: askedFor }
}

/** Says what a stage leaves for later, so that a clean run is not taken for the whole of the upgrade. */
function stageRemarks(
  { catalogue, recipe, only, except }: ProposalInput,
  changes: readonly NamedChange[],
  { stage }: Settings,
): string[] {
  const stages = recipe.settings?.stage?.values ?? []
  const later = stages.slice(stages.indexOf(stage ?? '') + 1)
  const all = selectChanges(catalogue, recipe, { only, except }).length
  if (stage === undefined || later.length === 0 || changes.length === all) return []
  return [
    `--stage ${stage}: ${changes.length} of ${all} changes were looked for, which can be made at that stage; the others belong to --stage ${later.join(' and ')}.`,
  ]
}

/** Asks the provider's own parser about planned files; about errors that it had before, too, nothing is said. */
function judgeOf({ catalogue, recipe, discovery }: ProposalInput, sources: Sources): Judge {
  const parser = catalogue.providers.find(({ id }) => id === recipe.provider.id)?.parser
  if (!parser) return () => []
  const files = discovery.context.filter((file) => formatOf(file) === parser.format)
  const texts = () =>
    new Map(
      files.flatMap((file): [ProjectPath, string][] => {
        try {
          return [[file, sources.text(file)]]
        } catch {
          return [] // said by the scan
        }
      }),
    )
  return (planned) => {
    const changed = [...planned].filter(([file]) => formatOf(file) === parser.format)
    if (changed.length === 0) return []
    const before = texts()
    const known = new Set(parser.problems(before).map(({ message }) => message))
    const after = parser.problems(new Map([...before, ...changed.map(([file, text]) => [file, text.after] as const)]))
    const fresh = new Set(after.filter(({ message }) => !known.has(message)).map(({ file }) => file))
    if (fresh.size === 0) return []
    const blamed = changed.map(([file]) => file).filter((file) => fresh.has(file))
    return blamed.length > 0 ? blamed : changed.map(([file]) => file)
  }
}

/** A file that was planned before and is planned once more. */
function joined(earlier: PlannedFile | undefined, later: PlannedFile): PlannedFile {
  if (!earlier) return later
  return {
    before: earlier.before,
    after: later.after,
    ...(later.removed ? { removed: later.removed } : {}),
    changes: [...new Set([...earlier.changes, ...later.changes])],
    needs: [...new Set([...earlier.needs, ...later.needs])],
  }
}

/** True where there is TypeScript at all. */
function concerns({ programs, skipped }: TypeCheck): boolean {
  return programs.length + skipped.length > 0
}

/** The findings about errors of the compiler, in the places that the files had when they were read. */
function describeTyped(
  { step, hidden }: TypeStage,
  ignores: IgnoreBook,
  sources: Sources,
): (readonly [Finding, Unnamed])[] {
  const planned = { text: (file: ProjectPath) => step.files.get(file)?.before ?? sources.text(file) }
  const all: (readonly [Finding, Outcome])[] = [...step.outcomes, ...hidden.map((f) => [f, 'ignored'] as const)]
  return all.map(([finding, outcome]) => {
    const because = ignores.reasonFor(finding)
    const described = describeFinding(finding, outcome, planned)
    return [
      finding,
      {
        ...asRead(described, finding, planned, sources),
        ...(because === undefined ? {} : { ignoredBecause: because }),
      },
    ] as const
  })
}

/** A finding in a planned text, with the places and the code of the text that was read. */
function asRead(described: Unnamed, finding: Finding, planned: Pick<Sources, 'text'>, sources: Sources): Unnamed {
  const [read, text] = [sources.original(finding.file), planned.text(finding.file)]
  if (read === text) return described
  const back = (file: ProjectPath) => alignment(sources.original(file), planned.text(file))
  const moved = <R extends { start: number; end: number }>(range: R, file: ProjectPath): R => {
    const start = back(file)(range.start)
    return { ...range, start, end: Math.max(start, back(file)(range.end)) }
  }
  const { replaced: _, fix, rewritten, ...rest } = described
  const { fix: __, ...bare } = finding
  const place = describeFinding({ ...bare, range: moved(finding.range, finding.file) }, described.outcome, {
    text: (file) => sources.original(file),
  })
  return {
    ...rest,
    ...place,
    ...(fix ? { fix: { ...fix, edits: fix.edits.map((edit) => moved(edit, edit.file)) } } : {}),
    ...(rewritten === undefined ? {} : { rewritten }),
  }
}

/** The refused file that keeps a fix from being written whole. */
function obstacle(finding: Finding, refused: readonly Refused[]): Refused | undefined {
  const touched = finding.fix ? filesOf(finding.fix) : []
  return refused.find(({ path }) => touched.includes(path))
}

/** A report whose findings and patches no longer say that what was refused was written. Its ledger is left as it is. */
export function withRefused(report: Report, refused: readonly Refused[]): Report {
  const findings = report.findings.map((finding): ReportedFinding => {
    const inTheWay = finding.outcome === 'written' ? obstacle(finding, refused) : undefined
    if (!inTheWay) return finding
    return { ...finding, outcome: 'not-written', notWritten: `${inTheWay.path}: ${inTheWay.reason}` }
  })
  return { ...report, findings, patches: report.patches.filter(({ file }) => !refused.some((r) => r.path === file)) }
}

/** The findings that a comment hides, with its reason. */
function hidden(findings: readonly Finding[], ignores: IgnoreBook): [Finding, string][] {
  return findings.flatMap((finding): [Finding, string][] => {
    const because = ignores.reasonFor(finding)
    return because === undefined ? [] : [[finding, because]]
  })
}

/** The facts of a change, without its code. */
export function facts(id: ChangeId, change: NamedChange['change']): ReportedChange {
  const { title, why, since, breakage, source, fixable } = change
  return { id, title, why, since, breakage, source, fixable }
}

/** A range that a change wrote, or found and dealt with, in the text after its round. */
interface WrittenRange {
  readonly change: ChangeId
  readonly file: ProjectPath
  readonly start: number
  readonly end: number
  /** It is where a finding starts, not what was written for it. */
  readonly found?: true
}

/** Where the fixes of a round put their text, and where what they were for now stands. */
function writtenRanges(outcomes: ReadonlyMap<Finding, Outcome>, chosen: Chosen): WrittenRange[] {
  const written = [...outcomes].filter(([, outcome]) => outcome === 'written').map(([finding]) => finding)
  const edits = new Map<ProjectPath, Edit[]>()
  for (const finding of written)
    for (const edit of chosen(finding)?.edits ?? []) edits.set(edit.file, [...(edits.get(edit.file) ?? []), edit])
  const moved = (file: ProjectPath, offset: number, except?: Edit) =>
    mapOffset(
      (edits.get(file) ?? []).filter((other) => other.end <= offset && other !== except),
      offset,
    )
  return written.flatMap((finding) => {
    const { change, file, range } = finding
    const start = moved(file, range.start)
    return [
      { change, file, start, end: start, found: true as const },
      ...(chosen(finding)?.edits ?? []).map((edit) => {
        const at = moved(edit.file, edit.start, edit)
        return { change, file: edit.file, start: at, end: at + edit.text.length }
      }),
    ]
  })
}

/** Where ranges of earlier rounds are after the fixes of another one. */
function carried(
  ranges: readonly WrittenRange[],
  outcomes: ReadonlyMap<Finding, Outcome>,
  chosen: Chosen,
): WrittenRange[] {
  const edits = [...outcomes].flatMap(([finding, outcome]) =>
    outcome === 'written' ? (chosen(finding)?.edits ?? []) : [],
  )
  return ranges.map((range) => {
    const own = edits.filter((edit) => edit.file === range.file)
    return { ...range, start: mapOffset(own, range.start), end: mapOffset(own, range.end) }
  })
}

/**
 * In a later round, only what lost a collision, or what another change made of the text, is news. A change that finds its
 * own work again would never come to an end: that is our bug, and nothing is written for it.
 */
function isNew(
  finding: Finding,
  outcomes: ReadonlyMap<Finding, Outcome>,
  written: readonly WrittenRange[],
  notLookedAt: NotLookedAt[],
): boolean {
  const own = written.some(
    (range) =>
      range.change === finding.change &&
      range.file === finding.file &&
      (range.found
        ? range.start === finding.range.start
        : range.start <= finding.range.end && finding.range.start <= range.end),
  )
  if (own && finding.fix?.applicability === 'safe') {
    const reason = `the rewrite of ${finding.change} is found again in what it wrote, which is a bug of upgrade-kit; it was written once`
    notLookedAt.push({ file: finding.file, change: finding.change, kind: 'ours', reason })
  }
  if (own) return false
  for (const [known, outcome] of outcomes)
    if (
      outcome !== 'conflict' &&
      // what only asks for something of another file leaves no mark where it was found
      (outcome !== 'written' || known.fix?.edits.length === 0) &&
      known.file === finding.file &&
      known.change === finding.change &&
      known.message === finding.message &&
      known.fix?.title === finding.fix?.title
    )
      return false
  return true
}

/**
 * What a change has written is right for its version, so another change of that version that is found within it, and did
 * not lose a collision there, has misread it: `{s}` in a path was text before, and is an option now.
 */
function isInNewLanguage(
  finding: Finding,
  outcomes: ReadonlyMap<Finding, Outcome>,
  written: readonly WrittenRange[],
  sinceOf: (change: ChangeId) => string | undefined,
): boolean {
  const hasCollided = [...outcomes].some(
    ([{ change, file }, outcome]) => outcome === 'conflict' && change === finding.change && file === finding.file,
  )
  return (
    !hasCollided &&
    written.some(
      ({ change, file, start, end }) =>
        file === finding.file &&
        start <= finding.range.start &&
        finding.range.end <= end &&
        sinceOf(change) === sinceOf(finding.change),
    )
  )
}

/** A finding as a person finds it: its place, the code of its line, and what stands around it. */
export function describeFinding(finding: Finding, outcome: Outcome, sources: Pick<Sources, 'text'>): Unnamed {
  const text = shownText(finding, sources)
  const lines = lineIndex(text)
  const start = lines.positionAt(finding.range.start)
  const end = lines.positionAt(finding.range.end)
  const range = lines.lineRange(start.line)!
  const rewritten = outcome === 'written' || outcome === 'held-back' ? afterFix(finding, text) : undefined
  const ofFiles = (finding.fix?.requests ?? []).filter(isOfFile)
  const added = [true, false].flatMap((isAdded) => {
    const files = ofFiles.filter((one) => isAddition(one) === isAdded).map(({ file }) => file)
    return grouped(files).map((what) => `the fix ${isAdded ? 'adds' : 'removes'} ${what}`)
  })
  return {
    ...finding,
    ...(added.length > 0 ? { notes: [...(finding.notes ?? []), ...added] } : {}),
    outcome,
    at: { file: finding.file, ...start },
    endLine: end.line,
    endColumn: end.column,
    excerpt: excerpt(text.slice(range.start, range.end), start.column).text,
    ...(rewritten ?? {}),
    context: contextOf(text, lines, start.line, Math.max(end.line, lastLineOf(rewritten?.replaced)), start.column),
  }
}

const MAX_NAMED = 3

/** Files by name; those of a folder by the folder, where they are many. */
function grouped(files: readonly string[]): string[] {
  const folders = new Map<string, string[]>()
  for (const file of files) {
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'
    const outer = [...folders.keys()].find((one) => one !== '.' && `${folder}/`.startsWith(`${one}/`))
    const key = outer ?? folder
    folders.set(key, [...(folders.get(key) ?? []), file])
  }
  return [...folders].flatMap(([folder, own]) =>
    folder === '.' || own.length <= MAX_NAMED
      ? own.map((file) => `the file \`${file}\``)
      : [`${own.length} files in \`${folder}/\``],
  )
}

/** The text of which a report shows parts: without the values of variables that the finding is not about. */
function shownText({ file, range, fix }: Finding, sources: Pick<Sources, 'text'>): string {
  const text = sources.text(file)
  if (formatOf(file) !== 'environment') return text
  return withoutValues(file, text, [range, ...(fix?.edits ?? []).filter((edit) => edit.file === file)])
}

/** Both texts of a file as a report may pass them on: of a file of variables, only the values that differ. */
function shareable(
  file: ProjectPath,
  before: string,
  after: string,
  removed = false,
): { before: string; after: string } {
  if (formatOf(file) !== 'environment') return { before, after }
  return {
    before: withoutValues(file, before, removed ? [] : changedValues(file, before, after)),
    after: withoutValues(file, after, changedValues(file, after, before)),
  }
}

function lastLineOf(replaced: ReportedFinding['replaced']): number {
  return replaced ? replaced.firstLine + replaced.lines - 1 : 0
}

const LINES_AROUND = 3
/** Lines of the finding itself that are shown; a handler can be long. */
const MAX_OWN_LINES = 8

function contextOf(text: string, lines: LineIndex, start: number, end: number, column: number): SourceContext {
  const firstLine = Math.max(1, start - LINES_AROUND)
  const lastLine = Math.min(lines.count, Math.min(end, start + MAX_OWN_LINES - 1) + LINES_AROUND)
  const shown: string[] = []
  for (let line = firstLine; line <= lastLine; line++) {
    const range = lines.lineRange(line)!
    shown.push(excerpt(text.slice(range.start, range.end), line === start ? column : 1).text)
  }
  if (lastLine === lines.count && shown.length > 1 && shown.at(-1) === '') shown.pop()
  return { firstLine, lines: shown }
}

const MAX_REWRITTEN_LINES = 6

/** The lines that a fix touches in the finding's own file, as they are after it. */
function afterFix(finding: Finding, text: string): Pick<ReportedFinding, 'rewritten' | 'replaced'> | undefined {
  const edits = (finding.fix?.edits ?? []).filter((edit) => edit.file === finding.file)
  if (edits.length === 0) return undefined
  const after = applyEdits(text, edits)
  const lines = lineIndex(after)
  const first = Math.min(...edits.map((edit) => edit.start), finding.range.start)
  const last = Math.max(...edits.map((edit) => edit.end))
  const from = lines.positionAt(
    mapOffset(
      edits.filter((edit) => edit.end <= first && edit.start < first),
      first,
    ),
  ).line
  const end = lines.positionAt(mapOffset(edits, last)).line
  const to = Math.min(end, from + MAX_REWRITTEN_LINES - 1)
  const shown: string[] = []
  for (let line = from; line <= to; line++) {
    const range = lines.lineRange(line)
    if (range) shown.push(after.slice(range.start, range.end))
  }
  const before = lineIndex(text)
  const firstLine = before.positionAt(first).line
  const replaced = { firstLine, lines: before.positionAt(last).line - firstLine + 1 }
  return { rewritten: shown.join('\n'), ...(to === end ? { replaced } : {}) }
}

function bySeverity(changes: readonly NamedChange[]): (a: ReportedFinding, b: ReportedFinding) => number {
  const rank = new Map(changes.map(({ id, change }) => [id, BREAKAGES.indexOf(change.breakage)]))
  return (a, b) =>
    rank.get(a.change)! - rank.get(b.change)! ||
    (a.change < b.change ? -1 : a.change > b.change ? 1 : 0) ||
    (a.file < b.file ? -1 : a.file > b.file ? 1 : a.range.start - b.range.start)
}

/** With types, what a package hands out that is made with a generated one is known as well. */
function withSatellites(model: PackageModel, packages: Packages): PackageModel {
  if (!model.generated) return model
  return { ...model, satellites: [...(model.satellites ?? []), ...builtOn(packages, model.specifiers)] }
}

function lazyTypes(make: () => TypeOracle | undefined): TypeOracle {
  let oracle: TypeOracle | undefined
  let made = false
  return {
    kindAt(module, node, kinds) {
      if (!made) {
        made = true
        oracle = make()
      }
      return oracle?.kindAt(module, node, kinds)
    },
    get remarks() {
      return oracle?.remarks ?? []
    },
  }
}
