import { defineChange, fix } from '#kit'
import { StaticFactory } from './provider.ts'
import { removeProperty } from './removals/property.ts'
import { givenOptions, isRemovable, propertyOf } from './static/options.ts'

export default defineChange({
  title: 'The option `from` of `express.static()` was removed',
  why: 'It was another name for `root`, which `express.static()` always took from its first argument: `from` had no effect in Express 4 and has none in Express 5. The migration guide renames it to `root`, which has no effect either.',
  since: '5.0.0',
  breakage: 'deprecated',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressstatic-options',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bfrom\b/],
  *find(file) {
    for (const use of file.callsOf(StaticFactory)) {
      const given = givenOptions(file, use.arguments[1])
      const objects = given.is === 'own' ? [given.object] : given.is === 'shared' ? given.objects : []
      for (const object of objects) {
        const property = propertyOf(object, 'from')
        if (!property) continue
        const edit = given.is === 'own' && isRemovable(property) ? removeProperty(file, object, property) : undefined
        yield {
          at: property.key,
          message: '`from` has no effect: the root is the first argument',
          evidence: use,
          ...(edit ? { fix: fix('safe', 'Remove `from`', edit) } : {}),
        }
      }
    }
  },
})
