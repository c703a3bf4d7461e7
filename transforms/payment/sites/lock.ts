import type { FacadeRequest } from '../facade/types.ts'

/** The file in which a package keeps what its façade was made of. */
export const LOCK = 'payment-migration.lock.json'

/** What a façade was made of, so that a later run makes the same one, or the one of the next stage. */
export interface Lock {
  readonly upgradeKit: 'payment-migration/1'
  /** The id of a bundled map, or the path of the project's own. */
  readonly map: string
  readonly mapHash: string
  readonly facade: Omit<FacadeRequest, 'map' | 'mapName'>
}
