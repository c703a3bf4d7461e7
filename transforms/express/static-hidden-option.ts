import { defineChange, fix } from '#kit'
import { quoteOf } from './handlers/layout.ts'
import { StaticFactory } from './provider.ts'
import { withoutHidden } from './static/hidden.ts'
import { givenOptions, propertyOf } from './static/options.ts'

export default defineChange({
  title: 'The option `hidden` of `express.static()` is no longer read',
  why: "Express 4 took `hidden: true` for `dotfiles: 'allow'`. Express 5 does not look at it, so files and folders that start with a dot answer 404 without an error.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressstatic-options',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bhidden\b/],
  *find(file) {
    for (const use of file.callsOf(StaticFactory)) {
      const given = givenOptions(file, use.arguments[1])
      const objects = given.is === 'own' ? [given.object] : given.is === 'shared' ? given.objects : []
      for (const object of objects) {
        const property = propertyOf(object, 'hidden')
        if (!property) continue
        const replacement = given.is === 'own' ? withoutHidden(file, object, quoteOf(file.module)) : undefined
        yield {
          at: property.key,
          message: '`hidden` is not read any more; `dotfiles` says what is served',
          evidence: use,
          ...(replacement
            ? { fix: fix('safe', replacement.title, replacement.edit) }
            : { notes: ["`hidden: true` was `dotfiles: 'allow'`; it had no effect beside `dotfiles`"] }),
        }
      }
    }
  },
})
