import { sql } from 'kysely'
import pg from 'pg'
import type { TicketEvent } from '../../domain/events.ts'
import { jobsAfter, type TicketJob } from '../../domain/ticket-jobs.ts'
import {
  type MessageChange,
  messageChanges,
  ticketRow,
} from '../../domain/tickets/projected-row.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { dataErrorText, isDataError } from '../../platform/postgres/data-error.ts'
import { runStatement } from '../../platform/postgres/run-statement.ts'
import type { PersistBatch, PersistOutcome } from '../../workflows/ticket/activities.ts'
import { concernAreas, persistAreas } from './areas.ts'
import { forgetKeptCommands } from '../../application/tickets/kept-commands.ts'
import { giveBack } from '../../application/tickets/returned-texts.ts'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { answersIn, isWaitedFor, writeOutcomes } from './answers.ts'
import { persistEventsStatement } from './persist-events.statement.ts'
import { promisedBefore } from './promised-before.ts'
import { owedJobs, settleJobs } from './ticket-jobs.ts'
import { goneMeanwhile, leftMeanwhile, untruePremises } from './untrue-premises.ts'
import { type NotificationsToMail, persistNotifications } from '../notifications/projection.ts'

const UNIQUE_VIOLATION = '23505'

type WrittenBefore = Extract<PersistOutcome, { applied: string[] }>

/** What was written, and for the process alone: whose notifications are now to be mailed. */
export type WrittenOutcome = PersistOutcome & { toMail?: NotificationsToMail[] }

/**
 * Writes events and projection in one transaction, keyed by (ticket, event number) and (ticket,
 * command). Run twice, or by two runs of one workflow, it writes once: the second finds the numbers
 * taken and gets the stored state back. Nothing is written while it overtakes what people were
 * promised before, or while something that late commands take for granted does not hold any more.
 */
export async function persistEvents(db: Database, batch: PersistBatch): Promise<WrittenOutcome> {
  const {
    ticket,
    events,
    notifications = [],
    done = [],
    outcomes = [],
    returned = [],
    premises = [],
    asked = [],
  } = batch
  if (!(await goesOnFromTheLog(db, batch))) {
    const before = await writtenBefore(db, batch)
    if (before.ticket.lastCommandId !== batch.basedOnCommand) return before
  }
  const promised = await promisedBefore(db, ticket.number, asked)
  if (promised.length > 0) return { written: false, promised }
  if (events.length === 0) return persistOutcomes(db, batch)
  const untrue = await untruePremises(db, premises)
  if (Object.keys(untrue).length > 0) return { ...(await writtenBefore(db, batch)), untrue }
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
      ...answersIn(events),
      // Mail makes room for them (activities/mail-in/ledger/pace.ts).
      ...(events.some(({ actor }) => actor.kind === 'agent') ? { byAgent: true } : {}),
    }),
    JSON.stringify(jobsAfter(events)),
  ]
  const takesBack = events.some(({ type }) => type === 'messageCancelled')
  try {
    if (
      [notifications, done, outcomes, returned].some((one) => one.length > 0) ||
      takesBack ||
      concernAreas(events)
    ) {
      return await db.transaction().execute(async (transaction) => {
        const changed = {
          ...(takesBack ? await leftMeanwhile(transaction, events) : {}),
          ...(await goneMeanwhile(transaction, ticket.number, events)),
        }
        if (Object.keys(changed).length > 0)
          return { ...(await writtenBefore(transaction, batch)), untrue: changed }
        const owed = owedBy(await runStatement(transaction, persistEventsStatement, values))
        await persistAreas(transaction, ticket, events)
        await settleJobs(transaction, ticket.number, done)
        if (outcomes.length > 0)
          await writeOutcomes(transaction, ticket.number, ticket.version, outcomes)
        // Whoever still waits has what they wrote before them.
        for (const one of returned)
          if (!isWaitedFor(outcomes, one.commandId)) await giveBack(transaction, ticket.number, one)
        const toMail =
          notifications.length > 0
            ? await persistNotifications(
                transaction,
                ticket.number,
                notifications.filter(
                  ({ unlessHeard }) => !unlessHeard || !isWaitedFor(outcomes, unlessHeard),
                ),
              )
            : []
        return { written: true, ...owed, ...(toMail.length > 0 ? { toMail } : {}) }
      })
    }
    return { written: true, ...owedBy(await runStatement(db, persistEventsStatement, values)) }
  } catch (error) {
    return whatBecameOf(db, batch, error)
  }
}

