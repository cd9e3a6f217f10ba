import type pg from 'pg'
import type { Ticket } from '../../domain/ticket.ts'

/**
 * Brings watchers and links in line with the ticket's state. Set-based, so running it twice changes
 * nothing.
 */
export async function persistRelations(
  client: Pick<pg.ClientBase, 'query'>,
  ticket: Ticket,
): Promise<void> {
  const watchers = ticket.watchers.map((w) => w.id)
  await client.query(
    'DELETE FROM ticket_watcher WHERE ticket_number = $1 AND user_id <> ALL($2::uuid[])',
    [ticket.number, watchers],
  )
  await client.query(
    'INSERT INTO ticket_watcher (ticket_number, user_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING',
    [ticket.number, watchers],
  )
  const links = JSON.stringify(ticket.links)
  await client.query(
    `DELETE FROM ticket_link WHERE from_number = $1
     AND (to_number, kind) NOT IN (SELECT l.number, l.kind FROM jsonb_to_recordset($2::jsonb) AS l(number int, kind text))`,
    [ticket.number, links],
  )
  await client.query(
    `INSERT INTO ticket_link (from_number, to_number, kind)
     SELECT $1, l.number, l.kind FROM jsonb_to_recordset($2::jsonb) AS l(number int, kind text) ON CONFLICT DO NOTHING`,
    [ticket.number, links],
  )
}
