import {
  argumentsOf,
  type CallNode,
  type Evidence,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  type Kind,
  type MemberCall,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import type { PathKind } from '../paths/index.ts'
import { App, HTTP_METHODS, Router } from '../provider.ts'

/** A call that a path is given to, in any file of the project. */
export interface PathSite {
  readonly module: JavaScriptModule
  readonly call: CallNode
  /** What the path is given to: the application, or the router. */
  readonly receiver: Node
  readonly receiverKind: Kind
  readonly evidence: Evidence
  readonly kind: PathKind
  readonly path: Node
  /** The handlers, of `router.route(path)` those of the whole chain. */
  readonly handlers: readonly Node[]
}

const TAKES_PATH = [...HTTP_METHODS.filter((name) => name !== 'search'), 'search', 'all', 'use', 'route', 'del']

/** Every call of an application or a router with a path in front. */
export function pathSites(file: JavaScriptFile): PathSite[] {
  const takesPath = (call: CallNode, name: string) => name === 'route' || call.arguments.length > 1
  const named = file.callsWhere([App, Router], takesPath, ...TAKES_PATH).flatMap((use) => {
    // every function and many another router has a `bind`: with nothing but a name for the receiver, it is not the method
    if (use.name === 'bind' && use.evidence.certainty === 'guessed') return []
    const site = siteOf(file.module, use, use.name)
    return site ? [site] : []
  })
  const computed = file.module.calls.flatMap((call) => {
    const callee = unwrap(call.callee)
    const isComputed = isMember(callee) && callee.computed && memberName(callee) === undefined
    const site = isComputed && call.arguments.length > 1 ? siteAt(file, file.module, call) : undefined
    return site ? [site] : []
  })
  return computed.length === 0 ? named : [...named, ...computed].sort((a, b) => a.path.start - b.path.start)
}

/** How many values are followed; where there are as many, there may be more. */
const MOST_VALUES = 16

/** The name of the method that is called: written, or one of several constants that all do the same with a path. */
function methodName(file: JavaScriptFile, callee: MemberNode, module: JavaScriptModule): string | undefined {
  const name = memberName(callee)
  if (name !== undefined || !callee.computed) return name
  const { alternatives } = file.known(callee.property as Node, module)
  const names = alternatives.map((v) => (v.is === 'primitive' && typeof v.value === 'string' ? v.value : undefined))
  const [first] = names
  if (first === undefined || names.length >= MOST_VALUES) return undefined
  const isVerb = (each: string | undefined) => each !== undefined && each !== 'use' && each !== 'route'
  return names.every((each) => each === first || (isVerb(first) && isVerb(each) && TAKES_PATH.includes(each!)))
    ? first
    : undefined
}

/** The site that a call in any file is; undefined for every other call. */
export function siteAt(file: JavaScriptFile, module: JavaScriptModule, call: CallNode): PathSite | undefined {
  const callee = unwrap(call.callee)
  const name = isMember(callee) ? methodName(file, callee, module) : undefined
  if (!isMember(callee) || name === undefined || !TAKES_PATH.includes(name)) return undefined
  const evidence = file.evidence(callee.object, [App, Router], module)
  const object = unwrap(callee.object)
  return evidence && siteOf(module, { call, arguments: argumentsOf(call), object, kind: evidence.kind, evidence }, name)
}

/** The site of a call in the chain after `router.route(path)`, to which a handler is given. */
export function routeOf(file: JavaScriptFile, module: JavaScriptModule, call: CallNode): PathSite | undefined {
  let at = unwrap(call.callee)
  while (isMember(at)) {
    const object: Node = unwrap(at.object)
    if (!isCall(object, false)) return undefined
    const site = siteAt(file, module, object)
    if (site) return site
    at = unwrap(object.callee)
  }
  return undefined
}

type Use = Pick<MemberCall, 'call' | 'arguments' | 'object' | 'kind' | 'evidence'>

function siteOf(module: JavaScriptModule, use: Use, name: string): PathSite | undefined {
  const [path, ...rest] = use.arguments
  if (!path || path.type === 'SpreadElement') return undefined
  const site = { module, call: use.call, receiver: use.object, receiverKind: use.kind, evidence: use.evidence, path }
  if (name === 'route') return { ...site, kind: 'route', handlers: chainedHandlers(use.call) }
  // `app.get('setting')` reads a setting, and `use(fn)` has no path
  if (rest.length === 0 || isFunction(unwrap(path))) return undefined
  return { ...site, kind: name === 'use' ? 'use' : 'route', handlers: rest }
}

/** The arguments of `.get(…).post(…)` after `router.route(path)`. */
function chainedHandlers(route: CallNode): Node[] {
  const found: Node[] = []
  let at: Node = route
  for (let member = parentOf(at); isMember(member) && member.object === at; member = parentOf(at)) {
    const call = parentOf(member)
    if (!isCall(call, false) || call.callee !== member) break
    if (memberName(member) !== undefined) found.push(...argumentsOf(call))
    at = call
  }
  // a route kept in a variable gets its handlers elsewhere: an argument that nothing resolves says so
  return parentOf(at)?.type === 'ExpressionStatement' ? found : [...found, route]
}
