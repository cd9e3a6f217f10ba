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

/**
 * Something that one person is to be told about, written in the same transaction as the event that
 * it is about.
 */
export interface Notice {
  /** The event; a person is told of it once for each kind. */
  eventNo: number
  kind: NoticeKind
  /** A person with an account, or somebody by address alone. */
  to: { userId: string } | { email: string; name: string }
  /**
   * What the mail and the page need besides ticket and event: ids and short texts, never a secret.
   */
  data: Record<string, unknown>
}

interface NoticeTraits {
  /** How it comes where the person has not chosen: by mail and in the app, or in the app alone. */
  by: 'mail' | 'app'
  /** Mailed without waiting for others to go with it. */
  atOnce: boolean
  /** Only for who may see the ticket at that moment. Approvers and requesters are told without. */
  sight: boolean
  /**
   * Comes of owning or watching the ticket, so that one may choose otherwise for a single one. What
   * one is given or asked personally always comes.
   */
  followed: boolean
}

const news: NoticeTraits = { by: 'mail', atOnce: false, sight: true, followed: true }
const given: NoticeTraits = { ...news, followed: false }
const asked: NoticeTraits = { by: 'mail', atOnce: true, sight: false, followed: false }

/** Every kind of notice; each has its words in the table of activities/notify/words.ts. */
export const noticeTraits = {
  ticketAssigned: given,
  replyArrived: news,
  ticketChanged: { ...news, by: 'app' },
  taskAssigned: given,
  taskDue: given,
  slaWarning: news,
  slaBreached: news,
  snoozeEnded: given,
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

/**
 * What one may choose to hear of a single ticket: everything, the answers that arrive, or nothing.
 * Without a choice, as chosen for all tickets.
 */
export const hearings = ['all', 'replies', 'none'] as const
export type Hearing = (typeof hearings)[number]

/**
 * @returns how a kind comes to who chose so for its ticket; undefined for a kind that such a choice
 *   does not concern.
 */
export function wayFor(kind: NoticeKind, hears: Hearing): 'mail' | 'none' | undefined {
  if (!noticeTraits[kind].followed) return undefined
  return hears === 'all' || (hears === 'replies' && kind === 'replyArrived') ? 'mail' : 'none'
}

/** @returns the kinds that come in this way to who chose so. */
export const followedKinds = (hears: Hearing, way: 'mail' | 'none'): NoticeKind[] =>
  noticeKinds.filter((kind) => wayFor(kind, hears) === way)

/**
 * Who is to be told of what. Nobody is told of what they did themselves: each area leaves out the
 * event's actor.
 */
export const noticesOf = (change: Noticing): Notice[] =>
  [
    watchingNotices,
    taskNotices,
    approvalNotices,
    purchaseNotices,
    equipmentNotices,
    serviceNotices,
    familyNotices,
  ].flatMap((notices) => notices(change))
