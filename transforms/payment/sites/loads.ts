/** What a file loads the SDK of the old version for. */
import { isMember, type JavaScriptFile, memberName, type Node, parentOf } from '#kit'
import type { SdkFacts } from '../map/types.ts'

/** True if the name that a module gets is only asked for members that have nothing to do with the map: payouts, webhooks. */
export function isOnlyForOthers(file: JavaScriptFile, sdk: SdkFacts, node: Node): boolean {
  const id = nameOf(node)
  const binding = id && file.module.scopes.lookup(id.name, id)
  if (!binding) return false
  const own = new Set(Object.keys(sdk.members).map((path) => path.split('.')[0]))
  const references = file.module.references(binding)
  if (references.length === 0) return true
  const asked = references.map((reference) => {
    const member = parentOf(reference)
    return isMember(member) && member.object === reference ? memberName(member) : undefined
  })
  const isKnown = asked.every((member) => member !== undefined && !own.has(member))
  // a file that only sets the SDK up does so for the others
  const isSetUp = asked.every((member) => (sdk.configure ?? []).includes(member ?? ''))
  return isKnown && !isSetUp
}

function nameOf(node: Node): Extract<Node, { type: 'Identifier' }> | undefined {
  if (node.type === 'ImportDeclaration') {
    const [only] = node.specifiers
    return node.specifiers.length === 1 && only && only.type !== 'ImportSpecifier'
      ? (only.local as Extract<Node, { type: 'Identifier' }>)
      : undefined
  }
  const declarator = parentOf(node)
  return declarator?.type === 'VariableDeclarator' && declarator.init === node && declarator.id.type === 'Identifier'
    ? (declarator.id as Extract<Node, { type: 'Identifier' }>)
    : undefined
}
