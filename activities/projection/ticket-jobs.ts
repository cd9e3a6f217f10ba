import { sql } from 'kysely'
import type { TicketJob } from '../../domain/ticket-jobs.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { recordset } from '../../platform/postgres/json.ts'

/** @returns what a ticket owes: written with its events, and not yet decided about. */
export const owedJobs = (db: Database, ticketNumber: number): Promise<TicketJob[]> =>
  db
    .selectFrom('ticket_job')
    .select(['kind', 'event_no as eventNo'])
    .where('ticket_number', '=', ticketNumber)
    .orderBy('event_no')
    .orderBy('kind')
    .execute()

/**
 * Takes away jobs whose commands are decided, and of a reminder that was not to leave any more the
 * mail that nobody will see.
 */
export async function settleJobs(
  db: Database,
  ticketNumber: number,
  jobs: readonly TicketJob[],
): Promise<void> {
  if (jobs.length === 0) return
  const done = recordset(
    'done',
    jobs.map(({ kind, eventNo }) => ({ kind, event_no: eventNo })),
    { kind: '"TicketJobKind"', event_no: 'integer' },
  )
  await db
    .with('gone', (qb) =>
      qb
        .deleteFrom('ticket_job')
        .using(done)
        .where('ticket_number', '=', ticketNumber)
        .whereRef('ticket_job.kind', '=', 'done.kind')
        .whereRef('ticket_job.event_no', '=', 'done.event_no')
        .returning('command'),
    )
    .with('unsent', (qb) =>
      qb
        .deleteFrom('message')
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('gone')
            .select(sql<string>`(command->>'messageId')::uuid`.as('id'))
            .where('command', 'is not', null),
        )
        .where('event_no', 'is', null)
        .returning('id'),
    )
    .deleteFrom('message_reference')
    .where('message_id', 'in', (eb) => eb.selectFrom('unsent').select('unsent.id'))
    .execute()
}
