import { reject, type Rejection } from '../command-rule.ts'
import { nameOf } from './asking.ts'
import { positionOf } from './stages.ts'
import type { Approval, ApproverSlot } from './state.ts'
import type { Decision } from './vocabulary.ts'

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
        { subject: approval.subject, context: approval.state },
      )
}

/** A word that was given, as its event says it. */
export interface GivenVote {
  round: number
  key: string
  name: string
  decision: Decision
  at: string
}

/** What became of what a personal link asked. */
export interface LinkEnd {
  /** `changed`: it is asked anew, of whomever; `delegated`: the holder has handed it on. */
  state: Approval['state'] | 'changed' | 'delegated'
  /** Empty once something else is asked. */
  subject: string
  /** The holder's own word. */
  own: { decision: Decision; at: string } | null
  /** Who gave the last word, and when it was over. */
  by: string | null
  at: string | null
  delegatedTo: string | null
}

/**
 * What a link's holder may know of the end: what they were asked, their own word, and who decided it
 * when. Of a later round, which may be none of theirs, nothing.
 * @param votes of all rounds, in their order.
 */
export function linkEnd(
  link: PersonalLink,
  { ticketNumber, approval }: { ticketNumber: number; approval: Approval },
  votes: readonly GivenVote[],
): LinkEnd {
  const word = votes.findLast(({ round, key }) => isOf(link, round) && key === link.approver)
  const own = word ? { decision: word.decision, at: word.at } : null
  const position =
    String(ticketNumber) === link.ticket && isOf(link, approval.round)
      ? positionOf(approval, link.approver)
      : null
  const nothing = { subject: '', own, by: null, at: null, delegatedTo: null }
  if (!position || position.stage > approval.stage) return { state: 'changed', ...nothing }
  const { subject, state, endedAt: at } = approval
  const to = position.slot.delegatedTo
  if (to !== null) {
    const person = positionOf(approval, to)?.slot
    const delegatedTo = (person && nameOf(person)) || to
    return { ...nothing, state: 'delegated', subject, delegatedTo }
  }
  const last = votes.findLast(
    ({ round, decision }) => isOf(link, round) && decision === approval.state,
  )
  return { state, subject, own, by: last ? last.name || last.key : null, at, delegatedTo: null }
}

const isOf = (link: PersonalLink, round: number): boolean => String(round) === link.round

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
