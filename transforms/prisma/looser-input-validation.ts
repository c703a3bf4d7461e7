import { defineChange, type Node, unwrap } from '#kit'
import { booleanOf, isObject, isUndefined, propertyOf } from './client/literals.ts'
import { argumentObject, queryCalls } from './client/queries.ts'

export default defineChange({
  title: 'Some arguments that were refused no longer are',
  why: '`select: { id: 1 }` counts as true and `undefined` as absent, a text is taken for a BigInt, several unique fields are combined, and a fraction for an Int loses what is behind the point. What threw in 4 goes on in 5.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\bselect\b/],
  *find(file) {
    for (const call of queryCalls(
      file,
      'findFirst',
      'findUnique',
      'findMany',
      'create',
      'update',
      'upsert',
      'delete',
    )) {
      const object = argumentObject(file, call)
      const select = object && propertyOf(object, 'select')
      const fields = select && unwrap(select.value as Node)
      if (!isObject(fields)) continue
      for (const field of fields.properties) {
        if (field.type !== 'ObjectProperty') continue
        const value = unwrap(field.value as Node)
        if (
          booleanOf(value) !== undefined ||
          !(isUndefined(value) || /^(?:Numeric|String|Null)Literal$/.test(value.type))
        )
          continue
        yield {
          at: { start: field.start!, end: field.end! },
          message: 'this threw in 4, and is taken for true, or left out, from 5 on; write `true` or `false`',
          evidence: call,
        }
      }
    }
  },
})
