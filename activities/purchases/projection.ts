import { purchaseEvents } from '../../domain/purchases/events.ts'
import { approvalEvents } from '../../domain/approvals/events.ts'
import { amountsOf } from '../../domain/purchases/money.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Purchase } from '../../domain/purchases/state.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'
import { assetsFromPurchase } from '../assets/purchased-assets.ts'

/** What a purchase request `r` is found by: the migration that made the column says the same. */
const WORDS = `lower(concat_ws(' ', r.data->>'title', r.data->>'orderReference', (
  SELECT string_agg(concat_ws(' ', x.line->>'item', x.line->>'supplier', x.line->>'costCentre'), ' ' ORDER BY x.position) FROM jsonb_array_elements(r.data->'lines') WITH ORDINALITY AS x(line, position))))`

/**
 * Brings purchase requests in line with the ticket: those of the events, and those whose approval
 * an event has moved. Running it twice changes nothing.
 */
const persistPurchases: AreaWriter['write'] = async (client, ticket, events) => {
  for (const event of events)
    if (event.type === 'purchaseReceived')
      await assetsFromPurchase(client, ticket, event.data.assets, event.at)
  const rows = ticket.purchases.flatMap((purchase) => {
    const own = events.filter((event) => concerns(event, purchase))
    const [first, last] = [own[0], own.at(-1)]
    return first && last
      ? [
          {
            id: purchase.id,
            state: purchase.state,
            totals: amountsOf(purchase.lines, purchase.currency).totals,
            data: purchase,
            created_at: first.at,
            updated_at: last.at,
          },
        ]
      : []
  })
  if (rows.length === 0) return
  await client.query(
    `INSERT INTO purchase (id, ticket_number, state, totals, words, data, created_at, updated_at)
     SELECT r.id, $1, r.state, r.totals, ${WORDS}, r.data, r.created_at, r.updated_at
     FROM jsonb_to_recordset($2::jsonb) AS r(id uuid, state text, totals jsonb, data jsonb, created_at timestamptz, updated_at timestamptz)
     ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, totals = EXCLUDED.totals, words = EXCLUDED.words, data = EXCLUDED.data, updated_at = EXCLUDED.updated_at`,
    [ticket.number, JSON.stringify(rows)],
  )
}

const concerns = ({ data }: TicketEvent, { id, approvalId }: Purchase): boolean =>
  ('purchaseId' in data && data.purchaseId === id) ||
  ('approvalId' in data && approvalId !== null && data.approvalId === approvalId)

export const purchaseWriter: AreaWriter = {
  events: [...typesOf(approvalEvents), ...typesOf(purchaseEvents)],
  write: persistPurchases,
  clear: rowsOf('purchase'),
}
