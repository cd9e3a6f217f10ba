import type pg from 'pg'
import type { TaskView } from '../../domain/tasks/contract.ts'

/** A task as its row and those around it tell. */
export type TaskRow = Omit<TaskView, 'dueAt' | 'addedAt' | 'endedAt' | 'assignee'> & {
  due_at: Date | null
  added_at: Date
  ended_at: Date | null
  assignee_id: string | null
  team_id: string | null
  assignee_name: string | null
  assignee_email: string | null
}

/** Still to be done; matches the partial indexes on `task`. */
export const OPEN_TASK = (alias: string): string => `${alias}.status IN ('open', 'inProgress')`

/** Tasks `k` with what their view needs. */
export const SELECT_TASKS = `SELECT k.id, k.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", t.status AS "ticketStatus", k.title, k.status, k.required, k.after, k.checklist, k.minutes,
    k.assignee_id, k.team_id, k.assignee_name, (SELECT u.email FROM app_user u WHERE u.id = k.assignee_id) AS assignee_email, k.due_at, k.added_at, k.ended_at,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'title', b.title) ORDER BY b.position), '[]') FROM task b
      WHERE b.ticket_number = k.ticket_number AND b.id = ANY(k.after) AND ${OPEN_TASK('b')}) AS "blockedBy",
    (SELECT coalesce(jsonb_agg(${clockJson('r')} ORDER BY r.started_at), '[]') FROM running_clock r WHERE r.ticket_number = k.ticket_number AND r.task_id = k.id) AS "runningClocks"
  FROM task k JOIN ticket t ON t.number = k.ticket_number`

/** A clock in JSON; its time as the API writes times. */
export function clockJson(alias: string): string {
  return `jsonb_build_object('id', ${alias}.id, 'person', jsonb_build_object('id', ${alias}.user_id, 'name', ${alias}.user_name), 'startedAt', to_char(${alias}.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`
}

export function taskOf({
  due_at,
  added_at,
  ended_at,
  assignee_id,
  team_id,
  assignee_name,
  assignee_email,
  ...row
}: TaskRow): TaskView {
  const assigneeId = assignee_id ?? team_id
  return {
    ...row,
    assignee:
      assigneeId === null
        ? null
        : {
            kind: assignee_id ? 'person' : 'team',
            id: assigneeId,
            name: assignee_name ?? '',
            email: assignee_email ?? '',
          },
    dueAt: due_at?.toISOString() ?? null,
    addedAt: added_at.toISOString(),
    endedAt: ended_at?.toISOString() ?? null,
  }
}

/** @returns one task of a ticket, or undefined. */
export async function taskRow(
  db: Pick<pg.Pool, 'query'>,
  number: number,
  id: string,
): Promise<TaskView | undefined> {
  const {
    rows: [row],
  } = await db.query<TaskRow>(`${SELECT_TASKS} WHERE k.ticket_number = $1 AND k.id = $2`, [
    number,
    id,
  ])
  return row && taskOf(row)
}
