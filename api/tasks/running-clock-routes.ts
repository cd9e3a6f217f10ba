import { jsonBuildObject } from 'kysely/helpers/postgres'
import { z } from 'zod'
import { page, ticketParams } from '../../domain/contract.ts'
import { runningClock, type RunningClockView } from '../../domain/tasks/contract.ts'
import { startedClock, timeEntry, type TimeEntry } from '../../domain/tasks/time-contract.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { actorOf, signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { ifSeen } from '../access/visible-tickets.ts'
import { timeEntries, timeEntryOf } from './time-entry-rows.ts'

const taskParams = ticketParams.extend({ id: z.uuid() })

/** The task that an address names, when it names one. */
const taskOf = ({ id }: { number: number; id?: string }): string | null => id ?? null

/** Clocks: each person has one that runs, wherever they started it. */
export function runningClockRoutes(api: Api, deps: Dependencies): void {
  const { db, workflows } = deps

  api.get(
    '/time/running-clocks',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listRunningClocks',
        summary: 'One’s clock that runs',
        description: 'At most one: a person’s clock runs on one ticket or task at a time.',
        response: answers(200, page(runningClock)),
      },
    },
    async (request) => ({
      items: (await runningClocks(db, signedIn(request))).slice(0, 1).map(clockOf),
      next: null,
    }),
  )

  for (const onTask of [false, true]) {
    const path = onTask ? '/tickets/:number/tasks/:id/clock' : '/tickets/:number/clock'
    const what = onTask ? 'a task' : 'a ticket'
    const params = onTask ? taskParams : ticketParams

    api.post(
      path,
      {
        config: { right: 'ticket.work' },
        schema: {
          operationId: onTask ? 'startTaskClock' : 'startTicketClock',
          summary: `Start the clock on ${what}`,
          description:
            'One that runs elsewhere is stopped and its time recorded: the answer says which.',
          params,
          response: orKept(answers(201, startedClock)),
        },
      },
      async (request, reply) => {
        const user = signedIn(request)
        const { number } = request.params
        const id = taskOf(request.params)
        const ticket = await authorisedTicket(db, user, number)
        const before = await runningClocks(db, user)
        await command(deps, user, ticket, 'startClock', {
          clockId: newId(),
          person: { id: user.id, name: user.name },
          taskId: id,
        })
        const [clock, ...others] = await runningClocks(db, user)
        if (!clock) throw notFound('clock of yours: it was stopped meanwhile')
        for (const other of others) await stop(user, other)
        return reply
          .code(201)
          .send({ clock: clockOf(clock), stopped: await recorded(user, before) })
      },
    )

    api.delete(
      path,
      {
        config: { right: 'ticket.work' },
        schema: {
          operationId: onTask ? 'stopTaskClock' : 'stopTicketClock',
          summary: `Stop the clock on ${what}`,
          description: 'Answers the time that it recorded.',
          params,
          response: orKept(answers(200, timeEntry)),
        },
      },
      async (request) => {
        const user = signedIn(request)
        const { number } = request.params
        const id = taskOf(request.params)
        const clock = (await runningClocks(db, user)).find(
          (one) => one.ticketNumber === number && one.taskId === id,
        )
        if (!clock) {
          await authorisedTicket(db, user, number)
          throw notFound('clock of yours that runs here')
        }
        await stop(user, clock)
        const [entry] = await recorded(user, [clock])
        if (!entry) throw notFound('time of this clock')
        return entry
      },
    )
  }

  /** One's own, also on a ticket that one has lost sight of. */
  async function stop(
    user: SignedInUser,
    { id, ticketNumber, workflowSubject }: ClockRow,
  ): Promise<void> {
    try {
      await workflows.execute(
        { number: ticketNumber, resume: true, subject: workflowSubject },
        'stopClock',
        {
          id: `stop-${id}`,
          actor: actorOf(user),
          payload: { clockId: id, note: '', billable: false },
        },
      )
    } catch (error) {
      if (!(error instanceof CommandRejectedError) || error.code !== 'clock-not-running')
        throw error
    }
  }

  async function recorded(user: SignedInUser, stopped: readonly ClockRow[]): Promise<TimeEntry[]> {
    const ids = stopped.map(({ id }) => id)
    const rows = await timeEntries(db, user).where('e.id', '=', anyOf(ids, 'uuid')).execute()
    return rows.map(timeEntryOf)
  }
}

/**
 * Newest first. Whichever of two that start at once is written second sees the other, so that one is
 * left.
 */
const runningClocks = (db: Database, user: SignedInUser) =>
  db
    .selectFrom('running_clock as r')
    .innerJoin('ticket as t', 't.number', 'r.ticket_number')
    .leftJoin('task as k', (join) =>
      join.onRef('k.ticket_number', '=', 'r.ticket_number').onRef('k.id', '=', 'r.task_id'),
    )
    .select((eb) => [
      'r.id',
      'r.ticket_number as ticketNumber',
      't.subject as workflowSubject',
      ifSeen(user, eb.ref('t.subject')).as('ticketSubject'),
      'r.started_at as startedAt',
      'r.task_id as taskId',
      jsonBuildObject({ id: eb.ref('r.user_id'), name: eb.ref('r.user_name') }).as('person'),
      eb
        .case()
        .when('k.id', 'is not', null)
        .then(
          jsonBuildObject({
            id: eb.ref('k.id').$notNull(),
            title: ifSeen(user, eb.ref('k.title').$notNull()),
          }),
        )
        .end()
        .as('task'),
    ])
    .where('r.user_id', '=', user.id)
    .orderBy('r.started_at', 'desc')
    .orderBy('r.id', 'desc')
    .execute()

type ClockRow = Awaited<ReturnType<typeof runningClocks>>[number]

const clockOf = ({ taskId: _, workflowSubject: __, ...row }: ClockRow): RunningClockView => ({
  ...row,
  startedAt: row.startedAt.toISOString(),
})
