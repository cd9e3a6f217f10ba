import { z } from 'zod'
import { fieldValue } from '../classification/custom-fields.ts'
import { customNames } from '../classification/custom-names.ts'
import { weight } from '../classification/priority-matrix.ts'
import {
  categoryRef,
  departmentRef,
  linkKind,
  person,
  priority,
  requester,
  resolution,
  ticketStatus,
  workflowLoss,
} from '../vocabulary.ts'

/** The ticket itself, its properties, the people and tickets around it: what can have happened. */
export const ticketEvents = {
  ticketOpened: z.object({
    subject: z.string(),
    requester,
    department: departmentRef,
    priority,
    channel: z.enum(['mail', 'web', 'api']),
  }),
  statusChanged: z.object({
    from: ticketStatus,
    to: ticketStatus,
    reason: z.enum(['agent', 'reply', 'timer', 'merge']),
  }),
  ownerChanged: z.object({ from: person.nullable(), to: person.nullable() }),
  priorityChanged: z.object({ from: priority, to: priority }),
  categoryChanged: z.object({ from: categoryRef.nullable(), to: categoryRef.nullable() }),
  /** `names`: what admins called it then, where they had a name of their own for it. */
  resolutionChanged: z.object({
    from: resolution.nullable(),
    to: resolution.nullable(),
    names: customNames.optional(),
  }),
  departmentChanged: z.object({ from: departmentRef, to: departmentRef }),
  subjectChanged: z.object({ from: z.string(), to: z.string() }),
  watcherAdded: z.object({ watcher: person }),
  watcherRemoved: z.object({ watcher: person }),
  ticketLinked: z.object({
    number: z.number().int(),
    kind: linkKind,
    subject: z.string().default(''),
  }),
  ticketUnlinked: z.object({ number: z.number().int(), kind: linkKind }),
  impactChanged: z.object({ impact: weight.nullable(), urgency: weight.nullable() }),
  tagsChanged: z.object({ from: z.array(z.string()), to: z.array(z.string()) }),
  fieldChanged: z.object({ fieldId: z.uuid(), name: z.string(), from: fieldValue, to: fieldValue }),
  /** The ticket was resolved although these, which block it, were open. */
  blockersOverridden: z.object({ numbers: z.array(z.number().int()), reason: z.string() }),
  /** The ticket's workflow had ended, and was started again. */
  workflowResumed: z.object({ reason: workflowLoss }),
} as const
