import type { Client } from '@temporalio/client'
import { sql } from 'kysely'
import { answered } from '../../application/tickets/command-answers.ts'
import { signalTicket } from '../../application/tickets/ticket-workflow.ts'
import { readCommand } from '../../domain/command-schema.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { pauseAgo } from '../../platform/postgres/seconds-ago.ts'
import { renewIfStuck } from './stuck-tickets.ts'
import { ticketByTicket } from './ticket-by-ticket.ts'

/** Seconds after which a kept command is sent again; doubled each time, up to a quarter of an hour. */
const FIRST_RESEND = 30
const LONGEST = 900
const MOST = 200

interface Dependencies {
  db: Database
  client: Client
}

const due = (db: Database, atStart: boolean) =>
  db
    .selectFrom('kept_command')
    .select(['ticket_number as number', 'command_id as commandId', 'name', 'command', 'facts'])
    .$if(!atStart, (query) =>
      query.where('sent_at', '<', pauseAgo('attempts', FIRST_RESEND, LONGEST)),
    )

/** Is there a command that was kept and of which nobody knows yet what became of it? */
export async function hasKeptCommands(db: Database, atStart: boolean): Promise<boolean> {
  return (await due(db, atStart).limit(1).execute()).length > 0
}

/**
 * Sends again what was kept and is not answered, ticket by ticket in the order in which it was kept,
 * with its first id, so that it counts once. A ticket whose run cannot go on gets a new one before:
 * the log knows the ticket, and here is what the run had not decided.
 * @param atStart do not wait: the worker before may have died.
 * @param onProgress called after each ticket.
 * @returns how many were sent.
 */
export async function resendKeptCommands(
  { db, client }: Dependencies,
  atStart: boolean,
  onProgress: () => void,
): Promise<number> {
  const rows = await due(db, atStart).orderBy('kept_at').orderBy('command_id').limit(MOST).execute()
  const known = new Set(await answered(db, rows))
  await forget(db, [...known])
  const waiting = rows.filter((row) => !known.has(row))
  const tickets = [...new Set(waiting.map(({ number }) => number))].map((number) => ({
    number,
    kept: waiting.filter((row) => row.number === number),
  }))
  let sent = 0
  const work = async ({ number, kept }: (typeof tickets)[number]): Promise<void> => {
    await renewIfStuck({ db, client }, number)
    for (const row of kept) {
      await sentAgain(db, row)
      const command = readCommand(row.name, JSON.parse(row.command))
      // Code that was taken back may not know what its successor kept: it waits for it.
      if ('code' in command) continue
      await signalTicket(client, row.facts, row.name, command)
      sent++
    }
  }
  await ticketByTicket(db, tickets, onProgress, work, 1)
  return sent
}

type Kept = Awaited<ReturnType<ReturnType<typeof due>['execute']>>[number]

async function forget(db: Database, rows: readonly Kept[]): Promise<void> {
  if (rows.length === 0) return
  await db
    .deleteFrom('kept_command')
    .where((eb) =>
      eb(
        eb.refTuple('ticket_number', 'command_id'),
        'in',
        rows.map(({ number, commandId }) => eb.tuple(number, commandId)),
      ),
    )
    .execute()
}

const sentAgain = (db: Database, { number, commandId }: Kept) =>
  db
    .updateTable('kept_command')
    .set((eb) => ({ sent_at: sql<Date>`now()`, attempts: eb('attempts', '+', 1) }))
    .where('ticket_number', '=', number)
    .where('command_id', '=', commandId)
    .execute()
