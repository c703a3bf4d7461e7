import { defineChange, literalText, unwrap } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { rowsOf } from './map/rows.ts'
import type { OperationId, PaymentMap } from './map/types.ts'
import { callsOf, fieldsOf, requestRows } from './sites/bodies.ts'
import { patchProblems } from './sites/patches.ts'
import { isFacade, isTest } from './sites/project.ts'
import { refusal } from './sites/refusals.ts'
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
    for (const { operation, call, body, evidence } of callsOf(file, map)) {
      const facts = map.operations[operation]
      if (!facts || facts.v2 === null) continue
      if (facts.patch)
        for (const { node, message } of patchProblems(file, map, facts.patch, body, call))
          yield { at: node, message, evidence }
      const rows = requestRows(map, facts.request)
      if (!body || !facts.request) continue
      const isKnown = knownFields(map, operation)
      const unknown: string[] = []
      for (const { path, node, value } of fieldsOf(file, body).fields) {
        const why = rows
          .filter((row) => row.path === path)
          .map(({ row }) => refusal(map, row, literalText(unwrap(value))))
          .find(Boolean)
        if (why) yield { at: node, message: `\`${path}\` ${why}`, evidence }
        else if (!isKnown(path) && !unknown.some((one) => path.startsWith(one))) {
          unknown.push(`${path}.`, `${path}[`)
          yield {
            at: node,
            message: `no row of the map is about \`${path}\`, so it is not sent to ${map.to.id}`,
            evidence,
          }
        }
      }
    }
  },
})

/** Whether some row reads a field, a part of it, or what it is a part of. */
function knownFields(map: PaymentMap, operation: OperationId): (path: string) => boolean {
  const read = rowsOf(map, operation, 'request').flatMap(({ from, money, derive, isContainer }) => [
    ...(typeof from === 'string' && from !== '' ? [{ path: from, isWhole: !isContainer }] : []),
    ...(money?.currencyFrom === undefined ? [] : [{ path: money.currencyFrom, isWhole: true }]),
    ...(derive === undefined ? [] : Object.values(derive).map((path) => ({ path: String(path), isWhole: true }))),
  ])
  const known = read.map(({ path, isWhole }) => ({ path: path.replace(/\[\d+\]/g, '[]'), isWhole }))
  const isWithin = (path: string, base: string) => path.startsWith(`${base}.`) || path.startsWith(`${base}[`)
  return (path) =>
    known.some((one) => one.path === path || isWithin(one.path, path) || (one.isWhole && isWithin(path, one.path)))
}
