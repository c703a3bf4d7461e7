import {
  argumentsOf,
  type CallNode,
  type Draft,
  type Evidence,
  fix,
  insertAfter,
  insertBefore,
  type JavaScriptFile,
  keyName,
  type Node,
  replace,
  unwrap,
} from '#kit'
import { hasComment } from '../handlers/layout.ts'

const TITLE = 'Say `extended: true`'
const ELSEWHERE = 'the options come from elsewhere; make sure that they say `extended: true`'

/** What a call of `urlencoded` needs to read nested fields, whose default went from true to false. */
export function* unsaidExtended(
  file: JavaScriptFile,
  use: { readonly call: CallNode; readonly evidence: Evidence },
): Iterable<Draft> {
  const [first] = argumentsOf(use.call)
  const options = first && unwrap(first)
  const draft = { at: use.call.callee as Node, evidence: use }
  const message = 'say `extended: true` to keep nested form fields'
  if (!options) {
    const close = use.call.end - 1
    yield {
      ...draft,
      message,
      fix: fix('safe', TITLE, replace({ start: close, end: close }, '{ extended: true }')),
    }
  } else if (options.type !== 'ObjectExpression') {
    const { alternatives } = file.known(options)
    const says = alternatives.map((v) => v.is === 'object' && extendedOf(v.node) === 'said')
    if (says.length === 0 || !says.every(Boolean)) yield { ...draft, message: ELSEWHERE }
  } else {
    const extended = extendedOf(options)
    if (extended === 'nothing') yield { ...draft, message, fix: said(file, options) }
    else if (extended === 'spread')
      yield { ...draft, message: 'say `extended: true`, unless the spread object says `extended` already' }
    else if (extended === 'empty')
      yield {
        ...draft,
        message: 'this `extended` was taken for true by Express 4, and is taken for false by Express 5',
      }
  }
}

/** What an object literal says of `extended`; `empty` for a value that only Express 4 takes for true. */
function extendedOf(node: Node): 'said' | 'empty' | 'spread' | 'nothing' {
  if (node.type !== 'ObjectExpression') return 'spread'
  const own = node.properties.find((property) => property.type !== 'SpreadElement' && keyName(property) === 'extended')
  if (own?.type === 'ObjectProperty') {
    const { value } = own
    const isEmpty =
      value.type === 'NullLiteral' ||
      (value.type === 'Identifier' && value.name === 'undefined') ||
      (value.type === 'NumericLiteral' && value.value === 0) ||
      (value.type === 'StringLiteral' && value.value === '')
    return isEmpty ? 'empty' : 'said'
  }
  if (own) return 'said'
  return node.properties.some((property) => property.type === 'SpreadElement') ? 'spread' : 'nothing'
}

/** `extended: true` in front of the other options, in their layout; a computed key behind it still wins. */
function said(file: JavaScriptFile, options: Node & { type: 'ObjectExpression' }) {
  const first = options.properties[0] as Node | undefined
  if (!first && !hasComment(file, options)) return fix('safe', TITLE, replace(options, '{ extended: true }'))
  if (!first)
    return fix('safe', TITLE, insertAfter({ start: options.start, end: options.start + 1 }, ' extended: true,'))
  const separator = /[\r\n]+[ \t]*$/.exec(file.text.slice(options.start, first.start))?.[0] ?? ' '
  return fix('safe', TITLE, insertBefore(first, `extended: true,${separator}`))
}
