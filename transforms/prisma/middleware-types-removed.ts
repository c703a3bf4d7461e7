import { contains, defineChange, fix, isFunction, type JavaScriptFile, type Node, parentOf, replace } from '#kit'
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
      for (const { node, holder, local, evidence } of mentionsOf(file, name)) {
        if (isExtension(file, node)) continue
        const message = `\`Prisma.${name}\` is gone with \`$use\`; an extension needs no annotation`
        const annotation = annotationOf(file, node)
        yield {
          at: node,
          message,
          evidence,
          ...(annotation && {
            fix: {
              ...fix('safe', 'Leave the type to `$use`, which gives it until it is gone', replace(annotation, '')),
              requests: [{ dropIfUnused: 'import', name: local ?? (holder ? file.source(holder) : name) }],
            },
          }),
        }
      }
  },
})

/** True within a middleware that is written as an extension as it stands, without what its parameters are declared as. */
function isExtension(file: JavaScriptFile, type: Node): boolean {
  const use = file.calls([Client], '$use').find(({ arguments: [first] }) => first && contains(first, type))
  return use !== undefined && 'fix' in extensionFor(file, use)
}

/** The annotation of a parameter of a function that stands in `$use(…)`: without it, its type is the same. */
function annotationOf(file: JavaScriptFile, type: Node): Node | undefined {
  const reference = parentOf(type)
  const annotation = reference?.type === 'TSTypeReference' ? parentOf(reference) : undefined
  const name = annotation?.type === 'TSTypeAnnotation' ? parentOf(annotation) : undefined
  const fn = name && parentOf(name)
  if (!annotation || name?.type !== 'Identifier' || name.optional || !isFunction(fn) || fn.params[0] !== name)
    return undefined
  const use = file.calls([Client], '$use').find(({ arguments: [first] }) => first === fn)
  // with a type that is said of another one, the compiler looks at all of them
  const isAlone = fn.params.slice(1).every((one) => !('typeAnnotation' in one) || !one.typeAnnotation)
  return use?.evidence.certainty === 'proven' && isAlone && !fn.typeParameters ? annotation : undefined
}
