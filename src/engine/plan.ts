import { formatOf, readData } from '../formats/index.ts'
import { parseJavaScript } from '../formats/javascript/parse.ts'
import type { ChangeId, Edit, Finding, Fix, ProjectPath, Request } from '../model/finding.ts'
import type { Outcome } from '../model/report.ts'
import { type Applicability, isAtLeast } from '../model/trust.ts'
import { applyEdits, merge, normaliseNewlines } from '../text/edits.ts'
import { dominantLineEnding } from '../text/lines.ts'
import { settle } from './requests.ts'
import { fileSystemReason, type Sources } from './sources.ts'
import { isProjectPath } from './target.ts'

/** What is going to be written, and what becomes of each finding. Nothing was written yet. */
export interface Plan {
  readonly outcomes: ReadonlyMap<Finding, Outcome>
  /** For each finding that is `not-written`: the file that is in the way, and why. */
  readonly obstacles: ReadonlyMap<Finding, string>
  /** New texts, without byte order mark. */
  readonly files: ReadonlyMap<ProjectPath, PlannedFile>
}

/** The new text of one file, and the changes that ask for it. */
export interface PlannedFile {
  /** Undefined for a file that is not there yet. */
  readonly before: string | undefined
  readonly after: string
  readonly changes: readonly ChangeId[]
  /** Other files without which this text would be half of a fix. */
  readonly needs: readonly ProjectPath[]
}

/** The planned files that somebody else than our own readers finds fault with, who found none before. */
export type Judge = (files: ReadonlyMap<ProjectPath, PlannedFile>) => readonly ProjectPath[]

/** The fix of a finding that may be written: its own, a person's instead of it, or none. */
export type Chosen = (finding: Finding) => Fix | undefined

interface Candidate extends Fix {
  readonly finding: Finding
}

/**
 * Merges the fixes that are trusted enough into new texts: each whole or not at all, in the order of the findings. A fix
 * that leaves a file which does not parse is taken back, and the rest is merged again. `code`: all code files of the
 * project, for what may only be dropped when none of them uses it. `chosen` may hold a fix back, whatever its trust, or put
 * another one in its place. What `judge` finds fault with is taken back, too.
 */
export function plan(
  findings: readonly Finding[],
  level: Applicability,
  sources: Sources,
  code: readonly ProjectPath[],
  chosen: Chosen = ({ fix }) => fix,
  judge: Judge = () => [],
): Plan {
  const outcomes = new Map<Finding, Outcome>()
  const candidates: Candidate[] = []
  for (const finding of findings) {
    const fix = chosen(finding)
    if (!finding.fix || finding.fix.applicability === 'manual') outcomes.set(finding, 'by-hand')
    else if (!fix || !isAtLeast(fix.applicability, level)) outcomes.set(finding, 'held-back')
    else candidates.push({ ...fix, finding })
  }
  const obstacles = additionsInTheWay(candidates, sources)
  for (const finding of obstacles.keys()) outcomes.set(finding, 'not-written')
  let trusted = candidates.filter(({ finding }) => !obstacles.has(finding))
  for (;;) {
    const attempt = build(trusted, sources, code, judge)
    const broken = attempt.broken[0]
    if (broken === undefined) {
      for (const candidate of trusted)
        outcomes.set(candidate.finding, attempt.taken.has(candidate) ? 'written' : 'conflict')
      return { outcomes, obstacles, files: attempt.files }
    }
    const guilty = culprits(trusted, broken, sources, code, judge)
    for (const candidate of guilty) outcomes.set(candidate.finding, 'withdrawn')
    trusted = trusted.filter((candidate) => !guilty.includes(candidate))
  }
}

interface Attempt {
  readonly taken: ReadonlySet<Candidate>
  readonly files: Map<ProjectPath, PlannedFile>
  readonly broken: readonly ProjectPath[]
}

function build(
  candidates: readonly Candidate[],
  sources: Sources,
  code: readonly ProjectPath[],
  judge: Judge,
): Attempt {
  const normal = candidates.map((candidate) => ({
    ...candidate,
    edits: candidate.edits.map((edit) => withLineEnding(edit, sources)),
  }))
  const merged = merge(normal)
  const taken = new Set(merged.taken.map((fix) => candidates[normal.indexOf(fix)]!))
  const files = new Map<ProjectPath, PlannedFile>()
  for (const [file, edits] of merged.edits) {
    const before = sources.text(file)
    const changes = [
      ...new Set(
        merged.taken.filter((fix) => fix.edits.some((edit) => edit.file === file)).map((fix) => fix.finding.change),
      ),
    ]
    files.set(file, { before, after: applyEdits(before, edits), changes, needs: neededBy(file, taken) })
  }
  for (const { file, text, changes } of settle(
    [...taken].flatMap((c) =>
      (c.requests ?? []).flatMap((request) => (isAddition(request) ? [] : [{ request, change: c.finding.change }])),
    ),
    (file) => files.get(file)?.after ?? sources.text(file),
    code,
  ))
    files.set(file, {
      before: files.get(file)?.before ?? sources.text(file),
      after: text,
      changes: [...new Set([...(files.get(file)?.changes ?? []), ...changes])],
      needs: files.get(file)?.needs ?? [],
    })
  for (const [file, added] of additions(taken, sources)) files.set(file, added)
  const unreadable = [...files].filter(([file, { after }]) => !parses(file, after)).map(([file]) => file)
  const broken = unreadable.length > 0 ? unreadable : judge(files)
  return { taken, files, broken }
}

