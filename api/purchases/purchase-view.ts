import type { InferResult } from 'kysely'
import type { ListedPurchase, Purchase } from '../../domain/purchases/contract.ts'
import { amountsOf } from '../../domain/purchases/money.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** Purchase requests `p` with what their view needs. */
export const purchases = (db: Database) =>
  db
    .selectFrom('purchase as p')
    .select([
      'p.id',
      'p.ticket_number as ticketNumber',
      'p.data',
      'p.created_at as createdAt',
      'p.updated_at as updatedAt',
    ])

export type PurchaseRow = InferResult<ReturnType<typeof purchases>>[number]

/** A purchase request as its page shows it, with each line's exact amount. */
export function purchaseOf({ ticketNumber, data, createdAt, updatedAt }: PurchaseRow): Purchase {
  const amounts = amountsOf(data.lines, data.currency)
  const { total: _, ...shown } = data
  return {
    ...shown,
    ticketNumber,
    totals: amounts.totals,
    lines: data.lines.map((line, i) => ({
      ...line,
      currency: line.currency ?? data.currency,
      amount: amounts.lines[i] ?? '0',
    })),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

/** The same with ticket `t` and its department `d`: lines of the list of all tickets' purchases. */
export const listedPurchases = (db: Database) =>
  purchases(db)
    .innerJoin('ticket as t', 't.number', 'p.ticket_number')
    .innerJoin('department as d', 'd.id', 't.department_id')
    .select(['t.subject as ticketSubject', 'd.name as departmentName'])

export type ListedRow = InferResult<ReturnType<typeof listedPurchases>>[number]

export const listedOf = (row: ListedRow): ListedPurchase => ({
  ...purchaseOf(row),
  ticketSubject: row.ticketSubject,
  departmentName: row.departmentName,
})
