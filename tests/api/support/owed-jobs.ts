import type pg from 'pg'
import { OpenDatabase } from '../../../platform/postgres/database.ts'
import { ruleApprovals } from '../../../activities/approvals/rule-approvals.ts'
import { takeSecondStep } from '../../../activities/merging/second-step.ts'
import { settleJobs } from '../../../activities/projection/ticket-jobs.ts'
import { CurrentSlaSettings, slaPlanOf } from '../../../activities/sla/planned-tickets.ts'
import { replanPage } from '../../../activities/sla/replan.ts'
import { waitingReminder } from '../../../activities/sla/waiting-reminders.ts'
import type { Workflows } from '../../../api/temporal/workflows.ts'
import { CommandRejectedError } from '../../../application/tickets/command-answers.ts'
import { type TicketJobKind, ticketJobKinds } from '../../../domain/ticket-jobs.ts'
import type { JobInput, PreparedCommand } from '../../../workflows/ticket/activities.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'

type Execute = Workflows['execute']
type Work = (job: JobInput) => Promise<PreparedCommand[]>

/** @returns what tickets owe and nobody has carried out yet. */
export const owedJobs = async (pool: pg.Pool): Promise<JobInput[]> =>
  (
    await pool.query<JobInput>(
      'SELECT ticket_number AS "ticketNumber", kind, event_no AS "eventNo" FROM ticket_job ORDER BY created_at, ticket_number, event_no',
    )
  ).rows

/**
 * Does with everything that is owed what the tickets' workflows do with it, without Temporal: those
 * of tests/workflows do it with.
 * @param kinds others stay owed.
 * @returns how many jobs were done, and what the others failed with; these stay owed.
 */
export async function carryOutJobs(
  pool: pg.Pool,
  execute: Execute,
  kinds: readonly TicketJobKind[] = ticketJobKinds,
): Promise<{ done: number; failures: unknown[] }> {
  const db = new OpenDatabase(pool)
  const settings = new CurrentSlaSettings(db)
  const context = {
    secretKeys: onlyKey(Buffer.alloc(32, 7)),
    defaultFrom: 'DoNotReply <donotreply@help.example>',
  }
  const works: Record<TicketJobKind, Work> = {
    approvals: (job) => ruleApprovals(db, job),
    slaPlan: (job) => slaPlanOf(db, settings, job),
    reminder: (job) => waitingReminder(db, context, job),
    mergeStep: async (job) => {
      await takeSecondStep({ db, execute }, job)
      return []
    },
  }
  let done = 0
  const failures: unknown[] = []
  for (const job of await owedJobs(pool)) {
    if (!kinds.includes(job.kind)) continue
    try {
      for (const { name, command } of await works[job.kind](job))
        await execute({ number: job.ticketNumber, resume: true }, name, command).catch(
          unlessRefused,
        )
      await settleJobs(db, job.ticketNumber, [job])
      done++
    } catch (error) {
      failures.push(error)
    }
  }
  return { done, failures }
}

/** Puts the SLA settings of now to every open ticket, as the workflow `sla-replan` does. */
export async function replanAll(pool: pg.Pool, execute: Execute): Promise<number> {
  const db = new OpenDatabase(pool)
  const settings = new CurrentSlaSettings(db)
  let planned = 0
  for (let after: number | null = 0; after !== null;) {
    const page: { tickets: number; last: number | null } = await replanPage(
      db,
      settings,
      async (number, command) =>
        void (await execute({ number, resume: true }, 'setSlaPlan', command)),
      after,
    )
    planned += page.tickets
    after = page.last
  }
  return planned
}

const unlessRefused = (error: unknown): void => {
  if (!(error instanceof CommandRejectedError)) throw error
}
