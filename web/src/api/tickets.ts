import type { z } from 'zod'
import type {
  Message,
  newMessage,
  newNote,
  Note,
  outboxItem,
} from '../../../domain/conversation/contract.ts'
import type { quarantineItem } from '../../../domain/mail-in/contract.ts'
import type {
  bulkChange,
  bulkResult,
  newLink,
  newTicket,
  ticketPage,
  TicketChange,
  TicketDetail,
  TicketView,
} from '../../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { allPages, type Page, request } from './client.ts'

export type TicketPage = z.infer<typeof ticketPage>
export type NewTicket = z.input<typeof newTicket>
export type NewMessage = z.input<typeof newMessage>
export type NewNote = z.input<typeof newNote>
export type NewLink = z.input<typeof newLink>
export type OutboxItem = z.infer<typeof outboxItem>
export type QuarantineItem = z.infer<typeof quarantineItem>
export type BulkChange = z.input<typeof bulkChange>
export type BulkResult = z.infer<typeof bulkResult>
/** The list's question as the URL holds it. */
export interface TicketFilter {
  view?: TicketView
  status?: readonly string[]
  priority?: readonly string[]
  department?: string
  owner?: string
  requester?: string
  category?: string
  resolution?: string
  tag?: string
  due?: string
  sort?: string
  location?: string
  q?: string
}

const at = (number: number, rest = ''): string => `/tickets/${number}${rest}`

/** Tickets and what is on them. */
export const tickets = {
  list: (
    filter: TicketFilter,
    cursor: string | null,
    signal?: AbortSignal,
    limit = 50,
  ): Promise<TicketPage> =>
    request('GET', '/tickets', {
      query: { ...filter, cursor, limit },
      ...(signal ? { signal } : {}),
    }),
  counts: (): Promise<Partial<Record<TicketView, number>>> => request('GET', '/tickets/counts'),
  one: (number: number, signal?: AbortSignal): Promise<TicketDetail> =>
    request('GET', at(number), signal ? { signal } : {}),
  create: (body: NewTicket): Promise<TicketDetail> => request('POST', '/tickets', { body }),
  change: (number: number, body: TicketChange): Promise<TicketDetail> =>
    request('PATCH', at(number), { body }),
  bulk: (body: BulkChange): Promise<BulkResult> => request('POST', '/tickets/bulk', { body }),

  messages: (number: number, signal?: AbortSignal): Promise<Message[]> =>
    allPages(at(number, '/messages'), {}, signal),
  reply: (number: number, body: NewMessage): Promise<Message> =>
    request('POST', at(number, '/messages'), { body }),
  takeBack: (messageId: string): Promise<unknown> =>
    request('POST', `/messages/${messageId}/cancel`),
  sendAgain: (messageId: string): Promise<unknown> =>
    request('POST', `/messages/${messageId}/retry`),
  notes: (number: number, signal?: AbortSignal): Promise<Note[]> =>
    allPages(at(number, '/notes'), {}, signal),
  addNote: (number: number, body: NewNote): Promise<Note> =>
    request('POST', at(number, '/notes'), { body }),
  events: (number: number, signal?: AbortSignal): Promise<TicketEvent[]> =>
    allPages(at(number, '/events'), {}, signal),

  watch: (number: number, userId: string): Promise<unknown> =>
    request('POST', at(number, '/watchers'), { body: { userId } }),
  unwatch: (number: number, userId: string): Promise<unknown> =>
    request('DELETE', at(number, `/watchers/${userId}`)),
  link: (number: number, body: NewLink): Promise<unknown> =>
    request('POST', at(number, '/links'), { body }),
  unlink: (number: number, other: number, kind: string): Promise<unknown> =>
    request('DELETE', at(number, `/links/${kind}/${other}`)),

  outbox: (cursor: string | null): Promise<Page<OutboxItem>> =>
    request('GET', '/outbox', { query: { cursor } }),
  quarantine: (cursor: string | null): Promise<Page<QuarantineItem>> =>
    request('GET', '/quarantine', { query: { cursor } }),
  retryQuarantined: (id: string): Promise<unknown> => request('POST', `/quarantine/${id}/retry`),
}

export const attachmentUrl = (id: string): string => `/api/v1/attachments/${id}`
export const sourceUrl = (messageId: string): string => `/api/v1/messages/${messageId}/source`
export const quarantineSourceUrl = (id: string): string => `/api/v1/quarantine/${id}/source`
