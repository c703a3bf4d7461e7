import type { Command } from 'commander'
import type { ChangeSummary, Engine } from '../engine/api.ts'
import type { LineExplanation } from '../model/report.ts'
import { OutOfScope, UserError } from '../model/user-error.ts'
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
    .option('--recipe <recipe>', 'one recipe instead of all that the project is in scope of')
    .addOption(typesOption())
  addSettingOptions(command, world.settings ?? [])
  addCommonOptions(command)
  command.addHelpText(
    'after',
    '\nExamples:\n  $ upgrade-kit explain src/app.js:42\n  $ upgrade-kit explain res-send-status-number',
  )
  command.action(async (what: string, options: Options) => {
    const engine = await world.engine(options.recipe)
    const place = /^(.+?):(\d+)(?::\d+)?$/.exec(what)
    await (place
      ? explainLine(world, engine, options, place[1] ?? '', Number(place[2]))
      : explainChange(world, engine, options, what))
    finish(0)
  })
}

async function explainLine(world: World, engine: Engine, options: Options, file: string, line: number): Promise<void> {
  const { baseRequest, rootOf } = await import('./request.ts')
  const request = {
    ...baseRequest(rootOf(world, options), [], options, 'scan'),
    ...given({ settings: givenSettings(world.settings ?? [], { ...options }) }),
    signal: world.signal,
  }
  const explanation = await explained(engine, options, (recipe) =>
    engine.explainLine({ ...request, recipe }, file, line),
  )
  const { lineText } = await import('../report/explain.ts')
  await print(world, options, explanation, lineText)
}

/** What every recipe says that the line is in the scope of. Throws what is in the way where there is none. */
async function explained(
  engine: Engine,
  options: Options,
  explain: (recipe: string) => Promise<LineExplanation>,
): Promise<LineExplanation> {
  const { recipeCalled } = await import('./request.ts')
  const { recipe } = options
  const recipes = recipe === undefined ? await engine.recipes() : [await recipeCalled(engine, recipe, [])]
  const said: LineExplanation[] = []
  const refused: UserError[] = []
  for (const { id } of recipes)
    try {
      said.push(await explain(id))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      refused.push(error)
    }
  const [first] = said
  if (!first) throw refused.find((error) => !(error instanceof OutOfScope)) ?? refused[0]
  return { ...first, looks: said.flatMap(({ looks }) => looks) }
}

async function explainChange(world: World, engine: Engine, options: Options, id: string): Promise<void> {
  const { recipeCalled } = await import('./request.ts')
  const recipes =
    options.recipe === undefined
      ? await engine.recipes({ examples: true })
      : [await recipeCalled(engine, options.recipe, [], true)]
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
