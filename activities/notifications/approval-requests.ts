import { sql } from 'kysely'
import type { PurchaseLine } from '../../domain/purchases/state.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** What an approver is asked, in full: in the asker's words, and what is to be bought. */
export interface ApprovalRequest {
  text: string
  /** Null: it is about no purchase. */
  purchase: { currency: string; lines: readonly PurchaseLine[] } | null
}

/**
 * What approvals ask now. A notification of an earlier round finds nothing: its request is asked no
 * more.
 * @param asked the approvals' ids with the round that each notification tells of.
 * @returns by id and round, as `keyOf` makes it.
 */
export async function approvalRequests(
  db: Database,
  asked: readonly { approvalId: string; round: number }[],
): Promise<Map<string, ApprovalRequest>> {
  if (asked.length === 0) return new Map()
  const rows = await db
    .selectFrom('approval as a')
    .leftJoin('approval_text as x', (join) =>
      join.on('x.id', '=', sql<string>`(a.data->>'textId')::uuid`),
    )
    .leftJoin('purchase as p', (join) =>
      join.on('p.id', '=', sql<string>`(a.data->>'purchaseId')::uuid`),
    )
    .select(['a.id', 'a.data', 'x.text', 'p.data as purchase'])
    .where(
      'a.id',
      '=',
      anyOf(
        asked.map(({ approvalId }) => approvalId),
        'uuid',
      ),
    )
    .execute()
  return new Map(
    rows.map(({ id, data, text, purchase }) => [
      keyOf({ approvalId: id, round: data.round }),
      {
        text: text ?? '',
        purchase: purchase && { currency: purchase.currency, lines: purchase.lines },
      },
    ]),
  )
}

export const keyOf = ({ approvalId, round }: { approvalId: string; round: number }): string =>
  `${approvalId} ${round}`
