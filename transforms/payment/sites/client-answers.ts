/** What programs do with the answer of a client, and with a request on its way, that the façade has none of. */
import {
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  type Survey,
  unwrap,
} from '#kit'
import type { HttpClient } from '../facade/types.ts'
import { writtenAs } from './address.ts'
import { answerHolders, settled } from './answers.ts'
import type { WrittenRequest } from './clients.ts'
import { isTest } from './project.ts'

/** What an answer of the façade has; everything else of it would be missing on the new version. */
const MEMBERS: Partial<Readonly<Record<HttpClient, RegExp>>> = {
  axios: /^(?:data|status|statusText|headers)$/,
  nest: /^(?:data|status|statusText|headers)$/,
  got: /^(?:body|statusCode|headers)$/,
  request: /^(?:body|statusCode|headers)$/,
  superagent: /^(?:body|text|status|statusCode|ok|headers)$/,
  undici: /^(?:body|statusCode|headers)$/,
  // `body` and `buffer()` of node-fetch are streams and buffers of Node
  fetch: /^(?!body$|buffer$|textConverted$)/,
}

/** Clients whose request is more than a promise until somebody waits for it. */
const REQUESTS: readonly HttpClient[] = ['got', 'ky', 'superagent', 'request', 'request-promise']

/** Why a request cannot be put behind the façade because of what becomes of it. */
export function unlikeBefore(file: JavaScriptFile, request: WrittenRequest): string | undefined {
  const { as, whole } = request
  if (REQUESTS.includes(as)) {
    const parent = parentOf(whole)
    const isKept =
      parent?.type === 'VariableDeclarator' || (parent?.type === 'AssignmentExpression' && parent.right === whole)
    if (isKept) return 'the request is kept, and is more than a promise: it can be ended, or listened to'
  }
  const known = MEMBERS[as]
  if (known === undefined) return undefined
  // `(await client(…)).timings`
  const outer = settled(whole)
  const own = isMember(parentOf(outer)) && outer !== whole ? [parentOf(outer)!] : []
  const holders = answerHolders(file, whole, as === 'request' ? 1 : 0).slice(0, 1)
  for (const access of [...own, ...holders.flatMap((holder) => accessesOf(file, holder))]) {
    const name = isMember(access) ? memberName(access) : keyOf(access)
    if (name === undefined) continue
    if (!known.test(name)) return `\`${name}\` of its answer is read, which that of the new version has not`
    const [value, call] = [isMember(access) ? access : undefined, parentOf(parentOf(access) ?? access)]
    if (as === 'fetch' && name === 'headers' && value && isRaw(value)) return '`headers.raw()` is of node-fetch'
    if ((as === 'axios' || as === 'nest') && name === 'headers' && value && isCalled(value, call))
      return 'its headers are asked by methods of axios'
    if (as === 'undici' && name === 'body' && !isReadAsWhole(file, access)) return 'its body is read as a stream'
  }
  return undefined
}

/** What is not as it was for whoever gets the request itself. */
export function handedOn({ as, whole }: WrittenRequest): string | undefined {
  const parent = parentOf(whole)
  const isGiven =
    parent?.type === 'ReturnStatement' || (parent?.type === 'ArrowFunctionExpression' && parent.body === whole)
  if (!REQUESTS.includes(as) || !isGiven) return undefined
  return as === 'request'
    ? 'the request itself is given back, and is nothing behind the façade: look that nobody uses it'
    : 'the request itself is given back, and is a plain promise behind the façade: look that it is only waited for'
}

/** The members that are read of what holds an answer: `r.data`, and what is taken out of a pattern. */
function accessesOf(file: JavaScriptFile, holder: Node): Node[] {
  if (holder.type === 'ObjectPattern')
    return holder.properties.filter((property) => property.type === 'ObjectProperty') as Node[]
  const binding = holder.type === 'Identifier' ? file.module.scopes.lookup(holder.name, holder) : undefined
  return (binding ? file.module.references(binding) : []).flatMap((reference) => {
    const parent = parentOf(reference)
    return isMember(parent) && parent.object === reference ? [parent as Node] : []
  })
}

function keyOf(property: Node): string | undefined {
  return property.type === 'ObjectProperty' && property.key.type === 'Identifier' ? property.key.name : undefined
}

function isRaw(headers: Node): boolean {
  const member = parentOf(headers)
  return isMember(member) && member.object === headers && memberName(member) === 'raw'
}

/** `headers.get('x')`. */
function isCalled(headers: Node, call: Node | undefined): boolean {
  const member = parentOf(headers)
  return isMember(member) && member.object === headers && isCall(call) && call.callee === member
}

/** `body.json()` and `body.text()`, of a body that is read or taken out of a pattern. */
function isReadAsWhole(file: JavaScriptFile, access: Node): boolean {
  const uses = access.type === 'ObjectProperty' ? referencesOf(file, access.value as Node) : [access]
  return uses.every((use) => {
    const member = parentOf(use)
    const call = member && parentOf(member)
    return (
      isMember(member) &&
      member.object === use &&
      /^(?:json|text)$/.test(memberName(member) ?? '') &&
      isCall(call) &&
      call.callee === member
    )
  })
}

function referencesOf(file: JavaScriptFile, id: Node): readonly Node[] {
  const binding = id.type === 'Identifier' ? file.module.scopes.lookup(id.name, id) : undefined
  return binding ? file.module.references(binding) : []
}

// ---- what every answer goes through -------------------------------------------------------------

const CHANGED =
  /(\w+)(?:\.axiosRef)?\s*\.\s*(?:interceptors\s*\.\s*response|defaults\s*\.\s*(?:validateStatus|transformResponse|responseType))\b/g

interface Changing {
  readonly path: string
  /** What the instance is called there. */
  readonly name: string
}

/** Where answers of axios are changed on their way. */
const INTERCEPTORS: Survey<readonly Changing[]> = {
  mentions: ['interceptors', 'defaults'],
  look: (files) =>
    [...files].flatMap(({ path, text }) =>
      isTest(path) ? [] : [...text.matchAll(CHANGED)].map(([, name]) => ({ path, name: name! })),
    ),
}

/** Whether answers go through something on their way that those of the new version do not go through. */
export function intercepted(
  file: JavaScriptFile,
  project: ProjectFacts,
  { as, instance }: WrittenRequest,
): 'here' | 'elsewhere' | undefined {
  if (as !== 'axios' && as !== 'nest') return undefined
  const changing = project.survey(INTERCEPTORS)
  if (changing.length === 0) return undefined
  const node = instance && unwrap(instance)
  const made = node && writtenAs(file, file.module, node)
  const declared = made && parentOf(made.node)
  const names = [
    { path: file.path, name: node?.type === 'Identifier' ? node.name : isMember(node) ? memberName(node) : undefined },
    ...(declared?.type === 'VariableDeclarator' && declared.id.type === 'Identifier'
      ? [{ path: made!.module.path, name: declared.id.name }]
      : []),
  ]
  const isSame = (one: Changing) => names.some(({ path, name }) => path === one.path && name === one.name)
  return changing.some(isSame) ? 'here' : 'elsewhere'
}
