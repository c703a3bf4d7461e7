/** What the façade of a map is called at call sites, whether or not it is there. */
import { generateFacade } from '../facade/generate.ts'
import type { FacadeEntry } from '../facade/types.ts'
import type { PaymentMap } from '../map/types.ts'

const known = new WeakMap<PaymentMap, FacadeEntry>()

/** The names of a façade that has everything. */
export function facadeNames(map: PaymentMap): FacadeEntry {
  const found = known.get(map) ?? make(map)
  known.set(map, found)
  return found
}

function make(map: PaymentMap): FacadeEntry {
  const [sdk] = map.sdk ?? []
  return generateFacade({
    map,
    mapName: map.provider.id,
    folder: 'payments',
    operations: [],
    http: ['fetch'],
    ...(sdk ? { sdk: { package: sdk.package } } : {}),
    style: {
      language: 'javascript',
      modules: 'commonjs',
      importExtension: '',
      tests: 'none',
      format: {
        indent: '  ',
        quotes: 'single',
        semicolons: true,
        lineWidth: 100,
        trailingCommas: 'all',
        newline: '\n',
      },
    },
  }).entry
}
