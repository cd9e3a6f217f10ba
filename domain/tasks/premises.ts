import type { Fact } from '../events.ts'
import { type Premise, premiseOf } from '../premises.ts'
import type { Assignee } from './state.ts'

/** Whom a task is given to: they see its ticket, or it would never be done. */
export function taskPremises({ type, data }: Fact): Premise[] {
  if (type === 'taskAdded') return assigneePremise(data.assignee)
  return type === 'taskAssigned' ? assigneePremise(data.to) : []
}

/** What has to hold for somebody to be given a task. */
export const assigneePremise = (assignee: Assignee | null): Premise[] =>
  premiseOf(assignee?.kind === 'team' ? 'team' : 'worker', assignee?.id)
