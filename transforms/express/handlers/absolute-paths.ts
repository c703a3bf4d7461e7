import { argumentsOf, isCall, isMember, type JavaScriptFile, memberName, type Node, parentOf, unwrap } from '#kit'

const DEPTH = 8

/** True if an expression is an absolute path on every machine: it starts with `__dirname`, `path.resolve(…)`, `/`. */
export function isAbsolute(file: JavaScriptFile, expression: Node, depth = 0): boolean {
  const node = unwrap(expression)
  if (depth > DEPTH) return false
  switch (node.type) {
    case 'StringLiteral':
      return /^(?:\/|[A-Za-z]:[\\/])/.test(node.value)
    case 'TemplateLiteral': {
      const [head] = node.quasis
      if (head?.value.cooked) return head.value.cooked.startsWith('/')
      return node.expressions[0] !== undefined && isAbsolute(file, node.expressions[0] as Node, depth + 1)
    }
    case 'BinaryExpression':
      return node.operator === '+' && isAbsolute(file, node.left as Node, depth + 1)
    case 'Identifier': {
      if (!file.module.binding(node)) return node.name === '__dirname' || node.name === '__filename'
      const init = onlyValue(file, node)
      return init !== undefined && isAbsolute(file, init, depth + 1)
    }
    case 'MemberExpression':
      return node.object.type === 'MetaProperty' && /^(?:dirname|filename)$/.test(memberName(node) ?? '')
    default:
      return isCall(node, false) && isAbsoluteCall(file, node, depth)
  }
}

/** What a variable is set to where it is declared, if nothing else is ever assigned to it. */
export function onlyValue(file: JavaScriptFile, name: Node & { type: 'Identifier' }): Node | undefined {
  const binding = file.module.binding(name)
  const [declaration, another] = binding?.declarations ?? []
  if (!binding || another || declaration?.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier')
    return undefined
  const isChanged = file.module.references(binding).some((reference) => {
    const parent = parentOf(reference)
    return parent?.type === 'AssignmentExpression' ? parent.left === reference : /Pattern$/.test(parent?.type ?? '')
  })
  return isChanged ? undefined : ((declaration.init as Node | null | undefined) ?? undefined)
}

/** `path.join(__dirname, …)`, `path.resolve(…)`, `process.cwd()`, `fileURLToPath(…)`. */
function isAbsoluteCall(file: JavaScriptFile, call: Node, depth: number): boolean {
  if (!isCall(call, false)) return false
  const callee = unwrap(call.callee)
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  if (isMember(callee) && callee.object.type === 'Identifier' && callee.object.name === 'process') return name === 'cwd'
  const { alternatives } = file.known(callee)
  const isNode = alternatives.every((v) => v.is === 'foreign' && /Node's '(?:node:)?(?:path|url)'/.test(v.what))
  const [first] = argumentsOf(call)
  if (!isNode || !first) return false
  if (name === 'resolve' || name === 'fileURLToPath') return true
  return /^(?:join|normalize|dirname)$/.test(name ?? '') && isAbsolute(file, first, depth + 1)
}