/**
 * A run whose store was put back to what it was may have decided other events than the log has, or
 * more of them, and believe that they were written: their numbers alone say nothing.
 */
async function goesOnFromTheLog(
  db: Database,
  { ticket, basedOn, basedOnCommand }: PersistBatch,
): Promise<boolean> {
  if (basedOn === 0 || basedOnCommand === undefined) return true
  const last = await db
    .selectFrom('ticket_event')
    .select('command_id')
    .where('ticket_number', '=', ticket.number)
    .where('no', '=', basedOn)
    .executeTakeFirst()
  return last?.command_id === basedOnCommand
}

/**
 * A number that is taken means that somebody wrote first; where nobody did, and with every other
 * error that lies in the data, the batch can never be written.
 * @throws what is the moment's.
 */
async function whatBecameOf(
  db: Database,
  batch: PersistBatch,
  error: unknown,
): Promise<WrittenOutcome> {
  if (!isDataError(error)) throw error
  if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) {
    const before = await writtenBefore(db, batch)
    if (before.applied.length > 0 || before.ticket.version !== batch.basedOn) return before
  }
  return { written: false, unwritable: dataErrorText(error) }
}

interface Owed {
  owed: TicketJob[]
}

/** Left out where there is nothing, as nearly always: what is returned is kept in the history. */
const owedBy = ([row]: readonly Owed[]): Partial<Owed> =>
  row && row.owed.length > 0 ? { owed: row.owed } : {}

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

/** Nothing happened, but somebody waits to be told so. */
async function persistOutcomes(db: Database, batch: PersistBatch): Promise<PersistOutcome> {
  const { ticket, basedOn, outcomes = [], done = [] } = batch
  const write = async (within: Database): Promise<boolean> => {
    const written = await writeOutcomes(within, ticket.number, basedOn, outcomes)
    if (written) await settleJobs(within, ticket.number, done)
    return written
  }
  try {
    const current =
      done.length === 0
        ? await write(db)
        : await db.transaction().execute((within) => write(within))
    return current ? { written: true } : await writtenBefore(db, batch)
  } catch (error) {
    return whatBecameOf(db, batch, error)
  }
}

async function writtenBefore(
  db: Database,
  { ticket, events, outcomes = [] }: PersistBatch,
): Promise<WrittenBefore> {
  const commandIds = [
    ...new Set([...events.map((e) => e.commandId), ...outcomes.map((o) => o.commandId)]),
  ]
  const rows = await db
    .selectFrom('ticket_event')
    .select('command_id')
    .distinct()
    .where('ticket_number', '=', ticket.number)
    .where('command_id', '=', anyOf(commandIds, 'text'))
    .execute()
  const applied = rows.map((r) => r.command_id)
  await settleMails(db, applied)
  if (applied.length > 0) await forgetKeptCommands(db, ticket.number, applied)
  return {
    written: false,
    ticket: await loadTicket(db, ticket.number),
    applied,
    owed: await owedJobs(db, ticket.number),
  }
}

/** The ledger says of the mails that commands came from that their end is known. */
export async function settleMails(db: Database, commandIds: readonly string[]): Promise<void> {
  await db
    .updateTable('mail')
    .set({ state: 'settled', settled_at: sql<Date>`now()` })
    .where('id', '=', anyOf(mailIds(commandIds), 'uuid'))
    .where('state', '<>', 'settled')
    .execute()
}

/** The ledger rows that commands came from: their ids are `mail-<uuid>`. */
const mailIds = (commandIds: readonly string[]): string[] =>
  [...new Set(commandIds)].flatMap((id) => mailOf(id) ?? [])

/** @returns the ledger row that a command came from, or null. */
export const mailOf = (commandId: string): string | null =>
  /^mail-([0-9a-f-]{36})$/.exec(commandId)?.[1] ?? null
