import type { Command, CommandName } from '../../domain/commands.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'

/**
 * Writes down a command before its sender is told that it is kept: Temporal has its signal, but a
 * run that is ended by hand, or that cannot go on, takes its signals with it. Twice is once.
 * @throws what the database says when it is away: then nothing may be promised.
 */
export async function keepCommand(
  db: Database,
  facts: StartFacts,
  name: CommandName,
  command: Command,
): Promise<void> {
  await db
    .insertInto('kept_command')
    .values({
      ticket_number: facts.number,
      command_id: command.id,
      name,
      command: JSON.stringify(command),
      facts: jsonb(facts),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
