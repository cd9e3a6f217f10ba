import { expressionBuilder, sql } from 'kysely'
import { z } from 'zod'
import { wholeNumber } from '../../domain/contract.ts'
import type { TaskPage, TaskViewName, TicketTasks } from '../../domain/tasks/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { clocks, isOpen, taskOf, tasks } from './task-rows.ts'

const byPosition = z.tuple([wholeNumber])
const byDueTime = z.tuple([
  z.union([z.iso.datetime(), z.literal('infinity')]),
  wholeNumber,
  z.uuid(),
])

/**
 * A ticket's tasks in their order, whatever became of them. Whether the person may see them is
 * settled before: `authorisedTicket`.
 */
export async function tasksOfTicket(
  db: Database,
  number: number,
  cursor: string | undefined,
  limit: number,
): Promise<TicketTasks> {
  const [after = -1] = readCursor(cursor, byPosition) ?? []
  const [rows, sums] = await Promise.all([
    tasks(db)
      .where('k.ticket_number', '=', number)
      .where('k.position', '>', after)
      .orderBy('k.position')
      .limit(limit + 1)
      .execute(),
    db
      .selectFrom('ticket as t')
      .select([
        sql<number>`coalesce((t.state->>'minutes')::int, 0)`.as('minutes'),
        sql<number>`coalesce((t.state->>'billableMinutes')::int, 0)`.as('billableMinutes'),
        clocks(sql`r.ticket_number = t.number AND r.task_id IS NULL`).as('runningClocks'),
      ])
      .where('t.number', '=', number)
      .executeTakeFirst(),
  ])
  return {
    ...pageOf(rows, limit, taskOf, (row) => [row.position]),
    ...(sums ?? { minutes: 0, billableMinutes: 0, runningClocks: [] }),
  }
}

/**
 * Open tasks of all tickets that the person sees: what is due longest first, what has no due time
 * last.
 */
export async function openTasks(
  db: Database,
  user: SignedInUser,
  view: TaskViewName,
  cursor: string | undefined,
  limit: number,
): Promise<TaskPage> {
  const after = readCursor(cursor, byDueTime)
  const eb = expressionBuilder<{ k: DB['task']; t: DB['ticket'] }, 'k' | 't'>()
  const inView = {
    mine: [eb('k.assignee_id', '=', user.id)],
    team: [eb('k.team_id', '=', anyOf(user.departmentIds, 'uuid'))],
    all: [],
  }[view]
  const where = eb.and([isOpen('k'), eb('t.status', '<>', 'closed'), seesTicket(user), ...inView])
  const dueTime = sql<Date>`coalesce(k.due_at, timestamptz 'infinity')`
  const [rows, counts] = await Promise.all([
    tasks(db)
      .where(where)
      .$if(after !== null, (query) => {
        const [due, number, id] = after!
        return query.where(
          eb(
            eb.refTuple(dueTime, 'k.ticket_number', 'k.id'),
            '>',
            eb.tuple(sql<Date>`${due}::timestamptz`, number, id),
          ),
        )
      })
      .orderBy(dueTime)
      .orderBy('k.ticket_number')
      .orderBy('k.id')
      .limit(limit + 1)
      .execute(),
    db
      .selectFrom('task as k')
      .innerJoin('ticket as t', 't.number', 'k.ticket_number')
      .select([
        sql<number>`count(*)::int`.as('total'),
        sql<number>`count(*) FILTER (WHERE k.due_at < now())::int`.as('overdue'),
      ])
      .where(where)
      .executeTakeFirstOrThrow(),
  ])
  return {
    ...pageOf(rows, limit, taskOf, (row) => [
      row.dueAt?.toISOString() ?? 'infinity',
      row.ticketNumber,
      row.id,
    ]),
    ...counts,
  }
}
