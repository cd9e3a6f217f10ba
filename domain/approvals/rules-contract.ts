import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { approverChoice, stageChoice } from './contract.ts'

/**
 * Settings: tickets that need an approval whoever asks for it. Purchases have rules of their own:
 * domain/purchases/contract.ts.
 */
const content = z.object({
  name: singleLine(100).min(1),
  /** What approvers read. */
  text: z.string().trim().max(5000),
  /** A category, with everything in it; null: every category. */
  categoryId: z.uuid().nullable(),
  /** Null: every department. */
  departmentId: z.uuid().nullable(),
  stages: z.array(stageChoice).min(1).max(10),
  /** Is asked too when the deadline passes, and in place of approvers who cannot be asked. */
  deputy: approverChoice.nullable(),
  /** Hours that the approvers have; null: no deadline. */
  deadlineHours: z
    .number()
    .int()
    .min(1)
    .max(24 * 365)
    .nullable(),
  /** The ticket is not solved before it is decided. */
  blocksResolution: z.boolean(),
  /** Approvers read the requester's name, the subject and the first message. */
  showsRequest: z.boolean(),
})

export const newTicketApprovalRule = content
  .extend({
    text: content.shape.text.default(''),
    categoryId: content.shape.categoryId.default(null),
    departmentId: content.shape.departmentId.default(null),
    deputy: content.shape.deputy.default(null),
    deadlineHours: content.shape.deadlineHours.default(null),
    blocksResolution: content.shape.blocksResolution.default(true),
    showsRequest: content.shape.showsRequest.default(true),
  })
  .meta({ id: 'NewTicketApprovalRule' })
export type NewTicketApprovalRule = z.infer<typeof newTicketApprovalRule>
export const ticketApprovalRuleChange = content.partial().meta({ id: 'TicketApprovalRuleChange' })

/** Somebody whom a rule names, as they are called now. */
export const namedApprover = z.object({
  userId: z.uuid().nullable(),
  email: z.string(),
  name: z.string(),
})
export type NamedApprover = z.infer<typeof namedApprover>
export const namedStages = z.array(
  z.object({ rule: stageChoice.shape.rule, approvers: z.array(namedApprover) }),
)

export const ticketApprovalRule = content
  .extend({ id: z.uuid(), stages: namedStages, deputy: namedApprover.nullable() })
  .meta({ id: 'TicketApprovalRule' })
export type TicketApprovalRuleView = z.infer<typeof ticketApprovalRule>
