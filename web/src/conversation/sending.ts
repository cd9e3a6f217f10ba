import type { Attachment, Message, Note } from '../../../domain/conversation/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { cache, invalidate } from '../api/cache.ts'
import { base, post } from '../api/client.ts'
import { keptCommands } from '../api/kept.svelte.ts'
import { ApiError } from '../api/problem.ts'
import { type IdentifiedPost, identified } from '../api/request-ids.ts'
import { session } from '../people/session.svelte.ts'
import { patchTicket } from '../tickets/changes.ts'
import { ticketKey } from '../tickets/queries.ts'
import { messagesQuery, notesQuery } from './queries.ts'
import { rememberWritten } from './taken-back.ts'

export type SentStatus = 'open' | 'waiting' | 'solved'

export interface Reply {
  text: string
  to: string[]
  cc: string[]
  attachments: Attachment[]
  files: File[]
  status?: SentStatus
  overrideReason?: string
  holdSeconds: number
}

const now = (): string => new Date().toISOString()
const me = () => session.me && { id: session.me.id, name: session.me.name, email: session.me.email }

/**
 * Sends an answer: it stands in the conversation at once, and goes again when the server refuses
 * it.
 * @throws ApiError
 */
export async function sendReply(ticket: TicketDetail, reply: Reply): Promise<void> {
  const written = { text: reply.text, to: reply.to, cc: reply.cc, files: reply.files }
  const made = await showing<Message>(
    messagesQuery(ticket.number).queryKey,
    shownReply(ticket, reply),
    () =>
      post('/tickets/{number}/messages', {
        params: { path: { number: ticket.number } },
        body: replyBody(reply),
      }),
    {
      // It is held back once it is done, so it can be taken back until then.
      shown: reply.holdSeconds > 0 ? { state: 'held' } : {},
      remember: (id) => rememberWritten(id, written),
    },
  )
  rememberWritten(made.id, written)
  if (reply.status) patchTicket(ticket.number, { status: reply.status })
  void invalidate(ticketKey(ticket.number))
}

const replyBody = (reply: Reply) => ({
  text: reply.text,
  to: reply.to,
  cc: reply.cc,
  attachmentIds: reply.attachments.map((one) => one.id),
  holdSeconds: reply.holdSeconds,
  ...(reply.status ? { status: reply.status } : {}),
  ...(reply.overrideReason ? { overrideReason: reply.overrideReason } : {}),
})
const noteBody = (text: string, attachments: Attachment[]) => ({
  text,
  attachmentIds: attachments.map((one) => one.id),
})

/** As what an answer will go. */
export const identifiedReply = (number: number, reply: Reply): IdentifiedPost =>
  identified(`${base}/tickets/${number}/messages`, replyBody(reply))

/** As what a note will go. */
export const identifiedNote = (
  number: number,
  text: string,
  attachments: Attachment[],
): IdentifiedPost => identified(`${base}/tickets/${number}/notes`, noteBody(text, attachments))

/** How a reply stands in the conversation until the server answers. */
const shownReply = (ticket: TicketDetail, reply: Reply): Message => ({
  id: `sending-${Date.now()}`,
  ticketNumber: ticket.number,
  direction: 'outbound',
  state: 'sending',
  stateDetail: null,
  stateExplanation: null,
  automatic: false,
  oneWay: ticket.replyFrom.oneWay,
  from: { address: ticket.replyFrom.address, name: '' },
  to: reply.to.map((address) => ({
    address,
    name: address === ticket.requester.email ? ticket.requester.name : '',
  })),
  cc: reply.cc.map((address) => ({ address, name: '' })),
  subject: ticket.subject,
  text: reply.text,
  textVisible: reply.text,
  html: null,
  hasRemoteImages: false,
  flags: [],
  author: me(),
  internetId: null,
  inReplyTo: null,
  attachments: reply.attachments,
  eventNo: Number.MAX_SAFE_INTEGER,
  date: now(),
  createdAt: now(),
  heldUntil: null,
  revocable: false,
  hasSource: false,
})

/** @throws ApiError */
export async function addNote(
  ticket: TicketDetail,
  text: string,
  attachments: Attachment[],
): Promise<void> {
  const shown: Note = {
    id: `sending-${Date.now()}`,
    ticketNumber: ticket.number,
    eventNo: Number.MAX_SAFE_INTEGER,
    author: { id: session.me?.id ?? null, name: session.me?.name ?? '' },
    text,
    attachments,
    createdAt: now(),
  }
  await showing<Note>(notesQuery(ticket.number).queryKey, shown, () =>
    post('/tickets/{number}/notes', {
      params: { path: { number: ticket.number } },
      body: noteBody(text, attachments),
    }),
  )
  void invalidate(ticketKey(ticket.number))
}

/**
 * Shows an item while it is being made, and the server's in its place after. What is kept for later
 * is shown as such, until the log has it.
 */
async function showing<T extends { id: string }>(
  key: readonly unknown[],
  shown: T,
  make: () => Promise<T>,
  kept: { shown?: Partial<T>; remember?: (id: string) => unknown } = {},
): Promise<T> {
  await cache.cancelQueries({ queryKey: key })
  cache.setQueryData<T[]>(key, (items) => [...(items ?? []), shown])
  const without = (items: T[] | undefined): T[] =>
    (items ?? []).filter((item) => item.id !== shown.id)
  try {
    const made = await make()
    cache.setQueryData<T[]>(key, (items) =>
      typeof made?.id === 'string'
        ? [...without(items).filter((item) => item.id !== made.id), made]
        : without(items),
    )
    return made
  } catch (error) {
    cache.setQueryData<T[]>(key, without)
    if (error instanceof ApiError && error.kept) {
      const id = `kept-${error.kept.commandId}`
      keptCommands.show(error.kept.commandId, { ...shown, ...kept.shown, id })
      kept.remember?.(id)
    }
    throw error
  }
}
