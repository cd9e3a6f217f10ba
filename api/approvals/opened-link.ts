import type { ProblemCode } from '../../domain/problem-codes.ts'
import { positionOf } from '../../domain/approvals/stages.ts'
import {
  type LinkEnd,
  linkEnd,
  linkRevoked,
  linkUse,
  type PersonalLink,
} from '../../domain/approvals/personal-links.ts'
import type { ApproverSlot } from '../../domain/approvals/state.ts'
import { readSignedPage } from '../../platform/secrets/signed-page.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { type ApprovalRow, findApproval } from './approval-view.ts'
import { ProblemError, refusedBy } from '../http/problem.ts'
import type { Database } from '../../platform/postgres/database.ts'

/**
 * @returns what the link is for, when it may still be used.
 * @throws ProblemError 404 when it was never made, 410 when its time is over.
 */
export async function openedLink(
  db: Database,
  secretKeys: SecretKeys,
  token: string,
): Promise<{ row: ApprovalRow; slot: ApproverSlot }> {
  const { link, expired, row, holderActive } = await foundLink(db, secretKeys, token)
  if (expired)
    throw gone(
      'approval-link-expired',
      'This link has expired. Sign in to decide, or ask for a new one.',
    )
  if (!row) throw refusedBy(linkRevoked, 410)
  const slot = linkUse(
    link,
    { ticketNumber: row.ticketNumber, approval: row.data },
    await holderActive(),
  )
  if ('code' in slot) throw refusedBy(slot, 410)
  return { row, slot }
}

/**
 * @returns what became of what the link asked, also when its time is over: it is said to whoever
 *   might have decided, and decides nothing.
 * @throws ProblemError 404 when it was never made, 410 when its holder is to know no more.
 */
export async function endOfLink(
  db: Database,
  secretKeys: SecretKeys,
  token: string,
): Promise<LinkEnd & { mayRevise: boolean }> {
  const { link, row, holderActive } = await foundLink(db, secretKeys, token)
  if (!row || !(await holderActive())) throw refusedBy(linkRevoked, 410)
  const votes = row.votes.map((vote) => ({ ...vote, at: new Date(vote.at).toISOString() }))
  const end = linkEnd(link, { ticketNumber: row.ticketNumber, approval: row.data }, votes)
  return { ...end, mayRevise: positionOf(row.data, link.approver)?.slot.userId != null }
}

/** @throws ProblemError 404 when it was never made. */
export function readLink(secretKeys: SecretKeys, token: string) {
  const page = readSignedPage(secretKeys, 'approval', token)
  if (page.state === 'forged')
    throw new ProblemError(
      404,
      'approval-link-invalid',
      'This link is not complete. Open it from the mail again, or copy all of it.',
    )
  return { link: page.subject as PersonalLink, expired: page.state === 'expired' }
}

/** @throws ProblemError 404 when it was never made. */
async function foundLink(db: Database, secretKeys: SecretKeys, token: string) {
  const { link, expired } = readLink(secretKeys, token)
  const row = await findApproval(db, link.approval)
  const holder = row && positionOf(row.data, link.approver)?.slot.userId
  return {
    link,
    expired,
    row,
    holderActive: async () => !holder || (await hasActiveAccount(db, holder)),
  }
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
      ? refusedBy(error, 410)
      : error
  })

const gone = (code: ProblemCode, detail: string): ProblemError =>
  new ProblemError(410, code, detail)
