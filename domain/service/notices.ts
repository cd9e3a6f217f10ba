import type { Notice, Noticing } from '../notices.ts'

/**
 * The owner hears of warnings and misses, a new owner of what was handed over by it, and who
 * snoozed a ticket that it is back. A ticket without an owner concerns its department's agents:
 * activities/projection/persist-service.ts knows them.
 */
export function serviceNotices({ before, after, events }: Noticing): Notice[] {
  return events.flatMap((event): Notice[] => {
    if (event.type === 'serviceTargetNear' || event.type === 'serviceTargetMissed') {
      const owners = new Set([before.owner?.id, after.owner?.id].filter((id) => id !== undefined))
      const kind = event.type === 'serviceTargetNear' ? 'slaWarning' : 'slaBreached'
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
