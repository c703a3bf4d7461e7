import {
  argumentsOf,
  type Draft,
  defineChange,
  type Evidence,
  fix,
  isBelow,
  isCall,
  isMember,
  type JavaScriptFile,
  keyName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { nodesOf } from './bytes/rewrite.ts'
import { Query } from './client/rows.ts'
import { reaches, SCHEMAS } from './schema/project.ts'
import { namesOfPrisma } from './types/namespace.ts'

export default defineChange({
  title: 'A Buffer that is written to a Bytes field must own its memory, for TypeScript 5.7 and newer',
  why: 'From client 6.18 on a Bytes field is written as `Uint8Array<ArrayBuffer>`, and a variable of type `Buffer` or `Uint8Array` is one of `ArrayBufferLike`. `Buffer.from(…)` in place is taken, and so is everything with TypeScript up to 5.6.',
  since: '6.18.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.18.0',
  guideSays:
    'It says that a Buffer needs no conversion to be written; from 6.18 on, newer compilers refuse a variable of that type.',
  fixable: 'always',

  format: 'javascript',
  mentions: [/\b(?:Buffer|Uint8Array)\b/],
  *find(file, project) {
    if (!file.isTypeScript || !reaches(project, '6.18.0') || isOldCompiler(project)) return
    const fields = new Set(
      project
        .survey(SCHEMAS)
        .flatMap(({ models }) =>
          models.flatMap((model) => model.fields.filter(({ type }) => type === 'Bytes').map(({ name }) => name)),
        ),
    )
    if (fields.size === 0) return
    for (const node of nodesOf(file)) {
      if (!isCall(node, false) || !isMember(node.callee as Node)) continue
      const written = argumentsOf(node).flatMap((argument) => [...writtenIn(file, argument, fields)])
      const evidence = written.length > 0 && file.evidence(node.callee, [Query])
      if (evidence) for (const value of written) yield draftOf(file, value, evidence)
    }
    for (const { name, whole, isType, evidence } of namesOfPrisma(file, project)) {
      const input = isType && INPUT.test(name) ? inputOf(whole) : undefined
      if (input) for (const value of writtenIn(file, input, fields)) yield draftOf(file, value, evidence)
    }
  },
})

/** The types of what queries are given: `Prisma.UserCreateInput`, `Prisma.UserWhereInput`, `Prisma.UserUpsertArgs`. */
const INPUT = /(?:Input|Args)$/

/** The object or list whose type is written as this name: declared, `satisfies`, cast, or given to `Prisma.validator`. */
function inputOf(name: Node): Node | undefined {
  let type = parentOf(name)
  while (type?.type === 'TSTypeReference' || type?.type === 'TSArrayType' || type?.type === 'TSTypeOperator')
    type = parentOf(type)
  const holder = type && parentOf(type)
  if (type?.type === 'TSSatisfiesExpression' || type?.type === 'TSAsExpression') return unwrap(type.expression)
  if (type?.type === 'TSTypeAnnotation' && holder?.type === 'ArrowFunctionExpression') return unwrap(holder.body)
  if (type?.type === 'TSTypeAnnotation' && holder?.type === 'Identifier') {
    const declarator = parentOf(holder)
    return declarator?.type === 'VariableDeclarator' && declarator.init ? unwrap(declarator.init) : undefined
  }
  // `Prisma.validator<Prisma.UserCreateInput>()({ … })`
  const call = holder && parentOf(holder)
  if (type?.type !== 'TSTypeParameterInstantiation' || !isCall(holder, false) || !isCall(call, false)) return undefined
  return call.callee === holder ? argumentsOf(call)[0] : undefined
}

function draftOf(file: JavaScriptFile, value: Node, evidence: Evidence): Draft {
  return {
    at: value,
    message: 'with TypeScript 5.7 or newer, write `new Uint8Array(…)` around it, which copies it',
    evidence,
    fix: fix(
      'review',
      'Copy it into memory of its own',
      // not around it: a list that is written around it as well has its place there
      replace(value, `${shorthand(file, value)}new Uint8Array(${file.source(value)})`),
    ),
  }
}

/** `{ data }` becomes `{ data: … }`. */
function shorthand(file: JavaScriptFile, value: Node): string {
  const property = value.parent
  return property?.type === 'ObjectProperty' && property.shorthand ? `${file.source(value)}: ` : ''
}

/** True for a TypeScript that takes either: 5.6 and older. */
function isOldCompiler(project: ProjectFacts): boolean {
  const version = project.installed('typescript')?.version ?? project.declared('typescript')
  return version !== undefined && isBelow(version, '5.7.0')
}

/** Variables that are declared as a Buffer or Uint8Array, where a query has a field of that name: alone, in a list, in an operator. */
function* writtenIn(file: JavaScriptFile, node: Node, fields: ReadonlySet<string>, isBytes = false): Generator<Node> {
  if (node.type === 'Identifier') {
    if (isBytes && isDeclaredBuffer(file, node)) yield node
  } else if (node.type === 'ArrayExpression') {
    for (const element of node.elements) if (element) yield* writtenIn(file, element as Node, fields, isBytes)
  } else if (node.type === 'ObjectExpression')
    for (const property of node.properties)
      if (property.type === 'ObjectProperty')
        yield* writtenIn(file, property.value as Node, fields, isBytes || fields.has(keyName(property) ?? ''))
}

function isDeclaredBuffer(file: JavaScriptFile, value: Node & { type: 'Identifier' }): boolean {
  const id = file.module.binding(value)?.identifiers[0]
  const annotation = id?.typeAnnotation?.type === 'TSTypeAnnotation' ? id.typeAnnotation.typeAnnotation : undefined
  if (annotation?.type !== 'TSTypeReference' || annotation.typeName.type !== 'Identifier' || annotation.typeParameters)
    return false
  return /^(?:Buffer|Uint8Array)$/.test(annotation.typeName.name)
}
