import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Engine, RecipeSummary, RequestBase, RunRequest } from '../engine/api.ts'
import type { ChangeId } from '../model/finding.ts'
import { UserError } from '../model/user-error.ts'
import { literally } from '../text/pattern.ts'
import { type ChangeOptions, type FileOptions, given, levelAndGlobs, type WriteOptions } from './options.ts'
import { orNearest } from './suggest.ts'
import type { World } from './world.ts'

/** The project's folder: `--cwd`, else where the person stands. Throws `UserError` if it is not a folder. */
export function rootOf(world: World, options: { readonly cwd?: string }): string {
  const root = resolve(world.cwd, options.cwd ?? '.')
  if (!isFolder(root)) {
    throw new UserError(`--cwd ${options.cwd}: there is no such folder`, 'Give the folder of the project.')
  }
  return root
}

/** False also for symbolic links that go in a circle, and for what may not be looked at. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** The recipe called `id`. Throws `UserError` with the nearest name and all there are. */
export async function recipeCalled(
  engine: Engine,
  id: string,
  commands: readonly string[],
  examples = false,
): Promise<RecipeSummary> {
  const recipes = await engine.recipes({ examples })
  const recipe = recipes.find((r) => r.id === id)
  if (recipe) return recipe
  const ids = recipes.map((r) => r.id)
  throw new UserError(
    `there is no recipe ${commands.length > 0 ? 'or command ' : ''}\`${id}\``,
    `${await orNearest(id, [...ids, ...commands])}Recipes: ${ids.join(', ')}. \`upgrade-kit list\` says what they do.`,
  )
}

/** Full ids for what was typed with or without the provider; `*` stands for any part of one. Throws `UserError` with the nearest id. */
export async function changesCalled(
  recipe: RecipeSummary,
  typed: readonly string[] | undefined,
  option: string,
): Promise<readonly ChangeId[]> {
  const found: ChangeId[] = []
  for (const name of typed ?? []) {
    const pattern = new RegExp(`^(?:${recipe.provider}/)?${name.split('*').map(literally).join('.*')}$`)
    const changes = recipe.changes.filter((c) => pattern.test(c.id))
    if (changes.length === 0) throw await unknownChange(recipe, name, option)
    found.push(...changes.map(({ id }) => id))
  }
  return found
}

async function unknownChange(recipe: RecipeSummary, name: string, option: string): Promise<UserError> {
  const prefix = `${recipe.provider}/`
  const ids = recipe.changes.map((c) => (name.includes('/') ? c.id : c.id.replace(prefix, '')))
  return new UserError(
    `${option}: recipe ${recipe.id} has no change \`${name}\``,
    `${await orNearest(name, ids)}\`upgrade-kit list ${recipe.id}\` shows all ${recipe.changes.length}.`,
  )
}

/** What is asked of the engine, but for who changes what. */
export function baseRequest(
  root: string,
  paths: readonly string[],
  options: FileOptions & Partial<WriteOptions>,
  mode: RequestBase['mode'],
): Omit<RequestBase, 'onProgress' | 'signal'> {
  const { level, globs } = levelAndGlobs(options.include)
  return given({
    root,
    paths,
    include: globs,
    exclude: options.exclude,
    level,
    types: options.types === false ? 'off' : options.types,
    mode,
    force: options.force,
    install: mode === 'apply' && options.install !== false,
    verify: mode === 'apply' && options.verify !== false,
    testCommand: options.testCommand,
    testTimeoutSeconds: options.testTimeout,
    installTimeoutSeconds: options.installTimeout,
    blameSeconds: options.blameSeconds,
    holdBackBreaking: options.holdBackBreaking,
    commit: commitOf(options, mode),
  })
}

/** Throws `UserError` where nothing is written that could be committed. */
function commitOf(
  { commit, branch, hooks }: Partial<WriteOptions>,
  mode: RequestBase['mode'],
): RequestBase['commit'] | undefined {
  if (!commit && branch === undefined) return undefined
  if (mode !== 'apply') {
    throw new UserError('--commit: a dry run writes nothing', 'Leave out --dry-run, or --commit and --branch.')
  }
  return { hooks: hooks !== false, ...(branch === undefined ? {} : { branch }) }
}

/** The part of a request that says which changes are looked for, with full ids. */
export async function changeRequest(
  recipe: RecipeSummary,
  options: ChangeOptions,
): Promise<Pick<RunRequest, 'recipe' | 'from' | 'to' | 'only' | 'except' | 'modern'>> {
  return given({
    recipe: recipe.id,
    from: options.from,
    to: options.to,
    modern: options.modern,
    only: await changesCalled(recipe, options.only, '--only'),
    except: await changesCalled(recipe, options.except, '--except'),
  })
}
