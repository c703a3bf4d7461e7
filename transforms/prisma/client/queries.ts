import {
  isMember,
  type JavaScriptFile,
  type MemberCall,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { Delegate } from './kinds.ts'
import { isObject, type ObjectNode } from './literals.ts'

/** The object literal that a query is made with: written there, or kept in a constant that nothing else is done with. */
export function argumentObject(file: JavaScriptFile, call: MemberCall): ObjectNode | undefined {
  const [first] = call.arguments
  return first && literalBehind(file, first)
}

/** An object literal, or the one that a constant is set to which is used only here. */
export function literalBehind(file: JavaScriptFile, node: Node): ObjectNode | undefined {
  const plain = unwrap(node)
  if (isObject(plain)) return plain
  if (plain.type !== 'Identifier') return undefined
  const binding = file.module.binding(plain)
  const declaration = binding?.declarations[0]
  if (binding?.kind !== 'const' || declaration?.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier')
    return undefined
  const value = declaration.init ? unwrap(declaration.init as Node) : undefined
  return isObject(value) && file.module.references(binding).length === 1 ? value : undefined
}

/** True where a query goes on as one: `prisma.user.findUnique(…).posts()`. */
export function isFluent(call: Node): boolean {
  const parent = parentOf(call)
  if (!isMember(parent) || parent.object !== call) return false
  return !/^(?:then|catch|finally)$/.test(memberName(parent) ?? '')
}

/** The name of a method as another one is written in its place: quotes stay. */
export function renamed(file: JavaScriptFile, { property }: MemberUse, name: string): string {
  const quote = file.source(property)[0]!
  return property.type === 'Identifier' ? name : `${quote}${name}${quote}`
}

/** Every call of a method of a delegate, and every other mention of one. */
export function queries(file: JavaScriptFile, ...names: readonly string[]): MemberUse[] {
  return file.members([Delegate], ...names)
}
