import type { Companion } from '#kit'

/**
 * Packages that do not go with Prisma 6 in every version, by the peer ranges of their newest releases and by what their
 * maintainers say. Where one has a first version that does, `accepts` is it.
 */
export const COMPANIONS: Readonly<Record<string, Companion>> = {
  'typegraphql-prisma': {
    advice: 'its newest version accepts Prisma 5 only; wait for one that accepts 6, or stay on 5',
  },
  'nexus-prisma': { advice: 'its newest version accepts Prisma 5 only; stay on 5, or replace it' },
  'nestjs-prisma': {
    advice: 'from 0.26 on the option `middlewares` is gone, because `$use` is',
    accepts: '0.26.0',
  },
  'zod-prisma-types': { advice: 'older versions write `Buffer` for fields of type Bytes', accepts: '3.3.0' },
  'zod-prisma': { advice: 'it accepts Prisma 3 and is no longer maintained; replace it' },
  '@casl/prisma': {
    advice: 'take version 2 or newer, since the types of 1 do not fit from Prisma 5 on',
    accepts: '1.4.0',
  },
  'prisma-json-types-generator': { advice: 'its version 5 is for Prisma 7: take the major version before it' },
  'prisma-kysely': { advice: 'its version 3 is for Prisma 7: take the major version before it' },
  'prisma-redis-middleware': { advice: 'it is a middleware of `$use`, which is gone in 6.14; use an extension' },
  'prisma-soft-delete-middleware': {
    advice: 'it is a middleware of `$use`, which is gone in 6.14; use `prisma-extension-soft-delete`',
  },
  '@prisma/sdk': { advice: 'it ended with 4.0; what is left of it is in `@prisma/internals`, with another interface' },
}
