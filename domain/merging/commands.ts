import { z } from 'zod'
import { askedTo } from '../asked.ts'
import { fact } from '../events.ts'
import { reject, rule } from '../command-rule.ts'
import { mergeCommands } from './merge-commands.ts'
import { splitCommands } from './split-commands.ts'

/**
 * Merged and split tickets, and what a parent tells its children: what people and Guichet may ask.
 */
export const mergingCommands = {
  ...mergeCommands,
  ...splitCommands,

  /** Keeps in a ticket's history that the requesters of its complementary requests were told. */
  recordChildrenNotified: rule({
    payload: z.object({ numbers: z.array(z.number().int()).min(1).max(1000) }),
    right: 'ticket.work',
    asks: () => askedTo('notifyChildren'),
    decide: (ticket, p) =>
      ticket.opened
        ? [fact('childrenNotified', p)]
        : reject('ticket-not-opened', 'This ticket does not exist yet.'),
  }),
} as const
