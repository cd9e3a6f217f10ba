import { approvalNotices } from './approvals/notices.ts'
import { equipmentNotices } from './equipment/notices.ts'
import type { TicketEvent } from './events.ts'
import { familyNotices } from './family/notices.ts'
import { purchaseNotices } from './purchases/notices.ts'
import { serviceNotices } from './service/notices.ts'
import { taskNotices } from './tasks/notices.ts'
import type { Ticket } from './ticket.ts'
import { watchingNotices } from './watching/notices.ts'

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

interface NoticeTraits {
  /** How it comes where the person has not chosen: by mail and in the app, or in the app alone. */
  by: 'mail' | 'app'
  /** Mailed without waiting for others to go with it. */
  atOnce: boolean
  /** Only for who may see the ticket at that moment. Approvers and requesters are told without. */
  sight: boolean
}

const news: NoticeTraits = { by: 'mail', atOnce: false, sight: true }
const asked: NoticeTraits = { by: 'mail', atOnce: true, sight: false }

/** Every kind of notice; each has its words in the table of activities/notify/words.ts. */
export const noticeTraits = {
  ticketAssigned: news,
  replyArrived: news,
  ticketChanged: { ...news, by: 'app' },
  taskAssigned: news,
  taskDue: news,
  slaWarning: news,
  slaBreached: news,
  snoozeEnded: news,
  approvalAsked: asked,
  approvalReminder: asked,
  approvalWithdrawn: asked,
  approvalDecided: news,
  purchaseChanged: news,
  confirmationAsked: asked,
  confirmationGiven: news,
} satisfies Record<string, NoticeTraits>

export type NoticeKind = keyof typeof noticeTraits
export const noticeKinds = Object.keys(noticeTraits) as [NoticeKind, ...NoticeKind[]]

/** Who is to be told of what. Nobody is told of what they did themselves: each area leaves out the event's actor. */
export const noticesOf = (change: Noticing): Notice[] =>
  [watchingNotices, taskNotices, approvalNotices, purchaseNotices, equipmentNotices, serviceNotices, familyNotices].flatMap((notices) => notices(change))
