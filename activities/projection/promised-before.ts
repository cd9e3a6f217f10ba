import { promisedCommandsOf } from '../../application/tickets/kept-commands.ts'
import { readCommand } from '../../domain/command-schema.ts'
import { overtaken } from '../../domain/tickets/promised-order.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { PreparedCommand } from '../../workflows/ticket/activities.ts'

/**
 * What people were promised of a ticket and commands that are about to be written would overtake: a
 * run that was ended by hand, or a store of Temporal that was put back to what it was, has lost its
 * signals.
 * @param asked commands that people wait for, in their order.
 * @returns what is to be decided before, in the order of the promises; mostly nothing.
 */
export async function promisedBefore(
  db: Database,
  number: number,
  asked: readonly string[],
): Promise<PreparedCommand[]> {
  if (asked.length === 0) return []
  // Code that was taken back may not know what its successor kept: it waits for it.
  const kept = (await promisedCommandsOf(db, number)).flatMap(({ name, command }) => {
    const read = readCommand(name, JSON.parse(command))
    return 'code' in read ? [] : [{ name, command: read }]
  })
  const ids = overtaken(
    asked,
    kept.map(({ command }) => command.id),
  )
  return kept.slice(0, ids.length)
}
