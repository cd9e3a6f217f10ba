import type { Fact } from '../events.ts'
import { type Premise, premiseOf } from '../premises.ts'

/** Where a ticket is put. */
export const locationPremises = ({ type, data }: Fact): Premise[] =>
  type === 'locationChanged' ? premiseOf('location', data.to?.id) : []
