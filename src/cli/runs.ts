import type { Command } from 'commander'
import type { Finish } from './main.ts'
import { addCommonOptions, type CommonOptions } from './options.ts'
import { print } from './print.ts'
import type { World } from './world.ts'

/** `upgrade-kit runs`: what was written here, newest first. */
export function addRuns(program: Command, world: World, _finish: Finish): void {
  const command = program
    .command('runs')
    .summary('what was written in this project, newest first')
    .description('Lists the runs that wrote something in this project, newest first.')
  addCommonOptions(command)
  command.action(async (options: CommonOptions) => {
    const { rootOf } = await import('./request.ts')
    const root = rootOf(world, options)
    const runs = await (await world.engine()).runs(root)
    const { runsText } = await import('../report/explain.ts')
    await print(world, options, runs, runsText)
  })
}
