import { access, constants, lstat, mkdir, open, readdir, readFile, realpath, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChangeId, ProjectPath } from '../model/finding.ts'
import { UserError } from '../model/user-error.ts'
import type { UndoResult } from './api.ts'
import {
  type Entry,
  eachOf,
  hashOf,
  keepBytes,
  lockProject,
  originalBytes,
  type RecordedRun,
  type RunJournal,
  recordedRuns,
  recordUndo,
  temporaryPrefix,
} from './journal.ts'
import { locate, Refusal, type Refused, type Target } from './target.ts'

/** One file to write. */
export interface PlannedWrite {
  readonly path: ProjectPath
  /** The file as it was read; undefined if there must be none. */
  readonly before: Uint8Array | undefined
  /** Undefined if there shall be none: the file is removed, and the folders that this run made for it. */
  readonly after: Uint8Array | undefined
  readonly changes: readonly ChangeId[]
  /** Paths of other planned writes: if one of them cannot be done as far as one can see, this one is not done either. */
  readonly needs?: readonly ProjectPath[]
}

/** What became of planned writes. Each is in one of the two lists, unless `stopped`. */
export interface Written {
  readonly written: readonly ProjectPath[]
  /** Left as they are, each with the reason for a person. */
  readonly refused: readonly Refused[]
  /** The signal was aborted before all was written; what is in neither list was not touched. */
  readonly stopped: boolean
}

interface Staged {
  readonly write: PlannedWrite
  readonly target: Target
}

type Attributes = Pick<NonNullable<Target['stats']>, 'mode'> &
  Partial<Pick<NonNullable<Target['stats']>, 'uid' | 'gid'>>

/**
 * Writes files: all are journalled first, then each is replaced in one step (a temporary file next to it, then rename)
 * with its permissions kept, so that nobody ever sees half a file. Refused are files that changed since they were
 * read, read-only ones, paths that leave the project (also through symbolic links), and what the system does not let
 * us write. An aborted signal stops between files. A hard link to a written file keeps the old content.
 */
export async function writeAll(
  journal: RunJournal,
  writes: readonly PlannedWrite[],
  signal?: AbortSignal,
): Promise<Written> {
  const refusals = new Map<PlannedWrite, string>()
  const written = new Set<PlannedWrite>()
  const staged = signal?.aborted ? [] : await stage(journal.root, writes, refusals)
  const numbers = await journal.announce(staged.map(announced))
  const changed: number[] = []
  await eachOf([...staged.entries()], async ([i, { write, target }]) => {
    if (signal?.aborted) return
    const reason = await reasonAgainst(async () => {
      const check = () => mustBe(target, write.before)
      if (write.after) return replace(target, `${journal.temporary}${numbers[i]}.tmp`, write.after, target.stats, check)
      await check()
      await rm(target.absolute)
    })
    if (reason === undefined) written.add(write)
    else {
      refusals.set(write, reason)
      changed.push(numbers[i]!)
    }
  })
  await journal.withdraw(changed)
  if (writes.some(({ after }) => after === undefined)) await removeEmpty(journal.root, journal.folders)
  return {
    written: writes.filter((w) => written.has(w)).map((w) => w.path),
    refused: writes.flatMap((w) => (refusals.has(w) ? [{ path: w.path, reason: refusals.get(w)! }] : [])),
    stopped: writes.some((w) => !written.has(w) && !refusals.has(w)),
  }
}

/**
 * Takes a run back: every file it wrote is again what it was, byte for byte, and what it created is gone. Nothing is
 * restored unless everything can be: files that somebody changed after the run are listed as kept, and the others are
 * left too. With `force` those are restored as well, and what they were stays in the run's `originals/` under its
 * SHA-256; kept is then only what is no regular file any more. Works on runs that were killed in the middle, and can
 * itself be killed and repeated.
 *
 * @param runId Default: the newest run that is not undone.
 * @throws UserError if there is nothing to take back, another process is writing here, or the journal is damaged.
 */
export async function undo(
  root: string,
  runId?: string,
  options: { readonly force?: boolean } = {},
): Promise<UndoResult> {
  const project = await realpath(root)
  runToUndo(project, runId)
  const { unlock } = lockProject(project)
  try {
    return await undoRun(project, runToUndo(project, runId), options.force === true)
  } finally {
    unlock()
  }
}

