import type { NewMessage } from '../../domain/conversation/contract.ts'
import { composeReply } from './compose-reply.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { openBlockersFor } from '../tickets/blockers.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { requiredFieldsFor } from '../classification/required-fields.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, type AuthorisedTicket } from '../access/ticket-access.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

/**
 * Writes a person's answer down and hands it to the ticket.
 * @returns the message's id, once it is part of the ticket.
 * @throws CommandRejectedError with nothing left behind, ProblemError
 */
export async function sendReply(
  deps: Dependencies,
  user: SignedInUser,
  ticket: AuthorisedTicket,
  written: NewMessage,
): Promise<string> {
  const { pool, settings } = deps
  const { messageId, payload } = await inTransaction(pool, (client) =>
    composeReply(pgQuery(client), settings, {
      ...written,
      ticketNumber: ticket.number,
      author: user,
    }),
  )
  const inTheWay = {
    ...(await requiredFieldsFor(pool, ticket, written.status)),
    ...(await openBlockersFor(deps.db, user, ticket.number, written.status)),
  }
  try {
    await command(deps, user, ticket, 'reply', { ...payload, ...inTheWay }, `reply-${messageId}`)
  } catch (error) {
    // Refused for good: what was written down is not sent, and its attachments can be used in the
    // next attempt. Anything else may still arrive.
    if (error instanceof CommandRejectedError) await discard(pool, messageId)
    throw error
  }
  return messageId
}

const discard = (pool: Dependencies['pool'], messageId: string): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query(
      'UPDATE attachment SET message_id = NULL, inline = false, content_id = NULL WHERE message_id = $1',
      [messageId],
    )
    await client.query('DELETE FROM message_reference WHERE message_id = $1', [messageId])
    await client.query('DELETE FROM message WHERE id = $1 AND event_no IS NULL', [messageId])
  })
