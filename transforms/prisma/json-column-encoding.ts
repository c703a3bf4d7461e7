import { children, defineChange, isCall, isMember, memberName, type Node, unwrap } from '#kit'
import { sitesOf } from './client/trees.ts'

export default defineChange({
  title: 'Values inside of a JSON column are stored in another form',
  why: 'The JSON protocol, which 5 always uses, writes a `Decimal` as a number instead of a text, and a `Buffer` as base64 instead of `{"type":"Buffer","data":[…]}`. A `BigInt`, which threw, is stored as a text. Rows that are there stay as they are.',
  since: '5.0.0',
  breakage: 'silent',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#jsonprotocol-out-of-preview',
  guideSays: 'Of the new protocol it names array shortcuts and messages, and not that it writes other values.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\bDecimal\b|\bBuffer\b|\bBigInt\b|\d+n\b/],
  *find(file, project) {
    for (const { role, field, value, evidence } of sitesOf(file, project)) {
      if (role !== 'data' || field?.type !== 'Json') continue
      for (const node of within(value))
        yield {
          at: node,
          message:
            'this is stored in another form from 5 on; write the text or number that you want, and read both forms',
          evidence,
        }
    }
  },
})

/** Decimals, buffers and big integers in a value that is written out. */
function* within(node: Node): Iterable<Node> {
  const plain = unwrap(node)
  if (plain.type === 'BigIntLiteral') yield plain
  else if (isCall(plain)) {
    if (/^(?:Decimal|BigInt|Buffer)$/.test(nameOf(unwrap(plain.callee as Node)) ?? '')) yield plain
  } else if (/^(?:Object|Array)Expression$|^ObjectProperty$/.test(plain.type))
    for (const child of children(plain)) yield* within(child)
}

/** `Decimal` of `new Prisma.Decimal(…)`, `Buffer` of `Buffer.from(…)`. */
function nameOf(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name
  if (!isMember(callee)) return undefined
  return /^(?:from|alloc)$/.test(memberName(callee) ?? '') ? nameOf(unwrap(callee.object as Node)) : memberName(callee)
}
