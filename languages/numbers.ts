import { type Language, localeOf } from './language.ts'

/**
 * Numbers as people read and write them. Outside they are exact decimal text (`-1249.50`): no binary
 * float comes between. What is written here is read back here, in every language.
 */

/** The signs that part a number in one language; null where none is known. */
interface Signs {
  decimal: string | null
  group: string | null
}

const bySign = new Map<Language, Signs>()
function signsOf(language: Language): Signs {
  const known = bySign.get(language)
  if (known) return known
  const parts = new Intl.NumberFormat(localeOf(language), { useGrouping: 'always' }).formatToParts(
    12345.6,
  )
  const sign = (of: string) => parts.find(({ type }) => type === of)?.value ?? null
  const signs = { decimal: sign('decimal'), group: sign('group') }
  bySign.set(language, signs)
  return signs
}

/** Spaces of every width and apostrophes part thousands wherever people write them so. */
const SPACES = /[\s'’]/g
/** Digits with single signs between them; a fraction may stand alone. */
const WRITTEN = /^([-+−]?)(\d*(?:[ .,]\d+)*)$/
const EXACT = /^-?\d+(?:\.\d+)?$/

/**
 * Reads a number: with the signs of the language, and with those of others where they leave no doubt.
 * "1.249,00", "1249,00" and "1249.00" are one number in German; "1.249" is a thousand there and a
 * fraction in English; in French, where the point is neither, it is nothing.
 * @param language of whoever writes; null: it is not known, as in a file.
 * @returns exact decimal text with the decimals that were written; null when it is no number, or
 *   could mean two.
 */
export function readNumber(language: Language | null, text: string): string | null {
  const [, sign, digits = ''] = WRITTEN.exec(text.trim().replace(SPACES, ' ')) ?? []
  if (sign === undefined || digits === '') return null
  const parts = digits.split(/[ .,]/)
  const signs = [...digits.replace(/\d/g, '')]
  const read = partsOf(parts, signs, language ? signsOf(language) : { decimal: null, group: null })
  if (!read) return null
  const whole = read.whole.replace(/^0+(?=\d)/, '') || '0'
  const exact = read.fraction === '' ? whole : `${whole}.${read.fraction}`
  return sign === '' || sign === '+' || /^[0.]*$/.test(exact) ? exact : `-${exact}`
}

/** Whole and fraction of digits that signs part. */
function partsOf(
  parts: readonly string[],
  signs: readonly string[],
  own: Signs,
): { whole: string; fraction: string } | null {
  const last = signs.at(-1)
  if (last === undefined) return { whole: parts.join(''), fraction: '' }
  const grouped = { whole: parts.join(''), fraction: '' }
  const parted = { whole: parts.slice(0, -1).join(''), fraction: parts.at(-1) ?? '' }
  const before = signs.slice(0, -1)
  const areGroups = isGroups(parts)
  // A space parts nothing but thousands, and so does whatever stands twice.
  if (last === ' ' || before.includes(last))
    return areGroups && signs.every((one) => one === last) ? grouped : null
  // Two signs: the last one parts the fraction.
  if (before.length > 0)
    return isGroups(parts.slice(0, -1)) && before.every((one) => one === before[0]) ? parted : null
  if (!areGroups || last === own.decimal) return parted
  return last === own.group ? grouped : null
}

/** "1 249 000": one to three digits, then always three. */
const isGroups = ([head = '', ...rest]: readonly string[]): boolean =>
  rest.length === 0 || (/^[1-9]\d{0,2}$/.test(head) && rest.every((part) => part.length === 3))

/**
 * @param exact decimal text, such as `1249.50`.
 * @returns it with all of its decimals, as the language writes numbers: "1.249,50". What is no number
 *   stays as it is.
 */
export const numberIn = (language: Language, exact: string): string =>
  written(language, exact, true)

/** The same for a field in which it is changed: without signs between thousands. */
export const numberForField = (language: Language, exact: string): string =>
  written(language, exact, false)

function written(language: Language, exact: string, useGrouping: boolean): string {
  if (!EXACT.test(exact)) return exact
  const digits = Math.min(exact.split('.')[1]?.length ?? 0, 100)
  return new Intl.NumberFormat(localeOf(language), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping,
  }).format(exact as `${number}`)
}
