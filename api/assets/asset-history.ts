import type pg from 'pg'
import { z } from 'zod'
import type { AssetHistoryEntry, assetHistory } from '../../domain/assets/contract.ts'
import { actorOf } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

/** Whose history it is. */
export type Subject = { assetId: string } | { documentId: string }

/** A line that is to be added to a history. */
export interface Line {
  change: AssetHistoryEntry['change']
  field?: string
  from?: string | null
  to?: string | null
}

const ids = (subject: Subject): [string | null, string | null] =>
  'assetId' in subject ? [subject.assetId, null] : [null, subject.documentId]

/** Adds to a history, in the transaction that makes the change. */
export async function note(
  client: Db,
  user: SignedInUser,
  subject: Subject,
  lines: readonly Line[],
): Promise<void> {
  if (lines.length === 0) return
  await client.query(
    `INSERT INTO asset_history (asset_id, document_id, actor, change, field, "from", "to")
     SELECT $1::uuid, $2::uuid, $3::jsonb, l.change, coalesce(l.field, ''), l."from", l."to" FROM jsonb_to_recordset($4::jsonb) AS l(change text, field text, "from" text, "to" text)`,
    [...ids(subject), JSON.stringify(actorOf(user)), JSON.stringify(lines)],
  )
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

const cursorKeys = z.tuple([z.string()])

/** One page of a history, newest first. */
export async function historyPage(
  db: Db,
  subject: Subject,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof assetHistory>> {
  const [before = null] = readCursor(cursor, cursorKeys) ?? []
  const { rows } = await db.query<Omit<AssetHistoryEntry, 'at'> & { at: Date }>(
    `SELECT h.id::text, h.at, h.actor, h.change, h.field, h."from", h."to", h.ticket_number AS "ticketNumber" FROM asset_history h
     WHERE (h.asset_id = $1 OR h.document_id = $2) AND ($3::bigint IS NULL OR h.id < $3) ORDER BY h.id DESC LIMIT $4`,
    [...ids(subject), before, limit + 1],
  )
  return pageOf(
    rows,
    limit,
    ({ at, ...row }) => ({ ...row, at: at.toISOString() }),
    (row) => [row.id],
  )
}
