/** How a request that a program sends is put behind the façade. */
import {
  argumentsOf,
  children,
  enclosingStatement,
  indentationAt,
  isCall,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  type Range,
  unwrap,
} from '#kit'
import type { HttpClient } from '../facade/types.ts'
import type { PaymentMap } from '../map/types.ts'
import { addressOf, type Piece, writtenAs } from './address.ts'
import { handedOn, unlikeBefore } from './client-answers.ts'
import { entry, objectOf } from './clients.ts'
import type { HttpSite } from './http.ts'

/** The new text of a request, or why a person has to write it. */
export type Rewritten =
  | {
      readonly is: 'rewritten'
      readonly edits: readonly (Range & { readonly text: string })[]
      readonly notes: readonly string[]
      /** What is not as it was, and has to be read before it is written. */
      readonly cautions: readonly string[]
    }
  | { readonly is: 'by-hand'; readonly why: string }

/** One entry of the object that the façade is called with. */
interface Part {
  readonly name: 'body' | 'token' | 'authorization' | 'id' | 'baseUrl' | 'ref' | 'headers'
  readonly text: string
  /** The expression that moves into the object, so that it is evaluated once: the old call reads it from there. */
  readonly moved?: Node
}

/** Puts a request behind `<http>.<operation>`; the old call stays as it is, within `v1`. */
export function behindFacade(
  file: JavaScriptFile,
  map: PaymentMap,
  site: HttpSite,
  http: string,
  indent: string,
  quote: string,
): Rewritten {
  const { request, operation, facts } = site
  const byHand = (why: string): Rewritten => ({ is: 'by-hand', why })
  if (request.problem) return byHand(request.problem)
  if (request.method === undefined) return byHand('its method is computed')
  const unlike = unlikeBefore(file, request)
  if (unlike) return byHand(unlike)
  if (request.isBodyHidden) return byHand('what it sends is made elsewhere, and is not seen as a value')
  const parts: Part[] = []
  const whole = request.whole
  const isWithin = (node: Node) => whole.start <= node.start && node.end <= whole.end
  const add = (name: Part['name'], node: Node, otherwise: string): string | undefined => {
    if (isPlain(node) && (isWithin(node) || isVisible(file, node, whole))) parts.push({ name, text: file.source(node) })
    else if (isWithin(node)) parts.push({ name, text: file.source(node), moved: node })
    else return otherwise
    return undefined
  }
  const needsBody = facts.v1.method !== 'GET' && facts.v1.method !== 'DELETE'
  if (needsBody && request.body) {
    const { body, bodyText } = request
    const isSeen = isWithin(body) || (isPlain(body) && isVisible(file, body, whole))
    // the text is made before the request is: what it says is what is sent
    if (!isSeen && bodyText && isVisible(file, bodyText, whole))
      parts.push({ name: 'body', text: `JSON.parse(${file.source(bodyText)})` })
    else if (!isSeen) return byHand('what it sends is put into words elsewhere')
    else {
      const why = add('body', body, 'what it sends is made elsewhere')
      if (why) return byHand(why)
    }
  }
  const authorised = authorisation(file, request)
  if ('why' in authorised) return byHand(authorised.why)
  const refused = add(authorised.name, authorised.node, 'the header that authorises it is made elsewhere')
  if (refused) return byHand(refused)
  const others = headersOf(file, map, site)
  if (typeof others === 'string') return byHand(others)
  if (others.key) {
    if (!isRepeatable(others.key) || !(isWithin(others.key) || isVisible(file, others.key, whole)))
      return byHand('its idempotency key is made here: keep it in a constant first, for both versions')
    parts.push({ name: 'ref', text: file.source(others.key) })
  }
  if (others.passed.length > 0) {
    if (!others.passed.every(({ value }) => isRepeatable(value) && isWithin(value)))
      return byHand(`its header \`${others.passed[0]!.name}\` is made elsewhere, and v2 needs it, too`)
    const entries = others.passed.map(({ name, value }) => `${quote}${name}${quote}: ${file.source(value)}`)
    parts.push({ name: 'headers', text: `{ ${entries.join(', ')} }` })
  }
  const names = Object.keys(site.match.params)
  if (names.length > 1) return byHand('its address has more than one parameter')
  for (const name of names) {
    const pieces = site.match.params[name]!
    const [only] = pieces
    if (pieces.length !== 1 || !only)
      return byHand(`the parameter \`${name}\` of its address is put together of several parts`)
    if (only.is === 'text') parts.push({ name: 'id', text: quote + only.text + quote })
    else {
      if (only.module !== file.module) return byHand('its address is put together in another file')
      const why = add('id', decoded(only.node), 'its address is put together elsewhere')
      if (why) return byHand(why)
    }
  }
  const base = baseOf(file, site, quote)
  if (typeof base === 'string') return byHand(base)
  if (base.node) {
    const why = add('baseUrl', base.node, 'the base of its address is put together elsewhere')
    if (why) return byHand(why)
  } else if (base.text !== undefined) parts.push({ name: 'baseUrl', text: base.text })
  const made = written(file, site, http, operation, parts, indent, quote)
  const given = [handedOn(request)].filter((caution) => caution !== undefined)
  return made.is === 'by-hand' ? made : { ...made, notes: others.notes, cautions: [...others.cautions, ...given] }
}

