import { z } from 'zod'
import { askedTo } from '../asked.ts'
import { type LocationRef, locationRef } from '../locations/vocabulary.ts'
import { explanation } from '../explanation.ts'
import { fact, type Fact } from '../events.ts'
import { isRejection, reject, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import {
  departmentRef,
  isEnded,
  linkKind,
  previewText,
  priority,
  requester,
} from '../vocabulary.ts'
import { outgoing } from './outgoing-message.ts'
import { openBlockers, requiredFields, resolving } from '../tickets/resolving.ts'

const opening = z.object({
  subject: z.string().max(998),
  requester,
  department: departmentRef,
  priority: priority.default('normal'),
  channel: z.enum(['mail', 'web', 'api']),
  /** Where the requester is, when that is known. */
  location: locationRef.optional(),
  /** A ticket that this one came from: a stranger's reference, a late answer to a closed ticket. */
  link: z
    .object({ number: z.number().int(), kind: linkKind, subject: z.string().max(998).default('') })
    .optional(),
})

const received = z.object({
  messageId: z.uuid(),
  from: requester,
  preview: previewText,
  hasAttachments: z.boolean().default(false),
  automatic: z.boolean().default(false),
  stranger: z.boolean().default(false),
  /** Its visible text is nothing but thanks: domain/mail-in/thanks.ts. */
  thanks: z.boolean().optional(),
})

/** What a mail would have opened its ticket with, had its answer not come first. */
const question = z.object({
  subject: z.string().max(998),
  requester,
  /** Where the requester is; null when that is not known. */
  location: locationRef.nullable().optional(),
})

const messageRef = z.object({ messageId: z.uuid() })

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')
const unknownMessage = reject('message-not-pending', 'This message is not on its way any more.')

/** Mail in, mail out, and what became of it. */
export const conversationCommands = {
  /** A ticket written in the web app or by a program. */
  openTicket: rule({
    payload: opening.extend({ message: received.optional(), acknowledgement: outgoing.optional() }),
    right: 'ticket.work',
    asks: (_, { subject }) => askedTo('openTicket', subject),
    decide: (ticket, p) =>
      ticket.opened
        ? reject('ticket-already-opened', 'This ticket is already open.')
        : openedBy(p, p.message, p.acknowledgement),
  }),

  /**
   * A mail that belongs here. With `opening` it opens the ticket; on an ended ticket a person's
   * answer reopens it.
   */
  mailReceived: rule({
    payload: z.object({
      message: received,
      opening: opening.optional(),
      acknowledgement: outgoing.optional(),
      /** It comes before everything in the ticket, which its answer has opened. */
      question: question.optional(),
      /** Tickets of one thread with this one, as has turned out by this mail. */
      sameThread: z
        .array(
          z.object({
            number: z.number().int(),
            subject: z.string().max(300),
            /** Of the merge that brings it here. */
            mergeId: z.uuid(),
          }),
        )
        .optional(),
    }),
    right: 'system',
    decide: (ticket, p) => {
      if (!ticket.opened)
        return p.opening ? openedBy(p.opening, p.message, p.acknowledgement) : notOpened
      const answered = afterAnswer(ticket, p.message)
      return [
        fact('messageReceived', p.message),
        ...(p.question ? goesBy(ticket, p.message.messageId, p.question, p.acknowledgement) : []),
        ...answered,
        ...(p.sameThread ?? []).flatMap((other) => ofSameThread(ticket, answered, other)),
      ]
    },
  }),

  /** An agent's answer, already written into the claim check. */
  reply: rule({
    payload: outgoing.extend({
      status: z.enum(['open', 'waiting', 'solved']).optional(),
      ...requiredFields,
      ...openBlockers,
      /** Why it solves the ticket although required tasks, or tickets that block it, are open. */
      overrideReason: z.string().trim().max(500).optional(),
    }),
    right: 'ticket.work',
    asks: (_, { preview, status }) => [
      ...askedTo('reply', preview),
      ...(status === undefined ? [] : askedTo('setStatus', '', status)),
    ],
    decide: (ticket, p) => {
      if (!ticket.opened) return notOpened
      if (p.to.length === 0)
        return reject('reply-without-recipient', 'Name at least one recipient.')
      const { status, requiredFields: required, blockers, overrideReason, ...message } = p
      const despite =
        status === undefined
          ? []
          : resolving(ticket, status, { requiredFields: required, blockers, overrideReason })
      if (isRejection(despite)) return despite
      const to = status ?? (ticket.status === 'new' ? 'open' : ticket.status)
      return [
        fact('messageQueued', { ...message, kind: 'reply' }),
        ...despite,
        ...statusTo(ticket, to),
      ]
    },
  }),

  /**
   * Undo send: as long as no delivery has begun to send it. What the ticket does not know of that
   * yet, the message's row does: the premise.
   */
  cancelReply: rule({
    payload: messageRef,
    right: 'ticket.work',
    asks: () => askedTo('cancelReply'),
    decide: (ticket, p) =>
      ticket.pending.some((m) => m.messageId === p.messageId && m.revocable)
        ? [fact('messageCancelled', p)]
        : reject(
            'message-already-left',
            'This message has already been handed to the mail server.',
          ),
  }),

  /** What the SMTP transaction came to. */
  recordDelivery: rule({
    payload: z.object({
      messageId: z.uuid(),
      outcome: z.enum(['sent', 'failed', 'doubtful', 'parked']),
      detail: explanation,
      attempt: z.number().int().default(1),
    }),
    right: 'system',
    decide: (ticket, { messageId, outcome, detail, attempt }) => {
      if (!ticket.pending.some((m) => m.messageId === messageId)) return []
      if (outcome === 'sent') return [fact('messageSent', { messageId, detail, attempt })]
      if (outcome === 'failed') return [fact('messageFailed', { messageId, detail })]
      return [fact('messageDoubtful', { messageId, detail, parked: outcome === 'parked' })]
    },
  }),

  /** A person decides to send a failed or parked message again. */
  retryMessage: rule({
    payload: messageRef,
    right: 'ticket.work',
    asks: () => askedTo('retryMessage'),
    decide: (ticket, p) =>
      ticket.undelivered.includes(p.messageId) ? [fact('messageRetried', p)] : unknownMessage,
  }),

  /** A delivery status notification about a message of ours (RFC 3464). */
  deliveryReported: rule({
    payload: z.object({
      messageId: z.uuid(),
      recipient: z.string().max(500),
      action: z.enum(['failed', 'delayed']),
      status: z.string().max(50),
      detail: z.string().max(500),
    }),
    right: 'system',
    decide: (ticket, { messageId, recipient, action, status, detail }) => {
      if (!ticket.opened) return notOpened
      return action === 'failed'
        ? [fact('messageBounced', { messageId, recipient, status, detail })]
        : [fact('messageDelayed', { messageId, recipient, detail })]
    },
  }),

  addNote: rule({
    payload: z.object({ noteId: z.uuid(), preview: previewText }),
    right: 'ticket.work',
    asks: (_, { preview }) => askedTo('addNote', preview),
    decide: (ticket, p) => (ticket.opened ? [fact('noteAdded', p)] : notOpened),
  }),
} as const

function openedBy(
  { link, location, ...opened }: z.infer<typeof opening>,
  message: z.infer<typeof received> | undefined,
  acknowledgement: z.infer<typeof outgoing> | undefined,
): Fact[] {
  return [
    fact('ticketOpened', opened),
    ...(message ? [fact('messageReceived', message)] : []),
    ...(link ? [fact('ticketLinked', link)] : []),
    ...located(null, location ?? null),
    ...acknowledged(acknowledgement),
  ]
}

/** A ticket is where its requester is. */
const located = (from: LocationRef | null, to: LocationRef | null): Fact[] =>
  from?.id === to?.id ? [] : [fact('locationChanged', { from, to, byDefault: true })]

const acknowledged = (acknowledgement: z.infer<typeof outgoing> | undefined): Fact[] =>
  acknowledgement ? [fact('messageQueued', { ...acknowledgement, kind: 'acknowledgement' })] : []

/**
 * All that it would have, had the question opened it. What an agent has chosen meanwhile stays, and
 * where they have begun to work on it nothing is acknowledged any more.
 */
function goesBy(
  ticket: Ticket,
  messageId: string,
  { subject: asked, requester: asking, location }: z.infer<typeof question>,
  acknowledgement: z.infer<typeof outgoing> | undefined,
): Fact[] {
  const { requester: before } = ticket
  const subject = ticket.subjectChosen ? ticket.subject : asked
  if (ticket.mergedInto || ticket.splitFrom) return []
  if (subject === ticket.subject && asking.email === before.email) return []
  return [
    fact('questionArrived', {
      messageId,
      subject,
      requester: asking,
      before: { subject: ticket.subject, requester: before },
    }),
    ...(location === undefined || ticket.locationChosen ? [] : located(ticket.location, location)),
    ...(ticket.handled || asking.email === before.email ? [] : acknowledged(acknowledgement)),
  ]
}

/** One that goes on nowhere, or is closed, takes no other in: it is linked. */
function ofSameThread(
  ticket: Ticket,
  answered: readonly Fact[],
  other: { number: number; subject: string; mergeId: string },
): Fact[] {
  if (ticket.mergedTickets.some(({ number }) => number === other.number)) return []
  const closed =
    ticket.status === 'closed' && !answered.some(({ type }) => type === 'statusChanged')
  if (!closed && !ticket.mergedInto) return [fact('threadFound', other)]
  const { number, subject } = other
  return ticket.links.some((link) => link.number === number)
    ? []
    : [fact('ticketLinked', { number, subject, kind: 'relates' })]
}

/**
 * A machine's mail and a stranger's never move a ticket's status; a participant's answer does,
 * unless it only thanks for what is done.
 */
function afterAnswer(ticket: Ticket, message: z.infer<typeof received>): Fact[] {
  // One that was on its way while the ticket was merged: it is shown where the ticket goes on.
  if (message.automatic || message.stranger || ticket.mergedInto) return []
  const awake = ticket.snooze ? [fact('snoozeEnded', { reason: 'reply' })] : []
  if (ticket.status !== 'waiting' && !isEnded(ticket.status)) return awake
  if (message.thanks && isEnded(ticket.status)) return awake
  return [...awake, fact('statusChanged', { from: ticket.status, to: 'open', reason: 'reply' })]
}

const statusTo = (ticket: Ticket, to: Ticket['status']): Fact[] =>
  to === ticket.status ? [] : [fact('statusChanged', { from: ticket.status, to, reason: 'agent' })]
