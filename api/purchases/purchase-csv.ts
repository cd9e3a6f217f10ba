import type { Expression, SqlBool } from 'kysely'
import { csvHead, csvLine } from '../../domain/csv.ts'
import { FALLBACK, type Language } from '../../languages/language.ts'
import { say } from '../../languages/mail-words.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { purchaseRows } from './purchase-list.ts'
import { listedOf, type ListedRow } from './purchase-view.ts'

/** Purchase requests read at once. */
const PAGE = 500

const columns = [
  'createdAt',
  'ticket',
  'subject',
  'department',
  'title',
  'state',
  'requestedBy',
  'orderNumber',
  'item',
  'quantity',
  'received',
  'unitPrice',
  'amount',
  'currency',
  'supplier',
  'costCentre',
] as const
const headOf = (language: Language): string =>
  csvHead(columns.map((column) => say(language, `table.purchase.${column}`)))

/** For the description of the API. */
export const purchaseCsvExample =
  headOf(FALLBACK) +
  csvLine([
    '2026-01-31T09:00:00.000Z',
    1042,
    'The printer jams',
    'IT',
    'A new printer',
    'Ordered',
    'Ida Marsh',
    'PO-2026-0042',
    'Printer A4',
    '1',
    '0',
    '1290.00',
    '1290.00',
    'EUR',
    'Printers & Co.',
    'CC-4100',
  ])

/**
 * All that a condition finds as CSV (RFC 4180), a row for each line that is bought: headings and
 * states in a language, times and amounts as programs read them.
 */
export async function* purchaseCsv(
  db: Database,
  language: Language,
  condition: Expression<SqlBool>,
): AsyncGenerator<string> {
  yield headOf(language)
  for (let after: [string, string] | null = null; ;) {
    const rows: ListedRow[] = await purchaseRows(db, condition, after, PAGE)
    yield rows.map((row) => linesOf(language, row)).join('')
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = [last.createdAt.toISOString(), last.id]
  }
}

function linesOf(language: Language, row: ListedRow): string {
  const { lines, ...p } = listedOf(row)
  return lines
    .map((line) =>
      csvLine([
        p.createdAt,
        p.ticketNumber,
        p.ticketSubject,
        p.departmentName,
        p.title,
        say(language, `approval.purchase.state.${p.state}`),
        p.requestedBy.name,
        p.orderReference,
        line.item,
        line.quantity,
        line.received,
        line.unitPrice,
        line.amount,
        line.currency,
        line.supplier,
        line.costCentre,
      ]),
    )
    .join('')
}
