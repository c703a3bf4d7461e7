import {
  argumentsOf,
  type CallNode,
  children,
  type Evidence,
  type Hop,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { isCovered } from '../map/path.ts'
import type { BesideApi, Operation, OperationId, PaymentMap } from '../map/types.ts'
import { addressOf, joined, matchPath, type PathMatch, type Piece, piecesOf, placeOf, writtenAs } from './address.ts'
import { requestOf, type WrittenRequest } from './clients.ts'

/** A call that sends a request of one operation of the old API. */
export interface HttpSite {
  readonly request: WrittenRequest
  readonly operation: OperationId
  readonly facts: Operation
  readonly match: PathMatch
  readonly evidence: Evidence
  /** Where its address is written, if not in the call: `file:offset`. */
  readonly via: readonly string[]
  /** True if it is the `v1` of a call of the façade already. */
  readonly isBehindFacade: boolean
}

/** An address of an operation that no call of a known client was seen to send. */
export interface Mention {
  readonly node: Node
  readonly operations: readonly OperationId[]
  readonly evidence: Evidence
  /**
   * `double`: a test answers in the provider's place. `route`: a server of its own. `unknown`: nobody knows who sends it.
   * `method`: its method is computed. `verb`: its method is one that the map has no operation for.
   */
  readonly is: 'double' | 'route' | 'unknown' | 'method' | 'verb'
  /** The method, for `verb`. */
  readonly method?: string
}

/** Everything in a file that has the address of an operation of a map. */
export interface HttpUses {
  readonly sites: readonly HttpSite[]
  readonly mentions: readonly Mention[]
}

/** Packages that answer requests in tests. */
const DOUBLES =
  /^(?:nock|msw(?:\/.*)?|axios-mock-adapter|moxios|fetch-mock(?:-jest)?|jest-fetch-mock|undici-mock|mockttp|@pollyjs\/.*|sinon|supertest)$/
const DOUBLE_NAMES = /^(?:nock|mock|scope|interceptor|mockAgent|mockPool|fetchMock|pool)$/i

/** The requests of a map's operations in a file, and every other place that has the address of one. */
export function httpUses(file: JavaScriptFile, map: PaymentMap): HttpUses {
  const sites: HttpSite[] = []
  const taken = new Set<string>()
  const unsure: Mention[] = []
  for (const call of file.module.calls) {
    const request = requestOf(file, call)
    if (!request?.url) continue
    const { pieces, via } = addressOfRequest(file, request)
    const matches = operationsAt(map, pieces)
    if (matches.length === 0) {
      const behind = behindUnknownBase(file, map, request, pieces)
      if (behind) unsure.push(behind)
      continue
    }
    const evidence = ownership(file, map, matches[0]!.match.base, request)
    if (!evidence) continue
    for (const place of via) taken.add(place)
    for (const node of urlNodes(request)) for (const inner of within(node)) taken.add(placeOf(file.module, inner))
    const found = matches.find(({ facts }) => facts.v1.method === request.method)
    if (found) sites.push({ ...found, request, evidence, via, isBehindFacade: isBehindFacade(call, found.operation) })
    else {
      const { method } = request
      const operations = matches.map(({ operation }) => operation)
      unsure.push({
        node: call,
        operations,
        evidence,
        ...(method === undefined ? { is: 'method' } : { is: 'verb', method }),
      })
    }
  }
  return { sites, mentions: [...unsure, ...mentionsIn(file, map, taken)] }
}

/** `${process.env.PAYPAL_API}/payments/payment`: what stands before the path may hold the version. */
function behindUnknownBase(
  file: JavaScriptFile,
  map: PaymentMap,
  request: WrittenRequest,
  pieces: readonly Piece[],
): Mention | undefined {
  const [base, ...rest] = pieces
  if (base?.is !== 'hole' || rest.length === 0) return undefined
  const named = signsOf(file, map, base.module, base.node).filter(({ is }) => is === 'name')
  const [sign] = named
  if (!sign) return undefined
  const operations = Object.entries(map.operations).flatMap(([operation, { v1 }]) => {
    const path = v1.path.replace(/^\/v\d+(?=\/)/, '')
    const isSame = v1.method === request.method || request.method === undefined
    return isSame && path !== v1.path && matchPath(rest, path, v1.trailingSlash === 'any') ? [operation] : []
  })
  if (operations.length === 0) return undefined
  return { node: request.call, operations, evidence: { certainty: 'guessed', steps: [sign.hop] }, is: 'unknown' }
}

/** A request to an API beside the one that the map is about. */
export interface BesideUse {
  readonly call: Node
  readonly path: string
  readonly api: BesideApi
  readonly evidence: Evidence
}

/** The requests to APIs that the map names beside its own. */
export function besideUses(file: JavaScriptFile, map: PaymentMap): BesideUse[] {
  if (map.beside === undefined) return []
  return file.module.calls.flatMap((call): BesideUse[] => {
    const request = requestOf(file, call)
    if (!request?.url) return []
    const { pieces } = addressOfRequest(file, request)
    const start = pieces.findIndex((piece) => piece.is === 'text' && /(?:^|[^/:])\/\w|^\/\w/.test(piece.text))
    const first = pieces[start]
    if (first?.is !== 'text') return []
    const [, host = '', own = ''] = /^(https?:\/\/[^/]*)?(.*)$/s.exec(first.text) ?? []
    const rest = pieces.slice(start + 1).map((piece) => (piece.is === 'text' ? piece.text : '*'))
    const path = [own, ...rest].join('').split(/[?#]/)[0]!
    const api = map.beside!.find(({ paths }) => paths.some((pattern) => isCovered(pattern, path)))
    if (!api) return []
    const base: Piece[] = [...pieces.slice(0, start), ...(host === '' ? [] : [{ is: 'text' as const, text: host }])]
    const evidence = ownership(file, map, base, request)
    return evidence ? [{ call, path, api, evidence }] : []
  })
}

/** True within the function that the façade is given as `v1`. */
function isBehindFacade(call: Node, operation: OperationId): boolean {
  for (let at: Node | undefined = call; at; at = parentOf(at)) {
    const property = isFunction(at) ? parentOf(at) : undefined
    if (property?.type !== 'ObjectProperty' || property.value !== at || keyName(property) !== 'v1') continue
    const outer = parentOf(parentOf(property)!)
    if (!isCall(outer)) continue
    const callee = unwrap(outer.callee as Node)
    if (isMember(callee) && memberName(callee) === operation) return true
  }
  return false
}

function urlNodes({ url }: WrittenRequest): readonly Node[] {
  if (!url) return []
  return 'type' in url ? [url] : url.host ? [url.host, url.path] : [url.path]
}

function addressOfRequest(file: JavaScriptFile, { url, instance }: WrittenRequest) {
  if (!url) return { pieces: [], via: [] }
  if (!('type' in url)) {
    const path = addressOf(file, url.path)
    const host = url.host ? addressOf(file, url.host) : undefined
    const before: Piece[] = host ? [{ is: 'text', text: 'https://' }, ...host.pieces] : []
    return { pieces: joined([...before, ...path.pieces]), via: [...path.via, ...(host?.via ?? [])] }
  }
  const own = addressOf(file, url)
  const first = own.pieces[0]
  // `axios.create({ baseURL: 'https://api.paypal.com/v1' })` and `/payments/payment`
  const base = first?.is === 'text' && !/^https?:/.test(first.text) && instance ? basePieces(file, instance) : undefined
  const last = base?.at(-1)
  if (!base || last?.is !== 'text') return own
  const slash = first?.is === 'text' && first.text.startsWith('/')
  const text = slash ? last.text.replace(/\/$/, '') : last.text.replace(/\/?$/, '/')
  return { ...own, pieces: joined([...base.slice(0, -1), { is: 'text', text }, ...own.pieces]) }
}

/** What stands before the relative addresses of an instance of a client. */
function basePieces(file: JavaScriptFile, instance: Node): readonly Piece[] | undefined {
  const made = writtenAs(file, file.module, instance)
  if (made?.node.type !== 'CallExpression') return undefined
  const callee = unwrap(made.node.callee as Node)
  if (!isMember(callee) || !['create', 'extend', 'defaults'].includes(memberName(callee) ?? '')) return undefined
  const [options] = argumentsOf(made.node as CallNode)
  if (!options) return undefined
  const object = unwrap(options)
  if (object.type !== 'ObjectExpression') return undefined
  const property = object.properties.find(
    (one) => one.type === 'ObjectProperty' && ['baseURL', 'prefixUrl', 'baseUrl'].includes(keyName(one) ?? ''),
  )
  return property?.type === 'ObjectProperty' ? piecesOf(file, made.module, property.value as Node) : undefined
}

interface OperationMatch {
  readonly operation: OperationId
  readonly facts: Operation
  readonly match: PathMatch
}

/** The operations whose address this is, whatever the verb. A path that is written out beats one with a parameter. */
function operationsAt(map: PaymentMap, pieces: readonly Piece[]): OperationMatch[] {
  const found = Object.entries(map.operations).flatMap(([operation, facts]): OperationMatch[] => {
    const match = matchPath(pieces, facts.v1.path, facts.v1.trailingSlash === 'any')
    return match ? [{ operation, facts, match }] : []
  })
  const fewest = Math.min(...found.map(({ match }) => Object.keys(match.params).length))
  return found.filter(({ match }) => Object.keys(match.params).length === fewest)
}

// ---- whose address ------------------------------------------------------------------------------

/**
 * Why an address is the provider's: by its host, by the name of the variable that holds it, or by what else the file talks
 * to. Nothing if it is known to be somebody else's.
 */
function ownership(
  file: JavaScriptFile,
  map: PaymentMap,
  base: readonly Piece[],
  request?: Pick<WrittenRequest, 'instance' | 'steps' | 'call' | 'url'>,
): Evidence | undefined {
  const steps = request?.steps ?? []
  const pieces = base.length === 0 && request?.instance ? (basePieces(file, request.instance) ?? base) : base
  const text = pieces.flatMap((piece) => (piece.is === 'text' ? [piece.text] : [])).join('')
  const host = /^https?:\/\/([^/:]*)/.exec(text)?.[1]
  const holes = pieces.filter((piece) => piece.is === 'hole')
  if (host !== undefined && map.from.hosts.includes(host))
    return { certainty: 'proven', steps: [{ what: `it is sent to ${host}` }, ...steps] }
  if (host && holes.length === 0) return undefined
  const signs = holes.flatMap((hole) => signsOf(file, map, hole.module, hole.node))
  const known = signs.filter(({ is }) => is === 'host')
  const foreign = signs.filter(({ is }) => is === 'foreign')
  if (known.length > 0 && foreign.length === 0 && signs.every(({ is }) => is === 'host'))
    return { certainty: 'proven', steps: [...known.map(({ hop }) => hop), ...steps] }
  if (known.length > 0) return { certainty: 'inferred', steps: [...known.map(({ hop }) => hop), ...steps] }
  if (foreign.length > 0 || holes.some((hole) => isOwnOrigin(hole.module.source(hole.node)))) return undefined
  const named = signs.filter(({ is }) => is === 'name')
  if (named.length > 0) return { certainty: 'inferred', steps: [...named.map(({ hop }) => hop), ...steps] }
  const around = pieces.length === 0 && isRelative(file, request) ? undefined : aroundIn(file, map)
  if (around) return { certainty: 'inferred', steps: [around, ...steps] }
  return {
    certainty: 'guessed',
    steps: [{ what: `only its path is ${map.provider.title}'s: nothing says which host it is sent to` }, ...steps],
  }
}

/** The origin of the page, or the host that the program itself was asked at. */
function isOwnOrigin(source: string): boolean {
  return /(?:^|\.)location\.(?:origin|host|hostname)$|\breq(?:uest)?\.(?:protocol|hostname|headers\.host|get\('host'\))/.test(
    source,
  )
}

/** True for a request without a host by a client that nobody has given one: it goes to where the page comes from. */
function isRelative(file: JavaScriptFile, request: Pick<WrittenRequest, 'instance' | 'url'> | undefined): boolean {
  if (!request?.url || !('type' in request.url) || /\bdefaults\.baseURL\b/.test(file.text)) return false
  if (!request.instance) return true
  const instance = unwrap(request.instance)
  const declaration = instance.type === 'Identifier' ? file.module.binding(instance)?.declarations[0] : undefined
  if (declaration?.type === 'ImportDefaultSpecifier' || declaration?.type === 'ImportNamespaceSpecifier')
    return (parentOf(declaration) as Extract<Node, { type: 'ImportDeclaration' }>).source.value === 'axios'
  const init =
    declaration?.type === 'VariableDeclarator' && declaration.init ? unwrap(declaration.init as Node) : undefined
  return isCall(init) && init.callee.type === 'Identifier' && init.callee.name === 'require'
    ? literalText(argumentsOf(init as CallNode)[0]!) === 'axios'
    : false
}

interface Sign {
  readonly is: 'host' | 'foreign' | 'name'
  readonly hop: Hop
}

/** The word by which people call what belongs to a provider: `PAYPAL_URL`, `this.paypal.base`. */
function wordOf(map: PaymentMap): RegExp {
  const [word = map.provider.id] = map.provider.id.split('-')
  return new RegExp(word, 'i')
}

const MAX_SIGNS = 200

/** What an expression says of whose host it is: strings that it can be, variables of the environment, names. */
function signsOf(file: JavaScriptFile, map: PaymentMap, module: JavaScriptModule, expression: Node): Sign[] {
  const found: Sign[] = []
  const seen = new Set<Node>()
  const word = wordOf(map)
  const waiting: { readonly module: JavaScriptModule; readonly node: Node }[] = [{ module, node: expression }]
  for (let at = waiting.pop(); at && seen.size < MAX_SIGNS; at = waiting.pop()) {
    const { node } = at
    if (seen.has(node)) continue
    seen.add(node)
    const place = at.module.locate(node.start)
    const text = literalText(node)
    if (text !== undefined) {
      const host = /^(?:https?:)?\/\/([^/:]+)/.exec(text)?.[1] ?? (map.from.hosts.includes(text) ? text : undefined)
      if (host)
        found.push({ is: map.from.hosts.includes(host) ? 'host' : 'foreign', hop: { what: `'${text}'`, at: place } })
      else if (word.test(text)) found.push({ is: 'name', hop: { what: `it is read from '${text}'`, at: place } })
      continue
    }
    if (node.type === 'Identifier' || isMember(node)) {
      const name = node.type === 'Identifier' ? node.name : memberName(node)
      const isEnvironment = isMember(node) && /(?:^|\.)env$/.test(at.module.source(node.object))
      if (name !== undefined && word.test(name))
        found.push({
          is: 'name',
          hop: { what: isEnvironment ? `it is read from the variable ${name}` : `it is called \`${name}\``, at: place },
        })
      const target = node.type === 'Identifier' || isMember(node) ? writtenAs(file, at.module, node) : undefined
      if (target && target.node !== node) waiting.push(target)
      if (isMember(node) && !isEnvironment) waiting.push({ module: at.module, node: node.object as Node })
      continue
    }
    if (isCall(node)) {
      const { found: functions } = file.functions(node.callee as Node, at.module)
      for (const one of functions.slice(0, 3)) waiting.push({ module: one.module, node: one.node.body as Node })
      waiting.push({ module: at.module, node: node.callee as Node })
      for (const argument of argumentsOf(node)) waiting.push({ module: at.module, node: argument })
      continue
    }
    for (const child of children(node)) if (!isFunction(child)) waiting.push({ module: at.module, node: child })
  }
  return found
}

/** What else the file says of the provider: its SDK, its host. */
function aroundIn(file: JavaScriptFile, map: PaymentMap): Hop | undefined {
  const sdk = file.module.mentions.find(({ specifier }) => map.sdk?.some((one) => one.package === specifier))
  if (sdk) return { what: `the file imports '${sdk.specifier}'`, at: file.module.locate(sdk.node.start) }
  const host = map.from.hosts.find((one) => file.text.includes(one))
  return host === undefined
    ? undefined
    : { what: `the file talks to ${host}`, at: file.module.locate(file.text.indexOf(host)) }
}

// ---- addresses that nobody was seen to send -----------------------------------------------------

function mentionsIn(file: JavaScriptFile, map: PaymentMap, taken: ReadonlySet<string>): Mention[] {
  const found: Mention[] = []
  const waiting: Node[] = [file.module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const isAddress =
      node.type === 'StringLiteral' ||
      node.type === 'TemplateLiteral' ||
      (node.type === 'BinaryExpression' && node.operator === '+')
    if (isAddress && !taken.has(placeOf(file.module, node))) {
      const mention = mentionAt(file, map, node)
      if (mention) {
        found.push(mention)
        continue
      }
    }
    if (taken.has(placeOf(file.module, node)) && isAddress) continue
    for (const child of [...children(node)].reverse()) waiting.push(child)
  }
  return found
}

function mentionAt(file: JavaScriptFile, map: PaymentMap, node: Node): Mention | undefined {
  const parent = parentOf(node)
  if (parent?.type === 'ImportDeclaration' || parent?.type === 'TSLiteralType') return undefined
  const matches = operationsAt(map, addressOf(file, node).pieces)
  if (matches.length === 0) return undefined
  const operations = matches.map(({ operation }) => operation)
  const is = answererOf(file, node)
  if (is === 'route') return undefined
  const evidence = ownership(file, map, matches[0]!.match.base)
  return evidence && { node, operations, evidence, is: is ?? 'unknown' }
}

/** Whether an address is one that the program itself answers: a test double, or a route of a server. */
function answererOf(file: JavaScriptFile, node: Node): 'double' | 'route' | undefined {
  const parent = parentOf(node)
  if (!isCall(parent) || argumentsOf(parent)[0] !== node) return undefined
  const callee = unwrap(parent.callee as Node)
  const root = rootOf(callee)
  const values = file.origins.valueOf(file.module, root)
  const from = values.flatMap((v) =>
    v.is === 'unknown' && v.from !== undefined
      ? [v.from]
      : v.is === 'foreign'
        ? [/'([^']+)'/.exec(v.what)?.[1] ?? '']
        : [],
  )
  if (from.some((name) => DOUBLES.test(name)) || (root.type === 'Identifier' && DOUBLE_NAMES.test(root.name)))
    return 'double'
  const rest = argumentsOf(parent).slice(1)
  const verb = isMember(callee) && /^(?:get|post|put|patch|delete|all|use|route)$/.test(memberName(callee) ?? '')
  const handled = rest.length > 0 && rest.every((argument) => isHandler(file, argument))
  return verb && (handled || memberName(callee as never) === 'route') ? 'route' : undefined
}

/** The value that a chain of calls starts from: `nock` of `nock(host).post(path)`. */
function rootOf(callee: Node): Node {
  let at = callee
  for (;;) {
    const inner: Node | undefined = isMember(at)
      ? unwrap(at.object as Node)
      : isCall(at)
        ? unwrap(at.callee as Node)
        : undefined
    if (!inner) return at
    at = inner
  }
}

function isHandler(file: JavaScriptFile, argument: Node): boolean {
  const node = unwrap(argument)
  if (isFunction(node)) return true
  return file.functions(node).found.length > 0
}

function* within(node: Node): Iterable<Node> {
  yield node
  for (const child of children(node)) yield* within(child)
}
