import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import { page } from '../../domain/contract.ts'
import {
  notification,
  notificationCount,
  notificationQuery,
  notificationsRead,
} from '../../domain/notifications/contract.ts'
import { type NotificationKind, notificationTraits } from '../../domain/notifications.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { ifSeen, seesTicket } from '../access/visible-tickets.ts'
import { isAfter, timeCursor } from '../http/time-cursor.ts'

/** Kinds of which only whoever sees the ticket reads, as it is with their mails. */
const restrictedKinds = (Object.keys(notificationTraits) as NotificationKind[]).filter(
  (kind) => notificationTraits[kind].authorisedOnly,
)
/** Whether the notification `n` of the ticket `t` is one of theirs. */
function isTheirs(user: SignedInUser): Expression<SqlBool> {
  const eb = expressionBuilder<{ n: DB['notification'] }, 'n'>()
  return eb.and([
    eb('n.user_id', '=', user.id),
    eb.or([eb.not(eb('n.kind', '=', anyOf(restrictedKinds, 'text'))), seesTicket(user)]),
  ])
}

/** One's notifications, newest first. */
export function notificationRoutes(api: Api, { db }: Dependencies): void {
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
      const after = readCursor(cursor, timeCursor)
      const rows = await db
        .selectFrom('notification as n')
        .innerJoin('ticket as t', 't.number', 'n.ticket_number')
        .select((eb) => [
          'n.id',
          'n.kind',
          'n.ticket_number as ticketNumber',
          // An approval asks people who do not see the ticket, and some see it no more.
          ifSeen(user, eb.ref('t.subject')).as('ticketSubject'),
          'n.data',
          'n.created_at as createdAt',
          'n.read_at as readAt',
        ])
        .where(isTheirs(user))
        .$if(unread, (query) => query.where('n.read_at', 'is', null))
        .where((eb) => isAfter(eb, ['n.created_at', 'n.id'], '<', after))
        .orderBy('n.created_at', 'desc')
        .orderBy('n.id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(
        rows,
        limit,
        ({ createdAt, readAt, ...row }) => ({
          ...row,
          createdAt: createdAt.toISOString(),
          readAt: readAt?.toISOString() ?? null,
        }),
        (row) => [row.createdAt.toISOString(), row.id],
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
        description:
          'Among those that one may still see. For a badge: cheap to ask often, with the ETag.',
        response: answers(200, notificationCount),
      },
    },
    async (request) => {
      const { unread } = await db
        .selectFrom('notification as n')
        .innerJoin('ticket as t', 't.number', 'n.ticket_number')
        .select(sql<number>`count(*)::int`.as('unread'))
        .where(isTheirs(signedIn(request)))
        .where('n.read_at', 'is', null)
        .executeTakeFirstOrThrow()
      return { unread }
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
      const { ids, ticketNumber } = request.body
      await db
        .updateTable('notification')
        .set({ read_at: sql<Date>`now()` })
        .where('user_id', '=', signedIn(request).id)
        .where('read_at', 'is', null)
        .$if(ids !== undefined, (query) => query.where('id', '=', anyOf(ids!, 'uuid')))
        .$if(ticketNumber !== undefined, (query) =>
          query.where('ticket_number', '=', ticketNumber!),
        )
        .execute()
      return reply.code(204).send()
    },
  )
}
