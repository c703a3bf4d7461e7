/** What tests put in the place of the façade, and who asks for the members of the SDK by their names. */
import {
  argumentsOf,
  children,
  isCall,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import type { OperationId, PaymentMap } from '../map/types.ts'
import { isFacadeSpecifier, type OtherUse } from './facade-uses.ts'
import { sdkModel } from './model.ts'

/** Something that a test puts in the place of the façade, so that calls must go on coming there. */
export interface Double {
  readonly line: number
  /** One member of its object, the object, the façade as a module, or a module of the project by its path. */
  readonly replaces:
    | { readonly is: 'operation'; readonly operation: OperationId }
    | { readonly is: 'object'; readonly by: 'sdk' | 'http' }
    | { readonly is: 'facade' }
    | { readonly is: 'module'; readonly path: string }
}

/** `jest.mock('…')`, `vi.doMock('…')`, `mock.module('…')`, `proxyquire('…', …)`, `td.replace('…')`. */
const MODULE_DOUBLE =
  /^(?:(?:jest|vi|vitest)\.(?:mock|doMock|unstable_mockModule|setMock)|mock\.module|(?:proxyquire|rewiremock|esmock|quibble|mockery|mockRequire|mock|td|testdouble)(?:\.\w+)*)$/

/** What a test puts in the place of the façade or of its members. */
export function doublesIn(file: JavaScriptFile, map: PaymentMap): Double[] {
  const found: Double[] = []
  const { operations } = sdkModel(map)
  const add = (node: Node, replaces: Double['replaces']) =>
    found.push({ line: file.module.locate(node.start).line, replaces })
  const asks = (owner: string | undefined, member: string | undefined, node: Node) => {
    for (const { path, member: name, operation } of operations)
      if (name === member && (owner === undefined || ownerOf(path) === owner)) add(node, { is: 'operation', operation })
  }
  const waiting: Node[] = [file.module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    waiting.push(...children(node))
    if (node.type === 'ObjectProperty' || node.type === 'ObjectMethod' || node.type === 'ClassMethod') {
      // `{ payment: { create() {} } }`
      const outer = parentOf(parentOf(node) ?? node)
      const owner = outer?.type === 'ObjectProperty' ? keyName(outer) : undefined
      if (owner !== undefined && parentOf(outer!)?.type !== 'ObjectPattern') asks(owner, keyName(node), node)
    } else if (isMember(node)) {
      const object = unwrap(node.object as Node)
      const parent = parentOf(node)
      const isAsked = isCall(parent, false) && parent.callee === node
      if (isMember(object) && !isAsked) asks(memberName(object), memberName(node), node)
      if (parent?.type === 'AssignmentExpression' && parent.left === node)
        for (const { path, operation } of operations)
          if (ownerOf(path) === memberName(node)) add(node, { is: 'operation', operation })
    } else if (isCall(node)) {
      const args = argumentsOf(node).map((one) => unwrap(one))
      const owners = args.flatMap((one) => (isMember(one) ? [memberName(one)] : []))
      // `jest.spyOn(paypal.payment, 'create')`
      for (const one of args) {
        const text = literalText(one)
        if (text !== undefined) for (const owner of owners) if (owner !== undefined) asks(owner, text, node)
      }
      const callee = file.source(node.callee as Node).replace(/\s+/g, '')
      if (!MODULE_DOUBLE.test(callee)) continue
      for (const one of args) {
        const names = [
          literalText(one),
          ...(one.type === 'ObjectExpression' ? one.properties.map((property) => keyOf(property as Node)) : []),
        ]
        for (const name of names)
          if (name !== undefined)
            add(
              node,
              isFacadeSpecifier(name, map) ? { is: 'facade' } : { is: 'module', path: joinedPath(file.path, name) },
            )
      }
    }
  }
  return found
}

/** Objects of the façade, and parts of them, that a test hands to somebody: what becomes of them there is not known. */
export function handedOutIn(file: JavaScriptFile, map: PaymentMap, others: readonly OtherUse[]): Double[] {
  return others.flatMap(({ node, by, keeps, part }): Double[] => {
    if (keeps !== 'everything') return []
    const { line } = file.module.locate(node.start)
    if (part === undefined) return [{ line, replaces: { is: 'object', by } }]
    const call = parentOf(node)
    const named = isCall(call) ? argumentsOf(call).flatMap((one) => literalText(unwrap(one)) ?? []) : []
    const own = sdkModel(map).operations.filter(({ path }) => path.startsWith(`${part}.`))
    // `jest.spyOn(paypal.payment, 'create')` says which
    const said = own.filter(({ member }) => named.includes(member))
    return (said.length > 0 ? said : own).map(({ operation }) => ({ line, replaces: { is: 'operation', operation } }))
  })
}

function keyOf(property: Node): string | undefined {
  return property.type === 'ObjectProperty' ? keyName(property) : undefined
}

/**
 * The operations that a file seems to ask somebody for by the members of the SDK, but for the calls that are known: of a name
 * like the part that they belong to, or of that part where it gets another name.
 */
export function askedFor(file: JavaScriptFile, map: PaymentMap, isKnown: (node: Node) => boolean): OperationId[] {
  const found = new Set<OperationId>()
  for (const { path, member, operation } of sdkModel(map).operations) {
    const owner = ownerOf(path)
    if (owner === undefined) continue
    const isLike = (node: Node) => new RegExp(owner, 'i').test(lastName(node) ?? '')
    const isAsked = file.module.membersNamed(member).some((node) => !isKnown(node) && isLike(node.object as Node))
    const isTaken = file.module.patternKeysNamed(member).some((node) => isLike(sourceOf(node)))
    if (isAsked || isTaken || isRenamed(file, owner, isKnown)) found.add(operation)
  }
  return [...found]
}

/** `const payments = client.payment`, `use(client.payment)`, `const { payment } = client`, of what may be the client. */
function isRenamed(file: JavaScriptFile, owner: string, isKnown: (node: Node) => boolean): boolean {
  const mayBeOurs = (node: Node) =>
    file.known(node).alternatives.some((one) => one.is === 'kind' || (one.is === 'unknown' && one.from === undefined))
  return (
    file.module.membersNamed(owner).some((node) => {
      const parent = parentOf(node)
      const isValue =
        (parent?.type === 'VariableDeclarator' && parent.init === node) ||
        (parent?.type === 'ObjectProperty' && parent.value === node) ||
        (parent?.type === 'AssignmentExpression' && parent.right === node) ||
        parent?.type === 'ReturnStatement' ||
        (isCall(parent) && parent.callee !== node)
      return isValue && !isKnown(node) && mayBeOurs(node.object as Node)
    }) || file.module.patternKeysNamed(owner).some((node) => mayBeOurs(sourceOf(node)))
  )
}

/** What a pattern takes its parts out of; the pattern where that is not seen. */
function sourceOf(property: Node): Node {
  const pattern = parentOf(property)
  const holder = pattern && parentOf(pattern)
  return (holder?.type === 'VariableDeclarator' && (holder.init as Node | null)) || property
}

function lastName(node: Node): string | undefined {
  const inner = unwrap(node)
  return inner.type === 'Identifier' ? inner.name : isMember(inner) ? memberName(inner) : undefined
}

/** `payment` of `payment.create`. */
function ownerOf(path: string): string | undefined {
  return path.split('.').at(-2)
}

/** Where a relative specifier leads to, without an extension; one of a package as it is. */
export function joinedPath(from: string, specifier: string): string {
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return specifier
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  return withoutExtension(parts.join('/'))
}

/** The path of a file as it can be imported: without its extension, or its name where that is `index`. */
export function withoutExtension(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, '').replace(/\/index$/, '')
}
