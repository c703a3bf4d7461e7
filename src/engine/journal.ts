import { createHash, randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Version } from '../model/change.ts'
import type { ChangeId, ProjectPath } from '../model/finding.ts'
import type { Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { RunSummary } from './api.ts'
import { acquireLock } from './lock.ts'
import { locate, Refusal, type Refused } from './target.ts'

/**
 * The journal of a run is a folder `.upgrade-kit/runs/<id>/` in the project: `journal.jsonl`, one record per line, only
 * ever appended to, and `originals/<sha256>`, the files as they were before the run. A record and what it refers to are
 * on disk (fsync) before anything it announces is done, so at every instant the tree differs from what it was only
 * where the journal says so. What really happened is read off the files: each has one of the hashes announced for it.
 */
export interface RunJournal {
  readonly id: string
  /** The real path of the project. */
  readonly root: string
  /** Prefix of every temporary file of this run; no other file has it. */
  readonly temporary: string
  /** The folders that were made for new files. */
  readonly folders: ReadonlySet<ProjectPath>
  /** Announces writes and gives a number to each; after it, and only after it, they may be done. */
  announce(writes: readonly Announced[]): Promise<readonly number[]>
  /** Takes announcements back that will not be done because the file is not what it was. */
  withdraw(numbers: readonly number[]): Promise<void>
  /** Records files before somebody else (a package manager) changes, creates or removes them; unknown ones too. */
  guard(paths: readonly ProjectPath[]): Promise<readonly Refused[]>
  /** Records what the guarded files have become; from now on, a further change is a person's. */
  settle(): Promise<void>
  /** Settles and ends the run. Gives its id, or nothing if nothing was ever announced: then no trace of it stays. */
  finish(): Promise<string | undefined>
  /** Settles, and lets go of a run stopped in the middle: it stays unfinished, for `undo`. Gives what `finish` gives. */
  abandon(): Promise<string | undefined>
}

/** What a run is about, for the person who reads the journal. */
export interface RunMeta {
  /** The recipe id, or the path of the codemod. */
  readonly recipe: string
  readonly from?: Version
  readonly to?: Version
  readonly toolVersion: string
}

/** One file that is going to be written. */
export interface Announced {
  readonly path: ProjectPath
  readonly before: Original | undefined
  /** Undefined for a file that is going to be removed. */
  readonly after: Uint8Array | undefined
  /** Folders that are made for it. */
  readonly folders: readonly ProjectPath[]
  readonly changes: readonly ChangeId[]
}

/** A file as it was. */
export interface Original {
  readonly bytes: Uint8Array
  /** Permission bits as of `fs.Stats.mode`. */
  readonly mode: number
}

/** A file of a run, as `undo` needs it. */
export interface Entry {
  readonly path: ProjectPath
  /** Undefined if the run created the file. */
  readonly original: Kept | undefined
  /** Hashes the file may have if nobody but the run touched it; undefined stands for "no such file". */
  readonly ours: ReadonlySet<Hash | undefined>
  /** Guarded and not settled: whatever is there now is taken for the package manager's. */
  readonly open: boolean
  readonly folders: readonly ProjectPath[]
}

/** A journal that was read. */
export interface RecordedRun {
  readonly id: string
  readonly folder: string
  readonly meta: RunMeta
  readonly startedAt: string
  readonly state: RunSummary['state']
  readonly entries: readonly Entry[]
}

/** SHA-256, lower-case hexadecimal. */
export type Hash = string

interface Kept {
  readonly sha256: Hash
  readonly mode: number
}

type Recorded =
  | ({ readonly record: 'start'; readonly format: 1; readonly startedAt: string } & RunMeta)
  | { readonly record: 'write'; readonly writes: readonly WriteRecord[] }
  | { readonly record: 'withdraw'; readonly numbers: readonly number[] }
  | { readonly record: 'guard'; readonly files: readonly { readonly path: ProjectPath; readonly before?: Kept }[] }
  | { readonly record: 'settle'; readonly files: readonly { readonly path: ProjectPath; readonly after?: Hash }[] }
  | { readonly record: 'end' | 'undo' | 'undone'; readonly at: string }

interface WriteRecord {
  readonly number: number
  readonly path: ProjectPath
  readonly before?: Kept
  readonly after?: Hash
  readonly folders?: readonly ProjectPath[]
  readonly changes: readonly ChangeId[]
}

const HOME = '.upgrade-kit'
const JOURNAL = 'journal.jsonl'
const ORIGINALS = 'originals'
const REPORT = 'report.json'

/**
 * Starts a run: takes the project's lock and makes the journal's folder.
 *
 * @param options.despiteUnfinished Start although an earlier run was stopped in the middle and is not undone.
 * @throws UserError if another process is writing here, or an earlier run is unfinished.
 */
export async function openRun(
  root: string,
  meta: RunMeta,
  options: { readonly despiteUnfinished?: boolean } = {},
): Promise<RunJournal> {
  const project = await realpath(root)
  const { unlock, runs } = lockProject(project)
  try {
    const earlier = recordedRuns(project)
    const unfinished = earlier.find((run) => run.state === 'interrupted')
    if (unfinished && !options.despiteUnfinished) throw unfinishedRun(unfinished)
    const id = newId(earlier[0]?.id)
    const folder = join(runs, id)
    mkdirSync(join(folder, ORIGINALS), { recursive: true, mode: 0o700 })
    const startedAt = new Date().toISOString()
    await append(folder, { record: 'start', format: 1, startedAt, ...meta })
    await syncFolder(folder)
    await syncFolder(runs)
    return journalOf(project, id, folder, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

/** @throws UserError if an earlier run was stopped in the middle and is not undone, or is still going. */
export async function mustBeFinished(root: string): Promise<void> {
  const project = await realpath(root)
  const unfinished = recordedRuns(project).find((run) => run.state === 'interrupted')
  if (!unfinished) return
  // only whoever gets the lock knows that nobody is at it any more
  lockProject(project).unlock()
  throw unfinishedRun(unfinished)
}

/** What was written in this project, newest first. A run that never announced a write is not listed. */
export async function listRuns(root: string): Promise<readonly RunSummary[]> {
  return recordedRuns(await realpath(root)).map(({ id, meta, startedAt, state, entries }) => {
    const files = entries.filter((e) => e.open || [...e.ours].some((hash) => hash !== e.original?.sha256)).length
    return { run: id, recipe: meta.recipe, startedAt, files, state }
  })
}

/** All runs that announced a write, newest first. */
export function recordedRuns(root: string): readonly RecordedRun[] {
  const runs = join(root, HOME, 'runs')
  if (!existsSync(runs)) return []
  const ids = readdirSync(runs).sort().reverse()
  return ids.flatMap((id) => recordedRun(id, join(runs, id)) ?? []).filter((run) => run.entries.length > 0)
}

/** Takes the lock of a project, for a run or to take one back; makes `.upgrade-kit/`, which git never sees. */
export function lockProject(root: string): { readonly unlock: () => void; readonly runs: string } {
  const home = ownFolder(root)
  const runs = folderAt(home, 'runs')
  return { unlock: acquireLock(home), runs }
}

/**
 * Makes `.upgrade-kit/` in a project, and gives its path.
 *
 * @throws UserError if it cannot be written, or is a link: what is written there would be anywhere.
 */
export function ownFolder(root: string): string {
  const home = folderAt(root, HOME)
  writeOwn(join(home, '.gitignore'), '*\n')
  return home
}

function folderAt(parent: string, name: string): string {
  const folder = join(parent, name)
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found && !found.isDirectory()) {
    throw new UserError(
      `${folder} is not a folder`,
      'upgrade-kit keeps its journal there: move what is there out of the way.',
    )
  }
  owned(folder, () => mkdirSync(folder, { recursive: true }))
  return folder
}

function owned(path: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UserError(`cannot write to ${path} (${code})`, 'Check the permissions and the free space of the project.')
  }
}

/** Writes a file of ours in `.upgrade-kit/`; a link that stands in its place is replaced and not followed. */
export function writeOwn(file: string, content: string): void {
  owned(file, () => {
    const found = lstatSync(file, { throwIfNoEntry: false })
    if (found?.isSymbolicLink()) rmSync(file)
    writeFileSync(file, content)
  })
}

/** Keeps the report of a run with its journal, for whoever asks later; a disk that is full does not fail the run. */
export async function keepReport(root: string, run: string, report: Report): Promise<void> {
  const file = join(await realpath(root), HOME, 'runs', run, REPORT)
  await writeFile(file, JSON.stringify(report), { mode: 0o600 }).catch(() => undefined)
}

/** Where the report of a run is kept. It is not there for a run that was stopped in the middle. */
export function reportFile(run: Pick<RecordedRun, 'folder'>): string {
  return join(run.folder, REPORT)
}

/** Marks the start or the end of taking a run back. */
export async function recordUndo(run: RecordedRun, record: 'undo' | 'undone'): Promise<void> {
  await append(run.folder, { record, at: new Date().toISOString() })
}

/** The bytes of a file as it was before the run. @throws UserError if they were damaged. */
export async function originalBytes(run: RecordedRun, kept: Kept): Promise<Uint8Array> {
  const file = join(run.folder, ORIGINALS, kept.sha256)
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes && hashOf(bytes) === kept.sha256) return bytes
  throw new UserError(
    `the journal of run ${run.id} is damaged: ${file} is not what was saved there`,
    'Restore the files from git or a backup.',
  )
}

/** Puts bytes that are about to be lost next to the originals of a run, under their hash. */
export async function keepBytes(run: RecordedRun, bytes: Uint8Array): Promise<void> {
  await keep(join(run.folder, ORIGINALS), hashOf(bytes), bytes)
}

/** Prefix of the temporary files of a run. */
export function temporaryPrefix(id: string): string {
  return `.upgrade-kit-${id.slice(id.indexOf('-') + 1)}-`
}

export function hashOf(bytes: Uint8Array): Hash {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Does something for every item, a few at a time: waiting for the disk is most of the work. After an error no further
 * item is begun, and it is thrown when nothing is under way any more.
 */
export async function eachOf<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    try {
      while (next < items.length) await action(items[next++]!)
    } catch (error) {
      next = items.length
      throw error
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(8, items.length) }, worker))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}

