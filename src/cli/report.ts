import type { Command } from 'commander'
import type { Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { Finish } from './main.ts'
import { addOutputOptions, type ReportOptions } from './options.ts'
import type { World } from './world.ts'

/** `upgrade-kit report <report.json…>`: saved reports in another format. */
export function addReport(program: Command, world: World, _finish: Finish): void {
  const command = program
    .command('report')
    .summary('saved reports in another format')
    .description('Prints a report that `--format json` wrote in another format. Nothing is scanned.')
    .argument('<report.json...>', 'the saved report; for HTML several, oldest first, to show progress')
  addOutputOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ upgrade-kit scan express5 --format json --output audit.json
  $ upgrade-kit report audit.json --format markdown
  $ upgrade-kit report audit.json --format sarif --output audit.sarif
  $ upgrade-kit report may.json june.json july.json --format html --output progress.html`,
  )
  command.action(async (files: string[], options: ReportOptions) => {
    const [{ savedReports }, delivery] = await Promise.all([import('./saved.ts'), import('./deliver.ts')])
    const output = options.output === undefined ? undefined : delivery.outputFile(world, options.output)
    const reports = savedReports(world, files)
    const last = reports.at(-1)!
    if (reports.length === 1) return delivery.deliver(world, options, last, output)
    await delivery.handOver(world, options, last, await progress(files, reports, options), output)
  })
}

async function progress(files: readonly string[], reports: readonly Report[], options: ReportOptions): Promise<string> {
  if (options.format !== 'html') {
    throw new UserError(
      `--format ${options.format} shows one report, and ${reports.length} are given`,
      'Give one report, or use --format html, which shows progress.',
    )
  }
  const { basename } = await import('node:path')
  const named = reports.map((report, index) => ({ name: basename(files[index]!, '.json'), report }))
  const { htmlReport } = await import('../report/html/page.ts')
  return htmlReport([named[0]!, ...named.slice(1)])
}
