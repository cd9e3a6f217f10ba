import type { NotificationRecipient } from '../../application/notifications/notification-mail-workflow.ts'
import type pg from 'pg'
import {
  notificationLevels,
  type Notification,
  notificationTraits,
  channelFor,
} from '../../domain/notifications.ts'

/** Whose mail a notification goes with: an account's id, or an address without one. */
export const RECIPIENT = 'coalesce(user_id::text, email)'

/** To whom something was written that is to be mailed. */
export interface NotificationsToMail {
  recipient: NotificationRecipient
  dueAt: Date
}

/** Notifications that may wait are mailed together with what else comes within this time. Seconds. */
const GATHERED_FOR = 60

/**
 * Writes who is to be told of what: activities/notifications mails it, the page shows it. Once for each
 * event, kind and person. Whether it is mailed, only shown, or not kept at all is each person's own
 * choice: for this ticket (ticket_notification_level), else for all (app_user.preferences). Nobody is told of
 * a ticket that they do not see any more.
 * @returns to whom something is to be mailed, and when.
 */
export async function persistNotifications(
  client: Pick<pg.ClientBase, 'query'>,
  ticketNumber: number,
  notifications: readonly Notification[],
): Promise<NotificationsToMail[]> {
  const rows = notifications.map(({ eventNo, kind, to, data }) => ({
    event_no: eventNo,
    kind,
    data,
    by: notificationTraits[kind].by,
    wait: notificationTraits[kind].atOnce ? 0 : GATHERED_FOR,
    authorised_only: notificationTraits[kind].authorisedOnly,
    here: Object.fromEntries(notificationLevels.map((level) => [level, channelFor(kind, level)])),
    user_id: 'userId' in to ? to.userId : null,
    email: 'email' in to ? to.email.toLowerCase() : '',
    name: 'name' in to ? to.name : '',
  }))
  const { rows: written } = await client.query<NotificationsToMail>(
    `WITH written AS (
     INSERT INTO notification (ticket_number, event_no, kind, user_id, email, name, data, due_at)
     SELECT $1, n.event_no, n.kind, n.user_id, n.email, n.name, n.data, CASE WHEN w.way = 'mail' THEN now() + make_interval(secs => n.wait) END
     FROM jsonb_to_recordset($2::jsonb) AS n(event_no int, kind text, user_id uuid, email text, name text, data jsonb, by text, wait int, authorised_only boolean, here jsonb)
     JOIN ticket t ON t.number = $1
     LEFT JOIN app_user u ON u.id = n.user_id
     LEFT JOIN ticket_notification_level h ON h.ticket_number = t.number AND h.user_id = u.id
     CROSS JOIN LATERAL (SELECT coalesce(n.here->>h.level, u.preferences->'notifications'->>n.kind, n.by) AS way) w
     WHERE n.user_id IS NULL OR (u.active AND w.way <> 'none' AND (NOT n.authorised_only OR works_on(u.id, t.department_id, t.location_id)))
     ON CONFLICT DO NOTHING RETURNING user_id, email, due_at)
     SELECT ${RECIPIENT} AS recipient, min(due_at) AS "dueAt" FROM written WHERE due_at IS NOT NULL GROUP BY 1`,
    [ticketNumber, JSON.stringify(rows)],
  )
  return written
}
