import type { z } from 'zod'
import { fact, type Fact } from '../events.ts'
import { type Circumstances, reject, type Rejection } from '../command-rule.ts'
import type { Actor } from '../vocabulary.ts'
import { nameOf } from './asking.ts'
import { isFulfilled, positionOf, withVote } from './stages.ts'
import type { Approval, ApproverSlot } from './state.ts'
import type { Approver, decidedFrom, Decision } from './vocabulary.ts'

interface Vote {
  round: number
  approver: string
  decision: Decision
  comment: string
  from: z.infer<typeof decidedFrom>
}
interface Delegation {
  round: number
  from: string
  to: Approver
  reason: string
  sentFrom?: z.infer<typeof decidedFrom> | undefined
}

/**
 * One person's word on an approval. A refusal ends it at once, whoever approved before; the last
 * approval of a stage asks the next one or ends it. While it is open the last word of a person
 * counts, and every word is in the history.
 */
export function voting(
  approval: Approval,
  { round, approver, decision, comment, from }: Vote,
  { actor, now }: Circumstances,
): Fact[] | Rejection {
  const position = speaking(approval, round, approver, actor)
  if ('code' in position) return position
  const { slot, stage } = position
  if (from.via === 'link' && slot.vote !== null)
    return reject(
      'approval-link-used',
      'Your decision was recorded before: this link works once. Sign in to change it, or write to whoever asked you.',
    )
  if (decision === 'refused' && comment === '')
    return reject(
      'approval-comment-needed',
      'Say why you refuse. Whoever asked needs to know what to change.',
    )
  if (slot.vote === decision && comment === '') return []

  const about = { approvalId: approval.id, subject: approval.subject, round }
  const { key, userId, email, name } = slot
  const voted = fact('approvalVoted', {
    ...about,
    approver: { key, userId, email, name },
    decision,
    comment,
    from,
  })
  if (decision === 'refused')
    return [voted, fact('approvalEnded', { ...about, outcome: 'refused' })]
  const after = withVote(approval, key, decision, now).stages[stage]
  if (stage !== approval.stage || !after || !isFulfilled(after)) return [voted]
  const last = stage === approval.stages.length - 1
  return [
    voted,
    last
      ? fact('approvalEnded', { ...about, outcome: 'approved' })
      : fact('approvalStageReached', { ...about, stage: stage + 1 }),
  ]
}

/**
 * @returns what the history says of a word that came when the approval was over: whoever reads it
 *   later must know that it was given. Somebody else's word is nobody's business. Null: a button
 *   pressed twice says nothing that is not there already.
 */
export function refusedVote(
  approval: Approval,
  { round, approver, decision, comment }: Vote,
  { code, message, values }: Rejection,
): Fact[] | null {
  const position = positionOf(approval, approver)
  if (!position) return []
  const repeated = round === approval.round && position.slot.vote === decision && comment === ''
  if (repeated && (code === 'approval-link-used' || tooLate.has(code))) return null
  if (!tooLate.has(code)) return []
  const { key, userId, email, name } = position.slot
  return [
    fact('approvalVoteRefused', {
      approvalId: approval.id,
      subject: approval.subject,
      round,
      approver: { key, userId, email, name },
      decision,
      comment,
      code,
      message,
      ...(values ? { values } : {}),
    }),
  ]
}

const tooLate: ReadonlySet<string> = new Set([
  'approval-changed',
  'approval-withdrawn',
  'approval-ended',
  'ticket-merged',
])

/** An approver hands their decision on to somebody else. */
export function delegation(
  approval: Approval,
  { round, from, to, reason, sentFrom }: Delegation,
  { actor }: Circumstances,
): Fact[] | Rejection {
  const position = speaking(approval, round, from, actor)
  if ('code' in position) return position
  const { slot } = position
  if (slot.vote !== null)
    return reject(
      'approval-already-decided',
      'You have decided already, so there is nothing to hand on.',
    )
  if (to.userId !== null && to.userId === approval.askedBy.id)
    return reject(
      'approver-asks-himself',
      `${nameOf(to)} asked for this approval and cannot decide it. Choose somebody else.`,
    )
  if (positionOf(approval, to.key))
    return reject(
      'approver-twice',
      `${nameOf(to)} is an approver of this already. Choose somebody else.`,
      { name: nameOf(to) },
    )
  const { key, userId, email, name } = slot
  return [
    fact('approvalDelegated', {
      approvalId: approval.id,
      subject: approval.subject,
      round,
      from: { key, userId, email, name },
      to,
      reason,
      ...(sentFrom ? { sentFrom } : {}),
    }),
  ]
}

/** @returns the position from which this person may speak now, or why they may not. */
function speaking(
  approval: Approval,
  round: number,
  key: string,
  actor: Actor,
): { slot: ApproverSlot; stage: number } | Rejection {
  const position = positionOf(approval, key)
  if (!position || !isPerson(actor, position.slot))
    return reject(
      'approval-not-yours',
      'You are not asked to decide this, or were asked under another address.',
    )
  if (round !== approval.round)
    return reject(
      'approval-changed',
      `What was asked has changed since you looked at it: “${approval.subject}”. Read it again, then decide.`,
      { subject: approval.subject },
    )
  if (approval.state === 'withdrawn')
    return reject(
      'approval-withdrawn',
      `The request “${approval.subject}” was withdrawn. There is nothing to decide any more.`,
      { subject: approval.subject },
    )
  if (approval.state !== 'waiting')
    return reject(
      'approval-ended',
      `The request “${approval.subject}” has been ${approval.state} already, so your decision was not taken. Write to whoever asked if this changes something.`,
      { subject: approval.subject, context: approval.state },
    )
  if (position.slot.delegatedTo !== null)
    return reject('approval-delegated', 'You have handed this decision on to somebody else.')
  if (position.stage > approval.stage)
    return reject(
      'approval-not-your-turn',
      'Others decide first. You will be asked when they have approved.',
    )
  return position
}

/** The person of the session or of the personal link. Nobody speaks for somebody else. */
function isPerson(actor: Actor, slot: ApproverSlot): boolean {
  if (actor.kind === 'agent') return slot.userId === actor.id
  return (
    actor.kind === 'correspondent' && slot.userId === null && slot.key === actor.email.toLowerCase()
  )
}
