import { may, seesLocation } from '../../domain/permissions.ts'
import { approvalOf, type ApprovalRow, findApproval, wasAsked } from './approval-view.ts'
import { signedIn } from '../access/authentication.ts'
import { notFound } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import type { AuthorisedTicket } from '../access/ticket-access.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { Approval } from '../../domain/approvals/contract.ts'

/** @returns the approval as this person is shown it. */
export async function shownApproval(
  db: Database,
  user: SignedInUser,
  id: string,
): Promise<Approval> {
  const row = await findApproval(db, id)
  if (!row) throw notFound('such approval')
  return approvalOf(row, user.id)
}

/**
 * Seen by whoever sees the ticket, and by those who are asked.
 * @throws ProblemError 404
 */
export async function authorisedApproval(
  db: Database,
  user: SignedInUser,
  { number, id }: { number: number; id: string },
): Promise<{
  row: ApprovalRow
  ticket: Pick<AuthorisedTicket, 'number' | 'departmentId' | 'subject'>
}> {
  const row = await findApproval(db, id)
  const ticket = await db
    .selectFrom('ticket')
    .select(['number', 'subject', 'department_id as departmentId', 'location_id as locationId'])
    .where('number', '=', number)
    .executeTakeFirst()
  if (
    !row ||
    !ticket ||
    row.ticketNumber !== number ||
    !(
      (may(user, 'ticket.read', ticket.departmentId) && seesLocation(user, ticket.locationId)) ||
      wasAsked(row, user.id)
    )
  )
    throw notFound('such approval')
  return { row, ticket }
}

/**
 * Whoever asks, and the approval that the address names.
 * @throws ProblemError 401, 404
 */
export async function requestedApproval(
  db: Database,
  request: Parameters<typeof signedIn>[0] & { params: { number: number; id: string } },
) {
  const user = signedIn(request)
  return { user, ...(await authorisedApproval(db, user, request.params)) }
}
