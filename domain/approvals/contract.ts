import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { amount, askedLine, blocks, decision, stageRule } from './vocabulary.ts'
import { emailAddress } from '../vocabulary.ts'
import { cursorQuery, isoTime, page, ticketParams, wholeNumber } from '../contract.ts'

/** Somebody to ask: a person with an account, or an e-mail address alone. */
export const approverChoice = z
  .union([
    z.object({ userId: z.uuid() }),
    z.object({ email: emailAddress, name: singleLine(200).default('') }),
  ])
  .meta({ id: 'ApproverChoice' })
export type ApproverChoice = z.infer<typeof approverChoice>

export const stageChoice = z
  .object({ rule: stageRule, approvers: z.array(approverChoice).min(1).max(20) })
  .meta({ id: 'StageChoice' })
export type StageChoice = z.infer<typeof stageChoice>

const asking = z.object({
  subject: singleLine(200).min(1),
  /** What is asked, in full; approvers see nothing else of the ticket. */
  text: z.string().trim().max(20_000),
  amount: amount.nullable(),
  /** Asked one after another. */
  stages: z.array(stageChoice).min(1).max(10),
  /** Is asked too when the deadline passes. */
  deputy: approverChoice.nullable(),
  deadline: isoTime.nullable(),
  /** Hours before the deadline. */
  remindHoursBefore: z
    .array(
      z
        .number()
        .min(0.25)
        .max(24 * 90),
    )
    .max(5),
  blocks,
  /** Files of this ticket's messages and notes: approvers see their names. */
  attachmentIds: z.array(z.uuid()).max(20),
})

export const newApproval = asking
  .extend({
    text: asking.shape.text.default(''),
    amount: asking.shape.amount.default(null),
    deputy: asking.shape.deputy.default(null),
    deadline: asking.shape.deadline.default(null),
    remindHoursBefore: asking.shape.remindHoursBefore.default([24]),
    blocks: asking.shape.blocks.default({ resolution: false, taskIds: [] }),
    attachmentIds: asking.shape.attachmentIds.default([]),
  })
  .meta({ id: 'NewApproval' })

/**
 * Only what is present changes; the votes begin again. An empty change asks once more what has
 * ended.
 */
export const approvalChange = asking.partial().meta({ id: 'ApprovalChange' })

const personAsked = z.object({
  key: z.string(),
  userId: z.uuid().nullable(),
  email: z.string(),
  name: z.string(),
  /** Key of the approver who handed this on. */
  standsFor: z.string().nullable(),
  delegatedTo: z.string().nullable(),
  deputy: z.boolean(),
  vote: decision.nullable(),
  votedAt: isoTime.nullable(),
  /** Whose decision is missing now. */
  awaited: z.boolean(),
})

const askedLines = z
  .array(askedLine)
  .describe('Of a purchase: what is to be bought. `text` says the same in plain figures.')

export const approval = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    round: z.number().int(),
    subject: z.string(),
    text: z.string(),
    lines: askedLines,
    amount: amount.nullable(),
    /** Of a purchase in several currencies: what is asked besides `amount`. */
    furtherAmounts: z.array(amount),
    askedBy: z.object({ id: z.uuid().nullable(), name: z.string() }),
    askedAt: isoTime,
    state: z.enum(['waiting', 'approved', 'refused', 'withdrawn']),
    /** The stage that is asked now, from 0. */
    stage: z.number().int(),
    stages: z.array(
      z.object({ rule: stageRule, needed: z.number().int(), people: z.array(personAsked) }),
    ),
    deputy: z
      .object({ userId: z.uuid().nullable(), email: z.string(), name: z.string() })
      .nullable(),
    deadline: isoTime.nullable(),
    remindHoursBefore: z.array(z.number()),
    escalatedAt: isoTime.nullable(),
    endedAt: isoTime.nullable(),
    blocks,
    attachments: z.array(z.object({ id: z.uuid(), filename: z.string(), size: z.number().int() })),
    purchaseId: z.uuid().nullable(),
    /** The rule by which Guichet asked; null when somebody asked. */
    rule: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    /** Every decision of every round, in order. */
    votes: z.array(
      z.object({
        round: z.number().int(),
        key: z.string(),
        name: z.string(),
        decision,
        comment: z.string(),
        via: z.enum(['link', 'signed-in']),
        at: isoTime,
      }),
    ),
    /** May whoever asks for this decide it now? */
    mayDecide: z.boolean(),
  })
  .meta({ id: 'Approval' })
