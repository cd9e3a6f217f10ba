import type { Approval } from './state.ts'

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
