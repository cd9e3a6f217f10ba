import { z } from 'zod'
import { page, ticketParams } from '../../domain/contract.ts'
import { runningClock, type RunningClockView } from '../../domain/tasks/contract.ts'
import { startedClock, timeEntry, type TimeEntry } from '../../domain/tasks/time-contract.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { actorOf, signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { FROM_TIME, SELECT_TIME, timeEntryOf, type TimeRow } from './time-entry-rows.ts'

const taskParams = ticketParams.extend({ id: z.uuid() })

/** The task that an address names, when it names one. */
const taskOf = ({ id }: { number: number; id?: string }): string | null => id ?? null

type ClockRow = Omit<RunningClockView, 'startedAt'> & { started_at: Date; taskId: string | null }

/** Clocks: each person has one that runs, wherever they started it. */
export function runningClockRoutes(api: Api, deps: Dependencies): void {
  const { db, pool, workflows } = deps

  api.get(
    '/time/running-clocks',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listRunningClocks',
        summary: 'One’s clock that runs',
        response: answers(200, page(runningClock)),
      },
    },
    async (request) => ({
      items: (await running(signedIn(request).id)).slice(0, 1).map(clockOf),
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
          response: answers(201, startedClock),
        },
      },
      async (request, reply) => {
        const user = signedIn(request)
        const { number } = request.params
        const id = taskOf(request.params)
        const ticket = await authorisedTicket(db, user, number)
        const before = await running(user.id)
        await command(deps, user, ticket, 'startClock', {
          clockId: timeOrderedId(),
          person: { id: user.id, name: user.name },
          taskId: id,
        })
        const [clock, ...others] = await running(user.id)
        if (!clock) throw notFound('clock of yours: it was stopped meanwhile')
        for (const other of others) await stop(user, other)
        return reply
          .code(201)
          .send({ clock: clockOf(clock), stopped: await recorded(before.map((one) => one.id)) })
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
          response: answers(200, timeEntry),
        },
      },
      async (request) => {
        const user = signedIn(request)
        const { number } = request.params
        const id = taskOf(request.params)
        await authorisedTicket(db, user, number)
        const clock = (await running(user.id)).find(
          (one) => one.ticketNumber === number && one.taskId === id,
        )
        if (!clock) throw notFound('clock of yours that runs here')
        await stop(user, clock)
        const [entry] = await recorded([clock.id])
        if (!entry) throw notFound('time of this clock')
        return entry
      },
    )
  }

  /**
   * Newest first. Whichever of two that start at once is written second sees the other, so that one
   * is left.
   */
  async function running(userId: string): Promise<ClockRow[]> {
    const { rows } = await pool.query<ClockRow>(
      `SELECT r.id, r.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", r.started_at, r.task_id AS "taskId", jsonb_build_object('id', r.user_id, 'name', r.user_name) AS person,
         CASE WHEN k.id IS NOT NULL THEN jsonb_build_object('id', k.id, 'title', k.title) END AS task
       FROM running_clock r JOIN ticket t ON t.number = r.ticket_number LEFT JOIN task k ON k.ticket_number = r.ticket_number AND k.id = r.task_id
       WHERE r.user_id = $1 ORDER BY r.started_at DESC, r.id DESC`,
      [userId],
    )
    return rows
  }

  /** One's own, also on a ticket that went to a department that one does not see. */
  async function stop(
    user: SignedInUser,
    { id, ticketNumber, ticketSubject }: ClockRow,
  ): Promise<void> {
    try {
      await workflows.execute(
        { number: ticketNumber, resume: true, subject: ticketSubject },
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

  async function recorded(ids: readonly string[]): Promise<TimeEntry[]> {
    const { rows } = await pool.query<TimeRow>(
      `${SELECT_TIME} ${FROM_TIME} WHERE e.id = ANY($1::uuid[])`,
      [ids],
    )
    return rows.map(timeEntryOf)
  }
}

const clockOf = ({ started_at, taskId: _, ...row }: ClockRow): RunningClockView => ({
  ...row,
  startedAt: started_at.toISOString(),
})
