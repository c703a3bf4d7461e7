/** What a program reads of an answer, compared with what the new version tells. */
import {
  children,
  enclosingFunction,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import type { PaymentMap, Row } from '../map/types.ts'
import type { HttpSite } from './http.ts'

/** One read of an answer: its path in the words of v1. */
export interface Read {
  readonly path: string
  readonly node: Node
}

/** What is read of a value, and whether it also goes where nobody looks. */
export interface Reads {
  readonly reads: readonly Read[]
  readonly escapes: readonly Node[]
}

/** For a report: what is read of the answer of a request. */
export function readsOf(file: JavaScriptFile, _map: PaymentMap, site: HttpSite): readonly string[] {
  const holder = answerHolder(site.request.whole)
  if (!holder) return []
  const { reads, escapes } = readsOfBinding(file, holder)
  const envelope = /^(?:data|body)\.?/
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

function excerpt(file: JavaScriptFile, node: Node): string {
  const text = file.source(node).replace(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** The name or pattern that gets an answer: `const r = await …`, the parameter of `.then(r => …)`. */
function answerHolder(whole: Node): Node | undefined {
  let at: Node = whole
  let up = parentOf(at)
  while (up && (up.type === 'AwaitExpression' || unwrap(up) === unwrap(at))) {
    at = up
    up = parentOf(up)
  }
  if (up?.type === 'VariableDeclarator' && up.init === at) return up.id as Node
  if (isMember(up) && up.object === at && memberName(up) === 'then') {
    const call = parentOf(up)
    const fn = call?.type === 'CallExpression' ? unwrap(call.arguments[0] as Node) : undefined
    return fn && isFunction(fn) ? (fn.params[0] as Node | undefined) : undefined
  }
  return undefined
}

/** The reads of a name or a pattern that holds a value. */
export function readsOfBinding(file: JavaScriptFile, holder: Node, prefix = ''): Reads {
  const reads: Read[] = []
  const escapes: Node[] = []
  if (holder.type === 'ObjectPattern') {
    for (const property of holder.properties) {
      if (property.type === 'RestElement') escapes.push(property as Node)
      else {
        const inner = readsOfBinding(file, property.value as Node, `${prefix}${keyName(property) ?? '?'}.`)
        // what is done with one part of an answer is no use of the answer
        reads.push({ path: `${prefix}${keyName(property) ?? '?'}`, node: property as Node }, ...inner.reads)
      }
    }
    return { reads, escapes }
  }
  const id = holder.type === 'AssignmentPattern' ? (holder.left as Node) : holder
  if (id.type !== 'Identifier') return { reads, escapes }
  const binding = file.module.scopes.lookup(id.name, holder.type === 'AssignmentPattern' ? id : holder) ?? undefined
  const references = binding ? file.module.references(binding) : []
  for (const reference of references) {
    const { path, end } = chainFrom(reference, prefix)
    if (path === prefix) {
      if (isEscape(reference)) escapes.push(parentOf(reference) ?? reference)
    } else reads.push({ path, node: end })
  }
  return { reads, escapes }
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
