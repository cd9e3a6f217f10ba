import { z } from 'zod'
import { fact } from '../events.ts'
import { reject, rule } from '../command-rule.ts'
import { workflowLoss } from '../vocabulary.ts'

/** What happened to the ticket's own workflow. */
export const workflowCommands = {
  /** It had ended although the ticket is open, and runs again from the stored state. */
  recordResumption: rule({
    payload: z.object({ reason: workflowLoss }),
    right: 'system',
    decide: (ticket, { reason }) =>
      ticket.opened
        ? [fact('workflowResumed', { reason })]
        : reject('ticket-not-opened', 'This ticket does not exist yet.'),
  }),
} as const
