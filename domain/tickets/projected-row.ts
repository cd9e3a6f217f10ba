import type { Explanation } from '../explanation.ts'
import type { TicketEvent } from '../events.ts'
import { plannedTimers } from '../areas.ts'
import { dueAt } from '../sla/target-clocks.ts'
import { closingTime } from './lifecycle.ts'
import type { Ticket } from '../ticket.ts'

/** A ticket's line in the projection, by column name. `search` is left to the database. */
export const ticketRow = (ticket: Ticket) => ({
  number: ticket.number,
  version: ticket.version,
  subject: ticket.subject,
  status: ticket.status,
  priority: ticket.priority,
  department_id: ticket.department.id,
  owner_id: ticket.owner?.id ?? null,
  category_id: ticket.category?.id ?? null,
  resolution: ticket.resolution,
  requester_email: ticket.requester.email,
  requester_name: ticket.requester.name,
  preview: ticket.preview,
  last_direction: ticket.lastDirection,
  message_count: ticket.messageCount,
  has_attachments: ticket.hasAttachments,
  one_way: ticket.oneWay,
  delivery_trouble: ticket.undelivered.length > 0,
  opened_at: ticket.openedAt,
  updated_at: ticket.updatedAt,
  last_message_at: ticket.lastMessageAt,
  due_at: dueAt(ticket),
  snoozed: ticket.snooze !== null,
  snoozed_until: ticket.snooze?.until ?? null,
  timer_at: nextTimerAt(ticket),
  tags: ticket.tags,
  solved_at: ticket.solvedAt,
  closed_at: ticket.closedAt,
  location_id: ticket.location?.id ?? null,
  state: ticket,
})

/** @returns when it does something by itself next; null: nothing is planned. */
const nextTimerAt = (ticket: Ticket): string | null =>
  [
    ...plannedTimers(ticket).map(({ at }) => Date.parse(at)),
    ...(ticket.status === 'solved' && ticket.solvedAt !== null
      ? [closingTime(ticket.solvedAt).getTime()]
      : []),
  ].reduce<string | null>(
    (first, at) => (first === null || at < Date.parse(first) ? new Date(at).toISOString() : first),
    null,
  )

/** What a batch of events changes on message rows, in order; later changes of one message win. */
export interface MessageChange {
  id: string
  /** Present: the message becomes visible at this event (null: it is taken back). */
  event_no?: number | null
  state?: 'queued' | 'held' | 'sent' | 'failed' | 'doubtful' | 'bounced'
  detail?: Explanation
}

/** @returns the changes that `events` make to messages. */
export function messageChanges(events: readonly TicketEvent[]): MessageChange[] {
  return events.flatMap((e): MessageChange[] => {
    switch (e.type) {
      case 'messageReceived':
        return [{ id: e.data.messageId, event_no: e.no }]
      case 'messageQueued':
        return [
          { id: e.data.messageId, event_no: e.no, state: e.data.holdMs > 0 ? 'held' : 'queued' },
        ]
      case 'messageCancelled':
        return [{ id: e.data.messageId, event_no: null }]
      case 'messageSent':
        return [{ id: e.data.messageId, state: 'sent', detail: e.data.detail }]
      case 'messageFailed':
        return [{ id: e.data.messageId, state: 'failed', detail: e.data.detail }]
      case 'messageDoubtful':
        return e.data.parked
          ? [{ id: e.data.messageId, state: 'doubtful', detail: e.data.detail }]
          : []
      case 'messageRetried':
        return [{ id: e.data.messageId, state: 'queued', detail: '' }]
      case 'messageBounced':
        return [{ id: e.data.messageId, state: 'bounced', detail: e.data.detail }]
      default:
        return []
    }
  })
}
