import type { Approval, Seat, Stage } from './state.ts'
import type { Approver, Decision } from './vocabulary.ts'

/** How votes make an outcome. Pure arithmetic over seats. */

export const seatOf = (person: Approver, more: Partial<Seat> = {}): Seat => ({
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

/** @returns a person's place and its stage, from 0. A person has one place in an approval. */
export function placeOf(approval: Approval, key: string): { seat: Seat; stage: number } | null {
  for (const [stage, { seats }] of approval.stages.entries()) {
    const seat = seats.find((s) => s.key === key)
    if (seat) return { seat, stage }
  }
  return null
}

/**
 * Everybody who has been asked in this round and may still speak: those of earlier stages may still
 * refuse.
 */
export const seatsAsked = (approval: Approval): Seat[] =>
  approval.state === 'waiting'
    ? approval.stages
        .slice(0, approval.stage + 1)
        .flatMap(({ seats }) => seats.filter((s) => s.delegatedTo === null))
    : []

/** Whose decision is missing in the stage that is asked now. */
export const seatsAwaited = (approval: Approval): Seat[] =>
  approval.state === 'waiting'
    ? (approval.stages[approval.stage]?.seats ?? []).filter(
        (s) => s.delegatedTo === null && s.vote === null,
      )
    : []

/** @returns how many approvals a stage needs. */
export function needed({ rule, seats }: Stage): number {
  if (rule.kind === 'any') return 1
  return rule.kind === 'all' ? places(seats).length : rule.count
}

/**
 * @returns whether the stage is approved. A deputy who approves speaks for everybody in it who has
 *   not decided.
 */
export function isFulfilled(stage: Stage): boolean {
  const deputyApproved = stage.seats.some((s) => s.deputy && s.vote === 'approved')
  const approved = places(stage.seats).filter(
    (place) => deputyApproved || holder(stage.seats, place).vote === 'approved',
  )
  return approved.length >= needed(stage)
}

/** Those who were asked first: a delegate takes such a place, and a deputy has none. */
const places = (seats: readonly Seat[]): Seat[] =>
  seats.filter((s) => s.standsFor === null && !s.deputy)

function holder(seats: readonly Seat[], place: Seat): Seat {
  const next =
    place.delegatedTo === null ? undefined : seats.find((s) => s.key === place.delegatedTo)
  return next ? holder(seats, next) : place
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
    seats: stage.seats.map((s) => (s.key === key ? { ...s, vote, votedAt } : s)),
  })),
})

/** @returns the approval with a place handed on, right behind the one who hands it on. */
export const withDelegation = (approval: Approval, from: string, to: Approver): Approval => ({
  ...approval,
  stages: approval.stages.map((stage) => ({
    ...stage,
    seats: stage.seats.flatMap((s) =>
      s.key === from ? [{ ...s, delegatedTo: to.key }, seatOf(to, { standsFor: from })] : [s],
    ),
  })),
})

/** @returns the approval with the deputy asked in the stage that waits. */
export const withDeputy = (approval: Approval, deputy: Approver): Approval => ({
  ...approval,
  stages: approval.stages.map((stage, i) =>
    i === approval.stage
      ? { ...stage, seats: [...stage.seats, seatOf(deputy, { deputy: true })] }
      : stage,
  ),
})
