import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import semver from 'semver'
import {
  type Catalogue,
  type Example,
  recipesOf,
  type SelectedRecipe,
  selectChanges,
  selectRecipe,
  selectSettings,
} from '../catalogue/select.ts'
import { FORMAT_NAMES, formatOf, readData } from '../formats/index.ts'
import { typeOracle } from '../formats/javascript/types.ts'
import type { ChangeId, ProjectPath } from '../model/finding.ts'
import type { LineExplanation, Report } from '../model/report.ts'
import { OutOfScope, UserError } from '../model/user-error.ts'
import { type Installation, testTitle, type Verification } from '../model/verification.ts'
import { excerpt, lineIndex } from '../text/lines.ts'
import {
  type ChangeSummary,
  type Engine,
  Interrupted,
  type Progress,
  type RecipeSummary,
  type RequestBase,
  type RunRequest,
} from './api.ts'
import { commitAll, mustBeAbleToCommit, type Step } from './commit.ts'
import { changeMessage, manifestMessage } from './commit-message.ts'
import { type Discovery, discover } from './discover.ts'
import { gitState, placeInGit, repositoryOf } from './git.ts'
import { install, installPlans } from './install.ts'
import { keepReport, listRuns, mustBeFinished, openRun, type RunJournal, recordedRuns } from './journal.ts'
import { oldVersion, type Watched, watchTests } from './observe.ts'
import { type Packages, readPackages } from './packages.ts'
import { describeConflict, mustInstall, peerConflicts } from './peers.ts'
import { filesOf, type PlannedFile } from './plan.ts'
import { mustBeMet, unmetPreconditions } from './preconditions.ts'
import type { ReadAhead } from './read-ahead.ts'
import { fileSystemReason, type Sources, syntaxReason } from './sources.ts'
import type { Refused } from './target.ts'
import { USUAL_LIMITS } from './type-check.ts'
import {
  facts,
  openProject,
  type PlannedRun,
  type Proposal,
  type ProposalInput,
  propose,
  standingsOf,
} from './upgrade.ts'
import {
  isDoubtful,
  type MeasuredRun,
  runTests,
  type TestCommand,
  type TestOptions,
  testCommand,
  verdict,
} from './verify.ts'
import { type PlannedWrite, undo, writeAll } from './write.ts'

/**
 * The engine over a catalogue: everything that the command line can ask for. `ahead` is what was begun of a project that
 * is not written to; runs of that project take it.
 */
