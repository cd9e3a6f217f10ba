import type { TicketEvent } from '../events.ts'
import type { Notification, TicketTransition } from '../notifications.ts'
import type { Ticket } from '../ticket.ts'
import type { Actor } from '../vocabulary.ts'
import { linkExpires } from './personal-links.ts'
import { slotsAsked, slotsAwaited } from './stages.ts'
import type { Approval } from './state.ts'
import type { Approver } from './vocabulary.ts'

/** Approvers are told when it is their turn, the asking agent and the owner of what came of it. */
export const approvalNotifications = ({
  before,
  after,
  events,
}: TicketTransition): Notification[] =>
  events.flatMap((event) => [
    ...notificationsFor(event, before, after).filter(({ to }) => !isActor(event.actor, to)),
    ...toLateVoter(event),
  ])

/** The one thing that people are told of although they did it: that it does not count. */
function toLateVoter(event: TicketEvent): Notification[] {
  if (event.type !== 'approvalVoteRefused') return []
  const { approvalId, approver, subject, decision, code, message, values } = event.data
  return [
    {
      eventNo: event.no,
      kind: 'voteRefused',
      to: recipientOf(approver),
      data: {
        approvalId,
        subject,
        decision,
        code,
        message,
        commandId: event.commandId,
        ...(values ? { values } : {}),
      },
      unlessHeard: event.commandId,
    },
  ]
}

function notificationsFor(event: TicketEvent, before: Ticket, after: Ticket): Notification[] {
  if (!('approvalId' in event.data)) return []
  const id = event.data.approvalId
  // One command per batch is not promised: a later event of the same batch may have ended the
  // approval already.
  const approval = after.approvals.find((a) => a.id === id)
  if (!approval) return []
  const earlier = before.approvals.find((a) => a.id === id)
  return [
    ...toApprovers(event, approval, earlier).flatMap(({ kind, people, data }) =>
      people.map((person) => ({
        eventNo: event.no,
        kind,
        to: recipientOf(person),
        data: { ...about(approval, event.at), approver: person.key, ...data },
      })),
    ),
    ...toAskers(event).flatMap(({ kind, data }) =>
      askers(approval, after).map((userId) => ({
        eventNo: event.no,
        kind,
        to: { userId },
        data: { ...about(approval, event.at), ...data },
      })),
    ),
  ]
}

interface Told {
  kind: Notification['kind']
  data: object
}

/** Whose decision is asked for, or not any more. */
function toApprovers(
  event: TicketEvent,
  approval: Approval,
  earlier: Approval | undefined,
): (Told & { people: readonly Approver[] })[] {
  const asks = (people: readonly Approver[], reason: string, data: object = {}) => ({
    kind: 'approvalAsked' as const,
    people,
    data: { reason, ...data },
  })
  const leaves = (data: object, stays: (approver: Approver) => boolean = () => false) => ({
    kind: 'approvalWithdrawn' as const,
    people: (earlier ? slotsAsked(earlier) : []).filter((slot) => !stays(slot)),
    data,
  })
  switch (event.type) {
    case 'approvalAsked': {
      const { stages, preview } = event.data
      return [asks(stages[0]?.approvers ?? [], 'asked', { preview })]
    }
    case 'approvalRestarted': {
      const { stages, preview } = event.data
      const known = new Set(stages.flatMap(({ approvers }) => approvers.map(({ key }) => key)))
      return [
        asks(stages[0]?.approvers ?? [], 'again', { preview }),
        leaves({ askedOthers: true }, ({ key }) => known.has(key)),
      ]
    }
    case 'approvalStageReached': {
      const slots = approval.stages[event.data.stage]?.slots ?? []
      return [
        asks(
          slots.filter((slot) => slot.delegatedTo === null),
          'next-stage',
        ),
      ]
    }
    case 'approvalDelegated': {
      const { to, from } = event.data
      return [asks([to], 'delegated', { by: from.name || from.email })]
    }
    case 'approvalEscalated': {
      const { deputy, waitingFor } = event.data
      return [asks(deputy ? [deputy] : [], 'deputy', { waitingFor })]
    }
    case 'approvalReminded':
      return [
        { kind: 'approvalReminder', people: slotsAwaited(approval), data: { overdue: false } },
      ]
    case 'approvalWithdrawn':
      return [leaves({ reason: event.data.reason })]
    default:
      return []
  }
}

/** What came of it, for whoever asked and for the ticket's owner. */
function toAskers(event: TicketEvent): Told[] {
  switch (event.type) {
    case 'approvalEscalated': {
      const { deputy, waitingFor } = event.data
      return [
        {
          kind: 'approvalReminder',
          data: { overdue: true, waitingFor, deputy: deputy?.name ?? '' },
        },
      ]
    }
    case 'approvalEnded':
      return [
        {
          kind: 'approvalDecided',
          data: { outcome: event.data.outcome, by: nameOfActor(event.actor) },
        },
      ]
    case 'approvalVoteRefused': {
      const { approver, decision } = event.data
      return [
        {
          kind: 'commandRefused',
          data: { what: 'vote', by: approver.name || approver.email, decision },
        },
      ]
    }
    default:
      return []
  }
}

const recipientOf = ({ userId, email, name }: Approver): Notification['to'] =>
  userId === null ? { email, name } : { userId }

const about = (approval: Approval, at: string) => ({
  approvalId: approval.id,
  round: approval.round,
  subject: approval.subject,
  amount: approval.amount,
  ...(approval.furtherAmounts ? { furtherAmounts: approval.furtherAmounts } : {}),
  deadline: approval.deadline,
  askedBy: approval.askedBy.name,
  ...(approval.rule ? { rule: approval.rule.name } : {}),
  expires: linkExpires(approval, at),
})

const askers = ({ askedBy }: Approval, { owner }: Ticket): string[] =>
  [...new Set([askedBy.id, owner?.id ?? null])].filter((id) => id !== null)

/** An approver without an account may have no name: their address then says who it was. */
const nameOfActor = (actor: Actor): string =>
  'email' in actor ? actor.name || actor.email : actor.name

const isActor = (actor: Actor, to: Notification['to']): boolean =>
  actor.kind === 'agent'
    ? 'userId' in to && to.userId === actor.id
    : actor.kind === 'correspondent' &&
      'email' in to &&
      to.email.toLowerCase() === actor.email.toLowerCase()
