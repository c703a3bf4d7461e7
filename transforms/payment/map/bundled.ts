/** The maps that come with the package. */
import { MAPS } from '../maps/index.ts'
import { type LoadedMap, loadMap } from './load.ts'

const loaded = new Map<string, LoadedMap>()

/** The ids of the bundled maps, as `--provider` takes them. */
export const BUNDLED: readonly string[] = Object.keys(MAPS)

/** A bundled map; `undefined` if there is none of this id. */
export function bundledMap(id: string): LoadedMap | undefined {
  const text = bundledText(id)
  if (text === undefined) return undefined
  const known = loaded.get(id)
  if (known) return known
  const result = loadMap(text)
  if (result.is === 'failed') {
    const [problem] = result.problems
    throw new Error(`the bundled map ${id} is wrong in line ${problem?.line}: ${problem?.message}`)
  }
  loaded.set(id, result)
  return result
}

/** The text of a bundled map, to begin one's own with. */
export function bundledText(id: string): string | undefined {
  return Object.hasOwn(MAPS, id) ? MAPS[id] : undefined
}
