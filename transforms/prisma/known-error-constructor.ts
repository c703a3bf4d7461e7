import { defineChange, fix, type Node, parentOf, replace } from '#kit'
import { mentionsOf } from './client/names.ts'

export default defineChange({
  title: '`PrismaClientKnownRequestError` must be given its code in an object',
  why: 'Up to 4.6 the constructor took message, code, version and meta. Given that, it throws nothing and has no `code`, which is what such an error is told by. Mostly in tests that make one.',
  since: '4.7.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/4.7.0',
  guideSays: 'It says nothing of it, which is a change of a minor release of 4.',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['PrismaClientKnownRequestError'],
  *find(file) {
    for (const use of mentionsOf(file, 'PrismaClientKnownRequestError')) {
      const parent = parentOf(use.node)
      if (parent?.type !== 'NewExpression' || parent.callee !== use.node) continue
      const [message, code, version, meta, ...others] = parent.arguments as Node[]
      if (!code || code.type === 'ObjectExpression') continue
      const draft = { at: use.node, message: 'code, version and meta go into an object', evidence: use.evidence }
      const isPlain = [message, code, version, meta].every((one) => one?.type !== 'SpreadElement')
      const isText = /^(?:StringLiteral|TemplateLiteral)$/.test(code.type)
      if (!isPlain || others.length > 0 || (!version && !isText)) {
        yield { ...draft, notes: ['what it is given here cannot be told from the code'] }
        continue
      }
      const source = (node: Node): string => file.source(node)
      const parts = [
        `code: ${source(code)}`,
        `clientVersion: ${version ? source(version) : `''`}`,
        ...(meta ? [`meta: ${source(meta)}`] : []),
      ]
      const last = meta ?? version ?? code
      yield {
        ...draft,
        fix: fix(
          isText ? 'safe' : 'review',
          'Put them into an object',
          replace({ start: code.start, end: last.end }, `{ ${parts.join(', ')} }`),
        ),
      }
    }
  },
})
