import { sql } from 'kysely'
import type { Ticket } from '../../domain/ticket.ts'
import { type Database, databaseOn } from '../../platform/postgres/database.ts'
import { recordset } from '../../platform/postgres/json.ts'
import { type AreaWriter, rowsOf } from '../projection/area-writer.ts'

/**
 * Brings watchers and links in line with the ticket's state. Set-based, so running it twice changes
 * nothing.
 */
async function persistRelations(db: Database, ticket: Ticket): Promise<void> {
  await persistWatchers(db, ticket)
  await persistLinks(db, ticket)
}

async function persistWatchers(db: Database, { number, watchers }: Ticket): Promise<void> {
  const rows = recordset(
    'w',
    watchers.map(({ id }) => ({ id })),
    { id: 'uuid' },
  )
  await db
    .deleteFrom('ticket_watcher')
    .where('ticket_number', '=', number)
    .where('user_id', 'not in', (eb) => eb.selectFrom(rows).select('w.id'))
    .execute()
  await db
    .insertInto('ticket_watcher')
    .columns(['ticket_number', 'user_id'])
    .expression((eb) => eb.selectFrom(rows).select([sql.val(number).as('number'), 'w.id']))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function persistLinks(db: Database, { number, links }: Ticket): Promise<void> {
  const rows = recordset(
    'l',
    links.map((link) => ({ number: link.number, kind: link.kind })),
    { number: 'integer', kind: 'text' },
  )
  await db
    .deleteFrom('ticket_link')
    .where('from_number', '=', number)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom(rows)
            .select('l.number')
            .whereRef('l.number', '=', 'ticket_link.to_number')
            .whereRef('l.kind', '=', 'ticket_link.kind'),
        ),
      ),
    )
    .execute()
  await db
    .insertInto('ticket_link')
    .columns(['from_number', 'to_number', 'kind'])
    .expression((eb) =>
      eb.selectFrom(rows).select([sql.val(number).as('from_number'), 'l.number', 'l.kind']),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const relationWriter: AreaWriter = {
  events: ['watcherAdded', 'watcherRemoved', 'ticketLinked', 'ticketUnlinked'],
  write: (client, ticket) => persistRelations(databaseOn(client), ticket),
  clear: [...rowsOf('ticket_watcher'), 'DELETE FROM ticket_link WHERE from_number = $1'],
}
