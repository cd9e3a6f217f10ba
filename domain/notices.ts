import { approvalNotices } from './approvals/notices.ts'
import { equipmentNotices } from './equipment/notices.ts'
import type { TicketEvent } from './events.ts'
import { familyNotices } from './family/notices.ts'
import { serviceNotices } from './service/notices.ts'
import { taskNotices } from './tasks/notices.ts'
import type { Ticket } from './ticket.ts'

/** What a step changed: the ticket before and after, and the events between. */
export interface Noticing {
  before: Ticket
  after: Ticket
  events: readonly TicketEvent[]
}

/** Something that one person is to be told about, written in the same transaction as the event that it is about. */
export interface Notice {
  /** The event; a person is told of it once for each kind. */
  eventNo: number
  kind: NoticeKind
  /** A person with an account, or somebody by address alone. */
  to: { userId: string } | { email: string; name: string }
  /** What the mail and the page need besides ticket and event: ids and short texts, never a secret. */
  data: Record<string, unknown>
}

/** Every kind of notice; each has its words in the renderer's table (activities/notify). */
export const noticeKinds = ['taskAssigned', 'taskDue', 'approvalAsked', 'approvalReminder', 'approvalDecided', 'approvalWithdrawn', 'purchaseChanged', 'confirmationAsked', 'confirmationGiven', 'slaWarning', 'slaBreached', 'replyArrived', 'ticketAssigned', 'ticketChanged', 'snoozeEnded'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** Who is to be told of what. Nobody is told of what they did themselves: each area leaves out the event's actor. */
export const noticesOf = (change: Noticing): Notice[] =>
  [taskNotices, approvalNotices, equipmentNotices, serviceNotices, familyNotices].flatMap((notices) => notices(change))
