import { z } from 'zod'
import { page, ticketParams } from '../../domain/contract/common.ts'
import { runningTimer, type RunningTimerView } from '../../domain/contract/tasks.ts'
import { startedTimer, timeEntry, type TimeEntry } from '../../domain/contract/time.ts'
import { CommandRejectedError } from '../../platform/temporal.ts'
import { timeOrderedId } from '../../platform/time-ordered-id.ts'
import { actorOf, signedIn } from '../authentication.ts'
import type { Dependencies } from '../dependencies.ts'
import { notFound } from '../problem.ts'
import { type Api, answers } from '../route-schema.ts'
import type { SignedInUser } from '../sessions.ts'
import { command, seenTicket } from '../ticket-access.ts'
import { FROM_TIME, SELECT_TIME, timeEntryOf, type TimeRow } from '../time-rows.ts'

const taskParams = ticketParams.extend({ id: z.uuid() })

type TimerRow = Omit<RunningTimerView, 'startedAt'> & { started_at: Date; taskId: string | null }

/** Clocks: each person has one that runs, wherever they started it. */
export function timerRoutes(api: Api, deps: Dependencies): void {
  const { pool, workflows } = deps
  const tags = ['Time']

  api.get(
    '/time/running',
    {
      config: { right: 'ticket.read' },
      schema: {
        tags,
        summary: 'One’s clock that runs',
        response: answers(200, page(runningTimer)),
      },
    },
    async (request) => ({
      items: (await running(signedIn(request).id)).slice(0, 1).map(timerOf),
      next: null,
    }),
  )

  for (const onTask of [false, true]) {
    const path = onTask ? '/tickets/:number/tasks/:id/timer' : '/tickets/:number/timer'
    const what = onTask ? 'a task' : 'a ticket'
    const params = onTask ? taskParams : ticketParams.extend({ id: z.uuid().optional() })

    api.post(
      path,
      {
        config: { right: 'ticket.work' },
        schema: {
          tags,
          summary: `Start the clock on ${what}`,
          description:
            'One that runs elsewhere is stopped and its time recorded: the answer says which.',
          params,
          response: answers(201, startedTimer),
        },
      },
      async (request, reply) => {
        const user = signedIn(request)
        const { number, id = null } = request.params
        const ticket = await seenTicket(pool, user, number)
        const before = await running(user.id)
        await command(deps, user, ticket, 'startTimer', {
          timerId: timeOrderedId(),
          person: { id: user.id, name: user.name },
          taskId: id,
        })
        const [timer, ...others] = await running(user.id)
        if (!timer) throw notFound('clock of yours: it was stopped meanwhile')
        for (const other of others) await stop(user, other)
        return reply
          .code(201)
          .send({ timer: timerOf(timer), stopped: await recorded(before.map((one) => one.id)) })
      },
    )

    api.delete(
      path,
      {
        config: { right: 'ticket.work' },
        schema: {
          tags,
          summary: `Stop the clock on ${what}`,
          description: 'Answers the time that it recorded.',
          params,
          response: answers(200, timeEntry),
        },
      },
      async (request) => {
        const user = signedIn(request)
        const { number, id = null } = request.params
        await seenTicket(pool, user, number)
        const timer = (await running(user.id)).find(
          (one) => one.ticketNumber === number && one.taskId === id,
        )
        if (!timer) throw notFound('clock of yours that runs here')
        await stop(user, timer)
        const [entry] = await recorded([timer.id])
        if (!entry) throw notFound('time of this clock')
        return entry
      },
    )
  }

  /**
   * Newest first. Whichever of two that start at once is written second sees the other, so that one
   * is left.
   */
  async function running(userId: string): Promise<TimerRow[]> {
    const { rows } = await pool.query<TimerRow>(
      `SELECT r.id, r.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", r.started_at, r.task_id AS "taskId", jsonb_build_object('id', r.user_id, 'name', r.user_name) AS person,
         CASE WHEN k.id IS NOT NULL THEN jsonb_build_object('id', k.id, 'title', k.title) END AS task
       FROM running_timer r JOIN ticket t ON t.number = r.ticket_number LEFT JOIN task k ON k.ticket_number = r.ticket_number AND k.id = r.task_id
       WHERE r.user_id = $1 ORDER BY r.started_at DESC, r.id DESC`,
      [userId],
    )
    return rows
  }

  /** One's own, also on a ticket that went to a department that one does not see. */
  async function stop(
    user: SignedInUser,
    { id, ticketNumber, ticketSubject }: TimerRow,
  ): Promise<void> {
    try {
      await workflows.execute(
        { number: ticketNumber, resume: true, subject: ticketSubject },
        'stopTimer',
        {
          id: `stop-${id}`,
          actor: actorOf(user),
          payload: { timerId: id, note: '', billable: false },
        },
      )
    } catch (error) {
      if (!(error instanceof CommandRejectedError) || error.code !== 'timer-not-running')
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

const timerOf = ({ started_at, taskId: _, ...row }: TimerRow): RunningTimerView => ({
  ...row,
  startedAt: started_at.toISOString(),
})
