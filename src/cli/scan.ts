import type { Command } from 'commander'
import type { Finish } from './main.ts'
import {
  addChangeOptions,
  addFileOptions,
  addObserveOptions,
  addReportOptions,
  addSettingOptions,
  type ChangeOptions,
  type FileOptions,
  type ObserveOptions,
  type ReportOptions,
} from './options.ts'
import type { World } from './world.ts'

/** `upgrade-kit scan <recipe> [paths…]`: the report, and nothing else. */
export function addScan(program: Command, world: World, finish: Finish): void {
  const scan = program
    .command('scan')
    .summary('report only: what breaks, where, and what became of every mention')
    .description(
      'Reports every call site that the new version breaks. Nothing is written or installed, and nothing is run but for --observe.',
    )
    .argument('<recipe>', 'what to upgrade, for example express5')
    .argument('[paths...]', 'files and folders to look at (default: the whole project)')
  addChangeOptions(scan)
  addSettingOptions(scan, world.settings ?? [])
  addFileOptions(scan, false)
  addObserveOptions(scan)
  addReportOptions(scan)
  scan.addHelpText(
    'after',
    `
Examples:
  $ upgrade-kit scan express5
  $ upgrade-kit scan express5 packages/api --only res-send-status-number
  $ upgrade-kit scan express5 --observe        with what the tests show, for which they are run
  $ upgrade-kit scan express5 --format json | jq '.ledger.counts'`,
  )
  scan.action(
    async (recipe: string, paths: string[], options: ReportOptions & FileOptions & ChangeOptions & ObserveOptions) => {
      const { runRecipe } = await import('./run.ts')
      finish(await runRecipe(world, recipe, paths, options, 'scan', []))
    },
  )
}
