import { defineChange } from '#kit'
import { propertyOf } from './client/literals.ts'
import { argumentObject, queryCalls } from './client/queries.ts'

export default defineChange({
  title: '`count()` has no `distinct`',
  why: 'The types of 4 had the argument, and the query threw. From 5.5 on TypeScript refuses it, too.',
  since: '5.5.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.5.0',
  guideSays: 'It says nothing of it.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['distinct'],
  *find(file) {
    for (const call of queryCalls(file, 'count')) {
      const object = argumentObject(file, call)
      const property = object && propertyOf(object, 'distinct')
      if (property)
        yield {
          at: { start: property.start, end: property.end },
          message: '`count` cannot count distinct values; count the rows of `findMany({ distinct, select })`',
          evidence: call,
        }
    }
  },
})
