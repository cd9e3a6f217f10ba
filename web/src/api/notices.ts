import type { z } from 'zod'
import type { NoticeItem, noticeCount, TicketHearing } from '../../../domain/contract/notices.ts'
import { request } from './client.ts'

export type { NoticeItem } from '../../../domain/contract/notices.ts'

/** What one was told about. */
export const notices = {
  list: (cursor: string | null): Promise<{ items: NoticeItem[]; next: string | null }> =>
    request('GET', '/notices', { query: { ...(cursor ? { cursor } : {}) } }),
  count: (): Promise<z.infer<typeof noticeCount>> => request('GET', '/notices/count'),
  read: (which: { ids?: string[]; ticketNumber?: number } = {}): Promise<void> =>
    request('POST', '/notices/read', { body: which }),

  hearing: (number: number, signal?: AbortSignal): Promise<TicketHearing> =>
    request('GET', `/tickets/${number}/hearing`, signal ? { signal } : {}),
  setHearing: (number: number, body: TicketHearing): Promise<TicketHearing> =>
    request('PUT', `/tickets/${number}/hearing`, { body }),
}
