import { defineChange, fix, isMember, memberName, type Node } from '#kit'
import { BY_HAND, bytes, nodesOf, valueAsBuffer } from './bytes/rewrite.ts'

export default defineChange({
  title: 'A Bytes field is sent as JSON by Express 4 and Koa',
  why: '`res.send(value)` and `ctx.body = value` ask `Buffer.isBuffer`, and make JSON of everything else that is an object: a download arrives as `{"0":137,…}` with the type `application/json`. `res.end`, Express 5, Fastify and `new Response` take both.',
  since: '6.0.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays:
    '`Buffer.from(value.buffer)`, as the guide has it, gives the whole piece of memory that the value shares with others.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['.send(', '.body'],
  *find(file) {
    for (const node of nodesOf(file)) {
      const value = sent(node)
      const evidence = value && bytes(file, value)
      if (!evidence) continue
      const edits = valueAsBuffer(file, value, evidence.kind)
      yield {
        at: value,
        message: 'what is no Buffer is sent as JSON',
        evidence,
        ...(edits ? { fix: fix('review', 'Make it a Buffer', ...edits) } : { notes: [BY_HAND] }),
      }
    }
  },
})

function sent(node: Node): Node | undefined {
  if (
    node.type === 'CallExpression' &&
    isMember(node.callee as Node) &&
    memberName(node.callee as Node & { type: 'MemberExpression' }) === 'send'
  )
    return node.arguments[0] as Node | undefined
  if (node.type !== 'AssignmentExpression' || node.operator !== '=' || !isMember(node.left as Node)) return undefined
  return memberName(node.left as Node & { type: 'MemberExpression' }) === 'body' ? (node.right as Node) : undefined
}
