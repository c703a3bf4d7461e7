import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Downloads one published package with `npm pack` and unpacks it into `folder`, which then holds its package.json.
 * Nothing is installed and no script of the package runs. A folder that exists is left as it is.
 * @param {string} spec for example `kue@0.11.6`
 * @param {string} folder
 * @returns {boolean} true if it was downloaded now
 */
export function npmPack(spec, folder) {
  if (existsSync(join(folder, 'package.json'))) return false
  mkdirSync(dirname(folder), { recursive: true })
  const scratch = mkdtempSync(join(dirname(folder), '.unpack-'))
  try {
    run('npm', ['pack', spec, '--silent', '--ignore-scripts', '--pack-destination', scratch], scratch)
    const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz'))
    run('tar', ['-xzf', tarball], scratch)
    const unpacked = readdirSync(scratch, { withFileTypes: true }).find((entry) => entry.isDirectory())
    rmSync(folder, { recursive: true, force: true })
    renameSync(join(scratch, unpacked.name), folder)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return true
}

/**
 * Makes the folder a git repository with every file in the index, whatever ignore files it brings: the folder lies in an
 * ignored part of this repository, where git would list nothing.
 * @param {string} folder
 * @param {{ commit?: boolean }} [options] `commit`: also commit, so that the tree is clean
 */
export function gitInit(folder, { commit = false } = {}) {
  run('git', ['init', '--quiet'], folder)
  run('git', ['-c', 'core.autocrlf=false', 'add', '--all', '--force'], folder)
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', '-c', 'commit.gpgsign=false']
  if (commit) run('git', [...author, 'commit', '--quiet', '--no-verify', '--message', 'sources'], folder)
}

function run(command, args, cwd) {
  execFileSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32' && command === 'npm',
  })
}
