// Whether everything that was given has come to exactly one end, in its order, and whether log,
// projection and workflow agree: looked at when all faults are over.
import type { Client } from '@temporalio/client'
import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { runningTickets } from '../../application/tickets/running-tickets.ts'
import { rebuild } from '../../domain/apply.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { RecordedMail } from '../../tests/harness/smtp-peer.ts'
import { soundness } from '../../tests/integration/support/audit.ts'
import { grouped } from './grouped.ts'
import type { GivenAction, GivenMail, Ledger } from './ledger.ts'
import { subjectOf } from './load.ts'
import { ADMIN } from './site.ts'

/**
 * `lost`: accepted, and nowhere · `doubled`: there twice · `misordered`: not in the order in which it
 * was written, or not with what it belongs to · `orphaned`: log, projection, mail and workflow do not
 * agree · `stuck`: nobody goes on with it · `refused`: what there was no reason to refuse · `grown`: an
 * outage of the database went on adding to the history of a ticket.
 */
export const findingKinds = [
  'lost',
  'doubled',
  'misordered',
  'orphaned',
  'stuck',
  'refused',
  'grown',
] as const
export type FindingKind = (typeof findingKinds)[number]

export interface Finding {
  kind: FindingKind
  what: string
}

export interface Looked {
  pool: pg.Pool
  client: Client
  ledger: Ledger
  /** What the SMTP server outside was given. */
  arrived: readonly RecordedMail[]
}

/** Workflows that are asked what they know; all are looked for. */
const ASKED = 200

/** @returns what is wrong. */
export async function check(looked: Looked): Promise<Finding[]> {
  return [
    ...(await checkMails(looked)),
    ...(await checkNotes(looked)),
    ...(await checkReplies(looked)),
    ...(await checkTickets(looked)),
    ...checkRefusals(looked.ledger),
    ...(await checkSoundness(looked)),
    ...(await checkLogs(looked)),
    ...(await checkWorkflows(looked)),
    ...(await findStuck(looked)),
  ]
}

/** A row of what was looked for, by the word that tells which it is. */
interface Placed {
  key: string
  ticket: number
  no: number
}

/** Each accepted one is there once. */
function once(
  what: string,
  given: readonly { key: string; accepted: boolean }[],
  found: readonly Placed[],
): Finding[] {
  const times = new Map<string, number>()
  for (const { key } of found) times.set(key, (times.get(key) ?? 0) + 1)
  return given.flatMap(({ key, accepted }): Finding[] => {
    const count = times.get(key) ?? 0
    if (count > 1) return [{ kind: 'doubled', what: `${what} ${key} is there ${count} times` }]
    if (count === 0 && accepted) return [{ kind: 'lost', what: `${what} ${key}` }]
    return []
  })
}

const isAccepted = (one: GivenMail | GivenAction): boolean =>
  one.accepted !== null && one.refused === null

async function checkMails({ pool, ledger: { mails } }: Looked): Promise<Finding[]> {
  const { rows } = await pool.query<Placed>(
    `SELECT internet_id AS key, ticket_number AS ticket, event_no AS no FROM message
     WHERE direction = 'inbound' AND event_no IS NOT NULL AND internet_id = ANY($1)`,
    [mails.map(({ id }) => id)],
  )
  const given = mails.map((mail) => ({ key: mail.id, accepted: isAccepted(mail) }))
  const byId = new Map(rows.map((row) => [row.key, row]))
  const threads = grouped(mails, ({ thread }) => thread)
  return [
    ...once('the mail', given, rows),
    ...[...threads].flatMap(([thread, all]): Finding[] => {
      const there = all.flatMap(({ id }) => byId.get(id) ?? [])
      const tickets = new Set(there.map(({ ticket }) => ticket))
      if (tickets.size > 1)
        return [
          {
            kind: 'misordered',
            what: `the mails of thread ${thread} (${all[0]?.way}) are in tickets ${[...tickets].join(', ')}`,
          },
        ]
      return outOfOrder(there).map((key) => ({
        kind: 'misordered',
        what: `${key} (${all[0]?.way}) stands before a mail that was taken before it was written, in #${there[0]?.ticket}`,
      }))
    }),
  ]
}

/** @returns those that come in the log after one that was written later. */
const outOfOrder = (inOrder: readonly Placed[]): string[] =>
  inOrder.flatMap((one, index) => (one.no < (inOrder[index - 1]?.no ?? 0) ? [one.key] : []))

