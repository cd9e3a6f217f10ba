import type pg from 'pg'
import type { Notice } from '../../domain/notices.ts'

/** Writes who is to be told of what: activities/notify sends it, the page shows it. Once per event, kind and person. */
export async function persistNotices(client: Pick<pg.ClientBase, 'query'>, ticketNumber: number, notices: readonly Notice[]): Promise<void> {
  const rows = notices.map(({ eventNo, kind, to, data }) => ({
    event_no: eventNo, kind, data, user_id: 'userId' in to ? to.userId : null, email: 'email' in to ? to.email.toLowerCase() : '', name: 'name' in to ? to.name : '',
  }))
  await client.query(
    `INSERT INTO notice (ticket_number, event_no, kind, user_id, email, name, data)
     SELECT $1, n.event_no, n.kind, n.user_id, n.email, n.name, n.data
     FROM jsonb_to_recordset($2::jsonb) AS n(event_no int, kind text, user_id uuid, email text, name text, data jsonb) ON CONFLICT DO NOTHING`,
    [ticketNumber, JSON.stringify(rows)])
}
