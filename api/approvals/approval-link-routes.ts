import { sql } from 'kysely'
import {
  linkDecision,
  linkDelegated,
  linkDelegation,
  linkedApproval,
  linkEnd,
  linkOutcome,
  linkParams,
  linkPeople,
  linkPeopleQuery,
} from '../../domain/approvals/contract.ts'
import type { ApproverSlot } from '../../domain/approvals/state.ts'
import type { Actor } from '../../domain/vocabulary.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { approverOf, requireOthersThanRequester } from './approvers.ts'
import type { ApprovalRow } from './approval-view.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { requireReason } from './approval-decision-routes.ts'
import { keptAnswer } from './kept-answer.ts'
import { endOfLink, inTime, openedLink, readLink } from './opened-link.ts'

/**
 * The personal link of an approver, from their mail. Looking at it changes nothing, however often a
 * mail scanner does; only a POST decides, and once. It shows the request and nothing else of the
 * ticket.
 */
export function approvalLinkRoutes(api: Api, { db, workflows, settings }: Dependencies): void {
  const opened = (token: string) => openedLink(db, settings.secretKeys, token)

  api.get(
    '/approval-links/:token',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'getLinkedApproval',
        summary: 'What a personal link asks',
        description:
          'What whoever holds the link is asked, with the names of its files, and whether they have answered. Looking decides nothing: mail scanners follow links too.',
        params: linkParams,
        response: answers(200, linkedApproval),
      },
    },
    async (request, reply) => {
      const { link } = readLink(settings.secretKeys, request.params.token)
      const recording = await keptAnswer(db, link)
      const {
        row: { data, text, lines, attachments },
        slot,
      } = await opened(request.params.token)
      reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
      return {
        subject: data.subject,
        text,
        lines,
        amount: data.amount,
        furtherAmounts: data.furtherAmounts ?? [],
        askedBy: data.askedBy.name,
        deadline: data.deadline,
        attachments: attachments.map(({ filename }) => filename),
        approver: slot.name || slot.email,
        again: data.round > 1,
        findsPeople: slot.userId !== null,
        recording,
      }
    },
  )

  api.get(
    '/approval-links/:token/end',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'getLinkEnd',
        summary: 'What became of what a personal link asked',
        description:
          'Also when the link can be used no more: what was decided, by whom and when, or that it was withdrawn.',
        params: linkParams,
        response: answers(200, linkEnd),
      },
    },
    async (request, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
      return endOfLink(db, settings.secretKeys, request.params.token)
    },
  )

  api.post(
    '/approval-links/:token/decision',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'decideLinkedApproval',
        summary: 'Decide by a personal link',
        description: 'Works once. A refusal needs a comment.',
        params: linkParams,
        body: linkDecision,
        response: orKept(answers(200, linkOutcome)),
      },
    },
    async (request) => {
      const { row, slot } = await opened(request.params.token)
      const { decision, comment } = request.body
      requireReason(decision, comment)
      const {
        id: approvalId,
        data: { round },
        ticketNumber: number,
      } = row
      await inTime(
        workflows.execute({ number, resume: true }, 'decideApproval', {
          // Of two at the same time the ticket's workflow takes one: the other finds the link used.
          id: newId(),
          actor: actorOf(slot),
          payload: {
            approvalId,
            round,
            approver: slot.key,
            decision,
            comment,
            from: { via: 'link', ip: request.ip },
          },
        }),
      )
      return { decision }
    },
  )

  api.post(
    '/approval-links/:token/delegation',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'delegateLinkedApproval',
        summary: 'Hand a decision on by a personal link',
        description: 'Works once. The other person gets a link of their own; this one is over.',
        params: linkParams,
        body: linkDelegation,
        response: orKept(answers(200, linkDelegated)),
      },
    },
    async (request) => {
      const { row, slot } = await opened(request.params.token)
      const { to: choice, reason } = request.body
      if ('userId' in choice && slot.userId === null)
        throw unprocessable('approver-not-found', 'Name the person by an e-mail address.', '/to')
      const to = await approverOf(db, choice, '/to')
      await requireOthersThanRequester(db, row.ticketNumber, [{ person: to, pointer: '/to' }])
      await inTime(
        workflows.execute({ number: row.ticketNumber, resume: true }, 'delegateApproval', {
          id: newId(),
          actor: actorOf(slot),
          payload: {
            approvalId: row.id,
            round: row.data.round,
            from: slot.key,
            to,
            reason,
            sentFrom: { via: 'link', ip: request.ip },
          },
        }),
      )
      return { to: to.name || to.email }
    },
  )

  api.get(
    '/approval-links/:token/people',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'listLinkedApprovalPeople',
        summary: 'Colleagues to hand a decision on to',
        description: 'By name. Nobody is found through the link of somebody who has no account.',
        params: linkParams,
        querystring: linkPeopleQuery,
        response: answers(200, linkPeople),
      },
    },
    async (request, reply) => {
      const { row, slot } = await opened(request.params.token)
      reply.header('cache-control', 'no-store')
      if (slot.userId === null) return { items: [], next: null }
      const items = await db
        .selectFrom('app_user as u')
        .innerJoin('ticket as t', (join) => join.on('t.number', '=', row.ticketNumber))
        .select(['u.id as userId', 'u.name'])
        .where('u.active', '=', true)
        .where(sql<boolean>`position(lower(${request.query.q}) IN lower(u.name)) > 0`)
        .where((eb) => eb.not(eb('u.id', '=', anyOf(takenIds(row), 'uuid'))))
        .where(sql<boolean>`lower(u.email) <> lower(t.requester_email)`)
        .orderBy((eb) => eb.fn('lower', ['u.name']))
        .orderBy('u.id')
        .limit(MOST_FOUND)
        .execute()
      return { items, next: null }
    },
  )
}

/** Names found at once: enough to choose from, too few to copy the directory with one question. */
const MOST_FOUND = 8

/** Whoever has asked for it and whoever is asked already. */
const takenIds = ({ data }: ApprovalRow): string[] =>
  [
    data.askedBy.id,
    ...data.stages.flatMap(({ slots }) => slots.map(({ userId }) => userId)),
  ].filter((id) => id !== null)

const actorOf = ({ userId, key, name }: ApproverSlot): Actor =>
  userId === null
    ? { kind: 'correspondent', email: key, name }
    : { kind: 'agent', id: userId, name }
