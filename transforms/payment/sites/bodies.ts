/** What a program sends, as far as it is written out. */
import {
  argumentsOf,
  type Evidence,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import type { OperationId, PaymentMap, Row } from '../map/types.ts'
import { namedUses } from './around.ts'
import { objectOf } from './clients.ts'
import { httpUses } from './http.ts'
import { sdkModel } from './model.ts'

/** A call of an operation, by the SDK, over HTTP or through the façade, with what it sends. */
export interface SentBody {
  readonly operation: OperationId
  readonly call: Node
  readonly body: Node | undefined
  readonly evidence: Evidence
  /** `SDK with a callback`, `HTTP as axios`. */
  readonly how: string
  /** True if the call says which order it is for. */
  readonly hasKey: boolean
  /** The expression that gives the answer, where it is not the call itself. */
  readonly whole?: Node
  /** Which parameter of a callback gets the answer; the second one if absent. */
  readonly answerAt?: number
}

/** How a call of the SDK is made: what stands behind its own arguments, or in the place of options, is a callback. */
function sdkCallHow(call: Node, names: readonly string[]): string {
  const args = argumentsOf(call as never)
  const last = args.at(-1)
  const name = names[args.length - 1]
  const isCallback =
    last !== undefined &&
    (isFunction(unwrap(last)) || name === undefined || (name === 'options' && unwrap(last).type !== 'ObjectExpression'))
  return `SDK with a ${isCallback ? 'callback' : 'promise'}`
}

/** Every call of an operation in a file. */
export function callsOf(file: JavaScriptFile, map: PaymentMap): SentBody[] {
  const found: SentBody[] = []
  for (const { owner, member, operation, sdk, path } of sdkModel(map).operations)
    for (const use of file.calls([owner], member)) {
      const names = sdk.members[path]?.arguments ?? []
      const values = use.arguments.filter((argument) => !isFunction(unwrap(argument)))
      const body = values[names.indexOf('body')]
      const options = values[names.indexOf('options')]
      const hasKey = options !== undefined && /\bupgradeKit\b/.test(file.source(options))
      const answerAt = sdk.callback === 'single' ? 0 : 1
      const how = sdkCallHow(use.call, names)
      found.push({ operation, call: use.call, how, body, evidence: use.evidence, hasKey, answerAt })
    }
  found.push(...promisedCalls(file, map))
  for (const { request, operation, evidence, isBehindFacade } of httpUses(file, map).sites) {
    const { call, body, whole, as } = request
    const how = `HTTP as ${as}`
    if (!isBehindFacade) found.push({ operation, call, how, body, whole, evidence, hasKey: false })
    else {
      const outer = facadeCall(request.call)
      const options = outer && objectOf(file, argumentsOf(outer as never)[0]!)
      const property = (name: string) =>
        options?.properties.find((one) => one.type === 'ObjectProperty' && keyName(one) === name)
      const sent = property('body')
      found.push({
        operation,
        call: outer ?? call,
        how,
        body: sent?.type === 'ObjectProperty' ? (sent.value as Node) : undefined,
        evidence,
        hasKey: property('ref') !== undefined,
      })
    }
  }
  return found
}

/** Calls of what a member was made: `const create = promisify(paypal.payment.create)`. */
function promisedCalls(file: JavaScriptFile, map: PaymentMap): SentBody[] {
  return sdkModel(map).operations.flatMap(({ owner, member, operation, sdk, path }) =>
    file.members([owner], member).flatMap(({ node, evidence }) => {
      const handed = parentOf(node)
      const isPromised = isCall(handed) ? handed.callee !== node : isMember(handed) && memberName(handed) === 'bind'
      if (!isPromised) return []
      return namedUses(file, node).flatMap((use): SentBody[] => {
        const call = parentOf(use)
        if (!isCall(call) || call.callee !== use) return []
        const body = argumentsOf(call)[(sdk.members[path]?.arguments ?? []).indexOf('body')]
        const how = 'SDK, by a member that was made to give promises'
        return [{ operation, call, how, body, evidence: { ...evidence, certainty: 'inferred' }, hasKey: false }]
      })
    }),
  )
}

function facadeCall(call: Node): Node | undefined {
  let at: Node | undefined = (call as { parent?: Node }).parent
  for (; at; at = (at as { parent?: Node }).parent) {
    if (at.type !== 'ObjectProperty' || keyName(at) !== 'v1') continue
    const outer = (at as { parent?: { parent?: Node } }).parent?.parent
    return isCall(outer) ? outer : undefined
  }
  return undefined
}

/** One value of a body that is written out. */
export interface Field {
  /** `transactions[].amount.total` */
  readonly path: string
  readonly node: Node
  readonly value: Node
}

/** The fields of a body, and whether all of them are seen. */
export function fieldsOf(
  file: JavaScriptFile,
  body: Node,
): { readonly fields: readonly Field[]; readonly isComplete: boolean } {
  const fields: Field[] = []
  let isComplete = true
  const visit = (value: Node, path: string, depth: number) => {
    const inner = unwrap(value)
    if (depth > 10) return
    if (inner.type === 'ArrayExpression') {
      for (const element of inner.elements) {
        if (!element || element.type === 'SpreadElement') isComplete = false
        else visit(element as Node, `${path}[]`, depth + 1)
      }
      return
    }
    const object = objectOf(file, inner)
    if (!object) {
      if (inner.type === 'Identifier' || !/Literal$/.test(inner.type)) isComplete = false
      return
    }
    for (const property of object.properties) {
      const name = property.type === 'ObjectProperty' ? keyName(property) : undefined
      if (property.type !== 'ObjectProperty' || name === undefined) {
        isComplete = false
        continue
      }
      const at = path === '' ? name : `${path}.${name}`
      fields.push({ path: at, node: property as Node, value: property.value as Node })
      visit(property.value as Node, at, depth + 1)
    }
  }
  visit(body, '', 0)
  return { fields, isComplete: isComplete && objectOf(file, body) !== undefined }
}

/** The rows of a request, those of its shapes included, by their path in the words of v1. */
export function requestRows(
  map: PaymentMap,
  rows: readonly Row[] | undefined,
  prefix = '',
): { readonly path: string; readonly row: Row }[] {
  return (rows ?? []).flatMap((row) => {
    const own = row.from ? `${prefix}${row.from}` : undefined
    const inner =
      row.shape === undefined || row.from === null
        ? []
        : requestRows(map, map.shapes?.[row.shape]?.request, own === undefined ? prefix : own === '' ? '' : `${own}.`)
    return [...(own === undefined || row.shape !== undefined ? [] : [{ path: own, row }]), ...inner]
  })
}
