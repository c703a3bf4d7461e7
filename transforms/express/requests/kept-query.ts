import { argumentsOf, isCall, isMember, type JavaScriptFile, memberName, type Node, unwrap } from '#kit'

/** An expression that matches at the start of an address and no further than its path: `/^\/v1/`. */
const PREFIX = /^\^(?:\\\/|[\w/-])+$/

/**
 * True if a new address of a request certainly ends with the query of its old one: a prefix was put in front, cut off or
 * exchanged, or the address it came with was put back.
 *
 * @param request source text of the request whose `url` is set
 */
export function keepsQuery(file: JavaScriptFile, address: Node, request: string): boolean {
  const node = unwrap(address)
  if (isMember(node))
    return /^(?:url|originalUrl)$/.test(memberName(node) ?? '') && file.source(unwrap(node.object as Node)) === request
  if (node.type === 'LogicalExpression' && node.operator !== '&&')
    return keepsQuery(file, node.left as Node, request) && isPath(file, node.right as Node)
  if (node.type === 'BinaryExpression' && node.operator === '+')
    return isPath(file, node.left as Node) && keepsQuery(file, node.right as Node, request)
  if (node.type === 'TemplateLiteral') {
    const last = node.expressions.at(-1)
    return (
      last !== undefined &&
      node.quasis.at(-1)!.value.raw === '' &&
      node.quasis.every(({ value }) => !value.raw.includes('?')) &&
      node.expressions.slice(0, -1).every((part) => isPath(file, part as Node)) &&
      keepsQuery(file, last as Node, request)
    )
  }
  const callee = isCall(node, false) ? unwrap(node.callee as Node) : undefined
  if (!isCall(node, false) || !isMember(callee) || !keepsQuery(file, callee.object as Node, request)) return false
  const [first, second, ...rest] = argumentsOf(node)
  switch (memberName(callee)) {
    case 'slice':
    case 'substring':
    case 'substr':
      // as long as the path is not shorter, which is what such code asks first
      return first !== undefined && second === undefined && unwrap(first).type !== 'UnaryExpression'
    case 'replace':
      return (
        first?.type === 'RegExpLiteral' &&
        PREFIX.test(first.pattern) &&
        !first.flags.includes('m') &&
        second !== undefined &&
        isPath(file, second) &&
        rest.length === 0
      )
    default:
      return false
  }
}

/** True for a text without a query. */
function isPath(file: JavaScriptFile, node: Node): boolean {
  const { alternatives } = file.known(node)
  return (
    alternatives.length > 0 &&
    alternatives.every((v) => v.is === 'primitive' && typeof v.value === 'string' && !/[?#]/.test(v.value))
  )
}
