import { moneyIn } from '../../../languages/money.ts'
import { numberIn } from '../../../languages/numbers.ts'
import { language } from './language.svelte.ts'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** 182345 → "182 kB" or "182 ko". */
export function fileSize(bytes: number): string {
  const step = Math.min(bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const amount = bytes / 1000 ** step
  return new Intl.NumberFormat(language.current, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: amount < 10 && step > 1 ? 1 : 0,
  }).format(amount)
}

export const wholeNumber = (n: number): string => new Intl.NumberFormat(language.current).format(n)

/** 1234 → "1.2k": for counts beside the views. */
export const shortNumber = (n: number): string =>
  new Intl.NumberFormat(language.current, { notation: 'compact', maximumFractionDigits: 1 }).format(
    n,
  )

/** "Anna, Ben and Chloé". */
export const listed = (names: readonly string[]): string =>
  new Intl.ListFormat(language.current, { type: 'conjunction' }).format(names)

/** "1234.5", "EUR" → "€1,234.50", as the page's language writes it. */
export const moneyText = (amount: string, currency: string): string =>
  moneyIn(language.current, amount, currency)

/** Totals in several currencies: "€1,234.50 + US$99.00". They are never added up. */
export const moneyTexts = (amounts: readonly { amount: string; currency: string }[]): string =>
  amounts.map(({ amount, currency }) => moneyText(amount, currency)).join(' + ')

const amountOf = (amount: number, unit: 'minute' | 'hour' | 'day'): string =>
  new Intl.NumberFormat(language.current, {
    style: 'unit',
    unit,
    unitDisplay: unit === 'day' ? 'long' : 'short',
    maximumFractionDigits: amount < 10 ? 1 : 0,
  }).format(amount)

/** 95 → "1.6 hr" or "1,6 h": minutes in the unit that a person would choose. */
export const duration = (minutes: number): string =>
  minutes < 90
    ? amountOf(minutes, 'minute')
    : minutes < 36 * 60
      ? amountOf(minutes / 60, 'hour')
      : amountOf(minutes / 1440, 'day')

/** "1249.5" → "1.249,5": a number with all of its decimals, as the page's language writes it. */
export const numberText = (exact: string | number): string =>
  numberIn(language.current, String(exact))
