'use strict'
// Loaded into every Node process of the test command by NODE_OPTIONS. Where the process is a test runner that we know,
// it is given the arguments that make it write its results down; every other process is left as it is.

const { appendFileSync, realpathSync } = require('node:fs')
const { join } = require('node:path')
const { isMainThread } = require('node:worker_threads')

try {
  if (isMainThread) prepare()
} catch {
  // The tests run all the same, and their exit code tells.
}

function prepare() {
  const folder = process.env.UPGRADE_KIT_RESULTS
  const runners = JSON.parse(process.env.UPGRADE_KIT_RUNNERS ?? '[]')
  const main = process.argv[1] && !process.execArgv.includes('--test') ? realpathSync(process.argv[1]) : ''
  const given = process.argv.slice(2)
  const runner = runners.find((one) => new RegExp(one.main).test(main.replaceAll('\\', '/')))
  // what the runner starts in its turn is none of our business: no test sees our flags, and no runner under test is changed
  if (runner || process.execArgv.includes('--test')) restoreOptions()
  if (!folder || !runner || (runner.subcommand && !given.includes(runner.subcommand))) return
  if (runner.conflicts.some((flag) => given.some((word) => word === flag || word.startsWith(`${flag}=`)))) return
  const output = join(folder, `${runner.id}-${process.pid}`)
  const end = process.argv.indexOf('--', 2)
  const added = runner.args.map((word) => word.replace('{output}', output))
  process.argv.splice(end < 0 ? process.argv.length : end, 0, ...added)
  for (const [name, value] of Object.entries(runner.env)) process.env[name] = value.replace('{output}', output)
  if (runner.tapOnOutput) copyOutput(`${output}.tap`)
}

function restoreOptions() {
  const before = process.env.UPGRADE_KIT_NODE_OPTIONS
  if (before) process.env.NODE_OPTIONS = before
  else delete process.env.NODE_OPTIONS
  delete process.env.UPGRADE_KIT_RUNNERS
  delete process.env.UPGRADE_KIT_NODE_OPTIONS
}

function copyOutput(file) {
  const { write } = process.stdout
  process.stdout.write = function (chunk, ...rest) {
    try {
      appendFileSync(file, chunk)
    } catch {
      // Nothing is lost but the copy.
    }
    return write.call(this, chunk, ...rest)
  }
}
