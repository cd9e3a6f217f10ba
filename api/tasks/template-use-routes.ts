import { ticketParams } from '../../domain/contract.ts'
import { templateChoice, ticketTasks } from '../../domain/tasks/contract.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { tasksOfTicket } from './task-list.ts'
import { tasksOf, templateColumns } from './task-templates.ts'
import { commandOf, requestedTicket } from '../access/ticket-access.ts'

const WHOLE = 200

/** A template's tasks are put on a ticket by hand. */
export function templateUseRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.post(
    '/tickets/:number/tasks/from-template',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createTasksFromTemplate',
        summary: 'Put a template’s tasks on a ticket',
        description: 'Those that are on it already are not added again.',
        params: ticketParams,
        body: templateChoice,
        response: orKept(answers(201, ticketTasks)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const template = await db
        .selectFrom('task_template')
        .select(templateColumns)
        .where('id', '=', request.body.templateId)
        .executeTakeFirst()
      if (!template)
        throw unprocessable(
          'task-template-not-found',
          'This task template does not exist any more.',
          '/templateId',
        )
      const tasks = await tasksOf(db, ticket, template)
      await commandOf(
        deps,
        user,
        ticket,
        tasks.map((payload) => ({ name: 'addTask', payload })),
      )
      return reply.code(201).send(await tasksOfTicket(db, ticket.number, undefined, WHOLE))
    },
  )
}
