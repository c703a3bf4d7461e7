/** The map that a run is about: one of ours by `--provider`, or the project's own by `--map`. */
import { type Settings, type Survey, UserError } from '#kit'
import { MAPS } from '../maps/index.ts'
import { LOCKS } from '../sites/lock.ts'
import { loadMap } from './load.ts'
import type { PaymentMap } from './types.ts'

/** The provider that a run is about where nobody says. */
export const DEFAULT_PROVIDER = 'paypal'

/** What a run says of its map. */
interface MapFacts {
  readonly settings: Settings
  survey<T>(survey: Survey<T, 'yaml'> & { readonly format: 'yaml' }): T
  survey<T>(survey: Survey<T, 'json'> & { readonly format: 'json' }): T
}

/** A map, and what to call it. */
export interface ChosenMap {
  readonly map: PaymentMap
  /** The id of a bundled one, or the path of the project's own. */
  readonly name: string
}

type Texts = readonly (readonly [path: string, text: string])[]
const texts = (files: Iterable<{ readonly path: string; readonly text: string }>): Texts =>
  [...files].map(({ path, text }) => [path, text] as const)
const YAML_MAPS = { format: 'yaml', of: 'project', mentions: ['payment-map/1'], look: texts } as const
const JSON_MAPS = { format: 'json', of: 'project', mentions: ['payment-map/1'], look: texts } as const

/** By text, since a run asks often. */
const loaded = new Map<string, PaymentMap>()

/** The map of a run. Throws a UserError for one that is not there or cannot be read. */
export function chosenMap(facts: MapFacts): ChosenMap {
  const { settings } = facts
  const made = settings.stage === undefined ? undefined : madeWith(facts)
  const wanted = made === undefined || !/[./]/.test(made) ? settings.map : made
  if (wanted === undefined || wanted === '') {
    const id = made ?? settings.provider ?? DEFAULT_PROVIDER
    const text = MAPS[id]
    if (text === undefined)
      throw new UserError(`There is no bundled payment map '${id}'.`, `There are: ${Object.keys(MAPS).join(', ')}.`)
    return { map: mapOf(text, id), name: id }
  }
  const path = wanted.replaceAll('\\', '/').replace(/^\.\//, '')
  const own = [...facts.survey(YAML_MAPS), ...facts.survey(JSON_MAPS)].find(([file]) => file === path)
  if (!own)
    throw new UserError(
      `--map ${wanted}: there is no payment map in the project at this path.`,
      'Give the path from the root of the project, of a file that is called `<name>.payment-map.yaml` (or .json) and begins with `upgradeKit: payment-map/1`.',
    )
  return { map: mapOf(own[1], path), name: path }
}

/** At the end of a rollout, the map that the façade was made with; nothing where a run says which it is about. */
function madeWith(facts: MapFacts): string | undefined {
  if (facts.settings.map !== undefined || facts.settings.provider !== undefined) return undefined
  const [first, ...others] = new Set(facts.survey(LOCKS).map(([, { map }]) => map))
  if (others.length > 0)
    throw new UserError(
      `The façades of this project are made with several payment maps: ${[first, ...others].join(', ')}.`,
      'Say which one the run is about: --provider with the id of a bundled map, or --map with the path of your own.',
    )
  return first
}

function mapOf(text: string, name: string): PaymentMap {
  const known = loaded.get(text)
  if (known) return known
  const result = loadMap(text)
  if (result.is === 'failed') {
    const [first] = result.problems
    throw new UserError(
      `${name}:${first?.line}:${first?.column}: ${first?.message}`,
      `${first?.advice ?? ''} \`upgrade-kit payment map lint ${name}\` shows everything that is wrong with it.`,
    )
  }
  loaded.set(text, result.map)
  return result.map
}
