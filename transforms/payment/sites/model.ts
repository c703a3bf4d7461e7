/** How the values of a payment SDK enter a program, made from a map. */
import { describe, type ExpressionFacts, type Kind, kind, method, type PackageModel } from '#kit'
import type { OperationId, PaymentMap, SdkFacts } from '../map/types.ts'
import { facadeNames } from './names.ts'

/** One member of an SDK that is an operation of the map. */
export interface SdkOperation {
  /** What the member is asked of: the module, a client, one of its resources. */
  readonly owner: Kind
  readonly member: string
  readonly path: string
  readonly operation: OperationId
  readonly sdk: SdkFacts
}

/** The kinds of a map's SDKs. */
export interface SdkModel {
  readonly model: PackageModel
  readonly operations: readonly SdkOperation[]
  /** Members that are no operation of the map. */
  readonly others: readonly { readonly owner: Kind; readonly member: string; readonly path: string }[]
  /** What a module makes, by its package: the client of a class or a factory. */
  readonly clients: ReadonlyMap<string, Kind>
  readonly module: Kind
  /** What the façade of the map exports: its object has the members of the SDK, and what they are has to be looked at still. */
  readonly facade: Kind
}

const known = new WeakMap<PaymentMap, SdkModel>()

/** The kinds of a map's SDKs; the same values whenever it is asked. */
export function sdkModel(map: PaymentMap): SdkModel {
  const found = known.get(map) ?? make(map)
  known.set(map, found)
  return found
}

/** The words by which people call what belongs to a provider: `PAYPAL_URL`, `this.paypal.base`. */
export function wordsOf(map: PaymentMap): readonly string[] {
  return [map.provider.id.split('-')[0]!]
}

/**
 * What is asked of a client that somebody hands in: `paypal.payment` of `(paypal) => paypal.payment.create(…)`, by the
 * name of the provider and that of a part of its SDK.
 */
function handedIn(map: PaymentMap, operations: readonly SdkOperation[]): (facts: ExpressionFacts) => Kind | undefined {
  const word = new RegExp(wordsOf(map)[0]!, 'i')
  const parts = operations.map(({ owner, path, sdk }) => ({ owner, sdk, names: path.split('.').slice(0, -1) }))
  return ({ names, dependencies, imports, typeWithout }) => {
    for (const { owner, sdk, names: own } of parts) {
      const holder = names.at(-1 - own.length)
      if (own.length === 0 || holder === undefined || !word.test(holder)) continue
      if (!own.every((name, index) => names.at(index - own.length) === name)) continue
      if (sdk.alike?.some((other) => dependencies.has(other) || imports.has(other))) return undefined
      // declared as something else, which only the type checker could follow
      const type = typeWithout(own.length)
      const called = sdk.clientPath?.split('.').at(-1) ?? sdk.package.charAt(0).toUpperCase() + sdk.package.slice(1)
      const isOpen =
        type === undefined || new RegExp(`^:?\\s*(?:any|unknown|object|typeof \\w+|${called})\\b`).test(type)
      return isOpen ? owner : undefined
    }
    return undefined
  }
}

/** What a text has in which an address of one of the map's operations stands: the fixed part of its path, without the version. */
export function pathsOf(map: PaymentMap): RegExp {
  const fixed = Object.values(map.operations).map(({ v1 }) => v1.path.split('{')[0]!.replace(/\/$/, ''))
  const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp([...new Set(fixed)].map((path) => `${literally(path.replace(/^\/v\d+/, ''))}(?![\\w-])`).join('|'))
}

function make(map: PaymentMap): SdkModel {
  const sdks = map.sdk ?? []
  const module = kind(`${map.provider.title} SDK`)
  const operations: SdkOperation[] = []
  const others: SdkModel['others'][number][] = []
  const types: Record<string, Kind> = {}
  const clients = new Map<string, Kind>()
  for (const sdk of sdks) {
    const isObject = sdk.client === 'object'
    const client = isObject ? module : kind(`${map.provider.title} client`)
    if (!isObject) {
      clients.set(sdk.package, client)
      // `private readonly stripe: Stripe`, of `import Stripe from 'stripe'` or `import { Stripe } from 'stripe'`
      const name = sdk.clientPath?.split('.').at(-1) ?? sdk.package.charAt(0).toUpperCase() + sdk.package.slice(1)
      Object.assign(types, { default: client, [name]: client })
      describe(module, sdk.client === 'class' ? { construct: client, call: client } : { call: client })
      // `new Mollie.API.Client()`: a class may stand deep within its module
      describe(module, { otherMembers: module })
    }
    for (const [path, { operation }] of Object.entries(sdk.members)) {
      const names = path.split('.')
      const member = names.pop()!
      let owner = client
      for (const [index, name] of names.entries()) {
        const inner = owner.shape.members?.[name] ?? kind(names.slice(0, index + 1).join('.'))
        describe(owner, { members: { [name]: inner } })
        owner = inner
      }
      describe(owner, { members: { [member]: method(path) } })
      operations.push({ owner, member, path, operation, sdk })
      if (sdk.promises) continue
      // what `promisifyAll` of bluebird adds
      const promised = `${member}Async`
      describe(owner, { members: { [promised]: method(path) } })
      operations.push({ owner, member: promised, path, operation, sdk })
    }
    for (const path of sdk.others ?? []) {
      const names = path.split('.')
      const member = names.pop()!
      const owner = names.reduce<Kind | undefined>((at, name) => at?.shape.members?.[name], client)
      if (!owner) continue
      describe(owner, { members: { [member]: method(path) } })
      others.push({ owner, member, path })
    }
  }
  const specifiers = sdks.map((sdk) => sdk.package)
  const facade = kind(`façade of ${map.provider.title}`)
  const own = facadeNames(map).sdk
  const [client] = clients.values()
  if (own?.kind === 'object') describe(facade, { members: { [own.name]: module } })
  if (own?.kind === 'wrap' && client) {
    const wrap = kind(own.name)
    describe(wrap, { call: client })
    describe(facade, { members: { [own.name]: wrap } })
  }
  return {
    module,
    facade,
    operations,
    others,
    clients,
    model: {
      specifiers,
      module,
      types,
      typePackages: specifiers.map((name) => `@types/${name}`),
      notOurs: new Set(),
      wrappers: [],
      shapes: () => undefined,
      expressions: handedIn(map, operations),
      shapeText: /(?!)/,
      names: new Map(),
      members: new Map(),
      words: wordsOf(map),
      // its façade, too: what imports it talks to the provider, whichever version it speaks
      traces: new RegExp(`${pathsOf(map).source}|payments/${map.provider.id}(?![\\w-])`),
    },
  }
}
