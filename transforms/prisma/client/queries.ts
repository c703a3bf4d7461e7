import {
  type CallNode,
  type Evidence,
  isCall,
  isMember,
  type JavaScriptFile,
  type MemberCall,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  patternIdentifiers,
  unwrap,
} from '#kit'
import { Delegate, modelOf } from './kinds.ts'
import { isObject, type ObjectNode } from './literals.ts'

/** A query: `prisma.user.findMany(…)`, or `findMany(…)` after `const { findMany } = prisma.user`. */
export interface QueryCall {
  readonly call: CallNode
  readonly arguments: readonly Node[]
  /** The name of the method. */
  readonly name: string
  /** The model that it is of, where that is known. */
  readonly model: string | undefined
  readonly evidence: Evidence
  /** The method where it is called as one; undefined behind a name of its own, which other calls may share. */
  readonly member: MemberCall | undefined
}

/** Every call of these methods of a delegate, also under a name that holds one of them. */
export function queryCalls(file: JavaScriptFile, ...names: readonly string[]): QueryCall[] {
  const isUsed = (node: Node) => {
    const call = parentOf(node)
    return (isCall(call, false) && call.callee === node) || nameOf(node) !== undefined
  }
  const uses = file.membersWhere([Delegate], isUsed, ...names)
  const direct = uses.flatMap((use): QueryCall[] => {
    const { call, arguments: given, name, kind, evidence } = use
    return call ? [{ call, arguments: given, name, model: modelOf(kind), evidence, member: use as MemberCall }] : []
  })
  const held = [
    ...uses.filter(({ call }) => !call).map((use) => ({ ...use, local: nameOf(use.node) })),
    ...file
      .destructured([Delegate], ...names)
      .map((use) => ({ ...use, local: patternIdentifiers(use.property.value as Node)[0] as Node | undefined })),
  ]
  const aliased = held.flatMap(({ local, name, kind, evidence }) => {
    const binding = local?.type === 'Identifier' ? file.module.binding(local) : undefined
    return (binding ? file.module.references(binding) : []).flatMap((reference): QueryCall[] => {
      const call = parentOf(reference)
      if (!isCall(call, false) || call.callee !== reference) return []
      const given = call.arguments as Node[]
      return [{ call, arguments: given, name, model: modelOf(kind), evidence, member: undefined }]
    })
  })
  return [...direct, ...aliased].sort((a, b) => a.call.start - b.call.start)
}

/** The name that is declared to be a method: `find` of `const find = prisma.user.findFirst`, bound or not. */
function nameOf(member: Node): Node | undefined {
  const parent = parentOf(member)
  const call = parent && parentOf(parent)
  const isBound = isMember(parent) && parent.object === member && memberName(parent) === 'bind' && isCall(call, false)
  const value = isBound ? (call as Node) : member
  const declarator = parentOf(value)
  return declarator?.type === 'VariableDeclarator' && declarator.init === value ? (declarator.id as Node) : undefined
}

/** The object literal that a query is made with: written there, or kept in a constant that nothing else is done with. */
export function argumentObject(file: JavaScriptFile, call: Pick<QueryCall, 'arguments'>): ObjectNode | undefined {
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