export type Approval = z.infer<typeof approval>

export const approvalPage = page(approval)
  .extend({ total: z.number().int() })
  .meta({ id: 'ApprovalPage' })
export const ticketApprovals = page(approval).meta({ id: 'TicketApprovals' })
export const approvalParams = ticketParams.extend({ id: z.uuid() })

/** waiting: for my decision · decided: by me · asked: by me of others. */
export const approvalQuery = cursorQuery.extend({
  view: z.enum(['waiting', 'decided', 'asked']).default('waiting'),
})

const comment = z.string().trim().max(2000).default('')
/**
 * `round`: the one that was read; a decision about an earlier wording is refused. A refusal needs a
 * comment.
 */
export const newDecision = z
  .object({ decision, comment, round: wholeNumber.optional() })
  .meta({ id: 'NewDecision' })
export const newDelegation = z
  .object({ to: approverChoice, reason: comment })
  .meta({ id: 'NewDelegation' })
export const newWithdrawal = z.object({ reason: comment }).meta({ id: 'NewWithdrawal' })

/** What a personal link shows: the request, and nothing else of the ticket. */
export const linkedApproval = z
  .object({
    subject: z.string(),
    text: z.string(),
    lines: askedLines,
    amount: amount.nullable(),
    furtherAmounts: z.array(amount),
    askedBy: z.string(),
    deadline: isoTime.nullable(),
    attachments: z.array(z.string()),
    /** Whom the link belongs to. */
    approver: z.string(),
    /** Asked again after a change. */
    again: z.boolean(),
    /** May colleagues be found by their names, to hand this on to one? */
    findsPeople: z.boolean(),
    /** What its holder has answered, by whatever way, and is not in the ticket's log yet. */
    recording: z
      .object({ what: z.enum(['decision', 'delegation']), by: z.string(), at: isoTime })
      .nullable(),
  })
  .meta({ id: 'LinkedApproval' })
export type LinkedApproval = z.infer<typeof linkedApproval>
export const linkParams = z.object({ token: z.string().min(1).max(1000) })
export const linkDecision = z.object({ decision, comment }).meta({ id: 'LinkDecision' })
export const linkDelegation = z
  .object({ to: approverChoice, reason: comment })
  .meta({ id: 'LinkDelegation' })
/** To whom it was handed on. */
export const linkDelegated = z.object({ to: z.string() }).meta({ id: 'LinkDelegated' })
/** Colleagues by their names; only for a link that belongs to somebody with an account. */
export const linkPeopleQuery = z.object({ q: z.string().trim().min(2).max(100) })
export const linkPeople = page(z.object({ userId: z.uuid(), name: z.string() })).meta({
  id: 'LinkPeople',
})
export const linkOutcome = z.object({ decision }).meta({ id: 'LinkOutcome' })
/** What became of what a link asked: personal-links.ts. */
export const linkEnd = z
  .object({
    state: z.enum(['waiting', 'approved', 'refused', 'withdrawn', 'changed', 'delegated']),
    subject: z.string(),
    own: z.object({ decision, at: isoTime }).nullable(),
    by: z.string().nullable(),
    at: isoTime.nullable(),
    delegatedTo: z.string().nullable(),
    /** The holder has an account: signed in, they may change their word while others are awaited. */
    mayRevise: z.boolean(),
  })
  .meta({ id: 'LinkEnd' })
export type LinkEnd = z.infer<typeof linkEnd>
