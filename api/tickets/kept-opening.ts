import { keptCommandsOf, type KeptRow } from '../../application/tickets/kept-commands.ts'
import { readCommand } from '../../domain/command-schema.ts'
import type { Command } from '../../domain/commands.ts'
import { may, seesLocation } from '../../domain/permissions.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { authorisedTicket } from '../access/ticket-access.ts'
import { ProblemError } from '../http/problem.ts'

/** The command by which a ticket opens that nobody has opened yet; undefined: it is another one. */
export function openingOf({ name, command }: KeptRow): Command<'openTicket'> | undefined {
  const read = name === 'openTicket' ? readCommand(name, JSON.parse(command)) : null
  return read && !('code' in read) ? (read as Command<'openTicket'>) : undefined
}

/**
 * That the person may know what is kept of a ticket: they see it, or it is kept itself, and they
 * asked for it or will see it once it is open.
 * @param what was asked for, as of `authorisedTicket`.
 * @throws ProblemError 404
 */
export async function authorisedToKept(
  db: Database,
  user: SignedInUser,
  number: number,
  what?: string,
): Promise<void> {
  try {
    await authorisedTicket(db, user, number, what)
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 404) throw error
    if (await isOpen(db, number)) throw error
    const kept = await keptCommandsOf(db, number, ['openTicket'])
    if (!kept.some((row) => maySeeOpening(user, openingOf(row)))) throw error
  }
}

/** What became of an open ticket since it was asked for says who sees it, and nothing else. */
const isOpen = async (db: Database, number: number): Promise<boolean> =>
  (await db
    .selectFrom('ticket')
    .select('number')
    .where('number', '=', number)
    .executeTakeFirst()) !== undefined

function maySeeOpening(user: SignedInUser, command: Command<'openTicket'> | undefined): boolean {
  if (!command) return false
  const { actor, payload } = command
  return (
    (actor.kind === 'agent' && actor.id === user.id) ||
    (may(user, 'ticket.read', payload.department.id) &&
      seesLocation(user, payload.location?.id ?? null))
  )
}
