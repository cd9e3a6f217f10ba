import { sql } from 'kysely'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import type { Actor } from '../../domain/vocabulary.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { answered } from './command-answers.ts'

/** Of one ticket, on its page. */
const MOST_SHOWN = 100

/**
 * Writes down a command before its sender is told that it is kept: Temporal has its signal, but a
 * run that is ended by hand, or that cannot go on, takes its signals with it. Twice is once.
 * @param due Temporal may not have its signal: `reconcile` is to send it as soon as it runs.
 * @throws what the database says when it is away: then nothing may be promised.
 */
export async function keepCommand(
  db: Database,
  facts: StartFacts,
  name: CommandName,
  command: Command,
  { due = false }: { due?: boolean } = {},
): Promise<void> {
  const sentAt = due ? sql<Date>`to_timestamp(0)` : sql<Date>`now()`
  await db
    .insertInto('kept_command')
    .columns(['ticket_number', 'command_id', 'name', 'command', 'facts', 'sent_at'])
    .expression(
      db
        .selectNoFrom([
          sql<number>`${facts.number}::int`.as('ticket_number'),
          sql<string>`${command.id}::text`.as('command_id'),
          sql<string>`${name}::text`.as('name'),
          sql<string>`${JSON.stringify(command)}::text`.as('command'),
          sql`${jsonb(facts)}::jsonb`.as('facts'),
          sentAt.as('sent_at'),
        ])
        // It may have been answered a moment ago.
        .where(({ and, not, exists, selectFrom }) =>
          and(
            (['ticket_event', 'command_outcome'] as const).map((answers) =>
              not(
                exists(
                  selectFrom(answers)
                    .select('command_id')
                    .where('ticket_number', '=', facts.number)
                    .where('command_id', '=', command.id),
                ),
              ),
            ),
          ),
        ),
    )
    .onConflict((conflict) =>
      due
        ? conflict.columns(['ticket_number', 'command_id']).doUpdateSet({ sent_at: sentAt })
        : conflict.doNothing(),
    )
    .execute()
  // It is kept: that pages hear of it only later is no reason to promise nothing.
  await tellOpenPages(db, facts.number).catch(() => undefined)
}

/** What is kept stands on the ticket's page, whoever looks at it. */
const tellOpenPages = (db: Database, number: number): Promise<unknown> =>
  db
    .selectFrom('ticket')
    .select(
      sql`pg_notify('ticket', json_strip_nulls(json_build_object(
        'number', number, 'version', version, 'types', json_build_array(),
        'departmentId', department_id, 'locationId', location_id))::text)`.as('told'),
    )
    .where('number', '=', number)
    .execute()

/** They are answered: nobody has to send them again. */
export const forgetKeptCommands = async (
  db: Database,
  number: number,
  commandIds: readonly string[],
): Promise<void> =>
  void (await db
    .deleteFrom('kept_command')
    .where('ticket_number', '=', number)
    .where('command_id', '=', anyOf(commandIds, 'text'))
    .execute())

/** @returns whoever sent a command that is kept; undefined when none of that id is. */
export async function keptSender(
  db: Database,
  number: number,
  commandId: string,
): Promise<Actor | undefined> {
  const row = await db
    .selectFrom('kept_command')
    .select('command')
    .where('ticket_number', '=', number)
    .where('command_id', '=', commandId)
    .executeTakeFirst()
  return row && (JSON.parse(row.command) as Command).actor
}

/**
 * @param names only commands of these names; of all, when left out.
 * @returns what was asked of a ticket and is not answered yet, oldest first.
 */
export async function keptCommandsOf(
  db: Database,
  number: number,
  names?: readonly CommandName[],
): Promise<KeptRow[]> {
  const rows = await oldestFirst(db)
    .where('ticket_number', '=', number)
    .$if(names !== undefined, (all) => all.where('name', 'in', names ?? []))
    .limit(MOST_SHOWN)
    .execute()
  return unanswered(db, rows)
}

/** @returns what a person asked, of whatever ticket, and is not answered yet, oldest first. */
export async function keptCommandsBy(db: Database, userId: string): Promise<KeptRow[]> {
  // As text: JSON may hold what jsonb does not take. Others' commands may name the person too.
  const naming = await oldestFirst(db)
    .where((eb) => eb(eb.fn<number>('strpos', ['command', eb.val(userId)]), '>', 0))
    .execute()
  const own = naming.filter(({ command }) => {
    const { actor } = JSON.parse(command) as Command
    return actor.kind === 'agent' && actor.id === userId
  })
  return unanswered(db, own.slice(0, MOST_SHOWN))
}

const oldestFirst = (db: Database) =>
  db
    .selectFrom('kept_command')
    .select([
      'ticket_number as number',
      'command_id as commandId',
      'name',
      'command',
      'kept_at as at',
    ])
    .orderBy('kept_at')
    .orderBy('command_id')

export type KeptRow = Awaited<ReturnType<ReturnType<typeof oldestFirst>['execute']>>[number]

/** So many are looked at before something is decided. */
const MOST_IN_ORDER = 500

/** @returns all that a ticket owes people an answer to, in the order in which it was promised. */
export async function promisedCommandsOf(db: Database, number: number): Promise<KeptRow[]> {
  const rows = await oldestFirst(db)
    .where('ticket_number', '=', number)
    .limit(MOST_IN_ORDER)
    .execute()
  return unanswered(db, rows)
}

async function unanswered(db: Database, rows: readonly KeptRow[]): Promise<KeptRow[]> {
  if (rows.length === 0) return []
  const known = new Set(await answered(db, rows))
  return rows.filter((row) => !known.has(row))
}
