import type pg from 'pg'
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
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { authorisedAsset } from './asset-view.ts'
import { signedIn } from '../access/authentication.ts'
import { CONFIRMATION_COLUMNS, confirmationOf, type ConfirmationRow } from './confirmation-view.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, ProblemError, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'

const DAY_MS = 86_400_000
const linkParams = z.object({ token: z.string().min(1).max(2000) })

/**
 * Hand-over and return of assets, confirmed by the person on a signed page without an account.
 */
export function confirmationRoutes(api: Api, deps: Dependencies): void {
  const { db, pool, settings, workflows } = deps
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
      const { number } = await authorisedTicket(db, signedIn(request), request.params.number)
      const { rows } = await pool.query<ConfirmationRow>(
        `SELECT ${CONFIRMATION_COLUMNS} FROM confirmation c WHERE c.ticket_number = $1 AND c.event_no IS NOT NULL ORDER BY c.created_at DESC, c.id`,
        [number],
      )
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
        response: answers(201, confirmation),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { kind, person, text, days } = request.body
      const assets: { id: string; name: string }[] = []
      for (const assetId of new Set(request.body.assetIds)) {
        const authorised = await authorisedAsset(pool, user, assetId).catch((error: unknown) => {
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
      await pool.query(
        'INSERT INTO confirmation (id, ticket_number, kind, person_email, person_name, text, assets, asked_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING',
        [
          id,
          ticket.number,
          kind,
          person.email,
          person.name,
          text,
          JSON.stringify(assets),
          user.name,
          expires,
        ],
      )
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
        if (error instanceof CommandRejectedError)
          await pool.query('DELETE FROM confirmation WHERE id = $1 AND event_no IS NULL', [id])
        throw error
      }
      return reply.code(201).send(await confirmationWith(pool, id))
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
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await command(
        deps,
        user,
        await authorisedTicket(db, user, request.params.number),
        'revokeConfirmation',
        { id: request.params.id },
      )
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
      return offerOf(pool, await linked(request.params.token))
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
        response: answers(200, confirmationOffer),
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
          throw alreadyOver((await confirmationWith(pool, id)).state)
        throw error
      }
      return offerOf(pool, await confirmationWith(pool, id))
    },
  )

  /**
   * @throws ProblemError 404 for an address that this server did not make. One whose time is over
   *   still says what it was about.
   */
  async function linked(token: string): Promise<Confirmation> {
    const page = readSignedPage(settings.secretKey, 'confirmation', token)
    if (page.state === 'forged') throw notFound('such page')
    return confirmationWith(pool, page.subject['id'] ?? '')
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

async function confirmationWith(pool: pg.Pool, id: string): Promise<Confirmation> {
  const {
    rows: [row],
  } = await pool.query<ConfirmationRow>(
    `SELECT ${CONFIRMATION_COLUMNS} FROM confirmation c WHERE c.id::text = $1 AND c.event_no IS NOT NULL`,
    [id],
  )
  if (!row) throw notFound('such page')
  return confirmationOf(row)
}

/** Only what the person has to know: names, types and serial numbers, no ids. */
async function offerOf(
  pool: pg.Pool,
  { kind, person, text, askedBy, state, expiresAt, endedAt, assets }: Confirmation,
): Promise<ConfirmationOffer> {
  const { rows } = await pool.query<ConfirmationOffer['assets'][number]>(
    `SELECT n.name, coalesce(a.type, '') AS type, coalesce(a.serial, '') AS serial FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id uuid, name text)) WITH ORDINALITY AS n(id, name, at) LEFT JOIN asset a ON a.id = n.id ORDER BY n.at`,
    [JSON.stringify(assets)],
  )
  return { kind, person, text, askedBy, state, expiresAt, endedAt, assets: rows }
}
