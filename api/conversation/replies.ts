import type { NewMessage } from '../../domain/conversation/contract.ts'
import { composeReply } from './compose-reply.ts'
import { discardMessage } from '../../application/conversation/unsent-texts.ts'
import { isRefusedForGood } from '../../application/tickets/command-answers.ts'
import { openBlockersFor } from '../tickets/blockers.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { requiredFieldsFor } from '../classification/required-fields.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, type AuthorisedTicket } from '../access/ticket-access.ts'

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
  const { db, settings } = deps
  const { messageId, payload } = await db.transaction().execute((transaction) =>
    composeReply(transaction, settings, {
      ...written,
      ticketNumber: ticket.number,
      author: user,
    }),
  )
  const inTheWay = {
    ...(await requiredFieldsFor(db, ticket, written.status)),
    ...(await openBlockersFor(db, user, ticket.number, written.status)),
  }
  try {
    await command(deps, user, ticket, 'reply', { ...payload, ...inTheWay }, `reply-${messageId}`)
  } catch (error) {
    // Refused for good: what was written down is not sent, and its attachments can be used in the
    // next attempt. Anything else may still arrive.
    if (isRefusedForGood(error))
      await db.transaction().execute((transaction) => discardMessage(transaction, messageId))
    throw error
  }
  return messageId
}
