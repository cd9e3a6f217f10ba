import pg from 'pg'
import type { TicketEvent } from '../../domain/events.ts'
import {
  type MessageChange,
  messageChanges,
  ticketRow,
} from '../../domain/tickets/projected-row.ts'
import { unopenedTicket } from '../../domain/ticket.ts'
import { knownContact } from '../../application/contacts/known-contact.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'
import type { PersistBatch, PersistOutcome } from '../../workflows/ticket/activities.ts'
import { concernAreas, persistAreas } from './areas.ts'
import { loadTicket } from './load-ticket.ts'
import { persistNotifications } from '../notifications/projection.ts'
import { persistRelations } from '../tickets/projection.ts'
import { withWords, wordsOfMessages, wordsOfTicket } from '../tickets/search-index.ts'

const UNIQUE_VIOLATION = '23505'

const columns = Object.keys(ticketRow(unopenedTicket(0)))
const updates = columns
  .filter((c) => c !== 'number')
  .map((c) => `${c} = EXCLUDED.${c}`)
  .join(', ')

/**
 * Everything a batch of events changes, as one statement and so one round trip and one transaction.
 * $1 the ticket's row · $2 the events · $3 changes to messages · $4 ids of notes with their event ·
 * $5 settled mails · $6 the notification
 */
const PERSIST = `
WITH
  line AS (SELECT * FROM jsonb_populate_record(NULL::ticket, $1::jsonb)),
  change AS (
    SELECT * FROM jsonb_to_recordset($3::jsonb) AS c(id uuid, has_no boolean, event_no int, state "DeliveryState", detail text)
  ),
  words AS (
    SELECT ${wordsOfMessages('c.event_no')} AS found
    FROM message m JOIN change c ON c.id = m.id WHERE c.has_no AND c.event_no IS NOT NULL
  ),
  ticket_written AS (
    INSERT INTO ticket (${columns.join(', ')}, search)
    SELECT ${columns.map((c) => `line.${c}`).join(', ')},
      ${wordsOfTicket('line')} || coalesce(words.found, ''::tsvector)
    FROM line, words
    ON CONFLICT (number) DO UPDATE SET ${updates},
      search = ${withWords('(SELECT found FROM words)')}
  ),
  events_written AS (
    INSERT INTO ticket_event (ticket_number, no, type, at, actor, command_id, ordinal, data)
    SELECT (SELECT number FROM line), e.no, e.type, e.at, e.actor, e."commandId", e.ordinal, e.data
    FROM jsonb_to_recordset($2::jsonb) AS e(no int, type text, at timestamptz, actor jsonb, "commandId" text, ordinal int, data jsonb)
  ),
  messages_written AS (
    UPDATE message m SET
      event_no = CASE WHEN c.has_no THEN c.event_no ELSE m.event_no END,
      state = coalesce(c.state, m.state),
      state_detail = coalesce(c.detail, m.state_detail),
      sent_at = CASE WHEN c.state = 'sent' THEN coalesce(m.sent_at, now()) ELSE m.sent_at END
    FROM change c WHERE m.id = c.id
  ),
  notes_written AS (
    UPDATE note n SET event_no = c.event_no FROM jsonb_to_recordset($4::jsonb) AS c(id uuid, event_no int) WHERE n.id = c.id
  ),
  contact_known AS (
    ${knownContact(`SELECT lower(e.data->'requester'->>'email'), e.data->'requester'->>'name' FROM jsonb_to_recordset($2::jsonb) AS e(type text, data jsonb) WHERE e.type = 'ticketOpened'`)}
  ),
  -- Where rules may want an approval of it: activities/approvals looks. While there is no rule this is one look at an empty table.
  jobs_written AS (
    INSERT INTO approval_job (ticket_number, event_no)
    SELECT (SELECT number FROM line), max(e.no) FROM jsonb_to_recordset($2::jsonb) AS e(no int, type text, data jsonb)
    WHERE (e.type IN ('ticketOpened', 'categoryChanged', 'departmentChanged') OR (e.type = 'statusChanged' AND e.data->>'from' IN ('solved', 'closed')))
      AND EXISTS (SELECT 1 FROM ticket_approval_rule)
    HAVING count(*) > 0
    ON CONFLICT (ticket_number) DO UPDATE SET event_no = EXCLUDED.event_no, due_at = now(), attempts = 0
  ),
  mails_settled AS (
    UPDATE mail SET state = 'settled', settled_at = now() WHERE id = ANY($5::uuid[]) AND state <> 'settled'
  )
SELECT pg_notify('ticket', $6)`

