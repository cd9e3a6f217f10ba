import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { page, ticketParams } from '../../domain/contract.ts'
import { knownTag, tagList } from '../../domain/tickets/contract.ts'
import { visibleDepartments } from '../../domain/permissions.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { locationLimit } from '../access/location-limit.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'

const MOST = 200

/** Tags of tickets, and those that are in use. */
export function tagRoutes(api: Api, deps: Dependencies): void {
  const { db, pool } = deps

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
      const { rows } = await pool.query<{ tag: string; tickets: number }>(
        `SELECT tag, count(*)::int AS tickets FROM ticket t, unnest(t.tags) AS tag WHERE ($1::uuid[] IS NULL OR t.department_id = ANY($1)) AND ${locationLimit(signedIn(request))} GROUP BY tag ORDER BY 2 DESC, 1 LIMIT ${MOST}`,
        [visibleDepartments(signedIn(request))],
      )
      return { items: rows, next: null }
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
        response: answers(200, tagList),
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
