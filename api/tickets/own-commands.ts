import { keptCommandsBy } from '../../application/tickets/kept-commands.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import { may, seesLocation } from '../../domain/permissions.ts'
import type { OwnKeptCommand } from '../../domain/tickets/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { openingOf } from './kept-opening.ts'
import { keptView } from './kept-view.ts'

/** What a person asked, of whatever ticket, and is not done yet, oldest first. */
export async function ownCommands(db: Database, user: SignedInUser): Promise<OwnKeptCommand[]> {
  const kept = await keptCommandsBy(db, user.id)
  if (kept.length === 0) return []
  const tickets = await db
    .selectFrom('ticket')
    .select([
      'number',
      'subject',
      'state',
      'department_id as departmentId',
      'location_id as locationId',
    ])
    .where('number', '=', anyOf([...new Set(kept.map(({ number }) => number))], 'integer'))
    .execute()
  return kept.flatMap((row) => {
    const { number } = row
    const ticket = tickets.find((one) => one.number === number)
    const isSeen =
      ticket !== undefined &&
      may(user, 'ticket.read', ticket.departmentId) &&
      seesLocation(user, ticket.locationId)
    // Approvers, and whoever lost sight of it meanwhile, are told no more than what they sent.
    const item = keptView({ ...unopenedTicket(number), ...(isSeen ? ticket.state : {}) }, row)
    const subject = isSeen ? ticket.subject : (openingOf(row)?.payload.subject ?? null)
    return item ? [{ ...item, ticketNumber: number, subject }] : []
  })
}
