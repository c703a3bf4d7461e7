/** What a program reads of an answer, compared with what the new version tells. */
import {
  argumentsOf,
  type CallNode,
  children,
  enclosingFunction,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  parentOf,
  returnsOf,
  unwrap,
} from '#kit'
import type { PaymentMap, Row } from '../map/types.ts'
import type { HttpSite } from './http.ts'

/** One read of an answer: its path in the words of v1. */
export interface Read {
  readonly path: string
  readonly node: Node
  /** True for a use of a name that what was read has been given; that it was read has been told. */
  readonly isUse?: true
}

/** What is read of a value, and whether it also goes where nobody looks. */
export interface Reads {
  readonly reads: readonly Read[]
  readonly escapes: readonly Node[]
}

/** For a report: what is read of the answer of a request. */
export function readsOf(file: JavaScriptFile, _map: PaymentMap, site: HttpSite): readonly string[] {
  const { reads, escapes } = answerReads(file, site.request.whole)
  const envelope = /^(?:data|body)(?:\.|$)/
  const paths = [...new Set(reads.map(({ path }) => path.replace(envelope, '')).filter((path) => path !== ''))]
  return [
    ...(paths.length > 0 ? [`of its answer, the program reads ${paths.map((path) => `\`${path}\``).join(', ')}`] : []),
    ...(escapes.length > 0
      ? [
          `its answer as a whole goes on to \`${excerpt(file, escapes[0]!)}\`: everything that reads it there gets the words of v1, as long as the façade is there`,
        ]
      : []),
  ]
}

