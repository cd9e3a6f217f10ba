import { assetOfPurchase, type PurchasedLine } from '../../domain/assets/purchased-asset.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
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
  db: Database,
  ticket: { number: number },
  lines: readonly PurchasedLine[],
  receivedAt: string,
): Promise<void> {
  if (lines.length === 0) return
  const made = await db
    .insertInto('asset')
    .values(
      lines.map((line) => ({ ...assetOfPurchase(line, receivedAt), from_ticket: ticket.number })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(['id', 'name'])
    .execute()
  if (made.length === 0) return
  await db
    .insertInto('asset_history')
    .values(
      made.map(({ id, name }) => ({
        asset_id: id,
        at: receivedAt,
        actor: jsonb(SYSTEM),
        change: 'purchased' as const,
        to: name,
        ticket_number: ticket.number,
        source: `purchase-${id}`,
      })),
    )
    .onConflict((conflict) => conflict.column('source').doNothing())
    .execute()
}
