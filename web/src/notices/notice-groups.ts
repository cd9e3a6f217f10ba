import type { NoticeItem } from '../api/notices.ts'

/** Notices of one ticket that came one after another, the latest first. */
export interface NoticeGroup {
  latest: NoticeItem
  /** All of them, the latest included. */
  ids: string[]
  unread: boolean
}

/**
 * Ten changes of one ticket are one line. A read notice and an unread one never share a line:
 * reading what is new must not hide behind what was read.
 * @param items the latest first.
 */
export function groupNotices(items: readonly NoticeItem[]): NoticeGroup[] {
  const groups: NoticeGroup[] = []
  for (const item of items) {
    const before = groups.at(-1)
    if (
      before &&
      before.latest.ticketNumber === item.ticketNumber &&
      before.unread === (item.readAt === null)
    )
      before.ids.push(item.id)
    else groups.push({ latest: item, ids: [item.id], unread: item.readAt === null })
  }
  return groups
}
