import type { z } from 'zod'
import type {
  NotificationItem,
  notificationCount,
  TicketNotificationLevel,
} from '../../../domain/notifications/contract.ts'
import { request } from './client.ts'

export type { NotificationItem } from '../../../domain/notifications/contract.ts'

/** What one was told about. */
export const notifications = {
  list: (cursor: string | null): Promise<{ items: NotificationItem[]; next: string | null }> =>
    request('GET', '/notifications', { query: { ...(cursor ? { cursor } : {}) } }),
  count: (): Promise<z.infer<typeof notificationCount>> => request('GET', '/notifications/count'),
  read: (which: { ids?: string[]; ticketNumber?: number } = {}): Promise<void> =>
    request('POST', '/notifications/read', { body: which }),

  notificationLevel: (number: number, signal?: AbortSignal): Promise<TicketNotificationLevel> =>
    request('GET', `/tickets/${number}/notification-level`, signal ? { signal } : {}),
  setNotificationLevel: (
    number: number,
    body: TicketNotificationLevel,
  ): Promise<TicketNotificationLevel> =>
    request('PUT', `/tickets/${number}/notification-level`, { body }),
}