function runToUndo(root: string, runId: string | undefined): RecordedRun {
  const runs = recordedRuns(root)
  const run = runs.find((r) => (runId === undefined ? r.state !== 'undone' : r.id === runId))
  if (run && run.state !== 'undone') return run
  if (run) throw new UserError(`run ${run.id} is already undone`, '`upgrade-kit runs` lists what can be taken back.')
  if (runId === undefined)
    throw new UserError('there is nothing to take back', 'No run wrote anything here, or all are undone.')
  throw new UserError(`there is no run ${runId}`, '`upgrade-kit runs` lists what can be taken back.')
}

/** A file of a run as it is now. `stats` and `bytes` are absent where there is no file. */
interface Found {
  readonly entry: Entry
  readonly target: Target
  readonly bytes: Uint8Array | undefined
}

async function undoRun(root: string, run: RecordedRun, force: boolean): Promise<UndoResult> {
  const kept: { file: ProjectPath; reason: string }[] = []
  const todo: Found[] = []
  await eachOf(run.entries, async (entry) => {
    const found = await find(root, entry)
    if ('reason' in found) kept.push({ file: entry.path, reason: found.reason })
    else if (isOurs(found) || force) todo.push(found)
    else kept.push({ file: entry.path, reason: 'changed after the run' })
  })
  const blocked = kept.length > 0 && !force
  const done = blocked ? [] : await restoreAll(root, run, todo, kept.length === 0)
  const gone = done.filter((found) => !found.entry.original)
  const back = done.filter((found) => found.entry.original)
  return {
    run: run.id,
    restored: pathsOf(back),
    removed: pathsOf(gone),
    kept: kept.sort((a, b) => compare(a.file, b.file)),
  }
}

/** Gives what was not yet as before the run. Only when that is `all` there is, the run counts as undone. */
async function restoreAll(
  root: string,
  run: RecordedRun,
  todo: readonly Found[],
  all: boolean,
): Promise<readonly Found[]> {
  const changed = todo.filter((found) => hashOfFound(found) !== found.entry.original?.sha256)
  const originals = new Map<Found, Uint8Array>()
  await eachOf(changed, async (found) => {
    if (found.entry.original) originals.set(found, await originalBytes(run, found.entry.original))
    if (found.bytes && !found.entry.ours.has(hashOf(found.bytes))) await keepBytes(run, found.bytes)
  })
  await recordUndo(run, 'undo')
  await removeTemporaries(root, run)
  await eachOf([...changed.entries()], ([i, found]) =>
    restore(found, `${temporaryPrefix(run.id)}undo-${i}.tmp`, originals.get(found)),
  )
  await removeEmpty(root, new Set(run.entries.flatMap((entry) => entry.folders)))
  if (all) await recordUndo(run, 'undone')
  return changed
}

async function restore(
  { entry, target, bytes }: Found,
  temporary: string,
  original: Uint8Array | undefined,
): Promise<void> {
  try {
    if (!original) {
      await mustBe(target, bytes)
      return await rm(target.absolute)
    }
    const attributes = { ...(target.stats ?? {}), mode: entry.original!.mode }
    await replace(target, temporary, original, attributes, () => mustBe(target, bytes))
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    throw new UserError(`cannot restore ${entry.path}: ${reason}`, 'Put that right, then run upgrade-kit undo again.')
  }
}

async function find(root: string, entry: Entry): Promise<Found | { readonly reason: string }> {
  try {
    const target = await locate(root, entry.path)
    if (target.path !== entry.path) return { reason: 'it is a symbolic link now' }
    return { entry, target, bytes: target.stats && (await readFile(target.absolute)) }
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    return { reason }
  }
}

function hashOfFound({ bytes }: Found): string | undefined {
  return bytes && hashOf(bytes)
}

function isOurs(found: Found): boolean {
  return found.entry.open || found.entry.ours.has(hashOfFound(found))
}

function pathsOf(found: readonly Found[]): readonly ProjectPath[] {
  return found.map(({ entry }) => entry.path).sort(compare)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What a process that was killed left next to the files it was writing. */
async function removeTemporaries(root: string, run: RecordedRun): Promise<void> {
  const folders = new Set(run.entries.map((entry) => dirname(join(root, entry.path))).filter((one) => isIn(root, one)))
  await eachOf([...folders], async (folder) => {
    const names = await readdir(folder).catch(() => [])
    const left = names.filter((name) => name.startsWith(temporaryPrefix(run.id)))
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })))
  })
}

/** The folders that were made for new files, innermost first; one that has become of use to somebody stays. */
async function removeEmpty(root: string, folders: ReadonlySet<ProjectPath>): Promise<void> {
  const own = [...folders].filter((folder) => isIn(root, join(root, folder)))
  for (const folder of own.sort(compare).reverse()) await rmdir(join(root, folder)).catch(() => undefined)
}

