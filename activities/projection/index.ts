import type { Database } from '../../platform/postgres/database.ts'
import type { ProjectionActivities } from '../../workflows/ticket/activities.ts'
import type { NotificationsToMail } from '../notifications/projection.ts'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { unheardRefusals } from './answers.ts'
import { persistEvents } from './persist.ts'
import { owedJobs, settleJobs } from './ticket-jobs.ts'
import { keepUnwritten } from './unwritten-commands.ts'

/**
 * The projection's activities, bound to a database.
 * @param toMail told for whom notifications were written that are to be mailed; nobody waits for it.
 */
export const projectionActivities = (
  db: Database,
  toMail: (written: readonly NotificationsToMail[]) => void = () => undefined,
): ProjectionActivities => ({
  async persistEvents(batch) {
    const { toMail: written = [], ...outcome } = await persistEvents(db, batch)
    if (written.length > 0) toMail(written)
    if (!outcome.written) return outcome
    const unheard = unheardRefusals(batch.outcomes ?? [], batch.events)
    if (unheard.length > 0) return { ...outcome, unheard }
    return outcome.owed ? outcome : undefined
  },
  async loadTicket(number) {
    const ticket = await loadTicket(db, number)
    return { ticket, owed: ticket.opened ? await owedJobs(db, number) : [] }
  },
  keepUnwritten: (unwritten) => keepUnwritten(db, unwritten),
  settleJobs: ({ ticketNumber, jobs }) => settleJobs(db, ticketNumber, jobs),
})