/**
 * Writes events and projection in one transaction, keyed by (ticket, event number) and (ticket,
 * command). Run twice, or by two runs of one workflow, it writes once: the second finds the numbers
 * taken and gets the stored state back.
 */
export async function persistEvents(pool: pg.Pool, batch: PersistBatch): Promise<PersistOutcome> {
  const { ticket, events, notifications = [] } = batch
  const values = [
    JSON.stringify(ticketRow(ticket)),
    JSON.stringify(events),
    JSON.stringify(lastChanges(events)),
    JSON.stringify(
      events.flatMap((e) =>
        e.type === 'noteAdded' ? [{ id: e.data.noteId, event_no: e.no }] : [],
      ),
    ),
    mailIds(events.map((e) => e.commandId)),
    JSON.stringify({
      number: ticket.number,
      version: ticket.version,
      departmentId: ticket.department.id,
      ...leftDepartment(events),
      ...locationsOf(ticket, events),
      types: [...new Set(events.map((e) => e.type))].slice(0, 20),
    }),
  ]
  const statement = { name: 'persist-events', text: PERSIST, values }
  try {
    const related = events.some(({ type }) => relational.has(type))
    if (related || notifications.length > 0 || concernAreas(events)) {
      await inTransaction(pool, async (client) => {
        await client.query(statement)
        if (related) await persistRelations(client, ticket)
        await persistAreas(client, ticket, events)
        if (notifications.length > 0)
          await persistNotifications(client, ticket.number, notifications)
      })
    } else {
      await pool.query(statement)
    }
    return { written: true }
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION)
      return writtenBefore(pool, batch)
    throw error
  }
}

/** Pages of the department that a ticket left are told too: it is to vanish from their lists. */
function leftDepartment(events: readonly TicketEvent[]): { leftDepartmentIds?: string[] } {
  const left = events.flatMap((e) => (e.type === 'departmentChanged' ? [e.data.from.id] : []))
  return left.length > 0 ? { leftDepartmentIds: left } : {}
}

/** The same for locations, which people may be limited to. */
function locationsOf(
  { location }: PersistBatch['ticket'],
  events: readonly TicketEvent[],
): { locationId?: string; leftLocationIds?: string[] } {
  const left = events.flatMap((e) =>
    e.type === 'locationChanged' && e.data.from ? [e.data.from.id] : [],
  )
  return {
    ...(location ? { locationId: location.id } : {}),
    ...(left.length > 0 ? { leftLocationIds: left } : {}),
  }
}

const relational = new Set<TicketEvent['type']>([
  'watcherAdded',
  'watcherRemoved',
  'ticketLinked',
  'ticketUnlinked',
])

/** What a batch of events leaves of a message. */
export interface LastChange extends MessageChange {
  has_no: boolean
}

/**
 * Of several changes to one message the last of each kind wins: an UPDATE … FROM takes only one row
 * per message.
 */
export function lastChanges(events: readonly TicketEvent[]): LastChange[] {
  const byId = new Map<string, LastChange>()
  for (const { id, ...change } of messageChanges(events)) {
    const numbered = 'event_no' in change ? { has_no: true } : {}
    byId.set(id, { has_no: false, ...byId.get(id), id, ...change, ...numbered })
  }
  return [...byId.values()]
}

async function writtenBefore(
  pool: pg.Pool,
  { ticket, events }: PersistBatch,
): Promise<PersistOutcome> {
  const commandIds = [...new Set(events.map((e) => e.commandId))]
  const { rows } = await pool.query<{ command_id: string }>(
    'SELECT DISTINCT command_id FROM ticket_event WHERE ticket_number = $1 AND command_id = ANY($2)',
    [ticket.number, commandIds],
  )
  const applied = rows.map((r) => r.command_id)
  await pool.query(
    `UPDATE mail SET state = 'settled', settled_at = now() WHERE id = ANY($1::uuid[]) AND state <> 'settled'`,
    [mailIds(applied)],
  )
  return { written: false, ticket: await loadTicket(pool, ticket.number), applied }
}

/** The ledger rows that commands came from: their ids are `mail-<uuid>`. */
export const mailIds = (commandIds: readonly string[]): string[] =>
  [...new Set(commandIds)].flatMap((id) => /^mail-([0-9a-f-]{36})$/.exec(id)?.[1] ?? [])
