import { type Command, InvalidArgumentError } from 'commander'
import { EXIT } from '../model/report.ts'
import type { Finish } from './main.ts'
import {
  addChangeOptions,
  addFileOptions,
  type ChangeOptions,
  type FileOptions,
  GROUPS,
  type ReportOptions,
} from './options.ts'
import type { World } from './world.ts'

type Options = Omit<ReportOptions, 'format'> & FileOptions & ChangeOptions

/** `upgrade-kit brief <recipe|report.json>`: what is left, for a colleague or a coding agent who carries on. */
export function addBrief(program: Command, world: World, finish: Finish): void {
  const command = program
    .command('brief')
    .summary('what is left to decide, as Markdown to paste')
    .description(
      'Writes a brief for people and coding agents who carry on: for each decision the code, the evidence, the options with their consequences, and how to verify. Nothing is written, installed or run in the project.',
    )
    .argument(
      '<recipe|report.json>',
      'what to upgrade, for example express5; or a saved report, also of a finished run',
    )
    .argument('[paths...]', 'files and folders to look at (default: the whole project)')
    .optionsGroup(GROUPS.report)
    .option('--output <file>', 'write the brief to a file')
    .option('--limit <characters>', 'how long it may be (default: 24000)', characters)
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are respected too)')
  addChangeOptions(command)
  addFileOptions(command, false)
  command.optionsGroup(GROUPS.general).option('--cwd <folder>', 'the project, if it is not the current folder')
  command.addHelpText(
    'after',
    `
Examples:
  $ upgrade-kit brief express5 --output TODO.md
  $ upgrade-kit express5 --format json --output run.json && upgrade-kit brief run.json`,
  )
  command.action(async (from: string, paths: string[], given: Options) => {
    const options = { ...given, format: 'brief' as const }
    if (from.endsWith('.json')) await ofSaved(world, from, options)
    else {
      const { runRecipe } = await import('./run.ts')
      await runRecipe(world, from, paths, options, 'scan', [])
    }
    finish(world.signal.aborted ? EXIT.interrupted : EXIT.clean)
  })
}

async function ofSaved(world: World, file: string, options: ReportOptions): Promise<void> {
  const [{ savedReports }, { deliver, outputFile }] = await Promise.all([import('./saved.ts'), import('./deliver.ts')])
  const output = options.output === undefined ? undefined : outputFile(world, options.output)
  const [report] = savedReports(world, [file])
  if (report) await deliver(world, options, report, output)
}

function characters(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 500) throw new InvalidArgumentError('It must be a whole number from 500.')
  return number
}
