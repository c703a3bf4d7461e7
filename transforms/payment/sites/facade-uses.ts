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
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import type { HttpClient } from '../facade/types.ts'
import type { OperationId, PaymentMap, SdkFacts } from '../map/types.ts'
import { type SdkOperation, sdkModel } from './model.ts'
import { facadeNames } from './names.ts'

type IdNode = Extract<Node, { type: 'Identifier' }>

/** A call of an operation through the façade. */
export interface FacadeSite {
  readonly operation: OperationId
  readonly call: CallNode
  /** The object that is asked, at the head of the call: one of the façade's, or whatever holds one. */
  readonly object: Node
  /** True if the file took `object` out of the façade itself; else it is handed to it, as a client or by another file. */
  readonly isOwn: boolean
  readonly by: 'sdk' | 'http'
  /** The client whose results it gives; over HTTP only, and nothing where it is not written out. */
  readonly as: HttpClient | undefined
  readonly body: Node | undefined
  /** The stable key of the order. */
  readonly ref: Node | undefined
  readonly callback: Node | undefined
  /** The function of promises that was made of the member, and is called in its place. */
  readonly made?: MadeFunction
  /** True if it gives a promise of bluebird, which can do more than others. */
  readonly isBluebird?: boolean
  /** Why it is not shown what it asks. */
  readonly unproven?: string
}

/** `const execute = promisify(paypal.payment.execute)`. */
export interface MadeFunction {
  readonly id: IdNode
  readonly init: Node
  /** What makes it: `promisify`, and the object that it belongs to. */
  readonly maker: IdNode
  readonly isBluebird: boolean
}

/** Something done with an object of the façade that is no call which can speak the new version. */
export interface OtherUse {
  readonly node: Node
  readonly by: 'sdk' | 'http'
  readonly what: string
  /**
   * What may be asked of the façade in the old words for it: everything, what some file asks for by its name (`by name`: the
   * object goes on as a whole), or one operation.
   */
  readonly keeps: 'everything' | 'by name' | OperationId
  /** Where only a part of the object goes there: its path. */
  readonly part?: string
}

/** Everything that a file does with the objects of the façade. */
export interface FacadeUses {
  readonly sites: readonly FacadeSite[]
  /** Where the SDK-shaped object is set up. */
  readonly configured: readonly IdNode[]
  /** Where an object of the façade goes, or is asked for something, that is no call of an operation. */
  readonly others: readonly OtherUse[]
  /** Statements that add promised members: `Promise.promisifyAll(paypal.payment)`. */
  readonly promisified: readonly PromisifyAll[]
}

/** `Promise.promisifyAll(paypal.payment)`. */
export interface PromisifyAll {
  readonly statement: Node
  readonly maker: IdNode
  readonly owner: string
}

/** True for what a file imports the façade of a map by. */
export function isFacadeSpecifier(specifier: string, map: PaymentMap): boolean {
  return new RegExp(`payments/${map.provider.id}(?:/index)?(?:\\.[cm]?[jt]s)?$`).test(specifier)
}

/** What a file does with the façade. */
export function facadeUses(file: JavaScriptFile, map: PaymentMap): FacadeUses {
  const found = new Found(file, map)
  const names = facadeNames(map)
  for (const { specifier, node } of file.module.mentions) {
    if (!isFacadeSpecifier(specifier, map)) continue
    if (isTakenWhole(node)) {
      const what = 'the whole module of the façade is taken'
      for (const by of ['sdk', 'http'] as const) found.others.push({ node, by, what, keeps: 'everything' })
      continue
    }
    for (const [by, name] of [
      ['sdk', names.sdk?.name],
      ['http', names.http],
    ] as const)
      for (const id of namesGiven(node, name)) {
        const binding = file.module.scopes.lookup(id.name, id)
        for (const reference of binding ? file.module.references(binding) : [])
          if (!isDeclaration(reference)) found.own(reference as IdNode, by)
      }
  }
  found.handed()
  return found
}

