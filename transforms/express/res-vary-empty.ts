import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node, parentOf, replace } from '#kit'
import { hasComment } from './handlers/layout.ts'
import { Response } from './provider.ts'
import { removeStatement } from './removals/statement.ts'

export default defineChange({
  title: '`res.vary()` must be given a field',
  why: 'Express 4 warned and did nothing. Express 5 throws "field argument is required", and the request is answered with 500. An empty list is still fine.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resvary',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bvary\b/],
  names: ['vary'],
  *find(file) {
    for (const use of file.calls([Response], 'vary')) {
      const [field] = use.arguments
      if (!field || isEmpty(field)) {
        const edit = removed(file, use)
        yield {
          at: use.property,
          message: '`vary` without a field did nothing, and throws now',
          evidence: use,
          ...(edit ? { fix: fix('safe', 'Remove the call', edit) } : {}),
        }
      } else if (file.known(field).alternatives.some((v) => v.is === 'primitive' && isNothing(v.type, v.value)))
        yield {
          at: use.property,
          message: `\`${file.source(field)}\` may be empty, for which \`vary\` throws now`,
          evidence: use,
        }
    }
  },
})

function isEmpty(node: Node): boolean {
  return (
    (node.type === 'StringLiteral' && node.value === '') ||
    node.type === 'NullLiteral' ||
    (node.type === 'Identifier' && node.name === 'undefined')
  )
}

function isNothing(type: string, value: unknown): boolean {
  return type === 'undefined' || type === 'null' || value === ''
}

/** The call gives the response back, so that what it is called on can stand in its place. */
function removed(file: JavaScriptFile, { call, object, node }: MemberCall) {
  if (hasComment(file, { start: object.end, end: call.end }) || node.optional) return undefined
  const statement = parentOf(call)
  const whole =
    statement?.type === 'ExpressionStatement' && object.type === 'Identifier'
      ? removeStatement(file, statement)
      : undefined
  if (whole) return whole
  const dot = file.text.lastIndexOf(node.computed ? '[' : '.', (node.property as Node).start)
  return replace({ start: file.text.slice(0, dot).trimEnd().length, end: call.end }, '')
}
