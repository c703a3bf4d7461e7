import {
  argumentsOf,
  type CallNode,
  type Hop,
  hops,
  isClass,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  parentOf,
  plainParameter,
  unwrap,
} from '#kit'
import type { HttpClient } from '../facade/types.ts'

/** A client that call sites use; the façade is asked for the shape of what it gives, see `WrittenRequest.as`. */
export type Client = Exclude<HttpClient, 'json'> | 'https'

/** Packages that requests are made with, and what kind of client each is. */
const PACKAGES: Readonly<Record<string, Client>> = {
  axios: 'axios',
  '@nestjs/axios': 'nest',
  'node-fetch': 'fetch',
  'cross-fetch': 'fetch',
  'isomorphic-fetch': 'fetch',
  'isomorphic-unfetch': 'fetch',
  got: 'got',
  ky: 'ky',
  'ky-universal': 'ky',
  superagent: 'superagent',
  undici: 'undici',
  request: 'request',
  'request-promise': 'request-promise',
  'request-promise-native': 'request-promise',
  https: 'https',
  'node:https': 'https',
}

/** Types that say which client a value is, by the package that they come from. */
const TYPES: Readonly<Record<string, Readonly<Record<string, Client>>>> = {
  axios: { AxiosInstance: 'axios', AxiosStatic: 'axios', Axios: 'axios' },
  '@nestjs/axios': { HttpService: 'nest' },
  '@nestjs/common': { HttpService: 'nest' },
  got: { Got: 'got' },
  ky: { KyInstance: 'ky' },
}

/** Names of the packages of clients, for what a file has to mention. */
export const CLIENT_PACKAGES = Object.keys(PACKAGES)

export const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'del', 'head'] as const

/** Which client a value is of, and why we think so. */
export interface ClientValue {
  readonly client: Client
  readonly steps: readonly Hop[]
}

