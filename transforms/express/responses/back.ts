import {
  argumentsOf,
  type Draft,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  type MemberCall,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { requestText } from '../handlers/handler.ts'

/** Every `'back'` that a call of `redirect` or `location` may take for its address. */
export function* backs(file: JavaScriptFile, use: MemberCall, addresses: readonly Node[]): Iterable<Draft> {
  for (const leaf of addresses.flatMap(alternatives)) {
    if (isBack(leaf))
      yield {
        at: leaf,
        message: "`'back'` is a plain address now; ask for the Referrer",
        evidence: use,
        ...rewrite(file, use, leaf),
      }
    else if (file.known(leaf).alternatives.some((v) => v.is === 'primitive' && v.value === 'back'))
      yield {
        at: leaf,
        message: "this value can be 'back', which is a plain address now; ask for the Referrer where it is set",
        evidence: use,
      }
  }
}

/** The expressions that the address may come from: both sides of `||`, both branches of `?:`. */
function alternatives(expression: Node): Node[] {
  const node = unwrap(expression)
  if (node.type === 'LogicalExpression')
    return [...(node.operator === '&&' ? [] : alternatives(node.left as Node)), ...alternatives(node.right as Node)]
  if (node.type === 'ConditionalExpression')
    return [...alternatives(node.consequent as Node), ...alternatives(node.alternate as Node)]
  return [node]
}

function isBack(node: Node): boolean {
  return (
    (node.type === 'StringLiteral' && node.value === 'back') ||
    (node.type === 'TemplateLiteral' && node.expressions.length === 0 && node.quasis[0]?.value.cooked === 'back')
  )
}

function rewrite(file: JavaScriptFile, use: MemberCall, leaf: Node) {
  const base = responseOf(use.object)
  if (!base) return {}
  const quote = file.source(leaf)[0] === '"' ? '"' : "'"
  const text = `${requestText(file, base, leaf)}.get(${quote}Referrer${quote}) || ${quote}/${quote}`
  const whole = isWholeArgument(use, leaf)
  return {
    fix: fix('safe', 'Ask for the Referrer', replace(leaf, whole ? text : `(${text})`)),
    notes: ['the Referrer header comes from the client and can lead to another site; Express 4 did the same'],
  }
}

function isWholeArgument(use: MemberCall, leaf: Node): boolean {
  return (
    use.arguments.includes(leaf) ||
    (parentOf(leaf)?.type === 'ParenthesizedExpression' && use.arguments.includes(parentOf(leaf)!))
  )
}

/** The response under a chain such as `res.status(302).cookie('a', 'b')`, when it can be written twice. */
function responseOf(object: Node): Node | undefined {
  let at = unwrap(object)
  while (isCall(at, false)) {
    const callee = unwrap(at.callee)
    if (!isMember(callee)) return undefined
    at = unwrap(callee.object)
  }
  if (at.type === 'Identifier' || at.type === 'ThisExpression') return at
  return isMember(at) && !at.computed && !containsCall(at) ? at : undefined
}

function containsCall(node: Node): boolean {
  if (isCall(node)) return argumentsOf(node).length >= 0
  return isMember(node) && containsCall(node.object as Node)
}
