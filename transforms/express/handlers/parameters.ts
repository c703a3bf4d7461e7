import {
  argumentsOf,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberNode,
  memberName,
  type Node,
  unwrap,
} from '#kit'
import { App, HTTP_METHODS, Router } from '../provider.ts'
import { handlerAround, type Registration, registrationsOf } from './handler.ts'

/**
 * Whether `req.params` of a request has a key, by the routes that its handler is given to: `always` when each of them
 * says so in a literal path, `never` when none of them can set it, else `maybe`.
 */
export function parameterPresence(file: JavaScriptFile, request: Node, key: string): 'always' | 'never' | 'maybe' {
  if (request.type !== 'Identifier') return 'maybe'
  const fn = handlerAround(file, request)
  const routes = fn && registrationsOf(file, file.module, fn)?.map((registration) => routeOf(file, registration))
  if (!routes) return 'maybe'
  if (routes.every((route) => route !== undefined && isRequired(route.path, key))) return 'always'
  if (routes.every((route) => route?.isAlone && !route.path.includes(`:${key}`) && PLAIN.test(route.path)))
    return 'never'
  return 'maybe'
}

interface RouteFacts {
  readonly path: string
  /** True if no parameters of another router are mixed in. */
  readonly isAlone: boolean
}

/** The literal path that a handler is given to; undefined for anything but a route of Express. */
function routeOf(file: JavaScriptFile, { module, call, argument }: Registration): RouteFacts | undefined {
  const callee = unwrap(call.callee)
  if (!isMember(callee) || ![...HTTP_METHODS, 'all'].includes(memberName(callee) ?? '')) return undefined
  const chained = routeCall(callee)
  const path = chained ? chained.path : argument > 0 ? literalText(argumentsOf(call)[0]) : undefined
  if (path === undefined) return undefined
  const holder = (chained ? chained.member.object : callee.object) as Node
  const isApp = file.evidence(holder, [App], module) !== undefined
  const ownRouter = file.evidence(holder, [Router], module) && /\bRouter\s*\(/.test(module.text)
  return { path, isAlone: isApp || (ownRouter === true && !/mergeParams/.test(module.text)) }
}

/** The `router.route('/x')` that `.get(…)` is called on, perhaps after other methods. */
function routeCall(callee: MemberNode): { member: MemberNode; path: string | undefined } | undefined {
  for (let at = unwrap(callee.object); isCall(at, false); ) {
    const member = unwrap(at.callee)
    if (!isMember(member)) return undefined
    if (memberName(member) === 'route') return { member, path: literalText(argumentsOf(at)[0]) }
    at = unwrap(member.object)
  }
  return undefined
}

/** A path of plain text and plain parameters. */
const PLAIN = /^[\w/:.~-]*$/

function isRequired(path: string, key: string): boolean {
  return PLAIN.test(path) && path.split(/(?=[/.-])/).filter((part) => part.endsWith(`:${key}`)).length === 1
}
