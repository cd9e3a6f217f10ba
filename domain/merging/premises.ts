import type { Fact } from '../events.ts'
import { type Premise, premiseOf } from '../premises.ts'

/** The ticket in which another goes on. */
export const mergePremises = ({ type, data }: Fact): Premise[] =>
  type === 'ticketMerged' ? premiseOf('linkedTicket', String(data.into)) : []
