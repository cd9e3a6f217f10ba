import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'
import { nameOf } from './asking.ts'
import { seatsAwaited } from './stages.ts'

/** Reminders and the deadline of every approval that waits. */
export const approvalTimers = (ticket: Ticket): PlannedTimer[] =>
  ticket.status === 'closed' ? [] : ticket.approvals.filter(({ state }) => state === 'waiting').flatMap((approval) => {
    const { id: approvalId, round, deadline, reminders, escalatedAt, deputy } = approval
    const names = seatsAwaited(approval).map(nameOf).join(', ')
    const due: PlannedTimer[] = deadline === null || escalatedAt !== null ? [] : [{
      key: `approval-${approvalId}-${round}-deadline`, at: deadline,
      summary: deputy ? `asks the deputy ${nameOf(deputy)} to decide for ${names}` : `tells the asking agent that ${names} did not decide`,
      command: { name: 'escalateApproval', payload: { approvalId, round, deadline } },
    }]
    return [...due, ...reminders.map((at): PlannedTimer => ({
      key: `approval-${approvalId}-${round}-reminder-${at}`, at, summary: `reminds ${names} of the approval`, command: { name: 'remindApproval', payload: { approvalId, round, at } },
    }))]
  })
