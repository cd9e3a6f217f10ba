import { apiToken, createdToken, newToken } from '../../domain/people/contract.ts'
import { page, uuidParams } from '../../domain/contract.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { newSecretToken } from '../access/secret-token.ts'
import { TOKEN_PREFIX } from '../access/sessions.ts'

interface TokenRow {
  id: string
  name: string
  created_at: Date
  last_used_at: Date | null
}

/** API tokens of one's own: what a program signs in with. They may do what their person may. */
export function tokenRoutes(api: Api, { pool }: Dependencies): void {
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
      const { rows } = await pool.query<TokenRow>(
        'SELECT id, name, created_at, last_used_at FROM api_token WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC',
        [signedIn(request).id],
      )
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
      const {
        rows: [row],
      } = await pool.query<TokenRow>(
        'INSERT INTO api_token (id, token_hash, name, user_id) VALUES ($1, $2, $3, $4) RETURNING id, name, created_at, last_used_at',
        [timeOrderedId(), hash, request.body.name, signedIn(request).id],
      )
      return reply.code(201).send({ ...tokenOf(row!), token })
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
      const { rowCount } = await pool.query(
        'UPDATE api_token SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL',
        [request.params.id, signedIn(request).id],
      )
      if (!rowCount) throw notFound('such token')
      return reply.code(204).send()
    },
  )
}

const tokenOf = (row: TokenRow) => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
})
