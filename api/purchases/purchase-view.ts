import type { ListedPurchase, Purchase } from '../../domain/purchases/contract.ts'
import { amountsOf } from '../../domain/purchases/money.ts'
import type { Purchase as PurchaseState } from '../../domain/purchases/state.ts'

export interface PurchaseRow {
  id: string
  ticket_number: number
  data: PurchaseState
  created_at: Date
  updated_at: Date
}

const COLUMNS = 'p.id, p.ticket_number, p.data, p.created_at, p.updated_at'
export const PURCHASE = `SELECT ${COLUMNS} FROM purchase p`

/** A purchase request as its page shows it, with each line's exact amount. */
export function purchaseOf({ ticket_number, data, created_at, updated_at }: PurchaseRow): Purchase {
  const amounts = amountsOf(data.lines, data.currency)
  const { total: _, ...shown } = data
  return {
    ...shown,
    ticketNumber: ticket_number,
    totals: amounts.totals,
    lines: data.lines.map((line, i) => ({
      ...line,
      currency: line.currency ?? data.currency,
      amount: amounts.lines[i] ?? '0',
    })),
    createdAt: created_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  }
}

export interface ListedRow extends PurchaseRow {
  ticket_subject: string
  department_name: string
}

export const LISTED = `SELECT ${COLUMNS}, t.subject AS ticket_subject, d.name AS department_name`
export const LISTED_FROM =
  'FROM purchase p JOIN ticket t ON t.number = p.ticket_number JOIN department d ON d.id = t.department_id'

export const listedOf = (row: ListedRow): ListedPurchase => ({
  ...purchaseOf(row),
  ticketSubject: row.ticket_subject,
  departmentName: row.department_name,
})
