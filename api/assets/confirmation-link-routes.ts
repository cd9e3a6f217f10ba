import { z } from 'zod'
import {
  type Confirmation,
  confirmationAnswer,
  confirmationOffer,
  type ConfirmationOffer,
} from '../../domain/assets/contract.ts'
import { readSignedPage } from '../../platform/secrets/signed-page.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { keptCommandsOf } from '../../application/tickets/kept-commands.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { confirmationWith } from './confirmation-view.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, ProblemError } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'

const linkParams = z.object({ token: z.string().min(1).max(2000) })

/** The signed page on which a person without an account confirms what they got or gave back. */
export function confirmationLinkRoutes(api: Api, { db, settings, workflows }: Dependencies): void {
  api.get(
    '/confirmation-links/:token',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'getLinkedConfirmation',
        summary: 'What a signed page asks',
        description:
          'Which assets whoever holds the link is to confirm, and whether they have answered. Looking confirms nothing.',
        params: linkParams,
        response: answers(200, confirmationOffer),
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
      const { token } = request.params
      const recordingSince = await keptSince(await linked(token))
      // Read after it, for what is recorded in between is answered then.
      return offerOf(db, await linked(token), recordingSince)
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
          id: answerId(id),
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

  /** @returns when an answer was given that no worker has recorded yet. */
  async function keptSince({ id, ticketNumber }: Confirmation): Promise<string | null> {
    const kept = await keptCommandsOf(db, ticketNumber, ['answerConfirmation'])
    return kept.find((one) => one.commandId === answerId(id))?.at.toISOString() ?? null
  }

  /**
   * @throws ProblemError 404 for an address that this server did not make. One whose time is over
   *   still says what it was about.
   */
  async function linked(token: string): Promise<Confirmation> {
    const page = readSignedPage(settings.secretKeys, 'confirmation', token)
    if (page.state === 'forged') throw notFound('such page')
    return confirmationWith(db, page.subject['id'] ?? '')
  }
}

/** Of the one command that answers a confirmation. */
const answerId = (id: string): string => `confirmation-${id}-answer`

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

/** Only what the person has to know: names, types and serial numbers, no ids. */
async function offerOf(
  db: Database,
  { kind, person, text, askedBy, state, expiresAt, endedAt, assets }: Confirmation,
  recordingSince: string | null = null,
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
  return { kind, person, text, askedBy, state, expiresAt, endedAt, assets: shown, recordingSince }
}
