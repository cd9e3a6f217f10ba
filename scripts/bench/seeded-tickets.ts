import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Command, CommandName } from '../../domain/commands.ts'
import { decide } from '../../domain/decide.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { ticketRow } from '../../domain/tickets/projected-row.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import { type Person, SYSTEM, type TicketStatus } from '../../domain/vocabulary.ts'
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
  ticket: object[]
  ticket_event: object[]
  message: object[]
  participant: object[]
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
  const db = new pg.Client({ connectionString: databaseUrl })
  await db.connect()
  const random = seededRandom(4711)
  const numbers = Array.from({ length: count }, (_, i) => FIRST_NUMBER + i)
  try {
    for (let from = 0; from < count; from += BATCH) {
      const rows: Rows = { ticket: [], ticket_event: [], message: [], participant: [] }
      for (const number of numbers.slice(from, from + BATCH))
        addTicket(rows, number, department, people, random)
      await insert(db, rows)
    }
    // As autovacuum would have done some time after.
    await db.query('VACUUM ANALYZE ticket, ticket_event, message, participant')
  } finally {
    await db.end()
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

const eventRow = (number: number, e: TicketEvent): object => ({
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
): object => ({
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
  to: [],
  cc: [],
  bcc: [],
  reply_to: [],
  subject,
  text,
  text_visible: text,
  html_folded: false,
  flags: [],
  date: ticket.updatedAt,
  created_at: ticket.updatedAt,
})

async function insert(db: pg.Client, rows: Rows): Promise<void> {
  await db.query('BEGIN')
  for (const [name, list] of Object.entries(rows) as [keyof Rows, object[]][]) {
    const columns = Object.keys(list[0] ?? {})
      .map((c) => `"${c}"`)
      .join(', ')
    await db.query(
      `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb)`,
      [JSON.stringify(list)],
    )
  }
  // What the search index holds: see activities/projection.
  await db.query(
    `UPDATE ticket t SET search = to_tsvector('simple', left(t.subject || ' ' || t.requester_name || ' ' || t.requester_email, 2000)) || w.found
     FROM (SELECT ticket_number, to_tsvector('simple', string_agg(subject || ' ' || from_name || ' ' || from_address || ' ' || text, ' ')) AS found FROM message WHERE ticket_number = ANY($1) GROUP BY 1) w
     WHERE w.ticket_number = t.number`,
    [(rows.ticket as { number: number }[]).map((t) => t.number)],
  )
  await db.query('COMMIT')
}
