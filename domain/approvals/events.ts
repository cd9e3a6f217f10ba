import { valuesOfRefusal } from '../problem-codes.ts'
import { z } from 'zod'
import { approver, askingRule, decidedFrom, decision, request } from './vocabulary.ts'

const id = { approvalId: z.uuid(), subject: z.string() }
const round = { ...id, round: z.number().int() }

const asked = request.extend({
  approvalId: z.uuid(),
  round: z.number().int(),
  askedBy: z.object({ id: z.uuid().nullable(), name: z.string() }),
  purchaseId: z.uuid().nullable(),
  /** Guichet asked by itself. */
  rule: askingRule.optional(),
})

/**
 * Approval requests: what can have happened. Whoever decided is named as they were at that time.
 */
export const approvalEvents = {
  approvalAsked: asked,
  /** What was asked has changed, or is asked once more: earlier votes count no more. */
  approvalRestarted: asked,
  approvalVoted: z.object({ ...round, approver, decision, comment: z.string(), from: decidedFrom }),
  /** Somebody decided when it was over already: `code` and `message` say why it counts no more. */
  approvalVoteRefused: z.object({
    ...round,
    approver,
    decision,
    comment: z.string(),
    code: z.string(),
    message: z.string(),
    values: valuesOfRefusal.optional(),
  }),
  /** A stage is approved, and the next one is asked. `stage` counts from 0. */
  approvalStageReached: z.object({ ...round, stage: z.number().int() }),
  approvalEnded: z.object({ ...round, outcome: decision }),
  approvalWithdrawn: z.object({ ...round, reason: z.string() }),
  approvalDelegated: z.object({
    ...round,
    from: approver,
    to: approver,
    reason: z.string(),
    sentFrom: decidedFrom.optional(),
  }),
  /** Those who have not decided are reminded; `at` is the time that was planned. */
  approvalReminded: z.object({ ...round, at: z.string() }),
  /** The deadline has passed undecided. The deputy, if there is one, is asked too. */
  approvalEscalated: z.object({
    ...round,
    deadline: z.string(),
    deputy: approver.nullable(),
    waitingFor: z.array(z.string()),
  }),
} as const
