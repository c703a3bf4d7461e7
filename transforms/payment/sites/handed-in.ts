/** Calls of an SDK whose client comes from where nobody looks, or whose member is computed. */
import { isMember, type JavaScriptFile, memberName, type Node, unwrap } from '#kit'
import type { PaymentMap } from '../map/types.ts'
import { sdkModel, wordsOf } from './model.ts'

/** `stripe.charges.create(…)` of which only the names say what it is. */
export interface NamedCall {
  readonly call: Node
  /** `charges.create`; `charges[…]` where the member is computed. */
  readonly path: string
  /** Whether it is known whose client it is. */
  readonly isKnown: boolean
}

/** The calls of operations that are only called like ones of the SDK, and those of a computed member. */
export function namedCalls(file: JavaScriptFile, map: PaymentMap): NamedCall[] {
  const { operations } = sdkModel(map)
  const word = new RegExp(wordsOf(map)[0]!, 'i')
  return file.module.calls.flatMap((call): NamedCall[] => {
    const callee = unwrap(call.callee as Node)
    if (!isMember(callee)) return []
    const member = memberName(callee)
    const object = unwrap(callee.object as Node)
    const found = operations.find(({ owner, path, sdk, member: own }) => {
      if (member !== undefined && member !== own) return false
      const parts = path.split('.').slice(0, -1)
      if (parts.length === 0 || sdk.alike?.some((name) => file.module.mentions.some((one) => one.specifier === name)))
        return false
      if (member === undefined && file.evidence(object, [owner])) return true
      const names = chainOf(object)
      const holder = names.at(-1 - parts.length)
      return (
        holder !== undefined &&
        word.test(holder) &&
        parts.every((name, index) => names.at(index - parts.length) === name)
      )
    })
    if (!found) return []
    const path = member === undefined ? `${found.path.replace(/\.\w+$/, '')}[…]` : found.path
    return [{ call, path, isKnown: file.evidence(object, [found.owner]) !== undefined }]
  })
}

/** `['this', 'stripe', 'charges']`; what is called stands in it by its name. */
function chainOf(expression: Node): string[] {
  const node = unwrap(expression)
  if (node.type === 'Identifier') return [node.name]
  if (node.type === 'ThisExpression') return ['this']
  if (node.type === 'CallExpression') return chainOf(node.callee as Node)
  if (!isMember(node)) return []
  const name = memberName(node)
  return [...chainOf(node.object as Node), ...(name === undefined ? [] : [name])]
}
