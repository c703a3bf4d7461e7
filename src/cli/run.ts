import { resolve } from 'node:path'
import type { Choose, RequestBase } from '../engine/api.ts'
import { EXIT, exitCode, type Mode, type Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { Judge } from './baseline.ts'
import { deliver, outputFile } from './deliver.ts'
import {
  type ChangeOptions,
  type FileOptions,
  given,
  givenSettings,
  type ObserveOptions,
  type ReportOptions,
  type WriteOptions,
} from './options.ts'
import { startProgress } from './progress.ts'
import { baseRequest, changeRequest, recipeCalled, rootOf } from './request.ts'
import type { World } from './world.ts'

type RunOptions = ReportOptions & FileOptions & Partial<WriteOptions> & ObserveOptions

/** Runs a recipe and delivers its report. Returns the exit code. `commands` are offered where the recipe is a typo. */
export async function runRecipe(
  world: World,
  recipeId: string,
  paths: readonly string[],
  options: RunOptions & ChangeOptions,
  mode: Mode,
  commands: readonly string[],
): Promise<number> {
  const root = rootOf(world, options)
  const judge = await judgeFor(world, options, paths)
  const isWhole = paths.length === 0
  const engine = await world.engine(recipeId, mode !== 'apply' && !options.observe && isWhole ? root : undefined)
  const recipe = await recipeCalled(engine, recipeId, commands)
  const request = {
    ...baseRequest(root, paths, options, mode),
    ...(await changeRequest(recipe, options)),
    ...given({ observe: options.observe, settings: givenSettings(world.settings ?? [], { ...options }) }),
  }
  if (!options.interactive)
    return reported(world, options, judge, ({ pause: _, ...live }) => engine.run({ ...request, ...live }))
  const { interactively } = await import('./interactive.ts')
  if (mode !== 'apply') throw nothingToAsk()
  const { choose, done } = interactively(world, root, recipe.id, options.color)
  return reported(world, options, judge, async ({ pause, ...live }) => {
    const asked: Choose = (proposal) => pause(() => choose(proposal))
    const report = await engine.run({ ...request, ...live, level: 'review', choose: asked })
    done()
    return report
  })
}

/** Runs a jscodeshift transform and delivers its report. Returns the exit code. */
export async function runCodemod(
  world: World,
  transform: string,
  paths: readonly string[],
  options: RunOptions & { readonly parser?: string; readonly transformTimeout?: number },
): Promise<number> {
  const root = rootOf(world, options)
  const judge = await judgeFor(world, options, paths)
  const engine = await world.engine()
  const request = {
    ...baseRequest(root, paths, options, options.dryRun ? 'dry-run' : 'apply'),
    transform: resolve(world.cwd, transform),
    ...given({ parser: options.parser, transformTimeoutSeconds: options.transformTimeout }),
  }
  return reported(world, options, judge, ({ pause: _, ...live }) => engine.runCodemod({ ...request, ...live }))
}

function nothingToAsk(): UserError {
  return new UserError('--interactive: a dry run writes nothing', 'Leave out --dry-run: nothing is written unasked.')
}

type Live = Required<Pick<RequestBase, 'onProgress' | 'signal'>>
type Pause = { readonly pause: <T>(work: () => Promise<T>) => Promise<T> }

/** What a baseline makes of the report; without one, nothing is loaded and nothing changes. */
async function judgeFor(world: World, options: RunOptions, paths: readonly string[]): Promise<Judge> {
  if (options.baseline === undefined && !options.updateBaseline) return (report) => report
  return (await import('./baseline.ts')).baselineFor(world, options, paths)
}

async function reported(
  world: World,
  options: ReportOptions,
  judge: Judge,
  run: (live: Live & Pause) => Promise<Report>,
): Promise<number> {
  const file = options.output === undefined ? undefined : outputFile(world, options.output)
  let progress = startProgress(world)
  const pause = async <T>(work: () => Promise<T>): Promise<T> => {
    progress.stop()
    const answer = await work()
    progress = startProgress(world)
    return answer
  }
  const onAbort = () => {
    progress.stop()
    world.stderr.write('Stopping in order; ctrl-C again ends at once.\n')
  }
  world.signal.addEventListener('abort', onAbort, { once: true })
  try {
    const report = judge(await run({ onProgress: (at) => progress.report(at), signal: world.signal, pause }))
    progress.stop()
    await deliver(world, options, report, file)
    return world.signal.aborted ? EXIT.interrupted : exitCode(report)
  } finally {
    progress.stop()
    world.signal.removeEventListener('abort', onAbort)
  }
}
