import { randomUUID } from 'node:crypto'
import { type Insertable, sql } from 'kysely'
import type { Command, CommandName } from '../../domain/commands.ts'
import { decide } from '../../domain/decide.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { ticketRow } from '../../domain/tickets/projected-row.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import { type Person, SYSTEM, type TicketStatus } from '../../domain/vocabulary.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { type Database, openDatabase } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { paragraphs, personOf, subjectOf } from './corpus-texts.ts'
import { seededRandom } from './statistics.ts'

const BATCH = 500
const FIRST_NUMBER = 1_000_000
const STATUSES: TicketStatus[] = [
  'new',
  'open',
  'open',
  'waiting',
  'waiting',
  'solved',
  'solved',
  'solved',
  'closed',
  'closed',
]

interface Rows {
  ticket: Insertable<DB['ticket']>[]
  ticket_event: Insertable<DB['ticket_event']>[]
  message: Insertable<DB['message']>[]
  participant: Insertable<DB['participant']>[]
}

/**
 * Fills the projection with tickets as their workflows would have left it, by the domain's own
 * decisions, but written straight into the tables: no workflow runs for them.
 * @param people the agents who own them.
 * @returns the tickets' numbers.
 */
export async function seedTickets(
  databaseUrl: string,
  count: number,
  department: { id: string; name: string },
  people: readonly Person[],
): Promise<number[]> {
  const db = openDatabase(databaseUrl, { connections: 1 })
  const random = seededRandom(4711)
  const numbers = Array.from({ length: count }, (_, i) => FIRST_NUMBER + i)
  try {
    for (let from = 0; from < count; from += BATCH) {
      const rows: Rows = { ticket: [], ticket_event: [], message: [], participant: [] }
      for (const number of numbers.slice(from, from + BATCH))
        addTicket(rows, number, department, people, random)
      await db.transaction().execute((transaction) => insert(transaction, rows))
    }
    // As autovacuum would have done some time after.
    await sql`VACUUM ANALYZE ticket, ticket_event, message, participant`.execute(db)
  } finally {
    await db.close()
  }
  return numbers
}

function addTicket(
  rows: Rows,
  number: number,
  department: { id: string; name: string },
  people: readonly Person[],
  random: () => number,
): void {
  let ticket: Ticket = unopenedTicket(number)
  let at = Date.now() - Math.floor(random() * 300 * 86_400_000)
  const carryOut = <N extends CommandName>(
    name: N,
    actor: Command['actor'],
    payload: Command<N>['payload'],
  ): void => {
    at += 60_000 + Math.floor(random() * 3_600_000)
    const decision = decide(
      ticket,
      name,
      { id: `seed-${number}-${ticket.version}`, actor, payload },
      new Date(at).toISOString(),
    )
    ticket = decision.ticket
    rows.ticket_event.push(...decision.events.map((event) => eventRow(number, event)))
  }
  const requester = personOf(random)
  const from = { email: requester.address, name: requester.name }
  const actor = { kind: 'requester' as const, ...from }
  const subject = subjectOf(random)
  const write = (opening: boolean): void => {
    const id = randomUUID()
    const text = paragraphs(random, 2)
    const message = {
      messageId: id,
      from,
      preview: text.slice(0, 160),
      hasAttachments: random() < 0.15,
      automatic: false,
      stranger: false,
    }
    carryOut('mailReceived', actor, {
      message,
      ...(opening
        ? { opening: { subject, requester: from, department, priority: 'normal', channel: 'mail' } }
        : {}),
    })
    rows.message.push(messageRow(id, number, ticket, subject, from, text))
  }
  write(true)
  const owner = random() < 0.7 ? people[Math.floor(random() * people.length)] : undefined
  if (owner) carryOut('changeOwner', SYSTEM, { owner })
  while (random() < 0.4) write(false)
  const status = STATUSES[Math.floor(random() * STATUSES.length)] ?? 'open'
  if (status !== 'new') carryOut('changeStatus', SYSTEM, { status, reason: 'agent' })
  rows.ticket.push(ticketRow(ticket))
  rows.participant.push({ ticket_number: number, address: from.email })
}

const eventRow = (number: number, e: TicketEvent): Insertable<DB['ticket_event']> => ({
  ticket_number: number,
  no: e.no,
  type: e.type,
  at: e.at,
  actor: e.actor,
  command_id: e.commandId,
  ordinal: e.ordinal,
  data: e.data,
})

const messageRow = (
  id: string,
  number: number,
  ticket: Ticket,
  subject: string,
  from: { email: string; name: string },
  text: string,
): Insertable<DB['message']> => ({
  id,
  ticket_number: number,
  event_no: ticket.version,
  direction: 'inbound',
  state: 'received',
  automatic: false,
  one_way: false,
  internet_id: `${id}@seed.example`,
  references: [],
  from_address: from.email,
  from_name: from.name,
  subject,
  text,
  text_visible: text,
  html_folded: false,
  flags: [],
  date: ticket.updatedAt,
  created_at: ticket.updatedAt,
})

async function insert(db: Database, rows: Rows): Promise<void> {
  await db.insertInto('ticket').values(rows.ticket).execute()
  await db.insertInto('ticket_event').values(rows.ticket_event).execute()
  await db.insertInto('message').values(rows.message).execute()
  await db.insertInto('participant').values(rows.participant).execute()
  // What the search index holds: see activities/projection.
  const numbers = rows.ticket.map((ticket) => ticket.number)
  await db
    .updateTable('ticket as t')
    .from((eb) =>
      eb
        .selectFrom('message')
        .select([
          'ticket_number',
          sql`to_tsvector('simple', string_agg(subject || ' ' || from_name || ' ' || from_address || ' ' || text, ' '))`.as(
            'found',
          ),
        ])
        .where('ticket_number', '=', anyOf(numbers, 'integer'))
        .groupBy('ticket_number')
        .as('w'),
    )
    .set(
      sql.ref('search'),
      sql`to_tsvector('simple', left(t.subject || ' ' || t.requester_name || ' ' || t.requester_email, 2000)) || w.found`,
    )
    .whereRef('w.ticket_number', '=', 't.number')
    .execute()
}
