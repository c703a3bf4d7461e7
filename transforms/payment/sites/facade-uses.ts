/** How a file uses the façade of its package. */
import {
  argumentsOf,
  type CallNode,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import type { HttpClient } from '../facade/types.ts'
import type { OperationId, PaymentMap, SdkFacts } from '../map/types.ts'
import { facadeNames } from './names.ts'

type IdNode = Extract<Node, { type: 'Identifier' }>

/** A call of an operation through the façade. */
export interface FacadeSite {
  readonly operation: OperationId
  readonly call: CallNode
  /** The object of the façade at the head of the call. */
  readonly object: IdNode
  readonly by: 'sdk' | 'http'
  /** The client whose results it gives; over HTTP only, and nothing where it is not written out. */
  readonly as: HttpClient | undefined
  readonly body: Node | undefined
  /** The stable key of the order. */
  readonly ref: Node | undefined
  readonly callback: Node | undefined
}

/** Everything that a file does with the objects of the façade. */
export interface FacadeUses {
  readonly sites: readonly FacadeSite[]
  /** Where the SDK-shaped object is set up. */
  readonly configured: readonly IdNode[]
  /** Where an object of the façade goes, or is asked for something, that is no call of an operation. */
  readonly others: readonly { readonly node: Node; readonly by: 'sdk' | 'http'; readonly what: string }[]
}

/** True for what a file imports the façade of a map by. */
export function isFacadeSpecifier(specifier: string, map: PaymentMap): boolean {
  return new RegExp(`payments/${map.provider.id}(?:/index)?(?:\\.[cm]?[jt]s)?$`).test(specifier)
}

/** What a file does with the façade. */
export function facadeUses(file: JavaScriptFile, map: PaymentMap): FacadeUses {
  const sites: FacadeSite[] = []
  const configured: IdNode[] = []
  const others: { node: Node; by: 'sdk' | 'http'; what: string }[] = []
  const names = facadeNames(map)
  const [sdk] = map.sdk ?? []
  for (const { specifier, node } of file.module.mentions) {
    if (!isFacadeSpecifier(specifier, map)) continue
    if (isTakenWhole(node)) {
      const what = 'the whole module of the façade is taken'
      others.push({ node, by: 'sdk', what }, { node, by: 'http', what })
      continue
    }
    for (const [by, name] of [
      ['sdk', names.sdk?.name],
      ['http', names.http],
    ] as const)
      for (const id of namesGiven(node, name)) {
        const binding = file.module.scopes.lookup(id.name, id)
        for (const reference of binding ? file.module.references(binding) : []) {
          if (by === 'sdk' && sdk?.client !== 'object' && !isDeclaration(reference)) {
            others.push({ node: reference, by, what: 'what it makes is a client with the members of the SDK' })
            continue
          }
          const use = by === 'sdk' ? sdkUse(reference, sdk) : httpUse(reference, map)
          if (use === 'configured') configured.push(reference as IdNode)
          else if (typeof use === 'string') others.push({ node: reference, by, what: use })
          else if (use) sites.push(use)
        }
      }
  }
  return { sites, configured, others }
}

/** `import * as payments`, `import('…')`, and whatever is not taken apart where it is loaded. */
function isTakenWhole(node: Node): boolean {
  if (node.type === 'ImportDeclaration') return node.specifiers.some((one) => one.type !== 'ImportSpecifier')
  const declarator = parentOf(node)
  return declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'ObjectPattern'
}

/** The names of what a file takes out of a module where it loads it; `*` for all of it. */
export function takenBy(node: Node): string[] {
  if (isTakenWhole(node)) return ['*']
  if (node.type === 'ImportDeclaration')
    return node.specifiers.flatMap((one) =>
      one.type === 'ImportSpecifier' && one.imported.type === 'Identifier' ? [one.imported.name] : [],
    )
  const declarator = parentOf(node)
  const pattern = declarator?.type === 'VariableDeclarator' ? declarator.id : undefined
  if (pattern?.type !== 'ObjectPattern') return ['*']
  return pattern.properties.map((one) => (one.type === 'ObjectProperty' ? (keyName(one) ?? '*') : '*'))
}

/** The names that a file gives to an export of a module that it loads. */
export function namesGiven(node: Node, name: string | undefined): IdNode[] {
  if (node.type === 'ImportDeclaration')
    return node.specifiers.flatMap((one) =>
      one.type === 'ImportSpecifier' && one.imported.type === 'Identifier' && one.imported.name === name
        ? [one.local as IdNode]
        : [],
    )
  const declarator = parentOf(node)
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'ObjectPattern') return []
  return declarator.id.properties.flatMap((one) =>
    one.type === 'ObjectProperty' && keyName(one) === name && one.value.type === 'Identifier'
      ? [one.value as IdNode]
      : [],
  )
}