type Addition = Extract<Request, { readonly add: 'file' }>

/** True for a request that wants a new file. */
export function isAddition(request: Request): request is Addition {
  return 'add' in request && request.add === 'file'
}

/** The findings whose new files cannot be made, because of what is there, or because of what an earlier one wants there. */
function additionsInTheWay(candidates: readonly Candidate[], sources: Sources): Map<Finding, string> {
  const wanted = new Map<ProjectPath, string>()
  const found = new Map<Finding, string>()
  for (const { finding, requests = [] } of candidates) {
    const added = requests.filter(isAddition)
    const obstacle = added.flatMap(({ file, text }) => {
      const reason =
        wanted.has(file) && wanted.get(file) !== text
          ? 'another fix of this run wants it with another text; write this one, then run again'
          : obstacleTo(file, text, sources)
      return reason === undefined ? [] : [`${file}: ${reason}`]
    })[0]
    if (obstacle !== undefined) found.set(finding, obstacle)
    else for (const { file, text } of added) wanted.set(file, text)
  }
  return found
}

/** Why a new file cannot be made; nothing if it can, or if it is there already. */
function obstacleTo(file: ProjectPath, text: string, sources: Sources): string | undefined {
  if (!isProjectPath(file)) return 'it lies outside of the project'
  try {
    if (isSameText(sources.text(file), text)) return undefined
    return 'it is there already, with another text, and is not overwritten; compare the two and decide'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR') return 'a file stands where a folder on its way would be'
    return `it is there already, and is not overwritten: ${fileSystemReason(error)}`
  }
}

/** True if a file is there with this text, in whatever line endings. */
export function isThere({ file, text }: Addition, sources: Pick<Sources, 'text'>): boolean {
  try {
    return isSameText(sources.text(file), text)
  } catch {
    return false
  }
}

function isSameText(a: string, b: string): boolean {
  return normaliseNewlines(a, '\n') === normaliseNewlines(b, '\n')
}

/** The new files of fixes, each in the line endings of the file that asks first; none that is there already. */
function additions(taken: ReadonlySet<Candidate>, sources: Sources): Map<ProjectPath, PlannedFile> {
  const files = new Map<ProjectPath, PlannedFile>()
  for (const { finding, requests = [] } of taken)
    for (const request of requests.filter(isAddition)) {
      if (files.has(request.file) || isThere(request, sources)) continue
      const askers = [...taken].filter((fix) =>
        fix.requests?.some((other) => isAddition(other) && other.file === request.file),
      )
      files.set(request.file, {
        before: undefined,
        after: normaliseNewlines(request.text, dominantLineEnding(sources.text(finding.file))),
        changes: [...new Set(askers.map((fix) => fix.finding.change))],
        // wanted as long as one of those who ask for it can be written
        needs: askers
          .map((fix) => filesOf(fix).filter((file) => file !== request.file))
          .reduce((all, own) => all.filter((file) => own.includes(file))),
      })
    }
  return files
}

/** The other files of the fixes that touch a file: those they edit, and those they ask something of. */
function neededBy(file: ProjectPath, taken: ReadonlySet<Candidate>): ProjectPath[] {
  const touching = [...taken].filter((fix) => fix.edits.some((edit) => edit.file === file))
  return [...new Set(touching.flatMap(filesOf))].filter((other) => other !== file)
}

/** Every file that a fix edits or asks something of. */
export function filesOf({ edits, requests = [] }: Pick<Fix, 'edits' | 'requests'>): readonly ProjectPath[] {
  return [...edits, ...requests].map(({ file }) => file)
}

/** The fixes that break a file: those without which it parses, one by one, else every fix that touches it. */
function culprits(
  candidates: readonly Candidate[],
  broken: ProjectPath,
  sources: Sources,
  code: readonly ProjectPath[],
  judge: Judge,
): readonly Candidate[] {
  const touching = candidates.filter(
    (candidate) =>
      candidate.edits.some((edit) => edit.file === broken) ||
      candidate.requests?.some((request) => request.file === broken),
  )
  const alone = touching.filter((candidate) => build([candidate], sources, code, judge).broken.length > 0)
  if (alone.length > 0) return alone
  const single = touching.find(
    (candidate) =>
      build(
        candidates.filter((other) => other !== candidate),
        sources,
        code,
        judge,
      ).broken.length === 0,
  )
  return single ? [single] : touching
}

function withLineEnding(edit: Edit, sources: Sources): Edit {
  if (!edit.text.includes('\n')) return edit
  return { ...edit, text: normaliseNewlines(edit.text, dominantLineEnding(sources.text(edit.file))) }
}

/** True if a text can be read as the kind of file that its name says. */
function parses(file: ProjectPath, text: string): boolean {
  const format = formatOf(file)
  try {
    if (format === 'javascript') {
      const parsed = parseJavaScript(text, file)
      return parsed.is === 'parsed' && parsed.recovered.length === 0
    }
    if (format) readData(format, file, text)
    return true
  } catch {
    return false
  }
}
