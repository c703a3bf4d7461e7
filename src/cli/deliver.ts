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
 * to standard error where the format is JSON, since standard output is for JSON alone.
 */
export async function deliver(world: World, options: ReportOptions, report: Report, file?: string): Promise<void> {
  const full = await rendered(world, options, report, file !== undefined)
  if (file === undefined) {
    world.stdout.write(full)
    return
  }
  writing(options.output ?? file, () => writeFileSync(file, full))
  const { textSummary } = await import('../report/text.ts')
  const output = options.format === 'json' ? world.stderr : world.stdout
  const look = { width: widthOf(output), colour: wantsColour(world, output, options.color) }
  output.write(`${textSummary(report, look)}\nThe whole report is in ${options.output}\n`)
}

async function rendered(world: World, options: ReportOptions, report: Report, toFile: boolean): Promise<string> {
  if (options.format === 'json') return (await import('../report/json.ts')).jsonReport(report)
  const { textReport } = await import('../report/text.ts')
  return textReport(report, {
    width: toFile ? 100 : widthOf(world.stdout),
    colour: !toFile && wantsColour(world, world.stdout, options.color),
    verbose: options.verbose === true,
  })
}

function writing(shown: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`--output ${shown}: ${reason}`, 'Give a path that can be written.')
  }
}
