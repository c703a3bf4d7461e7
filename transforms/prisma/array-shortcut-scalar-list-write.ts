import { defineChange } from '#kit'
import { shortcuts } from './client/shortcuts.ts'
import type { Site } from './client/trees.ts'

/** A field that is a list of scalars or enums, or the `set` of one. */
function isWritten({ role, name, field, schema }: Site): boolean {
  if (!field?.isList || schema?.models.some((model) => model.name === field.type)) return false
  return role === 'operation' ? name === 'set' : role === 'data'
}

export default defineChange({
  title: 'Lists of scalars are written as lists',
  why: 'A single value was taken for a list of one. From 5 on, TypeScript refuses it and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-array-shortcuts',
  fixable: 'always',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\.(?:create|createMany|update|updateMany|upsert)\b|\[['"](?:create|update|upsert)/],
  find: (file, project) => shortcuts(file, project, isWritten),
})
