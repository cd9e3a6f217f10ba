import type { NotificationItem } from '../../../domain/notifications/contract.ts'

/** Notifications of one ticket that came one after another, the latest first. */
export interface NotificationGroup {
  latest: NotificationItem
  /** All of them, the latest included. */
  ids: string[]
  unread: boolean
}

/**
 * Ten changes of one ticket are one line. A read notification and an unread one never share a line:
 * reading what is new must not hide behind what was read. What could not be done is a line each.
 * @param items the latest first.
 */
export function groupNotifications(items: readonly NotificationItem[]): NotificationGroup[] {
  const groups: NotificationGroup[] = []
  for (const item of items) {
    const before = groups.at(-1)
    if (
      before &&
      !isRefusal(before.latest) &&
      !isRefusal(item) &&
      before.latest.ticketNumber === item.ticketNumber &&
      before.unread === (item.readAt === null)
    )
      before.ids.push(item.id)
    else groups.push({ latest: item, ids: [item.id], unread: item.readAt === null })
  }
  return groups
}

/** Something that one wanted is not done: to be read whole. */
export const isRefusal = ({ kind }: Pick<NotificationItem, 'kind'>): boolean =>
  kind === 'commandRefused' || kind === 'voteRefused' || kind === 'answerRefused'
