import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../model/user-error.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  /** Tells a process from a later one with the same number; absent where the system does not say. */
  readonly start?: string
}

/** A lock whose owner died while writing it down stays empty; a living owner needs far less than this. */
const WRITING_MS = 5_000

/**
 * Takes the lock of a folder for this process and returns what gives it back. A lock whose process is gone (`kill -9`,
 * power cut) is taken over.
 *
 * The locks are numbered, and the highest one counts: of two processes that both find a dead owner, only one can
 * create the next number, and nobody ever removes a lock that may be alive.
 *
 * @throws UserError while a living process, or one on another machine, holds it.
 */
export function acquireLock(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  for (;;) {
    const highest = Math.max(0, ...numbers(folder))
    if (highest > 0) refuseLiving(folder, highest)
    const own = join(folder, `lock.${highest + 1}`)
    if (!createLock(own)) continue
    if (Math.max(...numbers(folder)) > highest + 1) {
      rmSync(own, { force: true })
      continue
    }
    for (const n of numbers(folder)) if (n <= highest) rmSync(join(folder, `lock.${n}`), { force: true })
    return () => rmSync(own, { force: true })
  }
}

function numbers(folder: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => {
    const n = /^lock\.(\d+)$/.exec(name)?.[1]
    return n === undefined ? [] : [Number(n)]
  })
}

/** False if somebody else was faster. */
function createLock(file: string): boolean {
  const start = startOf(process.pid)
  const holder: Holder = { pid: process.pid, host: hostname(), ...(start === undefined ? {} : { start }) }
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function refuseLiving(folder: string, n: number): void {
  const file = join(folder, `lock.${n}`)
  const holder = holderOf(file)
  if (holder === 'gone' || (holder !== 'writing' && !isAlive(holder))) return
  const who = holder === 'writing' ? 'another process' : `process ${holder.pid} on ${holder.host}`
  throw new UserError(
    `upgrade-kit is already writing in this project (${who})`,
    `Wait until it has finished. If it no longer exists, delete ${file} and try again.`,
  )
}

function holderOf(file: string): Holder | 'writing' | 'gone' {
  const age = statSync(file, { throwIfNoEntry: false })
  if (!age) return 'gone'
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return Date.now() - age.mtimeMs < WRITING_MS ? 'writing' : 'gone'
  }
}

function isAlive({ pid, host, start }: Holder): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startOf(pid)
  return start === undefined || now === undefined || start === now
}

/** Boot and start time of a process, from Linux' procfs (proc(5): field 22 of `stat`, counted behind the name). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return undefined
  }
}
