import { createRequire } from 'node:module'
import { recipes } from '../../transforms/recipes.ts'
import { settings } from '../../transforms/settings.ts'
import { main } from './main.ts'
import type { World } from './world.ts'

const manifest: { version: string; bugs?: { url?: string } } = createRequire(import.meta.url)(
  'upgrade-kit/package.json',
)

/** Where the command line is run: what a process has of its own. */
export type Place = Pick<World, 'stdout' | 'stderr' | 'env' | 'cwd' | 'signal'>

/** Runs the command line with everything that belongs to upgrade-kit. Returns the exit code; throws nothing. */
export function run(argv: readonly string[], place: Place): Promise<number> {
  return main(argv, {
    ...place,
    engine: async (recipe = '') => {
      const [{ createEngine }, catalogue] = await Promise.all([
        import('../engine/session.ts'),
        recipes.get(recipe)?.() ?? import('../../transforms/index.ts').then((all) => all.catalogue),
      ])
      return createEngine(catalogue, manifest.version)
    },
    settings,
    paymentMaps: () => import('../../transforms/payment/map/tools.ts'),
    version: manifest.version,
    bugs: manifest.bugs?.url,
  })
}
