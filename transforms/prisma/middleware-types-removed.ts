import { type DraftFix, defineChange, fix, isFunction, type JavaScriptFile, type Node, parentOf, replace } from '#kit'
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
  fixable: 'sometimes',
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
          fix: withoutAnnotation(file, node),
        }
  },
})

/** Takes the annotation off the parameter of a middleware that becomes an extension as it stands. */
function withoutAnnotation(file: JavaScriptFile, type: Node): DraftFix | undefined {
  let annotation = parentOf(type)
  while (annotation && !/^(?:TSTypeAnnotation|\w*Statement)$/.test(annotation.type)) annotation = parentOf(annotation)
  let parameter = annotation && parentOf(annotation)
  // the type of `next` has one within it
  while (parameter && /^TS|^Identifier$/.test(parameter.type) && !isFunction(parentOf(parameter))) {
    if (parameter.type === 'TSTypeAnnotation') annotation = parameter
    parameter = parentOf(parameter)
  }
  const middleware = parameter && parentOf(parameter)
  if (annotation?.type !== 'TSTypeAnnotation' || parameter?.type !== 'Identifier' || !isFunction(middleware))
    return undefined
  const use = file.calls([Client], '$use').find((one) => one.arguments[0] === middleware)
  if (!use || 'why' in extensionFor(file, use)) return undefined
  return fix('safe', 'Leave the type to `$extends`', replace(annotation, ''))
}
