import type { Explanation } from '../../domain/explanation.ts'
import { type ControlledTransaction, sql } from 'kysely'
import type { DB } from '../../prisma/generated/database.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { ticketRow } from '../../domain/tickets/projected-row.ts'
import { apply, unopenedTicket } from '../../domain/apply.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { knowContacts } from '../../application/contacts/known-contact.ts'
import { clearAreas, persistAreas } from './areas.ts'
import { type LastChange, lastChanges, settleMails } from './persist.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { type JsonText, recordset } from '../../platform/postgres/json.ts'
import {
  type Difference,
  differences,
  projectedRows,
  type ProjectionTable,
  projectionTables,
} from './compare.ts'
import { withWords, wordsOfMessages, wordsOfTicket } from '../tickets/search-index.ts'

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
  db: Database,
  { check, found, failed, progress }: RebuildOptions,
): Promise<{ tickets: number; differing: number }> {
  const tables = await projectionTables(db)
  let [tickets, differing, last] = [0, 0, 0]
  for (;;) {
    const rows = await db
      .selectFrom('ticket')
      .select('number')
      .where('number', '>', last)
      .orderBy('number')
      .limit(500)
      .execute()
    if (rows.length === 0) return { tickets, differing }
    for (const { number } of rows) {
      tickets++
      last = number
      const wrong = await rebuildTicket(db, tables, number, check).catch(
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
}

async function rebuildTicket(
  db: Database,
  tables: readonly ProjectionTable[],
  number: number,
  check: boolean,
): Promise<Difference[]> {
  const transaction = await db.startTransaction().execute()
  try {
    const wrong = await rebuiltWithin(transaction, tables, number)
    // What was right is left as it was written.
    if (check || wrong.length === 0) await transaction.rollback().execute()
    else await transaction.commit().execute()
    return wrong
  } catch (error) {
    // Without a connection this fails too, and ends the whole.
    await transaction.rollback().execute()
    throw new NotRebuilt(number, error instanceof Error ? error : new Error(String(error)))
  }
}

/** @returns what was not as the events say. */
async function rebuiltWithin(
  transaction: ControlledTransaction<DB>,
  tables: readonly ProjectionTable[],
  number: number,
): Promise<Difference[]> {
  await transaction
    .selectFrom('ticket')
    .select('number')
    .where('number', '=', number)
    .forUpdate()
    .execute()
  const events = await eventsOf(transaction, number)
  if (events.length === 0) return []
  const before = await projectedRows(transaction, tables, number)
  await writeProjection(transaction, number, events)
  return differences(number, before, await projectedRows(transaction, tables, number))
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

async function eventsOf(db: Database, number: number): Promise<TicketEvent[]> {
  const rows = await db
    .selectFrom('ticket_event')
    .select(['no', 'type', 'at', 'actor', 'command_id as commandId', 'ordinal', 'data'])
    .where('ticket_number', '=', number)
    .orderBy('no')
    .execute()
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }) as TicketEvent)
}

async function writeProjection(
  db: Database,
  number: number,
  events: readonly TicketEvent[],
): Promise<void> {
  await clearAreas(db, number)
  let ticket = unopenedTicket(number)
  for (const [index, batch] of batchesOf(events).entries()) {
    ticket = batch.reduce(apply, ticket)
    await writeSearch(db, ticket, batch, index === 0)
    await persistAreas(db, ticket, batch)
  }
  await writeTicket(db, ticket)
  const { email, name } = ticket.requester
  await knowContacts(db, [{ email: email.toLowerCase(), name }])
  await writeMessages(db, ticket, events)
  await writeNotes(db, number, events)
  await settleMails(
    db,
    events.map((e) => e.commandId),
  )
  await forgetJobs(db, number)
}

async function writeNotes(
  db: Database,
  number: number,
  events: readonly TicketEvent[],
): Promise<void> {
  const notes = events.flatMap((e) =>
    e.type === 'noteAdded' ? [{ id: e.data.noteId, event_no: e.no }] : [],
  )
  const told = recordset('e', notes, { id: 'uuid', event_no: 'integer' })
  await db
    .updateTable('note')
    .from((eb) =>
      eb
        .selectFrom('note as n')
        .leftJoin(told, 'e.id', 'n.id')
        .select(['n.id', 'e.event_no'])
        .where('n.ticket_number', '=', number)
        .as('c'),
    )
    .set((eb) => ({ event_no: eb.ref('c.event_no') }))
    .whereRef('note.id', '=', 'c.id')
    .whereRef('note.event_no', 'is distinct from', 'c.event_no')
    .execute()
}

/**
 * Who is to be told and what is to be sent is written with its event, once. Made again it would be
 * told again, and to whoever is there now.
 */
async function forgetJobs(db: Database, number: number): Promise<void> {
  const written = sql<boolean>`xmin = pg_current_xact_id()::xid`
  for (const table of ['notification', 'ticket_job'] as const)
    await db.deleteFrom(table).where('ticket_number', '=', number).where(written).execute()
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
  db: Database,
  ticket: Ticket,
  batch: readonly TicketEvent[],
  first: boolean,
): Promise<void> {
  const { subject, requester_name, requester_email } = ticketRow(ticket)
  if (first) {
    await sql`UPDATE ticket SET search = ${sql.raw(wordsOfTicket('line'))}
      FROM (SELECT ${subject}::text AS subject, ${requester_name}::text AS requester_name, ${requester_email}::text AS requester_email) AS line
      WHERE number = ${ticket.number}`.execute(db)
  }
  const visible = lastChanges(batch).filter((change) => change.has_no && change.event_no !== null)
  if (visible.length === 0) return
  await sql`UPDATE ticket SET search = ${sql.raw(withWords('words.found'))}
    FROM (SELECT ${sql.raw(wordsOfMessages('c.event_no'))} AS found
      FROM message m JOIN jsonb_to_recordset(${JSON.stringify(visible)}::jsonb) AS c(id uuid, event_no int) ON c.id = m.id) AS words
    WHERE number = ${ticket.number}`.execute(db)
}

async function writeTicket(db: Database, ticket: Ticket): Promise<void> {
  const row = ticketRow(ticket)
  const columns = Object.keys(row).filter((column) => column !== 'number')
  const [names, values] = [
    sql.join(columns.map((column) => sql.id(column))),
    sql.join(columns.map((column) => sql.id('line', column))),
  ]
  await sql`UPDATE ticket SET (${names}) =
      (SELECT ${values} FROM jsonb_populate_record(NULL::ticket, ${JSON.stringify(row)}::jsonb) AS line)
    WHERE number = ${ticket.number}`.execute(db)
}

/**
 * A message on its way is the delivery's own: what the mail server said so far is in its row and
 * not yet in an event.
 */
async function writeMessages(
  db: Database,
  ticket: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  const underway = new Set(ticket.pending.map((p) => p.messageId))
  const received = new Set(
    events.flatMap((e) => (e.type === 'messageReceived' ? [e.data.messageId] : [])),
  )
  const changes = lastChanges(events).map(({ id, event_no = null, state, detail }: LastChange) => {
    if (received.has(id)) return { id, event_no, state: 'received' as const, detail: null }
    return underway.has(id)
      ? { id, event_no, state: null, detail: null }
      : { id, event_no, state: state ?? null, detail: detail ?? null }
  })
  const told = recordset('e', changes, {
    id: 'uuid',
    event_no: 'integer',
    state: '"DeliveryState"',
    detail: 'jsonb',
  })
  await db
    .updateTable('message')
    .from((eb) =>
      eb
        .selectFrom('message as m')
        .leftJoin(told, 'e.id', 'm.id')
        .select((e) => [
          'm.id',
          'e.event_no',
          e.fn.coalesce('e.state', 'm.state').as('state'),
          e.fn.coalesce('e.detail', 'm.state_detail').as('detail'),
        ])
        .where('m.ticket_number', '=', ticket.number)
        .as('c'),
    )
    .set((eb) => ({
      event_no: eb.ref('c.event_no'),
      state: eb.ref('c.state'),
      state_detail: eb.ref('c.detail').$castTo<JsonText<Explanation>>(),
    }))
    .whereRef('message.id', '=', 'c.id')
    .where((eb) =>
      eb.or([
        eb('message.event_no', 'is distinct from', eb.ref('c.event_no')),
        eb('message.state', '<>', eb.ref('c.state')),
        eb('message.state_detail', 'is distinct from', eb.ref('c.detail')),
      ]),
    )
    .execute()
}
