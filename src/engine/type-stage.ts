import { isOfDeclarations, type TypeProblem } from '../catalogue/change.ts'
import type { NamedChange } from '../catalogue/select.ts'
import type { ChangeId, Finding, Fix, ProjectPath } from '../model/finding.ts'
import type { NewTypeError, NotLookedAt, Outcome, TypeCheck } from '../model/report.ts'
import type { Applicability, Location } from '../model/trust.ts'
import { alignment } from '../text/alignment.ts'
import { mapOffset } from '../text/edits.ts'
import { lineIndex } from '../text/lines.ts'
import type { IgnoreBook } from './ignores.ts'
import { type Chosen, type Plan, plan } from './plan.ts'
import type { Scan, TypedFinding } from './scan.ts'
import type { Sources } from './sources.ts'
import type { TypeChecker, TypeErrorFound } from './type-check.ts'

/** What the stage needs of a run whose other changes are planned. */
export interface TypeStageInput {
  readonly checker: TypeChecker
  readonly changes: readonly NamedChange[]
  readonly sources: Sources
  readonly scan: Scan
  readonly level: Applicability
  /** All code files of the project. */
  readonly code: readonly ProjectPath[]
  /** What was found so far, in the texts as they were read or as they are planned, and what became of it. */
  readonly outcomes: ReadonlyMap<Finding, Outcome>
  readonly ignores: IgnoreBook
  readonly chosen?: Chosen | undefined
}

/** What the compiler has to say, and what is done about it. Offsets of findings are those of the texts before their fixes. */
export interface TypeStage {
  readonly check: TypeCheck
  readonly step: Plan
  /** Findings that a comment hides. */
  readonly hidden: readonly Finding[]
  readonly notLookedAt: readonly NotLookedAt[]
}

/** An error with the change that causes it. */
interface Explained {
  readonly error: TypeErrorFound
  readonly cause?: ChangeId
}

/** A finding with the fixes that are tried one after another, and the one that is. */
interface Attempt extends TypedFinding {
  tried: 'fix' | 'otherwise' | 'none'
}

/** Rounds in which single fixes are given up, and after which all of a file, and of all files, are. */
const CAREFUL_ATTEMPTS = 5
const MAX_ATTEMPTS = 7
/** Fixes that are tried again by themselves. */
const MAX_SECOND_CHANCES = 8

/**
 * Asks the compiler about the planned texts, finds the cause of each new error, lets the changes of declarations say what
 * to do, and keeps only fixes that the compiler accepts: their error is gone, and no other one has come.
 */
export async function typeStage(input: TypeStageInput): Promise<TypeStage> {
  const { checker } = input
  const nothing = { outcomes: new Map(), obstacles: new Map(), files: new Map() }
  const errors = await checker.newErrors()
  if (!errors || errors.length === 0) return { check: checkOf(checker, []), step: nothing, hidden: [], notLookedAt: [] }
  const explained = await explain(errors, input)
  const at = errors.map(({ file, start }) => originalPosition(file, start, input.sources))
  const notLookedAt: NotLookedAt[] = []
  const attempts = findings(explained, input, notLookedAt)
  for (const { finding } of attempts)
    input.ignores.hide(
      finding.file,
      [finding],
      () => originalPosition(finding.file, finding.range.start, input.sources).line,
    )
  const hidden = attempts.map(({ finding }) => finding).filter((f) => input.ignores.reasonFor(f) !== undefined)
  const { step, left } = await settled(attempts, errors, input)
  const reported = explained.map(({ error, cause }, index): NewTypeError => {
    return {
      at: at[index]!,
      code: error.code,
      message: error.message,
      ...(cause === undefined ? {} : { cause }),
      rewritten: left !== undefined && !left.has(error),
    }
  })
  return { check: checkOf(checker, reported), step, hidden, notLookedAt }
}

function checkOf(checker: TypeChecker, errors: readonly NewTypeError[]): TypeCheck {
  return { programs: checker.programs, errors, skipped: checker.skipped }
}

/** Where an offset of the planned text was when the file was read. */
function originalPosition(file: ProjectPath, offset: number, sources: Sources): Location {
  const original = sources.original(file)
  return { file, ...lineIndex(original).positionAt(alignment(original, sources.text(file))(offset)) }
}

