import { z } from 'zod'
import { askedTo } from '../asked.ts'
import { fact, type Fact } from '../events.ts'
import { reject, type Rejection, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { asking } from './asking.ts'
import { delegation, refusedVote, voting } from './deciding.ts'
import { slotsAwaited } from './stages.ts'
import type { Approval } from './state.ts'
import { approver, askingRule, decidedFrom, decision, request } from './vocabulary.ts'

const ref = z.object({ approvalId: z.uuid() })
const roundRef = ref.extend({ round: z.number().int() })
const comment = z.string().trim().max(2000)

/** Approval requests: what people and Guichet may ask. */
export const approvalCommands = {
  askApproval: rule({
    /** `rule`: Guichet asks by itself. Whoever works on the ticket asks in their own name. */
    payload: request.extend({ ...ref.shape, rule: askingRule.optional() }),
    right: 'ticket.work',
    asks: (_, { subject }) => askedTo('askApproval', subject),
    decide: (ticket, { approvalId, rule: byRule, ...asked }, circumstances) => {
      if (!ticket.opened) return notOpened
      if (ticket.approvals.some(({ id }) => id === approvalId)) return []
      return asking(
        ticket,
        asked,
        {
          approvalId,
          purchaseId: null,
          ...(byRule && circumstances.actor.kind === 'system' ? { rule: byRule } : {}),
        },
        circumstances,
      )
    },
  }),

  /**
   * What was asked changes: the votes begin again. An approval that has ended is asked once more,
   * changed or not.
   */
  changeApproval: rule({
    payload: request.partial().extend(ref.shape),
    right: 'ticket.work',
    asks: (ticket, { approvalId, subject }) =>
      askedTo('changeApproval', subject ?? subjectOf(ticket, approvalId)),
    decide: (ticket, { approvalId, ...change }, circumstances) =>
      withApproval(ticket, approvalId, (approval) => {
        if (approval.purchaseId !== null)
          return reject(
            'approval-of-purchase',
            'This approval belongs to a purchase request. Change the purchase request; its approval then starts again by itself.',
          )
        const now = requestOf(approval)
        const next = {
          ...now,
          preview: '',
          ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
        }
        if (
          approval.state === 'waiting' &&
          JSON.stringify({ ...next, preview: '' }) === JSON.stringify({ ...now, preview: '' })
        )
          return []
        return asking(
          ticket,
          next,
          { approvalId, purchaseId: null, ...(approval.rule ? { rule: approval.rule } : {}) },
          circumstances,
        )
      }),
  }),

  /**
   * One person's word. Only that person's own session or personal link can give it: never a mail,
   * and never an operator.
   */
  decideApproval: rule({
    payload: roundRef.extend({
      approver: z.string().max(254),
      decision,
      comment,
      from: decidedFrom,
    }),
    right: 'approval.decide',
    asks: (ticket, { approvalId, decision }) =>
      askedTo(decision === 'approved' ? 'approve' : 'refuse', subjectOf(ticket, approvalId)),
    decide: (ticket, p, circumstances) =>
      withApproval(ticket, p.approvalId, (approval) => voting(approval, p, circumstances)),
    refused: (ticket, p, rejection) => {
      const approval = ticket.approvals.find((a) => a.id === p.approvalId)
      return approval ? refusedVote(approval, p, rejection) : []
    },
  }),

  delegateApproval: rule({
    payload: roundRef.extend({
      from: z.string().max(254),
      to: approver,
      reason: comment,
      sentFrom: decidedFrom.optional(),
    }),
    right: 'approval.decide',
    asks: (ticket, { approvalId, to }) =>
      askedTo('delegateApproval', subjectOf(ticket, approvalId), to.name || to.email),
    decide: (ticket, p, circumstances) =>
      withApproval(ticket, p.approvalId, (approval) => delegation(approval, p, circumstances)),
  }),

  withdrawApproval: rule({
    payload: ref.extend({ reason: comment.default('') }),
    right: 'ticket.work',
    asks: (ticket, { approvalId }) => askedTo('withdrawApproval', subjectOf(ticket, approvalId)),
    decide: (ticket, { approvalId, reason }) =>
      withApproval(ticket, approvalId, (approval) =>
        approval.state === 'waiting'
          ? withdrawal(approval, reason)
          : approval.state === 'withdrawn'
            ? []
            : reject(
                'approval-nothing-to-withdraw',
                `The request “${approval.subject}” has been ${approval.state} already. There is nothing left to withdraw.`,
                { subject: approval.subject, context: approval.state },
              ),
      ),
  }),

  /** The timer before the deadline. */
  remindApproval: rule({
    payload: roundRef.extend({ at: z.string().max(40) }),
    right: 'system',
    decide: (ticket, { approvalId, round, at }) => {
      const approval = waiting(ticket, approvalId, round)
      return approval?.reminders.includes(at)
        ? [fact('approvalReminded', { approvalId, subject: approval.subject, round, at })]
        : []
    },
  }),

  /** The timer at the deadline. */
  escalateApproval: rule({
    payload: roundRef.extend({ deadline: z.string().max(40) }),
    right: 'system',
    decide: (ticket, { approvalId, round, deadline }) => {
      const approval = waiting(ticket, approvalId, round)
      if (!approval || approval.deadline !== deadline || approval.escalatedAt !== null) return []
      const { subject, deputy, stages } = approval
      const asked =
        deputy && !stages.some(({ slots }) => slots.some(({ key }) => key === deputy.key))
          ? deputy
          : null
      return [
        fact('approvalEscalated', {
          approvalId,
          subject,
          round,
          deadline,
          deputy: asked,
          waitingFor: slotsAwaited(approval).map(({ name, email }) => name || email),
        }),
      ]
    },
  }),
} as const

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')

function withApproval(
  ticket: Ticket,
  id: string,
  then: (approval: Approval) => Fact[] | Rejection,
): Fact[] | Rejection {
  if (!ticket.opened) return notOpened
  const approval = ticket.approvals.find((a) => a.id === id)
  return approval
    ? then(approval)
    : reject('approval-unknown', 'There is no such approval on this ticket.')
}

const subjectOf = ({ approvals }: Ticket, id: string): string =>
  approvals.find((approval) => approval.id === id)?.subject ?? ''

const waiting = (ticket: Ticket, id: string, round: number): Approval | undefined =>
  ticket.approvals.find((a) => a.id === id && a.round === round && a.state === 'waiting')

/** @returns the fact that takes a waiting approval back. */
export const withdrawal = ({ id, subject, round }: Approval, reason: string): Fact[] => [
  fact('approvalWithdrawn', { approvalId: id, subject, round, reason }),
]

/**
 * What was asked first: delegates and deputies of an earlier round are not asked again by
 * themselves.
 */
function requestOf({
  subject,
  textId,
  amount,
  furtherAmounts,
  stages,
  deputy,
  deadline,
  remindHoursBefore,
  blocks,
  attachmentIds,
}: Approval): z.infer<typeof request> {
  const asked = stages.map((stage) => ({
    rule: stage.rule,
    approvers: stage.slots
      .filter((s) => s.standsFor === null && !s.deputy)
      .map(({ key, userId, email, name }) => ({ key, userId, email, name })),
  }))
  return {
    subject,
    textId,
    preview: '',
    amount,
    ...(furtherAmounts ? { furtherAmounts } : {}),
    stages: asked,
    deputy,
    deadline,
    remindHoursBefore,
    blocks,
    attachmentIds,
  }
}
