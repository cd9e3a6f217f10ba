import { taskEvents } from '../../domain/tasks/events.ts'
import { sql } from 'kysely'
import type { TicketEvent } from '../../domain/events.ts'
import type { Notification } from '../../domain/notifications.ts'
import { dataOf, taskNotificationOf } from '../../domain/tasks/notifications.ts'
import { worksOn } from '../../application/people/works-on.ts'
import { allOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'
import { persistNotifications } from '../notifications/projection.ts'

/**
 * Brings tasks, running clocks and time in line with the ticket and its new events. In the events'
 * own transaction; running it twice changes nothing.
 */
const persistTasks: AreaWriter['write'] = async (db, ticket, events) => {
  await writeTasks(db, ticket)
  if (events.some(({ type }) => type === 'clockStarted' || type === 'clockStopped'))
    await writeRunningClocks(db, ticket)
  await writeTime(db, ticket.number, events)
  await notifyTeams(db, ticket, events)
}

/** A ticket's tasks are never taken away, only cancelled. */
async function writeTasks(db: Database, ticket: Ticket): Promise<void> {
  const rows = ticket.tasks.map((task, position) => ({
    ticket_number: ticket.number,
    id: task.id,
    position,
    title: task.title,
    status: task.status,
    required: task.required,
    after: task.after,
    checklist: jsonb(task.checklist),
    minutes: task.minutes,
    assignee_id: task.assignee?.kind === 'person' ? task.assignee.id : null,
    team_id: task.assignee?.kind === 'team' ? task.assignee.id : null,
    assignee_name: task.assignee?.name ?? null,
    due_at: task.dueAt,
    added_at: task.addedAt,
    ended_at: task.endedAt,
  }))
  if (rows.length === 0) return
  await db
    .insertInto('task')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['ticket_number', 'id'])
        .doUpdateSet(
          excluded('task', [
            'position',
            'title',
            'status',
            'assignee_id',
            'team_id',
            'assignee_name',
            'due_at',
            'required',
            'after',
            'checklist',
            'minutes',
            'ended_at',
          ]),
        )
        .where(sql<boolean>`task.* IS DISTINCT FROM excluded.*`),
    )
    .execute()
}

async function writeRunningClocks(db: Database, ticket: Ticket): Promise<void> {
  const rows = ticket.runningClocks.map(({ id, person, taskId, startedAt }) => ({
    ticket_number: ticket.number,
    id,
    task_id: taskId,
    user_id: person.id,
    user_name: person.name,
    started_at: startedAt,
  }))
  await db
    .deleteFrom('running_clock')
    .where('ticket_number', '=', ticket.number)
    .where(
      'id',
      '<>',
      allOf(
        rows.map(({ id }) => id),
        'uuid',
      ),
    )
    .execute()
  if (rows.length === 0) return
  await db
    .insertInto('running_clock')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function writeTime(
  db: Database,
  number: number,
  events: readonly TicketEvent[],
): Promise<void> {
  for (const event of events) {
    if (event.type === 'timeRecorded') {
      const { entryId, taskId, person, minutes, billable, note, measured, workedAt } = event.data
      const { id: user_id, name: user_name } = person
      await db
        .insertInto('time_entry')
        .values({
          id: entryId,
          ticket_number: number,
          task_id: taskId,
          user_id,
          user_name,
          minutes,
          billable,
          note,
          measured,
          worked_at: workedAt,
          recorded_at: event.at,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    } else if (event.type === 'timeCorrected') {
      const { minutes, billable, note, workedAt } = event.data.to
      await db
        .updateTable('time_entry')
        .set({ minutes, billable, note, worked_at: workedAt })
        .where('id', '=', event.data.entryId)
        .where('ticket_number', '=', number)
        .execute()
    } else if (event.type === 'timeRemoved') {
      await db
        .deleteFrom('time_entry')
        .where('id', '=', event.data.entryId)
        .where('ticket_number', '=', number)
        .execute()
    }
  }
}

/**
 * Nobody is notified of what is older: a rebuilt projection goes through it again, when others may
 * belong to the team.
 */
const NOTIFIED_WITHIN = 24 * 3_600_000

/**
 * Who belongs to a team is known here alone: all who work in it and see the ticket are notified of its
 * tasks, except who gave it.
 */
async function notifyTeams(
  db: Database,
  ticket: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  const notifications: Notification[] = []
  for (const event of events) {
    const notified = taskNotificationOf(event, ticket)
    if (notified?.to?.kind !== 'team' || Date.parse(event.at) < Date.now() - NOTIFIED_WITHIN)
      continue
    const by = event.actor.kind === 'agent' ? event.actor.id : null
    const rows = await db
      .selectFrom('user_department')
      .select('user_id as id')
      .where('department_id', '=', notified.to.id)
      .where('user_id', 'is distinct from', by)
      .where(worksOn('user_department.user_id', ticket))
      .orderBy('user_id')
      .execute()
    notifications.push(
      ...rows.map(({ id }): Notification => ({
        eventNo: event.no,
        kind: notified.kind,
        to: { userId: id },
        data: dataOf(event, notified.task),
      })),
    )
  }
  if (notifications.length > 0) await persistNotifications(db, ticket.number, notifications)
}

export const taskWriter: AreaWriter = {
  events: typesOf(taskEvents),
  write: persistTasks,
  clear: rowsOf('time_entry', 'running_clock', 'task'),
}
