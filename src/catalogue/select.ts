import { distance } from 'fastest-levenshtein'
import semver from 'semver'
import type { ChangeId } from '../model/finding.ts'
import { UserError } from '../model/user-error.ts'
import type { Change, Settings } from './change.ts'
import type { Provider, Recipe } from './provider.ts'

/** Everything there is: the generated index of `transforms/`, or a private catalogue of the same shape. */
export interface Catalogue {
  readonly providers: readonly Provider[]
  readonly changes: Readonly<Record<ChangeId, Change>>
  /** For people, by change: taken from the fixtures when the index is generated, loaded when somebody asks. */
  readonly examples?: () => Promise<Readonly<Record<ChangeId, Example>>>
}

/** What one case of a change shows, without what is around it. */
export interface Example {
  readonly before: string
  /** Absent where the case leaves the code to a person. */
  readonly after?: string
}

/** One recipe with its provider and interval. */
export interface SelectedRecipe extends Recipe {
  readonly id: string
  readonly provider: Provider
}

/** A change with its name. */
export interface NamedChange {
  readonly id: ChangeId
  readonly change: Change
}

/** All recipes of a catalogue, in its order. */
export function recipesOf(catalogue: Catalogue): SelectedRecipe[] {
  return catalogue.providers.flatMap((provider) =>
    Object.entries(provider.recipes).map(([id, recipe]) => ({ ...recipe, id, provider })),
  )
}

/** The recipe that people call `id`, on its own or on another interval. Throws a UserError that names the nearest. */
export function selectRecipe(
  catalogue: Catalogue,
  id: string,
  interval: { from?: string | undefined; to?: string | undefined } = {},
): SelectedRecipe {
  const all = recipesOf(catalogue)
  const found = all.find((recipe) => recipe.id === id)
  if (!found) {
    const near = nearest(
      id,
      all.map((recipe) => recipe.id),
    )
    throw new UserError(
      `There is no recipe '${id}'.`,
      near ? `Did you mean '${near}'? 'upgrade-kit list' shows all recipes.` : "'upgrade-kit list' shows all recipes.",
    )
  }
  const from = version(interval.from, '--from') ?? found.from
  const to = version(interval.to, '--to') ?? found.to
  if (semver.gte(semver.coerce(from)!, semver.coerce(to)!))
    throw new UserError(`The interval from ${from} to ${to} is empty.`, 'Give --from a lower version than --to.')
  return { ...found, from, to }
}

function version(text: string | undefined, option: string): string | undefined {
  if (text === undefined) return undefined
  if (!semver.coerce(text))
    throw new UserError(`${option} '${text}' is not a version.`, `Write a version such as '4' or '5.1.0'.`)
  return text
}

/**
 * The changes of a recipe: every change of its provider with `from < since <= to`, narrowed by `only` and `except` (ids
 * with or without the provider's prefix) and by the stage that is asked for. A `to` that is only a major version includes
 * all of it.
 */
export function selectChanges(
  catalogue: Catalogue,
  recipe: SelectedRecipe,
  narrow: {
    only?: readonly string[] | undefined
    except?: readonly string[] | undefined
    settings?: Settings | undefined
  } = {},
): NamedChange[] {
  const prefix = `${recipe.provider.id}/`
  const all = Object.entries(catalogue.changes)
    .filter(([id, change]) => id.startsWith(prefix) && isOfRecipe(change, recipe))
    .filter(([, change]) => isOfStage(change, recipe, narrow.settings?.stage))
    .map(([id, change]) => ({ id: id as ChangeId, change }))
  const ids = all.map(({ id }) => id)
  const only = narrow.only?.map((name) => fullId(name, prefix, ids))
  const except = narrow.except?.map((name) => fullId(name, prefix, ids)) ?? []
  return all.filter(({ id }) => (only ? only.includes(id) : true) && !except.includes(id))
}

/** A stage brings what belongs to it and what is left of those before it. */
function isOfStage({ stage }: Change, { settings }: Recipe, asked: string | undefined): boolean {
  const stages = settings?.stage?.values ?? []
  if (asked === undefined || !stages.includes(asked)) return true
  return stages.indexOf(stage ?? stages.at(-1)!) <= stages.indexOf(asked)
}

/**
 * What a run of a recipe is asked for: what is given, and the defaults of what is not. Throws a UserError for a setting
 * that the recipe does not have, and for a value that it cannot have.
 */
export function selectSettings(recipe: SelectedRecipe, given: Settings = {}): Settings {
  const known = Object.entries(recipe.settings ?? {})
  for (const [name, value] of Object.entries(given)) {
    const setting = recipe.settings?.[name]
    if (!setting) {
      const own = known.map(([other]) => `--${other}`)
      throw new UserError(
        `The recipe ${recipe.id} does not take --${name}.`,
        own.length > 0 ? `It takes ${own.join(', ')}.` : 'Leave it out.',
      )
    }
    if (setting.values?.includes(value) === false)
      throw new UserError(
        `--${name} cannot be '${value}'.`,
        `For the recipe ${recipe.id} it is one of: ${setting.values.join(', ')}.`,
      )
  }
  const defaults = known.flatMap(([name, setting]) => (setting.default === undefined ? [] : [[name, setting.default]]))
  return { ...Object.fromEntries(defaults), ...given }
}

/** True if a change of the recipe's provider happens on the way of the recipe. */
export function isOfRecipe(change: Change, recipe: Pick<Recipe, 'from' | 'to'>): boolean {
  return [change.since, ...(change.again ?? [])].some((since) => isWithin(since, recipe))
}

/** True if a version is one that a recipe leads to or over. */
export function isWithin(since: string, recipe: Pick<Recipe, 'from' | 'to'>): boolean {
  const at = semver.coerce(since)!
  const ceiling = /^\d+$/.test(recipe.to) ? `${recipe.to}.999.999` : semver.coerce(recipe.to)!.version
  return semver.gt(at, semver.coerce(recipe.from)!) && semver.lte(at, ceiling)
}

function fullId(name: string, prefix: string, ids: readonly ChangeId[]): ChangeId {
  const id = (name.includes('/') ? name : prefix + name) as ChangeId
  if (ids.includes(id)) return id
  const near = nearest(id, ids)
  throw new UserError(
    `There is no change '${name}' in this recipe.`,
    near
      ? `Did you mean '${near}'? 'upgrade-kit list <recipe>' shows all changes.`
      : "'upgrade-kit list <recipe>' shows all changes.",
  )
}

function nearest(text: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, away: distance(text, candidate) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away <= Math.max(3, text.length / 3) ? best.candidate : undefined
}
