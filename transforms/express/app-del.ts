import { defineChange, fix, replace } from '#kit'
import { App } from './provider.ts'

export default defineChange({
  title: '`app.del()` was removed',
  why: '`del` was an alias of `delete` from the time when `delete` could not be a property name. The call now throws "app.del is not a function" while the application starts.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#app.del',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bdel\b/],
  names: ['del'],
  *find(file) {
    for (const use of file.members([App], 'del')) {
      const name =
        use.property.type === 'Identifier'
          ? 'delete'
          : `${file.source(use.property)[0]}delete${file.source(use.property)[0]}`
      yield {
        at: use.property,
        message: '`del` is gone; the method is `delete`',
        evidence: use,
        // a route without handlers did nothing in Express 4 and throws in Express 5, whatever it is called
        ...(use.arguments.length === 1 ? {} : { fix: fix('safe', 'Rename to `delete`', replace(use.property, name)) }),
      }
    }
    for (const use of file.destructured([App], 'del'))
      yield {
        at: use.property,
        message: '`del` is taken out of the application, but is gone; take out `delete` under another name',
        evidence: use,
      }
  },
})
