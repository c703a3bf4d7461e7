import { defineChange } from '#kit'
import { renamedNames } from './types/rename-change.ts'
import { renamedFilter } from './types/renames.ts'

export default defineChange({
  title: 'Filters of relations to one record have other names',
  why: 'What was `UserRelationFilter` in Prisma 4 is `UserScalarRelationFilter` for a relation that must be there, and `UserNullableScalarRelationFilter` for one that may be missing. `UserListRelationFilter` stays.',
  since: '6.0.0',
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#changes-to-relationfilterinput-to-account-for-nullability',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['RelationFilter'],
  *find(file, project) {
    yield* renamedNames(file, project, '6.0.0', renamedFilter)
  },
})
