import { type Selectable, sql } from 'kysely'
import { apiToken, createdToken, newToken } from '../../domain/people/contract.ts'
import { page, uuidParams } from '../../domain/contract.ts'
import type { ApiToken } from '../../prisma/generated/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { newSecretToken } from '../access/secret-token.ts'
import { TOKEN_PREFIX } from '../access/sessions.ts'

/** API tokens of one's own: what a program signs in with. They may do what their person may. */
export function tokenRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/tokens',
    {
      config: { right: 'token.create' },
      schema: {
        operationId: 'listTokens',
        summary: 'List one’s API tokens',
        response: answers(200, page(apiToken)),
      },
    },
    async (request) => {
      const rows = await db
        .selectFrom('api_token')
        .select(columns)
        .where('user_id', '=', signedIn(request).id)
        .where('revoked_at', 'is', null)
        .orderBy('created_at', 'desc')
        .execute()
      return { items: rows.map(tokenOf), next: null }
    },
  )

  api.post(
    '/tokens',
    {
      config: { right: 'token.create', sessionOnly: true },
      schema: {
        operationId: 'createToken',
        summary: 'Make an API token',
        description: 'The token itself is shown this once.',
        body: newToken,
        response: answers(201, createdToken),
      },
    },
    async (request, reply) => {
      const { token, hash } = newSecretToken(TOKEN_PREFIX)
      const row = await db
        .insertInto('api_token')
        .values({
          id: newId(),
          token_hash: hash,
          name: request.body.name,
          user_id: signedIn(request).id,
        })
        .returning(columns)
        .executeTakeFirstOrThrow()
      return reply.code(201).send({ ...tokenOf(row), token })
    },
  )

  api.delete(
    '/tokens/:id',
    {
      config: { right: 'token.create' },
      schema: {
        operationId: 'removeToken',
        summary: 'Revoke an API token',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numUpdatedRows } = await db
        .updateTable('api_token')
        .set({ revoked_at: sql<Date>`now()` })
        .where('id', '=', request.params.id)
        .where('user_id', '=', signedIn(request).id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw notFound('such token')
      return reply.code(204).send()
    },
  )
}

const columns = ['id', 'name', 'created_at', 'last_used_at'] as const

const tokenOf = ({
  id,
  name,
  created_at: createdAt,
  last_used_at: lastUsedAt,
}: Pick<Selectable<ApiToken>, (typeof columns)[number]>) => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})