export function createEngine(catalogue: Catalogue, toolVersion: string, ahead?: ReadAhead): Engine {
  const input = (
    request: RunRequest,
    prepared: Prepared,
    remarks: readonly string[] = [],
    watched?: Watched,
  ): ProposalInput => ({
    catalogue,
    recipe: selectRecipe(catalogue, request.recipe, request),
    ahead: prepared.ahead,
    discovery: prepared.discovery,
    packages: prepared.packages,
    despiteLater: request.from !== undefined,
    only: request.only,
    except: request.except,
    modern: request.modern,
    settings: request.settings,
    level: request.level,
    mode: request.mode,
    toolVersion,
    remarks,
    watched,
    types: typesFor(request),
    ...(request.types === 'off'
      ? {}
      : {
          typeCheck: {
            // its own compiler is code of the project, which is run only where its tests are run as well
            runsProject: (request.mode === 'apply' && request.verify) || request.observe === true,
            ...(request.types === 'on' ? {} : { limits: USUAL_LIMITS }),
          },
        }),
    signal: request.signal,
    onProgress: request.onProgress,
  })
  /** What is not met of what must be true before a recipe writes. Throws where nothing may be written because of it. */
  const unmet = async (request: RunRequest): Promise<readonly string[]> => {
    const recipe = selectRecipe(catalogue, request.recipe, request)
    if (!recipe.preconditions || request.mode === 'scan') return []
    // all of the project, and nothing of what is asked for this run alone
    const { root, recipe: id, types, install, verify, signal } = request
    const whole: RunRequest = {
      root,
      recipe: id,
      mode: 'scan',
      level: 'safe',
      types,
      install,
      verify,
      ...(signal ? { signal } : {}),
      ...(request.settings ? { settings: request.settings } : {}),
    }
    const prepared = await prepare(whole, ahead)
    if (!standingsOf(input(whole, prepared)).some(({ inScope }) => inScope)) return []
    const settings = selectSettings(recipe, request.settings)
    const found = await unmetPreconditions(recipe.preconditions, settings, prepared, async (other, asked) => {
      const scanned: RunRequest = { ...whole, recipe: other, settings: asked, types: 'off' }
      return (await propose(input(scanned, prepared))).report
    })
    if (request.mode === 'apply') mustBeMet(found, recipe, request.settings)
    return found.map((one) => `not met: ${one}`)
  }
  return {
    run: (request) =>
      stoppable(async () => {
        const meta = runMeta(catalogue, request, toolVersion)
        const notMet = await unmet(request)
        return carryOut(
          request,
          (prepared, watched) => proposeInstallable(request, input(request, prepared, notMet, watched)),
          meta,
          (prepared) => standingsOf(input(request, prepared)).some(({ inScope }) => inScope),
          request.observe ? selectRecipe(catalogue, request.recipe, request) : undefined,
          ahead,
        )
      }),
    runCodemod: (request) =>
      stoppable(async () => {
        const { proposeCodemod } = await import('./codemod.ts')
        return carryOut(request, (prepared) => proposeCodemod(request, prepared, toolVersion), {
          recipe: request.transform,
          toolVersion,
        })
      }),
    async explainLine(request, file, line) {
      const prepared = await prepare({ ...request, paths: [file] })
      // after an upgrade, too, people ask about the lines that it left
      return explain({ ...input(request, prepared), despiteLater: true }, prepared, file, line)
    },
    async recipes({ examples = false } = {}) {
      const known = examples ? await catalogue.examples?.() : undefined
      return recipesOf(catalogue).map((recipe) => summary(catalogue, recipe, known))
    },
    undo: (root, run, options) => undo(root, run, options),
    runs: async (root) => [...(await listRuns(root))],
  }
}

/** A proposal that says which dependencies stand in the way of its installation; throws before anything is written. */
async function proposeInstallable(request: RequestBase, input: ProposalInput): Promise<Proposal> {
  const proposed = await propose(input)
  const conflicts = await peerConflicts(input.packages, input.recipe, proposed.files)
  if (request.mode === 'apply') mustInstall(conflicts, request.force === true)
  if (conflicts.length === 0) return proposed
  const remarks = conflicts.map((conflict) => {
    const then = conflict.blocks ? 'an installation from scratch (`npm ci`) is refused' : 'the installation warns of it'
    return `${describeConflict(conflict)}: ${then}.`
  })
  return mapReports(proposed, (report) => ({ ...report, remarks: [...report.remarks, ...remarks] }))
}

/** What git says of a run comes before what the run itself found to remark. */
function remarkedOn(remarks: readonly string[], proposal: Proposal): Proposal {
  if (remarks.length === 0) return proposal
  return mapReports(proposal, (report) => ({ ...report, remarks: [...remarks, ...report.remarks] }))
}

/** A proposal whose every report, also of a part of it, is changed in the same way. */
function mapReports(proposal: Proposal, change: (report: Report) => Report): Proposal {
  const changed = <P extends PlannedRun>(plan: P): P => ({
    ...plan,
    report: change(plan.report),
    without: (refused: readonly Refused[]) => change(plan.without(refused)),
  })
  return {
    ...changed(proposal),
    selecting: async (selection) => mapReports(await proposal.selecting(selection), change),
  }
}

/** A project that was listed. */
export interface Prepared {
  readonly ahead?: ReadAhead | undefined
  readonly discovery: Discovery
  readonly packages: Packages
}

