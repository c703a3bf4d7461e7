import { defineChange, isMember, memberName, type Node, unwrap } from '#kit'
import { nodesOf } from './bytes/rewrite.ts'
import { isObject } from './client/literals.ts'
import { Bytes, ListOfBytes, RowWithBytes } from './client/rows.ts'

export default defineChange({
  title: 'A Bytes field is another JSON',
  why: '`JSON.stringify` writes a Buffer as `{"type":"Buffer","data":[…]}` and a Uint8Array as `{"0":104,"1":…}`. Answers, caches, queues and logs hold something else from one day to the next, and who reads them fails.',
  since: '6.0.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays: 'It speaks of the type, and not of what goes on without an error.',
  fixable: 'never',

  format: 'javascript',
  mentions: ['stringify', '.json(', '.jsonp('],
  *find(file) {
    for (const node of nodesOf(file)) {
      if (node.type !== 'CallExpression' || !isMember(node.callee as Node)) continue
      const callee = node.callee as Node & { type: 'MemberExpression' }
      const name = memberName(callee)
      const isStringify = name === 'stringify' && file.source(callee.object) === 'JSON'
      if (!isStringify && name !== 'json' && name !== 'jsonp') continue
      const value = node.arguments[0] as Node | undefined
      for (const written of value ? partsOf(value) : []) {
        const evidence = file.evidence(written, [Bytes, ListOfBytes, RowWithBytes])
        if (evidence)
          yield {
            at: written,
            message: 'its bytes are written as `{"0":…}` now: write them as base64 where they leave the program',
            evidence,
            // a type says which model it is of, and not what of it was asked for
            ...(evidence.steps.some(({ what }) => /GetPayload|declared with its type/.test(what))
              ? { notes: ['nothing to do if the query selects no Bytes field'] }
              : {}),
          }
      }
    }
  },
})

/** A value, or what is in it where it is written out: `{ file, ...others }`, `[file]`. */
function* partsOf(node: Node): Generator<Node> {
  const value = unwrap(node)
  if (isObject(value)) {
    for (const one of value.properties)
      if (one.type === 'ObjectProperty') yield* partsOf(one.value as Node)
      else if (one.type === 'SpreadElement') yield* partsOf(one.argument as Node)
  } else if (value.type === 'ArrayExpression') {
    for (const one of value.elements)
      if (one) yield* partsOf((one.type === 'SpreadElement' ? one.argument : one) as Node)
  } else yield node
}
