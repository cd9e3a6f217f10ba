import { z } from 'zod'
import { ticketParams } from '../../domain/contract.ts'
import {
  type Confirmation,
  confirmation,
  confirmationAnswer,
  confirmationOffer,
  type ConfirmationOffer,
  confirmationPage,
  newConfirmation,
} from '../../domain/assets/contract.ts'
import { readSignedPage } from '../../platform/secrets/signed-page.ts'
import {
  CommandRejectedError,
  isRefusedForGood,
} from '../../application/tickets/command-answers.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { authorisedAsset } from './asset-view.ts'
import { confirmationOf, confirmations } from './confirmation-view.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, ProblemError, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { command, requestedTicket } from '../access/ticket-access.ts'

const DAY_MS = 86_400_000
const linkParams = z.object({ token: z.string().min(1).max(2000) })

/**
 * Hand-over and return of assets, confirmed by the person on a signed page without an account.
 */
export function confirmationRoutes(api: Api, deps: Dependencies): void {
  const { db, settings, workflows } = deps
  const config = { right: 'asset.manage' } as const

  api.get(
    '/tickets/:number/confirmations',
    {
      config,
      schema: {
        operationId: 'listConfirmations',
        summary: 'Confirmations of a ticket',
        description: 'Newest first.',
        params: ticketParams,
        response: answers(200, confirmationPage),
      },
    },
    async (request) => {
      const { ticket } = await requestedTicket(db, request)
      const rows = await confirmations(db)
        .where('c.ticket_number', '=', ticket.number)
        .orderBy('c.created_at', 'desc')
        .orderBy('c.id')
        .execute()
      return { items: rows.map(confirmationOf), next: null }
    },
  )

  api.post(
    '/tickets/:number/confirmations',
    {
      config,
      schema: {
        operationId: 'createConfirmation',
        summary: 'Ask for a confirmation',
        description:
          'The person gets the address of a page by mail; what they confirm changes the assets.',
        params: ticketParams,
        body: newConfirmation,
        response: orKept(answers(201, confirmation)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { kind, person, text, days } = request.body
      const assets: { id: string; name: string }[] = []
      for (const assetId of new Set(request.body.assetIds)) {
        const authorised = await authorisedAsset(db, user, assetId).catch((error: unknown) => {
          throw error instanceof ProblemError
            ? unprocessable(
                'asset-not-found',
                'One of the assets does not exist, or you may not see it.',
                '/assetIds',
              )
            : error
        })
        assets.push({ id: authorised.id, name: authorised.name })
      }
      const id = newId()
      const expires = new Date(Date.now() + days * DAY_MS).toISOString()
      await db
        .insertInto('confirmation')
        .values({
          id,
          ticket_number: ticket.number,
          kind,
          person_email: person.email,
          person_name: person.name,
          text,
          assets: jsonb(assets),
          asked_by: user.name,
          expires_at: expires,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
      try {
        await command(
          deps,
          user,
          ticket,
          'askConfirmation',
          { id, kind, assets, person, expires },
          `confirmation-${id}`,
        )
      } catch (error) {
        if (isRefusedForGood(error))
          await db
            .deleteFrom('confirmation')
            .where('id', '=', id)
            .where('event_no', 'is', null)
            .execute()
        throw error
      }
      return reply.code(201).send(await confirmationWith(db, id))
    },
  )

  api.delete(
    '/tickets/:number/confirmations/:id',
    {
      config,
      schema: {
        operationId: 'revokeConfirmation',
        summary: 'Revoke a confirmation',
        description: 'Its page can no longer be answered.',
        params: ticketParams.extend({ id: z.uuid() }),
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      await command(deps, user, ticket, 'revokeConfirmation', { id: request.params.id })
      return reply.code(204).send()
    },
  )

  api.get(
    '/confirmation-links/:token',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'getLinkedConfirmation',
        summary: 'What a signed page asks',
        params: linkParams,
        response: answers(200, confirmationOffer),
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
      return offerOf(db, await linked(request.params.token))
    },
  )

  api.post(
    '/confirmation-links/:token',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'answerLinkedConfirmation',
        summary: 'Answer a signed page',
        description: 'Once.',
        params: linkParams,
        body: confirmationAnswer,
        response: orKept(answers(200, confirmationOffer)),
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const { id, state, ticketNumber, person } = await linked(request.params.token)
      if (state !== 'asked') throw alreadyOver(state)
      try {
        await workflows.execute({ number: ticketNumber, resume: true }, 'answerConfirmation', {
          id: `confirmation-${id}-answer`,
          actor: { kind: 'correspondent', ...person },
          payload: { id, ...request.body, from: request.ip },
        })
      } catch (error) {
        if (error instanceof CommandRejectedError && error.code === 'confirmation-not-open')
          throw alreadyOver((await confirmationWith(db, id)).state)
        throw error
      }
      return offerOf(db, await confirmationWith(db, id))
    },
  )

  /**
   * @throws ProblemError 404 for an address that this server did not make. One whose time is over
   *   still says what it was about.
   */
  async function linked(token: string): Promise<Confirmation> {
    const page = readSignedPage(settings.secretKey, 'confirmation', token)
    if (page.state === 'forged') throw notFound('such page')
    return confirmationWith(db, page.subject['id'] ?? '')
  }
}

const alreadyOver = (state: Confirmation['state']): ProblemError =>
  ({
    asked: conflict('confirmation-answered', 'This was answered already.'),
    given: conflict('confirmation-answered', 'This was confirmed already.'),
    refused: conflict('confirmation-answered', 'This was refused already.'),
    revoked: new ProblemError(
      410,
      'confirmation-revoked',
      'This question was taken back. There is nothing to answer.',
    ),
    expired: new ProblemError(
      410,
      'confirmation-expired',
      'The time to answer is over. Ask whoever wrote to you for a new address.',
    ),
  })[state]

async function confirmationWith(db: Database, id: string): Promise<Confirmation> {
  const row = await confirmations(db)
    .where((eb) => eb(eb.cast<string>('c.id', 'text'), '=', id))
    .executeTakeFirst()
  if (!row) throw notFound('such page')
  return confirmationOf(row)
}

/** Only what the person has to know: names, types and serial numbers, no ids. */
async function offerOf(
  db: Database,
  { kind, person, text, askedBy, state, expiresAt, endedAt, assets }: Confirmation,
): Promise<ConfirmationOffer> {
  const ids = assets.map(({ id }) => id)
  const found = await db
    .selectFrom('asset')
    .select(['id', 'type', 'serial'])
    .where('id', '=', anyOf(ids, 'uuid'))
    .execute()
  const shown = assets.map(({ id, name }) => {
    const { type = '', serial = '' } = found.find((asset) => asset.id === id) ?? {}
    return { name, type, serial }
  })
  return { kind, person, text, askedBy, state, expiresAt, endedAt, assets: shown }
}
