import type { Command } from 'commander'
import type { Engine } from '../engine/api.ts'
import { EXIT } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { Finish } from './main.ts'
import { addCommonOptions, type CommonOptions, GROUPS } from './options.ts'
import { print } from './print.ts'
import type { World } from './world.ts'

type Options = CommonOptions & { readonly force?: boolean }

/** `upgrade-kit undo [run]`: the tree as it was before a run, byte for byte. */
export function addUndo(program: Command, world: World, finish: Finish): void {
  const command = program
    .command('undo')
    .summary('take a run back, byte for byte')
    .description('Restores every file that a run wrote, byte for byte; also after a run that was killed in the middle.')
    .argument('[run]', 'the run to take back (default: the last one; see `upgrade-kit runs`)')
    .optionsGroup(GROUPS.run)
    .option('--force', 'also restore files that were changed after the run; those changes are lost')
  addCommonOptions(command)
  command.addHelpText('after', '\nExit code 1 says that files were kept, because they had been changed after the run.')
  command.action(async (run: string | undefined, options: Options) => {
    const { rootOf } = await import('./request.ts')
    const root = rootOf(world, options)
    const engine = await world.engine()
    if (run !== undefined) await mustBeARun(engine, root, run)
    const result = await engine.undo(root, run, { force: options.force === true })
    const { undoText } = await import('../report/explain.ts')
    await print(world, options, result, undoText)
    finish(result.kept.length > 0 ? EXIT.findingsLeft : EXIT.clean)
  })
}

async function mustBeARun(engine: Engine, root: string, run: string): Promise<void> {
  const known = (await engine.runs(root)).map((r) => r.run)
  if (known.includes(run)) return
  const { orNearest } = await import('./suggest.ts')
  const advice = known.length === 0 ? 'There is no run to take back.' : '`upgrade-kit runs` shows all there are.'
  throw new UserError(`there is no run \`${run}\``, `${await orNearest(run, known)}${advice}`)
}
