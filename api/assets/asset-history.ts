import { z } from 'zod'
import type { AssetHistoryEntry, assetHistory } from '../../domain/assets/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { actorOf } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { SignedInUser } from '../access/sessions.ts'

/** Whose history it is. */
export type Subject = { assetId: string } | { documentId: string }

/** A line that is to be added to a history. */
export interface Line {
  change: AssetHistoryEntry['change']
  field?: string
  from?: string | null
  to?: string | null
}

/** Adds to a history, in the transaction that makes the change. */
export async function note(
  db: Database,
  user: SignedInUser,
  subject: Subject,
  lines: readonly Line[],
): Promise<void> {
  if (lines.length === 0) return
  const whose =
    'assetId' in subject ? { asset_id: subject.assetId } : { document_id: subject.documentId }
  const actor = jsonb(actorOf(user))
  await db
    .insertInto('asset_history')
    .values(lines.map((line) => ({ ...whose, actor, ...line })))
    .execute()
}

/** @returns a line for every field that is another one now; empty is no value. */
export function differences<F extends string>(
  before: Readonly<Record<F, string | null>>,
  after: Readonly<Record<F, string | null>>,
): Line[] {
  return (Object.keys(after) as F[])
    .filter((field) => (before[field] ?? '') !== (after[field] ?? ''))
    .map((field) => ({
      change: 'changed',
      field,
      from: before[field] || null,
      to: after[field] || null,
    }))
}

/** Its numbers are larger than JSON's. */
const cursorKeys = z.tuple([z.string().regex(/^\d{1,18}$/)])

/** One page of a history, newest first. */
export async function historyPage(
  db: Database,
  subject: Subject,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof assetHistory>> {
  const [before] = readCursor(cursor, cursorKeys) ?? []
  const rows = await db
    .selectFrom('asset_history as h')
    .select([
      'h.id',
      'h.at',
      'h.actor',
      'h.change',
      'h.field',
      'h.from',
      'h.to',
      'h.ticket_number as ticketNumber',
    ])
    .where((eb) =>
      'assetId' in subject
        ? eb('h.asset_id', '=', subject.assetId)
        : eb('h.document_id', '=', subject.documentId),
    )
    .$if(before !== undefined, (query) => query.where('h.id', '<', before!))
    .orderBy('h.id', 'desc')
    .limit(limit + 1)
    .execute()
  return pageOf(
    rows,
    limit,
    ({ at, ...row }) => ({ ...row, at: at.toISOString() }),
    (row) => [row.id],
  )
}
