import { may, seesLocation, type Subject } from '../permissions.ts'
import type { TicketChange } from '../tickets/contract.ts'
import type { Priority } from '../vocabulary.ts'

/** What a category brings with it; null: nothing of its own. */
export interface CategoryDefaults {
  departmentId: string | null
  owner: DefaultOwner | null
  priority: Priority | null
}

export interface DefaultOwner {
  id: string
  /** What they see; null: their account is closed. */
  sees: Subject | null
}

/**
 * A change of a ticket with what its category brings: each default of the category, or of the
 * nearest one around it that has it. What the change says itself counts more. An owner who would
 * not see the ticket where it is then is left out.
 * @param around the category that is set and those around it, the nearest first; none where none
 *   is set.
 * @param ticket where it is now.
 */
export function withCategoryDefaults(
  change: TicketChange,
  around: readonly CategoryDefaults[],
  ticket: { departmentId: string; locationId: string | null },
): TicketChange {
  const departmentId = nearest(around, 'departmentId')
  const priority = nearest(around, 'priority')
  const owner = nearest(around, 'owner')
  const whole: TicketChange = {
    ...(departmentId ? { departmentId } : {}),
    ...(priority ? { priority } : {}),
    ...change,
  }
  const { locationId = ticket.locationId } = change
  const sees =
    owner?.sees &&
    may(owner.sees, 'ticket.work', whole.departmentId ?? ticket.departmentId) &&
    seesLocation(owner.sees, locationId)
  return sees ? { ownerId: owner.id, ...whole } : whole
}

const nearest = <K extends keyof CategoryDefaults>(
  around: readonly CategoryDefaults[],
  what: K,
): CategoryDefaults[K] | null => around.find((one) => one[what] !== null)?.[what] ?? null
