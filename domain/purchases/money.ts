import { decimalsOf } from './currencies.ts'

/**
 * Exact decimal arithmetic for money. Numbers are decimal text outside and integers inside: a
 * binary float has no tenth, so none appears here.
 */

/** A decimal number: `units` × 10^-`scale`. */
export interface Decimal {
  units: bigint
  scale: number
}

const WRITTEN = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/

/**
 * @param text such as `1234.50`: up to 15 digits before the point and 6 after it.
 * @returns null when it is no such number.
 */
export function readDecimal(text: string): Decimal | null {
  const [, sign = '', whole = '', fraction = ''] = WRITTEN.exec(text) ?? []
  if (whole === '') return null
  const units = BigInt(whole + fraction)
  return { units: sign === '-' ? -units : units, scale: fraction.length }
}

/**
 * @returns the number with exactly `scale` decimals; halves are rounded away from zero, as invoices
 *   are.
 */
export function roundTo({ units, scale: from }: Decimal, scale: number): Decimal {
  if (from <= scale) return { units: units * 10n ** BigInt(scale - from), scale }
  const divisor = 10n ** BigInt(from - scale)
  const half = divisor / 2n
  return { units: (units + (units < 0n ? -half : half)) / divisor, scale }
}

export const times = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
})

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

/**
 * A mistake in an amount that a person or a program gave: a currency that is none, a number that is
 * none.
 */
export class AmountError extends Error {
  readonly code = 'amount-invalid'
}

/**
 * A line of something bought: decimal text, in a currency of its own when it is not the one of the
 * whole.
 */
export interface PricedLine {
  quantity: string
  unitPrice: string
  currency?: string | undefined
}

/**
 * Amounts of different currencies are never added or converted.
 * @param currency of the lines that name none, by its ISO 4217 code.
 * @returns each line's amount rounded to its currency's minor unit; for each currency their sum, in
 *   the order of the lines: what is written adds up; and the sum in `currency` alone.
 * @throws AmountError
 */
export function amountsOf(
  lines: readonly PricedLine[],
  currency: string,
): { lines: string[]; totals: { currency: string; amount: string }[]; total: string } {
  const sums = new Map<string, Decimal>()
  const amounts = lines.map(({ quantity, unitPrice, currency: own = currency }) => {
    const amount = roundTo(times(number(quantity), number(unitPrice)), scaleOf(own))
    sums.set(own, plus(sums.get(own) ?? { units: 0n, scale: scaleOf(own) }, amount))
    return amount
  })
  const nothing: Decimal = { units: 0n, scale: scaleOf(currency) }
  if (sums.size === 0) sums.set(currency, nothing)
  return {
    lines: amounts.map(writeDecimal),
    totals: [...sums].map(([code, sum]) => ({ currency: code, amount: writeDecimal(sum) })),
    total: writeDecimal(sums.get(currency) ?? nothing),
  }
}

function scaleOf(currency: string): number {
  const scale = decimalsOf(currency)
  if (scale === null)
    throw new AmountError(`${currency} is no currency of ISO 4217. Use a code such as EUR.`)
  return scale
}

function number(text: string): Decimal {
  const decimal = readDecimal(text)
  if (!decimal) throw new AmountError(`The text “${text}” is not a number such as 1234.50.`)
  return decimal
}
