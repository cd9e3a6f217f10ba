import type pg from 'pg'
import { type Notice, noticeTraits } from '../../domain/notices.ts'

/** Notices that may wait are mailed together with what else comes within this time. Seconds. */
const GATHERED_FOR = 60

/**
 * Writes who is to be told of what: activities/notify mails it, the page shows it. Once for each event, kind and person; each person's own
 * choice (app_user.preferences) decides whether it is mailed, only shown, or not kept at all.
 */
export async function persistNotices(client: Pick<pg.ClientBase, 'query'>, ticketNumber: number, notices: readonly Notice[]): Promise<void> {
  const rows = notices.map(({ eventNo, kind, to, data }) => ({
    event_no: eventNo, kind, data, by: noticeTraits[kind].by, wait: noticeTraits[kind].atOnce ? 0 : GATHERED_FOR,
    user_id: 'userId' in to ? to.userId : null, email: 'email' in to ? to.email.toLowerCase() : '', name: 'name' in to ? to.name : '',
  }))
  await client.query(
    `INSERT INTO notice (ticket_number, event_no, kind, user_id, email, name, data, due_at)
     SELECT $1, n.event_no, n.kind, n.user_id, n.email, n.name, n.data,
       CASE WHEN coalesce(u.preferences->'notices'->>n.kind, n.by) = 'mail' THEN now() + make_interval(secs => n.wait) END
     FROM jsonb_to_recordset($2::jsonb) AS n(event_no int, kind text, user_id uuid, email text, name text, data jsonb, by text, wait int)
     LEFT JOIN app_user u ON u.id = n.user_id
     WHERE n.user_id IS NULL OR (u.active AND coalesce(u.preferences->'notices'->>n.kind, n.by) <> 'none')
     ON CONFLICT DO NOTHING`,
    [ticketNumber, JSON.stringify(rows)])
}