/**
 * The cause of each error: the finding that is about its place and was not written, else the change of declarations without
 * which the compiler does not report it, else the rewrite that it stands in.
 */
async function explain(errors: readonly TypeErrorFound[], input: TypeStageInput): Promise<readonly Explained[]> {
  const causes = new Map<TypeErrorFound, ChangeId>()
  const note = (isAt: (finding: Finding, outcome: Outcome, offset: number) => boolean) => {
    for (const error of errors) {
      const change = causes.get(error) ?? changeAt(error, input, isAt)
      if (change !== undefined) causes.set(error, change)
    }
  }
  note((finding, outcome, offset) => outcome !== 'written' && isAbout(finding, offset, input.sources))
  for (const { id, change } of input.changes) {
    if (!isOfDeclarations(change)) continue
    const open = errors.filter((error) => !causes.has(error))
    if (open.length === 0) break
    for (const error of await input.checker.causedBy(open, change.redeclared)) causes.set(error, id)
  }
  note((finding, outcome, offset) => outcome === 'written' && isWrittenAt(finding, offset))
  return errors.map((error) => {
    const cause = causes.get(error)
    return { error, ...(cause === undefined ? {} : { cause }) }
  })
}

/** The change of the shortest finding at the place of an error. */
function changeAt(
  { file, start }: TypeErrorFound,
  { outcomes, sources }: TypeStageInput,
  isAt: (finding: Finding, outcome: Outcome, offset: number) => boolean,
): ChangeId | undefined {
  const offset = alignment(sources.original(file), sources.text(file))(start)
  const length = ({ range }: Finding) => range.end - range.start
  return [...outcomes]
    .filter(([finding, outcome]) => finding.file === file && isAt(finding, outcome, offset))
    .map(([finding]) => finding)
    .sort((a, b) => length(a) - length(b))[0]?.change
}

/** True if an offset lies in what a finding is about, on the line that it is reported at. */
function isAbout({ file, range }: Finding, offset: number, sources: Sources): boolean {
  const isWithin = range.start <= offset && offset < range.end
  return isWithin && !sources.original(file).slice(range.start, offset).includes('\n')
}

function isWrittenAt({ file, fix }: Finding, offset: number): boolean {
  return fix?.edits.some((edit) => edit.file === file && edit.start <= offset && offset <= edit.end) === true
}

function findings(
  explained: readonly Explained[],
  { changes, checker, scan, sources }: TypeStageInput,
  notLookedAt: NotLookedAt[],
): Attempt[] {
  return changes
    .filter(({ change }) => isOfDeclarations(change))
    .flatMap((named) => {
      const caused = explained.filter(({ cause }) => cause === named.id).map(({ error }) => error)
      return [...new Set(caused.map(({ file }) => file))].flatMap((file) => {
        const problems = caused
          .filter((error) => error.file === file)
          .map((error) => problem(error, checker.against, sources))
        return scan
          .typed(named, file, problems, notLookedAt)
          .map((found): Attempt => ({ ...found, tried: found.finding.fix ? 'fix' : 'none' }))
      })
    })
}

function problem({ file, start, end, code, message }: TypeErrorFound, against: string, sources: Sources): TypeProblem {
  const at = originalPosition(file, start, sources)
  const steps = [
    { what: `the compiler says TS${code}: ${message}`, at },
    { what: `with ${against}, and not once the declaration reads as it did` },
  ]
  return { start, end, code, message, evidence: { certainty: 'proven', steps } }
}

/** A plan that the compiler accepts, and the errors that it leaves. */
interface Accepted {
  readonly step: Plan
  readonly left: ReadonlySet<TypeErrorFound> | undefined
}

/**
 * Tries fixes until the compiler accepts what is written; nothing is kept that it was not asked about. What was given up
 * because it stood near an error that came is tried again by itself, since another one may have been to blame.
 */
