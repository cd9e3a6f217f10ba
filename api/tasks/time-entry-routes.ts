import { Readable } from 'node:stream'
import { z } from 'zod'
import { cursorQuery, ticketParams, uuidParams } from '../../domain/contract.ts'
import {
  newTime,
  timeChange,
  timeEntry,
  type TimeEntry,
  timeFilter,
  timePage,
  timeQuery,
  timeTotals as totalsSchema,
  totalsQuery,
} from '../../domain/tasks/time-contract.ts'
import { may } from '../../domain/permissions.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, ProblemError } from '../http/problem.ts'
import { type Api, answers, bytes, noContent, orKept } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import {
  command,
  type AuthorisedTicket,
  authorisedTicket,
  requestedTicket,
} from '../access/ticket-access.ts'
import { timeCsv, timeCsvExample } from './time-csv.ts'
import { timeCondition, timeEntries, timeEntryOf, timeRows, timeTotals } from './time-entry-rows.ts'

const taskParams = ticketParams.extend({ id: z.uuid() })

/** The task that an address names, when it names one. */
const taskOf = ({ id }: { number: number; id?: string }): string | null => id ?? null
const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])
/** Somebody else changed the ticket between reading and writing: so often it is tried again. */
const TRIES = 5

/** Time worked: written down on tickets and their tasks, listed, summed and exported. */
export function timeRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  for (const onTask of [false, true]) {
    const path = onTask ? '/tickets/:number/tasks/:id/time' : '/tickets/:number/time'
    const of = onTask ? 'a task' : 'a ticket, its tasks included'
    const params = onTask ? taskParams : ticketParams

    api.get(
      path,
      {
        config: { right: 'ticket.read' },
        schema: {
          operationId: onTask ? 'listTaskTime' : 'listTicketTime',
          summary: `Time on ${of}`,
          description: 'Newest first.',
          params,
          querystring: cursorQuery,
          response: answers(200, timePage),
        },
      },
      async (request) => {
        const user = signedIn(request)
        const { number } = request.params
        await authorisedTicket(db, user, number)
        const task = taskOf(request.params) ?? undefined
        return pageFor(timeCondition(user, { ticket: number, task }), request.query)
      },
    )

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
        const { id: entryId = newId(), workedAt = new Date().toISOString(), ...time } = request.body
        const other = await db
          .selectFrom('time_entry')
          .select('ticket_number as number')
          .where('id', '=', entryId)
          .executeTakeFirst()
        if (other && other.number !== ticket.number)
          throw conflict(
            'time-elsewhere',
            'Time with this id is on another ticket already. Choose another id, or none.',
          )
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
        return reply.code(201).send(await shown(entryId))
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
      await changing(
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
      return shown(request.params.id)
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
      await changing(
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

  api.get(
    '/time',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTime',
        summary: 'Time worked',
        description:
          'Newest first, on tickets that one sees. `from` and `to` are days (UTC, both included) or moments.',
        querystring: timeQuery,
        response: answers(200, timePage),
      },
    },
    (request) => pageFor(timeCondition(signedIn(request), request.query), request.query),
  )

  api.get(
    '/time/totals',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'sumTime',
        summary: 'Sums of time',
        description: 'By person, department or ticket; most time first.',
        querystring: totalsQuery,
        response: answers(200, totalsSchema),
      },
    },
    (request) => timeTotals(db, signedIn(request), request.query, request.query.by),
  )

  api.get(
    '/time.csv',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'exportTime',
        summary: 'Time worked as a table',
        description:
          'The same as `/time`, whole, as CSV (RFC 4180, UTF-8). Texts that a spreadsheet would take for formulas have an apostrophe before them.',
        querystring: timeFilter,
        response: bytes(
          'text/csv',
          'One line for each entry, after a line of headings.',
          timeCsvExample,
        ),
      },
    },
    (request, reply) =>
      reply
        .header('content-disposition', 'attachment; filename="time.csv"')
        .type('text/csv; charset=utf-8; header=present')
        .send(Readable.from(timeCsv(db, timeCondition(signedIn(request), request.query)))),
  )

  async function pageFor(
    condition: ReturnType<typeof timeCondition>,
    { cursor, limit }: z.infer<typeof cursorQuery>,
  ) {
    return pageOf(
      await timeRows(db, condition, readCursor(cursor, cursorKeys), limit + 1),
      limit,
      timeEntryOf,
      (row) => [row.workedAt.toISOString(), row.id],
    )
  }

  async function shown(id: string): Promise<TimeEntry> {
    const row = await timeEntries(db).where('e.id', '=', id).executeTakeFirst()
    if (!row) throw notFound('such time')
    return timeEntryOf(row)
  }

  /**
   * What it was before is read together with the ticket's version, and holds only as long as that:
   * of two corrections at once both are counted.
   */
  async function changing(
    user: SignedInUser,
    id: string,
    change: (
      ticket: AuthorisedTicket & { expectedVersion: number },
      entry: TimeEntry,
    ) => Promise<unknown>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const entry = await timeEntries(db).where('e.id', '=', id).executeTakeFirst()
      if (!entry) throw notFound('such time')
      const ticket = await authorisedTicket(db, user, entry.ticketNumber, 'such time')
      if (entry.person.id !== user.id && !may(user, 'people.manage'))
        throw new ProblemError(
          403,
          'time-of-another',
          'This is somebody else’s time. Ask them, or an admin, to change it.',
        )
      try {
        await change({ ...ticket, expectedVersion: entry.ticketVersion }, timeEntryOf(entry))
        return
      } catch (error) {
        if (
          !(error instanceof CommandRejectedError) ||
          error.code !== 'version-outdated' ||
          attempt === TRIES
        )
          throw error
      }
    }
  }
}
