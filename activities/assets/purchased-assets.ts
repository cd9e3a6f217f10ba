import type pg from 'pg'
import { assetOfPurchase, type PurchasedLine } from '../../domain/assets/purchased-asset.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'

/**
 * Makes the assets that a purchase delivered, and notes where they come from. To be called in the
 * transaction that writes the event; run twice it makes them once. A serial number that another
 * asset has already is kept as it was delivered: a delivery is a fact.
 * @param ticket whose purchase it is.
 * @param lines each with the id of its asset.
 * @param receivedAt ISO time.
 */
export async function assetsFromPurchase(
  client: Pick<pg.ClientBase, 'query'>,
  ticket: { number: number },
  lines: readonly PurchasedLine[],
  receivedAt: string,
): Promise<void> {
  if (lines.length === 0) return
  await client.query(
    `WITH made AS (
       INSERT INTO asset (id, name, type, serial, status, purchased_on, supplier, price, currency, from_ticket)
       SELECT p.id, p.name, p.type, p.serial, p.status, p.purchased_on, p.supplier, p.price, p.currency, $2
       FROM jsonb_to_recordset($1::jsonb) AS p(id uuid, name text, type text, serial text, status text, purchased_on date, supplier text, price numeric, currency text)
       ON CONFLICT (id) DO NOTHING RETURNING id, name
     )
     INSERT INTO asset_history (asset_id, at, actor, change, "to", ticket_number, source)
     SELECT id, $4, $3::jsonb, 'purchased', name, $2, 'purchase-' || id FROM made ON CONFLICT (source) DO NOTHING`,
    [
      JSON.stringify(lines.map((line) => assetOfPurchase(line, receivedAt))),
      ticket.number,
      JSON.stringify(SYSTEM),
      receivedAt,
    ],
  )
}
