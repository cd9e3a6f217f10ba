import { ticketParams } from '../../domain/contract.ts'
import {
  ticketNotificationLevel,
  type TicketNotificationLevel,
} from '../../domain/notifications/contract.ts'
import { followedKinds } from '../../domain/notifications.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { requestedTicket } from '../access/ticket-access.ts'

/** What one is notified of on a single ticket: one's own setting, which counts from now on. */
export function notificationLevelRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/tickets/:number/notification-level',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getNotificationLevel',
        summary: 'What one chose to be notified of on a ticket',
        description: 'Null: nothing was chosen, and one’s preferences hold.',
        params: ticketParams,
        response: answers(200, ticketNotificationLevel),
      },
    },
    async (request): Promise<TicketNotificationLevel> => {
      const { user, ticket } = await requestedTicket(db, request)
      const row = await db
        .selectFrom('ticket_notification_level')
        .select('level')
        .where('ticket_number', '=', ticket.number)
        .where('user_id', '=', user.id)
        .executeTakeFirst()
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
      const { user, ticket } = await requestedTicket(db, request)
      const { level } = request.body
      await db.transaction().execute(async (transaction) => {
        const followed = await transaction
          .selectFrom('ticket as t')
          .select('t.number')
          .where('t.number', '=', ticket.number)
          .where((eb) =>
            eb.or([
              eb('t.owner_id', '=', user.id),
              eb.exists(
                eb
                  .selectFrom('ticket_watcher as w')
                  .select('w.user_id')
                  .whereRef('w.ticket_number', '=', 't.number')
                  .where('w.user_id', '=', user.id),
              ),
            ]),
          )
          .executeTakeFirst()
        if (!followed && level !== null)
          throw conflict(
            'ticket-not-followed',
            'You neither own nor watch this ticket, so you hear nothing of it. Watch it first.',
          )
        if (level === null)
          await transaction
            .deleteFrom('ticket_notification_level')
            .where('ticket_number', '=', ticket.number)
            .where('user_id', '=', user.id)
            .execute()
        else
          await transaction
            .insertInto('ticket_notification_level')
            .values({ ticket_number: ticket.number, user_id: user.id, level })
            .onConflict((conflicting) =>
              conflicting.columns(['ticket_number', 'user_id']).doUpdateSet({ level }),
            )
            .execute()
        // What waits to go with others is not mailed any more; it stays on the page, where it was
        // told already.
        await transaction
          .updateTable('notification')
          .set({ due_at: null })
          .where('ticket_number', '=', ticket.number)
          .where('user_id', '=', user.id)
          .where('mailed_at', 'is', null)
          .where('kind', '=', anyOf(level === null ? [] : followedKinds(level, 'none'), 'text'))
          .execute()
      })
      return { level }
    },
  )
}