// ---- the parts ----------------------------------------------------------------------------------

/** A name, or members of one: to read it once more is no other thing. */
export function isPlain(node: Node): boolean {
  const inner = unwrap(node)
  if (inner.type === 'Identifier' || inner.type === 'ThisExpression') return true
  return isMember(inner) && !inner.computed && isPlain(inner.object as Node)
}

/** True if a name means the same at another place. */
function isVisible(file: JavaScriptFile, node: Node, at: Node): boolean {
  let root = unwrap(node)
  while (isMember(root)) root = unwrap(root.object as Node)
  if (root.type === 'ThisExpression') return false
  if (root.type !== 'Identifier') return false
  return file.module.scopes.lookup(root.name, at) === file.module.binding(root)
}

/** `encodeURIComponent(id)` is `id` before it was encoded. */
function decoded(node: Node): Node {
  const inner = unwrap(node)
  const callee = inner.type === 'CallExpression' ? (inner.callee as Node) : undefined
  const encodes = callee?.type === 'Identifier' && (callee.name === 'encodeURIComponent' || callee.name === 'String')
  return encodes && inner.type === 'CallExpression' && inner.arguments.length === 1
    ? (inner.arguments[0] as Node)
    : inner
}

function authorisation(
  file: JavaScriptFile,
  { headers, call }: HttpSite['request'],
): { readonly name: 'token' | 'authorization'; readonly node: Node } | { readonly why: string } {
  const header = headers && headerValue(file, headers)
  if (header === 'hidden') return { why: 'its headers are made elsewhere, so the one that authorises it is not seen' }
  if (header) {
    const token = bearer(header)
    return token ? { name: 'token', node: token } : { name: 'authorization', node: header }
  }
  for (const argument of argumentsOf(call)) {
    const object = objectOf(file, argument)
    const auth = object && entry(file, object, 'auth')
    const token = auth && auth !== 'hidden' ? entry(file, auth, 'bearer') : undefined
    if (token && token !== 'hidden') return { name: 'token', node: token }
  }
  return { why: 'the header that authorises it is set elsewhere, and v2 needs it, too' }
}

function headerValue(file: JavaScriptFile, headers: Node): Node | 'hidden' | undefined {
  const node = unwrap(headers)
  // `.set('Authorization', value)`
  if (node.type === 'CallExpression' && isMember(node.callee as Node) && memberName(node.callee as never) === 'set')
    return node.arguments[1] as Node | undefined
  const made = node.type === 'NewExpression' && node.arguments.length === 1 ? (node.arguments[0] as Node) : node
  const object = objectOf(file, made)
  if (!object) return 'hidden'
  for (const property of object.properties)
    if (property.type === 'ObjectProperty' && /^authorization$/i.test(keyName(property) ?? ''))
      return property.value as Node
  return object.properties.some((property) => property.type === 'SpreadElement') ? 'hidden' : undefined
}

/** Headers that say how a request travels, and nothing to the provider that v2 does not get from the façade. */
const TRAVEL =
  /^(?:authorization|content-type|content-length|accept|accept-language|accept-encoding|user-agent|host|connection|cache-control|prefer)$/i

interface OwnHeaders {
  /** The idempotency key of an operation that may be done again: what tells one time from the other. */
  readonly key: Node | undefined
  readonly passed: readonly { readonly name: string; readonly value: Node }[]
  readonly notes: readonly string[]
  readonly cautions: readonly string[]
}

