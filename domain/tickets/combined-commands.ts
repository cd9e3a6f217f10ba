import { z } from 'zod'
import { rule } from '../command-rule.ts'

/** What is set together is set all, or not at all. */
export const combinedCommands = {
  /** Each step is another row of the table of commands, decided on the ticket after the one before. */
  changeProperties: rule({
    payload: z.object({
      steps: z
        .array(
          z.object({
            name: z.string().max(100),
            payload: z.unknown(),
            optional: z.boolean().optional(),
            bySystem: z.boolean().optional(),
          }),
        )
        .min(1)
        .max(300),
    }),
    right: 'ticket.work',
    decide: (_ticket, { steps }, { inTurn }) => inTurn(steps),
  }),
} as const
