import { assetEvents } from '../../domain/assets/events.ts'
import type pg from 'pg'
import type { TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { knownContact } from '../../application/contacts/known-contact.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'

type Db = Pick<pg.ClientBase, 'query'>
type Confirming = Extract<
  TicketEvent,
  {
    type:
      | 'confirmationAsked'
      | 'confirmationGiven'
      | 'confirmationRefused'
      | 'confirmationRevoked'
      | 'confirmationExpired'
  }
>

/**
 * Brings the rows of this area in line with the ticket and its new events. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistAssets: AreaWriter['write'] = async (client, ticket, events) => {
  await persistLinks(client, 'ticket_asset', 'asset_id', ticket.number, ticket.assets)
  await persistLinks(client, 'ticket_document', 'document_id', ticket.number, ticket.documents)
  for (const event of events)
    if (isConfirming(event)) await persistConfirmation(client, ticket, event)
}

async function persistLinks(
  client: Db,
  table: 'ticket_asset' | 'ticket_document',
  column: string,
  ticketNumber: number,
  linked: readonly { id: string }[],
): Promise<void> {
  const ids = linked.map(({ id }) => id)
  await client.query(
    `DELETE FROM ${table} WHERE ticket_number = $1 AND ${column} <> ALL($2::uuid[])`,
    [ticketNumber, ids],
  )
  await client.query(
    `INSERT INTO ${table} (ticket_number, ${column}) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING`,
    [ticketNumber, ids],
  )
}

const isConfirming = (event: TicketEvent): event is Confirming =>
  event.type.startsWith('confirmation')

async function persistConfirmation(client: Db, ticket: Ticket, event: Confirming): Promise<void> {
  const { id } = event.data
  if (event.type === 'confirmationAsked') {
    await client.query('UPDATE confirmation SET event_no = $2 WHERE id = $1', [id, event.no])
    return
  }
  const state = {
    confirmationGiven: 'given',
    confirmationRefused: 'refused',
    confirmationRevoked: 'revoked',
    confirmationExpired: 'expired',
  }[event.type]
  const from = 'from' in event.data ? event.data.from : ''
  const reason = 'reason' in event.data ? event.data.reason : ''
  await client.query(
    'UPDATE confirmation SET state = $2, ended_at = $3, answered_from = $4, reason = $5 WHERE id = $1',
    [id, state, event.at, from, reason],
  )
  if (event.type === 'confirmationGiven') await handOver(client, ticket.number, event)
}

/**
 * What a confirmed hand-over or return changes on the assets, and a line of their history for each
 * change. It happened once: when the projection is built anew, the line is there already, and what
 * was changed on the asset since then stays.
 */
async function handOver(
  client: Db,
  ticketNumber: number,
  { no, at, actor, data }: Extract<Confirming, { type: 'confirmationGiven' }>,
): Promise<void> {
  const given = data.kind === 'handOver'
  if (given)
    await client.query(knownContact('SELECT lower($1), $2'), [data.person.email, data.person.name])
  await client.query(
    `WITH target AS (SELECT $5::text AS status, $6::text AS user_email, $7::text AS user_name),
     before AS (SELECT a.id, a.status, a.user_email, a.user_name FROM asset a WHERE a.id = ANY($1::uuid[]) AND a.removed_at IS NULL FOR UPDATE),
     noted AS (
       INSERT INTO asset_history (asset_id, at, actor, change, field, "from", "to", ticket_number, source)
       SELECT b.id, $2::timestamptz, $3::jsonb, CASE WHEN f.field = 'confirmed' THEN 'confirmed' ELSE 'changed' END, CASE WHEN f.field = 'confirmed' THEN $8::text ELSE f.field END, f.old, f.new, $4::int,
         'ticket-' || $4::int || '-' || $9::int || '-' || b.id || '-' || f.field
       FROM before b, target t, LATERAL (VALUES ('confirmed', NULL, $10::text), ('status', b.status, t.status), ('userEmail', b.user_email, t.user_email), ('userName', b.user_name, t.user_name)) AS f(field, old, new)
       WHERE f.old IS DISTINCT FROM f.new
       ON CONFLICT (source) DO NOTHING RETURNING asset_id, change
     )
     UPDATE asset a SET status = t.status, user_email = t.user_email, user_name = t.user_name, updated_at = $2::timestamptz FROM noted n, target t WHERE a.id = n.asset_id AND n.change = 'confirmed'`,
    [
      data.assets.map((a) => a.id),
      at,
      JSON.stringify(actor),
      ticketNumber,
      given ? 'inUse' : 'inStock',
      given ? data.person.email : '',
      given ? data.person.name : '',
      data.kind,
      no,
      data.from,
    ],
  )
}

export const assetWriter: AreaWriter = {
  events: typesOf(assetEvents),
  write: persistAssets,
  clear: [
    ...rowsOf('ticket_asset', 'ticket_document'),
    `UPDATE confirmation SET event_no = NULL, state = 'asked', ended_at = NULL, answered_from = '', reason = '' WHERE ticket_number = $1`,
  ],
}
