/**
 * Where the tests make their folders: one for a run of them all, which is gone afterwards whatever a test left in it. It
 * lies in memory if the machine has room for it there. On a disk, to make and remove thousands of small repositories and
 * journals that are flushed takes as long as everything that is done with them.
 */
import { mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
/** Several times of what all tests have there at once. A container gets 64 MB, unless told otherwise. */
const ROOM = 2 * 1024 ** 3
/** What `os.tmpdir()` looks at, here and in the processes that the tests start. */
const VARIABLES = process.platform === 'win32' ? ['TEMP', 'TMP'] : ['TMPDIR']

/** For Vitest: called once, before the first test. Who sets TMPDIR has said where. */
export default function setup(): () => void {
  const above = process.env.TMPDIR === undefined && hasMemory() ? MEMORY : realpathSync(tmpdir())
  const folder = mkdtempSync(join(above, 'upgrade-kit-tests-'))
  for (const name of VARIABLES) process.env[name] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** A file system in memory from which programs may be started, too. */
function hasMemory(): boolean {
  try {
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .findLast(([, at]) => at === MEMORY)
    if (mounted?.[2] !== 'tmpfs' || mounted[3]?.split(',').includes('noexec')) return false
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= ROOM
  } catch {
    return false
  }
}
