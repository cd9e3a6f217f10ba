import type pg from 'pg'
import type { TicketEvent } from '../../domain/events.ts'
import { ticketRow } from '../../domain/tickets/projected-row.ts'
import { apply, unopenedTicket } from '../../domain/apply.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { knownContact } from '../../application/contacts/known-contact.ts'
import { clearAreas, persistAreas } from './areas.ts'
import { type LastChange, lastChanges, mailIds } from './persist.ts'
import {
  type Difference,
  differences,
  projectedRows,
  type ProjectionTable,
  projectionTables,
} from './compare.ts'
import { withWords, wordsOfMessages, wordsOfTicket } from '../tickets/search-index.ts'

type Client = Pick<pg.ClientBase, 'query'>

export interface RebuildOptions {
  /** Only compare. */
  check: boolean
  /** Told of each ticket that was not as its events say. */
  found: (differences: readonly Difference[]) => void
  /**
   * Told of each ticket that could not be rebuilt and stays as it was; the others go on. Without
   * it, the first one ends the rebuild.
   */
  failed?: (ticket: number, error: Error) => void
  /** Told now and then how many tickets are done. */
  progress?: (tickets: number) => void
}

/**
 * Rebuilds the projection from the event log, ticket by ticket, each in a transaction of its own
 * that holds the ticket's row: its workflow's next write waits a few milliseconds for it. Safe
 * while Guichet runs, and safe to stop at any time.
 * @returns how many tickets there are and how many were not as their events say.
 */
export async function rebuildProjection(
  pool: pg.Pool,
  { check, found, failed, progress }: RebuildOptions,
): Promise<{ tickets: number; differing: number }> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const tables = await projectionTables(client)
    let [tickets, differing, last] = [0, 0, 0]
    for (;;) {
      const { rows } = await client.query<{ number: number }>(
        'SELECT number FROM ticket WHERE number > $1 ORDER BY number LIMIT 500',
        [last],
      )
      if (rows.length === 0) return { tickets, differing }
      for (const { number } of rows) {
        tickets++
        last = number
        const wrong = await rebuildTicket(client, tables, number, check).catch(
          (error: unknown): Difference[] => {
            if (!failed || !(error instanceof NotRebuilt)) throw error
            failed(number, error.reason)
            return []
          },
        )
        if (wrong.length === 0) continue
        differing++
        found(wrong)
      }
      progress?.(tickets)
    }
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

async function rebuildTicket(
  client: Client,
  tables: readonly ProjectionTable[],
  number: number,
  check: boolean,
): Promise<Difference[]> {
  await client.query('BEGIN')
  try {
    await client.query('SELECT 1 FROM ticket WHERE number = $1 FOR UPDATE', [number])
    const events = await eventsOf(client, number)
    if (events.length === 0) {
      await client.query('ROLLBACK')
      return []
    }
    const before = await projectedRows(client, tables, number)
    await writeProjection(client, number, events)
    const wrong = differences(number, before, await projectedRows(client, tables, number))
    // What was right is left as it was written.
    await client.query(check || wrong.length === 0 ? 'ROLLBACK' : 'COMMIT')
    return wrong
  } catch (error) {
    // Without a connection this fails too, and ends the whole.
    await client.query('ROLLBACK')
    throw new NotRebuilt(number, error instanceof Error ? error : new Error(String(error)))
  }
}

/** One ticket's events do not fit the rest of the database. */
class NotRebuilt extends Error {
  constructor(
    ticket: number,
    readonly reason: Error,
  ) {
    super(`Ticket #${ticket} could not be rebuilt: ${reason.message}`)
  }
}

async function eventsOf(client: Client, number: number): Promise<TicketEvent[]> {
  const { rows } = await client.query<Omit<TicketEvent, 'at'> & { at: Date }>(
    'SELECT no, type, at, actor, command_id AS "commandId", ordinal, data FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
    [number],
  )
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }) as TicketEvent)
}

