import { type Evidence, isFunction, type JavaScriptFile, type Node, parentOf } from '#kit'
import type { OperationId, PaymentMap } from '../map/types.ts'
import { httpUses } from './http.ts'
import { sdkModel } from './model.ts'

/** An operation that a part of a program calls. */
export interface CalledWithin {
  readonly operation: OperationId
  readonly at: Node
  readonly evidence: Evidence
}

/**
 * The operations that a part of a file calls: by the SDK, over HTTP, or by a name that a member of the SDK was given, such
 * as `const execute = promisify(paypal.payment.execute)`. Other things happen there, too, so none is more than inferred.
 */
export function calledWithin(file: JavaScriptFile, map: PaymentMap, part: Node): CalledWithin[] {
  const found: CalledWithin[] = []
  const isWithin = (node: Node) => part.start <= node.start && node.end <= part.end
  for (const { owner, member, operation } of sdkModel(map).operations)
    for (const use of file.members([owner], member)) {
      const place = isWithin(use.node) ? use.node : namedUses(file, use.node).find(isWithin)
      if (place) found.push({ operation, at: place, evidence: { ...use.evidence, certainty: 'inferred' } })
    }
  for (const { request, operation, evidence } of httpUses(file, map).sites)
    if (isWithin(request.call) && evidence.certainty !== 'guessed')
      found.push({ operation, at: request.call, evidence: { ...evidence, certainty: 'inferred' } })
  return found
}

/** Where a constant is used whose value is made of this expression. */
export function namedUses(file: JavaScriptFile, node: Node): readonly Node[] {
  for (let at: Node | undefined = node; at && !isFunction(at); at = parentOf(at)) {
    if (at.type !== 'VariableDeclarator' || at.id.type !== 'Identifier') continue
    const binding = file.module.scopes.lookup(at.id.name, at.id)
    return binding ? file.module.references(binding) : []
  }
  return []
}