/** What a request says in headers of its own, and v2 has to be told, too; or why that cannot be. */
function headersOf(file: JavaScriptFile, map: PaymentMap, { request, facts }: HttpSite): OwnHeaders | string {
  const passed: { name: string; value: Node }[] = []
  const notes: string[] = []
  const cautions: string[] = []
  let key: Node | undefined
  for (const { name, value } of headerEntries(file, request)) {
    if (name === undefined) {
      cautions.push('some of its headers are made elsewhere: what they say to the provider is not said to v2')
      continue
    }
    const is = (other: string) => other.toLowerCase() === name.toLowerCase()
    if (TRAVEL.test(name)) continue
    const why = Object.entries(map.headers?.report ?? {}).find(([other]) => is(other))?.[1]
    if (why !== undefined) return `it sends the header \`${name}\`: ${why.trim().replace(/\.$/, '')}`
    if (is(map.idempotency.header)) {
      // of what is decided, or goes through once, the order and the object are the key
      if (facts.repeatable && !isRandom(value)) key = value
      else if (facts.binding === 'decides' && !isRandom(value))
        notes.push(
          `the façade makes keys of its own: if \`${file.source(value)}\` is the same whenever the order is tried again, give it as \`ref\``,
        )
    } else if (map.headers?.pass?.some(is)) passed.push({ name, value })
    else return `it sends the header \`${name}\`, and what that is to ${map.to.id} is not known`
  }
  return { key, passed, notes, cautions: [...new Set(cautions)] }
}

/** Every header that a call sends; without a name, where some are not seen. */
function headerEntries(
  file: JavaScriptFile,
  { headers, moreHeaders = [], instance }: HttpSite['request'],
): { readonly name: string | undefined; readonly value: Node }[] {
  const ofInstance = instance && entry(file, instanceOptions(file, instance), 'headers')
  const own = ofInstance === undefined || ofInstance === 'hidden' ? [] : [ofInstance]
  return [...(headers ? [headers] : []), ...moreHeaders, ...own].flatMap(
    (one): { name: string | undefined; value: Node }[] => {
      const node = unwrap(one)
      // `.set('X', value)`
      if (
        node.type === 'CallExpression' &&
        isMember(node.callee as Node) &&
        memberName(node.callee as never) === 'set'
      ) {
        const [name, value] = argumentsOf(node as never)
        const known = name && file.known(name).value
        return value ? [{ name: typeof known === 'string' ? known : undefined, value }] : []
      }
      const made = node.type === 'NewExpression' && node.arguments.length === 1 ? (node.arguments[0] as Node) : node
      const object = objectOf(file, made)
      if (!object) return [{ name: undefined, value: node }]
      return object.properties.map((property) =>
        property.type === 'ObjectProperty'
          ? { name: keyName(property), value: unwrap(property.value as Node) }
          : { name: undefined, value: property as Node },
      )
    },
  )
}

/** What an instance of a client was made with, where that is in this file. */
function instanceOptions(file: JavaScriptFile, instance: Node): Node | undefined {
  const made = writtenAs(file, file.module, instance)
  if (made?.module !== file.module || made.node.type !== 'CallExpression') return undefined
  const callee = unwrap(made.node.callee as Node)
  return isMember(callee) && /^(?:create|extend|defaults)$/.test(memberName(callee) ?? '')
    ? (made.node.arguments[0] as Node | undefined)
    : undefined
}

/** True for what gives another value each time: no key that is the same when something is tried again. */
function isRandom(node: Node): boolean {
  const inner = unwrap(node)
  if (!isCall(inner)) return false
  const callee = unwrap(inner.callee as Node)
  const name = callee.type === 'Identifier' ? callee.name : isMember(callee) ? memberName(callee) : undefined
  if (/^(?:String|toString)$/.test(name ?? '')) {
    const [first = isMember(callee) ? (callee.object as Node) : undefined] = argumentsOf(inner)
    return first !== undefined && isRandom(first)
  }
  return /^(?:randomUUID|uuid|uuidv[147]|v[147]|nanoid|cuid|ulid|now|random)$/i.test(name ?? '')
}

