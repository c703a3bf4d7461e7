import { defineChange } from '#kit'
import { renamedNames } from './types/rename-change.ts'
import { renamedUpdateMany } from './types/renames.ts'

export default defineChange({
  title: 'The unchecked inputs of nested `updateMany` are called after the field that leads back',
  why: 'Prisma 4 called them after the list of the parent: `PostUncheckedUpdateManyWithoutPostsInput`. Now it is `PostUncheckedUpdateManyWithoutAuthorInput`, as with all other inputs.',
  since: '5.0.0',
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#changes-to-uncheckedupdatemanyinput-to-avoid-name-collisions',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['UncheckedUpdateManyWithout'],
  *find(file, project) {
    yield* renamedNames(file, project, '5.0.0', renamedUpdateMany)
  },
})
