#!/usr/bin/env node
// Measures upgrade-kit against ast-grep, jscodeshift and ripgrep in one run; prints Markdown. See README.md
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, peakMemory, time } from './measure.mjs'
import { CHANGES, writeAstGrepRules } from './rules/ast-grep.mjs'
import { makeTree } from './tree.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const { values: options } = parseArgs({
  options: {
    cli: { type: 'string', default: join(HERE, '..', 'dist', 'src', 'cli', 'bin.js') },
    rounds: { type: 'string', default: '5' },
    'slow-rounds': { type: 'string', default: '1' },
    only: { type: 'string', default: 'rivals,nothing,linear,help' },
  },
})
const ROUNDS = Number(options.rounds)
/** jscodeshift takes about a minute per run: it takes part in the first rounds only. */
const SLOW_ROUNDS = Number(options['slow-rounds'])

/** A change whose word stands nowhere in the bare tree. */
const ABSENT = { change: 'express/sendfile-camelcase', word: '.sendfile(' }
const SOURCE_FILE = /\.[cm]?[jt]sx?$/
const EXTENSIONS = 'js,mjs,cjs,jsx,ts,tsx,mts,cts'
const bin = (name) => join(HERE, 'node_modules', '.bin', name)
const words = join(HERE, 'rules', 'words.txt')

const ours = (folder, ...more) => ({
  name: 'upgrade-kit',
  sites: (stdout) => JSON.parse(stdout).findings.filter(({ at }) => SOURCE_FILE.test(at.file)).length,
  command: [process.execPath, options.cli, 'express5', '--dry-run', '--format', 'json', '--cwd', folder, ...more],
})
const astGrep = (folder, config) => ({
  name: 'ast-grep',
  sites: (stdout) => JSON.parse(stdout).length,
  command: [bin('ast-grep'), 'scan', '--config', config, '--json=compact', folder],
})
const jscodeshift = (folder) => ({
  name: 'jscodeshift',
  slow: true,
  sites: (stdout) => [...stdout.matchAll(/^[a-z-]+: (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0),
  command: [
    ...[bin('jscodeshift'), '--transform', join(HERE, 'rules', 'jscodeshift.cjs'), '--dry', '--no-babel'],
    ...[`--extensions=${EXTENSIONS}`, '--parser=tsx', folder],
  ],
})
const ripgrep = (folder, ...pattern) => ({
  name: 'ripgrep',
  command: ['rg', '--fixed-strings', ...pattern, folder],
})

const floor = (folder, word) => ({
  name: 'any Node program',
  command: [process.execPath, join(HERE, 'floor.mjs'), folder, word],
})

checkTools()
const parts = {
  rivals: async () => {
    const tree = makeTree({ scale: 1, planted: true })
    const config = writeAstGrepRules(join(HERE, '.cache', 'ast-grep'))
    console.log(`\n### Dry run: ${sizeOf(tree)}, ${tree.sites} planted call sites\n`)
    console.log(`The same ${CHANGES.length} changes:\n`)
    await compare([
      ours(tree.folder, '--only', CHANGES.join()),
      astGrep(tree.folder, config),
      jscodeshift(tree.folder),
      ripgrep(tree.folder, '--file', words),
    ])
    console.log(`\nAll changes of the recipe, against rules for those ${CHANGES.length}:\n`)
    await compare([ours(tree.folder), astGrep(tree.folder, config)])
  },
  nothing: async () => {
    for (const scale of [1, 4]) {
      const tree = makeTree({ scale, planted: false })
      console.log(`\n### Nothing to find: ${sizeOf(tree)}\n`)
      console.log('All changes against a search for all their words (which stand in many files, for other reasons):\n')
      await compare([ours(tree.folder), ripgrep(tree.folder, '--file', words)])
      console.log(`\nOne change (${ABSENT.change}) whose word stands nowhere:\n`)
      const jobs = [ripgrep(tree.folder, '--regexp', ABSENT.word), floor(tree.folder, ABSENT.word)]
      await compare([ours(tree.folder, '--only', ABSENT.change), ...jobs])
    }
  },
  linear: async () => {
    console.log('\n### More files\n')
    const trees = [1, 2, 4].map((scale) => ({ scale, ...makeTree({ scale, planted: true }) }))
    for (const tree of trees) console.log(`- ${tree.scale}×: ${sizeOf(tree)}`)
    console.log('')
    await compare(
      trees.map((tree) => ({ ...ours(tree.folder), name: `${tree.scale}×` })),
      { growth: true },
    )
  },
  help: async () => {
    console.log('\n### Start\n')
    await compare([
      { name: 'upgrade-kit --help', command: [process.execPath, options.cli, '--help'] },
      { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
    ])
  },
}
console.log(`Measured on ${machine()}; medians of ${ROUNDS} rounds, the commands of a table in turn.`)
for (const name of options.only.split(',')) await parts[name]()

/**
 * Runs the jobs in turn, round by round, and prints a table; ratios are medians of the ratios of the rounds: the first
 * job over each other one, or the other way round with `growth`.
 */
async function compare(jobs, { growth = false } = {}) {
  for (const job of jobs) if (!job.slow) time(job)
  const runs = jobs.map(() => [])
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, job] of jobs.entries()) {
      if (!job.slow || round < SLOW_ROUNDS) runs[index].push(time(job))
    }
  }
  const withSites = jobs.some((job) => job.sites)
  const ratioTitle = growth ? `this ÷ ${jobs[0].name}` : `${jobs[0].name} ÷ this`
  printRow('', 'wall s', 'CPU s', 'peak MB', ...(withSites ? ['sites'] : []), `${ratioTitle}, wall`, 'CPU')
  printRow('---', ...Array(withSites ? 6 : 5).fill('--:'))
  for (const [index, job] of jobs.entries()) {
    const middle = (what) => median(runs[index].map((run) => run[what])).toFixed(2)
    const sites = withSites ? [sitesOf(job, runs[index][0].stdout)] : []
    const ratios = index === 0 ? ['', ''] : ['wall', 'cpu'].map((what) => ratioOf(runs[0], runs[index], what, growth))
    printRow(job.name, middle('wall'), middle('cpu'), (await peakMemory(job)).toFixed(0), ...sites, ...ratios)
  }
}

