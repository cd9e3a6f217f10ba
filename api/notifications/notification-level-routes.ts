import { ticketParams } from '../../domain/contract.ts'
import {
  ticketNotificationLevel,
  type TicketNotificationLevel,
} from '../../domain/notifications/contract.ts'
import { followedKinds } from '../../domain/notifications.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { authorisedTicket } from '../access/ticket-access.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

/** What one is notified of on a single ticket: one's own setting, which counts from now on. */
export function notificationLevelRoutes(api: Api, { db, pool }: Dependencies): void {
  api.get(
    '/tickets/:number/notification-level',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getNotificationLevel',
        summary: 'What one chose to be notified of on a ticket',
        params: ticketParams,
        response: answers(200, ticketNotificationLevel),
      },
    },
    async (request): Promise<TicketNotificationLevel> => {
      const user = signedIn(request)
      const { number } = await authorisedTicket(db, user, request.params.number)
      const {
        rows: [row],
      } = await pool.query<TicketNotificationLevel>(
        'SELECT level FROM ticket_notification_level WHERE ticket_number = $1 AND user_id = $2',
        [number, user.id],
      )
      return row ?? { level: null }
    },
  )

  api.put(
    '/tickets/:number/notification-level',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'setNotificationLevel',
        summary: 'Choose what one is notified of on a ticket',
        params: ticketParams,
        body: ticketNotificationLevel,
        response: answers(200, ticketNotificationLevel),
        description:
          'For who owns or watches it: everything, answers that arrive, nothing, or null as chosen for all tickets. Also a mail that waits to be sent goes by it. What one is asked or given personally comes nonetheless.',
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number } = await authorisedTicket(db, user, request.params.number)
      const { level } = request.body
      await inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          'SELECT 1 FROM ticket t WHERE t.number = $1 AND (t.owner_id = $2 OR EXISTS (SELECT 1 FROM ticket_watcher w WHERE w.ticket_number = t.number AND w.user_id = $2))',
          [number, user.id],
        )
        if (!rowCount && level !== null)
          throw conflict(
            'ticket-not-followed',
            'You neither own nor watch this ticket, so you hear nothing of it. Watch it first.',
          )
        if (level === null)
          await client.query(
            'DELETE FROM ticket_notification_level WHERE ticket_number = $1 AND user_id = $2',
            [number, user.id],
          )
        else
          await client.query(
            'INSERT INTO ticket_notification_level (ticket_number, user_id, level) VALUES ($1, $2, $3) ON CONFLICT (ticket_number, user_id) DO UPDATE SET level = EXCLUDED.level',
            [number, user.id, level],
          )
        // What waits to go with others is not mailed any more; it stays on the page, where it was
        // told already.
        await client.query(
          'UPDATE notification SET due_at = NULL WHERE ticket_number = $1 AND user_id = $2 AND mailed_at IS NULL AND kind = ANY($3)',
          [number, user.id, level === null ? [] : followedKinds(level, 'none')],
        )
      })
      return { level }
    },
  )
}
