import {
  type Expression,
  expressionBuilder,
  type InferResult,
  type RawBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import { jsonBuildObject } from 'kysely/helpers/postgres'
import type {
  TimeEntry,
  TimeFilter,
  TimeTotals,
  TotalsBy,
} from '../../domain/tasks/time-contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { ifSeen, seesTicket } from '../access/visible-tickets.ts'
import { isAfter, type TimeCursor } from '../http/time-cursor.ts'

const DAY = 24 * 3_600_000

/** Time worked `e`, with its ticket, department, person and task. */
const timeWorked = (db: Database) =>
  db
    .selectFrom('time_entry as e')
    .innerJoin('ticket as t', 't.number', 'e.ticket_number')
    .innerJoin('department as d', 'd.id', 't.department_id')
    .leftJoin('app_user as u', 'u.id', 'e.user_id')
    .leftJoin('task as k', (join) =>
      join.onRef('k.ticket_number', '=', 'e.ticket_number').onRef('k.id', '=', 'e.task_id'),
    )

/** Time worked with what its view, and a table of it, need: as far as the person sees the tickets. */
export const timeEntries = (db: Database, user: SignedInUser) =>
  timeWorked(db).select((eb) => [
    'e.id',
    'e.ticket_number as ticketNumber',
    ifSeen(user, eb.ref('t.subject')).as('ticketSubject'),
    't.version as ticketVersion',
    'd.name as departmentName',
    'u.email as userEmail',
    'e.minutes',
    'e.billable',
    'e.note',
    'e.measured',
    'e.worked_at as workedAt',
    'e.recorded_at as recordedAt',
    jsonBuildObject({ id: eb.ref('e.user_id'), name: eb.ref('e.user_name') }).as('person'),
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

export type TimeRow = InferResult<ReturnType<typeof timeEntries>>[number]

export function timeEntryOf({
  ticketVersion: _,
  departmentName: __,
  userEmail: ___,
  ...row
}: TimeRow): TimeEntry {
  return {
    ...row,
    workedAt: row.workedAt.toISOString(),
    recordedAt: row.recordedAt.toISOString(),
  }
}

/** @returns whether `e` on `t` is seen by the person, and is what was asked for. */
export function timeCondition(
  user: SignedInUser,
  { from, to, department, person, ticket, task }: TimeFilter & { task?: string | undefined },
): Expression<SqlBool> {
  const eb = expressionBuilder<{ e: DB['time_entry']; t: DB['ticket'] }, 'e' | 't'>()
  return eb.and([
    seesTicket(user),
    ...(from === undefined ? [] : [eb('e.worked_at', '>=', new Date(from))]),
    ...(to === undefined ? [] : [eb('e.worked_at', '<', endOf(to))]),
    ...(department === undefined ? [] : [eb('t.department_id', '=', department)]),
    ...(person === undefined ? [] : [eb('e.user_id', '=', person)]),
    ...(ticket === undefined ? [] : [eb('e.ticket_number', '=', ticket)]),
    ...(task === undefined ? [] : [eb('e.task_id', '=', task)]),
  ])
}

const isDay = (moment: string): boolean => moment.length === 10
const endOf = (to: string): Date => new Date(Date.parse(to) + (isDay(to) ? DAY : 0))

/**
 * Page after page of what a condition finds, newest first.
 * @param after the last row before.
 */
export const timeRows = (
  db: Database,
  user: SignedInUser,
  condition: Expression<SqlBool>,
  after: TimeCursor | null,
  limit: number,
): Promise<TimeRow[]> =>
  timeEntries(db, user)
    .where(condition)
    .where((eb) => isAfter(eb, ['e.worked_at', 'e.id'], '<', after))
    .orderBy('e.worked_at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(limit)
    .execute()

const groups: Record<TotalsBy, { id: RawBuilder<unknown>; name: RawBuilder<string> }> = {
  person: { id: sql`e.user_id`, name: sql`coalesce(max(u.name), max(e.user_name))` },
  department: { id: sql`t.department_id`, name: sql`max(d.name)` },
  ticket: { id: sql`t.number`, name: sql`max(t.subject)` },
}
const minutes = sql<number>`coalesce(sum(e.minutes), 0)::int`.as('minutes')
const billableMinutes = sql<number>`coalesce(sum(e.minutes) FILTER (WHERE e.billable), 0)::int`.as(
  'billableMinutes',
)

export async function timeTotals(
  db: Database,
  user: SignedInUser,
  filter: TimeFilter,
  by: TotalsBy,
): Promise<TimeTotals> {
  const condition = timeCondition(user, filter)
  const { id, name } = groups[by]
  const items = await timeWorked(db)
    .select([sql<string>`${id}::text`.as('id'), name.as('name'), minutes, billableMinutes])
    .where(condition)
    .groupBy(id)
    .orderBy('minutes', 'desc')
    .orderBy('id')
    .limit(1000)
    .execute()
  const sum = await timeWorked(db)
    .select([minutes, billableMinutes])
    .where(condition)
    .executeTakeFirstOrThrow()
  return { items, next: null, ...sum }
}
