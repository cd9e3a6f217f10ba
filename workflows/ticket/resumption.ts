import {
  ActivityFailure,
  isCancellation,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { Ticket, TicketWorkflowInput } from '../../domain/ticket.ts'
import { SYSTEM, type WorkflowLoss } from '../../domain/vocabulary.ts'
import type { RunActivities } from './activities.ts'
import type { InboxItem } from './inbox.ts'

const { lossOfRunBefore } = proxyLocalActivities<RunActivities>({
  startToCloseTimeout: '5 seconds',
  // The line waits for it, and with it whatever came after the command that started this run.
  retry: { initialInterval: '500 milliseconds', maximumAttempts: 3 },
})

/**
 * The ticket's last run should still be there, but was cancelled, terminated or lost: the run that
 * takes its place says so in the history. It alone does, whoever started it (somebody's command,
 * `reconcile`, both at once), so there is one line.
 * @param ticket as stored, with something that waits to happen to it.
 * @returns the command that leaves the line, or null where this run takes no other's place.
 */
export async function resumption(
  { number, resume, loss }: TicketWorkflowInput,
  ticket: Ticket,
): Promise<InboxItem | null> {
  const { continuedFromExecutionRunId, firstExecutionRunId, startTime } = workflowInfo()
  if (!resume || continuedFromExecutionRunId !== undefined) return null
  // Written by this very run, and its worker died before the server heard of it.
  if (Date.parse(ticket.updatedAt) >= startTime.getTime()) return null
  return {
    name: 'recordResumption',
    command: {
      id: `resumption-${firstExecutionRunId}`,
      actor: SYSTEM,
      payload: { reason: loss ?? (await lossBefore(number)) },
    },
    quiet: true,
  }
}

/** Where whoever started this run did not look: somebody's command was quicker than `reconcile`. */
async function lossBefore(number: number): Promise<WorkflowLoss> {
  try {
    return await lossOfRunBefore.executeWithOptions({ summary: 'how the run before has ended' }, [
      number,
    ])
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error
    return 'ended'
  }
}
