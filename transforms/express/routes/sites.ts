import {
  argumentsOf,
  type CallNode,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import type { PathKind } from '../paths/index.ts'
import { App, HTTP_METHODS, Router } from '../provider.ts'

/** A call that a path is given to. */
export interface PathSite {
  readonly use: MemberCall
  readonly kind: PathKind
  readonly path: Node
  /** The handlers, of `router.route(path)` those of the whole chain. */
  readonly handlers: readonly Node[]
}

const TAKES_PATH = [...HTTP_METHODS.filter((name) => name !== 'search'), 'search', 'all', 'use', 'route', 'del']

/** Every call of an application or a router with a path in front. */
export function pathSites(file: JavaScriptFile): PathSite[] {
  return file.calls([App, Router], ...TAKES_PATH).flatMap((use): PathSite[] => {
    const [path, ...rest] = use.arguments
    if (!path || path.type === 'SpreadElement') return []
    if (use.name === 'route') return [{ use, kind: 'route', path, handlers: chainedHandlers(use.call) }]
    // `app.get('setting')` reads a setting, and `use(fn)` has no path
    if (rest.length === 0 || isFunction(unwrap(path))) return []
    return [{ use, kind: use.name === 'use' ? 'use' : 'route', path, handlers: rest }]
  })
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
