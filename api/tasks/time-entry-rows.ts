import type pg from 'pg'
import type {
  TimeEntry,
  TimeFilter,
  TimeTotals,
  TotalsBy,
} from '../../domain/tasks/time-contract.ts'
import { visibleDepartments } from '../../domain/permissions.ts'
import { locationLimit } from '../access/location-limit.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.Pool, 'query'>
const DAY = 24 * 3_600_000

export type TimeRow = Omit<TimeEntry, 'workedAt' | 'recordedAt'> & {
  worked_at: Date
  recorded_at: Date
  department_name: string
  user_email: string | null
}

export const SELECT_TIME = `SELECT e.id, e.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", d.name AS department_name, u.email AS user_email, e.minutes, e.billable, e.note, e.measured, e.worked_at, e.recorded_at,
    jsonb_build_object('id', e.user_id, 'name', e.user_name) AS person, CASE WHEN k.id IS NOT NULL THEN jsonb_build_object('id', k.id, 'title', k.title) END AS task`
export const FROM_TIME = `FROM time_entry e JOIN ticket t ON t.number = e.ticket_number JOIN department d ON d.id = t.department_id
  LEFT JOIN app_user u ON u.id = e.user_id LEFT JOIN task k ON k.ticket_number = e.ticket_number AND k.id = e.task_id`

export function timeEntryOf({
  worked_at,
  recorded_at,
  department_name: _,
  user_email: __,
  ...row
}: TimeRow): TimeEntry {
  return { ...row, workedAt: worked_at.toISOString(), recordedAt: recorded_at.toISOString() }
}

/**
 * @returns a condition on `e` and `t`, with its values $1 to $7: what the person sees, and of that
 *   what was asked for.
 */
export function timeCondition(
  user: SignedInUser,
  { from, to, department, person, ticket, task }: TimeFilter & { task?: string | undefined },
): { where: string; values: unknown[] } {
  return {
    where: `($1::uuid[] IS NULL OR t.department_id = ANY($1)) AND ${locationLimit(user)} AND ($2::timestamptz IS NULL OR e.worked_at >= $2) AND ($3::timestamptz IS NULL OR e.worked_at < $3)
      AND ($4::uuid IS NULL OR t.department_id = $4) AND ($5::uuid IS NULL OR e.user_id = $5) AND ($6::int IS NULL OR e.ticket_number = $6) AND ($7::uuid IS NULL OR e.task_id = $7)`,
    values: [
      visibleDepartments(user),
      beginOf(from),
      endOf(to),
      department ?? null,
      person ?? null,
      ticket ?? null,
      task ?? null,
    ],
  }
}

const isDay = (moment: string): boolean => moment.length === 10
const beginOf = (from: string | undefined): Date | null =>
  from === undefined ? null : new Date(from)
const endOf = (to: string | undefined): Date | null =>
  to === undefined ? null : new Date(Date.parse(to) + (isDay(to) ? DAY : 0))

/**
 * Page after page of what a condition finds, newest first.
 * @param after the last row before.
 */
export async function timeRows(
  db: Db,
  { where, values }: ReturnType<typeof timeCondition>,
  after: readonly [string, string] | null,
  limit: number,
): Promise<TimeRow[]> {
  const { rows } = await db.query<TimeRow>(
    `${SELECT_TIME} ${FROM_TIME} WHERE ${where} AND ($8::timestamptz IS NULL OR (e.worked_at, e.id) < ($8, $9::uuid)) ORDER BY e.worked_at DESC, e.id DESC LIMIT $10`,
    [...values, after?.[0] ?? null, after?.[1] ?? null, limit],
  )
  return rows
}

const groups: Record<TotalsBy, { id: string; name: string }> = {
  person: { id: 'e.user_id', name: 'coalesce(max(u.name), max(e.user_name))' },
  department: { id: 't.department_id', name: 'max(d.name)' },
  ticket: { id: 't.number', name: 'max(t.subject)' },
}

export async function timeTotals(
  db: Db,
  user: SignedInUser,
  filter: TimeFilter,
  by: TotalsBy,
): Promise<TimeTotals> {
  const { where, values } = timeCondition(user, filter)
  const { rows: items } = await db.query<TimeTotals['items'][number]>(
    `SELECT ${groups[by].id}::text AS id, ${groups[by].name} AS name, sum(e.minutes)::int AS minutes, coalesce(sum(e.minutes) FILTER (WHERE e.billable), 0)::int AS "billableMinutes"
     ${FROM_TIME} WHERE ${where} GROUP BY ${groups[by].id} ORDER BY 3 DESC, 1 LIMIT 1000`,
    values,
  )
  const {
    rows: [sum],
  } = await db.query<{ minutes: number; billableMinutes: number }>(
    `SELECT coalesce(sum(e.minutes), 0)::int AS minutes, coalesce(sum(e.minutes) FILTER (WHERE e.billable), 0)::int AS "billableMinutes" ${FROM_TIME} WHERE ${where}`,
    values,
  )
  return { items, next: null, ...(sum ?? { minutes: 0, billableMinutes: 0 }) }
}
