import type { Fact } from '../events.ts'
import { type Premise, premiseOf } from '../premises.ts'

/** Who is asked to decide: whoever has an account has an active one. */
export function approverPremises({ type, data }: Fact): Premise[] {
  switch (type) {
    case 'approvalAsked':
    case 'approvalRestarted':
      return [...data.stages.flatMap(({ approvers }) => approvers), data.deputy].flatMap((one) =>
        premiseOf('approver', one?.userId),
      )
    case 'approvalDelegated':
      return premiseOf('approver', data.to.userId)
    default:
      return []
  }
}