class Found implements FacadeUses {
  readonly sites: FacadeSite[] = []
  readonly configured: IdNode[] = []
  readonly others: OtherUse[] = []
  readonly promisified: PromisifyAll[] = []
  readonly #file: JavaScriptFile
  readonly #map: PaymentMap
  readonly #sdk: SdkFacts | undefined
  /** Members that were looked at by the name that the file gave to the object. */
  readonly #seen = new Set<Node>()

  constructor(file: JavaScriptFile, map: PaymentMap) {
    this.#file = file
    this.#map = map
    this.#sdk = map.sdk?.[0]
  }

  /** A use of a name that the file gave to an object of the façade. */
  own(reference: IdNode, by: 'sdk' | 'http'): void {
    if (by === 'sdk' && this.#sdk?.client !== 'object') {
      // a client is made, and looked at where it is asked
      if (!isMade(reference))
        this.#other(reference, by, 'what makes clients of the façade goes elsewhere', 'everything')
      return
    }
    if (by === 'http') {
      const use = httpUse(reference, this.#map)
      if (typeof use === 'string') this.#other(reference, by, use, 'everything')
      else this.sites.push(use)
      return
    }
    const names: string[] = []
    let at: Node = reference
    for (let up = parentOf(at); isMember(up) && up.object === at; up = parentOf(at)) {
      const name = memberName(up)
      if (name === undefined) {
        this.#seen.add(up)
        return this.#other(reference, by, 'a member is asked for by a computed name', 'everything')
      }
      names.push(name)
      at = up
      this.#seen.add(up)
      const facts = this.#sdk?.members[names.join('.')]
      if (facts) return this.#member(at, reference, true, { path: names.join('.'), ...facts })
    }
    const call = parentOf(at)
    const path = names.join('.')
    if (names.length === 1 && this.#sdk?.configure?.includes(path) && isCall(call) && call.callee === at) {
      this.configured.push(reference)
      return
    }
    if (names.length === 0) return this.#other(reference, by, 'the object of the façade goes elsewhere', 'by name')
    if (isCall(call) && call.callee === at)
      return this.#other(reference, by, `\`${path}\` is no operation of the map`, 'everything')
    const all = this.#promisifyAll(at, path)
    if (all) this.promisified.push(all)
    else this.others.push({ node: at, by, what: `\`${path}\` goes elsewhere`, keeps: 'everything', part: path })
  }

  /** What is asked of objects of the façade that other files hand over, and of clients that were made. */
  handed(): void {
    for (const operation of sdkModel(this.#map).operations)
      for (const use of this.#file.members([operation.owner], operation.member)) {
        if (this.#seen.has(use.node)) continue
        this.#seen.add(use.node)
        this.#handedMember(use, operation)
      }
    for (const { owner, member, path, operation } of sdkModel(this.#map).operations)
      for (const { property } of this.#file.destructured([owner], member))
        this.#other(property, 'sdk', `\`${path}\` gets a name of its own`, operation)
    this.#computed()
  }

  /** `client[resource][method]` of a client that was handed over. */
  #computed(): void {
    const { module, operations, clients } = sdkModel(this.#map)
    const kinds = [...new Set([module, ...clients.values(), ...operations.map(({ owner }) => owner)])]
    for (const call of this.#file.module.calls)
      for (let at = unwrap(call.callee as Node); isMember(at); at = unwrap(at.object as Node)) {
        if (memberName(at) !== undefined || this.#seen.has(at)) continue
        this.#seen.add(at)
        if (this.#file.evidence(at.object, kinds))
          this.#other(at, 'sdk', 'a member is asked for by a computed name', 'everything')
      }
  }

  #handedMember(use: MemberUse, { path, operation, sdk, member }: SdkOperation): void {
    const names = path.split('.')
    const facts = { path, operation, arguments: sdk.members[path]!.arguments }
    let object: Node = use.object
    for (const name of names.slice(0, -1).reverse()) {
      if (!isMember(object) || memberName(object) !== name || isOptional(object)) {
        this.#member(use.node, undefined, false, facts, 'a part of the object of the façade has a name of its own')
        return
      }
      object = unwrap(object.object as Node)
    }
    const isProven = use.evidence.certainty === 'proven'
    const [why] = use.evidence.steps.filter(({ what }) => /^it may also be/.test(what))
    const unproven = isProven
      ? this.#declared(object)
      : `what is asked may be something else than the façade${why ? `: ${why.what}` : ''}`
    this.#member(use.node, object, false, facts, unproven, member.endsWith('Async') && !names.at(-1)!.endsWith('Async'))
  }

  /** Why the type of an object that was handed over does not know the members of the new version. */
  #declared(object: Node): string | undefined {
    if (!this.#file.isTypeScript) return undefined
    const binding = object.type === 'Identifier' ? this.#file.module.binding(object) : undefined
    const declaration = binding?.declarations[0]
    const isUntyped =
      (declaration?.type === 'VariableDeclarator' &&
        declaration.id.type === 'Identifier' &&
        !declaration.id.typeAnnotation &&
        isCall(unwrap(declaration.init as Node))) === true
    return isUntyped ? undefined : 'the type of what is asked has the members of the old version'
  }

  /** A member of the object that is an operation: called here, or made into a function of promises that is. */
  #member(
    node: Node,
    object: Node | undefined,
    isOwn: boolean,
    facts: {
      readonly path: string
      readonly operation: OperationId
      readonly arguments: SdkFacts['members'][string]['arguments']
    },
    unproven?: string,
    isPromised = false,
  ): void {
    const call = parentOf(node)
    const common = { operation: facts.operation, object: object ?? node, isOwn, by: 'sdk' as const, as: undefined }
    if (isCall(call, false) && call.callee === node) {
      this.sites.push({
        ...common,
        ...this.#given(call, facts.arguments, isPromised),
        ...(unproven ? { unproven } : {}),
      })
      return
    }
    const made = object && !isPromised ? madeOf(this.#file, node) : undefined
    const binding = made && this.#file.module.binding(made.id)
    const references = binding ? this.#file.module.references(binding) : []
    const calls = references.map((reference) => parentOf(reference))
    const isOnlyCalled =
      references.length > 0 && references.every((one, at) => isCall(calls[at], false) && calls[at].callee === one)
    if (!made || !isOnlyCalled) return this.#other(node, 'sdk', `\`${facts.path}\` goes elsewhere`, facts.operation)
    for (const one of calls)
      this.sites.push({
        ...common,
        made,
        ...this.#given(one as CallNode, facts.arguments, made.isBluebird, true),
        ...(unproven ? { unproven } : {}),
      })
  }

  /** What a call hands over. */
  #given(
    call: CallNode,
    parameters: SdkFacts['members'][string]['arguments'],
    isBluebird: boolean,
    isPromised = isBluebird,
  ): Pick<FacadeSite, 'call' | 'body' | 'ref' | 'callback' | 'unproven' | 'isBluebird'> {
    const args = argumentsOf(call)
    if (args.some((one) => one.type === 'SpreadElement'))
      return {
        call,
        body: undefined,
        ref: undefined,
        callback: undefined,
        unproven: 'its arguments are put together elsewhere',
      }
    const last = args.at(-1)
    const parameter = parameters[args.length - 1]
    const isCallback =
      !isPromised &&
      last !== undefined &&
      (isFunction(unwrap(last)) ||
        parameter === undefined ||
        (parameter === 'options' && unwrap(last).type !== 'ObjectExpression'))
    const given = isCallback ? args.slice(0, -1) : args
    const options = given[parameters.indexOf('options')]
    return {
      call,
      body: given[parameters.indexOf('body')],
      ref: options && entryOf(entryOf(options, 'upgradeKit'), 'ref'),
      callback: isCallback ? last : undefined,
      ...(isBluebird ? { isBluebird } : {}),
    }
  }

  #other(node: Node, by: 'sdk' | 'http', what: string, keeps: OtherUse['keeps']): void {
    this.others.push({ node, by, what, keeps })
  }

  /** `Promise.promisifyAll(paypal.payment)` as a statement. */
  #promisifyAll(node: Node, owner: string): PromisifyAll | undefined {
    const call = parentOf(node)
    const statement = call && parentOf(call)
    if (!isCall(call) || argumentsOf(call).length !== 1 || statement?.type !== 'ExpressionStatement') return undefined
    const callee = unwrap(call.callee as Node)
    const maker = isMember(callee) && memberName(callee) === 'promisifyAll' ? unwrap(callee.object as Node) : undefined
    return maker?.type === 'Identifier' && packageOf(this.#file, maker) === 'bluebird'
      ? { statement, maker, owner }
      : undefined
  }
}

/** `const execute = promisify(paypal.payment.execute.bind(paypal.payment))`. */
function madeOf(file: JavaScriptFile, member: Node): MadeFunction | undefined {
  let node = member
  const bind = parentOf(node)
  const bound = bind && parentOf(bind)
  if (isMember(bind) && bind.object === node && memberName(bind) === 'bind' && isCall(bound) && bound.callee === bind)
    node = bound
  const init = parentOf(node)
  const declarator = init && parentOf(init)
  if (!isCall(init) || argumentsOf(init)[0] !== node) return undefined
  if (declarator?.type !== 'VariableDeclarator' || declarator.init !== init) return undefined
  const { id } = declarator
  if (id.type !== 'Identifier' || id.typeAnnotation || file.module.binding(id)?.kind !== 'const') return undefined
  const callee = unwrap(init.callee as Node)
  const isMaker = isMember(callee) ? memberName(callee) === 'promisify' : callee.type === 'Identifier'
  const maker = isMember(callee) ? unwrap(callee.object as Node) : callee
  if (!isMaker || maker.type !== 'Identifier') return undefined
  const from = packageOf(file, maker, isMember(callee) ? undefined : 'promisify')
  if (from !== 'util' && from !== 'node:util' && from !== 'bluebird') return undefined
  return { id: id as IdNode, init, maker, isBluebird: from === 'bluebird' }
}

/** The package that a name stands for, or a part of it where `part` says so: `const { promisify } = require('util')`. */
function packageOf(file: JavaScriptFile, id: IdNode, part?: string): string | undefined {
  const binding = file.module.binding(id)
  const declaration = binding?.declarations.length === 1 ? binding.declarations[0] : undefined
  if (!binding || !declaration) return undefined
  for (const { specifier, node } of file.module.mentions) {
    const given = part === undefined ? wholeNames(node) : namesGiven(node, part)
    if (given.some((one) => file.module.scopes.lookup(one.name, one) === binding)) return specifier
  }
  return undefined
}

/** The names that a file gives to a whole module. */
function wholeNames(node: Node): IdNode[] {
  if (node.type === 'ImportDeclaration')
    return node.specifiers.flatMap((one) => (one.type === 'ImportSpecifier' ? [] : [one.local as IdNode]))
  const declarator = parentOf(node)
  return declarator?.type === 'VariableDeclarator' && declarator.init === node && declarator.id.type === 'Identifier'
    ? [declarator.id as IdNode]
    : []
}

/** `wrapStripe(new Stripe(key))`, `new Mollie.API.Client()`. */
function isMade(reference: Node): boolean {
  let at = reference
  for (let up = parentOf(at); isMember(up) && up.object === at; up = parentOf(at)) at = up
  const call = parentOf(at)
  return isCall(call) && call.callee === at
}

function isOptional(node: Node): boolean {
  return node.type === 'OptionalMemberExpression' && node.optional === true
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

function httpUse(reference: Node, map: PaymentMap): FacadeSite | string {
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
    object: reference,
    isOwn: true,
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
