// Made by `npm run generate` from the recipes.
import type { Catalogue } from '../src/catalogue/select.ts'

/** By the id of a recipe, how to load the part of the catalogue that a run of it needs. */
export const recipes: ReadonlyMap<string, () => Promise<Catalogue>> = new Map([
  ['express5', async () => (await import('./express.ts')).catalogue],
  ['payment-v2', async () => (await import('./payment.ts')).catalogue],
  ['payment-cutover', async () => (await import('./payment.ts')).catalogue],
  ['prisma6', async () => (await import('./prisma.ts')).catalogue],
])
