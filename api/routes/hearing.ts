import { ticketParams } from '../../domain/contract/common.ts'
import { ticketHearing, type TicketHearing } from '../../domain/contract/notices.ts'
import { followedKinds } from '../../domain/notices.ts'
import { signedIn } from '../authentication.ts'
import type { Dependencies } from '../dependencies.ts'
import { conflict } from '../problem.ts'
import { type Api, answers } from '../route-schema.ts'
import { seenTicket } from '../ticket-access.ts'
import { inTransaction } from '../../platform/transaction.ts'

/** What one hears of a single ticket: one's own setting, which counts from now on. */
export function hearingRoutes(api: Api, { pool }: Dependencies): void {
  const tags = ['Notices']

  api.get(
    '/tickets/:number/hearing',
    {
      config: { right: 'ticket.read' },
      schema: {
        tags,
        summary: 'What one chose to hear of a ticket',
        params: ticketParams,
        response: answers(200, ticketHearing),
      },
    },
    async (request): Promise<TicketHearing> => {
      const user = signedIn(request)
      const { number } = await seenTicket(pool, user, request.params.number)
      const {
        rows: [row],
      } = await pool.query<TicketHearing>(
        'SELECT hears FROM ticket_hearing WHERE ticket_number = $1 AND user_id = $2',
        [number, user.id],
      )
      return row ?? { hears: null }
    },
  )

  api.put(
    '/tickets/:number/hearing',
    {
      config: { right: 'ticket.read' },
      schema: {
        tags,
        summary: 'Choose what one hears of a ticket',
        params: ticketParams,
        body: ticketHearing,
        response: answers(200, ticketHearing),
        description:
          'For who owns or watches it: everything, answers that arrive, nothing, or null as chosen for all tickets. Also a mail that waits to be sent goes by it. What one is asked or given personally comes nonetheless.',
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number } = await seenTicket(pool, user, request.params.number)
      const { hears } = request.body
      await inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          'SELECT 1 FROM ticket t WHERE t.number = $1 AND (t.owner_id = $2 OR EXISTS (SELECT 1 FROM ticket_watcher w WHERE w.ticket_number = t.number AND w.user_id = $2))',
          [number, user.id],
        )
        if (!rowCount && hears !== null)
          throw conflict(
            'ticket-not-followed',
            'You neither own nor watch this ticket, so you hear nothing of it. Watch it first.',
          )
        if (hears === null)
          await client.query(
            'DELETE FROM ticket_hearing WHERE ticket_number = $1 AND user_id = $2',
            [number, user.id],
          )
        else
          await client.query(
            'INSERT INTO ticket_hearing (ticket_number, user_id, hears) VALUES ($1, $2, $3) ON CONFLICT (ticket_number, user_id) DO UPDATE SET hears = EXCLUDED.hears',
            [number, user.id, hears],
          )
        // What waits to go with others is not mailed any more; it stays on the page, where it was
        // told already.
        await client.query(
          'UPDATE notice SET due_at = NULL WHERE ticket_number = $1 AND user_id = $2 AND mailed_at IS NULL AND kind = ANY($3)',
          [number, user.id, hears === null ? [] : followedKinds(hears, 'none')],
        )
      })
      return { hears }
    },
  )
}
