import type { TimeEntry } from '../../domain/tasks/time-contract.ts'
import { may } from '../../domain/permissions.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { type AuthorisedTicket, authorisedTicket } from '../access/ticket-access.ts'
import { timeEntries, timeEntryOf } from './time-entry-rows.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** Somebody else changed the ticket between reading and writing: so often it is tried again. */
const TRIES = 5

/**
 * What it was before is read together with the ticket's version, and holds only as long as that:
 * of two corrections at once both are counted.
 * @throws ProblemError 404, or 403 for the time of somebody else
 */
export async function changingTime(
  db: Database,
  user: SignedInUser,
  id: string,
  change: (
    ticket: AuthorisedTicket & { expectedVersion: number },
    entry: TimeEntry,
  ) => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const entry = await timeEntries(db, user).where('e.id', '=', id).executeTakeFirst()
    if (!entry) throw notFound('such time')
    const ticket = await authorisedTicket(db, user, entry.ticketNumber, 'such time')
    if (entry.person.id !== user.id && !may(user, 'people.manage'))
      throw new ProblemError(
        403,
        'time-of-another',
        'This is somebody else’s time. Ask them, or an admin, to change it.',
      )
    try {
      await change({ ...ticket, expectedVersion: entry.ticketVersion }, timeEntryOf(entry))
      return
    } catch (error) {
      if (
        !(error instanceof CommandRejectedError) ||
        error.code !== 'version-outdated' ||
        attempt === TRIES
      )
        throw error
    }
  }
}
