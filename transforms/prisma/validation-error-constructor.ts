import { defineChange, fix, insertAfter, type JavaScriptFile, type Node, parentOf } from '#kit'
import { Namespace } from './client/kinds.ts'
import { isVisible, type Mention, mentionsOf, type NamespaceName, namespaceIn } from './client/names.ts'

export default defineChange({
  title: '`PrismaClientValidationError` must be given the version of the client',
  why: 'Its constructor takes apart a second argument, and throws a TypeError where there is none. Mostly in tests that make such an error.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'It shows that messages are other ones, and says nothing of the constructor.',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['PrismaClientValidationError'],
  *find(file) {
    for (const mention of mentionsOf(file, 'PrismaClientValidationError')) {
      const call = constructed(mention.node)
      if (!call || call.arguments.length > 1) continue
      const [message] = call.arguments as Node[]
      const draft = {
        at: mention.node,
        message: 'the constructor wants `{ clientVersion }` behind the message',
        evidence: mention.evidence,
      }
      if (!message || message.type === 'SpreadElement') {
        yield { ...draft, notes: ['what it is given here cannot be told from the code'] }
        continue
      }
      const namespace = namespaceFor(file, mention)
      if (!namespace) {
        yield { ...draft, notes: ['`Prisma` is another thing in this file, so that its version needs another name'] }
        continue
      }
      const version = `{ clientVersion: ${namespace.name}.prismaVersion.client }`
      const written = fix('safe', 'Give it the version of the client', insertAfter(message, `, ${version}`))
      yield { ...draft, fix: { ...written, requests: namespace.requests } }
    }
  },
})

/** How `Prisma` is written here: as before the dot, or, for a name of the runtime, as it has to be imported. */
function namespaceFor(file: JavaScriptFile, { holder, node }: Mention): NamespaceName | undefined {
  if (holder && file.evidence(holder, [Namespace])) return { name: file.source(holder), requests: [] }
  const namespace = namespaceIn(file)
  return namespace && isVisible(file, namespace.name, node) ? namespace : undefined
}

function constructed(callee: Node): (Node & { type: 'NewExpression' }) | undefined {
  const parent = parentOf(callee)
  return parent?.type === 'NewExpression' && parent.callee === callee ? parent : undefined
}