/** A value that can be written twice: reading it again does nothing, and gives the same. */
function isRepeatable(node: Node): boolean {
  const inner = unwrap(node)
  if (literalText(inner) !== undefined || isPlain(inner)) return true
  if (inner.type === 'TemplateLiteral') return inner.expressions.every((one) => isRepeatable(one as Node))
  return inner.type === 'BinaryExpression' && isRepeatable(inner.left as Node) && isRepeatable(inner.right as Node)
}

/** The token of `Bearer ${token}` and of `'Bearer ' + token`. */
function bearer(header: Node): Node | undefined {
  const node = unwrap(header)
  if (node.type === 'TemplateLiteral' && node.expressions.length === 1)
    return node.quasis[0]!.value.cooked === 'Bearer ' && node.quasis[1]!.value.cooked === ''
      ? unwrap(node.expressions[0] as Node)
      : undefined
  if (node.type === 'BinaryExpression' && node.operator === '+' && literalText(node.left as Node) === 'Bearer ')
    return unwrap(node.right as Node)
  return undefined
}

/** The expression that stands for the host; a text where the instance of the client has it. */
function baseOf(file: JavaScriptFile, site: HttpSite, quote: string): { node?: Node; text?: string } | string {
  const { request, match } = site
  const { url } = request
  if (!url) return 'its address is not seen'
  if (!('type' in url)) {
    const host = url.host && literalText(unwrap(url.host))
    if (host !== undefined) return { text: `${quote}https://${host}${quote}` }
    return url.host && isPlain(url.host)
      ? { text: `\`https://\${${file.source(url.host)}}\`` }
      : 'its host is put together elsewhere'
  }
  const leading = leadingPart(file, unwrap(url), match.base)
  if (leading) return { node: leading }
  const texts = match.base.every((piece) => piece.is === 'text')
  if (match.base.length > 0 && texts && site.via.length === 0)
    return { text: quote + match.base.map((piece) => (piece.is === 'text' ? piece.text : '')).join('') + quote }
  const relative = addressOf(file, url).pieces[0]
  const isRelative = relative?.is === 'text' && !/^https?:/.test(relative.text)
  if (isRelative && request.instance && isPlain(request.instance)) {
    if (request.client === 'axios') return { text: `${file.source(request.instance)}.defaults.baseURL` }
    if (request.client === 'nest') return { text: `${file.source(request.instance)}.axiosRef.defaults.baseURL` }
    return 'the base of its address is in the instance of the client'
  }
  if (texts && match.base.length > 0)
    return { text: quote + match.base.map((piece) => (piece.is === 'text' ? piece.text : '')).join('') + quote }
  const [only] = match.base
  if (match.base.length === 1 && only?.is === 'hole' && only.module === file.module) return { node: only.node }
  return 'the base of its address is put together elsewhere'
}

/** `base` of `${base}/v1/…` and of `base + '/v1/…'`, if it is all that stands before the path. */
function leadingPart(file: JavaScriptFile, url: Node, base: readonly Piece[]): Node | undefined {
  let first: Node | undefined
  if (url.type === 'TemplateLiteral' && url.quasis[0]?.value.cooked === '')
    first = url.expressions[0] as Node | undefined
  if (url.type === 'BinaryExpression') {
    first = url
    while (first.type === 'BinaryExpression' && first.operator === '+') first = unwrap(first.left as Node)
  }
  if (!first || literalText(first) !== undefined) return undefined
  const text = (pieces: readonly Piece[]) =>
    pieces.map((piece) => (piece.is === 'text' ? piece.text : `\${${piece.node.start}}`)).join('')
  return text(addressOf(file, first).pieces).replace(/\/$/, '') === text(base).replace(/\/$/, '')
    ? unwrap(first)
    : undefined
}

// ---- the text -----------------------------------------------------------------------------------

