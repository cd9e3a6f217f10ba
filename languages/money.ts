import { type Language, localeOf } from './language.ts'

/**
 * "1234.5", "EUR" → "€1,234.50". The digits are taken as text, so no float comes between: every
 * decimal that was given is shown, and at least as many as the currency has. A currency that nobody
 * knows is written after the amount.
 */
export function moneyIn(language: Language, amount: string, currency: string): string {
  const locale = localeOf(language)
  try {
    const usual =
      new Intl.NumberFormat(locale, { style: 'currency', currency }).resolvedOptions()
        .maximumFractionDigits ?? 0
    const digits = Math.max(usual, amount.split('.')[1]?.length ?? 0)
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(amount as `${number}`)
  } catch {
    return `${amount} ${currency}`
  }
}
