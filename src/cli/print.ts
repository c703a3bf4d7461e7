import type { CommonOptions } from './options.ts'
import { type World, wantsColour, widthOf } from './world.ts'

/** Prints a value as `--format` says: as JSON, or as the text made of it for the terminal at hand. */
export async function print<T>(
  world: World,
  options: CommonOptions,
  value: T,
  text: (value: T, look: { width: number; colour: boolean }) => string,
): Promise<void> {
  if (options.format === 'json') {
    const { toJson } = await import('../report/json.ts')
    world.stdout.write(toJson(value))
    return
  }
  world.stdout.write(
    text(value, { width: widthOf(world.stdout), colour: wantsColour(world, world.stdout, options.color) }),
  )
}
