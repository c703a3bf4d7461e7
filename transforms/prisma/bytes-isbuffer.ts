import { defineChange, fix, type Node, replace } from '#kit'
import { bytes, isBuffer, nodesOf } from './bytes/rewrite.ts'

export default defineChange({
  title: 'A Bytes field is no Buffer',
  why: '`Buffer.isBuffer(value)` and `value instanceof Buffer` are false now, and the branch behind them is not taken. A Buffer is a Uint8Array as well, so that asking for that works on both versions.',
  since: '6.0.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays: 'It speaks of the type, and not of what goes on without an error.',
  fixable: 'always',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['isBuffer', /instanceof\s+Buffer\b/],
  *find(file) {
    const message = 'it is a Uint8Array, of which Buffer is a special case'
    for (const node of nodesOf(file)) {
      if (node.type === 'BinaryExpression' && node.operator === 'instanceof') {
        const right = node.right as Node
        const evidence =
          right.type === 'Identifier' &&
          right.name === 'Buffer' &&
          isBuffer(file, node) &&
          bytes(file, node.left as Node)
        if (evidence)
          yield { at: right, message, evidence, fix: fix('safe', 'Ask for a Uint8Array', replace(right, 'Uint8Array')) }
      }
      if (node.type !== 'CallExpression' || file.source(node.callee) !== 'Buffer.isBuffer' || !isBuffer(file, node))
        continue
      const value = node.arguments[0] as Node | undefined
      const evidence = value && bytes(file, value)
      if (!evidence) continue
      const operand = /^(?:Identifier|(?:Optional)?(?:Member|Call)Expression|TSNonNullExpression)$/.test(value.type)
        ? file.source(value)
        : `(${file.source(value)})`
      const text = `${operand} instanceof Uint8Array`
      const isAlone = !/^(?:Unary|Binary|Member|OptionalMember|TS|Await)/.test(node.parent?.type ?? '')
      yield {
        at: node,
        message,
        evidence,
        fix: fix('safe', 'Ask for a Uint8Array', replace(node, isAlone ? text : `(${text})`)),
      }
    }
  },
})
