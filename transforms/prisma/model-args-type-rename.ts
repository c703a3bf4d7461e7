import { defineChange } from '#kit'
import { renamedNames } from './types/rename-change.ts'
import { renamedArgs } from './types/renames.ts'

export default defineChange({
  title: '`UserArgs` was renamed to `UserDefaultArgs`',
  why: 'The type of what a model takes for `select` and `include` is called `<Model>DefaultArgs`. The old name was an alias from 5.1 on, and is gone. Types of single operations (`UserFindManyArgs`) keep their names.',
  since: '6.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.1.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bPrisma\b/],
  *find(file, project) {
    yield* renamedNames(file, project, '6.0.0', renamedArgs)
  },
})
