import type pg from 'pg'
import type { TicketStatus } from '../../../domain/vocabulary.ts'
import { type NamedMerges, readMerges } from './merge-targets.ts'
import type { RoutingCandidate } from '../../../domain/mail-in/routing/candidate.ts'
import type { OutboundMessage, RoutingFacts } from '../../../domain/mail-in/routing/facts.ts'

/**
 * Fetches everything that deciding a batch needs, in a handful of statements however many mails it
 * has. To be called under the routing lock: what it finds stays true until the transaction ends.
 */
export async function readFacts(
  db: Pick<pg.ClientBase, 'query'>,
  candidates: readonly RoutingCandidate[],
): Promise<RoutingFacts> {
  const ids = [...new Set(candidates.flatMap((l) => l.internetIds))]
  const references = await db.query<{
    internet_id: string
    ticket_number: number
    moved_to: number | null
    is_message: boolean
  }>({
    name: 'mail-facts-references',
    values: [ids],
    text: `SELECT r.internet_id, r.ticket_number, r.message_id IS NOT NULL AS is_message,
        (SELECT v.into_number FROM message_move v WHERE v.message_id = r.message_id ORDER BY v.at DESC, v.split_id DESC LIMIT 1) AS moved_to
      FROM message_reference r WHERE r.internet_id = ANY($1) ORDER BY r.ticket_number DESC LIMIT 20000`,
  })
  const outbound = await db.query<{ internet_id: string; id: string; ticket_number: number }>({
    name: 'mail-facts-outbound',
    values: [ids],
    text: `SELECT internet_id, id, ticket_number FROM message WHERE internet_id = ANY($1) AND direction = 'outbound'`,
  })
  const duplicates = await db.query<{
    content_key: string
    mailbox_id: string
    ticket_number: number
    department_id: string | null
  }>({
    name: 'mail-facts-duplicates',
    values: [[...new Set(candidates.map((l) => l.contentKey))]],
    text: `SELECT m.content_key, m.mailbox_id, m.ticket_number, coalesce(m.command #>> '{command,payload,opening,department,id}', t.department_id::text) AS department_id
      FROM mail m LEFT JOIN ticket t ON t.number = m.ticket_number
      WHERE m.content_key = ANY($1) AND m.state <> 'stored' AND m.ticket_number IS NOT NULL ORDER BY m.id`,
  })
  const people = [...new Set(candidates.flatMap((l) => l.writers))]
  const automatic = await db.query<{
    agents: string[]
    locations: { email: string; id: string; name: string }[]
    counted: { address: string; hour: number; day: number }[]
    in_ten_minutes: number
  }>({
    name: 'mail-facts-people',
    values: [people],
    text: `SELECT (SELECT coalesce(array_agg(email), '{}') FROM app_user WHERE email = ANY($1) AND active AND role <> 'approver') AS agents,
      (SELECT coalesce(json_agg(json_build_object('email', email, 'id', location_id, 'name', location_path(location_id))), '[]') FROM contact
         WHERE location_id IS NOT NULL AND email = ANY($1)) AS locations,
      (SELECT coalesce(json_agg(c), '[]') FROM (SELECT address, count(*) FILTER (WHERE at > now() - interval '1 hour') AS hour, count(*) AS day
         FROM automatic_mail WHERE address = ANY($1) AND at > now() - interval '1 day' GROUP BY address) AS c) AS counted,
      (SELECT count(*)::int FROM message WHERE direction = 'outbound' AND created_at > now() - interval '10 minutes' AND automatic) AS in_ten_minutes`,
  })
  const { agents, locations, counted, in_ten_minutes: automaticToAll } = automatic.rows[0]!
  const facts: RoutingFacts = {
    references: grouped(
      references.rows,
      (r) => r.internet_id,
      (r) => ({
        ticketNumber: r.moved_to ?? r.ticket_number,
        isMessage: r.is_message,
        keptIn: r.ticket_number,
      }),
    ),
    mergeTargets: new Map(),
    outbound: new Map(
      outbound.rows.map((r) => [
        r.internet_id,
        { internetId: r.internet_id, messageId: r.id, ticketNumber: r.ticket_number },
      ]),
    ),
    agents: new Set(agents),
    locations: new Map(locations.map(({ email, ...location }) => [email, location])),
    reported: new Map(),
    duplicates: grouped(
      duplicates.rows,
      (r) => r.content_key,
      (r) => ({
        contentKey: r.content_key,
        mailboxId: r.mailbox_id,
        ticketNumber: r.ticket_number,
        departmentId: r.department_id,
      }),
    ),
    tickets: new Map(),
    participants: new Map(),
    automaticTo: new Map(counted.map((c) => [c.address, { hour: c.hour, day: c.day }])),
    automaticToAll,
  }
  await readTickets(db, candidates, facts)
  await readReported(db, candidates, facts)
  return facts
}

