import { ticketParams } from '../../domain/contract.ts'
import { mergeRequest, splitRequest } from '../../domain/merging/contract.ts'
import { ticketDetail as ticketDetailSchema } from '../../domain/tickets/contract.ts'
import { intoClosed, intoMerged } from '../../domain/merging/merge-commands.ts'
import type { MergingState } from '../../domain/merging/state.ts'
import { secondStepId } from '../../domain/merging/second-step.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { chosenOnce, newId } from '../http/idempotency/attempt.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import {
  command,
  linkedTicket,
  type AuthorisedTicket,
  requestedTicket,
} from '../access/ticket-access.ts'
import { nextTicketNumber } from '../tickets/new-ticket.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { chosenMessages } from './chosen-messages.ts'
import { ticketDetail } from '../tickets/ticket-detail.ts'

type Merging = Pick<MergingState, 'mergedInto' | 'splitFrom'>

/**
 * Merging tickets, splitting one, and undoing either. Each concerns two workflows, in two steps:
 * docs/decisions/0007-merge.md.
 */
export function mergeRoutes(api: Api, deps: Dependencies): void {
  const { db, settings, workflows } = deps

  api.post(
    '/tickets/:number/merge',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'mergeTicket',
        summary: 'Merge a ticket into another',
        params: ticketParams,
        body: mergeRequest,
        response: orKept(answers(200, ticketDetailSchema)),
        description:
          'The ticket of the path goes on in the ticket `into`: it is closed, its messages and notes are shown there, its watchers and participants join, and later mail to it goes there. Answers with the ticket of the path. Undone by `unmerge`.',
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      const into = await linkedTicket(db, user, request.body.into, '/into')
      await refuseUnlessOpen(into)
      const mergeId = newId()
      await command(
        deps,
        user,
        ticket,
        'mergeInto',
        { mergeId, into: into.number, subject: into.subject.slice(0, 300) },
        `merge-${mergeId}`,
      )
      await accepted(mergeId, ticket.number, into.number)
      return detail(user, ticket.number)
    },
  )

  api.post(
    '/tickets/:number/unmerge',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'unmergeTicket',
        summary: 'Undo a merge',
        params: ticketParams,
        response: orKept(answers(200, ticketDetailSchema)),
        description:
          'The merged ticket is as it was before. Mail that came to the other ticket meanwhile stays there. Watchers that joined with the merge leave again.',
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { mergedInto } = await mergingOf(ticket.number)
      if (!mergedInto)
        throw conflict(
          'ticket-not-merged',
          `Ticket #${ticket.number} is not merged into another ticket.`,
        )
      const { mergeId, number: into } = mergedInto
      await command(
        deps,
        user,
        ticket,
        'undoMerge',
        { mergeId, refused: false },
        `unmerge-${mergeId}`,
      )
      await workflows.answerTo(into, secondStepId('revertMerge', mergeId))
      return detail(user, ticket.number)
    },
  )

  api.post(
    '/tickets/:number/split',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'splitTicket',
        summary: 'Make a new ticket of messages',
        params: ticketParams,
        body: splitRequest,
        response: orKept(answers(201, ticketDetailSchema)),
        description:
          'The messages are shown in the new ticket from then on, which is linked with this one; answers to them go there. Its requester is who wrote the first of them. Answers with the new ticket. Undone by `unsplit` of the new ticket.',
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { subject } = request.body
      const messageIds = await chosenMessages(db, ticket.number, request.body)
      const into = await chosenOnce(db, 'into', () => nextTicketNumber(db))
      const splitId = newId()
      await command(
        deps,
        user,
        ticket,
        'splitOff',
        { splitId, into, subject, messageIds },
        `split-${splitId}`,
      )
      await workflows.answerTo(into, secondStepId('openSplit', splitId))
      return reply
        .code(201)
        .header('location', `/api/v1/tickets/${into}`)
        .send(await detail(user, into))
    },
  )

  api.post(
    '/tickets/:number/unsplit',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'unsplitTicket',
        summary: 'Undo a split',
        params: ticketParams,
        response: orKept(answers(200, ticketDetailSchema)),
        description:
          'For the ticket that was made by the split: its messages go back, and it is merged into the ticket they came from, with what was written to it since. Answers with the ticket of the path.',
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { splitFrom } = await mergingOf(ticket.number)
      if (!splitFrom)
        throw conflict(
          'ticket-not-split',
          `Ticket #${ticket.number} was not split from another ticket, or that was undone.`,
        )
      const source = await linkedTicket(db, user, splitFrom.number, '/number')
      await refuseUnlessOpen(source)
      await command(
        deps,
        user,
        source,
        'returnMessages',
        { splitId: splitFrom.splitId },
        `unsplit-${splitFrom.splitId}`,
      )
      await workflows.answerTo(ticket.number, secondStepId('undoSplit', splitFrom.splitId))
      await accepted(splitFrom.splitId, ticket.number, source.number)
      return detail(user, ticket.number)
    },
  )

  const detail = (user: SignedInUser, number: number) => ticketDetail(db, settings, user, number)

  /**
   * The other ticket takes it in: its own workflow is told so by the first one's.
   * @throws CommandRejectedError once the merge is taken back.
   */
  async function accepted(mergeId: string, number: number, into: number): Promise<void> {
    try {
      await workflows.answerTo(into, secondStepId('acceptMerge', mergeId))
    } catch (error) {
      if (error instanceof CommandRejectedError)
        await workflows.answerTo(number, secondStepId('undoMerge', mergeId)).catch(() => undefined)
      throw error
    }
  }

  async function mergingOf(number: number): Promise<Merging> {
    const row = await db
      .selectFrom('ticket')
      .select((eb) => [
        eb.ref('state', '->').key('mergedInto').as('mergedInto'),
        eb.ref('state', '->').key('splitFrom').as('splitFrom'),
      ])
      .where('number', '=', number)
      .executeTakeFirst()
    return { mergedInto: row?.mergedInto ?? null, splitFrom: row?.splitFrom ?? null }
  }

  /**
   * Looked at before the first step, so that a merge that must be refused leaves no trace. The
   * other ticket's workflow looks again.
   */
  async function refuseUnlessOpen({ number, status }: AuthorisedTicket): Promise<void> {
    const { mergedInto } = await mergingOf(number)
    const refusal = mergedInto
      ? intoMerged(number, mergedInto.number)
      : status === 'closed'
        ? intoClosed(number)
        : null
    if (refusal) throw conflict(refusal.code, refusal.message)
  }
}
