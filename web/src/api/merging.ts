import type { TicketAsOf, TicketDetail } from '../../../domain/tickets/contract.ts'
import type { ChildrenNotified } from '../../../domain/merging/contract.ts'
import { request } from './client.ts'

/** Which messages leave: chosen ones, or one and all after it. */
export type SplitChoice = { messageIds: string[] } | { fromMessageId: string }

/** Tickets that are merged, split, or hang on each other; and what a ticket was. */
export const merging = {
  merge: (number: number, into: number): Promise<TicketDetail> =>
    request('POST', `/tickets/${number}/merge`, { body: { into } }),
  unmerge: (number: number): Promise<TicketDetail> => request('POST', `/tickets/${number}/unmerge`),
  split: (number: number, choice: SplitChoice, subject: string): Promise<TicketDetail> =>
    request('POST', `/tickets/${number}/split`, { body: { ...choice, subject } }),
  unsplit: (number: number): Promise<TicketDetail> => request('POST', `/tickets/${number}/unsplit`),
  notifyChildren: (number: number, text: string): Promise<ChildrenNotified> =>
    request('POST', `/tickets/${number}/children/solve`, { body: { text } }),
  asOf: (number: number, version: number, signal?: AbortSignal): Promise<TicketAsOf> =>
    request('GET', `/tickets/${number}/as-of`, {
      query: { version },
      ...(signal ? { signal } : {}),
    }),
}