/** How many call sites a job found; a crash with exit code 1 must not pass for an answer. */
function sitesOf(job, stdout) {
  if (!job.sites) return ''
  try {
    return job.sites(stdout)
  } catch (error) {
    throw new Error(`${job.name} printed no report: ${job.command.join(' ')}`, { cause: error })
  }
}

function ratioOf(first, others, what, growth) {
  const ratios = others.map((other, round) => first[round][what] / other[what])
  return `${median(growth ? ratios.map((ratio) => 1 / ratio) : ratios).toPrecision(2)}×`
}

function printRow(...cells) {
  console.log(`| ${cells.join(' | ')} |`)
}

function sizeOf({ files, bytes }) {
  return `${files.toLocaleString('en')} files, ${(bytes / 1e6).toFixed(0)} MB`
}

function machine() {
  const [cpu] = cpus()
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`
  const versions = ['ast-grep', 'rg'].map((name) => firstLine(name === 'rg' ? 'rg' : bin(name), '--version'))
  const model = /unknown/i.test(cpu.model) ? process.arch : cpu.model.trim()
  return `${cpus().length} × ${model}, ${memory}, ${process.platform}, Node ${process.versions.node}, ${versions.join(', ')}`
}

function firstLine(command, ...args) {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout.split('\n')[0]
}

/** Says what is missing, and how to get it, before anything is measured. */
function checkTools() {
  const missing = []
  if (process.platform !== 'linux') missing.push('memory and CPU time of process trees are read as Linux gives them')
  if (!existsSync(options.cli)) missing.push(`${options.cli} is not built: npm run build in the main folder`)
  if (!existsSync(bin('ast-grep'))) missing.push('ast-grep and jscodeshift are not installed: npm ci in this folder')
  if (spawnSync('rg', ['--version']).error) missing.push('ripgrep is not on PATH: apt-get install ripgrep')
  if (!existsSync('/usr/bin/time')) missing.push('GNU time is missing: apt-get install time')
  if (missing.length === 0) return
  console.error(missing.join('\n'))
  process.exit(2)
}
