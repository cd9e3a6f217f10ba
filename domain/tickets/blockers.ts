import { firstOf } from '../first-of.ts'
import { z } from 'zod'
import { fact, type Fact } from '../events.ts'
import { reject, type Rejection } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { isEnded, type TicketStatus } from '../vocabulary.ts'

/**
 * An open ticket that says it blocks this one. Other tickets are not in this one's state, so
 * whoever sends the command looks them up.
 */
export const blocker = z.object({
  number: z.number().int(),
  /** Empty: the person does not see it. */ subject: z.string().max(998),
})
export type Blocker = z.infer<typeof blocker>

/**
 * What resolving a ticket comes to while tickets that block it are open: as with required tasks
 * nothing allows it but a reason, which is kept in its history.
 * @returns the fact that goes before the change of status, none when nothing is in the way, or the
 *   rejection `blockers-open`.
 */
export function resolvingDespiteBlockers(
  ticket: Pick<Ticket, 'status'>,
  to: TicketStatus,
  blockers: readonly Blocker[] = [],
  overrideReason = '',
): Fact[] | Rejection {
  if (!isEnded(to) || isEnded(ticket.status) || blockers.length === 0) return []
  const reason = overrideReason.trim()
  const names =
    blockers
      .slice(0, 5)
      .map(({ number, subject }) => (subject ? `#${number} “${subject}”` : `#${number}`))
      .join(', ') + (blockers.length > 5 ? ` and ${blockers.length - 5} more` : '')
  if (reason === '')
    return reject(
      'blockers-open',
      `Tickets that block this one are open: ${names}. Solve them first or remove the link, or resolve the ticket with a reason (overrideReason).`,
      {
        tickets: firstOf(
          blockers.map(({ number, subject }) => `#${number} ${subject}`.trim()),
          5,
        ),
      },
    )
  return [fact('blockersOverridden', { numbers: blockers.map(({ number }) => number), reason })]
}
