import { argumentsOf, type Draft, isCall, isMember, type JavaScriptFile, memberName, type Node, parentOf } from '#kit'
import type { PathMember } from '../paths/index.ts'
import { compileV4 } from '../paths/index.ts'
import { Request } from '../provider.ts'
import { paramsIn } from './reads.ts'
import { handlerOf, pathsOf, sitesOf } from './registered.ts'

/** The places where a handler asks which keys `req.params` has, and its path can leave one out. */
export function* omittedFindings(file: JavaScriptFile): Iterable<Draft> {
  const seen = new Set<Node>()
  for (const use of file.members([Request], 'params')) {
    const handler = handlerOf(file, use.object)
    if (!handler || seen.has(handler)) continue
    seen.add(handler)
    const asking = paramsIn(file, { module: file.module, node: handler }).filter(asksForKeys)
    if (asking.length === 0) continue
    const path = sitesOf(file, handler)
      .flatMap((site) => pathsOf(file, site))
      .find(canOmit)
    if (!path) continue
    for (const node of asking)
      yield {
        at: node,
        message: 'a parameter that the URL leaves out is no key any more',
        evidence: use,
        notes: [`the path ${path.map(shown).join(', ')} can leave one out`],
      }
  }
}

const shown = (member: PathMember) => (typeof member === 'string' ? `'${member}'` : `/${member.source}/${member.flags}`)

/** `'id' in params`, `Object.keys(params)`, `{ ...params }`, `params.hasOwnProperty('id')`, `for (key in params)`. */
function asksForKeys(node: Node): boolean {
  const parent = parentOf(node)
  if (!parent) return false
  if (parent.type === 'BinaryExpression') return parent.operator === 'in' && parent.right === node
  if (parent.type === 'SpreadElement') return parentOf(parent)?.type === 'ObjectExpression'
  if (parent.type === 'ForInStatement') return parent.right === node
  if (isMember(parent) && parent.object === node) return memberName(parent) === 'hasOwnProperty'
  if (parent.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern')
    return parent.id.properties.some((property) => property.type === 'RestElement')
  if (!isCall(parent, false) || !argumentsOf(parent).includes(node)) return false
  const callee = parent.callee as Node
  if (!isMember(callee)) return false
  if (callee.object.type === 'Identifier' && callee.object.name === 'Object')
    return /^(?:keys|values|entries|hasOwn|assign|getOwnPropertyNames)$/.test(memberName(callee) ?? '')
  return memberName(callee) === 'call' && isMember(callee.object) && memberName(callee.object) === 'hasOwnProperty'
}

/** True if some URL matches and leaves a parameter without a value. */
function canOmit(members: readonly PathMember[]): boolean {
  if (members.length > 1) {
    const keys = members.map((member) => keysOf(member).join())
    return keys.some((one) => one !== keys[0])
  }
  const [path] = members
  if (path === undefined) return false
  if (typeof path === 'string') return /:\w+(?:\([^)]*\))?\*?\?|[^/]\([^)]*\)\?|\{[^{}]*[:*]["\w]/.test(path)
  return keysOf(path).length > 0 && /\)\?|\)\*|\|/.test(path.source)
}

function keysOf(path: PathMember): readonly string[] {
  try {
    const [, keys] = compileV4(path, { kind: 'route', reads: 'unknown' })
    return keys.map((key) => String(key.name))
  } catch {
    return []
  }
}
