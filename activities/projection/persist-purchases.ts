import type { AreaWriter } from './areas.ts'
import { assetsFromPurchase } from './purchased-assets.ts'

/** Brings purchase requests in line with the ticket. An approval's end moves them too, so all of the ticket's are compared. Running it twice changes nothing. */
export const persistPurchases: AreaWriter = async (client, ticket, events) => {
  if (ticket.purchases.length === 0) return
  await client.query(
    `INSERT INTO purchase (id, ticket_number, state, currency, total, data, created_at, updated_at)
     SELECT (p->>'id')::uuid, $1, p->>'state', p->>'currency', (p->>'total')::numeric, p, $3, $3 FROM jsonb_array_elements($2::jsonb) AS p
     ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, currency = EXCLUDED.currency, total = EXCLUDED.total, data = EXCLUDED.data, updated_at = EXCLUDED.updated_at
     WHERE purchase.data IS DISTINCT FROM EXCLUDED.data`,
    [ticket.number, JSON.stringify(ticket.purchases), ticket.updatedAt])
  for (const event of events) if (event.type === 'purchaseReceived') await assetsFromPurchase(client, ticket, event.data.assets, event.at)
}
