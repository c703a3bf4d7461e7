import { defineChange } from '#kit'
import { isObject, propertyOf } from './client/literals.ts'
import { shortcuts } from './client/shortcuts.ts'
import type { Site } from './client/trees.ts'

const OPERATORS = ['equals', 'some', 'every', 'none', 'isEmpty', 'isSet']

/** The filter of a list of composite types that is one of them, or whose `equals` is one. Writes go on with one. */
function isComposite({ role, name, field, schema, value }: Site): boolean {
  const isOfType = schema?.models.some((model) => model.is === 'type' && model.name === field?.type)
  if (!field?.isList || !isOfType) return false
  if (role === 'filter') return name === 'equals'
  return role === 'field' && isObject(value) && !OPERATORS.some((operator) => propertyOf(value, operator))
}

export default defineChange({
  title: 'Filters of composite lists need lists',
  why: 'A single value was taken for a list of one. From 5 on, TypeScript refuses it and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-array-shortcuts',
  guideSays: 'It lists `create`, `set` and `push` of composite lists as well, which go on with one value.',
  fixable: 'always',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\bwhere\b|WhereInput/],
  find: (file, project) => shortcuts(file, project, isComposite),
})
