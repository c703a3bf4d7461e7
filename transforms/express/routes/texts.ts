import { isCall, isMember, type JavaScriptFile, literalText, memberName, type Node, unwrap } from '#kit'
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
export function isKnownMiddleware(file: JavaScriptFile, handler: Node): boolean {
  const node = unwrap(handler)
  const callee = isCall(node, false) ? unwrap(node.callee) : undefined
  if (isMember(callee) && OWN_MIDDLEWARE.includes(memberName(callee) ?? ''))
    if (file.evidence(callee.object as Node, [Express])) return true
  const { alternatives } = file.known(node)
  return (
    alternatives.length > 0 &&
    alternatives.every((v) => v.is === 'unknown' && v.from !== undefined && WITHOUT_PARAMS.has(v.from))
  )
}

/** The texts that a path which is no literal may have; what is not known of it is taken to be plain text. */
export function writtenElsewhere(file: JavaScriptFile, path: Node): string[] {
  const known = file
    .known(path)
    .alternatives.flatMap((v) => (v.is === 'primitive' && typeof v.value === 'string' ? [v.value] : []))
  const pieced = pieces(file, path)
  return pieced === undefined ? known : [...known, pieced]
}

/** `${prefix}/*` and `prefix + '/*'`, with a plain segment for what is not known. */
function pieces(file: JavaScriptFile, expression: Node): string | undefined {
  const node = unwrap(expression)
  const known = file.known(node).value
  if (typeof known === 'string') return known
  if (node.type === 'TemplateLiteral')
    return node.quasis
      .map(({ value }, index) => {
        const hole = node.expressions[index] as Node | undefined
        return (value.cooked ?? '') + (hole ? (pieces(file, hole) ?? '/…') : '')
      })
      .join('')
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return literalText(node)
  const [left, right] = [pieces(file, node.left as Node), pieces(file, node.right as Node)]
  return left === undefined && right === undefined ? undefined : (left ?? '/…') + (right ?? '/…')
}
