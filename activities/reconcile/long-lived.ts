import type { Client } from '@temporalio/client'
import {
  ensureMailboxWorkflow,
  unwatchedMailboxes,
} from '../../application/mail-in/mailbox-workflow.ts'
import { missingSchedules } from '../../application/schedules.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { ensureSchedule } from '../../platform/temporal/schedule.ts'

/** Has somebody ended, or deleted, what a worker's start sees to: a mailbox's workflow, a schedule? */
export async function lacksLongLived(db: Database, client: Client): Promise<boolean> {
  return (
    (await unwatchedMailboxes(client, db)).length > 0 || (await missingSchedules(client)).length > 0
  )
}

/**
 * Starts again what is to run for as long as it is wanted: the watches of mailboxes, and the
 * schedules. What runs after all is left alone.
 * @returns how many were missing.
 */
export async function ensureLongLived(db: Database, client: Client): Promise<number> {
  const mailboxes = await unwatchedMailboxes(client, db)
  for (const { id, address } of mailboxes) await ensureMailboxWorkflow(client, id, address)
  const schedules = await missingSchedules(client)
  for (const schedule of schedules) await ensureSchedule(client, schedule)
  return mailboxes.length + schedules.length
}
