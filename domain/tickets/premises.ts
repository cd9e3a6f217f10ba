import type { Fact } from '../events.ts'
import { type Premise, premiseOf } from '../premises.ts'

/** What is named in a change of a ticket's properties, people and links. */
export function propertyPremises({ type, data }: Fact): Premise[] {
  switch (type) {
    case 'ownerChanged':
      return premiseOf('worker', data.to?.id)
    case 'watcherAdded':
      return premiseOf('worker', data.watcher.id)
    case 'departmentChanged':
      return premiseOf('department', data.to.id)
    case 'categoryChanged':
      return premiseOf('category', data.to?.id)
    case 'resolutionChanged':
      return premiseOf('resolution', data.to)
    case 'ticketLinked':
      return premiseOf('linkedTicket', String(data.number))
    default:
      return []
  }
}
