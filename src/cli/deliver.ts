import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { ReportOptions } from './options.ts'
import { type World, wantsColour, widthOf } from './world.ts'

/** Absolute path for `--output`, with its folder made. Throws `UserError` before a long run rather than after it. */
export function outputFile(world: World, output: string): string {
  const file = resolve(world.cwd, output)
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`--output ${output}: this is a folder`, 'Give the path of a file.')
  }
  writing(output, () => mkdirSync(dirname(file), { recursive: true }))
  return file
}

/**
 * Prints the report. With a file, the report goes there in full and without colours, and only the summary is printed:
 * to standard error where the format is for a machine, which reads standard output.
 */
export async function deliver(world: World, options: ReportOptions, report: Report, file?: string): Promise<void> {
  return handOver(world, options, report, await rendered(world, options, report, file !== undefined), file)
}

/** Prints a rendered report, or writes it into a file and prints the summary. */
export async function handOver(
  world: World,
  options: ReportOptions,
  report: Report,
  full: string,
  file: string | undefined,
): Promise<void> {
  if (file === undefined) {
    world.stdout.write(full)
    return
  }
  writing(options.output ?? file, () => writeFileSync(file, full))
  const { textSummary } = await import('../report/text.ts')
  const output = options.format === 'text' ? world.stdout : world.stderr
  const look = { width: widthOf(output), colour: wantsColour(world, output, options.color) }
  output.write(`${textSummary(report, look)}\nThe whole report is in ${options.output}\n`)
}

/** The whole report in the format asked for; the code of a format is loaded when it is asked for. */
async function rendered(world: World, options: ReportOptions, report: Report, toFile: boolean): Promise<string> {
  switch (options.format) {
    case 'json':
      return (await import('../report/json.ts')).jsonReport(report)
    case 'html':
      return (await import('../report/html/page.ts')).htmlReport([{ name: report.recipe.id, report }])
    case 'markdown':
      return (await import('../report/markdown.ts')).markdownReport(report)
    case 'brief':
      return (await import('../report/brief.ts')).briefReport(report, options.limit)
    case 'sarif':
      return (await import('../report/sarif.ts')).sarifReport(report)
    case 'github':
      return (await import('../report/github.ts')).githubReport(report)
    case 'junit':
      return (await import('../report/junit.ts')).junitReport(report)
    case 'csv':
      return (await import('../report/csv.ts')).csvReport(report)
    case 'text':
      return (await import('../report/text.ts')).textReport(report, {
        width: toFile ? 100 : widthOf(world.stdout),
        colour: !toFile && wantsColour(world, world.stdout, options.color),
        verbose: options.verbose === true,
      })
  }
}

function writing(shown: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`--output ${shown}: ${reason}`, 'Give a path that can be written.')
  }
}
