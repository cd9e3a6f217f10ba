import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import type { slaEvents } from './events.ts'
import type { TargetName } from './plan.ts'
import type { TargetMarks } from './state.ts'

export const slaFold: Fold<typeof slaEvents> = {
  slaPlanSet: (ticket, { plan }, { at }) => ({
    slaPlan: plan,
    // A ticket from before there were service levels: its time counts from here, and what was
    // answered counts as answered.
    ...(ticket.slaFrom === null
      ? { slaFrom: at, firstResponse: ticket.status === 'new' ? null : { at, messageId: '' } }
      : {}),
  }),
  slaTargetNear: (ticket, { target, warnAt }, { at }) =>
    marked(ticket, target, { warned: later(at, warnAt) }),
  slaTargetBreached: (ticket, { target, dueAt }, { at }) =>
    marked(ticket, target, { breached: later(at, dueAt) }),
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
}

const marked = (
  ticket: Ticket,
  target: TargetName,
  change: Partial<TargetMarks>,
): Partial<Ticket> => ({
  slaMarks: { ...ticket.slaMarks, [target]: { ...ticket.slaMarks[target], ...change } },
})

const later = (a: string, b: string): string => (a > b ? a : b)
