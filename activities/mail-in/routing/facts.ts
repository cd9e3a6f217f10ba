import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { anyOf } from '../../../platform/postgres/any-of.ts'
import { arrayFrom } from '../../../platform/postgres/array-from.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { recordset } from '../../../platform/postgres/json.ts'
import { runPrepared } from '../../../platform/postgres/run-prepared.ts'
import { secondsAgo } from '../../../platform/postgres/seconds-ago.ts'
import { type NamedMerges, readMerges } from './merge-targets.ts'
import type { RoutingCandidate } from '../../../domain/mail-in/routing/candidate.ts'
import type { OutboundMessage, RoutingFacts } from '../../../domain/mail-in/routing/facts.ts'

/** Messages of a ticket that are looked at for which of them comes first. */
const MOST_OF_CONVERSATION = 100

/**
 * Fetches everything that deciding a batch needs, in a handful of statements however many mails it
 * has. To be called under the routing lock: what it finds stays true until the transaction ends.
 */
export async function readFacts(
  db: Database,
  candidates: readonly RoutingCandidate[],
): Promise<RoutingFacts> {
  const facts: RoutingFacts = {
    ...(await readEarlierMessages(db, candidates)),
    ...(await readAddresses(db, candidates)),
    mergeTargets: new Map(),
    reported: new Map(),
    tickets: new Map(),
    participants: new Map(),
    conversations: new Map(),
  }
  await readTickets(db, candidates, facts)
  await readConversations(db, candidates, facts)
  await readReported(db, candidates, facts)
  return facts
}

/** What came and left before: what these mails refer to, and mails of the same content. */
async function readEarlierMessages(
  db: Database,
  candidates: readonly RoutingCandidate[],
): Promise<Pick<RoutingFacts, 'references' | 'outbound' | 'duplicates'>> {
  const ids = [...new Set(candidates.flatMap((l) => l.internetIds))]
  const references = await runPrepared(db, referencesTo(db, ids))
  const outbound = await runPrepared(db, outboundMessages(db, ids))
  const contentKeys = [...new Set(candidates.map((l) => l.contentKey))]
  const duplicates = await runPrepared(db, duplicatesOf(db, contentKeys))
  return {
    references: grouped(
      references,
      (r) => r.internet_id,
      (r) => ({
        ticketNumber: r.moved_to ?? r.ticket_number,
        isMessage: r.is_message,
        keptIn: r.ticket_number,
      }),
    ),
    outbound: new Map(
      outbound.map((r) => [
        r.internet_id,
        { internetId: r.internet_id, messageId: r.id, ticketNumber: r.ticket_number },
      ]),
    ),
    duplicates: grouped(
      duplicates,
      (r) => r.content_key,
      (r) => ({
        contentKey: r.content_key,
        mailboxId: r.mailbox_id,
        ticketNumber: r.ticket_number,
        departmentId: r.department_id,
      }),
    ),
  }
}

/** Who these mails' writers are, and what has left for them by itself. */
async function readAddresses(
  db: Database,
  candidates: readonly RoutingCandidate[],
): Promise<Pick<RoutingFacts, 'agents' | 'locations' | 'automaticTo' | 'automaticToAll'>> {
  const writers = [...new Set(candidates.flatMap((l) => l.writers))]
  const [known] = await runPrepared(db, knownOf(db, writers))
  const { agents, locations, counted, automaticToAll } = known!
  return {
    agents: new Set(agents),
    locations: new Map(locations.map(({ email, ...location }) => [email, location])),
    automaticTo: new Map(counted.map((c) => [c.address, { hour: c.hour, day: c.day }])),
    automaticToAll: automaticToAll ?? 0,
  }
}

const referencesTo = (db: Database, internetIds: readonly string[]) =>
  db
    .selectFrom('message_reference as r')
    .select((eb) => [
      'r.internet_id',
      'r.ticket_number',
      eb('r.message_id', 'is not', null).$castTo<boolean>().as('is_message'),
      eb
        .selectFrom('message_move as v')
        .select('v.into_number')
        .whereRef('v.message_id', '=', 'r.message_id')
        .orderBy('v.at', 'desc')
        .orderBy('v.split_id', 'desc')
        .limit(1)
        .as('moved_to'),
    ])
    .where('r.internet_id', '=', anyOf(internetIds, 'text'))
    .orderBy('r.ticket_number', 'desc')
    .limit(20_000)

