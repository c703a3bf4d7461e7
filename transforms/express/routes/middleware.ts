import { isCall, isMember, type JavaScriptFile, type JavaScriptModule, memberName, type Node, unwrap } from '#kit'
import { Express } from '../provider.ts'

/** Middleware of packages that is known to look at no parameter of a path. */
const WITHOUT_PARAMS = new Set([
  'body-parser',
  'compression',
  'connect-history-api-fallback',
  'connect-timeout',
  'cookie-parser',
  'cookie-session',
  'cors',
  'csurf',
  'express-rate-limit',
  'express-session',
  'helmet',
  'method-override',
  'morgan',
  'multer',
  'serve-favicon',
  'serve-static',
])
const OWN_MIDDLEWARE = ['json', 'raw', 'static', 'text', 'urlencoded']

/** True if a handler comes from a package, or from Express itself, and is known to read no `req.params`. */
export function isKnownMiddleware(
  file: JavaScriptFile,
  handler: Node,
  module: JavaScriptModule = file.module,
): boolean {
  const node = unwrap(handler)
  const callee = isCall(node, false) ? unwrap(node.callee) : undefined
  if (isMember(callee) && OWN_MIDDLEWARE.includes(memberName(callee) ?? ''))
    if (file.evidence(callee.object as Node, [Express], module)) return true
  const { alternatives } = file.known(node, module)
  return (
    alternatives.length > 0 &&
    alternatives.every((v) => v.is === 'unknown' && v.from !== undefined && WITHOUT_PARAMS.has(v.from))
  )
}
