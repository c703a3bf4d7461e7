import type { Command } from 'commander'
import { EXIT } from '../model/report.ts'
import type { Finish } from './main.ts'
import {
  addChangeOptions,
  addFileOptions,
  addReportOptions,
  addSettingOptions,
  addWriteOptions,
  type ChangeOptions,
  type FileOptions,
  type ObserveOptions,
  observeOption,
  type ReportOptions,
  type WriteOptions,
} from './options.ts'
import type { World } from './world.ts'

type Options = ReportOptions & FileOptions & ChangeOptions & WriteOptions & ObserveOptions

const AFTER_HELP = `
Examples:
  $ upgrade-kit express5 --dry-run             what would be done, as a report and a diff
  $ upgrade-kit express5                       do it: fix, install, run the tests, report
  $ upgrade-kit express5 src --include review  only src, with the fixes that want reading
  $ upgrade-kit express5 --only app-del,req-param
  $ upgrade-kit express5 --dry-run --observe   with what your tests show on the old version
  $ upgrade-kit scan express5 --format json --output audit.json
  $ upgrade-kit explain src/app.js:42          why a line was changed, or was not
  $ upgrade-kit undo                           take the last run back

Exit codes:
  0    nothing is left to do
  1    findings are left: would be written, held back, by hand, in conflict;
       or --observe saw calls that are none of them
  2    the project or the command line is in the way; the message says what to do
  3    a bug of upgrade-kit: a transform failed, or a fix had to be taken back
  4    the tests were green before and are red after
  130  stopped by ctrl-C; what was written can be undone`

/** The main job, `upgrade-kit <recipe> [paths…]`, is the program itself. */
export function addUpgrade(program: Command, world: World, finish: Finish): void {
  program
    .description(
      'Finds every call site that a new major version breaks, rewrites what it can prove, runs your tests, and lists what a person has to decide.',
    )
    .usage('<recipe> [paths...] [options]\n       upgrade-kit <command> [options]')
    .argument('[recipe]', 'what to upgrade, for example express5 (see `upgrade-kit list`)')
    .argument('[paths...]', 'files and folders to look at (default: the whole project)')
  addWriteOptions(program)
  program.addOption(observeOption())
  addChangeOptions(program)
  addSettingOptions(program, world.settings ?? [])
  addFileOptions(program, true)
  addReportOptions(program)
  program.addHelpText('after', AFTER_HELP)
  program.action(async (recipe: string | undefined, paths: string[], options: Options) => {
    if (recipe === undefined) {
      program.outputHelp({ error: true })
      finish(EXIT.inTheWay)
      return
    }
    const { runRecipe } = await import('./run.ts')
    const commands = program.commands.map((command) => command.name())
    finish(await runRecipe(world, recipe, paths, options, options.dryRun ? 'dry-run' : 'apply', commands))
  })
}
