import {
  argumentsOf,
  isCall,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  literalText,
  memberName,
  type Node,
  parentOf,
  plainParameter,
  unwrap,
} from '#kit'

/** Methods of a list that change it. */
const CHANGES_LIST = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin'])
/** Functions that write to their first argument, of `Object`, `Reflect` and of lodash and its relatives. */
const WRITES_FIRST =
  /^(?:assign|assignIn|defineProperty|defineProperties|deleteProperty|set|setWith|unset|update|merge|mergeWith|extend|defaults|defaultsDeep|pull|pullAll|remove)$/
const MAX_CALLS = 3

/** True if an expression is written through where it stands: `x.a = 1`, `delete x.a`, `x.a.push(1)`, `Object.assign(x, …)`. */
export function isWrittenThrough(
  file: JavaScriptFile,
  expression: Node,
  module: JavaScriptModule = file.module,
  calls = 0,
): boolean {
  let top = expression
  let depth = 0
  let name: string | undefined
  for (let up = parentOf(top); up; up = parentOf(top)) {
    if (isMember(up) && up.object === top) {
      depth++
      name = memberName(up)
      top = up
    } else if (unwrap(up) !== up && unwrap(up) === unwrap(top)) top = up
    else break
  }
  const parent = parentOf(top)
  if (!parent) return false
  if (depth > 0 && isTarget(top, parent)) return true
  if (!isCall(parent)) return false
  if (parent.callee === top) return depth > 1 && name !== undefined && CHANGES_LIST.has(name)
  return isWrittenByCall(file, module, parent, top, calls)
}

/** True if something is assigned to an expression, or it is deleted. */
export function isTarget(expression: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'AssignmentExpression':
      return parent.left === expression
    case 'UpdateExpression':
      return true
    case 'UnaryExpression':
      return parent.operator === 'delete'
    case 'ForOfStatement':
    case 'ForInStatement':
      return parent.left === expression
    case 'ArrayPattern':
    case 'RestElement':
      return true
    case 'AssignmentPattern':
      return parent.left === expression
    case 'ObjectProperty':
      return parent.value === expression && parentOf(parent)?.type === 'ObjectPattern'
    default:
      return false
  }
}

function isWrittenByCall(
  file: JavaScriptFile,
  module: JavaScriptModule,
  call: Node,
  argument: Node,
  calls: number,
): boolean {
  if (!isCall(call, false)) return false
  const callee = unwrap(call.callee)
  const index = argumentsOf(call).indexOf(argument)
  if (index === 0 && isMember(callee) && WRITES_FIRST.test(memberName(callee) ?? '')) {
    const owner = callee.object.type === 'Identifier' ? callee.object.name : ''
    if (/^(?:Object|Reflect|_|lodash|fp|R|\$|jQuery)$/.test(owner)) return true
  }
  if (calls >= MAX_CALLS) return false
  return file.functions(callee, module).found.some((place) => {
    const parameter = place.node.params[index] && plainParameter(place.node.params[index] as Node)
    const binding = parameter && place.module.scopes.lookup(parameter.name, parameter)
    return (
      binding !== undefined &&
      place.module.references(binding).some((reference) => isWrittenThrough(file, reference, place.module, calls + 1))
    )
  })
}

/** The literal that a call like `_.set(req, 'query.page', 1)` names a path with. */
export function pathWritten(call: Node): { readonly object: Node; readonly path: string } | undefined {
  if (!isCall(call, false)) return undefined
  const callee = unwrap(call.callee)
  const [object, path] = argumentsOf(call)
  const text = literalText(path)
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : ''
  return object && text !== undefined && /^(?:set|setWith|update|unset)$/.test(name ?? '')
    ? { object, path: text }
    : undefined
}
