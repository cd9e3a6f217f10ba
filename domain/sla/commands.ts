import { z } from 'zod'
import { askedTo, askedToSet } from '../asked.ts'
import { outgoing } from '../conversation/outgoing-message.ts'
import { fact, type Fact } from '../events.ts'
import { reject, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { isEnded, priority as priorities, type Priority } from '../vocabulary.ts'
import { targetClocks } from './target-clocks.ts'
import { slaPlan, targetName } from './plan.ts'
import { nextWaitingStep } from './waiting.ts'

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')
const iso = z.iso.datetime()

/**
 * Service levels, waiting for the requester and snooze: what people and Guichet may ask.
 */
export const slaCommands = {
  /** The settings have changed, or the ticket is new: it goes by these from now on. */
  setSlaPlan: rule({
    payload: z.object({ plan: slaPlan.nullable() }),
    right: 'system',
    decide: (ticket, { plan }) => {
      if (!ticket.opened) return notOpened
      return JSON.stringify(plan) === JSON.stringify(ticket.slaPlan)
        ? []
        : [fact('slaPlanSet', { plan })]
    },
  }),
  warnOfTarget: rule({
    payload: z.object({ target: targetName, warnAt: iso, dueAt: iso }),
    right: 'system',
    decide: (ticket, p, { now }) => {
      if (!ticket.opened) return notOpened
      // One that comes when the target is breached already says nothing new.
      return isAwaited(ticket, p.target, p.dueAt) && now < p.dueAt ? [fact('slaTargetNear', p)] : []
    },
  }),
  breachTarget: rule({
    payload: z.object({ target: targetName, dueAt: iso }),
    right: 'system',
    decide: (ticket, p) => {
      if (!ticket.opened) return notOpened
      return isAwaited(ticket, p.target, p.dueAt)
        ? [fact('slaTargetBreached', p), ...escalated(ticket)]
        : []
    },
  }),
  /** The next step of waiting is due: the mail is written afterwards, from the event. */
  remindRequester: rule({
    payload: z.object({
      kind: z.enum(['reminder', 'closing']),
      step: z.number().int().min(0),
      since: iso,
    }),
    right: 'system',
    decide: (ticket, p) => {
      if (!ticket.opened) return notOpened
      const next = nextWaitingStep(ticket)
      if (
        !next ||
        next.kind !== p.kind ||
        next.step !== p.step ||
        ticket.waiting?.since !== p.since
      )
        return []
      const closesAt = closingTime(ticket)
      return [
        fact('reminderDue', { ...p, closesAt }),
        ...(p.kind === 'closing'
          ? [fact('statusChanged', { from: ticket.status, to: 'closed', reason: 'timer' })]
          : []),
      ]
    },
  }),
  /** The mail of a step is written and leaves, unless the requester has answered meanwhile. */
  queueReminder: rule({
    payload: outgoing.extend({ kind: z.enum(['reminder', 'closing']), since: iso }),
    right: 'system',
    decide: (ticket, { kind, since, ...message }) => {
      if (!ticket.opened) return notOpened
      const stillMeant =
        kind === 'reminder'
          ? ticket.status === 'waiting' && ticket.waiting?.since === since
          : ticket.status === 'closed'
      return stillMeant ? [fact('messageQueued', { ...message, kind: 'reminder' })] : []
    },
  }),
  cancelReminders: rule({
    payload: z.object({}),
    right: 'ticket.work',
    asks: () => askedTo('cancelReminders'),
    decide: (ticket) => {
      if (!ticket.opened) return notOpened
      return ticket.waiting && nextWaitingStep(ticket)
        ? [fact('remindersCancelled', { since: ticket.waiting.since })]
        : []
    },
  }),
  /**
   * Out of the open views until a time, or until somebody answers when there is none. An answer
   * always ends it.
   */
  snooze: rule({
    payload: z.object({ until: iso.nullable() }),
    right: 'ticket.work',
    asks: (_, { until }) => askedToSet('snoozeUntil', 'snooze', until),
    decide: (ticket, { until }, { now }) => {
      if (!ticket.opened) return notOpened
      if (isEnded(ticket.status))
        return reject(
          'snooze-ended-ticket',
          'A solved or closed ticket is in no open view: there is nothing to snooze.',
        )
      if (until !== null && until <= now)
        return reject('snooze-in-the-past', 'Choose a time in the future.')
      return ticket.snooze && ticket.snooze.until === until
        ? []
        : [fact('ticketSnoozed', { until })]
    },
  }),
  unsnooze: rule({
    payload: z.object({}),
    right: 'ticket.work',
    asks: () => askedTo('unsnooze'),
    decide: (ticket) => {
      if (!ticket.opened) return notOpened
      return ticket.snooze ? [fact('snoozeEnded', { reason: 'agent' })] : []
    },
  }),
  endSnooze: rule({
    payload: z.object({ until: iso }),
    right: 'system',
    decide: (ticket, { until }) => {
      if (!ticket.opened) return notOpened
      return ticket.snooze?.until === until ? [fact('snoozeEnded', { reason: 'time' })] : []
    },
  }),
} as const

/** A timer that was set for a plan, a status or a priority of before changes nothing. */
const isAwaited = (ticket: Ticket, target: z.infer<typeof targetName>, dueAt: string): boolean =>
  !isEnded(ticket.status) &&
  targetClocks(ticket).some((c) => c.target === target && c.metAt === null && c.dueAt === dueAt)

/**
 * What the rule wants done when a target is breached: never a lower priority, and nothing that is so
 * already.
 */
function escalated(ticket: Ticket): Fact[] {
  const clock = targetClocks(ticket)[0]
  const { escalatePriority = null, escalateOwner = null } = clock?.rule ?? {}
  return [
    ...(escalatePriority && rank(escalatePriority) > rank(ticket.priority)
      ? [fact('priorityChanged', { from: ticket.priority, to: escalatePriority })]
      : []),
    ...(escalateOwner && escalateOwner.id !== ticket.owner?.id
      ? [fact('ownerChanged', { from: ticket.owner, to: escalateOwner })]
      : []),
  ]
}

const rank = (p: Priority): number => priorities.options.indexOf(p)

function closingTime(ticket: Ticket): string | null {
  const policy = ticket.slaPlan?.waiting.find((w) => w.departmentId === ticket.department.id)
  return policy?.closeAfter && ticket.waiting
    ? new Date(Date.parse(ticket.waiting.since) + policy.closeAfter * 60_000).toISOString()
    : null
}
