import type { TicketChange } from '../../domain/tickets/contract.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { authorisedTicket, commandOf } from '../access/ticket-access.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict } from '../http/problem.ts'
import { stepsOf } from './ticket-change.ts'

/**
 * Carries out what a person wants changed on a ticket that they see: all of it or nothing.
 * @throws CommandRejectedError, CommandKeptError, ProblemError
 */
export async function changeTicket(
  deps: Dependencies,
  user: SignedInUser,
  number: number,
  change: TicketChange,
): Promise<void> {
  const { db } = deps
  const ticket = await authorisedTicket(db, user, number)
  if (change.expectedVersion !== undefined && change.expectedVersion !== ticket.version) {
    throw conflict(
      'version-outdated',
      'Somebody changed this ticket meanwhile. Look at it again, then make your change.',
    )
  }
  // The ticket's workflow looks again: of two who changed the same version at once, one comes
  // second.
  const authorised = { ...ticket, expectedVersion: change.expectedVersion }
  await commandOf(deps, user, authorised, await stepsOf(db, user, ticket, change))
}