async function writeProjection(
  client: Client,
  number: number,
  events: readonly TicketEvent[],
): Promise<void> {
  await clearAreas(client, number)
  let ticket = unopenedTicket(number)
  for (const [index, batch] of batchesOf(events).entries()) {
    ticket = batch.reduce(apply, ticket)
    await writeSearch(client, ticket, batch, index === 0)
    await persistAreas(client, ticket, batch)
  }
  await writeTicket(client, ticket)
  await client.query(knownContact('SELECT lower($1), $2'), [
    ticket.requester.email,
    ticket.requester.name,
  ])
  await writeMessages(client, ticket, events)
  const notes = events.flatMap((e) =>
    e.type === 'noteAdded' ? [{ id: e.data.noteId, event_no: e.no }] : [],
  )
  await client.query(
    `UPDATE note n SET event_no = c.event_no FROM (SELECT n.id, e.event_no FROM note n LEFT JOIN jsonb_to_recordset($2::jsonb) AS e(id uuid, event_no int) ON e.id = n.id WHERE n.ticket_number = $1) AS c
     WHERE n.id = c.id AND n.event_no IS DISTINCT FROM c.event_no`,
    [number, JSON.stringify(notes)],
  )
  await client.query(
    `UPDATE mail SET state = 'settled', settled_at = now() WHERE id = ANY($1::uuid[]) AND state <> 'settled'`,
    [mailIds(events.map((e) => e.commandId))],
  )
  await forgetJobs(client, number)
}

/**
 * Who is to be told and what is to be sent is written with its event, once. Made again it would be
 * told again, and to whoever is there now.
 */
async function forgetJobs(client: Client, number: number): Promise<void> {
  for (const table of ['notification', 'ticket_job'])
    await client.query(
      `DELETE FROM ${table} WHERE ticket_number = $1 AND xmin = pg_current_xact_id()::xid`,
      [number],
    )
}

/** What was decided together was written together: a batch has one time, the workflow's clock. */
function batchesOf(events: readonly TicketEvent[]): TicketEvent[][] {
  const batches: TicketEvent[][] = []
  for (const event of events) {
    const last = batches.at(-1)
    if (last?.[0]?.at === event.at) last.push(event)
    else batches.push([event])
  }
  return batches
}

/**
 * The index grows with each batch as it did when the batch was written: it also keeps the words of
 * subjects and messages that are gone.
 */
async function writeSearch(
  client: Client,
  ticket: Ticket,
  batch: readonly TicketEvent[],
  first: boolean,
): Promise<void> {
  const { subject, requester_name, requester_email } = ticketRow(ticket)
  if (first) {
    await client.query(
      `UPDATE ticket SET search = ${wordsOfTicket('line')} FROM (SELECT $2::text AS subject, $3::text AS requester_name, $4::text AS requester_email) AS line WHERE number = $1`,
      [ticket.number, subject, requester_name, requester_email],
    )
  }
  const visible = lastChanges(batch).filter((change) => change.has_no && change.event_no !== null)
  if (visible.length === 0) return
  await client.query(
    `UPDATE ticket SET search = ${withWords('words.found')}
     FROM (SELECT ${wordsOfMessages('c.event_no')} AS found FROM message m JOIN jsonb_to_recordset($2::jsonb) AS c(id uuid, event_no int) ON c.id = m.id) AS words WHERE number = $1`,
    [ticket.number, JSON.stringify(visible)],
  )
}

async function writeTicket(client: Client, ticket: Ticket): Promise<void> {
  const row = ticketRow(ticket)
  const columns = Object.keys(row).filter((column) => column !== 'number')
  await client.query(
    `UPDATE ticket SET (${columns.join(', ')}) = (SELECT ${columns.map((column) => `line.${column}`).join(', ')} FROM jsonb_populate_record(NULL::ticket, $2::jsonb) AS line) WHERE number = $1`,
    [ticket.number, JSON.stringify(row)],
  )
}

/**
 * A message on its way is the delivery's own: what the mail server said so far is in its row and
 * not yet in an event.
 */
async function writeMessages(
  client: Client,
  ticket: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  const underway = new Set(ticket.pending.map((p) => p.messageId))
  const received = new Set(
    events.flatMap((e) => (e.type === 'messageReceived' ? [e.data.messageId] : [])),
  )
  const changes = lastChanges(events).map(({ id, event_no = null, state, detail }: LastChange) => {
    if (received.has(id)) return { id, event_no, state: 'received' }
    return underway.has(id) ? { id, event_no } : { id, event_no, state, detail }
  })
  await client.query(
    `UPDATE message m SET event_no = c.event_no, state = coalesce(c.state, m.state), state_detail = coalesce(c.detail, m.state_detail)
     FROM (SELECT m.id, e.event_no, e.state, e.detail FROM message m LEFT JOIN jsonb_to_recordset($2::jsonb) AS e(id uuid, event_no int, state "DeliveryState", detail text) ON e.id = m.id
           WHERE m.ticket_number = $1) AS c
     WHERE m.id = c.id AND (m.event_no IS DISTINCT FROM c.event_no OR m.state <> coalesce(c.state, m.state) OR m.state_detail IS DISTINCT FROM coalesce(c.detail, m.state_detail))`,
    [ticket.number, JSON.stringify(changes)],
  )
}
