import { defineChange } from '#kit'

export default defineChange({
  title: 'The levels of `log` are a const type parameter',
  why: '`PrismaClient` reads its levels of logging from the literal that it is given, which takes TypeScript 5. A list that is put together with `...` is sometimes not taken for one of levels any more.',
  since: '6.13.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.13.0',
  fixable: 'never',

  byHand:
    'If the compiler refuses a `log` list that is put together, write `satisfies Prisma.LogDefinition[]` behind it.',
})
