import { sql } from 'kysely'
import { mergingEvents } from '../../domain/merging/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { allOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'

/**
 * Brings the rows of this area in line with the ticket and its new events. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistMerging: AreaWriter['write'] = async (db, ticket, events) => {
  await persistMerges(db, ticket)
  const standing = new Set(ticket.splitOff.map((split) => split.splitId))
  const splits = events.flatMap((event) =>
    event.type === 'messagesSplitOff' && standing.has(event.data.splitId)
      ? [{ ...event.data, at: event.at }]
      : [],
  )
  await db
    .deleteFrom('ticket_split')
    .where('ticket_number', '=', ticket.number)
    .where('split_id', '<>', allOf([...standing], 'uuid'))
    .execute()
  if (splits.length > 0) await persistSplits(db, ticket.number, splits)
}

async function persistMerges(
  db: Database,
  { number, mergedInto, mergedTickets, splitFrom }: Ticket,
): Promise<void> {
  if (mergedInto === null)
    await db.deleteFrom('ticket_merge').where('ticket_number', '=', number).execute()
  else
    await db
      .insertInto('ticket_merge')
      .values({
        ticket_number: number,
        merge_id: mergedInto.mergeId,
        into_number: mergedInto.number,
        at: mergedInto.at,
      })
      .onConflict((conflict) =>
        conflict
          .column('ticket_number')
          .doUpdateSet(excluded('ticket_merge', ['merge_id', 'into_number', 'at'])),
      )
      .execute()
  await persistMergedTickets(db, number, mergedTickets)
  if (splitFrom === null)
    await db.deleteFrom('ticket_split_from').where('ticket_number', '=', number).execute()
  else
    await db
      .insertInto('ticket_split_from')
      .values({
        ticket_number: number,
        split_id: splitFrom.splitId,
        from_number: splitFrom.number,
      })
      .onConflict((conflict) =>
        conflict
          .column('ticket_number')
          .doUpdateSet(excluded('ticket_split_from', ['split_id', 'from_number'])),
      )
      .execute()
}

async function persistMergedTickets(
  db: Database,
  number: number,
  mergedTickets: Ticket['mergedTickets'],
): Promise<void> {
  const mergeIds = mergedTickets.map((one) => one.mergeId)
  await db
    .deleteFrom('merged_ticket')
    .where('ticket_number', '=', number)
    .where('merge_id', '<>', allOf(mergeIds, 'uuid'))
    .execute()
  if (mergedTickets.length === 0) return
  await db
    .insertInto('merged_ticket')
    .values(
      mergedTickets.map((one) => ({
        ticket_number: number,
        merge_id: one.mergeId,
        merged_number: one.number,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['ticket_number', 'merge_id'])
        .doUpdateSet(excluded('merged_ticket', ['merged_number'])),
    )
    .execute()
}

interface Split {
  splitId: string
  into: number
  subject: string
  messageIds: string[]
  at: string
}

/** Which messages moved is known from the event alone: the ticket's state keeps only how many. */
async function persistSplits(
  db: Database,
  number: number,
  splits: readonly Split[],
): Promise<void> {
  const common = (split: Split) => ({
    split_id: split.splitId,
    ticket_number: number,
    into_number: split.into,
    at: split.at,
  })
  await db
    .insertInto('ticket_split')
    .values(splits.map((split) => ({ ...common(split), subject: split.subject })))
    .onConflict((conflict) =>
      conflict
        .column('split_id')
        .doUpdateSet(excluded('ticket_split', ['ticket_number', 'into_number', 'subject', 'at'])),
    )
    .execute()
  const moves = splits.flatMap((split) =>
    split.messageIds.map((messageId) => ({
      ...common(split),
      message_id: messageId,
      own_number: sql<number>`coalesce((SELECT m.ticket_number FROM message m WHERE m.id = ${messageId}), ${number})`,
    })),
  )
  if (moves.length === 0) return
  await db
    .insertInto('message_move')
    .values(moves)
    .onConflict((conflict) =>
      conflict
        .columns(['split_id', 'message_id'])
        .doUpdateSet(
          excluded('message_move', ['ticket_number', 'own_number', 'into_number', 'at']),
        ),
    )
    .execute()
}

export const mergingWriter: AreaWriter = {
  events: typesOf(mergingEvents),
  write: persistMerging,
  clear: rowsOf('ticket_split', 'ticket_merge', 'merged_ticket', 'ticket_split_from'),
}
