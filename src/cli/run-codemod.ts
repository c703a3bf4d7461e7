import type { Command } from 'commander'
import type { Finish } from './main.ts'
import {
  addFileOptions,
  addReportOptions,
  addWriteOptions,
  type FileOptions,
  GROUPS,
  type ReportOptions,
  seconds,
  type WriteOptions,
} from './options.ts'
import type { World } from './world.ts'

type Options = ReportOptions &
  FileOptions &
  WriteOptions & { readonly parser?: string; readonly transformTimeout?: number }

/** `upgrade-kit run-codemod <transform> [paths…]`: somebody's jscodeshift codemod, with our manners. */
export function addRunCodemod(program: Command, world: World, finish: Finish): void {
  const command = program
    .command('run-codemod')
    .summary('run a jscodeshift transform with dry run, report, undo and tests')
    .description(
      'Runs an existing jscodeshift transform through the same dry run, report, journal and verification. Lines that it only reformatted are put back. It runs in a thread of its own, with a time limit. Read the diff of a dry run before you let it write.',
    )
    .argument('<transform>', 'path of the transform module')
    .argument('[paths...]', 'files and folders to look at (default: the whole project)')
    .optionsGroup(GROUPS.run)
    .option('--parser <parser>', 'babel, babylon, flow, ts or tsx (default: its own, or what fits the file)')
    .option('--transform-timeout <seconds>', 'time limit of the transform on one file (default: 30)', seconds)
  addWriteOptions(command)
  addFileOptions(command, false)
  addReportOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ upgrade-kit run-codemod ./codemods/rename.js src --dry-run
  $ upgrade-kit run-codemod ./codemods/rename.js src`,
  )
  command.action(async (transform: string, paths: string[], options: Options) => {
    const { runCodemod } = await import('./run.ts')
    finish(await runCodemod(world, transform, paths, options))
  })
}
