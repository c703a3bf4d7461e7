import {
  type Draft,
  defineChange,
  fix,
  insertAfter,
  type JavaScriptFile,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { propertyOf } from './client/literals.ts'
import { argumentObject, queryCalls } from './client/queries.ts'
import { type ClientName, namesOfPrisma } from './types/namespace.ts'

/** A condition that begins with something spread in it. */
const CONDITIONAL = /\bwhere\s*:\s*\{\s*\.\.\./

export default defineChange({
  title: '`UserWhereUniqueInput` must have one of the unique fields',
  why: 'The type says now that one of the unique fields must be there, beside any other filter. An empty object, which is filled later, is no such type, and neither is it one that an interface or a class can be made of.',
  since: '5.0.0',
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#jsonprotocol-out-of-preview',
  guideSays: 'Of the features that are no preview any more it names `jsonProtocol` alone.',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['WhereUniqueInput', CONDITIONAL],
  *find(file, project) {
    for (const use of namesOfPrisma(file, project)) {
      if (!use.isType || !/^\w+WhereUniqueInput$/.test(use.name)) continue
      const draft = emptyObject(file, use) ?? heritage(file, use) ?? everyField(use)
      if (draft) yield draft
    }
    if (file.isTypeScript && CONDITIONAL.test(file.text)) yield* conditional(file)
  },
})

/** `const where: Prisma.UserWhereUniqueInput = {}`. */
function emptyObject(file: JavaScriptFile, use: ClientName): Draft | undefined {
  const reference = parentOf(use.whole)
  const annotation = reference && parentOf(reference)
  const target = annotation && parentOf(annotation)
  const holder = target && parentOf(target)
  const value =
    holder?.type === 'VariableDeclarator' && holder.id === target
      ? holder.init
      : holder?.type === 'AssignmentPattern' && holder.left === target
        ? holder.right
        : (target?.type === 'ClassProperty' && target.typeAnnotation === annotation && target.value) || undefined
  if (annotation?.type !== 'TSTypeAnnotation' || value?.type !== 'ObjectExpression' || value.properties.length > 0)
    return undefined
  return {
    at: value as Node,
    message: 'an empty object has none of the unique fields',
    evidence: use.evidence,
    fix: fix('safe', 'Say that it will have one', insertAfter(value as Node, ` as ${file.source(reference as Node)}`)),
  }
}

/** `Required<Prisma.UserWhereUniqueInput>`, which was all unique fields, and is every field of the model with `AND`, `OR` and `NOT`. */
function everyField(use: ClientName): Draft | undefined {
  const list = parentOf(parentOf(use.whole) ?? use.whole)
  const holder = list && parentOf(list)
  if (holder?.type !== 'TSTypeReference' || holder.typeName.type !== 'Identifier') return undefined
  if (holder.typeName.name !== 'Required') return undefined
  return {
    at: holder as Node,
    message: 'every filter of the model is required by this now, `AND`, `OR` and `NOT` among them',
    evidence: use.evidence,
    notes: ["name the fields that are meant: `{ id: string }`, or `Required<Pick<…, 'id'>>`"],
  }
}

/** `findUnique({ where: { ...(id && { id }), ...(email && { email }) } })`: for the compiler each of them may be missing. */
function* conditional(file: JavaScriptFile): Generator<Draft> {
  for (const use of queryCalls(file, 'findUnique', 'findUniqueOrThrow', 'update', 'delete', 'upsert')) {
    const options = argumentObject(file, use)
    const where = options && propertyOf(options, 'where')
    const value = where && unwrap(where.value as Node)
    if (value?.type !== 'ObjectExpression' || value.properties.length === 0) continue
    const isConditional = (one: (typeof value.properties)[number]) =>
      one.type === 'SpreadElement' && /^(?:Logical|Conditional)Expression$/.test(unwrap(one.argument as Node).type)
    if (!value.properties.every(isConditional)) continue
    yield {
      at: value,
      message: 'the compiler has to see that one of the unique fields is there',
      evidence: use.evidence,
      notes: ['choose between two objects: `where: email ? { email } : { id }`'],
    }
  }
}

function heritage(file: JavaScriptFile, use: ClientName): Draft | undefined {
  const clause = parentOf(use.whole)
  const owner = clause && parentOf(clause)
  const draft = { at: use.node, evidence: use.evidence }
  if (owner?.type === 'ClassDeclaration' || owner?.type === 'ClassExpression')
    return {
      ...draft,
      message: 'a class cannot implement a type that has alternatives',
      notes: [`\`implements Pick<${file.source(use.whole)}, …>\` or no \`implements\` at all`],
    }
  if (owner?.type !== 'TSInterfaceDeclaration') return undefined
  const message = 'an interface cannot extend a type that has alternatives'
  const bases = owner.extends ?? []
  const body = file.source(owner.body as Node)
  const isSole = bases.length === 1 && !owner.typeParameters
  if (!isSole) return { ...draft, message, notes: ['write it as a type: `type W = … & …`'] }
  const isEmpty = owner.body.body.length === 0
  const base = file.source(clause as Node)
  const keyword = { start: owner.start + file.source(owner).indexOf('interface'), end: (owner.id as Node).start }
  return {
    ...draft,
    message,
    fix: fix(
      'review',
      'Make it a type',
      replace(keyword, 'type '),
      replace({ start: (owner.id as Node).end, end: owner.end }, ` = ${base}${isEmpty ? '' : ` & ${body}`}`),
    ),
  }
}
