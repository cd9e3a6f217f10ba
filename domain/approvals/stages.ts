import type { Approval, ApproverSlot, Stage } from './state.ts'
import type { Approver, Decision } from './vocabulary.ts'

/** How votes make an outcome. Pure arithmetic over slots. */

export const slotOf = (person: Approver, more: Partial<ApproverSlot> = {}): ApproverSlot => ({
  ...person,
  standsFor: null,
  delegatedTo: null,
  deputy: false,
  vote: null,
  votedAt: null,
  ...more,
})

/**
 * Whoever has requested something does not approve it.
 * @param requesterEmail of the ticket.
 */
export const isRequester = (requesterEmail: string, { email }: Pick<Approver, 'email'>): boolean =>
  email.toLowerCase() === requesterEmail.toLowerCase()

/** @returns a person's position and its stage, from 0. A person has one position in an approval. */
export function positionOf(
  approval: Approval,
  key: string,
): { slot: ApproverSlot; stage: number } | null {
  for (const [stage, { slots }] of approval.stages.entries()) {
    const slot = slots.find((s) => s.key === key)
    if (slot) return { slot, stage }
  }
  return null
}

/**
 * Everybody who has been asked in this round and may still speak: those of earlier stages may still
 * refuse.
 */
export const slotsAsked = (approval: Approval): ApproverSlot[] =>
  approval.state === 'waiting'
    ? approval.stages
        .slice(0, approval.stage + 1)
        .flatMap(({ slots }) => slots.filter((s) => s.delegatedTo === null))
    : []

/** Whose decision is missing in the stage that is asked now. */
export const slotsAwaited = (approval: Approval): ApproverSlot[] =>
  approval.state === 'waiting'
    ? (approval.stages[approval.stage]?.slots ?? []).filter(
        (s) => s.delegatedTo === null && s.vote === null,
      )
    : []

/** @returns how many approvals a stage needs. */
export function needed({ rule, slots }: Stage): number {
  if (rule.kind === 'any') return 1
  return rule.kind === 'all' ? askedFirst(slots).length : rule.count
}

/**
 * @returns whether the stage is approved. A deputy who approves speaks for everybody in it who has
 *   not decided.
 */
export function isFulfilled(stage: Stage): boolean {
  const deputyApproved = stage.slots.some((s) => s.deputy && s.vote === 'approved')
  const approved = askedFirst(stage.slots).filter(
    (slot) => deputyApproved || holder(stage.slots, slot).vote === 'approved',
  )
  return approved.length >= needed(stage)
}

/** Those who were asked first: a delegate takes such a slot, and a deputy has none. */
const askedFirst = (slots: readonly ApproverSlot[]): ApproverSlot[] =>
  slots.filter((s) => s.standsFor === null && !s.deputy)

function holder(slots: readonly ApproverSlot[], slot: ApproverSlot): ApproverSlot {
  const next = slot.delegatedTo === null ? undefined : slots.find((s) => s.key === slot.delegatedTo)
  return next ? holder(slots, next) : slot
}

/** @returns the approval with one person's last word. */
export const withVote = (
  approval: Approval,
  key: string,
  vote: Decision,
  votedAt: string,
): Approval => ({
  ...approval,
  stages: approval.stages.map((stage) => ({
    ...stage,
    slots: stage.slots.map((s) => (s.key === key ? { ...s, vote, votedAt } : s)),
  })),
})

/** @returns the approval with a slot handed on, right behind the one who hands it on. */
export const withDelegation = (approval: Approval, from: string, to: Approver): Approval => ({
  ...approval,
  stages: approval.stages.map((stage) => ({
    ...stage,
    slots: stage.slots.flatMap((s) =>
      s.key === from ? [{ ...s, delegatedTo: to.key }, slotOf(to, { standsFor: from })] : [s],
    ),
  })),
})

/** @returns the approval with the deputy asked in the stage that waits. */
export const withDeputy = (approval: Approval, deputy: Approver): Approval => ({
  ...approval,
  stages: approval.stages.map((stage, i) =>
    i === approval.stage
      ? { ...stage, slots: [...stage.slots, slotOf(deputy, { deputy: true })] }
      : stage,
  ),
})
