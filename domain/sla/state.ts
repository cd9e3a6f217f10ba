import type { SlaPlan, TargetName } from './plan.ts'

/**
 * Why no SLA time runs: the requester's or an approver's turn, or the ticket is solved or
 * closed.
 */
export type PauseReason = 'requester' | 'approval' | 'ended'

export interface SlaPause {
  from: string
  /** Null: still going on. */
  to: string | null
  why: PauseReason
}

/** When somebody was warned of a target, and told that it was breached. */
export interface TargetMarks {
  warned: string | null
  breached: string | null
}

/**
 * Service levels, waiting for the requester, snooze: what a ticket's workflow holds of them.
 */
export interface SlaState {
  slaPlan: SlaPlan | null
  /**
   * From when SLA time counts; null before the opening, and on a ticket that is older than
   * service levels.
   */
  slaFrom: string | null
  slaPauses: SlaPause[]
  /** An agent's first answer. */
  firstResponse: { at: string; messageId: string } | null
  slaMarks: Record<TargetName, TargetMarks>
  /** Present while the requester is waited for. */
  waiting: { since: string; reminded: number; cancelled: boolean } | null
  snooze: { until: string | null; by: { id: string; name: string } | null } | null
  /** A mere "thank you" came to the ended ticket and left it ended. */
  thankedAt: string | null
}

export const noSlaState = (): SlaState => ({
  slaPlan: null,
  slaFrom: null,
  slaPauses: [],
  firstResponse: null,
  slaMarks: {
    firstResponse: { warned: null, breached: null },
    resolution: { warned: null, breached: null },
  },
  waiting: null,
  snooze: null,
  thankedAt: null,
})
