import {
  children,
  type DraftEdit,
  type FunctionNode,
  indentationAt,
  insertAfter,
  insertBefore,
  type JavaScriptFile,
  type Node,
  replace,
} from '#kit'
import { hasComment, semicolonAt } from '../handlers/layout.ts'

/**
 * The edits that give a callback without parameters an `err` and a first statement that deals with it: `return`s, or
 * `throw`s it. Undefined where there is no room for them.
 */
export function guard(
  file: JavaScriptFile,
  fn: FunctionNode,
  what: 'return' | 'throw',
): readonly DraftEdit[] | undefined {
  const names = identifiersIn(fn)
  if (names.has('arguments') && fn.type !== 'ArrowFunctionExpression') return undefined
  const name = ['err', 'error', 'listenError'].find((candidate) => !names.has(candidate))
  const parameter = name && parameterEdit(file, fn, name)
  if (!parameter) return undefined
  const test = what === 'return' ? `if (${name}) return` : `if (${name}) throw ${name}`
  const body = fn.body as Node
  const first = body.type === 'BlockStatement' ? inBlock(file, body, test) : aroundExpression(file, fn, test)
  return first && [parameter, ...first]
}

function parameterEdit(file: JavaScriptFile, fn: FunctionNode, name: string): DraftEdit | undefined {
  const from = 'id' in fn && fn.id ? (fn.id as Node).end : fn.start
  const open = file.text.indexOf('(', from)
  const close = file.text.indexOf(')', open)
  if (open < 0 || close > (fn.body as Node).start || file.text.slice(open + 1, close).trim() !== '') return undefined
  return replace({ start: open, end: close + 1 }, `(${name})`)
}

/** `() => x` becomes `(err) => { if (err) throw err; x }`; the parentheses of `() => ({ … })` belong to the body. */
function aroundExpression(file: JavaScriptFile, fn: FunctionNode, test: string): DraftEdit[] | undefined {
  const arrow = file.text.lastIndexOf('=>', (fn.body as Node).start)
  const text = file.text.slice(arrow + 2, fn.end).trimStart()
  const start = fn.end - text.length
  if (hasComment(file, { start: arrow, end: start + 1 })) return undefined
  return [insertBefore({ start, end: start }, `{ ${test}; `), insertAfter({ start: fn.end, end: fn.end }, ' }')]
}

function inBlock(file: JavaScriptFile, body: Node & { type: 'BlockStatement' }, test: string): DraftEdit[] {
  const first = (body.body[0] ?? body.directives.at(-1)) as Node | undefined
  const at = body.directives.length > 0 ? (body.directives.at(-1) as Node).end : body.start + 1
  const insert = (offset: number, text: string) => [insertBefore({ start: offset, end: offset }, text)]
  if (!first) return insert(at, ` ${test};${body.end - body.start === 2 ? ' ' : ''}`)
  if (!/[\r\n]/.test(file.text.slice(body.start, first.start))) return insert(at, ` ${test};`)
  const needed = /^[([`/+-]/.test(file.source(first)) ? ';' : semicolonAt(file, body.body as Node[])
  // a comment behind the bracket stays behind it
  const remark =
    /^[ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/[ \t]*(?=[\r\n]))/.exec(file.text.slice(at))?.[0] ?? ''
  return insert(at + remark.length, `\n${indentationAt(file.text, first.start)}${test}${needed}`)
}

function identifiersIn(node: Node): Set<string> {
  const found = new Set<string>()
  const visit = (at: Node) => {
    if (at.type === 'Identifier') found.add(at.name)
    for (const child of children(at)) visit(child)
  }
  visit(node)
  return found
}