async function settled(
  attempts: readonly Attempt[],
  errors: readonly TypeErrorFound[],
  input: TypeStageInput,
): Promise<Accepted> {
  const suspects = new Set<Attempt>()
  let accepted = await narrowed(attempts, errors, input, suspects)
  for (const group of sharingEdits([...suspects]).slice(0, MAX_SECOND_CHANCES)) {
    const before = group.map(({ tried }) => tried)
    for (const attempt of group) attempt.tried = 'fix'
    const { step, current } = planned(attempts, input)
    const judged = await askAbout(step, errors, input)
    if (judged && refusedOf(judged, current, step, true).length === 0) accepted = proven(step, current, judged)
    else for (const [index, attempt] of group.entries()) attempt.tried = before[index]!
  }
  for (const [file, { before, after }] of accepted.step.files) input.sources.plan(file, after, before === undefined)
  input.scan.forget()
  return accepted
}

/** Gives up what the compiler does not accept, until it accepts what is left. Notes what is only near an error. */
async function narrowed(
  attempts: readonly Attempt[],
  errors: readonly TypeErrorFound[],
  input: TypeStageInput,
  suspects: Set<Attempt>,
): Promise<Accepted> {
  for (let round = 0; ; round++) {
    if (round === MAX_ATTEMPTS) for (const attempt of attempts) attempt.tried = 'none'
    const { step, current } = planned(attempts, input)
    if (step.files.size === 0) return { step, left: new Set(errors) }
    const judged = await askAbout(step, errors, input)
    const refused = judged ? refusedOf(judged, current, step, round >= CAREFUL_ATTEMPTS) : [...current.values()]
    if (judged && refused.length === 0) return proven(step, current, judged)
    for (const attempt of refused) {
      if (attempt.tried === 'fix' && judged && !isUseless(attempt.finding, judged)) suspects.add(attempt)
      attempt.tried = attempt.tried === 'fix' && attempt.otherwise && judged ? 'otherwise' : 'none'
    }
  }
}

/** What the compiler says of a step. The planned texts are afterwards what they were. */
async function askAbout(
  step: Plan,
  errors: readonly TypeErrorFound[],
  { sources, scan, checker }: TypeStageInput,
): Promise<Judged | undefined> {
  for (const [file, { before, after }] of step.files) sources.plan(file, after, before === undefined)
  const now = await checker.newErrors()
  const judged = now && judge(errors, now, step, sources)
  for (const [file, { before }] of step.files)
    if (before === undefined) sources.forgetPlan(file)
    else sources.plan(file, before)
  scan.forget()
  return judged
}

/** Attempts in groups: fixes that write the same are given up and tried together. */
function sharingEdits(attempts: readonly Attempt[]): readonly (readonly Attempt[])[] {
  const groups = new Map<string, Attempt[]>()
  for (const attempt of attempts) {
    const key = JSON.stringify(attempt.finding.fix?.edits)
    groups.set(key, [...(groups.get(key) ?? []), attempt])
  }
  return [...groups.values()]
}

/** A plan of the fixes that are tried now; `current`: the findings as they are planned. */
function planned(
  attempts: readonly Attempt[],
  { level, sources, code, ignores, chosen }: TypeStageInput,
): { step: Plan; current: ReadonlyMap<Finding, Attempt> } {
  const current = new Map(attempts.map((attempt) => [withFix(attempt), attempt]))
  const isVisible = (finding: Finding) => ignores.reasonFor(current.get(finding)!.finding) === undefined
  return { step: plan([...current.keys()].filter(isVisible), level, sources, code, chosen), current }
}

function withFix({ finding, otherwise, tried }: Attempt): Finding {
  if (tried === 'fix') return finding
  const { fix: _, ...rest } = finding
  return tried === 'otherwise' && otherwise ? { ...rest, fix: otherwise } : rest
}

/** An error that has come with a step. */
interface Come {
  readonly error: TypeErrorFound
  /** Its place in the text before the step. */
  readonly before: number
  /** The line that it starts on. */
  readonly line: string
}

/** Which errors are left after a step, and which have come. */
interface Judged {
  readonly left: ReadonlySet<TypeErrorFound>
  readonly come: readonly Come[]
}

