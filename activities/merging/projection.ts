import { mergingEvents } from '../../domain/merging/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'

type Client = Parameters<AreaWriter['write']>[0]

/**
 * Brings the rows of this area in line with the ticket and its new events. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistMerging: AreaWriter['write'] = async (client, ticket, events) => {
  await persistMerges(client, ticket)
  const standing = new Set(ticket.splitOff.map((split) => split.splitId))
  const splits = events.flatMap((event) =>
    event.type === 'messagesSplitOff' && standing.has(event.data.splitId)
      ? [{ ...event.data, at: event.at }]
      : [],
  )
  await client.query(
    'DELETE FROM ticket_split WHERE ticket_number = $1 AND split_id <> ALL($2::uuid[])',
    [ticket.number, [...standing]],
  )
  if (splits.length > 0) await persistSplits(client, ticket.number, splits)
}

async function persistMerges(
  client: Client,
  { number, mergedInto, mergedTickets, splitFrom }: Ticket,
): Promise<void> {
  if (mergedInto === null)
    await client.query('DELETE FROM ticket_merge WHERE ticket_number = $1', [number])
  else {
    await client.query(
      `INSERT INTO ticket_merge (ticket_number, merge_id, into_number, at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (ticket_number) DO UPDATE SET merge_id = EXCLUDED.merge_id, into_number = EXCLUDED.into_number, at = EXCLUDED.at`,
      [number, mergedInto.mergeId, mergedInto.number, mergedInto.at],
    )
  }
  await client.query(
    'DELETE FROM merged_ticket WHERE ticket_number = $1 AND merge_id <> ALL($2::uuid[])',
    [number, mergedTickets.map((one) => one.mergeId)],
  )
  await client.query(
    `INSERT INTO merged_ticket (ticket_number, merge_id, merged_number) SELECT $1, * FROM unnest($2::uuid[], $3::int[])
     ON CONFLICT (ticket_number, merge_id) DO UPDATE SET merged_number = EXCLUDED.merged_number`,
    [number, mergedTickets.map((one) => one.mergeId), mergedTickets.map((one) => one.number)],
  )
  if (splitFrom === null)
    await client.query('DELETE FROM ticket_split_from WHERE ticket_number = $1', [number])
  else {
    await client.query(
      `INSERT INTO ticket_split_from (ticket_number, split_id, from_number) VALUES ($1, $2, $3)
       ON CONFLICT (ticket_number) DO UPDATE SET split_id = EXCLUDED.split_id, from_number = EXCLUDED.from_number`,
      [number, splitFrom.splitId, splitFrom.number],
    )
  }
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
  client: Client,
  number: number,
  splits: readonly Split[],
): Promise<void> {
  const moves = splits.flatMap((split) =>
    split.messageIds.map((messageId) => ({ ...split, messageId })),
  )
  await client.query(
    `INSERT INTO ticket_split (split_id, ticket_number, into_number, subject, at) SELECT s.id, $1, s.into_number, s.subject, s.at
     FROM unnest($2::uuid[], $3::int[], $4::text[], $5::timestamptz[]) AS s(id, into_number, subject, at)
     ON CONFLICT (split_id) DO UPDATE SET ticket_number = EXCLUDED.ticket_number, into_number = EXCLUDED.into_number, subject = EXCLUDED.subject, at = EXCLUDED.at`,
    [
      number,
      splits.map((s) => s.splitId),
      splits.map((s) => s.into),
      splits.map((s) => s.subject),
      splits.map((s) => s.at),
    ],
  )
  await client.query(
    `INSERT INTO message_move (split_id, message_id, ticket_number, into_number, at) SELECT m.split, m.message, $1, m.into_number, m.at
     FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::timestamptz[]) AS m(split, message, into_number, at)
     ON CONFLICT (split_id, message_id) DO UPDATE SET ticket_number = EXCLUDED.ticket_number, into_number = EXCLUDED.into_number, at = EXCLUDED.at`,
    [
      number,
      moves.map((m) => m.splitId),
      moves.map((m) => m.messageId),
      moves.map((m) => m.into),
      moves.map((m) => m.at),
    ],
  )
}

export const mergingWriter: AreaWriter = {
  events: typesOf(mergingEvents),
  write: persistMerging,
  clear: rowsOf('ticket_split', 'ticket_merge', 'merged_ticket', 'ticket_split_from'),
}
