import {
  argumentsOf,
  type Draft,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { booleanOf, isUndefined, type ObjectNode, type PropertyNode, propertyOf } from './literals.ts'
import { argumentObject, type QueryCall, queryCalls } from './queries.ts'

export const NAME = 'rejectOnNotFound'
/** What a person is told of a method that has a name of its own. */
export const NAMED = 'the method has a name of its own here, by which other queries may call it, too'

/** One query that says for itself what happens where nothing is found. */
export interface Rejecting {
  readonly call: QueryCall
  readonly object: ObjectNode
  readonly property: PropertyNode
  /** `true`, `false`, a function that makes the error, or what only running it would tell. */
  readonly says: 'true' | 'false' | 'function' | 'unclear'
}

/** Every query with the option, and what it says. */
export function rejecting(file: JavaScriptFile): Rejecting[] {
  return queryCalls(file, 'findFirst', 'findUnique').flatMap((call): Rejecting[] => {
    const object = argumentObject(file, call)
    const property = object && propertyOf(object, NAME)
    if (!object || !property) return []
    const value = unwrap(property.value as Node)
    const boolean = booleanOf(value)
    const says =
      boolean !== undefined ? `${boolean}` : isUndefined(value) ? 'false' : isFunction(value) ? 'function' : 'unclear'
    return [{ call, object, property, says: says as Rejecting['says'] }]
  })
}

/** What is said of each of them. */
export function draftOf({ call, property }: Rejecting, message: string): Draft {
  return { at: { start: property.start, end: property.end }, message, evidence: call }
}

/** True for an element of a list that `$transaction` is given: it must stay a query, and no other promise. */
export function isInTransaction(node: Node): boolean {
  const list = parentOf(node)
  const call = list?.type === 'ArrayExpression' ? parentOf(list) : undefined
  return (
    isCall(call, false) &&
    isMember(call.callee) &&
    memberName(call.callee) === '$transaction' &&
    argumentsOf(call)[0] === list
  )
}
