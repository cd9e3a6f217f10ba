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
  events.flatMap((event) =>
    notificationsFor(event, before, after).filter(({ to }) => !isActor(event.actor, to)),
  )

function notificationsFor(event: TicketEvent, before: Ticket, after: Ticket): Notification[] {
  if (!('approvalId' in event.data)) return []
  const id = event.data.approvalId
  // One command per batch is not promised: a later event of the same batch may have ended the
  // approval already.
  const approval = after.approvals.find((a) => a.id === id)
  if (!approval) return []
  const notify = (
    kind: Notification['kind'],
    people: readonly Approver[],
    data: object,
  ): Notification[] =>
    people.map((person) => ({
      eventNo: event.no,
      kind,
      to:
        person.userId === null
          ? { email: person.email, name: person.name }
          : { userId: person.userId },
      data: { ...about(approval, event.at), approver: person.key, ...data },
    }))
  const notifyAskers = (kind: Notification['kind'], data: object): Notification[] =>
    askers(approval, after).map((userId) => ({
      eventNo: event.no,
      kind,
      to: { userId },
      data: { ...about(approval, event.at), ...data },
    }))

  switch (event.type) {
    case 'approvalAsked':
      return notify('approvalAsked', event.data.stages[0]?.approvers ?? [], {
        reason: 'asked',
        preview: event.data.preview,
      })
    case 'approvalRestarted': {
      const known = new Set(
        event.data.stages.flatMap(({ approvers }) => approvers.map(({ key }) => key)),
      )
      const earlier = before.approvals.find((a) => a.id === id)
      return [
        ...notify('approvalAsked', event.data.stages[0]?.approvers ?? [], {
          reason: 'again',
          preview: event.data.preview,
        }),
        ...notify(
          'approvalWithdrawn',
          (earlier ? slotsAsked(earlier) : []).filter(({ key }) => !known.has(key)),
          { reason: '' },
        ),
      ]
    }
    case 'approvalStageReached':
      return notify(
        'approvalAsked',
        (approval.stages[event.data.stage]?.slots ?? []).filter((s) => s.delegatedTo === null),
        { reason: 'next-stage' },
      )
    case 'approvalDelegated':
      return notify('approvalAsked', [event.data.to], {
        reason: 'delegated',
        by: event.data.from.name || event.data.from.email,
      })
    case 'approvalReminded':
      return notify('approvalReminder', slotsAwaited(approval), { overdue: false })
    case 'approvalEscalated':
      return [
        ...notify('approvalAsked', event.data.deputy ? [event.data.deputy] : [], {
          reason: 'deputy',
          waitingFor: event.data.waitingFor,
        }),
        ...notifyAskers('approvalReminder', {
          overdue: true,
          waitingFor: event.data.waitingFor,
          deputy: event.data.deputy?.name ?? '',
        }),
      ]
    case 'approvalEnded':
      return notifyAskers('approvalDecided', { outcome: event.data.outcome, by: event.actor.name })
    case 'approvalVoteRefused':
      return notifyAskers('commandRefused', {
        what: 'vote',
        by: event.data.approver.name || event.data.approver.email,
        decision: event.data.decision,
      })
    case 'approvalWithdrawn': {
      const earlier = before.approvals.find((a) => a.id === id)
      return notify('approvalWithdrawn', earlier ? slotsAsked(earlier) : [], {
        reason: event.data.reason,
      })
    }
    default:
      return []
  }
}

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

const isActor = (actor: Actor, to: Notification['to']): boolean =>
  actor.kind === 'agent'
    ? 'userId' in to && to.userId === actor.id
    : actor.kind === 'correspondent' &&
      'email' in to &&
      to.email.toLowerCase() === actor.email.toLowerCase()
