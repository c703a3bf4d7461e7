import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as generated from '../transforms/payment/facade/_runtime/values.ts'
import { BUNDLED, bundledMap } from '../transforms/payment/map/bundled.ts'
import * as rules from '../transforms/payment/map/money.ts'

/** Every currency that there is, those that the rules name, and one that nobody knows. */
const CURRENCIES = [...new Set([...Intl.supportedValuesOf('currency'), ...Object.keys(rules.EXPONENTS), 'XYZ'])]
/** Where a provider differs: none, and what the bundled maps say. */
const OWN = [{}, ...BUNDLED.map((id) => bundledMap(id)!.map.money.exponents ?? {}), { USD: 4, JPY: 1 }]

/** A result, or only that there is none: the messages are for other readers. */
function outcome<T>(run: () => T): { readonly value?: T } {
  try {
    return { value: run() }
  } catch {
    return {}
  }
}

const currency = fc.constantFrom(...CURRENCIES).chain((code) => fc.constantFrom(code, code.toLowerCase()))
const own = fc.constantFrom(...OWN)
const amount = fc.oneof(
  fc.stringMatching(/^-?\d{1,18}(?:\.\d{0,6})?$/),
  fc.stringMatching(/^\s?-?\d{0,3}[.,eE ]?\d{0,3}\s?$/),
  fc.double({ noDefaultInfinity: false }),
  fc.integer(),
  fc.constantFrom<unknown>(
    '',
    '.',
    '-',
    '1.',
    '.5',
    '00.00',
    '-0',
    null,
    undefined,
    true,
    {},
    [],
    10n,
    '１',
    '1e3',
    '0x1',
  ),
)

test('of every currency there are several, and all of them are asked about', () => {
  expect(CURRENCIES.length).toBeGreaterThan(150)
  for (const code of CURRENCIES) {
    const one = outcome(() => rules.unitsOf('1', code))
    expect([code, outcome(() => generated.unitsOf('1', code, 'amount', {}))]).toEqual([code, one])
    expect([code, generated.decimalOf(1n, code, {})]).toEqual([code, rules.decimalOf(1n, code)])
    expect([code, generated.decimalOf(-123_456n, code, {})]).toEqual([code, rules.decimalOf(-123_456n, code)])
  }
})

test('the façade takes and refuses the amounts that the rows take and refuse', () => {
  let taken = 0
  let refused = 0
  fc.assert(
    fc.property(amount, currency, own, (value, code, exponents) => {
      const expected = outcome(() => rules.unitsOf(value, code, exponents))
      if (expected.value === undefined) refused++
      else taken++
      expect(outcome(() => generated.unitsOf(value, code, 'amount', exponents))).toEqual(expected)
    }),
    { numRuns: process.env.UPGRADE_KIT_FUZZ ? 200_000 : 10_000 },
  )
  expect(Math.min(taken, refused)).toBeGreaterThan(1_000)
})

test('it writes them as the rows do, and reads back what it has written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), currency, own, (units, code, exponents) => {
      const written = generated.decimalOf(units, code, exponents)
      expect(written).toBe(rules.decimalOf(units, code, exponents))
      expect(generated.unitsOf(written, code, 'amount', exponents)).toBe(units)
    }),
    { numRuns: 5_000 },
  )
})
