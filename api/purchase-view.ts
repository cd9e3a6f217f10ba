import type { Purchase } from '../domain/contract/purchases.ts'
import { amountsOf } from '../domain/purchases/money.ts'
import type { Purchase as PurchaseState } from '../domain/purchases/state.ts'

export interface PurchaseRow {
  id: string
  ticket_number: number
  data: PurchaseState
  created_at: Date
  updated_at: Date
}

export const PURCHASE = 'SELECT p.id, p.ticket_number, p.data, p.created_at, p.updated_at FROM purchase p'

/** A purchase request as its page shows it, with each line's exact amount. */
export function purchaseOf({ ticket_number, data, created_at, updated_at }: PurchaseRow): Purchase {
  const amounts = amountsOf(data.lines, data.currency).lines
  return {
    ...data, ticketNumber: ticket_number, lines: data.lines.map((line, i) => ({ ...line, amount: amounts[i] ?? '0' })),
    createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString(),
  }
}
