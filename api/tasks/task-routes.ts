import { z } from 'zod'
import { cursorQuery, ticketParams } from '../../domain/contract.ts'
import {
  cancelQuery,
  newTask,
  task as taskSchema,
  taskChange,
  taskPage,
  taskQuery,
  type TaskView,
  ticketTasks,
} from '../../domain/tasks/contract.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { assigneeOf, instant, taskStepsOf } from './task-change.ts'
import { openTasks, tasksOfTicket } from './task-list.ts'
import { taskRow } from './task-rows.ts'
import { authorisedTicket, command, commandOf, requestedTicket } from '../access/ticket-access.ts'

const taskParams = ticketParams.extend({ id: z.uuid() })

/** Tasks: those of a ticket, and those of all tickets that somebody is to do. */
export function taskRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/tasks',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTasks',
        summary: 'Open tasks',
        description: 'Of all tickets that one sees. What is due longest comes first.',
        querystring: taskQuery,
        response: answers(200, taskPage),
      },
    },
    (request) =>
      openTasks(
        db,
        signedIn(request),
        request.query.view,
        request.query.cursor,
        request.query.limit,
      ),
  )

  api.get(
    '/tickets/:number/tasks',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTicketTasks',
        summary: 'Tasks of a ticket',
        description: 'In their order, with the time recorded.',
        params: ticketParams,
        querystring: cursorQuery,
        response: answers(200, ticketTasks),
      },
    },
    async (request) => {
      const { number } = await authorisedTicket(db, signedIn(request), request.params.number)
      return tasksOfTicket(db, number, request.query.cursor, request.query.limit)
    },
  )

  api.post(
    '/tickets/:number/tasks',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createTask',
        summary: 'Add a task',
        description:
          'At the end of the ticket’s list. Give it to a person or to a team that sees the ticket, or to nobody yet.',
        params: ticketParams,
        body: newTask,
        response: orKept(answers(201, taskSchema)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const taskId = newId()
      const { title, dueAt = null, required, after, checklist, ...who } = request.body
      const assignee = (await assigneeOf(db, ticket, who)) ?? null
      const lines = checklist.map((text) => ({ id: newId(), text, done: false }))
      await command(
        deps,
        user,
        ticket,
        'addTask',
        {
          taskId,
          title,
          assignee,
          dueAt: dueAt && instant(dueAt),
          required,
          after,
          checklist: lines,
          template: null,
        },
        `task-${taskId}`,
      )
      return reply.code(201).send(await shown(ticket.number, taskId))
    },
  )

  api.patch(
    '/tickets/:number/tasks/:id',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'changeTask',
        summary: 'Change a task',
        description:
          'Only what is present changes, all of it or, where one change is refused, nothing; each is one line of the ticket’s history.',
        params: taskParams,
        body: taskChange,
        response: orKept(answers(200, taskSchema)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number, id } = request.params
      const ticket = await authorisedTicket(db, user, number)
      const task = await shown(number, id)
      await commandOf(deps, user, ticket, await taskStepsOf(db, ticket, task, request.body))
      return shown(number, id)
    },
  )

  api.delete(
    '/tickets/:number/tasks/:id',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'cancelTask',
        summary: 'Cancel a task',
        description: 'It stays on the ticket as cancelled, and can be reopened.',
        params: taskParams,
        querystring: cancelQuery,
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      await command(deps, user, ticket, 'cancelTask', {
        taskId: request.params.id,
        reason: request.query.reason,
      })
      return reply.code(204).send()
    },
  )

  async function shown(number: number, id: string): Promise<TaskView> {
    const task = await taskRow(db, number, id)
    if (!task) throw notFound(`such task on ticket #${number}`)
    return task
  }
}
