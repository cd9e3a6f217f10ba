import { keptCommandsOf } from '../../application/tickets/kept-commands.ts'
import { readCommand } from '../../domain/command-schema.ts'
import type { Command } from '../../domain/commands.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { type AuthorisedTicket, authorisedTicket } from '../access/ticket-access.ts'

/**
 * An answer that is written down and kept: no worker has made it a part of its ticket yet.
 * @returns its ticket; undefined when none of that id is kept.
 * @throws ProblemError 404 when the person does not see its ticket.
 */
export async function ticketOfKeptReply(
  db: Database,
  user: SignedInUser,
  messageId: string,
): Promise<AuthorisedTicket | undefined> {
  const written = await db
    .selectFrom('message')
    .select('ticket_number as number')
    .where('id', '=', messageId)
    .where('event_no', 'is', null)
    .executeTakeFirst()
  if (!written) return undefined
  for (const { name, command } of await keptCommandsOf(db, written.number, ['reply'])) {
    const read = readCommand(name, JSON.parse(command))
    if ('code' in read) continue
    const { payload } = read as Command<'reply'>
    if (payload.messageId === messageId)
      return authorisedTicket(db, user, written.number, 'such message')
  }
  return undefined
}
