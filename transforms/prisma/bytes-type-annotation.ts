import {
  children,
  type Draft,
  defineChange,
  fix,
  isMember,
  type JavaScriptFile,
  keyName,
  type Node,
  parentOf,
} from '#kit'
import { BY_HAND, bytes, isBuffer, nodesOf, valueAsBuffer } from './bytes/rewrite.ts'
import { Client } from './client/kinds.ts'

export default defineChange({
  title: 'A Bytes field is no Buffer for the compiler',
  why: 'A Uint8Array is no Buffer for TypeScript: variables, fields and results that are declared as one refuse it.',
  since: '6.0.0',
  breakage: 'compile',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays:
    '`Buffer.from(value.buffer)`, as the guide has it, gives the whole piece of memory that the value shares with others.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\bBuffer\b/],
  *find(file) {
    if (!file.isTypeScript) return
    yield* rawRows(file)
    for (const node of nodesOf(file)) {
      if (
        node.type === 'VariableDeclarator' &&
        node.id.type === 'Identifier' &&
        node.init &&
        isBufferType(annotated(node.id as Node))
      )
        yield* draft(file, node.init as Node)
      else if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init)
        for (const value of valuesOf(file, annotated(node.id as Node), node.init as Node)) yield* draft(file, value)
      // of what is called on it, the changes of these methods tell
      else if (node.type === 'TSAsExpression' && isBufferType(node.typeAnnotation as Node) && !isCalledOn(node))
        yield* draft(file, node.expression as Node)
      else if (node.type === 'ClassProperty' && node.value && isBufferType(annotated(node as Node)))
        yield* draft(file, node.value as Node)
    }
  },
})

/** True for `(row.avatar as Buffer).length`: what is said of it goes nowhere. */
function isCalledOn(cast: Node): boolean {
  let value = cast
  let parent = parentOf(value)
  while (parent && /^(?:ParenthesizedExpression|TSNonNullExpression)$/.test(parent.type)) {
    value = parent
    parent = parentOf(value)
  }
  return isMember(parent) && parent.object === value
}

/** `$queryRaw<{ avatar: Buffer }[]>`: nothing checks what is said of the rows. */
function* rawRows(file: JavaScriptFile): Generator<Draft> {
  for (const use of file.members([Client], '$queryRaw', '$queryRawUnsafe')) {
    const holder = use.node.parent as (Node & { typeParameters?: { params?: Node[] } | null }) | undefined
    for (const type of holder?.typeParameters?.params ?? [])
      for (const at of buffersIn(file, type))
        yield {
          at,
          message: 'what a row holds is a Uint8Array: say so here, and make a Buffer of it where one is needed',
          evidence: use,
          notes: [
            'the compiler takes what is written here for true, so that code which takes it for a Buffer still compiles',
          ],
        }
  }
}

/** The mentions of `Buffer` in a type, and in what this file declares of it. */
function buffersIn(file: JavaScriptFile, type: Node, seen = new Set<Node>()): Node[] {
  if (seen.has(type)) return []
  seen.add(type)
  if (type.type !== 'TSTypeReference') return children(type).flatMap((child) => buffersIn(file, child, seen))
  if (isBufferType(type)) return [type]
  const declaration =
    type.typeName.type === 'Identifier'
      ? file.module.scopes.lookup(type.typeName.name, type)?.declarations[0]
      : undefined
  const isType = declaration && /^TS(?:Interface|TypeAlias)Declaration$/.test(declaration.type)
  return (isType ? [...children(type), ...children(declaration)] : children(type)).flatMap((child) =>
    buffersIn(file, child, seen),
  )
}

function annotated(node: Node): Node | undefined {
  const { typeAnnotation } = node as { typeAnnotation?: { type: string; typeAnnotation?: Node } | null }
  return typeAnnotation?.type === 'TSTypeAnnotation' ? typeAnnotation.typeAnnotation : undefined
}

/** `Buffer`, alone or as one of several: `Buffer | null`. */
function isBufferType(type: Node | undefined): boolean {
  if (type?.type === 'TSUnionType') return type.types.some((one) => isBufferType(one as Node))
  return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'Buffer'
}

/** The values of an object whose type, which this file declares, says Buffer: `const dto: Dto = { avatar: row.avatar }`. */
function* valuesOf(file: JavaScriptFile, type: Node | undefined, value: Node): Generator<Node> {
  if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier' || value.type !== 'ObjectExpression')
    return
  const declaration = file.module.scopes.lookup(type.typeName.name, type)?.declarations[0]
  const members =
    declaration?.type === 'TSInterfaceDeclaration'
      ? declaration.body.body
      : declaration?.type === 'TSTypeAliasDeclaration' && declaration.typeAnnotation.type === 'TSTypeLiteral'
        ? declaration.typeAnnotation.members
        : []
  const names = members.flatMap((member) =>
    member.type === 'TSPropertySignature' && isBufferType(annotated(member as Node)) ? [keyName(member as never)] : [],
  )
  for (const property of value.properties)
    if (property.type === 'ObjectProperty' && !property.shorthand && names.includes(keyName(property)))
      yield property.value as Node
}

function* draft(file: JavaScriptFile, value: Node): Generator<Draft> {
  // `x as Buffer` is a place of its own
  if (value.type === 'TSAsExpression') return
  const evidence = isBuffer(file, value) && bytes(file, value)
  if (!evidence) return
  const edits = valueAsBuffer(file, value, evidence.kind)
  yield {
    at: value,
    message: 'it is a Uint8Array, which is no Buffer',
    evidence,
    ...(edits ? { fix: fix('safe', 'Make it a Buffer', ...edits) } : { notes: [BY_HAND] }),
  }
}
