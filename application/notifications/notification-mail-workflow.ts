import type { Client } from '@temporalio/client'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'

/** Whose mail it is: an account's id, or the address of somebody without one. */
export type NotificationRecipient = string

type NotificationMailWorkflow = (input: { recipient: NotificationRecipient }) => Promise<void>

export const notificationMailId = (recipient: NotificationRecipient): string =>
  `notification-mail-${recipient}`

const startOptions = (recipient: NotificationRecipient) => ({
  workflowId: notificationMailId(recipient),
  taskQueue: TASK_QUEUE,
  args: [{ recipient }] as [{ recipient: NotificationRecipient }],
  staticSummary: 'Notifications of one person, by mail',
})

/** Has what was written for a person mailed at its time. */
export async function mailNotifications(
  client: Client,
  recipient: NotificationRecipient,
  dueAt: Date,
): Promise<void> {
  await client.workflow.signalWithStart<NotificationMailWorkflow, [string]>(
    'notificationMailWorkflow',
    {
      ...startOptions(recipient),
      signal: 'notificationsWritten',
      signalArgs: [dueAt.toISOString()],
    },
  )
}

/** Has mailed what was left behind. A workflow that is at it already, or waits to, is left alone. */
export async function mailForgottenNotifications(
  client: Client,
  recipient: NotificationRecipient,
): Promise<void> {
  await client.workflow.start<NotificationMailWorkflow>('notificationMailWorkflow', {
    ...startOptions(recipient),
    workflowIdConflictPolicy: 'USE_EXISTING',
  })
}
