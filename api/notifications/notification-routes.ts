import { z } from 'zod'
import { page } from '../../domain/contract.ts'
import {
  notification,
  notificationCount,
  type NotificationItem,
  notificationQuery,
  notificationsRead,
} from '../../domain/notifications/contract.ts'
import { type NotificationKind, notificationTraits } from '../../domain/notifications.ts'
import { visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'

type NotificationRow = Omit<NotificationItem, 'createdAt' | 'readAt'> & {
  created_at: Date
  read_at: Date | null
}

const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])

/** Kinds of which only whoever sees the ticket reads, as it is with their mails. */
const restrictedKinds = (Object.keys(notificationTraits) as NotificationKind[]).filter(
  (kind) => notificationTraits[kind].authorisedOnly,
)
/** The notifications of $1, on `notification n` and `ticket t`. */
const OWN_NOTIFICATIONS =
  'n.user_id = $1 AND (n.kind <> ALL($2::text[]) OR (($3::uuid[] IS NULL OR t.department_id = ANY($3)) AND ($4::uuid[] IS NULL OR t.location_id = ANY($4))))'
const ownNotificationValues = (user: SignedInUser) => [
  user.id,
  restrictedKinds,
  visibleDepartments(user),
  visibleLocations(user),
]

/** One's notifications, newest first. */
export function notificationRoutes(api: Api, { pool }: Dependencies): void {
  api.get(
    '/notifications',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'listNotifications',
        summary: 'What one was notified of',
        description: 'Newest first.',
        querystring: notificationQuery,
        response: answers(200, page(notification)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { cursor, limit, unread = false } = request.query
      const [at = null, id = null] = readCursor(cursor, cursorKeys) ?? []
      const { rows } = await pool.query<NotificationRow>(
        `SELECT n.id, n.kind, n.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", n.data, n.created_at, n.read_at
       FROM notification n JOIN ticket t ON t.number = n.ticket_number
       WHERE ${OWN_NOTIFICATIONS} AND (NOT $5 OR n.read_at IS NULL) AND ($6::timestamptz IS NULL OR (n.created_at, n.id) < ($6, $7::uuid))
       ORDER BY n.created_at DESC, n.id DESC LIMIT $8`,
        [...ownNotificationValues(user), unread, at, id, limit + 1],
      )
      return pageOf(
        rows,
        limit,
        ({ created_at, read_at, ...row }) => ({
          ...row,
          createdAt: created_at.toISOString(),
          readAt: read_at?.toISOString() ?? null,
        }),
        (row) => [row.created_at.toISOString(), row.id],
      )
    },
  )

  api.get(
    '/notifications/count',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'countNotifications',
        summary: 'How many are unread',
        response: answers(200, notificationCount),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const {
        rows: [row],
      } = await pool.query<{ unread: number }>(
        `SELECT count(*)::int AS unread FROM notification n JOIN ticket t ON t.number = n.ticket_number WHERE ${OWN_NOTIFICATIONS} AND n.read_at IS NULL`,
        ownNotificationValues(user),
      )
      return { unread: row?.unread ?? 0 }
    },
  )

  api.post(
    '/notifications/read',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'readNotifications',
        summary: 'Mark as read',
        description: 'Those that are named, those of one ticket, or all.',
        body: notificationsRead,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { ids = null, ticketNumber = null } = request.body
      await pool.query(
        'UPDATE notification SET read_at = now() WHERE user_id = $1 AND read_at IS NULL AND ($2::uuid[] IS NULL OR id = ANY($2)) AND ($3::int IS NULL OR ticket_number = $3)',
        [signedIn(request).id, ids, ticketNumber],
      )
      return reply.code(204).send()
    },
  )
}
