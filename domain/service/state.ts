import type { FieldValue } from './fields.ts'
import type { Weight } from './impact.ts'
import type { ServicePlan, TargetName } from './plan.ts'

/**
 * Why no service time runs: the requester's or an approver's turn, or the ticket is solved or
 * closed.
 */
export type PauseReason = 'requester' | 'approval' | 'ended'

export interface ServicePause {
  from: string
  /** Null: still going on. */
  to: string | null
  why: PauseReason
}

/** When somebody was warned of a target, and told that it was missed. */
export interface TargetMarks {
  warned: string | null
  missed: string | null
}

/**
 * Service levels, waiting for the requester, snooze, classification: what a ticket's workflow holds
 * of them. Small: texts that may be long stay in the claim check.
 */
export interface ServiceState {
  servicePlan: ServicePlan | null
  /**
   * From when service time counts; null before the opening, and on a ticket that is older than
   * service levels.
   */
  serviceFrom: string | null
  servicePauses: ServicePause[]
  /** An agent's first answer. */
  firstResponse: { at: string; messageId: string } | null
  serviceMarks: Record<TargetName, TargetMarks>
  /** Present while the requester is waited for. */
  waiting: { since: string; reminded: number; cancelled: boolean } | null
  snooze: { until: string | null; by: { id: string; name: string } | null } | null
  /** A mere "thank you" came to the ended ticket and left it ended. */
  thankedAt: string | null
  impact: Weight | null
  urgency: Weight | null
  tags: string[]
  fields: Record<string, FieldValue>
}

export const noServiceState = (): ServiceState => ({
  servicePlan: null,
  serviceFrom: null,
  servicePauses: [],
  firstResponse: null,
  serviceMarks: {
    firstResponse: { warned: null, missed: null },
    resolution: { warned: null, missed: null },
  },
  waiting: null,
  snooze: null,
  thankedAt: null,
  impact: null,
  urgency: null,
  tags: [],
  fields: {},
})
