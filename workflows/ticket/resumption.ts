import { patched, workflowInfo } from '@temporalio/workflow'
import type { Ticket, TicketWorkflowInput } from '../../domain/ticket.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import type { InboxItem } from './inbox.ts'

/**
 * The ticket's last run should still be there, but was cancelled, terminated or lost: the run that
 * takes its place says so in the history. It alone does, whoever started it (somebody's command,
 * `reconcile`, both at once), so there is one line.
 * @param ticket as stored, with something that waits to happen to it.
 * @returns the command that leaves the line, or null where this run takes no other's place.
 */
export function resumption(
  { resume, loss = 'ended' }: TicketWorkflowInput,
  ticket: Ticket,
): InboxItem | null {
  const { continuedFromExecutionRunId, firstExecutionRunId, startTime } = workflowInfo()
  if (!resume || continuedFromExecutionRunId !== undefined) return null
  // Written by this very run, and its worker died before the server heard of it.
  if (Date.parse(ticket.updatedAt) >= startTime.getTime()) return null
  // Runs that began before this stood here leave it to `reconcile`.
  if (!patched('the-run-says-that-it-resumed')) return null
  return {
    name: 'recordResumption',
    command: {
      id: `resumption-${firstExecutionRunId}`,
      actor: SYSTEM,
      payload: { reason: loss },
    },
    quiet: true,
  }
}
