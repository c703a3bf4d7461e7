import { defineChange } from '#kit'
import { shortcuts } from './client/shortcuts.ts'

export default defineChange({
  title: 'Filters of scalar lists need lists',
  why: 'A single value was taken for a list of one. From 5 on, TypeScript refuses it and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-array-shortcuts',
  guideSays: 'Its `where: { tags: … }` without an operator never compiled.',
  fixable: 'always',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b(?:hasSome|hasEvery|equals)\b/],
  find: (file, project) =>
    shortcuts(
      file,
      project,
      ({ role, name, field, schema }) =>
        role === 'filter' &&
        (/^has(?:Some|Every)$/.test(name) ||
          // of a list of composite types another change tells
          (name === 'equals' && field?.isList === true && !schema?.models.some((model) => model.name === field.type))),
    ),
})
