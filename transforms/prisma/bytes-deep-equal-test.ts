import { defineChange, fix, isMember, memberName, type Node } from '#kit'
import { BY_HAND, bytes, nodesOf, valueAsBuffer } from './bytes/rewrite.ts'

export default defineChange({
  title: 'A Bytes field is not deeply and strictly equal to a Buffer',
  why: '`assert.deepStrictEqual` and `toStrictEqual` compare what kind of object it is, too. `assert.deepEqual` and `toEqual` do not.',
  since: '6.0.0',
  breakage: 'throws',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays: 'It speaks of the type, and not of what goes on without an error.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['deepStrictEqual', 'toStrictEqual'],
  *find(file) {
    for (const node of nodesOf(file)) {
      for (const value of compared(node)) {
        const evidence = bytes(file, value)
        if (!evidence) continue
        const edits = valueAsBuffer(file, value, evidence.kind)
        yield {
          at: value,
          message: 'a Uint8Array is another kind of object than a Buffer',
          evidence,
          ...(edits ? { fix: fix('review', 'Make it a Buffer', ...edits) } : { notes: [BY_HAND] }),
        }
      }
    }
  },
})

/** What is compared with something written out as a Buffer. */
function compared(node: Node): Node[] {
  if (node.type !== 'CallExpression' || !isMember(node.callee as Node)) return []
  const callee = node.callee as Node & { type: 'MemberExpression' }
  const args = node.arguments as Node[]
  const isWritten = (one: Node | undefined) =>
    one?.type === 'CallExpression' &&
    /^Buffer\b/.test(
      one.callee.type === 'MemberExpression' && one.callee.object.type === 'Identifier' ? one.callee.object.name : '',
    )
  if (memberName(callee) === 'deepStrictEqual' && args.slice(0, 2).some(isWritten)) return args.slice(0, 2)
  if (memberName(callee) !== 'toStrictEqual' || !isWritten(args[0])) return []
  const expected = callee.object as Node
  return expected.type === 'CallExpression' ? (expected.arguments as Node[]) : []
}