function journalOf(root: string, id: string, folder: string, unlock: () => void): RunJournal {
  const saved = new Map<number, ProjectPath>()
  const known = new Set<ProjectPath>()
  const guarded = new Set<ProjectPath>()
  const made = new Set<ProjectPath>()
  let number = 0
  let used = false

  const save = async (files: readonly { path: ProjectPath; before: Original | undefined }[]): Promise<void> => {
    const unknown = files.flatMap(({ path, before }) => (before && !known.has(path) ? [before.bytes] : []))
    await keepAll(join(folder, ORIGINALS), unknown)
    for (const { path } of files) known.add(path)
  }
  const settle = async (): Promise<void> => {
    if (guarded.size === 0) return
    const { files } = await asTheyAre(root, [...guarded])
    const settled = files.map(({ path, before }) => ({ path, ...(before ? { after: hashOf(before.bytes) } : {}) }))
    await append(folder, { record: 'settle', files: settled })
    guarded.clear()
  }
  const close = async (record?: Recorded): Promise<string | undefined> => {
    try {
      await settle()
      if (!used) await rm(folder, { recursive: true, force: true })
      else if (record) await append(folder, record)
    } finally {
      unlock()
    }
    return used ? id : undefined
  }

  return {
    id,
    root,
    temporary: temporaryPrefix(id),
    folders: made,
    async announce(writes) {
      if (writes.length === 0) return []
      const records = writes.map((write): WriteRecord => ({ number: ++number, ...writeRecord(write) }))
      for (const record of records) if (!known.has(record.path)) saved.set(record.number, record.path)
      for (const folder of records.flatMap(({ folders = [] }) => folders)) made.add(folder)
      await save(writes)
      used = true
      await append(folder, { record: 'write', writes: records })
      return records.map((record) => record.number)
    },
    async withdraw(numbers) {
      if (numbers.length === 0) return
      await append(folder, { record: 'withdraw', numbers })
      for (const n of numbers) if (saved.has(n)) known.delete(saved.get(n)!)
    },
    async guard(paths) {
      const { files, refused } = await asTheyAre(root, paths)
      if (files.length === 0) return refused
      await save(files)
      used = true
      await append(folder, {
        record: 'guard',
        files: files.map(({ path, before }) => ({ path, ...keptField(before) })),
      })
      for (const { path } of files) guarded.add(path)
      return refused
    },
    settle,
    finish: () => close({ record: 'end', at: new Date().toISOString() }),
    abandon: () => close(),
  }
}

