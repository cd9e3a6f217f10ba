import { reject, type Rejection } from '../command-rule.ts'
import { nameOf } from './asking.ts'
import { positionOf } from './stages.ts'
import type { Approval, ApproverSlot } from './state.ts'

const DAY = 86_400_000
const DAYS_AFTER_DEADLINE = 7
const DAYS_WITHOUT_DEADLINE = 30

/**
 * Until when a personal link that is sent now can be used.
 * @param now ISO time.
 * @returns ISO time: a week after the deadline (after now, when the deadline has passed), or 30
 *   days when there is none.
 */
export function linkExpires({ deadline }: Pick<Approval, 'deadline'>, now: string): string {
  const from = deadline === null ? Date.parse(now) : Math.max(Date.parse(deadline), Date.parse(now))
  return new Date(
    from + (deadline === null ? DAYS_WITHOUT_DEADLINE : DAYS_AFTER_DEADLINE) * DAY,
  ).toISOString()
}

/** What a personal link is signed over: one person, in one round of one approval. */
export interface PersonalLink extends Record<string, string> {
  ticket: string
  approval: string
  round: string
  approver: string
}

/**
 * Whether a link can still be used: once, by whoever is asked now.
 * @param asked the approval that it is about, and its ticket.
 * @param holderActive whether whoever it was sent to still has their account, if they had one.
 * @returns their position, or why it is over.
 */
export function linkUse(
  link: PersonalLink,
  { ticketNumber, approval }: { ticketNumber: number; approval: Approval },
  holderActive: boolean,
): ApproverSlot | Rejection {
  const position =
    String(ticketNumber) === link.ticket && String(approval.round) === link.round
      ? positionOf(approval, link.approver)
      : null
  if (!position || approval.state === 'withdrawn') return linkRevoked
  const { slot, stage } = position
  if (slot.delegatedTo !== null) return handedOn(approval, slot.delegatedTo)
  if (stage > approval.stage || !holderActive) return linkRevoked
  if (slot.vote !== null)
    return reject(
      'approval-link-used',
      'You have decided already, and this link works once. Sign in to change your decision, or write to whoever asked you.',
    )
  return approval.state === 'waiting'
    ? slot
    : reject(
        'approval-ended',
        `The request “${approval.subject}” has been ${approval.state} already. There is nothing left to decide.`,
      )
}

export const linkRevoked: Rejection = reject(
  'approval-link-revoked',
  'This link is not valid any more: the request was withdrawn or changed. If it was changed, there is a newer mail for you.',
)

function handedOn(approval: Approval, key: string): Rejection {
  const to = positionOf(approval, key)?.slot
  return reject(
    'approval-link-delegated',
    `You have handed this decision on to ${(to && nameOf(to)) || 'somebody else'}. Your link is over; the other person has one of their own.`,
  )
}
