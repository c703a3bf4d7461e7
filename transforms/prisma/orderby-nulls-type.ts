import { defineChange } from '#kit'

export default defineChange({
  title: 'Orders of fields that may be null have two types',
  why: '`Prisma.UserOrderByWithRelationInput["name"]` is `SortOrder | SortOrderInput` for a field that may be null since 4.16. Code that reads such an order back meets an object, too.',
  since: '4.16.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/4.16.0',
  fixable: 'never',

  byHand: 'If code reads orders back (`orderBy.name === "asc"`), let it take `{ sort, nulls }` as well.',
})