const outboundMessages = (db: Database, internetIds: readonly string[]) =>
  db
    .selectFrom('message')
    .select(['internet_id', 'id', 'ticket_number'])
    .where('internet_id', '=', anyOf(internetIds, 'text'))
    .where('direction', '=', 'outbound')
    .$narrowType<{ internet_id: string }>()

/** Mails of the same content that were routed, with the department of their ticket. */
const duplicatesOf = (db: Database, contentKeys: readonly string[]) =>
  db
    .selectFrom('mail as m')
    .leftJoin('ticket as t', 't.number', 'm.ticket_number')
    .select((eb) => [
      'm.content_key',
      'm.mailbox_id',
      'm.ticket_number',
      eb.fn
        .coalesce(
          sql<string | null>`m.command #>> '{command,payload,opening,department,id}'`,
          eb.cast<string | null>('t.department_id', 'text'),
        )
        .as('department_id'),
    ])
    .where('m.content_key', '=', anyOf(contentKeys, 'text'))
    .where('m.state', '<>', 'stored')
    .where('m.ticket_number', 'is not', null)
    .orderBy('m.id')
    .$narrowType<{ ticket_number: number }>()

/** What is known of addresses, and how much left by itself within ten minutes. */
const knownOf = (db: Database, addresses: readonly string[]) =>
  db.selectNoFrom((eb) => [
    arrayFrom(
      eb
        .selectFrom('app_user')
        .select('email')
        .where('email', '=', anyOf(addresses, 'text'))
        .where('active', '=', true)
        .where('role', '<>', 'approver'),
    ).as('agents'),
    jsonArrayFrom(
      eb
        .selectFrom('contact')
        .select((e) => [
          'email',
          'location_id as id',
          e.fn<string>('location_path', ['location_id']).as('name'),
        ])
        .where('location_id', 'is not', null)
        .where('email', '=', anyOf(addresses, 'text'))
        .$narrowType<{ id: string }>(),
    ).as('locations'),
    jsonArrayFrom(
      eb
        .selectFrom('automatic_mail')
        .select((e) => [
          'address',
          e.fn.countAll<number>().filterWhere('at', '>', secondsAgo(3600)).as('hour'),
          e.fn.countAll<number>().as('day'),
        ])
        .where('address', '=', anyOf(addresses, 'text'))
        .where('at', '>', secondsAgo(24 * 3600))
        .groupBy('address'),
    ).as('counted'),
    eb
      .selectFrom('message')
      .select((e) => e.cast<number>(e.fn.countAll(), 'integer').as('count'))
      .where('direction', '=', 'outbound')
      .where('created_at', '>', secondsAgo(600))
      .where('automatic', '=', true)
      .as('automaticToAll'),
  ])

/** Delivery reports that name no message of ours by its id, but a ticket by its signed address. */
async function readReported(
  db: Database,
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

/** Of tickets that know a mail's own id because an answer to it has come; there is rarely one. */
async function readConversations(
  db: Database,
  candidates: readonly RoutingCandidate[],
  { references, mergeTargets, conversations }: RoutingFacts,
): Promise<void> {
  const named = candidates.flatMap(({ mail: { internetId } }) =>
    (references.get(internetId ?? '') ?? []).filter((r) => !r.isMessage),
  )
  if (named.length === 0) return
  const numbers = named.map(({ ticketNumber: own }) => mergeTargets.get(own) ?? own)
  for (const row of await conversationsOf(db, [...new Set(numbers)]).execute())
    append(conversations, row.number, {
      internetId: row.internetId,
      answered: [...(row.inReplyTo === null ? [] : [row.inReplyTo]), ...row.references],
    })
}

/** What stands at the beginning of these tickets, in the order in which it came. */
const conversationsOf = (db: Database, numbers: readonly number[]) =>
  db
    .selectFrom(
      recordset(
        'n',
        numbers.map((number) => ({ number })),
        { number: 'integer' },
      ),
    )
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('message')
          .select(['id', 'created_at', 'internet_id', 'in_reply_to', 'references'])
          .whereRef('ticket_number', '=', 'n.number')
          .orderBy('created_at')
          .orderBy('id')
          .limit(MOST_OF_CONVERSATION)
          .as('m'),
      (join) => join.onTrue(),
    )
    .select([
      'n.number',
      'm.internet_id as internetId',
      'm.in_reply_to as inReplyTo',
      'm.references',
    ])
    .orderBy('m.created_at')
    .orderBy('m.id')