async function prepare(request: RequestBase, begun?: ReadAhead): Promise<Prepared> {
  request.onProgress?.({ phase: 'discover' })
  const { root, paths, include, exclude, mode } = request
  // the tests of a run that writes come first, and may change the files
  const ahead = mode !== 'apply' && begun?.root === realpathSync(root) ? begun : undefined
  const discovery = discover(root, {
    cwd: root,
    ...(paths ? { paths } : {}),
    ...(include ? { include } : {}),
    ...(exclude ? { exclude } : {}),
    listing: await ahead?.listing,
  })
  return { ahead, discovery, packages: readPackages(root, discovery) }
}

/** The type checker, when the request and the project allow it. */
function typesFor(request: RunRequest): ProposalInput['types'] {
  if (request.types === 'off') return undefined
  return ({ root }, models, asked) => typeOracle(root, models, request.types === 'on', asked)
}

function runMeta(catalogue: Catalogue, request: RunRequest, toolVersion: string) {
  const selected = selectRecipe(catalogue, request.recipe, request)
  // a mistake in what is asked for is told before the tests are run
  selectSettings(selected, request.settings)
  const { from, to } = selected
  return { recipe: request.recipe, from, to, toolVersion }
}

/** Turns the abort of a signal, wherever it was noticed, into `Interrupted`. */
async function stoppable(work: () => Promise<Report>): Promise<Report> {
  try {
    return await work()
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw new Interrupted()
    throw error
  }
}

/** One run from the first look to the verdict. `proposal` says what to write; all of the rest is the same for everybody. */
async function carryOut(
  request: RequestBase,
  proposal: (prepared: Prepared, watched?: Watched) => Promise<Proposal>,
  meta: Parameters<typeof openRun>[1],
  concerns: (prepared: Prepared) => boolean = () => true,
  observed?: SelectedRecipe,
  ahead?: ReadAhead,
): Promise<Report> {
  const { onProgress, signal } = request
  onProgress?.({ phase: 'preflight' })
  const writes = request.mode === 'apply'
  // asked first: what a run that was stopped left behind makes git dirty, and may look as if it was upgraded
  if (writes) await mustBeFinished(request.root)
  if (writes && request.commit) await mustBeAbleToCommit(request.root, request.commit)
  const git = Promise.all([checkGit(request, writes), repositoryOf(request.root)])
  // a run that writes waits for the answers before it looks at anything, others after that
  git.catch(() => undefined)
  if (writes) await git
  const prepared = await prepare(request, ahead)
  // the tests of a project that the run is not about are none of its business
  const command =
    (request.verify || observed) && concerns(prepared)
      ? await testCommand(request.root, prepared.packages.folders, request.testCommand)
      : undefined
  const watched = observed && command && (await watch(request, prepared, command, observed))
  signal?.throwIfAborted()
  const placed = async () => {
    const proposed = await proposal(prepared, watched)
    const [remarks, repository] = await git
    return locatedIn(repository, remarkedOn(remarks, proposed))
  }
  if (!writes) return (await placed()).report
  const tests = request.verify ? command : undefined
  const before = request.verify ? (watched?.run ?? (await test(request, tests, 'baseline'))) : undefined
  signal?.throwIfAborted()
  const proposed = await chosen(await placed(), request)
  const { report, files, without } = proposed
  if (files.size === 0) return { ...report, ...verified(tests, { before }) }
  const journal = await openRun(request.root, meta)
  let finished: Report
  let at: AtHand
  let written: readonly string[] = []
  try {
    onProgress?.({ phase: 'write' })
    const { refused, stopped, ...all } = await writeAll(journal, plannedWrites(prepared, files), signal)
    written = all.written
    if (stopped) throw new Interrupted(await journal.abandon(), written)
    const installation = request.install ? await installed(request, journal, prepared, written) : undefined
    const isWorthTesting = written.length > 0 && (installation === undefined || installation.exit === 0)
    const measured = isWorthTesting ? await testAgain(request, tests, before) : {}
    if (signal?.aborted) throw new Interrupted(await journal.abandon(), written)
    const state: Written = {
      report: without(refused),
      ...(installation ? { installation } : {}),
      ...verified(tests, { before, ...measured, installation, symptoms: proposed.symptoms }),
    }
    at = { request, journal, prepared, proposed, refused, tests, before }
    const judged = await blamed(state, at)
    if (signal?.aborted) throw new Interrupted(await journal.abandon(), written)
    const run = await journal.finish()
    const { report: outcome, ...rest } = judged
    finished = { ...outcome, ...rest, ...(run === undefined ? {} : { run }) }
  } catch (error) {
    if (error instanceof Interrupted) throw error
    const run = await journal.abandon()
    // whoever noticed the signal first did not know that there are new files
    throw (error as Error).name === 'AbortError' ? new Interrupted(run, written) : error
  }
  const { run } = finished
  if (run === undefined) return finished
  const done = request.commit ? await inCommits(finished, request.commit, at) : finished
  await keepReport(request.root, run, done)
  return done
}