function written(
  file: JavaScriptFile,
  { request }: HttpSite,
  http: string,
  operation: string,
  parts: readonly Part[],
  indent: string,
  quote: string,
): Rewritten {
  const { whole, callback } = request
  const around = indentationAt(file.text, whole.start)
  const inner = around + indent
  const moved = parts.filter((part) => part.moved)
  const edits: (Range & { readonly text: string })[] = []
  const used = namesUsed(file, whole, moved)
  const names = new Map(moved.map((part) => [part, used.has(part.name) ? `${part.name}OfV1` : part.name]))
  const isAwaited = hasOutside(whole, moved, 'AwaitExpression')
  if (hasOutside(whole, moved, 'YieldExpression')) return { is: 'by-hand', why: 'its arguments yield' }
  let parameters =
    moved.length > 0 ? `({ ${moved.map((part) => bindingText(part, names.get(part)!)).join(', ')} })` : '()'
  let lifted = ''
  const replacements = moved.map((part) => ({ ...rangeOf(part.moved!), text: names.get(part)! }))
  if (request.as === 'request') {
    if (!callback) return { is: 'by-hand', why: 'it has no callback' }
    if (moved.length > 0) {
      const statement = enclosingStatement(whole)
      if (statement.type !== 'ExpressionStatement' || unwrap(statement.expression as Node) !== whole)
        return { is: 'by-hand', why: 'what it sends is written out within a larger expression' }
      lifted = moved.map((part) => `const ${names.get(part)} = ${part.text}\n${around}`).join('')
    }
    const done = used.has('done') ? 'answered' : 'done'
    parameters = `(${done})`
    replacements.push({ ...rangeOf(callback), text: done })
  }
  const old = spliced(file.text, whole, replacements)
  const body = shifted(old, indent, containsLineBreakText(whole))
  const entries = [
    `as: ${quote}${request.as as HttpClient}${quote}`,
    ...parts.map((part) => {
      const value = request.as === 'request' && part.moved ? names.get(part)! : placed(file, part, inner)
      return value === part.name ? part.name : `${part.name}: ${value}`
    }),
    `v1: ${isAwaited ? 'async ' : ''}${parameters} => ${/^\{/.test(body) ? `(${body})` : body}`,
  ]
  const end = callback ? `, ${file.source(callback)}` : ''
  const text = `${lifted}${http}.${operation}({\n${entries.map((one) => `${inner}${one},\n`).join('')}${around}}${end})`
  edits.push({ start: whole.start, end: whole.end, text })
  return { is: 'rewritten', edits, notes: [], cautions: [] }
}

function bindingText(part: Part, name: string): string {
  return name === part.name ? name : `${part.name}: ${name}`
}

function rangeOf(node: Node): Range {
  return { start: node.start, end: node.end }
}

/** The text of a node with some of its parts replaced. */
function spliced(text: string, whole: Node, replacements: readonly (Range & { readonly text: string })[]): string {
  let result = ''
  let at = whole.start
  for (const one of [...replacements].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, one.start) + one.text
    at = one.end
  }
  return result + text.slice(at, whole.end)
}

/** The text of a part, with its lines as deep as the place that it gets. */
function placed(file: JavaScriptFile, { text, moved }: Part, inner: string): string {
  if (!moved || containsLineBreakText(moved)) return text
  const was = indentationAt(file.text, moved.start)
  return text.replace(/\n([ \t]*)(?=\S)/g, (_line, own: string) =>
    own.startsWith(was) ? `\n${inner}${own.slice(was.length)}` : `\n${own}`,
  )
}

/** One level deeper, unless a text over several lines would change with it. */
function shifted(text: string, indent: string, isFixed: boolean): string {
  return isFixed ? text : text.replace(/\n(?=[ \t]*\S)/g, `\n${indent}`)
}

function containsLineBreakText(node: Node | undefined): boolean {
  if (!node) return false
  if (node.type === 'TemplateLiteral' && node.quasis.some(({ value }) => value.raw.includes('\n'))) return true
  return children(node).some((child) => containsLineBreakText(child))
}

/** The names that an expression uses, but for those within what moves out of it. */
function namesUsed(file: JavaScriptFile, whole: Node, moved: readonly Part[]): Set<string> {
  const found = new Set<string>()
  const visit = (node: Node) => {
    if (moved.some((part) => part.moved === node)) return
    if (node.type === 'Identifier' && file.module.scopes.lookup(node.name, node) !== undefined) {
      const parent = parentOf(node)
      const isKey =
        (isMember(parent) && parent.property === node && !parent.computed) ||
        (parent?.type === 'ObjectProperty' && parent.key === node && !parent.computed && parent.value !== node)
      if (!isKey) found.add(node.name)
    }
    for (const child of children(node)) visit(child)
  }
  visit(whole)
  return found
}

function hasOutside(whole: Node, moved: readonly Part[], type: string): boolean {
  if (moved.some((part) => part.moved === whole)) return false
  if (whole.type === type) return true
  return children(whole).some((child) => !/Function/.test(child.type) && hasOutside(child, moved, type))
}
