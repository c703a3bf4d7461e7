import {
  children,
  enclosingStatement,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
} from '#kit'

/** A text that is written in a file, and the string or regular expression that holds it. */
export interface Literal {
  readonly node: Node
  /** The value of a string, the source of a regular expression. */
  readonly text: string
}

/** Servers whose headers a file is about when it names them. */
const OTHER_SERVERS = /\b(?:fastify|hono|koa|restify|hapi|polka)\b/i

/** Every string, template without expressions and regular expression of a file, in the order of the text; none of a file about another server. */
export function literalsOf(file: JavaScriptFile): Literal[] {
  if (OTHER_SERVERS.test(file.text)) return []
  const found: Literal[] = []
  const waiting: Node[] = [file.module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'StringLiteral') found.push({ node, text: node.value })
    else if (node.type === 'RegExpLiteral') found.push({ node, text: node.pattern })
    else if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
      found.push({ node, text: node.quasis[0]?.value.cooked ?? '' })
    waiting.push(...children(node))
  }
  return found.sort((a, b) => a.node.start - b.node.start)
}

/** Methods that compare what they are given, of test frameworks and of strings. */
const COMPARES =
  /^(?:expect|assert|to(?:Be|Equal|StrictEqual|Match|Contain|Throw|ThrowError|HaveProperty|MatchObject|HaveBeenCalledWith)|(?:not|deep)?(?:Strict)?[eE]quals?|(?:deep)?(?:Strict)Equal|deepEqual|eql|include|match|test|exec|includes|startsWith|endsWith|indexOf|same|throws?|rejects)$/

/** True where a literal is what something is compared with: `x === '…'`, `.expect('Header', '…')`, `/…/.test(x)`, `case '…':`. */
export function isCompared(literal: Node): boolean {
  let node = literal
  for (let up = parentOf(node); up; up = parentOf(up)) {
    if (
      !/^(?:ObjectProperty|ObjectExpression|ArrayExpression|ParenthesizedExpression|LogicalExpression)$/.test(up.type)
    )
      break
    node = up
  }
  const parent = parentOf(node)
  if (parent?.type === 'BinaryExpression') return /^[!=]==?$/.test(parent.operator)
  if (parent?.type === 'SwitchCase') return parent.test === node
  if (isMember(parent) && parent.object === node) return COMPARES.test(memberName(parent) ?? '')
  if (!isCall(parent, false) || parent.callee === node) return false
  const callee = parent.callee as Node
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  return COMPARES.test(name ?? '')
}

/** True for an argument of a method that sends a request: `request(app).get('…')`, `fetch('…')`. */
export function isSent(literal: Node): boolean {
  const call = parentOf(literal)
  if (!isCall(call, false) || call.callee === literal || call.arguments.length > 1) return false
  const callee = call.callee as Node
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  return /^(?:get|post|put|patch|del|delete|head|options|fetch|request|inject|visit)$/.test(name ?? '')
}

/** The source of the statement around a node, or of the assertion inside it that the node belongs to. */
export function statementText(file: JavaScriptFile, node: Node): string {
  return file.source(enclosingStatement(node))
}

/** Evidence of a text: that the project depends on Express, and that this is what Express used to write, or is sent to it. */
export function textEvidence(file: JavaScriptFile, { node, text }: Literal, is = 'is what Express 4 wrote') {
  const what = `\`${text.slice(0, 60)}\` ${is}`
  return { certainty: 'inferred' as const, steps: [{ what, at: file.module.locate(node.start) }] }
}
