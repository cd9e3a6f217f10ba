import type { Client } from '@temporalio/client'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'

/** The workflow's single argument, as far as a caller gives it. */
type ReconcileWorkflow = (input: { atStart: boolean }) => Promise<unknown>

/**
 * Has looked for what a process that died left behind, without waiting for the next minute: at a
 * worker's start. A run of its own: one that died with the worker before must not be waited for.
 */
export async function reconcileAtStart(client: Client): Promise<void> {
  await client.workflow.start<ReconcileWorkflow>('reconcileWorkflow', {
    workflowId: `reconcile-at-start-${new Date().toISOString()}`,
    taskQueue: TASK_QUEUE,
    args: [{ atStart: true }],
    staticSummary: 'What a crash left behind, at a worker’s start',
  })
}
