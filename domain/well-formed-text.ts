/**
 * Text as PostgreSQL and JSON between programs can hold it. Broken mails and pasting from broken
 * sources bring what neither does: NUL, which says nothing, is left out; half of a surrogate pair,
 * in whose place a character was, becomes U+FFFD.
 */
export function wellFormedText(text: string): string {
  const whole = text.includes('\0') ? text.replaceAll('\0', '') : text
  // With the flag u a pair is one character, so that halves alone are found.
  return /[\uD800-\uDFFF]/.test(whole) ? whole.replace(/\p{Surrogate}/gu, '\uFFFD') : whole
}

/** The same value, every text in it well formed, also the names of its fields. */
export function wellFormedTexts<T>(value: T): T
export function wellFormedTexts(value: unknown): unknown {
  if (typeof value === 'string') return wellFormedText(value)
  if (Array.isArray(value)) return value.map(wellFormedTexts)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      wellFormedText(name),
      wellFormedTexts<unknown>(part),
    ]),
  )
}
