import type { Purchase } from '../../../domain/purchases/contract.ts'
import { decimalsOf } from '../../../domain/purchases/currencies.ts'
import { amountsOf, readDecimal } from '../../../domain/purchases/money.ts'
import { decimalText, readTyped, typedDecimal } from '../language/typed-numbers.ts'

/** A line as it is typed; a decimal comma is as good as a point. */
export interface DraftLine {
  id: string | undefined
  item: string
  quantity: string
  unitPrice: string
  currency: string
  supplier: string
  costCentre: string
}

/** A further line is bought like the one before it. */
export const emptyLine = (last?: DraftLine): DraftLine => ({
  id: undefined,
  item: '',
  quantity: '1',
  unitPrice: '',
  currency: last?.currency ?? 'EUR',
  supplier: last?.supplier ?? '',
  costCentre: last?.costCentre ?? '',
})
export const linesOf = (purchase: Purchase): DraftLine[] =>
  purchase.lines.map(({ id, item, quantity, unitPrice, currency, supplier, costCentre }) => ({
    id,
    item,
    quantity: typedDecimal(quantity),
    unitPrice: typedDecimal(unitPrice),
    currency,
    supplier,
    costCentre,
  }))

const isBlank = ({ item, unitPrice }: DraftLine): boolean =>
  item.trim() === '' && unitPrice.trim() === ''

/** What is sent: without the lines that were left empty. */
export const filled = (lines: readonly DraftLine[]) =>
  lines
    .filter((line) => !isBlank(line))
    .map(({ id, ...line }, index) => ({
      ...line,
      ...(id === undefined ? {} : { id }),
      quantity: decimalText(line.quantity, `/lines/${index}/quantity`),
      unitPrice: decimalText(line.unitPrice, `/lines/${index}/unitPrice`) || '0',
    }))

/** The currency that a request is kept under: that of its first line. */
export const mainCurrency = (lines: readonly DraftLine[]): string => lines[0]?.currency ?? 'EUR'

/**
 * @returns the exact total of each currency in what is typed, or null while something in it is no
 *   number.
 */
export function totalsOf(
  lines: readonly DraftLine[],
): { currency: string; amount: string }[] | null {
  if (lines.some((line) => [line.quantity, line.unitPrice].some((one) => readTyped(one) === null)))
    return null
  const known = filled(lines)
  return known.some(
    ({ quantity, unitPrice, currency }) =>
      decimalsOf(currency) === null || !readDecimal(quantity) || !readDecimal(unitPrice),
  )
    ? null
    : amountsOf(known, mainCurrency(lines)).totals
}
