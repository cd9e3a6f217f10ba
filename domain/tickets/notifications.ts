import { cut } from '../cut.ts'
import { shortened } from '../explanation.ts'
import type { CommandName } from '../commands.ts'
import type { TicketEvent } from '../events.ts'
import type { Notification, TicketTransition } from '../notifications.ts'
import { isEnded, type Person } from '../vocabulary.ts'

/**
 * What owner and watchers hear of their ticket. Never of what they did themselves, and of a step
 * only once.
 */
export function watcherNotifications({ before, after, events }: TicketTransition): Notification[] {
  // Whoever opens a ticket for themselves, or takes it, knows.
  if (!before.opened) return []
  return events.flatMap((event): Notification[] => {
    if (event.type === 'ownerChanged') {
      const to = event.data.to
      return to && !isActor(event, to.id)
        ? [
            {
              eventNo: event.no,
              kind: 'ticketAssigned',
              to: { userId: to.id },
              data: { by: nameOf(event) },
            },
          ]
        : []
    }
    // The one thing that people are told of although they did it: that it is not done.
    if (event.type === 'commandRejected') return toSender(event)
    const update = updateOf(event)
    if (!update) return []
    const following = [...(after.owner ? [after.owner] : []), ...after.watchers].filter(
      (person) => !isActor(event, person.id) && !isWriter(event, person),
    )
    return [...new Set(following.map(({ id }) => id))].map((userId) => ({
      eventNo: event.no,
      ...update,
      to: { userId },
    }))
  })
}

/** What approvers and whoever is to confirm something ask: they need not see the ticket. */
const answersOfAsked: readonly string[] = [
  'decideApproval',
  'delegateApproval',
  'answerConfirmation',
] satisfies CommandName[]

/**
 * Whoever sent what could not be done: an account; or the address that a personal link went to, which
 * is the only way to them.
 */
function toSender({
  no: eventNo,
  actor,
  commandId,
  data,
}: TicketEvent & { type: 'commandRejected' }): Notification[] {
  const isAnswer = answersOfAsked.includes(data.command)
  const to =
    actor.kind === 'agent'
      ? { userId: actor.id }
      : actor.kind === 'correspondent' && isAnswer
        ? { email: actor.email, name: actor.name }
        : null
  if (!to) return []
  const { command: what, code, message, values, asked } = data
  return [
    {
      eventNo,
      kind: isAnswer ? 'answerRefused' : 'commandRefused',
      to,
      data: {
        what,
        code,
        message,
        commandId,
        ...(values ? { values } : {}),
        ...(asked ? { asked } : {}),
      },
    },
  ]
}

function updateOf(event: TicketEvent): Pick<Notification, 'kind' | 'data'> | null {
  const by = nameOf(event)
  switch (event.type) {
    case 'messageReceived':
      return event.data.automatic
        ? null
        : {
            kind: 'replyArrived',
            data: {
              by: event.data.from.name || event.data.from.email,
              preview: cut(event.data.preview, 300),
            },
          }
    case 'messageFailed':
    case 'messageBounced':
      return {
        kind: 'ticketChanged',
        data: { what: 'undelivered', by, detail: shortened(event.data.detail, 300) },
      }
    case 'messageQueued':
      return event.data.kind === 'reply'
        ? {
            kind: 'ticketChanged',
            data: { what: 'replied', by, preview: cut(event.data.preview, 300) },
          }
        : null
    case 'noteAdded':
      return {
        kind: 'ticketChanged',
        data: { what: 'note', by, preview: cut(event.data.preview, 300) },
      }
    case 'statusChanged':
      return isEnded(event.data.to) || isEnded(event.data.from)
        ? { kind: 'ticketChanged', data: { what: 'status', by, status: event.data.to } }
        : null
    default:
      return null
  }
}

const isActor = ({ actor }: TicketEvent, userId: string): boolean =>
  actor.kind === 'agent' && actor.id === userId

/** Who writes a mail to a ticket of their own knows what is in it. */
const isWriter = (event: TicketEvent, { email }: Person): boolean =>
  event.type === 'messageReceived' && event.data.from.email.toLowerCase() === email.toLowerCase()

const nameOf = ({ actor }: TicketEvent): string =>
  'email' in actor ? actor.name || actor.email : actor.name
