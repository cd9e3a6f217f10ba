import type { Notification, TicketTransition } from '../notifications.ts'

/**
 * The owner hears of warnings and misses, a new owner of what was handed over by it, and who
 * snoozed a ticket that it is back. A ticket without an owner concerns its department's agents:
 * activities/sla/projection.ts knows them.
 */
export function slaNotifications({ before, after, events }: TicketTransition): Notification[] {
  return events.flatMap((event): Notification[] => {
    if (event.type === 'slaTargetNear' || event.type === 'slaTargetBreached') {
      const owners = new Set([before.owner?.id, after.owner?.id].filter((id) => id !== undefined))
      const kind = event.type === 'slaTargetNear' ? 'slaWarning' : 'slaBreached'
      return [...owners].map((userId) => ({
        eventNo: event.no,
        kind,
        to: { userId },
        data: { target: event.data.target, dueAt: event.data.dueAt },
      }))
    }
    if (event.type === 'snoozeEnded') {
      const by = before.snooze?.by
      if (!by || event.data.reason === 'agent') return []
      return [
        {
          eventNo: event.no,
          kind: 'snoozeEnded',
          to: { userId: by.id },
          data: { reason: event.data.reason },
        },
      ]
    }
    return []
  })
}
