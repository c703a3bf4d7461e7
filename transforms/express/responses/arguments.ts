import { type DraftEdit, type JavaScriptFile, type MemberCall, type Node, type Range, replace } from '#kit'

/**
 * The edits that turn `res.send(S, B)` or `res.send(B, S)` into `res.status(S).send(B)`; `status` is the position of S.
 * Comments beside an argument go with it; where a line comment is in the way, all comments stay where they are. Undefined
 * for `res?.['send']`, which cannot be split, and for parentheses around an argument that cannot be told from others.
 */
export function statusFirst(
  file: JavaScriptFile,
  use: MemberCall,
  status: 0 | 1,
  statusText?: string,
): readonly DraftEdit[] | undefined {
  if (use.node.computed && use.node.optional) return undefined
  const [first, second] = use.arguments.map((argument) => withParentheses(file.text, argument))
  if (!first || !second) return undefined
  const comma = commaBetween(file.text, first, second)
  const [before, after] = [file.text.slice(first.end, comma), file.text.slice(comma + 1, second.start)]
  const moved = status === 0 ? first : second
  const code = statusText ?? file.text.slice(moved.start, moved.end)
  if (/\/\//.test(before + after))
    return [statusCall(file, use, code), replace({ start: comma, end: comma + 1 }, ''), replace(moved, '')]
  if (status === 0)
    return [
      statusCall(file, use, code + before.trimEnd()),
      replace({ start: first.start, end: second.start - after.trimStart().length }, ''),
    ]
  return [
    statusCall(file, use, after.trimStart() + code),
    replace({ start: first.end + before.trimEnd().length, end: second.end }, ''),
  ]
}

/**
 * `.status(code)` before the member, whatever brackets are around what it is a member of. The name of the member is
 * written again with it: a number that is left alone in the call is a body, and no other change may take it for a status.
 */
function statusCall(file: JavaScriptFile, use: MemberCall, code: string): DraftEdit {
  const { property } = use
  if (!use.node.computed) return replace(property, `status(${code}).${file.source(property)}`)
  const start = file.text.lastIndexOf('[', property.start)
  return replace({ start, end: property.end }, `.status(${code})${file.text.slice(start, property.end)}`)
}

/** An argument with the pair of parentheses it may stand in; undefined for several, and for comments in between. */
function withParentheses(text: string, argument: Node): Range | undefined {
  if (argument.extra?.parenthesized !== true) return argument
  const start = argument.extra.parenStart as number
  const opens = /\(\s*$/.exec(text.slice(0, start))
  const inside = text.slice(start + 1, argument.start).trim()
  const closes = /^\s*\)/.exec(text.slice(argument.end))
  const isNested = opens && /^\s*\)\s*\)\s*[,)]/.test(text.slice(argument.end))
  return closes && inside === '' && !isNested ? { start, end: argument.end + closes[0].length } : undefined
}

/** Where the comma between two arguments is, comments left out. */
function commaBetween(text: string, first: Range, second: Range): number {
  for (let at = first.end; at < second.start; at++) {
    if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 1
    else if (text.startsWith('//', at)) at += text.slice(at).search(/[\r\n]/)
    else if (text[at] === ',') return at
  }
  return second.start
}