async function checkNotes({ pool, ledger }: Looked): Promise<Finding[]> {
  const notes = ledger.actions.filter(({ kind }) => kind === 'note')
  const { rows } = await pool.query<Placed>(
    `SELECT substring(text FROM 'Text (\\S+) ') AS key, ticket_number AS ticket, event_no AS no
     FROM note WHERE event_no IS NOT NULL AND text LIKE 'Text %'`,
  )
  const byToken = new Map(rows.map((row) => [row.key, row]))
  // What was kept is done in its place, too.
  const accepted = notes.filter(isAccepted).sort((a, b) => (a.accepted ?? 0) - (b.accepted ?? 0))
  return [
    ...once(
      'the note',
      notes.map((note) => ({ key: note.token, accepted: isAccepted(note) })),
      rows,
    ),
    ...[...grouped(accepted, ({ ticket }) => ticket)].flatMap(([ticket, all]): Finding[] =>
      outOfOrder(all.flatMap(({ token }) => byToken.get(token) ?? [])).map((key) => ({
        kind: 'misordered',
        what: `the note ${key} in #${ticket}`,
      })),
    ),
  ]
}

interface Reply extends Placed {
  state: string
  flags: string[]
  internet_id: string
}

async function checkReplies({ pool, ledger, arrived }: Looked): Promise<Finding[]> {
  const replies = ledger.actions.filter(({ kind }) => kind === 'reply')
  const { rows } = await pool.query<Reply>(
    `SELECT substring(text FROM 'Text (\\S+) ') AS key, ticket_number AS ticket, event_no AS no,
       state::text, flags, internet_id
     FROM message WHERE direction = 'outbound' AND event_no IS NOT NULL AND text LIKE 'Text %'`,
  )
  const times = new Map<string, number>()
  // What a person who works here is told of (a snooze that ends) is no message of a ticket.
  for (const { raw } of arrived.filter(({ to }) => !to.includes(ADMIN.email))) {
    const id = /^Message-ID:\s*<([^>]+)>/im.exec(raw.toString())?.[1] ?? 'none'
    times.set(id, (times.get(id) ?? 0) + 1)
  }
  const known = new Set(rows.map(({ internet_id }) => internet_id))
  return [
    ...once(
      'the reply',
      replies.map((reply) => ({ key: reply.token, accepted: isAccepted(reply) })),
      rows,
    ),
    ...rows.flatMap((row) => judgeReply(row, times.get(row.internet_id) ?? 0)),
    ...[...times.keys()]
      .filter((id) => !known.has(id))
      .map((id): Finding => ({ kind: 'orphaned', what: `${id} was sent, and no ticket has it` })),
  ]
}

/** A reply arrives once, or says that it may not have. */
function judgeReply({ key, state, flags }: Reply, times: number): Finding[] {
  const doubted = state === 'doubtful' || flags.includes('may-have-arrived-twice')
  if (times === 1 || (doubted && times === 2) || (state === 'doubtful' && times === 0)) return []
  const what = `the reply ${key} is ${state} and arrived ${times} times`
  return [{ kind: times === 0 ? 'lost' : 'doubled', what }]
}

async function checkTickets({ pool, ledger }: Looked): Promise<Finding[]> {
  const { mails, actions } = ledger
  const made = actions.filter(({ kind }) => kind === 'ticket')
  const { rows } = await pool.query<{ number: number; subject: string; priority: string }>(
    'SELECT number, subject, priority::text FROM ticket',
  )
  const placed = rows.map(({ number, subject }) => ({
    key: subject.replace(/^By phone /, ''),
    ticket: number,
    no: 1,
  }))
  const threads = new Set(mails.filter((mail) => mail.done !== null).map(({ thread }) => thread))
  const byMail = rows.filter(({ subject }) => subject.includes(subjectOf(ledger.run, ''))).length
  return [
    ...once(
      'the ticket',
      made.map((ticket) => ({ key: ticket.token, accepted: isAccepted(ticket) })),
      placed,
    ),
    ...(byMail > threads.size
      ? [{ kind: 'doubled', what: `${threads.size} threads became ${byMail} tickets` } as const]
      : []),
    ...checkPriorities(
      actions.filter(({ kind }) => kind === 'priority'),
      new Map(rows.map(({ number, priority }) => [number, priority])),
    ),
  ]
}

/** The last one that was answered is what holds, where each was answered before the next was asked. */
function checkPriorities(
  asked: readonly GivenAction[],
  now: ReadonlyMap<number, string>,
): Finding[] {
  return [...grouped(asked, ({ ticket }) => ticket ?? 0)].flatMap(([ticket, all]): Finding[] => {
    if (!all.every(isAccepted)) return []
    const last = all.at(-1)?.value
    return now.get(ticket) === last
      ? []
      : [{ kind: 'lost', what: `the priority ${last} of #${ticket}` }]
  })
}