function writeRecord({ path, before, after, folders, changes }: Announced): Omit<WriteRecord, 'number'> {
  return {
    path,
    ...keptField(before),
    ...(after ? { after: hashOf(after) } : {}),
    ...(folders.length > 0 ? { folders } : {}),
    changes,
  }
}

function keptField(before: Original | undefined): { before?: Kept } {
  return before ? { before: { sha256: hashOf(before.bytes), mode: before.mode & 0o7777 } } : {}
}

async function asTheyAre(root: string, paths: readonly ProjectPath[]) {
  const files: { path: ProjectPath; before: Original | undefined }[] = []
  const refused: Refused[] = []
  for (const path of paths) {
    try {
      const target = await locate(root, path)
      const { stats } = target
      const before = stats && { bytes: await readFile(target.absolute), mode: stats.mode }
      files.push({ path: target.path, before })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused.push({ path, reason: error.message })
    }
  }
  return { files, refused }
}

/** UTC to the millisecond, so that ids sort by time, and a random part. Later than `newest` even if the clock is not. */
function newId(newest: string | undefined): string {
  const time = new Date().toISOString().replace(/[-:.]/g, '')
  const stamp = newest === undefined || time > newest ? time : `${newest.slice(0, newest.indexOf('-'))}1`
  return `${stamp}-${randomBytes(4).toString('hex')}`
}

