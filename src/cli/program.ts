import { createRequire } from 'node:module'
import { recipes } from '../../transforms/recipes.ts'
import { settings } from '../../transforms/settings.ts'
import type { ReadAhead } from '../engine/read-ahead.ts'
import { main } from './main.ts'
import type { World } from './world.ts'

const manifest: { version: string; bugs?: { url?: string } } = createRequire(import.meta.url)(
  'upgrade-kit/package.json',
)

/** Where the command line is run: what a process has of its own. */
export type Place = Pick<World, 'stdout' | 'stderr' | 'env' | 'cwd' | 'signal'> & {
  /** What was begun of the project that the command line seems to be about. */
  readonly ahead?: ReadAhead | undefined
}

/** Runs the command line with everything that belongs to upgrade-kit. Returns the exit code; throws nothing. */
export function run(argv: readonly string[], { ahead, ...place }: Place): Promise<number> {
  return main(argv, {
    ...place,
    engine: async (recipe = '', project) => {
      const begun = project === undefined ? undefined : ahead
      if (!begun) ahead?.stop()
      const [{ createEngine }, catalogue] = await Promise.all([
        import('../engine/session.ts'),
        recipes.get(recipe)?.() ?? import('../../transforms/index.ts').then((all) => all.catalogue),
      ])
      return createEngine(catalogue, manifest.version, begun)
    },
    settings,
    paymentMaps: () => import('../../transforms/payment/map/tools.ts'),
    version: manifest.version,
    bugs: manifest.bugs?.url,
  })
}
