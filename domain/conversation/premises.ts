import type { Fact } from '../events.ts'
import { type Premise, premiseOf } from '../premises.ts'

/** A message is taken back only as long as nobody sends it. */
export const conversationPremises = ({ type, data }: Fact): Premise[] =>
  type === 'messageCancelled' ? premiseOf('unsent', data.messageId) : []
