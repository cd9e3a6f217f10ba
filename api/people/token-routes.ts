import { page, uuidParams } from '../../domain/contract.ts'
import { apiToken, createdToken, newToken } from '../../domain/people/contract.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { createToken, revokeToken, tokensOf } from './token-writing.ts'

/** API tokens of one's own: what a program signs in with. They may do what their person may. */
export function tokenRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/tokens',
    {
      config: { right: 'token.create' },
      schema: {
        operationId: 'listTokens',
        summary: 'List one’s API tokens',
        description: 'Names and when each was last used; the tokens themselves are stored nowhere.',
        response: answers(200, page(apiToken)),
      },
    },
    async (request) => {
      return { items: await tokensOf(db, signedIn(request).id), next: null }
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
      const created = await createToken(db, signedIn(request).id, request.body.name)
      return reply.code(201).send(created)
    },
  )

  api.delete(
    '/tokens/:id',
    {
      config: { right: 'token.create' },
      schema: {
        operationId: 'removeToken',
        summary: 'Revoke an API token',
        description: 'From then on it is answered with 401. Only one’s own.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await revokeToken(db, request.params.id, signedIn(request).id)
      return reply.code(204).send()
    },
  )
}
