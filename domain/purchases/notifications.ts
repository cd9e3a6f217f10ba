import type { Notification, TicketTransition } from '../notifications.ts'

/**
 * Who asked for a purchase, and the ticket's owner, are notified when it is ordered and when it
 * arrives.
 */
export const purchaseNotifications = ({ after, events }: TicketTransition): Notification[] =>
  events.flatMap((event) => {
    if (event.type !== 'purchaseOrdered' && event.type !== 'purchaseReceived') return []
    const purchase = after.purchases.find(({ id }) => id === event.data.purchaseId)
    const state =
      event.type === 'purchaseOrdered'
        ? 'ordered'
        : event.data.complete
          ? 'received'
          : 'partlyReceived'
    const notified = [
      ...new Set([purchase?.requestedBy.id ?? null, after.owner?.id ?? null]),
    ].filter((id) => id !== null && !(event.actor.kind === 'agent' && event.actor.id === id))
    return notified.flatMap((userId): Notification[] =>
      userId === null
        ? []
        : [
            {
              eventNo: event.no,
              kind: 'purchaseChanged',
              to: { userId },
              data: {
                purchaseId: event.data.purchaseId,
                title: event.data.title,
                state,
                by: event.actor.name,
              },
            },
          ],
    )
  })