/** The source of a node on one line, cut where it is long. */
export function excerpt(file: JavaScriptFile, node: Node): string {
  const text = file.source(node).replace(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** How many promises and bodies of answers are followed one into the other. */
const STEPS = 4

/**
 * What is read of the answer of a call: of the name that it is kept in, of what a callback or `.then` is given, and of the
 * body that a `Response` is asked for. `answerAt`: which parameter of a callback gets it.
 */
export function answerReads(file: JavaScriptFile, call: Node, answerAt = 1, depth = 0): Reads {
  const reads: Read[] = []
  const escapes: Node[] = []
  const add = (found: Reads) => {
    reads.push(...found.reads)
    escapes.push(...found.escapes)
  }
  if (depth > STEPS) return { reads, escapes }
  const whole = settled(call)
  // `(await fetch(…)).json()`
  const body = bodyCall(whole)
  if (body) add(answerReads(file, body, 1, depth + 1))
  // `.then((answer) => answer.json())`
  const then = thenCall(whole)
  const given = then && resultOf(then)
  if (then && given) add(answerReads(file, then, 1, depth + 1))
  for (const holder of answerHolders(file, call, answerAt)) {
    const own = readsOfBinding(file, holder)
    const bodies = own.bodies.filter((one) => settled(one) !== given)
    add({ reads: own.reads, escapes: given ? [] : own.escapes })
    for (const one of bodies) add(answerReads(file, one, 1, depth + 1))
  }
  return { reads, escapes }
}

/** The call with the `await` and the brackets around it. */
export function settled(call: Node): Node {
  let at: Node = call
  let up = parentOf(at)
  while (up && (up.type === 'AwaitExpression' || unwrap(up) === unwrap(at))) {
    at = up
    up = parentOf(up)
  }
  return at
}

/** `value.json()`. */
function bodyCall(value: Node): Node | undefined {
  const member = parentOf(value)
  const call =
    isMember(member) && member.object === value && memberName(member) === 'json' ? parentOf(member) : undefined
  return isCall(call) && call.callee === member ? call : undefined
}

/** `value.then(…)`. */
function thenCall(value: Node): Node | undefined {
  const member = parentOf(value)
  const call =
    isMember(member) && member.object === value && memberName(member) === 'then' ? parentOf(member) : undefined
  return isCall(call) && call.callee === member ? call : undefined
}

/** What the function of a `.then` gives, where that is a part of what it is given: `answer.json()`, `answer.data`. */
function resultOf(then: Node): Node | undefined {
  const [first] = isCall(then) ? argumentsOf(then) : []
  const fn = first && unwrap(first)
  if (!fn || !isFunction(fn) || fn.params[0]?.type !== 'Identifier') return undefined
  const body = fn.body as Node
  const returned = body.type === 'BlockStatement' ? returnsOf(fn) : [body]
  const only = returned.length === 1 && returned[0] ? unwrap(returned[0]) : undefined
  const member = isCall(only) ? unwrap(only.callee as Node) : only
  const isPart =
    isMember(member) &&
    ['json', 'data', 'body'].includes(memberName(member) ?? '') &&
    member.object.type === 'Identifier' &&
    member.object.name === fn.params[0].name
  return isPart ? only : undefined
}

/**
 * What gets the answer of a call: `const r = await …`, the parameter of `.then(r => …)`, those of its callback. `request` gives
 * the body behind the answer.
 */
export function answerHolders(file: JavaScriptFile, call: Node, answerAt: number): Node[] {
  // the function of `new Promise` gets no answer
  const callback = call.type === 'CallExpression' ? argumentsOf(call as CallNode).at(-1) : undefined
  const fn = callback && unwrap(callback)
  const then = thenCall(settled(call))
  if (!then && fn && isFunction(fn)) return fn.params.slice(answerAt, 3) as Node[]
  const holder = answerHolder(file, call)
  return holder ? [holder] : []
}

function answerHolder(file: JavaScriptFile, call: Node): Node | undefined {
  const at = settled(call)
  const up = parentOf(at)
  if (up?.type === 'VariableDeclarator' && up.init === at) return up.id as Node
  if (up?.type === 'AssignmentExpression' && up.operator === '=' && up.right === at)
    return givenOnce(file, up.left as Node)
  const then = thenCall(at)
  const fn = isCall(then) ? argumentsOf(then)[0] : undefined
  const inner = fn && unwrap(fn)
  return inner && isFunction(inner) ? (inner.params[0] as Node | undefined) : undefined
}

/** A name that is given a value at this place alone. */
function givenOnce(file: JavaScriptFile, left: Node): Node | undefined {
  if (left.type !== 'Identifier') return undefined
  const binding = file.module.binding(left)
  const declared = binding?.declarations[0]
  if (!binding || declared?.type !== 'VariableDeclarator' || declared.init) return undefined
  const given = file.module.references(binding).filter((one) => {
    const parent = parentOf(one)
    return parent?.type === 'AssignmentExpression' && parent.left === one
  })
  return given.length === 1 ? left : undefined
}

/** The reads of a name or a pattern that holds a value. */
function readsOfBinding(
  file: JavaScriptFile,
  holder: Node,
  prefix = '',
): Reads & {
  /** Where it is asked for its body. */
  readonly bodies: readonly Node[]
} {
  const reads: Read[] = []
  const escapes: Node[] = []
  const bodies: Node[] = []
  if (holder.type === 'ObjectPattern') {
    for (const property of holder.properties) {
      if (property.type === 'RestElement') escapes.push(property as Node)
      else {
        const inner = readsOfBinding(file, property.value as Node, `${prefix}${keyName(property) ?? '?'}.`)
        // what is done with one part of an answer is no use of the answer
        reads.push({ path: `${prefix}${keyName(property) ?? '?'}`, node: property as Node }, ...inner.reads)
      }
    }
    return { reads, escapes, bodies }
  }
  const id = holder.type === 'AssignmentPattern' ? (holder.left as Node) : holder
  if (id.type !== 'Identifier') return { reads, escapes, bodies }
  const binding = file.module.scopes.lookup(id.name, holder.type === 'AssignmentPattern' ? id : holder) ?? undefined
  const references = binding ? file.module.references(binding) : []
  for (const reference of references) {
    const { path, end } = chainFrom(reference, prefix)
    const body = prefix === '' ? bodyCall(reference) : undefined
    if (body) bodies.push(body)
    else if (path === prefix) {
      if (prefix !== '') reads.push({ path: prefix.replace(/\.$/, ''), node: reference, isUse: true })
      if (isEscape(reference)) escapes.push(parentOf(reference) ?? reference)
    } else reads.push({ path, node: end })
  }
  return { reads, escapes, bodies }
}

/** `payment.transactions[0].related_resources[0].sale.id` from `payment` on. */
function chainFrom(reference: Node, prefix: string): { path: string; end: Node } {
  let path = prefix
  let end = reference
  for (let up = parentOf(end); up; up = parentOf(end)) {
    if (unwrap(up) === unwrap(end) && !isMember(up)) {
      end = up
      continue
    }
    if (!isMember(up) || up.object !== end) break
    const name = memberName(up)
    const call = parentOf(up)
    if (call?.type === 'CallExpression' && call.callee === up) break
    const isIndex = up.computed && (name === undefined || /^\d+$/.test(name))
    path = isIndex ? `${path.replace(/\.$/, '')}[].` : `${path}${name}.`
    end = up
  }
  return { path: path === prefix ? path : path.replace(/\.$/, ''), end }
}

function isEscape(reference: Node): boolean {
  const parent = parentOf(reference)
  if (!parent) return false
  return (
    (parent.type === 'CallExpression' && parent.callee !== reference) ||
    parent.type === 'ReturnStatement' ||
    parent.type === 'SpreadElement' ||
    (parent.type === 'ObjectProperty' && parent.value === reference)
  )
}

/** The rows of an answer that the new version does not tell, by the path in the words of v1. */
export function untold(map: PaymentMap, rows: readonly Row[] | undefined, prefix = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const row of rows ?? []) {
    if (row.shape !== undefined && row.to !== null)
      for (const [path, why] of untold(
        map,
        map.shapes?.[row.shape]?.response,
        `${row.to ? `${prefix}${row.to}.` : prefix}`,
      ))
        found.set(path, why)
    if (row.from === null && row.to !== null)
      found.set(`${prefix}${row.to}`.replace(/\[\d*\]/g, '[]'), row.why ?? 'v2 does not tell it')
  }
  return found
}

/** Every node of a function, but for those of functions within it. */
export function* nodesOf(fn: Node): Iterable<Node> {
  for (const child of children(fn)) {
    yield child
    if (!isFunction(child) || enclosingFunction(child) === fn) yield* nodesOf(child)
  }
}