/** False for what a journal that somebody else made may say. */
function isIn(root: string, path: string): boolean {
  const inside = relative(root, path)
  return inside.split(sep)[0] !== '..' && !isAbsolute(inside)
}

/** The writes that can be done as far as one can see, each with its file. */
async function stage(
  root: string,
  writes: readonly PlannedWrite[],
  refusals: Map<PlannedWrite, string>,
): Promise<readonly Staged[]> {
  const staged = new Map<ProjectPath, Staged>()
  for (const write of writes) {
    const reason = await reasonAgainst(async () => {
      const target = await locate(root, write.path)
      const other = staged.get(target.path)
      if (other) throw new Refusal(`it is the same file as ${other.write.path}, which is written too`)
      await mustBe(target, write.before)
      if (target.stats) await mustBeWritable(target)
      staged.set(target.path, { write, target })
    })
    if (reason !== undefined) refusals.set(write, reason)
  }
  refuseWithTheirNeeds(writes, refusals)
  return [...staged.values()].filter(({ write }) => !refusals.has(write))
}

/** What belongs together is refused together, over as many steps as it takes. */
function refuseWithTheirNeeds(writes: readonly PlannedWrite[], refusals: Map<PlannedWrite, string>): void {
  for (let before = -1; before !== refusals.size; ) {
    before = refusals.size
    for (const write of writes) {
      const missing = [...refusals].find(([other]) => write.needs?.includes(other.path))
      if (!missing || refusals.has(write)) continue
      refusals.set(write, `it goes together with ${missing[0].path}, which cannot be written: ${missing[1]}`)
    }
  }
}

function announced({ write, target }: Staged) {
  const before = write.before && { bytes: write.before, mode: target.stats!.mode }
  return { path: target.path, before, after: write.after, folders: target.missing, changes: write.changes }
}

async function mustBe(target: Target, before: Uint8Array | undefined): Promise<void> {
  if (before === undefined) {
    const found = await lstat(target.absolute).catch(() => undefined)
    if (found) throw new Refusal('it was created by somebody else in the meantime')
    return
  }
  if (!target.stats) throw new Refusal(REASONS.ENOENT!)
  const now = await readFile(target.absolute)
  if (Buffer.compare(now, before) !== 0) throw new Refusal('it changed since it was read; run again')
}

/** A rename would replace a read-only file; whoever made it read-only does not want that. */
async function mustBeWritable({ absolute, stats }: Target): Promise<void> {
  if ((stats!.mode & 0o222) === 0) throw new Refusal('it is read-only')
  await access(absolute, constants.W_OK)
}

/**
 * Replaces a file in one step, or creates it. `check` runs at the last moment, and if it throws nothing was done.
 * With attributes, the new file has that mode and, where the system allows it, that owner.
 */
async function replace(
  target: Target,
  temporaryName: string,
  bytes: Uint8Array,
  attributes: Attributes | undefined,
  check: () => Promise<void>,
): Promise<void> {
  const folder = dirname(target.absolute)
  if (target.missing.length > 0) await mkdir(folder, { recursive: true })
  const temporary = join(folder, temporaryName)
  const handle = await open(temporary, 'wx', attributes ? attributes.mode & 0o777 : 0o666)
  try {
    try {
      await handle.writeFile(bytes)
      if (attributes) await setAttributes(handle, attributes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await check()
    await renameOver(temporary, target.absolute)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function setAttributes(handle: Awaited<ReturnType<typeof open>>, { mode, uid, gid }: Attributes): Promise<void> {
  const own = await handle.stat()
  if (uid !== undefined && gid !== undefined && (own.uid !== uid || own.gid !== gid)) {
    // Only root may give files away; an editor leaves the file to whoever saved it, and so do we.
    await handle.chown(uid, gid).catch(() => undefined)
  }
  if (((await handle.stat()).mode ^ mode) & 0o7777) await handle.chmod(mode & 0o7777)
}

/** On Windows a file cannot be replaced while somebody (a virus scanner, an editor) has it open; that passes. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      return await rename(from, to)
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (!busy || process.platform !== 'win32' || wait > 1_000) throw error
      await sleep(wait)
    }
  }
}

/** The reason why an action was refused, or undefined if it was done. Other errors are ours and go on. */
async function reasonAgainst(action: () => Promise<void>): Promise<string | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    return reason
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EBUSY: 'another program is using it',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'it was removed since it was read',
  ENAMETOOLONG: 'its path is too long',
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.message
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined ? undefined : (REASONS[code] ?? message)
}
