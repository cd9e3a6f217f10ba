import assert from 'node:assert/strict'
import type pg from 'pg'
import { OpenDatabase } from '../../../platform/postgres/database.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import { persistEvents } from '../../../activities/projection/persist.ts'
import type { Workflows } from '../../../api/temporal/workflows.ts'
import { commandAnswers } from '../../../application/tickets/command-answers.statement.ts'
import { refusalTypes } from '../../../domain/events.ts'
import { runStatement } from '../../../platform/postgres/run-statement.ts'
import { carryOutJobs } from './owed-jobs.ts'
import { readCommand } from '../../../domain/command-schema.ts'
import { decideBatch } from '../../../workflows/ticket/decisions.ts'
import type { UntruePremises } from '../../../workflows/ticket/activities.ts'
import { notificationsOf } from '../../../domain/areas.ts'
import { CommandRejectedError } from '../../../application/tickets/command-answers.ts'

/** Every call that the API made for a mailbox. */
export type MailboxCall = [call: 'added' | 'changed' | 'removed' | 'retry', ...ids: string[]]

/**
 * What the ticket workflow does with a command, without Temporal: the same decision, the same
 * projection. For tests of what the API makes of requests; those of the whole way to the workflow
 * are in commands.test.ts.
 */
export function projectedWorkflows(pool: pg.Pool, calls: MailboxCall[] = []): Workflows {
  const db = new OpenDatabase(pool)
  const workflows: Workflows = {
    async execute(facts, name, command) {
      const answerBy = Math.ceil(Date.now() / 1000) + 60
      const read = readCommand(name, { ...command, answerBy })
      if ('code' in read) throw new CommandRejectedError(read.code, read.message)
      const applied = await appliedIn(pool, facts.number, command.id)
      let untrue: UntruePremises = {}
      for (;;) {
        const ticket = await loadTicket(db, facts.number)
        const decisions = decideBatch(
          ticket,
          [{ name, command: read }],
          applied,
          new Date().toISOString(),
          untrue,
        )
        const { events, outcomes } = decisions
        const version = decisions.ticket.version
        if (events.length === 0 && outcomes.length === 0) return { version }
        const outcome = await persistEvents(db, {
          ticket: decisions.ticket,
          basedOn: ticket.version,
          events,
          notifications: notificationsOf({ before: ticket, after: decisions.ticket, events }),
          outcomes,
        })
        if ('unwritable' in outcome)
          throw new CommandRejectedError('command-unwritable', outcome.unwritable)
        const refused = outcomes.find(({ code }) => code !== null)
        if (outcome.written && refused)
          throw new CommandRejectedError(
            refused.code ?? 'command-malformed',
            refused.message,
            refused.values,
          )
        if (outcome.written) return { version }
        if ('untrue' in outcome) untrue = { ...untrue, ...outcome.untrue }
      }
    },
    /** By now the first ticket's workflow would be at its step, and the second one's at its own. */
    async answerTo(number, commandId) {
      for (let pass = 0; pass < 2; pass++) {
        const { failures } = await carryOutJobs(pool, workflows.execute, ['mergeStep'])
        if (failures.length > 0) throw failures[0]
      }
      const [answer] = await runStatement(db, commandAnswers, [[number], [commandId], refusalTypes])
      assert.ok(answer, `ticket ${number} was sent no ${commandId}`)
      if (answer.code !== null)
        throw new CommandRejectedError(
          answer.code,
          answer.message ?? '',
          answer.values ?? undefined,
        )
      return { version: answer.version }
    },
    mailboxAdded: async (id, address) => void calls.push(['added', id, address]),
    mailboxChanged: async (id) => void calls.push(['changed', id]),
    mailboxRemoved: async (id) => void calls.push(['removed', id]),
    retryMail: async (id, mailId) => void calls.push(['retry', id, mailId]),
    slaSettingsChanged: async () => undefined,
  }
  return workflows
}

async function appliedIn(pool: pg.Pool, number: number, id: string): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(
    'SELECT DISTINCT command_id AS id FROM ticket_event WHERE ticket_number = $1 AND command_id = $2',
    [number, id],
  )
  return new Set(rows.map((row) => row.id))
}
