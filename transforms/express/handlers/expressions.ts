import {
  children,
  isFunction,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { onlyValue } from './absolute-paths.ts'

/** True if evaluating an expression never or twice makes no difference: names, members, literals, functions. */
export function isHarmless(expression: Node): boolean {
  const node = unwrap(expression)
  if (isFunction(node)) return true
  switch (node.type) {
    case 'Identifier':
    case 'ThisExpression':
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'BigIntLiteral':
    case 'RegExpLiteral':
      return true
    case 'UnaryExpression':
      return node.operator !== 'delete' && isHarmless(node.argument as Node)
    case 'MemberExpression':
    case 'OptionalMemberExpression':
    case 'TemplateLiteral':
    case 'LogicalExpression':
    case 'BinaryExpression':
    case 'ConditionalExpression':
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'ObjectProperty':
    case 'SpreadElement':
      return children(node).every((child) => child.type === 'TemplateElement' || isHarmless(child))
    default:
      return false
  }
}

/** An operand of `??` as it has to be written there: what binds more weakly, and `||` and `&&`, stand in parentheses. */
export function isWeakerThanCoalescing(node: Node): boolean {
  const inner = unwrap(node)
  return (
    /^(?:Logical|Conditional|Assignment|ArrowFunction|Sequence|Yield)Expression$/.test(inner.type) &&
    parentOf(inner)?.type !== 'ParenthesizedExpression'
  )
}

/** `x.name` for a plain name, `x['first-name']`, `x[key]`: how a member is read whose name is an argument. */
export function memberAccess(
  name: Node,
  source: string,
): { readonly plain: string; readonly optional: string } | undefined {
  const key = literalText(name)
  if (key !== undefined && /^[A-Za-z_$][\w$]*$/.test(key)) return { plain: `.${key}`, optional: `.${key}` }
  if (key !== undefined || unwrap(name).type === 'Identifier') return { plain: `[${source}]`, optional: `.[${source}]` }
  return undefined
}

/** True where any expression may stand without parentheses around it. */
export function standsAlone(node: Node): boolean {
  const parent = parentOf(node)
  if (!parent) return true
  switch (parent.type) {
    case 'CallExpression':
    case 'OptionalCallExpression':
    case 'NewExpression':
      return parent.callee !== node
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return parent.object !== node
    case 'VariableDeclarator':
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ArrayExpression':
    case 'ObjectProperty':
    case 'SpreadElement':
    case 'TemplateLiteral':
    case 'ParenthesizedExpression':
    case 'ArrowFunctionExpression':
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'ExpressionStatement':
    case 'IfStatement':
    case 'SwitchStatement':
    case 'SwitchCase':
    case 'WhileStatement':
      return true
    default:
      return false
  }
}

/** True if an expression has a part of the URL in it as the client sent it, with its `%` signs: `req.url`, `req.path`. */
export function readsUrl(file: JavaScriptFile, expression: Node): boolean {
  return parts(file, expression).some(
    (node) =>
      isMember(node) &&
      node.object.type !== 'MetaProperty' &&
      /^(?:url|originalUrl|path|pathname|baseUrl|href)$/.test(memberName(node) ?? '') &&
      file.known(node).alternatives.every((v) => v.is !== 'foreign' || !/Node's/.test(v.what)),
  )
}

/** The string literals in an expression, also in the variables that it reads. */
export function stringsIn(file: JavaScriptFile, expression: Node): string[] {
  return parts(file, expression).flatMap((node) => {
    if (node.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.cooked ?? '')
    return node.type === 'StringLiteral' ? [node.value] : []
  })
}

/** An expression and everything in it; of a variable also what it is set to. */
function parts(file: JavaScriptFile, expression: Node, depth = 0): Node[] {
  if (depth > 20) return []
  const value = expression.type === 'Identifier' ? onlyValue(file, expression) : undefined
  const inner = isMember(expression)
    ? [expression.object as Node, ...(expression.computed ? [expression.property as Node] : [])]
    : [...children(expression), ...(value ? [value] : [])]
  return [expression, ...inner.flatMap((node) => parts(file, node, depth + 1))]
}
