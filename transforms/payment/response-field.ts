import { argumentsOf, defineChange, isCall, isMember, literalText, memberName, type Node, parentOf, unwrap } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { rowsOf } from './map/rows.ts'
import type { OperationId, PaymentMap } from './map/types.ts'
import { answerReads, untold } from './sites/answers.ts'
import { callsOf } from './sites/bodies.ts'
import { isFacade, isTest } from './sites/project.ts'
import { SENDERS } from './sites/words.ts'

export default defineChange({
  title: 'Some fields of answers are no longer told',
  why: 'The new version does not tell it, or elsewhere, so whoever reads it gets `undefined`; and some values of what it tells never come any more, so what waits for one waits for ever.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: [...SENDERS, 'paypal', 'stripe', 'mollie'],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (isTest(file.path) || isFacade(file.path, map)) return
    const told = new Set<Node>()
    for (const { operation, call, whole, answerAt, evidence } of callsOf(file, map)) {
      const facts = map.operations[operation]
      if (!facts || facts.v2 === null) continue
      const missing = untold(map, facts.response)
      const values = toldValues(map, operation)
      for (const { path, node, isUse } of answerReads(file, whole ?? call, answerAt).reads) {
        const own = path.replace(/^(?:data|body)\./, '')
        const why = missing.get(own)
        if (why && !isUse && !told.has(node))
          yield {
            at: node,
            message: `\`${own}\` is not told by ${map.to.id}: ${why.trim().replace(/\.$/, '')}`,
            evidence,
          }
        told.add(node)
        const known = values.get(own)
        for (const literal of known ? comparedWith(node) : []) {
          const value = literalText(literal)
          if (value === undefined || known?.has(value) || told.has(literal)) continue
          told.add(literal)
          yield {
            at: literal,
            message: `\`${own}\` is never \`${value}\` in ${map.to.id}: it is one of ${[...known!].join(', ')}`,
            evidence,
          }
        }
      }
    }
  },
})

/** What a part of an answer can be, in the words of v1, where the map says all of it. */
function toldValues(map: PaymentMap, operation: OperationId): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = rowsOf(map, operation, 'response').filter(({ to, isContainer }) => to !== null && !isContainer)
  const found = new Map<string, ReadonlySet<string>>()
  for (const { to, table, row } of rows) {
    const isAll = rows.every(
      (other) => other.to !== to || (other.table !== undefined && other.row.otherwise !== 'keep'),
    )
    if (!table || row.otherwise === 'keep' || row.join !== undefined || !isAll) continue
    const path = to!.replace(/\[\d+\]/g, '[]')
    const values = Object.values(table).filter((value) => value !== null)
    found.set(path, new Set([...(found.get(path) ?? []), ...values]))
  }
  return found
}

/** The values that a read is compared with: `x === 'done'`, `switch (x) { case 'done': }`, `['done'].includes(x)`. */
function comparedWith(read: Node): Node[] {
  const parent = parentOf(read)
  if (parent?.type === 'BinaryExpression' && /^[!=]==?$/.test(parent.operator))
    return [unwrap((parent.left === read ? parent.right : parent.left) as Node)]
  if (parent?.type === 'SwitchStatement' && parent.discriminant === read)
    return parent.cases.flatMap(({ test }) => (test ? [unwrap(test as Node)] : []))
  if (!isCall(parent) || !argumentsOf(parent).includes(read)) return []
  const callee = unwrap(parent.callee as Node)
  const list = isMember(callee) && memberName(callee) === 'includes' ? unwrap(callee.object as Node) : undefined
  return list?.type === 'ArrayExpression' ? list.elements.flatMap((one) => (one ? [unwrap(one as Node)] : [])) : []
}
