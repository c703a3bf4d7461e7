import { defineChange, type ProjectFacts } from '#kit'
import { reaches } from './schema/project.ts'
import { renamedNames } from './types/rename-change.ts'
import { renamedFilter } from './types/renames.ts'

export default defineChange({
  title: 'Filters of relations to one record have other names',
  why: 'What is `UserRelationFilter` in Prisma 4 is `UserNullableRelationFilter` from 5 on for a relation that may be missing; in 6 the two are `UserScalarRelationFilter` and `UserNullableScalarRelationFilter`. `UserListRelationFilter` stays.',
  since: '5.0.0',
  again: ['6.0.0'],
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#changes-to-relationfilterinput-to-account-for-nullability',
  guideSays: 'It has the names of 5; that 6 changed them once more stands nowhere.',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['RelationFilter'],
  *find(file, project) {
    const hop = { isFrom5: isFrom5(project), isTo6: reaches(project, '6.0.0') }
    yield* renamedNames(file, project, '5.0.0', (name, schemas) => renamedFilter(name, schemas, hop))
  },
})

function isFrom5(project: ProjectFacts): boolean {
  const declared = project.declared('@prisma/client')
  const version = project.installed('@prisma/client')?.version ?? /\d+(?:\.\d+)*/.exec(declared ?? '')?.[0]
  return version?.split('.')[0] === '5'
}
