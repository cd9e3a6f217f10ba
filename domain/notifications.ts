import type { TicketEvent } from './events.ts'
import type { Ticket } from './ticket.ts'

/** What a step changed: the ticket before and after, and the events between. */
export interface TicketTransition {
  before: Ticket
  after: Ticket
  events: readonly TicketEvent[]
}

/**
 * Something that one person is to be told about, written in the same transaction as the event that
 * it is about.
 */
export interface Notification {
  /** The event; a person is told of it once for each kind. */
  eventNo: number
  kind: NotificationKind
  /** A person with an account, or somebody by address alone. */
  to: { userId: string } | { email: string; name: string }
  /**
   * What the mail and the page need besides ticket and event: ids and short texts, never a secret.
   */
  data: Record<string, unknown>
  /** A command: told only when nobody waits for its answer any more. */
  unlessHeard?: string
}

interface NotificationTraits {
  /** How it comes where the person has not chosen: by mail and in the app, or in the app alone. */
  by: 'mail' | 'app'
  /** Mailed without waiting for others to go with it. */
  atOnce: boolean
  /** Only for who may see the ticket at that moment. Approvers and requesters are told without. */
  authorisedOnly: boolean
  /**
   * Comes of owning or watching the ticket, so that one may choose otherwise for a single one. What
   * one is given or asked personally always comes.
   */
  followed: boolean
}

const update: NotificationTraits = {
  by: 'mail',
  atOnce: false,
  authorisedOnly: true,
  followed: true,
}
const assignment: NotificationTraits = { ...update, followed: false }
const request: NotificationTraits = {
  by: 'mail',
  atOnce: true,
  authorisedOnly: false,
  followed: false,
}

/** Every kind of notification; each has its texts in the table of activities/notifications/texts/index.ts. */
export const notificationTraits = {
  ticketAssigned: assignment,
  replyArrived: update,
  ticketChanged: { ...update, by: 'app' },
  taskAssigned: assignment,
  taskDue: assignment,
  slaWarning: update,
  slaBreached: update,
  snoozeEnded: assignment,
  /** Something that was sent could not be done, and nobody waited for the answer any more. */
  commandRefused: assignment,
  approvalAsked: request,
  approvalReminder: request,
  approvalWithdrawn: request,
  /** A decision that was kept came too late. */
  voteRefused: request,
  /** What somebody asked who need not see the ticket, and which could not be done any more. */
  answerRefused: request,
  approvalDecided: update,
  purchaseChanged: update,
  confirmationAsked: request,
  confirmationGiven: update,
} satisfies Record<string, NotificationTraits>

export type NotificationKind = keyof typeof notificationTraits
export const notificationKinds = Object.keys(notificationTraits) as [
  NotificationKind,
  ...NotificationKind[],
]

/**
 * What one may choose to be notified of on a single ticket: everything, the answers that arrive, or nothing.
 * Without a choice, as chosen for all tickets.
 */
export const notificationLevels = ['all', 'replies', 'none'] as const
export type NotificationLevel = (typeof notificationLevels)[number]

/**
 * @returns how a kind comes to who chose so for its ticket; undefined for a kind that such a choice
 *   does not concern.
 */
export function channelFor(
  kind: NotificationKind,
  level: NotificationLevel,
): 'mail' | 'none' | undefined {
  if (!notificationTraits[kind].followed) return undefined
  return level === 'all' || (level === 'replies' && kind === 'replyArrived') ? 'mail' : 'none'
}

/** @returns the kinds that come in this way to who chose so. */
export const followedKinds = (
  level: NotificationLevel,
  channel: 'mail' | 'none',
): NotificationKind[] => notificationKinds.filter((kind) => channelFor(kind, level) === channel)
