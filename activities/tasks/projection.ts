import { taskEvents } from '../../domain/tasks/events.ts'
import type pg from 'pg'
import type { TicketEvent } from '../../domain/events.ts'
import type { Notification } from '../../domain/notifications.ts'
import { dataOf, taskNotificationOf } from '../../domain/tasks/notifications.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'
import { persistNotifications } from '../notifications/projection.ts'

type Client = Pick<pg.ClientBase, 'query'>

/**
 * Brings tasks, running clocks and time in line with the ticket and its new events. In the events'
 * own transaction; running it twice changes nothing.
 */
const persistTasks: AreaWriter['write'] = async (client, ticket, events) => {
  await writeTasks(client, ticket)
  if (events.some(({ type }) => type === 'clockStarted' || type === 'clockStopped'))
    await writeRunningClocks(client, ticket)
  await writeTime(client, ticket.number, events)
  await notifyTeams(client, ticket, events)
}

/** A ticket's tasks are never taken away, only cancelled. */
async function writeTasks(client: Client, ticket: Ticket): Promise<void> {
  const rows = ticket.tasks.map((task, position) => ({
    id: task.id,
    position,
    title: task.title,
    status: task.status,
    required: task.required,
    after: task.after,
    checklist: task.checklist,
    minutes: task.minutes,
    assignee_id: task.assignee?.kind === 'person' ? task.assignee.id : null,
    team_id: task.assignee?.kind === 'team' ? task.assignee.id : null,
    assignee_name: task.assignee?.name ?? null,
    due_at: task.dueAt,
    added_at: task.addedAt,
    ended_at: task.endedAt,
  }))
  if (rows.length === 0) return
  await client.query(
    `INSERT INTO task (ticket_number, id, position, title, status, assignee_id, team_id, assignee_name, due_at, required, after, checklist, minutes, added_at, ended_at)
     SELECT $1, t.id, t.position, t.title, t.status, t.assignee_id, t.team_id, t.assignee_name, t.due_at, t.required, t.after, t.checklist, t.minutes, t.added_at, t.ended_at
     FROM jsonb_populate_recordset(NULL::task, $2::jsonb) t
     ON CONFLICT (ticket_number, id) DO UPDATE SET position = EXCLUDED.position, title = EXCLUDED.title, status = EXCLUDED.status, assignee_id = EXCLUDED.assignee_id,
       team_id = EXCLUDED.team_id, assignee_name = EXCLUDED.assignee_name, due_at = EXCLUDED.due_at, required = EXCLUDED.required, after = EXCLUDED.after,
       checklist = EXCLUDED.checklist, minutes = EXCLUDED.minutes, ended_at = EXCLUDED.ended_at
     WHERE task.* IS DISTINCT FROM EXCLUDED.*`,
    [ticket.number, JSON.stringify(rows)],
  )
}

async function writeRunningClocks(client: Client, ticket: Ticket): Promise<void> {
  const rows = ticket.runningClocks.map(({ id, person, taskId, startedAt }) => ({
    id,
    task_id: taskId,
    user_id: person.id,
    user_name: person.name,
    started_at: startedAt,
  }))
  await client.query(
    'DELETE FROM running_clock WHERE ticket_number = $1 AND id <> ALL($2::uuid[])',
    [ticket.number, rows.map(({ id }) => id)],
  )
  await client.query(
    `INSERT INTO running_clock (ticket_number, id, task_id, user_id, user_name, started_at)
     SELECT $1, r.id, r.task_id, r.user_id, r.user_name, r.started_at FROM jsonb_populate_recordset(NULL::running_clock, $2::jsonb) r ON CONFLICT DO NOTHING`,
    [ticket.number, JSON.stringify(rows)],
  )
}

async function writeTime(
  client: Client,
  number: number,
  events: readonly TicketEvent[],
): Promise<void> {
  for (const event of events) {
    if (event.type === 'timeRecorded') {
      const { entryId, taskId, person, minutes, billable, note, measured, workedAt } = event.data
      await client.query(
        `INSERT INTO time_entry (id, ticket_number, task_id, user_id, user_name, minutes, billable, note, measured, worked_at, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
        [
          entryId,
          number,
          taskId,
          person.id,
          person.name,
          minutes,
          billable,
          note,
          measured,
          workedAt,
          event.at,
        ],
      )
    } else if (event.type === 'timeCorrected') {
      const { minutes, billable, note, workedAt } = event.data.to
      await client.query(
        'UPDATE time_entry SET minutes = $3, billable = $4, note = $5, worked_at = $6 WHERE id = $1 AND ticket_number = $2',
        [event.data.entryId, number, minutes, billable, note, workedAt],
      )
    } else if (event.type === 'timeRemoved') {
      await client.query('DELETE FROM time_entry WHERE id = $1 AND ticket_number = $2', [
        event.data.entryId,
        number,
      ])
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
  client: Client,
  ticket: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  const notifications: Notification[] = []
  for (const event of events) {
    const notified = taskNotificationOf(event, ticket)
    if (notified?.to?.kind !== 'team' || Date.parse(event.at) < Date.now() - NOTIFIED_WITHIN)
      continue
    const by = event.actor.kind === 'agent' ? event.actor.id : null
    const { rows } = await client.query<{ id: string }>(
      'SELECT user_id AS id FROM user_department WHERE department_id = $1 AND user_id IS DISTINCT FROM $2::uuid AND works_on(user_id, $3, $4) ORDER BY user_id',
      [notified.to.id, by, ticket.department.id, ticket.location?.id ?? null],
    )
    notifications.push(
      ...rows.map(({ id }): Notification => ({
        eventNo: event.no,
        kind: notified.kind,
        to: { userId: id },
        data: dataOf(event, notified.task),
      })),
    )
  }
  if (notifications.length > 0) await persistNotifications(client, ticket.number, notifications)
}

export const taskWriter: AreaWriter = {
  events: typesOf(taskEvents),
  write: persistTasks,
  clear: rowsOf('time_entry', 'running_clock', 'task'),
}
