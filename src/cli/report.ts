import type { Command } from 'commander'
import type { Finish } from './main.ts'
import { addOutputOptions, type ReportOptions } from './options.ts'
import type { World } from './world.ts'

/** `upgrade-kit report <report.json>`: a saved report in another format. */
export function addReport(program: Command, world: World, _finish: Finish): void {
  const command = program
    .command('report')
    .summary('a saved report in another format')
    .description('Prints a report that `--format json` wrote in another format. Nothing is scanned.')
    .argument('<report.json>', 'the saved report')
  addOutputOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ upgrade-kit scan express5 --format json --output audit.json
  $ upgrade-kit report audit.json --format markdown
  $ upgrade-kit report audit.json --format sarif --output audit.sarif`,
  )
  command.action(async (file: string, options: ReportOptions) => {
    const [{ savedReports }, { deliver, outputFile }] = await Promise.all([
      import('./saved.ts'),
      import('./deliver.ts'),
    ])
    const [report] = savedReports(world, [file])
    const output = options.output === undefined ? undefined : outputFile(world, options.output)
    if (report) await deliver(world, options, report, output)
  })
}
