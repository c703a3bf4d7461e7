import { defineChange } from '#kit'
import { mentionsOf } from './client/names.ts'

export default defineChange({
  title: '`Prisma.Middleware` and `Prisma.MiddlewareParams` were removed',
  why: 'They were the types of what `$use` takes, which is gone as well. An extension gets its parameters typed from `$extends` and needs no annotation.',
  since: '6.14.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['Middleware'],
  names: ['MiddlewareParams'],
  *find(file) {
    for (const name of ['Middleware', 'MiddlewareParams'])
      for (const { node, evidence } of mentionsOf(file, name))
        yield {
          at: node,
          message: `\`Prisma.${name}\` is gone with \`$use\`; an extension needs no annotation`,
          evidence,
        }
  },
})
