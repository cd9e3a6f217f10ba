import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { Database } from '../../platform/postgres/database.ts'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'
import { NOT_ENDED } from '../../platform/temporal/not-ended.ts'
import { watchedMailboxes } from './watched-mailboxes.ts'

/** The mailbox workflow's single argument, as far as a caller gives it. */
type MailboxWorkflow = (input: { mailboxId: string; address: string }) => Promise<void>

export const mailboxWorkflowId = (mailboxId: string): string => `mailbox-${mailboxId}`

const startOptions = (mailboxId: string, address: string) => ({
  workflowId: mailboxWorkflowId(mailboxId),
  taskQueue: TASK_QUEUE,
  args: [{ mailboxId, address }] as [{ mailboxId: string; address: string }],
  staticSummary: `Mailbox ${address}`,
})

/**
 * Has a mailbox watched: starts its workflow unless it runs.
 * @param address for the Temporal UI.
 */
export async function ensureMailboxWorkflow(
  client: Client,
  mailboxId: string,
  address = mailboxId,
): Promise<void> {
  await client.workflow.start<MailboxWorkflow>('mailboxWorkflow', {
    ...startOptions(mailboxId, address),
    workflowIdConflictPolicy: 'USE_EXISTING',
  })
}

/**
 * Has every mailbox watched that should be: at a worker's start. A watch that runs is begun anew,
 * because it may belong to a process that has just died: waiting for its missing heartbeat would
 * keep mail waiting, too.
 */
export async function ensureMailboxWorkflows(client: Client, db: Database): Promise<void> {
  const watched = await watchedMailboxes(db).select(['id', 'address']).execute()
  await Promise.all(
    watched.map(({ id, address }) =>
      client.workflow.signalWithStart<MailboxWorkflow, []>('mailboxWorkflow', {
        ...startOptions(id, address),
        signal: 'settingsChanged',
      }),
    ),
  )
}

/**
 * @returns mailboxes that are to be watched and whose workflow was ended by hand or is lost, as far
 *   as the server lists those that run.
 */
export async function unwatchedMailboxes(
  client: Client,
  db: Database,
): Promise<{ id: string; address: string }[]> {
  const running = new Set<string>()
  const query = `WorkflowType = 'mailboxWorkflow' AND ${NOT_ENDED}`
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1000 }))
    running.add(workflowId)
  const watched = await watchedMailboxes(db).select(['id', 'address']).orderBy('address').execute()
  return watched.filter(({ id }) => !running.has(mailboxWorkflowId(id)))
}

/**
 * Tells a mailbox's workflow something. A changed or retried mailbox is started when its workflow
 * has ended; a stopped one may be gone.
 */
export async function signalMailbox(
  client: Client,
  mailboxId: string,
  signal: 'settingsChanged' | 'stop' | 'retryMail',
  ...args: string[]
): Promise<void> {
  if (signal !== 'stop') {
    await client.workflow.signalWithStart<MailboxWorkflow, string[]>('mailboxWorkflow', {
      ...startOptions(mailboxId, mailboxId),
      signal,
      signalArgs: args,
    })
    return
  }
  try {
    await client.workflow.getHandle(mailboxWorkflowId(mailboxId)).signal(signal)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}
