import { defineChange } from '#kit'
import { renamedNames } from './types/rename-change.ts'
import { renamedGroupBy } from './types/renames.ts'

export default defineChange({
  title: 'The arguments of `groupBy` are called after the model as it is written',
  why: 'For a model whose name starts in lower case, Prisma 4 had `BlogPostGroupByArgs` beside `blogPostFindManyArgs`. Now it is `blogPostGroupByArgs`.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'always',

  format: 'javascript',
  mentions: ['GroupByArgs'],
  *find(file, project) {
    yield* renamedNames(file, project, '5.0.0', renamedGroupBy)
  },
})
