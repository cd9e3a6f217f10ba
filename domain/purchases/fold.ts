import type { z } from 'zod'
import type { TicketEvent } from '../events.ts'
import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import type { purchaseEvents } from './events.ts'
import { plus, readDecimal, writeDecimal } from './money.ts'
import type { Purchase } from './state.ts'

const changed = (
  ticket: Ticket,
  id: string,
  change: (purchase: Purchase) => Purchase,
): Partial<Ticket> => ({
  purchases: ticket.purchases.map((purchase) => (purchase.id === id ? change(purchase) : purchase)),
})

export const purchaseFold: Fold<typeof purchaseEvents> = {
  purchaseDrafted: (ticket, data) => ({ purchases: [...ticket.purchases, drafted(data)] }),
  purchaseChanged: (ticket, data) =>
    changed(ticket, data.purchaseId, ({ approvalId }) => ({ ...drafted(data), approvalId })),
  purchaseDocumentsChanged: (ticket, { purchaseId, documents }) =>
    changed(ticket, purchaseId, (purchase) => ({ ...purchase, documents })),
  purchaseSubmitted: (ticket, { purchaseId, approvalId }) =>
    changed(ticket, purchaseId, (purchase) => ({
      ...purchase,
      approvalId,
      state: approvalId === null ? 'approved' : 'requested',
    })),
  purchaseOrdered: (ticket, { purchaseId, reference }) =>
    changed(ticket, purchaseId, (purchase) => ({
      ...purchase,
      state: 'ordered',
      orderReference: reference,
    })),
  purchaseCancelled: (ticket, { purchaseId }) =>
    changed(ticket, purchaseId, (purchase) => ({ ...purchase, state: 'cancelled' })),
  purchaseReceived: (ticket, { purchaseId, lines, complete }) =>
    changed(ticket, purchaseId, (purchase) => ({
      ...purchase,
      state: complete ? 'received' : 'partlyReceived',
      lines: purchase.lines.map((line) => {
        const arrived = lines.find(({ id }) => id === line.id)
        return arrived ? { ...line, received: sum(line.received, arrived.quantity) } : line
      }),
    })),
}

/** An approval's end is the purchase's too; a withdrawn one makes it a draft again. */
export function purchasesAfterApproval(
  { purchases }: Ticket,
  { type, data }: TicketEvent,
): Partial<Ticket> {
  if (type !== 'approvalEnded' && type !== 'approvalWithdrawn') return {}
  const state = type === 'approvalWithdrawn' ? 'draft' : data.outcome
  return {
    purchases: purchases.map((purchase) =>
      purchase.approvalId === data.approvalId && purchase.state === 'requested'
        ? { ...purchase, state }
        : purchase,
    ),
  }
}

const drafted = ({
  purchaseId,
  lines,
  totals: _,
  ...data
}: z.infer<typeof purchaseEvents.purchaseDrafted>): Purchase => ({
  ...data,
  id: purchaseId,
  lines: lines.map((line) => ({ ...line, received: '0' })),
  state: 'draft',
  approvalId: null,
  orderReference: '',
})

const zero = { units: 0n, scale: 0 }
const sum = (a: string, b: string): string =>
  writeDecimal(plus(readDecimal(a) ?? zero, readDecimal(b) ?? zero))