async function readTickets(
  db: Database,
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
  db: Database,
  numbers: readonly number[],
  facts: RoutingFacts,
): Promise<NamedMerges> {
  const rows = await runPrepared(db, ticketsOf(db, numbers))
  for (const row of rows) {
    facts.tickets.set(row.number, {
      number: row.number,
      status: row.status,
      closedAt: row.closed_at,
      departmentId: row.department_id,
      subject: row.subject ?? '',
      requesterEmail: row.requester_email ?? '',
    })
    for (const address of row.staff) facts.agents.add(address)
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

/** These tickets, as far as there is anything of them, with who takes part and watches. */
const ticketsOf = (db: Database, numbers: readonly number[]) =>
  db
    .selectFrom(
      recordset(
        'n',
        numbers.map((number) => ({ number })),
        { number: 'integer' },
      ),
    )
    .leftJoin('ticket as t', 't.number', 'n.number')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('participant')
          .select((e) => e.fn.agg<string[]>('array_agg', ['address']).as('people'))
          .whereRef('ticket_number', '=', 'n.number')
          .as('p'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('ticket_watcher as x')
          .innerJoin('app_user as u', 'u.id', 'x.user_id')
          .select((e) => e.fn.agg<string[]>('array_agg', ['u.email']).as('people'))
          .whereRef('x.ticket_number', '=', 'n.number')
          .as('w'),
      (join) => join.onTrue(),
    )
    .select(({ exists, selectFrom }) => [
      exists(
        selectFrom('ticket_merge as m')
          .select('m.merge_id')
          .whereRef('m.ticket_number', '=', 'n.number'),
      ).as('merged'),
      exists(
        selectFrom('ticket_merge as m')
          .select('m.merge_id')
          .whereRef('m.into_number', '=', 'n.number'),
      ).as('holds'),
      'n.number',
      't.status',
      't.closed_at',
      't.department_id',
      't.subject',
      't.requester_email',
      sql<string[]>`coalesce(p.people, '{}') || coalesce(w.people, '{}')`.as('people'),
      arrayFrom(
        selectFrom('app_user as a')
          .select('a.email')
          .where('a.active', '=', true)
          .where('a.role', '<>', 'approver')
          .where(
            sql<boolean>`a.email = ANY (coalesce(p.people, '{}') || coalesce(w.people, '{}'))`,
          ),
      ).as('staff'),
    ])
    .where(({ eb, or, exists, selectFrom }) =>
      or([
        eb('t.number', 'is not', null),
        eb('p.people', 'is not', null),
        exists(
          selectFrom('message_reference as r')
            .select('r.internet_id')
            .whereRef('r.ticket_number', '=', 'n.number'),
        ),
      ]),
    )

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
  db: Database,
  ticketNumbers: readonly number[],
  recipients: readonly string[],
): Promise<OutboundMessage | null> {
  const written = sql<{ address: string }>`jsonb_to_recordset("to" || cc || bcc)`.as<'p'>(
    sql`p(address text)`,
  )
  const message = await db
    .selectFrom('message')
    .select(['id', 'internet_id', 'ticket_number'])
    .where('ticket_number', '=', anyOf(ticketNumbers, 'integer'))
    .where('direction', '=', 'outbound')
    .$if(recipients.length > 0, (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom(written)
            .select('p.address')
            .where((eb) => eb.fn<string>('lower', ['p.address']), '=', anyOf(recipients, 'text')),
        ),
      ),
    )
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return message
    ? {
        internetId: message.internet_id ?? '',
        messageId: message.id,
        ticketNumber: message.ticket_number,
      }
    : null
}

function append<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}
