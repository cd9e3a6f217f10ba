import type { Client } from '@temporalio/client'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'

/** The workflow's single argument, as far as a caller gives it. */
type SlaReplanWorkflow = (input?: { renew?: boolean }) => Promise<void>

export const SLA_REPLAN = 'sla-replan'

/** Has the settings of now put to every ticket that is not closed; one that is at it begins anew. */
export async function replanByNewSettings(client: Client): Promise<void> {
  await client.workflow.signalWithStart<SlaReplanWorkflow, []>('slaReplanWorkflow', {
    workflowId: SLA_REPLAN,
    taskQueue: TASK_QUEUE,
    args: [],
    staticSummary: 'Changed service levels reach the tickets',
    signal: 'slaSettingsChanged',
    signalArgs: [],
  })
}