function sdkUse(reference: Node, sdk: SdkFacts | undefined): FacadeSite | 'configured' | string | undefined {
  if (isDeclaration(reference)) return undefined
  const names: string[] = []
  let at: Node = reference
  for (let up = parentOf(at); isMember(up) && up.object === at; up = parentOf(at)) {
    const name = memberName(up)
    if (name === undefined) return 'a member is asked for by a computed name'
    names.push(name)
    at = up
  }
  const call = parentOf(at)
  if (!isCall(call) || call.callee !== at || call.type === 'NewExpression')
    return names.length === 0 ? 'the object of the façade goes elsewhere' : `\`${names.join('.')}\` goes elsewhere`
  if (names.length === 1 && sdk?.configure?.includes(names[0]!)) return 'configured'
  const facts = sdk?.members[names.join('.')]
  if (!facts) return `\`${names.join('.')}\` is no operation of the map`
  const args = argumentsOf(call)
  if (args.some((one) => one.type === 'SpreadElement')) return 'its arguments are put together elsewhere'
  const last = args.at(-1)
  const parameter = facts.arguments[args.length - 1]
  const isCallback =
    last !== undefined &&
    (isFunction(unwrap(last)) ||
      parameter === undefined ||
      (parameter === 'options' && unwrap(last).type !== 'ObjectExpression'))
  const given = isCallback ? args.slice(0, -1) : args
  const options = given[facts.arguments.indexOf('options')]
  return {
    operation: facts.operation,
    call,
    object: reference as IdNode,
    by: 'sdk',
    as: undefined,
    body: given[facts.arguments.indexOf('body')],
    ref: options && entryOf(entryOf(options, 'upgradeKit'), 'ref'),
    callback: isCallback ? last : undefined,
  }
}

function httpUse(reference: Node, map: PaymentMap): FacadeSite | string | undefined {
  if (isDeclaration(reference)) return undefined
  const member = parentOf(reference)
  const operation = isMember(member) && member.object === reference ? memberName(member) : undefined
  const call = member && parentOf(member)
  if (operation === undefined || !isCall(call) || call.callee !== member || !map.operations[operation])
    return 'the object of the façade goes elsewhere'
  const [options, callback] = argumentsOf(call)
  const as = options && entryOf(options, 'as')
  return {
    operation,
    call,
    object: reference as IdNode,
    by: 'http',
    as: as && (literalText(unwrap(as)) as HttpClient | undefined),
    body: options && entryOf(options, 'body'),
    ref: options && entryOf(options, 'ref'),
    callback,
  }
}

/** The name where it is taken out of the module is no use of it. */
function isDeclaration(node: Node): boolean {
  const parent = parentOf(node)
  return (
    parent?.type === 'ImportSpecifier' ||
    (parent?.type === 'ObjectProperty' && parentOf(parent)?.type === 'ObjectPattern')
  )
}

/** The value of an entry of an object that is written out here. */
function entryOf(object: Node | undefined, name: string): Node | undefined {
  const inner = object && unwrap(object)
  if (inner?.type !== 'ObjectExpression') return undefined
  for (const property of inner.properties)
    if (property.type === 'ObjectProperty' && keyName(property) === name) return property.value as Node
  return undefined
}