/** The client that an expression is, or is a member of; nothing if it is none that is known. */
export function clientOf(file: JavaScriptFile, expression: Node): ClientValue | undefined {
  const node = unwrap(expression)
  // `this.http.axiosRef` is the axios of a service
  const service = isMember(node) && memberName(node) === 'axiosRef' ? clientOf(file, node.object as Node) : undefined
  if (service?.client === 'nest') return { client: 'axios', steps: service.steps }
  const values = file.origins.valueOf(file.module, node)
  const found: ClientValue[] = []
  for (const v of values) {
    const name =
      v.is === 'unknown'
        ? v.from
        : v.is === 'foreign'
          ? (/^(?:something of )?(?:Node's|the package) '([^']+)'$/.exec(v.what)?.[1] ??
            (/the global `fetch`$/.test(v.what) ? 'node-fetch' : undefined))
          : undefined
    const client = name === undefined ? undefined : PACKAGES[name]
    if (client) found.push({ client, steps: hops(v.trail) })
  }
  if (found.length > 0 && found.every(({ client }) => client === found[0]!.client)) return found[0]
  return typed(file, node)
}

/** By the type that a field or a parameter is declared with: `private readonly http: HttpService`. */
function typed(file: JavaScriptFile, node: Node): ClientValue | undefined {
  const annotation = annotationOf(file, node)
  const reference = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : undefined
  if (reference?.type !== 'TSTypeReference' || reference.typeName.type !== 'Identifier') return undefined
  const name = reference.typeName.name
  const declaration = file.module.scopes.lookup(name, reference.typeName)?.declarations[0]
  if (declaration?.type !== 'ImportSpecifier') return undefined
  const imported = declaration.imported.type === 'Identifier' ? declaration.imported.name : declaration.imported.value
  const source = (parentOf(declaration) as Extract<Node, { type: 'ImportDeclaration' }>).source.value
  const client = TYPES[source]?.[imported]
  return (
    client && {
      client,
      steps: [
        {
          what: `\`${file.source(node)}\` has the type \`${imported}\` of '${source}'`,
          at: file.module.locate(reference.typeName.start!),
        },
      ],
    }
  )
}

function annotationOf(file: JavaScriptFile, node: Node): Node | undefined {
  const of = (id: Node | undefined) =>
    id && 'typeAnnotation' in id ? ((id.typeAnnotation as Node | null | undefined) ?? undefined) : undefined
  if (node.type === 'Identifier') {
    const binding = file.module.binding(node)
    return binding?.identifiers.length === 1 ? of(binding.identifiers[0] as Node) : undefined
  }
  if (!isMember(node) || unwrap(node.object as Node).type !== 'ThisExpression') return undefined
  const name = memberName(node)
  let owner: Node | undefined = node
  while (owner && !isClass(owner)) owner = parentOf(owner)
  if (!owner || !isClass(owner)) return undefined
  for (const member of owner.body.body) {
    if (member.type === 'ClassProperty' && keyName(member) === name) return of(member as Node)
    if (member.type === 'ClassMethod' && member.kind === 'constructor')
      for (const param of member.params)
        if (param.type === 'TSParameterProperty' && plainParameter(param as Node)?.name === name)
          return of(plainParameter(param as Node) as Node)
  }
  return undefined
}

/** A request as it is written, whoever sends it. */
export interface WrittenRequest {
  readonly client: Client
  /** The call that sends it. */
  readonly call: CallNode
  /** The expression that gives the answer: the call, or the chain or promise around it. */
  readonly whole: Node
  /** What `whole` gives; see `as` of the façade. */
  readonly as: HttpClient
  /** The address; for `https.request`, its parts. */
  readonly url: Node | { readonly host: Node | undefined; readonly path: Node } | undefined
  /** The instance whose `baseURL` stands before a relative address. */
  readonly instance: Node | undefined
  /** In upper case; undefined where it is computed. */
  readonly method: string | undefined
  /** What is sent, before it becomes text. */
  readonly body: Node | undefined
  /** The name of the text that it is sent as, where it becomes text before the request is made. */
  readonly bodyText?: Node | undefined
  /** True if there is a body, and what it is before it becomes text is not seen. */
  readonly isBodyHidden: boolean
  readonly headers: Node | undefined
  /** Further headers: `.set('X', y)` of superagent, and what an instance of axios sends with every request. */
  readonly moreHeaders?: readonly Node[]
  readonly callback: Node | undefined
  /** Why it cannot be put behind the façade as it is. */
  readonly problem: string | undefined
  /** What behind the façade is not as it was, though it can be put there. */
  readonly caution?: string
  readonly steps: readonly Hop[]
}

/** The request that a call sends, if it is a call of a client. */
export function requestOf(file: JavaScriptFile, call: CallNode): WrittenRequest | undefined {
  if (call.type === 'NewExpression') return undefined
  const callee = unwrap(call.callee as Node)
  const member = isMember(callee) ? memberName(callee) : undefined
  const isVerb = member !== undefined && (METHODS as readonly string[]).includes(member)
  if (isMember(callee) && !isVerb && member !== 'request' && member !== 'fetch') return undefined
  if (callee.type !== 'Identifier' && !isMember(callee)) return undefined
  const receiver =
    isMember(callee) && (isVerb || member === 'request' || member === 'fetch') ? (callee.object as Node) : callee
  const found =
    clientOf(file, member === 'fetch' ? callee : receiver) ??
    (member === 'fetch' ? clientOf(file, receiver) : undefined)
  if (!found) return undefined
  const verb = isVerb ? (member === 'del' ? 'DELETE' : member!.toUpperCase()) : undefined
  const args = argumentsOf(call)
  if (args.some((arg) => arg.type === 'SpreadElement')) return undefined
  const isFetch =
    found.client === 'fetch' ||
    (found.client === 'undici' && (member === 'fetch' || isImportedAs(file, callee, 'fetch')))
  const base = { client: isFetch ? ('fetch' as const) : found.client, call, steps: found.steps }
  if (isFetch) return isVerb ? undefined : fetched(file, base, args, 'fetch')
  switch (found.client) {
    case 'axios':
    case 'nest':
      return ofAxios(file, base, args, verb, member === 'request' || callee === receiver, receiver)
    case 'got':
    case 'ky':
      return ofGot(file, base, args, verb, receiver)
    case 'undici':
      return member === 'request' || isImportedAs(file, callee, 'request')
        ? fetched(file, base, args, 'undici')
        : undefined
    case 'superagent':
      return verb === undefined ? undefined : ofSuperagent(file, base, args, verb)
    case 'request':
    case 'request-promise':
      return ofRequest(file, base, args, verb)
    case 'https':
      return member === 'request' || member === 'get' || isImportedAs(file, callee, 'request', 'get')
        ? ofHttps(file, base, args, member === 'get' || isImportedAs(file, callee, 'get'))
        : undefined
    default:
      return undefined
  }
}

type Base = Pick<WrittenRequest, 'client' | 'call' | 'steps'>

function isImportedAs(file: JavaScriptFile, callee: Node, ...names: readonly string[]): boolean {
  if (callee.type !== 'Identifier') return false
  const declaration = file.module.binding(callee)?.declarations[0]
  if (declaration?.type === 'ImportSpecifier')
    return names.includes(
      declaration.imported.type === 'Identifier' ? declaration.imported.name : declaration.imported.value,
    )
  // `const { request } = require('https')`
  if (declaration?.type !== 'VariableDeclarator' || declaration.id.type !== 'ObjectPattern') return false
  return declaration.id.properties.some(
    (property) =>
      property.type === 'ObjectProperty' &&
      property.value.type === 'Identifier' &&
      property.value.name === callee.name &&
      names.includes(keyName(property) ?? ''),
  )
}

// ---- options ------------------------------------------------------------------------------------

/** The value of an entry of an options object; `hidden` where there may be one that is not seen. */
export function entry(
  file: JavaScriptFile,
  options: Node | undefined,
  ...names: readonly string[]
): Node | 'hidden' | undefined {
  if (!options) return undefined
  const object = objectOf(file, options)
  if (!object) return 'hidden'
  let found: Node | 'hidden' | undefined
  for (const property of object.properties) {
    if (property.type === 'SpreadElement') found ??= 'hidden'
    else if (property.type === 'ObjectProperty' && names.includes(keyName(property) ?? ''))
      found = property.value as Node
    else if (property.type === 'ObjectMethod' && names.includes(keyName(property) ?? '')) found = 'hidden'
    else if (property.type === 'ObjectProperty' && keyName(property) === undefined) found ??= 'hidden'
  }
  return found
}

type ObjectNode = Extract<Node, { type: 'ObjectExpression' }>

/** An object that is written out, here or as a constant of this file that nobody changes. */
export function objectOf(file: JavaScriptFile, node: Node): ObjectNode | undefined {
  const inner = unwrap(node)
  if (inner.type === 'ObjectExpression') return inner as ObjectNode
  if (inner.type !== 'Identifier') return undefined
  const binding = file.module.binding(inner)
  const declaration = binding?.declarations.length === 1 ? binding.declarations[0] : undefined
  if (declaration?.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier' || !declaration.init)
    return undefined
  const object = unwrap(declaration.init as Node)
  if (object.type !== 'ObjectExpression') return undefined
  const isChanged = file.module.references(binding!).some((reference) => {
    const parent = parentOf(reference)
    if (parent?.type === 'AssignmentExpression' && parent.left === reference) return true
    if (!isMember(parent) || parent.object !== reference) return false
    const outer = parentOf(parent)
    return (outer?.type === 'AssignmentExpression' && outer.left === parent) || outer?.type === 'UnaryExpression'
  })
  return isChanged ? undefined : (object as ObjectNode)
}

const seen = (value: Node | 'hidden' | undefined): Node | undefined => (value === 'hidden' ? undefined : value)

function methodText(file: JavaScriptFile, value: Node | 'hidden' | undefined, otherwise: string): string | undefined {
  if (value === undefined) return otherwise
  if (value === 'hidden') return undefined
  const known = file.known(value).value
  return typeof known === 'string' ? known.toUpperCase() : undefined
}

/** What stands in `JSON.stringify(…)`, here or in a constant. */
export function beforeStringify(file: JavaScriptFile, node: Node): Node | undefined {
  const inner = unwrap(node)
  if (inner.type === 'CallExpression') {
    const callee = inner.callee
    const isJson =
      isMember(callee) &&
      callee.object.type === 'Identifier' &&
      callee.object.name === 'JSON' &&
      memberName(callee as never) === 'stringify'
    return isJson && inner.arguments.length === 1 ? (inner.arguments[0] as Node) : undefined
  }
  if (inner.type !== 'Identifier') return undefined
  const binding = file.module.binding(inner)
  const declaration =
    binding?.kind === 'const' && binding.declarations.length === 1 ? binding.declarations[0] : undefined
  return declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier' && declaration.init
    ? unwrap(declaration.init as Node).type === 'CallExpression'
      ? beforeStringify(file, declaration.init as Node)
      : undefined
    : undefined
}

/** A body that is sent as text, and what it was before. */
function textBody(
  file: JavaScriptFile,
  value: Node | 'hidden' | undefined,
): Pick<WrittenRequest, 'body' | 'bodyText' | 'isBodyHidden'> {
  if (value === undefined) return { body: undefined, isBodyHidden: false }
  if (value === 'hidden') return { body: undefined, isBodyHidden: true }
  const body = beforeStringify(file, value)
  return { body, bodyText: nameOfText(value), isBodyHidden: body === undefined }
}

/** A name that holds a text already. */
function nameOfText(value: Node): Node | undefined {
  const inner = unwrap(value)
  return inner.type === 'Identifier' ? inner : undefined
}

function plainBody(value: Node | 'hidden' | undefined): Pick<WrittenRequest, 'body' | 'isBodyHidden'> {
  return value === 'hidden' ? { body: undefined, isBodyHidden: true } : { body: value, isBodyHidden: false }
}

// ---- clients ------------------------------------------------------------------------------------

/** `fetch(url, init)`, and `request(url, options)` of undici, which takes the same. */
function fetched(
  file: JavaScriptFile,
  base: Base,
  [url, init]: readonly Node[],
  as: 'fetch' | 'undici',
): WrittenRequest | undefined {
  if (!url) return undefined
  return {
    ...base,
    whole: base.call,
    as,
    url,
    instance: undefined,
    method: methodText(file, entry(file, init, 'method'), 'GET'),
    ...textBody(file, entry(file, init, 'body')),
    headers: seen(entry(file, init, 'headers')),
    callback: undefined,
    problem: init && !objectOf(file, init) ? 'the options of the request are made elsewhere' : undefined,
    ...(isEnded(file, init) ? { caution: ENDED } : {}),
  }
}

function ofAxios(
  file: JavaScriptFile,
  base: Base,
  args: readonly Node[],
  verb: string | undefined,
  isRequest: boolean,
  receiver: Node,
): WrittenRequest | undefined {
  const as = base.client as 'axios' | 'nest'
  const common = { ...base, whole: base.call, as, instance: receiver, callback: undefined }
  if (verb !== undefined) {
    const hasData = verb === 'POST' || verb === 'PUT' || verb === 'PATCH'
    const config = args[hasData ? 2 : 1]
    return {
      ...common,
      url: args[0],
      method: verb,
      ...sentBody(file, hasData ? args[1] : entry(file, config, 'data')),
      headers: seen(entry(file, config, 'headers')),
      ...axiosOptions(file, config),
    }
  }
  if (!isRequest) return undefined
  const [first, second] = args
  const config = first && (objectOf(file, first) ? first : second)
  if (!config)
    return {
      ...common,
      url: first,
      method: first && !second ? 'GET' : undefined,
      ...plainBody(undefined),
      headers: undefined,
      problem: undefined,
    }
  return {
    ...common,
    url: config === first ? seen(entry(file, config, 'url')) : first,
    method: methodText(file, entry(file, config, 'method'), 'GET'),
    ...sentBody(file, entry(file, config, 'data')),
    headers: seen(entry(file, config, 'headers')),
    ...axiosOptions(file, config),
  }
}

/** A body that axios makes text of, or that is text already. */
function sentBody(
  file: JavaScriptFile,
  value: Node | 'hidden' | undefined,
): Pick<WrittenRequest, 'body' | 'bodyText' | 'isBodyHidden'> {
  const isText = value !== undefined && value !== 'hidden' && beforeStringify(file, value) !== undefined
  return isText ? textBody(file, value) : plainBody(value)
}

/** What the options of axios say of the answer that the façade does not do. */
function axiosOptions(file: JavaScriptFile, config: Node | undefined): Pick<WrittenRequest, 'problem' | 'caution'> {
  if (config && !objectOf(file, config)) return { problem: 'the options of the request are made elsewhere' }
  const type = entry(file, config, 'responseType')
  const isParsed = type === undefined || (type !== 'hidden' && file.known(type).value === 'json')
  const other = ['validateStatus', 'transformResponse', 'adapter'].find((one) => isWritten(file, config, one))
  if (isWritten(file, config, 'responseType') && !isParsed) return { problem: 'its answer is not read as JSON' }
  if (other) return { problem: `its option \`${other}\` decides what its answer is` }
  return { problem: undefined, ...(isEnded(file, config) ? { caution: ENDED } : {}) }
}

/** True for an option that stands there; of a spread nobody knows. */
function isWritten(file: JavaScriptFile, options: Node | undefined, name: string): boolean {
  const value = entry(file, options, name)
  return value !== undefined && value !== 'hidden'
}

const ENDED = 'a request to the new version is not ended by the signal, but by the time limit of the façade'

function isEnded(file: JavaScriptFile, options: Node | undefined): boolean {
  return isWritten(file, options, 'signal') || isWritten(file, options, 'cancelToken')
}

function ofGot(
  file: JavaScriptFile,
  base: Base,
  [url, options]: readonly Node[],
  verb: string | undefined,
  receiver: Node,
): WrittenRequest | undefined {
  if (!url) return undefined
  const json = entry(file, options, 'json')
  const isFlag = json !== undefined && json !== 'hidden' && json.type === 'BooleanLiteral'
  const outer = parentOf(base.call)
  const read = isMember(outer) && outer.object === base.call ? memberName(outer) : undefined
  const called = read === undefined ? undefined : parentOf(outer!)
  const isJson = read === 'json' && called?.type === 'CallExpression' && called.callee === outer
  return {
    ...base,
    whole: isJson ? called : base.call,
    as: isJson ? 'json' : (base.client as 'got' | 'ky'),
    url,
    instance: receiver,
    method: verb ?? methodText(file, entry(file, options, 'method'), 'GET'),
    ...(json === undefined || isFlag ? textBody(file, entry(file, options, 'body')) : plainBody(json)),
    headers: seen(entry(file, options, 'headers')),
    callback: undefined,
    problem:
      options && !objectOf(file, options)
        ? 'the options of the request are made elsewhere'
        : read !== undefined && !isJson && read !== 'then' && read !== 'catch'
          ? `\`.${read}\` of the request is read`
          : gotOptions(file, base.client, options, isJson || isFlag),
    ...(isEnded(file, options) ? { caution: ENDED } : {}),
  }
}

/** What the options of `got` and `ky` say of the answer that the façade does not do. */
function gotOptions(
  file: JavaScriptFile,
  client: Client,
  options: Node | undefined,
  isParsed: boolean,
): string | undefined {
  const other = ['throwHttpErrors', 'resolveBodyOnly', 'isStream', 'parseJson', 'hooks'].find((one) =>
    isWritten(file, options, one),
  )
  if (other) return `its option \`${other}\` decides what its answer is`
  if (client === 'ky' || isParsed) return undefined
  const type = entry(file, options, 'responseType')
  const isJson = type !== undefined && type !== 'hidden' && file.known(type).value === 'json'
  return isJson ? undefined : 'its answer is text, which the program parses itself'
}

/** Methods of a request of superagent that give the request back and can be repeated as they are. */
const SUPERAGENT_CHAIN = new Set(['set', 'send', 'query', 'type', 'accept', 'timeout', 'retry', 'redirects'])

function ofSuperagent(
  file: JavaScriptFile,
  base: Base,
  [url, data]: readonly Node[],
  verb: string,
): WrittenRequest | undefined {
  if (!url) return undefined
  let whole: Node = base.call
  let body: Node | undefined = data
  let problem: string | undefined
  let isBodyHidden = false
  let headers: Node | undefined
  const set: Node[] = []
  for (;;) {
    const member = parentOf(whole)
    if (!isMember(member) || member.object !== whole) break
    const name = memberName(member)
    const call = parentOf(member)
    if (call?.type !== 'CallExpression' || call.callee !== member) break
    if (name === 'then' || name === 'catch' || name === 'finally') break
    if (name === undefined || !SUPERAGENT_CHAIN.has(name)) {
      problem = `\`.${name ?? '[…]'}()\` of the request is not one that can be waited for`
      break
    }
    const args = argumentsOf(call as CallNode)
    if (name === 'send') {
      if (body) isBodyHidden = true
      body = args[0]
    }
    // `.set('Authorization', x)` and `.set({ Authorization: x })`
    if (name === 'set') {
      const isOwn = args.length === 1 || (args[1] && /^authorization$/i.test(String(file.known(args[0]!).value)))
      if (!isOwn) set.push(call)
      else {
        if (headers) set.push(headers)
        headers = args.length === 1 ? args[0] : call
      }
    }
    whole = call
  }
  return {
    ...base,
    whole,
    as: 'superagent',
    url,
    instance: undefined,
    method: verb,
    body,
    isBodyHidden,
    headers,
    moreHeaders: set,
    callback: undefined,
    problem,
  }
}

function ofRequest(
  file: JavaScriptFile,
  base: Base,
  args: readonly Node[],
  verb: string | undefined,
): WrittenRequest | undefined {
  const last = args.at(-1)
  const hasCallback = last !== undefined && (isFunction(unwrap(last)) || (args.length > 1 && !objectOf(file, last)))
  const given = hasCallback ? args.slice(0, -1) : args
  const [first, second] = given
  if (!first) return undefined
  const options = objectOf(file, first) ? first : second
  const url = options === first ? (seen(entry(file, options, 'url', 'uri')) ?? undefined) : first
  const json = entry(file, options, 'json')
  const isFlag = json !== undefined && json !== 'hidden' && json.type === 'BooleanLiteral'
  const isParsed = json !== undefined && !(isFlag && (json as { value?: boolean }).value === false)
  const isPromise = base.client === 'request-promise'
  const body =
    json === undefined
      ? textBody(file, entry(file, options, 'body'))
      : isFlag
        ? plainBody(entry(file, options, 'body'))
        : plainBody(json)
  const full = entry(file, options, 'resolveWithFullResponse')
  return {
    ...base,
    whole: base.call,
    as: isPromise ? 'request-promise' : 'request',
    url,
    instance: undefined,
    method: verb ?? methodText(file, entry(file, options, 'method'), 'GET'),
    ...body,
    headers: seen(entry(file, options, 'headers')),
    callback: hasCallback ? last : undefined,
    problem:
      options && !objectOf(file, options)
        ? 'the options of the request are made elsewhere'
        : entry(file, options, 'baseUrl') !== undefined
          ? 'its address is put together by `baseUrl`'
          : !isParsed
            ? 'its answer is text, which the program parses itself'
            : isPromise && (full !== undefined || entry(file, options, 'transform') !== undefined)
              ? 'its answer is not the plain body'
              : !isPromise && !hasCallback
                ? 'its answer is read as a stream'
                : parentOf(base.call)?.type === 'MemberExpression' && !isPromise
                  ? 'something else is done with the request'
                  : undefined,
  }
}

function ofHttps(file: JavaScriptFile, base: Base, args: readonly Node[], isGet: boolean): WrittenRequest | undefined {
  const [first, second] = args
  if (!first) return undefined
  const options = objectOf(file, first) ? first : second && objectOf(file, second) ? second : undefined
  const host = entry(file, options, 'hostname', 'host')
  const path = entry(file, options, 'path')
  const url =
    options === first ? (path === undefined || path === 'hidden' ? undefined : { host: seen(host), path }) : first
  const promise = promiseAround(file, base.call)
  const sent = bodyOfRequest(file, base.call)
  const common = {
    ...base,
    as: typeof promise === 'string' ? ('json' as const) : promise.as,
    url,
    instance: undefined,
    method: methodText(file, options ? entry(file, options, 'method') : undefined, 'GET'),
    headers: seen(entry(file, options, 'headers')),
    callback: undefined,
  }
  if (!options && !(isGet || first)) return undefined
  return {
    ...common,
    whole: typeof promise === 'string' ? base.call : promise.node,
    ...(sent === 'hidden' ? { body: undefined, isBodyHidden: true } : textBody(file, sent)),
    problem: typeof promise === 'string' ? promise : undefined,
    ...(typeof promise !== 'string' && promise.as === 'json'
      ? {
          caution:
            'an error that the new version answers is rejected as the façade tells it, and not as it is written here: what the old version would have said is its `error`, and the status its `statusCode`',
        }
      : {}),
  }
}

/**
 * The `new Promise` around a request whose executor does nothing but send it and resolve with the parsed body; else why not.
 * It is a `body` where it resolves whatever the status is.
 */
function promiseAround(
  file: JavaScriptFile,
  call: CallNode,
): { readonly node: Node; readonly as: 'json' | 'body' } | string {
  const why =
    'its answer is put together by hand; only `new Promise` that resolves with `JSON.parse` of it can be put behind the façade'
  let fn: Node | undefined = call
  while (fn && !isFunction(fn)) fn = parentOf(fn)
  const creation = fn && parentOf(fn)
  if (!fn || !isFunction(fn) || creation?.type !== 'NewExpression' || creation.arguments[0] !== fn) return why
  const made = unwrap(creation.callee as Node)
  if (made.type !== 'Identifier' || made.name !== 'Promise' || file.module.binding(made)) return why
  const resolve = fn.params[0]?.type === 'Identifier' ? fn.params[0] : undefined
  const binding = resolve && file.module.scopes.lookup(resolve.name, fn.body)
  if (!resolve || !binding) return why
  const uses = file.module.references(binding)
  const resolves = uses.every((use) => {
    const parent = parentOf(use)
    if (parent?.type !== 'CallExpression' || parent.callee !== use || parent.arguments.length !== 1) return false
    return isJsonParse(file, parent.arguments[0] as Node)
  })
  if (uses.length === 0 || !resolves) return why
  return { node: creation as Node, as: rejectsAnswers(file, fn) ? 'json' : 'body' }
}

/** True if an executor rejects for another reason than that there was no answer, or none that can be read. */
function rejectsAnswers(file: JavaScriptFile, fn: Node & { type: string }): boolean {
  if (!isFunction(fn)) return false
  const reject = fn.params[1]?.type === 'Identifier' ? fn.params[1] : undefined
  const binding = reject && file.module.scopes.lookup(reject.name, fn.body)
  return (binding ? file.module.references(binding) : []).some((use) => {
    const parent = parentOf(use)
    // `request.on('error', reject)`
    if (parent?.type !== 'CallExpression' || parent.callee !== use) return false
    const [given] = argumentsOf(parent as CallNode)
    const caught = given && unwrap(given)
    const declared = caught?.type === 'Identifier' ? file.module.binding(caught)?.declarations[0] : undefined
    if (declared?.type === 'CatchClause') return false
    let around: Node | undefined = parent
    while (around && !isFunction(around)) around = parentOf(around)
    const outer = around && parentOf(around)
    const isListener =
      outer?.type === 'CallExpression' &&
      isMember(outer.callee as Node) &&
      /^(?:on|once)$/.test(memberName(outer.callee as never) ?? '') &&
      /^(?:error|timeout|abort|aborted|close)$/.test(String(file.known(outer.arguments[0] as Node).value))
    return !isListener
  })
}

function isJsonParse(file: JavaScriptFile, node: Node): boolean {
  const inner = unwrap(node)
  if (inner.type === 'Identifier') {
    const declaration = file.module.binding(inner)?.declarations[0]
    return declaration?.type === 'VariableDeclarator' && declaration.init
      ? isJsonParse(file, declaration.init as Node)
      : false
  }
  return (
    inner.type === 'CallExpression' &&
    isMember(inner.callee) &&
    inner.callee.object.type === 'Identifier' &&
    inner.callee.object.name === 'JSON' &&
    memberName(inner.callee as never) === 'parse'
  )
}

/** The text that `req.write(…)` and `req.end(…)` send. */
function bodyOfRequest(file: JavaScriptFile, call: CallNode): Node | 'hidden' | undefined {
  const declarator = parentOf(call)
  const member = isMember(declarator) && declarator.object === call ? declarator : undefined
  const sent: Node[] = []
  const take = (outer: Node | undefined, access: Node) => {
    if (outer?.type === 'CallExpression' && outer.callee === access && outer.arguments[0])
      sent.push(outer.arguments[0] as Node)
  }
  if (member && (memberName(member) === 'end' || memberName(member) === 'write')) take(parentOf(member), member)
  if (declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier') {
    const binding = file.module.scopes.lookup(declarator.id.name, declarator.id)
    for (const reference of binding ? file.module.references(binding) : []) {
      const access = parentOf(reference)
      if (!isMember(access) || access.object !== reference) {
        if (parentOf(reference)?.type === 'CallExpression') return 'hidden'
        continue
      }
      const name = memberName(access)
      if (name === 'write' || name === 'end') take(parentOf(access), access)
      if (name === 'pipe') return 'hidden'
    }
  }
  if (sent.length === 0) return undefined
  return sent.length > 1 ? 'hidden' : sent[0]
}
