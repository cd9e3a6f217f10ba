import type pg from 'pg'
import { hearings, type Notice, noticeTraits, wayFor } from '../../domain/notices.ts'

/** Notices that may wait are mailed together with what else comes within this time. Seconds. */
const GATHERED_FOR = 60

/**
 * Writes who is to be told of what: activities/notify mails it, the page shows it. Once for each
 * event, kind and person. Whether it is mailed, only shown, or not kept at all is each person's own
 * choice: for this ticket (ticket_hearing), else for all (app_user.preferences). Nobody is told of
 * a ticket that they do not see any more.
 */
export async function persistNotices(
  client: Pick<pg.ClientBase, 'query'>,
  ticketNumber: number,
  notices: readonly Notice[],
): Promise<void> {
  const rows = notices.map(({ eventNo, kind, to, data }) => ({
    event_no: eventNo,
    kind,
    data,
    by: noticeTraits[kind].by,
    wait: noticeTraits[kind].atOnce ? 0 : GATHERED_FOR,
    sight: noticeTraits[kind].sight,
    here: Object.fromEntries(hearings.map((hears) => [hears, wayFor(kind, hears)])),
    user_id: 'userId' in to ? to.userId : null,
    email: 'email' in to ? to.email.toLowerCase() : '',
    name: 'name' in to ? to.name : '',
  }))
  await client.query(
    `INSERT INTO notice (ticket_number, event_no, kind, user_id, email, name, data, due_at)
     SELECT $1, n.event_no, n.kind, n.user_id, n.email, n.name, n.data, CASE WHEN w.way = 'mail' THEN now() + make_interval(secs => n.wait) END
     FROM jsonb_to_recordset($2::jsonb) AS n(event_no int, kind text, user_id uuid, email text, name text, data jsonb, by text, wait int, sight boolean, here jsonb)
     JOIN ticket t ON t.number = $1
     LEFT JOIN app_user u ON u.id = n.user_id
     LEFT JOIN ticket_hearing h ON h.ticket_number = t.number AND h.user_id = u.id
     CROSS JOIN LATERAL (SELECT coalesce(n.here->>h.hears, u.preferences->'notices'->>n.kind, n.by) AS way) w
     WHERE n.user_id IS NULL OR (u.active AND w.way <> 'none' AND (NOT n.sight OR works_on(u.id, t.department_id, t.place_id)))
     ON CONFLICT DO NOTHING`,
    [ticketNumber, JSON.stringify(rows)],
  )
}
