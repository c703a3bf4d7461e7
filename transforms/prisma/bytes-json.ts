import { defineChange, isCall, isMember, type JavaScriptFile, memberName, type Node, unwrap } from '#kit'
import { nodesOf } from './bytes/rewrite.ts'
import { isObject } from './client/literals.ts'
import { literalBehind } from './client/queries.ts'
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
  mentions: ['stringify', '.json(', '.jsonp(', '.send(', '.body'],
  *find(file) {
    for (const node of nodesOf(file)) {
      const value = writtenBy(file, node)
      for (const written of value ? partsOf(file, value.node) : []) {
        // bytes that are the whole answer are no JSON, or are told of as that
        const isWhole = value?.isAnswer && written === value.node
        const evidence = file.evidence(written, isWhole ? [RowWithBytes] : [Bytes, ListOfBytes, RowWithBytes])
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

/** Names that people give to what an answer is sent by. */
const ANSWER = /^(?:res|resp|response|reply|rep|ctx|context)$/

/** What a call or an assignment makes JSON of; an answer may be something else as well. */
function writtenBy(file: JavaScriptFile, node: Node): { readonly node: Node; readonly isAnswer: boolean } | undefined {
  if (node.type === 'AssignmentExpression' && node.operator === '=') {
    const left = node.left as Node
    const isBody = isMember(left) && memberName(left) === 'body' && ANSWER.test(rootOf(left))
    return isBody ? { node: node.right as Node, isAnswer: true } : undefined
  }
  if (node.type !== 'CallExpression' || !isMember(node.callee as Node)) return undefined
  const callee = node.callee as Node & { type: 'MemberExpression' }
  const [value] = node.arguments as Node[]
  const name = memberName(callee)
  const isStringify = name === 'stringify' && file.source(callee.object) === 'JSON'
  const isSent = name === 'send' && ANSWER.test(rootOf(callee))
  return value && (isStringify || isSent || name === 'json' || name === 'jsonp')
    ? { node: value, isAnswer: isSent }
    : undefined
}

/** `res` of `res.status(200).send`. */
function rootOf(node: Node): string {
  let at = unwrap(node)
  while (isMember(at) || isCall(at)) at = unwrap((isMember(at) ? at.object : at.callee) as Node)
  return at.type === 'Identifier' ? at.name : ''
}

/** A value, or what is in it where it is written out: `{ file, ...others }`, `[file]`, `files.map((file) => ({ ...file }))`. */
function* partsOf(file: JavaScriptFile, node: Node, seen: readonly Node[] = []): Generator<Node> {
  const value = unwrap(node)
  if (seen.includes(value)) return
  const within = [...seen, value]
  const literal = value.type === 'Identifier' ? literalBehind(file, value) : mappedTo(value)
  if (literal) yield* partsOf(file, literal, within)
  else if (isObject(value)) {
    for (const one of value.properties)
      if (one.type === 'ObjectProperty') yield* partsOf(file, one.value as Node, within)
      else if (one.type === 'SpreadElement') yield* partsOf(file, one.argument as Node, within)
  } else if (value.type === 'ArrayExpression') {
    for (const one of value.elements)
      if (one) yield* partsOf(file, (one.type === 'SpreadElement' ? one.argument : one) as Node, within)
  } else yield node
}

/** The object that a function makes of each element of a list. */
function mappedTo(value: Node): Node | undefined {
  if (!isCall(value, false) || !isMember(value.callee) || memberName(value.callee) !== 'map') return undefined
  const fn = value.arguments[0] as Node | undefined
  if (fn?.type !== 'ArrowFunctionExpression') return undefined
  const last = fn.body.type === 'BlockStatement' ? (fn.body.body.at(-1) as Node | undefined) : undefined
  const given = last?.type === 'ReturnStatement' ? (last.argument as Node | null) : (fn.body as Node)
  const object = given && unwrap(given)
  return object && isObject(object) ? object : undefined
}
