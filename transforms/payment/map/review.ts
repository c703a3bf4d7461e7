/** What nobody has confirmed yet. */
import type { Operation, OperationId, PaymentMap, Row, ShapeId } from './types.ts'

/** The operations that create or move money and rest on something `proposed`: themselves, a row, or a row of a shape. */
export function proposedOperations(map: PaymentMap): ReadonlySet<OperationId> {
  const found = Object.entries(map.operations).filter(
    ([, operation]) =>
      isAboutMoney(operation) && (operation.review === 'proposed' || rows(map, operation).some(isProposed)),
  )
  return new Set(found.map(([id]) => id))
}

function isAboutMoney({ effect }: Operation): boolean {
  return effect === 'creates' || effect === 'moves-money'
}

function isProposed(row: Row): boolean {
  return row.review === 'proposed'
}

function rows(map: PaymentMap, operation: Operation): Row[] {
  return [
    ...withShapes(map, operation.request ?? [], 'request', []),
    ...withShapes(map, operation.response ?? [], 'response', []),
  ]
}

function withShapes(
  map: PaymentMap,
  list: readonly Row[],
  direction: 'request' | 'response',
  open: readonly ShapeId[],
): Row[] {
  return list.flatMap((row) => {
    if (row.shape === undefined || open.includes(row.shape)) return [row]
    return [row, ...withShapes(map, map.shapes?.[row.shape]?.[direction] ?? [], direction, [...open, row.shape])]
  })
}