function unfinishedRun(run: RecordedRun): UserError {
  return new UserError(
    `an earlier run of ${run.meta.recipe} (${run.id}) was stopped in the middle: some files are new and some are old`,
    'Take it back first: upgrade-kit undo',
  )
}

/** Appends one record and waits until it is on disk. A line that a crash cut off is ended first. */
async function append(folder: string, record: Recorded): Promise<void> {
  await onDisk(async () => {
    const handle = await open(join(folder, JOURNAL), 'a+', 0o600)
    try {
      const { size } = await handle.stat()
      const last = Buffer.alloc(1)
      if (size > 0) await handle.read(last, 0, 1, size - 1)
      const cut = size > 0 && last.toString() !== '\n'
      await handle.appendFile(`${cut ? '\n' : ''}${JSON.stringify(record)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

async function keepAll(folder: string, files: readonly Uint8Array[]): Promise<void> {
  const byHash = new Map(files.map((bytes) => [hashOf(bytes), bytes] as const))
  await eachOf([...byHash], ([hash, bytes]) => keep(folder, hash, bytes))
  await syncFolder(folder)
}

/** A file under its hash is whole: it gets that name only when it is on disk. */
async function keep(folder: string, hash: Hash, bytes: Uint8Array): Promise<void> {
  const file = join(folder, hash)
  if (existsSync(file)) return
  await onDisk(async () => {
    const handle = await open(`${file}.part`, 'w', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${file}.part`, file)
  })
}

/** What keeps the journal from being written is the project's or the machine's, and nothing was done yet. */
async function onDisk(action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new UserError(
      `the journal cannot be written: ${message}`,
      'Check the permissions and the free space of the disk.',
    )
  }
}

/** Makes the names in a folder durable. Windows cannot, and does not need it: NTFS journals them. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Undefined if the run was stopped before its first record was complete: then it did nothing. */
function recordedRun(id: string, folder: string): RecordedRun | undefined {
  const file = join(folder, JOURNAL)
  if (!existsSync(file)) return undefined
  const records = parsed(file)
  const [start] = records
  if (start?.record !== 'start') return undefined
  const { record, format, startedAt, ...meta } = start
  const ended = records.map((r) => r.record)
  const state = ended.includes('undone') ? 'undone' : ended.includes('end') ? 'complete' : 'interrupted'
  return { id, folder, meta, startedAt, state, entries: entriesOf(records) }
}

/**
 * A line that was cut off by a crash announces nothing that was done. There is nothing behind it, except that the run
 * was taken back later; anywhere else an unreadable line is damage.
 */
function parsed(file: string): readonly Recorded[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  const records = lines.map((line): Recorded | undefined => {
    try {
      return JSON.parse(line) as Recorded
    } catch {
      return undefined
    }
  })
  const damaged = records.some((record, i) => {
    const next = records[i + 1]
    return !record && i < records.length - 1 && next !== undefined && next.record !== 'undo'
  })
  if (damaged)
    throw new UserError(`${file} is damaged`, 'Restore the files from git or a backup, then delete its folder.')
  return records.filter((record) => record !== undefined)
}

interface Draft {
  original: Kept | undefined
  ours: Set<Hash | undefined>
  open: boolean
  folders: ProjectPath[]
}

function entriesOf(records: readonly Recorded[]): readonly Entry[] {
  const withdrawn = new Set(records.flatMap((r) => (r.record === 'withdraw' ? r.numbers : [])))
  const drafts = new Map<ProjectPath, Draft>()
  const draftOf = (path: ProjectPath, original: Kept | undefined): Draft => {
    const draft = drafts.get(path) ?? { original, ours: new Set([original?.sha256]), open: false, folders: [] }
    drafts.set(path, draft)
    return draft
  }
  for (const r of records) {
    if (r.record === 'write') {
      for (const write of r.writes.filter((w) => !withdrawn.has(w.number))) {
        const draft = draftOf(write.path, write.before)
        draft.ours.add(write.after)
        draft.folders.push(...(write.folders ?? []))
      }
    } else if (r.record === 'guard') {
      for (const { path, before } of r.files) draftOf(path, before).open = true
    } else if (r.record === 'settle') {
      for (const { path, after } of r.files) settleDraft(drafts.get(path), after)
    }
  }
  return [...drafts].map(([path, draft]) => ({ path, ...draft }))
}

function settleDraft(draft: Draft | undefined, after: Hash | undefined): void {
  if (!draft) return
  draft.ours.add(after)
  draft.open = false
}
