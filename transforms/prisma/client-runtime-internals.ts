import { type Draft, defineChange, type Evidence, type JavaScriptFile, type Node, parentOf } from '#kit'
import { importedBy } from './types/namespace.ts'

const INNER =
  /^@prisma\/client\/runtime\/(?!index(?:\.js)?$|library(?:\.js)?$).+|^prisma(?:\/build\/.+)?$|^\.prisma\/client\/deno\/.+/
const LIBRARY = /^@prisma\/client\/runtime\/library(?:\.js)?$/

/**
 * What `@prisma/client/runtime/library` no longer exports: compared are `runtime/index.d.ts` of 4.16.2 and
 * `runtime/library.d.ts` of 5.22.0 and 6.19.3.
 */
const GONE: ReadonlySet<string> = new Set([
  'DMMFClass',
  'decompressFromBase64',
  'makeDocument',
  'transformDocument',
  'unpack',
  'DriverAdapter',
  'FluentOperation',
  'objectEnumNames',
])
/** The same, of what stands in its namespaces. */
const GONE_TYPES: ReadonlySet<string> = new Set([
  'Types.DefaultSelection',
  'Types.GetResult',
  'Types.Extensions.Args',
  'Types.Extensions.GetResult',
  'Types.Utils.JsonArray',
  'Types.Utils.JsonObject',
  'Types.Utils.JsonValue',
  'Types.Utils.LegacyExact',
])

export default defineChange({
  title: 'Inner parts of Prisma moved or went away',
  why: 'What is below `@prisma/client/runtime` and in `prisma/build` is no part of the interface: `runtime/data-proxy` is gone, `runtime/edge` and `runtime/index-browser` do not resolve without an ending in 5, `runtime/library` has fewer names, and `prisma` lets nobody in from 6 on.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'It only says that private interfaces can change without warning.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/['"`]@prisma\/client\/runtime\/|['"`]prisma(?:\/build\/|['"`])|\.prisma\/client\/deno/],
  *find(file) {
    for (const { specifier, node } of file.module.mentions) {
      const evidence: Evidence = {
        certainty: 'proven',
        steps: [{ what: `the module '${specifier}'`, at: file.module.locate(node.start) }],
      }
      if (INNER.test(specifier))
        yield {
          at: node,
          message: `'${specifier}' is an inner part of Prisma; the new version has it elsewhere, or not at all`,
          evidence,
        }
      else if (LIBRARY.test(specifier)) yield* goneFrom(file, node, evidence)
    }
  },
})

/** The names that a statement takes from `runtime/library` and that are there no more. */
function* goneFrom(file: JavaScriptFile, mention: Node, evidence: Evidence): Iterable<Draft> {
  for (const { name, local, node } of importedBy(mention)) {
    const message = `\`${name}\` is no longer there; it was no part of the interface`
    if (GONE.has(name)) yield { at: node, message, evidence }
    const binding = name === 'Types' || name === '*' ? file.module.binding(local) : undefined
    for (const reference of binding ? file.module.references(binding) : []) {
      const { path, whole } = qualified(reference)
      const full = name === '*' ? path : ['Types', ...path]
      const gone = full.findIndex((_, index) => GONE_TYPES.has(full.slice(0, index + 1).join('.')))
      if (gone >= 0 || (name === '*' && GONE.has(full[0] ?? '')))
        yield {
          at: whole,
          message: `\`${full.join('.')}\` is no longer there; it was no part of the interface`,
          evidence,
        }
    }
  }
}

/** What is taken from a name in types, over dots: `Extensions.Args` of `Types.Extensions.Args`. */
function qualified(reference: Node): { readonly path: readonly string[]; readonly whole: Node } {
  const path: string[] = []
  let whole = reference
  for (let parent = parentOf(whole); parent; parent = parentOf(whole)) {
    if (parent.type === 'TSQualifiedName' && parent.left === whole && parent.right.type === 'Identifier')
      path.push(parent.right.name)
    else if (parent.type === 'MemberExpression' && parent.object === whole && parent.property.type === 'Identifier')
      path.push(parent.property.name)
    else break
    whole = parent
  }
  return { path, whole }
}
