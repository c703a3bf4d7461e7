import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, relative } from 'node:path'
import type { ProjectPath } from '../model/finding.ts'
import type { FilePatch, ReportedFinding } from '../model/report.ts'
import type { Location } from '../model/trust.ts'
import { type Blame, type Culprit, type Suspect, type TestResult, testTitle } from '../model/verification.ts'
import { alignment } from '../text/alignment.ts'
import type { Progress } from './api.ts'
import { testKey } from './compare.ts'
import { copyProject, type ProjectCopy, TooBig } from './copy.ts'
import { type Coverage, readCoverage } from './coverage.ts'
import { ddmin } from './ddmin.ts'
import { runTests, type TestStep } from './verify.ts'

/** What broke, and everything that may be to blame. */
export interface BlameInput {
  /** Absolute path of the project as it is after the upgrade. */
  readonly root: string
  readonly steps: readonly TestStep[]
  /** The tests that fail since; empty where only the exit code is known. */
  readonly failing: readonly TestResult[]
  /** The fixes that were written, but for those of manifests: without them there is no upgrade. */
  readonly fixes: readonly ReportedFinding[]
  /** What was found and left to a person. */
  readonly open: readonly ReportedFinding[]
  /** The bytes of every written file, when the fixes with these fingerprints are left out; undefined where there is none. */
  textsWithout(fingerprints: ReadonlySet<string>): Promise<ReadonlyMap<ProjectPath, Uint8Array | undefined>>
  /** The files as they were read and as they are now. */
  readonly patches: readonly FilePatch[]
  importsOf(file: ProjectPath): readonly ProjectPath[]
  /** For everything. */
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/**
 * Finds the smallest set of fixes to blame for failing tests, by leaving fixes out in a copy of the project. Fixes near
 * the stacks of the failures are left out first, then those in code that ran with the failing tests, then those in files
 * that these loaded, then all. The answer is tried once more before it is given. The project itself is not touched.
 *
 * @throws What aborts the signal. Whatever else is in the way is an answer.
 */
export async function findBlame(input: BlameInput): Promise<Blame> {
  const started = performance.now()
  const trial = new Trial(input, started)
  const answer = (part: Pick<Blame, 'on' | 'reason'> & Partial<Blame>): Blame => ({
    culprits: [],
    unexplained: [],
    suspects: [],
    ...part,
    runs: trial.runs,
    seconds: Math.round(performance.now() - started) / 1000,
  })
  let copy: ProjectCopy
  input.onProgress?.({ phase: 'blame', line: 'copying the project' })
  try {
    copy = await copyProject(input.root, input.signal)
  } catch (error) {
    input.signal?.throwIfAborted()
    const why = error instanceof TooBig ? `is too big (${error.message})` : `failed: ${(error as Error).message}`
    return answer({ on: 'nobody', reason: `nobody is blamed: a copy of the project to try fixes in ${why}` })
  }
  try {
    return answer(await search(input, trial, copy))
  } finally {
    await copy.remove()
  }
}

type Answer = Pick<Blame, 'on' | 'reason'> & Partial<Blame>

async function search(input: BlameInput, trial: Trial, copy: ProjectCopy): Promise<Answer> {
  trial.start(copy.root)
  const nobody = (reason: string): Answer => ({
    on: 'nobody',
    reason: `nobody is blamed: ${reason}`,
    unexplained: input.failing,
  })
  if (input.steps.some((step) => mentions(step, input.root)))
    return nobody('the test command names the folder of the project')
  const control = await trial.control()
  if (control === undefined) return nobody(outOfTime(input))
  const targets = trial.targets.filter((key) => control.has(key))
  if (targets.length === 0) return nobody('in a copy of the project the tests do not fail')

  let left = targets
  const culprits: Culprit[] = []
  const order = scored(input, trial.coverage)
  for (const suspects of tiers(order)) {
    const failing = left.length > 0 ? await trial.without(suspects) : undefined
    const solved = failing ? left.filter((key) => !failing.has(key)) : []
    if (solved.length === 0) continue
    culprits.push(...(await smallest(trial, suspects, solved, input.failing)))
    left = left.filter((key) => !solved.includes(key))
  }
  // a wrong fix may hide among right ones that the same test needs: then only leaving it out alone helps
  for (const fix of ranked(order).slice(0, MAX_ALONE)) {
    const failing = left.length > 0 ? await trial.without([fix]) : undefined
    if (failing) trial.alone += 1
    const solved = failing ? left.filter((key) => !failing.has(key)) : []
    if (solved.length > 0) culprits.push(culprit(fix, solved, input.failing))
    left = left.filter((key) => !solved.includes(key))
  }
  const found = distinct(culprits)
  const unstable = await unstableAmong(
    trial,
    found,
    targets.filter((key) => !left.includes(key)),
  )
  return conclude(input, trial, withoutTests(found, unstable, trial), left, unstable)
}

/**
 * What does not behave twice as it did once: a test that fails now and then may well have passed by chance where a fix
 * was left out, and nobody is blamed on that.
 */
async function unstableAmong(
  trial: Trial,
  culprits: readonly Culprit[],
  solved: readonly string[],
): Promise<readonly string[]> {
  if (culprits.length === 0) return []
  const names = new Set(culprits.map(({ fingerprint }) => fingerprint))
  const without = await trial.again(names)
  const withThem = without && (await trial.again(new Set()))
  return withThem ? solved.filter((key) => without.has(key) || !withThem.has(key)) : []
}

/** The culprits of what is stable. */
function withoutTests(culprits: readonly Culprit[], unstable: readonly string[], trial: Trial): readonly Culprit[] {
  if (unstable.length === 0) return culprits
  if (trial.isByExitCode) return []
  return culprits
    .map((culprit) => ({ ...culprit, tests: culprit.tests.filter((test) => !unstable.includes(testKey(test))) }))
    .filter(({ tests }) => tests.length > 0)
}

/** How many fixes are tried alone when leaving out all of them did not help. */
const MAX_ALONE = 16

async function smallest(
  trial: Trial,
  suspects: readonly ReportedFinding[],
  solved: readonly string[],
  failing: readonly TestResult[],
): Promise<Culprit[]> {
  const found = await ddmin(suspects, async (subset) => {
    const red = await trial.without(subset)
    return red !== undefined && solved.every((key) => !red.has(key))
  })
  return Promise.all(
    found.map(async (fix) => {
      // with this one back in, and the others still out
      const red = found.length === 1 ? undefined : await trial.without(found.filter((other) => other !== fix))
      return culprit(fix, red ? solved.filter((key) => red.has(key)) : solved, failing)
    }),
  )
}

function culprit(fix: ReportedFinding, keys: readonly string[], failing: readonly TestResult[]): Culprit {
  const { change, fingerprint, at } = fix
  const tests = failing.filter((test) => keys.includes(testKey(test)))
  return { change, fingerprint, at, title: fix.fix!.title, tests }
}

function distinct(culprits: readonly Culprit[]): readonly Culprit[] {
  const byFix = new Map<string, Culprit>()
  for (const one of culprits) {
    const known = byFix.get(one.fingerprint)
    byFix.set(one.fingerprint, known ? { ...known, tests: [...new Set([...known.tests, ...one.tests])] } : one)
  }
  return [...byFix.values()]
}

function conclude(
  input: BlameInput,
  trial: Trial,
  culprits: readonly Culprit[],
  explained: readonly string[],
  unstable: readonly string[],
): Answer {
  const left = [...explained, ...unstable]
  const unexplained = input.failing.filter((test) => left.includes(testKey(test)))
  const suspects = left.length > 0 ? suspectsOf(input, unexplained) : []
  const hurry = trial.isLate ? `; ${outOfTime(input)}, so the search is not complete` : ''
  const chance = input.failing.filter((test) => unstable.includes(testKey(test)))
  const unsteady =
    unstable.length > 0 ? `; ${described(chance)} pass and fail by chance, so nobody is blamed for that` : ''
  if (culprits.length > 0) {
    const others = input.failing.filter((test) => explained.includes(testKey(test)))
    const also = explained.length > 0 ? `; ${described(others)} fail without them as well` : ''
    const places = culprits.map(({ change, at }) => `${change} at ${at.file}:${at.line}`).join(', ')
    return {
      on: left.length === 0 ? 'fixes' : trial.isLate ? 'fixes' : 'both',
      culprits,
      unexplained,
      suspects,
      reason: `without ${culprits.length === 1 ? 'this fix' : `these ${culprits.length} fixes`} the tests pass: ${places}${also}${unsteady}${hurry}`,
    }
  }
  const what = input.failing.length > 0 ? described(unexplained) : 'the tests'
  if (trial.isLate) return { on: 'nobody', unexplained, suspects, reason: `nobody is blamed: ${outOfTime(input)}` }
  if (unstable.length > 0)
    return {
      on: 'nobody',
      unexplained,
      suspects,
      reason: `nobody is blamed: ${described(chance)} pass and fail by chance when the same is tried twice`,
    }
  const some = suspects.length > 0 ? '; what was found there and left to you is listed' : ''
  const alone =
    trial.alone > 0
      ? `, and without ${trial.alone === 1 ? 'the nearest one' : `each of the ${trial.alone} nearest`} alone`
      : ''
  const reason = `no fix is to blame: ${what} fail as well when every fix is left out${alone}, so it is the new version itself${some}`
  return { on: 'version', unexplained, suspects, reason }
}

function described(tests: readonly TestResult[]): string {
  if (tests.length === 0) return 'the tests'
  const names = tests.slice(0, 3).map((test) => `"${testTitle(test)}"`)
  return tests.length > 3 ? `${names.join(', ')} and ${tests.length - 3} more` : names.join(', ')
}

function outOfTime({ seconds }: BlameInput): string {
  return `the ${seconds} seconds of --blame-seconds were not enough`
}

function mentions({ command, script }: TestStep, root: string): boolean {
  const words = typeof command === 'string' ? [command] : command
  return [...words, script?.scripts.test ?? ''].some((word) => word.includes(root))
}

// ---- trying ---------------------------------------------------------------------------------------------------------

const EXIT_CODE = 'the exit code'

/** The copy of the project, as it is tried with one set of fixes after another. */
class Trial {
  /** Keys of what fails, and is to be explained. */
  readonly targets: readonly string[]
  runs = 0
  /** Something could not be tried because the time was up. */
  isLate = false
  /** Fixes that were left out alone where leaving out all of them did not help. */
  alone = 0
  /** What ran in the copy before any fix was left out, as far as V8 wrote it down. */
  coverage: Coverage | undefined
  readonly #input: BlameInput
  readonly #started: number
  readonly #known = new Map<string, ReadonlySet<string> | undefined>()
  readonly #written = new Map<ProjectPath, Uint8Array | undefined>()
  #root = ''

