import { cut } from '../cut.ts'
import { z } from 'zod'
import { askedTo } from '../asked.ts'
import { fact } from '../events.ts'
import { reject, type Rejection, rule } from '../command-rule.ts'
import { refusalOf } from '../premises.ts'
import { departmentRef, previewText, priority, requester } from '../vocabulary.ts'
import { merged } from './merge-commands.ts'
import { LARGEST_SPLIT, MOST_PER_TICKET, MOST_SPLIT_OFF } from './state.ts'

const subject = z.string().transform((text) => cut(text, 300))
const number = z.number().int().positive()
const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')
export const notHere: Rejection = refusalOf({ kind: 'messagesHere', id: '' })
export const takesAll: Rejection = refusalOf({ kind: 'messageLeft', id: '' })

/**
 * Splitting concerns two tickets as merging does: first the messages leave, then the ticket that
 * they become is opened.
 */
export const splitCommands = {
  /** The first step: from now on the messages are shown in the other ticket. */
  splitOff: rule({
    payload: z.object({
      splitId: z.uuid(),
      into: number,
      subject,
      messageIds: z.array(z.uuid()).min(1).max(LARGEST_SPLIT),
      /** How many of them count: acknowledgements and reminders do not. */
      messageCount: z.number().int().min(0).max(LARGEST_SPLIT).optional(),
    }),
    right: 'ticket.work',
    asks: () => askedTo('split'),
    decide: (ticket, split) => {
      if (!ticket.opened) return notOpened
      if (ticket.splitOff.some((one) => one.splitId === split.splitId)) return []
      const messageIds = [...new Set(split.messageIds)]
      const given = new Set(ticket.splitOff.flatMap((one) => one.messageIds))
      if (messageIds.some((id) => given.has(id))) return notHere
      if (
        ticket.splitOff.length >= MOST_PER_TICKET ||
        given.size + messageIds.length > MOST_SPLIT_OFF
      )
        return reject(
          'split-too-many',
          `Ticket #${ticket.number} was split as often as a ticket can be: ${MOST_PER_TICKET} times, or with very many messages. Open a new ticket instead.`,
          { number: ticket.number, most: MOST_PER_TICKET },
        )
      const messageCount = Math.min(split.messageCount ?? messageIds.length, messageIds.length)
      return [fact('messagesSplitOff', { ...split, messageIds, messageCount })]
    },
  }),

  /** Undoes the first step: the messages are back. */
  returnMessages: rule({
    payload: z.object({ splitId: z.uuid() }),
    right: 'ticket.work',
    decide: (ticket, { splitId }, { answerBy }) => {
      const split = ticket.splitOff.find((one) => one.splitId === splitId)
      return split
        ? [
            fact('messagesReturned', {
              splitId,
              from: split.number,
              messageCount: split.messageCount,
              ...(answerBy === undefined ? {} : { answerBy }),
            }),
          ]
        : []
    },
  }),

  /** The second step, on the ticket that the messages become. */
  openSplit: rule({
    payload: z.object({
      splitId: z.uuid(),
      from: number,
      fromSubject: subject,
      subject,
      requester,
      department: departmentRef,
      priority,
      /** Of the messages those that count: acknowledgements and reminders do not. */
      messageIds: z.array(z.uuid()).max(LARGEST_SPLIT),
      preview: previewText,
      hasAttachments: z.boolean(),
      lastMessageAt: z.iso.datetime(),
      lastDirection: z.enum(['inbound', 'outbound']),
    }),
    right: 'ticket.work',
    asks: (_, { subject }) => askedTo('openTicket', subject),
    decide: (ticket, p) => {
      if (ticket.opened)
        return ticket.splitFrom?.splitId === p.splitId
          ? []
          : reject('ticket-already-opened', 'This ticket is already open.')
      const messageIds = [...new Set(p.messageIds)]
      return [
        fact('ticketOpened', {
          subject: p.subject,
          requester: p.requester,
          department: p.department,
          priority: p.priority,
          channel: 'web',
        }),
        fact('splitOpened', {
          splitId: p.splitId,
          from: p.from,
          messageCount: messageIds.length,
          messageIds,
          preview: p.preview,
          hasAttachments: p.hasAttachments,
          lastMessageAt: p.lastMessageAt,
          lastDirection: p.lastDirection,
        }),
        fact('ticketLinked', { number: p.from, kind: 'relates', subject: p.fromSubject }),
      ]
    },
  }),

  /**
   * Undoes the second step: without its messages the ticket goes on where they came from, and so
   * does what was written to it since.
   */
  undoSplit: rule({
    payload: z.object({ splitId: z.uuid(), subject, answerBy: z.number().int().optional() }),
    right: 'ticket.work',
    asks: () => askedTo('undoSplit'),
    decide: (ticket, { splitId, subject: fromSubject, answerBy }) => {
      const split = ticket.splitFrom
      if (split?.splitId !== splitId) return []
      return [
        fact('splitUndone', { splitId, from: split.number }),
        ...(ticket.mergedInto
          ? []
          : merged(
              ticket,
              { mergeId: splitId, into: split.number, subject: fromSubject },
              answerBy,
            )),
      ]
    },
  }),
} as const
