import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { type Baseline, baselineOf, baselineText, EMPTY, parseBaseline, withBaseline } from '../report/baseline.ts'
import type { FileOptions, ReportOptions } from './options.ts'
import type { World } from './world.ts'

type Options = ReportOptions & Partial<FileOptions>

/** What `--baseline` and `--update-baseline` make of a report. */
export type Judge = (report: Report) => Report

/**
 * Reads the baseline before a long run rather than after it. Throws `UserError` where the options do not fit together, or
 * the file is none. With `--update-baseline`, judging a report writes the file.
 */
export function baselineFor(world: World, options: Options, paths: readonly string[]): Judge {
  const { baseline: name, updateBaseline = false } = options
  if (name === undefined) {
    if (!updateBaseline) return (report) => report
    throw new UserError('--update-baseline: there is no baseline to update', 'Say which file: add --baseline <file>.')
  }
  const isPart =
    paths.length + (options.include ?? []).filter((one) => one !== 'review').length + (options.exclude ?? []).length > 0
  if (updateBaseline && isPart) {
    throw new UserError(
      '--update-baseline: only a part of the project is looked at',
      'Leave out paths, --include and --exclude: what is not looked at would be forgotten.',
    )
  }
  const file = resolve(world.cwd, name)
  const before = read(file, name, updateBaseline)
  return (report) => {
    if (!updateBaseline) return withBaseline(report, before, name, isPart)
    const after = baselineOf(report, before)
    write(file, name, after)
    return withBaseline(report, after, name, isPart)
  }
}

function read(file: string, name: string, mayBeMissing: boolean): Baseline {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw refused(name, error, 'Give a file that can be read.')
    if (mayBeMissing) return EMPTY
    throw new UserError(
      `--baseline ${name}: there is no such file`,
      'Add --update-baseline to accept what there is today.',
    )
  }
  return parseBaseline(text, name)
}

function write(file: string, name: string, baseline: Baseline): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, baselineText(baseline))
  } catch (error) {
    throw refused(name, error, 'Give a path that can be written.')
  }
}

function refused(name: string, error: unknown, advice: string): UserError {
  return new UserError(`--baseline ${name}: ${error instanceof Error ? error.message : error}`, advice)
}
