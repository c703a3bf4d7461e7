import { defineChange, keyName, type Node, parentOf } from '#kit'
import { namesOfClient } from './types/namespace.ts'

export default defineChange({
  title: 'The levels of `log` are a const type parameter',
  why: '`PrismaClient` reads its levels of logging from the literal that it is given, which takes TypeScript 5. A list that is put together with `...` is sometimes not taken for one of levels any more.',
  since: '6.13.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.13.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\blog\b/],
  *find(file, project) {
    if (!file.isTypeScript) return
    for (const use of namesOfClient(file, project, 'PrismaClient')) {
      const call = parentOf(use.whole)
      const options = call?.type === 'NewExpression' && call.callee === use.whole ? call.arguments[0] : undefined
      if (options?.type !== 'ObjectExpression') continue
      for (const property of options.properties) {
        if (property.type !== 'ObjectProperty' || keyName(property) !== 'log') continue
        if (
          property.value.type !== 'ArrayExpression' ||
          !property.value.elements.some((one) => one?.type === 'SpreadElement')
        )
          continue
        yield {
          at: property.value as Node,
          message: 'if the compiler refuses this list, write `satisfies Prisma.LogDefinition[]` behind it',
          evidence: use.evidence,
        }
      }
    }
  },
})