/** What is left of a proposal when a person was asked; as it is where nobody is. */
async function chosen(proposed: Proposal, { choose }: RequestBase): Promise<Proposal> {
  if (!choose || proposed.files.size === 0) return proposed
  const selected = await choose(proposed)
  if (!selected) throw new Interrupted()
  // what a selection gives is a proposal again
  return selected as Proposal
}

/** A run after it was written: what is true of the project now. */
interface Written {
  readonly report: Report
  readonly installation?: Installation
  readonly verification?: Verification
}

/** What a run has in hand when its tests turn out to be broken. */
interface AtHand {
  readonly request: RequestBase
  readonly journal: RunJournal
  readonly prepared: Prepared
  readonly proposed: Proposal
  readonly refused: readonly Refused[]
  readonly tests: TestCommand | undefined
  readonly before: MeasuredRun | undefined
}

const BLAME_SECONDS = 300

/** Where the tests broke, finds the fixes to blame, and takes them back when that was asked for. */
async function blamed(state: Written, at: AtHand): Promise<Written> {
  const { request, prepared, proposed, refused, tests } = at
  const { verification, report } = state
  const seconds = request.blameSeconds ?? BLAME_SECONDS
  if (verification?.verdict !== 'broke-it' || !tests || !('steps' in tests) || seconds === 0) return state
  // an expectation that is old is no fix's fault
  const old = verification.tests?.outdated.map(({ test: one }) => one) ?? []
  const failing = verification.tests?.newlyFailing.filter((one) => !old.includes(one)) ?? []
  if (failing.length === 0 && old.length > 0) return state
  const isRefused = (file: ProjectPath) => refused.some(({ path }) => path === file)
  const { findBlame } = await import('./blame.ts')
  const search = await findBlame({
    root: request.root,
    steps: tests.steps,
    failing,
    fixes: report.findings.filter(
      ({ outcome, fix }) => outcome === 'written' && fix && filesOf(fix).some((file) => !isManifest(file)),
    ),
    open: report.findings.filter(({ outcome }) => outcome !== 'written' && outcome !== 'ignored'),
    async textsWithout(fingerprints) {
      const texts = await bytesWithout(prepared, proposed, fingerprints)
      return new Map([...texts].filter(([file]) => !isManifest(file) && !isRefused(file)))
    },
    patches: report.patches,
    importsOf: (file) => proposed.importsOf(file),
    seconds,
    signal: request.signal,
    onProgress: request.onProgress,
  })
  const blame = [...new Set(search.culprits.map(({ change }) => change))]
  const judged = { ...state, verification: { ...verification, blame, search } }
  return request.holdBackBreaking && blame.length > 0 ? heldBack(judged, at) : judged
}

/**
 * The bytes of every file of a plan when some fixes are held back; a file that is left without fixes is as it was, and one
 * that nobody adds any more is not there.
 */
async function bytesWithout(
  prepared: Prepared,
  proposed: Proposal,
  fingerprints: ReadonlySet<string>,
): Promise<Map<ProjectPath, Uint8Array | undefined>> {
  const planned = fingerprints.size === 0 ? proposed : await proposed.selecting({ holdBack: fingerprints })
  return bytesOf(prepared, proposed, planned)
}

