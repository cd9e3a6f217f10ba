import { assetFileWords } from '../../languages/asset-file-words.ts'
import { readNumber } from '../../languages/numbers.ts'
import { type AssetStatus, assetStatus } from './vocabulary.ts'

/** The columns of an asset file, in the order in which they are written. */
export const assetColumnNames = [
  'name',
  'type',
  'serial',
  'model',
  'status',
  'location',
  'user',
  'userName',
  'purchasedOn',
  'warrantyEnds',
  'supplier',
  'price',
  'currency',
  'notes',
] as const
export type AssetColumn = (typeof assetColumnNames)[number]

const bare = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z/]+/g, ' ')
    .trim()
/** Known in every language. Compared without case, accents and signs. */
const byHeading = new Map(
  assetColumnNames.flatMap((column) =>
    [column, ...assetFileWords.flatMap(({ columns }) => columns[column])].map(
      (heading) => [bare(heading), column] as const,
    ),
  ),
)

/** @returns the column that a heading means, or null. */
export const columnOf = (heading: string): AssetColumn | null =>
  byHeading.get(bare(heading)) ?? null

const byStatusWord = new Map(
  assetStatus.options.flatMap((status) =>
    [status, ...assetFileWords.flatMap(({ statuses }) => statuses[status])].map(
      (word) => [bare(word), status] as const,
    ),
  ),
)

/** @returns the status that a word of some language means, or null. */
export const statusOf = (word: string): AssetStatus | null => byStatusWord.get(bare(word)) ?? null

/**
 * A day as people and spreadsheets write it: 2026-11-24, 24/11/2026, 24.11.2026, with or without
 * midnight behind it. Day before month, as in Europe; a two-figure year is refused.
 * @returns the ISO date, or null when it is no day of the calendar.
 */
export function dayOf(text: string): string | null {
  const alone = text.replace(/[ T]0?0:00(:00(\.0+)?)?Z?$/, '')
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(alone)
  const european = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(alone)
  const [year, month, day] = iso
    ? [iso[1], iso[2], iso[3]]
    : european
      ? [european[3], european[2], european[1]]
      : []
  if (!year || !month || !day) return null
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const date = new Date(`${written}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written) ? written : null
}

/**
 * An exact decimal as people write it: 1249.00, 1 249,50, 1'249.50, 1.249,50. Never a floating
 * point number on the way.
 * @returns digits with a point, or null when it is none, or could mean two amounts: `1,249` and
 *   `1.249` are a thousand in one country and one in another.
 */
export function amountOf(text: string): string | null {
  const exact = readNumber(null, text)
  return exact !== null && /^\d{1,12}(?:\.\d{1,4})?$/.test(exact) ? exact : null
}

/**
 * @returns an exact decimal so written that `amountOf` reads it back: three decimals would look
 *   like a thousand.
 */
export const writtenAmount = (exact: string): string =>
  /\.\d{3}$/.test(exact) ? `${exact}0` : exact
