import { sql } from 'kysely'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { page, ticketParams } from '../../domain/contract.ts'
import { knownTag, tagList } from '../../domain/tickets/contract.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'

const MOST = 200

/** Tags of tickets, and those that are in use. */
export function tagRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/tags',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTags',
        summary: 'List tags in use',
        description: 'Within the departments that one sees, the most used first.',
        response: answers(200, page(knownTag)),
      },
    },
    async (request) => {
      const items = await db
        .selectFrom([
          'ticket as t',
          sql<{ tag: string }>`unnest(t.tags)`.as<'tags'>(sql`tags(tag)`),
        ])
        .select(['tags.tag', sql<number>`count(*)::int`.as('tickets')])
        .where(seesTicket(signedIn(request)))
        .groupBy('tags.tag')
        .orderBy('tickets', 'desc')
        .orderBy('tags.tag')
        .limit(MOST)
        .execute()
      return { items, next: null }
    },
  )

  api.put(
    '/tickets/:number/tags',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'setTags',
        summary: 'Tag a ticket',
        description: 'With exactly these.',
        params: ticketParams,
        body: tagList,
        response: orKept(answers(200, tagList)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      await command(deps, user, ticket, 'setTags', { tags: request.body.tags })
      return { tags: (await loadTicket(db, ticket.number)).tags }
    },
  )
}