/** The bytes that the files of a plan have in another plan with less of it. */
function bytesOf(
  prepared: Prepared,
  proposed: Proposal,
  planned: PlannedRun,
): Map<ProjectPath, Uint8Array | undefined> {
  const kept = new Map(plannedWrites(prepared, planned.files).map(({ path, after }) => [path, after]))
  return new Map(
    plannedWrites(prepared, proposed.files).map(({ path, before }) => [path, kept.has(path) ? kept.get(path) : before]),
  )
}

/** Writes everything again but the culprits, and tests that. The journal keeps what was before the run. */
async function heldBack(state: Required<Pick<Written, 'verification'>> & Written, at: AtHand): Promise<Written> {
  const { request, journal, prepared, proposed, refused, tests, before } = at
  const { search } = state.verification
  const culprits = new Map(search!.culprits.map((culprit) => [culprit.fingerprint, culprit]))
  const texts = await bytesWithout(prepared, proposed, new Set(culprits.keys()))
  const writes = plannedWrites(prepared, proposed.files)
    .filter(({ path, after }) => !refused.some((r) => r.path === path) && !isSame(after, texts.get(path)))
    .map((write): PlannedWrite => ({ ...write, before: write.after, after: texts.get(write.path), needs: [] }))
  request.onProgress?.({ phase: 'write' })
  const { written, refused: notBack, stopped } = await writeAll(journal, writes, request.signal)
  if (stopped) throw new Interrupted(await journal.abandon(), written)
  if (notBack.length > 0) {
    const files = notBack.map(({ path, reason }) => `${path} (${reason})`).join(', ')
    const reason = `${search!.reason}; they could not be taken back: ${files}`
    return { ...state, verification: { ...state.verification, search: { ...search!, reason } } }
  }
  const installation = request.install ? await installed(request, journal, prepared, written) : undefined
  const measured = await testAgain(request, tests, before)
  const held = (await proposed.selecting({ holdBack: new Set(culprits.keys()) })).without(refused)
  const findings = held.findings.map((finding) => {
    const names = culprits.get(finding.fingerprint)?.tests.map((broken) => `"${testTitle(broken)}"`)
    if (!names) return finding
    const note =
      names.length > 0 ? `taken back: with it ${names.join(', ')} failed` : 'taken back: with it the tests failed'
    return { ...finding, notes: [...(finding.notes ?? []), note] }
  })
  const now = verified(tests, {
    before,
    ...measured,
    installation: installation ?? state.installation,
    symptoms: proposed.symptoms,
  }).verification!
  return {
    report: { ...held, findings },
    ...((installation ?? state.installation) ? { installation: (installation ?? state.installation)! } : {}),
    verification: { ...now, blame: state.verification.blame, search: { ...search!, heldBack: true } },
  }
}

/** A proposal whose reports say where the repository is. */
function locatedIn(repository: Report['repository'], proposal: Proposal): Proposal {
  return repository ? mapReports(proposal, (report) => ({ ...report, repository })) : proposal
}

/** Commits what a run wrote, unless its tests broke or its installation failed: then a person has to look first. */
async function inCommits(report: Report, how: NonNullable<RequestBase['commit']>, at: AtHand): Promise<Report> {
  const { request } = at
  const reason = whyNotCommitted(report)
  if (reason !== undefined) return { ...report, commits: { branch: '', made: [], refused: reason } }
  request.onProgress?.({ phase: 'commit' })
  try {
    return { ...report, commits: await commitAll(request.root, commitSteps(report, at), how) }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
    return { ...report, commits: { branch: '', made: [], refused: 'stopped by ctrl-C' } }
  }
}

function whyNotCommitted({ verification, installation }: Report): string | undefined {
  if (installation && installation.exit !== 0)
    return 'the installation failed, so the lock file is not what it has to be'
  if (verification?.verdict === 'broke-it') return 'tests that were green before are red'
  return verification?.verdict === 'not-finished' ? 'the tests did not finish' : undefined
}

