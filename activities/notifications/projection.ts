import type { NotificationRecipient } from '../../application/notifications/notification-mail-workflow.ts'
import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { recordset } from '../../platform/postgres/json.ts'
import {
  notificationLevels,
  type Notification,
  notificationTraits,
  channelFor,
} from '../../domain/notifications.ts'

/** Whose mail a notification goes with: an account's id, or an address without one. */
export const recipientOf = sql<NotificationRecipient>`coalesce(user_id::text, email)`

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
  db: Database,
  ticketNumber: number,
  notifications: readonly Notification[],
): Promise<NotificationsToMail[]> {
  if (notifications.length === 0) return []
  return db
    .with('written', (insert) =>
      insert
        .insertInto('notification')
        .columns([
          'ticket_number',
          'event_no',
          'kind',
          'user_id',
          'email',
          'name',
          'data',
          'due_at',
        ])
        .expression(wanted(db, ticketNumber, notifications))
        .onConflict((conflict) => conflict.doNothing())
        .returning(['user_id', 'email', 'due_at']),
    )
    .selectFrom('written')
    .select((eb) => [recipientOf.as('recipient'), eb.fn.min('due_at').$castTo<Date>().as('dueAt')])
    .where('due_at', 'is not', null)
    .groupBy(recipientOf)
    .execute()
}

/** Those that people want and may have, as rows to be written. */
const wanted = (db: Database, ticketNumber: number, notifications: readonly Notification[]) =>
  db
    .selectFrom(asRecords(notifications))
    .innerJoin('ticket as t', (join) => join.on('t.number', '=', ticketNumber))
    .leftJoin('app_user as u', 'u.id', 'n.user_id')
    .leftJoin('ticket_notification_level as h', (join) =>
      join.onRef('h.ticket_number', '=', 't.number').onRef('h.user_id', '=', 'u.id'),
    )
    .crossJoinLateral(sql<{ way: string }>`(SELECT ${chosenWay} AS way)`.as('w'))
    .select([
      't.number',
      'n.event_no',
      'n.kind',
      'n.user_id',
      'n.email',
      'n.name',
      'n.data',
      sql<Date | null>`CASE WHEN w.way = 'mail' THEN now() + make_interval(secs => n.wait) END`.as(
        'due_at',
      ),
    ])
    .where((e) =>
      e.or([
        e('n.user_id', 'is', null),
        e.and([
          e('u.active', '=', true),
          e('w.way', '<>', 'none'),
          e.or([
            e('n.authorised_only', '=', false),
            sql<boolean>`works_on(u.id, t.department_id, t.location_id)`,
          ]),
        ]),
      ]),
    )

/** Each with what its kind says of how it comes. */
const asRecords = (notifications: readonly Notification[]) =>
  recordset(
    'n',
    notifications.map(({ eventNo, kind, to, data }) => ({
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
    })),
    {
      event_no: 'integer',
      kind: 'text',
      user_id: 'uuid',
      email: 'text',
      name: 'text',
      data: 'jsonb',
      by: 'text',
      wait: 'integer',
      authorised_only: 'boolean',
      here: 'jsonb',
    },
  )

/** As chosen for this ticket, else for all, else as the kind comes by itself. */
const chosenWay = sql<string>`coalesce(n.here->>h.level::text, u.preferences->'notifications'->>n.kind, n.by)`
