import type { Notification, TicketTransition } from '../notifications.ts'

/**
 * Whoever asked for a merge that the other ticket did not take is told that it is not done, unless
 * they were given that as the answer.
 */
export const mergingNotifications = ({ events }: TicketTransition): Notification[] =>
  events.flatMap((event): Notification[] => {
    if (event.type !== 'ticketUnmerged' || !event.data.refusal) return []
    const { by, heard, ...refusal } = event.data.refusal
    if (heard || by.kind !== 'agent') return []
    return [
      {
        eventNo: event.no,
        kind: 'commandRefused',
        to: { userId: by.id },
        data: { what: 'mergeInto', ...refusal },
      },
    ]
  })
