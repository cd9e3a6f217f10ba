import { decimalsOf } from './currencies.ts'

/**
 * Exact decimal arithmetic for money. Numbers are decimal text outside and integers inside: a binary float has no tenth, so none appears here.
 */

/** A decimal number: `units` × 10^-`scale`. */
export interface Decimal {
  units: bigint
  scale: number
}

const WRITTEN = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/

/** @param text such as `1234.50`: up to 15 digits before the point and 6 after it. @returns null when it is no such number. */
export function readDecimal(text: string): Decimal | null {
  const [, sign = '', whole = '', fraction = ''] = WRITTEN.exec(text) ?? []
  if (whole === '') return null
  const units = BigInt(whole + fraction)
  return { units: sign === '-' ? -units : units, scale: fraction.length }
}

/** @returns the number with exactly `scale` decimals; halves are rounded away from zero, as invoices are. */
export function roundTo({ units, scale: from }: Decimal, scale: number): Decimal {
  if (from <= scale) return { units: units * 10n ** BigInt(scale - from), scale }
  const divisor = 10n ** BigInt(from - scale)
  const half = divisor / 2n
  return { units: (units + (units < 0n ? -half : half)) / divisor, scale }
}

export const times = (a: Decimal, b: Decimal): Decimal => ({ units: a.units * b.units, scale: a.scale + b.scale })

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { units: roundTo(a, scale).units + roundTo(b, scale).units, scale }
}

/** @returns below, at or above zero as `a` is less than, equal to or more than `b`. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const { units } = plus(a, { units: -b.units, scale: b.scale })
  return units < 0n ? -1 : units > 0n ? 1 : 0
}

/** @returns the number as text with all of its decimals: `1234.50`. */
export function writeDecimal({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return units < 0n ? `-${text}` : text
}

/** A mistake in an amount that a person or a program gave: a currency that is none, a number that is none. */
export class AmountError extends Error {
  readonly code = 'amount-invalid'
}

/**
 * @param lines quantities and unit prices as decimal text. @param currency its ISO 4217 code.
 * @returns each line's amount rounded to the currency's minor unit, and their sum: what is written adds up.
 * @throws AmountError
 */
export function amountsOf(lines: readonly { quantity: string; unitPrice: string }[], currency: string): { lines: string[]; total: string } {
  const scale = decimalsOf(currency)
  if (scale === null) throw new AmountError(`${currency} is no currency of ISO 4217. Use a code such as EUR.`)
  const amounts = lines.map(({ quantity, unitPrice }) => roundTo(times(number(quantity), number(unitPrice)), scale))
  const total = amounts.reduce(plus, { units: 0n, scale })
  return { lines: amounts.map(writeDecimal), total: writeDecimal(total) }
}

function number(text: string): Decimal {
  const decimal = readDecimal(text)
  if (!decimal) throw new AmountError(`The text “${text}” is not a number such as 1234.50.`)
  return decimal
}
