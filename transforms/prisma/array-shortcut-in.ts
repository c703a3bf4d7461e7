import { defineChange } from '#kit'
import { shortcuts } from './client/shortcuts.ts'

export default defineChange({
  title: '`in` and `notIn` need lists',
  why: 'A single value was taken for a list of one. From 5 on, TypeScript refuses it and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-array-shortcuts',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b(?:in|notIn)\s*:/],
  find: (file, project) =>
    shortcuts(
      file,
      project,
      ({ role, name, field }) => role === 'filter' && (name === 'in' || name === 'notIn') && field?.isList !== true,
    ),
})
