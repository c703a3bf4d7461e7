import {
  defineChange,
  fix,
  insertAfter,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  unwrap,
} from '#kit'
import { type ClientName, namesOfPrisma, typeArguments } from './types/namespace.ts'

export default defineChange({
  title: 'Filters have the model that their fields belong to as a type argument',
  why: '`Prisma.StringFilter` is the filter of no model now, and what is read from the filter of a model does not fit it: `StringFilter<"User">` is not `StringFilter<never>`. Writing a filter out still works.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'always',

  format: 'javascript',
  mentions: [/\w+Filter\b/],
  *find(file, project) {
    for (const use of namesOfPrisma(file, project)) {
      if (!use.isType || !/^\w+Filter$/.test(use.name) || /RelationFilter$/.test(use.name)) continue
      if (typeArguments(use.whole)) continue
      const model = readFrom(file, project, use)
      if (model === undefined) continue
      yield {
        at: use.node,
        message: `what is read here is \`${use.name}<'${model}'>\``,
        evidence: use.evidence,
        fix: fix('safe', `Say that it is a filter of ${model}`, insertAfter(use.node, `<'${model}'>`)),
      }
    }
  },
})

/** The model whose where-input the annotated variable is read from. */
function readFrom(file: JavaScriptFile, project: ProjectFacts, use: ClientName): string | undefined {
  let type = parentOf(use.whole)
  while (type?.type === 'TSTypeReference' || type?.type === 'TSUnionType' || type?.type === 'TSParenthesizedType')
    type = parentOf(type)
  const target = type?.type === 'TSTypeAnnotation' ? parentOf(type) : undefined
  const holder = target && parentOf(target)
  if (holder?.type !== 'VariableDeclarator' || holder.id !== target || !holder.init) return undefined
  const read = unwrap(holder.init as Node)
  if (!isMember(read) || memberName(read) === undefined) return undefined
  const where = unwrap(read.object as Node)
  const declared = where.type === 'Identifier' ? file.module.binding(where)?.identifiers[0] : undefined
  const annotation = declared?.typeAnnotation
  if (annotation?.type !== 'TSTypeAnnotation') return undefined
  const named = [...namesOfPrisma(file, project)].find((one) => parentOf(one.whole) === annotation.typeAnnotation)
  return /^(\w+)WhereInput$/.exec(named?.name ?? '')?.[1]
}