/** A step for each change that wrote code, then one for manifests and lock files; each leaves files that parse. */
async function* commitSteps(report: Report, at: AtHand): AsyncIterable<Step> {
  const { request, prepared, proposed, refused } = at
  const written = report.findings.filter(({ outcome }) => outcome === 'written')
  const holdBack = new Set(report.verification?.search?.culprits.map(({ fingerprint }) => fingerprint) ?? [])
  const isCode = (file: ProjectPath) => !isManifest(file) && !refused.some(({ path }) => path === file)
  const final = await bytesWithout(prepared, proposed, holdBack)
  let known = bytesOf(prepared, proposed, { ...proposed, files: new Map() })
  const added = new Set([...known].filter(([, bytes]) => bytes === undefined).map(([file]) => file))
  for (const [index, id] of proposed.order.entries()) {
    request.signal?.throwIfAborted()
    const isLast = index === proposed.order.length - 1
    const only = new Set(proposed.order.slice(0, index + 1))
    const now = isLast ? final : bytesOf(prepared, proposed, await proposed.selecting({ only, holdBack }))
    const files = new Map(
      [...now].flatMap(([file, bytes]): [ProjectPath, Uint8Array][] =>
        bytes && isCode(file) && !isSame(bytes, known.get(file)) ? [[file, bytes]] : [],
      ),
    )
    known = now
    const change = report.changes.find((one) => one.id === id)
    const sites = written.filter((finding) => finding.change === id && isCode(finding.file))
    if (files.size > 0 && change) yield { message: changeMessage(report, change, sites), change: id, files, added }
  }
  const rest = await journalled(request.root, report.run!)
  const ofManifests = written.filter(({ file, fix }) => isManifest(file) || (fix && filesOf(fix).some(isManifest)))
  yield {
    message: manifestMessage(report, ofManifests),
    files: new Map(rest.filter((file) => !final.has(file) || isManifest(file)).map((file) => [file, undefined])),
    added,
  }
}

/** The files that a run changed, and that are still there. */
async function journalled(root: string, run: string): Promise<readonly ProjectPath[]> {
  const project = realpathSync(root)
  const entries = recordedRuns(project).find(({ id }) => id === run)?.entries ?? []
  return entries.map(({ path }) => path).filter((path) => existsSync(resolve(project, path)))
}

async function checkGit(request: RequestBase, writes: boolean): Promise<string[]> {
  const state = await (writes ? gitState : placeInGit)(request.root)
  if (state.is === 'not-a-repository')
    return ['This is not a git repository: what is written can be taken back with `upgrade-kit undo` only.']
  if (state.is === 'no-git')
    return ['git is not installed: what is written can be taken back with `upgrade-kit undo` only.']
  if (state.is !== 'dirty' || !writes) return []
  if (request.force) return ['git had uncommitted changes when the run started.']
  const some = state.files.slice(0, 5).join(', ')
  throw new UserError(
    `git has uncommitted changes: ${some}${state.files.length > 5 ? ` and ${state.files.length - 5} more` : ''}.`,
    'Commit or stash them first, so that the upgrade is a change of its own; or use --force. --dry-run never writes.',
  )
}

async function test(
  request: RequestBase,
  tests: TestCommand | undefined,
  phase: 'baseline' | 'verify',
): Promise<MeasuredRun | undefined> {
  if (!tests || !('steps' in tests)) return undefined
  request.onProgress?.({ phase })
  return runTests(tests.steps, testOptions(request, phase))
}

function testOptions(request: RequestBase, phase: Progress['phase']): TestOptions {
  return {
    root: request.root,
    ...(request.signal ? { signal: request.signal } : {}),
    ...(request.testTimeoutSeconds === undefined ? {} : { timeoutSeconds: request.testTimeoutSeconds }),
    onLine: (line) => request.onProgress?.({ phase, line }),
  }
}