  constructor(input: BlameInput, started: number) {
    this.#input = input
    this.#started = started
    this.targets = input.failing.length > 0 ? input.failing.map(testKey) : [EXIT_CODE]
  }

  start(root: string): void {
    this.#root = root
  }

  /** Nothing is known of single tests. */
  get isByExitCode(): boolean {
    return this.targets.includes(EXIT_CODE)
  }

  /** The first run: which targets fail with every fix, and what runs then. */
  async control(): Promise<ReadonlySet<string> | undefined> {
    const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-coverage-'))
    try {
      const failing = await this.#try(new Set(), folder)
      this.#known.set('', failing)
      this.coverage = failing && readCoverage(folder, this.#root, new Set(testFiles(this.#input)))
      return failing
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  /** The same without looking up what is remembered. */
  again(leftOut: ReadonlySet<string>): Promise<ReadonlySet<string> | undefined> {
    return this.#try(leftOut)
  }

  /** Which targets fail without these fixes; undefined when there is no time to know. What was tried is remembered. */
  async without(fixes: readonly ReportedFinding[]): Promise<ReadonlySet<string> | undefined> {
    const key = fixes
      .map(({ fingerprint }) => fingerprint)
      .sort()
      .join()
    if (!this.#known.has(key)) this.#known.set(key, await this.#try(new Set(fixes.map((fix) => fix.fingerprint))))
    return this.#known.get(key)
  }

  async #try(leftOut: ReadonlySet<string>, coverage?: string): Promise<ReadonlySet<string> | undefined> {
    const { seconds, signal, onProgress, steps, root } = this.#input
    const remaining = seconds - (performance.now() - this.#started) / 1000
    if (remaining <= 0) {
      this.isLate = true
      return undefined
    }
    await this.#write(await this.#input.textsWithout(leftOut))
    const total = this.#input.fixes.length
    const line = leftOut.size === 0 ? 'in a copy of the project' : `without ${leftOut.size} of ${total} fixes`
    onProgress?.({ phase: 'blame', done: this.runs + 1, line })
    const run = await runTests(
      steps.map((step) => ({ ...step, cwd: this.#inCopy(root, step.cwd) })),
      {
        root: this.#root,
        signal,
        timeoutSeconds: remaining,
        // who measures coverage already is not disturbed
        ...(coverage && !process.env.NODE_V8_COVERAGE && { env: { NODE_V8_COVERAGE: coverage } }),
      },
    )
    signal?.throwIfAborted()
    this.runs += 1
    if (typeof run.exit === 'string') {
      this.isLate ||= run.exit === 'timeout'
      return undefined
    }
    if (this.isByExitCode) return new Set(run.exit === 0 ? [] : [EXIT_CODE])
    const passed = new Set((run.tests ?? []).filter(({ outcome }) => outcome === 'passed').map(testKey))
    return new Set(this.targets.filter((key) => !passed.has(key)))
  }

  #inCopy(root: string, cwd: string): string {
    const inside = relative(root, cwd)
    return inside.startsWith('..') || isAbsolute(inside) ? cwd : join(this.#root, inside)
  }

  async #write(texts: ReadonlyMap<ProjectPath, Uint8Array | undefined>): Promise<void> {
    for (const [file, bytes] of texts) {
      const known = this.#written.get(file)
      const path = join(this.#root, file)
      if (bytes === undefined) await rm(path, { force: true })
      else if (!known || Buffer.compare(known, bytes) !== 0) {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, bytes)
      }
      this.#written.set(file, bytes)
    }
  }
}

// ---- evidence -------------------------------------------------------------------------------------------------------

/** A fix stands on a stack when it is this many lines away at most: fixes move lines. */
const NEAR = 5

/** A fix with what the failing tests say of it. */
interface Scored {
  readonly fix: ReportedFinding
  /** Lines from the nearest stack frame. */
  readonly away: number
  /**
   * 0: it stands on a stack; 1: its file does; 2: its code ran with the tests; 3: its file was loaded, or a test imports
   * it; 4: nothing, or it is known not to have run.
   */
  readonly tier: number
}

function ranked(order: readonly Scored[]): readonly ReportedFinding[] {
  return [...order].sort((a, b) => a.tier - b.tier || a.away - b.away).map(({ fix }) => fix)
}

/** Sets of fixes to leave out together, each larger than the one before; the last one is all. */
function tiers(order: readonly Scored[]): readonly (readonly ReportedFinding[])[] {
  const tierOf = new Map(order.map(({ fix, tier }) => [fix, tier]))
  const all = ranked(order)
  const sets = [0, 1, 2, 3, 4].map((tier) => all.filter((fix) => tierOf.get(fix)! <= tier))
  return sets.filter((set, index) => set.length > 0 && set.length !== sets[index - 1]?.length)
}

/** The files of the failing tests, and those on their stacks. */
function testFiles({ failing }: BlameInput): readonly ProjectPath[] {
  return failing.flatMap(({ file }) => (file === undefined || isAbsolute(file) ? [] : [file]))
}

function scored(input: BlameInput, coverage: Coverage | undefined): readonly Scored[] {
  const frames = input.failing.flatMap(({ frames: places = [] }) => places)
  const reached = reachable(input, [...testFiles(input), ...frames.map(({ file }) => file)])
  const places = new Map(input.patches.map((patch) => [patch.file, placesAfter(patch)]))
  return input.fixes.map((fix) => {
    const edited = fix.fix!.edits.map(({ file, start }) => ({ file, start }))
    const own = [{ file: fix.file, start: fix.range.start }, ...edited]
    const away = Math.min(
      ...[fix.at, ...edited.map(({ file }) => ({ file, line: fix.at.line }))].map((place) => distance(place, frames)),
    )
    const ran = own.map(({ file, start }) => {
      const after = places.get(file)
      return after && coverage?.hasRun(file, after.of(start), after.text)
    })
    const isReached = own.some(({ file }) => reached.has(file) || coverage?.isLoaded(file))
    const isIdle = ran.length > 0 && ran.every((one) => one === false)
    const behind = ran.includes(true) ? 2 : isReached && !isIdle ? 3 : 4
    return { fix, away, tier: away <= NEAR ? 0 : away < Number.POSITIVE_INFINITY ? 1 : behind }
  })
}

/** Where places of a file as it was read are in it now. */
function placesAfter({ before = '', after }: FilePatch): { text: string; of: (offset: number) => number } {
  return { text: after, of: alignment(after, before) }
}

function distance(place: Pick<Location, 'file' | 'line'>, frames: readonly Location[]): number {
  const lines = frames.filter(({ file }) => file === place.file).map(({ line }) => Math.abs(line - place.line))
  return Math.min(Number.POSITIVE_INFINITY, ...lines)
}

function reachable({ importsOf }: BlameInput, files: readonly ProjectPath[]): ReadonlySet<ProjectPath> {
  const found = new Set<ProjectPath>()
  const open = [...files]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue
    found.add(file)
    open.push(...importsOf(file))
  }
  return found
}

const MAX_SUSPECTS = 10

/** What was left to a person in the files that the failing tests ran through, nearest to their stacks first. */
function suspectsOf({ open }: BlameInput, failing: readonly TestResult[]): readonly Suspect[] {
  const frames = failing.flatMap(({ frames: places = [] }) => places)
  return open
    .map((finding) => ({ finding, away: distance(finding.at, frames) }))
    .filter(({ away }) => away < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.away - b.away)
    .slice(0, MAX_SUSPECTS)
    .map(({ finding: { change, at, message } }) => ({ change, at, message }))
}