/** Delivery reports that name no message of ours by its id, but a ticket by its signed address. */
async function readReported(
  db: Pick<pg.ClientBase, 'query'>,
  candidates: readonly RoutingCandidate[],
  { outbound, reported }: RoutingFacts,
): Promise<void> {
  for (const { row, mail, tokenTickets, internetIds } of candidates) {
    if (!mail.report || tokenTickets.length === 0) continue
    if (internetIds.some((id) => outbound.has(id))) continue
    const recipients = mail.report.recipients.map((r) => r.address.toLowerCase())
    const found = await lastOutboundTo(db, tokenTickets, recipients)
    if (found) reported.set(row.id, found)
  }
}

async function readTickets(
  db: Pick<pg.ClientBase, 'query'>,
  candidates: readonly RoutingCandidate[],
  facts: RoutingFacts,
): Promise<void> {
  const named = new Set([
    ...candidates.flatMap((l) => l.ticketNumbers),
    ...[...facts.references.values()]
      .flat()
      .flatMap((r) => [r.ticketNumber, ...(r.keptIn === undefined ? [] : [r.keptIn])]),
    ...[...facts.outbound.values()].map((o) => o.ticketNumber),
    ...[...facts.duplicates.values()].flat().map((t) => t.ticketNumber),
  ])
  if (named.size === 0) return
  const load = (numbers: readonly number[]): Promise<NamedMerges> => loadTickets(db, numbers, facts)
  await readMerges(db, facts, await load([...named]), load)
}

async function loadTickets(
  db: Pick<pg.ClientBase, 'query'>,
  numbers: readonly number[],
  facts: RoutingFacts,
): Promise<NamedMerges> {
  const { rows } = await db.query<{
    merged: boolean
    holds: boolean
    number: number
    status: TicketStatus | null
    closed_at: Date | null
    department_id: string | null
    subject: string | null
    requester_email: string | null
    people: string[]
  }>({
    name: 'mail-facts-tickets',
    values: [numbers],
    text: `SELECT EXISTS (SELECT 1 FROM ticket_merge m WHERE m.ticket_number = n.number) AS merged, EXISTS (SELECT 1 FROM ticket_merge m WHERE m.into_number = n.number) AS holds, n.number, t.status, t.closed_at, t.department_id, t.subject, t.requester_email, coalesce(p.people, '{}') || coalesce(w.people, '{}') AS people
      FROM unnest($1::int[]) AS n(number)
      LEFT JOIN ticket t ON t.number = n.number
      LEFT JOIN LATERAL (SELECT array_agg(address) AS people FROM participant WHERE ticket_number = n.number) AS p ON true
      LEFT JOIN LATERAL (SELECT array_agg(u.email) AS people FROM ticket_watcher x JOIN app_user u ON u.id = x.user_id WHERE x.ticket_number = n.number) AS w ON true
      WHERE t.number IS NOT NULL OR p.people IS NOT NULL OR EXISTS (SELECT 1 FROM message_reference r WHERE r.ticket_number = n.number)`,
  })
  for (const row of rows) {
    facts.tickets.set(row.number, {
      number: row.number,
      status: row.status,
      closedAt: row.closed_at,
      departmentId: row.department_id,
      subject: row.subject ?? '',
      requesterEmail: row.requester_email ?? '',
    })
    facts.participants.set(
      row.number,
      new Set([...row.people, ...(row.requester_email ? [row.requester_email] : [])]),
    )
  }
  return {
    merged: rows.filter((row) => row.merged).map((row) => row.number),
    holding: rows.filter((row) => row.holds).map((row) => row.number),
  }
}

function grouped<R, V>(
  rows: readonly R[],
  key: (row: R) => string,
  value: (row: R) => V,
): Map<string, V[]> {
  const groups = new Map<string, V[]>()
  for (const row of rows) append(groups, key(row), value(row))
  return groups
}

/**
 * The newest message of ours in these tickets to one of these addresses; to anybody when the report
 * names none.
 */
async function lastOutboundTo(
  db: Pick<pg.ClientBase, 'query'>,
  ticketNumbers: readonly number[],
  recipients: readonly string[],
): Promise<OutboundMessage | null> {
  const { rows } = await db.query<{
    id: string
    internet_id: string | null
    ticket_number: number
  }>(
    `SELECT id, internet_id, ticket_number FROM message WHERE ticket_number = ANY($1) AND direction = 'outbound'
       AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT 1 FROM jsonb_array_elements("to" || cc || bcc) AS p WHERE lower(p->>'address') = ANY($2)))
     ORDER BY created_at DESC LIMIT 1`,
    [ticketNumbers, recipients],
  )
  return rows[0]
    ? {
        internetId: rows[0].internet_id ?? '',
        messageId: rows[0].id,
        ticketNumber: rows[0].ticket_number,
      }
    : null
}

function append<V>(groups: Map<string, V[]>, key: string, value: V): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}
