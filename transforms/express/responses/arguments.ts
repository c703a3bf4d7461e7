import {
  type DraftEdit,
  insertAfter,
  insertBefore,
  type JavaScriptFile,
  type MemberCall,
  type Node,
  replace,
} from '#kit'

/** Two arguments with what belongs to each: comments before the comma to the first, behind it to the second. */
interface Pair {
  readonly first: string
  readonly second: string
}

/**
 * The edits that turn `res.send(S, B)` or `res.send(B, S)` into `res.status(S).send(B)`, or undefined where the text
 * between the arguments cannot be divided without breaking it (a line comment at the wrong place).
 */
export function statusFirst(
  file: JavaScriptFile,
  use: MemberCall,
  status: 0 | 1,
  statusText?: string,
): readonly DraftEdit[] | undefined {
  const [first, second] = use.arguments as readonly [Node, Node]
  const pair = divide(file, first, second)
  if (!pair) return undefined
  const code = statusText ?? (status === 0 ? pair.first : pair.second)
  if (!statusText && code.includes('//')) return undefined
  const removal =
    status === 0
      ? replace({ start: first.start, end: second.start - (pair.second.length - file.source(second).length) }, '')
      : replace({ start: first.end + (pair.first.length - file.source(first).length), end: second.end }, '')
  const call = use.node.computed
    ? insertAfter(use.object, `.status(${code})`)
    : insertBefore(use.property, `status(${code}).`)
  return use.node.computed && use.node.optional ? undefined : [call, removal]
}

/** Splits the text of two neighbouring arguments at their comma. */
function divide(file: JavaScriptFile, first: Node, second: Node): Pair | undefined {
  const gap = file.text.slice(first.end, second.start)
  const comma = commaIn(gap)
  if (comma < 0) return undefined
  const before = gap.slice(0, comma)
  const after = gap.slice(comma + 1)
  if (/\/\//.test(before) || /\/\//.test(after)) return undefined
  return { first: file.source(first) + before.trimEnd(), second: after.trimStart() + file.source(second) }
}

function commaIn(gap: string): number {
  for (let i = 0; i < gap.length; i++) {
    if (gap.startsWith('/*', i)) i = gap.indexOf('*/', i) + 1
    else if (gap.startsWith('//', i)) i = gap.slice(i).search(/[\r\n]/) + i
    else if (gap[i] === ',') return i
    // a closing parenthesis around the first argument is not part of its node
    else if (gap[i] === '(' || gap[i] === ')') return -1
  }
  return -1
}
