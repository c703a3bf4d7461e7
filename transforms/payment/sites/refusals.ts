/** Why something that is sent cannot go to the new version. */
import type { EnumTable, PaymentMap, Row } from '../map/types.ts'

/** Why a field cannot go to the new version; nothing if it can. */
export function refusal(map: PaymentMap, row: Row, text: string | undefined): string | undefined {
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
