import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How often the memory of a process tree is read, in milliseconds. */
const SAMPLE_EVERY = 10
const GNU_TIME = '/usr/bin/time'

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {readonly string[]} command program and arguments
 * @property {readonly number[]} [codes] exit codes that are no failure; 0 and 1 unless said (1: something was found)
 */

/**
 * Runs one command to its end. It writes to a pipe: some searchers do less when they see that nobody reads.
 * @param {Job} job
 * @returns {{ wall: number, cpu: number, stdout: string }} seconds; `cpu` is user and system time of the process tree
 * @throws if the command fails
 */
export function time(job) {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
  const record = join(scratch, 'time')
  try {
    const started = process.hrtime.bigint()
    const child = spawnSync(GNU_TIME, ['--quiet', '--output', record, '--format', '%U %S', ...job.command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 29,
    })
    const wall = Number(process.hrtime.bigint() - started) / 1e9
    if (child.error?.code === 'ENOENT') throw new Error(`${GNU_TIME} is missing: apt-get install time`)
    failUnlessFine(job, child.status, child.stderr)
    const [user, system] = readFileSync(record, 'utf8').trim().split(' ').map(Number)
    return { wall, cpu: user + system, stdout: child.stdout }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * Runs one command and samples the resident memory of it and all its descendants. Not to be mixed with timing: the
 * sampling itself takes time.
 * @param {Job} job
 * @returns {Promise<number>} the highest sum seen, in MB
 */
export function peakMemory(job) {
  return new Promise((resolve, reject) => {
    const [program, ...args] = job.command
    const child = spawn(program, args, { stdio: 'ignore' })
    let peak = 0
    const sampler = setInterval(() => {
      peak = Math.max(peak, residentOf(child.pid))
    }, SAMPLE_EVERY)
    child.on('error', reject)
    child.on('close', (status) => {
      clearInterval(sampler)
      try {
        failUnlessFine(job, status, '')
        resolve(peak / 1e6)
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Resident bytes of a process and its descendants; those that have gone meanwhile count as nothing. */
function residentOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
    return childrenOf(pid).reduce((sum, child) => sum + residentOf(child), own)
  } catch {
    return 0
  }
}

function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}

function failUnlessFine(job, status, stderr) {
  if ((job.codes ?? [0, 1]).includes(status)) return
  throw new Error(`${job.name}: exit code ${status}\n${job.command.join(' ')}\n${String(stderr).slice(0, 2000)}`)
}
