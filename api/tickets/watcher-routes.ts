import { z } from 'zod'
import { page, ticketParams } from '../../domain/contract.ts'
import { watcherChange } from '../../domain/tickets/contract.ts'
import { person } from '../../domain/vocabulary.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { workerOf } from '../access/worker.ts'

const watcherPage = page(person)

/** Who is told of a ticket besides its owner. */
export function watcherRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps
  const watchersOf = async (number: number) => {
    const items = await db
      .selectFrom('ticket_watcher as w')
      .innerJoin('app_user as u', 'u.id', 'w.user_id')
      .select(['u.id', 'u.name', 'u.email'])
      .where('w.ticket_number', '=', number)
      .orderBy((eb) => eb.fn('lower', ['u.name']))
      .orderBy('u.id')
      .execute()
    return { items, next: null }
  }

  api.get(
    '/tickets/:number/watchers',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listWatchers',
        summary: 'Who watches a ticket',
        description: 'They are told of what happens on the ticket, as its owner is. By name.',
        params: ticketParams,
        response: answers(200, watcherPage),
      },
    },
    async (request) =>
      watchersOf((await authorisedTicket(db, signedIn(request), request.params.number)).number),
  )

  api.post(
    '/tickets/:number/watchers',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'addWatcher',
        summary: 'Add a watcher',
        description:
          'Oneself or somebody else who sees the ticket, by its department and location; 422 `person-without-access` for anybody else. Answers with all watchers.',
        params: ticketParams,
        body: watcherChange,
        response: orKept(answers(201, watcherPage)),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      await command(deps, user, ticket, 'addWatcher', {
        watcher: await workerOf(db, request.body.userId, ticket, '/userId'),
      })
      return reply.code(201).send(await watchersOf(ticket.number))
    },
  )

  api.delete(
    '/tickets/:number/watchers/:userId',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'removeWatcher',
        summary: 'Remove a watcher',
        description:
          'They are told no more, unless they own the ticket or are asked for something on it. 404 when they do not watch it.',
        params: ticketParams.extend({ userId: z.uuid() }),
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const watcher = (await watchersOf(ticket.number)).items.find(
        ({ id }) => id === request.params.userId,
      )
      if (!watcher) throw notFound('such watcher')
      await command(deps, user, ticket, 'removeWatcher', { watcher })
      return reply.code(204).send()
    },
  )
}