/** Runs the tests on the old version and looks on; or says why there is nothing to see. */
async function watch(
  request: RequestBase,
  { packages }: Prepared,
  tests: TestCommand,
  recipe: SelectedRecipe,
): Promise<Watched> {
  const nothing = (reason: string): Watched => ({ state: 'not-run', reason, calls: [] })
  const { deprecations = [], packages: names } = recipe.provider
  if (deprecations.length === 0) return nothing(`${names[0]} does not say at run time what is deprecated`)
  if ('none' in tests)
    return nothing(`${tests.none}, so there was nothing to watch; name a command with --test-command`)
  const { version, missing } = oldVersion(packages.folders, recipe)
  if (missing) return nothing(missing)
  const speaking = semver.sort(deprecations.flatMap(({ since }) => since ?? []))[0]
  if (version && speaking && semver.lt(version, speaking))
    return nothing(`${names[0]} ${version} does not say at run time what is deprecated, ${speaking} and later do`)
  request.onProgress?.({ phase: 'observe' })
  const namespaces = new Set(deprecations.map(({ namespace }) => namespace))
  const watched = await watchTests(tests, namespaces, testOptions(request, 'observe'))
  return { ...watched, ...(version ? { version } : {}) }
}

/** The tests after writing, run again while their failure may be chance. */
async function testAgain(
  request: RequestBase,
  tests: TestCommand | undefined,
  before: MeasuredRun | undefined,
): Promise<Pick<Measured, 'after' | 'again'>> {
  const after = await test(request, tests, 'verify')
  const again: MeasuredRun[] = []
  while (after && !request.signal?.aborted && isDoubtful({ before, after, again }))
    again.push((await test(request, tests, 'verify'))!)
  return { after, again }
}

/** Everything that was measured for the verdict. */
interface Measured {
  readonly before: MeasuredRun | undefined
  readonly after?: MeasuredRun | undefined
  readonly again?: readonly MeasuredRun[]
  readonly installation?: Installation | undefined
  readonly symptoms?: Proposal['symptoms']
}

function verified(tests: TestCommand | undefined, measured: Measured): { verification?: Verification } {
  if (!tests) return {}
  // nothing was written, so nothing was run again
  if (measured.before && !measured.after && !measured.installation) return {}
  return { verification: verdict({ ...measured, none: 'none' in tests ? tests.none : undefined }) }
}

async function installed(
  request: RequestBase,
  journal: RunJournal,
  prepared: Prepared,
  written: readonly ProjectPath[],
): Promise<Installation | undefined> {
  const manifests = written.filter(isManifest)
  if (manifests.length === 0) return undefined
  const folders = [...new Set(manifests.map((file) => prepared.packages.owner(file)?.directory ?? request.root))]
  request.onProgress?.({ phase: 'install' })
  const plans = await installPlans(folders)
  const root = realpathSync(request.root)
  const inside = plans
    .flatMap((plan) => plan.mayChange.map((file) => relative(root, resolve(plan.folder, file)).split(sep).join('/')))
    .filter((file) => !file.startsWith('..'))
  await journal.guard([...new Set(inside)])
  const result = await install(folders, {
    ...(request.signal ? { signal: request.signal } : {}),
    ...(request.installTimeoutSeconds === undefined ? {} : { timeoutSeconds: request.installTimeoutSeconds }),
    onLine: (line) => request.onProgress?.({ phase: 'install', line }),
  })
  await journal.settle()
  return result
}

const BOM = '\uFEFF'

function plannedWrites(
  { discovery: { root }, packages }: Prepared,
  files: ReadonlyMap<ProjectPath, PlannedFile>,
): PlannedWrite[] {
  // code for the new version must not be written where its manifest stays on the old one
  const manifestOf = (path: ProjectPath) => {
    const folder = packages.owner(path)?.folder ?? '.'
    return folder === '.' ? 'package.json' : `${folder}/package.json`
  }
  const writes = [...files].map(([path, { before, after, removed, changes, needs }]): PlannedWrite => {
    // as it was read: a byte order mark is no part of the text, and stays
    const mark = before !== undefined && startsWithMark(resolve(root, path)) ? BOM : ''
    return {
      path,
      before: before === undefined ? undefined : Buffer.from(mark + before),
      after: removed ? undefined : Buffer.from(mark + after),
      changes,
      needs: isManifest(path) ? needs : [...needs, manifestOf(path), 'pnpm-workspace.yaml'],
    }
  })
  // manifests last: a run that was stopped in the middle leaves the project on the version that it came from
  return [...writes.filter(({ path }) => !isManifest(path)), ...writes.filter(({ path }) => isManifest(path))]
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? Buffer.compare(a, b) === 0 : a === b
}

