import { z } from 'zod'
import { ticketParams } from '../../domain/contract.ts'
import { confirmation, confirmationPage, newConfirmation } from '../../domain/assets/contract.ts'
import { isRefusedForGood } from '../../application/tickets/command-answers.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { authorisedAsset } from './asset-view.ts'
import { confirmationOf, confirmations, confirmationWith } from './confirmation-view.ts'
import type { SignedInUser } from '../access/sessions.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { ProblemError, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { type AuthorisedTicket, command, requestedTicket } from '../access/ticket-access.ts'

const DAY_MS = 86_400_000

/** Hand-over and return of assets: what a ticket asks of the person who has them. */
export function confirmationRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps
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
      const id = await ask(deps, user, ticket, request.body)
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
}

/**
 * Writes the question down and asks it.
 * @returns its id.
 * @throws ProblemError when it names an asset that is not there for who asks, or is refused.
 */
async function ask(
  deps: Dependencies,
  user: SignedInUser,
  ticket: AuthorisedTicket,
  { kind, person, text, days, assetIds }: z.infer<typeof newConfirmation>,
): Promise<string> {
  const { db } = deps
  const assets = await named(db, user, assetIds)
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
  return id
}

/** The assets with their names, each once. */
async function named(
  db: Database,
  user: SignedInUser,
  assetIds: readonly string[],
): Promise<{ id: string; name: string }[]> {
  const assets: { id: string; name: string }[] = []
  for (const assetId of new Set(assetIds)) {
    const { id, name } = await authorisedAsset(db, user, assetId).catch((error: unknown) => {
      throw error instanceof ProblemError
        ? unprocessable(
            'asset-not-found',
            'One of the assets does not exist, or you may not see it.',
            '/assetIds',
          )
        : error
    })
    assets.push({ id, name })
  }
  return assets
}
