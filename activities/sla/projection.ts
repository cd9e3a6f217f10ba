import { slaEvents } from '../../domain/sla/events.ts'
import { type AreaWriter, typesOf } from '../projection/area-writer.ts'

/**
 * A ticket that nobody owns concerns everybody who works in its department. What is long past is
 * told to nobody: a rebuilt projection goes through it again.
 */
const NOTIFY_DEPARTMENT = `
INSERT INTO notification (ticket_number, event_no, kind, user_id, data)
SELECT $1, e.no, e.kind, u.id, e.data
FROM jsonb_to_recordset($3::jsonb) AS e(no int, at timestamptz, kind text, data jsonb), user_department d JOIN app_user u ON u.id = d.user_id
WHERE d.department_id = $2 AND u.role = 'agent' AND works_on(u.id, $2, $4) AND coalesce(u.preferences->'notifications'->>e.kind, 'app') <> 'none'
  AND NOT EXISTS (SELECT 1 FROM ticket_notification_level h WHERE h.ticket_number = $1 AND h.user_id = u.id AND h.level <> 'all') AND e.at > now() - interval '1 day' ON CONFLICT DO NOTHING`

/**
 * Brings the rows of this area in line with the ticket and its new events. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistSla: AreaWriter['write'] = async (client, ticket, events) => {
  const unnotified = ticket.owner
    ? []
    : events.flatMap((e) => {
        if (e.type === 'slaTargetNear')
          return [
            {
              no: e.no,
              at: e.at,
              kind: 'slaWarning',
              data: { target: e.data.target, dueAt: e.data.dueAt },
            },
          ]
        if (e.type === 'slaTargetBreached')
          return [
            {
              no: e.no,
              at: e.at,
              kind: 'slaBreached',
              data: { target: e.data.target, dueAt: e.data.dueAt },
            },
          ]
        return []
      })
  if (unnotified.length > 0)
    await client.query(NOTIFY_DEPARTMENT, [
      ticket.number,
      ticket.department.id,
      JSON.stringify(unnotified),
      ticket.location?.id ?? null,
    ])
}

export const slaWriter: AreaWriter = {
  events: typesOf(slaEvents),
  write: persistSla,
  clear: [],
}
