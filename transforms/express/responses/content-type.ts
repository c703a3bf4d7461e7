import {
  argumentsOf,
  contains,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'

/** True if a call before this one, in its chain or on the same variable, may have set a Content-Type. */
export function setsContentType(file: JavaScriptFile, use: MemberCall): boolean {
  let base = use.object
  while (isCall(base, false)) {
    const callee = unwrap(base.callee)
    if (!isMember(callee)) return false
    if (isSetter(base)) return true
    base = unwrap(callee.object)
  }
  if (base.type !== 'Identifier') return false
  const binding = file.module.binding(base)
  return (
    binding !== undefined &&
    file.module.calls.some((call) => {
      if (call.start >= use.node.start || !isSetter(call) || excludeEachOther(call, use.node)) return false
      const object = responseOf(call)
      return object.type === 'Identifier' && file.module.binding(object) === binding
    })
  )
}

/** True if they stand in different arms of one condition, so that no run of the function comes by both. */
function excludeEachOther(one: Node, other: Node): boolean {
  for (let child = one, parent = parentOf(one); parent; child = parent, parent = parentOf(parent)) {
    if (!contains(parent, other)) continue
    if (parent.type !== 'ConditionalExpression' && parent.type !== 'IfStatement') return false
    return child !== parent.test && !contains(parent.test, other)
  }
  return false
}

/** What the first call of a chain is made on: `res` of `res.status(200).type('html')`. */
function responseOf(call: Node): Node {
  let at = call
  while (isCall(at, false)) {
    const callee = unwrap(at.callee)
    if (!isMember(callee)) return callee
    at = unwrap(callee.object)
  }
  return at
}

function isSetter(call: Node): boolean {
  if (!isCall(call, false)) return false
  const callee = unwrap(call.callee)
  const name = isMember(callee) ? memberName(callee) : undefined
  if (name === undefined) return false
  if (/^(?:type|contentType|attachment)$/.test(name)) return true
  if (!/^(?:set|header|setHeader|append)$/.test(name)) return false
  const header = literalText(argumentsOf(call)[0])
  return header === undefined || header.toLowerCase() === 'content-type'
}
