import type { Ticket } from '../../domain/ticket.ts'
import { allOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
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
  const ids = watchers.map(({ id }) => id)
  await db
    .deleteFrom('ticket_watcher')
    .where('ticket_number', '=', number)
    .where('user_id', '<>', allOf(ids, 'uuid'))
    .execute()
  if (ids.length === 0) return
  await db
    .insertInto('ticket_watcher')
    .values(ids.map((id) => ({ ticket_number: number, user_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function persistLinks(db: Database, { number, links }: Ticket): Promise<void> {
  const rows = links.map((link) => ({
    from_number: number,
    to_number: link.number,
    kind: link.kind,
  }))
  const standing = recordset('l', rows, {
    from_number: 'integer',
    to_number: 'integer',
    kind: '"LinkKind"',
  })
  await db
    .deleteFrom('ticket_link')
    .where('from_number', '=', number)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom(standing)
            .select('l.kind')
            .whereRef('l.to_number', '=', 'ticket_link.to_number')
            .whereRef('l.kind', '=', 'ticket_link.kind'),
        ),
      ),
    )
    .execute()
  if (rows.length === 0) return
  await db
    .insertInto('ticket_link')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const relationWriter: AreaWriter = {
  events: ['watcherAdded', 'watcherRemoved', 'ticketLinked', 'ticketUnlinked'],
  write: persistRelations,
  clear: async (db, ticketNumber) => {
    await rowsOf('ticket_watcher')(db, ticketNumber)
    await db.deleteFrom('ticket_link').where('from_number', '=', ticketNumber).execute()
  },
}
