import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import type { serviceEvents } from './events.ts'
import type { TargetName } from './plan.ts'
import type { TargetMarks } from './state.ts'

export const serviceFold: Fold<typeof serviceEvents> = {
  serviceLevelSet: (ticket, { plan }, { at }) => ({
    servicePlan: plan,
    // A ticket from before there were service levels: its time counts from here, and what was
    // answered counts as answered.
    ...(ticket.serviceFrom === null
      ? { serviceFrom: at, firstResponse: ticket.status === 'new' ? null : { at, messageId: '' } }
      : {}),
  }),
  serviceTargetNear: (ticket, { target, warnAt }, { at }) =>
    marked(ticket, target, { warned: later(at, warnAt) }),
  serviceTargetMissed: (ticket, { target, dueAt }, { at }) =>
    marked(ticket, target, { missed: later(at, dueAt) }),
  reminderDue: (ticket, { kind, step }) =>
    ticket.waiting && kind === 'reminder'
      ? { waiting: { ...ticket.waiting, reminded: step + 1 } }
      : {},
  remindersCancelled: (ticket) =>
    ticket.waiting ? { waiting: { ...ticket.waiting, cancelled: true } } : {},
  ticketSnoozed: (_ticket, { until }, { actor }) => ({
    snooze: { until, by: actor.kind === 'agent' ? { id: actor.id, name: actor.name } : null },
  }),
  snoozeEnded: () => ({ snooze: null }),
  impactChanged: (_ticket, { impact, urgency }) => ({ impact, urgency }),
  tagsChanged: (_ticket, { to }) => ({ tags: to }),
  fieldChanged: (ticket, { fieldId, to }) => {
    const { [fieldId]: _before, ...others } = ticket.fields
    return { fields: to === null ? others : { ...others, [fieldId]: to } }
  },
}

const marked = (
  ticket: Ticket,
  target: TargetName,
  change: Partial<TargetMarks>,
): Partial<Ticket> => ({
  serviceMarks: { ...ticket.serviceMarks, [target]: { ...ticket.serviceMarks[target], ...change } },
})

const later = (a: string, b: string): string => (a > b ? a : b)
