import { resolve } from 'node:path'

/**
 * The folder of the project that a command line is about, if that does nothing but look at all of it. Told by a glance, as
 * long as nothing that could read the command line is loaded: who acts on it may have to stop again, and loses nothing else.
 */
export function projectOf(argv: readonly string[], cwd: string): string | undefined {
  const isOnlyLooking = argv[0] === 'scan' || argv.includes('--dry-run')
  if (!isOnlyLooking || ['--observe', '--help', '-h', '--version'].some((option) => argv.includes(option)))
    return undefined
  const at = argv.findIndex((word) => word === '--cwd' || word.startsWith('--cwd='))
  if (at < 0) return cwd
  const folder = argv[at]!.startsWith('--cwd=') ? argv[at]!.slice('--cwd='.length) : argv[at + 1]
  return folder === undefined ? undefined : resolve(cwd, folder)
}
