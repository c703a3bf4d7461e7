import { defineChange, fix, insertAfter, type Node, parentOf } from '#kit'
import { namesOfPrisma } from './types/namespace.ts'

export default defineChange({
  title: '`PrismaClientValidationError` must be given the version of the client',
  why: 'Its constructor takes apart a second argument, and throws a TypeError where there is none. Mostly in tests that make such an error.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['PrismaClientValidationError'],
  *find(file, project) {
    for (const use of namesOfPrisma(file, project)) {
      const call = use.name === 'PrismaClientValidationError' ? constructed(use.whole) : undefined
      if (!call || call.arguments.length > 1) continue
      const [message] = call.arguments as Node[]
      const draft = {
        at: use.node,
        message: 'the constructor wants `{ clientVersion }` behind the message',
        evidence: use.evidence,
      }
      if (!message || message.type === 'SpreadElement') {
        yield { ...draft, notes: ['what it is given here cannot be told from the code'] }
        continue
      }
      const namespace = file.text.slice(use.whole.start, use.node.start).replace(/\.\s*$/, '')
      const version = `{ clientVersion: ${namespace}.prismaVersion.client }`
      yield { ...draft, fix: fix('safe', 'Give it the version of the client', insertAfter(message, `, ${version}`)) }
    }
  },
})

function constructed(callee: Node): (Node & { type: 'NewExpression' }) | undefined {
  const parent = parentOf(callee)
  return parent?.type === 'NewExpression' && parent.callee === callee ? parent : undefined
}
