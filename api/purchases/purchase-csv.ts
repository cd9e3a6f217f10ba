import type { Expression, SqlBool } from 'kysely'
import { csvLine } from '../../domain/csv.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { purchaseRows } from './purchase-list.ts'
import { listedOf, type ListedRow } from './purchase-view.ts'

/** Purchase requests read at once. */
const PAGE = 500

const headings = [
  'created_at',
  'ticket',
  'subject',
  'department',
  'title',
  'state',
  'requested_by',
  'order_number',
  'item',
  'quantity',
  'received',
  'unit_price',
  'amount',
  'currency',
  'supplier',
  'cost_centre',
]

/** What such a table begins with. */
export const purchaseCsvExample = [
  headings,
  [
    '2026-01-31T09:00:00.000Z',
    1042,
    'The printer jams',
    'IT',
    'A new printer',
    'ordered',
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
  ],
]
  .map(csvLine)
  .join('')

/** All that a condition finds as CSV (RFC 4180), a row for each line that is bought. */
export async function* purchaseCsv(
  db: Database,
  condition: Expression<SqlBool>,
): AsyncGenerator<string> {
  yield csvLine(headings)
  for (let after: [string, string] | null = null; ;) {
    const rows: ListedRow[] = await purchaseRows(db, condition, after, PAGE)
    yield rows.map(linesOf).join('')
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = [last.createdAt.toISOString(), last.id]
  }
}

function linesOf(row: ListedRow): string {
  const { lines, ...p } = listedOf(row)
  return lines
    .map((line) =>
      csvLine([
        p.createdAt,
        p.ticketNumber,
        p.ticketSubject,
        p.departmentName,
        p.title,
        p.state,
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
