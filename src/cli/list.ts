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
    .option('--verbose', 'all about every change: why, what happens to code that is left alone, source, example')
  addFormatOptions(command)
  command.addHelpText(
    'after',
    '\nExamples:\n  $ upgrade-kit list\n  $ upgrade-kit list express5\n  $ upgrade-kit list express5 --verbose',
  )
  command.action(async (id: string | undefined, options: CommonOptions & { readonly verbose?: boolean }) => {
    const engine = await world.engine(id)
    const { verbose = false } = options
    const examples = verbose || options.format === 'json'
    const { recipeCalled } = await import('./request.ts')
    const { recipesText, recipeText } = await import('../report/explain.ts')
    await (id === undefined
      ? print(world, options, await engine.recipes({ examples }), recipesText)
      : print(world, options, await recipeCalled(engine, id, [], examples), (recipe, look) =>
          recipeText(recipe, { ...look, verbose }),
        ))
  })
}
