import { isMember, type JavaScriptFile, type JavaScriptModule, literalText, memberName, type Node, unwrap } from '#kit'

/** What is known of an expression that may be a status code. */
export type Status =
  /** A number for certain; with its value where that is constant. */
  | { readonly is: 'number'; readonly values: readonly number[]; readonly exact: boolean }
  /** A string such as `'404'`, which Express 4 accepted and Express 5 refuses. */
  | { readonly is: 'numeric-string'; readonly value: number }
  /** Certainly not a number. */
  | { readonly is: 'other'; readonly type: string | undefined }
  /** A number in some cases: `err.status || 500`. */
  | { readonly is: 'maybe' }
  | { readonly is: 'unknown' }

/** Packages whose members in capitals are status codes. */
const STATUS_PACKAGES = new Set([
  'http-status-codes',
  'http-status',
  'statuses',
  '@nestjs/common',
  'http-codes',
  'status-code-enum',
  'readable-http-codes',
])

/** Codes with a standard phrase, which is what `sendStatus` answers with. Source: the IANA registry, as in the package `statuses`. */
const WITH_PHRASE = new Set([
  100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400,
  401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425,
  426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511,
])

/** Judges an expression as a status code. */
export function statusOf(file: JavaScriptFile, expression: Node, module?: JavaScriptModule): Status {
  const known = file.known(expression, module)
  const numbers: number[] = []
  let exact = true
  let others = 0
  let unknown = 0
  for (const v of known.alternatives) {
    if (v.is === 'primitive' && v.type === 'number') {
      if (typeof v.value === 'number') numbers.push(v.value)
      else exact = false
    } else if (v.is === 'unknown') {
      if (v.from !== undefined && STATUS_PACKAGES.has(v.from) && isConstantName(expression)) exact = false
      else unknown++
    } else others++
  }
  const numeric = known.alternatives.length - others - unknown
  if (numeric > 0 && others === 0 && unknown === 0) return { is: 'number', values: numbers, exact }
  if (typeof known.value === 'string' && /^\d{3}$/.test(known.value))
    return { is: 'numeric-string', value: Number(known.value) }
  if (others > 0 && numeric === 0 && unknown === 0) return { is: 'other', type: known.type }
  return numeric > 0 ? { is: 'maybe' } : { is: 'unknown' }
}

function isConstantName(expression: Node): boolean {
  const node = unwrap(expression)
  const name = isMember(node) ? memberName(node) : node.type === 'Identifier' ? node.name : undefined
  return name !== undefined && /^[A-Z][A-Z0-9_]*$/.test(name)
}

/** True if every value is a code that a response can have. */
export function isValidStatus(values: readonly number[]): boolean {
  return values.every((value) => Number.isInteger(value) && value >= 100 && value <= 599)
}

/** True if every value has a standard phrase. */
export function hasPhrase(values: readonly number[]): boolean {
  return values.every((value) => WITH_PHRASE.has(value))
}

/** True if the name of an expression says that it holds a status: `statusCode`, `err.status`. */
export function isNamedLikeStatus(expression: Node): boolean {
  const node = unwrap(expression)
  const name = isMember(node) ? memberName(node) : node.type === 'Identifier' ? node.name : undefined
  return name !== undefined && /^(?:http)?_?(?:status|code|statuscode|status_code|errorcode|responsecode)$/i.test(name)
}

/** True if evaluating an expression twice, or in another order, makes no difference. */
export function isPure(expression: Node): boolean {
  const node = unwrap(expression)
  switch (node.type) {
    case 'Identifier':
    case 'ThisExpression':
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
      return true
    case 'TemplateLiteral':
      return (node.expressions as Node[]).every(isPure)
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return (
        isPure(node.object as Node) &&
        (!node.computed || literalText(node.property) !== undefined || isPure(node.property as Node))
      )
    case 'LogicalExpression':
    case 'BinaryExpression':
      return isPure(node.left as Node) && isPure(node.right as Node)
    case 'ConditionalExpression':
      return isPure(node.test as Node) && isPure(node.consequent as Node) && isPure(node.alternate as Node)
    case 'UnaryExpression':
      return node.operator !== 'delete' && isPure(node.argument as Node)
    default:
      return false
  }
}

/** True if a body looks at the status, which would be another one when it is set first. */
export function readsStatus(file: JavaScriptFile, body: Node): boolean {
  return /\bstatusCode\b/.test(file.source(body))
}
