import { approvalEvents } from '../../domain/approvals/events.ts'
import { purchaseEvents } from '../../domain/purchases/events.ts'
import { amountsOf } from '../../domain/purchases/money.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Purchase } from '../../domain/purchases/state.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'
import { assetsFromPurchase } from '../assets/purchased-assets.ts'

/** What a purchase request is found by. */
const wordsOf = (purchase: Purchase): string =>
  [
    purchase.title,
    purchase.orderReference,
    ...purchase.lines.flatMap((line) => [line.item, line.supplier, line.costCentre]),
  ]
    .join(' ')
    .toLowerCase()

/**
 * Brings purchase requests in line with the ticket: those of the events, and those whose approval
 * an event has moved. Running it twice changes nothing.
 */
const persistPurchases: AreaWriter['write'] = async (db, ticket, events) => {
  for (const event of events)
    if (event.type === 'purchaseReceived')
      await assetsFromPurchase(db, ticket, event.data.assets, event.at)
  const rows = ticket.purchases.flatMap((purchase) => {
    const own = events.filter((event) => concerns(event, purchase))
    const [first, last] = [own[0], own.at(-1)]
    return first && last
      ? [
          {
            id: purchase.id,
            ticket_number: ticket.number,
            state: purchase.state,
            totals: jsonb(amountsOf(purchase.lines, purchase.currency).totals),
            words: wordsOf(purchase),
            data: jsonb(purchase),
            created_at: first.at,
            updated_at: last.at,
          },
        ]
      : []
  })
  if (rows.length === 0) return
  await db
    .insertInto('purchase')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet(excluded('purchase', ['state', 'totals', 'words', 'data', 'updated_at'])),
    )
    .execute()
}

const concerns = ({ data }: TicketEvent, { id, approvalId }: Purchase): boolean =>
  ('purchaseId' in data && data.purchaseId === id) ||
  ('approvalId' in data && approvalId !== null && data.approvalId === approvalId)

export const purchaseWriter: AreaWriter = {
  events: [...typesOf(approvalEvents), ...typesOf(purchaseEvents)],
  write: persistPurchases,
  clear: rowsOf('purchase'),
}
