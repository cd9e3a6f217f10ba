import { type Expression, expressionBuilder, type InferResult, type SqlBool, sql } from 'kysely'
import { jsonArrayFrom, jsonBuildObject } from 'kysely/helpers/postgres'
import type { TaskView } from '../../domain/tasks/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'

/** Still to be done; matches the partial indexes on `task`. */
export const isOpen = (alias: string) =>
  sql<boolean>`${sql.ref(`${alias}.status`)} IN ('open', 'inProgress')`

/** Tasks `k` with what their view needs. */
export const tasks = (db: Database) =>
  db
    .selectFrom('task as k')
    .innerJoin('ticket as t', 't.number', 'k.ticket_number')
    .select((eb) => [
      'k.id',
      'k.position',
      'k.ticket_number as ticketNumber',
      't.subject as ticketSubject',
      't.status as ticketStatus',
      'k.title',
      'k.status',
      'k.required',
      'k.after',
      'k.checklist',
      'k.minutes',
      'k.assignee_id as personId',
      'k.team_id as teamId',
      'k.assignee_name as assigneeName',
      eb
        .selectFrom('app_user as u')
        .select('u.email')
        .whereRef('u.id', '=', 'k.assignee_id')
        .as('personEmail'),
      'k.due_at as dueAt',
      'k.added_at as addedAt',
      'k.ended_at as endedAt',
      jsonArrayFrom(
        eb
          .selectFrom('task as b')
          .select(['b.id', 'b.title'])
          .whereRef('b.ticket_number', '=', 'k.ticket_number')
          .where(sql<boolean>`b.id = ANY(k.after)`)
          .where(isOpen('b'))
          .orderBy('b.position'),
      ).as('blockedBy'),
      clocks(sql`r.ticket_number = k.ticket_number AND r.task_id = k.id`).as('runningClocks'),
    ])

export type TaskRow = InferResult<ReturnType<typeof tasks>>[number]

/** The clocks `r` that run where a condition says. */
export const clocks = (where: Expression<SqlBool>) =>
  jsonArrayFrom(
    expressionBuilder<DB>()
      .selectFrom('running_clock as r')
      .select((eb) => [
        'r.id',
        jsonBuildObject({ id: eb.ref('r.user_id'), name: eb.ref('r.user_name') }).as('person'),
        // As the API writes times.
        sql<string>`to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.as(
          'startedAt',
        ),
      ])
      .where(where)
      .orderBy('r.started_at'),
  )

export function taskOf({
  position: _,
  personId,
  teamId,
  assigneeName,
  personEmail,
  ...row
}: TaskRow): TaskView {
  const assigneeId = personId ?? teamId
  return {
    ...row,
    assignee:
      assigneeId === null
        ? null
        : {
            kind: personId ? 'person' : 'team',
            id: assigneeId,
            name: assigneeName ?? '',
            email: personEmail ?? '',
          },
    dueAt: row.dueAt?.toISOString() ?? null,
    addedAt: row.addedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}

/** @returns one task of a ticket, or undefined. */
export async function taskRow(
  db: Database,
  number: number,
  id: string,
): Promise<TaskView | undefined> {
  const row = await tasks(db)
    .where('k.ticket_number', '=', number)
    .where('k.id', '=', id)
    .executeTakeFirst()
  return row && taskOf(row)
}
