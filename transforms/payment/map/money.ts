/**
 * Amounts of money, exactly. They are texts or whole numbers of the smallest unit; a number of JavaScript is taken for what
 * it prints, and whatever would have to be rounded is refused.
 */

/** Digits behind the point, where they are not two (ISO 4217). */
export const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
}

/** An amount that cannot be written as it must be without changing it. */
export class AmountError extends Error {
  override readonly name = 'AmountError'
}

/** How many digits stand behind the point of a currency, where a provider differs from the standard. */
export type Exponents = Readonly<Record<string, number>>

/** Digits behind the point of a currency. */
export function exponentOf(currency: string, own: Exponents = {}): number {
  const name = currency.toUpperCase()
  return own[name] ?? EXPONENTS[name] ?? 2
}

/** An amount as whole units of the last digit, for sums and comparisons. Throws `AmountError`. */
export function unitsOf(amount: unknown, currency: string, own?: Exponents): bigint {
  const text = typeof amount === 'number' && Number.isFinite(amount) ? String(amount) : amount
  const match = typeof text === 'string' ? /^(-?)(\d+)(?:\.(\d*))?$/.exec(text.trim()) : null
  if (!match) throw new AmountError(`${JSON.stringify(amount)} is no amount`)
  const [, sign, whole, fraction = ''] = match
  const exponent = exponentOf(currency, own)
  const kept = fraction.slice(0, exponent)
  if (/[1-9]/.test(fraction.slice(exponent)))
    throw new AmountError(`${text} has more digits than ${currency} has: it would have to be rounded`)
  const units = BigInt(`${whole}${kept.padEnd(exponent, '0')}`)
  return sign === '-' ? -units : units
}

/** Whole units as a decimal text with the digits of the currency: `10.00`, `1000` (JPY), `1.250` (KWD). */
export function decimalOf(units: bigint, currency: string, own?: Exponents): string {
  const exponent = exponentOf(currency, own)
  const negative = units < 0n
  const digits = String(negative ? -units : units).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  return `${negative ? '-' : ''}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`
}
