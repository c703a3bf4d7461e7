// Made by `npm run generate` from the files in this folder.
import type { Catalogue } from '../src/catalogue/select.ts'
import * as express from './express.ts'
import * as payment from './payment.ts'
import * as prisma from './prisma.ts'

/** Every change, by its id. */
export const changes = {
  ...express.changes,
  ...payment.changes,
  ...prisma.changes,
}

/** The id of a change there is. */
export type ChangeId = keyof typeof changes

/** Everything there is. */
export const catalogue: Catalogue = {
  providers: [express, payment, prisma].flatMap((part) => part.catalogue.providers),
  changes,
  examples: async () => (await import('./examples.ts')).examples,
}
