import { slaEvents } from '../../domain/sla/events.ts'
import { sql } from 'kysely'
import { worksOn } from '../../application/people/works-on.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { recordset } from '../../platform/postgres/json.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'

/**
 * Brings the rows of this area in line with the ticket and its new events. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistSla: AreaWriter['write'] = async (db, ticket, events) => {
  if (!ticket.owner) await notifyDepartment(db, ticket, events)
}

/**
 * A ticket that nobody owns concerns everybody who works in its department. What is long past is
 * told to nobody: a rebuilt projection goes through it again.
 */
async function notifyDepartment(
  db: Database,
  ticket: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  const notified = events.flatMap((e) =>
    e.type === 'slaTargetNear' || e.type === 'slaTargetBreached'
      ? [
          {
            no: e.no,
            at: e.at,
            kind: e.type === 'slaTargetNear' ? ('slaWarning' as const) : ('slaBreached' as const),
            data: { target: e.data.target, dueAt: e.data.dueAt },
          },
        ]
      : [],
  )
  if (notified.length === 0) return
  const rows = recordset('e', notified, {
    no: 'integer',
    at: 'timestamptz',
    kind: 'text',
    data: 'jsonb',
  })
  await db
    .insertInto('notification')
    .columns(['ticket_number', 'event_no', 'kind', 'user_id', 'data'])
    .expression((eb) =>
      eb
        .selectFrom('user_department as d')
        .crossJoin(rows)
        .innerJoin('app_user as u', 'u.id', 'd.user_id')
        .leftJoin('ticket_notification_level as h', (join) =>
          join.onRef('h.user_id', '=', 'u.id').on('h.ticket_number', '=', ticket.number),
        )
        .select([
          sql.val(ticket.number).as('ticket_number'),
          'e.no',
          'e.kind',
          'u.id as user_id',
          'e.data',
        ])
        .where('d.department_id', '=', ticket.department.id)
        .where('u.role', '=', 'agent')
        .where(worksOn('u.id', ticket))
        .where(sql`coalesce(u.preferences->'notifications'->>e.kind, 'app')`, '<>', 'none')
        .where((e) => e.or([e('h.level', 'is', null), e('h.level', '=', 'all')]))
        .where('e.at', '>', sql<string>`now() - interval '1 day'`),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const slaWriter: AreaWriter = {
  events: typesOf(slaEvents),
  write: persistSla,
  clear: rowsOf(),
}
