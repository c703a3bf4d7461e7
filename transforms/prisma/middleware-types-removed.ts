import { contains, defineChange, type JavaScriptFile, type Node } from '#kit'
import { Client } from './client/kinds.ts'
import { extensionFor } from './client/middleware.ts'
import { mentionsOf } from './client/names.ts'

export default defineChange({
  title: '`Prisma.Middleware` and `Prisma.MiddlewareParams` were removed',
  why: 'They were the types of what `$use` takes, which is gone as well. An extension gets its parameters typed from `$extends` and needs no annotation.',
  since: '6.14.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['Middleware'],
  names: ['MiddlewareParams'],
  *find(file) {
    for (const name of ['Middleware', 'MiddlewareParams'])
      for (const { node, evidence } of mentionsOf(file, name))
        if (!isExtension(file, node))
          yield {
            at: node,
            message: `\`Prisma.${name}\` is gone with \`$use\`; an extension needs no annotation`,
            evidence,
          }
  },
})

/** True within a middleware that is written as an extension as it stands, without what its parameters are declared as. */
function isExtension(file: JavaScriptFile, type: Node): boolean {
  const use = file.calls([Client], '$use').find(({ arguments: [first] }) => first && contains(first, type))
  return use !== undefined && 'fix' in extensionFor(file, use)
}
