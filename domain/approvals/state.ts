import type { Amount, Approver, AskingRule, Blocks, Decision, StageRule } from './vocabulary.ts'

/**
 * Approval requests: what a ticket's workflow holds of them. Texts and comments stay in tables and
 * events.
 */
export interface ApprovalState {
  approvals: Approval[]
}

export interface Approval {
  id: string
  /** 1 when first asked; every change of what was asked begins another, with no votes. */
  round: number
  subject: string
  textId: string
  amount: Amount | null
  furtherAmounts?: Amount[] | undefined
  askedBy: { id: string | null; name: string }
  askedAt: string
  state: 'waiting' | 'approved' | 'refused' | 'withdrawn'
  /** The stage that is asked now, from 0. */
  stage: number
  stages: Stage[]
  deputy: Approver | null
  deadline: string | null
  remindHoursBefore: number[]
  /** ISO times of reminders that are still to come. */
  reminders: string[]
  escalatedAt: string | null
  endedAt: string | null
  blocks: Blocks
  attachmentIds: string[]
  /** The purchase request that this approval decides. */
  purchaseId: string | null
  /** The rule of the settings by which Guichet asked; absent when somebody asked. */
  rule?: AskingRule | undefined
}

export interface Stage {
  rule: StageRule
  slots: ApproverSlot[]
}

/** One person's position in a stage, with their last word in this round. */
export interface ApproverSlot extends Approver {
  /** Whose position somebody took by delegation. */
  standsFor: string | null
  /** To whom it was handed on: no vote of one's own any more. */
  delegatedTo: string | null
  /** Asked at the deadline, for everybody who had not decided. */
  deputy: boolean
  vote: Decision | null
  votedAt: string | null
}

export const noApprovalState = (): ApprovalState => ({ approvals: [] })
