import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { expect } from 'vitest'
import type { Report } from '../../src/model/report.ts'

/** What became of a program. */
export interface Run {
  readonly exit: number | null
  readonly stdout: string
  /** Both streams as they came. */
  readonly output: string
}

/** Runs a program as a person's shell would: without what the test runner put into the environment. */
export function execute(command: string, args: readonly string[], cwd: string): Promise<Run> {
  const ours = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|NODE_TEST_CONTEXT$|TEST$|FORCE_COLOR$)/
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell: args.length === 0, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let output = ''
    child.stdout.on('data', (text: Buffer) => {
      stdout += text
      output += text
    })
    child.stderr.on('data', (text: Buffer) => {
      output += text
    })
    child.once('error', reject).once('close', (exit) => resolve({ exit, stdout, output }))
  })
}

const NOT_OF_THE_PROJECT = ['node_modules', '.upgrade-kit']

/** Path with forward slashes → text, a byte order mark and carriage returns included; without folders of these names. */
export async function treeOf(folder: string, generated: readonly string[] = []): Promise<Record<string, string>> {
  const leftOut = [...NOT_OF_THE_PROJECT, ...generated]
  const tree: Record<string, string> = {}
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (leftOut.includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const below = await treeOf(path, generated)
      for (const [name, text] of Object.entries(below)) tree[`${entry.name}/${name}`] = text
    } else {
      tree[relative(folder, path).split(sep).join('/')] = await readFile(path, 'utf8')
    }
  }
  return tree
}

/** Holds `report.json` and `report.txt` of a project against a report of its copy, without what differs from run to run. */
export async function expectGoldenReports(project: string, report: Report, copy: string): Promise<void> {
  const { jsonReport } = await import('../../src/report/json.ts')
  const { textReport } = await import('../../src/report/text.ts')
  const shown = repeatable(report, copy)
  const reports = {
    'report.json': jsonReport(shown),
    'report.txt': textReport(shown, { width: 100, colour: false, verbose: false }),
  }
  for (const [name, text] of Object.entries(reports)) {
    const golden = join(project, name)
    if (process.env.UPDATE_FIXTURES === '1') await writeFile(golden, text)
    const written = existsSync(golden) ? await readFile(golden, 'utf8') : 'UPDATE_FIXTURES=1 writes this file'
    expect(text, `${name} of ${project}`).toBe(written)
  }
}

/** The report without what differs from run to run and from machine to machine. */
function repeatable(report: Report, folder: string): Report {
  const withoutFolder = (text: string): string => text.replaceAll(folder, '<project>')
  return JSON.parse(JSON.stringify(report), (key, value: unknown) => {
    if (key === 'seconds') return 0
    if (key === 'tail') return []
    if (key === 'run') return '<run>'
    if (key === 'tool') return { ...(value as Report['tool']), version: '<version>' }
    return typeof value === 'string' ? withoutFolder(value) : value
  }) as Report
}
