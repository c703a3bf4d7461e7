import type { Command } from 'commander'
import type { Finish } from './main.ts'
import {
  addFileOptions,
  addReportOptions,
  addWriteOptions,
  type FileOptions,
  GROUPS,
  type ReportOptions,
  type WriteOptions,
} from './options.ts'
import type { World } from './world.ts'

type Options = ReportOptions & FileOptions & WriteOptions & { readonly parser?: string }

/** `upgrade-kit run-codemod <transform> [paths…]`: somebody's jscodeshift codemod, with our manners. */
export function addRunCodemod(program: Command, world: World, finish: Finish): void {
  const command = program
    .command('run-codemod')
    .summary('run a jscodeshift transform with dry run, report, undo and tests')
    .description(
      'Runs an existing jscodeshift transform through the same dry run, report, journal and verification. Lines that it only reformatted are put back. Its changes want reading: they are written with `--include review`.',
    )
    .argument('<transform>', 'path of the transform module')
    .argument('[paths...]', 'files and folders to look at (default: the whole project)')
    .optionsGroup(GROUPS.run)
    .option('--parser <parser>', 'babel, babylon, flow, ts or tsx (default: what fits the file)')
  addWriteOptions(command)
  addFileOptions(command, true)
  addReportOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ upgrade-kit run-codemod ./codemods/rename.js src --dry-run
  $ upgrade-kit run-codemod ./codemods/rename.js src --include review`,
  )
  command.action(async (transform: string, paths: string[], options: Options) => {
    const { runCodemod } = await import('./run.ts')
    finish(await runCodemod(world, transform, paths, options))
  })
}