/** False also for a file that is gone by now: then the writing refuses it. */
function startsWithMark(file: string): boolean {
  try {
    return readFileSync(file).subarray(0, 3).toString('utf8') === BOM
  } catch {
    return false
  }
}

function isManifest(file: ProjectPath): boolean {
  return /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|\.yarnrc\.yml)$/.test(file)
}

function explain(input: ProposalInput, prepared: Prepared, file: string, line: number): LineExplanation {
  const path = relative(prepared.discovery.root, resolve(prepared.discovery.root, file)).split(sep).join('/')
  const { sources, scan, packages } = openProject(input)
  const owner = prepared.packages.owner(path)
  const standing = packages.find((pkg) => pkg.folder === owner?.folder)
  if (standing && !standing.inScope)
    throw new OutOfScope(
      `${path} is not in scope: its package ${standing.reason}.`,
      'Use --from and --to for another interval.',
    )
  const text = textToExplain(path, sources)
  const lines = lineIndex(text)
  const range = lines.lineRange(line)
  // what follows the last line ending is no line of its own
  const count = Math.max(1, lines.count - Number(text.endsWith('\n')))
  if (!range || line > count)
    throw new UserError(`${path} has ${count} lines, and no line ${line}.`, `Give a line from 1 to ${count}.`)
  const looks = scan
    .looksAt(path)
    .filter(
      (look) =>
        look.range.start <= range.end &&
        look.range.end >= range.start &&
        lines.positionAt(look.range.end).line <= line + 1,
    )
    .map(({ change, verdict: judged, message, steps }) => ({ change, verdict: judged, message, steps }))
  return {
    at: { file: path, line, column: 1 },
    excerpt: excerpt(text.slice(range.start, range.end), 1).text,
    looks,
  }
}

/** The text of a file that can be read as what its name says. */
function textToExplain(path: ProjectPath, sources: Sources): string {
  const advice = 'Give a file of the project and a line, as in src/app.js:42.'
  const format = formatOf(path)
  if (format === undefined)
    throw new UserError(
      `${path} is of a kind that no change looks at, so there is nothing to explain.`,
      'Give a file of code or configuration and a line, as in src/app.js:42.',
    )
  if (format !== 'javascript') {
    let text: string
    try {
      text = sources.text(path)
    } catch (error) {
      throw new UserError(`${path} cannot be read: ${fileSystemReason(error)}.`, advice)
    }
    try {
      readData(format, path, text)
    } catch (error) {
      const [reason] = (error as Error).message.split('\n')
      throw new UserError(`${path} cannot be read as ${FORMAT_NAMES[format]}: ${reason}.`, 'Mend the file first.')
    }
    return text
  }
  const opened = sources.open(path)
  if (opened.is === 'unreadable') throw new UserError(`${path} cannot be read: ${opened.reason}.`, advice)
  if (opened.is === 'broken')
    throw new UserError(
      `${path} does not parse: ${syntaxReason(opened.problem, opened.text)}.`,
      'Mend the file first; until then nothing is written to it.',
    )
  return opened.module.text
}

function summary(
  catalogue: Catalogue,
  recipe: SelectedRecipe,
  examples: Readonly<Record<ChangeId, Example>> = {},
): RecipeSummary {
  return {
    id: recipe.id,
    provider: recipe.provider.id,
    from: recipe.from,
    to: recipe.to,
    guide: recipe.guide,
    settings: Object.entries(recipe.settings ?? {}).map(([name, setting]) => ({ name, ...setting })),
    changes: selectChanges(catalogue, recipe).map(({ id, change }): ChangeSummary => {
      const example = examples[id]
      return {
        ...facts(id, change),
        ...(change.guideSays === undefined ? {} : { guideSays: change.guideSays }),
        ...('byHand' in change ? { checklist: change.byHand } : {}),
        ...(example ? { example } : {}),
      }
    }),
  }
}
