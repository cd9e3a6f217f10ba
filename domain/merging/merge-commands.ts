import { cut } from '../cut.ts'
import { z } from 'zod'
import { askedTo } from '../asked.ts'
import { fact, type Fact } from '../events.ts'
import { reject, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { UNWRITABLE } from '../tickets/unwritten-command.ts'
import { person } from '../vocabulary.ts'
import { refusedMerge } from './events.ts'
import { MOST_PER_TICKET } from './state.ts'

const subject = z.string().transform((text) => cut(text, 300))
const number = z.number().int().positive()
const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')

/**
 * Merging concerns two tickets, each decided by its own workflow: first the merged one goes, then
 * the other one takes it in. What the first has decided is the truth; the second follows it, or
 * refuses, and then the first takes it back. docs/decisions/0007-merge.md.
 */
export const mergeCommands = {
  /**
   * The first step, on the ticket that goes on elsewhere: it is closed at once, and mail to it goes
   * there from now on.
   */
  mergeInto: rule({
    payload: z.object({ mergeId: z.uuid(), into: number, subject }),
    right: 'ticket.work',
    asks: (_, { into }) => askedTo('merge', `#${into}`),
    decide: (ticket, { mergeId, into, subject: intoSubject }, { answerBy }) => {
      if (!ticket.opened) return notOpened
      if (ticket.mergedInto?.mergeId === mergeId) return []
      if (ticket.mergedInto)
        return reject(
          'ticket-already-merged',
          `Ticket #${ticket.number} is already merged into #${ticket.mergedInto.number}. Undo that first.`,
          { number: ticket.number, into: ticket.mergedInto.number },
        )
      if (into === ticket.number)
        return reject(
          'merge-into-itself',
          'A ticket cannot be merged into itself. Name another one.',
        )
      if (ticket.mergedTickets.some((one) => one.number === into)) {
        return reject(
          'merge-cycle',
          `Ticket #${into} is merged into #${ticket.number}, so #${ticket.number} cannot be merged into it. Undo that merge first.`,
          { number: into, into: ticket.number },
        )
      }
      return merged(ticket, { mergeId, into, subject: intoSubject }, answerBy)
    },
  }),

  /**
   * The same first step, because a mail has shown that both are one thread. Guichet takes it only
   * where nobody has worked on the ticket, and nobody would see it who did not see it before.
   */
  joinThread: rule({
    payload: z.object({
      mergeId: z.uuid(),
      into: number,
      subject,
      departmentId: z.uuid(),
      locationId: z.uuid().nullable(),
    }),
    right: 'system',
    // The other ticket is told by the command that follows, and this one's history is not its own.
    refused: () => null,
    decide: (ticket, { mergeId, into, subject: intoSubject, departmentId, locationId }) => {
      if (!ticket.opened) return notOpened
      if (ticket.mergedInto)
        return ticket.mergedInto.number === into
          ? []
          : intoMerged(ticket.number, ticket.mergedInto.number)
      if (ticket.mergedTickets.some((one) => one.number === into)) return []
      if (
        ticket.handled ||
        into === ticket.number ||
        ticket.department.id !== departmentId ||
        (ticket.location?.id ?? null) !== locationId
      )
        return reject(
          'thread-not-joined',
          'This ticket is not merged by itself: somebody has worked on it, or it is elsewhere.',
        )
      return merged(ticket, { mergeId, into, subject: intoSubject }, undefined)
    },
  }),

  /**
   * Undoes the first step. `refused`: the other ticket could not take it in, and whoever asked for
   * the merge is told why.
   */
  undoMerge: rule({
    payload: z.object({
      mergeId: z.uuid(),
      refused: z.boolean().default(false),
      refusal: refusedMerge.optional(),
    }),
    right: 'ticket.work',
    asks: () => askedTo('undoMerge'),
    decide: (ticket, { mergeId, refused, refusal }) => {
      const standing = ticket.mergedInto
      if (standing?.mergeId !== mergeId) return []
      const { status } = standing.before
      return [
        ...(ticket.status === status
          ? []
          : [fact('statusChanged', { from: ticket.status, to: status, reason: 'merge' })]),
        fact('ticketUnmerged', {
          mergeId,
          from: standing.number,
          refused,
          ...(refusal ? { refusal } : {}),
        }),
      ]
    },
  }),

  /** The second step, on the ticket in which the other goes on. */
  acceptMerge: rule({
    payload: z.object({
      mergeId: z.uuid(),
      number,
      subject,
      messageCount: z.number().int().min(0),
      watchers: z.array(person).max(MOST_PER_TICKET),
    }),
    right: 'ticket.work',
    asks: (_, { number }) => askedTo('acceptMerge', `#${number}`),
    // The merged ticket's history says so, and whoever asked is told there.
    refused: (_ticket, _payload, { code }) => (code === UNWRITABLE ? [] : null),
    decide: (ticket, { watchers, ...taken }) => {
      if (!ticket.opened) return notOpened
      if (ticket.mergedTickets.some((one) => one.mergeId === taken.mergeId)) return []
      if (ticket.mergedInto) return intoMerged(ticket.number, ticket.mergedInto.number)
      if (ticket.status === 'closed') return intoClosed(ticket.number)
      if (ticket.mergedTickets.length >= MOST_PER_TICKET)
        return reject(
          'merge-too-many',
          `Ticket #${ticket.number} already holds ${MOST_PER_TICKET} merged tickets. Link this one instead.`,
          { number: ticket.number, most: MOST_PER_TICKET },
        )
      const joining = watchers.filter(
        (one) => !ticket.watchers.some((known) => known.id === one.id),
      )
      return [
        fact('mergeAccepted', { ...taken, joined: joining.map(({ id }) => id) }),
        ...joining.map((watcher) => fact('watcherAdded', { watcher })),
      ]
    },
  }),

  /** Undoes the second step: watchers that came with the ticket leave with it. */
  revertMerge: rule({
    payload: z.object({ mergeId: z.uuid() }),
    right: 'ticket.work',
    decide: (ticket, { mergeId }) => {
      const taken = ticket.mergedTickets.find((one) => one.mergeId === mergeId)
      if (!taken) return []
      const leaving = ticket.watchers.filter((watcher) => taken.joined.includes(watcher.id))
      return [
        fact('mergeReverted', { mergeId, number: taken.number }),
        ...leaving.map((watcher) => fact('watcherRemoved', { watcher })),
      ]
    },
  }),
} as const

/** What being merged comes to. */
export const merged = (
  ticket: Ticket,
  merge: { mergeId: string; into: number; subject: string },
  answerBy: number | undefined,
): Fact[] => [
  fact('ticketMerged', { ...merge, ...(answerBy === undefined ? {} : { answerBy }) }),
  ...(ticket.status === 'closed'
    ? []
    : [fact('statusChanged', { from: ticket.status, to: 'closed', reason: 'merge' })]),
]

export const intoMerged = (number: number, further: number) =>
  reject(
    'merge-into-merged',
    `Ticket #${number} is itself merged into #${further}. Merge into #${further} instead.`,
    { number, into: further },
  )
export const intoClosed = (number: number) =>
  reject(
    'merge-into-closed',
    `Ticket #${number} is closed, so nobody would see what is merged into it. Reopen it first, or link the tickets instead.`,
    { number },
  )
