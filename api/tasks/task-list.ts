import type pg from 'pg'
import { z } from 'zod'
import type { TaskPage, TaskViewName, TicketTasks } from '../../domain/tasks/contract.ts'
import { visibleDepartments } from '../../domain/permissions.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import { locationLimit } from '../access/location-limit.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { OPEN_TASK, SELECT_TASKS, taskOf, type TaskRow, clockJson } from './task-rows.ts'

type Db = Pick<pg.Pool, 'query'>

const byPosition = z.tuple([z.number().int()])
const byDueTime = z.tuple([
  z.union([z.iso.datetime(), z.literal('infinity')]),
  z.number().int(),
  z.uuid(),
])

/**
 * A ticket's tasks in their order, whatever became of them. Whether the person may see them is
 * settled before: `authorisedTicket`.
 */
export async function tasksOfTicket(
  db: Db,
  number: number,
  cursor: string | undefined,
  limit: number,
): Promise<TicketTasks> {
  const [after = -1] = readCursor(cursor, byPosition) ?? []
  const [
    { rows },
    {
      rows: [sums],
    },
  ] = await Promise.all([
    db.query<TaskRow & { position: number }>(
      `${SELECT_TASKS.replace('SELECT k.id', 'SELECT k.position, k.id')} WHERE k.ticket_number = $1 AND k.position > $2 ORDER BY k.position LIMIT $3`,
      [number, after, limit + 1],
    ),
    db.query<Omit<TicketTasks, 'items' | 'next'>>(
      `SELECT coalesce((t.state->>'minutes')::int, 0) AS minutes, coalesce((t.state->>'billableMinutes')::int, 0) AS "billableMinutes",
         (SELECT coalesce(jsonb_agg(${clockJson('r')} ORDER BY r.started_at), '[]') FROM running_clock r WHERE r.ticket_number = t.number AND r.task_id IS NULL) AS "runningClocks"
       FROM ticket t WHERE t.number = $1`,
      [number],
    ),
  ])
  return {
    ...pageOf(
      rows,
      limit,
      ({ position: _, ...row }) => taskOf(row),
      (row) => [row.position],
    ),
    ...(sums ?? { minutes: 0, billableMinutes: 0, runningClocks: [] }),
  }
}

/**
 * Open tasks of all tickets that the person sees: what is due longest first, what has no due time
 * last.
 */
export async function openTasks(
  db: Db,
  user: SignedInUser,
  view: TaskViewName,
  cursor: string | undefined,
  limit: number,
): Promise<TaskPage> {
  const [due = null, number = null, id = null] = readCursor(cursor, byDueTime) ?? []
  const values = [visibleDepartments(user), user.id, user.departmentIds]
  const where = `${OPEN_TASK('k')} AND t.status <> 'closed' AND ($1::uuid[] IS NULL OR t.department_id = ANY($1)) AND ${locationLimit(user)} AND ${
    {
      mine: 'k.assignee_id = $2 AND $3::uuid[] IS NOT NULL',
      team: 'k.team_id = ANY($3::uuid[]) AND $2::uuid IS NOT NULL',
      all: '$2::uuid IS NOT NULL AND $3::uuid[] IS NOT NULL',
    }[view]
  }`
  const dueTime = `coalesce(k.due_at, timestamptz 'infinity')`
  const [
    { rows },
    {
      rows: [counts],
    },
  ] = await Promise.all([
    db.query<TaskRow>(
      `${SELECT_TASKS} WHERE ${where} AND ($4::timestamptz IS NULL OR (${dueTime}, k.ticket_number, k.id) > ($4, $5, $6::uuid))
       ORDER BY ${dueTime}, k.ticket_number, k.id LIMIT $7`,
      [...values, due, number, id, limit + 1],
    ),
    db.query<{ total: number; overdue: number }>(
      `SELECT count(*)::int AS total, count(*) FILTER (WHERE k.due_at < now())::int AS overdue FROM task k JOIN ticket t ON t.number = k.ticket_number WHERE ${where}`,
      values,
    ),
  ])
  return {
    ...pageOf(rows, limit, taskOf, (row) => [
      row.due_at?.toISOString() ?? 'infinity',
      row.ticketNumber,
      row.id,
    ]),
    ...(counts ?? { total: 0, overdue: 0 }),
  }
}
