import type { Companion } from '#kit'

/** Packages that need a word when Prisma goes to 6, from the peer ranges and READMEs of their releases. */
export const COMPANIONS: Readonly<Record<string, Companion>> = {}
