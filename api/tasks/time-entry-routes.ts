import { z } from 'zod'
import { ticketParams, uuidParams } from '../../domain/contract.ts'
import { newTime, timeChange, timeEntry, type TimeEntry } from '../../domain/tasks/time-contract.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import type { SignedInUser } from '../access/sessions.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { command, requestedTicket } from '../access/ticket-access.ts'
import { timeEntries, timeEntryOf } from './time-entry-rows.ts'
import { changingTime } from './time-correction.ts'

const taskParams = ticketParams.extend({ id: z.uuid() })

/** The task that an address names, when it names one. */
const taskOf = ({ id }: { number: number; id?: string }): string | null => id ?? null

/** Time worked: written down on tickets and their tasks, corrected and removed. */
export function timeEntryRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  for (const onTask of [false, true]) {
    const path = onTask ? '/tickets/:number/tasks/:id/time' : '/tickets/:number/time'
    const params = onTask ? taskParams : ticketParams

    api.post(
      path,
      {
        config: { right: 'ticket.work' },
        schema: {
          operationId: onTask ? 'recordTaskTime' : 'recordTicketTime',
          summary: `Write down time on ${onTask ? 'a task' : 'a ticket'}`,
          description: 'One’s own.',
          params,
          body: newTime,
          response: orKept(answers(201, timeEntry)),
        },
      },
      async (request, reply) => {
        const { user, ticket } = await requestedTicket(db, request)
        const entryId = newId()
        const { workedAt = new Date().toISOString(), ...time } = request.body
        await command(
          deps,
          user,
          ticket,
          'recordTime',
          {
            entryId,
            person: { id: user.id, name: user.name },
            taskId: taskOf(request.params),
            workedAt,
            ...time,
          },
          `time-${entryId}`,
        )
        return reply.code(201).send(await shown(user, entryId))
      },
    )
  }

  api.patch(
    '/time/:id',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'changeTime',
        summary: 'Correct time',
        description: 'One’s own; admins everybody’s.',
        params: uuidParams,
        body: timeChange,
        response: orKept(answers(200, timeEntry)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      await changingTime(
        db,
        user,
        request.params.id,
        (ticket, { id: entryId, person, task, minutes, billable, note, workedAt }) =>
          command(deps, user, ticket, 'correctTime', {
            entryId,
            person,
            taskId: task?.id ?? null,
            from: { minutes, billable },
            to: { minutes, billable, note, workedAt, ...request.body },
          }),
      )
      return shown(user, request.params.id)
    },
  )

  api.delete(
    '/time/:id',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'removeTime',
        summary: 'Remove time',
        description: 'One’s own; admins everybody’s. The history keeps a line of it.',
        params: uuidParams,
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await changingTime(
        db,
        user,
        request.params.id,
        (ticket, { id: entryId, person, task, minutes, billable }) =>
          command(deps, user, ticket, 'removeTime', {
            entryId,
            person,
            taskId: task?.id ?? null,
            minutes,
            billable,
          }),
      )
      return reply.code(204).send()
    },
  )

  async function shown(user: SignedInUser, id: string): Promise<TimeEntry> {
    const row = await timeEntries(db, user).where('e.id', '=', id).executeTakeFirst()
    if (!row) throw notFound('such time')
    return timeEntryOf(row)
  }
}
