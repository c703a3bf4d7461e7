import { defineChange } from '#kit'
import { shortcuts } from './client/shortcuts.ts'

export default defineChange({
  title: '`path` of a JSON filter needs a list on PostgreSQL and CockroachDB',
  why: 'A single value was taken for a list of one. From 5 on, TypeScript refuses it and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database. MySQL and SQLite go on with a string, and a text with dots was one key and stays one.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-array-shortcuts',
  guideSays: 'It names PostgreSQL alone; it is the same on CockroachDB.',
  fixable: 'always',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\bpath\b/],
  find: (file, project) =>
    shortcuts(
      file,
      project,
      ({ role, name, field, schema }) =>
        role === 'filter' &&
        name === 'path' &&
        field?.type === 'Json' &&
        /^(?:postgresql|cockroachdb)$/.test(schema?.provider ?? ''),
    ),
})
