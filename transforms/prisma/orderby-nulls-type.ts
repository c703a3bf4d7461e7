import { defineChange, parentOf } from '#kit'
import { namesOfPrisma } from './types/namespace.ts'

export default defineChange({
  title: 'Orders of fields that may be null have two types',
  why: '`Prisma.UserOrderByWithRelationInput["name"]` is `SortOrder | SortOrderInput` for a field that may be null since 4.16. Code that reads such an order back meets an object, too.',
  since: '4.16.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/4.16.0',
  guideSays: 'It says nothing of it, which is a change of a minor release of 4.',
  fixable: 'never',

  format: 'javascript',
  mentions: [/OrderBy\w+Input/],
  *find(file, project) {
    for (const use of namesOfPrisma(file, project)) {
      if (!/^\w+OrderBy\w*Input$/.test(use.name)) continue
      const reference = parentOf(use.whole)
      const access = reference && parentOf(reference)
      if (access?.type !== 'TSIndexedAccessType' || access.objectType !== reference) continue
      yield {
        at: use.node,
        message: 'of a field that may be null this is `SortOrder | SortOrderInput`: take `{ sort, nulls }` as well',
        evidence: use.evidence,
      }
    }
  },
})
