import type { Rejection } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { nameOf } from './asking.ts'
import { slotsAwaited } from './stages.ts'
import type { Approval } from './state.ts'

/**
 * Which approval does work wait for? The ticket's resolution waits while one is undecided: a
 * refused request can still be answered with no. A task also stays blocked when its approval was
 * refused: what was refused is not to be done. Withdrawing sets both free.
 * @param taskId the task in question; leave out for the ticket's resolution.
 */
export function blockedByApproval(
  ticket: Pick<Ticket, 'approvals'>,
  taskId?: string,
): Approval | null {
  const holds = ({ state, blocks }: Approval): boolean =>
    taskId === undefined
      ? state === 'waiting' && blocks.resolution
      : (state === 'waiting' || state === 'refused') && blocks.taskIds.includes(taskId)
  return ticket.approvals.find(holds) ?? null
}

/** @returns why the ticket cannot be solved now, or null. */
export function resolutionBlocked(ticket: Pick<Ticket, 'approvals'>): Rejection | null {
  const approval = blockedByApproval(ticket)
  if (!approval) return null
  const names = slotsAwaited(approval).map(nameOf).join(', ')
  return {
    code: 'approval-waiting',
    message: `The approval “${approval.subject}” is not decided yet${names ? ` (waiting for ${names})` : ''}. Wait for it or withdraw it, then solve the ticket.`,
  }
}
