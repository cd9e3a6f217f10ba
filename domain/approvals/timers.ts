import { cut } from '../cut.ts'
import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'
import { nameOf } from './asking.ts'

/**
 * Reminders and the deadline of every approval that waits. Their words name no approver who may
 * have decided or handed on by then: the words of a running timer cannot be changed.
 */
export const approvalTimers = (ticket: Ticket): PlannedTimer[] =>
  ticket.status === 'closed'
    ? []
    : ticket.approvals
        .filter(({ state }) => state === 'waiting')
        .flatMap((approval) => {
          const { id: approvalId, round, deadline, reminders, escalatedAt, deputy } = approval
          const what = `“${cut(approval.subject, 60)}”`
          const due: PlannedTimer[] =
            deadline === null || escalatedAt !== null
              ? []
              : [
                  {
                    key: `approval-${approvalId}-${round}-deadline`,
                    at: deadline,
                    summary: deputy
                      ? `asks also the deputy ${nameOf(deputy)} to decide ${what}`
                      : `tells the asking agent that ${what} was not decided in time`,
                    command: { name: 'escalateApproval', payload: { approvalId, round, deadline } },
                  },
                ]
          return [
            ...due,
            ...reminders.map((at): PlannedTimer => ({
              key: `approval-${approvalId}-${round}-reminder-${at}`,
              at,
              summary: `reminds whoever has not decided ${what}`,
              command: { name: 'remindApproval', payload: { approvalId, round, at } },
            })),
          ]
        })
