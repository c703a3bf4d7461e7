#!/usr/bin/env node
// Scans the corpus with the built command line and compares with expected/: see ../README.md
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { corpusPackages, EXPECTED, folderName, folderOf } from './corpus.mjs'

/** How a package is scanned; the folder follows. */
const SCAN = ['scan', 'express5', '--format', 'json', '--cwd']
const CLI = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'src', 'cli', 'bin.js')
/** `EXIT` of src/model/report.ts: nothing found, findings left. All others mean that there is no report to trust. */
const REPORTED = [0, 1]

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    update: { type: 'boolean', default: false },
    cli: { type: 'string', default: CLI },
    expected: { type: 'string', default: EXPECTED },
  },
})

let problems = 0
for (const pkg of corpusPackages(positionals)) problems += check(pkg)
console.log(problems === 0 ? '\nAs expected.' : `\n${problems} differences or failures.`)
process.exitCode = problems === 0 ? 0 : 1

/** Scans one package, prints what is new and what vanished; returns how many differences there are. */
function check(pkg) {
  const title = `${pkg.name}@${pkg.version}`
  if (!existsSync(folderOf(pkg))) return complain(title, 'is not fetched: run node corpus/fetch.mjs')
  const run = scan(folderOf(pkg))
  if (run.problem) return complain(title, run.problem)

  const found = findingsOf(run.report).filter((finding) => pkg.expect !== 'nothing' || isCode(finding.file))
  const parsed = run.report.counts.filesParsed
  const file = join(options.expected, `${folderName(pkg)}.json`)
  const expected = pkg.expect === 'nothing' ? [] : readExpected(file)
  const added = missingFrom(expected, found)
  const vanished = missingFrom(found, expected)
  console.log(`${title}: ${found.length} findings in ${parsed} parsed files, ${run.seconds.toFixed(1)} s`)
  for (const finding of added) console.log(`  + ${describe(finding)}`)
  for (const finding of vanished) console.log(`  - ${describe(finding)}`)

  if (!options.update || pkg.expect === 'nothing') return added.length + vanished.length
  mkdirSync(options.expected, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ package: title, findings: found.map(kept) }, null, 2)}\n`)
  return 0
}

/** Runs the command line on one folder: the report, or what went wrong. */
function scan(folder) {
  const started = process.hrtime.bigint()
  const child = spawnSync(process.execPath, [options.cli, ...SCAN, folder], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, NO_COLOR: '1' },
  })
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  if (child.error) return { problem: child.error.message }
  if (!REPORTED.includes(child.status)) {
    return { problem: `exit code ${child.status ?? child.signal}\n${child.stderr.trim()}` }
  }
  try {
    return { report: JSON.parse(child.stdout), seconds }
  } catch (error) {
    return { problem: `standard output is not one JSON document: ${error.message}` }
  }
}

/** What is compared: the findings of a `Report` (src/model/report.ts) without what changes with every wording. */
function findingsOf(report) {
  const findings = report.findings.map((finding) => ({
    change: finding.change,
    file: finding.at.file,
    line: finding.at.line,
    column: finding.at.column,
    outcome: finding.outcome,
    certainty: finding.evidence.certainty,
    excerpt: finding.excerpt.trim(),
  }))
  return findings.sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.change, b.change),
  )
}

/** fetch.mjs itself puts Express into the package.json of most packages that must give nothing. */
function isCode(file) {
  return !file.endsWith('package.json')
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

function readExpected(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).findings : []
}

/** The findings of `findings` that `known` does not have; the same finding may occur more than once. */
function missingFrom(known, findings) {
  const left = new Map()
  for (const finding of known) left.set(keyOf(finding), (left.get(keyOf(finding)) ?? 0) + 1)
  return findings.filter((finding) => {
    const count = left.get(keyOf(finding)) ?? 0
    left.set(keyOf(finding), count - 1)
    return count <= 0
  })
}

function keyOf(finding) {
  return JSON.stringify(kept(finding))
}

/** What is written down of a finding: where and what, no line of the package. */
function kept({ change, file, line, column, outcome, certainty }) {
  return { change, file, line, column, outcome, certainty }
}

function describe({ change, file, line, column, outcome, certainty, excerpt = '' }) {
  return `${file}:${line}:${column} ${change} (${certainty}, ${outcome})  ${excerpt.slice(0, 100)}`
}

function complain(title, problem) {
  console.error(`${title}: ${problem}`)
  return 1
}
