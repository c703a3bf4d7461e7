import type { Command } from 'commander'
import type { ChangeSummary, Engine, RecipeSummary } from '../engine/api.ts'
import { UserError } from '../model/user-error.ts'
import type { Finish } from './main.ts'
import {
  addCommonOptions,
  addSettingOptions,
  type CommonOptions,
  type FileOptions,
  GROUPS,
  given,
  givenSettings,
  typesOption,
} from './options.ts'
import { print } from './print.ts'
import type { World } from './world.ts'

type Options = CommonOptions & Pick<FileOptions, 'types'> & { readonly recipe?: string }

/** `upgrade-kit explain <file:line | change-id>`. */
export function addExplain(program: Command, world: World, finish: Finish): void {
  const command = program
    .command('explain')
    .summary('why a line was changed or not; or all about one breaking change')
    .description(
      'For file:line: every change that looked at the line, its verdict, and its chain of evidence, or the hop where the chain broke. For a change id: what broke, since when, what can be done about it, and an example.',
    )
    .argument('<file:line | change-id>', 'for example src/app.js:42, or app-del')
    .optionsGroup(GROUPS.changes)
    .option('--recipe <recipe>', 'the recipe, where there are several that fit')
    .addOption(typesOption())
  addSettingOptions(command, world.settings ?? [])
  addCommonOptions(command)
  command.addHelpText(
    'after',
    '\nExamples:\n  $ upgrade-kit explain src/app.js:42\n  $ upgrade-kit explain res-send-status-number',
  )
  command.action(async (what: string, options: Options) => {
    const engine = await world.engine()
    const place = /^(.+?):(\d+)(?::\d+)?$/.exec(what)
    await (place
      ? explainLine(world, engine, options, place[1] ?? '', Number(place[2]))
      : explainChange(world, engine, options, what))
    finish(0)
  })
}

async function explainLine(world: World, engine: Engine, options: Options, file: string, line: number): Promise<void> {
  const { baseRequest, rootOf } = await import('./request.ts')
  const recipe = await oneRecipe(engine, options)
  const request = {
    ...baseRequest(rootOf(world, options), [], options, 'scan'),
    recipe: recipe.id,
    ...given({ settings: givenSettings(world.settings ?? [], { ...options }) }),
    signal: world.signal,
  }
  const explanation = await engine.explainLine(request, file, line)
  const { lineText } = await import('../report/explain.ts')
  await print(world, options, explanation, lineText)
}

async function explainChange(world: World, engine: Engine, options: Options, id: string): Promise<void> {
  const recipes =
    options.recipe === undefined ? await engine.recipes({ examples: true }) : [await oneRecipe(engine, options, true)]
  const changes = recipes.flatMap((recipe) => recipe.changes)
  const change = changes.find((c) => c.id === id) ?? changes.find((c) => c.id.endsWith(`/${id}`))
  if (!change) throw await unknownSubject(id, changes)
  const { changeText } = await import('../report/explain.ts')
  await print(world, options, change, changeText)
}

async function unknownSubject(id: string, changes: readonly ChangeSummary[]): Promise<UserError> {
  const { orNearest } = await import('./suggest.ts')
  const ids = changes.map((c) => (id.includes('/') ? c.id : c.id.slice(c.id.indexOf('/') + 1)))
  const advice = 'Give file:line, as in src/app.js:42, or a change id; `upgrade-kit list` shows what there is.'
  return new UserError(`\`${id}\` is neither file:line nor a change`, `${await orNearest(id, ids)}${advice}`)
}

async function oneRecipe(engine: Engine, options: Options, examples = false): Promise<RecipeSummary> {
  const { recipeCalled } = await import('./request.ts')
  if (options.recipe !== undefined) return recipeCalled(engine, options.recipe, [], examples)
  const recipes = await engine.recipes()
  const only = recipes[0]
  if (only && recipes.length === 1) return only
  throw new UserError(
    'a line is explained for one recipe at a time',
    `Add --recipe: ${recipes.map((r) => r.id).join(', ')}.`,
  )
}
