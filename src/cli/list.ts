import type { Command } from 'commander'
import type { Finish } from './main.ts'
import { addFormatOptions, type CommonOptions } from './options.ts'
import { print } from './print.ts'
import type { World } from './world.ts'

/** `upgrade-kit list [recipe]`: what there is. */
export function addList(program: Command, world: World, _finish: Finish): void {
  const command = program
    .command('list')
    .summary('all recipes, or all changes of one')
    .description('Lists all recipes, or every breaking change that one recipe knows.')
    .argument('[recipe]', 'the recipe to look into')
  addFormatOptions(command)
  command.addHelpText('after', '\nExamples:\n  $ upgrade-kit list\n  $ upgrade-kit list express5')
  command.action(async (id: string | undefined, options: CommonOptions) => {
    const engine = await world.engine()
    const examples = options.format === 'json'
    const { recipeCalled } = await import('./request.ts')
    const { recipesText, recipeText } = await import('../report/explain.ts')
    await (id === undefined
      ? print(world, options, await engine.recipes({ examples }), recipesText)
      : print(world, options, await recipeCalled(engine, id, [], examples), recipeText))
  })
}
