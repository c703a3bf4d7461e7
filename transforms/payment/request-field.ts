import { defineChange, literalText, unwrap } from '#kit'
import { chosenMap } from './map/chosen.ts'
import type { EnumTable, PaymentMap, Row } from './map/types.ts'
import { callsOf, fieldsOf, requestRows } from './sites/bodies.ts'
import { isFacade, isTest } from './sites/project.ts'
import { SENDERS } from './sites/words.ts'

export default defineChange({
  title: 'Some fields of requests were left out of the new version',
  why: 'The new version has no such field, or no such value. The façade keeps an order that sends one on the old version, as long as there is one; afterwards it fails before anything is sent.',
  since: '2.0.0',
  breakage: 'throws',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: [...SENDERS, 'paypal', 'stripe', 'mollie'],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (isTest(file.path) || isFacade(file.path, map)) return
    for (const { operation, body, evidence } of callsOf(file, map)) {
      const rows = requestRows(map, map.operations[operation]?.request)
      if (!body || map.operations[operation]?.v2 === null) continue
      for (const { path, node, value } of fieldsOf(file, body).fields) {
        const why = rows
          .filter((row) => row.path === path)
          .map(({ row }) => refusal(map, row, literalText(unwrap(value))))
          .find(Boolean)
        if (why) yield { at: node, message: `\`${path}\` ${why}`, evidence }
      }
    }
  },
})

/** Why a field cannot go to the new version; nothing if it can. */
function refusal(map: PaymentMap, row: Row, text: string | undefined): string | undefined {
  if (row.to === null && row.severity !== 'drop') return `has no counterpart in ${map.to.id}: ${plain(row.why)}`
  if (row.pattern !== undefined && text !== undefined && !new RegExp(row.pattern).test(text))
    return `cannot be \`${text}\` in ${map.to.id}: ${plain(row.why)}`
  if (row.enum === undefined || text === undefined || row.otherwise === 'keep') return undefined
  const table: EnumTable = typeof row.enum === 'string' ? (map.enums?.[row.enum] ?? {}) : row.enum
  if (Object.hasOwn(table, text) && table[text] !== null) return undefined
  return `cannot be \`${text}\` in ${map.to.id}: ${plain(row.why)}`
}

function plain(why = 'see the guide of the provider'): string {
  return why.trim().replace(/\.$/, '')
}