/** Compares the errors before and after a step, while its texts are the planned ones. */
function judge(
  before: readonly TypeErrorFound[],
  now: readonly TypeErrorFound[],
  step: Plan,
  sources: Sources,
): Judged {
  const key = (file: ProjectPath, start: number, code: number) => `${file} ${start} ${code}`
  const old = new Map<string, TypeErrorFound>()
  for (const error of before)
    old.set(key(error.file, mapOffset(editsIn(step, error.file), error.start), error.code), error)
  const left = new Set<TypeErrorFound>()
  const come: Come[] = []
  for (const error of now) {
    const known = old.get(key(error.file, error.start, error.code))
    if (known) left.add(known)
    else {
      const file = step.files.get(error.file)
      const text = sources.text(error.file)
      const line = text.slice(text.lastIndexOf('\n', error.start - 1) + 1).split('\n', 1)[0]!
      come.push({ error, before: file ? alignment(file.before ?? '', file.after)(error.start) : error.start, line })
    }
  }
  return { left, come }
}

function editsIn(step: Plan, file: ProjectPath): { start: number; end: number; text: string }[] {
  const all = [...step.outcomes].flatMap(([{ fix }, outcome]) =>
    outcome === 'written' ? (fix?.edits ?? []).filter((edit) => edit.file === file) : [],
  )
  // fixes share edits
  return [...new Map(all.map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit])).values()]
}

/**
 * The attempts that the compiler does not accept: those whose error stays, and for each error that has come those around
 * it, else those whose declaration its line names, else the nearest one in its file; at last, or where there is none, all
 * of the file and all that were written.
 */
function refusedOf(
  judged: Judged,
  current: ReadonlyMap<Finding, Attempt>,
  step: Plan,
  isLate: boolean,
): readonly Attempt[] {
  const written = [...current].filter(([finding]) => step.outcomes.get(finding) === 'written')
  const useless = written.filter(([finding]) => isUseless(finding, judged))
  const guilty = judged.come.flatMap((come) => {
    const inFile = written.filter(([{ fix }]) => fix?.edits.some((edit) => edit.file === come.error.file))
    if (isLate) return inFile.length > 0 ? inFile : written
    const distances = inFile.map(([{ fix }]) =>
      Math.min(...fix!.edits.filter(({ file }) => file === come.error.file).map((edit) => distance(come, edit))),
    )
    const least = Math.min(...distances)
    const near = inFile.filter((_, index) => distances[index] === least)
    const named = least === 0 ? [] : written.filter(([finding]) => isNamedAt(come, finding, step))
    return named.length > 0 ? named : near.length > 0 ? near : written
  })
  return [...new Set([...useless, ...guilty].map(([, attempt]) => attempt))]
}

/** True if the error that a finding is about is still there. */
function isUseless({ file, range }: Finding, { left }: Judged): boolean {
  return [...left].some((error) => error.file === file && error.start === range.start)
}

/** True if the line of an error has the name of a declaration that a fix changes. */
function isNamedAt({ line }: Come, { fix }: Finding, step: Plan): boolean {
  return (fix?.edits ?? []).some((edit) => {
    const text = step.files.get(edit.file)?.before ?? ''
    const declared = DECLARED.exec(text.slice(text.lastIndexOf('\n', edit.start - 1) + 1, edit.start))
    const name = declared?.[1] ?? declared?.[2]
    return name !== undefined && line.split(/[^\w$]+/).includes(name)
  })
}

/** The name of a function, a variable or a member, at the start of its line. */
const DECLARED =
  /(?:^|\s)(?:function\*?|const|let|var)\s+([\w$]+)|^\s*(?:(?:public|private|protected|static|async|readonly)\s+)*([\w$]+)\s*[(=:]/

/** How far an edit is from an error; 0 where it lies in it. */
function distance({ error, before }: Come, edit: { start: number; end: number }): number {
  return Math.max(0, edit.start - (before + (error.end - error.start)), before - edit.end)
}

/** A step that the compiler accepts; its written fixes say that it was asked. */
function proven(step: Plan, current: ReadonlyMap<Finding, Attempt>, { left }: Judged): Accepted {
  const outcomes = new Map(
    [...step.outcomes].map(([finding, outcome]): [Finding, Outcome] => {
      if (outcome !== 'written' || !finding.fix || !current.has(finding)) return [finding, outcome]
      const fix: Fix = { ...finding.fix, proof: 'the compiler no longer reports the error, and no other one' }
      return [{ ...finding, fix }, outcome]
    }),
  )
  return { step: { ...step, outcomes }, left }
}
