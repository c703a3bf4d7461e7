import {
  argumentsOf,
  contains,
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

/** What a person is told where `…OrThrow` stands in a list of `$transaction` beside what writes. */
export const TAKES_BACK =
  '4 had committed the transaction when the option threw; `…OrThrow` takes back what stands beside it'

/** True for an element of a list that `$transaction` is given: it must stay a query, and no other promise. */
export function isInTransaction(file: JavaScriptFile, call: Node): boolean {
  return listsWith(file, call).length > 0
}

/** True for such an element that has one beside it which is no query for records. */
export function isWrittenBeside(file: JavaScriptFile, call: Node): boolean {
  return listsWith(file, call).some((elements) => elements.some((one) => one === undefined || !isRead(one)))
}

function isRead(element: Node): boolean {
  const call = unwrap(element)
  const callee = isCall(call, false) ? unwrap(call.callee as Node) : undefined
  return isMember(callee) && /^(?:find\w+|count|aggregate|groupBy)$/.test(memberName(callee) ?? '')
}

/** What else every list holds that `$transaction` is given and that has this query in it; undefined for what is not known. */
function listsWith(file: JavaScriptFile, query: Node): (readonly (Node | undefined)[])[] {
  const found: (readonly (Node | undefined)[])[] = []
  const seen = new Set<Node>()
  const follow = (value: Node, others: readonly (Node | undefined)[]): void => {
    if (seen.has(value)) return
    seen.add(value)
    const mentions = mentionsOf(file, value)
    const beside = [...others, ...mentions.flatMap(pushedTo)]
    for (const mention of mentions) {
      if (isTransacted(mention)) found.push(beside)
      // `queries.push(prisma.user.findFirst(…))`
      const list = listPushedTo(mention)
      const init = list && initOf(file, list)
      if (init) follow(init, init.type === 'ArrayExpression' ? [...beside, ...written(init)] : beside)
      const carrier = carrierOf(mention)
      if (carrier)
        follow(carrier, carrier.type === 'ArrayExpression' ? [...beside, ...written(carrier, mention)] : beside)
    }
  }
  follow(query, [])
  return found
}

/** What a value is a part of, as a list is made: an array, `...list`, a branch of a condition, `ids.map((id) => query)`. */
function carrierOf(node: Node): Node | undefined {
  const parent = parentOf(node)
  if (parent?.type === 'ArrowFunctionExpression' && parent.body === node) {
    const call = parentOf(parent)
    return isCall(call, false) && isMember(call.callee) && /^(?:map|flatMap)$/.test(memberName(call.callee) ?? '')
      ? call
      : undefined
  }
  const isPart =
    parent?.type === 'ArrayExpression' ||
    parent?.type === 'SpreadElement' ||
    (parent?.type === 'ConditionalExpression' && parent.test !== node) ||
    (parent?.type === 'LogicalExpression' && parent.right === node) ||
    (parent !== undefined && unwrap(parent) === unwrap(node))
  return isPart ? parent : undefined
}

function written(list: Node & { type: 'ArrayExpression' }, query?: Node): (Node | undefined)[] {
  return list.elements.flatMap((one) => {
    if (one && query && contains(one as Node, query)) return []
    return [one && one.type !== 'SpreadElement' ? (one as Node) : undefined]
  })
}

/** What a list gets later, where this mention of it is the one by which it does. */
function pushedTo(mention: Node): readonly Node[] {
  const member = parentOf(mention)
  const call = member && parentOf(member)
  if (!isMember(member) || member.object !== mention || memberName(member) !== 'push') return []
  return isCall(call, false) && call.callee === member ? argumentsOf(call) : []
}

/** `queries` of `queries.push(value)`. */
function listPushedTo(value: Node): Node | undefined {
  const call = parentOf(value)
  if (!isCall(call, false) || !isMember(call.callee) || memberName(call.callee) !== 'push') return undefined
  return argumentsOf(call).includes(value) ? (call.callee.object as Node) : undefined
}

/** A value where it is written, and the names that hold it: `const find = prisma.user.findFirst(…)`. */
function mentionsOf(file: JavaScriptFile, value: Node): Node[] {
  const declarator = parentOf(value)
  if (declarator?.type !== 'VariableDeclarator' || declarator.init !== value) return [value]
  return namesOf(file, declarator.id as Node)
}

function namesOf(file: JavaScriptFile, name: Node): Node[] {
  const binding = name.type === 'Identifier' ? file.module.binding(name) : undefined
  return binding ? [...file.module.references(binding)] : []
}

function initOf(file: JavaScriptFile, name: Node): Node | undefined {
  const declaration = name.type === 'Identifier' ? file.module.binding(name)?.declarations[0] : undefined
  return declaration?.type === 'VariableDeclarator' ? (declaration.init as Node | undefined) : undefined
}

/** True for the list that `$transaction` is given. */
function isTransacted(list: Node): boolean {
  const call = parentOf(list)
  return (
    isCall(call, false) &&
    isMember(call.callee) &&
    memberName(call.callee) === '$transaction' &&
    argumentsOf(call)[0] === list
  )
}
