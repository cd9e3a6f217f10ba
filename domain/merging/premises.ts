import type { Fact } from '../events.ts'
import { type Premise, premiseOf } from '../premises.ts'

/** The ticket in which another goes on, and messages that are given away. */
export const mergePremises = ({ type, data }: Fact): Premise[] => {
  if (type === 'ticketMerged') return premiseOf('linkedTicket', String(data.into))
  // What the ticket has given away itself, its state knows; not what became of a merged one's.
  return type === 'messagesSplitOff'
    ? [...premiseOf('messagesHere', data.splitId), ...premiseOf('messageLeft', data.splitId)]
    : []
}
