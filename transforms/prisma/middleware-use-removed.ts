import { defineChange } from '#kit'
import { Client } from './client/kinds.ts'

export default defineChange({
  title: '`prisma.$use()` was removed',
  why: 'Middleware gave way to the `query` component of `$extends`, which 4.16 and later have. The call throws "$use is not a function" while the program starts.',
  since: '6.14.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['$use'],
  names: ['$use'],
  *find(file) {
    for (const use of file.members([Client], '$use'))
      yield {
        at: use.property,
        message:
          '`$use` is gone; write an extension: `$extends({ query: { $allOperations({ model, operation, args, query }) { … } } })`',
        evidence: use,
        notes: [
          'the first one that was registered is the outermost, with `$use` and with `$extends`; `$extends` gives a new client back, which has no `$on` and is what has to be used from then on',
          'raw queries are called `$queryRaw`, `$queryRawUnsafe`, `$executeRaw` and `$executeRawUnsafe` there, and `params.action` cannot be changed: call the method of the model that is meant',
        ],
      }
    for (const use of file.destructured([Client], '$use'))
      yield { at: use.property, message: '`$use` is gone; write an extension with `$extends`', evidence: use }
  },
})
