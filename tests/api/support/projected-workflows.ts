import type pg from 'pg'
import { OpenDatabase } from '../../../platform/postgres/database.ts'
import { loadTicket } from '../../../activities/projection/load-ticket.ts'
import { persistEvents } from '../../../activities/projection/persist.ts'
import type { Workflows } from '../../../api/temporal/workflows.ts'
import type { Command } from '../../../domain/commands.ts'
import { commandSchema } from '../../../domain/command-schema.ts'
import { decide } from '../../../domain/decide.ts'
import { notificationsOf } from '../../../domain/areas.ts'
import { CommandRejectedError } from '../../../application/tickets/ticket-workflow.ts'

/** Every call that the API made for a mailbox. */
export type MailboxCall = [call: 'added' | 'changed' | 'removed' | 'retry', ...ids: string[]]

/**
 * What the ticket workflow does with a command, without Temporal: the same decision, the same
 * projection. For tests of what the API makes of requests; those of the whole way to the workflow
 * are in commands.test.ts.
 */
export function projectedWorkflows(pool: pg.Pool, calls: MailboxCall[] = []): Workflows {
  const db = new OpenDatabase(pool)
  return {
    async execute(facts, name, command) {
      commandSchema(name).parse(command)
      for (;;) {
        const ticket = await loadTicket(db, facts.number)
        const decision = decide(ticket, name, command as Command, new Date().toISOString())
        if (decision.rejection)
          throw new CommandRejectedError(decision.rejection.code, decision.rejection.message)
        if (decision.events.length === 0) return ticket
        const outcome = await persistEvents(db, {
          ticket: decision.ticket,
          basedOn: ticket.version,
          events: decision.events,
          notifications: notificationsOf({
            before: ticket,
            after: decision.ticket,
            events: decision.events,
          }),
        })
        if (outcome.written) return decision.ticket
      }
    },
    mailboxAdded: async (id, address) => void calls.push(['added', id, address]),
    mailboxChanged: async (id) => void calls.push(['changed', id]),
    mailboxRemoved: async (id) => void calls.push(['removed', id]),
    retryMail: async (id, mailId) => void calls.push(['retry', id, mailId]),
    slaSettingsChanged: async () => undefined,
    reach: async () => ({ server: true, workers: true }),
  }
}