const checkRefusals = (ledger: Ledger): Finding[] =>
  ledger.all().flatMap((one): Finding[] =>
    one.refused === null
      ? []
      : [
          {
            kind: 'refused',
            what: `${one.kind} ${one.kind === 'mail' ? one.id : one.token}: ${one.refused}`,
          },
        ],
  )

async function checkSoundness({ pool }: Looked): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { what, sql } of soundness)
    for (const row of (await pool.query<Record<string, unknown>>(sql)).rows)
      findings.push({ kind: 'orphaned', what: `not so: ${what}: ${JSON.stringify(row)}` })
  return findings
}

/** What the log comes to is what is stored beside it. */
async function checkLogs({ pool }: Looked): Promise<Finding[]> {
  const { rows: tickets } = await pool.query<{ number: number; state: unknown }>(
    'SELECT number, state FROM ticket',
  )
  const { rows: lines } = await pool.query<Omit<TicketEvent, 'at'> & { number: number; at: Date }>(
    `SELECT ticket_number AS number, no, type, at, actor, command_id AS "commandId", ordinal, data
     FROM ticket_event ORDER BY ticket_number, no`,
  )
  const logs = grouped(lines, ({ number }) => number)
  return tickets.flatMap(({ number, state }): Finding[] => {
    const log = (logs.get(number) ?? []).map(
      ({ number: _number, at, ...line }) => ({ ...line, at: at.toISOString() }) as TicketEvent,
    )
    const folded: unknown = JSON.parse(JSON.stringify(rebuild(number, log)))
    return isDeepStrictEqual(folded, state)
      ? []
      : [{ kind: 'orphaned', what: `the state of #${number} is not what its log comes to` }]
  })
}

async function checkWorkflows({ pool, client }: Looked): Promise<Finding[]> {
  const { rows } = await pool.query<{ number: number; version: number }>(
    `SELECT number, version FROM ticket WHERE status <> 'closed' ORDER BY updated_at DESC`,
  )
  const running = await runningTickets(client).numbers({ after: 0, to: null })
  const open = new Set(rows.map(({ number }) => number))
  const findings: Finding[] = [
    ...rows
      .filter(({ number }) => !running.has(number))
      .map(({ number }): Finding => ({ kind: 'orphaned', what: `#${number} has no workflow` })),
    ...[...running]
      .filter((number) => !open.has(number))
      .map((number): Finding => ({
        kind: 'orphaned',
        what: `a workflow runs for #${number}, which is no open ticket`,
      })),
  ]
  for (const { number, version } of rows.slice(0, ASKED)) {
    const known = await client.workflow
      .getHandle(ticketWorkflowId(number))
      .query<Ticket>('ticket')
      .catch((error: unknown) => String(error))
    if (typeof known === 'string' || known.version !== version)
      findings.push({
        kind: 'stuck',
        what: `the workflow of #${number} knows ${typeof known === 'string' ? known : `version ${known.version}`}, its log ${version}`,
      })
  }
  return findings
}

/** What waits for nobody. */
const STUCK: readonly { what: string; sql: string }[] = [
  {
    what: 'mails without an end',
    sql: `SELECT id::text FROM mail WHERE state <> 'settled' OR outcome = 'quarantine'`,
  },
  {
    what: 'messages on their way',
    sql: `SELECT id::text, ticket_number, state::text FROM message
      WHERE direction = 'outbound' AND event_no IS NOT NULL AND state IN ('held', 'queued', 'sending', 'failed')`,
  },
  { what: 'kept commands', sql: 'SELECT ticket_number, name FROM kept_command' },
  { what: 'jobs of tickets', sql: 'SELECT ticket_number, kind::text FROM ticket_job' },
  {
    what: 'commands that could not be written',
    sql: 'SELECT ticket_number, name, reason FROM unwritten_command WHERE ended IS NULL',
  },
  {
    what: 'tickets that cannot go on',
    sql: 'SELECT ticket_number, reason FROM stuck_ticket WHERE well_at IS NULL',
  },
  {
    what: 'timers that are late',
    sql: `SELECT number, timer_at FROM ticket WHERE timer_at < now() - interval '1 minute'`,
  },
]

/** @returns what nobody goes on with. */
export async function findStuck({ pool, ledger }: Looked): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { what, sql } of STUCK) {
    const { rows } = await pool.query<Record<string, unknown>>(sql)
    if (rows.length > 0)
      findings.push({
        kind: 'stuck',
        what: `${rows.length} ${what}: ${JSON.stringify(rows.slice(0, 5))}`,
      })
  }
  const unanswered = ledger.unanswered().length
  if (unanswered > 0)
    findings.push({ kind: 'stuck', what: `${unanswered} requests that nobody answers` })
  return findings
}
