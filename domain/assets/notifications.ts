import type { EventData } from '../events.ts'
import type { Notification, TicketTransition } from '../notifications.ts'

/**
 * The person asked gets the page's address; who asked, and the ticket's owner, hear of the answer.
 */
export const assetNotifications = ({ before, after, events }: TicketTransition): Notification[] =>
  events.flatMap((event): Notification[] => {
    if (event.type === 'confirmationAsked') {
      const { id, kind, person, assets, expires } = event.data
      const by = 'name' in event.actor ? event.actor.name : ''
      return [
        {
          eventNo: event.no,
          kind: 'confirmationAsked',
          to: person,
          data: { id, handOver: kind === 'handOver', assets: names(assets), expires, by },
        },
      ]
    }
    if (
      event.type !== 'confirmationGiven' &&
      event.type !== 'confirmationRefused' &&
      event.type !== 'confirmationExpired'
    )
      return []
    const askedBy = before.confirmations.find((c) => c.id === event.data.id)?.askedBy
    const notified = new Set([askedBy, after.owner?.id].filter((id) => id != null))
    if (event.actor.kind === 'agent') notified.delete(event.actor.id)
    const answer = {
      confirmationGiven: 'given',
      confirmationRefused: 'refused',
      confirmationExpired: 'expired',
    }[event.type]
    const { person, assets } = event.data
    return [...notified].map((userId) => ({
      eventNo: event.no,
      kind: 'confirmationGiven',
      to: { userId },
      data: {
        answer,
        person: person.name || person.email,
        assets: names(assets),
        ...('reason' in event.data ? { reason: event.data.reason } : {}),
      },
    }))
  })

const names = (assets: EventData<'confirmationAsked'>['assets']): string[] =>
  assets.map(({ name }) => name)
