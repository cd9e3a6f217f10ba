import type { z } from 'zod'
import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import type { approvalEvents } from './events.ts'
import { slotOf, withDelegation, withDeputy, withVote } from './stages.ts'
import type { Approval } from './state.ts'

const HOUR = 3_600_000

const changed = (
  ticket: Ticket,
  id: string,
  change: (approval: Approval) => Approval,
): Approval[] =>
  ticket.approvals.map((approval) => (approval.id === id ? change(approval) : approval))

export const approvalFold: Fold<typeof approvalEvents> = {
  approvalAsked: (ticket, data, { at }) => ({ approvals: [...ticket.approvals, begun(data, at)] }),
  approvalRestarted: (ticket, data, { at }) => ({
    approvals: changed(ticket, data.approvalId, () => begun(data, at)),
  }),
  approvalVoted: (ticket, d, { at }) => ({
    approvals: changed(ticket, d.approvalId, (a) => withVote(a, d.approver.key, d.decision, at)),
  }),
  approvalVoteRefused: () => ({}),
  approvalStageReached: (ticket, d) => ({
    approvals: changed(ticket, d.approvalId, (a) => ({ ...a, stage: d.stage })),
  }),
  approvalEnded: (ticket, d, { at }) => ({
    approvals: changed(ticket, d.approvalId, (a) => ({
      ...a,
      state: d.outcome,
      endedAt: at,
      reminders: [],
    })),
  }),
  approvalWithdrawn: (ticket, d, { at }) => ({
    approvals: changed(ticket, d.approvalId, (a) => ({
      ...a,
      state: 'withdrawn',
      endedAt: at,
      reminders: [],
    })),
  }),
  approvalDelegated: (ticket, d) => ({
    approvals: changed(ticket, d.approvalId, (a) => withDelegation(a, d.from.key, d.to)),
  }),
  approvalReminded: (ticket, d) => ({
    approvals: changed(ticket, d.approvalId, (a) => ({
      ...a,
      reminders: a.reminders.filter((time) => time !== d.at),
    })),
  }),
  approvalEscalated: (ticket, d, { at }) => ({
    approvals: changed(ticket, d.approvalId, (a) => ({
      ...(d.deputy ? withDeputy(a, d.deputy) : a),
      escalatedAt: at,
      reminders: [],
    })),
  }),
}

function begun(
  { approvalId, preview: _, stages, ...asked }: z.infer<typeof approvalEvents.approvalAsked>,
  at: string,
): Approval {
  return {
    ...asked,
    id: approvalId,
    askedAt: at,
    state: 'waiting',
    stage: 0,
    escalatedAt: null,
    endedAt: null,
    stages: stages.map(({ rule, approvers }) => ({
      rule,
      slots: approvers.map((person) => slotOf(person)),
    })),
    reminders: remindersFor(asked.deadline, asked.remindHoursBefore, at),
  }
}

/** @returns when to remind, earliest first: never in the past, each time once. */
function remindersFor(
  deadline: string | null,
  hoursBefore: readonly number[],
  now: string,
): string[] {
  if (deadline === null) return []
  const times = hoursBefore
    .map((hours) => Date.parse(deadline) - hours * HOUR)
    .filter((time) => time > Date.parse(now))
  return [...new Set(times)].sort((a, b) => a - b).map((time) => new Date(time).toISOString())
}
