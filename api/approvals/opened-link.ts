import type { ProblemCode } from '../../domain/problem-codes.ts'
import { positionOf } from '../../domain/approvals/stages.ts'
import { linkRevoked, linkUse, type PersonalLink } from '../../domain/approvals/personal-links.ts'
import type { ApproverSlot } from '../../domain/approvals/state.ts'
import { readSignedPage } from '../../platform/secrets/signed-page.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { type ApprovalRow, findApproval } from './approval-view.ts'
import { ProblemError } from '../http/problem.ts'
import type { Database } from '../../platform/postgres/database.ts'

/**
 * @returns what the link is for, when it may still be used.
 * @throws ProblemError 404 when it was never made, 410 when its time is over.
 */
export async function openedLink(
  db: Database,
  secretKey: Buffer,
  token: string,
): Promise<{ row: ApprovalRow; slot: ApproverSlot }> {
  const page = readSignedPage(secretKey, 'approval', token)
  if (page.state === 'forged')
    throw new ProblemError(
      404,
      'approval-link-invalid',
      'This link is not complete. Open it from the mail again, or copy all of it.',
    )
  if (page.state === 'expired')
    throw gone(
      'approval-link-expired',
      'This link has expired. Sign in to decide, or ask for a new one.',
    )
  const link = page.subject as PersonalLink
  const row = await findApproval(db, link.approval)
  if (!row) throw gone(linkRevoked.code, linkRevoked.message)
  const holder = positionOf(row.data, link.approver)?.slot.userId
  const slot = linkUse(
    link,
    { ticketNumber: row.ticketNumber, approval: row.data },
    !holder || (await hasActiveAccount(db, holder)),
  )
  if ('code' in slot) throw gone(slot.code, slot.message)
  return { row, slot }
}

/** Somebody whose account was closed decides nothing, whatever mails they still have. */
async function hasActiveAccount(db: Database, userId: string): Promise<boolean> {
  const user = await db
    .selectFrom('app_user')
    .select('id')
    .where('id', '=', userId)
    .where('active', '=', true)
    .executeTakeFirst()
  return user !== undefined
}

const ends = new Set([
  'approval-ended',
  'approval-withdrawn',
  'approval-changed',
  'approval-delegated',
])

/**
 * Between looking at the link and using it somebody else was quicker: for the link that is its end,
 * as if it had been looked at later.
 */
export const inTime = (used: Promise<unknown>): Promise<unknown> =>
  used.catch((error: unknown) => {
    throw error instanceof CommandRejectedError && ends.has(error.code)
      ? gone(error.code, error.message)
      : error
  })

const gone = (code: ProblemCode, detail: string): ProblemError =>
  new ProblemError(410, code, detail)
