import { z } from 'zod'

/** The words in which an approval is asked and answered. */

/**
 * Somebody who is asked. With an account `key` is the user's id, without one the e-mail address in
 * lower case.
 */
export const approver = z.object({
  key: z.string().min(1).max(254),
  userId: z.uuid().nullable(),
  email: z.string().max(254),
  name: z.string().max(200),
})
export type Approver = z.infer<typeof approver>

/**
 * How many of a stage's approvers have to approve. A refusal by any one ends the approval whatever
 * the rule is.
 */
export const stageRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('any') }),
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('count'), count: z.number().int().min(1).max(20) }),
])
export type StageRule = z.infer<typeof stageRule>

/** Stages are asked one after another, the approvers of one stage at the same time. */
export const askedStage = z.object({ rule: stageRule, approvers: z.array(approver).min(1).max(20) })
export type AskedStage = z.infer<typeof askedStage>

/** An exact amount: a decimal number in the currency's main unit, never a float. */
export const amount = z.object({
  amount: z.string().regex(/^\d{1,15}(\.\d{1,3})?$/, 'is not an amount such as 1234.50'),
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export type Amount = z.infer<typeof amount>

/** A line of what is to be bought, with exact figures: whoever reads it has them in their language. */
export const askedLine = z.object({
  item: z.string(),
  quantity: z.string(),
  unitPrice: z.string(),
  amount: z.string(),
  currency: z.string(),
  supplier: z.string(),
  costCentre: z.string(),
})
export type AskedLine = z.infer<typeof askedLine>

/** What waits until the approval is given. */
export const blocks = z.object({ resolution: z.boolean(), taskIds: z.array(z.uuid()).max(100) })
export type Blocks = z.infer<typeof blocks>

export const decision = z.enum(['approved', 'refused'])
export type Decision = z.infer<typeof decision>

/**
 * How a decision came: by the personal link of the mail, or by somebody who has signed in; and from
 * which IP address.
 */
export const decidedFrom = z.object({ via: z.enum(['link', 'signed-in']), ip: z.string().max(64) })

const instant = z.iso.datetime()

/** The rule of the settings that asked, by its name at that time. */
export const askingRule = z.object({ id: z.uuid(), name: z.string().max(100) })
export type AskingRule = z.infer<typeof askingRule>

/** What is asked of whom. The text itself stays in the claim check under `textId`. */
export const request = z.object({
  subject: z.string().trim().min(1).max(200),
  textId: z.uuid(),
  preview: z.string().max(200),
  amount: amount.nullable(),
  /** Of a purchase in several currencies: what is asked besides `amount`. */
  furtherAmounts: z.array(amount).max(50).optional(),
  stages: z.array(askedStage).min(1).max(10),
  /** Is asked too when the deadline passes. */
  deputy: approver.nullable(),
  deadline: instant.nullable(),
  /** Hours before the deadline at which those who have not decided are reminded. */
  remindHoursBefore: z
    .array(
      z
        .number()
        .min(0.25)
        .max(24 * 90),
    )
    .max(5),
  blocks,
  /** Files of the ticket that belong to what is asked. */
  attachmentIds: z.array(z.uuid()).max(20),
})
export type Request = z.infer<typeof request>
